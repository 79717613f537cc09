//! What randomization has to be: uniform, independent, monotone in a ramp, and exclusive where it
//! says so, over a million visitors.
//!
//! Ids are fixed, so nothing here varies from run to run. A statistic passes where a true null
//! would come out more extreme with at least one chance in ten thousand: with about sixty statistics
//! a sound hash fails by chance in one suite of a hundred and sixty, and an unsound one at once, for
//! a million visitors see a shift of a quarter of a percent.

#![cfg(not(target_arch = "wasm32"))]

use unspoken::attribute::Document;
use unspoken::experiment::{Experiment, Experiments, Holdout, Overrides, choose_variation};
use unspoken::reading::Reading;
use unspoken::value::Value;

const VISITORS: u32 = 1_000_000;
/// The normal quantile at 1 − 1/10,000.
const EXTREME: f64 = 3.719;

/// A visitor's pseudonym: 128 bits in hex, as [`unspoken::id`] prints them.
fn id(number: u32) -> String {
    let mut rng = unspoken::id::Rng::new(u64::from(number) + 1);
    format!("{:016x}{:016x}", rng.draw(), rng.draw())
}

/// Fails where chi-square is too large to be chance, by Wilson and Hilferty's cube root.
fn is_chance(what: &str, statistic: f64, freedom: usize) {
    let freedom = freedom as f64;
    let spread = 2.0 / (9.0 * freedom);
    let z = ((statistic / freedom).cbrt() - (1.0 - spread)) / spread.sqrt();
    println!("{what}: chi-square {statistic:.1} with {freedom} degrees, z {z:.2}");
    assert!(z < EXTREME, "{what}: chi-square {statistic:.1} with {freedom} degrees of freedom");
}

fn uniform(what: &str, counts: &[u32], shares: &[f64]) {
    let all = f64::from(counts.iter().sum::<u32>());
    let terms = counts.iter().zip(shares).map(|(count, share)| {
        let expected = all * share;
        (f64::from(*count) - expected).powi(2) / expected
    });
    is_chance(what, terms.sum(), counts.len() - 1);
}

/// Whether rows say nothing of columns.
fn independent(what: &str, table: &[Vec<u32>]) {
    let sum = |cells: &mut dyn Iterator<Item = u32>| cells.map(f64::from).sum::<f64>();
    let rows: Vec<f64> = table.iter().map(|row| sum(&mut row.iter().copied())).collect();
    let columns: Vec<f64> =
        (0..table[0].len()).map(|at| sum(&mut table.iter().map(|row| row[at]))).collect();
    let all: f64 = rows.iter().sum();
    let mut statistic = 0.0;
    for (row, cells) in rows.iter().zip(table) {
        for (column, cell) in columns.iter().zip(cells) {
            let expected = row * column / all;
            statistic += (f64::from(*cell) - expected).powi(2) / expected;
        }
    }
    is_chance(what, statistic, (rows.len() - 1) * (columns.len() - 1));
}

fn test(text: &str, key: &str) -> Experiment {
    let mut reading = Reading::default();
    let value = Value::parse(text).unwrap();
    let read = Experiment::read_test(&value, key, &Experiments::default(), &mut reading);
    let mistakes = reading.into_mistakes();
    read.unwrap_or_else(|| panic!("{mistakes:?}"))
}

/// The variant of each visitor; none for those who take no part.
fn variants(experiment: &Experiment, ids: &[Value]) -> Vec<Option<usize>> {
    let overrides = Overrides::default();
    let assign = |id: &Value| {
        let document = Document(id);
        experiment.assign(&document, &overrides, None).map(|assigned| assigned.variation)
    };
    ids.iter().map(assign).collect()
}

fn count(variants: &[Option<usize>], arms: usize) -> Vec<u32> {
    let mut counts = vec![0; arms];
    variants.iter().flatten().for_each(|at| counts[*at] += 1);
    counts
}

fn cross(
    one: &[Option<usize>],
    arms: usize,
    two: &[Option<usize>],
    others: usize,
) -> Vec<Vec<u32>> {
    let mut table = vec![vec![0; others]; arms];
    for (one, two) in one.iter().zip(two) {
        if let (Some(one), Some(two)) = (one, two) {
            table[*one][*two] += 1;
        }
    }
    table
}

/// The share of the hash's places in each variant's stretch, and at the end of those in none. A
/// hash has 1,000 or 10,000 places, so a third is 334 of 1,000, and an edge can take in one more.
fn places(experiment: &Experiment, version: usize) -> Vec<f64> {
    let (most, ranges) = ([1_000, 10_000][version - 1], experiment.ranges());
    let mut shares = vec![0.0; ranges.len() + 1];
    for place in 0..most {
        let at = choose_variation(f64::from(place) / f64::from(most), ranges);
        shares[at.unwrap_or(ranges.len())] += 1.0 / f64::from(most);
    }
    shares
}

fn ids() -> Vec<Value> {
    (0..VISITORS).map(|number| Value::map().with("id", id(number))).collect()
}

fn names(arms: usize) -> String {
    let names: Vec<String> = (0..arms).map(|arm| format!("\"v{arm}\"")).collect();
    format!("[{}]", names.join(","))
}

#[test]
fn variants_are_drawn_by_their_weights() {
    let ids = ids();
    for version in [1, 2] {
        for shares in [
            vec![0.5, 0.5],
            vec![1.0 / 3.0; 3],
            vec![0.2; 5],
            vec![0.1, 0.9],
            vec![0.05, 0.15, 0.8],
            vec![0.02, 0.18, 0.3, 0.25, 0.25],
        ] {
            let text = format!(
                r#"{{"variants":{},"weights":{shares:?},"hashVersion":{version}}}"#,
                names(shares.len())
            );
            let experiment = test(&text, "slot.rule");
            let drawn = variants(&experiment, &ids);
            let exact = places(&experiment, version);
            let what = format!("hash version {version}, {} arms", shares.len());
            let counts = count(&drawn, shares.len());
            assert_eq!(counts.iter().sum::<u32>(), VISITORS, "{what}: everyone is in");
            uniform(&what, &counts, &exact[..shares.len()]);
        }
    }
}

#[test]
fn experiments_are_independent_of_each_other_and_of_the_holdout() {
    let ids = ids();
    let keys = ["hero.test", "hero.test2", "banner.test", "a", "b", "popup.offer-2026"];
    let drawn: Vec<_> = keys
        .iter()
        .map(|key| variants(&test(r#"{"variants":["a","b","c"]}"#, key), &ids))
        .collect();
    for (at, one) in drawn.iter().enumerate() {
        for (other, two) in drawn.iter().enumerate().skip(at + 1) {
            let what = format!("{} and {}", keys[at], keys[other]);
            independent(&what, &cross(one, 3, two, 3));
        }
    }
    let mut reading = Reading::default();
    let value = Value::parse(r#"{"share":0.05,"seed":"a"}"#).unwrap();
    let holdout = Holdout::read(&value, &mut reading);
    assert_eq!(reading.count(), 0);
    let held: Vec<Option<usize>> =
        ids.iter().map(|id| Some(usize::from(holdout.holds_out(id.text("id").unwrap())))).collect();
    uniform("the holdout", &count(&held, 2), &[0.95, 0.05]);
    for (key, drawn) in keys.iter().zip(&drawn) {
        independent(&format!("the holdout and {key}"), &cross(&held, 2, drawn, 3));
    }
}

#[test]
fn coverage_takes_no_sides_and_a_ramp_moves_nobody() {
    let ids = ids();
    for version in [1, 2] {
        let mut before: Option<Vec<Option<usize>>> = None;
        let full = variants(&ramp(100, version), &ids);
        for percent in (10..=100).step_by(10) {
            let experiment = ramp(percent, version);
            let now = variants(&experiment, &ids);
            let mut counts = count(&now, 2);
            let shares = places(&experiment, version);
            assert!((shares[2] - (1.0 - f64::from(percent) / 100.0)).abs() < 0.0021);
            let what = format!("hash version {version} at {percent} %");
            counts.push(VISITORS - counts[0] - counts[1]);
            let parts = if percent < 100 { 3 } else { 2 };
            uniform(&what, &counts[..parts], &shares[..parts]);
            for (at, then) in before.iter().flatten().enumerate() {
                assert!(then.is_none() || *then == now[at], "{what}: visitor {at} moved");
            }
            assert!(now.iter().zip(&full).all(|(now, full)| now.is_none() || now == full));
            before = Some(now);
        }
    }
}

fn ramp(percent: u32, version: usize) -> Experiment {
    let text = format!(
        r#"{{"variants":["a","b"],"weights":[0.4,0.6],"coverage":{},"hashVersion":{version}}}"#,
        f64::from(percent) / 100.0
    );
    test(&text, "ramp.test")
}

#[test]
fn disjoint_stretches_of_a_namespace_never_share_a_visitor() {
    let ids = ids();
    let stretch = |key: &str, from: f64, to: f64| {
        let text = format!(r#"{{"variants":["a","b"],"namespace":["checkout",{from},{to}]}}"#);
        variants(&test(&text, key), &ids)
    };
    let parts = [stretch("x", 0.0, 0.3), stretch("y", 0.3, 0.5), stretch("z", 0.5, 1.0)];
    let mut counts = [0; 3];
    for (at, ((x, y), z)) in parts[0].iter().zip(&parts[1]).zip(&parts[2]).enumerate() {
        let inside = [x, y, z].map(|part| part.is_some());
        assert_eq!(inside.iter().filter(|is| **is).count(), 1, "visitor {at} is in {inside:?}");
        counts[inside.iter().position(|is| *is).unwrap()] += 1;
    }
    uniform("the stretches", &counts, &[0.3, 0.2, 0.5]);
    for (part, name) in parts.iter().zip(["x", "y", "z"]) {
        uniform(&format!("arms within stretch {name}"), &count(part, 2), &[0.5, 0.5]);
    }
    // What is outside of the namespace does not lean on it.
    let free = variants(&test(r#"{"variants":["a","b","c"]}"#, "free.test"), &ids);
    let inside: Vec<_> = parts[0].iter().map(|it| Some(usize::from(it.is_some()))).collect();
    independent("a namespace and an experiment outside of it", &cross(&inside, 2, &free, 3));
}

#[test]
fn factors_make_every_combination_by_the_product_of_their_shares() {
    let ids = ids();
    let text = r#"{"look":{"factors":{"headline":["default","short"],"image":["default","people","none"]},
        "weights":{"image":[0.5,0.3,0.2]},"coverage":0.4}}"#;
    let mut reading = Reading::default();
    let experiments = Experiments::read(&Value::parse(text).unwrap(), &mut reading);
    let factor = |name: &str| {
        let join = Value::map().with("experiment", "look").with("factor", name);
        let mut reading = Reading::default();
        Experiment::read_test(&join, "slot.rule", &experiments, &mut reading).unwrap()
    };
    assert_eq!(reading.into_mistakes(), []);
    let (headline, image) = (variants(&factor("headline"), &ids), variants(&factor("image"), &ids));
    for (at, (one, two)) in headline.iter().zip(&image).enumerate() {
        assert_eq!(one.is_some(), two.is_some(), "visitor {at} is in one factor only");
    }
    let included = headline.iter().flatten().count() as u32;
    uniform("let in", &[included, VISITORS - included], &[0.4, 0.6]);
    let table = cross(&headline, 2, &image, 3);
    let shares: Vec<f64> =
        [0.5, 0.5].iter().flat_map(|one| [0.5, 0.3, 0.2].map(|two| one * two)).collect();
    uniform("combinations", &table.concat(), &shares);
    independent("headline and image", &table);
}

#[test]
fn bias_would_be_seen() {
    let seen = std::panic::catch_unwind(|| uniform("a shift", &[502_500, 497_500], &[0.5, 0.5]));
    assert!(seen.is_err(), "a quarter of a percent of a million has to show");
    let table = [vec![251_500, 248_500], vec![248_500, 251_500]];
    assert!(std::panic::catch_unwind(|| independent("a lean", &table)).is_err());
}
