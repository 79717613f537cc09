//! What was probably meant, for the mistakes that the core finds.
//!
//! The core's messages end in a mend where the page can afford one. Here the rest of the document is
//! at hand: names that it declares, and the word that stands where another was expected.

use std::collections::HashMap;

use unspoken::error::Error;
use unspoken::reading::nearest_of;
use unspoken::value::Value;

use super::names::Names;
use super::{Finding, finding as new};

/// An error of the core with a suggestion.
pub fn finding(error: &Error, document: &Value, names: &Names) -> Finding {
    let (path, message) = (error.path(), error.message());
    let (what, mend) = match message.split_once("; ") {
        Some((what, mend)) => (what, Some(mend.to_string())),
        None => (message, None),
    };
    let listed = mend.as_deref().and_then(|it| it.strip_prefix("known are "));
    let key = path.rsplit('.').next().unwrap_or(path);
    let guess = if let Some(near) = listed.and_then(|it| nearest_of(key, it.split(", "))) {
        Some(format!("did you mean {near}?"))
    } else if mend.as_deref().is_some_and(|it| it.starts_with("did you mean")) {
        None
    } else {
        guess(path, what, document, names).map(|near| format!("did you mean {near}?"))
    };
    let suggestion = match (guess, mend) {
        (Some(guess), Some(mend)) if !mend.starts_with("known are") => {
            Some(format!("{guess} {mend}"))
        }
        (Some(guess), _) => Some(guess),
        (None, mend) => mend.or_else(|| plain(what)),
    };
    new(path, what.into(), suggestion)
}

/// What to do, in the message's own words.
fn plain(message: &str) -> Option<String> {
    if let Some(wanted) = message.strip_prefix("expected ") {
        let wanted = wanted.split(", got ").next().unwrap_or(wanted);
        return Some(format!("write {wanted}"));
    }
    if let Some((_, missing)) = message.split_once(" needs ") {
        return Some(format!("add {missing}"));
    }
    if let Some(missing) = message.strip_prefix("it has no ") {
        return Some(format!("add \"{missing}\""));
    }
    let known = [
        ("another rule of this slot has this id", "give it an id of its own"),
        ("longer than 520w", "write \"520w\" or less"),
        ("is not after \"from\"", "write a later moment, or exchange the two"),
    ];
    known.iter().find(|(it, _)| message == *it).map(|(_, mend)| (*mend).into())
}

fn guess(path: &str, message: &str, document: &Value, names: &Names) -> Option<String> {
    let all = walk(document);
    let (key, value) = all.get(path)?;
    let word = value.as_str().unwrap_or(key);
    let near =
        |known: Vec<String>| nearest_of(word, known.iter().map(String::as_str)).map(String::from);
    let own = |known: &[&str]| near(known.iter().map(|it| (*it).into()).collect());
    if message == "no such state" {
        let states = names.journeys.iter().filter(|(journey, _)| {
            path.strip_prefix("journeys.").is_some_and(|rest| rest.starts_with(journey))
        });
        return own(&states.flat_map(|(_, states)| states.clone()).collect::<Vec<_>>());
    }
    if message.starts_with("expected a slot, ") {
        return near(messages(names));
    }
    if message.starts_with("there is no attribute ") {
        return near(names.attributes());
    }
    if message.contains("group") {
        return own(&names.groups);
    }
    // A list of words: "expected one of a, b", "expected a, b or c".
    let words = message.strip_prefix("expected ")?;
    let words = words.strip_prefix("one of ").unwrap_or(words).replace(" or ", ", ");
    near(words.split(", ").filter(|word| !word.contains(' ')).map(String::from).collect())
}

/// What `exclusive` can name.
fn messages(names: &Names) -> Vec<String> {
    let mut all: Vec<String> = names.slot_ids().map(String::from).collect();
    for slot in &names.slots {
        all.extend(slot.variants.iter().skip(1).map(|variant| format!("{}/{variant}", slot.id)));
        all.extend(slot.rules.iter().map(|rule| String::from(*rule)));
    }
    all
}

/// Everything in a document by its path, with the key that it stands under.
fn walk(document: &Value) -> HashMap<String, (&str, &Value)> {
    fn down<'a>(path: &str, value: &'a Value, all: &mut HashMap<String, (&'a str, &'a Value)>) {
        for (key, value) in value.entries() {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            down(&path, value, all);
            all.insert(path, (key, value));
        }
        for (at, value) in value.items().iter().enumerate() {
            let path = format!("{path}[{at}]");
            down(&path, value, all);
            all.insert(path, ("", value));
        }
    }
    let mut all = HashMap::new();
    down("", document, &mut all);
    all
}
