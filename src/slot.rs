//! Slots: what is decided for each, what is shown, and whether it was seen.
//!
//! Deciding and showing are apart. A decision is what the rules say now; it is shown when the
//! slot's `swap` allows it; and it counts as an exposure once half of the slot was in view for one
//! second (the Media Rating Council's measure of a viewable display), for the default as for any
//! variant.

pub use crate::config::{DEFAULT, Pick};
use crate::config::{Slot, Swap};
use crate::text::concat;
use crate::time::Millis;
use alloc::string::String;

/// Why the default stays where a session was kept out.
pub const AUTOMATED: &str = "This session looks automated, so the default stays.";
/// Without input for this long the visitor is idle, for `"swap": "idle"`.
pub const IDLE: Millis = 500.0;

/// A slot's state in this page view.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// What was decided for; `None` is the default.
    pub pick: Option<Pick>,
    /// Why, in one sentence.
    pub reason: String,
    /// When it was decided.
    pub at: Millis,
    /// What is shown.
    pub shown: Option<Pick>,
    /// When that began; 0 where it always stood.
    pub changed: Millis,
    /// What was shown before that.
    pub before: Option<Pick>,
    /// What has no room where it would be seen coming; `None` where all has.
    pub cramped: Option<Option<Pick>>,
    /// The slot is on this page.
    pub present: bool,
    /// When it was found there, or the page view began.
    pub arrived: Millis,
    /// It was there when the page view began: the site's own router changed the page, not a load.
    pub routed: bool,
    /// How much of it is in view; `None` before an observer said so.
    pub share: Option<f64>,
    /// Since when enough of it is in view.
    pub since: Option<Millis>,
    /// What is shown was seen.
    pub seen: bool,
    /// What was shown before the last swap was seen.
    pub seen_before: bool,
    /// The page lacks a variant that was decided for; the default stays for this page view.
    pub refused: bool,
    /// Decided in this round.
    pub settled: bool,
    /// A page view has begun since it was decided.
    pub stale: bool,
    /// Its claim of an interruption was made.
    pub asked: bool,
    /// What a tester forces it to show, whatever was decided.
    pub forced: Option<String>,
    /// What is forced has no room where it would be seen coming, and waits to be out of view.
    pub squeezed: bool,
    /// The default is due at once: what stands there was dismissed, or has served its end.
    pub gone: bool,
    /// What a decision waits for before it is shown; empty where it waits for nothing.
    pub waits: &'static str,
}

/// Why this rule won, or why none did; `because` says why its condition holds.
pub fn reason(slot: &Slot, pick: Option<Pick>, because: &str) -> String {
    let Some(pick) = pick else {
        return String::from(if slot.rules.is_empty() {
            "The slot has no rules, so its default stays."
        } else {
            "No rule holds, so the default stays."
        });
    };
    concat(&["Rule ", &slot.rules[pick.rule].id, " holds: ", because, "."])
}

impl State {
    /// Whether the slot may change now. `idle` is the time since the last input.
    pub fn may_swap(&self, swap: Swap, now: Millis, idle: Millis) -> bool {
        match swap {
            Swap::BeforeSeen => self.share == Some(0.0),
            Swap::Now => true,
            Swap::Idle => idle >= IDLE,
            // After a load the page was painted before there was a core: what is in view was seen.
            Swap::NextPage => {
                now - self.arrived < crate::feature::window::CELL
                    && (self.routed || self.share == Some(0.0))
            }
        }
    }

    /// What is shown has changed: it has yet to be seen.
    pub fn show(&mut self, now: Millis) {
        (self.before, self.shown) = (self.shown, self.pick);
        self.changed = now;
        self.seen_before = self.seen;
        self.seen = false;
        self.since = self.since.map(|_| now);
    }

    /// A variant stands there already; what was decided before it has not been seen.
    pub fn stand(&mut self, pick: Option<Pick>) {
        (self.shown, self.stale) = (pick, true);
    }

    /// The page could not show it: the default stands, and was seen if it was seen before.
    pub fn refuse(&mut self) {
        self.refused = true;
        self.shown = None;
        self.seen = self.seen_before;
    }

    /// What was to be shown had no room: what stood before it stands, and has been seen if it was. Or
    /// the slot is out of view, and it may be tried again.
    pub fn room(&mut self, fits: bool) {
        if fits {
            self.cramped = None;
        } else {
            self.cramped = Some(self.shown);
            (self.shown, self.changed, self.seen) = (self.before, 0.0, self.seen_before);
        }
    }

    /// Another share of the slot is in view.
    pub fn view(&mut self, slot: &Slot, share: f64, visible: bool, now: Millis) {
        self.share = Some(share);
        if share < slot.share || !visible {
            self.since = None;
        } else if self.since.is_none() {
            self.since = Some(now);
        }
    }

    /// Says once that what is shown was seen.
    pub fn expose(&mut self, slot: &Slot, now: Millis) -> bool {
        let due = !self.seen && self.since.is_some_and(|since| now - since >= slot.time);
        self.seen |= due;
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_seen_once_after_a_second_in_view() {
        let (slot, mut state) = (Slot::new("hero"), State::default());
        state.view(&slot, 0.4, true, 0.0);
        assert!(!state.expose(&slot, 5_000.0));
        state.view(&slot, 0.6, true, 5_000.0);
        assert!(!state.expose(&slot, 5_750.0));
        state.view(&slot, 0.9, true, 5_900.0);
        assert!(state.expose(&slot, 6_000.0));
        assert!(!state.expose(&slot, 9_000.0));
        state.pick = Some(Pick { rule: 0, arm: 0 });
        state.show(9_000.0);
        assert!(!state.expose(&slot, 9_500.0));
        assert!(state.expose(&slot, 10_000.0));
        state.show(11_000.0);
        state.view(&slot, 0.0, true, 11_100.0);
        assert!(!state.expose(&slot, 20_000.0));
    }

    #[test]
    fn swaps_wait_for_their_moment() {
        let (slot, mut state) = (Slot::new("hero"), State::default());
        assert!(!state.may_swap(Swap::BeforeSeen, 0.0, 0.0), "not before an observer has spoken");
        state.view(&slot, 0.1, true, 0.0);
        assert!(!state.may_swap(Swap::BeforeSeen, 0.0, 0.0));
        state.view(&slot, 0.0, true, 0.0);
        assert!(state.may_swap(Swap::BeforeSeen, 0.0, 0.0));
        assert!(state.may_swap(Swap::Now, 9e9, 0.0));
        assert!(state.may_swap(Swap::Idle, 9e9, 500.0) && !state.may_swap(Swap::Idle, 9e9, 499.0));
        state.arrived = 1_000.0;
        assert!(state.may_swap(Swap::NextPage, 1_249.0, 0.0));
        assert!(!state.may_swap(Swap::NextPage, 1_250.0, 0.0));
        state.view(&slot, 0.1, true, 0.0);
        assert!(!state.may_swap(Swap::NextPage, 1_249.0, 0.0), "it was painted, and is in view");
        state.routed = true;
        assert!(state.may_swap(Swap::NextPage, 1_249.0, 0.0));
        assert!(!state.may_swap(Swap::NextPage, 1_250.0, 0.0));
    }
}
