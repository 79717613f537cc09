//! Learning on the device: moves a head's forecasts by the outcomes that came of them.
//!
//! Three things are learned on top of a model that stays as it is: a shift of its log-odds, a slope
//! of them, and a small weight for each of a few terms:
//!
//! ```text
//! adjusted = logit + shift + (slope − 1) · (logit − CENTRE) + Σ weight · term
//! ```
//!
//! Each outcome is one step of a Bayesian logistic regression whose posterior is kept normal:
//! assumed density filtering, by the extended Kalman filter's gain, with all covariances, since
//! terms overlap. The prior says that the model is right, and how far from right it may be;
//! evidence fades, so that what was learned long ago gives way. Everything is clamped, so no stream
//! of outcomes does lasting harm. Formulas, sources and figures stand in docs/intents.md;
//! `unspoken simulate drift` prints the figures again.

use super::model::{self, Input, Terms, sigmoid};
use crate::feature::{SCALE, SESSION, Vector};
use crate::number::{clamp, max, round, within};
use crate::value::Value;
use alloc::vec::Vec;

/// Terms that can have a learned weight; where there are more, only shift and slope are learned.
pub const MAX_TERMS: usize = 16;
/// Outcomes that evidence stands on at most: each new one lets the rest fade by 1 in 1,000.
pub const MEMORY: f64 = 1_000.0;
/// Where the slope turns: log-odds of about 12 %, so that shift and slope differ in what they do.
pub const CENTRE: f64 = -2.0;
/// The furthest that log-odds are shifted: odds twenty times as high, or as low.
pub const MAX_SHIFT: f64 = 3.0;
/// The flattest slope.
pub const MIN_SLOPE: f64 = 0.3;
/// The steepest slope.
pub const MAX_SLOPE: f64 = 3.0;
/// The largest weight of a term.
pub const MAX_WEIGHT: f64 = 1.0;

/// Log-odds beyond this are certainty; no more is learned of how certain.
const MAX_LOGIT: f64 = 16.0;
/// What is learned: shift, slope and weights.
const SIZE: usize = 2 + MAX_TERMS;
/// Numbers of a symmetric matrix of that size: its lower triangle, row by row.
const TRIANGLE: usize = SIZE * (SIZE + 1) / 2;
/// The most evidence: of a forecast of one half on log-odds that say certainty, always.
const MAX_EVIDENCE: f64 = MEMORY / 4.0 * (MAX_LOGIT - CENTRE) * (MAX_LOGIT - CENTRE);
/// Numbers are kept as whole steps, which print short: of what is learned, and of evidence.
const STEP: f64 = 1e-4;
const EVIDENCE_STEP: f64 = 1e-2;

/// One over the prior's variance of shift, slope or weight: how much evidence it takes before
/// outcomes say more than the model. Chosen by the figures in docs/intents.md.
const PRIOR: [f64; 3] = [4.0, 10.0, 100.0];
/// The least and the most of shift, of slope less one, and of a weight.
const BOUNDS: [[f64; 2]; 3] =
    [[-MAX_SHIFT, MAX_SHIFT], [MIN_SLOPE - 1.0, MAX_SLOPE - 1.0], [-MAX_WEIGHT, MAX_WEIGHT]];

/// What is learned at a place, held within its bounds; 0 for what is not a number.
fn bounded(at: usize, x: f64) -> f64 {
    let [least, most] = BOUNDS[at.min(2)];
    clamp(within(x, MAX_SHIFT), least, most)
}

/// Where a pair stands in a triangle; `column` is at most `row`.
fn place(row: usize, column: usize) -> usize {
    row * (row + 1) / 2 + column
}

/// What stands beside the three things that are learned: 1, the logit from [`CENTRE`], the terms.
/// Says how many that is.
#[inline(never)]
fn regressors(logit: f64, terms: &[f64]) -> ([f64; SIZE], usize) {
    let mut all = [0.0; SIZE];
    all[0] = 1.0;
    all[1] = within(logit, MAX_LOGIT) - CENTRE;
    let terms = if terms.len() > MAX_TERMS { &[] } else { terms };
    for (to, term) in all[2..].iter_mut().zip(terms) {
        *to = within(*term, model::CLAMP);
    }
    (all, 2 + terms.len())
}

/// The features of the session, each standardised by [`SCALE`]: worked out by the compiler, so that
/// the page downloads whole numbers.
pub static SESSION_INPUTS: [Input; SCALE.len()] = {
    let mut inputs = [Input::new(0, 0.0, 1.0); SCALE.len()];
    let mut at = 0;
    while at < SCALE.len() {
        let [mean, deviation] = SCALE[at];
        inputs[at] = Input::new(SESSION.start + at as u8, mean, deviation);
        at += 1;
    }
    inputs
};

/// The terms that any head of a session learns on, whatever forecasts it: [`SESSION_INPUTS`]. Says
/// how many there are.
pub fn session_terms(features: &Vector, terms: &mut Terms) -> usize {
    terms.iter_mut().zip(&SESSION_INPUTS).for_each(|(term, input)| *term = input.of(features));
    SESSION_INPUTS.len()
}

/// What the outcomes of one head have taught.
///
/// ```
/// # use unspoken::intent::learn::Learner;
/// let mut learner = Learner::new();
/// assert_eq!(learner.adjust(-2.0, &[]), -2.0, "nothing learned: the model's own log-odds");
/// (0..500).for_each(|at| learner.learn(-2.0, &[], at % 2 == 0));
/// assert!(learner.adjust(-2.0, &[]).abs() < 0.2, "half of 12 % forecasts came true");
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct Learner {
    outcomes: f64,
    /// Shift, slope less one, weights: nothing learned is all zeros and leaves every bit as it was.
    learned: [f64; SIZE],
    /// The triangle of `Σ p (1 − p) · regressor · regressor`, fading.
    evidence: [f64; TRIANGLE],
}

impl Default for Learner {
    fn default() -> Learner {
        Learner { outcomes: 0.0, learned: [0.0; SIZE], evidence: [0.0; TRIANGLE] }
    }
}

impl Learner {
    /// Leaves every forecast as it is.
    pub fn new() -> Learner {
        Learner::default()
    }

    /// The log-odds of the forecast, from the model's own and the terms.
    pub fn adjust(&self, logit: f64, terms: &[f64]) -> f64 {
        let mut sum = within(logit, MAX_LOGIT);
        for (learned, regressor) in self.learned.iter().zip(&regressors(logit, terms).0) {
            sum += learned * regressor;
        }
        sum
    }

    /// Takes the outcome of a forecast made from these log-odds and terms.
    pub fn learn(&mut self, logit: f64, terms: &[f64], happened: bool) {
        let (regressors, size) = regressors(logit, terms);
        let p = sigmoid(self.adjust(logit, terms));
        let curve = p * (1.0 - p);
        let gain = self.covariance_times(&regressors, size);
        let mut variance = 0.0;
        for (gain, regressor) in gain.iter().zip(&regressors) {
            variance += gain * regressor;
        }
        // Below 0 only where a profile was tampered with.
        let step = (f64::from(u8::from(happened)) - p) / (1.0 + curve * max(variance, 0.0));
        let fade = 1.0 - 1.0 / MEMORY;
        self.outcomes = (self.outcomes + 1.0) * fade;
        for row in 0..size {
            self.learned[row] = bounded(row, self.learned[row] + gain[row] * step);
            for column in 0..=row {
                let sum = &mut self.evidence[place(row, column)];
                *sum = (*sum + curve * regressors[row] * regressors[column]) * fade;
            }
        }
    }

    /// The posterior covariance, which is one over prior and evidence, times a vector: by Cholesky.
    fn covariance_times(&self, vector: &[f64; SIZE], size: usize) -> [f64; SIZE] {
        let (mut root, mut solution) = (self.evidence, *vector);
        for row in 0..size {
            for column in 0..=row {
                let mut rest = root[place(row, column)];
                for at in 0..column {
                    rest -= root[place(row, at)] * root[place(column, at)];
                }
                root[place(row, column)] = if column < row {
                    rest / root[place(column, column)]
                } else {
                    // Squares and a prior are positive; this is for what was rounded, or forged.
                    f64::sqrt(max(rest + PRIOR[row.min(2)], 1.0))
                };
            }
            for at in 0..row {
                solution[row] -= root[place(row, at)] * solution[at];
            }
            solution[row] /= root[place(row, row)];
        }
        for row in (0..size).rev() {
            for at in row + 1..size {
                solution[row] -= root[place(at, row)] * solution[at];
            }
            solution[row] /= root[place(row, row)];
        }
        solution
    }

    /// How many outcomes it stands on, those that have faded left out: below [`MEMORY`].
    pub fn outcomes(&self) -> f64 {
        self.outcomes
    }

    /// What was learned, for the profile: how many outcomes, what is learned and the evidence, in
    /// whole steps, without zeros at the end. Null where nothing was learned.
    pub fn to_value(&self) -> Value {
        if self.outcomes == 0.0 {
            return Value::Null;
        }
        let mut kept = Vec::new();
        let mut used = 0;
        let mut keep = |number: f64, step: f64| {
            // The sum turns -0 into 0, which prints shorter and alike everywhere.
            let steps = round(number / step) + 0.0;
            kept.push(Value::Number(steps));
            if steps != 0.0 {
                used = kept.len();
            }
        };
        keep(self.outcomes, STEP);
        self.learned.iter().for_each(|number| keep(*number, STEP));
        self.evidence.iter().for_each(|number| keep(*number, EVIDENCE_STEP));
        kept.truncate(used);
        Value::List(kept)
    }

    /// What a value of [`Learner::to_value`] still says, cut to what outcomes could have taught;
    /// nothing learned where it is out of form.
    pub fn from_value(value: &Value) -> Learner {
        let mut learner = Learner::new();
        let mut numbers = value.items().iter().map(|it| it.as_f64().unwrap_or(0.0));
        let mut next = |step: f64| numbers.next().unwrap_or(0.0) * step;
        learner.outcomes = max(within(next(STEP), MEMORY), 0.0);
        for (at, learned) in learner.learned.iter_mut().enumerate() {
            *learned = bounded(at, next(STEP));
        }
        for evidence in &mut learner.evidence {
            *evidence = within(next(EVIDENCE_STEP), MAX_EVIDENCE);
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
        let inside = |at: usize| {
            learner.learned[at] == bounded(at, learner.learned[at])
                && (0..=at).all(|other| learner.evidence[place(at, other)].abs() <= MAX_EVIDENCE)
        };
        (0..SIZE).all(inside)
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
                let is_looked_at = at < 100 || at % 97 == 0;
                assert!(!is_looked_at || is_bounded(&learner), "{name}, outcome {at}: {learner:?}");
            }
            assert_eq!(learner.outcomes().round(), MEMORY - 1.0);
        }
    }

    /// Plays the model's own odds to a learner, and says how far off it is then.
    fn recovered(learner: &mut Learner, rng: &mut Rng, outcomes: usize) -> f64 {
        let own = |logit: f64, _: &[f64]| logit;
        (0..outcomes).for_each(|_| honest(learner, rng, own));
        off(learner, own)
    }

    #[test]
    fn after_an_attack_two_thousand_honest_outcomes_mend_it() {
        for (name, stream) in STREAMS {
            let (mut learner, mut rng) = (Learner::new(), Rng::new(7));
            for at in 0..20_000 {
                let (logit, terms, happened) = stream(at, &learner);
                learner.learn(logit, &terms, happened);
            }
            let harmed = recovered(&mut learner, &mut rng, 0);
            assert!(harmed > 0.08, "{name} did no harm: {harmed}");
            let [soon, later] = [2_000, 2_000].map(|more| recovered(&mut learner, &mut rng, more));
            assert!(soon < 0.1 && later < 0.05, "{name}: {harmed}, {soon}, {later}");
        }
    }

    #[test]
    fn shift_slope_and_a_weight_are_found() {
        // Odds that doubled, forecasts a fifth too steep, and a term that the model overlooked.
        let truth = |logit: f64, terms: &[f64]| 0.3 + 0.8 * logit + 0.3 * terms[2];
        let (mut learner, mut rng) = (Learner::new(), Rng::new(7));
        let frozen = off(&learner, truth);
        (0..500).for_each(|_| honest(&mut learner, &mut rng, truth));
        let after = off(&learner, truth);
        assert!(frozen > 0.08 && after < frozen / 2.0, "{frozen} to {after}");
        (0..3_500).for_each(|_| honest(&mut learner, &mut rng, truth));
        assert!(
            learner.learned[1] < -0.05 && (0.1..0.4).contains(&learner.learned[4]),
            "{learner:?}"
        );
        assert!(learner.learned[2].abs() < 0.2 && learner.learned[3].abs() < 0.2, "{learner:?}");
    }

    #[test]
    fn a_head_of_zero_weights_learns_to_rank() {
        let truth = |_: f64, terms: &[f64]| -2.0 + 0.8 * terms[0] - 0.8 * terms[1];
        let (mut learner, mut rng) = (Learner::new(), Rng::new(3));
        let mut apart = |outcomes: usize| {
            for _ in 0..outcomes {
                let terms = [normal(&mut rng), normal(&mut rng)];
                let happened = chance(&mut rng) < sigmoid(truth(0.0, &terms));
                learner.learn(-2.9, &terms, happened);
            }
            learner.adjust(-2.9, &[1.0, -1.0]) - learner.adjust(-2.9, &[-1.0, 1.0])
        };
        let (soon, later) = (apart(300), apart(1_200));
        assert!(soon > 0.6 && later > 1.8 && later < 4.0, "3.2 in truth: {soon}, {later}");
        let middle = sigmoid(learner.adjust(-2.9, &[0.0, 0.0]));
        assert!((0.1..0.25).contains(&middle), "{middle}");
    }

    #[test]
    fn nothing_learned_changes_no_bit() {
        let learner = Learner::from_value(&Value::Null);
        assert_eq!(learner, Learner::new());
        assert_eq!(learner.to_value(), Value::Null);
        for logit in [-7.123, -0.1, 0.0, 1e-17, 3.3] {
            let terms = [4.0, -1.0, 0.25];
            assert_eq!(learner.adjust(logit, &terms).to_bits(), f64::to_bits(logit));
        }
    }

    #[test]
    fn a_model_with_too_many_terms_is_shifted_and_sloped_only() {
        let (mut learner, terms) = (Learner::new(), [1.0; MAX_TERMS + 1]);
        (0..50).for_each(|_| learner.learn(-1.0, &terms, true));
        assert!(learner.learned[0] > 0.5 && learner.learned[2..] == [0.0; MAX_TERMS]);
        assert_eq!(learner.adjust(-1.0, &terms), learner.adjust(-1.0, &[]));
    }

    #[test]
    fn a_snapshot_reads_back_and_goes_on_alike() {
        let (mut learner, mut rng) = (Learner::new(), Rng::new(5));
        let truth = |logit: f64, terms: &[f64]| 1.0 + logit - 0.2 * terms[1];
        (0..300).for_each(|_| honest(&mut learner, &mut rng, truth));
        let text = learner.to_value().to_json();
        let mut kept = Learner::from_value(&Value::parse(&text).unwrap());
        assert_eq!(kept.to_value().to_json(), text, "rounded once, not again");
        let mut same = rng.clone();
        for _ in 0..500 {
            honest(&mut learner, &mut rng, truth);
            // Kept after each outcome, as a page view with one would.
            honest(&mut kept, &mut same, truth);
            kept = Learner::from_value(&kept.to_value());
        }
        for logit in [-4.0, -2.0, 0.0] {
            let (one, other) = (learner.adjust(logit, &[1.0; 3]), kept.adjust(logit, &[1.0; 3]));
            assert!((one - other).abs() < 0.02, "{one} is not {other}");
        }
    }

    #[test]
    fn a_snapshot_is_small_and_rubbish_is_cut_to_bounds() {
        let most = Learner {
            outcomes: MEMORY - 0.1234,
            learned: [-MAX_WEIGHT / 1.1; SIZE],
            evidence: [3_999.5; TRIANGLE],
        };
        let size = most.to_value().to_json().len();
        assert!(size <= 1_500, "{size} bytes");
        let rubbish = [
            "[1e300,-1e300,1e300,-1e300,1e300,-1e300,1e300,-1e300]",
            "[5000000,99999999,-99999999,9999,9999,9999,9999,9999,9999,9999]",
            r#"["a",null,[],{},true,1,"b"]"#,
            "[1,2,3]",
            "[]",
            r#"{"a":1}"#,
            "7",
        ];
        for text in rubbish {
            let mut learner = Learner::from_value(&Value::parse(text).unwrap());
            assert!(learner.outcomes <= MEMORY && learner.adjust(-2.0, &[4.0]).is_finite());
            learner.learn(-2.0, &[1.0], true);
            assert!(is_bounded(&learner), "{text}: {learner:?}");
        }
        // Evidence that no outcomes could have left: all of one pair, and none of its parts.
        let mut forged = Learner { evidence: [-MAX_EVIDENCE; TRIANGLE], ..Learner::new() };
        for at in 0..500 {
            forged.learn(-2.0, &[4.0; MAX_TERMS], at % 2 == 0);
            assert!(is_bounded(&forged), "outcome {at}: {forged:?}");
        }
    }

    #[test]
    fn the_same_outcomes_teach_the_same_bits() {
        let taught = || {
            let (mut learner, mut rng) = (Learner::new(), Rng::new(11));
            (0..1_000).for_each(|_| honest(&mut learner, &mut rng, |logit, _| logit));
            learner
        };
        assert_eq!(
            taught().adjust(-1.5, &[0.3]).to_bits(),
            taught().adjust(-1.5, &[0.3]).to_bits()
        );
        // Held on every machine: libm's exp, and sums in a fixed order.
        assert_eq!(taught().adjust(-1.5, &[0.3]).to_bits(), 13_832_825_655_607_666_162);
    }
}
