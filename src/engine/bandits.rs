//! Bandits in the engine: an arm is drawn when a rule's turn comes, waits for its goal from the
//! moment it was seen, and teaches what came of it.
//!
//! A lesson is told to the collector twice over: when its decision was seen, with no reward yet,
//! and when a reward comes. So the sum over devices is right also of visitors who never return.

use super::{Effect, Engine};
use crate::bandit::{Lesson, Rules};
use crate::config::{Act, Config, Rule, Shared};
use crate::number::round;
use crate::wire::{self, WHOLE, What};
use alloc::vec::Vec;

impl Rules for Config {
    fn learn(&self, key: &str) -> Option<&crate::bandit::Learn> {
        self.rule(key).and_then(Rule::learn)
    }
}

impl Engine {
    /// The arm that stands for a rule that learns; none while it has to be drawn.
    #[inline(never)]
    pub(super) fn standing(&self, rule: &Rule) -> Option<usize> {
        let standing = self.awaiting.standing(&rule.key)?;
        rule.learn().and_then(|learn| learn.arm(&standing.variant))
    }

    /// Draws an arm for a rule that learns.
    #[inline(never)]
    pub(super) fn draw(&mut self, rule: &Rule) {
        let Act::Learn(learn) = &rule.act else { return };
        let wall = self.origin.wall(self.now);
        let context = learn.context(&self.known());
        let known = self.posteriors.get(&rule.key, learn);
        let chosen = learn.choose(&known, &context, &mut self.rng);
        let variant = &rule.variants[chosen.arm];
        self.awaiting.decided(&rule.key, variant, &context, chosen.propensity, wall);
        // Where sixteen wait for their reward already, no more are taken.
        if self.standing(rule).is_some() {
            self.effects.push(Effect::Persist);
        }
    }

    /// With what probability chance chose what a rule shows; 0 where no chance was at work.
    pub(super) fn chance(&self, rule: &Rule, arm: usize) -> f64 {
        match &rule.act {
            Act::Test(test) => Engine::share(test, arm),
            Act::Learn(_) => self.propensity(rule, arm),
            _ => 0.0,
        }
    }

    #[inline(never)]
    fn propensity(&self, rule: &Rule, arm: usize) -> f64 {
        let standing = self.awaiting.standing(&rule.key);
        standing.filter(|_| self.standing(rule) == Some(arm)).map_or(0.0, |it| it.propensity)
    }

    /// What a rule that learns shows was seen: from now on it waits for its reward.
    #[inline(never)]
    pub(super) fn seen_arm(&mut self, rule: &Rule, arm: usize) {
        // Another tab may have drawn another since: what it drew was not seen here.
        if self.standing(rule) != Some(arm) {
            return;
        }
        let (config, wall) = (Shared::clone(&self.config), self.origin.wall(self.now));
        if let Some(lesson) = self.awaiting.exposed(&rule.key, &*config, wall) {
            self.tell_lesson(&lesson);
            self.effects.push(Effect::Persist);
        }
    }

    /// A goal was reached, which may be the reward of what was seen before.
    #[inline(never)]
    pub(super) fn reward(&mut self, goal: &str, value: f64) {
        let (config, wall) = (Shared::clone(&self.config), self.origin.wall(self.now));
        let lessons = self.awaiting.goal(goal, Some(value), &*config, wall);
        for lesson in &lessons {
            if lesson.reward > 0.0 {
                self.tell_lesson(lesson);
            }
        }
        self.study(&config, lessons);
    }

    /// Decisions whose window has passed teach that no reward came.
    #[inline(never)]
    pub(super) fn settle_arms(&mut self) {
        let (config, wall) = (Shared::clone(&self.config), self.origin.wall(self.now));
        let lessons = self.awaiting.due(&*config, wall);
        self.study(&config, lessons);
    }

    fn study(&mut self, config: &Config, lessons: Vec<Lesson>) {
        for lesson in lessons {
            if let Some(learn) = config.learn(&lesson.key) {
                self.posteriors.learn(&lesson, learn);
                self.effects.push(Effect::Persist);
            }
        }
    }

    fn tell_lesson(&mut self, lesson: &Lesson) {
        let config = Shared::clone(&self.config);
        let Some(rule) = config.rule(&lesson.key) else { return };
        let millionths = |share: f64| round(share * f64::from(WHOLE)) as u32;
        let mut context = Vec::new();
        for number in lesson.context.numbers().iter().take(wire::MAX_CONTEXT) {
            context.push((round(number * 1_000.0) + 1_000.0) as u16);
        }
        let event = What::Lesson {
            slot: self.outbox.name(&rule.slot),
            rule: self.outbox.name(&rule.id),
            variant: self.outbox.name(&rule.variants[lesson.arm]),
            chance: millionths(lesson.propensity),
            reward: millionths(lesson.reward),
            context,
        };
        self.outbox.push(self.now, event);
    }
}
