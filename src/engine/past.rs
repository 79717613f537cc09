//! What happens becomes history, moves journeys, and is counted against limits.

use super::decide::CLAIM;
use super::{Effect, Engine};
use crate::config::{Rule, Shared, Slot};
use crate::journey;
use crate::limit::Refusal;
use crate::slot::{DEFAULT, Pick};
use crate::text::concat;
use crate::wire::What;

impl Engine {
    /// Something happened that conditions and journeys may ask for. Its name is made of parts.
    pub(super) fn happened(&mut self, parts: &[&str]) {
        if self.config.events.is_empty() {
            return;
        }
        self.remember(&concat(parts));
    }

    #[inline(never)]
    fn remember(&mut self, event: &str) {
        let wall = self.origin.wall(self.now);
        if self.profile.log.note(event, wall, &self.config.events) {
            self.effects.push(Effect::Persist);
            self.travel(Some(event));
            self.moved = true;
        }
    }

    /// Journeys move on, by an event and by time.
    pub(super) fn travel(&mut self, event: Option<&str>) {
        if !self.config.journeys.is_empty() {
            self.move_on(event);
        }
    }

    #[inline(never)]
    fn move_on(&mut self, event: Option<&str>) {
        let config = Shared::clone(&self.config);
        let wall = self.origin.wall(self.now);
        let steps = &self.profile.journeys;
        let moves = journey::due(&config.journeys, steps, event, wall, &self.known());
        if !moves.is_empty() {
            self.effects.push(Effect::Persist);
            self.moved |= self.profile.journeys.make(&config.journeys, &moves);
        }
    }

    /// Decides afresh where what happened may have changed a rule.
    pub(super) fn follow(&mut self) {
        if core::mem::take(&mut self.moved) {
            self.decide(true);
        }
    }

    /// Why a slot's content has served its end, if it has: then it is gone at once.
    pub(super) fn over<'a>(&self, slot: &'a Slot) -> Option<Refusal<'a>> {
        self.profile.over(&slot.limits.until, &slot.id, self.origin.wall(self.now))
    }

    /// The same of a rule.
    pub(super) fn rule_over<'a>(&self, slot: &Slot, rule: &'a Rule) -> Option<Refusal<'a>> {
        self.profile.over(&rule.limits.until, &slot.id, self.origin.wall(self.now))
    }

    /// The visitor sent a slot's content away.
    pub(super) fn dismiss(&mut self, id: &str) {
        let Some(at) = self.slot_index(id) else { return };
        let config = Shared::clone(&self.config);
        let slot = &config.slots[at];
        self.profile.dismiss(&slot.id, self.origin.wall(self.now));
        let event = What::Dismiss { slot: self.outbox.name(&slot.id) };
        self.outbox.push(self.now, event);
        self.happened(&["dismiss:", &slot.id]);
        self.effects.push(Effect::Persist);
        // A tester who sends it away wants to see what then stands there.
        self.let_go(at);
        self.decide(true);
    }

    /// What a slot shows was seen: it counts against limits, unless it is the default.
    pub(super) fn count_seen(&mut self, slot: &Slot, shown: Option<Pick>) {
        let wall = self.origin.wall(self.now);
        let variant = slot.variant(shown);
        if let Some(pick) = shown.filter(|_| variant != DEFAULT) {
            let rule = &slot.rules[pick.rule];
            for (limits, key) in [(&slot.limits, slot.tallied), (&rule.limits, rule.tallied)] {
                if limits.bounds.is_any() {
                    self.profile.tally.saw(key, wall);
                    self.effects.push(Effect::Persist);
                }
            }
        }
        self.happened(&["exposure:", &slot.id]);
        self.happened(&["exposure:", &slot.id, "/", variant]);
    }

    /// The answer to a claim of an interruption: other tabs' claims are merged by now.
    pub(super) fn grant(&mut self, id: &str, granted: bool) {
        let Some(at) = self.slot_index(id) else { return };
        let config = Shared::clone(&self.config);
        let (slot, wall) = (&config.slots[at], self.origin.wall(self.now));
        let has_room = config.budget.may(&self.profile.claims, slot.tallied, wall).is_ok();
        // Meanwhile it may have been dismissed, or have to wait again: then nothing is spent.
        let waits = granted && has_room && self.waits(&config, at) == CLAIM;
        if waits {
            self.profile.claims.claim(slot.tallied, wall);
            self.effects.push(Effect::Persist);
        }
        // Where the browser does not let it ask, or more claim than can be kept, it does not ask again
        // on this page view.
        self.slots[at].asked = !granted || waits && !self.profile.claims.has(slot.tallied);
        self.decide(!has_room);
    }
}
