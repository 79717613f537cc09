//! Where a visitor stands in an experiment, why, and how GrowthBook's SDK would tell it.

use super::{Experiment, is_truthy};
use crate::attribute::Read;
use crate::value::Value;

/// What settled an assignment: the first question that had an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The place of the visitor's hash.
    Drawn,
    /// What was assigned before.
    Sticky,
    /// The address's query.
    Query,
    /// A variation that was told from outside.
    Told,
    /// The experiment's own `force`.
    Forced,
    /// Fewer than two variants.
    TooFew,
    /// Experiments are switched off.
    Disabled,
    /// The page has another address.
    Address,
    /// It is a draft, or not active.
    Inactive,
    /// The visitor lacks the attribute that decides.
    NoValue,
    /// A filter or a namespace.
    Filtered,
    /// Its condition does not hold.
    Condition,
    /// Another feature is not what it has to be.
    Parent,
    /// Nobody knows this version of the hash.
    HashVersion,
    /// Assigned in a version that is no longer let in.
    Blocked,
    /// The place lies outside of every variant's stretch.
    NotCovered,
    /// Only what is forced is assigned while testing.
    Testing,
    /// It is over.
    Stopped,
}

const WORDS: [&str; 18] = [
    "drawn by hash",
    "assigned before",
    "forced by the address",
    "forced from outside",
    "forced by the experiment",
    "fewer than two variants",
    "experiments are switched off",
    "the page has another address",
    "not active",
    "the visitor lacks its attribute",
    "kept out by a filter or namespace",
    "its condition does not hold",
    "another feature is not as required",
    "unknown hash version",
    "assigned in a version that is no longer let in",
    "outside of the coverage",
    "only what is forced is assigned while testing",
    "stopped",
];

impl Why {
    /// In words, for explanations.
    pub fn words(self) -> &'static str {
        WORDS[self as usize]
    }
}

/// Where a visitor stands in an experiment.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'a> {
    /// The experiment.
    pub experiment: &'a Experiment,
    /// The position of the variant; 0, the baseline, for whoever takes no part.
    pub variation: usize,
    /// The visitor takes part.
    pub included: bool,
    /// The variant follows from the hash or a sticky bucket, and not from an override: only such
    /// an assignment may be counted.
    pub hashed: bool,
    /// The place of the hash, 0 to below 1.
    pub bucket: Option<f64>,
    /// It was assigned before.
    pub sticky: bool,
    /// The attribute that decided.
    pub attribute: &'a str,
    /// Its value; an empty text where there is none.
    pub value: Read<'a>,
    /// What settled it.
    pub why: Why,
    /// The leaf of the bandit.
    pub(crate) leaf: Option<usize>,
    /// The experiment's parents have still to be asked.
    pub(crate) asks_parents: bool,
}

impl<'a> Assignment<'a> {
    /// The variant's value.
    pub fn variation_value(&self) -> &'a Value {
        self.experiment.variations().get(self.variation).unwrap_or(&Value::Null)
    }

    /// The variant's name, where variants are names.
    pub fn variant(&self) -> &'a str {
        self.experiment.variant(self.variation)
    }

    /// The rule that drew it lets the visitor pass on to the next.
    pub fn passes_through(&self) -> bool {
        is_truthy(self.meta().at("passthrough"))
    }

    fn meta(&self) -> &'a Value {
        self.experiment.meta(self.variation)
    }

    /// The visitor takes no part after all.
    pub(crate) fn exclude(&mut self, why: Why) {
        (self.variation, self.included, self.hashed) = (0, false, false);
        (self.bucket, self.sticky, self.why) = (None, false, why);
    }

    /// The result in GrowthBook's form; `feature` is the feature that it came from.
    pub fn to_value(&self, feature: Option<&str>) -> Value {
        let (meta, mut digits) = (self.meta(), [0; 20]);
        let own = meta.at("key");
        let key = match is_truthy(own) {
            true => own.clone(),
            false => self.experiment.variant_key(self.variation, &mut digits).into(),
        };
        let mut out = Value::map()
            .with("key", key)
            .with("featureId", feature)
            .with("inExperiment", self.included)
            .with("hashUsed", self.hashed)
            .with("variationId", self.variation as f64)
            .with("value", self.variation_value().clone())
            .with("hashAttribute", self.attribute)
            .with("hashValue", self.value.to_value())
            .with("stickyBucketUsed", self.sticky);
        if is_truthy(meta.at("name")) {
            out.put("name", meta.at("name").clone());
        }
        if let Some(bucket) = self.bucket {
            out.put("bucket", bucket);
        }
        if self.passes_through() {
            out.put("passthrough", meta.at("passthrough").clone());
        }
        self.tell_leaf(&mut out);
        out
    }

    /// The experiment as a result tells it: with the weights of the bandit's leaf.
    pub fn experiment_value(&self) -> Value {
        let mut told = self.experiment.told.clone();
        let leaf = self.experiment.bandit.as_ref().zip(self.leaf);
        let Some((bandit, leaf)) = leaf else { return told };
        if leaf + 1 < bandit.leaves.len() {
            if let Value::Map(entries) = &mut told {
                entries.retain(|(key, _)| key != "weights");
            }
            put(&mut told, "weights", &bandit.leaves[leaf].weights);
        }
        let mut inner = Value::map();
        self.tell_leaf(&mut inner);
        if !inner.entries().is_empty() {
            told.put("contextualBandit", inner);
        }
        told
    }

    /// The leaf, where its weights had a say.
    fn tell_leaf(&self, out: &mut Value) {
        let bandit = self.experiment.bandit.as_ref().filter(|_| self.hashed && self.included);
        if let Some((bandit, leaf)) = bandit.zip(self.leaf) {
            let leaf = &bandit.leaves[leaf];
            put(out, "leafId", &leaf.id);
            put(out, "variationWeights", &leaf.weights);
            put(out, "banditVersion", &bandit.version);
        }
    }
}

/// An entry, unless it is null.
fn put(out: &mut Value, key: &str, value: &Value) {
    if *value != Value::Null {
        out.put(key, value.clone());
    }
}
