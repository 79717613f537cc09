//! Gives SQLite's free pages back, empties its log, and rebuilds its file.
//!
//! A new file is made with `auto_vacuum = incremental`, so that free pages can be cut off in slices.
//! An older one has to be rebuilt once (`unspoken vacuum`).

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use unspoken::id::Id;

use super::StoreError;

/// `auto_vacuum` of a file whose free pages can be given back in slices.
const INCREMENTAL: i64 = 2;
/// Pages that one slice gives back: 1 MiB.
const PAGES: u64 = 256;
/// Free pages that stay for the next batches.
const SPARE: u64 = 1_024;
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
    empty_log(connection)?;
    Ok(())
}

/// Whether a copy of an id is left in a database file.
pub fn holds_id(path: &Path, id: Id) -> Result<bool, StoreError> {
    holds(path, &id.0.to_be_bytes())
        .map_err(|error| StoreError::Database(format!("{}: {error}", path.display())))
}

/// Whether bytes stand anywhere in a file.
fn holds(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    const PART: usize = 1024 * 1024;
    let mut file = File::open(path)?;
    let mut kept: Vec<u8> = Vec::with_capacity(PART + bytes.len());
    loop {
        let read = file.by_ref().take(PART as u64).read_to_end(&mut kept)?;
        if kept.windows(bytes.len()).any(|window| window == bytes) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        // What may be the beginning of it.
        let rest = kept.len().saturating_sub(bytes.len() - 1);
        kept.drain(..rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_found_across_the_parts_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let mut bytes = vec![7; 1024 * 1024 - 3];
        bytes.extend_from_slice(b"needle");
        bytes.extend_from_slice(&[7; 100]);
        std::fs::write(&file, &bytes).unwrap();
        assert!(holds(&file, b"needle").unwrap());
        assert!(!holds(&file, b"needles").unwrap());
        std::fs::write(&file, b"").unwrap();
        assert!(!holds(&file, b"needle").unwrap());
    }
}
