//! What was learned of each head on this device: bounded, kept with the profile, erased with it.

use super::learn::Learner;
use super::{Head, MAX_HEADS};
use crate::text::clip;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes of a head's name that are kept.
const MAX_NAME: usize = 128;

#[derive(Clone, PartialEq, Debug)]
struct Entry {
    head: String,
    /// What was learned upon; see [`Head::fingerprint`].
    fingerprint: u32,
    learner: Learner,
}

/// A learner for each head that has met an outcome.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Learned(Vec<Entry>);

impl Learned {
    /// What is known of a head, if it was learned upon the same source.
    pub fn get(&self, head: &Head) -> Option<&Learner> {
        let entry = self.0.iter().find(|entry| entry.head == head.name)?;
        (entry.fingerprint == head.fingerprint).then_some(&entry.learner)
    }

    /// The same, to learn; a new one in place of one for another source.
    pub fn of(&mut self, head: &Head) -> &mut Learner {
        let known = self.0.iter().position(|entry| entry.head == head.name);
        let at = match known {
            Some(at) if self.0[at].fingerprint == head.fingerprint => at,
            _ => {
                if let Some(at) = known.or((self.0.len() >= MAX_HEADS).then_some(0)) {
                    self.0.remove(at);
                }
                let (name, fingerprint) = (head.name.clone(), head.fingerprint);
                self.0.push(Entry { head: name, fingerprint, learner: Learner::new() });
                self.0.len() - 1
            }
        };
        &mut self.0[at].learner
    }

    /// Takes over what another tab knows better: what stands on more outcomes.
    pub fn merge(&mut self, other: Learned) {
        for entry in other.0 {
            match self.0.iter().position(|known| known.head == entry.head) {
                // A tab that is still on another model has nothing to say on this one.
                Some(at)
                    if entry.fingerprint == self.0[at].fingerprint
                        && entry.learner.outcomes() > self.0[at].learner.outcomes() =>
                {
                    self.0[at] = entry;
                }
                None if self.0.len() < MAX_HEADS => self.0.push(entry),
                _ => {}
            }
        }
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        let mut rows = Vec::new();
        for entry in &self.0 {
            let fingerprint = Value::Number(entry.fingerprint as f64);
            let name = Value::from(entry.head.as_str());
            rows.push(Value::List(alloc::vec![name, fingerprint, entry.learner.to_value()]));
        }
        Value::List(rows)
    }

    /// The rows of a document that are in form.
    pub fn from_value(value: &Value) -> Learned {
        let mut entries = Vec::new();
        for row in value.items() {
            if let [Value::Text(head), Value::Number(fingerprint), learner] = row.items()
                && entries.len() < MAX_HEADS
            {
                entries.push(Entry {
                    head: clip(head, MAX_NAME).into(),
                    fingerprint: *fingerprint as u32,
                    learner: Learner::from_value(learner),
                });
            }
        }
        Learned(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::declare::at_base;
    use crate::intent::{Outcome, learn};

    #[test]
    fn twelve_heads_that_learned_all_they_can_leave_room_in_a_profile() {
        let mut learned = Learned::default();
        for at in 0..MAX_HEADS + 3 {
            let head = at_base(&alloc::format!("head {at}"), Outcome::Item, None, 0.05);
            let learner = learned.of(&head);
            for outcome in 0..300u32 {
                let wave = |by: usize| 4.0 * libm::sin(f64::from(outcome) * 0.6 * by as f64);
                let terms: Vec<f64> = (1..=learn::MAX_TERMS).map(wave).collect();
                learner.learn(-2.0 + wave(3), &terms, outcome.is_multiple_of(5));
            }
        }
        let kept = learned.to_value();
        assert_eq!((learned.0.len(), kept.items().len()), (MAX_HEADS, MAX_HEADS));
        let size = kept.to_json().len();
        assert!((6_000..12_000).contains(&size), "{size} bytes");
        assert_eq!(Learned::from_value(&kept).to_value(), kept);
    }
}
