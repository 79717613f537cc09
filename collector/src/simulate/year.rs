//! A model of February to October carried to November and December, on a shop's sessions.

use std::path::{Path, PathBuf};

use serde::Serialize;
use unspoken::intent::BUY_MODEL;
use unspoken::intent::declare::BASE;
use unspoken::intent::model::{Model, Shape};

use super::{Drift, drift, visits};
use crate::train::fit::Kind;
use crate::train::sample::Sample;
use crate::train::sessions::{self, SessionsError};
use crate::train::{Settings, TrainError, choose};

/// The end of the year, when a shop sells more than before.
const LATE: [&str; 2] = ["Nov", "Dec"];

/// Why nothing was simulated: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum YearError {
    /// The sessions cannot be read.
    #[error(transparent)]
    Sessions(#[from] SessionsError),
    /// The column Month cannot.
    #[error(transparent)]
    Table(#[from] csv::Error),
    /// No model can be trained on the sessions of February to October.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Nothing says what is before and what is after.
    #[error("{0} has no column Month, which says what is before and what is after")]
    NoMonth(PathBuf),
    /// There is no after.
    #[error("{0} has no session whose Month is Nov or Dec")]
    NoLate(PathBuf),
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Draws the orders, and what training draws.
    pub seed: u64,
    /// The kind of model; none: the kind that ships for `buy`.
    pub kind: Option<Kind>,
    /// Orders drawn.
    pub orders: usize,
}

/// What came of it.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Year {
    /// The kind of the model.
    pub kind: &'static str,
    /// Of its file.
    pub bytes: usize,
    /// Sessions of February to October that its weights come from.
    pub trained_on: usize,
    /// The model in November and December.
    pub drift: Drift,
    /// A head that a site declared, in the same months: at 5 %, with no weight for any feature.
    pub own_head: Drift,
    /// The model on sessions of February to October that its weights do not come from.
    pub no_drift: Drift,
}

/// Trains, carries over, and lets learn.
pub fn year(path: &Path, ask: &Ask) -> Result<Year, YearError> {
    let mut early = sessions::read(path)?;
    let mut months = months(path)?.into_iter();
    let mut late = Vec::new();
    early.all.retain(|sample| {
        let is_late = months.next().is_some_and(|month| LATE.contains(&month.as_str()));
        if is_late {
            late.push(sample.clone());
        }
        !is_late
    });
    if late.is_empty() {
        return Err(YearError::NoLate(path.into()));
    }
    early.split_the_rest(ask.seed);
    let kind = ask.kind.or_else(shipped);
    let chosen = choose(&early, &Settings { seed: ask.seed, kind }, &|_| {})?;
    let (late, val): (Vec<&Sample>, _) = (late.iter().collect(), early.of("val"));
    let play = |samples: &[&Sample]| {
        let visits = visits(|features| chosen.model.logit(features), samples.iter().copied());
        drift(&visits, ask.orders, ask.seed)
    };
    let base = libm::log(BASE / (1.0 - BASE));
    Ok(Year {
        kind: chosen.candidate.kind().name(),
        bytes: chosen.bytes.len(),
        trained_on: early.of("train").len(),
        drift: play(&late),
        own_head: drift(&visits(|_| base, late), ask.orders, ask.seed),
        no_drift: play(&val),
    })
}

/// The kind of the model of `buy` that ships.
fn shipped() -> Option<Kind> {
    Model::read(BUY_MODEL).ok().map(|model| match model.shape {
        Shape::Logistic(_) => Kind::Logistic,
        Shape::Trees(_) => Kind::Trees,
        Shape::Network { .. } => Kind::Network,
    })
}

/// The column Month, row by row.
fn months(path: &Path) -> Result<Vec<String>, YearError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path)?;
    let at = reader.headers()?.iter().position(|name| name == "Month");
    let at = at.ok_or_else(|| YearError::NoMonth(path.into()))?;
    reader.records().map(|record| Ok(record?.get(at).unwrap_or_default().into())).collect()
}
