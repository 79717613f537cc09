//! What is allowed but probably a slip. For `unspoken check`: the page has no use for it.

use super::{Config, Warning};
use crate::attribute::{Attribute, Kind};
use crate::error::Error;
use alloc::vec::Vec;

impl Config {
    /// Names that look like Unspoken's own attributes, and rules that never get a turn.
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
}
