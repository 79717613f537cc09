//! Features that wait for each other: a prerequisite that leads back to its feature is never met.

use std::collections::HashSet;

use unspoken::value::Value;

use super::names::Names;
use super::{Notes, meant};

/// Checks the prerequisites of features.
pub fn check(document: &Value, names: &Names, notes: &mut Notes) {
    let mut told: HashSet<Vec<&str>> = HashSet::new();
    for (feature, value) in document.at("features").entries() {
        for (path, parent) in parents(feature, value) {
            if !names.features.contains(&parent) {
                let message = format!("there is no feature \"{parent}\", so it is never met");
                notes.mistake(&path, message, meant(parent, names.features.iter().copied()));
            } else if let Some(mut way) = way(document, parent, feature) {
                way.insert(0, feature);
                let mut members = way.clone();
                members.sort_unstable();
                members.dedup();
                if told.insert(members) {
                    let message = format!("goes in a circle: {}", way.join(" → "));
                    notes.mistake(&path, message, "take one of these prerequisites out");
                }
            }
        }
    }
}

/// The features that a feature waits for, with the paths where it says so.
fn parents<'a>(feature: &str, value: &'a Value) -> Vec<(String, &'a str)> {
    let mut all = Vec::new();
    for (at, rule) in value.at("rules").items().iter().enumerate() {
        for (of, parent) in rule.at("parentConditions").items().iter().enumerate() {
            let path = format!("features.{feature}.rules[{at}].parentConditions[{of}].id");
            parent.text("id").into_iter().for_each(|id| all.push((path.clone(), id)));
        }
    }
    all
}

/// The shortest way from a feature to another over prerequisites, both ends included.
fn way<'a>(document: &'a Value, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
    let (mut ways, mut seen) = (vec![vec![from]], HashSet::from([from]));
    let mut next = 0;
    while next < ways.len() {
        let way = ways[next].clone();
        next += 1;
        let last = *way.last()?;
        if last == to {
            return Some(way);
        }
        for (_, parent) in parents(last, document.at("features").at(last)) {
            if seen.insert(parent) {
                ways.push([&way[..], &[parent]].concat());
            }
        }
    }
    None
}
