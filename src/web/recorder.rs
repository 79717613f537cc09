//! Records the signals that the engine takes, as `unspoken-trace/1`.
//!
//! For people who debug or train, not for visitors: it is off until `unspoken.record()`. Bounded;
//! when full it keeps the beginning, which is what a replay needs.

use super::convert;
use crate::signal::Signal;
use crate::time::Millis;
use crate::trace::{Header, value_from_signal};

/// The most signals a recording holds: an hour at 60 Hz.
pub const MAX_SIGNALS: usize = 216_000;

/// A recording in the making.
#[derive(Debug)]
pub struct Recorder {
    header: Header,
    signals: Vec<(Millis, Signal)>,
}

impl Recorder {
    /// Begins with what the engine was started with.
    pub fn new(header: Header) -> Recorder {
        Recorder { header, signals: Vec::new() }
    }

    /// Adds a signal with the time that the engine took.
    pub fn push(&mut self, at: Millis, signal: &Signal) {
        if self.signals.len() < MAX_SIGNALS {
            self.signals.push((at, signal.clone()));
        }
    }

    /// Everything as JSON Lines.
    pub fn finish(mut self, now: Millis) -> String {
        self.signals.push((now, Signal::End));
        let mut text = convert::to_json(&self.header.to_value());
        text.push('\n');
        for (at, signal) in &self.signals {
            text.push_str(&convert::to_json(&value_from_signal(*at, signal)));
            text.push('\n');
        }
        text
    }
}
