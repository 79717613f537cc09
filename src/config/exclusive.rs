//! Groups of messages that contradict each other: of each at most one is shown at a time.

use super::{DEFAULT, Pick, Slot};
use crate::reading::Reading;
use crate::text::cut;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// One message of a group: a slot, one of its variants, or one of its rules.
#[derive(Clone, PartialEq, Debug)]
pub struct Member {
    slot: usize,
    rule: Option<usize>,
    variant: Option<String>,
}

impl Member {
    /// Whether a slot shows this message by showing `pick`.
    pub fn is(&self, at: usize, slot: &Slot, pick: Pick) -> bool {
        let variant = &slot.rules[pick.rule].variants[pick.arm];
        self.slot == at
            && variant != DEFAULT
            && self.rule.is_none_or(|rule| rule == pick.rule)
            && self.variant.as_ref().is_none_or(|wanted| wanted == variant)
    }
}

#[inline(never)]
pub(super) fn read(value: &Value, slots: &[Slot], reading: &mut Reading) -> Vec<Vec<Member>> {
    let mut groups = Vec::new();
    if *value == Value::Null {
        return groups;
    }
    for (at, group) in reading.list(value, "a list of groups").iter().enumerate() {
        let above = reading.enter_item(at);
        let mut members = Vec::new();
        for (at, item) in reading.list(group, "a list of messages").iter().enumerate() {
            let above = reading.enter_item(at);
            let before = members.len();
            message(item.as_str().unwrap_or(""), slots, &mut members);
            if members.len() == before {
                reading.mistake(&["expected a slot, slot/variant, or the id of a rule"]);
            }
            reading.leave(above);
        }
        groups.push(members);
        reading.leave(above);
    }
    groups
}

/// What an entry names. The id of a rule may occur in several slots: then it is each of them.
fn message(text: &str, slots: &[Slot], members: &mut Vec<Member>) {
    let (head, tail) = match cut(text, b'/') {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    };
    for (at, slot) in slots.iter().enumerate() {
        let member = Member { slot: at, rule: None, variant: tail.map(Into::into) };
        if slot.id == head {
            let shows =
                |tail: &str| slot.rules.iter().any(|it| it.variants.iter().any(|v| v == tail));
            if tail.is_none_or(shows) {
                members.push(member);
            }
            return;
        }
    }
    for (at, slot) in slots.iter().enumerate() {
        let rule = slot.rules.iter().position(|rule| rule.id == text);
        if rule.is_some() {
            members.push(Member { slot: at, rule, variant: None });
        }
    }
}
