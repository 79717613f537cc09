//! Slope and shift that bring a head's forecasts to what happens on a site (Platt scaling).
//!
//! `log-odds → slope · log-odds + shift`, fitted by Newton's method to the bins that each session
//! sent: how many moments, how many came true, their mean forecast. Moments of one session resemble
//! each other, so the sum is divided by the design effect ([`crate::drift`]); against that stands a
//! small prior towards (1, 0), worth about one outcome. After Platt, "Probabilistic outputs for
//! support vector machines" (1999). Only slope and shift: what a head cannot rank, no calibration
//! mends.

use unspoken::intent::declare::{MAX_SHIFT, MAX_SLOPE};
use unspoken::intent::model::sigmoid;

use crate::drift::{Session, design_effect, weighed};

/// Fewer sessions are not asked: what they say would not hold for the next ones.
pub const LEAST_SESSIONS: usize = 100;
/// Outcomes, and moments without, counted in independent ones: ten for each of two numbers, as is
/// usual for a logistic regression (Peduzzi et al., J. Clin. Epidemiol. 49, 1996).
pub const LEAST_OUTCOMES: f64 = 20.0;
/// Twice the log-likelihood that two numbers gain by chance in one case of twenty.
pub const LEAST_GAIN: f64 = 5.99;
/// The prior's precision, of the slope about 1 and of the shift about 0.
const PRIOR: f64 = 1.0;
/// A forecast is taken to lie at least this far from certainty.
const CLIP: f64 = 1e-3;
/// Newton doubles its digits a step.
const STEPS: usize = 50;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// Of the log-odds.
    pub slope: f64,
    /// To the log-odds.
    pub shift: f64,
    /// Expected calibration error before, in the stored bins.
    pub ece_before: f64,
    /// And after.
    pub ece_after: f64,
}

/// Why nothing is to be written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Refusal {
    /// Too few sessions.
    Sessions(usize),
    /// Too few independent outcomes, or too few moments without.
    Outcomes(f64),
    /// The forecasts are right as they are, as far as these sessions can tell.
    Right,
    /// Moments that were forecast higher do not come true more often.
    Unranked,
}

/// A bin of a session, its forecast as log-odds.
struct Point {
    logit: f64,
    forecast: f64,
    count: f64,
    positives: f64,
}

/// Fits a head's sessions, none of which weighs much more than the others ([`weighed`]); those
/// without a judged forecast say nothing and do not count.
pub fn fit(sessions: &[Session]) -> Result<Fitted, Refusal> {
    let sessions = &weighed(sessions)[..];
    if sessions.len() < LEAST_SESSIONS {
        return Err(Refusal::Sessions(sessions.len()));
    }
    let points: Vec<Point> =
        sessions.iter().flatten().filter(|tally| tally.count > 0).map(point).collect();
    let effect = design_effect(sessions);
    let count: f64 = points.iter().map(|point| point.count).sum();
    let positives: f64 = points.iter().map(|point| point.positives).sum();
    let rarer = positives.min(count - positives) / effect;
    if rarer < LEAST_OUTCOMES {
        return Err(Refusal::Outcomes(rarer));
    }
    let (slope, shift) = newton(&points, 1.0 / effect);
    if slope < 1.0 / MAX_SLOPE {
        return Err(Refusal::Unranked);
    }
    let gain = 2.0 * (likelihood(&points, slope, shift) - likelihood(&points, 1.0, 0.0)) / effect;
    if gain < LEAST_GAIN {
        return Err(Refusal::Right);
    }
    let (slope, shift) = (slope.min(MAX_SLOPE), shift.clamp(-MAX_SHIFT, MAX_SHIFT));
    Ok(Fitted {
        slope,
        shift,
        ece_before: ece(&points, 1.0, 0.0),
        ece_after: ece(&points, slope, shift),
    })
}

fn point(tally: &crate::report::Tally) -> Point {
    let count = tally.count as f64;
    let forecast = (tally.sum_milli as f64 / 1000.0 / count).clamp(CLIP, 1.0 - CLIP);
    Point {
        logit: libm::log(forecast / (1.0 - forecast)),
        forecast,
        count,
        positives: tally.positives as f64,
    }
}

/// The most likely slope and shift under the prior.
fn newton(points: &[Point], weight: f64) -> (f64, f64) {
    let (mut slope, mut shift) = (1.0f64, 0.0f64);
    for _ in 0..STEPS {
        let (mut by_slope, mut by_shift) = (PRIOR * (slope - 1.0), PRIOR * shift);
        let (mut slope_slope, mut both, mut shift_shift) = (PRIOR, 0.0, PRIOR);
        for point in points {
            let p = sigmoid(slope * point.logit + shift);
            let off = weight * (point.count * p - point.positives);
            let curve = weight * point.count * p * (1.0 - p);
            by_slope += off * point.logit;
            by_shift += off;
            slope_slope += curve * point.logit * point.logit;
            both += curve * point.logit;
            shift_shift += curve;
        }
        let determinant = slope_slope * shift_shift - both * both;
        let step_slope = (shift_shift * by_slope - both * by_shift) / determinant;
        let step_shift = (slope_slope * by_shift - both * by_slope) / determinant;
        // The loss is convex, but a full step from far away may still overshoot.
        let scale = (2.0 / step_slope.abs().max(step_shift.abs()).max(2.0)).min(1.0);
        slope -= scale * step_slope;
        shift -= scale * step_shift;
        if step_slope.abs().max(step_shift.abs()) < 1e-9 {
            break;
        }
    }
    (slope, shift)
}

fn likelihood(points: &[Point], slope: f64, shift: f64) -> f64 {
    let of = |point: &Point| {
        let p = sigmoid(slope * point.logit + shift).clamp(1e-12, 1.0 - 1e-12);
        point.positives * libm::log(p) + (point.count - point.positives) * libm::log(1.0 - p)
    };
    points.iter().map(of).sum()
}

/// In the ten bins of the forecasts as they would be.
fn ece(points: &[Point], slope: f64, shift: f64) -> f64 {
    let mut bins = [(0.0, 0.0); unspoken::wire::BINS];
    let mut all = 0.0;
    for point in points {
        let identity = slope == 1.0 && shift == 0.0;
        let p = if identity { point.forecast } else { sigmoid(slope * point.logit + shift) };
        let bin = &mut bins[((p * bins.len() as f64) as usize).min(bins.len() - 1)];
        bin.0 += point.count * p;
        bin.1 += point.positives;
        all += point.count;
    }
    bins.iter().map(|(forecast, happened)| f64::abs(forecast - happened)).sum::<f64>() / all
}

#[cfg(test)]
mod tests {
    use unspoken::id::Rng;

    use super::*;
    use crate::report::Tally;

    /// Sessions of `moments` forecasts each, whose true log-odds are `slope · told + shift`.
    fn sessions(count: usize, moments: usize, slope: f64, shift: f64, seed: u64) -> Vec<Session> {
        let mut rng = Rng::new(seed);
        let mut share = || rng.draw() as f64 / u64::MAX as f64;
        let one = |_| {
            let mut session = [Tally::default(); unspoken::wire::BINS];
            for _ in 0..moments {
                let told = -4.0 + 5.0 * share();
                let (forecast, truth) = (sigmoid(told), sigmoid(slope * told + shift));
                let tally = &mut session[(forecast * 10.0) as usize];
                tally.count += 1;
                tally.positives += u64::from(share() < truth);
                tally.sum_milli += (forecast * 1000.0).round() as u64;
            }
            session
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn a_known_slope_and_shift_are_found() {
        let fitted = fit(&sessions(4_000, 1, 0.6, 0.5, 1)).unwrap();
        assert!((fitted.slope - 0.6).abs() < 0.08, "{fitted:?}");
        assert!((fitted.shift - 0.5).abs() < 0.15, "{fitted:?}");
        assert!(fitted.ece_after < 0.02 && fitted.ece_before > 0.1, "{fitted:?}");
    }

    #[test]
    fn a_base_rate_of_12_percent_that_became_21_is_met_after_500_sessions() {
        // Log-odds of .21 less those of .12.
        let fitted = fit(&sessions(500, 1, 1.0, 0.667, 2)).unwrap();
        let unseen = sessions(20_000, 1, 1.0, 0.667, 3);
        let points: Vec<Point> =
            unseen.iter().flatten().filter(|tally| tally.count > 0).map(point).collect();
        let (before, after) = (ece(&points, 1.0, 0.0), ece(&points, fitted.slope, fitted.shift));
        println!("ECE on unseen sessions: {before:.3} before, {after:.3} after 500");
        assert!(before > 0.07 && after <= 0.03, "{before} {after}");
    }

    #[test]
    fn what_is_right_too_little_or_unranked_is_left_alone() {
        let wrong = (0..100).filter(|seed| fit(&sessions(300, 1, 1.0, 0.0, 100 + seed)).is_ok());
        let wrong = wrong.count();
        assert!(wrong <= 10, "{wrong} of 100 heads that are right would be changed");
        assert_eq!(fit(&sessions(99, 5, 1.0, 2.0, 5)), Err(Refusal::Sessions(99)));
        assert!(matches!(fit(&sessions(100, 1, 1.0, -4.0, 6)), Err(Refusal::Outcomes(_))));
        assert_eq!(fit(&sessions(4_000, 1, -0.5, -1.0, 7)), Err(Refusal::Unranked));
    }

    #[test]
    fn many_moments_of_few_sessions_do_not_count_as_many_outcomes() {
        // Each session is all or nothing: 120 sessions of 50 moments are 120 outcomes.
        let mut rng = Rng::new(8);
        let mut one = |_| {
            let mut session = [Tally::default(); unspoken::wire::BINS];
            let happened = u64::from(rng.draw() % 100 < 24);
            session[2] = Tally { count: 50, positives: 50 * happened, sum_milli: 10_000 };
            session
        };
        let sessions: Vec<Session> = (0..120).map(&mut one).collect();
        assert_eq!(fit(&sessions), Err(Refusal::Right), "24 % in 120 is no evidence against 20 %");
    }

    #[test]
    fn sessions_without_a_count_say_nothing() {
        let mut empty = [Tally::default(); unspoken::wire::BINS];
        empty[2] = Tally { count: 0, positives: 3, sum_milli: 0 };
        assert_eq!(fit(&[empty; 200]), Err(Refusal::Sessions(0)));
        let mut sessions = sessions(500, 1, 1.0, 0.667, 2);
        sessions.retain(|session| session.iter().any(|tally| tally.count > 0));
        let fitted = fit(&sessions);
        sessions.extend([empty; 200]);
        assert!(fitted.is_ok());
        assert_eq!(fit(&sessions), fitted);
    }

    #[test]
    fn one_forged_session_does_not_turn_the_calibration_to_the_worse() {
        let unseen = sessions(20_000, 1, 1.0, 0.667, 3);
        let mut sessions = sessions(500, 1, 1.0, 0.667, 2);
        let unseen: Vec<Point> =
            unseen.iter().flatten().filter(|tally| tally.count > 0).map(point).collect();
        let mut forged = [Tally::default(); unspoken::wire::BINS];
        forged[9] = Tally { count: 20_000, positives: 0, sum_milli: 19_000_000 };
        sessions.push(forged);
        let fitted = fit(&sessions).unwrap();
        let (before, after) = (ece(&unseen, 1.0, 0.0), ece(&unseen, fitted.slope, fitted.shift));
        println!(
            "ECE on honest sessions: {before:.3} before, {after:.3} after, one forged among 501"
        );
        assert!(after < before * 0.75, "{before} {after} {fitted:?}");
    }
}
