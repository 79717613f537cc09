//! What can be asked of the engine: its state as values, decisions with their reasons.

use super::{Counts, Engine, Refusal};
use crate::config::Config;
use crate::feature::Vector;
use crate::intent::Forecasts;
use crate::layout::Layout;
use crate::profile::Profile;
use crate::time::Millis;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// What can be asked.
impl Engine {
    /// The time that was last taken.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The profile.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The page's geometry.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The latest forecasts.
    pub fn forecasts(&self) -> &Forecasts {
        &self.forecasts
    }

    /// Human or machine: `{ score, reasons, excluded }`. The score is the session's highest so far,
    /// 0 to 1; the reasons are those of this page view.
    pub fn automation(&self) -> Value {
        let mut reasons = Vec::new();
        for reason in self.automation.reasons() {
            reasons.push(Value::from(reason));
        }
        Value::map()
            .with("score", self.profile.session.automation / 100.0)
            .with("reasons", reasons)
            .with("excluded", self.excluded)
    }

    /// The features that the latest forecasts were made from.
    pub fn vector(&self) -> &Vector {
        &self.vector
    }

    /// The slot being considered.
    pub fn focus(&self) -> Option<&str> {
        self.focus.and_then(|at| self.layout.regions().get(at)).map(|region| region.id.as_str())
    }

    /// Figures about the engine's own work.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Events of batches that were dropped on their way; the next batch tells of them.
    pub fn lost(&mut self, events: u32) {
        self.outbox.lost(events);
    }

    /// Events waiting to be sent, and dropped since the last batch.
    pub fn waiting(&self) -> (usize, u32) {
        (self.outbox.len(), self.outbox.dropped())
    }

    /// A slot's decision by its name: `{ slot, variant, rule, by, reason, at, shown, seen }`.
    pub fn decision(&self, id: &str) -> Option<Value> {
        self.slot_index(id).map(|at| self.decision_at(at))
    }

    /// A slot's decision by its position in the config.
    pub fn decision_at(&self, at: usize) -> Value {
        let (slot, state) = (&self.config.slots[at], &self.slots[at]);
        let forced = state.forced.as_deref();
        let rule = state.pick.map(|pick| slot.rules[pick.rule].id.as_str());
        let by = state.pick.map(|pick| slot.rules[pick.rule].act.name());
        let reason = forced.map(super::force::reason);
        let waits = match forced {
            Some(_) if state.squeezed => "room",
            Some(_) => "",
            None => state.waits,
        };
        Value::map()
            .with("slot", slot.id.as_str())
            .with("variant", forced.unwrap_or(slot.variant(state.pick)))
            .with("rule", rule.filter(|_| forced.is_none()))
            .with("by", by.filter(|_| forced.is_none()))
            .with("reason", reason.as_deref().unwrap_or(&state.reason))
            .with("at", state.at)
            .with("present", state.present)
            .with("shown", forced.filter(|_| !state.squeezed).unwrap_or(slot.variant(state.shown)))
            .with("seen", state.seen && forced.is_none())
            .with("waits", Some(waits).filter(|waits| !waits.is_empty()))
    }

    /// What a slot shows, by its position in the config: `{ slot, variant, rule, by }`. It differs from
    /// the decision while a swap waits for its moment.
    pub fn exposure_at(&self, at: usize) -> Value {
        let (slot, shown) = (&self.config.slots[at], self.slots[at].shown);
        Value::map()
            .with("slot", slot.id.as_str())
            .with("variant", slot.variant(shown))
            .with("rule", shown.map(|pick| slot.rules[pick.rule].id.as_str()))
            .with("by", shown.map(|pick| slot.rules[pick.rule].act.name()))
    }

    /// The page, as it was told.
    pub fn page(&self) -> &crate::signal::Page {
        &self.page
    }

    /// Whether the page is seen.
    pub fn is_visible(&self) -> bool {
        self.visible
    }

    /// What the page told for conditions.
    pub fn attributes(&self) -> &Value {
        &self.attributes
    }

    /// The state of every journey by its name.
    pub fn journeys(&self) -> Value {
        if self.config.journeys.is_empty() { Value::map() } else { self.states() }
    }

    #[inline(never)]
    fn states(&self) -> Value {
        let mut journeys = Value::map();
        for journey in &self.config.journeys {
            journeys.put(&journey.name, journey.state(&self.profile.journeys).name.as_str());
        }
        journeys
    }

    /// Why no slot may interrupt any more that has not yet, in words; none while the budget has room.
    pub fn budget(&self) -> Option<String> {
        let seen = self.profile.claims.seen();
        let refusal = self.config.budget.0.refusal(seen, self.origin.wall(self.now))?;
        Some(Refusal::Budget(refusal).words())
    }

    /// The latest forecasts by name.
    pub fn intents(&self) -> Value {
        let mut intents = Value::map();
        for (head, forecast) in self.config.heads.iter().zip(&self.forecasts) {
            intents.put(&head.name, *forecast);
        }
        intents
    }
}
