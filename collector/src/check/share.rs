//! Shares of visitors: weights, coverage, ranges, namespaces.

use unspoken::value::Value;

use super::{Notes, rules};

/// How far weights may be off 1: beyond it GrowthBook's SDK takes equal ones instead.
const SLACK: f64 = 0.01;

/// A stretch of a namespace, and who holds it.
struct Stretch {
    path: String,
    name: String,
    from: f64,
    to: f64,
}

/// Checks the shares of experiments and features.
pub fn check(document: &Value, notes: &mut Notes) {
    let mut stretches = Vec::new();
    for (_, _, path, rule) in rules(document) {
        if let Some(test) = rule.get("test") {
            let count = test.get("variants").map(|variants| variants.items().len());
            experiment(&format!("{path}.test"), test, count, &mut stretches, notes);
        }
    }
    for (name, value) in document.at("experiments").entries() {
        let path = format!("experiments.{name}");
        for (factor, weights) in value.at("weights").entries() {
            let path = format!("{path}.weights.{factor}");
            match value.at("factors").get(factor) {
                Some(variants) => check_weights(&path, weights, variants.items().len(), notes),
                None => {
                    let known = value.at("factors").entries().iter().map(|(key, _)| key.as_str());
                    let message = format!("there is no factor \"{factor}\"");
                    notes.mistake(&path, message, super::meant(factor, known));
                }
            }
        }
        experiment(&path, value, None, &mut stretches, notes);
    }
    for (feature, value) in document.at("features").entries() {
        for (at, rule) in value.at("rules").items().iter().enumerate() {
            let count = rule.get("variations").map(|variations| variations.items().len());
            let path = format!("features.{feature}.rules[{at}]");
            experiment(&path, rule, count, &mut stretches, notes);
        }
    }
    if document.at("holdout").number("share") == Some(1.0) {
        let message = "holds everybody out, so no test and no learn ever decides";
        notes.warning("holdout.share", message, "write a share such as 0.05");
    }
    overlaps(&stretches, notes);
}

fn experiment(
    path: &str,
    value: &Value,
    count: Option<usize>,
    stretches: &mut Vec<Stretch>,
    notes: &mut Notes,
) {
    if let Some(count) = count {
        check_weights(&format!("{path}.weights"), value.at("weights"), count, notes);
        ranges(&format!("{path}.ranges"), value.at("ranges"), count, notes);
    }
    let coverage = value.number("coverage");
    if coverage.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
        notes.mistake(
            &format!("{path}.coverage"),
            "expected a share from 0 to 1",
            "write a number from 0 to 1",
        );
    } else if coverage == Some(0.0) {
        notes.warning(
            &format!("{path}.coverage"),
            "nobody takes part",
            "write a share above 0, or leave it out for everybody",
        );
    }
    if let [Value::Text(name), Value::Number(from), Value::Number(to)] =
        value.at("namespace").items()
    {
        let path = format!("{path}.namespace");
        if !(0.0..=1.0).contains(from) || !(0.0..=1.0).contains(to) {
            let mend = "write two numbers from 0 to 1";
            notes.mistake(&path, "reaches beyond the whole, which is 0 to 1", mend);
        } else if from >= to {
            notes.mistake(&path, "is empty: nobody takes part", empty(*from, *to));
        } else {
            stretches.push(Stretch { path, name: name.clone(), from: *from, to: *to });
        }
    }
}

fn empty(from: f64, to: f64) -> String {
    match from == to {
        true => "write an end after the beginning".into(),
        false => format!("write {to}, {from}"),
    }
}

fn check_weights(path: &str, weights: &Value, count: usize, notes: &mut Notes) {
    let Value::List(items) = weights else { return };
    let numbers: Vec<f64> = items.iter().filter_map(Value::as_f64).collect();
    if numbers.len() < items.len() {
        return;
    }
    let (sum, equal) = (numbers.iter().sum::<f64>(), "or leave them out for equal shares");
    if numbers.len() != count {
        let of =
            if numbers.len() == 1 { "1 weight" } else { &format!("{} weights", numbers.len()) };
        notes.mistake(
            path,
            format!("{of} for {count} variants"),
            format!("write {count} weights, {equal}"),
        );
    } else if numbers.iter().any(|weight| *weight < 0.0) {
        notes.mistake(path, "a weight below 0", format!("write shares from 0 to 1, {equal}"));
    } else if (sum - 1.0).abs() > SLACK {
        let scaled = numbers.iter().map(|weight| (weight / sum * 1e4).round() / 1e4);
        let scaled: Vec<String> = scaled.map(|weight| weight.to_string()).collect();
        let mend = match sum > 0.0 {
            true => format!("write [{}], {equal}", scaled.join(", ")),
            false => format!("write shares from 0 to 1, {equal}"),
        };
        let sum = (sum * 1e4).round() / 1e4;
        notes.mistake(path, format!("add up to {sum} and not to 1"), mend);
    }
}

fn ranges(path: &str, ranges: &Value, count: usize, notes: &mut Notes) {
    let Value::List(items) = ranges else { return };
    if items.len() != count {
        let message = format!("{} ranges for {count} variants", items.len());
        return notes.mistake(path, message, format!("write {count} ranges"));
    }
    let mut before: Vec<(f64, f64)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let [Value::Number(from), Value::Number(to)] = item.items() else { continue };
        let path = format!("{path}[{at}]");
        if !(0.0..=1.0).contains(from) || !(0.0..=1.0).contains(to) {
            let mend = "write two numbers from 0 to 1";
            notes.mistake(&path, "reaches beyond the whole, which is 0 to 1", mend);
        } else if from >= to {
            notes.warning(&path, "is empty: nobody gets this variant", empty(*from, *to));
        } else if before.iter().any(|(start, end)| from < end && start < to) {
            let mend = "begin where the one before ends";
            notes.warning(&path, "overlaps another; who is in both gets the first", mend);
        }
        before.push((*from, *to));
    }
}

/// Experiments in one namespace are there to share nobody.
fn overlaps(stretches: &[Stretch], notes: &mut Notes) {
    for (at, one) in stretches.iter().enumerate() {
        let mut before = stretches[..at].iter();
        let other = before.find(|it| it.name == one.name && it.from < one.to && one.from < it.to);
        if let Some(other) = other {
            let owner = other.path.trim_end_matches(".namespace");
            notes.warning(
                &one.path,
                format!(
                    "shares visitors with {owner}: [{}, {}] and [{}, {}] of \"{}\" overlap",
                    other.from, other.to, one.from, one.to, one.name
                ),
                "give each a stretch of its own",
            );
        }
    }
}
