//! Figures that tell how good forecasts are, by the protocol that the model card quotes.
//!
//! Exact, from single forecasts. The report of the running collector has only bins and computes
//! its own figures from those ([`crate::report`]); the two agree in meaning, not to the digit.

use serde::Serialize;

/// Bins of the reliability table and of the ECE.
pub const BINS: usize = 15;
/// A certain forecast that is wrong costs `-ln(CLIP)`, not infinity.
const CLIP: f64 = 1e-7;

/// A forecast, and whether the outcome happened.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Judged {
    /// 0 to 1.
    pub forecast: f64,
    /// What came of it.
    pub happened: bool,
}

/// All figures of a set of forecasts.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Forecasts.
    pub n: usize,
    /// Those whose outcome happened.
    pub positives: usize,
    /// Area under the ROC curve; none where all outcomes are alike.
    pub auc: Option<f64>,
    /// Average precision; none without positives.
    pub ap: Option<f64>,
    /// Mean negative log-likelihood, in nats.
    pub log_loss: f64,
    /// Mean squared error.
    pub brier: f64,
    /// Expected calibration error over [`BINS`] bins of equal width.
    pub ece: f64,
}

impl Figures {
    /// The figures of `judged`; all losses are 0 for an empty set.
    pub fn of(judged: &[Judged]) -> Figures {
        let ranked = ranked(judged);
        Figures {
            n: judged.len(),
            positives: positives(judged),
            auc: auc(&ranked),
            ap: average_precision(&ranked),
            log_loss: log_loss(judged),
            brier: brier(judged),
            ece: ece(judged),
        }
    }
}

/// One bin of the reliability table.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct Bin {
    /// Forecasts in it.
    pub count: usize,
    /// Those whose outcome happened.
    pub positives: usize,
    /// Sum of the forecasts.
    pub sum: f64,
}

/// Forecasts of one value: how many happened, how many did not.
#[derive(Clone, Copy, Debug)]
struct Tie {
    hits: f64,
    misses: f64,
}

/// Ties from the highest forecast down.
fn ranked(judged: &[Judged]) -> Vec<Tie> {
    let mut order = judged.to_vec();
    order.sort_by(|a, b| b.forecast.total_cmp(&a.forecast));
    order
        .chunk_by(|a, b| a.forecast == b.forecast)
        .map(|equal| {
            let hits = positives(equal) as f64;
            Tie { hits, misses: equal.len() as f64 - hits }
        })
        .collect()
}

fn positives(judged: &[Judged]) -> usize {
    judged.iter().filter(|it| it.happened).count()
}

/// The chance that a positive ranks over a negative; a tie counts half.
fn auc(ranked: &[Tie]) -> Option<f64> {
    let (mut above, mut won) = (0.0, 0.0);
    for tie in ranked {
        won += tie.misses * (above + tie.hits / 2.0);
        above += tie.hits;
    }
    let pairs = above * ranked.iter().map(|tie| tie.misses).sum::<f64>();
    (pairs > 0.0).then(|| won / pairs)
}

/// `Σ (R_i − R_{i−1}) P_i` over the distinct forecasts, from the highest down.
fn average_precision(ranked: &[Tie]) -> Option<f64> {
    let total: f64 = ranked.iter().map(|tie| tie.hits).sum();
    let (mut hits, mut taken, mut sum) = (0.0, 0.0, 0.0);
    for tie in ranked {
        hits += tie.hits;
        taken += tie.hits + tie.misses;
        sum += tie.hits * hits / taken;
    }
    (total > 0.0).then(|| sum / total)
}

fn mean(judged: &[Judged], loss: impl Fn(&Judged) -> f64) -> f64 {
    if judged.is_empty() { 0.0 } else { judged.iter().map(loss).sum::<f64>() / judged.len() as f64 }
}

/// Mean negative log-likelihood, with forecasts clipped to 1e-7 from certainty.
pub fn log_loss(judged: &[Judged]) -> f64 {
    mean(judged, |it| {
        let p = it.forecast.clamp(CLIP, 1.0 - CLIP);
        -libm::log(if it.happened { p } else { 1.0 - p })
    })
}

/// Mean squared difference between forecast and outcome.
fn brier(judged: &[Judged]) -> f64 {
    mean(judged, |it| {
        let off = it.forecast - f64::from(u8::from(it.happened));
        off * off
    })
}

/// The reliability table: [`BINS`] of equal width, by forecast.
pub fn reliability(judged: &[Judged]) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for it in judged {
        let bin = &mut bins[((it.forecast * BINS as f64) as usize).min(BINS - 1)];
        bin.count += 1;
        bin.positives += usize::from(it.happened);
        bin.sum += it.forecast;
    }
    bins
}

/// Mean gap between forecast and frequency in a bin, weighted by the bin's count.
fn ece(judged: &[Judged]) -> f64 {
    let gaps = reliability(judged).map(|bin| (bin.sum - bin.positives as f64).abs());
    gaps.iter().sum::<f64>() / judged.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(f64, u8)]) -> Vec<Judged> {
        pairs.iter().map(|&(forecast, y)| Judged { forecast, happened: y == 1 }).collect()
    }

    fn close(left: f64, right: f64) {
        assert!((left - right).abs() < 1e-12, "{left} is not {right}");
    }

    #[test]
    fn a_small_ranking_by_hand() {
        // From the top: hit, miss, hit, miss. The pairs won: 2 + 1 of 4.
        let figures = Figures::of(&judged(&[(0.9, 1), (0.8, 0), (0.7, 1), (0.1, 0)]));
        assert_eq!((figures.n, figures.positives), (4, 2));
        close(figures.auc.unwrap(), 0.75);
        close(figures.ap.unwrap(), 0.5 * 1.0 + 0.5 * 2.0 / 3.0);
        close(figures.brier, (0.01 + 0.64 + 0.09 + 0.01) / 4.0);
        let likelihood: f64 = 0.9 * 0.2 * 0.7 * 0.9;
        close(figures.log_loss, -likelihood.ln() / 4.0);
    }

    #[test]
    fn ties_count_half_and_are_one_threshold() {
        let figures = Figures::of(&judged(&[(0.5, 1), (0.5, 0), (0.5, 0), (0.2, 1)]));
        close(figures.auc.unwrap(), (0.5 + 0.5) / 4.0);
        close(figures.ap.unwrap(), 0.5 / 3.0 + 0.5 * 2.0 / 4.0);
    }

    #[test]
    fn a_bin_is_judged_by_its_means() {
        // Two bins of fifteen: [0, 1/15) with mean .05 and rate 0, [9/15, 10/15) .65 and 1/2.
        let set = judged(&[(0.05, 0), (0.05, 0), (0.62, 1), (0.66, 0)]);
        close(Figures::of(&set).ece, 0.5 * 0.05 + 0.5 * (0.64 - 0.5));
        assert_eq!(reliability(&judged(&[(1.0, 1)]))[BINS - 1].positives, 1);
    }

    #[test]
    fn what_cannot_be_told_is_none() {
        let figures = Figures::of(&judged(&[(0.3, 0), (0.2, 0)]));
        assert_eq!((figures.auc, figures.ap), (None, None));
        assert_eq!(Figures::of(&[]).ece, 0.0);
        assert!(Figures::of(&judged(&[(0.0, 1)])).log_loss < 17.0, "clipped");
    }
}
