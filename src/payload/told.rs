//! What the page was told of a feature last: where nothing has changed, JavaScript keeps its result,
//! and none has to be built and carried over.

use super::{Outcome, Source};
use crate::attribute::Read;
use crate::value::Value;

/// Everything of an outcome that its result is made from. Places in memory stand for what the config
/// holds, which outlives this; they are compared, never followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Mark {
    source: Source,
    /// Each rule has a value of its own, each variation too.
    value: *const Value,
    /// The attribute that decided an experiment; null without one.
    attribute: *const u8,
    hashed: bool,
    sticky: bool,
    leaf: Option<usize>,
}

/// What was told of one feature; the default is nothing.
#[derive(Clone, Debug, Default)]
pub struct Told {
    mark: Option<Mark>,
    /// The value of the attribute that decided: the place of its hash follows from it.
    identity: Value,
}

impl Told {
    /// Whether this outcome's result is the one that was told last. If not, it is from now on.
    pub fn is_told(&mut self, outcome: &Outcome) -> bool {
        let placed = outcome.assignment.as_ref();
        let mark = Mark {
            source: outcome.source,
            value: outcome.value,
            attribute: placed.map_or(core::ptr::null(), |placed| placed.attribute.as_ptr()),
            hashed: placed.is_some_and(|placed| placed.hashed),
            sticky: placed.is_some_and(|placed| placed.sticky),
            leaf: placed.and_then(|placed| placed.leaf),
        };
        let identity = placed.map_or(Read::Missing, |placed| placed.value);
        let is_same = match (identity.plain(), &self.identity) {
            (Read::Missing, Value::Null) => true,
            (Read::Text(text), Value::Text(told)) => text == told,
            (Read::Number(number), Value::Number(told)) => number == *told,
            _ => false,
        };
        let is_told = is_same && self.mark == Some(mark);
        if !is_told {
            self.mark = Some(mark);
            self.identity = identity.to_value();
        }
        is_told
    }
}
