//! The collector's own file, beside the store: versions of configs, and what webhooks have to tell.
//!
//! It is SQLite whatever the store is, since a queue has to survive the process and the store may be
//! ClickHouse, which keeps none. Nothing of it is needed to take batches or to answer reports. A
//! collector that was never given a version and has no webhook makes no such file.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::store::StoreError;

/// The layout this program reads and writes.
const VERSION: i64 = 1;
/// How long to wait for another process that writes: `unspoken config` beside a collector.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
/// Statements kept prepared.
const STATEMENTS: usize = 32;

/// The file, opened when it is first needed.
#[derive(Debug)]
pub struct State {
    path: PathBuf,
    writer: Mutex<Option<Connection>>,
    reader: Mutex<Option<Connection>>,
}

impl State {
    /// Names the file. Nothing is opened or made yet.
    pub fn new(path: impl Into<PathBuf>) -> State {
        State { path: path.into(), writer: Mutex::default(), reader: Mutex::default() }
    }

    /// Where the file is kept when nobody names another place: beside the store.
    pub fn beside(db: &Path) -> PathBuf {
        db.with_file_name("state.db")
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads; nothing where nothing was ever kept. Blocks on the disk.
    pub fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if reader.is_none() && !self.path.exists() {
            return Ok(None);
        }
        let connection = match reader.take() {
            Some(connection) => connection,
            None => match self.open_to_read()? {
                Some(connection) => connection,
                None => return Ok(None),
            },
        };
        let done = work(&connection)?;
        // One that met an error is not used again.
        *reader = Some(connection);
        Ok(Some(done))
    }

    /// Writes, in one transaction that is on the disk when this returns; makes the file where it is
    /// absent. An error takes everything back. Blocks on the disk.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut connection = match writer.take() {
            Some(connection) => connection,
            None => self.open_to_write()?,
        };
        let done = {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(StoreError::from)?;
            let done = work(&transaction);
            if done.is_ok() {
                transaction.commit().map_err(StoreError::from)?;
            }
            done
        };
        *writer = Some(connection);
        done
    }

    fn open_to_write(&self) -> Result<Connection, StoreError> {
        make_folder(&self.path).map_err(|error| self.cannot(&error.to_string()))?;
        let open = || -> Result<Connection, rusqlite::Error> {
            let mut connection = Connection::open(&self.path)?;
            connection.busy_timeout(LOCK_PATIENCE)?;
            connection.set_prepared_statement_cache_capacity(STATEMENTS);
            connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
            connection.pragma_update(None, "synchronous", "full")?;
            let making = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if version(&making)? == 0 {
                making.execute_batch(include_str!("schema.sql"))?;
                making.pragma_update(None, "user_version", VERSION)?;
            }
            making.commit()?;
            Ok(connection)
        };
        let connection = open().map_err(|error| self.cannot(&error.to_string()))?;
        self.check(&connection)?;
        Ok(connection)
    }

    /// None where the file is there and nothing in it yet: it is being made at this moment.
    fn open_to_read(&self) -> Result<Option<Connection>, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)
            .map_err(|error| self.cannot(&error.to_string()))?;
        connection.busy_timeout(LOCK_PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        let found = version(&connection).map_err(|error| self.cannot(&error.to_string()))?;
        if found == 0 {
            return Ok(None);
        }
        self.check(&connection)?;
        Ok(Some(connection))
    }

    fn check(&self, connection: &Connection) -> Result<(), StoreError> {
        match version(connection)? {
            VERSION => Ok(()),
            found => Err(self.cannot(&format!(
                "its layout is version {found}, and this program knows {VERSION}; a newer one made it"
            ))),
        }
    }

    fn cannot(&self, why: &str) -> StoreError {
        StoreError::Open(format!(
            "cannot open the state file {}: {why}: name another with --state or UNSPOKEN_STATE",
            self.path.display()
        ))
    }
}

/// A folder that is made for the file is closed to other users: what webhooks tell names visitors.
fn make_folder(file: &Path) -> std::io::Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn version(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_by_the_first_word_and_not_by_a_question() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::new(folder.path().join("in/state.db"));
        assert_eq!(state.read(|_| Ok(())), Ok(None));
        assert!(!state.path().exists());
        let insert = |transaction: &Transaction| -> Result<(), StoreError> {
            let sql = "INSERT INTO served (site, version) VALUES ('demo', 1)";
            transaction.execute(sql, [])?;
            Ok(())
        };
        state.write(insert).unwrap();
        let failed = state.write(|transaction| {
            insert(transaction)?;
            Err::<(), _>(StoreError::Busy)
        });
        assert_eq!(failed, Err(StoreError::Busy));
        let count = |state: &State| {
            state.read(|it| Ok(it.query_row("SELECT count(*) FROM served", [], |row| row.get(0))?))
        };
        assert_eq!(count(&state), Ok(Some(1)), "the second was taken back");
        assert_eq!(count(&State::new(state.path())), Ok(Some(1)));
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.db");
        std::fs::write(&path, "no database at all, and long enough to be looked at").unwrap();
        let refused = State::new(&path).read(|_| Ok(())).unwrap_err().to_string();
        assert!(refused.contains("--state"), "{refused}");
        let newer = folder.path().join("newer.db");
        Connection::open(&newer).unwrap().pragma_update(None, "user_version", 9).unwrap();
        let refused = State::new(&newer).read(|_| Ok(())).unwrap_err().to_string();
        assert!(refused.contains("version 9"), "{refused}");
    }
}
