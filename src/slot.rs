//! Slots: what is decided for each, what is shown, and whether it was seen.
//!
//! Deciding and showing are apart. A decision is what the rules say now; it is shown when the
//! slot's `swap` allows it; and it counts as an exposure once half of the slot was in view for one
//! second (the Media Rating Council's measure of a viewable display), for the default as for any
//! variant.

use crate::attribute::Attributes;
use crate::config::{Slot, Swap};
use crate::time::{Millis, SECOND};
use alloc::string::String;

/// The variant that stands in the page itself.
pub const DEFAULT: &str = "default";
/// Why the default stays where a session was kept out.
pub const AUTOMATED: &str = "This session looks automated, so the default stays.";
/// How much of a slot must be in view.
pub const SEEN_SHARE: f64 = 0.5;
/// For how long.
pub const SEEN_TIME: Millis = SECOND;
/// Without input for this long the visitor is idle, for `"swap": "idle"`.
pub const IDLE: Millis = 500.0;

/// A slot's state in this page view.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The rule that was decided for, as its position; `None` is the default.
    pub rule: Option<usize>,
    /// Why, in one sentence.
    pub reason: String,
    /// When it was decided.
    pub at: Millis,
    /// The rule whose variant is shown.
    pub shown: Option<usize>,
    /// The slot is on this page.
    pub present: bool,
    /// When it was found there, or the page view began.
    pub arrived: Millis,
    /// How much of it is in view; `None` before an observer said so.
    pub share: Option<f64>,
    /// Since when half of it is in view.
    pub since: Option<Millis>,
    /// What is shown was seen.
    pub seen: bool,
    /// What was shown before the last swap was seen.
    pub seen_before: bool,
    /// The page lacks a variant that was decided for; the default stays for this page view.
    pub refused: bool,
}

/// The name under which the profile's history keeps that a slot was dismissed.
pub fn dismissal(slot: &str) -> String {
    let name = crate::text::concat(&["dismiss:", slot]);
    crate::text::clip(&name, crate::profile::MAX_TEXT).into()
}

/// The variant that a rule of this slot shows.
pub fn variant(slot: &Slot, rule: Option<usize>) -> &str {
    rule.map_or(DEFAULT, |rule| &slot.rules[rule].show)
}

/// The first rule that holds, of those before `before`.
pub fn choose(slot: &Slot, before: usize, known: &dyn Attributes) -> Option<usize> {
    let tried = slot.rules.iter().take(before);
    tried.enumerate().find(|(_, rule)| holds(rule, known)).map(|(at, _)| at)
}

fn holds(rule: &crate::config::Rule, known: &dyn Attributes) -> bool {
    rule.when.as_ref().is_none_or(|when| when.holds(known))
}

/// Why this rule won, or why none did.
pub fn reason(slot: &Slot, rule: Option<usize>, known: &dyn Attributes) -> String {
    let Some(rule) = rule else {
        return String::from(if slot.rules.is_empty() {
            "The slot has no rules, so its default stays."
        } else {
            "No rule holds, so the default stays."
        });
    };
    let rule = &slot.rules[rule];
    let because = rule.when.as_ref().map_or("it always holds".into(), |when| when.because(known));
    crate::text::concat(&["Rule ", &rule.id, " holds: ", &because, "."])
}

impl State {
    /// Whether the slot may change now. `idle` is the time since the last input.
    pub fn may_swap(&self, swap: Swap, now: Millis, idle: Millis) -> bool {
        match swap {
            Swap::BeforeSeen => self.share == Some(0.0),
            Swap::Now => true,
            Swap::Idle => idle >= IDLE,
            Swap::NextPage => now - self.arrived < crate::feature::window::CELL,
        }
    }

    /// What is shown has changed: it has yet to be seen.
    pub fn show(&mut self, now: Millis) {
        self.shown = self.rule;
        self.seen_before = self.seen;
        self.seen = false;
        self.since = self.since.map(|_| now);
    }

    /// The page could not show it: the default stands, and was seen if it was seen before.
    pub fn refuse(&mut self) {
        self.refused = true;
        self.shown = None;
        self.seen = self.seen_before;
    }

    /// Another share of the slot is in view.
    pub fn view(&mut self, share: f64, visible: bool, now: Millis) {
        self.share = Some(share);
        if share < SEEN_SHARE || !visible {
            self.since = None;
        } else if self.since.is_none() {
            self.since = Some(now);
        }
    }

    /// Says once that what is shown was seen.
    pub fn expose(&mut self, now: Millis) -> bool {
        let due = !self.seen && self.since.is_some_and(|since| now - since >= SEEN_TIME);
        self.seen |= due;
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_seen_once_after_a_second_in_view() {
        let mut state = State::default();
        state.view(0.4, true, 0.0);
        assert!(!state.expose(5_000.0));
        state.view(0.6, true, 5_000.0);
        assert!(!state.expose(5_750.0));
        state.view(0.9, true, 5_900.0);
        assert!(state.expose(6_000.0));
        assert!(!state.expose(9_000.0));
        state.rule = Some(0);
        state.show(9_000.0);
        assert!(!state.expose(9_500.0));
        assert!(state.expose(10_000.0));
        state.show(11_000.0);
        state.view(0.0, true, 11_100.0);
        assert!(!state.expose(20_000.0));
    }

    #[test]
    fn swaps_wait_for_their_moment() {
        let mut state = State::default();
        assert!(!state.may_swap(Swap::BeforeSeen, 0.0, 0.0), "not before an observer has spoken");
        state.view(0.1, true, 0.0);
        assert!(!state.may_swap(Swap::BeforeSeen, 0.0, 0.0));
        state.view(0.0, true, 0.0);
        assert!(state.may_swap(Swap::BeforeSeen, 0.0, 0.0));
        assert!(state.may_swap(Swap::Now, 9e9, 0.0));
        assert!(state.may_swap(Swap::Idle, 9e9, 500.0) && !state.may_swap(Swap::Idle, 9e9, 499.0));
        state.arrived = 1_000.0;
        assert!(state.may_swap(Swap::NextPage, 1_249.0, 0.0));
        assert!(!state.may_swap(Swap::NextPage, 1_250.0, 0.0));
    }
}
