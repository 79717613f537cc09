//! Sticky buckets: who once got a variant keeps it, although weights or conditions change.
//!
//! A document a visitor's attribute and value, in it `experiment__version` and the key of the
//! variant, as GrowthBook's SDK keeps them. Bounded: the oldest goes.

use super::spelling::{digits as decimal, label};
use crate::attribute::Read;
use crate::text::clip;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Documents kept: a visitor has a pseudonym and a few more identifiers.
pub const MAX_DOCS: usize = 8;
/// Assignments kept in one: more experiments than a site runs at a time.
pub const MAX_ASSIGNMENTS: usize = 64;
/// Bytes kept of each text.
pub const MAX_TEXT: usize = 256;
/// Bytes of all of them together, as JSON has them.
pub const MAX_BYTES: usize = 12 * 1024;
/// What JSON adds to a document, and to an assignment.
const AROUND: [usize; 2] = [60, 6];

#[derive(Clone, PartialEq, Debug, Default)]
struct Doc {
    attribute: String,
    value: String,
    /// `experiment__version`, and the variant's key; the oldest first.
    assignments: Vec<(String, String)>,
}

impl Doc {
    fn put(&mut self, name: &str, key: &str) -> bool {
        let (name, key) = (clip(name, MAX_TEXT), clip(key, MAX_TEXT));
        match self.assignments.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) if known == key => return false,
            Some((_, known)) => *known = key.into(),
            None => {
                if self.assignments.len() >= MAX_ASSIGNMENTS {
                    self.assignments.remove(0);
                }
                self.assignments.push((name.into(), key.into()));
            }
        }
        true
    }
}

/// What was assigned to this visitor before.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sticky(Vec<Doc>);

/// The value of an attribute, by its name.
pub(super) type Named<'a> = (&'a str, Read<'a>);

impl Sticky {
    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn position(&self, (attribute, value): &Named) -> Option<usize> {
        self.0.iter().position(|doc| doc.attribute == *attribute && is_label(value, &doc.value))
    }

    /// Assignments under the first name and value; under the second those that it lacks.
    fn assignments<'s>(
        &'s self,
        by: &[Option<Named>; 2],
    ) -> impl Iterator<Item = &'s (String, String)> {
        let docs = by.each_ref().map(|by| by.as_ref().and_then(|by| self.position(by)));
        docs.into_iter().flatten().flat_map(|at| &self.0[at].assignments)
    }

    /// The key of the variant that was assigned in this version of an experiment.
    pub(super) fn find(
        &self,
        by: &[Option<Named>; 2],
        experiment: &str,
        version: u32,
    ) -> Option<&str> {
        let found = |(name, _): &&(String, String)| version_of(name, experiment) == Some(version);
        self.assignments(by).find(found).map(|(_, key)| key.as_str())
    }

    /// Whether a version below `least` was ever assigned.
    pub(super) fn is_blocked(&self, by: &[Option<Named>; 2], experiment: &str, least: u32) -> bool {
        let old = |name: &str| version_of(name, experiment).is_some_and(|version| version < least);
        self.assignments(by).any(|(name, _)| old(name))
    }

    /// Keeps an assignment, and says whether that changed anything.
    pub(super) fn keep(&mut self, by: &Named, experiment: &str, version: u32, key: &str) -> bool {
        if self.find(&[Some(*by), None], experiment, version) == Some(key) {
            return false;
        }
        let mut name = String::from(experiment);
        name.push_str("__");
        name.push_str(decimal(version.into(), &mut [0; 20]));
        let mut value = String::new();
        label(&by.1, &mut |piece| value.push_str(piece));
        self.put(by.0, &value, &name, key)
    }

    fn put(&mut self, attribute: &str, value: &str, name: &str, key: &str) -> bool {
        let is_new = self.doc(attribute, value).put(name, key);
        self.trim();
        is_new
    }

    /// The oldest goes until the rest has room.
    fn trim(&mut self) {
        let mut bytes = 0;
        for doc in &self.0 {
            bytes += doc.attribute.len() + doc.value.len() + AROUND[0];
            for (name, key) in &doc.assignments {
                bytes += name.len() + key.len() + AROUND[1];
            }
        }
        while bytes > MAX_BYTES
            && let Some(doc) = self.0.first_mut()
        {
            if doc.assignments.is_empty() {
                bytes -= doc.attribute.len() + doc.value.len() + AROUND[0];
                self.0.remove(0);
            } else {
                let (name, key) = doc.assignments.remove(0);
                bytes -= name.len() + key.len() + AROUND[1];
            }
        }
    }

    /// The document of an attribute and its value, which begins here where there is none.
    fn doc(&mut self, attribute: &str, value: &str) -> &mut Doc {
        let (attribute, value) = (clip(attribute, MAX_TEXT), clip(value, MAX_TEXT));
        let at = self.position(&(attribute, Read::Text(value))).unwrap_or_else(|| {
            if self.0.len() >= MAX_DOCS {
                self.0.remove(0);
            }
            let (attribute, value) = (attribute.into(), value.into());
            self.0.push(Doc { attribute, value, assignments: Vec::new() });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// The documents as a list, in GrowthBook's form.
    pub fn to_value(&self) -> Value {
        let mut docs = Vec::new();
        for doc in &self.0 {
            let mut assignments = Value::map();
            doc.assignments.iter().for_each(|(name, key)| assignments.put(name, key.as_str()));
            docs.push(
                Value::map()
                    .with("attributeName", doc.attribute.as_str())
                    .with("attributeValue", doc.value.as_str())
                    .with("assignments", assignments),
            );
        }
        Value::List(docs)
    }

    /// Reads documents: a list of them, or GrowthBook's object of them. What is no document is
    /// passed over.
    pub fn from_value(value: &Value) -> Sticky {
        let mut sticky = Sticky::default();
        sticky.add(value);
        sticky
    }

    /// Adds documents; what they say comes before what was known.
    pub fn add(&mut self, value: &Value) {
        for doc in value.items().iter().chain(value.entries().iter().map(|(_, doc)| doc)) {
            let (attribute, mut text) = (doc.text("attributeName").unwrap_or(""), String::new());
            label(&Read::Value(doc.at("attributeValue")), &mut |piece| text.push_str(piece));
            if attribute.is_empty() || !matches!(doc.at("assignments"), Value::Map(_)) {
                continue;
            }
            let known = self.doc(attribute, &text);
            for (name, key) in doc.at("assignments").entries() {
                if let Some(key) = key.as_str() {
                    known.put(name, key);
                }
            }
            self.trim();
        }
    }

    /// Takes in what another tab kept. Where both have an assignment the lesser key stands, so that
    /// it does not matter who reads whom.
    pub fn merge(&mut self, other: &Sticky) {
        for doc in &other.0 {
            for (name, key) in &doc.assignments {
                let own = self.position(&(&doc.attribute, Read::Text(&doc.value)));
                let own = own
                    .and_then(|at| self.0[at].assignments.iter().find(|(known, _)| known == name));
                if own.is_none_or(|(_, own)| own > key) {
                    self.put(&doc.attribute, &doc.value, name, key);
                }
            }
        }
    }
}

/// The version in `experiment__version`, if it is one of this experiment.
fn version_of(name: &str, experiment: &str) -> Option<u32> {
    let digits = name.strip_prefix(experiment)?.strip_prefix("__")?;
    let mut version = 0u32;
    for byte in digits.bytes() {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        version = version.checked_mul(10)?.checked_add(digit.into())?;
    }
    (digits == decimal(version.into(), &mut [0; 20])).then_some(version)
}

/// Whether a value is written like this, without writing it.
fn is_label(value: &Read, text: &str) -> bool {
    let mut rest = Some(text);
    label(value, &mut |piece| rest = rest.and_then(|rest| rest.strip_prefix(piece)));
    rest == Some("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_kept_found_and_bounded() {
        let mut sticky = Sticky::default();
        let by = ("id", Read::Number(7.0));
        assert!(sticky.keep(&by, "look", 0, "a") && !sticky.keep(&by, "look", 0, "a"));
        assert!(sticky.keep(&by, "look", 2, "b"));
        let both = [Some(by), None];
        assert_eq!(sticky.find(&both, "look", 2), Some("b"));
        assert_eq!(sticky.find(&both, "look", 1), None);
        assert!(sticky.is_blocked(&both, "look", 1) && !sticky.is_blocked(&both, "other", 9));
        assert_eq!(sticky.find(&[Some(("id", Read::Text("7"))), None], "look", 0), Some("a"));
        assert_eq!(Sticky::from_value(&sticky.to_value()), sticky);
        for at in 0..100 {
            sticky.keep(&by, "many", at, "x");
            sticky.keep(&("id", Read::Number(at.into())), "look", 0, "x");
        }
        assert_eq!(sticky.0.len(), MAX_DOCS);
        assert!(sticky.0.iter().all(|doc| doc.assignments.len() <= MAX_ASSIGNMENTS));
        assert_eq!(sticky.find(&[Some(("id", Read::Number(99.0))), None], "look", 0), Some("x"));
    }

    #[test]
    fn tabs_agree_whoever_reads_whom() {
        let (mut one, mut two) = (Sticky::default(), Sticky::default());
        let by = ("id", Read::Text("v"));
        one.keep(&by, "a", 0, "x");
        two.keep(&by, "a", 0, "y");
        two.keep(&by, "b", 0, "z");
        let (first, second) = (one.clone(), two.clone());
        one.merge(&second);
        two.merge(&first);
        for sticky in [&one, &two] {
            assert_eq!(sticky.find(&[Some(by), None], "a", 0), Some("x"));
            assert_eq!(sticky.find(&[Some(by), None], "b", 0), Some("z"));
        }
    }
}
