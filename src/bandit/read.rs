//! A rule's `learn` as `unspoken.json` has it.

use super::{Learn, MAX_CONTEXT, MAX_VARIANTS, Method, Posterior, Term};
use crate::attribute::Attribute;
use crate::reading::{Reading, duration};
use crate::time::{Millis, SECOND};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// The window where none is named: half an hour, a session's gap.
pub const WITHIN: Millis = 1_800.0 * SECOND;
/// The longest window: 7 days.
const MAX_WITHIN: Millis = 7.0 * 86_400.0 * SECOND;
/// The least probability of an arm where none is named.
pub const EXPLORE: f64 = 0.05;
/// Bytes of a name.
const MAX_NAME: usize = 256;

impl Learn {
    /// Reads a `learn`; mistakes are noted.
    pub fn read(value: &Value, reading: &mut Reading) -> Learn {
        let mut learn = Learn::new(Vec::new(), "");
        let keys = "variants, goal, within, value, context, method, explore, prior";
        reading.fields(value, "an object", keys, &mut |key, value, reading| {
            match key {
                "variants" => learn.variants = variants(value, reading),
                "goal" => match value.as_str() {
                    Some(name) if (1..=MAX_NAME).contains(&name.len()) => {
                        learn.goal = name.into();
                        reading.event(name);
                    }
                    _ => reading.mistake(&["expected the name of a goal, 1 to 256 bytes"]),
                },
                "within" => {
                    let before = reading.count();
                    learn.within = duration(value, reading);
                    let fits = (SECOND..=MAX_WITHIN).contains(&learn.within);
                    if !fits && reading.count() == before {
                        reading.mistake(&["expected a duration from \"1s\" to \"7d\""]);
                    }
                }
                "value" => learn.most = most(value, reading),
                "context" => terms(value, &mut learn.terms, reading),
                "method" => match value.as_str() {
                    Some("thompson") => {}
                    Some("linucb") => learn.method = Method::LinUcb,
                    _ => reading.mistake(&["expected thompson or linucb"]),
                },
                "explore" => learn.explore = value.as_f64().unwrap_or(0.0),
                "prior" if value.as_str().is_none() => {
                    reading.expected("the text that unspoken pool writes", value);
                }
                "prior" => {}
                _ => return false,
            }
            true
        });
        if !matches!(value, Value::Map(_)) {
            return learn;
        }
        for key in ["variants", "goal"] {
            if value.get(key).is_none() {
                reading.mistake(&["it has no ", key]);
            }
        }
        // An empty list has its own mistake already.
        let share = 1.0 / learn.variants.len().max(2) as f64;
        if value.get("explore").is_none() {
            // 8 variants have an even share of 0.125, so the default always fits.
        } else if !(learn.explore > 0.0 && learn.explore <= share) {
            let above = reading.enter("explore");
            reading.mistake(&["expected a number above 0, at most 1 / the number of variants"]);
            reading.leave(above);
        }
        learn.prior = Posterior::new(&learn);
        if let Some(text) = value.get("prior") {
            match Posterior::from_value(&learn, text) {
                Some(prior) => learn.prior = prior,
                None => learn.is_prior_refused = true,
            }
        }
        learn
    }
}

fn variants(value: &Value, reading: &mut Reading) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let items = reading.list(value, "a list of variants");
    if matches!(value, Value::List(_)) && !(2..=MAX_VARIANTS).contains(&items.len()) {
        reading.mistake(&["expected 2 to 8 variants"]);
    }
    for (at, item) in items.iter().take(MAX_VARIANTS).enumerate() {
        let above = reading.enter_item(at);
        match item.as_str() {
            Some(name) if names.iter().any(|known| known == name) => {
                reading.mistake(&["the variant ", name, " stands here twice"]);
            }
            Some(name) if (1..=MAX_NAME).contains(&name.len()) => names.push(name.into()),
            _ => reading.mistake(&["expected the name of a variant, 1 to 256 bytes"]),
        }
        reading.leave(above);
    }
    names
}

fn most(value: &Value, reading: &mut Reading) -> Option<f64> {
    let mut most = None;
    reading.fields(
        value,
        "an object such as {\"most\": 200}",
        "most",
        &mut |key, value, reading| {
            if key != "most" {
                return false;
            }
            most = value.as_f64().filter(|most| *most > 0.0 && most.is_finite());
            if most.is_none() {
                reading.mistake(&["expected a number above 0"]);
            }
            true
        },
    );
    if most.is_none() && value.entries().is_empty() && matches!(value, Value::Map(_)) {
        reading.mistake(&["it has no most"]);
    }
    most
}

fn terms(value: &Value, terms: &mut Vec<Term>, reading: &mut Reading) {
    for (at, item) in reading.list(value, "a list of attributes").iter().enumerate() {
        let above = reading.enter_item(at);
        term(item, terms, reading);
        reading.leave(above);
    }
    if terms.len() >= MAX_CONTEXT {
        reading.mistake(&["more than 7 numbers: each listed text of values is one"]);
        terms.truncate(MAX_CONTEXT - 1);
    }
}

fn term(item: &Value, terms: &mut Vec<Term>, reading: &mut Reading) {
    let (mut name, mut scale, mut values) = (item.as_str(), 1.0, Vec::new());
    if name.is_none() {
        let what = "the name of an attribute, or an object";
        let keys = "attribute, values, scale";
        reading.fields(item, what, keys, &mut |key, value, reading| {
            match key {
                "attribute" => {}
                "scale" => match value.as_f64() {
                    Some(number) if number > 0.0 && number.is_finite() => scale = number,
                    _ => reading.mistake(&["expected a number above 0"]),
                },
                "values" => {
                    values = value.to_texts();
                    if values.is_empty() || values.len() != value.items().len() {
                        reading.mistake(&["expected a list of texts"]);
                    }
                }
                _ => return false,
            }
            true
        });
        if !matches!(item, Value::Map(_)) {
            return;
        }
        name = item.text("attribute");
    }
    let Some(name) = name.filter(|name| (1..=MAX_NAME).contains(&name.len())) else {
        return reading.mistake(&["expected the name of an attribute, 1 to 256 bytes"]);
    };
    let attribute = Attribute::parse(name);
    if attribute.is_misspelt() {
        return reading.mistake(&["there is no attribute ", name]);
    }
    if name == "device.type" && item.as_str().is_some() {
        // Of three kinds two indicators say all: a desktop is neither.
        values = alloc::vec!["phone".into(), "tablet".into()];
    }
    if values.is_empty() {
        terms.push(Term { attribute, is: Value::Null, scale });
        return;
    }
    for text in values.iter().take(MAX_CONTEXT) {
        let is = Value::from(text.as_str());
        terms.push(Term { attribute: attribute.clone(), is, scale });
    }
}
