//! A GrowthBook payload: features, saved groups and contextual bandits, compiled once.
//!
//! [`Payload::evaluate`] answers for a feature as GrowthBook's SDK does, rule by rule, without
//! allocating where nothing is told. A feature with a broken part is left out and noted.

mod evaluate;
mod told;

pub use evaluate::{Assigned, Context, MAX_PARENTS, MAX_STEPS, Notes, Outcome, Source};
pub use told::Told;

use crate::attribute::Attribute;
use crate::condition::Condition;
use crate::experiment::{Experiment, Filter, Parent, Rollout, is_truthy};
use crate::reading::Reading;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// What a rule does with whom it is for.
#[derive(Clone, Debug)]
enum Then {
    /// Nothing: it only has parents.
    Nothing,
    /// Everyone in the rollout gets this value.
    Force {
        value: Value,
        condition: Option<Condition>,
        rollout: Option<Rollout>,
        tracks: Vec<Value>,
    },
    /// An experiment, which has the rule's filters and condition.
    Run(Experiment),
}

#[derive(Clone, Debug)]
struct Rule {
    id: String,
    parents: Vec<Parent>,
    filters: Vec<Filter>,
    then: Then,
}

/// A compiled feature.
#[derive(Clone, Debug)]
pub struct Feature {
    key: String,
    default: Value,
    rules: Vec<Rule>,
}

impl Feature {
    /// Its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Tells the conditions it has. Says whether it asks for what no condition says: the page's
    /// address, or another feature.
    pub fn asks(&self, told: &mut dyn FnMut(&Condition)) -> bool {
        let mut more = false;
        for rule in &self.rules {
            more |= !rule.parents.is_empty();
            match &rule.then {
                Then::Force { condition, .. } => condition.iter().for_each(&mut *told),
                Then::Run(experiment) => more |= experiment.asks(told),
                Then::Nothing => {}
            }
        }
        more
    }

    /// Every value that it may have, each once; the default first.
    pub fn values(&self) -> Vec<&Value> {
        let mut values = alloc::vec![&self.default];
        for rule in &self.rules {
            match &rule.then {
                Then::Force { value, .. } => values.push(value),
                Then::Run(experiment) => values.extend(experiment.variations()),
                Then::Nothing => {}
            }
        }
        let mut different: Vec<&Value> = Vec::new();
        for value in values {
            if !different.contains(&value) {
                different.push(value);
            }
        }
        different
    }
}

/// A compiled payload.
#[derive(Clone, Debug, Default)]
pub struct Payload {
    /// By key.
    features: Vec<Feature>,
    /// For inline experiments, which are compiled when they are run.
    groups: Value,
}

/// The fields that an experiment takes over from a rule, where JavaScript takes them for true.
const FIELDS: [&str; 14] = [
    "weights",
    "hashAttribute",
    "fallbackAttribute",
    "disableStickyBucketing",
    "namespace",
    "meta",
    "ranges",
    "name",
    "phase",
    "seed",
    "hashVersion",
    "filters",
    "condition",
    "coverage",
];

impl Payload {
    /// Reads `features`, `savedGroups` and `contextualBandits` of an object; its other keys are not
    /// looked at.
    #[inline(never)]
    pub fn read(value: &Value, reading: &mut Reading) -> Payload {
        let groups = value.at("savedGroups").clone();
        if groups != Value::Null {
            reading.groups = groups.clone();
        }
        let mut features: Vec<Feature> = Vec::new();
        let above = reading.enter("features");
        if let Some(value_) = value.get("features").filter(|features| is_truthy(features)) {
            for (key, feature) in reading.object(value_, "an object of features") {
                let above = reading.enter(key);
                let bandits = value.at("contextualBandits");
                if let Some(feature) = Feature::read(key, feature, bandits, reading) {
                    // Into its place: a sort brings a kilobyte.
                    let before = |other: &Feature| other.key <= feature.key;
                    features.insert(features.partition_point(before), feature);
                }
                reading.leave(above);
            }
        }
        reading.leave(above);
        Payload { features, groups }
    }

    /// Where a feature stands.
    pub fn index(&self, key: &str) -> Option<usize> {
        self.features.binary_search_by(|feature| feature.key.as_str().cmp(key)).ok()
    }

    /// The features, by key.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Every attribute that a feature's rules read.
    pub fn attributes_of(&self, index: usize) -> Vec<&Attribute> {
        let mut read = Vec::new();
        for rule in self.features.get(index).iter().flat_map(|feature| &feature.rules) {
            match &rule.then {
                Then::Force { condition, .. } => {
                    condition.iter().for_each(|condition| condition.attributes(&mut read));
                }
                Then::Run(experiment) => experiment.attributes(&mut read),
                Then::Nothing => {}
            }
        }
        read
    }
}

impl Feature {
    fn read(key: &str, value: &Value, bandits: &Value, reading: &mut Reading) -> Option<Feature> {
        if !is_truthy(value) {
            return None;
        }
        let mut rules = Some(Vec::new());
        if !matches!(value, Value::Map(_)) {
            reading.expected("a feature: an object", value);
            rules = None;
        }
        let list = value.at("rules");
        if is_truthy(list) {
            let above = reading.enter("rules");
            if !matches!(list, Value::List(_)) {
                reading.expected("a list of rules", list);
                rules = None;
            }
            for (at, item) in list.items().iter().enumerate() {
                let above = reading.enter_item(at);
                let rule = Rule::read(item, key, bandits, reading);
                rules = rules.zip(rule).map(|(mut rules, rule)| {
                    rules.push(rule);
                    rules
                });
                reading.leave(above);
            }
            reading.leave(above);
        }
        Some(Feature { key: key.into(), default: value.at("defaultValue").clone(), rules: rules? })
    }
}

impl Rule {
    /// `None` where a part of it is broken, which is noted.
    fn read(value: &Value, feature: &str, bandits: &Value, reading: &mut Reading) -> Option<Rule> {
        if !matches!(value, Value::Map(_)) {
            reading.expected("a rule: an object", value);
            return None;
        }
        let filters = match value.at("filters") {
            filters if is_truthy(filters) => {
                let above = reading.enter("filters");
                let filters = Filter::read(filters, reading);
                reading.leave(above);
                filters?
            }
            _ => Vec::new(),
        };
        let variations = match value.at("contextualVariations") {
            Value::Null => value.at("variations"),
            variations => variations,
        };
        let then = if let Some(force) = value.get("force") {
            Then::Force {
                value: force.clone(),
                condition: crate::experiment::read_condition(value.at("condition"), reading),
                rollout: Rollout::read(value, feature, reading)?,
                tracks: value.at("tracks").items().to_vec(),
            }
        } else if is_truthy(variations) {
            let told = experiment(value, variations, feature);
            let bandit = value.text("contextualBanditRef").and_then(|key| bandits.get(key));
            let bandit = bandit.filter(|bandit| is_truthy(bandit));
            Then::Run(Experiment::read(&told, bandit, reading)?)
        } else {
            Then::Nothing
        };
        let id = value.text("id").unwrap_or("").into();
        let parents = Parent::read(value.at("parentConditions"), reading)?;
        Some(Rule { id, parents, filters, then })
    }
}

/// The experiment that a rule runs.
fn experiment(rule: &Value, variations: &Value, feature: &str) -> Value {
    let key = Some(rule.at("key")).filter(|key| is_truthy(key)).cloned();
    let mut told = Value::map()
        .with("variations", variations.clone())
        .with("key", key.unwrap_or_else(|| feature.into()));
    for field in FIELDS {
        let value = rule.at(field);
        if is_truthy(value) || field == "coverage" && rule.get(field).is_some() {
            told.put(field, value.clone());
        }
    }
    for field in ["bucketVersion", "minBucketVersion"] {
        rule.get(field).into_iter().for_each(|value| told.put(field, value.clone()));
    }
    told
}
