//! What a store holds, as files that other programs read and that another store takes in again.
//!
//! Four tables travel, each with all its columns and in one order: batches as they came, then what
//! hangs on them in the order of its batches. So an import walks all four side by side, holds one
//! batch at a time, and makes of it the very batch that the page sent.

mod export;
mod fill;
mod merge;
mod ndjson;
mod parquet;

use std::path::Path;

use crate::store::question::{self, Question};

pub use export::{export, file_of};
pub use fill::{Format, Sink, Source};
pub use merge::Batches;

/// A kind of column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 32 hex digits.
    Id,
    /// ms since 1970.
    Time,
    /// A whole number from 0.
    Whole,
    /// A number.
    Real,
    /// UTF-8.
    Text,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, in files and in the database.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Never empty.
    pub required: bool,
}

/// A table that travels.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, and its file's.
    pub name: &'static str,
    /// What answers all of its rows, with these columns.
    pub question: &'static Question,
    /// Its columns.
    pub columns: &'static [Column],
}

const fn must(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: true }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, required: false }
}

/// Batches, with what their session was found to be.
pub static BATCHES: Table = Table {
    name: "batches",
    question: &question::KEPT_BATCHES,
    columns: &[
        must("batch", Kind::Id),
        must("visitor", Kind::Id),
        must("session", Kind::Id),
        must("view", Kind::Whole),
        must("sequence", Kind::Whole),
        // By the visitor's clock: any number, which a type for times might not hold.
        must("base_ms", Kind::Whole),
        must("received_at", Kind::Time),
        must("first_at", Kind::Time),
        must("last_at", Kind::Time),
        must("bytes", Kind::Whole),
        must("dropped", Kind::Whole),
        must("events", Kind::Whole),
        must("automation", Kind::Whole),
        must("excluded", Kind::Whole),
    ],
};

/// Events but forecasts; `ordinal` is the place within the batch.
pub static EVENTS: Table = Table {
    name: "events",
    question: &question::KEPT_EVENTS,
    columns: &[
        must("batch", Kind::Id),
        must("ordinal", Kind::Whole),
        must("at", Kind::Time),
        must("kind", Kind::Text),
        may("slot", Kind::Text),
        may("variant", Kind::Text),
        may("rule", Kind::Text),
        may("name", Kind::Text),
        may("text", Kind::Text),
        may("value", Kind::Real),
        may("path", Kind::Text),
        may("page", Kind::Text),
        may("item", Kind::Text),
        may("role", Kind::Whole),
        may("flags", Kind::Whole),
        may("percent", Kind::Whole),
        may("ms", Kind::Whole),
        may("chance", Kind::Real),
        may("context", Kind::Text),
    ],
};

/// Bins of forecasts that met their outcome.
pub static FORECASTS: Table = Table {
    name: "forecasts",
    question: &question::KEPT_FORECASTS,
    columns: &[
        must("batch", Kind::Id),
        must("at", Kind::Time),
        must("head", Kind::Text),
        must("bin", Kind::Whole),
        must("count", Kind::Whole),
        must("positives", Kind::Whole),
        must("sum_milli", Kind::Whole),
    ],
};

/// Streams of level `trace`, in hex.
pub static TRACES: Table = Table {
    name: "traces",
    question: &question::KEPT_TRACES,
    columns: &[must("batch", Kind::Id), must("trace", Kind::Text)],
};

/// All of them.
pub static TABLES: [&Table; 4] = [&BATCHES, &EVENTS, &FORECASTS, &TRACES];

/// Why a file cannot be written or taken in: a sentence that names the place.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ExchangeError(pub String);

impl ExchangeError {
    fn at(path: &Path, why: impl std::fmt::Display) -> ExchangeError {
        ExchangeError(format!("{}: {why}", path.display()))
    }
}
