//! Features: numbers that say how the visitor moves, in O(1) a signal and in fixed memory.
//!
//! One family a file. [`Features::update`] takes each signal; [`Features::vector`] reads all
//! features at a forecast. [`TABLE`] names each with its unit and range, in an order that model
//! files refer to: a feature's position never changes, new ones come at the end. A feature that
//! says who the visitor is does not compile (`table`).

mod click;
mod dwell;
mod filling;
mod habit;
mod kinematics;
mod pointer;
mod scroll;
mod session;
mod table;
mod touch;
pub mod window;

use crate::layout::Layout;
use crate::number::{max, min};
use crate::signal::Signal;
use crate::time::{Millis, SECOND};
pub use click::Clicks;
pub use dwell::{Dwell, Stay, Stays};
use filling::Filling;
pub use habit::{Habit, Running};
pub use kinematics::{Kinematics, PAUSE};
pub use pointer::{Pointer, SAMPLE};
pub use scroll::Scroll;
pub use session::{PageClass, SCALE, SESSION, Totals};
pub use table::{COUNT, FORBIDDEN, Family, Feature, NAMES, TABLE, Vector, index_of, is_forbidden};
pub use touch::Touch;
use window::{CELL, Cell, LONG, SHORT, Window};

/// `ln(1 + x)`, 0 for what is negative or not a number.
#[inline(never)]
pub(crate) fn ln(x: f64) -> f64 {
    if x > 0.0 { libm::log1p(x) } else { 0.0 }
}

/// `exp(-age / scale)`: 1 now, fading.
#[inline(never)]
pub(crate) fn fading(age: Millis, scale: Millis) -> f64 {
    libm::exp(-max(age, 0.0) / scale)
}

/// What a vector needs to know beyond the signals of its page view.
#[derive(Clone, Copy, Debug, Default)]
pub struct Told {
    /// The session.
    pub totals: Totals,
    /// The visitor's habits.
    pub habit: Habit,
    /// ms of the session with the tags of the present page.
    pub tag_dwell: Millis,
}

/// Everything a page view remembers of its signals.
#[derive(Clone, Debug)]
// In this order, the large last: what stands in the first 128 bytes is reached by a byte less.
#[repr(C)]
pub struct Features {
    began: Millis,
    paused: Option<Millis>,
    /// The cursor.
    pub pointer: Pointer,
    /// Scrolling.
    pub scroll: Scroll,
    /// Clicks.
    pub clicks: Clicks,
    /// Fingers.
    pub touch: Touch,
    kinematics: Kinematics,
    /// Stays in slots.
    pub dwell: Dwell,
    window: Window,
}

impl Features {
    /// Features of a page view that begins at `now`.
    pub fn new(now: Millis) -> Features {
        Features {
            began: now,
            window: Window::new(now),
            paused: None,
            kinematics: Kinematics::default(),
            pointer: Pointer::new(now),
            scroll: Scroll::new(now),
            clicks: Clicks::default(),
            dwell: Dwell::new(now),
            touch: Touch::default(),
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
                let cell = self.window.at(now);
                self.kinematics.moved(*x, *y, now, cell);
                if let Some(sample) = self.pointer.moved(*x, *y, now, cell) {
                    self.kinematics.sampled(sample, cell);
                    if self.kinematics.pause() > 0.0 {
                        self.paused = Some(self.kinematics.pause());
                    }
                }
                if self.dwell.cursor(layout.hit(*x, *y), now) {
                    cell.corrections += 1.0;
                }
            }
            Signal::Scroll { y, inner } => {
                let speed = self.scroll.scrolled(*y, *inner, now, layout, self.window.at(now));
                if let Some(speed) = speed.filter(|_| !inner) {
                    self.touch.scrolled(speed, now);
                }
                if let Some((x, y)) = self.pointer.at() {
                    self.dwell.cursor(layout.hit(x, y), now);
                }
            }
            Signal::Click { x, y, role, .. } => {
                self.clicks.clicked(*x, *y, *role, now);
                self.touch.clicked(now);
                self.window.at(now).clicks += 1.0;
            }
            Signal::Visibility { visible } if self.clicks.visibility(*visible, now) => {
                self.window.at(now).corrections += 1.0;
            }
            Signal::FormError => self.clicks.form_error(now),
            Signal::Exit => self.pointer.exited(now),
            Signal::Resize { .. } => self.scroll.resized(layout),
            _ => {}
        }
    }

    /// All features at `now`.
    pub fn vector(&mut self, now: Millis, layout: &Layout, told: &Told) -> Vector {
        let (short, long) = (self.window.sum(now, SHORT), self.window.sum(now, LONG));
        let latest = self.window.sum(now, 2);
        let idle = self.pointer.idle(now);
        let mut out = Filling::from(0);
        self.first(&mut out, now, layout, [&short, &long, &latest]);
        told.totals.fill(&mut out);
        self.kinematics.fill(&mut out, &self.pointer, layout, now, [&short, &long]);
        self.scroll.fill(&mut out, now, &self.window);
        self.clicks.fill(&mut out, now);
        out.put(long.corrections);
        out.seconds(told.tag_dwell);
        match self.touch.flung() {
            Some(flung) => out.fading(now - flung, 4.0 * SECOND),
            None => out.put(0.0),
        }
        out.ln(layout.scale - 1.0);
        out.put(told.habit.speed(self.pointer.speed()) * fading(idle, 400.0));
        out.put(told.habit.pause(idle, PAUSE));
        let mut vector = out.into_vector();
        table::keep_to_ranges(&mut vector);
        vector
    }

    /// Adds what was seen since the last forecast to the visitor's habits. Asked after the vector:
    /// the present is compared with the past, not with itself.
    pub fn learn(&mut self, now: Millis, habit: &mut Habit) {
        let [speed, pause] = &mut habit.0;
        if self.pointer.has_moved() && self.pointer.idle(now) < CELL {
            speed.observe(ln(self.pointer.speed()));
        }
        if let Some(paused) = self.paused.take() {
            pause.observe(ln(paused / SECOND));
        }
    }

    /// The features that came first, of several families.
    fn first(&self, out: &mut Filling, now: Millis, layout: &Layout, sums: [&Cell; 3]) {
        let [short, long, latest] = sums;
        let (move_idle, scroll_idle) = (self.pointer.idle(now), self.scroll.idle(now));
        let (x, y) = self.pointer.at().unwrap_or((0.0, 0.0));
        let nets = [short, long].map(|cell| f64::sqrt(cell.dx * cell.dx + cell.dy * cell.dy));
        let (age, stay_total) = (now - self.began, self.dwell.total(now));
        let idle = min(move_idle, scroll_idle);
        let rest = move_idle / (2.0 * SECOND);
        let brief = fading(move_idle, 400.0);
        out.seconds(age);
        out.seconds(move_idle);
        out.put(brief);
        out.fading(move_idle, 1_500.0);
        out.seconds(scroll_idle);
        out.fading(scroll_idle, 1_500.0);
        out.ln(short.path);
        out.ln(long.path);
        out.ln(nets[0]);
        out.ln(nets[1]);
        out.share(nets[0], short.path);
        out.share(short.moves, 40.0);
        out.share(long.moves, 160.0);
        out.put(ln(self.pointer.speed()) * brief);
        out.share(latest.path, short.path);
        out.share(x, layout.viewport[0]);
        out.share(y, layout.viewport[1]);
        out.ln(short.scroll);
        out.ln(long.scroll);
        out.put(long.reversals);
        out.put(self.scroll.depth());
        out.put(layout.depth());
        out.flag(self.dwell.slot().is_some());
        out.seconds(self.dwell.stay(now));
        out.seconds(stay_total);
        out.ln(self.dwell.visited() as f64);
        out.seconds(idle);
        out.fading(idle, 400.0);
        out.fading(idle, 1_500.0);
        out.put(rest * libm::exp(1.0 - rest));
        out.put(ln(scroll_idle / SECOND) * brief);
        out.share(stay_total, age);
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
    fn idle_is_since_the_later_of_moving_and_scrolling() {
        let (mut features, layout) = (Features::new(0.0), Layout::default());
        features.update(&Signal::Move { x: 1.0, y: 1.0 }, 1_000.0, &layout);
        features.update(&Signal::Scroll { y: 80.0, inner: false }, 2_000.0, &layout);
        let vector = features.vector(3_000.0, &layout, &Told::default());
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
        assert_eq!(value(&features.vector(4_000.0, &layout, &Told::default()), "stay_share"), 0.75);
        features.update(&Signal::Move { x: 500.0, y: 10.0 }, 4_000.0, &layout);
        assert_eq!(value(&features.vector(5_000.0, &layout, &Told::default()), "stay_share"), 0.0);
        assert_eq!(
            value(&Features::new(7.0).vector(7.0, &layout, &Told::default()), "stay_share"),
            0.0
        );
    }
}
