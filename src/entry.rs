//! Things remembered under their names, each once, in a bounded list.
//!
//! One form for facts, goals, interests, dismissals and the states of journeys: five would be five
//! times the code.

use crate::number::max;
use crate::text::clip;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes of a name or a text that are kept.
pub const MAX_TEXT: usize = 128;

/// Something remembered under a name.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The fact, the goal or the tag.
    pub name: String,
    /// A fact's value, how often a goal was reached, the weight of an interest at `at`, or a state.
    pub value: Value,
    /// When it was last said, reached or met, ms since 1970.
    pub at: f64,
}

impl Entry {
    /// Its count or weight.
    pub fn number(&self) -> f64 {
        self.value.as_f64().unwrap_or(0.0)
    }
}

/// A bounded list of entries, the oldest first, each name once.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Entries(Vec<Entry>);

impl Entries {
    /// What is remembered under a name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.name == name)
    }

    /// Puts an entry at the end, in place of the one of that name or, where the list is full, of
    /// the oldest.
    pub fn put(&mut self, entry: Entry, most: usize) {
        let same = self.0.iter().position(|known| known.name == entry.name);
        if let Some(at) = same.or((self.0.len() >= most).then_some(0)) {
            self.0.remove(at);
        }
        self.0.push(entry);
    }

    /// Takes over the later entries of `other`; of counts the higher. Says whether any was news.
    pub fn merge(&mut self, other: Entries, are_counts: bool, most: usize) -> bool {
        let mut news = false;
        for mut entry in other.0 {
            if let Some(known) = self.get(&entry.name) {
                let is_more = are_counts && entry.number() > known.number();
                if known.at >= entry.at && !is_more {
                    continue;
                }
                if are_counts {
                    entry.value = Value::Number(max(entry.number(), known.number()));
                    entry.at = max(entry.at, known.at);
                }
            }
            news = true;
            self.put(entry, most);
        }
        news
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        let mut rows = Vec::new();
        for entry in &self.0 {
            let name = Value::from(entry.name.as_str());
            rows.push(Value::List(alloc::vec![name, entry.value.clone(), entry.at.into()]));
        }
        Value::List(rows)
    }

    /// The rows of a document that are in form and whose value `fits`.
    pub fn from_value(value: &Value, fits: fn(&Value) -> bool, most: usize) -> Entries {
        let mut entries = Entries::default();
        for row in value.items() {
            if let [Value::Text(name), value, Value::Number(at)] = row.items()
                && at.is_finite()
                && fits(value)
            {
                let name = clip(name, MAX_TEXT).into();
                entries.put(Entry { name, value: value.clone(), at: *at }, most);
            }
        }
        entries
    }
}

/// Whether a value is one that a fact may have.
pub fn is_plain(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Map(_))
}

/// Whether a value may be a count or a weight.
pub fn is_positive(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number >= 0.0)
}
