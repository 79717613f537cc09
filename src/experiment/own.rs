//! Unspoken's own experiments: `test` objects of rules, experiments with several factors, and the
//! holdout that is kept out of all of them.

use super::{Experiment, Filter, hash, read};
use crate::attribute::Read;
use crate::reading::Reading;
use crate::text::concat;
use crate::value::Value;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// The most variants of one experiment.
pub const MAX_VARIANTS: usize = 16;
/// The most experiments with factors.
pub const MAX_EXPERIMENTS: usize = 64;
/// The most factors of one.
pub const MAX_FACTORS: usize = 8;

/// Fields of a `test` and of an experiment with factors alike.
const SHARED: [&str; 11] = [
    "coverage",
    "seed",
    "hashAttribute",
    "fallbackAttribute",
    "hashVersion",
    "namespace",
    "filters",
    "bucketVersion",
    "minBucketVersion",
    "disableStickyBucketing",
    "name",
];
const TEST: &str = "variants, weights, coverage, ranges, key, seed, hashAttribute, fallbackAttribute, hashVersion, namespace, filters, meta, bucketVersion, minBucketVersion, disableStickyBucketing, name, phase, experiment, factor";
const FACTORIAL: &str = "factors, weights, coverage, seed, hashAttribute, fallbackAttribute, hashVersion, namespace, filters, bucketVersion, minBucketVersion, disableStickyBucketing, name";

/// A share of visitors that no experiment and no bandit touches.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Holdout {
    share: f64,
    seed: String,
}

impl Holdout {
    /// Reads `{ share, seed }`.
    #[inline(never)]
    pub fn read(value: &Value, reading: &mut Reading) -> Holdout {
        let mut holdout = Holdout { share: 0.0, seed: "holdout".into() };
        reading.fields(value, "an object", "share, seed", &mut |key, value, reading| {
            match (key, value) {
                ("share", Value::Number(share)) if (0.0..=1.0).contains(share) => {
                    holdout.share = *share;
                }
                ("share", _) => reading.mistake(&["expected a number from 0 to 1"]),
                ("seed", Value::Text(seed)) if !seed.is_empty() => holdout.seed = seed.clone(),
                ("seed", _) => reading.mistake(&["expected a text"]),
                _ => return false,
            }
            true
        });
        holdout
    }

    /// Whether it holds out anybody.
    pub fn is_any(&self) -> bool {
        self.share > 0.0
    }

    /// Whether this visitor is held out. The seed stands apart from those of experiments, so that
    /// one of the same name does not lean on it.
    pub fn holds_out(&self, id: &str) -> bool {
        let place = hash(&["holdout||", &self.seed, "||"], &Read::Text(id), 2);
        !id.is_empty() && place.is_some_and(|place| place < self.share)
    }
}

/// Experiments with factors, compiled: one experiment a factor.
#[derive(Clone, Debug, Default)]
pub struct Experiments(Vec<(String, Factors)>);

/// Factors by name, shared by all rules that take part.
type Factors = Vec<(String, Rc<Experiment>)>;

impl Experiments {
    /// Reads `experiments` of a config. A list is GrowthBook's and none of ours.
    #[inline(never)]
    pub fn read(value: &Value, reading: &mut Reading) -> Experiments {
        let mut experiments = Experiments::default();
        if value.entries().len() > MAX_EXPERIMENTS {
            reading.mistake(&["more than 64 experiments"]);
            return experiments;
        }
        reading.fields(value, "an object", "", &mut |name, value, reading| {
            let before = reading.count();
            let factors = factorial(name, value, reading);
            if reading.count() == before {
                experiments.0.push((name.into(), factors));
            }
            true
        });
        experiments
    }

    /// One factor of an experiment.
    pub fn factor(&self, experiment: &str, factor: &str) -> Option<&Rc<Experiment>> {
        let (_, factors) = self.0.iter().find(|(name, _)| name == experiment)?;
        factors.iter().find(|(name, _)| name == factor).map(|(_, experiment)| experiment)
    }
}

/// A factor each: drawn under a seed of its own, let in under the one that all share.
fn factorial(name: &str, value: &Value, reading: &mut Reading) -> Factors {
    let (mut shared, mut factors) = (Value::map(), &[][..]);
    let (mut coverage, mut seed, mut weights) = (1.0, name, &Value::Null);
    for (key, value) in reading.object(value, "an object") {
        let above = reading.enter(key);
        match (key.as_str(), value) {
            ("factors", _) => factors = reading.object(value, "an object of factors"),
            ("weights", Value::Map(_)) => weights = value,
            ("coverage", Value::Number(share)) => coverage = *share,
            ("seed", Value::Text(text)) if !text.is_empty() => seed = text,
            ("coverage" | "seed", _) => reading.mistake(&["expected a share or a text"]),
            ("weights", _) => reading.expected("an object of weights by factor", value),
            (key, _) if SHARED.contains(&key) => shared.put(key, value.clone()),
            _ => reading.mistake(&["unknown key; known are ", FACTORIAL]),
        }
        reading.leave(above);
    }
    let mut compiled = Vec::new();
    if factors.is_empty() || factors.len() > MAX_FACTORS {
        reading.mistake(&["an experiment needs 1 to 8 factors"]);
        return compiled;
    }
    for (factor, variants) in factors {
        let mut test = shared.clone().with("variants", variants.clone());
        test.put("seed", concat(&[seed, ".", factor]));
        if let Some(weights) = weights.get(factor) {
            test.put("weights", weights.clone());
        }
        let above = reading.enter(factor);
        let key = concat(&[name, ".", factor]);
        if let Some(mut experiment) = Experiment::compile_test(&test, &key, reading) {
            if coverage < 1.0 {
                experiment.filters.push(Filter::between(seed.into(), 2, [0.0, coverage]));
            }
            compiled.push((factor.clone(), Rc::new(experiment)));
        }
        reading.leave(above);
    }
    compiled
}

impl Experiment {
    /// Compiles the `test` of a rule; `None` where it has a mistake. `key` is what it is called
    /// where it does not say so itself: `slot.rule`.
    #[inline(never)]
    pub fn read_test(
        value: &Value,
        key: &str,
        experiments: &Experiments,
        reading: &mut Reading,
    ) -> Option<Rc<Experiment>> {
        match value.get("experiment") {
            Some(name) => join(value, name, experiments, reading),
            None => Experiment::compile_test(value, key, reading).map(Rc::new),
        }
    }

    fn compile_test(value: &Value, key: &str, reading: &mut Reading) -> Option<Experiment> {
        let before = reading.count();
        let mut told = Value::map().with("key", key).with("hashVersion", 2.0);
        reading.fields(value, "an object", TEST, &mut |key, value, reading| {
            let (known, set) = check(key, value, reading);
            if set && let Value::Map(entries) = &mut told {
                let key = if key == "variants" { "variations" } else { key };
                entries.retain(|(other, _)| other != key);
                entries.push((key.into(), value.clone()));
            }
            known
        });
        let variants = told.at("variations").items();
        if value.get("variants").is_none() {
            reading.mistake(&["a test needs \"variants\""]);
        }
        if reading.count() > before {
            return None;
        }
        for key in ["weights", "ranges", "meta"] {
            let got = told.at(key).items().len();
            if told.get(key).is_some() && got != variants.len() {
                reading.mistake(&["\"", key, "\" needs one entry a variant"]);
            }
        }
        // A sticky bucket finds its variant by this key: by name, so that it outlives an insertion.
        if told.get("meta").is_none() {
            let keys = variants.iter().map(|name| Value::map().with("key", name.clone()));
            let keys = Value::List(keys.collect());
            told.put("meta", keys);
        }
        let mut experiment = Experiment::read(&told, None, reading)?;
        let (namespace, filters) = (told.at("namespace"), told.at("filters"));
        if *namespace != Value::Null && *filters != Value::Null {
            experiment.filters.extend(read::field(&told, "namespace", reading, Filter::namespace));
        }
        (reading.count() == before).then_some(experiment)
    }
}

/// A rule that takes part in an experiment with factors.
fn join(
    value: &Value,
    name: &Value,
    experiments: &Experiments,
    reading: &mut Reading,
) -> Option<Rc<Experiment>> {
    if value.entries().len() > 2 || value.get("factor").is_none() {
        reading.mistake(&["expected { experiment, factor } and nothing else"]);
    }
    let (name, factor) = (name.as_str().unwrap_or(""), value.text("factor").unwrap_or(""));
    let found = experiments.factor(name, factor).cloned();
    if found.is_none() {
        reading.mistake(&["no experiment ", name, " with a factor ", factor]);
    }
    found
}

/// Whether a field of a test is known, and whether it is right.
fn check(key: &str, value: &Value, reading: &mut Reading) -> (bool, bool) {
    let wanted = match (key, value) {
        ("variants", _) => return (true, variants(value, reading)),
        ("weights", _) => {
            let numbers = read::numbers(value, reading).unwrap_or_default();
            let sum = numbers.iter().fold(0.0, |sum, weight| sum + weight);
            let fits = (0.99..=1.01).contains(&sum) && numbers.iter().all(|it| *it >= 0.0);
            if fits { "" } else { "expected shares that sum to 1" }
        }
        ("coverage", Value::Number(share)) if (0.0..=1.0).contains(share) => "",
        ("coverage", _) => "expected a number from 0 to 1",
        ("hashVersion", Value::Number(1.0 | 2.0)) => "",
        ("hashVersion", _) => "expected 1 or 2",
        ("key" | "seed" | "hashAttribute" | "fallbackAttribute", Value::Text(text))
            if !text.is_empty() =>
        {
            ""
        }
        ("key" | "seed" | "hashAttribute" | "fallbackAttribute", _) => "expected a text",
        ("bucketVersion" | "minBucketVersion", Value::Number(version))
            if *version == (*version as u32) as f64 =>
        {
            ""
        }
        ("bucketVersion" | "minBucketVersion", _) => "expected a whole number from 0",
        ("disableStickyBucketing", Value::Bool(_)) => "",
        ("disableStickyBucketing", _) => "expected true or false",
        ("ranges" | "meta" | "namespace" | "filters", Value::List(_)) => "",
        ("ranges" | "meta" | "namespace" | "filters", _) => "expected a list",
        ("name" | "phase", _) => "",
        _ => return (false, false),
    };
    if !wanted.is_empty() {
        reading.mistake(&[wanted]);
    }
    (true, wanted.is_empty())
}

fn variants(value: &Value, reading: &mut Reading) -> bool {
    let items = value.items();
    let is_name = |item: &Value| item.as_str().is_some_and(|name| !name.is_empty());
    let repeats = items.iter().enumerate().any(|(at, item)| items[..at].contains(item));
    let fits = (2..=MAX_VARIANTS).contains(&items.len()) && items.iter().all(is_name) && !repeats;
    if !fits {
        reading.mistake(&["expected 2 to 16 different names of variants"]);
    }
    fits
}
