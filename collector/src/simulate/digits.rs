//! Digits as a bandit with a known truth: which of ten classes is shown, and 1 where it is right.
//!
//! A row is an image of 64 numbers and its class. Each policy sees each image once, in a drawn
//! order, says one class and is told only whether that was right. The rows and the protocol are
//! those of `bandit_digits` (scikit-learn's copy of the UCI digits).

use std::path::Path;

use serde::Serialize;
use unspoken::bandit::{Method, Posterior, choose, shares};
use unspoken::id::Rng;

use crate::table::{Table, TableError};

/// The floor under each class's probability here: of ten, 0.09 % are drawn whatever is known.
pub const EXPLORE: f64 = 0.0001;
/// Digits do not change with time, so nothing fades.
const MEMORY: f64 = f64::INFINITY;
/// The share of draws at random of epsilon-greedy.
pub const EPSILON: f64 = 0.1;
const ARMS: usize = 10;

/// One image and its class.
#[derive(Clone, PartialEq, Debug)]
pub struct Digit {
    /// 1, and the pixels from 0 to 1.
    pub context: Vec<f64>,
    /// 0 to 9.
    pub class: usize,
}

/// How a policy did.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its name.
    pub policy: &'static str,
    /// Mean reward over all rows and drawn orders, 0 to 1.
    pub reward: f64,
    /// Mean reward in the order of the file.
    pub file: f64,
    /// The lowest of an order.
    pub low: f64,
    /// The highest.
    pub high: f64,
}

/// Reads the images: columns `p0` to `p63`, from 0 to 16, and `label`.
pub fn read(path: &Path) -> Result<Vec<Digit>, TableError> {
    let table = Table::read(path)?;
    let is_class = |x: f64| x >= 0.0 && x < ARMS as f64 && x.fract() == 0.0;
    let classes = table.numbers("label", "a whole number from 0 to 9", is_class)?;
    let mut digits: Vec<Digit> =
        classes.iter().map(|class| Digit { context: vec![1.0], class: *class as usize }).collect();
    for pixel in 0..64 {
        let pixels =
            table.numbers(&format!("p{pixel}"), "from 0 to 16", |x| (0.0..=16.0).contains(&x))?;
        digits.iter_mut().zip(pixels).for_each(|(digit, x)| digit.context.push(x / 16.0));
    }
    Ok(digits)
}

/// What each policy earned, in so many drawn orders.
pub fn play(digits: &[Digit], orders: usize, seed: u64) -> Vec<Row> {
    let policies: [(&str, Policy); 4] = [
        ("random", Policy::Random),
        ("epsilon-greedy", Policy::Greedy),
        ("thompson", Policy::Ours(Method::Thompson)),
        ("linucb", Policy::Ours(Method::LinUcb)),
    ];
    let row = |(name, policy): (&'static str, Policy)| {
        let rewards: Vec<f64> = (0..orders)
            .map(|order| run(digits, policy, Some(seed.wrapping_add(order as u64))))
            .collect();
        Row {
            policy: name,
            reward: rewards.iter().sum::<f64>() / orders as f64,
            file: run(digits, policy, None),
            low: rewards.iter().copied().fold(1.0, f64::min),
            high: rewards.iter().copied().fold(0.0, f64::max),
        }
    };
    policies.into_iter().map(row).collect()
}

#[derive(Clone, Copy)]
enum Policy {
    Random,
    Greedy,
    Ours(Method),
}

/// One pass; without a seed in the order of the file.
fn run(digits: &[Digit], policy: Policy, seed: Option<u64>) -> f64 {
    let mut rng = Rng::new(seed.unwrap_or(1));
    let mut order: Vec<usize> = (0..digits.len()).collect();
    for last in (1..order.len()).rev().filter(|_| seed.is_some()) {
        order.swap(last, (rng.draw() % (last as u64 + 1)) as usize);
    }
    let size = digits.first().map_or(0, |digit| digit.context.len());
    let (mut known, none) = (Posterior::plain(ARMS, size), Posterior::plain(ARMS, size));
    let mut right = 0;
    for at in order {
        let digit = &digits[at];
        let any = |rng: &mut Rng| (rng.draw() % ARMS as u64) as usize;
        let arm = match policy {
            Policy::Random => any(&mut rng),
            Policy::Greedy if ((rng.draw() >> 11) as f64) < EPSILON * (1u64 << 53) as f64 => {
                any(&mut rng)
            }
            Policy::Greedy => {
                let means = known.estimates(&none, &digit.context);
                let best = |a: &usize, b: &usize| means[*a].mean.total_cmp(&means[*b].mean);
                (0..ARMS).rev().max_by(best).unwrap_or(0)
            }
            Policy::Ours(method) => {
                let shares = shares(method, EXPLORE, &known, &none, &digit.context, &mut rng);
                choose(&shares, &mut rng).arm
            }
        };
        let reward = f64::from(u8::from(arm == digit.class));
        right += usize::from(arm == digit.class);
        known.learn(arm, &digit.context, reward, MEMORY);
    }
    right as f64 / digits.len().max(1) as f64
}
