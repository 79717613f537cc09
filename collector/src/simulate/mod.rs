//! Plays sessions with known outcomes to the learner that runs on a device, one after the other.
//!
//! A model that was trained on one time of the year meets another. After so many sessions the
//! learner is stopped and judged by the sessions that come after, which it has not seen; and all
//! along, each forecast is judged that was made before its outcome was told. Once in the order of
//! the file and in several drawn ones, since a single order can be lucky. [`year`] takes the model
//! and the sessions from one file; [`people`] does the same to `commit`, a person at a time.

pub mod digits;
pub mod peeking;
pub mod people;
pub mod regret;
pub mod shop;
pub mod year;

use serde::Serialize;
use unspoken::feature::Vector;
use unspoken::id::Rng;
use unspoken::intent::learn::{Learner, session_terms};
use unspoken::intent::model::{MAX_TERMS, sigmoid};

use crate::metrics::{Figures, Judged};
use crate::train::sample::Sample;

/// Sessions after which the learner is stopped and judged.
pub const POINTS: [usize; 5] = [100, 200, 300, 500, 1_000];
/// The ECE that is asked for after 500 sessions at most.
pub const BAR: f64 = 0.03;

/// A session as the learner sees it.
#[derive(Clone, PartialEq, Debug)]
pub struct Visit {
    /// The model's own log-odds.
    pub logit: f64,
    /// What has learned weights: the features of the session, standardised.
    pub terms: Vec<f64>,
    /// The outcome came.
    pub happened: bool,
}

/// What a source of log-odds says of sessions.
pub fn visits<'a>(
    logit: impl Fn(&Vector) -> f64,
    samples: impl IntoIterator<Item = &'a Sample>,
) -> Vec<Visit> {
    let visit = |sample: &Sample| {
        let mut terms = [0.0; MAX_TERMS];
        let count = session_terms(&sample.features, &mut terms);
        let logit = logit(&sample.features);
        Visit { logit, terms: terms[..count].to_vec(), happened: sample.happened }
    };
    samples.into_iter().map(visit).collect()
}

/// How one order of sessions went.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// Of the sessions that come after each of [`POINTS`], by the learner as it stood then.
    pub after: Vec<Figures>,
    /// Of every session, forecast just before its outcome was told.
    pub along: Figures,
}

/// Plays the visits in this order.
pub fn run(visits: &[Visit], order: &[usize]) -> Run {
    let mut learner = Learner::new();
    let (mut after, mut along) = (Vec::new(), Vec::with_capacity(order.len()));
    for (told, at) in order.iter().enumerate() {
        if POINTS.contains(&told) {
            let rest: Vec<Judged> =
                order[told..].iter().map(|at| judge(&learner, &visits[*at])).collect();
            after.push(Figures::of(&rest));
        }
        let visit = &visits[*at];
        along.push(judge(&learner, visit));
        learner.learn(visit.logit, &visit.terms, visit.happened);
    }
    Run { after, along: Figures::of(&along) }
}

fn judge(learner: &Learner, visit: &Visit) -> Judged {
    let forecast = sigmoid(learner.adjust(visit.logit, &visit.terms));
    Judged { forecast, happened: visit.happened }
}

/// The figures that a table shows.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Outcomes that were told before; none: all along.
    pub after: Option<usize>,
    /// Area under the ROC curve, mean over the orders.
    pub auc: f64,
    /// Mean negative log-likelihood, in nats, likewise.
    pub log_loss: f64,
    /// Over 15 bins, likewise.
    pub ece: f64,
    /// The share of orders whose ECE meets [`BAR`].
    pub meets: f64,
}

/// What became of one model.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// Sessions played.
    pub sessions: usize,
    /// Those whose outcome came.
    pub positives: usize,
    /// Orders drawn.
    pub orders: usize,
    /// The model as it was trained, on all of them.
    pub frozen: Row,
    /// After each of [`POINTS`], judged by the sessions that come after.
    pub learned: Vec<Row>,
    /// Each forecast as it was made.
    pub along: Row,
    /// Each forecast as it was made, in the order of the file.
    pub along_file: Row,
    /// As `learned`, in the order of the file.
    pub learned_file: Vec<Row>,
}

impl Drift {
    /// The row after so many sessions.
    pub fn after(&self, told: usize) -> Option<&Row> {
        self.learned.iter().find(|row| row.after == Some(told))
    }
}

/// Plays the visits in file order and in `orders` drawn ones.
pub fn drift(visits: &[Visit], orders: usize, seed: u64) -> Drift {
    let file: Vec<usize> = (0..visits.len()).collect();
    let frozen = visits
        .iter()
        .map(|it| Judged { forecast: sigmoid(it.logit), happened: it.happened })
        .collect::<Vec<_>>();
    let frozen = Figures::of(&frozen);
    let mut rng = Rng::new(seed);
    let runs: Vec<Run> = (0..orders)
        .map(|_| {
            let mut order = file.clone();
            for last in (1..order.len()).rev() {
                order.swap(last, (rng.draw() % (last as u64 + 1)) as usize);
            }
            run(visits, &order)
        })
        .collect();
    let in_file = run(visits, &file);
    let row = |after, figures: &[Figures]| mean(after, figures);
    let points = |runs: &[&Run]| -> Vec<Row> {
        let shown = runs.iter().map(|run| run.after.len()).min().unwrap_or(0);
        let at = |at: usize| runs.iter().map(|run| run.after[at]).collect::<Vec<_>>();
        (0..shown).map(|point| row(Some(POINTS[point]), &at(point))).collect()
    };
    Drift {
        sessions: visits.len(),
        positives: frozen.positives,
        orders,
        frozen: row(Some(0), &[frozen]),
        learned: points(&runs.iter().collect::<Vec<_>>()),
        along: row(None, &runs.iter().map(|run| run.along).collect::<Vec<_>>()),
        along_file: row(None, &[in_file.along]),
        learned_file: points(&[&in_file]),
    }
}

fn mean(after: Option<usize>, figures: &[Figures]) -> Row {
    let of = |value: fn(&Figures) -> f64| {
        figures.iter().map(value).sum::<f64>() / figures.len().max(1) as f64
    };
    Row {
        after,
        auc: of(|it| it.auc.unwrap_or(0.5)),
        log_loss: of(|it| it.log_loss),
        ece: of(|it| it.ece),
        meets: of(|it| f64::from(u8::from(it.ece <= BAR))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(at: usize) -> Visit {
        Visit { logit: -2.0, terms: Vec::new(), happened: at.is_multiple_of(2) }
    }

    #[test]
    fn the_learner_is_judged_by_what_it_has_not_seen() {
        let visits: Vec<Visit> = (0..400).map(visit).collect();
        let order: Vec<usize> = (0..400).collect();
        let run = run(&visits, &order);
        let left: Vec<usize> = run.after.iter().map(|figures| figures.n).collect();
        assert_eq!(left, [300, 200, 100], "points beyond the sessions are left out");
        assert_eq!(run.along.n, 400);
        // The first forecast was made with nothing learned.
        let one = super::run(&visits[..1], &[0]).along;
        assert!((one.log_loss + sigmoid(-2.0).ln()).abs() < 1e-12);
    }

    #[test]
    fn the_same_seed_gives_the_same_figures() {
        let visits: Vec<Visit> =
            (0..700).map(|at| Visit { logit: -(at as f64 % 4.0), ..visit(at) }).collect();
        assert_eq!(drift(&visits, 3, 1), drift(&visits, 3, 1));
        assert_ne!(drift(&visits, 3, 1).learned, drift(&visits, 3, 2).learned);
        assert_eq!(drift(&visits, 3, 1).learned_file, drift(&visits, 3, 2).learned_file);
    }
}
