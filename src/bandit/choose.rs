//! Choosing an arm, and the probability with which it was chosen.
//!
//! Thompson sampling has no formula for that probability, so it is made: a fixed number of draws
//! says how often each arm is the best, the floor is mixed in, and then the arm is drawn from that
//! very distribution. What is logged is not an estimate but the probability that was used.

use super::{Context, Learn, Method, Posterior};
use crate::id::Rng;
use crate::number::max;
use alloc::vec::Vec;

/// Draws of all arms by which Thompson sampling says how often each is the best: shares are whole
/// parts of 128, within 0.044 of the true one in a standard deviation at most.
pub const DRAWS: u32 = 128;

/// Of a draw's deviation, how much Thompson sampling explores by. Draws below the mean count as the
/// mean (optimistic Thompson sampling), and the spread is half of the posterior's; Chapelle & Li
/// (2011) found less regret by either. docs/bandits.md has the figures.
const SPREAD: f64 = 0.5;
/// Deviations that LinUCB adds to the mean. With the largest noise that is explored by this is an
/// alpha of 0.3, as Li et al. (2010) and others find good where rewards are 0 or 1.
const WIDTH: f64 = 1.225;

/// What was chosen.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Chosen {
    /// Its place in [`Learn::variants`].
    pub arm: usize,
    /// The probability with which it was drawn, [`Learn::explore`] at least.
    pub propensity: f64,
}

impl Learn {
    /// Draws an arm.
    pub fn choose(&self, known: &Posterior, context: &Context, rng: &mut Rng) -> Chosen {
        choose(&self.shares(known, context, rng), rng)
    }

    /// The probability of each arm, now: what explains a decision. Thompson sampling draws for it.
    pub fn shares(&self, known: &Posterior, context: &Context, rng: &mut Rng) -> Vec<f64> {
        let context = context.numbers();
        shares(self.method, self.explore, known, &self.prior, context, rng)
    }
}

/// The probability of each arm: how often it is the best (or, of LinUCB, whether it is), mixed with
/// the floor. All alike where posterior and context are of different sizes.
pub fn shares(
    method: Method,
    explore: f64,
    known: &Posterior,
    prior: &Posterior,
    context: &[f64],
    rng: &mut Rng,
) -> Vec<f64> {
    let estimates = known.estimates(prior, context);
    let mut wins = alloc::vec![0u32; estimates.len()];
    let (draws, mut normal) = (if method == Method::Thompson { DRAWS } else { 1 }, Normal::new());
    for _ in 0..draws {
        let (mut best, mut most) = (0, f64::NEG_INFINITY);
        for (arm, estimate) in estimates.iter().enumerate() {
            let off = match method {
                Method::Thompson => SPREAD * max(normal.draw(rng), 0.0),
                Method::LinUcb => WIDTH,
            };
            let score = estimate.mean + off * estimate.deviation;
            if score > most {
                (best, most) = (arm, score);
            }
        }
        if let Some(wins) = wins.get_mut(best) {
            *wins += 1;
        }
    }
    let rest = 1.0 - explore * wins.len() as f64;
    wins.iter().map(|wins| explore + rest * *wins as f64 / draws as f64).collect()
}

/// Draws an arm from its shares.
pub fn choose(shares: &[f64], rng: &mut Rng) -> Chosen {
    let mut left = chance(rng);
    let mut chosen = Chosen { arm: 0, propensity: 1.0 };
    for (arm, share) in shares.iter().enumerate() {
        chosen = Chosen { arm, propensity: *share };
        if left < *share {
            break;
        }
        left -= share;
    }
    chosen
}

/// A draw from 0 to 1, below 1.
fn chance(rng: &mut Rng) -> f64 {
    (rng.draw() >> 11) as f64 / (1u64 << 53) as f64
}

/// Standard normal draws by Marsaglia's polar method (1964), two at a time: it needs no sine, whose
/// reduction of angles is long.
struct Normal(Option<f64>);

impl Normal {
    fn new() -> Normal {
        Normal(None)
    }

    fn draw(&mut self, rng: &mut Rng) -> f64 {
        if let Some(second) = self.0.take() {
            return second;
        }
        loop {
            let (a, b) = (2.0 * chance(rng) - 1.0, 2.0 * chance(rng) - 1.0);
            let square = a * a + b * b;
            if (1e-9..1.0).contains(&square) {
                // One less, since `log1p` is in the module already.
                let scale = f64::sqrt(-2.0 * libm::log1p(square - 1.0) / square);
                self.0 = Some(b * scale);
                return a * scale;
            }
        }
    }
}
