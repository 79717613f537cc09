//! What was learned of each arm: a ridge regression of the reward on the context, which forgets.
//!
//! For each arm the sums `A = Σ x xᵀ` and `b = Σ r x` of what it was shown in and what came of it.
//! With those of the prior and the ridge, the arm's weights are normal with mean `A⁻¹ b` and
//! covariance `v² A⁻¹`, where `v²` is the variance of rewards around what is expected, over all
//! arms: `Σ r² − bᵀ A⁻¹ b` a lesson. Only the arm's own reward in one context is ever asked for, which is one
//! number, so its mean and variance are all that is worked out: one Cholesky factor and two
//! substitutions.
//!
//! Sums are 32 bits wide wherever they are kept, and added up in 64; a page that was reloaded goes
//! on with the very same numbers. `A` is symmetric and kept as its lower triangle, row by row.

use super::Learn;
use crate::base64;
use crate::intent::model::file::crc32;
use crate::number::{clamp, max};
use crate::value::Value;
use alloc::vec::Vec;

/// What stands on the diagonal of each arm before anything is known: one lesson's worth, so that
/// weights are likely within one deviation of a reward from 0.
pub const RIDGE: f64 = 1.0;
/// Lessons that a posterior stands on at most: each new one lets the rest fade by 1 in so many.
/// Chosen by `unspoken simulate shop`; docs/bandits.md has the figures.
pub const MEMORY: f64 = 1_000.0;
/// The smallest variance of a reward that is believed: about that of a goal reached by 1 in 100.
const LEAST_NOISE: f64 = 0.01;
/// The largest variance that is explored by, that of a goal reached by 1 in 15: where rewards are
/// more frequent, a few are enough, and to explore by all their variance costs more than it finds.
const MOST_NOISE: f64 = 0.06;
/// The variance of a coin, the most that rewards from 0 to 1 can have, and how many lessons' worth
/// of it is believed before any.
const BEGIN_NOISE: f64 = 0.25;
const BEGIN_LESSONS: f64 = 2.0;
/// No honest sum is larger.
const MOST: f32 = 1e9;
/// Bytes before the arms: checksum, fingerprint, lessons.
const HEAD: usize = 12;
/// The most bytes of a document's content.
const MAX_BYTES: usize = 1_500;

/// Sums of one arm.
#[derive(Clone, PartialEq, Debug)]
struct Arm {
    /// The checksum of its variant's name.
    key: u32,
    /// `Σ r x`.
    b: Vec<f32>,
    /// `Σ x xᵀ`, the lower triangle.
    a: Vec<f32>,
}

/// What lessons have taught of each arm.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Posterior {
    size: usize,
    /// Of goal and context: sums of another say nothing.
    fingerprint: u32,
    lessons: f32,
    arms: Vec<Arm>,
}

/// The reward that is expected of an arm, and how far that may be off: mean and deviation.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Estimate {
    /// Of the reward, 0 to 1 where the arm is linear.
    pub mean: f64,
    /// Standard deviation of the mean.
    pub deviation: f64,
}

fn triangle(size: usize) -> usize {
    size * (size + 1) / 2
}

impl Posterior {
    /// Nothing learned yet.
    pub fn new(learn: &Learn) -> Posterior {
        let mut posterior = Posterior::plain(learn.variants.len(), learn.size());
        for (arm, name) in posterior.arms.iter_mut().zip(&learn.variants) {
            arm.key = crc32(name.as_bytes());
        }
        posterior.fingerprint = fingerprint(learn);
        posterior
    }

    /// Nothing learned, of any number of arms and any size of context: for tools.
    pub fn plain(arms: usize, size: usize) -> Posterior {
        let arm = Arm { key: 0, b: alloc::vec![0.0; size], a: alloc::vec![0.0; triangle(size)] };
        Posterior { size, fingerprint: 0, lessons: 0.0, arms: alloc::vec![arm; arms] }
    }

    /// How many lessons it ever had; none has faded from this count.
    pub fn lessons(&self) -> f64 {
        self.lessons as f64
    }

    /// How many lessons an arm stands on, those that have faded left out: the sum of what
    /// multiplies the constant 1 of the context.
    pub fn stands_on(&self, arm: usize) -> f64 {
        self.arms.get(arm).and_then(|arm| arm.a.first()).map_or(0.0, |sum| *sum as f64)
    }

    /// Learns one lesson: all that is known fades by 1 in `memory`, and the lesson is added.
    pub fn learn(&mut self, arm: usize, context: &[f64], reward: f64, memory: f64) {
        self.fade(1.0 - 1.0 / memory);
        self.add(arm, context, 1.0, reward);
    }

    /// All that is known counts this much of what it did.
    pub fn fade(&mut self, share: f64) {
        for arm in &mut self.arms {
            for sum in arm.b.iter_mut().chain(&mut arm.a) {
                *sum = (*sum as f64 * share) as f32;
            }
        }
    }

    /// Adds that an arm was shown `shown` times in a context and brought `reward` in all. The two
    /// may come apart: a reward that comes later is added with `shown` 0. What is of another size
    /// or not a number is left out.
    pub fn add(&mut self, arm: usize, context: &[f64], shown: f64, reward: f64) {
        let fits = context.len() == self.size
            && reward.is_finite()
            && context.iter().all(|number| number.is_finite());
        let Some(arm) = self.arms.get_mut(arm).filter(|_| fits) else { return };
        let mut at = 0;
        for (row, left) in context.iter().enumerate() {
            arm.b[row] = (arm.b[row] as f64 + reward * left) as f32;
            for right in &context[..=row] {
                arm.a[at] = (arm.a[at] as f64 + shown * left * right) as f32;
                at += 1;
            }
        }
        self.lessons += shown as f32;
    }

    /// No arm stands on more than so many lessons: what is more is scaled down, and says the same
    /// of the reward with less certainty.
    pub fn cap(&mut self, most: f64) {
        for arm in &mut self.arms {
            let stands_on = arm.a.first().map_or(0.0, |sum| *sum as f64);
            if stands_on > most {
                for sum in arm.b.iter_mut().chain(&mut arm.a) {
                    *sum = (*sum as f64 * most / stands_on) as f32;
                }
            }
        }
    }

    /// What each arm is expected to bring in a context, upon a prior of the same shape; one of
    /// another shape is left out.
    pub fn estimates(&self, prior: &Posterior, context: &[f64]) -> Vec<Estimate> {
        let fits = prior.size == self.size && prior.arms.len() == self.arms.len();
        let mut estimates = Vec::new();
        if context.len() != self.size {
            return estimates;
        }
        let (mut shown, mut rest) = (BEGIN_LESSONS, BEGIN_LESSONS * BEGIN_NOISE);
        for (at, arm) in self.arms.iter().enumerate() {
            let (mut a, mut b) = (Vec::new(), Vec::new());
            let prior = prior.arms.get(at).filter(|_| fits);
            for (at, sum) in arm.a.iter().enumerate() {
                a.push(*sum as f64 + prior.map_or(0.0, |prior| prior.a[at] as f64));
            }
            for (at, sum) in arm.b.iter().enumerate() {
                b.push(*sum as f64 + prior.map_or(0.0, |prior| prior.b[at] as f64));
            }
            shown += a.first().copied().unwrap_or(0.0);
            // Rewards lie between 0 and 1, so the sum of their squares is at most their sum.
            rest += b.first().copied().unwrap_or(0.0);
            let (estimate, explained) = project(&mut a, &mut b, context);
            rest -= explained;
            estimates.push(estimate);
        }
        let noise = f64::sqrt(clamp(rest / max(shown, 1.0), LEAST_NOISE, MOST_NOISE));
        estimates.iter_mut().for_each(|estimate| estimate.deviation *= noise);
        estimates
    }

    /// As a document: one text, under 2 KB for 8 arms of 8 numbers. Null where nothing is known.
    pub fn to_value(&self) -> Value {
        if self.lessons == 0.0 {
            return Value::Null;
        }
        let mut bytes = Vec::from([0; 4]);
        bytes.extend(self.fingerprint.to_le_bytes());
        bytes.extend(self.lessons.to_le_bytes());
        for arm in &self.arms {
            bytes.extend(arm.key.to_le_bytes());
            for sum in arm.b.iter().chain(&arm.a) {
                bytes.extend(sum.to_le_bytes());
            }
        }
        let check = crc32(&bytes[4..]).to_le_bytes();
        bytes[..4].copy_from_slice(&check);
        Value::Text(base64::encode(&bytes))
    }

    /// What a document says of this rule's arms; none where it is damaged, or of another goal or
    /// context. Arms are known by the names of their variants: one that is new begins with nothing,
    /// and one that is gone is left out.
    pub fn from_value(learn: &Learn, value: &Value) -> Option<Posterior> {
        let bytes = base64::decode(value.as_str()?, MAX_BYTES)?;
        let word = |at: usize| match bytes.get(at..at + 4) {
            Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
            _ => 0,
        };
        let mut posterior = Posterior::new(learn);
        let numbers = posterior.size + triangle(posterior.size);
        let row = 4 + 4 * numbers;
        posterior.lessons = f32::from_bits(word(8));
        let is_whole = bytes.len() > HEAD
            && (bytes.len() - HEAD).is_multiple_of(row)
            && word(0) == crc32(&bytes[4..])
            && word(4) == posterior.fingerprint
            && (0.0..=MOST).contains(&posterior.lessons);
        if !is_whole {
            return None;
        }
        for start in (HEAD..bytes.len()).step_by(row) {
            let Some(arm) = posterior.arms.iter_mut().find(|arm| arm.key == word(start)) else {
                continue;
            };
            for (at, sum) in arm.b.iter_mut().chain(&mut arm.a).enumerate() {
                *sum = f32::from_bits(word(start + 4 + 4 * at));
                if !(-MOST..=MOST).contains(sum) {
                    return None;
                }
            }
        }
        Some(posterior)
    }
}

/// Tells goals and contexts apart.
fn fingerprint(learn: &Learn) -> u32 {
    let mut bytes = Vec::new();
    let mut push = |text: &str, number: f64| {
        bytes.extend(text.bytes());
        bytes.push(0);
        bytes.extend(number.to_le_bytes());
    };
    push(&learn.goal, learn.most.unwrap_or(0.0));
    for term in &learn.terms {
        push(term.attribute.name(), term.scale);
        push(term.is.as_str().unwrap_or(""), 0.0);
    }
    crc32(&bytes)
}

/// With `A = a + ridge` and its Cholesky factor `L`, the mean `xᵀ A⁻¹ b` and the deviation
/// `√(xᵀ A⁻¹ x)` are products of `L⁻¹ x` and `L⁻¹ b`; so is what the regression explains of the sum
/// of squared rewards, `bᵀ A⁻¹ b`. Takes the place of `a` and `b`.
fn project(a: &mut [f64], b: &mut [f64], x: &[f64]) -> (Estimate, f64) {
    let mut solved = Vec::from(x);
    let (mut mean, mut square, mut explained) = (0.0, 0.0, 0.0);
    for row in 0..x.len() {
        let start = triangle(row);
        for column in 0..=row {
            let other = triangle(column);
            let mut rest = a[start + column];
            for at in 0..column {
                rest -= a[start + at] * a[other + at];
            }
            a[start + column] = if column < row {
                rest / a[other + column]
            } else {
                // Sums of squares upon a ridge; less than the ridge is rounding, or forged.
                f64::sqrt(max(rest + RIDGE, RIDGE / 2.0))
            };
        }
        for at in 0..row {
            b[row] -= a[start + at] * b[at];
            solved[row] -= a[start + at] * solved[at];
        }
        b[row] /= a[start + row];
        solved[row] /= a[start + row];
        mean += b[row] * solved[row];
        square += solved[row] * solved[row];
        explained += b[row] * b[row];
    }
    (Estimate { mean, deviation: f64::sqrt(square) }, explained)
}
