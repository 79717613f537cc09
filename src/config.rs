//! The site's settings, `unspoken.json`, checked and compiled once.
//!
//! [`Config::compile`] reports every mistake with its path. In the page a config with a mistake is
//! not half-applied: the page keeps its default content and the mistake is told to the person who
//! can act (`unspoken check`, the console in debug mode).

use crate::attribute::Attribute;
use crate::condition::Condition;
use crate::error::Error;
use crate::text::{concat, index, join};
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
    /// What a batch carries.
    pub level: Level,
    /// Share of sessions that send their trace at level `trace`, 0 to 1.
    pub trace_sample: f64,
    /// Time between two batches.
    pub flush: Millis,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            slots: Vec::new(),
            goals: Vec::new(),
            level: Level::Events,
            trace_sample: 1.0,
            flush: DEFAULT_FLUSH * SECOND,
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
        let (config, mut mistakes) = Config::compile_all(value);
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes.remove(0)) }
    }

    /// Compiles what can be compiled and returns every mistake.
    pub fn compile_all(value: &Value) -> (Config, Vec<Error>) {
        let mut config = Config::default();
        let mut mistakes = Vec::new();
        let Value::Map(entries) = value else {
            let message = concat(&["a config is an object, got ", value.kind()]);
            return (config, alloc::vec![Error::new("", message)]);
        };
        for (key, value) in entries {
            let outcome = match key.as_str() {
                "slots" => slots(value, &mut mistakes).map(|slots| config.slots = slots),
                "goals" => goals(value, &mut mistakes).map(|goals| config.goals = goals),
                "level" => one_of(value, key, &["events", "trace"])
                    .map(|at| config.level = [Level::Events, Level::Trace][at]),
                "traceSample" => {
                    within(value, key, 0.0, 1.0).map(|share| config.trace_sample = share)
                }
                "flushSeconds" => within(value, key, MIN_FLUSH, MAX_FLUSH)
                    .map(|seconds| config.flush = seconds * SECOND),
                "$schema" | "version" => Ok(()),
                _ => Err(unknown_key(
                    key,
                    key,
                    &["slots", "goals", "level", "traceSample", "flushSeconds"],
                )),
            };
            mistakes.extend(outcome.err());
        }
        (config, mistakes)
    }

    /// What is allowed but probably a slip: names that look like Unspoken's own attributes.
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        for slot in &self.slots {
            for (at, rule) in slot.rules.iter().enumerate() {
                let path = index(&join(&join("slots", &slot.id), "rules"), at);
                let mut read = Vec::new();
                rule.when.iter().for_each(|when| when.attributes(&mut read));
                for attribute in read.into_iter().filter(|attribute| attribute.is_misspelt()) {
                    let mut name = String::new();
                    attribute.name(&mut name);
                    warnings.push(Error::new(
                        join(&join(&path, "when"), &name),
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

fn object<'a>(value: &'a Value, path: &str) -> Result<&'a [(String, Value)], Error> {
    match value {
        Value::Map(entries) => Ok(entries),
        other => Err(Error::new(path, concat(&["expected an object, got ", other.kind()]))),
    }
}

fn name(value: &Value, path: &str) -> Result<String, Error> {
    match value {
        Value::Text(text) if !text.is_empty() && text.len() <= crate::wire::MAX_NAME_BYTES => {
            Ok(text.clone())
        }
        Value::Text(_) => Err(Error::new(path, "expected a name of 1 to 256 bytes")),
        other => Err(Error::new(path, concat(&["expected a string, got ", other.kind()]))),
    }
}

fn one_of(value: &Value, path: &str, words: &[&str]) -> Result<usize, Error> {
    value
        .as_str()
        .and_then(|word| words.iter().position(|known| *known == word))
        .ok_or_else(|| Error::new(path, concat(&["expected one of ", &words.join(", ")])))
}

fn within(value: &Value, path: &str, least: f64, most: f64) -> Result<f64, Error> {
    value.as_f64().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        let mut message = String::from("expected a number from ");
        crate::text::push_number(&mut message, least);
        message.push_str(" to ");
        crate::text::push_number(&mut message, most);
        Error::new(path, message)
    })
}

/// An unknown key, with the known one that is nearest to it.
#[cold]
fn unknown_key(key: &str, path: &str, known: &[&str]) -> Error {
    let shared = |word: &&&str| {
        word.bytes().zip(key.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
    };
    let message = match known.iter().max_by_key(shared).filter(|word| shared(word) > 1) {
        Some(near) => concat(&["unknown key; did you mean ", near, "?"]),
        None => concat(&["unknown key; known are ", &known.join(", ")]),
    };
    Error::new(path, message)
}

fn slots(value: &Value, mistakes: &mut Vec<Error>) -> Result<Vec<Slot>, Error> {
    let entries = object(value, "slots")?;
    if entries.len() > MAX_CONFIG_SLOTS {
        return Err(Error::new("slots", "more than 256 slots"));
    }
    let mut slots = Vec::with_capacity(entries.len());
    for (id, value) in entries {
        let path = join("slots", id);
        match slot(id, value, &path, mistakes) {
            Ok(slot) => slots.push(slot),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    Ok(slots)
}

fn slot(id: &str, value: &Value, path: &str, mistakes: &mut Vec<Error>) -> Result<Slot, Error> {
    let mut slot = Slot { id: id.into(), rules: Vec::new(), swap: Swap::default() };
    for (key, value) in object(value, path)? {
        let path = join(path, key);
        match key.as_str() {
            "swap" => slot.swap = SWAPS[one_of(value, &path, &SWAPS.map(|(word, _)| word))?].1,
            "rules" => {
                let Value::List(items) = value else {
                    let message = concat(&["expected a list of rules, got ", value.kind()]);
                    return Err(Error::new(path, message));
                };
                if items.len() > MAX_RULES {
                    return Err(Error::new(path, "more than 256 rules"));
                }
                for (at, item) in items.iter().enumerate() {
                    match rule(item, &index(&path, at)) {
                        Ok(rule) if slot.rules.iter().any(|other| other.id == rule.id) => {
                            let path = join(&index(&path, at), "id");
                            mistakes
                                .push(Error::new(path, "another rule of this slot has this id"));
                        }
                        Ok(rule) => slot.rules.push(rule),
                        Err(mistake) => mistakes.push(mistake),
                    }
                }
            }
            _ => mistakes.push(unknown_key(key, &path, &["rules", "swap"])),
        }
    }
    Ok(slot)
}

fn rule(value: &Value, path: &str) -> Result<Rule, Error> {
    let (mut id, mut when, mut show) = (None, None, None);
    for (key, value) in object(value, path)? {
        let path = join(path, key);
        match key.as_str() {
            "id" => id = Some(name(value, &path)?),
            "show" => show = Some(name(value, &path)?),
            "when" => when = Some(Condition::compile(value, &path)?),
            _ => return Err(unknown_key(key, &path, &["id", "when", "show"])),
        }
    }
    let missing = |key| Error::new(path, concat(&["a rule needs \"", key, "\""]));
    Ok(Rule {
        id: id.ok_or_else(|| missing("id"))?,
        when,
        show: show.ok_or_else(|| missing("show"))?,
    })
}

fn goals(value: &Value, mistakes: &mut Vec<Error>) -> Result<Vec<Goal>, Error> {
    let mut goals = Vec::new();
    for (goal, value) in object(value, "goals")? {
        let path = join("goals", goal);
        for (key, value) in object(value, &path)? {
            let path = join(&path, key);
            match key.as_str() {
                "click" => goals.push(Goal { name: goal.clone(), click: name(value, &path)? }),
                _ => mistakes.push(unknown_key(key, &path, &["click"])),
            }
        }
    }
    Ok(goals)
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
                "goals":{"purchase":{"click":"#order"}},"level":"trace","traceSample":0.5,"flushSeconds":2}"##,
        );
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(config.slots[0].swap, Swap::Now);
        assert_eq!(config.slots[0].rules[1].show, "guide");
        assert_eq!((config.level, config.trace_sample, config.flush), (Level::Trace, 0.5, 2_000.0));
        assert_eq!(config.goals[0].click, "#order");
    }

    #[test]
    fn every_mistake_is_said_with_its_path_and_mend() {
        let (_, mistakes) = compile(
            r#"{"slot":{},"level":"all","traceSample":2,"goals":{"g":{"clik":"a"}},
                "slots":{"hero":{"swap":"later","rules":[]},
                         "b":{"rules":[{"id":"x"},{"show":"y"},{"id":"z","show":"q","wenn":{}},
                                       {"id":"k","show":"v"},{"id":"k","show":"v"}]}}}"#,
        );
        assert_eq!(
            mistakes,
            [
                "slot: unknown key; did you mean slots?",
                "level: expected one of events, trace",
                "traceSample: expected a number from 0 to 1",
                "goals.g.clik: unknown key; did you mean click?",
                "slots.hero.swap: expected one of before-seen, now, idle, next-page",
                "slots.b.rules[0]: a rule needs \"show\"",
                "slots.b.rules[1]: a rule needs \"id\"",
                "slots.b.rules[2].wenn: unknown key; known are id, when, show",
                "slots.b.rules[4].id: another rule of this slot has this id",
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
