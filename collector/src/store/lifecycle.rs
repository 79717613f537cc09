//! How long things are kept, and what is removed: the words that every store shares.

use serde::Serialize;
use sha2::{Digest, Sha256};
use unspoken::id::Id;

/// ms of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// For how long an erased visitor's batches are turned away, counted from the last that came, in
/// ms. A page may hold a batch back until its browser is opened again.
pub const ERASED_MS: u64 = 30 * DAY_MS;

/// For how many days each table is kept; 0 keeps it for ever.
///
/// A row is as old as its event, a stream as the last event of its batch. A batch and its session,
/// which say who came and when, stay for `sessions` days, and at least as long as the other tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Everything in `events` but lessons.
    pub events: u32,
    /// Streams of level `trace`.
    pub traces: u32,
    /// What bandits told.
    pub lessons: u32,
    /// Forecasts that met their outcome.
    pub forecasts: u32,
    /// Batches and sessions.
    pub sessions: u32,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { events: 400, traces: 30, lessons: 400, forecasts: 400, sessions: 400 }
    }
}

/// Up to when each table is removed, in ms since 1970, the end left out; `None` keeps all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cutoffs {
    /// See [`Retention::events`].
    pub events: Option<u64>,
    /// See [`Retention::traces`].
    pub traces: Option<u64>,
    /// See [`Retention::lessons`].
    pub lessons: Option<u64>,
    /// See [`Retention::forecasts`].
    pub forecasts: Option<u64>,
    /// The earliest of all, since what stays needs its batch and its session.
    pub sessions: Option<u64>,
}

impl Retention {
    /// What this means at `now_ms`.
    pub fn cutoffs(&self, now_ms: u64) -> Cutoffs {
        let before = |days: u32| {
            (days > 0).then(|| now_ms.saturating_sub(u64::from(days).saturating_mul(DAY_MS)))
        };
        let [events, traces, lessons, forecasts, sessions] =
            [self.events, self.traces, self.lessons, self.forecasts, self.sessions].map(before);
        let all = [events, traces, lessons, forecasts, sessions];
        // None, kept for ever, is the least of an Option: one table for ever keeps its batches.
        let earliest = all.into_iter().min().flatten();
        Cutoffs { events, traces, lessons, forecasts, sessions: earliest }
    }
}

/// How many rows of each table were removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// Batches: who sent something, and when.
    pub batches: u64,
    /// Events but lessons.
    pub events: u64,
    /// Lessons.
    pub lessons: u64,
    /// Bins of forecasts.
    pub forecasts: u64,
    /// Streams of level `trace`.
    pub traces: u64,
    /// Sessions.
    pub sessions: u64,
}

impl Removed {
    /// Rows in all.
    pub fn rows(&self) -> u64 {
        self.batches + self.events + self.lessons + self.forecasts + self.traces + self.sessions
    }
}

impl std::ops::AddAssign for Removed {
    fn add_assign(&mut self, more: Removed) {
        self.batches += more.batches;
        self.events += more.events;
        self.lessons += more.lessons;
        self.forecasts += more.forecasts;
        self.traces += more.traces;
        self.sessions += more.sessions;
    }
}

/// What an erasure removed. A visitor who was never there, or was erased before, has zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Rows by table.
    pub removed: Removed,
}

/// What is kept of an erased visitor, and what a receipt names: SHA-256 of the id's 32 lowercase
/// hex digits. The id has 128 random bits, so it cannot be found from this.
pub fn digest(visitor: Id) -> [u8; 32] {
    Sha256::digest(visitor.to_hex().as_bytes()).into()
}

/// SQLite's whole numbers end at 2^63 - 1.
pub(super) fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000_000;

    #[test]
    fn a_batch_stays_as_long_as_anything_that_hangs_on_it() {
        let retention = Retention { events: 7, traces: 1, lessons: 90, forecasts: 7, sessions: 3 };
        let cutoffs = retention.cutoffs(NOW);
        assert_eq!(cutoffs.events, Some(NOW - 7 * DAY_MS));
        assert_eq!(cutoffs.traces, Some(NOW - DAY_MS));
        assert_eq!(cutoffs.sessions, Some(NOW - 90 * DAY_MS));
        let forever = Retention { lessons: 0, ..retention }.cutoffs(NOW);
        assert_eq!((forever.lessons, forever.sessions), (None, None));
        assert_eq!(forever.events, Some(NOW - 7 * DAY_MS));
    }

    #[test]
    fn more_days_than_there_were_remove_nothing() {
        let all = u32::MAX;
        let retention =
            Retention { events: all, traces: all, lessons: all, forecasts: all, sessions: all };
        assert_eq!(retention.cutoffs(NOW).sessions, Some(0));
    }

    #[test]
    fn a_receipt_can_be_checked_with_sha256sum() {
        // printf %s 000000000000000000000000000000ff | sha256sum
        assert_eq!(
            crate::secret::hex(&digest(Id(255))),
            "b92a5e6dae98fb562b894d4ec311594fba0ecd1526aed363807d3d1f717b9987"
        );
    }
}
