//! Habits: this visitor's own running mean and deviation, and how far the present lies from it.
//!
//! A rest of two seconds is long for one person and short for another; by itself the number says
//! less than its distance from what is usual for them. Kept in the profile, on the device only, and
//! forgotten with it.

use super::ln;
use crate::number::{clamp, max, min};
use crate::time::{Millis, SECOND};

/// What is compared with the visitor's own past: [`SPEED`] and [`PAUSE`].
pub const HABITS: usize = 2;
/// `ln(1 + px/s)` of movements, one for each forecast before which the cursor moved.
pub const SPEED: usize = 0;
/// `ln(1 + s)` of rests beyond 250 ms, each when it ends.
pub const PAUSE: usize = 1;
/// The past is forgotten with the weight of so many observations.
pub const MEMORY: f64 = 512.0;
/// With fewer observations nothing is usual yet.
pub const ENOUGH: f64 = 16.0;
/// A deviation below this is taken as this: someone very even is not far off at once.
const LEAST_DEVIATION: f64 = 0.1;

/// A running mean and variance that forget.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Running {
    /// Observations, at most [`MEMORY`].
    pub count: f64,
    /// Their mean.
    pub mean: f64,
    /// Their variance.
    pub variance: f64,
}

impl Running {
    /// Takes one more: Welford's form, whose step `1 / count` stops shrinking at `1 / MEMORY`.
    pub fn observe(&mut self, x: f64) {
        if !x.is_finite() {
            return;
        }
        self.count = min(self.count + 1.0, MEMORY);
        let (step, off) = (1.0 / self.count, x - self.mean);
        self.mean += step * off;
        self.variance = (1.0 - step) * (self.variance + step * off * off);
    }

    /// How many deviations `x` lies from the mean; 0 before enough was observed.
    pub fn distance(&self, x: f64) -> f64 {
        if self.count < ENOUGH {
            return 0.0;
        }
        (x - self.mean) / max(f64::sqrt(self.variance), LEAST_DEVIATION)
    }
}

/// The habits of a visitor.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Habit(pub [Running; HABITS]);

impl Habit {
    /// Takes what was learned elsewhere where it rests on more.
    pub fn merge(&mut self, other: &Habit) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            if theirs.count > mine.count {
                *mine = theirs;
            }
        }
    }

    /// `z_speed` before it fades: a speed in px/s against what is usual.
    pub fn speed(&self, speed: f64) -> f64 {
        clamp(self.0[SPEED].distance(ln(speed)), -4.0, 4.0)
    }

    /// `z_pause`: a rest that goes on, against what is usual; 0 while it is no rest.
    pub fn pause(&self, rest: Millis, least: Millis) -> f64 {
        let far = || clamp(self.0[PAUSE].distance(ln(rest / SECOND)), -4.0, 4.0);
        if rest > least { far() } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_variance_are_those_of_the_sample_until_it_forgets() {
        let mut running = Running::default();
        let sample = |at: u32| f64::from(at * 7 % 13);
        (0..100).for_each(|at| running.observe(sample(at)));
        let mean = (0..100).map(sample).sum::<f64>() / 100.0;
        let variance = (0..100).map(|at| (sample(at) - mean).powi(2)).sum::<f64>() / 100.0;
        assert!((running.mean - mean).abs() < 1e-9 && (running.variance - variance).abs() < 1e-9);
        (0..5_000).for_each(|_| running.observe(40.0));
        assert!((running.mean - 40.0).abs() < 0.01, "the past fades: {}", running.mean);
        running.observe(f64::NAN);
        assert!(running.mean.is_finite() && running.count == MEMORY);
    }

    #[test]
    fn a_long_rest_is_far_from_short_ones_and_nothing_is_said_too_early() {
        let mut habit = Habit::default();
        for at in 0..40 {
            assert_eq!(habit.pause(9_000.0, 250.0) == 0.0, at < 16, "{at}");
            habit.0[PAUSE].observe(ln(0.3 + f64::from(at % 5) * 0.1));
        }
        assert_eq!(habit.pause(9_000.0, 250.0), 4.0);
        assert_eq!(habit.pause(100.0, 250.0), 0.0);
        assert!(habit.pause(300.0, 250.0) < 0.0);
        let mut other = Habit::default();
        other.merge(&habit);
        assert_eq!(other, habit);
    }
}
