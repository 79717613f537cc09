//! How often the statistics of reports are wrong, where the truth is known: an experiment without an
//! effect that is looked at again and again, and intervals that should hold a true lift.
//!
//! Made-up visitors, each told to one of two variants by an even coin. What they do is drawn from laws
//! that real shops resemble in what is hard about them: few convert, and revenue has a heavy tail.

use serde::Serialize;
use unspoken::id::Rng;

use crate::stats::{ALPHA, Lift, Moments, Pairs, Sample, adjust, sequential};

/// Visitors between two looks.
pub const EVERY: usize = 100;
/// Spread of the logarithm of an order: a hundredth of the orders is ten times the usual one.
const SIGMA: f64 = 1.0;
/// The usual order.
const ORDER: f64 = 60.0;
/// Who orders, of those whose revenue is looked at.
const ORDERS: f64 = 0.05;
/// Revenue is capped at this quantile of all visitors.
const CAP: f64 = crate::report::metric::DEFAULT_CAP;
/// So many of the largest orders are kept at hand; the cap lies among them.
const KEPT: usize = 64;
/// The true lift where intervals are judged.
pub const LIFT: f64 = 0.1;

/// What visitors do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum World {
    /// They convert with this probability.
    Conversion(f64),
    /// One in twenty orders for a lognormal sum; capped.
    Revenue,
}

impl World {
    /// Its name in tables.
    pub fn name(self) -> String {
        match self {
            World::Conversion(chance) => format!("conversion, {} %", chance * 100.0),
            World::Revenue => "revenue, capped".into(),
        }
    }
}

/// How many experiments without an effect raised an alarm.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Peeked {
    /// What visitors did.
    pub world: String,
    /// Experiments.
    pub runs: usize,
    /// Visitors of each.
    pub visitors: usize,
    /// The share in which the sequential interval left out 0 at one look or more.
    pub sequential: f64,
    /// The same of the sequential interval as gbstats has it, around the delta method's error.
    pub delta: f64,
    /// The same of the fixed interval, which is made for one look.
    pub fixed: f64,
    /// The share in which the fixed interval left out 0 at the last look.
    pub last: f64,
}

/// A number from 0 to below 1.
fn uniform(rng: &mut Rng) -> f64 {
    (rng.draw() >> 11) as f64 / (1u64 << 53) as f64
}

/// Of a standard normal (Box & Muller 1958).
fn normal(rng: &mut Rng) -> f64 {
    let radius = libm::sqrt(-2.0 * libm::log(1.0 - uniform(rng)));
    radius * libm::cos(2.0 * std::f64::consts::PI * uniform(rng))
}

fn order(rng: &mut Rng) -> f64 {
    ORDER * libm::exp(SIGMA * normal(rng))
}

/// Revenue of two variants, and its cap as visitors come.
#[derive(Default)]
struct Revenue {
    counts: [u64; 2],
    sums: [(f64, f64); 2],
    /// The largest orders and whose they are, largest first.
    top: Vec<(f64, usize)>,
}

impl Revenue {
    fn add(&mut self, arm: usize, spent: f64) {
        self.counts[arm] += 1;
        let (sum, squares) = self.sums[arm];
        self.sums[arm] = (sum + spent, squares + spent * spent);
        let at = self.top.partition_point(|(other, _)| *other >= spent);
        if at < KEPT {
            self.top.insert(at, (spent, arm));
            self.top.truncate(KEPT);
        }
    }

    /// Both variants' means, every visitor capped.
    fn samples(&self) -> [Sample; 2] {
        let rank = (1.0 - CAP) * (self.counts[0] + self.counts[1]).saturating_sub(1) as f64;
        let of = |rank: f64| self.top.get(rank as usize).map_or(0.0, |(spent, _)| *spent);
        let cap = of(rank.floor()) + (of(rank.ceil()) - of(rank.floor())) * rank.fract();
        let mut sums = self.sums;
        for (spent, arm) in self.top.iter().take_while(|(spent, _)| *spent > cap) {
            sums[*arm].0 -= spent - cap;
            sums[*arm].1 -= spent * spent - cap * cap;
        }
        [0, 1].map(|arm| {
            let (sum, squares) = sums[arm];
            Sample::mean(&Moments::from_sums(self.counts[arm], sum, squares))
        })
    }
}

fn leaves_out(at: f64, (low, high): (f64, f64)) -> bool {
    at < low || at > high
}

/// Runs experiments without an effect and looks at each every [`EVERY`] visitors, from the first
/// hundred on.
pub fn peek(world: World, runs: usize, visitors: usize, seed: u64) -> Peeked {
    let mut told = [0usize; 4];
    let mut rng = Rng::new(seed);
    for _ in 0..runs {
        let (mut counts, mut revenue) = ([(0u64, 0u64); 2], Revenue::default());
        let mut alarms = [false; 4];
        for visitor in 1..=visitors {
            let arm = (rng.draw() >> 63) as usize;
            match world {
                World::Conversion(chance) => {
                    let done = u64::from(uniform(&mut rng) < chance);
                    counts[arm] = (counts[arm].0 + done, counts[arm].1 + 1);
                }
                World::Revenue => {
                    let orders = uniform(&mut rng) < ORDERS;
                    revenue.add(arm, if orders { order(&mut rng) } else { 0.0 });
                }
            }
            if visitor % EVERY != 0 {
                continue;
            }
            let [control, variant] = match world {
                World::Conversion(_) => counts.map(|(done, all)| Sample::proportion(done, all)),
                World::Revenue => revenue.samples(),
            };
            let seen = sequential::interval(&control, &variant, ALPHA);
            let lift = Lift::of(&control, &variant);
            let delta = lift.map(|lift| {
                let half = lift.error() * sequential::width(lift.count as f64, ALPHA);
                (lift.value - half, lift.value + half)
            });
            let once = lift.and_then(|lift| lift.interval(ALPHA));
            let [seen, delta, once] =
                [seen, delta, once].map(|it| it.is_some_and(|it| leaves_out(0.0, it)));
            alarms = [alarms[0] | seen, alarms[1] | delta, alarms[2] | once, once];
        }
        told.iter_mut().zip(alarms).for_each(|(told, alarm)| *told += usize::from(alarm));
    }
    let [sequential, delta, fixed, last] = told.map(|told| told as f64 / runs.max(1) as f64);
    Peeked { world: world.name(), runs, visitors, sequential, delta, fixed, last }
}

/// How many intervals held the truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Covered {
    /// What was measured.
    pub metric: &'static str,
    /// Experiments.
    pub runs: usize,
    /// Visitors of each.
    pub visitors: usize,
    /// The share whose fixed 95 % interval held the true lift.
    pub fixed: f64,
    /// The same of the sequential interval, at the last visitor.
    pub sequential: f64,
    /// Half the fixed interval's width in the mean, as a lift.
    pub half_width: f64,
}

/// One experiment with the lift [`LIFT`]: control and variant.
type Draw = fn(&mut Rng, usize) -> Option<[Sample; 2]>;

/// What intervals are judged on, with its visitors.
const METRICS: [(&str, usize, Draw); 5] = [
    ("conversion, 5 %", 8_000, conversion),
    ("revenue, capped", 12_000, revenue),
    ("ratio", 2_000, ratio),
    ("count, plain", 2_000, |rng, visitors| Some(plain(&counts(rng, visitors)))),
    ("count, CUPED", 2_000, |rng, visitors| {
        let [control, variant] = counts(rng, visitors);
        adjust(&control, &variant)
    }),
];

fn conversion(rng: &mut Rng, visitors: usize) -> Option<[Sample; 2]> {
    Some([ORDERS, ORDERS * (1.0 + LIFT)].map(|chance| {
        let done = (0..visitors / 2).filter(|_| uniform(rng) < chance).count();
        Sample::proportion(done as u64, visitors as u64 / 2)
    }))
}

fn revenue(rng: &mut Rng, visitors: usize) -> Option<[Sample; 2]> {
    let mut both = Revenue::default();
    for (arm, chance) in [ORDERS, ORDERS * (1.0 + LIFT)].into_iter().enumerate() {
        for _ in 0..visitors / 2 {
            let orders = uniform(rng) < chance;
            both.add(arm, if orders { order(rng) } else { 0.0 });
        }
    }
    Some(both.samples())
}

/// Clicks a view: visitors have one view or many, and some click more than others.
fn ratio(rng: &mut Rng, visitors: usize) -> Option<[Sample; 2]> {
    Some([0.2, 0.2 * (1.0 + LIFT)].map(|chance| {
        let visitor = |_| {
            let eager = chance * 2.0 * uniform(rng);
            let mut views = 1;
            while uniform(rng) < 0.7 && views < 40 {
                views += 1;
            }
            let clicks = (0..views).filter(|_| uniform(rng) < eager).count();
            (clicks as f64, f64::from(views))
        };
        Sample::ratio(&(0..visitors / 2).map(visitor).collect::<Pairs>())
    }))
}

/// What visitors did after and before: who did much does much.
fn counts(rng: &mut Rng, visitors: usize) -> [Pairs; 2] {
    [1.0, 1.0 + LIFT].map(|factor| {
        let visitor = |_| {
            let usual = libm::exp(0.8 * normal(rng));
            let [after, before] = [0, 1].map(|_| usual * libm::exp(0.4 * normal(rng)));
            (factor * after, before)
        };
        (0..visitors / 2).map(visitor).collect()
    })
}

fn plain(pairs: &[Pairs; 2]) -> [Sample; 2] {
    pairs.map(|it| Sample::mean(&it.x()))
}

/// Runs experiments with a known lift and counts the intervals that hold it, for each metric.
pub fn cover(runs: usize, seed: u64) -> Vec<Covered> {
    let judged = |(at, (metric, visitors, draw)): (usize, (&'static str, usize, Draw))| {
        let mut rng = Rng::new(seed.wrapping_add(at as u64));
        let (mut fixed, mut always, mut width) = (0, 0, 0.0);
        for _ in 0..runs {
            let Some([control, variant]) = draw(&mut rng, visitors) else { continue };
            let Some(lift) = Lift::of(&control, &variant) else { continue };
            let Some((low, high)) = lift.interval(ALPHA) else { continue };
            fixed += usize::from(!leaves_out(LIFT, (low, high)));
            let seen = sequential::interval(&control, &variant, ALPHA);
            always += usize::from(seen.is_none_or(|it| !leaves_out(LIFT, it)));
            width += (high - low) / 2.0;
        }
        let all = runs.max(1) as f64;
        let [fixed, sequential] = [fixed, always].map(|held| held as f64 / all);
        Covered { metric, runs, visitors, fixed, sequential, half_width: width / all }
    };
    METRICS.into_iter().enumerate().map(judged).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::cap;

    #[test]
    fn revenue_as_it_comes_is_that_of_all_at_once() {
        let (mut rng, mut both) = (Rng::new(5), Revenue::default());
        let mut all: [Vec<f64>; 2] = Default::default();
        for visitor in 0..9_000 {
            let spent = if uniform(&mut rng) < ORDERS { order(&mut rng) } else { 0.0 };
            both.add(visitor % 2, spent);
            all[visitor % 2].push(spent);
        }
        let most = cap::quantile_with_zeros(all.concat(), 0, CAP).unwrap();
        for (arm, sample) in both.samples().into_iter().enumerate() {
            let capped = Sample::mean(&all[arm].iter().map(|spent| spent.min(most)).collect());
            assert!((capped.mean - sample.mean).abs() < 1e-9, "{sample:?}");
            assert!((capped.variance / sample.variance - 1.0).abs() < 1e-9, "{sample:?}");
        }
    }
}
