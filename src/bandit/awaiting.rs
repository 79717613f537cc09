//! Decisions that stand for a session, and wait for their reward.
//!
//! A decision begins to wait when it was seen, once, however often it is seen again. Where its goal
//! is reached within the window it teaches the goal's reward at once, and where the window has
//! passed it teaches 0, on whatever page view or visit that is noticed. One that was never seen
//! teaches nothing. All of it is kept in the profile, so that a reload or a day does not lose it.

use super::{Context, Learn, STEPS};
use crate::number::round;
use crate::text::clip;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Decisions that are kept. One that finds no room teaches nothing, whatever comes of it: to leave
/// out an older one whose reward has not come would leave out those without a reward.
pub const MAX_DECISIONS: usize = 16;
/// Bytes of a key or name that are kept.
const MAX_NAME: usize = 256;

/// Where a rule's `learn` is looked up.
pub trait Rules {
    /// The `learn` of the rule with this key; none where the config has none, or no more.
    fn learn(&self, key: &str) -> Option<&Learn>;
}

impl Rules for [(&str, Learn)] {
    fn learn(&self, key: &str) -> Option<&Learn> {
        self.iter().find(|(name, _)| *name == key).map(|(_, learn)| learn)
    }
}

/// An arm that was drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// The rule.
    pub key: String,
    /// The variant's name, which outlives its place in the config.
    pub variant: String,
    /// What the choice depended on.
    pub context: Context,
    /// The probability with which it was drawn.
    pub propensity: f64,
    /// When, in ms since 1970.
    pub at: f64,
    /// When it was first seen, in ms since 1970; 0: not yet.
    seen: f64,
    /// It has taught.
    is_settled: bool,
    /// Its session is over: it is waited for, but decides nothing.
    is_past: bool,
}

/// What a decision taught.
#[derive(Clone, PartialEq, Debug)]
pub struct Lesson {
    /// The rule.
    pub key: String,
    /// The arm's place in the rule's variants as they are now.
    pub arm: usize,
    /// What the choice depended on.
    pub context: Context,
    /// The probability with which it was drawn.
    pub propensity: f64,
    /// 0 to 1.
    pub reward: f64,
}

impl Decision {
    fn waits(&self) -> bool {
        self.seen > 0.0 && !self.is_settled
    }

    fn stands_for(&self, key: &str) -> bool {
        !self.is_past && self.key == clip(key, MAX_NAME)
    }

    /// The lesson, where the config still has rule and variant.
    fn lesson(&self, rules: &(impl Rules + ?Sized), reward: f64) -> Option<Lesson> {
        let arm = rules.learn(&self.key)?.arm(&self.variant)?;
        let (key, context) = (self.key.clone(), self.context);
        Some(Lesson { key, arm, context, propensity: self.propensity, reward })
    }
}

/// The decisions of a device.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Awaiting(Vec<Decision>);

impl Awaiting {
    /// The decision that stands for a rule in this session, if its arm was drawn already. Of two
    /// tabs that drew at once the earlier draw stands.
    pub fn standing(&self, key: &str) -> Option<&Decision> {
        let mut standing: Option<&Decision> = None;
        for decision in self.0.iter().filter(|decision| decision.stands_for(key)) {
            if standing.is_none_or(|known| decision.at < known.at) {
                standing = Some(decision);
            }
        }
        standing
    }

    /// An arm was drawn, and stands until the session ends.
    pub fn decided(
        &mut self,
        key: &str,
        variant: &str,
        context: &Context,
        propensity: f64,
        wall: f64,
    ) {
        self.0.retain(|decision| !decision.stands_for(key) || decision.waits());
        for decision in self.0.iter_mut().filter(|decision| decision.stands_for(key)) {
            decision.is_past = true;
        }
        if self.0.len() >= MAX_DECISIONS {
            let past = self.0.iter().position(|decision| decision.is_past && !decision.waits());
            match past.or_else(|| self.0.iter().position(|decision| !decision.waits())) {
                Some(at) => self.0.remove(at),
                None => return,
            };
        }
        self.0.push(Decision {
            key: clip(key, MAX_NAME).into(),
            variant: clip(variant, MAX_NAME).into(),
            context: *context,
            propensity,
            at: wall,
            seen: 0.0,
            is_settled: false,
            is_past: false,
        });
    }

    /// What stands for a rule was seen. The first time it begins to wait, and what has to be told
    /// is handed out: that it was shown, with no reward yet.
    pub fn exposed(
        &mut self,
        key: &str,
        rules: &(impl Rules + ?Sized),
        wall: f64,
    ) -> Option<Lesson> {
        let at = self.standing(key)?.at;
        let decision =
            self.0.iter_mut().find(|decision| decision.stands_for(key) && decision.at == at)?;
        if decision.seen > 0.0 {
            return None;
        }
        decision.seen = wall;
        decision.lesson(rules, 0.0)
    }

    /// A goal was reached: what those teach whose goal it is and whose window holds it.
    pub fn goal(
        &mut self,
        name: &str,
        value: Option<f64>,
        rules: &(impl Rules + ?Sized),
        wall: f64,
    ) -> Vec<Lesson> {
        let mut lessons = Vec::new();
        for decision in self.0.iter_mut().filter(|decision| decision.waits()) {
            if let Some(learn) = rules.learn(&decision.key)
                && learn.goal == name
                && (0.0..=learn.within).contains(&(wall - decision.seen))
            {
                decision.is_settled = true;
                lessons.extend(decision.lesson(rules, learn.reward(value)));
            }
        }
        lessons
    }

    /// What those teach whose window has passed without their goal: 0. Those of a rule that the
    /// config has no more are forgotten.
    pub fn due(&mut self, rules: &(impl Rules + ?Sized), wall: f64) -> Vec<Lesson> {
        let mut lessons = Vec::new();
        for decision in self.0.iter_mut().filter(|decision| decision.waits()) {
            let window = rules.learn(&decision.key).map_or(0.0, |learn| learn.within);
            let waited = wall - decision.seen;
            if waited > window {
                lessons.extend(decision.lesson(rules, 0.0));
            }
            // A clock that was set back by more than the window: nobody knows what came when.
            decision.is_settled = waited > window || waited < -window;
        }
        lessons
    }

    /// A new session begins: arms are drawn anew, and what was seen goes on waiting.
    #[inline(never)]
    pub fn renew(&mut self) {
        // What has taught stays until there is no room, so that another tab does not teach it again.
        self.0.retain(|decision| decision.waits() || decision.is_settled);
        self.0.iter_mut().for_each(|decision| decision.is_past = true);
    }

    /// Nothing that waits shall teach: the visitor is automated, or wants to be forgotten.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes over what another tab of the same device knows: decisions it made, and of shared ones
    /// that they were seen or have taught.
    pub fn merge(&mut self, other: Awaiting) {
        for theirs in other.0 {
            let is_same = |mine: &&mut Decision| mine.key == theirs.key && mine.at == theirs.at;
            let has_room = self.0.len() < MAX_DECISIONS;
            match self.0.iter_mut().find(is_same) {
                Some(mine) => {
                    if mine.seen == 0.0 || (theirs.seen > 0.0 && theirs.seen < mine.seen) {
                        mine.seen = theirs.seen;
                    }
                    mine.is_settled |= theirs.is_settled;
                    mine.is_past |= theirs.is_past;
                }
                None if has_room => self.0.push(theirs),
                None => {}
            }
        }
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        let mut rows = Vec::new();
        for decision in &self.0 {
            let flags = u8::from(decision.is_settled) + 2 * u8::from(decision.is_past);
            let mut row = alloc::vec![
                Value::from(decision.key.as_str()),
                Value::from(decision.variant.as_str()),
            ];
            let numbers = [decision.propensity, decision.at, decision.seen, flags as f64];
            for number in numbers {
                row.push(Value::Number(number));
            }
            for number in decision.context.numbers() {
                row.push(Value::Number(round(number * STEPS)));
            }
            rows.push(Value::List(row));
        }
        Value::List(rows)
    }

    /// The rows of a document that are in form.
    pub fn from_value(value: &Value) -> Awaiting {
        let mut all = Vec::new();
        for row in value.items() {
            let [
                Value::Text(key),
                Value::Text(variant),
                Value::Number(propensity),
                Value::Number(at),
                Value::Number(seen),
                Value::Number(flags),
                numbers @ ..,
            ] = row.items()
            else {
                continue;
            };
            let mut context = Context::of(&[]);
            for number in numbers {
                context.push(number.as_f64().unwrap_or(0.0) / STEPS);
            }
            if *propensity > 0.0
                && *propensity <= 1.0
                && at.is_finite()
                && seen.is_finite()
                && all.len() < MAX_DECISIONS
            {
                let flags = *flags as u8;
                all.push(Decision {
                    key: clip(key, MAX_NAME).into(),
                    variant: clip(variant, MAX_NAME).into(),
                    context,
                    propensity: *propensity,
                    at: *at,
                    seen: *seen,
                    is_settled: flags & 1 > 0,
                    is_past: flags & 2 > 0,
                });
            }
        }
        Awaiting(all)
    }
}
