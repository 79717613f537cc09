//! Brings a database to the version this program writes. `user_version` says where it stands.

use std::cmp::Ordering;

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Entry n brings version n to version n + 1. Entries are only ever added.
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("sessions.sql"),
    include_str!("chance.sql"),
    include_str!("erased.sql"),
    include_str!("inbox.sql"),
];

/// Refuses a database that a reader's SQL does not fit: it is for the writer to bring it up.
pub fn check(connection: &Connection) -> Result<(), StoreError> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match usize::try_from(version).unwrap_or(usize::MAX).cmp(&MIGRATIONS.len()) {
        Ordering::Equal => Ok(()),
        Ordering::Less => Err(StoreError::Open(format!(
            "the database is of version {version}, older than this program's {}: start this program's \
             collector on it once (`unspoken serve`), which brings it up",
            MIGRATIONS.len()
        ))),
        Ordering::Greater => Err(newer(version)),
    }
}

fn newer(version: i64) -> StoreError {
    StoreError::Open(format!(
        "the database is of version {version} and this program knows {}: run the newer program, or \
         give another file with --db or UNSPOKEN_DB",
        MIGRATIONS.len()
    ))
}

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
        let sql = MIGRATIONS.get(at).ok_or_else(|| newer(version))?;
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
    fn sessions_are_made_from_the_batches_of_version_1() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        connection.execute("INSERT INTO sites VALUES (1, 'demo', x'00')", []).unwrap();
        for (id, session, first, last) in [(1, 7, 50, 90), (2, 7, 20, 60), (3, 8, 5, 6)] {
            connection
                .execute(
                    "INSERT INTO batches (site, id, visitor, session, view, sequence, base_ms, received_at,
                                          first_at, last_at, bytes, dropped, events)
                     VALUES (1, ?1, x'01', ?2, 1, 0, 0, 0, ?3, ?4, 1, 0, 0)",
                    rusqlite::params![[id as u8], [session as u8], first, last],
                )
                .unwrap();
        }
        let error = check(&connection).unwrap_err().to_string();
        assert!(error.contains("older than this program's"), "{error}");
        migrate(&mut connection).unwrap();
        check(&connection).unwrap();
        let mut statement = connection
            .prepare("SELECT session, first_at, last_at, automation, excluded FROM sessions")
            .unwrap();
        let rows: Vec<(Vec<u8>, i64, i64, i64, i64)> = statement
            .query_map([], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(rows, [(vec![7], 20, 90, 0, 0), (vec![8], 5, 6, 0, 0)]);
    }

    #[test]
    fn a_newer_database_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", 999).unwrap();
        let error = migrate(&mut connection).unwrap_err().to_string();
        assert!(error.contains("version 999"), "{error}");
        assert_eq!(check(&connection).unwrap_err().to_string(), error);
    }
}
