//! `unspoken ope` gives the figures of the Open Bandit Pipeline: on the Open Bandit sample where it
//! is present, and on a log of our own always.

use std::fs;
use std::path::{Path, PathBuf};

use unspoken_collector::ope::judge;
use unspoken_collector::ope::log::{Model, read};

/// By obp 0.5.7 with numpy 1.26.4: campaign, logging policy, model, clip, and IPW, SNIPW, DM, DR of
/// Bernoulli TS. `benches/ope_reference.py` prints these lines; its SNIPW knows no clipping.
type Line = (&'static str, &'static str, Model, Option<f64>, [f64; 4]);
const SAMPLE: &[Line] = &[
    (
        "all",
        "random",
        Model::Item,
        None,
        [0.0037754239999999994, 0.003901552064210297, 0.003058036327509196, 0.003789105606878728],
    ),
    (
        "all",
        "random",
        Model::Item,
        Some(2.0),
        [0.0028095039999999996, 0.003901552064210297, 0.003058036327509196, 0.0032618716948961575],
    ),
    (
        "all",
        "random",
        Model::ItemPosition,
        None,
        [0.0037754239999999994, 0.003901552064210297, 0.003710886598972127, 0.003710886598972127],
    ),
    (
        "all",
        "random",
        Model::ItemPosition,
        Some(2.0),
        [0.0028095039999999996, 0.003901552064210297, 0.003710886598972127, 0.003710886598972127],
    ),
    (
        "all",
        "bts",
        Model::Item,
        None,
        [0.0061871296795471525, 0.006056438221781704, 0.004965234553136545, 0.006341107334835829],
    ),
    (
        "all",
        "bts",
        Model::Item,
        Some(2.0),
        [0.004284808408111204, 0.006056438221781704, 0.004965234553136545, 0.005628078219320509],
    ),
    (
        "all",
        "bts",
        Model::ItemPosition,
        None,
        [0.0061871296795471525, 0.006056438221781704, 0.005048158437129179, 0.006549310743094448],
    ),
    (
        "all",
        "bts",
        Model::ItemPosition,
        Some(2.0),
        [0.004284808408111204, 0.006056438221781704, 0.005048158437129179, 0.005717409654051149],
    ),
    (
        "men",
        "random",
        Model::Item,
        None,
        [0.004820344215586941, 0.0049339671798802245, 0.004832319700891602, 0.004763945312678442],
    ),
    (
        "men",
        "random",
        Model::Item,
        Some(2.0),
        [0.0031980184823778212, 0.0049339671798802245, 0.004832319700891602, 0.004814882521562602],
    ),
    (
        "men",
        "random",
        Model::ItemPosition,
        None,
        [0.004820344215586941, 0.0049339671798802245, 0.004625804277202521, 0.004625804277202522],
    ),
    (
        "men",
        "random",
        Model::ItemPosition,
        Some(2.0),
        [0.0031980184823778212, 0.0049339671798802245, 0.004625804277202521, 0.004625804277202521],
    ),
    (
        "men",
        "bts",
        Model::Item,
        None,
        [0.00730409634663531, 0.007667138423259346, 0.008262802139594553, 0.007677077838699688],
    ),
    (
        "men",
        "bts",
        Model::Item,
        Some(2.0),
        [0.00531083953948595, 0.007667138423259346, 0.008262802139594553, 0.007271661871757971],
    ),
    (
        "men",
        "bts",
        Model::ItemPosition,
        None,
        [0.00730409634663531, 0.007667138423259346, 0.008247690451447047, 0.007526001003128263],
    ),
    (
        "men",
        "bts",
        Model::ItemPosition,
        Some(2.0),
        [0.00531083953948595, 0.007667138423259346, 0.008247690451447047, 0.007312800553714017],
    ),
    (
        "women",
        "random",
        Model::Item,
        None,
        [0.004259081562714188, 0.0041873504358605216, 0.00407406099930175, 0.004194228598603592],
    ),
    (
        "women",
        "random",
        Model::Item,
        Some(2.0),
        [0.0032310739635035488, 0.0041873504358605216, 0.00407406099930175, 0.004107717181971937],
    ),
    (
        "women",
        "random",
        Model::ItemPosition,
        None,
        [0.004259081562714188, 0.0041873504358605216, 0.004175541120903482, 0.004175541120903482],
    ),
    (
        "women",
        "random",
        Model::ItemPosition,
        Some(2.0),
        [0.0032310739635035488, 0.0041873504358605216, 0.004175541120903482, 0.004175541120903482],
    ),
    (
        "women",
        "bts",
        Model::Item,
        None,
        [0.0033218645465656806, 0.003387978124721083, 0.00417079771141981, 0.0038181625747912024],
    ),
    (
        "women",
        "bts",
        Model::Item,
        Some(2.0),
        [0.0026744798644672677, 0.003387978124721083, 0.00417079771141981, 0.0038290315608279163],
    ),
    (
        "women",
        "bts",
        Model::ItemPosition,
        None,
        [0.0033218645465656806, 0.003387978124721083, 0.004185370452710171, 0.0037877533417162838],
    ),
    (
        "women",
        "bts",
        Model::ItemPosition,
        Some(2.0),
        [0.0026744798644672677, 0.003387978124721083, 0.004185370452710171, 0.0037748420656120215],
    ),
];

/// The same of the synthetic log below.
const OWN: &[(Model, Option<f64>, [f64; 4])] = &[
    (
        Model::Item,
        None,
        [0.37416666666666665, 0.28372827804107414, 0.2693072440362953, 0.2897428055516172],
    ),
    (
        Model::Item,
        Some(2.0),
        [0.3175, 0.28372827804107414, 0.2693072440362953, 0.27930216524171625],
    ),
    (
        Model::ItemPosition,
        None,
        [0.37416666666666665, 0.28372827804107414, 0.2821024402172799, 0.28210244021728],
    ),
    (
        Model::ItemPosition,
        Some(2.0),
        [0.3175, 0.28372827804107414, 0.2821024402172799, 0.28210244021728],
    ),
];

fn compare(log: &Path, policy: &Path, model: Model, clip: Option<f64>, wanted: &[f64; 4]) {
    let rows = read(log, Some(policy), model).unwrap();
    let judged = judge(&rows, clip, 1).unwrap();
    for (estimate, wanted) in judged.estimates.iter().zip(wanted) {
        if estimate.name == "snipw" && clip.is_some() {
            continue;
        }
        let off = (estimate.value / wanted - 1.0).abs();
        let log = log.display();
        assert!(off < 1e-6, "{log} {model:?} {clip:?}: {estimate:?}, and obp says {wanted}");
        assert!(estimate.low <= estimate.value && estimate.value <= estimate.high, "{estimate:?}");
    }
}

#[test]
fn the_open_bandit_sample_gives_the_figures_of_obp() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/obd_small");
    if !folder.exists() {
        println!("skipped: no real data at {}", folder.display());
        return;
    }
    for (campaign, by, model, clip, wanted) in SAMPLE {
        let log = folder.join(format!("{campaign}_{by}_train.csv.gz"));
        let policy = folder.join(format!("{campaign}_bts_avg_dist.csv"));
        compare(&log, &policy, *model, *clip, wanted);
    }
}

/// Five items at three positions, 600 decisions by whole numbers, so that a program in another
/// language makes the same: benches/ope_reference.py has it too.
fn own(folder: &Path) -> (PathBuf, PathBuf) {
    let (mut log, mut state) = (String::from("row,item,pos,click,propensity\n"), 1u64);
    let mut next = || {
        state = state * 1_103_515_245 % 2_147_483_648 + 12_345;
        state / 65_536
    };
    for row in 0..600 {
        let (item, pos, chance) = (next() % 5, next() % 3, next() % 10);
        let click = u8::from(chance < item + u64::from(pos == 0));
        let propensity = [0.4, 0.1, 0.2, 0.1, 0.2][item as usize];
        log += &format!("{row},{item},{pos},{click},{propensity}\n");
    }
    let policy =
        "p_pos0,p_pos1,p_pos2\n0.1,0.2,0.05\n0.3,0.2,0.05\n0.3,0.1,0.1\n0.2,0.2,0.2\n0.1,0.3,0.6\n";
    let paths = (folder.join("log.csv"), folder.join("policy.csv"));
    fs::write(&paths.0, log).unwrap();
    fs::write(&paths.1, policy).unwrap();
    paths
}

#[test]
fn a_synthetic_log_gives_the_figures_of_obp() {
    let folder = tempfile::tempdir().unwrap();
    let (log, policy) = own(folder.path());
    for (model, clip, wanted) in OWN {
        compare(&log, &policy, *model, *clip, wanted);
    }
}

#[test]
fn a_log_that_carries_its_models_figures_needs_no_table() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.csv");
    let text = "click,propensity,target,expected,value\n1,0.5,0.25,0.5,0.25\n0,0.5,0.5,0.5,0.25\n";
    fs::write(&log, text).unwrap();
    let rows = read(&log, None, Model::Item).unwrap();
    assert_eq!((rows[0].target, rows[1].expected, rows[1].value), (0.25, 0.5, 0.25));
}

#[test]
fn what_is_wrong_with_a_log_is_said_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let (log, policy) = own(folder.path());
    let fault = |text: &str| {
        fs::write(&log, text).unwrap();
        read(&log, Some(&policy), Model::Item).unwrap_err().to_string()
    };
    for (text, wanted) in [
        ("item,pos,click\n0,0,1\n", "has no column propensity; it has item, pos, click"),
        ("item,pos,click,propensity\n0,0,1,0\n", "row 1: propensity is 0, and should be above 0"),
        ("item,pos,click,propensity\n9,0,1,1\n", "item is 9, and should be a row of the policy"),
        ("item,pos,click,propensity\n0,3,1,1\n", "pos is 3, and should be a column"),
        ("item,pos,click,propensity\n", "has no rows"),
    ] {
        let said = fault(text);
        assert!(said.contains(wanted), "{said}");
    }
}
