//! `commit` on recordings, one person at a time, as on a device: each person's learner begins with
//! nothing and goes through their recordings in order.

use serde::Serialize;
use unspoken::intent::learn::Learner;
use unspoken::intent::model::{MAX_TERMS, Model, Shape, sigmoid};

use crate::metrics::{Figures, Judged};
use crate::train::sample::{Sample, by_person};

/// Forecasts stand 250 ms apart, so this many later the 2 s of `commit` are over, and the outcome
/// of one that did not come true is known.
const HORIZON: usize = 8;

/// The model as it is, and with learning.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct People {
    /// Different people.
    pub people: usize,
    /// As it ships.
    pub frozen: Figures,
    /// Each forecast as it was made, by what its person's outcomes had taught until then.
    pub along: Figures,
}

/// Plays every person's samples, which stand in order, and each recording in one piece.
pub fn people(model: &Model, samples: &[&Sample]) -> People {
    let (mut frozen, mut along) = (Vec::new(), Vec::new());
    let everyone = by_person(samples);
    for places in &everyone {
        let mut learner = Learner::new();
        let theirs: Vec<&Sample> = places.iter().map(|at| samples[*at]).collect();
        for recording in theirs.chunk_by(|one, next| one.group == next.group) {
            let ticks: Vec<(f64, Vec<f64>)> = recording.iter().map(|it| tick(model, it)).collect();
            for (at, (logit, terms)) in ticks.iter().enumerate() {
                if let Some(known) = at.checked_sub(HORIZON + 1) {
                    // Had it come true, the recording would be over.
                    learner.learn(ticks[known].0, &ticks[known].1, false);
                }
                let happened = recording[at].happened;
                frozen.push(Judged { forecast: sigmoid(*logit), happened });
                let forecast = sigmoid(learner.adjust(*logit, terms));
                along.push(Judged { forecast, happened });
            }
            // The click ends the recording, and what still waits is known with it.
            let open = ticks.len().saturating_sub(HORIZON + 1);
            for (tick, sample) in ticks[open..].iter().zip(&recording[open..]) {
                learner.learn(tick.0, &tick.1, sample.happened);
            }
        }
    }
    People { people: everyone.len(), frozen: Figures::of(&frozen), along: Figures::of(&along) }
}

/// Log-odds and terms, as the engine has them for a head of the moment.
fn tick(model: &Model, sample: &Sample) -> (f64, Vec<f64>) {
    let mut terms = [0.0; MAX_TERMS];
    let count = model.terms(&sample.features, &mut terms);
    let terms = &terms[..count];
    let learned = if let Shape::Trees(_) = model.shape { Vec::new() } else { terms.to_vec() };
    (model.logit_of(terms), learned)
}
