//! Gives SQLite's free pages back, empties its log, and rebuilds its file.
//!
//! A new file is made with `auto_vacuum = incremental`, so that free pages can be cut off in slices.
//! An older one has to be rebuilt once (`unspoken vacuum`).

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::StoreError;

/// `auto_vacuum` of a file whose free pages can be given back in slices.
const INCREMENTAL: i64 = 2;
/// Pages that one slice gives back: 1 MiB.
const PAGES: u64 = 256;
/// Free pages that stay for the next batches.
const SPARE: u64 = 1_024;
/// How often the log is tried to be emptied after a rebuild.
const ATTEMPTS: u32 = 20;
/// How long emptying the log waits for those who read it.
const SHORT_PATIENCE: Duration = Duration::from_millis(50);

/// Before the first table is made and before the log is chosen; no more than a wish for a file that
/// has tables.
pub fn prepare(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "auto_vacuum", "incremental")?)
}

/// From now on what this connection deletes is overwritten with zeros.
pub fn overwrite(connection: &Connection) -> Result<(), StoreError> {
    let _: i64 =
        connection.pragma_update_and_check(None, "secure_delete", true, |row| row.get(0))?;
    Ok(())
}

/// Whether free pages can be given back without a rebuild.
pub fn is_incremental(connection: &Connection) -> Result<bool, StoreError> {
    let mode: i64 = connection.pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
    Ok(mode == INCREMENTAL)
}

fn free_pages(connection: &Connection) -> Result<u64, StoreError> {
    Ok(connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?)
}

/// Gives back a slice of what is free; `Some` when there is no more than a spare.
pub fn step(connection: &Connection) -> Result<Option<()>, StoreError> {
    let free = free_pages(connection)?;
    if free <= SPARE || !is_incremental(connection)? {
        return Ok(Some(()));
    }
    let pages = PAGES.min(free - SPARE);
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut rows = statement.query([])?;
    // Each step frees a page.
    while rows.next()?.is_some() {}
    drop(rows);
    Ok((free_pages(connection)? == free).then_some(()))
}

/// Moves the whole log into the file and cuts it to nothing; false where somebody still reads it.
pub fn empty_log(connection: &Connection) -> Result<bool, StoreError> {
    let patience: i64 = connection.pragma_query_value(None, "busy_timeout", |row| row.get(0))?;
    connection.busy_timeout(SHORT_PATIENCE)?;
    let is_held =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    connection.busy_timeout(Duration::from_millis(patience.unsigned_abs()))?;
    Ok(!is_held?)
}

/// Writes the whole file anew, without free pages and without anything that was deleted. Nobody else
/// can write meanwhile, and it takes as much room again on the disk.
pub fn rebuild(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "auto_vacuum", "incremental")?;
    connection.execute_batch("VACUUM")?;
    // Until then the file has its old pages.
    for _ in 0..ATTEMPTS {
        if empty_log(connection)? {
            break;
        }
    }
    Ok(())
}

/// How large a database file is, in bytes.
pub fn size(path: &Path) -> Result<u64, StoreError> {
    match std::fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) => Err(StoreError::Database(format!("{}: {error}", path.display()))),
    }
}
