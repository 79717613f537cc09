//! What ends the showing: a goal, a fact, or the visitor who closed it.

use super::Refusal;
use crate::entry::{Entries, MAX_TEXT};
use crate::reading::{Reading, duration};
use crate::text::clip;
use crate::time::{Millis, age};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Goals or facts in one `until`.
pub const MAX_NAMES: usize = 16;

/// What ends the showing for good, or for a while.
#[derive(Clone, PartialEq, Debug)]
pub struct Until {
    /// Any of these goals was reached.
    pub goals: Vec<String>,
    /// Any of these facts is known.
    pub facts: Vec<String>,
    /// The slot was dismissed.
    pub dismissed: bool,
    /// How long it lasts, in ms; infinite where it is not said.
    pub lasts: Millis,
}

/// What an [`Until`] asks: goals that were reached, facts that are known, slots that were dismissed.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Goals.
    pub goals: &'a Entries,
    /// Facts.
    pub facts: &'a Entries,
    /// Dismissals, by slot.
    pub dismissed: &'a Entries,
}

impl Until {
    /// With nothing said: what somebody closed does not come back.
    pub fn new(dismissed: bool) -> Until {
        Until { goals: Vec::new(), facts: Vec::new(), dismissed, lasts: f64::INFINITY }
    }

    /// Reads `"until"`; `dismissed` is what holds where it says nothing on that.
    pub fn read(value: &Value, dismissed: bool, reading: &mut Reading) -> Until {
        let mut until = Until::new(dismissed);
        let keys = "goal, fact, dismissed, for";
        reading.fields(value, "an object", keys, &mut |key, value, reading| {
            match key {
                "goal" => until.goals = names(value, reading),
                "fact" => until.facts = names(value, reading),
                "for" => until.lasts = duration(value, reading),
                "dismissed" => match value.as_bool() {
                    Some(flag) => until.dismissed = flag,
                    None => reading.expected("true or false", value),
                },
                _ => return false,
            }
            true
        });
        until
    }

    /// Why `slot` is over, if it is.
    pub fn over<'a>(&'a self, slot: &str, known: &Known, wall: f64) -> Option<Refusal<'a>> {
        // Without a `for` it does not matter when, nor whether the clock was right.
        let lasts = |at: f64| self.lasts == f64::INFINITY || age(wall, at) < self.lasts;
        let slot = known.dismissed.get(clip(slot, MAX_TEXT));
        if self.dismissed && slot.is_some_and(|slot| lasts(slot.at)) {
            return Some(Refusal::Dismissed);
        }
        for goal in &self.goals {
            if known.goals.get(goal).is_some_and(|reached| lasts(reached.at)) {
                return Some(Refusal::Reached(goal));
            }
        }
        for fact in &self.facts {
            if known.facts.get(fact).is_some_and(|it| it.value != Value::Null && lasts(it.at)) {
                return Some(Refusal::Told(fact));
            }
        }
        None
    }
}

/// One name or a list of them.
fn names(value: &Value, reading: &mut Reading) -> Vec<String> {
    let one = core::slice::from_ref(value);
    let list = if value.as_str().is_some() { one } else { value.items() };
    let mut names = Vec::new();
    for name in list {
        if let Some(name) = name.as_str().filter(|name| !name.is_empty()) {
            names.push(clip(name, MAX_TEXT).into());
        }
    }
    if names.is_empty() || names.len() != list.len() || names.len() > MAX_NAMES {
        reading.mistake(&["expected a name, or a list of 1 to 16 names"]);
        names.truncate(MAX_NAMES);
    }
    names
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::entry::Entry;
    use crate::time::DAY;

    const NOON: f64 = 1.7e12;

    fn entries(name: &str, value: Value) -> Entries {
        let mut entries = Entries::default();
        entries.put(Entry { name: name.into(), value, at: NOON }, 8);
        entries
    }

    fn why(text: &str, known: &Known, days: f64) -> String {
        let mut reading = Reading::new("until");
        let until = Until::read(&Value::parse(text).unwrap(), true, &mut reading);
        assert_eq!(reading.count(), 0);
        let mut out = String::new();
        if let Some(refusal) = until.over("hero", known, NOON + days * DAY) {
            refusal.describe("shown", &mut out);
        }
        out
    }

    #[test]
    fn any_one_ends_it_for_as_long_as_it_says() {
        let none = Entries::default();
        let goals = entries("purchase", Value::Number(1.0));
        let facts = entries("email", Value::from("a@b.example"));
        let bought = Known { goals: &goals, facts: &none, dismissed: &none };
        let said = Known { facts: &facts, goals: &none, ..bought };
        assert_eq!(why(r#"{"goal":"purchase"}"#, &bought, 0.0), "the goal purchase was reached");
        assert_eq!(
            why(r#"{"goal":["signup","purchase"]}"#, &bought, 900.0),
            "the goal purchase was reached"
        );
        assert_eq!(why(r#"{"goal":"purchase","for":"30d"}"#, &bought, 30.0), "");
        assert_ne!(why(r#"{"goal":"purchase","for":"30d"}"#, &bought, 29.0), "");
        assert_eq!(why(r#"{"fact":"email"}"#, &said, 1.0), "the fact email is known");
        assert_eq!(why(r#"{"fact":"email"}"#, &bought, 1.0), "");
        let forgot = entries("email", Value::Null);
        assert_eq!(why(r#"{"fact":"email"}"#, &Known { facts: &forgot, ..bought }, 1.0), "");
    }

    #[test]
    fn what_somebody_closed_does_not_come_back() {
        let (none, hero) = (Entries::default(), entries("hero", Value::Number(1.0)));
        let closed = Known { goals: &none, facts: &none, dismissed: &hero };
        assert_eq!(why("{}", &closed, 900.0), "the visitor dismissed it");
        assert_eq!(why(r#"{"for":"7d"}"#, &closed, 7.0), "");
        assert_eq!(why(r#"{"dismissed":false}"#, &closed, 0.0), "");
        let banner = entries("banner", Value::Number(1.0));
        assert_eq!(why("{}", &Known { dismissed: &banner, ..closed }, 0.0), "");
        let for_a_rule = Until::read(&Value::map(), false, &mut Reading::new(""));
        assert_eq!(for_a_rule.over("hero", &closed, NOON), None);
    }
}
