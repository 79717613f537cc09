//! Models that the real LightGBM and XGBoost trained on made-up data: what was imported forecasts
//! what the packages forecast, within the bound that the import computed.
//!
//! The fixtures beside this file are always tested. Where a Python with the packages is to be had
//! (`UNSPOKEN_PYTHON`, or what `node scripts/setup.mjs --python` made), models of several shapes
//! are trained anew on data that no run saw before; `UNSPOKEN_SEED` repeats one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use unspoken::intent::model::{Model, STEPS, Split, Tree};
use unspoken_collector::import::check::{check, is_rerouted, rows};
use unspoken_collector::import::quantise::{Imported, quantise};
use unspoken_collector::import::{Format, Node, Source, SourceTree};
use unspoken_collector::train::MAX_BYTES;

fn here(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/import")).join(name)
}

/// How far a package's own forecast may be from the source's: LightGBM sums f64 as we do, XGBoost
/// sums f32.
fn rounding(format: Format) -> f64 {
    match format {
        Format::LightGbm => 1e-12,
        Format::XgBoost => 2e-6,
    }
}

/// Imports a model and holds it to the CSV beside it; returns also how many rows were rerouted.
fn hold(model: &Path) -> (Source, Imported, usize) {
    let name = model.display();
    let bytes = fs::read(model).unwrap();
    let format = Format::of(&bytes).unwrap();
    let source = Source::read(&bytes, format).unwrap_or_else(|error| panic!("{name}: {error}"));
    let imported = quantise(&source, "buy").unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = fs::read_to_string(model.with_extension("csv")).unwrap();
    let rows = rows(&text, &source.features()).unwrap();
    let checked = check(&source, &imported, &rows);
    let read = checked.read.unwrap().largest;
    assert!(read <= rounding(format), "{name} was read wrongly: off by {read}");
    let mut rerouted = 0;
    for (row, forecast) in rows.features.iter().zip(rows.forecasts.as_ref().unwrap()) {
        if is_rerouted(&source, row) {
            rerouted += 1;
            continue;
        }
        let off = (imported.model.forecast(row) - forecast).abs();
        let most = imported.bound + rounding(format);
        assert!(off <= most, "{name}: off by {off}, and the bound is {}", imported.bound);
    }
    assert_eq!(rerouted, checked.rerouted, "{name}");
    // A grid of 1/2048 rarely stands between a threshold and a value.
    assert!(rerouted * 10 <= rows.features.len(), "{name}: {rerouted} rows rerouted");
    assert_eq!(Model::read(&imported.bytes).unwrap(), imported.model, "{name}");
    (source, imported, rerouted)
}

/// The imported tree is the source's: the same splits in the same places, a threshold at most a
/// step below, and leaves at most half a step of the scale beside.
fn same_structure(source: &Source, tree: &SourceTree, imported: &Tree, scale: f64) {
    let leaf = |node: &Node| match node {
        Node::Leaf(value) => Some(*value),
        Node::Split { .. } => None,
    };
    let leaves: Vec<f64> = tree.nodes.iter().filter_map(leaf).collect();
    let (low, high) = leaves.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
    let middle = (low + high) / 2.0;
    fn walk(
        nodes: (&[Node], &Tree),
        places: (usize, i8),
        found: &mut impl FnMut(&Node, Result<&Split, i8>),
    ) {
        let (at, next) = places;
        let here = usize::try_from(next).map(|next| &nodes.1.splits[next]);
        found(&nodes.0[at], here.map_err(|_| nodes.1.leaves[!next as usize]));
        if let (Node::Split { next: children, .. }, Ok(split)) = (&nodes.0[at], here) {
            for (child, next) in children.iter().zip(split.next) {
                walk(nodes, (*child, next), found);
            }
        }
    }
    let mut visited = 0;
    walk((&tree.nodes, imported), (0, 0), &mut |node, here| {
        visited += 1;
        match (node, here) {
            (Node::Split { feature, threshold, .. }, Ok(split)) => {
                assert_eq!(*feature, split.feature, "tree {}", tree.number);
                let below = threshold - f64::from(split.threshold) / STEPS;
                let most = 1.0 / STEPS;
                let fits = match source.format {
                    Format::LightGbm => (0.0..most).contains(&below),
                    Format::XgBoost => below > 0.0 && below <= most,
                };
                assert!(fits, "tree {}: {threshold} became {}", tree.number, split.threshold);
            }
            (Node::Leaf(value), Err(leaf)) => {
                let off = (value - middle - f64::from(leaf) * scale).abs();
                assert!(off <= scale * 0.500001, "tree {}: {value} became {leaf}", tree.number);
            }
            _ => panic!("tree {} has another shape", tree.number),
        }
    });
    assert_eq!(visited, tree.nodes.len());
}

#[test]
fn fixtures_of_the_real_packages_forecast_what_the_packages_forecast() {
    for file in ["lightgbm.txt", "xgboost.json"] {
        let (source, imported, _) = hold(&here(file));
        assert!(imported.bytes.len() <= MAX_BYTES, "{file}: {} bytes", imported.bytes.len());
        assert!(imported.bound < 0.01, "{file}: {}", imported.bound);
        assert_eq!((source.trees.len(), imported.trees().len()), (10, 10), "{file}");
        assert_eq!(source.notes, Vec::<String>::new());
        for (tree, quantised) in source.trees.iter().zip(imported.trees()) {
            same_structure(&source, tree, quantised, f64::from(imported.model.scale));
        }
    }
}

/// A check that cannot fail says nothing: a leaf, a child or a base score that is read wrongly has
/// to show against what the packages forecast.
#[test]
fn a_wrong_reading_of_a_fixture_shows() {
    for (file, from, to) in [
        ("lightgbm.txt", "leaf_value=-1.1", "leaf_value=-1.9"),
        ("lightgbm.txt", "split_feature=6 3", "split_feature=6 5"),
        ("lightgbm.txt", "left_child=6 -2", "left_child=6 -3"),
        ("lightgbm.txt", "sigmoid:1", "sigmoid:1.1"),
        ("xgboost.json", "\"base_score\":\"[", "\"base_score\":\"0.4\",\"was\":\"["),
        ("xgboost.json", "\"split_indices\":[6,7", "\"split_indices\":[6,3"),
    ] {
        let text = fs::read_to_string(here(file)).unwrap();
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text, "{file} has no {from}");
        let format = Format::of(text.as_bytes()).unwrap();
        let source = Source::read(broken.as_bytes(), format).unwrap();
        let imported = quantise(&source, "buy").unwrap();
        let csv = fs::read_to_string(here(file).with_extension("csv")).unwrap();
        let checked = check(&source, &imported, &rows(&csv, &source.features()).unwrap());
        assert!(checked.read.unwrap().largest > 1e-3, "{file}: {to} does not show");
    }
}

fn unspoken(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unspoken")).arg("import").args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_command_writes_a_model_and_says_what_it_cost() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("buy.model");
    let (out, path) = (out.to_str().unwrap(), here("lightgbm.txt"));
    let (csv, path) = (here("lightgbm.csv"), path.to_str().unwrap());
    let csv = csv.to_str().unwrap();
    let ran = unspoken(&[path, "--head", "buy", "--out", out, "--check", csv, "--json"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let report: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let bytes = fs::read(out).unwrap();
    let model = Model::read(&bytes).unwrap();
    assert_eq!(model.head, "buy");
    assert_eq!(report["from"], "lightgbm");
    assert_eq!(report["bytes"], bytes.len());
    assert_eq!((&report["trees"], &report["splits"]), (&10.into(), &70.into()));
    let (bound, check) = (report["bound"].as_f64().unwrap(), &report["check"]);
    assert!(check["imported"]["mean"].as_f64() < check["imported"]["largest"].as_f64());
    assert!(check["imported"]["largest"].as_f64().unwrap() <= bound);
    assert_eq!(check["rows"], 150);
    let auc = |of: &str| check["auc"][of].as_f64().unwrap();
    assert!(auc("source") > 0.7 && (auc("source") - auc("imported")).abs() < 0.01, "{check}");

    let printed = unspoken(&[path, "--head", "buy", "--base64"]);
    assert!(printed.status.success(), "{}", text(&printed.stderr));
    assert_eq!(text(&printed.stdout).trim_end(), report["base64"].as_str().unwrap());
    let lines = text(&unspoken(&[path, "--head", "buy", "--out", out, "--check", csv]).stdout);
    for part in ["314 bytes", "10 trees with 70 splits", "150 rows against the column", "AUC "] {
        assert!(lines.contains(part), "{part:?} is not in {lines}");
    }
}

#[test]
fn the_command_fails_with_one_sentence() {
    let path = here("xgboost.json");
    let path = path.to_str().unwrap();
    let fails = |args: &[&str], word: &str| {
        let ran = unspoken(args);
        let told = text(&ran.stderr);
        assert!(!ran.status.success() && told.contains(word), "{told}");
        assert!(ran.stdout.is_empty());
    };
    fails(&["no-such", "--head", "buy", "--base64"], "cannot read no-such");
    fails(&[path, "--head", "buy"], "--out");
    fails(&[path, "--head", "b uy", "--base64"], "--head b uy");
    fails(&[path, "--from", "lightgbm", "--head", "buy", "--base64"], "begins with");
    fails(&[path, "--head", "buy", "--base64", "--check", path], "no column");
}

/// The Python to train with; where there is none, a line says so.
fn python() -> Option<PathBuf> {
    let made = concat!(env!("CARGO_MANIFEST_DIR"), "/../.unspoken/tools/python/bin/python");
    let python =
        std::env::var_os("UNSPOKEN_PYTHON").map_or_else(|| PathBuf::from(made), PathBuf::from);
    if !python.is_file() {
        println!(
            "skipped: no Python with LightGBM and XGBoost at {}; `node scripts/setup.mjs --python` \
             makes one",
            python.display()
        );
        return None;
    }
    Some(python)
}

fn train_anew(package: &str) {
    let Some(python) = python() else { return };
    let loads = Command::new(&python).args(["-c", &format!("import numpy, {package}")]).output();
    let loads = loads.unwrap();
    if !loads.status.success() {
        let told = text(&loads.stderr);
        println!("skipped: {package} does not load: {}", told.lines().last().unwrap_or(""));
        return;
    }
    let seed = std::env::var("UNSPOKEN_SEED").ok().and_then(|seed| seed.parse().ok());
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    let seed: u32 = seed.unwrap_or_else(clock);
    println!("{package}: UNSPOKEN_SEED={seed}");
    let folder = tempfile::tempdir().unwrap();
    let ran = Command::new(&python)
        .arg(here("make.py"))
        .args(["live", package, &seed.to_string()])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let made = text(&ran.stdout);
    let refused: Vec<_> = made.lines().filter_map(|line| line.split_once('\t')).collect();
    let shapes: Vec<&str> = made.lines().filter(|line| !line.contains('\t')).collect();
    assert!(shapes.len() >= 9 && refused.len() >= 11, "{made}");
    for shape in shapes {
        let (source, imported, rerouted) = hold(&folder.path().join(shape));
        println!(
            "{package} {shape}: {} trees, {} bytes, bound {:.5}, {rerouted} rerouted",
            source.trees.len(),
            imported.bytes.len(),
            imported.bound
        );
    }
    for (file, mend) in refused {
        let bytes = fs::read(folder.path().join(file)).unwrap();
        let outcome = Format::of(&bytes)
            .and_then(|format| Source::read(&bytes, format))
            .and_then(|source| quantise(&source, "buy"));
        let told = outcome.err().unwrap_or_else(|| panic!("{file} was imported")).to_string();
        assert!(told.contains(mend), "{file}: {mend:?} is not in {told:?}");
        println!("{package} {file}: {told}");
    }
}

#[test]
fn lightgbm_trained_anew_forecasts_the_same() {
    train_anew("lightgbm");
}

#[test]
fn xgboost_trained_anew_forecasts_the_same() {
    train_anew("xgboost");
}
