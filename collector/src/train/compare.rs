//! Whether a new model forecasts worse than the one it would replace, on the same outcomes.
//!
//! Paired: both forecast the same moments, and a draw takes whole visitors, since the moments of
//! one resemble each other. Log-loss, because it minds both ranking and calibration.

use unspoken::id::{Id, Rng};

/// A moment: whose it was, what each model forecast, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The visitor.
    pub visitor: Id,
    /// By the model that stands.
    pub present: f64,
    /// By the new one.
    pub new: f64,
    /// The outcome happened.
    pub happened: bool,
}

/// How the two did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// Different visitors.
    pub visitors: usize,
    /// Mean log-loss of the model that stands.
    pub present: f64,
    /// And of the new one.
    pub new: f64,
    /// The share of draws in which the new one did worse.
    pub worse: f64,
}

/// Bootstrap draws.
pub const DRAWS: usize = 1_000;
/// A certain forecast that is wrong costs `-ln(CLIP)`, not infinity.
const CLIP: f64 = 1e-7;

/// Compares; `pairs` stand visitor by visitor. `None` where there is nothing to compare on.
pub fn compare(pairs: &[Pair], seed: u64) -> Option<Compared> {
    let loss = |forecast: f64, happened: bool| {
        let p = forecast.clamp(CLIP, 1.0 - CLIP);
        -libm::log(if happened { p } else { 1.0 - p })
    };
    // What a draw needs of a visitor: moments, and the two losses.
    let visitors: Vec<(f64, f64, f64)> = pairs
        .chunk_by(|a, b| a.visitor == b.visitor)
        .map(|pairs| {
            let sum = |of: fn(&Pair) -> f64| pairs.iter().map(|it| loss(of(it), it.happened)).sum();
            (pairs.len() as f64, sum(|it| it.present), sum(|it| it.new))
        })
        .collect();
    let of = |chosen: &mut dyn Iterator<Item = &(f64, f64, f64)>| {
        let zero = (0.0, 0.0, 0.0);
        let add = |a: (f64, f64, f64), b: &(f64, f64, f64)| (a.0 + b.0, a.1 + b.1, a.2 + b.2);
        let (moments, present, new) = chosen.fold(zero, add);
        (present / moments, new / moments)
    };
    if visitors.is_empty() {
        return None;
    }
    let (present, new) = of(&mut visitors.iter());
    let mut rng = Rng::new(seed);
    let mut worse = 0;
    for _ in 0..DRAWS {
        let mut draw =
            (0..visitors.len()).map(|_| &visitors[(rng.draw() % visitors.len() as u64) as usize]);
        let (present, new) = of(&mut draw);
        worse += usize::from(new > present);
    }
    Some(Compared { visitors: visitors.len(), present, new, worse: worse as f64 / DRAWS as f64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worse_model_is_told_from_a_better_one_and_from_the_same() {
        let mut rng = Rng::new(4);
        let mut pairs = Vec::new();
        for visitor in 0..400 {
            for _ in 0..3 {
                let truth = (rng.draw() % 1_000) as f64 / 1_000.0;
                let happened = (rng.draw() % 1_000) as f64 / 1_000.0 < truth;
                pairs.push(Pair { visitor: Id(visitor), present: truth, new: 0.5, happened });
            }
        }
        let worse = compare(&pairs, 1).unwrap();
        assert!(worse.worse > 0.99 && worse.new > worse.present, "{worse:?}");
        assert_eq!(worse.visitors, 400);
        let swap = |pair: &Pair| Pair { present: pair.new, new: pair.present, ..*pair };
        let better = compare(&pairs.iter().map(swap).collect::<Vec<_>>(), 1).unwrap();
        assert!(better.worse < 0.01, "{better:?}");
        let same = |pair: &Pair| Pair { new: pair.present, ..*pair };
        assert_eq!(compare(&pairs.iter().map(same).collect::<Vec<_>>(), 1).unwrap().worse, 0.0);
        assert_eq!(compare(&[], 1), None);
    }
}
