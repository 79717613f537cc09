//! Where batches are kept: the promise, apart from who keeps it.
//!
//! [`Store`] is the seam for a second store (ClickHouse, where one machine is outgrown). What a
//! batch's times mean is decided here, once for every store, in [`Arrival::times`].

mod clickhouse;
mod columns;
mod days;
mod digest;
mod erase;
mod events;
mod lessons;
pub mod lifecycle;
pub mod maintain;
mod migrate;
mod query;
pub mod question;
mod queue;
mod retain;
mod rows;
pub mod settings;
mod shrink;
mod snapshot;
mod sqlite;
mod traces;
mod visits;
mod writer;

use std::pin::Pin;
use std::sync::Arc;

use unspoken::id::Id;
use unspoken::wire::Batch;

use crate::Settings;

pub use clickhouse::ClickHouseStore;
pub use days::{heads_by_day, sessions_by_head};
pub use events::for_each_event;
pub use lessons::lessons;
pub use lifecycle::{Erased, Removed, Retention};
pub use query::{on_site, report};
pub use question::{Ask, Cell, Each, Kind, Question, Row};
pub use queue::Bounds;
pub use snapshot::Snapshot;
pub use sqlite::SqliteStore;
pub use traces::{StoredTrace, for_each_trace};
pub use visits::{Visit, for_each_visit};

/// A clock that is off by more than this is not believed.
pub(crate) const MAX_SKEW_MS: u64 = 24 * 60 * 60 * 1000;

/// What a store's methods return: boxed, so that a store can be chosen at run time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The names of a site's heads; none where the collector has no config of it.
pub type Known = Option<Vec<String>>;

/// A batch, as it came in.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Whose key it came with.
    pub site: Arc<str>,
    /// ms since 1970, by the collector's clock.
    pub received_at: u64,
    /// What it weighed on the wire.
    pub bytes: usize,
    /// Decoded and checked.
    pub batch: Batch,
}

/// When a batch's events happened, by the collector's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    base: u64,
    /// The first event, or the arrival where there is none.
    pub first: u64,
    /// The last event, likewise.
    pub last: u64,
}

impl Times {
    /// Nothing happens after it was received, and no clock is believed that is more than a day
    /// off: such a batch is moved as a whole, so that its last event happened on arrival and the
    /// distances within it stay.
    pub fn of_batch(batch: &Batch, received_at: u64) -> Times {
        let offsets = batch.events.iter().map(|event| u64::from(event.at));
        let (first, last) = (offsets.clone().min(), offsets.max());
        let (Some(first), Some(last)) = (first, last) else {
            return Times { base: received_at, first: received_at, last: received_at };
        };
        let claimed = batch.base_ms;
        let believed =
            claimed.abs_diff(received_at) <= MAX_SKEW_MS && claimed + last <= received_at;
        let base = if believed { claimed } else { received_at.saturating_sub(last) };
        Times { base, first: base + first, last: base + last }
    }

    /// The time of an event.
    pub fn of(&self, at: u32) -> u64 {
        self.base + u64::from(at)
    }
}

impl Arrival {
    /// When its events happened: [`Times::of_batch`].
    pub fn times(&self) -> Times {
        Times::of_batch(&self.batch, self.received_at)
    }
}

/// What became of a batch. Both are a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is stored now.
    New,
    /// A batch of this id was stored before, or its visitor was erased; this one is dropped.
    Seen,
}

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The queue is full: try again soon.
    #[error("the store is behind")]
    Busy,
    /// The writer has ended.
    #[error("the store is closed")]
    Closed,
    /// The database cannot be opened; a sentence that says what to do.
    #[error("{0}")]
    Open(String),
    /// The server does not answer; it may again.
    #[error("{0}")]
    Away(String),
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Database(error.to_string())
    }
}

/// Opens the store that the settings name. Blocks on the disk, or on the server.
pub fn open(settings: &Settings) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match settings.store.kind {
        settings::Kind::Sqlite => Arc::new(SqliteStore::open(settings)?),
        settings::Kind::Clickhouse => Arc::new(ClickHouseStore::open(&settings.store)?),
    })
}

/// Keeps batches, and answers questions about them.
pub trait Store: Send + Sync + 'static {
    /// Keeps a batch once, however often it comes. Resolves to `Ok` only when it would survive
    /// the process being killed.
    fn append(&self, arrival: Arrival) -> Answer<'_, Appended>;

    /// Runs a question's SQL and hands each row to `each`, in the question's order, on a thread that
    /// may block. Resolves when `each` has had the last row, or has had enough.
    fn ask(&self, ask: Ask, each: Each) -> Answer<'_, ()>;

    /// Removes everything that is kept of a visitor, acknowledged batches that no table has yet
    /// included, and turns away what still comes of them ([`lifecycle::ERASED_MS`]): answered like
    /// any batch, and not kept. Goes on where nobody waits for it any more.
    fn erase(&self, site: &str, visitor: Id) -> Answer<'_, Erased>;

    /// Removes what is older than `retention` keeps it at `now_ms` (ms since 1970), and carries out
    /// erasures that a stop cut off. In slices: batches are taken in between.
    fn retain(&self, site: &str, retention: Retention, now_ms: u64) -> Answer<'_, Removed>;

    /// Whether batches can be taken. Quick: it touches no disk.
    fn health(&self) -> Result<(), StoreError>;

    /// Writes what was taken, and ends. Later calls of `append` are answered `Closed`.
    fn close(&self) -> Answer<'_, ()>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use unspoken::wire::{Event, VERSION, What};

    const NOW: u64 = 1_800_000_000_000;

    fn arrival(base_ms: u64, ats: &[u32]) -> Arrival {
        let events = ats.iter().map(|at| Event { at: *at, what: What::Scroll { percent: 25 } });
        let batch = Batch {
            version: VERSION,
            id: Id(1),
            visitor: Id(2),
            session: Id(3),
            view: 4,
            sequence: 0,
            base_ms,
            dropped: 0,
            automation: 0,
            excluded: 0,
            names: Vec::new(),
            events: events.collect(),
            trace: Vec::new(),
        };
        Arrival { site: "demo".into(), received_at: NOW, bytes: 1, batch }
    }

    fn first_and_last(base_ms: u64, ats: &[u32]) -> (u64, u64) {
        let times = arrival(base_ms, ats).times();
        (times.first, times.last)
    }

    #[test]
    fn a_good_clock_is_believed() {
        assert_eq!(first_and_last(NOW - 10_000, &[0, 9_000]), (NOW - 10_000, NOW - 1_000));
    }

    #[test]
    fn a_clock_that_is_off_is_moved_as_a_whole() {
        assert_eq!(first_and_last(NOW + 60_000, &[0, 9_000]), (NOW - 9_000, NOW));
        assert_eq!(first_and_last(NOW - 1_000, &[0, 9_000]), (NOW - 9_000, NOW));
        assert_eq!(first_and_last(NOW - 2 * MAX_SKEW_MS, &[0, 9_000]), (NOW - 9_000, NOW));
        assert_eq!(first_and_last(u64::MAX, &[u32::MAX]), (NOW, NOW));
        assert_eq!(first_and_last(0, &[5]), (NOW, NOW));
    }

    #[test]
    fn a_batch_without_events_happened_on_arrival() {
        assert_eq!(first_and_last(NOW - 10_000, &[]), (NOW, NOW));
    }
}
