//! Names that stand for something declared elsewhere: is it there?
//!
//! What only the document could make true is a mistake where it is not there: the slot of an
//! exposure, a state of a journey, an experiment. What a page may make true (a goal reached by its
//! script, an attribute that it sets) is a warning.

use unspoken::attribute::{Attribute, Kind};
use unspoken::gate::NAMES as GATES;
use unspoken::reading::nearest_of;
use unspoken::value::Value;

use super::names::Names;
use super::{Notes, condition, meant, rules};

/// Heads of events that stand before a colon.
const HEADS: [&str; 6] = ["page", "item", "exposure", "dismiss", "click", "fact"];

/// Checks every reference.
pub fn check(document: &Value, names: &Names, notes: &mut Notes) {
    for (path, when) in condition::all(document) {
        condition::entries(&path, when, &mut |path, key, value| match key {
            "$history" => history(path, value, names, notes),
            _ => {
                attribute(path, key, names, notes);
                journey(path, key, value, names, notes);
            }
        });
    }
    for (slot, value) in document.at("slots").entries() {
        until(&format!("slots.{slot}.limits.until"), value.at("limits").at("until"), names, notes);
        gates(&format!("slots.{slot}.notNow"), value.at("notNow"), notes);
    }
    for (_, _, path, rule) in rules(document) {
        until(&format!("{path}.limits.until"), rule.at("limits").at("until"), names, notes);
        gates(&format!("{path}.notNow"), rule.at("notNow"), notes);
        if let Some(name) = rule.at("learn").text("goal") {
            goal(&format!("{path}.learn.goal"), name, names, notes);
        }
        for (at, term) in rule.at("learn").at("context").items().iter().enumerate() {
            if let Some(name) = term.as_str().or(term.text("attribute")) {
                let path = format!("{path}.learn.context[{at}]");
                journey(&path, name, &Value::Null, names, notes);
                attribute(&path, name, names, notes);
            }
        }
        test(&format!("{path}.test"), rule.at("test"), names, notes);
    }
    for (name, value) in document.at("intents").entries() {
        let (path, outcome) = (format!("intents.{name}.outcome"), value.at("outcome"));
        outcome.text("goal").into_iter().for_each(|it| goal(&path, it, names, notes));
    }
    for (name, value) in document.at("journeys").entries() {
        for (state, transitions) in value.at("states").entries() {
            for (at, transition) in transitions.items().iter().enumerate() {
                let path = format!("journeys.{name}.states.{state}[{at}].on");
                transition.text("on").into_iter().for_each(|on| event(&path, on, names, notes));
            }
        }
    }
}

fn history(path: &str, value: &Value, names: &Names, notes: &mut Notes) {
    for key in ["event", "since"] {
        let path = format!("{path}.{key}");
        value.text(key).into_iter().for_each(|name| event(&path, name, names, notes));
    }
    for (at, item) in value.at("sequence").items().iter().enumerate() {
        let path = format!("{path}.sequence[{at}]");
        item.as_str().into_iter().for_each(|name| event(&path, name, names, notes));
    }
}

fn event(path: &str, name: &str, names: &Names, notes: &mut Notes) {
    let Some((head, tail)) = name.split_once(':') else {
        if name != "visit" {
            goal(path, name, names, notes);
        }
        return;
    };
    match head {
        "page" | "item" | "fact" => {}
        "exposure" => {
            let (id, variant) = match tail.split_once('/') {
                Some((id, variant)) => (id, Some(variant)),
                None => (tail, None),
            };
            let Some(slot) = names.slot(id) else {
                return unknown_slot(path, id, names, notes);
            };
            if let Some(variant) = variant.filter(|it| !slot.is_open && !slot.variants.contains(it))
            {
                let known = slot.variants.iter().copied();
                notes.mistake(
                    path,
                    format!("no rule of slot {id} shows \"{variant}\""),
                    meant(variant, known),
                );
            }
        }
        "dismiss" if names.slot(tail).is_none() => unknown_slot(path, tail, names, notes),
        "click" if names.slot(tail).is_none() => notes.warning(
            path,
            format!("the config has no slot \"{tail}\"; it counts only if the page has one"),
            meant(tail, names.slot_ids()),
        ),
        "dismiss" | "click" => {}
        _ => notes.warning(
            path,
            format!("no event begins with \"{head}:\"; it counts only as a goal of this name"),
            meant(head, HEADS),
        ),
    }
}

fn unknown_slot(path: &str, id: &str, names: &Names, notes: &mut Notes) {
    notes.mistake(path, format!("there is no slot \"{id}\""), meant(id, names.slot_ids()));
}

fn goal(path: &str, name: &str, names: &Names, notes: &mut Notes) {
    if names.goals.contains(&name) {
        return;
    }
    let near = nearest_of(name, names.goals.iter().copied());
    let mend = match near {
        Some(near) => format!("did you mean {near}?"),
        None => format!("declare it under \"goals\", or call unspoken.goal(\"{name}\")"),
    };
    notes.warning(
        path,
        format!("no goal \"{name}\" is declared; only the page can reach it"),
        mend,
    );
}

fn until(path: &str, value: &Value, names: &Names, notes: &mut Notes) {
    if let Some(name) = value.text("goal") {
        goal(&format!("{path}.goal"), name, names, notes);
    }
    for (at, item) in value.at("goal").items().iter().enumerate() {
        let path = format!("{path}.goal[{at}]");
        item.as_str().into_iter().for_each(|name| goal(&path, name, names, notes));
    }
}

fn gates(path: &str, value: &Value, notes: &mut Notes) {
    for (at, item) in value.items().iter().enumerate() {
        if let Some(gate) = item.as_str().filter(|gate| !GATES.contains(gate)) {
            let path = format!("{path}[{at}]");
            notes.mistake(&path, format!("there is no gate \"{gate}\""), meant(gate, GATES));
        }
    }
}

/// A name that looks like an attribute of Unspoken's own, and is none.
fn attribute(path: &str, name: &str, names: &Names, notes: &mut Notes) {
    let attribute = Attribute::parse(name);
    let known = names.attributes();
    let near = nearest_of(name, known.iter().map(String::as_str));
    let is_wrong = match attribute.kind() {
        Kind::Intent => !names.heads.contains(&attribute.key()),
        Kind::Device => !known.iter().any(|it| it == name),
        Kind::HistoryCount | Kind::HistoryAge => {
            return goal(path, attribute.key(), names, notes);
        }
        Kind::Custom => attribute.is_misspelt() || (name.contains('.') && near.is_some()),
        _ => false,
    };
    if is_wrong {
        let mend = near.map_or(String::from("set it with unspoken.set()"), |near| {
            format!("did you mean {near}?")
        });
        let message = "no such attribute, so it is known only if the page sets it itself";
        notes.warning(path, message, mend);
    }
}

/// `journey.<name>` and the states that it is compared with.
fn journey(path: &str, attribute: &str, value: &Value, names: &Names, notes: &mut Notes) {
    let Some(name) = attribute.strip_prefix("journey.") else { return };
    let all = || names.journeys.iter().map(|(name, _)| *name);
    let is_time = name.ends_with(".seconds");
    let name = name.strip_suffix(".seconds").unwrap_or(name);
    let Some((_, states)) = names.journeys.iter().find(|(known, _)| *known == name) else {
        return notes.warning(
            path,
            format!("there is no journey \"{name}\"; it is known only if the page sets it itself"),
            meant(name, all()),
        );
    };
    if !is_time {
        compared(path, value, &mut |path, state| {
            if !states.contains(&state) {
                notes.mistake(
                    path,
                    format!("journey {name} has no state \"{state}\""),
                    meant(state, states.iter().copied()),
                );
            }
        });
    }
}

/// The texts that a test asks for by name.
fn compared(path: &str, test: &Value, each: &mut dyn FnMut(&str, &str)) {
    test.as_str().into_iter().for_each(|text| each(path, text));
    for (operator, operand) in test.entries() {
        let path = format!("{path}.{operator}");
        match operator.as_str() {
            "$eq" | "$ne" | "$not" => compared(&path, operand, each),
            "$in" | "$nin" => {
                for (at, item) in operand.items().iter().enumerate() {
                    let path = format!("{path}[{at}]");
                    item.as_str().into_iter().for_each(|text| each(&path, text));
                }
            }
            _ => {}
        }
    }
}

fn test(path: &str, test: &Value, names: &Names, notes: &mut Notes) {
    let Some(experiment) = test.text("experiment") else { return };
    let all = || names.experiments.iter().map(|(name, _)| *name);
    let Some((_, factors)) = names.experiments.iter().find(|(name, _)| *name == experiment) else {
        let path = format!("{path}.experiment");
        let message = format!("there is no experiment \"{experiment}\"");
        return notes.mistake(&path, message, meant(experiment, all()));
    };
    if let Some(factor) = test.text("factor").filter(|factor| !factors.contains(factor)) {
        notes.mistake(
            &format!("{path}.factor"),
            format!("experiment {experiment} has no factor \"{factor}\""),
            meant(factor, factors.iter().copied()),
        );
    }
}
