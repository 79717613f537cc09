//! Learning on the device: moves a head's forecasts by the outcomes that came of them.
//!
//! Three things are learned on top of a model that stays as it is: a shift of its log-odds, a slope
//! of them, and a small weight for each term of its last layer:
//!
//!     adjusted = logit + shift + (slope − 1) · (logit − CENTRE) + Σ weight · term
//!
//! Each outcome is one step of a Bayesian logistic regression whose posterior is kept normal, by
//! the extended Kalman filter's gain (assumed density filtering; AROW is its near kin): exact in
//! shift and slope, which are correlated, and one variance for all weights. The prior says that the
//! model is right, and how far from right it may be; evidence fades, so that what was learned long
//! ago gives way. Everything is clamped, so no stream of outcomes does lasting harm. The formulas,
//! sources and figures stand in docs/intents.md; `unspoken simulate drift` prints the figures again.

use super::model::{self, sigmoid};
use crate::number::{clamp, round, within};
use crate::value::Value;
use alloc::vec::Vec;

/// Terms that can have a learned weight; a model with more is shifted and sloped only.
pub const MAX_TERMS: usize = 24;
/// Outcomes that evidence stands on at most: each new one lets the rest fade by 1 in 1,000.
pub const MEMORY: f64 = 1_000.0;
/// Where the slope turns: log-odds of about 12 %, so that shift and slope differ in what they do.
pub const CENTRE: f64 = -2.0;
/// The furthest that log-odds are shifted: odds twenty times as high, or as low.
pub const MAX_SHIFT: f64 = 3.0;
/// The flattest slope, and one over the steepest.
pub const MIN_SLOPE: f64 = 0.3;
/// The steepest slope.
pub const MAX_SLOPE: f64 = 3.0;
/// The largest weight of a term.
pub const MAX_WEIGHT: f64 = 0.5;
/// Log-odds beyond this are certainty; no more is learned of how certain.
const MAX_LOGIT: f64 = 16.0;

/// One over the prior's variance of shift, of slope and of a weight: how much evidence it takes
/// before outcomes say more than the model. Chosen by the figures in docs/intents.md.
const PRIOR: [f64; 3] = [4.0, 30.0, 330.0];
/// Numbers are kept as whole steps of this, which print short.
const STEP: f64 = 1e-5;

/// What the outcomes of one head have taught.
///
/// ```
/// # use unspoken::intent::learn::Learner;
/// let mut learner = Learner::new();
/// assert_eq!(learner.adjust(-2.0, &[]), -2.0, "nothing learned: the model's own log-odds");
/// (0..500).for_each(|at| learner.learn(-2.0, &[], at % 2 == 0));
/// assert!(learner.adjust(-2.0, &[]).abs() < 0.2, "half of 12 % forecasts came true");
/// ```
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Learner {
    outcomes: f64,
    shift: f64,
    /// The slope less one, so that nothing learned is all zeros and leaves every bit as it was.
    tilt: f64,
    /// Sums of `p (1 − p)` times 1, x and x², where x is the logit from [`CENTRE`].
    evidence: [f64; 3],
    weights: [f64; MAX_TERMS],
}

/// The terms that weights are learned for.
fn learned(terms: &[f64]) -> &[f64] {
    if terms.len() > MAX_TERMS { &[] } else { terms }
}

impl Learner {
    /// Leaves every forecast as it is.
    pub fn new() -> Learner {
        Learner::default()
    }

    /// The log-odds of the forecast, from the model's own and the terms of its last layer.
    pub fn adjust(&self, logit: f64, terms: &[f64]) -> f64 {
        let logit = within(logit, MAX_LOGIT);
        let mut sum = logit + self.shift + self.tilt * (logit - CENTRE);
        for (weight, term) in self.weights.iter().zip(learned(terms)) {
            sum += weight * within(*term, model::CLAMP);
        }
        sum
    }

    /// Takes the outcome of a forecast made from these log-odds and terms.
    pub fn learn(&mut self, logit: f64, terms: &[f64], happened: bool) {
        let x = within(logit, MAX_LOGIT) - CENTRE;
        let p = sigmoid(self.adjust(logit, terms));
        let curve = p * (1.0 - p);
        // The covariance of shift and slope is the inverse of this 2 × 2 matrix; a product of
        // sums of squares, it cannot be singular while the prior is in it.
        let [one, cross, square] = self.evidence;
        let (a, b, c) = (PRIOR[0] + one, cross, PRIOR[1] + square);
        let determinant = a * c - b * b;
        let (to_shift, to_tilt) = ((c - b * x) / determinant, (a * x - b) / determinant);
        let to_weight = 1.0 / (PRIOR[2] + one);
        let mut variance = to_shift + x * to_tilt;
        for term in learned(terms) {
            let term = within(*term, model::CLAMP);
            variance += to_weight * term * term;
        }
        let step = (f64::from(u8::from(happened)) - p) / (1.0 + curve * variance);
        self.shift = within(self.shift + to_shift * step, MAX_SHIFT);
        self.tilt = clamp(self.tilt + to_tilt * step, MIN_SLOPE - 1.0, MAX_SLOPE - 1.0);
        for (weight, term) in self.weights.iter_mut().zip(learned(terms)) {
            let term = within(*term, model::CLAMP);
            *weight = within(*weight + to_weight * step * term, MAX_WEIGHT);
        }
        let fade = 1.0 - 1.0 / MEMORY;
        self.outcomes = (self.outcomes + 1.0) * fade;
        let mut worth = curve * fade;
        for sum in &mut self.evidence {
            *sum = *sum * fade + worth;
            worth *= x;
        }
    }

    /// How many outcomes it stands on, those that have faded left out: below [`MEMORY`].
    pub fn outcomes(&self) -> f64 {
        self.outcomes
    }

    /// What was learned, for the profile: whole numbers, in steps of 0.00001. Null where nothing
    /// was.
    pub fn to_value(&self) -> Value {
        if self.outcomes == 0.0 {
            return Value::Null;
        }
        let used = self.weights.iter().rposition(|weight| *weight != 0.0).map_or(0, |at| at + 1);
        let head = [self.outcomes, self.shift, self.tilt];
        let all = head.iter().chain(&self.evidence).chain(&self.weights[..used]);
        // The sum turns -0 into 0, which prints shorter and alike everywhere.
        Value::List(all.map(|number| Value::Number(round(number / STEP) + 0.0)).collect())
    }

    /// What a value of [`Learner::to_value`] still says; nothing learned where it is out of form.
    pub fn from_value(value: &Value) -> Learner {
        let mut numbers = Vec::new();
        for item in value.items() {
            numbers.push(within(item.as_f64().unwrap_or(0.0) * STEP, 1e9));
        }
        let mut learner = Learner::new();
        let [outcomes, shift, tilt, one, cross, square, weights @ ..] = &numbers[..] else {
            return learner;
        };
        // What no stream of outcomes could have made is cut to what one could.
        let one = clamp(*one, 0.0, MEMORY / 4.0);
        let far = MAX_LOGIT - CENTRE;
        let square = clamp(*square, 0.0, one * far * far);
        learner.outcomes = clamp(*outcomes, 0.0, MEMORY);
        learner.shift = within(*shift, MAX_SHIFT);
        learner.tilt = clamp(*tilt, MIN_SLOPE - 1.0, MAX_SLOPE - 1.0);
        learner.evidence = [one, within(*cross, f64::sqrt(one * square)), square];
        for (kept, weight) in learner.weights.iter_mut().zip(weights) {
            *kept = within(*weight, MAX_WEIGHT);
        }
        learner
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Rng;

    fn chance(rng: &mut Rng) -> f64 {
        (rng.draw() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, mean 0 and deviation 1.
    fn normal(rng: &mut Rng) -> f64 {
        (0..12).map(|_| chance(rng)).sum::<f64>() - 6.0
    }

    /// A moment of a model at log-odds around −2, whose outcomes come at those odds after `truth`.
    fn honest(learner: &mut Learner, rng: &mut Rng, truth: impl Fn(f64, &[f64]) -> f64) {
        let terms = [normal(rng), normal(rng), normal(rng)];
        let logit = -2.0 + 0.8 * terms[0] + 0.4 * terms[1];
        let happened = chance(rng) < sigmoid(truth(logit, &terms));
        learner.learn(logit, &terms, happened);
    }

    /// The mean distance of the forecasts from what they should be.
    fn off(learner: &Learner, truth: impl Fn(f64, &[f64]) -> f64) -> f64 {
        let mut rng = Rng::new(99);
        let mut sum = 0.0;
        for _ in 0..2_000 {
            let terms = [normal(&mut rng), normal(&mut rng), normal(&mut rng)];
            let logit = -2.0 + 0.8 * terms[0] + 0.4 * terms[1];
            let wanted = sigmoid(truth(logit, &terms));
            sum += (sigmoid(learner.adjust(logit, &terms)) - wanted).abs();
        }
        sum / 2_000.0
    }

    fn is_bounded(learner: &Learner) -> bool {
        let slope = learner.tilt + 1.0;
        let [one, cross, square] = learner.evidence;
        learner.shift.abs() <= MAX_SHIFT
            && (MIN_SLOPE - 1e-9..=MAX_SLOPE).contains(&slope)
            && learner.weights.iter().all(|weight| weight.abs() <= MAX_WEIGHT)
            && (0.0..=MEMORY / 4.0).contains(&one)
            && cross * cross <= one * square * (1.0 + 1e-9)
            && (0.0..MEMORY).contains(&learner.outcomes)
            && learner.adjust(f64::NAN, &[f64::NAN]).is_finite()
            && learner.adjust(f64::INFINITY, &[f64::NEG_INFINITY; MAX_TERMS]).is_finite()
    }

    /// What an attacker may send: the `at`th logit, terms and outcome, which may look at the
    /// forecast.
    type Stream = fn(usize, &Learner) -> (f64, [f64; 3], bool);

    const STREAMS: [(&str, Stream); 7] = [
        ("always", |_, _| (-2.0, [1.0, -1.0, 0.0], true)),
        ("never", |_, _| (3.0, [1.0, -1.0, 0.0], false)),
        ("in turn", |at, _| (-2.0, [4.0, -4.0, 4.0], at % 2 == 0)),
        ("against the model", |at, _| {
            let logit = if at % 2 == 0 { 4.0 } else { -6.0 };
            (logit, [logit, -logit, 0.0], logit < 0.0)
        }),
        ("against the forecast", |at, learner| {
            let (logit, terms) = (-4.0 + (at % 5) as f64, [(at % 3) as f64 - 1.0, 1.0, 4.0]);
            (logit, terms, learner.adjust(logit, &terms) < 0.0)
        }),
        ("beyond numbers", |at, _| {
            let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300][at % 5];
            (odd, [odd, -odd, odd], at % 3 == 0)
        }),
        ("by the minute", |at, _| (-1.0, [at as f64 % 9.0 - 4.0; 3], at / 240 % 2 == 0)),
    ];

    #[test]
    fn no_stream_drives_it_out_of_bounds() {
        for (name, stream) in STREAMS {
            let mut learner = Learner::new();
            for at in 0..100_000 {
                let (logit, terms, happened) = stream(at, &learner);
                learner.learn(logit, &terms, happened);
                assert!(is_bounded(&learner), "{name}, outcome {at}: {learner:?}");
            }
            assert_eq!(learner.outcomes().round(), MEMORY - 1.0);
        }
    }

    #[test]
    fn print_recovery() {
        for (name, stream) in STREAMS {
            let mut learner = Learner::new();
            for at in 0..100_000 {
                let (logit, terms, happened) = stream(at, &learner);
                learner.learn(logit, &terms, happened);
            }
            let mut rng = Rng::new(7);
            let truth = |logit: f64, _: &[f64]| logit;
            let mut line = String::new();
            for at in 0..=8_000 {
                if at % 1000 == 0 {
                    line += &format!(" {:.3}", off(&learner, truth));
                }
                honest(&mut learner, &mut rng, truth);
            }
            println!("{name} {line} {:?}", learner.evidence);
        }
        let mut learner = Learner::new();
        let mut rng = Rng::new(7);
        let truth = |logit: f64, t: &[f64]| 0.7 + logit * 0.8 + 0.3 * t[2];
        for at in 0..=4_000 {
            if at % 500 == 0 {
                println!(
                    "{at} {:.4} {} {} {:?}",
                    off(&learner, truth),
                    learner.shift,
                    learner.tilt,
                    &learner.weights[..3]
                );
            }
            honest(&mut learner, &mut rng, truth);
        }
        println!("{}", learner.to_value().to_json());
    }
}
