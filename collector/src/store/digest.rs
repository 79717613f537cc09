//! The digest: batches of the inbox become rows of the tables that reports read.
//!
//! A slice of the inbox is written and taken out of the inbox in one transaction, so a crash leaves
//! each batch in one of the two places. What is in both (a page sent it again, and the first copy
//! was digested in between) is dropped by the id that `batches` knows. It does not matter who
//! digests: the collector's writer, or a tool of the command line beside it.
//!
//! A slice is not synced. It is undone as a whole where the power goes before the next sync, and
//! then its batches stand in the inbox again, whose own commit was synced.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, params};
use unspoken::wire;

use super::StoreError;
use super::erase;
use super::migrate::check;
use super::queue::Standing;
use super::rows::{self, Receipt};

/// How long a tool of the command line holds the database at a time.
const SLICE: Duration = Duration::from_millis(100);

/// What a slice did.
#[derive(Debug, Default)]
pub struct Slice {
    /// What it took out of the inbox, or found unreadable.
    pub done: Standing,
    /// The site and id of each of these.
    pub ids: Ids,
    /// The last place it came to; `None` where there was nothing to digest.
    pub last: Option<i64>,
}

/// The site's number and the id of each of some batches.
pub type Ids = Vec<(i64, u128)>;

/// What stands in the inbox, oldest first: site and id of each batch, and the last place.
pub fn standing(connection: &Connection) -> rusqlite::Result<(Standing, Ids, i64)> {
    // A program that could not read them may have been replaced by one that can.
    connection.execute("UPDATE inbox SET fault = NULL WHERE fault IS NOT NULL", [])?;
    let mut statement =
        connection.prepare("SELECT place, site, id, length(body) FROM inbox ORDER BY place")?;
    let mut found = statement.query([])?;
    let (mut standing, mut ids, mut last) = (Standing::default(), Vec::new(), 0);
    while let Some(row) = found.next()? {
        last = row.get(0)?;
        ids.push((row.get(1)?, u128::from_be_bytes(row.get(2)?)));
        standing.rows += 1;
        standing.bytes += row.get::<_, usize>(3)?;
    }
    Ok((standing, ids, last))
}

/// Digests the oldest batches of the inbox, at least one, until `enough` says so.
pub fn slice(
    connection: &mut Connection,
    mut enough: impl FnMut(usize) -> bool,
) -> rusqlite::Result<Slice> {
    let group = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let refuses_any = erase::refuses_any(&group)?;
    let mut slice = Slice::default();
    let mut faults = Vec::new();
    {
        let mut statement = group.prepare_cached(
            "SELECT place, site, received_at, bytes, body, id FROM inbox WHERE fault IS NULL
             ORDER BY place",
        )?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let place = row.get(0)?;
            let receipt =
                Receipt { site: row.get(1)?, received_at: row.get(2)?, bytes: row.get(3)? };
            let body = row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?;
            match wire::decode(body) {
                Ok(batch) => {
                    let Receipt { site, received_at, .. } = receipt;
                    let refused =
                        refuses_any && erase::refuses(&group, site, batch.visitor, received_at)?;
                    if !refused {
                        rows::write(&group, receipt, &batch)?;
                    }
                }
                Err(fault) => faults.push((place, fault)),
            }
            slice.done.rows += 1;
            slice.done.bytes += body.len();
            slice.ids.push((receipt.site, u128::from_be_bytes(row.get(5)?)));
            slice.last = Some(place);
            if enough(slice.done.rows) {
                break;
            }
        }
    }
    let Some(last) = slice.last else { return Ok(slice) };
    for (place, fault) in faults {
        tracing::error!("a batch of the inbox cannot be read and stays there: {fault}");
        set_aside(&group, place, &fault)?;
    }
    group
        .prepare_cached("DELETE FROM inbox WHERE place <= ?1 AND fault IS NULL")?
        .execute([last])?;
    group.commit()?;
    Ok(slice)
}

/// After a slice of one batch has failed: sets that batch aside where it is to blame, so that it
/// does not hold up all others. Nothing is lost: it is tried again at the next start.
pub fn set_first_aside(connection: &Connection, error: &rusqlite::Error) -> rusqlite::Result<bool> {
    let first =
        connection.query_row("SELECT min(place) FROM inbox WHERE fault IS NULL", [], |row| {
            row.get::<_, Option<i64>>(0)
        })?;
    let (Some(first), true) = (first, is_refusal(error)) else { return Ok(false) };
    tracing::error!("a batch of the inbox cannot be digested and stays there: {error}");
    set_aside(connection, first, &error.to_string())?;
    Ok(true)
}

fn set_aside(connection: &Connection, place: i64, fault: &str) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("UPDATE inbox SET fault = ?2 WHERE place = ?1")?
        .execute(params![place, fault])
}

/// Whether SQLite refused what was written, rather than failed to write it.
fn is_refusal(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig)
    )
}

/// Digests what stands in the inbox of a database file, for tools that read it; a collector may run
/// beside. Where this user may not write and batches stand there, it is an error: the tool would
/// miss them.
pub fn digest_file(path: &Path, patience: Duration) -> Result<(), StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(patience)?;
    check(&connection)?;
    let waiting = |connection: &Connection| {
        connection.query_row("SELECT count(*) FROM inbox WHERE fault IS NULL", [], |row| {
            row.get::<_, i64>(0)
        })
    };
    // Asked first: most of the time there is nothing, and nothing is then locked.
    while waiting(&connection)? > 0 {
        let begun = Instant::now();
        let sliced = slice(&mut connection, |_| begun.elapsed() >= SLICE);
        match sliced {
            Ok(_) => {}
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ReadOnly) => {
                return Err(StoreError::Open(format!(
                    "{} batches of {} are not digested yet and this user may not write there: run this as \
                     the collector's user, or start the collector once (`unspoken serve`)",
                    waiting(&connection)?,
                    path.display()
                )));
            }
            Err(error) => {
                let one = slice(&mut connection, |_| true);
                if let Err(again) = one
                    && !set_first_aside(&connection, &again)?
                {
                    return Err(error.into());
                }
            }
        }
    }
    Ok(())
}
