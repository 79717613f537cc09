//! Brings a database to the version this program writes. `user_version` says where it stands.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Entry n brings version n to version n + 1. Entries are only ever added.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// Runs what is missing, each step in a transaction of its own.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Read inside the transaction: a second collector may be starting as well.
        let version: i64 = step.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let at = usize::try_from(version).unwrap_or(usize::MAX);
        if at == MIGRATIONS.len() {
            return Ok(());
        }
        let sql = MIGRATIONS.get(at).ok_or_else(|| {
            StoreError::Open(format!(
                "the database is of version {version} and this program knows {}: run the newer program, or \
                 give another file with --db or UNSPOKEN_DB",
                MIGRATIONS.len()
            ))
        })?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", version + 1)?;
        step.commit()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        let version: i64 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version as usize, MIGRATIONS.len());
    }

    #[test]
    fn a_newer_database_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        let error = migrate(&mut connection).unwrap_err().to_string();
        assert!(error.contains("version 999"), "{error}");
    }
}
