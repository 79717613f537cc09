//! Records the signals that the engine takes, as `unspoken-trace/1`.
//!
//! For people who debug or train, not for visitors: it is off until `unspoken.record()`. Bounded;
//! when full it keeps the beginning, which is what a replay needs.

use super::convert;
use crate::signal::Signal;
use crate::time::Millis;
use crate::trace::{Header, value_from_signal};
use crate::value::Value;

/// The most bytes a recording holds: some eighty thousand moves, and a tenth of the module's memory.
pub const MAX_BYTES: usize = 4 << 20;

/// A recording in the making, as JSON Lines.
#[derive(Debug)]
pub struct Recorder {
    text: String,
}

impl Recorder {
    /// Begins with what the engine was started with.
    pub fn new(header: &Header) -> Recorder {
        let mut recorder = Recorder { text: String::new() };
        recorder.line(&header.to_value());
        recorder
    }

    /// Adds a signal with the time that the engine took.
    #[inline(never)]
    pub fn push(&mut self, at: Millis, signal: &Signal) {
        if self.text.len() < MAX_BYTES {
            self.line(&value_from_signal(at, signal));
        }
    }

    /// Everything as JSON Lines.
    pub fn finish(mut self, now: Millis) -> String {
        self.line(&value_from_signal(now, &Signal::End));
        self.text
    }

    fn line(&mut self, value: &Value) {
        self.text.push_str(&convert::to_json(value));
        self.text.push('\n');
    }
}
