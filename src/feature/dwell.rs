//! Stays: which slot the cursor is in, for how long, and for how long before.

use crate::layout::MAX_SLOTS;
use crate::number::{max, min};
use crate::time::{Millis, SECOND};
use alloc::string::String;

/// Whoever is back in a slot within this had gone past it.
pub const OVERSHOT: Millis = SECOND;
/// Tags of a session whose dwell is kept: those of a few pages. The one not met for longest goes.
pub const MAX_STAYS: usize = 16;
/// So much dwell with a tag in one page view is an interest's step.
pub const INTEREST: Millis = 10.0 * SECOND;
/// Steps a page view: a page that is left open says no more.
pub const MOST_STEPS: f64 = 4.0;

/// What is known of stays in slots.
#[derive(Clone, Debug)]
// In this order, the large last: what stands in the first 128 bytes is reached by a byte less.
#[repr(C)]
pub struct Dwell {
    slot: Option<usize>,
    since: Millis,
    left: Option<(usize, Millis)>,
    totals: [f32; MAX_SLOTS],
}

impl Dwell {
    /// No stays yet.
    pub fn new(now: Millis) -> Dwell {
        Dwell { slot: None, since: now, totals: [0.0; MAX_SLOTS], left: None }
    }

    /// The cursor is in this slot now. Says whether it overshot the slot: it was in it until
    /// [`OVERSHOT`] ago, went out, and is in again.
    pub fn cursor(&mut self, slot: Option<usize>, now: Millis) -> bool {
        if slot != self.slot {
            let again = |(left, at)| slot == Some(left) && now - at <= OVERSHOT;
            let overshot = self.left.is_some_and(again);
            self.left = self.slot.map(|slot| (slot, now)).or(self.left);
            if let Some(total) = self.slot.and_then(|slot| self.totals.get_mut(slot)) {
                *total += (now - self.since) as f32;
            }
            self.slot = slot;
            self.since = now;
            return overshot;
        }
        false
    }

    /// The slot the cursor is in, as an index into the layout's regions.
    pub fn slot(&self) -> Option<usize> {
        self.slot
    }

    /// ms of the present stay; outside of slots, ms since the last one ended.
    pub fn stay(&self, now: Millis) -> Millis {
        max(now - self.since, 0.0)
    }

    /// ms over all stays in the slot the cursor is in; 0 outside.
    pub fn total(&self, now: Millis) -> Millis {
        self.slot.map_or(0.0, |slot| self.of(slot, now))
    }

    /// ms over all stays in a slot.
    pub fn of(&self, slot: usize, now: Millis) -> Millis {
        let past = self.totals.get(slot).copied().unwrap_or(0.0) as f64;
        past + if self.slot == Some(slot) { self.stay(now) } else { 0.0 }
    }

    /// Slots the cursor has been in.
    pub fn visited(&self) -> usize {
        let left = self.totals.iter().filter(|total| **total > 0.0).count();
        left + self.slot.is_some_and(|slot| self.totals.get(slot) == Some(&0.0)) as usize
    }
}

/// Dwell with one tag.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Stay {
    /// Which tag: a hash of it, so that the memory is fixed. 0 where there is none.
    pub tag: f64,
    /// ms in the session.
    pub session: Millis,
    /// ms in the page view.
    pub view: Millis,
}

/// Dwell by tag, of a session and of the page view in it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Stays(pub [Stay; MAX_STAYS]);

impl Stays {
    /// A page view begins.
    pub fn begin(&mut self) {
        self.0.iter_mut().for_each(|stay| stay.view = 0.0);
    }

    /// Adds dwell. Says whether it filled one more [`INTEREST`] of this page view.
    pub fn add(&mut self, tag: &str, ms: Millis) -> bool {
        let hash = hash(tag);
        let known = self.0.iter().position(|stay| stay.tag == hash);
        self.0[..=known.unwrap_or(MAX_STAYS - 1)].rotate_right(1);
        let stay = &mut self.0[0];
        if known.is_none() {
            *stay = Stay { tag: hash, ..Stay::default() };
        }
        let steps = |view: Millis| min((view / INTEREST).floor(), MOST_STEPS);
        let before = steps(stay.view);
        (stay.session, stay.view) = (stay.session + ms, stay.view + ms);
        steps(stay.view) > before
    }

    /// `tag_dwell` before its logarithm: ms of the session with that of the tags which has most.
    pub fn most(&self, tags: &[String]) -> Millis {
        let mut most: Millis = 0.0;
        for tag in tags {
            let hash = hash(tag);
            for stay in &self.0 {
                if stay.tag == hash {
                    most = max(most, stay.session);
                }
            }
        }
        most
    }

    /// Takes what another tab counted: of each tag the longer.
    pub fn merge(&mut self, other: &Stays) {
        for theirs in &other.0 {
            if let Some(mine) = self.0.iter_mut().find(|mine| mine.tag == theirs.tag) {
                mine.session = max(mine.session, theirs.session);
            } else if let Some(free) = self.0.iter_mut().find(|mine| mine.tag == 0.0) {
                *free = Stay { view: 0.0, ..*theirs };
            }
        }
    }
}

/// FNV-1a of a tag, never 0.
fn hash(tag: &str) -> f64 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in tag.bytes() {
        hash = (hash ^ byte as u32).wrapping_mul(0x0100_0193);
    }
    hash.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_past_a_slot_and_back_is_told_once() {
        let mut dwell = Dwell::new(0.0);
        let mut told = |slot, at| dwell.cursor(slot, at);
        assert!(!told(Some(1), 0.0));
        assert!(!told(None, 300.0));
        assert!(told(Some(1), 700.0));
        assert!(!told(Some(1), 710.0));
        assert!(!told(Some(2), 900.0));
        assert!(!told(None, 1_000.0));
        assert!(!told(Some(2), 2_500.0), "that is a return, not a slip");
    }

    #[test]
    fn dwell_by_tag_is_bounded_and_steps_are_four_a_page_view() {
        let mut stays = Stays::default();
        let steps = (0..400).filter(|_| stays.add("hiking", 250.0)).count();
        assert_eq!(steps, 4, "100 s are ten steps, and four count");
        stays.begin();
        assert_eq!((0..80).filter(|_| stays.add("hiking", 250.0)).count(), 2);
        assert_eq!(stays.most(&["none".into(), "hiking".into()]), 120_000.0);
        let mut other = Stays::default();
        other.merge(&stays);
        assert_eq!(other.most(&["hiking".into()]), 120_000.0);
        for at in 0..15 {
            stays.add(&alloc::format!("t{at}"), 250.0);
        }
        assert_eq!(stays.most(&["hiking".into()]), 120_000.0);
        stays.add("one more", 250.0);
        assert_eq!(stays.most(&["hiking".into()]), 0.0);
    }

    #[test]
    fn stays_add_up_by_slot() {
        let mut dwell = Dwell::new(0.0);
        for (at, slot) in [(100.0, Some(1)), (300.0, None), (500.0, Some(1)), (550.0, Some(1))] {
            dwell.cursor(slot, at);
        }
        assert_eq!(dwell.stay(600.0), 100.0);
        assert_eq!(dwell.total(600.0), 300.0);
        assert_eq!(dwell.of(0, 600.0), 0.0);
        assert_eq!(dwell.visited(), 1);
        dwell.cursor(Some(2), 600.0);
        assert_eq!(dwell.visited(), 2);
    }
}
