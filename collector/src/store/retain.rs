//! Removes from SQLite what is older than a site keeps it, slice by slice.
//!
//! Each table is walked along an index from its oldest row, and a slice looks at so many rows, so
//! that batches are held up by no more than one slice. Rows of another site on the way are passed
//! over.

use rusqlite::{Connection, ToSql, TransactionBehavior, params, params_from_iter};

use super::StoreError;
use super::erase::{delete_batch, forget, site_number};
use super::lifecycle::{Cutoffs, Removed, Retention, integer};

/// Rows that one slice looks at.
const ROWS: i64 = 1_000;
/// Batches that one slice deletes.
const BATCHES: i64 = 200;

/// A retention that is under way.
pub struct Retaining {
    site: i64,
    now_ms: u64,
    cutoffs: Cutoffs,
    at: Table,
    /// Where in its index the table is.
    cursor: [i64; 3],
    removed: Removed,
}

enum Table {
    /// The kinds of event after this one.
    Kinds(String),
    Events(String),
    Forecasts,
    Traces,
    Batches,
    Sessions,
    End,
}

/// Before everything.
const BEGIN: [i64; 3] = [i64::MIN; 3];

impl Retaining {
    /// Of a site, as of `now_ms`.
    pub fn new(
        connection: &Connection,
        site: &str,
        retention: Retention,
        now_ms: u64,
    ) -> Result<Retaining, StoreError> {
        Ok(Retaining {
            site: site_number(connection, site)?,
            now_ms,
            cutoffs: retention.cutoffs(now_ms),
            at: Table::Kinds(String::new()),
            cursor: BEGIN,
            removed: Removed::default(),
        })
    }

    /// Does the next slice; answers what was removed when it was the last.
    pub fn step(&mut self, connection: &mut Connection) -> Result<Option<Removed>, StoreError> {
        let table = std::mem::replace(&mut self.at, Table::End);
        let (same_again, next) = match table {
            Table::Kinds(after) => {
                let kind: Option<String> = connection
                    .prepare_cached("SELECT min(kind) FROM events WHERE kind > ?1")?
                    .query_row([after], |row| row.get(0))?;
                self.at = kind.map_or(Table::Forecasts, Table::Events);
                self.cursor = BEGIN;
                return Ok(None);
            }
            Table::Events(kind) => {
                (self.events(connection, &kind)?, [Table::Events(kind.clone()), Table::Kinds(kind)])
            }
            Table::Forecasts => (self.forecasts(connection)?, [Table::Forecasts, Table::Traces]),
            Table::Traces => (self.traces(connection)?, [Table::Traces, Table::Batches]),
            Table::Batches => (self.batches(connection)?, [Table::Batches, Table::Sessions]),
            Table::Sessions => (self.sessions(connection)?, [Table::Sessions, Table::End]),
            Table::End => {
                forget(connection, self.site, self.now_ms)?;
                return Ok(Some(self.removed));
            }
        };
        let [again, on] = next;
        self.at = if same_again {
            again
        } else {
            self.cursor = BEGIN;
            on
        };
        Ok(None)
    }

    /// Looks at a slice of an index and deletes what of it is the site's. `find` selects up to three
    /// columns of a cursor and whether the row is the site's; `delete` takes the cursor. Answers how
    /// many were deleted, and whether there may be more.
    fn slice(
        &mut self,
        connection: &mut Connection,
        find: (&str, &[&dyn ToSql]),
        delete: &str,
        key: &[usize],
    ) -> Result<(u64, bool), StoreError> {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (mut looked_at, mut deleted) = (0, 0);
        let mut cursor = self.cursor;
        {
            let mut found: Vec<[i64; 3]> = Vec::new();
            let mut statement = step.prepare_cached(find.0)?;
            let mut rows = statement.query(find.1)?;
            while let Some(row) = rows.next()? {
                cursor = [row.get(0)?, row.get(1)?, row.get(2)?];
                looked_at += 1;
                if row.get(3)? {
                    found.push(cursor);
                }
            }
            let mut delete = step.prepare_cached(delete)?;
            for row in found {
                deleted += delete.execute(params_from_iter(key.iter().map(|at| row[*at])))? as u64;
            }
        }
        step.commit()?;
        self.cursor = cursor;
        Ok((deleted, looked_at == ROWS))
    }

    fn events(&mut self, connection: &mut Connection, kind: &str) -> Result<bool, StoreError> {
        let is_lesson = kind == "l";
        let cutoff = if is_lesson { self.cutoffs.lessons } else { self.cutoffs.events };
        let Some(cutoff) = cutoff.map(integer) else { return Ok(false) };
        let ([at, batch, ordinal], site) = (self.cursor, self.site);
        let (deleted, more) = self.slice(
            connection,
            (
                "SELECT e.at, e.batch, e.ordinal, b.site = ?1 FROM events e JOIN batches b USING (batch)
                 WHERE e.kind = ?2 AND e.at < ?3 AND (e.at, e.batch, e.ordinal) > (?4, ?5, ?6)
                 ORDER BY e.at, e.batch, e.ordinal LIMIT ?7",
                params![site, kind, cutoff, at, batch, ordinal, ROWS],
            ),
            "DELETE FROM events WHERE batch = ?1 AND ordinal = ?2",
            &[1, 2],
        )?;
        *if is_lesson { &mut self.removed.lessons } else { &mut self.removed.events } += deleted;
        Ok(more)
    }

    fn forecasts(&mut self, connection: &mut Connection) -> Result<bool, StoreError> {
        let Some(cutoff) = self.cutoffs.forecasts.map(integer) else { return Ok(false) };
        let ([at, row, _], site) = (self.cursor, self.site);
        let (deleted, more) = self.slice(
            connection,
            (
                "SELECT f.at, f.rowid, 0, b.site = ?1 FROM forecasts f JOIN batches b USING (batch)
                 WHERE f.at < ?2 AND (f.at, f.rowid) > (?3, ?4) ORDER BY f.at, f.rowid LIMIT ?5",
                params![site, cutoff, at, row, ROWS],
            ),
            "DELETE FROM forecasts WHERE rowid = ?1",
            &[1],
        )?;
        self.removed.forecasts += deleted;
        Ok(more)
    }

    /// Batches below the first that has a stream are passed over: most of the old ones.
    fn traces(&mut self, connection: &mut Connection) -> Result<bool, StoreError> {
        let Some(cutoff) = self.cutoffs.traces.map(integer) else { return Ok(false) };
        let ([at, batch, _], site) = (self.cursor, self.site);
        let (deleted, more) = self.slice(
            connection,
            (
                "SELECT last_at, batch, 0, EXISTS (SELECT 1 FROM traces t WHERE t.batch = b.batch)
                 FROM batches b WHERE site = ?1 AND last_at < ?2 AND (last_at, batch) > (?3, ?4)
                   AND batch >= (SELECT min(batch) FROM traces)
                 ORDER BY last_at, batch LIMIT ?5",
                params![site, cutoff, at, batch, ROWS],
            ),
            "DELETE FROM traces WHERE batch = ?1",
            &[1],
        )?;
        self.removed.traces += deleted;
        Ok(more)
    }

    fn batches(&mut self, connection: &mut Connection) -> Result<bool, StoreError> {
        let Some(cutoff) = self.cutoffs.sessions.map(integer) else { return Ok(false) };
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let old: Vec<i64> = step
            .prepare_cached(
                "SELECT batch FROM batches WHERE site = ?1 AND last_at < ?2 ORDER BY last_at LIMIT ?3",
            )?
            .query_map(params![self.site, cutoff, BATCHES], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut removed = Removed::default();
        for batch in &old {
            removed += delete_batch(&step, *batch)?;
        }
        step.commit()?;
        self.removed += removed;
        Ok(old.len() as i64 == BATCHES)
    }

    fn sessions(&mut self, connection: &mut Connection) -> Result<bool, StoreError> {
        let Some(cutoff) = self.cutoffs.sessions.map(integer) else { return Ok(false) };
        let deleted = connection
            .prepare_cached(
                "DELETE FROM sessions WHERE site = ?1 AND session IN
                 (SELECT session FROM sessions WHERE site = ?1 AND last_at < ?2 LIMIT ?3)",
            )?
            .execute(params![self.site, cutoff, ROWS])?;
        self.removed.sessions += deleted as u64;
        Ok(deleted as i64 == ROWS)
    }
}

/// What a retention would remove now; it only reads.
pub fn would_remove(
    connection: &Connection,
    site: &str,
    retention: Retention,
    now_ms: u64,
) -> Result<Removed, StoreError> {
    let site = site_number(connection, site)?;
    let cutoffs = retention.cutoffs(now_ms);
    let count = |sql: &str, cutoff: Option<u64>| -> Result<u64, StoreError> {
        let Some(cutoff) = cutoff else { return Ok(0) };
        let mut statement = connection.prepare(sql)?;
        Ok(statement.query_row(params![site, integer(cutoff)], |row| row.get(0))?)
    };
    Ok(Removed {
        events: count(
            "SELECT count(*) FROM events e JOIN batches b USING (batch)
             WHERE b.site = ?1 AND e.kind <> 'l' AND e.at < ?2",
            cutoffs.events,
        )?,
        lessons: count(
            "SELECT count(*) FROM events e JOIN batches b USING (batch)
             WHERE b.site = ?1 AND e.kind = 'l' AND e.at < ?2",
            cutoffs.lessons,
        )?,
        forecasts: count(
            "SELECT count(*) FROM forecasts f JOIN batches b USING (batch)
             WHERE b.site = ?1 AND f.at < ?2",
            cutoffs.forecasts,
        )?,
        traces: count(
            "SELECT count(*) FROM traces t JOIN batches b USING (batch)
             WHERE b.site = ?1 AND b.last_at < ?2",
            cutoffs.traces,
        )?,
        batches: count(
            "SELECT count(*) FROM batches WHERE site = ?1 AND last_at < ?2",
            cutoffs.sessions,
        )?,
        sessions: count(
            "SELECT count(*) FROM sessions WHERE site = ?1 AND last_at < ?2",
            cutoffs.sessions,
        )?,
    })
}
