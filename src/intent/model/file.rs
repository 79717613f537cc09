//! The model file: `unspoken-model` version 2, little-endian, checksummed.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | `UNSM` |
//! | 1 | version, 2 |
//! | 1 | kind: 1 logistic, 2 trees, 3 network |
//! | 1 | n: inputs (0 for trees) |
//! | 1 | m: trees or hidden units (0 for a logistic) |
//! | 4 | bias, f32 |
//! | 4 | scale of the weights, f32 |
//! | 1 + length | the head's name, with its length before it |
//! | … | the body |
//! | 4 | CRC-32 (IEEE) of all before |
//!
//! An *input* is a feature (u8, its position in [`crate::feature::TABLE`]), a mean (i16) and an
//! inverse deviation (u16). The body of a *logistic* is n inputs, then n weights (i8). Of a
//! *network*: n inputs, the scale of the inner weights (f32), then m units of bias (i16) and n
//! weights (i8), then m weights (i8). Of *trees*: m trees, each from its root: a split is its
//! feature in the lower six bits of a byte, with 128 where below is a leaf and 64 where above is
//! one, then its threshold (i16), then what is below and what is above, where a leaf is an i8.

use super::{Input, MAX_DEPTH, MAX_SPLITS, MAX_TERMS, Model, Shape, Split, Tree, Unit};
use crate::error::{Error, told};
use crate::feature;
use alloc::vec::Vec;

const MAGIC: &[u8; 4] = b"UNSM";
/// The version this code writes and reads.
pub const VERSION: u8 = 2;
/// The most bytes a file may have. Models that ship have a few hundred; a site's own may be larger,
/// but not so large that reading one could be felt.
pub const MAX_BYTES: usize = 4096;
const LOGISTIC: u8 = 1;
const TREES: u8 = 2;
const NETWORK: u8 = 3;
const BELOW_IS_LEAF: u8 = 128;
const ABOVE_IS_LEAF: u8 = 64;

impl Model {
    /// Reads a file; the error says what is wrong with it.
    ///
    /// ```
    /// # use unspoken::intent::{COMMIT_MODEL, model::Model};
    /// assert_eq!(Model::read(COMMIT_MODEL).unwrap().head, "commit");
    /// let mut broken = COMMIT_MODEL.to_vec();
    /// broken[20] ^= 1;
    /// assert!(Model::read(&broken).unwrap_err().message().contains("checksum"));
    /// ```
    pub fn read(bytes: &[u8]) -> Result<Model, Error> {
        let head = core::str::from_utf8(head_of(bytes)).unwrap_or("");
        Model::read_for(head, bytes)
    }

    /// Reads a file that has to be of this head. The page knows the name, and so needs no check
    /// that the file's is UTF-8.
    pub(crate) fn read_for(head: &str, bytes: &[u8]) -> Result<Model, Error> {
        let refuse = |message: &str| Err(Error::new("model", told(message)));
        if bytes.len() < 21 || bytes.len() > MAX_BYTES || &bytes[..4] != MAGIC {
            return refuse("not a model file: it does not begin with UNSM, or has no fitting size");
        }
        if bytes[4] != VERSION {
            return refuse("made for another version of Unspoken; this one reads version 2");
        }
        let (body, sum) = bytes.split_at(bytes.len() - 4);
        if sum != crc32(body).to_le_bytes() {
            return refuse("the checksum does not fit: the file is damaged");
        }
        let name = head_of(bytes);
        if !head.is_empty() && name != head.as_bytes() {
            #[cfg(target_arch = "wasm32")]
            return refuse("");
            #[cfg(not(target_arch = "wasm32"))]
            {
                let name: alloc::string::String =
                    name.iter().map(|byte| char::from(*byte)).collect();
                return refuse(&crate::text::concat(&["a model of another head, ", &name]));
            }
        }
        let mut reader = Reader { rest: &body[5..], failed: head.is_empty() };
        let model = reader.model(head);
        if reader.failed || !reader.rest.is_empty() {
            return refuse(
                "its contents do not fit: an unknown kind or feature, a number that is not \
                 finite, or a wrong length",
            );
        }
        Ok(model)
    }

    /// The model as a file. Every tree has a split: one that has none is part of the bias.
    pub fn write(&self) -> Vec<u8> {
        let (kind, inputs, others): (u8, &[Input], usize) = match &self.shape {
            Shape::Logistic(inputs) => (LOGISTIC, inputs, 0),
            Shape::Trees(trees) => (TREES, &[], trees.len()),
            Shape::Network { inputs, units, .. } => (NETWORK, inputs, units.len()),
        };
        let mut out = MAGIC.to_vec();
        out.extend([VERSION, kind, inputs.len() as u8, others as u8]);
        out.extend(self.bias.to_le_bytes());
        out.extend(self.scale.to_le_bytes());
        out.push(self.head.len() as u8);
        out.extend(self.head.bytes());
        for input in inputs {
            out.push(input.feature);
            out.extend(input.mean.to_le_bytes());
            out.extend(input.inverse_deviation.to_le_bytes());
        }
        match &self.shape {
            Shape::Logistic(_) => {}
            Shape::Trees(trees) => {
                trees.iter().for_each(|tree| write_split(tree, 0, &mut out));
            }
            Shape::Network { scale, units, .. } => {
                out.extend(scale.to_le_bytes());
                for unit in units {
                    out.extend(unit.bias.to_le_bytes());
                    out.extend(unit.weights.iter().map(|weight| *weight as u8));
                }
            }
        }
        out.extend(self.weights.iter().map(|weight| *weight as u8));
        let sum = crc32(&out);
        out.extend(sum.to_le_bytes());
        out
    }
}

fn write_split(tree: &Tree, at: usize, out: &mut Vec<u8>) {
    let split = &tree.splits[at];
    let leaf = |next: i8| if next < 0 { tree.leaves.get(!next as usize) } else { None };
    let [below, above] = split.next.map(leaf);
    let flag = |is_leaf: bool, bit: u8| if is_leaf { bit } else { 0 };
    out.push(
        split.feature | flag(below.is_some(), BELOW_IS_LEAF) | flag(above.is_some(), ABOVE_IS_LEAF),
    );
    out.extend(split.threshold.to_le_bytes());
    for next in split.next {
        match leaf(next) {
            Some(leaf) => out.push(*leaf as u8),
            None => write_split(tree, next as usize, out),
        }
    }
}

/// The name of the head, which comes first of what has no fixed length.
fn head_of(file: &[u8]) -> &[u8] {
    let length = file.get(16).map_or(0, |length| *length as usize);
    file.get(17..17 + length).unwrap_or_default()
}

/// Reads on. What does not fit is noted and read as zeros: an `Option` at each step would cost the
/// module more than what it reads.
struct Reader<'a> {
    rest: &'a [u8],
    failed: bool,
}

impl Reader<'_> {
    fn model(&mut self, head: &str) -> Model {
        let [kind, n, m] = [self.byte(), self.byte(), self.byte()].map(usize::from);
        let (bias, scale) = (self.number(), self.number());
        let length = self.byte() as usize;
        self.check(length == head.len());
        self.rest = self.rest.get(head.len()..).unwrap_or_default();
        self.check(n <= feature::COUNT && m <= MAX_TERMS);
        let mut inputs = Vec::new();
        for _ in 0..n {
            let feature = self.feature(255);
            let (mean, inverse_deviation) = (self.short(), self.short() as u16);
            inputs.push(Input { feature, mean, inverse_deviation });
        }
        let (shape, weights) = match kind as u8 {
            NETWORK => {
                let (scale, mut units) = (self.number(), Vec::new());
                for _ in 0..m {
                    units.push(Unit { bias: self.short(), weights: self.weights(n) });
                }
                (Shape::Network { inputs, scale, units }, m)
            }
            TREES => {
                let mut trees = Vec::new();
                for _ in 0..m {
                    let mut tree = Tree::default();
                    self.split(&mut tree, 0);
                    trees.push(tree);
                }
                (Shape::Trees(trees), 0)
            }
            kind => {
                self.check(kind == LOGISTIC);
                (Shape::Logistic(inputs), n)
            }
        };
        Model { head: head.into(), bias, scale, weights: self.weights(weights), shape }
    }

    fn check(&mut self, fits: bool) {
        self.failed |= !fits;
    }

    #[inline(never)]
    fn byte(&mut self) -> u8 {
        let Some((byte, rest)) = self.rest.split_first() else {
            self.failed = true;
            return 0;
        };
        self.rest = rest;
        *byte
    }

    #[inline(never)]
    fn short(&mut self) -> i16 {
        i16::from_le_bytes([self.byte(), self.byte()])
    }

    fn number(&mut self) -> f32 {
        let number = f32::from_le_bytes([self.byte(), self.byte(), self.byte(), self.byte()]);
        self.check(number.is_finite());
        number
    }

    fn weights(&mut self, count: usize) -> Vec<i8> {
        let mut weights = Vec::new();
        for _ in 0..count {
            weights.push(self.byte() as i8);
        }
        weights
    }

    /// A feature's position, in these bits of a byte.
    fn feature(&mut self, bits: u8) -> u8 {
        let byte = self.byte();
        self.check(((byte & bits) as usize) < feature::COUNT);
        byte
    }

    /// Reads a split and all under it, and says where it stands.
    fn split(&mut self, tree: &mut Tree, depth: usize) -> i8 {
        let (flags, at) = (self.feature(63), tree.splits.len());
        self.check(depth < MAX_DEPTH && at < MAX_SPLITS);
        // Past an end there is nothing to go down to.
        if self.failed {
            return 0;
        }
        let (feature, threshold) = (flags & 63, self.short());
        tree.splits.push(Split { feature, threshold, next: [0; 2] });
        for (side, bit) in [BELOW_IS_LEAF, ABOVE_IS_LEAF].into_iter().enumerate() {
            tree.splits[at].next[side] = if flags & bit != 0 {
                tree.leaves.push(self.byte() as i8);
                !(tree.leaves.len() as i8 - 1)
            } else {
                self.split(tree, depth + 1)
            };
        }
        at as i8
    }
}

/// The checksum that a file ends in; it tells one model from another.
pub fn checksum(file: &[u8]) -> u32 {
    file.last_chunk().map_or(0, |sum| u32::from_le_bytes(*sum))
}

/// CRC-32 (IEEE 802.3), bit by bit: a table would be larger than the models it checks.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| {
        (0..8).fold(sum ^ *byte as u32, |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn model(shape: Shape, weights: Vec<i8>) -> Model {
        Model { head: "commit".into(), bias: -1.5, scale: 0.125, weights, shape }
    }

    fn inputs() -> Vec<Input> {
        vec![Input::new(0, 1.0, 2.0), Input::new(3, -0.5, 0.1)]
    }

    fn logistic() -> Model {
        model(Shape::Logistic(inputs()), vec![40, -127])
    }

    fn trees() -> Model {
        // The root, a split below it, a leaf above; the lower split has two leaves.
        let tree = Tree {
            splits: vec![
                Split { feature: 5, threshold: -7, next: [1, !2] },
                Split { feature: 1, threshold: 300, next: [!0, !1] },
            ],
            leaves: vec![1, -2, 127],
        };
        let stump = Tree {
            splits: vec![Split { feature: 2, threshold: 9, next: [!0, !1] }],
            leaves: vec![-128, 3],
        };
        model(Shape::Trees(vec![tree, stump]), Vec::new())
    }

    fn network() -> Model {
        let unit = |bias| Unit { bias, weights: vec![bias as i8, -3] };
        let shape =
            Shape::Network { inputs: inputs(), scale: 0.25, units: vec![unit(-9), unit(70)] };
        model(shape, vec![5, -6])
    }

    #[test]
    fn every_kind_reads_back_as_it_was_written() {
        for model in [logistic(), trees(), network()] {
            assert_eq!(Model::read(&model.write()).unwrap(), model);
        }
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926, "the check value of CRC-32/ISO-HDLC");
        assert_eq!(trees().write().len(), 16 + 7 + (2 * 3 + 3) + (3 + 2) + 4);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let good = logistic().write();
        let refused = |bytes: &[u8], word: &str| {
            let error = Model::read(bytes).unwrap_err();
            assert!(error.message().contains(word), "{error}");
        };
        refused(b"", "UNSM");
        refused(&vec![b'U'; MAX_BYTES + 1], "UNSM");
        refused(&good[..good.len() - 1], "checksum");
        let mut newer = good.clone();
        newer[4] = 3;
        refused(&newer, "version");
        let mut unknown = logistic();
        unknown.shape = Shape::Logistic(vec![Input::new(200, 0.0, 1.0)]);
        refused(&unknown.write(), "feature");
        let mut endless = logistic();
        endless.bias = f32::NAN;
        refused(&endless.write(), "finite");
        let mut long = logistic();
        long.weights.push(1);
        refused(&long.write(), "length");
    }

    #[test]
    fn no_damage_goes_unnoticed_and_none_hangs_the_reader() {
        for model in [logistic(), trees(), network()] {
            let good = model.write();
            for at in 0..good.len() {
                let mut bad = good.clone();
                bad[at] ^= 0x55;
                assert!(Model::read(&bad).is_err(), "byte {at}");
                // With a checksum that fits, whatever is read must still be safe to ask.
                let end = bad.len() - 4;
                let sum = crc32(&bad[..end]).to_le_bytes();
                bad[end..].copy_from_slice(&sum);
                if let Ok(odd) = Model::read(&bad) {
                    assert!(!odd.forecast(&[1.0; feature::COUNT]).is_nan());
                }
            }
        }
        // A chain of splits that never ends.
        let mut deep = trees().write();
        deep.truncate(23);
        deep.extend([1, 0, 0].repeat(100));
        let sum = crc32(&deep).to_le_bytes();
        deep.extend(sum);
        assert!(Model::read(&deep).is_err());
    }
}
