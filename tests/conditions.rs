//! Conditions as a whole: the shared cases, GrowthBook's where they are at hand, and that nothing a
//! document can hold makes a condition panic, allocate, or take long.

#![cfg(not(target_arch = "wasm32"))]

use std::rc::Rc;
use unspoken::attribute::Document;
use unspoken::condition::Condition;
use unspoken::host::Native;
use unspoken::reading::Reading;
use unspoken::value::Value;

/// A condition with what was wrong with it.
fn read(when: &Value, groups: &Value) -> (Condition, Vec<String>) {
    let mut reading = Reading::on(Rc::new(Native));
    reading.groups = groups.clone();
    let condition = Condition::read(when, &mut reading);
    (condition, reading.into_mistakes().iter().map(|mistake| mistake.to_line()).collect())
}

#[test]
fn the_shared_vectors_hold() {
    let text = include_str!("vectors/conditions.json");
    let cases = Value::parse(text).unwrap();
    let cases = cases.at("cases").items();
    assert!(cases.len() >= 30);
    for case in cases {
        let (condition, mistakes) = read(case.at("when"), case.at("groups"));
        let name = case.text("name").unwrap();
        let has_mistake = case.get("mistake").is_some();
        assert_eq!(!mistakes.is_empty(), has_mistake, "{name}: {mistakes:?}");
        let holds = condition.holds(&Document(case.at("attributes")));
        assert_eq!(Some(holds), case.at("holds").as_bool(), "{name}");
    }
}

#[test]
fn growthbooks_cases_hold_where_they_are_at_hand() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/vectors/growthbook-cases.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not there");
        return;
    };
    let cases = Value::parse(&text).unwrap();
    let cases = cases.at("evalCondition").items();
    let mut failed = Vec::new();
    for case in cases {
        let [name, when, attributes, wanted, ..] = case.items() else { panic!("{case:?}") };
        let (condition, _) = read(when, case.items().get(4).unwrap_or(&Value::Null));
        if Some(condition.holds(&Document(attributes))) != wanted.as_bool() {
            failed.push(name.as_str().unwrap_or_default());
        }
    }
    println!("{} of {} cases", cases.len() - failed.len(), cases.len());
    assert!(failed.is_empty() && !cases.is_empty(), "{failed:?}");
}
