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

/// Bytes of names and texts in a list for each entry that it may have, so many that a full list of
/// ordinary names is not cut. One name may be [`MAX_TEXT`] long, all of them may not.
pub const EACH: usize = 32;

/// Something remembered under a name.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// The fact, the goal or the tag.
    pub name: String,
    /// A fact's value, how often a goal was reached, the weight of an interest at `at`, or a state.
    pub value: Value,
    /// When it was last said, reached or met, in whole ms since 1970.
    pub at: f64,
}

impl Entry {
    /// Bytes of its name and its text.
    fn bytes(&self) -> usize {
        self.name.len() + self.value.as_str().map_or(0, str::len)
    }

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

    /// Puts an entry at the end, in place of the one of that name. Where there are more than `most`
    /// entries then, or more than [`EACH`] bytes for each of these, the oldest give way.
    pub fn put(&mut self, mut entry: Entry, most: usize) {
        if let Some(at) = self.0.iter().position(|known| known.name == entry.name) {
            self.0.remove(at);
        }
        entry.at = entry.at.floor();
        self.0.push(entry);
        let (mut from, mut bytes) = (self.0.len(), 0);
        while from > 0 && self.0.len() - from < most {
            bytes += self.0[from - 1].bytes();
            if bytes > most * EACH {
                break;
            }
            from -= 1;
        }
        self.0.drain(..from);
    }

    /// Keeps those whose name fits.
    pub fn keep(&mut self, fits: &dyn Fn(&str) -> bool) {
        self.0.retain(|entry| fits(&entry.name));
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn entry(name: &str, value: Value, at: f64) -> Entry {
        Entry { name: name.into(), value, at }
    }

    #[test]
    fn the_oldest_gives_way_to_one_too_many_or_too_long() {
        let mut entries = Entries::default();
        for at in 0..20u32 {
            entries.put(entry(&alloc::format!("{at}"), Value::Number(1.0), f64::from(at)), 8);
        }
        assert_eq!(entries.0.len(), 8);
        assert!(entries.get("11").is_none() && entries.get("12").is_some());
        entries.put(entry("long", Value::from("x".repeat(8 * EACH - 10)), 21.5), 8);
        assert_eq!(entries.0.len(), 4, "six bytes are left for names of two");
        assert_eq!(entries.get("long").unwrap().at, 21.0);
        entries.put(entry("longest", Value::from("x".repeat(8 * EACH)), 22.0), 8);
        assert!(entries.0.is_empty(), "what does not fit at all is not kept");
    }

    #[test]
    fn merging_takes_the_later_and_of_counts_the_higher_whoever_begins() {
        for (one, other, wanted) in
            [((3.0, 10.0), (2.0, 20.0), (3.0, 20.0)), ((1.0, 5.0), (4.0, 5.0), (4.0, 5.0))]
        {
            let list = |(count, at): (f64, f64)| {
                let mut list = Entries::default();
                list.put(entry("a", Value::Number(count), at), 8);
                list
            };
            let (mut ab, mut ba) = (list(one), list(other));
            ab.merge(list(other), true, 8);
            ba.merge(list(one), true, 8);
            assert_eq!(ab, ba);
            assert_eq!(ab, list(wanted));
            assert!(!ab.merge(list(other), true, 8));
        }
    }
}
