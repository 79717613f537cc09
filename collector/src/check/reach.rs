//! Whether a rule can ever hold, and whether it ever gets its turn.

use unspoken::value::Value;

use super::logic::{Formula, Kinds, words};
use super::names::Names;
use super::{Notes, condition};

/// Checks every condition, then the order of the rules in each slot.
pub fn check(document: &Value, names: &Names, notes: &mut Notes) {
    let own = Kinds { own: true, journeys: &names.journeys, heads: &names.heads };
    let mut dead = Vec::new();
    for (path, when) in condition::all(document) {
        if never(&path, when, own, notes) {
            dead.push(path);
            continue;
        }
        condition::alternatives(&path, when, &mut |path, part| {
            let formula = Formula::of(part, true);
            let clash = formula.contradiction(Kinds::default()).or(formula.contradiction(own));
            if let Some(tests) = clash {
                let message = format!("this alternative can never hold: {}", words(&tests));
                notes.warning(path, message, "take it out, or loosen one of its tests");
            }
        });
    }
    for (slot, value) in document.at("slots").entries() {
        let exclusive = Exclusive { document, slot };
        order(&exclusive, value.at("rules").items(), own, &dead, notes);
    }
}

fn never(path: &str, when: &Value, own: Kinds, notes: &mut Notes) -> bool {
    let formula = Formula::of(when, true);
    if let Some(tests) = formula.contradiction(Kinds::default()) {
        let message = format!("can never hold: {}", words(&tests));
        notes.mistake(path, message, mend(tests.len()));
        return true;
    }
    let Some(tests) = formula.contradiction(own) else { return false };
    let message = format!("can never hold, unless the page sets it itself: {}", words(&tests));
    notes.warning(path, message, mend(tests.len()));
    true
}

fn mend(tests: usize) -> &'static str {
    match tests {
        0 | 1 => "ask for something that it can be",
        _ => "loosen one of them, or join them by $or",
    }
}

/// What else may keep a rule of a slot from deciding.
struct Exclusive<'a> {
    document: &'a Value,
    slot: &'a str,
}

impl Exclusive<'_> {
    /// Whether a rule decides whenever its condition holds: nothing else passes it over.
    fn is_certain(&self, rule: &Value) -> bool {
        if ["limits", "schedule", "until"].iter().any(|key| rule.get(key).is_some()) {
            return false;
        }
        let decides = match (rule.text("show"), rule.get("learn")) {
            (Some(_), None) => rule.get("test").is_none(),
            (None, Some(_)) => self.document.get("holdout").is_none(),
            _ => false,
        };
        decides && !self.is_in_group()
    }

    /// Whether anything of the slot stands in an exclusive group.
    fn is_in_group(&self) -> bool {
        let rules = self.document.at("slots").at(self.slot).at("rules").items();
        let mut messages = self.document.at("exclusive").items().iter().flat_map(Value::items);
        messages.any(|message| {
            let text = message.as_str().unwrap_or("");
            text.split('/').next() == Some(self.slot)
                || rules.iter().any(|rule| rule.text("id") == Some(text))
        })
    }
}

fn order(exclusive: &Exclusive, rules: &[Value], own: Kinds, dead: &[String], notes: &mut Notes) {
    let always = Value::map();
    // Of each rule that decides for certain: its name, and its opposite.
    let mut before: Vec<(&str, Formula)> = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let path = format!("slots.{}.rules[{at}]", exclusive.slot);
        let when = rule.get("when").unwrap_or(&always);
        let is_broken = !matches!(when, Value::Map(_));
        if is_broken || dead.contains(&format!("{path}.when")) {
            continue;
        }
        let holds = Formula::of(when, true);
        let is_left_to = |rest: Vec<Formula>| {
            let both = Formula::All([vec![holds.clone()], rest].concat());
            both.contradiction(own).is_none()
        };
        let taker = before.iter().find(|(_, not)| !is_left_to(vec![not.clone()]));
        let together = || before.iter().map(|(_, not)| not.clone()).collect();
        if let Some((id, not)) = taker {
            let all = not.contradiction(own).is_some();
            let message = match all {
                true => format!("never gets a turn: rule {id} before it always holds"),
                false => {
                    format!("never gets a turn: rule {id} before it holds whenever this one does")
                }
            };
            notes.warning(&path, message, format!("move it before {id}, or take one of them out"));
        } else if before.len() > 1 && !is_left_to(together()) {
            let ids: Vec<&str> = before.iter().map(|(id, _)| *id).collect();
            let message = format!(
                "never gets a turn: one of {} before it always holds when it does",
                ids.join(", ")
            );
            notes.warning(&path, message, "move it further up, or take it out");
        }
        if exclusive.is_certain(rule) {
            before.push((rule.text("id").unwrap_or("?"), Formula::of(when, false)));
        }
    }
}
