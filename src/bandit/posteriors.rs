//! The posteriors of a device, by the key of their rule: bounded, kept with the profile.
//!
//! Each is held as the text that storage has, and read when its rule's turn comes: what a page does
//! not decide about costs it nothing, and what a config does not know yet is kept as it is.

use super::{Learn, Lesson, MEMORY, Posterior};
use crate::text::clip;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Rules whose posterior is kept; the one that has not learned for longest makes room. With 2 KB
/// each they take a third of a profile.
pub const MAX_POSTERIORS: usize = 8;
/// Bytes of a key that are kept.
const MAX_KEY: usize = 128;

#[derive(Clone, PartialEq, Debug)]
struct Entry {
    key: String,
    /// Lessons ever, to tell the better of two.
    lessons: f64,
    kept: Value,
}

/// What was learned for each rule.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Posteriors(Vec<Entry>);

impl Posteriors {
    /// What is known for a rule: nothing where it was never learned for, where what is kept is
    /// damaged, or where the rule has another goal or context since.
    pub fn get(&self, key: &str, learn: &Learn) -> Posterior {
        let key = clip(key, MAX_KEY);
        let kept = self.0.iter().find(|entry| entry.key == key);
        kept.and_then(|entry| Posterior::from_value(learn, &entry.kept))
            .unwrap_or_else(|| Posterior::new(learn))
    }

    /// Learns.
    pub fn learn(&mut self, lesson: &Lesson, learn: &Learn) {
        let mut posterior = self.get(&lesson.key, learn);
        posterior.learn(lesson.arm, lesson.context.numbers(), lesson.reward, MEMORY);
        let key = clip(&lesson.key, MAX_KEY);
        self.0.retain(|entry| entry.key != key);
        if self.0.len() >= MAX_POSTERIORS {
            self.0.remove(0);
        }
        let (lessons, kept) = (posterior.lessons(), posterior.to_value());
        self.0.push(Entry { key: key.into(), lessons, kept });
    }

    /// Takes over what another tab learned: of each rule what had more lessons. Both began with the
    /// same, so to add them up would count that twice; what the other tab saw of the last few is
    /// lost instead.
    pub fn merge(&mut self, other: Posteriors) {
        for entry in other.0 {
            let has_room = self.0.len() < MAX_POSTERIORS;
            match self.0.iter_mut().find(|known| known.key == entry.key) {
                Some(known) if entry.lessons > known.lessons => *known = entry,
                None if has_room => self.0.push(entry),
                _ => {}
            }
        }
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        let mut rows = Vec::new();
        for entry in &self.0 {
            let (key, lessons) = (entry.key.as_str().into(), entry.lessons.into());
            rows.push(Value::List(alloc::vec![key, lessons, entry.kept.clone()]));
        }
        Value::List(rows)
    }

    /// The rows of a document that are in form.
    pub fn from_value(value: &Value) -> Posteriors {
        let mut entries = Vec::new();
        for row in value.items() {
            if let [Value::Text(key), Value::Number(lessons), Value::Text(kept)] = row.items()
                && kept.len() < 2_048
                && entries.len() < MAX_POSTERIORS
            {
                let (key, kept) = (clip(key, MAX_KEY).into(), Value::from(kept.as_str()));
                entries.push(Entry { key, lessons: *lessons, kept });
            }
        }
        Posteriors(entries)
    }
}
