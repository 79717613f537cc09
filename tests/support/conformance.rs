//! GrowthBook's cases, section by section, for the host and for wasm.
//!
//! A file of cases is an object of sections, each a list of cases in the form that GrowthBook's
//! specification ("Build your own", Tests) gives for it.

use std::rc::Rc;
use unspoken::attribute::{Document, Read};
use unspoken::condition::Condition;
use unspoken::experiment::{
    Filter, Overrides, Sticky, bucket_ranges, choose_variation, equal_weights, hash, is_true,
    query_override, spelling,
};
use unspoken::host::Host;
use unspoken::payload::{Context, Notes, Payload};
use unspoken::reading::Reading;
use unspoken::value::Value;

/// JSON text of a value.
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    spelling::json(value, &mut |piece| out.push_str(piece));
    out
}

/// Whether two values are the same document: the order of an object's entries says nothing, and
/// numbers may differ by `room`.
pub fn same(a: &Value, b: &Value, room: f64) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || (a - b).abs() < room,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, room))
        }
        (Value::Map(a), Value::Map(_)) => {
            a.len() == b.entries().len()
                && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b, room)))
        }
        _ => a == b,
    }
}

/// What a case came to: expected, got, and how far numbers may lie apart.
struct Verdict {
    expected: Value,
    got: Value,
    room: f64,
}

fn verdict(expected: &Value, got: impl Into<Value>) -> Verdict {
    Verdict { expected: expected.clone(), got: got.into(), room: 0.0 }
}

/// The context of a case: its payload, and what it forces.
struct World {
    payload: Payload,
    overrides: Overrides,
    attributes: Value,
    reading: Reading,
}

fn world(context: &Value, host: &Rc<dyn Host>) -> World {
    let mut reading = Reading::on(Rc::clone(host));
    let payload = Payload::read(context, &mut reading);
    let forced = |key| context.get(key).cloned().unwrap_or_else(Value::map);
    let overrides = Overrides {
        url: context.text("url").unwrap_or("").into(),
        enabled: *context.at("enabled") != Value::Bool(false),
        qa: *context.at("qaMode") == Value::Bool(true),
        features: forced("forcedFeatureValues"),
        variations: forced("forcedVariations"),
        ..Overrides::default()
    };
    World { payload, overrides, attributes: context.at("attributes").clone(), reading }
}

fn feature(case: &[Value], key: &Value, host: &Rc<dyn Host>, sticky: Option<&mut Sticky>) -> Value {
    let world = world(&case[1], host);
    let document = Document(&world.attributes);
    let context = Context { attributes: &document, overrides: &world.overrides };
    let mut notes = Notes { sticky, assigned: None };
    let key = key.as_str().unwrap_or("");
    world.payload.evaluate_key(key, &context, &mut notes).to_value()
}

fn run_inline(case: &[Value], host: &Rc<dyn Host>) -> Value {
    let mut world = world(&case[1], host);
    let document = Document(&world.attributes);
    let context = Context { attributes: &document, overrides: &world.overrides };
    let mut notes = Notes::default();
    world.payload.run(&case[2], &context, &mut notes, &mut world.reading)
}

/// The documents that GrowthBook's SDK would load for this visitor: those of attributes that its
/// rules assign by.
fn loaded(case: &[Value]) -> Sticky {
    let (context, mut sticky) = (&case[1], Sticky::default());
    let mut names = Vec::new();
    for (_, feature) in context.at("features").entries() {
        for rule in feature.at("rules").items() {
            if rule.get("variations").or(rule.get("contextualVariations")).is_some() {
                let named = rule.text("hashAttribute").filter(|name| !name.is_empty());
                names.push(named.unwrap_or("id"));
                names.extend(rule.text("fallbackAttribute"));
            }
        }
    }
    sticky.add(context.at("stickyBucketAssignmentDocs"));
    let is_own = |doc: &&Value| {
        let name = doc.text("attributeName").unwrap_or("");
        let mut value = String::new();
        let own = Read::from(context.at("attributes").get(name));
        spelling::label(&own, &mut |piece| value.push_str(piece));
        // Nothing is loaded for an attribute that is empty.
        is_true(&own) && names.contains(&name) && doc.text("attributeValue") == Some(&value)
    };
    let docs = case[2].items().iter().filter(is_own).cloned().collect();
    sticky.add(&Value::List(docs));
    sticky
}

fn docs(sticky: &Sticky) -> Value {
    let mut map = Value::map();
    for doc in sticky.to_value().items() {
        let (name, value) = (doc.text("attributeName"), doc.text("attributeValue"));
        map.put(&format!("{}||{}", name.unwrap_or(""), value.unwrap_or("")), doc.clone());
    }
    map
}

fn numbers(numbers: &[f64]) -> Value {
    Value::List(numbers.iter().map(|number| Value::Number(*number)).collect())
}

fn floats(value: &Value) -> Vec<f64> {
    value.items().iter().filter_map(Value::as_f64).collect()
}

fn stretch(value: &Value) -> [f64; 2] {
    let floats = floats(value);
    [floats[0], floats[1]]
}

fn index(found: Option<usize>, none: Value) -> Value {
    found.map_or(none, |at| Value::from(at as f64))
}

/// One case of a section; `None` where the section is not known.
fn judge(section: &str, case: &[Value], host: &Rc<dyn Host>) -> Option<Verdict> {
    Some(match section {
        "evalCondition" => {
            let mut reading = Reading::on(Rc::clone(host));
            reading.groups = case.get(4).cloned().unwrap_or_default();
            let condition = Condition::read(&case[1], &mut reading);
            verdict(&case[3], condition.holds(&Document(&case[2])))
        }
        "hash" => {
            let seed = case[0].as_str().unwrap_or("");
            let version = case[2].as_f64().unwrap_or(0.0) as u8;
            verdict(&case[3], hash(&[seed], &Read::Value(&case[1]), version))
        }
        "getBucketRange" => {
            let [count, coverage, weights] = case[1].items() else { return None };
            let weights = matches!(weights, Value::List(_)).then(|| floats(weights));
            let count = count.as_f64().unwrap_or(0.0) as usize;
            let ranges = bucket_ranges(count, coverage.as_f64().unwrap_or(1.0), weights.as_deref());
            let ranges = ranges.iter().map(|range| numbers(range)).collect();
            Verdict { room: 1e-9, ..verdict(&case[2], Value::List(ranges)) }
        }
        "getEqualWeights" => {
            let weights = equal_weights(case[0].as_f64().unwrap_or(0.0).max(0.0) as usize);
            Verdict { room: 1e-8, ..verdict(&case[1], numbers(&weights)) }
        }
        "chooseVariation" => {
            let ranges: Vec<_> = case[2].items().iter().map(stretch).collect();
            let found = choose_variation(case[1].as_f64().unwrap_or(0.0), &ranges);
            verdict(&case[3], index(found, Value::Number(-1.0)))
        }
        "getQueryStringOverride" => {
            let (key, url) = (case[1].as_str().unwrap_or(""), case[2].as_str().unwrap_or(""));
            let found = query_override(key, url, case[3].as_f64().unwrap_or(0.0) as usize);
            verdict(&case[4], index(found, Value::Null))
        }
        "inNamespace" => {
            let filter = Filter::namespace(&case[2], &mut Reading::default())?;
            let admitted = filter.admits(&Document(&Value::Null), &Read::Value(&case[1]));
            verdict(&case[3], admitted)
        }
        "feature" | "contextualBandit" => verdict(&case[3], feature(case, &case[2], host, None)),
        "run" => {
            let result = run_inline(case, host);
            let expected = Value::List(case[3..6].to_vec());
            let got = ["value", "inExperiment", "hashUsed"].map(|key| result.at(key).clone());
            verdict(&expected, Value::List(got.into()))
        }
        "stickyBucket" => {
            let mut sticky = loaded(case);
            let outcome = feature(case, &case[3], host, Some(&mut sticky));
            let expected = Value::List(case[4..6].to_vec());
            let got = vec![outcome.at("experimentResult").clone(), docs(&sticky)];
            verdict(&expected, Value::List(got))
        }
        _ => return None,
    })
}

/// Every section that there is.
pub const SECTIONS: [&str; 11] = [
    "evalCondition",
    "hash",
    "getBucketRange",
    "feature",
    "run",
    "chooseVariation",
    "getQueryStringOverride",
    "inNamespace",
    "getEqualWeights",
    "stickyBucket",
    "contextualBandit",
];

/// Runs a file of cases, says a line for each case that fails and for each section, and returns
/// how many passed and failed.
pub fn run(cases: &Value, host: &Rc<dyn Host>, say: &mut dyn FnMut(&str)) -> (usize, usize) {
    let (mut passed, mut failed) = (0, 0);
    for (section, list) in cases.entries() {
        if !SECTIONS.contains(&section.as_str()) {
            if matches!(list, Value::List(_)) {
                say(&format!("section {section}: not known, skipped"));
            }
            continue;
        }
        let (mut good, mut bad) = (0, 0);
        for (at, case) in list.items().iter().enumerate() {
            let case = case.items();
            let Some(Verdict { expected, got, room }) = judge(section, case, host) else {
                say(&format!("{section} #{at}: not in the form of its section"));
                bad += 1;
                continue;
            };
            if same(&expected, &got, room) {
                good += 1;
                continue;
            }
            bad += 1;
            let name = match &case[0] {
                Value::Text(name) if !matches!(&**section, "hash") => name.clone(),
                _ => text(&Value::List(case.to_vec())),
            };
            let (expected, got) = (text(&expected), text(&got));
            say(&format!("{section} \"{name}\"\n    expected {expected}\n    got      {got}"));
        }
        say(&format!("section {section}: {good} passed, {bad} failed"));
        (passed, failed) = (passed + good, failed + bad);
    }
    for section in SECTIONS.iter().filter(|section| cases.at(section).items().is_empty()) {
        say(&format!("section {section}: it has no cases"));
        failed += 1;
    }
    (passed, failed)
}
