//! Off-policy evaluation: what another policy would have earned, from the log of one that drew its
//! actions with known probabilities.
//!
//! With `w = π(a|x) / p` of the logged action, `q` the reward that a model expects of it, and
//! `v = Σ π(a|x) q(x, a)` what the model expects of the policy:
//!
//! | | |
//! |---|---|
//! | IPW | mean of `w r` (Horvitz & Thompson 1952) |
//! | SNIPW | `Σ w r / Σ w` (Swaminathan & Joachims 2015) |
//! | DM | mean of `v` |
//! | DR | mean of `v + w (r − q)` (Dudík, Langford & Li 2011, 2014) |
//!
//! Clipping takes `min(w, c)` for `w` (Ionides 2008): less variance, and a bias towards 0, or of DR
//! towards DM. Each estimate has its interval by the bootstrap over rows, and none is worth reading
//! where the log says little of the policy: [`Weights`] says when that is.
//!
//! Where rows come from is the affair of [`log`] (two CSV files) and [`told`] (a collector's store).

pub mod log;
pub mod told;

use serde::Serialize;
use unspoken::id::Rng;

/// A logged decision, and what the policy that is judged makes of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Row {
    /// What came of it.
    pub reward: f64,
    /// The probability with which it was drawn.
    pub propensity: f64,
    /// The probability with which the judged policy would have drawn it.
    pub target: f64,
    /// The reward that the model expects of it.
    pub expected: f64,
    /// The reward that the model expects of the judged policy here.
    pub value: f64,
}

/// The least effective sample size, as a share of the rows, that raises no alarm: below a tenth,
/// intervals come out too short, because the few rows that would widen them are missing.
pub const LEAST_SHARE: f64 = 0.1;
/// The largest part of all weight that one row may have.
pub const LARGEST_PART: f64 = 0.05;
/// Weights have mean 1 where propensities are true and every action of the policy was possible.
/// So many standard errors from it are an alarm.
pub const MOST_ERRORS: f64 = 4.0;
/// Fewer rows than this with a reward that count, and the bootstrap has too few of them to draw.
pub const LEAST_REWARDED: usize = 10;
/// Draws of the bootstrap.
pub const DRAWS: usize = 2_000;

/// What the weights say of how far the estimates can be trusted.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Weights {
    /// The mean, 1 in expectation.
    pub mean: f64,
    /// The largest.
    pub largest: f64,
    /// Effective sample size: `(Σ w)² / Σ w²` (Kish 1965), in rows.
    pub effective: f64,
    /// Of all rows, 0 to 1.
    pub share: f64,
    /// Rows with a reward and a weight.
    pub rewarded: usize,
    /// What is wrong, a word each: `overlap` (share below 0.1), `single` (one row has more than 5 %
    /// of all weight), `mean` (more than 4 standard errors from 1), `rewards` (fewer than 10 rows
    /// with one).
    pub alarms: Vec<&'static str>,
}

/// An estimate of the reward a decision.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// `ipw`, `snipw`, `dm` or `dr`.
    pub name: &'static str,
    /// The mean reward of a decision under the policy.
    pub value: f64,
    /// Its 95 % interval, by the bootstrap over rows. The model is not fitted anew.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What a log says of a policy.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    /// Decisions in the log.
    pub rows: usize,
    /// The mean reward of the log itself.
    pub logged: f64,
    /// Weights above this were cut to it.
    pub clip: Option<f64>,
    /// IPW, SNIPW, DM, DR.
    pub estimates: Vec<Estimate>,
    /// Of the weights as they were before clipping.
    pub weights: Weights,
}

/// What a row adds to the estimates: weight, weighted reward, value, correction.
type Parts = [f64; 4];

fn parts(row: &Row, clip: Option<f64>) -> Parts {
    let weight = (row.target / row.propensity).min(clip.unwrap_or(f64::INFINITY));
    [weight, weight * row.reward, row.value, weight * (row.reward - row.expected)]
}

/// IPW, SNIPW, DM and DR of sums over `count` rows.
fn estimates(sums: &Parts, count: f64) -> [f64; 4] {
    let [weight, weighted, value, correction] = sums;
    let normalised = if *weight > 0.0 { weighted / weight } else { 0.0 };
    [weighted / count, normalised, value / count, (value + correction) / count]
}

fn add(sums: &mut Parts, parts: &Parts) {
    sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
}

/// Judges a policy by a log; `seed` draws the bootstrap. No rows are no judgement.
pub fn judge(rows: &[Row], clip: Option<f64>, seed: u64) -> Option<Judged> {
    let count = rows.len() as f64;
    if rows.is_empty() {
        return None;
    }
    let all: Vec<Parts> = rows.iter().map(|row| parts(row, clip)).collect();
    let mut sums = Parts::default();
    all.iter().for_each(|parts| add(&mut sums, parts));
    let values = estimates(&sums, count);
    let mut rng = Rng::new(seed);
    let mut drawn: [Vec<f64>; 4] = Default::default();
    for _ in 0..DRAWS {
        let mut sums = Parts::default();
        for _ in rows {
            // Rows are far fewer than 2^64, so the remainder favours none that shows.
            add(&mut sums, &all[(rng.draw() % rows.len() as u64) as usize]);
        }
        let values = estimates(&sums, count);
        drawn.iter_mut().zip(values).for_each(|(drawn, value)| drawn.push(value));
    }
    let estimates = ["ipw", "snipw", "dm", "dr"].into_iter().zip(values).zip(&mut drawn).map(
        |((name, value), drawn)| {
            drawn.sort_by(f64::total_cmp);
            let at = |share: f64| drawn[((DRAWS - 1) as f64 * share).round() as usize];
            Estimate { name, value, low: at(0.025), high: at(0.975) }
        },
    );
    Some(Judged {
        rows: rows.len(),
        logged: rows.iter().map(|row| row.reward).sum::<f64>() / count,
        clip,
        estimates: estimates.collect(),
        weights: weights(rows),
    })
}

fn weights(rows: &[Row]) -> Weights {
    let count = rows.len() as f64;
    let (mut sum, mut squares, mut largest, mut rewarded) = (0.0, 0.0, 0.0f64, 0);
    for row in rows {
        let [weight, weighted, ..] = parts(row, None);
        sum += weight;
        squares += weight * weight;
        largest = largest.max(weight);
        rewarded += usize::from(weighted > 0.0);
    }
    let effective = if squares > 0.0 { sum * sum / squares } else { 0.0 };
    let (mean, share) = (sum / count, effective / count);
    let error = ((squares / count - mean * mean).max(0.0) / count).sqrt();
    let mut alarms = Vec::new();
    let mut alarm = |is_wrong: bool, name| {
        if is_wrong {
            alarms.push(name);
        }
    };
    alarm(share < LEAST_SHARE, "overlap");
    alarm(largest > LARGEST_PART * sum, "single");
    alarm((mean - 1.0).abs() > MOST_ERRORS * error + 1e-9, "mean");
    alarm(rewarded < LEAST_REWARDED, "rewards");
    Weights { mean, largest, effective, share, rewarded, alarms }
}

#[cfg(test)]
mod tests;
