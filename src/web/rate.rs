//! Signals a second, for the inspector: a count of the present second and of the one before.

use crate::time::{Millis, SECOND};
use std::cell::Cell;

/// Counts signals by the second.
#[derive(Default, Debug)]
pub struct Rate {
    second: Cell<f64>,
    count: Cell<u32>,
    last: Cell<u32>,
}

impl Rate {
    /// Adds signals of this moment.
    pub fn count(&self, now: Millis, signals: u32) {
        let second = (now / SECOND).floor();
        if second != self.second.get() {
            let gap = second - self.second.replace(second) > 1.0;
            self.last.set(if gap { 0 } else { self.count.get() });
            self.count.set(0);
        }
        self.count.set(self.count.get() + signals);
    }

    /// Signals in the last whole second.
    pub fn per_second(&self) -> u32 {
        self.last.get()
    }
}
