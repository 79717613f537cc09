//! The site's settings, `unspoken.json`, checked and compiled once.
//!
//! Every mistake is reported with its path. In the page what has one is left out (a rule, a slot, a
//! group) and the rest works: the mistake is told to the person who can act (`unspoken check`, the
//! console in debug mode).

mod exclusive;
mod rule;
mod slot;

use crate::attribute::Attribute;
use crate::budget::Budget;
use crate::error::Error;
use crate::experiment::{Experiments, Holdout};
use crate::host::{Bare, Host};
use crate::intent::{Head, declare};
use crate::journey::{self, Journey};
use crate::payload::Payload;
use crate::reading::Reading;
use crate::time::{Millis, SECOND};
use crate::value::Value;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
pub use exclusive::Member;
pub use rule::{Act, Rule};
pub use slot::{DEFAULT, Pick, SEEN_SHARE, SEEN_TIME, Slot, Swap};

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

/// A goal that the SDK sees by itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Goal {
    /// Its name.
    pub name: String,
    /// A CSS selector: a click on or inside a match reaches the goal.
    pub click: String,
}

/// The settings as engines hold them.
#[cfg(any(not(target_arch = "wasm32"), feature = "node"))]
pub type Shared = Rc<Config>;
/// A page has one config until it is left: what would count its holders and free it is left out.
#[cfg(all(target_arch = "wasm32", not(feature = "node")))]
pub type Shared = &'static Config;

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// In document order.
    pub slots: Vec<Slot>,
    /// Positions of slots in the order in which they are decided: by priority, then as documented.
    pub order: Vec<usize>,
    /// Groups of which at most one member is shown at a time.
    pub exclusive: Vec<Vec<Member>>,
    /// The platform it was compiled on.
    pub host: Rc<dyn Host>,
    /// Features in GrowthBook's form.
    pub payload: Payload,
    /// Whom no experiment and no bandit touches.
    pub holdout: Holdout,
    /// The attribute by which that is drawn: `id`.
    pub id: Attribute,
    /// What the visitor may be interrupted by, over all slots and tabs.
    pub budget: Budget,
    /// In document order.
    pub journeys: Vec<Journey>,
    /// In document order.
    pub goals: Vec<Goal>,
    /// Those built in, then the site's own in document order.
    pub heads: Vec<Head>,
    /// Models that were refused, with the reason; what forecast before stays.
    pub refused: Vec<Error>,
    /// Events whose history is kept.
    pub events: Vec<String>,
    /// What a batch carries.
    pub level: Level,
    /// Share of sessions that send their trace at level `trace`, 0 to 1.
    pub trace_sample: f64,
    /// Time between two batches.
    pub flush: Millis,
    /// What a session gets that looks automated.
    pub machines: Machines,
    /// Whether the collector may keep the visitor's id in a cookie of the site.
    pub cookie: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            slots: Vec::new(),
            order: Vec::new(),
            exclusive: Vec::new(),
            host: Rc::new(Bare),
            payload: Payload::default(),
            holdout: Holdout::default(),
            id: Attribute::parse("id"),
            budget: Budget::default(),
            journeys: Vec::new(),
            goals: Vec::new(),
            heads: Head::built_in(),
            refused: Vec::new(),
            events: Vec::new(),
            level: Level::Events,
            trace_sample: 1.0,
            flush: DEFAULT_FLUSH * SECOND,
            machines: Machines::Default,
            cookie: false,
        }
    }
}

impl Config {
    /// Compiles a document, or says the first mistake.
    ///
    /// ```
    /// # use unspoken::{config::Config, value::Value};
    /// let text = r#"{"slots":{"hero":{"rules":[{"id":"a","when":{"focus":{"$near":1}},"show":"b"}]}}}"#;
    /// let error = Config::compile(&Value::parse(text).unwrap()).unwrap_err();
    /// assert_eq!(error.path(), "slots.hero.rules[0].when.focus.$near");
    /// ```
    #[cfg(not(target_arch = "wasm32"))]
    pub fn compile(value: &Value) -> Result<Config, Error> {
        let mut reading = Reading::on(Rc::new(crate::host::Native));
        let config = Config::read(value, &mut reading);
        reading.into_result(config)
    }

    /// Compiles what can be compiled and returns every mistake, of models too.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn compile_all(value: &Value) -> (Config, Vec<Error>) {
        Config::compile_on(value, Rc::new(crate::host::Native))
    }

    /// The same, on a platform.
    pub fn compile_on(value: &Value, host: Rc<dyn Host>) -> (Config, Vec<Error>) {
        let mut reading = Reading::on(host);
        let config = Config::read(value, &mut reading);
        let mut mistakes = reading.into_mistakes();
        mistakes.extend(config.refused.iter().cloned());
        (config, mistakes)
    }

    /// For an engine to hold.
    pub fn shared(self) -> Shared {
        #[cfg(any(not(target_arch = "wasm32"), feature = "node"))]
        return Rc::new(self);
        #[cfg(all(target_arch = "wasm32", not(feature = "node")))]
        return alloc::boxed::Box::leak(alloc::boxed::Box::new(self));
    }

    fn read(value: &Value, reading: &mut Reading) -> Config {
        // Saved groups before conditions, and experiments before the rules that join them.
        let has_payload = ["features", "savedGroups"].iter().any(|key| value.get(key).is_some());
        let payload = if has_payload { Payload::read(value, reading) } else { Payload::default() };
        let host = Rc::clone(&reading.host);
        let mut config = Config { payload, host, ..Config::default() };
        let mut experiments = Experiments::default();
        if let declared @ Value::Map(_) = value.at("experiments") {
            let above = reading.enter("experiments");
            experiments = Experiments::read(declared, reading);
            reading.leave(above);
        }
        let known = "slots, goals, intents, exclusive, budget, journeys, experiments, holdout, \
                     features, savedGroups, contextualBandits, level, traceSample, flushSeconds, \
                     machines, cookie";
        reading.fields(value, "a config: an object", known, &mut |key, value, reading| {
            match key {
                "slots" => slot::read_all(value, &experiments, &mut config.slots, reading),
                "holdout" => config.holdout = Holdout::read(value, reading),
                "budget" => config.budget = Budget::read(value, reading),
                "journeys" => config.journeys = journey::read(value, reading),
                "goals" => goals(value, &mut config.goals, reading),
                "intents" => {
                    declare::read(value, &mut config.heads, &mut config.refused, reading);
                }
                "level" => match value.as_str().and_then(Level::from_name) {
                    Some(level) => config.level = level,
                    None => reading.mistake(&["expected one of events, trace"]),
                },
                "traceSample" => within(value, 0.0, 1.0, &mut config.trace_sample, reading),
                "flushSeconds" => {
                    let mut seconds = DEFAULT_FLUSH;
                    within(value, MIN_FLUSH, MAX_FLUSH, &mut seconds, reading);
                    config.flush = seconds * SECOND;
                }
                "machines" => match value.as_str() {
                    Some("default") => config.machines = Machines::Default,
                    Some("serve") => config.machines = Machines::Serve,
                    _ => reading.mistake(&["expected one of default, serve"]),
                },
                "cookie" => match value.as_bool() {
                    Some(cookie) => config.cookie = cookie,
                    None => reading.expected("true or false", value),
                },
                // It names slots and rules, so it is read when they are known.
                "exclusive" | "$schema" | "version" => {}
                // What a GrowthBook payload has; the first four were read above.
                "features" | "savedGroups" | "contextualBandits" | "experiments" | "status"
                | "dateUpdated" => {}
                _ => return key.starts_with("encrypted"),
            }
            true
        });
        if !config.payload.features().is_empty() {
            let has_slots = value.get("slots").is_some();
            slot::from_features(&mut config.slots, &config.payload, has_slots);
        }
        let above = reading.enter("exclusive");
        if let Some(groups) = value.get("exclusive") {
            config.exclusive = exclusive::read(groups, &config.slots, reading);
        }
        reading.leave(above);
        config.order = slot::by_priority(&config.slots);
        config.events = core::mem::take(&mut reading.events);
        config
    }

    /// The rule with this key.
    pub fn rule(&self, key: &str) -> Option<&Rule> {
        self.slots.iter().flat_map(|slot| &slot.rules).find(|rule| rule.key == key)
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

/// A number within bounds goes into `into`; anything else is a mistake.
fn within(value: &Value, least: f64, most: f64, into: &mut f64, reading: &mut Reading) {
    match value.as_f64() {
        Some(number) if (least..=most).contains(&number) => *into = number,
        #[cfg(target_arch = "wasm32")]
        _ => reading.mistake(&[]),
        #[cfg(not(target_arch = "wasm32"))]
        _ => {
            let mut bounds = String::new();
            crate::text::push_number(&mut bounds, least);
            bounds.push_str(" to ");
            crate::text::push_number(&mut bounds, most);
            reading.mistake(&["expected a number from ", &bounds]);
        }
    }
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
                "machines":"serve","cookie":true}"##,
        );
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert_eq!(config.slots[0].swap, Swap::Now);
        assert_eq!(config.slots[0].rules[1].variants, ["guide"]);
        assert_eq!((config.level, config.trace_sample, config.flush), (Level::Trace, 0.5, 2_000.0));
        assert_eq!(config.goals[0].click, "#order");
        assert_eq!(config.machines, Machines::Serve);
        assert!(config.cookie && !Config::default().cookie);
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
                "slots.b.rules[0]: a rule needs exactly one of show, test, learn",
                "slots.b.rules[1]: a rule needs \"id\"",
                "slots.b.rules[2].wenn: unknown key; did you mean when?",
                "slots.b.rules[4].id: another rule of this slot has this id",
                "slots.b.rules[5]: a rule needs \"id\"",
                "slots.b.rules[5]: a rule needs exactly one of show, test, learn",
                "slots.b.rules[6]: expected an object, got a number",
            ]
        );
    }
}
