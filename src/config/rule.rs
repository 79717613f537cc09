//! A rule: when it holds, and what it shows then.

use super::{DEFAULT, MAX_RULES, name};
use crate::bandit::Learn;
use crate::condition::Condition;
use crate::experiment::{Experiment, Experiments};
use crate::gate::GateSet;
use crate::limit::{Key, Limits};
use crate::payload::Feature;
use crate::reading::Reading;
use crate::schedule::Schedule;
use crate::text::{concat, push_number};
use crate::value::Value;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// How a rule comes to one of its variants.
#[derive(Clone, Debug, Default)]
pub enum Act {
    /// It has only one.
    #[default]
    Show,
    /// An experiment assigns one.
    Test(Rc<Experiment>),
    /// A bandit learns which brings its goal.
    Learn(Box<Learn>),
    /// A feature of the payload, by position, and its values in the order of the variants.
    Feature(usize, Vec<Value>),
}

impl Act {
    /// The word for it.
    pub fn name(&self) -> &'static str {
        match self {
            Act::Show => "show",
            Act::Test(_) => "test",
            Act::Learn(_) => "learn",
            Act::Feature(..) => "feature",
        }
    }
}

/// One rule of a slot.
#[derive(Clone, Debug)]
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

    /// Under what it is kept follows from its name.
    fn named(&mut self) {
        self.key = concat(&[&self.slot, "/", &self.id]);
        self.tallied = Key::of(&[&self.key]);
    }

    #[inline(never)]
    fn tests(&mut self, test: Rc<Experiment>) {
        self.variants = Value::List(test.variations().to_vec()).to_texts();
        self.act = Act::Test(test);
    }

    #[inline(never)]
    fn learns(&mut self, value: &Value, reading: &mut Reading) {
        let learn = Learn::read(value, reading);
        self.variants = learn.variants.clone();
        self.act = Act::Learn(Box::new(learn));
    }

    /// What it learns by, where it does.
    pub fn learn(&self) -> Option<&Learn> {
        match &self.act {
            Act::Learn(learn) => Some(learn),
            _ => None,
        }
    }
}

/// The rule of a slot that takes the value of a feature: a text is the variant, `true` is `on`,
/// a number its digits, and all else the default.
pub(super) fn of_feature(slot: &str, at: usize, feature: &Feature) -> Rule {
    let mut rule = Rule::new(slot);
    let mut values = Vec::new();
    for value in feature.values() {
        rule.variants.push(match value {
            Value::Text(text) => text.clone(),
            Value::Bool(true) => "on".into(),
            Value::Number(number) => {
                let mut text = String::new();
                push_number(&mut text, *number);
                text
            }
            _ => DEFAULT.into(),
        });
        values.push(value.clone());
    }
    rule.id = feature.key().into();
    rule.named();
    rule.act = Act::Feature(at, values);
    rule
}

pub(super) fn read_all(
    slot: &str,
    value: &Value,
    experiments: &Experiments,
    rules: &mut Vec<Rule>,
    reading: &mut Reading,
) {
    let items = reading.list(value, "a list of rules");
    if items.len() > MAX_RULES {
        return reading.mistake(&["more than 256 rules"]);
    }
    for (at, item) in items.iter().enumerate() {
        let above = reading.enter_item(at);
        let before = reading.count();
        let rule = read(slot, item, experiments, reading);
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

fn read(slot: &str, value: &Value, experiments: &Experiments, reading: &mut Reading) -> Rule {
    let (mut rule, value_of) = (Rule::new(slot), value);
    let mut acts = 0;
    let known = "id, when, show, test, learn, limits, schedule, notNow";
    reading.fields(value, "an object", known, &mut |key, value, reading| {
        match key {
            "id" => rule.id = name(value, reading),
            "when" => rule.when = Some(Condition::read(value, reading)),
            "limits" => rule.limits = Limits::read(value, false, reading),
            "schedule" => rule.schedule = Some(Schedule::read(value, reading)),
            "notNow" => rule.not_now = Some(GateSet::read(value, reading)),
            "show" => rule.variants = alloc::vec![name(value, reading)],
            "test" => {
                let own = concat(&[slot, ".", value_of.text("id").unwrap_or("")]);
                if let Some(test) = Experiment::read_test(value, &own, experiments, reading) {
                    rule.tests(test);
                }
            }
            "learn" => {
                rule.learns(value, reading);
            }
            _ => return false,
        }
        acts += matches!(key, "show" | "test" | "learn") as u32;
        true
    });
    rule.named();
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
