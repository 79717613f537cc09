//! Measures a model on samples: figures, intervals by bootstrap over people, cross-validation.
//!
//! People are the unit: ticks of one person resemble each other, so intervals over ticks would
//! promise too much.

use std::collections::BTreeMap;

use unspoken::id::Rng;
use unspoken::intent::model::Model;

use super::Counts;
use super::sample::Sample;
use crate::metrics::{Figures, Judged};

/// Bootstrap draws.
pub const DRAWS: usize = 1_000;

/// The middle 95 % of a figure's bootstrap draws.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Interval {
    /// 2.5 %.
    pub low: f64,
    /// 97.5 %.
    pub high: f64,
}

/// A model's forecasts of samples.
pub fn judged(model: &Model, samples: &[&Sample]) -> Vec<Judged> {
    let judge = |sample: &&Sample| Judged {
        forecast: model.forecast(&sample.features),
        happened: sample.happened,
    };
    samples.iter().map(judge).collect()
}

/// How many people, recordings and ticks these are.
pub fn count(samples: &[&Sample]) -> Counts {
    let distinct = |name: fn(&Sample) -> &str| {
        let mut names: Vec<&str> = samples.iter().map(|sample| name(sample)).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    Counts {
        people: distinct(|sample| &sample.person),
        traces: distinct(|sample| &sample.trace),
        ticks: samples.len(),
    }
}

/// Positions of samples by person, in the order of names.
fn by_person(samples: &[&Sample]) -> Vec<Vec<usize>> {
    let mut people: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, sample) in samples.iter().enumerate() {
        people.entry(&sample.person).or_default().push(at);
    }
    people.into_values().collect()
}

/// Intervals of AUC, AP, log-loss and ECE over people drawn with replacement.
pub fn bootstrap(model: &Model, samples: &[&Sample], seed: u64) -> [Interval; 4] {
    let judged = judged(model, samples);
    let people = by_person(samples);
    // In the order of forecasts once, so that ranking each draw finds it sorted.
    let mut order: Vec<(usize, Judged)> = Vec::with_capacity(samples.len());
    for (person, places) in people.iter().enumerate() {
        order.extend(places.iter().map(|at| (person, judged[*at])));
    }
    order.sort_by(|a, b| b.1.forecast.total_cmp(&a.1.forecast));
    let mut rng = Rng::new(seed);
    let mut draws: [Vec<f64>; 4] = Default::default();
    for _ in 0..DRAWS {
        let mut times = vec![0; people.len()];
        for _ in 0..people.len() {
            times[(rng.draw() % people.len() as u64) as usize] += 1;
        }
        let mut drawn = Vec::with_capacity(samples.len());
        for (person, judged) in &order {
            drawn.extend(std::iter::repeat_n(*judged, times[*person]));
        }
        let figures = Figures::of(&drawn);
        // A draw without a positive, or without a negative, ranks nothing.
        if let (Some(auc), Some(ap)) = (figures.auc, figures.ap) {
            let values = [auc, ap, figures.log_loss, figures.ece];
            draws.iter_mut().zip(values).for_each(|(draws, value)| draws.push(value));
        }
    }
    draws.map(|mut draws| {
        draws.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let last = draws.len().saturating_sub(1) as f64;
            draws.get((share * last).round() as usize).copied().unwrap_or(f64::NAN)
        };
        Interval { low: at(0.025), high: at(0.975) }
    })
}

/// Forecasts of every sample by a model that learnt without its person. The person in place i (by
/// name) is left out in fold i mod `folds`.
pub fn cross_validate(
    samples: &[&Sample],
    folds: usize,
    learn: impl Fn(&[&Sample]) -> Model,
) -> Vec<Judged> {
    let people = by_person(samples);
    let mut out = Vec::with_capacity(samples.len());
    for fold in 0..folds.min(people.len()) {
        let part = |left_out: bool| -> Vec<&Sample> {
            let chosen =
                people.iter().enumerate().filter(|(at, _)| (at % folds == fold) == left_out);
            chosen.flat_map(|(_, person)| person.iter().map(|at| samples[*at])).collect()
        };
        out.extend(judged(&learn(&part(false)), &part(true)));
    }
    out
}
