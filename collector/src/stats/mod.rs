//! The statistics of experiments: pure arithmetic over sums.
//!
//! A metric of one variant is a [`Sample`]: how many visitors, their mean, and the variance of one of
//! them. [`Moments`] and [`Pairs`] make samples from visitors; proportions, ratios and means that were
//! adjusted by a pre-period each have their own variance ([`Sample::proportion`], [`Sample::ratio`],
//! [`adjust`]). From there on all are judged alike: [`lift`] has the interval for a look at the end,
//! [`sequential`] the one that may be looked at at any time, [`bayes`] the chance to win, [`holm`]
//! takes account of many comparisons, [`cap`] tames outliers.
//!
//! Where `gbstats` (GrowthBook's statistics, PyPI) has the same method the formula is the same, and
//! `tests/vectors/stats.json` holds both to 1e-6. docs/reports.md has what the numbers mean.
//!
//! A lift is relative to the control: 0.1 is a tenth more.

pub mod adjust;
pub mod bayes;
pub mod cap;
pub mod holm;
pub mod lift;
pub mod moments;
pub mod sample;
pub mod sequential;
pub mod tail;

pub use adjust::adjust;
pub use lift::Lift;
pub use moments::{Moments, Pairs};
pub use sample::Sample;

/// Of the intervals and tests of every report: 95 %.
pub const ALPHA: f64 = 0.05;
