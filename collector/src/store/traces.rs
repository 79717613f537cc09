//! Reads recorded streams back, for training. It reads only: a collector may run beside.

use std::path::Path;

use rusqlite::{CachedStatement, params};
use unspoken::id::Id;
use unspoken::signal::{Page, Role};
use unspoken::stream::{self, Point};

use super::StoreError;
use super::sqlite::open_to_read;

/// The stream of one batch, and what its events say of the same moments.
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
    /// The page had to drop events or points after those that are here.
    pub cut: bool,
    /// The samples.
    pub points: Vec<Point>,
    /// The page that was opened, in a view's first batch.
    pub page: Option<Page>,
    /// Its clicks in order: the slot, and what was hit.
    pub clicks: Vec<(Option<String>, Role)>,
}

/// Calls `take` with every trace of `site` in the database at `path`, by visitor, time, view and
/// sequence. With `machines` also those of sessions that look automated. Holds one trace at a
/// time. An error of `take` ends it.
pub fn for_each_trace<E: From<StoreError>>(
    path: &Path,
    site: &str,
    machines: bool,
    mut take: impl FnMut(StoredTrace) -> Result<(), E>,
) -> Result<(), E> {
    let connection = open_to_read(path)?;
    let mut statement = connection
        .prepare(
            "SELECT b.visitor, b.session, b.view, b.sequence, b.base_ms, t.trace, b.dropped, b.batch
             FROM traces t JOIN batches b USING (batch) JOIN sites s USING (site)
             JOIN sessions v ON v.site = b.site AND v.session = b.session
             WHERE s.name = ?1 AND v.excluded <= ?2
             ORDER BY b.visitor, v.first_at, b.session,
                      min(b.base_ms) OVER (PARTITION BY b.site, b.session, b.view), b.view, b.sequence",
        )
        .map_err(StoreError::from)?;
    let mut events = connection
        .prepare_cached(
            "SELECT kind, path, page, item, slot, role FROM events
             WHERE batch = ?1 AND kind IN ('p', 'c') ORDER BY ordinal",
        )
        .map_err(StoreError::from)?;
    let mut rows = statement.query(params![site, machines]).map_err(StoreError::from)?;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        let mut read = || -> Result<StoredTrace, StoreError> {
            let trace: Vec<u8> = row.get(5)?;
            let points = stream::decode(&trace).map_err(|error| {
                StoreError::Database(format!("a trace is not readable: {error}"))
            })?;
            let mut stored = StoredTrace {
                visitor: Id(u128::from_be_bytes(row.get(0)?)),
                session: Id(u128::from_be_bytes(row.get(1)?)),
                view: row.get(2)?,
                sequence: row.get(3)?,
                base_ms: row.get(4)?,
                cut: row.get::<_, u64>(6)? > 0,
                points,
                page: None,
                clicks: Vec::new(),
            };
            read_events(&mut events, row.get(7)?, &mut stored)?;
            Ok(stored)
        };
        take(read()?)?;
    }
    Ok(())
}

fn read_events(
    events: &mut CachedStatement,
    batch: i64,
    stored: &mut StoredTrace,
) -> Result<(), StoreError> {
    const ROLES: [Role; 5] = [Role::None, Role::Link, Role::Button, Role::Field, Role::Control];
    let mut rows = events.query(params![batch])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(0)?.as_str() == Ok("p") {
            let text =
                |at| Ok::<String, StoreError>(row.get::<_, Option<_>>(at)?.unwrap_or_default());
            let (path, kind, item) = (text(1)?, text(2)?, text(3)?);
            stored.page = Some(Page { path, kind, item, ..Page::default() });
        } else {
            let role = row.get::<_, Option<usize>>(5)?.and_then(|role| ROLES.get(role).copied());
            stored.clicks.push((row.get(4)?, role.unwrap_or_default()));
        }
    }
    Ok(())
}
