//! Measures forecasts: intervals by bootstrap over people, and cross-validation.
//!
//! People are the unit: samples of one person resemble each other, so intervals over samples would
//! promise too much.

use unspoken::id::Rng;
use unspoken::intent::model::Model;

use super::parallel;
use super::sample::{Sample, by_person};
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

/// Intervals of AUC, AP, log-loss and ECE of forecasts of `samples`, over people drawn with
/// replacement.
pub fn bootstrap(judged: &[Judged], samples: &[&Sample], seed: u64) -> [Interval; 4] {
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

/// Forecasts of every sample, in their order, by a model that learnt without the sample's fold.
pub fn cross_validate(
    samples: &[&Sample],
    folds: &[usize],
    learn: impl Fn(&[&Sample]) -> Model + Sync,
) -> Vec<Judged> {
    let count = folds.iter().max().map_or(0, |last| last + 1);
    let models = parallel::map(count, |fold| {
        let others = samples.iter().zip(folds).filter(|(_, of)| **of != fold);
        learn(&others.map(|(sample, _)| *sample).collect::<Vec<_>>())
    });
    let judge = |(sample, fold): (&&Sample, &usize)| Judged {
        forecast: models[*fold].forecast(&sample.features),
        happened: sample.happened,
    };
    samples.iter().zip(folds).map(judge).collect()
}
