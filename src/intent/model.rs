//! The model file, and inference from it.
//!
//! `unspoken-model` version 1, little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `UNSM` |
//! | 1 | version, 1 |
//! | 1 | head, as its position in [`Head::ALL`] |
//! | 1 | kind: 1 logistic |
//! | 1 | n, the number of inputs |
//! | 4 | bias, f32 |
//! | 4 | scale of the weights, f32 |
//! | n × 10 | an input: feature (u8, position in [`crate::feature::TABLE`]), weight (i8), mean (f32), inverse deviation (f32) |
//! | 4 | CRC-32 (IEEE) of all before |
//!
//! The forecast is `σ(bias + scale · Σ weight · (feature − mean) · inverse deviation)`, with each
//! standardised input held within ±[`CLAMP`] so that a page unlike any seen in training cannot
//! push one input to rule alone. Sums run in file order in f64, and `exp` is libm's: the same bits
//! on every machine.

use super::Head;
use crate::error::Error;
use crate::feature::{self, Vector};
use alloc::vec::Vec;

const MAGIC: &[u8; 4] = b"UNSM";
const VERSION: u8 = 1;
const LOGISTIC: u8 = 1;
const FIXED: usize = 16;
const PER_INPUT: usize = 10;

/// How far a standardised input may go.
pub const CLAMP: f64 = 4.0;

/// One input of a model.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Input {
    /// Position in the feature table.
    pub feature: u8,
    /// Quantised weight; times the model's scale it is the weight.
    pub weight: i8,
    /// Subtracted from the feature.
    pub mean: f32,
    /// Multiplies what is left.
    pub inverse_deviation: f32,
}

/// A logistic model of one head.
#[derive(Clone, PartialEq, Debug)]
pub struct Model {
    /// What it forecasts.
    pub head: Head,
    /// Added to the weighted sum.
    pub bias: f32,
    /// What one step of a weight is worth.
    pub scale: f32,
    /// In summing order.
    pub inputs: Vec<Input>,
}

impl Model {
    /// Reads a model file. What is cut, changed, newer, or refers to an unknown feature is refused.
    ///
    /// ```
    /// # use unspoken::intent::{COMMIT_MODEL, Head, model::Model};
    /// assert_eq!(Model::read(COMMIT_MODEL).unwrap().head, Head::Commit);
    /// let mut broken = COMMIT_MODEL.to_vec();
    /// broken[20] ^= 1;
    /// assert!(Model::read(&broken).unwrap_err().message().contains("checksum"));
    /// ```
    pub fn read(bytes: &[u8]) -> Result<Model, Error> {
        let refuse = |message: &str| Err(Error::new("model", message));
        if bytes.len() < FIXED || &bytes[..4] != MAGIC {
            return refuse("not a model file: it does not begin with UNSM");
        }
        if bytes[4] != VERSION {
            return refuse("made for another version of Unspoken; this one reads version 1");
        }
        let (body, sum) = bytes.split_at(bytes.len() - 4);
        if u32_at(sum, 0) != crc32(body) {
            return refuse("the checksum does not fit: the file is damaged");
        }
        let Some(head) = Head::ALL.get(bytes[5] as usize) else {
            return refuse("its head is unknown here");
        };
        if bytes[6] != LOGISTIC {
            return refuse("its kind is unknown here; version 1 knows kind 1, logistic");
        }
        let count = bytes[7] as usize;
        if body.len() != FIXED + count * PER_INPUT {
            return refuse("its length does not fit the number of inputs");
        }
        let inputs = body[FIXED..].chunks_exact(PER_INPUT).map(|part| Input {
            feature: part[0],
            weight: part[1] as i8,
            mean: f32::from_bits(u32_at(part, 2)),
            inverse_deviation: f32::from_bits(u32_at(part, 6)),
        });
        let model = Model {
            head: *head,
            bias: f32::from_bits(u32_at(body, 8)),
            scale: f32::from_bits(u32_at(body, 12)),
            inputs: inputs.collect(),
        };
        let finite = |input: &Input| input.mean.is_finite() && input.inverse_deviation.is_finite();
        if model.inputs.iter().any(|input| input.feature as usize >= feature::COUNT) {
            return refuse("it refers to a feature that is unknown here");
        }
        if !(model.bias.is_finite() && model.scale.is_finite() && model.inputs.iter().all(finite)) {
            return refuse("it holds a number that is not finite");
        }
        Ok(model)
    }

    /// The model as a file.
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(FIXED + self.inputs.len() * PER_INPUT + 4);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[VERSION, self.head as u8, LOGISTIC, self.inputs.len() as u8]);
        out.extend_from_slice(&self.bias.to_le_bytes());
        out.extend_from_slice(&self.scale.to_le_bytes());
        for input in &self.inputs {
            out.extend_from_slice(&[input.feature, input.weight as u8]);
            out.extend_from_slice(&input.mean.to_le_bytes());
            out.extend_from_slice(&input.inverse_deviation.to_le_bytes());
        }
        let sum = crc32(&out);
        out.extend_from_slice(&sum.to_le_bytes());
        out
    }

    /// The probability that the head's outcome happens within its horizon.
    pub fn forecast(&self, features: &Vector) -> f64 {
        let sum: f64 = self
            .inputs
            .iter()
            .map(|input| {
                let centred = features[input.feature as usize] - input.mean as f64;
                let standard = (centred * input.inverse_deviation as f64).clamp(-CLAMP, CLAMP);
                input.weight as f64 * standard
            })
            .sum();
        sigmoid(self.bias as f64 + self.scale as f64 * sum)
    }
}

/// `1 / (1 + exp(-x))`.
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().rev().fold(0, |bits, byte| bits << 8 | *byte as u32)
}

/// CRC-32 (IEEE 802.3), bit by bit: a table would be larger than the models it checks.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| {
        (0..8).fold(sum ^ *byte as u32, |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        let input = |feature, weight| Input { feature, weight, mean: 1.0, inverse_deviation: 0.5 };
        Model {
            head: Head::Commit,
            bias: -1.5,
            scale: 0.125,
            inputs: alloc::vec![input(0, 40), input(3, -127)],
        }
    }

    #[test]
    fn a_file_reads_back_as_it_was_written() {
        assert_eq!(Model::read(&model().write()).unwrap(), model());
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926, "the check value of CRC-32/ISO-HDLC");
    }

    #[test]
    fn a_forecast_is_the_formula() {
        let mut features = [0.0; feature::COUNT];
        features[0] = 3.0;
        features[3] = 1_000.0;
        let expected: f64 = -1.5 + 0.125 * (40.0 * 1.0 - 127.0 * CLAMP);
        assert_eq!(model().forecast(&features), 1.0 / (1.0 + libm::exp(-expected)));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let good = model().write();
        let refused = |bytes: &[u8], word: &str| {
            let error = Model::read(bytes).unwrap_err();
            assert!(error.message().contains(word), "{error}");
        };
        refused(b"", "UNSM");
        refused(&good[..good.len() - 1], "checksum");
        let mut newer = good.clone();
        newer[4] = 2;
        refused(&newer, "version");
        let mut unknown = model();
        unknown.inputs[0].feature = 255;
        refused(&unknown.write(), "feature");
        let mut endless = model();
        endless.bias = f32::NAN;
        refused(&endless.write(), "finite");
    }
}
