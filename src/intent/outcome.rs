//! Forecasts against what happened then.
//!
//! Each forecast waits in a ring until its outcome comes or its horizon passes, and is then
//! counted in a bin of its head. The bins are all that is sent: enough for a reliability curve and
//! a ranking, a few bytes, and nothing about one person's moments. When the page is hidden or left,
//! what has not happened on it has not come true: to leave such forecasts out, and count those that
//! came true a moment before, would make every head look better than it is.

use super::{Forecasts, HEADS, Head};
use crate::time::Millis;
use crate::wire::{BINS, Bin};
use alloc::vec::Vec;

/// Forecasts that can wait at once: four a second over the longest horizon, 15 s, and some.
const WAITING: usize = 64;

#[derive(Clone, Copy, Default, Debug)]
struct Waiting {
    at: Millis,
    forecasts: Forecasts,
    /// One bit a head: its outcome is still open.
    open: u8,
}

#[derive(Clone, Copy, Default, Debug)]
struct Count {
    count: u32,
    positives: u32,
    sum: f64,
}

/// The ring and the bins.
#[derive(Clone, Debug)]
pub struct Outcomes {
    waiting: [Waiting; WAITING],
    next: usize,
    bins: [[Count; BINS]; HEADS],
}

impl Default for Outcomes {
    fn default() -> Outcomes {
        Outcomes {
            waiting: [Waiting::default(); WAITING],
            next: 0,
            bins: [[Count::default(); BINS]; HEADS],
        }
    }
}

impl Outcomes {
    /// Counts what has waited out its horizon, then lets these forecasts wait. A head without a
    /// horizon in seconds is not counted yet.
    pub fn forecast(&mut self, at: Millis, forecasts: &Forecasts) {
        for head in Head::ALL {
            let Some(horizon) = head.horizon() else { continue };
            for slot in 0..WAITING {
                if self.waiting[slot].at + horizon <= at {
                    self.close(slot, head, false);
                }
            }
        }
        let open = Head::ALL
            .iter()
            .filter(|head| head.horizon().is_some())
            .fold(0, |bits, head| bits | 1 << *head as u8);
        self.waiting[self.next] = Waiting { at, forecasts: *forecasts, open };
        self.next = (self.next + 1) % WAITING;
    }

    /// The head's outcome happened: every forecast of it that waited within its horizon was right.
    pub fn happened(&mut self, head: Head, now: Millis) {
        let Some(horizon) = head.horizon() else { return };
        for slot in 0..WAITING {
            if self.waiting[slot].at + horizon >= now {
                self.close(slot, head, true);
            }
        }
    }

    /// The page is hidden or left: what has not happened on it by now did not happen.
    pub fn settle(&mut self) {
        for head in Head::ALL {
            (0..WAITING).for_each(|slot| self.close(slot, head, false));
        }
    }

    fn close(&mut self, slot: usize, head: Head, happened: bool) {
        let waiting = &mut self.waiting[slot];
        let bit = 1 << head as u8;
        if waiting.open & bit == 0 {
            return;
        }
        waiting.open &= !bit;
        let forecast = waiting.forecasts[head as usize];
        let bin = ((forecast * BINS as f64) as usize).min(BINS - 1);
        let count = &mut self.bins[head as usize][bin];
        count.count += 1;
        count.positives += happened as u32;
        count.sum += forecast;
    }

    /// Takes the head's non-empty bins and empties them.
    pub fn take(&mut self, head: Head) -> Vec<Bin> {
        let bins = core::mem::take(&mut self.bins[head as usize]);
        let filled = bins.iter().enumerate().filter(|(_, bin)| bin.count > 0);
        filled
            .map(|(index, bin)| Bin {
                index: index as u8,
                count: bin.count,
                positives: bin.positives,
                sum_milli: libm::round(bin.sum * 1_000.0) as u32,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_makes_the_forecasts_of_its_last_two_seconds_right() {
        let mut outcomes = Outcomes::default();
        for step in 1..=16 {
            outcomes.forecast(step as f64 * 250.0, &[0.25, 0.0, 0.0, 0.0]);
        }
        outcomes.happened(Head::Commit, 4_100.0);
        // Waiting at 4,100: those of 2,250 to 4,000 within the horizon; 250 to 2,000 are past it.
        let bins = outcomes.take(Head::Commit);
        assert_eq!(bins.len(), 1);
        assert_eq!((bins[0].index, bins[0].count, bins[0].positives), (2, 16, 8));
        assert_eq!(bins[0].sum_milli, 4_000);
        assert!(outcomes.take(Head::Commit).is_empty());
    }

    #[test]
    fn leaving_settles_what_waits() {
        let mut outcomes = Outcomes::default();
        outcomes.forecast(0.0, &[0.9; 4]);
        outcomes.happened(Head::Leave, 100.0);
        outcomes.settle();
        for (head, positives) in [(Head::Commit, 0), (Head::Struggle, 0), (Head::Leave, 1)] {
            let bins = outcomes.take(head);
            assert_eq!((bins.len(), bins[0].count, bins[0].positives), (1, 1, positives));
        }
        assert!(outcomes.take(Head::Compare).is_empty(), "its horizon is the session");
        outcomes.settle();
        assert!(Head::ALL.iter().all(|head| outcomes.take(*head).is_empty()), "counted once");
    }
}
