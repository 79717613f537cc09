//! Compiling GrowthBook's experiments, inline or out of a rule.
//!
//! What JavaScript takes for false counts as absent, as in GrowthBook's SDK. A part of another
//! kind than it has to be breaks the experiment: it is noted, and nothing is guessed for it.

use super::range::{Range, bucket_ranges};
use super::{Bandit, Experiment, Filter, Leaf, Parent, Target, is_truthy};
use crate::attribute::{Attribute, Read};
use crate::condition::Condition;
use crate::condition::compare::{Buffer, text};
use crate::reading::Reading;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Reads the entry `key` of an object, with its path; null where there is none.
pub(super) fn field<'a, T>(
    value: &'a Value,
    key: &str,
    reading: &mut Reading,
    read: impl FnOnce(&'a Value, &mut Reading) -> T,
) -> T {
    let above = reading.enter(key);
    let found = read(value.at(key), reading);
    reading.leave(above);
    found
}

/// A name, where there is one; the outer `None` is something else.
pub(super) fn name<'a>(value: &'a Value, reading: &mut Reading) -> Option<Option<&'a str>> {
    match value {
        Value::Text(text) => Some(Some(text.as_str()).filter(|text| !text.is_empty())),
        other if !is_truthy(other) => Some(None),
        other => {
            reading.expected("a name", other);
            None
        }
    }
}

/// A text; a number is taken as the text that it prints.
pub(super) fn word(value: &Value, reading: &mut Reading) -> Option<String> {
    if !matches!(value, Value::Text(_) | Value::Number(_)) {
        reading.expected("a string", value);
        return None;
    }
    Some(text(Read::Value(value).plain(), &mut Buffer::default()).into())
}

/// The same, or `default` where there is none.
pub(super) fn word_or(value: &Value, default: &str, reading: &mut Reading) -> Option<String> {
    if is_truthy(value) { word(value, reading) } else { Some(default.into()) }
}

pub(super) fn number(value: &Value, reading: &mut Reading) -> Option<f64> {
    if value.as_f64().is_none() {
        reading.expected("a number", value);
    }
    value.as_f64()
}

/// 1 or 2; 0 for what nobody knows.
pub(super) fn hash_version(value: &Value, default: u8) -> u8 {
    match value {
        value if !is_truthy(value) => default,
        Value::Number(1.0) => 1,
        Value::Number(2.0) => 2,
        _ => 0,
    }
}

pub(super) fn numbers(value: &Value, reading: &mut Reading) -> Option<Vec<f64>> {
    let items = value.items();
    let numbers: Vec<f64> = items.iter().filter_map(Value::as_f64).collect();
    if !matches!(value, Value::List(_)) || numbers.len() < items.len() {
        reading.mistake(&["expected a list of numbers"]);
        return None;
    }
    Some(numbers)
}

pub(super) fn range(value: &Value, reading: &mut Reading) -> Option<Range> {
    match value.items() {
        [Value::Number(from), Value::Number(to), ..] => Some([*from, *to]),
        _ => {
            reading.mistake(&["expected a stretch: [from, to]"]);
            None
        }
    }
}

pub(super) fn ranges(value: &Value, reading: &mut Reading) -> Option<Vec<Range>> {
    let items = value.items();
    let ranges: Vec<Range> = items.iter().filter_map(|item| range(item, reading)).collect();
    if !matches!(value, Value::List(_)) {
        reading.expected("a list of stretches", value);
        return None;
    }
    Some(ranges).filter(|ranges| ranges.len() == items.len())
}

/// The same, where JavaScript takes it for true.
fn optional<T>(
    read: impl FnOnce(&Value, &mut Reading) -> Option<T>,
) -> impl FnOnce(&Value, &mut Reading) -> Option<Option<T>> {
    |value, reading| if is_truthy(value) { read(value, reading).map(Some) } else { Some(None) }
}

/// A condition, where there is one. A mistake in it is noted and makes that part false; the rest
/// of the experiment stands.
pub(crate) fn condition(value: &Value, reading: &mut Reading) -> Option<Condition> {
    is_truthy(value).then(|| {
        let above = reading.enter("condition");
        let condition = Condition::read(value, reading);
        reading.leave(above);
        condition
    })
}

/// A version of buckets: a whole number from 0.
fn version(value: &Value) -> u32 {
    value.as_f64().map_or(0, |version| version as u32)
}

impl Parent {
    /// Reads `parentConditions`; `None` where one is broken.
    pub fn read(value: &Value, reading: &mut Reading) -> Option<Vec<Parent>> {
        if !is_truthy(value) {
            return Some(Vec::new());
        }
        let above = reading.enter("parentConditions");
        let (mut parents, items) = (Vec::new(), reading.list(value, "a list of conditions"));
        for (at, item) in items.iter().enumerate() {
            let above = reading.enter_item(at);
            let gate = is_truthy(item.at("gate"));
            match item.text("id") {
                Some(id) => parents.push(Parent {
                    id: id.into(),
                    condition: condition(item.at("condition"), reading)
                        .unwrap_or_else(|| Condition::read(&Value::map(), reading)),
                    gate,
                }),
                None => reading.mistake(&["a parent needs \"id\""]),
            }
            reading.leave(above);
        }
        reading.leave(above);
        (matches!(value, Value::List(_)) && parents.len() == items.len()).then_some(parents)
    }
}

impl Experiment {
    /// Compiles an experiment in GrowthBook's form; `None` where a part of it is broken, which is
    /// noted. `bandit` is the contextual bandit that it belongs to.
    pub fn read(
        value: &Value,
        bandit: Option<&Value>,
        reading: &mut Reading,
    ) -> Option<Experiment> {
        let Some(Value::List(variations)) = value.get("variations") else {
            reading.mistake(&["an experiment needs \"variations\", a list"]);
            return None;
        };
        let count = variations.len();
        let key = field(value, "key", reading, |key, reading| word_or(key, "", reading))?;
        let weights = field(value, "weights", reading, optional(numbers))?;
        let coverage = match value.get("coverage") {
            None => 1.0,
            Some(Value::Null) => 0.0,
            Some(_) => field(value, "coverage", reading, number)?,
        };
        let own = field(value, "ranges", reading, optional(ranges))?;
        let stretch = |weights: Option<&[f64]>| match &own {
            Some(ranges) => ranges.clone(),
            None => bucket_ranges(count, coverage, weights),
        };
        let (filters, namespace) = (value.at("filters"), value.at("namespace"));
        let filters = if is_truthy(filters) {
            field(value, "filters", reading, Filter::read)?
        } else if is_truthy(namespace) {
            [field(value, "namespace", reading, Filter::namespace)?].into()
        } else {
            Vec::new()
        };
        let fallback = field(value, "fallbackAttribute", reading, name)?;
        let attribute = field(value, "hashAttribute", reading, name)?;
        let seed = field(value, "seed", reading, |seed, reading| word_or(seed, &key, reading))?;
        let targets = Some(value.at("urlPatterns")).filter(|targets| is_truthy(targets));
        let address = Some(value.at("url")).filter(|url| is_truthy(url));
        let pattern = |url: &Value, reading: &Reading| reading.host.pattern(url.as_str()?, false);
        Some(Experiment {
            seed,
            attribute: Attribute::parse(attribute.unwrap_or("id")),
            second: Attribute::parse(fallback.unwrap_or("id")),
            has_fallback: fallback.is_some(),
            hash_version: hash_version(value.at("hashVersion"), 1),
            count,
            ranges: stretch(weights.as_deref()),
            filters,
            condition: condition(value.at("condition"), reading),
            parents: Parent::read(value.at("parentConditions"), reading)?,
            targets: targets.map(|_| field(value, "urlPatterns", reading, Target::read)),
            address: address.map(|url| pattern(url, reading)),
            force: value.get("force").map(force),
            is_active: value.text("status") != Some("draft")
                && value.get("active") != Some(&Value::Bool(false)),
            is_stopped: value.text("status") == Some("stopped"),
            is_closed: is_truthy(value.at("groups")) || is_truthy(value.at("include")),
            is_sticky: !is_truthy(value.at("disableStickyBucketing")),
            bucket_version: version(value.at("bucketVersion")),
            least_version: version(value.at("minBucketVersion")),
            bandit: match bandit {
                Some(bandit) => Some(Bandit::read(bandit, value, count, &stretch, reading)?),
                None => None,
            },
            told: value.clone(),
            key,
        })
    }
}

/// A forced variation; -1 for one that cannot be.
fn force(value: &Value) -> i64 {
    match value {
        Value::Null => 0,
        Value::Number(at) if *at == (*at as i64) as f64 => *at as i64,
        _ => -1,
    }
}

impl Bandit {
    fn read(
        value: &Value,
        rule: &Value,
        count: usize,
        stretch: &dyn Fn(Option<&[f64]>) -> Vec<Range>,
        reading: &mut Reading,
    ) -> Option<Bandit> {
        let mut leaves = Vec::new();
        for context in value.at("contexts").items() {
            let weights = context.at("weights");
            let own = field(context, "weights", reading, optional(numbers))?;
            leaves.push(Leaf {
                condition: condition(context.at("condition"), reading),
                ranges: stretch(own.as_deref()),
                id: context.at("leafId").clone(),
                weights: weights.clone(),
            });
        }
        let weights = match rule.at("weights") {
            Value::Null => {
                let equal = super::equal_weights(count).into_iter().map(Value::from).collect();
                Value::List(equal)
            }
            weights => weights.clone(),
        };
        let own = numbers(&weights, reading)?;
        let (id, ranges) = (Value::from(-1.0), stretch(Some(&own)));
        leaves.push(Leaf { condition: None, ranges, id, weights });
        Some(Bandit { leaves, version: value.at("banditVersion").clone() })
    }
}
