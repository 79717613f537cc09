//! Our numbers against those of gbstats (GrowthBook's statistics), to 1e-6: on the vectors that are
//! kept, and, where a Python with gbstats is to be had (`UNSPOKEN_CHECKS_PYTHON`, or
//! `.unspoken/tools/python-checks`), on data that no run saw before; `UNSPOKEN_SEED` repeats one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use serde_json::Value;
use unspoken_collector::ratio::{Counted, judge};
use unspoken_collector::stats::{Lift, Pairs, Sample, adjust, bayes, sequential};

const CLOSE: f64 = 1e-6;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn pairs(list: &Value) -> Pairs {
    let pair = |pair: &Value| (pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap());
    list.as_array().unwrap().iter().map(pair).collect()
}

fn samples(case: &Value) -> [Sample; 2] {
    let both = [&case["control"], &case["variant"]];
    match case["kind"].as_str().unwrap() {
        "proportion" => {
            both.map(|it| Sample::proportion(it[0].as_u64().unwrap(), it[1].as_u64().unwrap()))
        }
        "mean" => both.map(|it| Sample::mean(&numbers(it).into_iter().collect())),
        "ratio" => both.map(|it| Sample::ratio(&pairs(it))),
        "cuped" => {
            let [control, variant] = both.map(pairs);
            adjust(&control, &variant).unwrap()
        }
        other => panic!("{other}"),
    }
}

/// Holds every number of `told` to ours; returns how many there were.
fn hold(vectors: &Value) -> usize {
    let mut held = 0;
    for case in vectors["compared"].as_array().unwrap() {
        let [control, variant] = samples(case);
        let lift = Lift::of(&control, &variant).unwrap();
        let (low, high) = lift.interval(0.05).unwrap();
        // The width of the boundary is theirs; what it is applied to is not (`stats::sequential`).
        let half = lift.error() * sequential::width(lift.count as f64, 0.05);
        for (name, ours) in [
            ("lift", lift.value),
            ("error", lift.error()),
            ("low", low),
            ("high", high),
            ("p", lift.p().unwrap()),
            ("freedom", lift.freedom),
            ("sequentialLow", lift.value - half),
            ("sequentialHigh", lift.value + half),
            ("chanceToWin", bayes::chance_to_win(&lift)),
            ("expectedLoss", bayes::expected_loss(&lift)),
        ] {
            let theirs = case["told"][name].as_f64().unwrap();
            let off = (ours - theirs).abs() / theirs.abs().max(1.0);
            assert!(off <= CLOSE, "{} {name}: {ours}, and gbstats says {theirs}", case["kind"]);
            held += 1;
        }
    }
    for case in vectors["ratios"].as_array().unwrap() {
        let (visitors, weights) = (numbers(&case["visitors"]), numbers(&case["weights"]));
        let count = |(at, (visitors, weight)): (usize, (&f64, &f64))| Counted {
            variant: at.to_string(),
            visitors: *visitors as u64,
            least: *weight,
            most: *weight,
        };
        let counted: Vec<Counted> = visitors.iter().zip(&weights).enumerate().map(count).collect();
        let (ours, theirs) =
            (judge("x", &counted).unwrap().p.unwrap(), case["p"].as_f64().unwrap());
        assert!((ours - theirs).abs() <= CLOSE, "{visitors:?}: {ours}, and gbstats says {theirs}");
        held += 1;
    }
    held
}

#[test]
fn ours_are_the_numbers_that_gbstats_printed() {
    let text = std::fs::read_to_string(here("../tests/vectors/stats.json")).unwrap();
    let vectors: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(vectors["gbstats"], "0.8.0");
    assert_eq!(hold(&vectors), 126);
}

#[test]
fn ours_are_the_numbers_of_gbstats_on_new_data() {
    let python = std::env::var_os("UNSPOKEN_CHECKS_PYTHON")
        .map_or_else(|| here("../.unspoken/tools/python-checks/bin/python"), PathBuf::from);
    if !python.is_file() {
        println!(
            "skipped: no Python with gbstats at {}; `node scripts/setup.mjs --python` makes one",
            python.display()
        );
        return;
    }
    let loads = Command::new(&python).args(["-c", "import gbstats"]).output().unwrap();
    if !loads.status.success() {
        println!("skipped: {} has no gbstats", python.display());
        return;
    }
    let drawn = || (UNIX_EPOCH.elapsed().unwrap().as_nanos() % 1_000_000).to_string();
    let seed = std::env::var("UNSPOKEN_SEED").unwrap_or_else(|_| drawn());
    let script = here("tests/stats/check.py");
    let ran = Command::new(&python).arg(script).arg(&seed).output().unwrap();
    let complaint = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "UNSPOKEN_SEED={seed}: {complaint}");
    let vectors: Value = serde_json::from_slice(&ran.stdout).unwrap();
    println!("UNSPOKEN_SEED={seed}: {} numbers of gbstats {}", hold(&vectors), vectors["gbstats"]);
}
