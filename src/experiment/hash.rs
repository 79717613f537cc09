//! Where a visitor stands in an experiment: GrowthBook's two hashes, without allocating.
//!
//! FNV-1a of 32 bits over UTF-16 units, as JavaScript hands them out. Version 1 has 1,000 places,
//! and its buckets of two seeds lean on each other; version 2 hashes the decimal text of the first
//! hash once more and has 10,000.

use super::spelling::digits;
use crate::attribute::Read;
use crate::condition::compare::{Buffer, text};

struct Fnv(u32);

impl Fnv {
    const START: Fnv = Fnv(0x811c_9dc5);

    fn text(&mut self, text: &str) {
        if text.is_ascii() {
            text.bytes().for_each(|byte| self.unit(byte.into()));
        } else {
            text.encode_utf16().for_each(|unit| self.unit(unit.into()));
        }
    }

    fn unit(&mut self, unit: u32) {
        self.0 = (self.0 ^ unit).wrapping_mul(0x0100_0193);
    }

    fn texts(&mut self, texts: &[&str]) {
        texts.iter().for_each(|text| self.text(text));
    }

    /// What `String(value)` is; the text of a list is cut after 1 KiB.
    fn value(&mut self, value: &Read) {
        match value.plain() {
            Read::Text(text) => self.text(text),
            other => self.made(other),
        }
    }

    // Out of line: the buffer has to be cleared, and most values are texts.
    #[inline(never)]
    fn made(&mut self, value: Read) {
        self.text(text(value, &mut Buffer::default()));
    }
}

/// The place of a value under a seed, 0 to below 1; `None` for a version that is not known. The
/// seed is the parts one after the other.
///
/// ```
/// # use unspoken::{attribute::Read, experiment::hash};
/// assert_eq!(hash(&["seed"], &Read::Text("a"), 2), Some(0.0505));
/// assert_eq!(hash(&["b"], &Read::Text("a"), 1), Some(0.946));
/// assert_eq!(hash(&["b"], &Read::Text("a"), 3), None);
/// ```
pub fn hash(seed: &[&str], value: &Read, version: u8) -> Option<f64> {
    let mut fnv = Fnv::START;
    match version {
        1 => {
            fnv.value(value);
            fnv.texts(seed);
            Some(f64::from(fnv.0 % 1_000) / 1_000.0)
        }
        2 => {
            fnv.texts(seed);
            fnv.value(value);
            let mut again = Fnv::START;
            again.text(digits(fnv.0.into(), &mut [0; 20]));
            Some(f64::from(again.0 % 10_000) / 10_000.0)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_one_seed_and_units_are_those_of_javascript() {
        let whole = hash(&["__shop"], &Read::Text("7"), 1);
        assert_eq!(hash(&["__", "shop"], &Read::Text("7"), 1), whole);
        assert_eq!(hash(&["s"], &Read::Number(7.0), 2), hash(&["s"], &Read::Text("7"), 2));
        // By node, with @growthbook/growthbook 1.8.0.
        assert_eq!(hash(&["größe"], &Read::Text("😀"), 2), Some(UNITS));
    }

    const UNITS: f64 = 0.5959;
}
