//! Reads sessions back as pages and goals in time order, for training. It reads only.

use std::path::Path;

use rusqlite::params;
use unspoken::id::Id;
use unspoken::profile::SESSION_GAP;

use super::StoreError;
use super::sqlite::open_to_read;

/// A session: its pages and its goals, each in time order. Times are ms since 1970.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// Whose it is.
    pub visitor: Id,
    /// The session.
    pub session: Id,
    /// The store knows an earlier session of this visitor.
    pub returning: bool,
    /// When each page was opened, and its kind; empty where the site names none.
    pub pages: Vec<(u64, String)>,
    /// When each goal was reached, and its name.
    pub goals: Vec<(u64, String)>,
}

/// Calls `take` with every session of `site` that had a page, by visitor and time. Sessions that
/// look automated stay out, and those that were still going on at `over_at` (ms since 1970): what
/// has not happened in them may yet. Holds one session at a time. An error of `take` ends it.
pub fn for_each_visit<E: From<StoreError>>(
    path: &Path,
    site: &str,
    over_at: u64,
    mut take: impl FnMut(Visit) -> Result<(), E>,
) -> Result<(), E> {
    let connection = open_to_read(path)?;
    let mut statement = connection
        .prepare(
            "SELECT v.visitor, b.session, e.at, e.kind, e.page, e.name
             FROM events e JOIN batches b USING (batch) JOIN sites s USING (site)
             JOIN sessions v ON v.site = b.site AND v.session = b.session
             WHERE s.name = ?1 AND e.kind IN ('p', 'g') AND v.excluded = 0
               AND v.last_at <= ?2
             ORDER BY v.visitor, v.first_at, b.session, e.at, e.batch, e.ordinal",
        )
        .map_err(StoreError::from)?;
    let mut rows = statement
        .query(params![site, over_at.saturating_sub(SESSION_GAP as u64)])
        .map_err(StoreError::from)?;
    let mut open: Option<Visit> = None;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        let read = || -> Result<_, StoreError> {
            let id = |at| Ok::<Id, StoreError>(Id(u128::from_be_bytes(row.get(at)?)));
            let is_page = row.get_ref(3)?.as_str() == Ok("p");
            let name: Option<String> = row.get(if is_page { 4 } else { 5 })?;
            Ok((id(0)?, id(1)?, row.get::<_, u64>(2)?, is_page, name.unwrap_or_default()))
        };
        let (visitor, session, at, is_page, name) = read()?;
        if open.as_ref().is_none_or(|visit| visit.session != session || visit.visitor != visitor) {
            let returning = open.as_ref().is_some_and(|visit| visit.visitor == visitor);
            let next = Visit { visitor, session, returning, pages: Vec::new(), goals: Vec::new() };
            if let Some(done) = open.replace(next).filter(|done| !done.pages.is_empty()) {
                take(done)?;
            }
        }
        if let Some(visit) = &mut open {
            if is_page { &mut visit.pages } else { &mut visit.goals }.push((at, name));
        }
    }
    open.filter(|done| !done.pages.is_empty()).map_or(Ok(()), take)
}
