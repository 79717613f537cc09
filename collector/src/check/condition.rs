//! The conditions of a document, and a walk through one.

use unspoken::value::Value;

/// Every condition that Unspoken evaluates on its own attributes, with its path.
pub fn all(document: &Value) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for (_, _, path, rule) in super::rules(document) {
        rule.get("when").into_iter().for_each(|when| all.push((format!("{path}.when"), when)));
    }
    for (journey, value) in document.at("journeys").entries() {
        for (state, transitions) in value.at("states").entries() {
            for (at, transition) in transitions.items().iter().enumerate() {
                let path = format!("journeys.{journey}.states.{state}[{at}].when");
                transition.get("when").into_iter().for_each(|when| all.push((path.clone(), when)));
            }
        }
    }
    for (feature, value) in document.at("features").entries() {
        for (at, rule) in value.at("rules").items().iter().enumerate() {
            let path = format!("features.{feature}.rules[{at}].condition");
            rule.get("condition").into_iter().for_each(|when| all.push((path.clone(), when)));
        }
    }
    all
}

/// Hands over each entry of a condition that is no group: its path, its key, and what it asks.
pub fn entries(path: &str, condition: &Value, each: &mut dyn FnMut(&str, &str, &Value)) {
    for (key, value) in condition.entries() {
        let path = format!("{path}.{key}");
        match key.as_str() {
            "$and" | "$or" | "$nor" => {
                for (at, item) in value.items().iter().enumerate() {
                    entries(&format!("{path}[{at}]"), item, each);
                }
            }
            "$not" => entries(&path, value, each),
            _ => each(&path, key, value),
        }
    }
}

/// Hands over each alternative of the disjunctions that are not inside of a negation.
pub fn alternatives(path: &str, condition: &Value, each: &mut dyn FnMut(&str, &Value)) {
    for (key, value) in condition.entries() {
        if key != "$and" && key != "$or" {
            continue;
        }
        for (at, item) in value.items().iter().enumerate() {
            let path = format!("{path}.{key}[{at}]");
            if key == "$or" && value.items().len() > 1 {
                each(&path, item);
            }
            alternatives(&path, item, each);
        }
    }
}
