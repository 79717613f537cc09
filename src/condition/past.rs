//! `$history`: what a condition asks of what happened on this device.

pub use crate::attribute::Past;

use super::Node;
use alloc::string::String;
use alloc::vec::Vec;

/// One question about the past.
#[derive(Clone, PartialEq, Debug)]
pub struct History {
    /// One event to count, or those of a sequence.
    pub events: Vec<String>,
    /// Whether they have to happen in order, rather than the one to be counted.
    pub is_sequence: bool,
    /// What the count has to be.
    pub count: Vec<Node>,
    /// Of events not older than that, in ms.
    pub within: Option<f64>,
    /// Of events after the last of this name.
    pub since: Option<String>,
}

impl History {
    /// How often it happened: of a sequence, whether.
    pub fn ask(&self, past: Option<&dyn Past>) -> f64 {
        let since = self.since.as_deref();
        match (past, self.events.first()) {
            (Some(past), _) if self.is_sequence => {
                f64::from(u8::from(past.sequence(&self.events, self.within, since)))
            }
            (Some(past), Some(event)) => past.count(event, self.within, since),
            _ => 0.0,
        }
    }
}
