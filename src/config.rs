//! The site's settings, `unspoken.json`, checked and compiled once.
//!
//! [`Config::compile`] reports every mistake with its path. In the page a config with a mistake is
//! not half-applied: the page keeps its default content and the mistake is told to the person who
//! can act (`unspoken check`, the console in debug mode).

use crate::attribute::{Attribute, Kind};
use crate::condition::Condition;
use crate::error::Error;
use crate::intent::{Head, declare};
use crate::reading::Reading;
use crate::time::{Millis, SECOND};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// The most slots: what a page can hold and a person can survey.
pub const MAX_CONFIG_SLOTS: usize = 256;
/// The most rules in one slot.
pub const MAX_RULES: usize = 256;
/// Seconds between two batches of a page view.
pub const MIN_FLUSH: f64 = 1.0;
/// A minute: a tab that crashes loses no more than that.
pub const MAX_FLUSH: f64 = 60.0;
/// Soon enough for a live dashboard, few enough requests.
pub const DEFAULT_FLUSH: f64 = 5.0;

/// When a slot may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Swap {
    /// Only while it is out of view.
    #[default]
    BeforeSeen,
    /// At once.
    Now,
    /// After half a second without input.
    Idle,
    /// Only at the start of a page view.
    NextPage,
}

const SWAPS: [(&str, Swap); 4] = [
    ("before-seen", Swap::BeforeSeen),
    ("now", Swap::Now),
    ("idle", Swap::Idle),
    ("next-page", Swap::NextPage),
];

/// What a batch carries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Level {
    /// What happened, by name and count.
    #[default]
    Events,
    /// Also the pointer and scroll stream at 20 Hz.
    Trace,
}

impl Level {
    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Level> {
        match name {
            "events" => Some(Level::Events),
            "trace" => Some(Level::Trace),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        ["events", "trace"][self as usize]
    }
}

/// What a session gets that looks automated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Machines {
    /// The default content; it is kept out of statistics and learning.
    #[default]
    Default,
    /// What a person gets, in everything.
    Serve,
}

/// One rule of a slot.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// Its name, for reasons and reports.
    pub id: String,
    /// When it holds; `None` is always.
    pub when: Option<Condition>,
    /// The variant it shows.
    pub show: String,
}

/// One slot.
#[derive(Clone, PartialEq, Debug)]
pub struct Slot {
    /// Its name.
    pub id: String,
    /// Tried in order; the first that holds wins.
    pub rules: Vec<Rule>,
    /// When it may change.
    pub swap: Swap,
}

/// A goal that the SDK sees by itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Goal {
    /// Its name.
    pub name: String,
    /// A CSS selector: a click on or inside a match reaches the goal.
    pub click: String,
}

/// All settings.
#[derive(Clone, PartialEq, Debug)]
pub struct Config {
    /// In document order.
    pub slots: Vec<Slot>,
    /// In document order.
    pub goals: Vec<Goal>,
    /// Those built in, then the site's own in document order.
    pub heads: Vec<Head>,
    /// Models that were refused, with the reason; what forecast before stays.
    pub refused: Vec<Error>,
    /// What a batch carries.
    pub level: Level,
    /// Share of sessions that send their trace at level `trace`, 0 to 1.
    pub trace_sample: f64,
    /// Time between two batches.
    pub flush: Millis,
    /// What a session gets that looks automated.
    pub machines: Machines,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            slots: Vec::new(),
            goals: Vec::new(),
            heads: Head::built_in(),
            refused: Vec::new(),
            level: Level::Events,
            trace_sample: 1.0,
            flush: DEFAULT_FLUSH * SECOND,
            machines: Machines::Default,
        }
    }
}

/// What a config may be told that is not wrong but probably not meant.
pub type Warning = Error;

impl Config {
    /// Compiles a document, or says the first mistake.
    ///
    /// ```
    /// # use unspoken::{config::Config, value::Value};
    /// let text = r#"{"slots":{"hero":{"rules":[{"id":"a","when":{"focus":{"$near":1}},"show":"b"}]}}}"#;
    /// let error = Config::compile(&Value::parse(text).unwrap()).unwrap_err();
    /// assert_eq!(error.path(), "slots.hero.rules[0].when.focus.$near");
    /// ```
    pub fn compile(value: &Value) -> Result<Config, Error> {
        let mut reading = Reading::default();
        let config = Config::read(value, &mut reading);
        reading.into_result(config)
    }

    /// Compiles what can be compiled and returns every mistake, of models too.
    pub fn compile_all(value: &Value) -> (Config, Vec<Error>) {
        let mut reading = Reading::default();
        let config = Config::read(value, &mut reading);
        let mut mistakes = reading.into_mistakes();
        mistakes.extend(config.refused.iter().cloned());
        (config, mistakes)
    }

    fn read(value: &Value, reading: &mut Reading) -> Config {
        let mut config = Config::default();
        let known = "slots, goals, intents, level, traceSample, flushSeconds, machines";
        reading.fields(value, "a config: an object", known, &mut |key, value, reading| {
            match key {
                "slots" => slots(value, &mut config.slots, reading),
                "goals" => goals(value, &mut config.goals, reading),
                "intents" => {
                    declare::read(value, &mut config.heads, &mut config.refused, reading);
                }
                "level" => match value.as_str().and_then(Level::from_name) {
                    Some(level) => config.level = level,
                    None => reading.mistake(&["expected one of events, trace"]),
                },
                "traceSample" => match value.as_f64() {
                    Some(share) if (0.0..=1.0).contains(&share) => config.trace_sample = share,
                    _ => reading.mistake(&["expected a number from 0 to 1"]),
                },
                "flushSeconds" => match value.as_f64() {
                    Some(seconds) if (MIN_FLUSH..=MAX_FLUSH).contains(&seconds) => {
                        config.flush = seconds * SECOND;
                    }
                    _ => reading.mistake(&["expected a number from 1 to 60"]),
                },
                "machines" => match value.as_str() {
                    Some("default") => config.machines = Machines::Default,
                    Some("serve") => config.machines = Machines::Serve,
                    _ => reading.mistake(&["expected one of default, serve"]),
                },
                "$schema" | "version" => {}
                _ => return false,
            }
            true
        });
        config
    }

    /// What is allowed but probably a slip: names that look like Unspoken's own attributes.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for slot in &self.slots {
            for (at, rule) in slot.rules.iter().enumerate() {
                let path = alloc::format!("slots.{}.rules[{at}]", slot.id);
                let mut read = Vec::new();
                rule.when.iter().for_each(|when| when.attributes(&mut read));
                let is_undeclared = |attribute: &Attribute| {
                    attribute.kind() == Kind::Intent
                        && self.heads.iter().all(|head| head.name != attribute.key())
                };
                for attribute in read
                    .into_iter()
                    .filter(|attribute| attribute.is_misspelt() || is_undeclared(attribute))
                {
                    warnings.push(Error::new(
                        alloc::format!("{path}.when.{}", attribute.name()),
                        "no such attribute; it holds only if the page sets it itself",
                    ));
                }
                if rule.when.is_none() && at + 1 < slot.rules.len() {
                    warnings.push(Error::new(
                        path,
                        "always holds, so the rules after it never get a turn",
                    ));
                }
            }
        }
        warnings
    }

    /// Every attribute that a slot's rules read.
    pub fn attributes_of(slot: &Slot) -> Vec<&Attribute> {
        let mut read = Vec::new();
        slot.rules
            .iter()
            .filter_map(|rule| rule.when.as_ref())
            .for_each(|when| when.attributes(&mut read));
        read
    }
}

/// A text that names something; empty where it cannot.
fn name(value: &Value, reading: &mut Reading) -> String {
    match value {
        Value::Text(text) if !text.is_empty() && text.len() <= crate::wire::MAX_NAME_BYTES => {
            return text.clone();
        }
        Value::Text(_) => reading.mistake(&["expected a name of 1 to 256 bytes"]),
        other => reading.expected("a string", other),
    }
    String::new()
}

fn slots(value: &Value, slots: &mut Vec<Slot>, reading: &mut Reading) {
    if value.entries().len() > MAX_CONFIG_SLOTS {
        return reading.mistake(&["more than 256 slots"]);
    }
    reading.fields(value, "an object", "", &mut |id, value, reading| {
        slots.push(slot(id, value, reading));
        true
    });
}

fn slot(id: &str, value: &Value, reading: &mut Reading) -> Slot {
    let mut slot = Slot { id: id.into(), rules: Vec::new(), swap: Swap::default() };
    reading.fields(value, "an object", "rules, swap", &mut |key, value, reading| {
        match key {
            "swap" => match SWAPS.iter().find(|(word, _)| Some(*word) == value.as_str()) {
                Some((_, swap)) => slot.swap = *swap,
                None => reading.mistake(&["expected one of before-seen, now, idle, next-page"]),
            },
            "rules" => rules(value, &mut slot.rules, reading),
            _ => return false,
        }
        true
    });
    slot
}

fn rules(value: &Value, rules: &mut Vec<Rule>, reading: &mut Reading) {
    let items = reading.list(value, "a list of rules");
    if items.len() > MAX_RULES {
        return reading.mistake(&["more than 256 rules"]);
    }
    for (at, item) in items.iter().enumerate() {
        let above = reading.enter_item(at);
        let before = reading.count();
        let rule = rule(item, reading);
        if rules.iter().any(|other| other.id == rule.id) {
            let above = reading.enter("id");
            reading.mistake(&["another rule of this slot has this id"]);
            reading.leave(above);
        }
        if reading.count() == before {
            rules.push(rule);
        }
        reading.leave(above);
    }
}

fn rule(value: &Value, reading: &mut Reading) -> Rule {
    let mut rule = Rule { id: String::new(), when: None, show: String::new() };
    reading.fields(value, "an object", "id, when, show", &mut |key, value, reading| {
        match key {
            "id" => rule.id = name(value, reading),
            "show" => rule.show = name(value, reading),
            "when" => rule.when = Some(Condition::read(value, reading)),
            _ => return false,
        }
        true
    });
    for key in ["id", "show"] {
        if matches!(value, Value::Map(_)) && value.get(key).is_none() {
            reading.mistake(&["a rule needs \"", key, "\""]);
        }
    }
    rule
}

fn goals(value: &Value, goals: &mut Vec<Goal>, reading: &mut Reading) {
    reading.fields(value, "an object", "", &mut |goal, value, reading| {
        reading.fields(value, "an object", "click", &mut |key, value, reading| {
            if key == "click" {
                goals.push(Goal { name: goal.into(), click: name(value, reading) });
            }
            key == "click"
        });
        true
    });
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn compile(text: &str) -> (Config, Vec<String>) {
        let (config, mistakes) = Config::compile_all(&Value::parse(text).unwrap());
        (config, mistakes.iter().map(Error::to_line).collect())
    }

    #[test]
    fn a_whole_config_compiles() {
        let (config, mistakes) = compile(
            r##"{"slots":{"hero":{"swap":"now","rules":[
                {"id":"a","when":{"intent.struggle":{"$gte":0.6}},"show":"help"},
                {"id":"b","show":"guide"}]}},
                "goals":{"purchase":{"click":"#order"}},"level":"trace","traceSample":0.5,"flushSeconds":2,
                "machines":"serve"}"##,
        );
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(config.slots[0].swap, Swap::Now);
        assert_eq!(config.slots[0].rules[1].show, "guide");
        assert_eq!((config.level, config.trace_sample, config.flush), (Level::Trace, 0.5, 2_000.0));
        assert_eq!(config.goals[0].click, "#order");
        assert_eq!(config.machines, Machines::Serve);
        assert_eq!(compile(r#"{"machines":"default"}"#).0.machines, Machines::Default);
        assert_eq!(Config::default().machines, Machines::Default);
    }

    #[test]
    fn every_mistake_is_said_with_its_path_and_mend() {
        let (_, mistakes) = compile(
            r#"{"slot":{},"level":"all","traceSample":2,"machines":true,"goals":{"g":{"clik":"a"}},
                "slots":{"hero":{"swap":"later","rules":[]},
                         "b":{"rules":[{"id":"x"},{"show":"y"},{"id":"z","show":"q","wenn":{}},
                                       {"id":"k","show":"v"},{"id":"k","show":"v"},
                                       {},7]}}}"#,
        );
        assert_eq!(
            mistakes,
            [
                "slot: unknown key; did you mean slots?",
                "level: expected one of events, trace",
                "traceSample: expected a number from 0 to 1",
                "machines: expected one of default, serve",
                "goals.g.clik: unknown key; did you mean click?",
                "slots.hero.swap: expected one of before-seen, now, idle, next-page",
                "slots.b.rules[0]: a rule needs \"show\"",
                "slots.b.rules[1]: a rule needs \"id\"",
                "slots.b.rules[2].wenn: unknown key; known are id, when, show",
                "slots.b.rules[4].id: another rule of this slot has this id",
                "slots.b.rules[5]: a rule needs \"id\"",
                "slots.b.rules[5]: a rule needs \"show\"",
                "slots.b.rules[6]: expected an object, got a number",
            ]
        );
    }

    #[test]
    fn slips_are_warned_of() {
        let (config, _) = compile(
            r#"{"slots":{"a":{"rules":[{"id":"1","when":{"intent.comit":1},"show":"x"},
                {"id":"2","show":"y"},{"id":"3","show":"z"}]}}}"#,
        );
        let warnings: Vec<_> = config.warnings().iter().map(Error::to_line).collect();
        assert_eq!(warnings.len(), 2);
        assert!(warnings[0].starts_with("slots.a.rules[0].when.intent.comit: no such attribute"));
        assert!(warnings[1].starts_with("slots.a.rules[1]: always holds"));
    }
}
