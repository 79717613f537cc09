//! The names that a document declares.

use unspoken::config::Config;
use unspoken::value::Value;

/// Attributes of Unspoken's own with one name.
const ATTRIBUTES: [&str; 20] = [
    "id",
    "focus",
    "language",
    "intent.top",
    "page.path",
    "page.kind",
    "page.item",
    "page.title",
    "page.referrer",
    "page.tags",
    "session.pages",
    "session.items",
    "session.seconds",
    "session.clicks",
    "time.hour",
    "time.weekday",
    "device.type",
    "device.width",
    "device.touch",
    "device.reducedMotion",
];

/// What can be referred to.
#[derive(Debug, Default)]
pub struct Names<'a> {
    /// Slots, each with its variants and the ids of its rules.
    pub slots: Vec<Slot<'a>>,
    /// Goals that the SDK sees by itself.
    pub goals: Vec<&'a str>,
    /// Heads, built in or declared.
    pub heads: Vec<&'a str>,
    /// Journeys with their states.
    pub journeys: Vec<(&'a str, Vec<&'a str>)>,
    /// Experiments with their factors.
    pub experiments: Vec<(&'a str, Vec<&'a str>)>,
    /// Features of a payload.
    pub features: Vec<&'a str>,
    /// Saved groups.
    pub groups: Vec<&'a str>,
}

/// A slot's names.
#[derive(Debug)]
pub struct Slot<'a> {
    /// Its own.
    pub id: &'a str,
    /// What its rules show, the default first.
    pub variants: Vec<&'a str>,
    /// The ids of its rules.
    pub rules: Vec<&'a str>,
    /// Its variants come from a feature whose values are not all texts.
    pub is_open: bool,
}

fn keys(value: &Value) -> Vec<&str> {
    value.entries().iter().map(|(key, _)| key.as_str()).collect()
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.items().iter().filter_map(Value::as_str)
}

impl<'a> Names<'a> {
    /// Those of a document.
    pub fn of(document: &'a Value, config: &'a Config) -> Names<'a> {
        let inner = |key: &str, list: &str| {
            let all = document.at(key).entries().iter();
            let list = list.to_string();
            all.map(move |(name, value)| (name.as_str(), keys(value.at(&list)))).collect()
        };
        let slots = document.at("slots").entries().iter();
        Names {
            slots: slots.map(|(id, value)| Slot::of(id, value, document)).collect(),
            goals: keys(document.at("goals")),
            heads: config.heads.iter().map(|head| head.name.as_str()).collect(),
            journeys: inner("journeys", "states"),
            experiments: inner("experiments", "factors"),
            features: keys(document.at("features")),
            groups: keys(document.at("savedGroups")),
        }
    }

    /// The slot of that name.
    pub fn slot(&self, id: &str) -> Option<&Slot<'a>> {
        self.slots.iter().find(|slot| slot.id == id)
    }

    /// Unspoken's own attributes in this config.
    pub fn attributes(&self) -> Vec<String> {
        let mut all: Vec<String> = ATTRIBUTES.iter().map(|name| String::from(*name)).collect();
        all.extend(self.heads.iter().map(|head| format!("intent.{head}")));
        for (journey, _) in &self.journeys {
            all.extend([format!("journey.{journey}"), format!("journey.{journey}.seconds")]);
        }
        for goal in &self.goals {
            all.extend([format!("history.{goal}.count"), format!("history.{goal}.lastSeconds")]);
        }
        all
    }

    /// The names of all slots.
    pub fn slot_ids(&self) -> impl Iterator<Item = &'a str> + Clone + '_ {
        self.slots.iter().map(|slot| slot.id)
    }
}

impl<'a> Slot<'a> {
    fn of(id: &'a str, value: &'a Value, document: &'a Value) -> Slot<'a> {
        let rules = value.at("rules").items();
        let mut slot = Slot { id, variants: vec!["default"], rules: Vec::new(), is_open: false };
        for rule in rules {
            slot.rules.extend(rule.text("id"));
            slot.variants.extend(rule.text("show"));
            let test = rule.at("test");
            slot.variants.extend(texts(test.at("variants")));
            slot.variants.extend(texts(rule.at("learn").at("variants")));
            if let (Some(experiment), Some(factor)) = (test.text("experiment"), test.text("factor"))
            {
                let factors = document.at("experiments").at(experiment).at("factors");
                slot.variants.extend(texts(factors.at(factor)));
            }
        }
        if rules.is_empty() && document.at("features").get(id).is_some() {
            slot.of_feature(document.at("features").at(id));
        }
        slot.variants.dedup();
        slot
    }

    fn of_feature(&mut self, feature: &'a Value) {
        let mut values = vec![feature.at("defaultValue")];
        for rule in feature.at("rules").items() {
            values.push(rule.at("force"));
            values.extend(rule.at("variations").items());
            values.extend(rule.at("contextualVariations").items());
        }
        for value in values {
            match value {
                Value::Text(text) => self.variants.push(text),
                Value::Bool(true) => self.variants.push("on"),
                Value::Bool(false) | Value::Null => {}
                _ => self.is_open = true,
            }
        }
    }
}
