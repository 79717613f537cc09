//! Human or machine: how much speaks for a script behind this session, from 0 to 1.
//!
//! Evidence is gathered in fixed memory, each signal at constant cost. Every sign has a weight `w`,
//! and the score is `1 - exp(-Σw)`, as of signs that are independent. Weights, sources and false
//! alarms stand in docs/automation.md. It is no fingerprint and no wall: a good imitation of a hand
//! is not found, and is not meant to be.

use crate::signal::Signal;
use crate::time::Millis;
use alloc::vec::Vec;

/// From this score on, in percent, a session counts as a machine's.
pub const MACHINE: f64 = 90.0;
/// The signs by name, in the order of [`Automation::weights`].
pub const SIGNS: [&str; 4] = ["webdriver", "untrusted", "kinematics", "timing"];
/// A sign of less weight is no reason to name: 10 % by itself.
const WORTH_NAMING: f64 = 0.105;

/// The browser says it is driven: 99 % by itself.
const WEBDRIVER: f64 = 4.6;
/// An event that no hand made claims a cursor's place: 95 %.
const UNTRUSTED: f64 = 3.0;
/// Of a drawn line; two make 92 %.
const DRAWN: f64 = 1.25;
/// Of a jump; and the most that jumps weigh, 50 %: people jump too, by voice, grid and remote desk.
const JUMP: (f64, f64) = (0.25, 0.7);
/// Of a beat; and the most that timing weighs, 84 %: no rhythm alone makes a machine.
const BEAT: (f64, f64) = (1.0, 1.85);

/// Steps shorter than this (CSS px, the longer of x and y) are equal to their neighbours by
/// rounding alone.
const STEP: f64 = 6.0;
/// So many equal steps are a drawn line, and as many again another. The longest of a real hand: 7.
const LINE: u32 = 10;
/// Time they take, ms: a mouse that reports each millisecond is steady for longer than its step.
const LINE_TIME: Millis = 100.0;
/// Also a drawn line: this many equal steps, of a mean length (CSS px) that hands do not keep up.
const FAST_LINE: (u32, f64) = (5, 40.0);
const FAST_TIME: Millis = 60.0;
/// What a step that differs from the one before leaves of drawn lines and jumps.
const FADE: f64 = 0.97;
/// A jump: so far in one move (CSS px), after this much silence, with the click this soon (ms).
const FAR: f64 = 100.0;
const SILENCE: Millis = 100.0;
const AT_ONCE: Millis = 5.0;
/// Equal intervals: within this share; between moves of at least, between clicks of at least (ms).
/// Shorter ones are the display's beat, or the keyboard's while a key is held.
const EQUAL: f64 = 0.04;
const SLOW: [Millis; 2] = [40.0, 250.0];
/// So many equal intervals in a row are a beat.
const ROW: [u32; 2] = [10, 6];

/// Intervals between events of one kind.
#[derive(Clone, Copy, Debug, Default)]
struct Rhythm {
    last: Millis,
    gap: Millis,
    equal: u32,
}

impl Rhythm {
    /// An event. Says whether a row of equal intervals is full.
    fn beat(&mut self, now: Millis, least: Millis, row: u32) -> bool {
        let gap = now - self.last;
        let is_equal = gap >= least && (gap - self.gap).abs() <= gap * EQUAL;
        self.equal = if is_equal { self.equal + 1 } else { 0 };
        (self.last, self.gap) = (now, gap);
        let full = self.equal == row;
        if full {
            self.equal = 0;
        }
        full
    }
}

/// A place of the cursor, and when.
#[derive(Clone, Copy, Debug, Default)]
struct Point {
    x: f64,
    y: f64,
    at: Millis,
}

/// What was gathered.
#[derive(Clone, Debug, Default)]
pub struct Automation {
    told: [bool; 2],
    /// Where the cursor is; none before the first move.
    last: Option<Point>,
    /// Where the present row of equal steps began.
    from: Point,
    steps: u32,
    /// The last move was as long as a jump, after a silence.
    leapt: bool,
    moves: Rhythm,
    clicks: Rhythm,
    drawn: f64,
    jumps: f64,
    beats: f64,
}

impl Automation {
    /// Takes a signal.
    pub fn update(&mut self, signal: &Signal, now: Millis) {
        match signal {
            Signal::Machine { sign } => self.told[*sign as usize] = true,
            Signal::Move { x, y } => self.moved(Point { x: *x, y: *y, at: now }),
            // A key that clicks has no place: holding Enter is no rhythm of a machine.
            Signal::Click { x, y, .. } if *x != 0.0 || *y != 0.0 => {
                let is_at_once = self.last.is_some_and(|last| now - last.at <= AT_ONCE);
                if core::mem::take(&mut self.leapt) && is_at_once {
                    self.jumps += 1.0;
                }
                if self.clicks.beat(now, SLOW[1], ROW[1]) {
                    self.beats += 1.0;
                }
            }
            _ => {}
        }
    }

    fn moved(&mut self, to: Point) {
        let last = self.last.replace(to).unwrap_or(to);
        let (dx, dy, gap) = (to.x - last.x, to.y - last.y, to.at - last.at);
        let far = dx.abs().max(dy.abs());
        self.leapt = far >= FAR && gap >= SILENCE;
        if far == 0.0 {
            return;
        }
        // Only of leaps: a slow display or a remote desk has a beat of its own for small steps.
        if far >= FAR && self.moves.beat(to.at, SLOW[0], ROW[0]) {
            self.beats += 1.0;
        }
        if far < STEP {
            self.steps = 0;
            return;
        }
        let steps = self.steps as f64;
        // Positions are whole px, so equal steps differ by one, and their mean by a part of one.
        let is_equal = |step: f64, way: f64| (step - way / steps).abs() <= 1.0 + 1.0 / steps;
        let from = self.from;
        if self.steps == 0 || !is_equal(dx, last.x - from.x) || !is_equal(dy, last.y - from.y) {
            if self.steps < FAST_LINE.0 {
                self.drawn *= FADE;
                self.jumps *= FADE;
            }
            (self.from, self.steps) = (last, 1);
            return;
        }
        self.steps += 1;
        let (wide, high) = ((to.x - from.x).abs(), (to.y - from.y).abs());
        // Mouse keys and cursors of a remote control go along the axes and diagonals, exactly.
        if wide.min(high).min((wide - high).abs()) <= 2.0 {
            return;
        }
        let time = to.at - from.at;
        let is_fast = wide.max(high) >= self.steps as f64 * FAST_LINE.1;
        if self.steps.is_multiple_of(LINE) && time >= LINE_TIME
            || self.steps == FAST_LINE.0 && is_fast && time >= FAST_TIME
        {
            self.drawn += 1.0;
        }
    }

    /// Another session begins: what hands did is forgotten, what was told of the browser stays.
    pub fn renew(&mut self) {
        *self = Automation { told: self.told, ..Automation::default() };
    }

    /// What each sign weighs, in the order of [`SIGNS`].
    pub fn weights(&self) -> [f64; 4] {
        let [webdriver, untrusted] = self.told;
        [
            if webdriver { WEBDRIVER } else { 0.0 },
            if untrusted { UNTRUSTED } else { 0.0 },
            (self.drawn * DRAWN).min(WEBDRIVER) + (self.jumps * JUMP.0).min(JUMP.1),
            (self.beats * BEAT.0).min(BEAT.1),
        ]
    }

    /// The score in whole percent, rounded down; [`MACHINE`] and more is a machine's.
    pub fn percent(&self) -> f64 {
        let weight: f64 = self.weights().iter().sum();
        (100.0 - 100.0 * libm::exp(-weight)).floor()
    }

    /// The signs that were seen, by name.
    pub fn reasons(&self) -> Vec<&'static str> {
        let mut reasons = Vec::new();
        for (name, weight) in SIGNS.iter().zip(self.weights()) {
            if weight >= WORTH_NAMING {
                reasons.push(*name);
            }
        }
        reasons
    }
}
