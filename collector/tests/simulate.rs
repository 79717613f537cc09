//! Learning on the device brings a model that has drifted back: on synthetic sessions always, and
//! on the real ones where they are present.

use unspoken::id::Rng;
use unspoken::intent::model::sigmoid;
use unspoken_collector::simulate::{BAR, Visit, drift};

/// A draw from 0 to 1.
fn chance(rng: &mut Rng) -> f64 {
    (rng.draw() >> 11) as f64 / (1u64 << 53) as f64
}

/// Sessions of a model whose forecasts were right once: since then it happens at `truth` of the
/// log-odds and of the one term that matters.
fn sessions(count: usize, truth: impl Fn(f64, f64) -> f64) -> Vec<Visit> {
    let mut rng = Rng::new(17);
    let normal = |rng: &mut Rng| (0..12).map(|_| chance(rng)).sum::<f64>() - 6.0;
    (0..count)
        .map(|_| {
            let terms: Vec<f64> = (0..15).map(|_| normal(&mut rng)).collect();
            let logit = -2.2 + 0.7 * terms[0] + 0.4 * normal(&mut rng);
            let happened = chance(&mut rng) < sigmoid(truth(logit, terms[3]));
            Visit { logit, terms, happened }
        })
        .collect()
}

#[test]
fn a_synthetic_drift_of_base_rate_and_slope_is_mended_within_500_sessions() {
    let drift = drift(&sessions(4_000, |logit, _| 0.4 + 0.75 * logit), 20, 1);
    let after = drift.after(500).unwrap();
    assert!(drift.frozen.ece > 0.06, "synthetic: it drifted: {:?}", drift.frozen);
    assert!(after.ece <= BAR, "synthetic: {after:?}");
    assert!(after.log_loss < drift.frozen.log_loss - 0.01, "synthetic: {after:?}");
    assert!(drift.along.ece <= BAR, "synthetic: {:?}", drift.along);
}

#[test]
fn what_the_synthetic_model_overlooked_is_learned() {
    let drift = drift(&sessions(4_000, |logit, term| logit + 0.6 * term), 5, 1);
    let auc = drift.after(1_000).unwrap().auc;
    assert!(auc > drift.frozen.auc + 0.015, "synthetic: {} to {auc}", drift.frozen.auc);
}

#[test]
fn where_nothing_drifted_learning_costs_little() {
    let drift = drift(&sessions(4_000, |logit, _| logit), 20, 1);
    let cost = drift.along.log_loss - drift.frozen.log_loss;
    assert!((-0.001..0.003).contains(&cost), "synthetic: {cost}");
}
