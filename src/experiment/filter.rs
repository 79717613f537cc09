//! Who is let in: filters, namespaces and gradual rollouts, each a hash under a seed of its own.

use super::hash;
use super::range::{Range, in_range};
use super::read::{self, field};
use crate::attribute::{Attribute, Attributes, Read};
use crate::condition::compare::truth;
use crate::reading::Reading;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Whether JavaScript takes a value for true.
pub fn is_truthy(value: &Value) -> bool {
    is_true(&Read::Value(value))
}

/// Whether what was read is taken for true: an attribute that is not decides nothing.
pub fn is_true(read: &Read) -> bool {
    truth(read.plain())
}

/// Lets those in whose hash lies in one of its stretches.
#[derive(Clone, PartialEq, Debug)]
pub struct Filter {
    /// What is hashed; `None` is what decides the experiment.
    pub(super) attribute: Option<Attribute>,
    seed: String,
    version: u8,
    ranges: Vec<Range>,
}

impl Filter {
    /// Lets in those between two places of a seed, by what decides the experiment.
    pub(super) fn between(seed: String, version: u8, range: Range) -> Filter {
        Filter { attribute: None, seed, version, ranges: alloc::vec![range] }
    }

    /// Reads GrowthBook's `filters`; `None` where one is broken.
    pub fn read(value: &Value, reading: &mut Reading) -> Option<Vec<Filter>> {
        let mut filters = Some(Vec::new());
        if !matches!(value, Value::List(_)) {
            filters = None;
        }
        for (at, item) in reading.list(value, "a list of filters").iter().enumerate() {
            let above = reading.enter_item(at);
            let filter = (|| {
                let attribute = field(item, "attribute", reading, read::name)?.unwrap_or("id");
                let ranges = field(item, "ranges", reading, read::ranges)?;
                let version = read::hash_version(item.at("hashVersion"), 2);
                let seed = field(item, "seed", reading, read::word)?;
                Some(Filter { attribute: Some(Attribute::parse(attribute)), seed, version, ranges })
            })();
            filters = filters.zip(filter).map(|(mut filters, filter)| {
                filters.push(filter);
                filters
            });
            reading.leave(above);
        }
        filters
    }

    /// Reads GrowthBook's `namespace`: a name, from, to. `None` where it is broken.
    pub fn namespace(value: &Value, reading: &mut Reading) -> Option<Filter> {
        let mut seed = String::from("__");
        let found = match value.items() {
            [Value::Text(name), Value::Number(from), Value::Number(to), ..] => {
                seed.push_str(name);
                Some(Filter::between(seed, 1, [*from, *to]))
            }
            _ => None,
        };
        if found.is_none() {
            reading.mistake(&["expected a namespace: [name, from, to]"]);
        }
        found
    }

    /// Whether it lets this visitor in; `identity` is the value that decides the experiment.
    pub fn admits(&self, attributes: &dyn Attributes, identity: &Read) -> bool {
        let value = match &self.attribute {
            Some(attribute) => attributes.read(attribute),
            None => *identity,
        };
        is_true(&value)
            && hash(&[&self.seed], &value, self.version)
                .is_some_and(|place| self.ranges.iter().any(|range| in_range(place, range)))
    }
}

/// The share of visitors that a forced value is rolled out to.
#[derive(Clone, PartialEq, Debug)]
pub struct Rollout {
    seed: String,
    attribute: Attribute,
    fallback: Option<Attribute>,
    version: u8,
    range: Option<Range>,
    coverage: f64,
}

impl Rollout {
    /// Reads it from a rule; the outer `None` is a broken rule, the inner one lets everyone in.
    pub fn read(rule: &Value, feature: &str, reading: &mut Reading) -> Option<Option<Rollout>> {
        let range = match rule.at("range") {
            value if is_truthy(value) => Some(field(rule, "range", reading, read::range)?),
            _ => None,
        };
        let attribute = field(rule, "hashAttribute", reading, read::name)?;
        let attribute = Attribute::parse(attribute.unwrap_or("id"));
        let fallback = field(rule, "fallbackAttribute", reading, read::name)?.map(Attribute::parse);
        let sticky = !is_truthy(rule.at("disableStickyBucketing"));
        let word = |seed: &Value, reading: &mut Reading| read::word_or(seed, feature, reading);
        let seed = field(rule, "seed", reading, word)?;
        let version = read::hash_version(rule.at("hashVersion"), 1);
        let coverage = match rule.get("coverage") {
            None if range.is_none() => return Some(None),
            // Nobody's place is below 0, which is what a coverage of 0 has to mean.
            Some(Value::Number(0.0)) => -1.0,
            Some(Value::Null) | None => 0.0,
            Some(_) => field(rule, "coverage", reading, read::number)?,
        };
        let fallback = fallback.filter(|_| sticky);
        Some(Some(Rollout { seed, attribute, fallback, version, range, coverage }))
    }

    /// Whether it reaches this visitor; `sticky` says that buckets are kept.
    pub fn reaches(&self, attributes: &dyn Attributes, sticky: bool) -> bool {
        let mut value = attributes.read(&self.attribute);
        if let Some(fallback) = self.fallback.as_ref().filter(|_| sticky && !is_true(&value)) {
            value = attributes.read(fallback);
        }
        let place = Some(value).filter(is_true);
        let place = place.and_then(|value| hash(&[&self.seed], &value, self.version));
        place.is_some_and(|place| match &self.range {
            Some(range) => in_range(place, range),
            None => place <= self.coverage,
        })
    }
}
