//! Trains the model of `commit` and writes its card.
//!
//! From recordings to a file in one deterministic run: [`sample`] labels the ticks with the
//! engine's own features, [`fit`] finds the weights, [`judge`] measures what came out, [`card`]
//! tells it. Weights come from the people of split `train` only, the penalty from those of
//! `val`. The same recordings and seed give the same bytes. Other heads have no labelled data,
//! so there is nothing here for them.

pub mod card;
pub mod compare;
pub mod fit;
pub mod from_store;
pub mod judge;
pub mod sample;

use unspoken::intent::model::Model;
use unspoken::trace::Trace;

use crate::metrics::Figures;
use fit::LAMBDAS;
use judge::{Interval, judged};
use sample::{Sample, samples};

/// The most that a model may weigh, in bytes of its file.
pub const MAX_BYTES: usize = 600;
/// Parts of the cross-validation.
pub const FOLDS: usize = 5;

/// Why nothing was trained: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// A split lacks one of the outcomes.
    #[error(
        "the recordings of split \"{0}\" need ticks with and without a click within 2 s: a \
         recording's header says its split, train or val"
    )]
    OneSided(&'static str),
    /// The file would be too large.
    #[error("the model would weigh {0} bytes, more than the {MAX_BYTES} a page may load for it")]
    TooLarge(usize),
}

/// People, recordings and ticks of a part of the data.
#[derive(Clone, Copy, Debug)]
pub struct Counts {
    /// Different people.
    pub people: usize,
    /// Recordings.
    pub traces: usize,
    /// Ticks.
    pub ticks: usize,
}

/// A model and all that its card tells.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The quantised model.
    pub model: Model,
    /// Its file.
    pub bytes: Vec<u8>,
    /// The penalty that the people of `val` chose.
    pub lambda: f64,
    /// Log-loss on `val` for each penalty that was tried.
    pub tried: Vec<(f64, f64)>,
    /// Of `train`: counts, figures, intervals.
    pub train: Part,
    /// Of `val`.
    pub val: Part,
    /// By cross-validation over all people, at the chosen penalty.
    pub cross: Figures,
}

/// How the model does on a part of the data.
#[derive(Clone, Debug)]
pub struct Part {
    /// How much there is.
    pub counts: Counts,
    /// The figures.
    pub figures: Figures,
    /// 95 % over people: AUC, AP, log-loss, ECE.
    pub intervals: [Interval; 4],
    /// The reliability table.
    pub bins: [crate::metrics::Bin; crate::metrics::BINS],
}

/// Trains `commit`. `progress` is told a sentence now and then; `seed` draws the bootstrap.
pub fn train(
    traces: &[Trace],
    seed: u64,
    mut progress: impl FnMut(&str),
) -> Result<Trained, TrainError> {
    let all = samples(traces);
    let of = |split: &str| -> Vec<&Sample> { all.iter().filter(|it| it.split == split).collect() };
    let (learn, choose) = (of("train"), of("val"));
    for (name, part) in [("train", &learn), ("val", &choose)] {
        let positives = part.iter().filter(|it| it.happened).count();
        if positives == 0 || positives == part.len() {
            return Err(TrainError::OneSided(name));
        }
    }
    progress(&format!("{} ticks to learn from, {} to choose by", learn.len(), choose.len()));

    let mut tried = Vec::new();
    let mut best: Option<(f64, f64, Model)> = None;
    for lambda in LAMBDAS {
        let model = fit::commit(&learn, lambda);
        let loss = crate::metrics::log_loss(&judged(&model, &choose));
        progress(&format!("penalty {lambda}: log-loss {loss:.4} on val"));
        tried.push((lambda, loss));
        if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
            best = Some((loss, lambda, model));
        }
    }
    let (_, lambda, model) = best.ok_or(TrainError::OneSided("val"))?;
    let bytes = model.write();
    if bytes.len() > MAX_BYTES {
        return Err(TrainError::TooLarge(bytes.len()));
    }

    progress(&format!("{FOLDS}-fold cross-validation by person"));
    let everyone: Vec<&Sample> = all.iter().collect();
    let cross = judge::cross_validate(&everyone, FOLDS, |learn| fit::commit(learn, lambda));
    progress("bootstrap over people");
    let part = |samples: &[&Sample]| Part {
        counts: judge::count(samples),
        figures: Figures::of(&judged(&model, samples)),
        intervals: judge::bootstrap(&model, samples, seed),
        bins: crate::metrics::reliability(&judged(&model, samples)),
    };
    let (train, val) = (part(&learn), part(&choose));
    Ok(Trained { train, val, cross: Figures::of(&cross), model, bytes, lambda, tried })
}
