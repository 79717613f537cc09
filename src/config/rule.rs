//! A rule: when it holds, and what it shows then.

use super::{MAX_RULES, name};
use crate::condition::Condition;
use crate::gate::GateSet;
use crate::reading::Reading;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// How a rule comes to one of its variants.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Act {
    /// It has only one.
    #[default]
    Show,
}

/// One rule of a slot.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rule {
    /// Its name, for reasons and reports.
    pub id: String,
    /// When it holds; `None` is always.
    pub when: Option<Condition>,
    /// The variants it may show; at least one.
    pub variants: Vec<String>,
    /// How one of them is chosen.
    pub act: Act,
    /// The gates that count for it, in place of the slot's.
    pub not_now: Option<GateSet>,
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

fn read(_slot: &str, value: &Value, reading: &mut Reading) -> Rule {
    let mut rule = Rule::default();
    reading.fields(value, "an object", "id, when, show, notNow", &mut |key, value, reading| {
        match key {
            "id" => rule.id = name(value, reading),
            "show" => rule.variants.push(name(value, reading)),
            "notNow" => rule.not_now = Some(GateSet::read(value, reading)),
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
