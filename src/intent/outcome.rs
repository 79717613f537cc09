//! Forecasts against what happened then.
//!
//! Each forecast waits in its head's ring until its outcome comes or its horizon passes, and is
//! then counted in a bin. The bins are all that is sent: enough for a reliability curve and a
//! ranking, a few bytes, and nothing about one person's moments. When the page is hidden or left,
//! what has not happened on it has not come true: to leave such forecasts out, and count those that
//! came true a moment before, would make every head look better than it is.
//!
//! One forecast a head at a time is also a [`Lesson`]: the next one begins when it is settled, so
//! that what a head learns from are moments a horizon apart, not four a second that are all alike.

use super::Head;
use super::learn::MAX_TERMS;
use crate::feature::window::CELL;
use crate::number::round;
use crate::time::Millis;
use crate::wire::{BINS, Bin};
use alloc::vec::Vec;

/// Forecasts of one head that wait at once. A horizon that takes more steps of the grid than this
/// lets only every second, third … forecast wait.
const WAITING: usize = 32;

/// A forecast to learn from: what it was made of, and what came of it.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    at: Millis,
    /// The source's log-odds, before calibration and learning.
    pub logit: f64,
    /// The terms of its last layer.
    terms: [f64; MAX_TERMS],
    count: usize,
    happened: Option<bool>,
}

impl Lesson {
    /// The terms of the last layer.
    pub fn terms(&self) -> &[f64] {
        &self.terms[..self.count]
    }
}

#[derive(Clone, Copy, Default, Debug)]
struct Count {
    count: u32,
    positives: u32,
    sum: f64,
}

/// The bin that a forecast falls in.
pub fn bin(forecast: f64) -> usize {
    ((forecast * BINS as f64) as usize).min(BINS - 1)
}

/// One head's ring and bins.
#[derive(Clone, Debug)]
// In this order, the large last: what stands in the first 128 bytes is reached by a byte less.
#[repr(C)]
struct Track {
    /// `None` for the rest of the session: those wait in the profile.
    horizon: Option<Millis>,
    /// Steps of the grid from one forecast that waits to the next.
    stride: u64,
    /// A bit for each forecast whose outcome is still open.
    open: u32,
    next: usize,
    lesson: Option<Lesson>,
    bins: [Count; BINS],
    at: [Millis; WAITING],
    forecasts: [f64; WAITING],
}

impl Track {
    fn close(&mut self, place: usize, happened: bool) {
        if self.open & 1 << place != 0 {
            self.open &= !(1 << place);
            self.count(self.forecasts[place], happened);
        }
    }

    fn count(&mut self, forecast: f64, happened: bool) {
        let count = &mut self.bins[bin(forecast)];
        count.count += 1;
        count.positives += happened as u32;
        count.sum += forecast;
    }

    /// Ends the lesson, if none has ended it yet.
    fn end_lesson(&mut self, happened: bool) {
        if let Some(lesson) = &mut self.lesson {
            lesson.happened.get_or_insert(happened);
        }
    }
}

/// What waits and what was counted, for every head.
#[derive(Clone, Debug)]
pub struct Outcomes(Vec<Track>);

impl Outcomes {
    /// Nothing waits yet.
    pub fn new(heads: &[Head]) -> Outcomes {
        let track = |head: &Head| {
            let steps = head.within.unwrap_or(0.0) / (CELL * (WAITING - 1) as f64);
            Track {
                horizon: head.within,
                stride: (steps.ceil() as u64).max(1),
                at: [0.0; WAITING],
                forecasts: [0.0; WAITING],
                open: 0,
                next: 0,
                lesson: None,
                bins: [Count::default(); BINS],
            }
        };
        Outcomes(heads.iter().map(track).collect())
    }

    /// Counts what has waited out its horizon, then lets this forecast wait: the one of step `step`
    /// of the grid, made of `logit` and `terms`. One for the session waits elsewhere. Of more terms than [`MAX_TERMS`] none is kept.
    pub fn forecast(
        &mut self,
        head: usize,
        step: u64,
        at: Millis,
        forecast: f64,
        logit: f64,
        terms: &[f64],
    ) {
        let track = &mut self.0[head];
        let Some(horizon) = track.horizon else { return };
        for place in 0..WAITING {
            if track.at[place] + horizon <= at {
                track.close(place, false);
            }
        }
        if track.lesson.as_ref().is_some_and(|lesson| lesson.at + horizon <= at) {
            track.end_lesson(false);
        }
        // The first step of a page view is 1, and waits.
        if (step - 1).is_multiple_of(track.stride) {
            let place = track.next;
            (track.at[place], track.forecasts[place]) = (at, forecast);
            track.open |= 1 << place;
            track.next = (place + 1) % WAITING;
        }
        if track.lesson.is_none() {
            let terms = if terms.len() > MAX_TERMS { &[] } else { terms };
            let mut kept = [0.0; MAX_TERMS];
            kept[..terms.len()].copy_from_slice(terms);
            let count = terms.len();
            track.lesson = Some(Lesson { at, logit, terms: kept, count, happened: None });
        }
    }

    /// The head's outcome happened: every forecast of it that waited within its horizon was right.
    pub fn happened(&mut self, head: usize, now: Millis) {
        let track = &mut self.0[head];
        let Some(horizon) = track.horizon else { return };
        for place in 0..WAITING {
            if track.at[place] + horizon >= now {
                track.close(place, true);
            }
        }
        if let Some(lesson) = &track.lesson {
            track.end_lesson(lesson.at + horizon >= now);
        }
    }

    /// The page is hidden or left: what has not happened on it by now did not happen.
    pub fn settle(&mut self) {
        for track in &mut self.0 {
            (0..WAITING).for_each(|place| track.close(place, false));
            track.end_lesson(false);
        }
    }

    /// Counts a forecast for the session, which waits elsewhere, as one that did not come true.
    pub fn tell(&mut self, head: usize, forecast: f64) {
        self.0[head].count(forecast, false);
    }

    /// Forecasts that were told so have come true: so many of each bin.
    pub fn came_true(&mut self, head: usize, told: &[u32; BINS]) {
        for (bin, told) in self.0[head].bins.iter_mut().zip(told) {
            bin.positives += told;
        }
    }

    /// Takes the head's lesson, if its outcome is known.
    pub fn lesson(&mut self, head: usize) -> Option<(Lesson, bool)> {
        let track = &mut self.0[head];
        let happened = track.lesson.as_ref()?.happened?;
        track.lesson.take().map(|lesson| (lesson, happened))
    }

    /// Takes the head's non-empty bins and empties them.
    pub fn take(&mut self, head: usize) -> Vec<Bin> {
        let bins = core::mem::take(&mut self.0[head].bins);
        let mut filled = Vec::new();
        for (index, bin) in bins.iter().enumerate() {
            if bin.count + bin.positives > 0 {
                filled.push(Bin {
                    index: index as u8,
                    count: bin.count,
                    positives: bin.positives,
                    sum_milli: round(bin.sum * 1_000.0) as u32,
                });
            }
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::{Outcome, declare};

    fn head(within: f64) -> Head {
        declare::at_base("signup", Outcome::Goal("signup".into()), Some(within), 0.1)
    }

    fn run(outcomes: &mut Outcomes, steps: core::ops::RangeInclusive<u64>) {
        for step in steps {
            outcomes.forecast(0, step, step as f64 * CELL, 0.25, -1.0, &[step as f64]);
        }
    }

    #[test]
    fn a_click_makes_the_forecasts_of_its_last_two_seconds_right() {
        let mut outcomes = Outcomes::new(&[head(2_000.0)]);
        run(&mut outcomes, 1..=16);
        outcomes.happened(0, 4_100.0);
        // Waiting at 4,100: those of 2,250 to 4,000 within the horizon; 250 to 2,000 are past it.
        let bins = outcomes.take(0);
        assert_eq!(bins.len(), 1);
        assert_eq!((bins[0].index, bins[0].count, bins[0].positives), (2, 16, 8));
        assert_eq!(bins[0].sum_milli, 4_000);
        assert!(outcomes.take(0).is_empty());
    }

    #[test]
    fn leaving_settles_what_waits_once() {
        let mut outcomes = Outcomes::new(&[head(2_000.0), head(10_000.0)]);
        for head in [0, 1] {
            outcomes.forecast(head, 1, 0.0, 0.9, 2.0, &[]);
        }
        outcomes.happened(1, 100.0);
        outcomes.settle();
        for (head, positives) in [(0, 0), (1, 1)] {
            let bins = outcomes.take(head);
            assert_eq!((bins.len(), bins[0].count, bins[0].positives), (1, 1, positives));
        }
        outcomes.settle();
        assert!((0..2).all(|head| outcomes.take(head).is_empty()), "counted once");
    }

    #[test]
    fn a_long_horizon_lets_fewer_wait_and_loses_none_of_them() {
        // Ten minutes are 2,400 steps: every 78th waits.
        let mut outcomes = Outcomes::new(&[head(600_000.0)]);
        run(&mut outcomes, 1..=7_800);
        outcomes.settle();
        let counted: u32 = outcomes.take(0).iter().map(|bin| bin.count).sum();
        assert_eq!(counted, 100);
    }

    #[test]
    fn lessons_are_a_horizon_apart() {
        let mut outcomes = Outcomes::new(&[head(2_000.0)]);
        run(&mut outcomes, 1..=8);
        assert!(outcomes.lesson(0).is_none(), "it is open");
        run(&mut outcomes, 9..=9);
        let (lesson, happened) = outcomes.lesson(0).unwrap();
        assert_eq!((lesson.terms(), lesson.logit, happened), (&[1.0][..], -1.0, false));
        run(&mut outcomes, 10..=12);
        outcomes.happened(0, 3_100.0);
        let (lesson, happened) = outcomes.lesson(0).unwrap();
        assert_eq!((lesson.terms(), happened), (&[10.0][..], true));
        assert!(outcomes.lesson(0).is_none());
    }
}
