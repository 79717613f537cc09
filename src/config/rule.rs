//! A rule: when it holds, and what it shows then.

use super::{MAX_RULES, name};
use crate::bandit::Learn;
use crate::condition::Condition;
use crate::gate::GateSet;
use crate::limit::{Key, Limits};
use crate::reading::Reading;
use crate::schedule::Schedule;
use crate::text::concat;
use crate::value::Value;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// How a rule comes to one of its variants.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Act {
    /// It has only one.
    #[default]
    Show,
    /// A bandit learns which brings its goal.
    Learn(Box<Learn>),
}

/// One rule of a slot.
#[derive(Clone, PartialEq, Debug)]
pub struct Rule {
    /// Its name, for reasons and reports.
    pub id: String,
    /// The slot it belongs to.
    pub slot: String,
    /// Slot and rule in one: what is counted and learned of it is kept under this name.
    pub key: String,
    /// When it holds; `None` is always.
    pub when: Option<Condition>,
    /// The variants it may show; at least one.
    pub variants: Vec<String>,
    /// How one of them is chosen.
    pub act: Act,
    /// The gates that count for it, in place of the slot's.
    pub not_now: Option<GateSet>,
    /// When it may decide; `None` is always.
    pub schedule: Option<Schedule>,
    /// Bounds on what it shows.
    pub limits: Limits,
    /// Under what its exposures are counted.
    pub tallied: Key,
}

impl Rule {
    /// A rule that says nothing yet.
    pub fn new(slot: &str) -> Rule {
        Rule {
            id: String::new(),
            slot: slot.into(),
            key: String::new(),
            when: None,
            variants: Vec::new(),
            act: Act::Show,
            not_now: None,
            schedule: None,
            limits: Limits::new(false),
            tallied: Key::of(&[]),
        }
    }

    /// What it learns by, where it does.
    pub fn learn(&self) -> Option<&Learn> {
        match &self.act {
            Act::Learn(learn) => Some(learn),
            _ => None,
        }
    }
}

pub(super) fn read_all(slot: &str, value: &Value, rules: &mut Vec<Rule>, reading: &mut Reading) {
    let items = reading.list(value, "a list of rules");
    if items.len() > MAX_RULES {
        return reading.mistake(&["more than 256 rules"]);
    }
    for (at, item) in items.iter().enumerate() {
        let above = reading.enter_item(at);
        let before = reading.count();
        let rule = read(slot, item, reading);
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

fn read(slot: &str, value: &Value, reading: &mut Reading) -> Rule {
    let mut rule = Rule::new(slot);
    let mut acts = 0;
    let known = "id, when, show, learn, limits, schedule, notNow";
    reading.fields(value, "an object", known, &mut |key, value, reading| {
        match key {
            "id" => rule.id = name(value, reading),
            "when" => rule.when = Some(Condition::read(value, reading)),
            "limits" => rule.limits = Limits::read(value, false, reading),
            "schedule" => rule.schedule = Some(Schedule::read(value, reading)),
            "notNow" => rule.not_now = Some(GateSet::read(value, reading)),
            "show" => rule.variants = alloc::vec![name(value, reading)],
            "learn" => {
                let learn = Learn::read(value, reading);
                rule.variants = learn.variants.clone();
                rule.act = Act::Learn(Box::new(learn));
            }
            _ => return false,
        }
        acts += matches!(key, "show" | "learn") as u32;
        true
    });
    rule.key = concat(&[slot, "/", &rule.id]);
    rule.tallied = Key::of(&[&rule.key]);
    if matches!(value, Value::Map(_)) {
        if value.get("id").is_none() {
            reading.mistake(&["a rule needs \"id\""]);
        }
        if acts != 1 {
            reading.mistake(&["a rule needs exactly one of show, test, learn"]);
        }
    }
    rule
}
