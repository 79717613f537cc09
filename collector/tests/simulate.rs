//! Learning on the device brings a model that has drifted back: on synthetic sessions always, and
//! on the real ones where they are present.

use std::path::PathBuf;

use unspoken::id::Rng;
use unspoken::intent::COMMIT_MODEL;
use unspoken::intent::model::{Model, sigmoid};
use unspoken_collector::simulate::people::people;
use unspoken_collector::simulate::year::{Ask, YearError, year};
use unspoken_collector::simulate::{BAR, Visit, drift};
use unspoken_collector::train::sample::Sample;

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

fn real(path: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(path);
    if !path.exists() {
        println!("skipped: no real data at {}", path.display());
    }
    path.exists().then_some(path)
}

#[test]
fn a_model_of_february_to_october_is_back_within_500_sessions_of_november() {
    let Some(path) = real("uci_online_shoppers/train.csv") else { return };
    let year = year(&path, &Ask { seed: 1, kind: None, orders: 20 }).unwrap();
    let drift = &year.drift;
    println!("{drift:?}");
    assert!(drift.frozen.ece > 0.06, "it drifted: {:?}", drift.frozen);
    let after = drift.after(500).unwrap();
    assert!(after.ece <= BAR, "the mean over 20 orders: {after:?}");
    assert!(after.log_loss < drift.frozen.log_loss && after.auc > drift.frozen.auc, "{after:?}");
    // Going on learning, in the order in which they came, though Nov and Dec differ too.
    assert!(drift.along_file.ece <= BAR && drift.along.ece <= BAR, "{:?}", drift.along_file);

    let own = year.own_head.after(300).unwrap();
    assert!(own.auc > 0.68 && own.ece < 0.05, "a head of zero weights: {own:?}");
    let cost = year.no_drift.along.log_loss - year.no_drift.frozen.log_loss;
    assert!(cost < 0.003, "learning where there is nothing to learn costs {cost}");
}

#[test]
fn people_are_forecast_better_by_their_own_outcomes() {
    let Some(path) = real("adserp/traces") else { return };
    let traces = unspoken_collector::replay::read(&path).unwrap();
    let samples = unspoken_collector::train::traces::samples(&traces);
    let val: Vec<&Sample> = samples.of("val");
    let played = people(&Model::read(COMMIT_MODEL).unwrap(), &val);
    println!("{played:?}");
    assert_eq!((played.people, played.frozen.n), (10, played.along.n));
    assert!(played.along.log_loss < played.frozen.log_loss + 0.001, "{played:?}");
}

#[test]
fn sessions_that_cannot_be_carried_over_are_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    let heading = "Administrative,Administrative_Duration,Informational,Informational_Duration,\
                   ProductRelated,ProductRelated_Duration,SpecialDay,VisitorType,Weekend,Revenue";
    let ask = Ask { seed: 1, kind: None, orders: 2 };
    std::fs::write(&path, format!("{heading}\n0,0,0,0,1,0,0,New_Visitor,FALSE,FALSE\n")).unwrap();
    assert!(matches!(year(&path, &ask), Err(YearError::NoMonth(_))));
    let row = "0,0,0,0,1,0,0,New_Visitor,FALSE,FALSE,May";
    std::fs::write(&path, format!("{heading},Month\n{row}\n")).unwrap();
    assert!(matches!(year(&path, &ask), Err(YearError::NoLate(_))));
}
