//! Sums over the last two and the last eight seconds, in fixed memory.
//!
//! A ring of cells, each as long as the forecast grid's step. A window always covers whole cells
//! that end at the forecast, so that it holds the same whether signals came one by one or in a burst.

use crate::number::max;
use crate::time::Millis;

/// Length of a cell, and the distance between two forecasts.
pub const CELL: Millis = 250.0;
/// Cells in the long window: 8 s.
pub const LONG: usize = 32;
/// Cells in the short window: 2 s.
pub const SHORT: usize = 8;
/// The long window, and the cell that has only begun.
const RING: usize = LONG + 1;

/// What is summed.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Cell {
    /// Way of the cursor, CSS px.
    pub path: f64,
    /// Net way of the cursor, CSS px, rightward.
    pub dx: f64,
    /// Net way of the cursor, CSS px, downward.
    pub dy: f64,
    /// Samples of the cursor at 20 Hz.
    pub moves: f64,
    /// Way of the page, CSS px.
    pub scroll: f64,
    /// Times the scroll turned round.
    pub reversals: f64,
    /// Clicks.
    pub clicks: f64,
    /// Way of the cursor, CSS px, times how far it turned, 0 to 1.
    pub turn: f64,
    /// Way of the cursor, CSS px, of which a turn is known.
    pub turned: f64,
    /// Submovements.
    pub submoves: f64,
    /// Pauses that ended.
    pub pauses: f64,
    /// Things taken back.
    pub corrections: f64,
}

impl Cell {
    fn add(&mut self, other: &Cell) {
        self.path += other.path;
        self.dx += other.dx;
        self.dy += other.dy;
        self.moves += other.moves;
        self.scroll += other.scroll;
        self.reversals += other.reversals;
        self.clicks += other.clicks;
        self.turn += other.turn;
        self.turned += other.turned;
        self.submoves += other.submoves;
        self.pauses += other.pauses;
        self.corrections += other.corrections;
    }
}

/// The ring.
#[derive(Clone, Debug)]
// In this order, the large last: what stands in the first 128 bytes is reached by a byte less.
#[repr(C)]
pub struct Window {
    origin: Millis,
    head: u64,
    cells: [Cell; RING],
}

impl Window {
    /// An empty window whose cells are counted from `origin`.
    pub fn new(origin: Millis) -> Window {
        Window { cells: [Cell::default(); RING], origin, head: 0 }
    }

    /// The cell that `now` falls in. Time that runs backwards stays in the newest cell.
    pub fn at(&mut self, now: Millis) -> &mut Cell {
        // A grid time is origin + n · CELL with a rounding error; a millionth of a cell absorbs it.
        let cell = max(f64::floor((now - self.origin) / CELL + 1e-6), 0.0) as u64;
        if cell > self.head {
            for stale in self.head + 1..=cell.min(self.head + RING as u64) {
                self.cells[stale as usize % RING] = Cell::default();
            }
            self.head = cell;
        }
        &mut self.cells[self.head as usize % RING]
    }

    /// Sums over the last `count` whole cells and the one that `now` is in, which a forecast finds
    /// empty because forecasts stand at its very beginning.
    pub fn sum(&mut self, now: Millis, count: usize) -> Cell {
        self.at(now);
        let mut sum = Cell::default();
        for back in 0..=count.min(LONG) {
            let Some(cell) = self.head.checked_sub(back as u64) else { break };
            sum.add(&self.cells[cell as usize % RING]);
        }
        sum
    }

    /// The cell so many back from the newest; none before the window began.
    pub fn back(&self, back: usize) -> Option<&Cell> {
        let cell = self.head.checked_sub(back as u64)?;
        Some(&self.cells[cell as usize % RING])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let mut window = Window::new(1_000.0);
        window.at(1_010.0).path += 5.0;
        window.at(2_900.0).path += 7.0;
        assert_eq!(window.sum(2_900.0, SHORT).path, 12.0);
        assert_eq!(window.sum(3_249.0, SHORT).path, 12.0);
        assert_eq!(window.sum(3_250.0, SHORT).path, 7.0);
        assert_eq!(window.sum(3_250.0, LONG).path, 12.0);
        assert_eq!(window.sum(9_250.0, LONG).path, 7.0);
        assert_eq!(window.sum(1e9, LONG), Cell::default());
    }

    #[test]
    fn time_that_runs_backwards_is_kept_in_the_newest_cell() {
        let mut window = Window::new(0.0);
        window.at(5_000.0).moves += 1.0;
        window.at(10.0).moves += 1.0;
        assert_eq!(window.sum(5_000.0, 1).moves, 2.0);
    }
}
