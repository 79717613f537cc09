//! Reads recorded pointer streams back, for training. It reads only: a collector may run beside.

use std::path::Path;

use rusqlite::params;
use unspoken::id::Id;
use unspoken::stream::{self, Point};

use super::StoreError;
use super::sqlite::open_to_read;

/// The stream of one batch.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredTrace {
    /// Whose it is: what a split into training and test must keep together.
    pub visitor: Id,
    /// The visit.
    pub session: Id,
    /// The page view.
    pub view: u32,
    /// Its place in the view; a gap is a lost batch.
    pub sequence: u32,
    /// What the points' times count from, by the visitor's clock.
    pub base_ms: u64,
    /// The samples.
    pub points: Vec<Point>,
}

/// Calls `take` with every trace of `site` in the database at `path`, by visitor, session, view and
/// sequence. With `machines` also those of sessions that look automated. Holds one trace at a time. An error of `take` ends it.
pub fn for_each_trace<E: From<StoreError>>(
    path: &Path,
    site: &str,
    machines: bool,
    mut take: impl FnMut(StoredTrace) -> Result<(), E>,
) -> Result<(), E> {
    let connection = open_to_read(path)?;
    let mut statement = connection
        .prepare(
            "SELECT b.visitor, b.session, b.view, b.sequence, b.base_ms, t.trace
             FROM traces t JOIN batches b USING (batch) JOIN sites s USING (site)
             JOIN sessions v ON v.site = b.site AND v.session = b.session
             WHERE s.name = ?1 AND v.excluded <= ?2
             ORDER BY b.visitor, b.session, b.view, b.sequence",
        )
        .map_err(StoreError::from)?;
    let mut rows = statement.query(params![site, machines]).map_err(StoreError::from)?;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        let read = || -> Result<StoredTrace, StoreError> {
            let trace: Vec<u8> = row.get(5)?;
            let points = stream::decode(&trace).map_err(|error| {
                StoreError::Database(format!("a trace is not readable: {error}"))
            })?;
            Ok(StoredTrace {
                visitor: Id(u128::from_be_bytes(row.get(0)?)),
                session: Id(u128::from_be_bytes(row.get(1)?)),
                view: row.get(2)?,
                sequence: row.get(3)?,
                base_ms: row.get(4)?,
                points,
            })
        };
        take(read()?)?;
    }
    Ok(())
}
