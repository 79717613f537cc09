//! Scrolling: how far, how deep, how often it turned round.

use super::filling::Filling;
use super::pointer::SAMPLE;
use super::window::{Cell, LONG, Window};
use super::{fading, ln};
use crate::layout::Layout;
use crate::number::{max, min};
use crate::time::{Millis, SECOND};

/// Less than this is not a turn but a finger's tremor, CSS px.
const TURN: f64 = 8.0;
/// Of a cell of 250 ms: whoever scrolls further in it does not read on, CSS px. Two notches of a
/// wheel are 200 to 240; a reader brings up a few lines at a time.
const SKIMMED: f64 = 250.0;
/// A rest longer than this many cells (4 s) after the last lines is no reading that scrolling shows.
const READ: usize = 16;

/// What is known of scrolling.
#[derive(Clone, Debug)]
pub struct Scroll {
    last: f64,
    inner_last: f64,
    direction: f64,
    scrolled: Millis,
    depth: f64,
    step: f64,
    sampled: Millis,
    speed: f64,
}

impl Scroll {
    /// A page that has not been scrolled.
    pub fn new(now: Millis) -> Scroll {
        Scroll {
            last: 0.0,
            inner_last: 0.0,
            direction: 0.0,
            scrolled: now,
            depth: 0.0,
            step: 0.0,
            sampled: now,
            speed: 0.0,
        }
    }

    /// The document, or a container inside it, is scrolled to `y`. Returns the speed in px/s,
    /// downwards above 0, where this is a sample at 20 Hz.
    pub fn scrolled(
        &mut self,
        y: f64,
        inner: bool,
        now: Millis,
        layout: &Layout,
        cell: &mut Cell,
    ) -> Option<f64> {
        let last = if inner { &mut self.inner_last } else { &mut self.last };
        let step = y - *last;
        *last = y;
        self.scrolled = now;
        cell.scroll += f64::abs(step);
        if f64::abs(step) >= TURN {
            let direction = if step > 0.0 { 1.0 } else { -1.0 };
            if self.direction == -direction {
                cell.reversals += 1.0;
            }
            self.direction = direction;
        }
        self.resized(layout);
        self.step += step;
        let age = now - self.sampled;
        if age < SAMPLE {
            return None;
        }
        // As with the cursor: what is longer was a rest.
        self.speed = self.step * SECOND / min(age, 4.0 * SAMPLE);
        (self.step, self.sampled) = (0.0, now);
        Some(self.speed)
    }

    /// `scroll_speed` and `read_pace`.
    pub(super) fn fill(&self, out: &mut Filling, now: Millis, window: &Window) {
        let (mut read, mut since) = (0.0, READ);
        for cell in (1..=LONG).rev().filter_map(|back| window.back(back)) {
            since = match cell.scroll {
                0.0 => since + 1,
                scroll if scroll <= SKIMMED => 0,
                _ => READ,
            };
            if since < READ {
                read += 1.0;
            }
        }
        out.put(ln(f64::abs(self.speed)) * fading(self.idle(now), 400.0));
        out.put(read / LONG as f64);
    }

    /// Sizes changed: the view may now reach deeper.
    pub fn resized(&mut self, layout: &Layout) {
        self.depth = max(self.depth, layout.depth());
    }

    /// ms since the page last scrolled, or since the page view began.
    pub fn idle(&self, now: Millis) -> Millis {
        max(now - self.scrolled, 0.0)
    }

    /// How much of the document has come into view, 0 to 1.
    pub fn depth(&self) -> f64 {
        self.depth
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_counted_and_tremor_is_not() {
        let (mut scroll, mut cell) = (Scroll::new(0.0), Cell::default());
        let layout = Layout::default();
        for y in [100.0, 300.0, 298.0, 400.0, 200.0, 100.0, 150.0] {
            let _ = scroll.scrolled(y, false, 1.0, &layout, &mut cell);
        }
        assert_eq!(cell.reversals, 2.0);
        assert_eq!(cell.scroll, 100.0 + 200.0 + 2.0 + 102.0 + 200.0 + 100.0 + 50.0);
    }

    fn read_pace(step: f64, every: u32) -> f64 {
        let (mut scroll, mut window) = (Scroll::new(0.0), Window::new(0.0));
        let (layout, mut y) = (Layout::default(), 0.0);
        for at in (0..8_000).step_by(every as usize) {
            y += step;
            let now = f64::from(at);
            scroll.scrolled(y, false, now, &layout, window.at(now));
        }
        window.at(8_000.0);
        let mut out = Filling::from(0);
        scroll.fill(&mut out, 8_000.0, &window);
        out.into_vector()[1]
    }

    #[test]
    fn a_notch_now_and_then_is_reading_and_a_rush_is_not() {
        assert_eq!(read_pace(100.0, 2_000), 1.0);
        assert_eq!(read_pace(100.0, 50), 0.0);
        assert_eq!(read_pace(100.0, 8_000), 0.5, "after 4 s the page is only open");
        assert_eq!(read_pace(0.0, 50), 0.0);
    }

    #[test]
    fn speed_is_taken_at_20_hz_and_has_a_sign() {
        let (mut scroll, mut cell, layout) = (Scroll::new(0.0), Cell::default(), Layout::default());
        let mut at = |y, now| scroll.scrolled(y, false, now, &layout, &mut cell);
        assert_eq!(at(100.0, 50.0), Some(2_000.0));
        assert_eq!(at(90.0, 75.0), None);
        assert_eq!(at(0.0, 100.0), Some(-2_000.0));
    }
}
