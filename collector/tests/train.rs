//! Training: deterministic on made-up recordings, and on the real ones (where they are present)
//! the shipped model is what `train` makes, within its bounds.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use unspoken::id::Rng;
use unspoken::intent::COMMIT_MODEL;
use unspoken::trace::{self, Trace};
use unspoken_collector::replay::read;
use unspoken_collector::train::{MAX_BYTES, TrainError, card, train};

/// Synthetic: a cursor that wanders, comes to rest, and clicks 1.5 s later.
fn synthetic(people: usize) -> Vec<Trace> {
    let mut rng = Rng::new(3);
    let mut text = String::new();
    for person in 0..people {
        let split = if person % 3 == 0 { "val" } else { "train" };
        let _ = writeln!(
            text,
            r#"{{"format":"unspoken-trace/1","id":"t{person}","visitor":"p{person}","split":"{split}","viewport":[800,600],"document":[800,1800]}}"#
        );
        let mut at = 0;
        for _ in 0..100 + rng.draw() % 200 {
            at += 60 + rng.draw() % 60;
            let (x, y) = (rng.draw() % 800, rng.draw() % 600);
            let _ = writeln!(text, r#"{{"t":{at},"type":"move","x":{x},"y":{y}}}"#);
        }
        let _ = writeln!(text, r#"{{"t":{},"type":"click","x":1,"y":1}}"#, at + 1_500);
    }
    trace::read(&text).unwrap()
}

#[test]
fn the_same_recordings_give_the_same_bytes_and_a_rest_is_told_from_motion() {
    let traces = synthetic(9);
    let trained = train(&traces, 1, |_| {}).unwrap();
    let again = train(&traces, 1, |_| {}).unwrap();
    assert_eq!(trained.bytes, again.bytes);
    assert_eq!(card::write(&trained, "c", "d"), card::write(&again, "c", "d"));
    assert!(trained.val.figures.auc.unwrap() > 0.9, "synthetic: {:?}", trained.val.figures);
    assert_eq!((trained.train.counts.people, trained.val.counts.people), (6, 3));
}

#[test]
fn recordings_without_a_split_are_refused_with_the_mend() {
    let mut traces = synthetic(4);
    traces.iter_mut().for_each(|trace| trace.header.split = "train".into());
    let error = train(&traces, 1, |_| {}).unwrap_err();
    assert!(matches!(error, TrainError::OneSided("val")));
    assert!(error.to_string().contains("header says its split"));
}

#[test]
fn the_model_that_ships_is_small() {
    assert!(COMMIT_MODEL.len() <= MAX_BYTES);
}

fn data() -> Option<PathBuf> {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/adserp/traces"));
    if !folder.is_dir() {
        println!("skipped: no real recordings at {}", folder.display());
    }
    folder.is_dir().then_some(folder)
}

#[test]
fn train_makes_the_shipped_model_byte_for_byte() {
    let Some(folder) = data() else { return };
    let trained = train(&read(&folder).unwrap(), 1, |_| {}).unwrap();
    assert!(trained.bytes == COMMIT_MODEL, "run `unspoken train` as the model card says");
    let card = include_str!("../../src/intent/models/commit.md");
    let mut lines = card.lines();
    let command = lines.find_map(|line| line.strip_prefix("Written by `")).unwrap();
    let command = command.split('`').next().unwrap();
    let traces = command.split(' ').skip_while(|word| *word != "--traces").nth(1).unwrap();
    assert!(card::write(&trained, command, traces) == card, "the card is not this model's");
}

#[test]
fn the_shipped_model_keeps_its_figures_on_real_recordings() {
    let Some(folder) = data() else { return };
    let ran = Command::new(env!("CARGO_BIN_EXE_unspoken"))
        .args(["eval", "--json", "--split", "val", "--traces"])
        .arg(&folder)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let printed: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let heads = printed["heads"].as_array().unwrap();
    let commit = heads[0].as_object().unwrap();
    let mut keys: Vec<&str> = commit.keys().map(String::as_str).collect();
    keys.sort_unstable();
    let wanted = ["ap", "auc", "brier", "bytes", "ece", "head", "logLoss", "n", "positives"];
    assert_eq!((heads.len(), keys.as_slice()), (1, wanted.as_slice()));
    let figure = |name: &str| commit[name].as_f64().unwrap();
    assert_eq!((figure("n"), figure("positives")), (3_235.0, 240.0));
    assert!(figure("auc") >= 0.90, "AUC {}", figure("auc"));
    assert!(figure("ap") >= 0.42, "AP {}", figure("ap"));
    assert!(figure("ece") <= 0.02, "ECE {}", figure("ece"));
    assert_eq!(figure("bytes"), COMMIT_MODEL.len() as f64);
}
