//! Identifiers, and the seeded generator they are drawn from.
//!
//! The core has no source of randomness: the host hands it one 64-bit seed, and every identifier
//! and every later coin toss follows from that seed. That is what makes a recorded visit replay to
//! the same batch ids.

use alloc::string::String;
use core::fmt;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A 128-bit identifier: 32 lowercase hex digits as text, 16 raw bytes on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Id(pub u128);

impl Id {
    /// The identifier as 32 lowercase hex digits.
    ///
    /// ```
    /// # use unspoken::id::Id;
    /// assert_eq!(Id(255).to_hex(), "000000000000000000000000000000ff");
    /// ```
    pub fn to_hex(self) -> String {
        let mut text = String::with_capacity(32);
        for shift in (0..32).rev() {
            let digit = (self.0 >> (shift * 4)) as u8 & 15;
            text.push((if digit < 10 { b'0' + digit } else { b'a' + digit - 10 }) as char);
        }
        text
    }

    /// Reads 32 hex digits; anything else is `None`.
    ///
    /// ```
    /// # use unspoken::id::Id;
    /// assert_eq!(Id::from_hex("000000000000000000000000000000ff"), Some(Id(255)));
    /// assert_eq!(Id::from_hex("ff"), None);
    /// ```
    pub fn from_hex(text: &str) -> Option<Id> {
        if text.len() != 32 {
            return None;
        }
        let mut bits = 0u128;
        for digit in text.bytes() {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                b'A'..=b'F' => digit - b'A' + 10,
                _ => return None,
            };
            bits = bits << 4 | value as u128;
        }
        Some(Id(bits))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0.to_be_bytes())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Id;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("an identifier of 16 bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Id, E> {
                let bytes: [u8; 16] =
                    bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))?;
                Ok(Id(u128::from_be_bytes(bytes)))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

/// SplitMix64 (Steele, Lea & Flood 2014): tiny, and good enough for identifiers and bucket draws.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator whose whole output follows from `seed`.
    pub fn new(seed: u64) -> Rng {
        Rng(seed)
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The next identifier.
    pub fn id(&mut self) -> Id {
        Id((self.draw() as u128) << 64 | self.draw() as u128)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_matches_the_published_sequence() {
        // First outputs of the reference C code (Vigna, splitmix64.c) for seed 1234567.
        let mut rng = Rng::new(1_234_567);
        assert_eq!(rng.draw(), 6_457_827_717_110_365_317);
        assert_eq!(rng.draw(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn hex_round_trips() {
        let id = Rng::new(7).id();
        assert_eq!(Id::from_hex(&id.to_hex()), Some(id));
        assert_eq!(Id::from_hex("zz"), None);
    }
}
