//! A vector in the making, filled from front to back.
//!
//! Sixty formulas of a few kinds: each kind is one function here, out of line, since written out
//! where they stand they cost the module a kilobyte.

use super::table::{COUNT, Vector};
use super::{fading, ln};
use crate::time::{Millis, SECOND};

/// The vector, and the position that comes next.
pub struct Filling {
    vector: Vector,
    at: usize,
}

impl Filling {
    /// Begins at a position of the table.
    pub fn from(at: usize) -> Filling {
        Filling { vector: [0.0; COUNT], at }
    }

    /// The value as it is; the table's range will hold it.
    #[inline(never)]
    pub fn put(&mut self, value: f64) {
        if let Some(place) = self.vector.get_mut(self.at) {
            *place = value;
        }
        self.at += 1;
    }

    /// `ln(1 + value)`.
    #[inline(never)]
    pub fn ln(&mut self, value: f64) {
        self.put(ln(value));
    }

    /// `ln(1 + s)`.
    #[inline(never)]
    pub fn seconds(&mut self, ms: Millis) {
        self.ln(ms / SECOND);
    }

    /// 1 now, fading.
    #[inline(never)]
    pub fn fading(&mut self, age: Millis, scale: Millis) {
        self.put(fading(age, scale));
    }

    /// A part of a whole; 0 where there is none.
    #[inline(never)]
    pub fn share(&mut self, value: f64, of: f64) {
        self.put(if of > 0.0 { value / of } else { 0.0 });
    }

    /// `ln` of a size, with the sign kept, times how much of it is left.
    #[inline(never)]
    pub fn signed(&mut self, value: f64, left: f64) {
        let size = ln(f64::abs(value));
        self.put(if value < 0.0 { -size } else { size } * left);
    }

    /// 0 or 1.
    #[inline(never)]
    pub fn flag(&mut self, is: bool) {
        self.put(is as u8 as f64);
    }

    /// What was filled in.
    pub fn into_vector(self) -> Vector {
        self.vector
    }
}
