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
use crate::error::Error;
use crate::feature;
use alloc::string::String;
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
        let refuse = |message: &str| Err(Error::new("model", message));
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
        match (Reader { rest: &body[5..] }).model() {
            Some(model) => Ok(model),
            None => refuse(
                "its contents do not fit: an unknown kind or feature, a number that is not \
                 finite, or a wrong length",
            ),
        }
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

/// Reads on; `None` is a file that does not fit.
struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn model(&mut self) -> Option<Model> {
        let [kind, inputs, others] = self.array()?;
        let (bias, scale) = (self.number()?, self.number()?);
        let length = self.byte()? as usize;
        let head = String::from(core::str::from_utf8(self.take(length)?).ok()?);
        let (n, m) = (inputs as usize, others as usize);
        if n > feature::COUNT || m > MAX_TERMS || head.is_empty() {
            return None;
        }
        let inputs = (0..n).map(|_| self.input()).collect::<Option<Vec<_>>>()?;
        let (shape, weights) = match kind {
            LOGISTIC => (Shape::Logistic(inputs), n),
            TREES => (Shape::Trees((0..m).map(|_| self.tree()).collect::<Option<_>>()?), 0),
            NETWORK => {
                let scale = self.number()?;
                let units = (0..m)
                    .map(|_| {
                        let bias = i16::from_le_bytes(self.array()?);
                        Some(Unit { bias, weights: self.weights(n)? })
                    })
                    .collect::<Option<_>>()?;
                (Shape::Network { inputs, scale, units }, m)
            }
            _ => return None,
        };
        let weights = self.weights(weights)?;
        self.rest.is_empty().then_some(Model { head, bias, scale, weights, shape })
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<f32> {
        self.array().map(f32::from_le_bytes).filter(|number| number.is_finite())
    }

    fn weights(&mut self, count: usize) -> Option<Vec<i8>> {
        Some(self.take(count)?.iter().map(|byte| *byte as i8).collect())
    }

    fn input(&mut self) -> Option<Input> {
        let [feature, a, b, c, d] = self.array()?;
        let (mean, inverse_deviation) = (i16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
        is_known(feature).then_some(Input { feature, mean, inverse_deviation })
    }

    fn tree(&mut self) -> Option<Tree> {
        let mut tree = Tree::default();
        self.split(&mut tree, 0)?;
        Some(tree)
    }

    /// Reads a split and all under it, and says where it stands.
    fn split(&mut self, tree: &mut Tree, depth: usize) -> Option<i8> {
        let [flags, low, high] = self.array()?;
        let (at, feature) = (tree.splits.len(), flags & 63);
        if depth == MAX_DEPTH || at == MAX_SPLITS || !is_known(feature) {
            return None;
        }
        let threshold = i16::from_le_bytes([low, high]);
        tree.splits.push(Split { feature, threshold, next: [0; 2] });
        for (side, bit) in [BELOW_IS_LEAF, ABOVE_IS_LEAF].into_iter().enumerate() {
            tree.splits[at].next[side] = if flags & bit != 0 {
                tree.leaves.push(self.byte()? as i8);
                !(tree.leaves.len() as i8 - 1)
            } else {
                self.split(tree, depth + 1)?
            };
        }
        Some(at as i8)
    }
}

fn is_known(feature: u8) -> bool {
    (feature as usize) < feature::COUNT
}

/// The checksum that a file ends in; it tells one model from another.
pub fn checksum(file: &[u8]) -> u32 {
    file.last_chunk().map_or(0, |sum| u32::from_le_bytes(*sum))
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
