//! Scrolling: how far, how deep, how often it turned round.

use super::window::Cell;
use crate::layout::Layout;
use crate::time::Millis;

/// Less than this is not a turn but a finger's tremor, CSS px.
const TURN: f64 = 8.0;

/// What is known of scrolling.
#[derive(Clone, Debug)]
pub struct Scroll {
    last: f64,
    inner_last: f64,
    direction: f64,
    scrolled: Millis,
    depth: f64,
}

impl Scroll {
    /// A page that has not been scrolled.
    pub fn new(now: Millis) -> Scroll {
        Scroll { last: 0.0, inner_last: 0.0, direction: 0.0, scrolled: now, depth: 0.0 }
    }

    /// The document, or a container inside it, is scrolled to `y`.
    pub fn scrolled(&mut self, y: f64, inner: bool, now: Millis, layout: &Layout, cell: &mut Cell) {
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
    }

    /// Sizes changed: the view may now reach deeper.
    pub fn resized(&mut self, layout: &Layout) {
        self.depth = self.depth.max(layout.depth());
    }

    /// ms since the page last scrolled, or since the page view began.
    pub fn idle(&self, now: Millis) -> Millis {
        (now - self.scrolled).max(0.0)
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
            scroll.scrolled(y, false, 1.0, &layout, &mut cell);
        }
        assert_eq!(cell.reversals, 2.0);
        assert_eq!(cell.scroll, 100.0 + 200.0 + 2.0 + 102.0 + 200.0 + 100.0 + 50.0);
    }
}
