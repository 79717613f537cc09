//! What a report may ask of a store: questions with a name, parameters and typed columns.
//!
//! Each store has the SQL of every question in a file of its name, with the same columns in the same
//! order. Rows come as they are read, so an answer may be larger than memory. No arithmetic is done
//! on them here or in SQL that two databases could do differently (sums of real numbers, say): that
//! is the asker's, so that two stores give one number.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use unspoken::id::Id;

use super::{Store, StoreError};

/// What a column holds. Each may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 16 bytes: a visitor, a session, a batch.
    Id,
    /// A whole number from 0: a count, a time in ms since 1970.
    Whole,
    /// A number.
    Real,
    /// UTF-8.
    Text,
}

/// A question that every store can answer. `docs/collector.md` says what its columns mean.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// The name of its SQL file.
    pub name: &'static str,
    /// What its columns hold, in order.
    pub columns: &'static [Kind],
}

/// A question about a site and a stretch of time.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Which.
    pub question: &'static Question,
    /// The site's name.
    pub site: Arc<str>,
    /// ms since 1970, included.
    pub from: u64,
    /// ms since 1970, included.
    pub to: u64,
    /// What else the question takes, in its order.
    pub text: Vec<String>,
}

impl Ask {
    /// A question that takes no more than a site and a stretch of time.
    pub fn new(question: &'static Question, site: &str, [from, to]: [u64; 2]) -> Ask {
        Ask { question, site: site.into(), from, to, text: Vec::new() }
    }
}

/// Is handed each row; `Break` ends the reading, which is then no error.
pub type Each = Box<dyn FnMut(&Row) -> ControlFlow<()> + Send>;

/// What stands in one place of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// See [`Kind::Id`].
    Id(Id),
    /// See [`Kind::Whole`].
    Whole(u64),
    /// See [`Kind::Real`].
    Real(f64),
    /// See [`Kind::Text`].
    Text(String),
}

/// A row of an answer. Its getters are told a column's number, from 0, and give `None` where the
/// column is null. A column of another kind is the program's mistake: null, and caught in tests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// One cell for each of the question's columns.
    pub cells: Vec<Cell>,
}

impl Row {
    /// An id.
    pub fn id(&self, column: usize) -> Option<Id> {
        match self.cells.get(column) {
            Some(Cell::Id(id)) => Some(*id),
            other => Row::null(column, other),
        }
    }

    /// A whole number.
    pub fn whole(&self, column: usize) -> Option<u64> {
        match self.cells.get(column) {
            Some(Cell::Whole(number)) => Some(*number),
            other => Row::null(column, other),
        }
    }

    /// A number.
    pub fn real(&self, column: usize) -> Option<f64> {
        match self.cells.get(column) {
            Some(Cell::Real(number)) => Some(*number),
            other => Row::null(column, other),
        }
    }

    /// A text.
    pub fn text(&self, column: usize) -> Option<&str> {
        match self.cells.get(column) {
            Some(Cell::Text(text)) => Some(text),
            other => Row::null(column, other),
        }
    }

    fn null<T>(column: usize, found: Option<&Cell>) -> Option<T> {
        debug_assert!(matches!(found, Some(Cell::Null)), "column {column} holds {found:?}");
        None
    }
}

macro_rules! questions {
    ($($(#[$doc:meta])* $name:ident = $file:literal [$($kind:ident),*];)*) => {
        $($(#[$doc])* pub static $name: Question = Question { name: $file, columns: &[$(Kind::$kind),*] };)*
        /// Every question there is.
        pub static ALL: &[&Question] = &[$(&$name),*];
    };
}

questions! {
    /// What each visitor was shown: visitor, slot, rule (null: the default), variant, chance (null:
    /// none at work), first time, times. By visitor, first time, slot, variant.
    EXPOSURES = "exposures" [Id, Text, Text, Text, Real, Whole, Whole];
    /// Every goal of a visitor with an exposure in the window, also `text[0]` ms before it: visitor,
    /// goal, time, worth. By visitor and time.
    GOALS_OF_EXPOSED = "goals_of_exposed" [Id, Text, Whole, Real];
    /// Their page views, likewise: visitor, time, session.
    VIEWS_OF_EXPOSED = "views_of_exposed" [Id, Whole, Id];
    /// Their forecasts that met their outcome, likewise, all bins in one: visitor, head, time, count,
    /// positives, sum in thousandths. By visitor, head, time.
    FORECASTS_OF_EXPOSED = "forecasts_of_exposed" [Id, Text, Whole, Whole, Whole, Whole];
    /// What became of bandits' choices: slot, rule, variant, chance, reward, time, context (a JSON
    /// list of numbers), visitor, session. By slot, rule, time.
    LESSONS = "lessons" [Text, Text, Text, Real, Real, Whole, Text, Id, Id];
    /// What slots met on each page (its kind, or its path; empty: not known): page, slot, exposures,
    /// visitors who saw it, ms of dwell, clicks, of these rage and dead, dismissals. By page and slot.
    ATTENTION = "attention" [Text, Text, Whole, Whole, Whole, Whole, Whole, Whole, Whole];
    /// How deep pages were scrolled: page, percent, page views that came that far. Percent 0 has all
    /// views that began in the window. By page and percent.
    SCROLLS = "scrolls" [Text, Whole, Whole];
    /// Where sessions went: session, time, `p` (a page) or `g` (a goal), its name (of a page its kind,
    /// or its path). By session and time; at the same time the page first.
    STEPS = "steps" [Id, Whole, Text, Text];
    /// What interrupted whom: visitor, day since 1970, exposures of other variants than the default,
    /// dismissals. By visitor and day.
    INTERRUPTIONS = "interruptions" [Id, Whole, Whole, Whole];
    /// Everything kept of the visitor whose 32 hex digits are `text[0]`, whatever its time, machines
    /// included: table, time, JSON object without empty columns. By time.
    PERSON = "person" [Text, Whole, Text];
    /// Of the report: part of the window (0 to 59), kind of event, times.
    TIMELINE = "timeline" [Whole, Text, Whole];
    /// Of the report: visitors, sessions, sessions that look automated.
    SEEN = "seen" [Whole, Whole, Whole];
    /// Of the report: batches that arrived, their bytes.
    ARRIVED = "arrived" [Whole, Whole];
    /// The sessions seen last, machines included: session, visitor, first and last time, automation,
    /// excluded (1). The last first.
    LIVE = "live" [Id, Id, Whole, Whole, Whole, Whole];
    /// What the sessions of [`LIVE`] did: session, kind of event, label (of `p` the path, of `g` the
    /// goal), times, first and last time. By session, kind, label.
    LIVE_EVENTS = "live_events" [Id, Text, Text, Whole, Whole, Whole];
    /// Goals: goal, times, visitors. By goal.
    GOALS = "goals" [Text, Whole, Whole];
    /// What goals were worth: goal, worth, times. By goal and worth.
    GOAL_VALUES = "goal_values" [Text, Real, Whole];
    /// What slots showed: slot, variant, times, visitors. By slot and variant.
    SLOTS = "slots" [Text, Text, Whole, Whole];
    /// What followed: slot, variant, goal, visitors who reached it after they first saw the variant.
    REACHED = "reached" [Text, Text, Text, Whole];
    /// Slot, visitors who dismissed it.
    DISMISSALS = "dismissals" [Text, Whole];
    /// What chance chose: slot, rule, variant, visitors, least and greatest probability. In that order.
    SHARES = "shares" [Text, Text, Text, Whole, Real, Real];
    /// Judged forecasts of the heads `text`: head, bin, count, positives, sum in thousandths.
    FORECASTS = "forecasts" [Text, Whole, Whole, Whole, Whole];
    /// Head, sessions with a judged forecast. The most first, then by name.
    HEADS = "heads" [Text, Whole];
    /// Judged forecasts of the heads `text`: head, day since 1970, session, bin, count, positives, sum
    /// in thousandths. By head; the last day first; then session and bin.
    HEAD_DAYS = "head_days" [Text, Whole, Id, Whole, Whole, Whole, Whole];
    /// Judged forecasts of all heads: head, session, bin, count, positives, sum in thousandths. In that
    /// order.
    HEAD_SESSIONS = "head_sessions" [Text, Id, Whole, Whole, Whole, Whole];
    /// Every batch that was received in the window, with what its session was found to be, in the
    /// order of arrival: the columns of `exchange::BATCHES`.
    KEPT_BATCHES = "kept_batches" [
        Id, Id, Id, Whole, Whole, Whole, Whole, Whole, Whole, Whole, Whole, Whole, Whole, Whole
    ];
    /// The events of these batches, in their order: the columns of `exchange::EVENTS`.
    KEPT_EVENTS = "kept_events" [
        Id, Whole, Whole, Text, Text, Text, Text, Text, Text, Real, Text, Text, Text, Whole, Whole,
        Whole, Whole, Real, Text
    ];
    /// Their bins of forecasts, likewise: the columns of `exchange::FORECASTS`.
    KEPT_FORECASTS = "kept_forecasts" [Id, Whole, Text, Whole, Whole, Whole, Whole];
    /// Their streams in hex, likewise: the columns of `exchange::TRACES`.
    KEPT_TRACES = "kept_traces" [Id, Text];
}

/// Asks, and folds the rows into a value that begins empty.
pub async fn fold<T: Default + Send + 'static>(
    store: &dyn Store,
    ask: Ask,
    mut take: impl FnMut(&mut T, &Row) -> ControlFlow<()> + Send + 'static,
) -> Result<T, StoreError> {
    let value = Arc::new(Mutex::new(T::default()));
    let shared = Arc::clone(&value);
    let each =
        move |row: &Row| take(&mut *shared.lock().unwrap_or_else(PoisonError::into_inner), row);
    store.ask(ask, Box::new(each)).await?;
    let mut value = value.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(std::mem::take(&mut *value))
}

/// Asks, and keeps what `read` makes of each row; `None` leaves a row out.
pub async fn collect<T: Send + 'static>(
    store: &dyn Store,
    ask: Ask,
    mut read: impl FnMut(&Row) -> Option<T> + Send + 'static,
) -> Result<Vec<T>, StoreError> {
    fold(store, ask, move |all: &mut Vec<T>, row| {
        all.extend(read(row));
        ControlFlow::Continue(())
    })
    .await
}
