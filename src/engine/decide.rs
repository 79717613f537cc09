//! Deciding for every slot, showing what was decided, and telling what was seen.
//!
//! Slots are decided one after the other, those that show something first and then by priority, so
//! that of two messages that contradict each other the second finds the first and goes on to its
//! next rule. Nothing here allocates while no decision changes.

use super::{Effect, Engine};
use crate::config::{Act, Config, Rule, Shared, Slot};
use crate::experiment::Why;
use crate::gate::Moment;
use crate::known::Known;
use crate::limit;
use crate::number::round;
use crate::slot::{self, DEFAULT, Pick};
use crate::text::{concat, push_number};
use crate::wire::{WHOLE, What};
use alloc::string::String;

/// What a slot waits for that has to claim an interruption first.
pub(super) const CLAIM: &str = "an interruption";

/// Why a rule was passed over.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Refusal<'a> {
    /// Its condition does not hold.
    When,
    /// Its schedule is closed.
    Schedule,
    /// It was shown too often, or has served its end.
    Limit(limit::Refusal<'a>),
    /// It interrupts, and the budget of interruptions has no room.
    Budget(limit::Refusal<'a>),
    /// The visitor is held out of all experiments and bandits.
    HeldOut,
    /// Its experiment does not include the visitor.
    Test(Why),
    /// It learns, and its arm is drawn when its turn comes.
    Undrawn,
    /// Another slot shows what contradicts it.
    Exclusive,
}

impl Refusal<'_> {
    /// In words.
    #[cold]
    pub fn words(self) -> String {
        let mut words = String::new();
        match self {
            Refusal::When => words.push_str("its condition does not hold"),
            Refusal::Schedule => words.push_str("its schedule is closed"),
            Refusal::Limit(refusal) => refusal.describe("shown", &mut words),
            Refusal::Budget(refusal) => refusal.describe("interrupted", &mut words),
            Refusal::HeldOut => words.push_str("the visitor is held out of experiments"),
            Refusal::Test(why) => words.push_str(why.words()),
            Refusal::Undrawn => words.push_str("nothing is drawn before its turn"),
            Refusal::Exclusive => words.push_str("another slot shows what contradicts it"),
        }
        words
    }
}

impl Engine {
    /// Decides for every slot. Between facts a slot only climbs its rules: it moves to an earlier
    /// rule that begins to hold, and does not flip back with a wavering forecast.
    pub(super) fn decide(&mut self, afresh: bool) {
        let config = Shared::clone(&self.config);
        self.moved &= !afresh;
        self.slots.iter_mut().for_each(|state| state.settled = false);
        for shown in [true, false] {
            for at in &config.order {
                let state = &self.slots[*at];
                if state.shown.is_some() == shown && !state.settled && state.forced.is_none() {
                    self.decide_slot(&config, *at, afresh);
                }
            }
        }
        for at in &config.order {
            self.show(*at);
        }
    }

    fn decide_slot(&mut self, config: &Config, at: usize, afresh: bool) {
        let slot = &config.slots[at];
        let current = self.slots[at].pick;
        let keeps = current.filter(|pick| !afresh && !self.contradicted(config, at, *pick));
        let before = keeps.map_or(slot.rules.len(), |pick| pick.rule);
        let over = self.over(slot).is_some();
        let is_gone = |pick: Pick| self.rule_over(slot, &slot.rules[pick.rule]).is_some();
        self.slots[at].gone = over || self.slots[at].shown.is_some_and(is_gone);
        let tried = if self.excluded || over { 0 } else { before };
        let mut chosen = if over { None } else { keeps };
        for rule in 0..tried {
            let mut outcome = self.consider(config, at, rule);
            if outcome == Err(Refusal::Undrawn) {
                self.draw(&slot.rules[rule]);
                outcome = self.consider(config, at, rule);
            }
            if let Ok(pick) = outcome {
                chosen = Some(pick);
                break;
            }
        }
        let state = &mut self.slots[at];
        (state.settled, state.stale) = (true, false);
        let first = state.reason.is_empty();
        if chosen != current || first {
            let reason = self.reason(slot, chosen);
            let state = &mut self.slots[at];
            (state.pick, state.reason, state.at) = (chosen, reason, self.now);
            self.effects.push(Effect::Decided(at));
            if matches!(chosen, Some(pick) if matches!(slot.rules[pick.rule].act, Act::Feature(..)))
            {
                self.kept.set(true);
            }
        }
        if self.kept.take() {
            self.effects.push(Effect::Persist);
        }
    }

    /// Whether a rule may decide for its slot now, and by which variant; or why not.
    pub(super) fn consider<'a>(
        &self,
        config: &'a Config,
        at: usize,
        rule: usize,
    ) -> Result<Pick, Refusal<'a>> {
        self.consider_as(config, at, rule, &self.slots[at], &self.known())
    }

    /// The same, were the slot in this state and this known.
    pub(super) fn consider_as<'a>(
        &self,
        config: &'a Config,
        at: usize,
        rule: usize,
        state: &slot::State,
        known: &Known,
    ) -> Result<Pick, Refusal<'a>> {
        let slot = &config.slots[at];
        let Rule { when, schedule, limits, tallied, act, .. } = &slot.rules[rule];
        let (wall, tally) = (self.origin.wall(self.now), &self.profile.tally);
        if schedule.as_ref().is_some_and(|it| !it.is_open(wall, self.origin.utc_offset_min)) {
            return Err(Refusal::Schedule);
        }
        let is_in_force = state.pick.is_some_and(|pick| pick.rule == rule);
        let slack = if is_in_force { slot.hysteresis } else { 0.0 };
        if when.as_ref().is_some_and(|when| !when.holds_with(known, slack)) {
            return Err(Refusal::When);
        }
        let over = self.over(slot).or_else(|| self.rule_over(slot, &slot.rules[rule]));
        // What stands on this page view is not taken away by its own count; nor does it come back, where
        // it only stands until it may go.
        let is_wanted = state.pick.is_some() && !state.stale;
        let stands = is_wanted && slot.variant(state.shown) != DEFAULT;
        let is_shown = state.shown.is_some_and(|pick| pick.rule == rule);
        let of_slot = (!stands).then(|| slot.limits.refusal(slot.tallied, tally, wall)).flatten();
        let of_rule = !(stands && is_shown);
        let of_rule = of_rule.then(|| limits.refusal(*tallied, tally, wall)).flatten();
        if let Some(refusal) = over.or(of_slot).or(of_rule) {
            return Err(Refusal::Limit(refusal));
        }
        let arm = match act {
            Act::Show => 0,
            Act::Test(_) | Act::Learn(_) if config.holdout.is_any() && self.is_held_out(config) => {
                return Err(Refusal::HeldOut);
            }
            Act::Test(test) => self.assign(test)?,
            Act::Feature(at, values) => self.value_of(config, *at, values).unwrap_or(0),
            Act::Learn(_) => self.standing(&slot.rules[rule]).ok_or(Refusal::Undrawn)?,
        };
        let pick = Pick { rule, arm };
        // What another slot shows, and goes on to show, comes before what this one does not show yet.
        let is_new = state.shown != Some(pick);
        let stays = |other: &slot::State| other.shown.filter(|_| other.pick == other.shown);
        if self.contradicted(config, at, pick) || is_new && self.clashes(config, at, pick, stays) {
            return Err(Refusal::Exclusive);
        }
        if slot.interrupts && slot.variant(Some(pick)) != DEFAULT {
            let room = config.budget.may(&self.profile.claims, slot.tallied, wall);
            room.map_err(Refusal::Budget)?;
        }
        Ok(pick)
    }

    /// Whether a slot that was decided before in this round shows what contradicts this pick.
    fn contradicted(&self, config: &Config, at: usize, pick: Pick) -> bool {
        // A slot that this page does not have stands in nobody's way, once the page had its moment to
        // tell what it has.
        let is_open = self.step > 1;
        let blocks = |state: &slot::State| {
            let is_here = state.present || !is_open;
            state.pick.filter(|_| state.settled && !state.refused && is_here)
        };
        self.clashes(config, at, pick, blocks)
    }

    /// Whether this pick and what another slot has stand in one exclusive group.
    fn clashes(
        &self,
        config: &Config,
        at: usize,
        pick: Pick,
        of: impl Fn(&slot::State) -> Option<Pick>,
    ) -> bool {
        let is_in = |group: &[crate::config::Member], at: usize, pick: Pick| {
            group.iter().any(|member| member.is(at, &config.slots[at], pick))
        };
        config.exclusive.iter().filter(|group| is_in(group, at, pick)).any(|group| {
            let mut others = self.slots.iter().enumerate().filter(|(other, _)| *other != at);
            others.any(|(other, state)| of(state).is_some_and(|pick| is_in(group, other, pick)))
        })
    }

    /// Why a slot shows what it shows, in a sentence.
    fn reason(&self, slot: &Slot, pick: Option<Pick>) -> String {
        if self.excluded {
            return slot::AUTOMATED.into();
        }
        if let Some(refusal) = self.over(slot) {
            let mut words = String::from("The default stays: ");
            refusal.describe("shown", &mut words);
            words.push('.');
            return words;
        }
        let when = pick.and_then(|pick| slot.rules[pick.rule].when.as_ref());
        let because = when.map_or("it always holds".into(), |when| when.because(&self.known()));
        let mut reason = slot::reason(slot, pick, &because);
        if let Some(pick) = pick
            && let Act::Test(_) = &slot.rules[pick.rule].act
        {
            reason.push_str(&concat(&[" Its experiment assigned ", slot.variant(Some(pick)), "."]));
        }
        if let Some(pick) = pick
            && let Act::Learn(learn) = &slot.rules[pick.rule].act
        {
            self.tell_arm(slot, pick, &learn.goal, &mut reason);
        }
        reason
    }

    /// What a bandit drew, in words.
    #[inline(never)]
    fn tell_arm(&self, slot: &Slot, pick: Pick, goal: &str, reason: &mut String) {
        let mut chance = String::new();
        let share = self.chance(&slot.rules[pick.rule], pick.arm);
        push_number(&mut chance, round(share * 100.0) / 100.0);
        let variant = slot.variant(Some(pick));
        reason.push_str(&concat(&[
            " It learns what brings ",
            goal,
            ", and drew ",
            variant,
            " with probability ",
            &chance,
            ".",
        ]));
    }

    /// Shows what is decided for a slot, if it may change now.
    pub(super) fn show(&mut self, at: usize) {
        let config = Shared::clone(&self.config);
        let (slot, state) = (&config.slots[at], &self.slots[at]);
        if state.forced.is_some() {
            return;
        }
        let (shown, decided) = (slot.variant(state.shown), slot.variant(state.pick));
        let waits = if shown == decided { "" } else { self.waits(&config, at) };
        let state = &mut self.slots[at];
        state.waits = waits;
        if waits == CLAIM && !state.asked {
            state.asked = true;
            self.effects.push(Effect::Claim { slot: slot.id.clone() });
        } else if shown == decided {
            // Control is seen by the same rule as any variant: from when it was assigned.
            let rule = state.pick.map(|pick| &slot.rules[pick.rule].act);
            if state.shown != state.pick && !matches!(rule, None | Some(Act::Show)) {
                state.seen = false;
                state.since = state.since.map(|_| self.now);
            }
            state.shown = state.pick;
        } else if waits.is_empty() {
            state.show(self.now);
            self.effects.push(Effect::Show { slot: slot.id.clone(), variant: decided.into() });
        }
    }

    /// What a slot waits for before it may show what was decided; empty where it may.
    pub(super) fn waits(&self, config: &Config, at: usize) -> &'static str {
        let (slot, state) = (&config.slots[at], &self.slots[at]);
        if !state.present {
            return "the page";
        }
        if state.refused {
            return "a template";
        }
        if state.gone && slot.variant(state.pick) == DEFAULT {
            return "";
        }
        if state.cramped == Some(state.pick) {
            return "room";
        }
        if state.changed > 0.0 && self.now - state.changed < slot.hold {
            return "hold";
        }
        if !state.may_swap(slot.swap, self.now, self.now - self.input) {
            return "swap";
        }
        // What contradicts it may still stand in the page, waiting for its own moment to go.
        if state.pick.is_some_and(|pick| self.clashes(config, at, pick, |state| state.shown)) {
            return "another slot";
        }
        let moment = Moment {
            now: self.now,
            kind: &self.page.kind,
            vector: &self.vector,
            reduced: self.device.at("reducedMotion").as_bool() == Some(true),
        };
        // Where the default is to come back, the rule that goes is asked.
        let rule = state.pick.or(state.shown).map(|pick| &slot.rules[pick.rule]);
        let set = rule.and_then(|rule| rule.not_now).unwrap_or(slot.not_now);
        let in_view = state.share != Some(0.0);
        let needs_claim = slot.interrupts
            && slot.variant(state.pick) != DEFAULT
            && !self.profile.claims.has(slot.tallied);
        let then = if needs_claim { CLAIM } else { "" };
        self.gates.closed(set, &slot.id, in_view, &moment).unwrap_or(then)
    }

    pub(super) fn expose(&mut self) {
        let config = Shared::clone(&self.config);
        for (at, slot) in config.slots.iter().enumerate() {
            let state = &mut self.slots[at];
            if !state.present || state.forced.is_some() || !state.expose(slot, self.now) {
                continue;
            }
            let shown = self.slots[at].shown;
            let rule = shown.map(|pick| &slot.rules[pick.rule]);
            let arm = shown.map_or(0, |pick| pick.arm);
            let chance = rule.map_or(0.0, |rule| self.chance(rule, arm));
            let event = What::Exposure {
                slot: self.outbox.name(&slot.id),
                variant: self.outbox.name(slot.variant(shown)),
                rule: self.outbox.name(rule.map_or("", |rule| &rule.id)),
                chance: round(chance * f64::from(WHOLE)) as u32,
            };
            self.outbox.push(self.now, event);
            self.effects.push(Effect::Exposed(at));
            self.count_seen(slot, shown);
            if let Some(rule) = rule.filter(|rule| rule.learn().is_some()) {
                self.seen_arm(rule, arm);
            }
        }
    }
}
