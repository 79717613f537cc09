//! What is learned from: a moment's features and what came of it, whatever recorded it.
//!
//! [`super::traces`] makes samples from recordings, [`super::sessions`] from a shop's sessions.
//! Nothing further on knows which.

use std::collections::BTreeMap;

use unspoken::feature::{Family, TABLE, Vector};
use unspoken::id::Rng;

use super::TrainError;

/// A moment, and whether the head's outcome happened within its horizon.
#[derive(Clone, PartialEq, Debug)]
pub struct Sample {
    /// Whose it is: samples of one person resemble each other, so splits, folds and draws take
    /// people whole.
    pub person: String,
    /// The recording, or the session.
    pub group: String,
    /// `train`, `val`, another part's name, or empty where nobody said.
    pub split: String,
    /// What it was seen on, in words of the source; a slice of the card.
    pub device: String,
    /// How long the whole visit was, in the unit that [`Lengths`] names; a slice of the card.
    pub length: f64,
    /// The engine's features.
    pub features: Vector,
    /// The outcome happened.
    pub happened: bool,
}

/// The unit of [`Sample::length`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lengths {
    /// Seconds of the visit.
    Seconds,
    /// Pages of the visit.
    Pages,
}

/// Samples of one head, from one source.
#[derive(Clone, PartialEq, Debug)]
pub struct Samples {
    /// The head they are for.
    pub head: String,
    /// In the order of the source.
    pub all: Vec<Sample>,
    /// The unit of their lengths.
    pub lengths: Lengths,
    /// Positions in [`TABLE`] that this source can fill; others are not learned from.
    pub inputs: Vec<u8>,
    /// The source names no people: every sample stands for one.
    pub is_anonymous: bool,
}

/// How much there is of a part of the data.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Different people.
    pub people: usize,
    /// Recordings, or sessions.
    pub groups: usize,
    /// Samples.
    pub samples: usize,
    /// Those whose outcome happened.
    pub positives: usize,
}

impl Samples {
    /// Those of a split.
    pub fn of(&self, split: &str) -> Vec<&Sample> {
        self.all.iter().filter(|sample| sample.split == split).collect()
    }

    /// Puts people whose split nobody said into `train` (three in four) or `val`, by a hash of
    /// their name and the seed. Returns how many people that were.
    pub fn split_the_rest(&mut self, seed: u64) -> usize {
        let mut people: Vec<String> = Vec::new();
        for sample in self.all.iter_mut().filter(|sample| sample.split.is_empty()) {
            people.push(sample.person.clone());
            let draw = Rng::new(hash(&sample.person) ^ seed).draw();
            sample.split = if draw.is_multiple_of(4) { "val" } else { "train" }.into();
        }
        people.sort_unstable();
        people.dedup();
        people.len()
    }

    /// Train and val, each with both outcomes.
    pub fn parts(&self) -> Result<[Vec<&Sample>; 2], TrainError> {
        let parts = ["train", "val"].map(|split| self.of(split));
        for (name, part) in ["train", "val"].into_iter().zip(&parts) {
            let positives = part.iter().filter(|sample| sample.happened).count();
            if positives == 0 || positives == part.len() {
                return Err(TrainError::OneSided(name));
            }
        }
        Ok(parts)
    }
}

/// Positions of the features of the families asked for.
pub fn positions(is_wanted: impl Fn(Family) -> bool) -> Vec<u8> {
    let all = TABLE.iter().enumerate().filter(|(_, feature)| is_wanted(feature.family));
    all.map(|(at, _)| at as u8).collect()
}

/// How many people, recordings and samples these are.
pub fn count(samples: &[&Sample]) -> Counts {
    let distinct = |name: fn(&Sample) -> &str| {
        let mut names: Vec<&str> = samples.iter().map(|sample| name(sample)).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    Counts {
        people: distinct(|sample| &sample.person),
        groups: distinct(|sample| &sample.group),
        samples: samples.len(),
        positives: samples.iter().filter(|sample| sample.happened).count(),
    }
}

/// Places of samples by person, in the order of names.
pub fn by_person(samples: &[&Sample]) -> Vec<Vec<usize>> {
    let mut people: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, sample) in samples.iter().enumerate() {
        people.entry(&sample.person).or_default().push(at);
    }
    people.into_values().collect()
}

/// The fold of each sample: people in the order of names, shuffled by the seed, dealt in turn.
pub fn folds(samples: &[&Sample], folds: usize, seed: u64) -> Vec<usize> {
    let mut people = by_person(samples);
    let mut rng = Rng::new(seed);
    for last in (1..people.len()).rev() {
        people.swap(last, (rng.draw() % (last as u64 + 1)) as usize);
    }
    let mut of = vec![0; samples.len()];
    for (at, places) in people.iter().enumerate() {
        places.iter().for_each(|place| of[*place] = at % folds);
    }
    of
}

/// FNV-1a, 64 bits.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(person: &str) -> Sample {
        Sample {
            person: person.into(),
            group: person.into(),
            split: String::new(),
            device: String::new(),
            length: 1.0,
            features: [0.0; unspoken::feature::COUNT],
            happened: false,
        }
    }

    #[test]
    fn people_without_a_split_get_one_and_stay_whole() {
        let mut samples = Samples {
            head: "commit".into(),
            all: (0..800).map(|at| sample(&format!("p{}", at % 400))).collect(),
            lengths: Lengths::Seconds,
            inputs: Vec::new(),
            is_anonymous: false,
        };
        let before = samples.clone();
        assert_eq!(samples.split_the_rest(1), 400);
        assert!((60..140).contains(&(samples.of("val").len() / 2)), "about a quarter");
        assert!((0..400).all(|at| samples.all[at].split == samples.all[at + 400].split));
        assert_eq!(samples.split_the_rest(2), 0, "what is said stays");
        let mut other = before;
        other.split_the_rest(2);
        assert_ne!(other, samples);
        assert_eq!(hash("a"), 0xAF63_DC4C_8601_EC8C, "the published value of FNV-1a");
    }

    #[test]
    fn folds_are_even_and_by_person() {
        let all: Vec<Sample> = (0..100).map(|at| sample(&format!("p{:02}", at % 20))).collect();
        let all: Vec<&Sample> = all.iter().collect();
        let of = folds(&all, 5, 1);
        assert!((0..5).all(|fold| of.iter().filter(|at| **at == fold).count() == 20));
        assert!((0..20).all(|at| of[at] == of[at + 80]));
        assert_ne!(of, folds(&all, 5, 2));
    }
}
