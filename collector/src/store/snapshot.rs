//! A database file as it stood at one moment, for answers that have to fit each other while a
//! collector goes on writing.

use std::path::Path;

use rusqlite::Connection;

use super::sqlite::{ask::ask, open_to_read};
use super::{Ask, Each, StoreError};

/// A read transaction. It holds up nobody, but the log cannot be emptied before it ends.
pub struct Snapshot {
    connection: Connection,
}

impl Snapshot {
    /// Of everything that is committed by now.
    pub fn open(path: &Path) -> Result<Snapshot, StoreError> {
        let connection = open_to_read(path)?;
        connection.execute_batch("BEGIN")?;
        // The transaction begins with its first read.
        let _: i64 = connection.query_row("SELECT count(*) FROM sites", [], |row| row.get(0))?;
        Ok(Snapshot { connection })
    }

    /// [`super::Store::ask`], of that moment.
    pub fn ask(&self, question: &Ask, each: Each) -> Result<(), StoreError> {
        ask(&self.connection, question, each)
    }
}
