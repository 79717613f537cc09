//! What is done to a database file from the command line: copied, cut, rebuilt, relieved of a
//! visitor. A collector may run on it meanwhile (a rebuild holds it up), and every step is a
//! transaction of its own that waits for the collector's.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use unspoken::id::Id;

use super::StoreError;
use super::digest::digest_file;
use super::erase::{Erasure, cleaned, site_number, unfinished};
use super::lifecycle::{Erased, Removed, Retention};
use super::migrate::check;
use super::retain::{Retaining, would_remove};
use super::shrink;
use super::sqlite::open_to_read;

/// How long a step waits for a collector's commit.
const PATIENCE: Duration = Duration::from_secs(60);
/// Pages that are copied between two looks at the progress: 16 MiB.
const COPIED: i32 = 4_096;

/// Opens a database that is there, to change it.
fn open(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    check(&connection)?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    shrink::overwrite(&connection)?;
    Ok(connection)
}

/// Up to this size a file is rebuilt after an erasure: it takes about a second, during which a
/// collector's batches wait.
const SMALL: u64 = 64 * 1024 * 1024;

/// Erases a visitor. Answers with what was removed whether the file is clean of copies now; a larger
/// one is rebuilt by a collector's next round, or by [`vacuum`].
pub fn erase(
    path: &Path,
    site: &str,
    visitor: Id,
    now_ms: u64,
) -> Result<(Erased, bool), StoreError> {
    digest_file(path, PATIENCE)?;
    let mut connection = open(path)?;
    let mut erasure = Erasure::new(&connection, site, visitor, now_ms)?;
    let erased = loop {
        if let Some(erased) = erasure.step(&mut connection)? {
            break erased;
        }
    };
    // What was acknowledged meanwhile stands there as it came, and is dropped.
    digest_file(path, PATIENCE)?;
    shrink::empty_log(&connection)?;
    if erased.removed.rows() == 0 {
        cleaned(&connection, Some(visitor))?;
        return Ok((erased, true));
    }
    let is_small = shrink::size(path)? <= SMALL;
    if is_small {
        shrink::rebuild(&connection)?;
        cleaned(&connection, None)?;
    }
    Ok((erased, is_small))
}

/// Removes what is older than `retention` says, carries out erasures that were begun, and gives free
/// pages back.
pub fn retain(
    path: &Path,
    site: &str,
    retention: Retention,
    now_ms: u64,
) -> Result<Removed, StoreError> {
    let mut connection = open(path)?;
    let number = site_number(&connection, site)?;
    for visitor in unfinished(&connection, number)? {
        erase(path, site, visitor, now_ms)?;
    }
    let mut retaining = Retaining::new(&connection, site, retention, now_ms)?;
    let removed = loop {
        if let Some(removed) = retaining.step(&mut connection)? {
            break removed;
        }
    };
    while shrink::step(&connection)?.is_none() {}
    shrink::empty_log(&connection)?;
    Ok(removed)
}

/// What [`retain`] would remove.
pub fn would_retain(
    path: &Path,
    site: &str,
    retention: Retention,
    now_ms: u64,
) -> Result<Removed, StoreError> {
    would_remove(&open_to_read(path)?, site, retention, now_ms)
}

/// Rebuilds the file: no free pages, nothing of what was deleted, and free pages can be given back
/// in slices from now on. Answers its size in bytes before and after.
pub fn vacuum(path: &Path) -> Result<[u64; 2], StoreError> {
    let connection = open(path)?;
    let size = || -> Result<u64, StoreError> {
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
        Ok(pragma("page_count")? * pragma("page_size")?)
    };
    let before = size()?;
    shrink::rebuild(&connection)?;
    cleaned(&connection, None)?;
    Ok([before, size()?])
}

/// Copies the database as it stands at one moment to a new file, while a collector goes on writing.
/// The copy is checked before it gets its name. Answers its size in bytes.
pub fn backup(
    path: &Path,
    to: &Path,
    mut progress: impl FnMut(i32, i32),
) -> Result<u64, StoreError> {
    let failed = |why: String| StoreError::Open(format!("cannot write {}: {why}", to.display()));
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(path, flags)?;
    source.busy_timeout(PATIENCE)?;
    check(&source)?;
    // A copy begins anew whenever what it reads has changed; in a read transaction nothing does.
    source.execute_batch("BEGIN")?;
    let _: i64 = source.query_row("SELECT count(*) FROM sites", [], |row| row.get(0))?;

    let part = to.with_added_extension("part");
    private(&part).map_err(|error| failed(error.to_string()))?;
    let mut copy = Connection::open(&part)?;
    {
        let copying = Backup::new(&source, &mut copy)?;
        loop {
            let step = copying.step(COPIED)?;
            let left = copying.progress();
            progress(left.pagecount - left.remaining, left.pagecount);
            match step {
                StepResult::Done => break,
                StepResult::Busy | StepResult::Locked => {
                    std::thread::sleep(Duration::from_millis(20))
                }
                _ => {}
            }
        }
    }
    source.execute_batch("ROLLBACK")?;
    // One file that can be carried away, without a log beside it.
    let _: String =
        copy.pragma_update_and_check(None, "journal_mode", "delete", |row| row.get(0))?;
    let sound: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if sound != "ok" {
        return Err(failed(format!("the copy is not sound: {sound}")));
    }
    copy.close().map_err(|(_, error)| error)?;
    let finish = || -> std::io::Result<u64> {
        let file = File::open(&part)?;
        file.sync_all()?;
        std::fs::rename(&part, to)?;
        // The name is on the disk when its folder is.
        if let Some(folder) = to.parent().map(folder_of) {
            File::open(folder)?.sync_all()?;
        }
        Ok(file.metadata()?.len())
    };
    finish().map_err(|error| failed(error.to_string()))
}

fn folder_of(parent: &Path) -> PathBuf {
    if parent.as_os_str().is_empty() { PathBuf::from(".") } else { parent.to_owned() }
}

/// A new, empty file that no other user may read: it says what visitors did.
fn private(path: &Path) -> std::io::Result<()> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// SHA-256 of the key of a site, where the file and the site are there.
pub fn key_digest(path: &Path, site: &str) -> Result<Option<Vec<u8>>, StoreError> {
    if !path.is_file() {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    let found = connection
        .query_row("SELECT key_hash FROM sites WHERE name = ?1", [site], |row| row.get(0))
        .optional();
    match found {
        // A file without tables is filled like one that is absent.
        Err(error) if error.to_string().contains("no such table") => Ok(None),
        other => Ok(other?),
    }
}
