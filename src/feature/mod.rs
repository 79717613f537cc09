//! Features: numbers that say how the visitor moves, in O(1) a signal and in fixed memory.
//!
//! One family a file. [`Features::update`] takes each signal; [`Features::vector`] reads all
//! features at a forecast. [`TABLE`] names each with its unit and range, in an order that model
//! files refer to: a feature's position never changes, new ones come at the end. No feature says
//! who the visitor is: age, sex, place and the like have no place in this table.

mod click;
mod dwell;
mod pointer;
mod scroll;
pub mod window;

use crate::layout::Layout;
use crate::signal::Signal;
use crate::time::{Millis, SECOND};
pub use click::Clicks;
pub use dwell::Dwell;
pub use pointer::{Pointer, SAMPLE};
pub use scroll::Scroll;
use window::{LONG, SHORT, Window};

/// A feature's name and meaning.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// The name, as model cards and the training table use it.
    pub name: &'static str,
    /// What it says, with unit and range.
    pub meaning: &'static str,
}

const fn feature(name: &'static str, meaning: &'static str) -> Feature {
    Feature { name, meaning }
}

/// Every feature, in the order of the vector. `ln` stands for `ln(1 + x)`.
pub const TABLE: [Feature; 32] = [
    feature("elapsed", "ln s since the page view began, 0 to 9"),
    feature("move_idle", "ln s since the cursor last moved, 0 to 9"),
    feature("move_idle_brief", "exp(-s / 0.4) since the cursor last moved, 0 to 1"),
    feature("move_idle_short", "exp(-s / 1.5) since the cursor last moved, 0 to 1"),
    feature("scroll_idle", "ln s since the page last scrolled, 0 to 9"),
    feature("scroll_idle_short", "exp(-s / 1.5) since the page last scrolled, 0 to 1"),
    feature("path_2s", "ln px the cursor went in 2 s, 0 to 12"),
    feature("path_8s", "ln px the cursor went in 8 s, 0 to 12"),
    feature("net_2s", "ln px between where the cursor was 2 s ago and is, 0 to 9"),
    feature("net_8s", "ln px between where the cursor was 8 s ago and is, 0 to 9"),
    feature("straight_2s", "net way over way of 2 s, 0 to 1; 0 at rest"),
    feature("active_2s", "share of 20 Hz samples in 2 s with movement, 0 to 1"),
    feature("active_8s", "share of 20 Hz samples in 8 s with movement, 0 to 1"),
    feature("speed", "ln px/s of the last movement, fading with exp(-s / 0.4), 0 to 10"),
    feature("slowing", "path of the last 0.5 s against that of 2 s, 0 to 1; 0.25 at even speed"),
    feature("x", "where the cursor is across the viewport, 0 to 1"),
    feature("y", "where the cursor is down the viewport, 0 to 1"),
    feature("scroll_2s", "ln px scrolled in 2 s, 0 to 12"),
    feature("scroll_8s", "ln px scrolled in 8 s, 0 to 12"),
    feature("reversals_8s", "times the scroll turned round in 8 s, 0 to 8"),
    feature("depth", "how far down the document has come into view, 0 to 1"),
    feature("depth_now", "how far down the view is, 0 to 1"),
    feature("in_slot", "the cursor is in a slot, 0 or 1"),
    feature("stay", "ln s the cursor has stayed in its slot, 0 to 9"),
    feature("stay_total", "ln s the cursor has spent in its slot over all stays, 0 to 9"),
    feature("slots_visited", "ln slots the cursor has been in, 0 to 5"),
    feature("idle", "ln s since the cursor last moved or the page last scrolled, 0 to 9"),
    feature("idle_brief", "exp(-s / 0.4) since either, 0 to 1"),
    feature("idle_short", "exp(-s / 1.5) since either, 0 to 1"),
    feature("rest", "(s / 2) exp(1 - s / 2) since the cursor last moved, 0 to 1; 1 at 2 s"),
    feature("move_after_scroll", "scroll_idle times move_idle_brief, 0 to 9"),
    feature("stay_share", "stay_total over the page view so far, 0 to 1"),
];

/// Features in the vector.
pub const COUNT: usize = TABLE.len();

/// A value for each feature of [`TABLE`].
pub type Vector = [f64; COUNT];

/// The position of a feature by name.
pub fn index_of(name: &str) -> Option<usize> {
    TABLE.iter().position(|feature| feature.name == name)
}

/// `ln(1 + x)`, 0 for what is negative or not a number.
pub(crate) fn ln(x: f64) -> f64 {
    if x > 0.0 { libm::log1p(x) } else { 0.0 }
}

/// `exp(-age / scale)`: 1 now, fading.
pub(crate) fn fading(age: Millis, scale: Millis) -> f64 {
    libm::exp(-age.max(0.0) / scale)
}

/// Everything a page view remembers of its signals.
#[derive(Clone, Debug)]
pub struct Features {
    began: Millis,
    window: Window,
    /// The cursor.
    pub pointer: Pointer,
    /// Scrolling.
    pub scroll: Scroll,
    /// Clicks.
    pub clicks: Clicks,
    /// Stays in slots.
    pub dwell: Dwell,
}

impl Features {
    /// Features of a page view that begins at `now`.
    pub fn new(now: Millis) -> Features {
        Features {
            began: now,
            window: Window::new(now),
            pointer: Pointer::new(now),
            scroll: Scroll::new(now),
            clicks: Clicks::default(),
            dwell: Dwell::new(now),
        }
    }

    /// When the page view began.
    pub fn began(&self) -> Millis {
        self.began
    }

    /// Takes a signal; `layout` is as it stands after it.
    pub fn update(&mut self, signal: &Signal, now: Millis, layout: &Layout) {
        match signal {
            Signal::Move { x, y } => {
                self.pointer.moved(*x, *y, now, self.window.at(now));
                self.dwell.cursor(layout.hit(*x, *y), now);
            }
            Signal::Scroll { y, inner } => {
                self.scroll.scrolled(*y, *inner, now, layout, self.window.at(now));
                if let Some((x, y)) = self.pointer.at() {
                    self.dwell.cursor(layout.hit(x, y), now);
                }
            }
            Signal::Click { x, y, role, .. } => {
                self.clicks.clicked(*x, *y, *role, now);
                self.window.at(now).clicks += 1.0;
            }
            Signal::FormError => self.clicks.form_error(now),
            Signal::Exit => self.pointer.exited(now),
            Signal::Resize { .. } => self.scroll.resized(layout),
            _ => {}
        }
    }

    /// All features at `now`.
    pub fn vector(&mut self, now: Millis, layout: &Layout) -> Vector {
        let (short, long) = (self.window.sum(now, SHORT), self.window.sum(now, LONG));
        let latest = self.window.sum(now, 2);
        let (move_idle, scroll_idle) = (self.pointer.idle(now), self.scroll.idle(now));
        let (x, y) = self.pointer.at().unwrap_or((0.0, 0.0));
        let share = |value: f64, of: f64| if of > 0.0 { (value / of).clamp(0.0, 1.0) } else { 0.0 };
        let net = |cell: &window::Cell| f64::sqrt(cell.dx * cell.dx + cell.dy * cell.dy);
        let (age, stay, stay_total) =
            (now - self.began, self.dwell.stay(now), self.dwell.total(now));
        let idle = move_idle.min(scroll_idle);
        let rest = move_idle / (2.0 * SECOND);
        [
            ln(age / SECOND),
            ln(move_idle / SECOND),
            fading(move_idle, 400.0),
            fading(move_idle, 1_500.0),
            ln(scroll_idle / SECOND),
            fading(scroll_idle, 1_500.0),
            ln(short.path),
            ln(long.path),
            ln(net(&short)),
            ln(net(&long)),
            share(net(&short), short.path),
            share(short.moves, 40.0),
            share(long.moves, 160.0),
            ln(self.pointer.speed()) * fading(move_idle, 400.0),
            share(latest.path, short.path),
            share(x, layout.viewport[0]),
            share(y, layout.viewport[1]),
            ln(short.scroll),
            ln(long.scroll),
            long.reversals.min(8.0),
            self.scroll.depth(),
            layout.depth(),
            if self.dwell.slot().is_some() { 1.0 } else { 0.0 },
            ln(stay / SECOND),
            ln(stay_total / SECOND),
            ln(self.dwell.visited() as f64),
            ln(idle / SECOND),
            fading(idle, 400.0),
            fading(idle, 1_500.0),
            rest * libm::exp(1.0 - rest),
            ln(scroll_idle / SECOND) * fading(move_idle, 400.0),
            share(stay_total, age),
        ]
    }

    /// Scroll reversals in the last eight seconds.
    pub fn reversals(&mut self, now: Millis) -> f64 {
        self.window.sum(now, LONG).reversals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(vector: &Vector, name: &str) -> f64 {
        vector[index_of(name).unwrap()]
    }

    #[test]
    fn names_differ_and_fit_a_model_file() {
        let unlike = |at: usize| TABLE[..at].iter().all(|other| other.name != TABLE[at].name);
        assert!((0..COUNT).all(unlike));
        assert!(COUNT <= u8::MAX as usize);
    }

    #[test]
    fn idle_is_since_the_later_of_moving_and_scrolling() {
        let (mut features, layout) = (Features::new(0.0), Layout::default());
        features.update(&Signal::Move { x: 1.0, y: 1.0 }, 1_000.0, &layout);
        features.update(&Signal::Scroll { y: 80.0, inner: false }, 2_000.0, &layout);
        let vector = features.vector(3_000.0, &layout);
        assert_eq!(value(&vector, "idle"), ln(1.0));
        assert_eq!(value(&vector, "idle_short"), fading(1_000.0, 1_500.0));
        assert_eq!(value(&vector, "move_idle"), ln(2.0));
        assert_eq!(value(&vector, "rest"), 1.0);
        assert_eq!(value(&vector, "move_after_scroll"), ln(1.0) * fading(2_000.0, 400.0));
    }

    #[test]
    fn the_share_of_a_stay_is_bounded_and_zero_outside() {
        let (mut features, mut layout) = (Features::new(0.0), Layout::default());
        layout.place("a", [0.0, 0.0, 100.0, 100.0]);
        features.update(&Signal::Move { x: 10.0, y: 10.0 }, 1_000.0, &layout);
        assert_eq!(value(&features.vector(4_000.0, &layout), "stay_share"), 0.75);
        features.update(&Signal::Move { x: 500.0, y: 10.0 }, 4_000.0, &layout);
        assert_eq!(value(&features.vector(5_000.0, &layout), "stay_share"), 0.0);
        assert_eq!(value(&Features::new(7.0).vector(7.0, &layout), "stay_share"), 0.0);
    }
}
