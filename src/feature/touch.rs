//! Twins for fingers: what a mouse shows by its cursor, a touch screen shows by other means.
//!
//! A mouse leaves through the top of the window. A finger flings the page up, which brings back the
//! address bar and the tabs; so `intent.leave` reads the fling where the device is touched. The
//! zoom of two fingers stands in the layout, as the visual viewport told it.

use super::pointer::SAMPLE;
use crate::time::{Millis, SECOND};

/// A page that moves up faster than this is flung, px/s. Half of the pages' scrolling lies under a
/// fifth of it.
pub const FLING: f64 = 1_500.0;
/// So many samples in a row must be fast: a jump to an anchor is one.
const SAMPLES: u8 = 2;
/// A click so short before brought the page up itself ("back to top").
const CLICKED: Millis = SECOND;

/// What is known of fingers.
#[derive(Clone, Debug, Default)]
pub struct Touch {
    touched: bool,
    fast: u8,
    clicked: Option<Millis>,
    flung: Option<Millis>,
}

impl Touch {
    /// A device that is touched, or one that is not.
    pub fn new(touched: bool) -> Touch {
        Touch { touched, ..Touch::default() }
    }

    /// The document scrolled at so many px/s, downwards above 0, by a sample at 20 Hz.
    pub fn scrolled(&mut self, speed: f64, now: Millis) {
        self.fast = if speed < -FLING { self.fast.saturating_add(1) } else { 0 };
        let asked = self.clicked.is_some_and(|at| now - at < CLICKED);
        if self.touched && self.fast >= SAMPLES && !asked {
            self.flung = Some(now);
        }
    }

    /// Something was tapped.
    pub fn clicked(&mut self, now: Millis) {
        self.clicked = Some(now);
    }

    /// When the page was last flung upwards by a finger.
    pub fn flung(&self) -> Option<Millis> {
        self.flung
    }
}

const _: () =
    assert!(SAMPLE * SAMPLES as f64 <= 100.0, "a fling is seen within a tenth of a second");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fling_is_fast_upward_and_a_fingers() {
        let flung = |touched: bool, speeds: [f64; 2], clicked: bool| {
            let mut touch = Touch::new(touched);
            if clicked {
                touch.clicked(800.0);
            }
            touch.scrolled(speeds[0], 950.0);
            touch.scrolled(speeds[1], 1_000.0);
            touch.flung()
        };
        assert_eq!(flung(true, [-2_000.0, -1_800.0], false), Some(1_000.0));
        assert_eq!(flung(false, [-2_000.0, -1_800.0], false), None, "a wheel is no finger");
        assert_eq!(flung(true, [0.0, -90_000.0], false), None, "a jump is no fling");
        assert_eq!(flung(true, [2_000.0, 1_800.0], false), None);
        assert_eq!(flung(true, [-2_000.0, -1_800.0], true), None, "back to top, by a button");
    }
}
