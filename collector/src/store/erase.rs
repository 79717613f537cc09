//! Erases a visitor from SQLite, slice by slice, so that batches are held up by no more than one.
//!
//! The visitor's digest is marked first: from then on nothing of theirs is stored. A mark whose
//! stage is 0 was not carried out (the process was killed); [`unfinished`] finds those visitors
//! again. Deleted content is overwritten (`secure_delete`), and the log is emptied. SQLite's b-tree
//! leaves copies of rows behind in the gaps of pages that it split, where no SQL reaches; so the file
//! is rebuilt: a small one at once, a large one by retention (see [`super::shrink`]).

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use unspoken::id::Id;

use super::StoreError;
use super::lifecycle::{ERASED_MS, Erased, Removed, digest, integer};
use super::shrink::empty_log;

/// Rows of `batches` that one slice looks through: some ten milliseconds.
const LOOKED_THROUGH: i64 = 20_000;
/// Batches that one slice deletes; each may have 2,000 events.
const DELETED: usize = 16;

/// How often the log is tried to be emptied, some 50 ms each.
const ATTEMPTS: u32 = 20;

/// The stages of a mark.
const ASKED: i64 = 0;
const REMOVED: i64 = 1;
const CLEANED: i64 = 2;

/// The visitor is marked and stage 0 stands; nothing of them is stored any more.
fn mark(
    connection: &mut Connection,
    site: i64,
    visitor: Id,
    now_ms: u64,
) -> Result<(), StoreError> {
    let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    step.prepare_cached(
        "INSERT INTO erased (site, digest, at, seen_at, refused, stage) VALUES (?1, ?2, ?3, ?3, 0, ?4)
         ON CONFLICT (site, digest) DO UPDATE SET at = excluded.at, seen_at = max(seen_at, excluded.at),
                                                  stage = excluded.stage",
    )?
    .execute(params![site, digest(visitor), integer(now_ms), ASKED])?;
    Ok(step.commit()?)
}

/// Whether there is anybody whose batches are to be turned away. Asked once for many batches, most
/// collectors are spared a digest and a search for each.
pub fn refuses_any(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM erased LIMIT 1")?.exists([])
}

/// Whether a batch of this visitor is to be turned away; counts it.
pub fn refuses(
    connection: &Connection,
    site: i64,
    visitor: Id,
    received_at: u64,
) -> rusqlite::Result<bool> {
    let refused = connection
        .prepare_cached(
            "UPDATE erased SET refused = refused + 1, seen_at = max(seen_at, ?3)
             WHERE site = ?1 AND digest = ?2",
        )?
        .execute(params![site, digest(visitor), integer(received_at)])?;
    Ok(refused > 0)
}

/// Marks of which no batch came for so long that none will.
pub fn forget(connection: &Connection, site: i64, now_ms: u64) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM erased WHERE site = ?1 AND seen_at < ?2 AND stage > 0")?
        .execute(params![site, integer(now_ms.saturating_sub(ERASED_MS))])?;
    Ok(())
}

/// Since when the eldest erasure waits for the file to be rebuilt, in ms since 1970; over all sites.
pub fn uncleaned_since(connection: &Connection) -> Result<Option<u64>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT min(at) FROM erased WHERE stage = ?1")?
        .query_row([REMOVED], |row| row.get(0))?)
}

/// No page of the file holds what was erased: of `visitor` alone, or of all who were removed.
pub fn cleaned(connection: &Connection, visitor: Option<Id>) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE erased SET stage = ?1 WHERE stage = ?2 AND (?3 IS NULL OR digest = ?3)",
        )?
        .execute(params![CLEANED, REMOVED, visitor.map(digest)])?;
    Ok(())
}

/// The number of a site.
pub fn site_number(connection: &Connection, site: &str) -> Result<i64, StoreError> {
    let number = connection
        .prepare_cached("SELECT site FROM sites WHERE name = ?1")?
        .query_row([site], |row| row.get(0))
        .optional()?;
    number
        .ok_or_else(|| StoreError::Database(format!("the site \"{site}\" is not in the database")))
}

/// Visitors whose erasure was begun and not carried out: a mark holds no id, so each visitor that is
/// kept is held against the marks.
pub fn unfinished(connection: &Connection, site: i64) -> Result<Vec<Id>, StoreError> {
    let mut marks =
        connection.prepare_cached("SELECT digest FROM erased WHERE site = ?1 AND stage = ?2")?;
    let marks: BTreeSet<[u8; 32]> =
        marks.query_map(params![site, ASKED], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if marks.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = BTreeSet::new();
    for sql in [
        "SELECT visitor FROM batches NOT INDEXED WHERE site = ?1",
        "SELECT visitor FROM sessions WHERE site = ?1",
    ] {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([site])?;
        while let Some(row) = rows.next()? {
            let visitor = Id(u128::from_be_bytes(row.get(0)?));
            if marks.contains(&digest(visitor)) {
                found.insert(visitor);
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// An erasure that is under way.
pub struct Erasure {
    site: i64,
    visitor: Id,
    now_ms: u64,
    stage: Stage,
    batches: Vec<i64>,
    sessions: BTreeSet<[u8; 16]>,
    removed: Removed,
}

enum Stage {
    Mark,
    /// Looks through the batches after this row.
    Find(i64),
    Sessions,
    Delete,
    /// Empties the log, after so many attempts.
    Log(u32),
    End,
}

impl Erasure {
    /// Of a visitor of a site, as of `now_ms`.
    pub fn new(
        connection: &Connection,
        site: &str,
        visitor: Id,
        now_ms: u64,
    ) -> Result<Erasure, StoreError> {
        Ok(Erasure {
            site: site_number(connection, site)?,
            visitor,
            now_ms,
            stage: Stage::Mark,
            batches: Vec::new(),
            sessions: BTreeSet::new(),
            removed: Removed::default(),
        })
    }

    /// Does the next slice; answers what was removed when it was the last.
    pub fn step(&mut self, connection: &mut Connection) -> Result<Option<Erased>, StoreError> {
        self.stage = match self.stage {
            Stage::Mark => {
                mark(connection, self.site, self.visitor, self.now_ms)?;
                Stage::Find(0)
            }
            Stage::Find(after) => match self.find(connection, after)? {
                Some(after) => Stage::Find(after),
                None => Stage::Sessions,
            },
            Stage::Sessions => {
                self.find_sessions(connection)?;
                Stage::Delete
            }
            Stage::Delete if !self.batches.is_empty() => {
                self.delete(connection)?;
                Stage::Delete
            }
            Stage::Delete => {
                self.delete_sessions(connection)?;
                Stage::Log(0)
            }
            // A report that is being read holds the log; retention empties it later.
            Stage::Log(attempt) => match empty_log(connection)? {
                false if attempt < ATTEMPTS => Stage::Log(attempt + 1),
                _ => Stage::End,
            },
            Stage::End => return Ok(Some(Erased { removed: self.removed })),
        };
        Ok(None)
    }

    /// Answers the row after which to look on, or none at the end.
    fn find(&mut self, connection: &Connection, after: i64) -> Result<Option<i64>, StoreError> {
        let mut statement = connection.prepare_cached(
            "SELECT batch, session FROM batches NOT INDEXED
             WHERE batch > ?1 AND batch <= ?1 + ?2 AND site = ?3 AND visitor = ?4",
        )?;
        let mut rows = statement.query(params![
            after,
            LOOKED_THROUGH,
            self.site,
            self.visitor.0.to_be_bytes()
        ])?;
        while let Some(row) = rows.next()? {
            self.batches.push(row.get(0)?);
            self.sessions.insert(row.get(1)?);
        }
        let next: Option<i64> = connection
            .prepare_cached("SELECT min(batch) FROM batches WHERE batch > ?1 + ?2")?
            .query_row(params![after, LOOKED_THROUGH], |row| row.get(0))?;
        Ok(next.map(|next| next - 1))
    }

    /// Sessions of which no batch is left; and batches of the inbox that could not be digested.
    fn find_sessions(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let id = self.visitor.0.to_be_bytes();
        let mut statement = connection
            .prepare_cached("SELECT session FROM sessions WHERE site = ?1 AND visitor = ?2")?;
        let mut rows = statement.query(params![self.site, id])?;
        while let Some(row) = rows.next()? {
            self.sessions.insert(row.get(0)?);
        }
        self.removed.batches += connection
            .prepare_cached(
                "DELETE FROM inbox WHERE site = ?1 AND fault IS NOT NULL AND instr(body, ?2) > 0",
            )?
            .execute(params![self.site, id])? as u64;
        Ok(())
    }

    fn delete(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let from = self.batches.len().saturating_sub(DELETED);
        let mut removed = Removed::default();
        for batch in &self.batches[from..] {
            removed += delete_batch(&step, *batch)?;
        }
        step.commit()?;
        self.batches.truncate(from);
        self.removed += removed;
        Ok(())
    }

    /// A session that another visitor's batch is in (one that began anew within it) stays as theirs.
    fn delete_sessions(&mut self, connection: &mut Connection) -> Result<(), StoreError> {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut sessions = 0;
        for session in &self.sessions {
            sessions += step
                .prepare_cached(
                    "DELETE FROM sessions WHERE site = ?1 AND session = ?2 AND NOT EXISTS
                     (SELECT 1 FROM batches b WHERE b.site = ?1 AND b.session = ?2)",
                )?
                .execute(params![self.site, session])? as u64;
            step.prepare_cached(
                "UPDATE sessions SET visitor =
                     (SELECT b.visitor FROM batches b WHERE b.site = ?1 AND b.session = ?2 ORDER BY b.batch LIMIT 1)
                 WHERE site = ?1 AND session = ?2",
            )?
            .execute(params![self.site, session])?;
        }
        step.prepare_cached("UPDATE erased SET stage = ?3 WHERE site = ?1 AND digest = ?2")?
            .execute(params![self.site, digest(self.visitor), REMOVED])?;
        step.commit()?;
        self.removed.sessions += sessions;
        Ok(())
    }
}

/// Deletes a batch and what hangs on it, each table by itself, so that rows are counted. The sign
/// before `kind` keeps SQLite from going through every lesson there is.
pub fn delete_batch(step: &Transaction, batch: i64) -> Result<Removed, StoreError> {
    let delete =
        |sql| -> Result<u64, StoreError> { Ok(step.prepare_cached(sql)?.execute([batch])? as u64) };
    Ok(Removed {
        lessons: delete("DELETE FROM events WHERE batch = ?1 AND +kind = 'l'")?,
        events: delete("DELETE FROM events WHERE batch = ?1")?,
        forecasts: delete("DELETE FROM forecasts WHERE batch = ?1")?,
        traces: delete("DELETE FROM traces WHERE batch = ?1")?,
        batches: delete("DELETE FROM batches WHERE batch = ?1")?,
        sessions: 0,
    })
}
