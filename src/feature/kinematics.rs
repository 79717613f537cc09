//! How the cursor moves: acceleration, turns, pauses, submovements, the way to a slot.
//!
//! What is taken from 20 Hz samples is the same for a stream that was recorded at 20 Hz. Submovements
//! last a tenth to a third of a second, so they are looked for in every position that the hardware
//! reported, up to 240 Hz; at 20 Hz some of them run together.

use super::fading;
use super::filling::Filling;
use super::pointer::{Pointer, SAMPLE, Sample};
use super::window::Cell;
use crate::layout::Layout;
use crate::number::{clamp, max, min};
use crate::time::{Millis, SECOND};

/// A rest longer than this is a pause.
pub const PAUSE: Millis = 250.0;
/// Positions nearer in time than this are taken together: a clock of whole ms makes nonsense of
/// their speed. A little under 240 Hz.
const FINE: Millis = 4.0;
/// After this long without a position a movement has ended.
const ENDED: Millis = 100.0;
/// Time constant of the low-pass filter over the speed.
const SMOOTH: Millis = 30.0;
/// A peak slower than this is tremor, px/s.
const LEAST_PEAK: f64 = 100.0;
/// The speed must fall to this share of the peak, and rise from the valley by as much, to count.
const FALL: f64 = 0.7;
/// The distance to slots where there is none, px.
const NOWHERE: f64 = 10_000.0;

/// What is known of the cursor's movement.
#[derive(Clone, Debug, Default)]
pub struct Kinematics {
    before: Option<Sample>,
    accel: f64,
    ended: Millis,
    fine: Option<(f64, f64, Millis)>,
    smooth: f64,
    extreme: f64,
    falls: bool,
}

impl Kinematics {
    /// The cursor moved, by a sample at 20 Hz.
    pub fn sampled(&mut self, sample: Sample, cell: &mut Cell) {
        self.ended = if sample.age > PAUSE { sample.age } else { 0.0 };
        cell.pauses += (self.ended > 0.0) as u8 as f64;
        // Out of a rest it speeds up from nothing.
        let (before, span) = match self.before {
            Some(before) if self.ended == 0.0 => (before.speed, sample.span),
            _ => (0.0, sample.span),
        };
        self.accel = (sample.speed - before) * SECOND / span;
        if let Some(before) = self.before
            && before.way > 0.0
            && sample.way > 0.0
        {
            let cosine =
                (before.dx * sample.dx + before.dy * sample.dy) / (before.way * sample.way);
            cell.turn += sample.way * (1.0 - clamp(cosine, -1.0, 1.0)) / 2.0;
            cell.turned += sample.way;
        }
        if sample.way > 0.0 {
            self.before = Some(sample);
        }
    }

    /// The cursor is at `x`, `y`: every position there is.
    pub fn moved(&mut self, x: f64, y: f64, now: Millis, cell: &mut Cell) {
        let Some((last_x, last_y, last)) = self.fine else {
            self.fine = Some((x, y, now));
            return;
        };
        let age = now - last;
        if age < FINE {
            return;
        }
        self.fine = Some((x, y, now));
        if age > ENDED {
            (self.smooth, self.extreme, self.falls) = (0.0, 0.0, false);
            return;
        }
        let (dx, dy) = (x - last_x, y - last_y);
        let speed = f64::sqrt(dx * dx + dy * dy) * SECOND / age;
        if !speed.is_finite() {
            return;
        }
        self.smooth += (speed - self.smooth) * age / (age + SMOOTH);
        if !self.falls {
            self.extreme = max(self.extreme, self.smooth);
            if self.extreme >= LEAST_PEAK && self.smooth < self.extreme * FALL {
                cell.submoves += 1.0;
                (self.falls, self.extreme) = (true, self.smooth);
            }
        } else {
            self.extreme = min(self.extreme, self.smooth);
            if self.smooth * FALL > self.extreme && self.smooth >= LEAST_PEAK * FALL {
                (self.falls, self.extreme) = (false, self.smooth);
            }
        }
    }

    /// The pause that the last sample ended, ms; 0 where it ended none.
    pub fn pause(&self) -> Millis {
        self.ended
    }

    /// `accel`, `turn_2s`, `submoves_2s`, `near`, `approach`, `pauses_8s`; `short` and `long` are
    /// the sums of 2 s and 8 s.
    pub(super) fn fill(
        &self,
        out: &mut Filling,
        pointer: &Pointer,
        layout: &Layout,
        now: Millis,
        [short, long]: [&Cell; 2],
    ) {
        let faded = fading(pointer.idle(now), 400.0);
        let (mut near, mut closing) = (NOWHERE, 0.0);
        if let Some((x, y)) = pointer.at()
            && let Some(slot) = layout.nearest(x, y)
        {
            near = min(layout.distance(slot, x, y), NOWHERE);
            if let (Some(before), Some((sample_x, sample_y))) = (self.before, pointer.sample()) {
                let was = layout.distance(slot, sample_x - before.dx, sample_y - before.dy);
                closing = (was - layout.distance(slot, sample_x, sample_y)) * SECOND / before.span;
            }
        }
        out.signed(self.accel, faded);
        out.share(short.turn, short.turned);
        out.put(short.submoves);
        out.ln(near);
        out.signed(closing, faded);
        out.put(long.pauses);
    }
}

/// Whether a movement fell into one cell of time with the one before: see [`SAMPLE`].
const _: () = assert!(FINE < SAMPLE && SAMPLE < ENDED, "a 20 Hz stream is no row of ends");

#[cfg(test)]
mod tests {
    use super::super::ln;
    use super::*;

    /// Minimum-jerk strokes to the right, each 300 ms long, seen every `every` ms.
    fn strokes(count: u32, every: u32) -> (Kinematics, Pointer, Cell) {
        let (mut kinematics, mut pointer) = (Kinematics::default(), Pointer::new(0.0));
        let mut cell = Cell::default();
        for at in (0..=count * 300).step_by(every as usize) {
            let (stroke, share) = (f64::from(at / 300), f64::from(at % 300) / 300.0);
            let way = share.powi(3) * (10.0 - 15.0 * share + 6.0 * share * share);
            let (x, now) = ((stroke + way) * 150.0, f64::from(at));
            if let Some(sample) = pointer.moved(x, 0.0, now, &mut cell) {
                kinematics.sampled(sample, &mut cell);
            }
            kinematics.moved(x, 0.0, now, &mut cell);
        }
        (kinematics, pointer, cell)
    }

    #[test]
    fn each_stroke_is_a_submovement_at_240_and_at_60_hz() {
        for every in [4, 8, 16] {
            for count in [1, 2, 5] {
                assert_eq!(strokes(count, every).2.submoves, f64::from(count), "{count}, {every}");
            }
        }
    }

    #[test]
    fn turns_weigh_by_the_way() {
        let turn = |points: &[(f64, f64)]| {
            let (mut kinematics, mut pointer) = (Kinematics::default(), Pointer::new(0.0));
            let mut cell = Cell::default();
            for (at, (x, y)) in points.iter().enumerate() {
                if let Some(sample) = pointer.moved(*x, *y, at as f64 * 60.0, &mut cell) {
                    kinematics.sampled(sample, &mut cell);
                }
            }
            cell.turn / cell.turned
        };
        assert_eq!(turn(&[(0.0, 0.0), (10.0, 0.0), (30.0, 0.0)]), 0.0);
        assert_eq!(turn(&[(0.0, 0.0), (10.0, 0.0), (0.0, 0.0)]), 1.0);
        assert_eq!(turn(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]), 0.5);
    }

    #[test]
    fn a_rest_is_one_pause_and_the_way_to_a_slot_is_signed() {
        let (mut kinematics, mut pointer) = (Kinematics::default(), Pointer::new(0.0));
        let (mut cell, mut layout) = (Cell::default(), Layout::default());
        layout.place("a", [500.0, 0.0, 100.0, 100.0]);
        let at = [(0.0, 0.0), (100.0, 60.0), (150.0, 120.0), (250.0, 900.0)];
        for (x, now) in at {
            if let Some(sample) = pointer.moved(x, 50.0, now, &mut cell) {
                kinematics.sampled(sample, &mut cell);
            }
        }
        assert_eq!((cell.pauses, kinematics.pause()), (1.0, 780.0));
        let read = |kinematics: &Kinematics, pointer: &Pointer| {
            let mut out = Filling::from(0);
            kinematics.fill(&mut out, pointer, &layout, 900.0, [&cell, &cell]);
            out.into_vector()
        };
        let [accel, _, _, near, approach, ..] = read(&kinematics, &pointer);
        assert_eq!(near, ln(250.0));
        assert_eq!(approach, ln(500.0), "100 px; the rest is cut to 200 ms");
        assert_eq!(accel, ln(2_500.0));
        let mut back = Cell::default();
        let sample = pointer.moved(200.0, 50.0, 960.0, &mut back);
        kinematics.sampled(sample.unwrap(), &mut back);
        assert!(read(&kinematics, &pointer)[4] < -6.0);
    }
}
