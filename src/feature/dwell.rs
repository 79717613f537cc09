//! Stays: which slot the cursor is in, for how long, and for how long before.

use crate::layout::MAX_SLOTS;
use crate::time::Millis;

/// What is known of stays in slots.
#[derive(Clone, Debug)]
pub struct Dwell {
    slot: Option<usize>,
    since: Millis,
    totals: [f32; MAX_SLOTS],
}

impl Dwell {
    /// No stays yet.
    pub fn new(now: Millis) -> Dwell {
        Dwell { slot: None, since: now, totals: [0.0; MAX_SLOTS] }
    }

    /// The cursor is in this slot now.
    pub fn cursor(&mut self, slot: Option<usize>, now: Millis) {
        if slot != self.slot {
            if let Some(total) = self.slot.and_then(|slot| self.totals.get_mut(slot)) {
                *total += (now - self.since) as f32;
            }
            self.slot = slot;
            self.since = now;
        }
    }

    /// The slot the cursor is in, as an index into the layout's regions.
    pub fn slot(&self) -> Option<usize> {
        self.slot
    }

    /// ms of the present stay; outside of slots, ms since the last one ended.
    pub fn stay(&self, now: Millis) -> Millis {
        (now - self.since).max(0.0)
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

#[cfg(test)]
mod tests {
    use super::*;

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
