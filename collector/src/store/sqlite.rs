//! The embedded store: one SQLite file, one writing thread, a few reading connections.
//!
//! A batch is acknowledged when it stands in the inbox, and counted when it is digested
//! ([`super::writer`]); whoever reads waits for what had arrived by then ([`SqliteStore::caught_up`]).
//!
//! WAL, so that reports do not hold up batches; `synchronous = FULL`, so that a commit is on the
//! disk when it returns. WAL files must not lie on a network file system.

pub(super) mod ask;
mod keeping;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, params};
use tokio::sync::{Semaphore, oneshot};
use unspoken::id::Id;
use unspoken::wire;

use super::digest::digest_file;
use super::migrate::{check, migrate};
use super::queue::{Bounds, Job, Queue};
use super::shrink;
use super::writer::Writer;
use super::{Answer, Appended, Arrival, Ask, Each, Erased, Removed, Retention, Store, StoreError};
use crate::clock;
use crate::settings::Settings;

/// Reports computed at once; more wait.
const READERS: usize = 2;
/// How long to wait for a lock that another process (a backup, `sqlite3`) holds.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);
/// Pages of the database that the writer keeps, in KiB: the digest writes to several indexes in no
/// order, and reads again what it has not kept.
const CACHE_KIB: i64 = 32 * 1024;
/// Pages of the log after which it is folded into the file, which syncs both: 64 MiB. The digest writes
/// the same pages again and again, and folding them once is enough.
const LOG_PAGES: i64 = 16 * 1024;
/// Prepared statements kept: those of the writer and of a report.
const STATEMENTS: usize = 32;

/// The embedded store.
pub struct SqliteStore {
    queue: Arc<Queue>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Arc<Readers>,
}

impl SqliteStore {
    /// Opens the database of `settings`, making what is absent, and starts the writer.
    pub fn open(settings: &Settings) -> Result<SqliteStore, StoreError> {
        SqliteStore::open_within(settings, Bounds::with_queue(settings.queue))
    }

    /// [`SqliteStore::open`] with bounds of the caller's.
    pub fn open_within(settings: &Settings, bounds: Bounds) -> Result<SqliteStore, StoreError> {
        let path = &settings.db;
        let cannot = |error: StoreError| match error {
            StoreError::Open(sentence) => StoreError::Open(sentence),
            other => cannot_open(path, &other.to_string()),
        };
        let connection = open_to_write(settings).map_err(cannot)?;
        let queue = Arc::new(Queue::new(bounds));
        let writer = Writer::new(connection, Arc::clone(&queue)).map_err(cannot)?;
        let writer = std::thread::Builder::new()
            .name("unspoken-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::Open(format!("cannot start the writer: {error}")))?;
        Ok(SqliteStore {
            queue,
            writer: Mutex::new(Some(writer)),
            readers: Arc::new(Readers {
                path: path.clone(),
                idle: Mutex::default(),
                permits: Arc::new(Semaphore::new(READERS)),
            }),
        })
    }

    /// Resolves once everything is digested that had arrived when it was asked. Every read of the
    /// tables begins with it. A store that was closed has digested what it could.
    pub async fn caught_up(&self) -> Result<(), StoreError> {
        if self.queue.is_digested() {
            return Ok(());
        }
        match self.write(|_| Ok(())).await {
            Err(StoreError::Closed) => Ok(()),
            other => other,
        }
    }

    /// Runs `work` on the writing thread, once everything is digested that had arrived when it was
    /// asked. Batches wait meanwhile, so what takes long is cut into several.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, outcome) = oneshot::channel();
        self.queue.ask(Box::new(move |connection| {
            let _ = answer.send(connection.and_then(work));
        }))?;
        outcome.await.map_err(|_| StoreError::Closed)?
    }

    /// Opens a database file to ask questions only; a collector may run beside. It takes no batches:
    /// they are answered as by a store that is closed.
    pub fn open_to_ask(path: &Path) -> Result<SqliteStore, StoreError> {
        let reader = open_to_read(path)?;
        let queue = Arc::new(Queue::new(Bounds::with_queue(1)));
        queue.close();
        Ok(SqliteStore {
            queue,
            writer: Mutex::default(),
            readers: Arc::new(Readers {
                path: path.to_owned(),
                idle: Mutex::new(vec![reader]),
                permits: Arc::new(Semaphore::new(READERS)),
            }),
        })
    }

    /// Runs `work` on a thread that may block, with a connection that only reads.
    fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(async move {
            self.caught_up().await?;
            let readers = Arc::clone(&self.readers);
            let permits = Arc::clone(&self.readers.permits);
            let permit = permits.acquire_owned().await.map_err(|_| StoreError::Closed)?;
            let work = move || {
                // Held until the work is done, also where nobody waits for it any more: no more
                // threads than readers block, and `close` knows when the last has ended.
                let _permit = permit;
                readers.with(work)
            };
            tokio::task::spawn_blocking(work).await.map_err(|_| StoreError::Closed)?
        })
    }
}

impl Store for SqliteStore {
    fn append(&self, arrival: Arrival) -> Answer<'_, Appended> {
        Box::pin(async move {
            let (answer, outcome) = oneshot::channel();
            let Arrival { site, received_at, bytes, batch } = arrival;
            // As the core encodes it, whoever did: what a batch says is in it, and nothing else.
            let (id, visitor, body) = (batch.id, batch.visitor, wire::encode(&batch));
            self.queue.push(Job { site, id, visitor, received_at, bytes, body, answer })?;
            outcome.await.map_err(|_| StoreError::Closed)?
        })
    }

    fn ask(&self, ask: Ask, each: Each) -> Answer<'_, ()> {
        self.read(move |connection| ask::ask(connection, &ask, each))
    }

    fn erase(&self, site: &str, visitor: Id) -> Answer<'_, Erased> {
        Box::pin(self.erase_visitor(site.to_owned(), visitor, clock::now_ms()))
    }

    fn retain(&self, site: &str, retention: Retention, now_ms: u64) -> Answer<'_, Removed> {
        Box::pin(self.retain_site(site.to_owned(), retention, now_ms))
    }

    fn health(&self) -> Result<(), StoreError> {
        if self.queue.is_closed() { Err(StoreError::Closed) } else { Ok(()) }
    }

    fn close(&self) -> Answer<'_, ()> {
        let readers = Arc::clone(&self.readers);
        let queue = Arc::clone(&self.queue);
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        Box::pin(async move {
            // The readers first. The last connection to close folds the log into the file, and only
            // the writer's can.
            let permits = Arc::clone(&readers.permits);
            let all = permits.acquire_many_owned(READERS as u32);
            let ended = tokio::time::timeout(LOCK_PATIENCE, all).await;
            readers.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            drop(ended);
            // The writer then ends, after what is in the queue and in the inbox.
            queue.close();
            let Some(writer) = writer else { return Ok(()) };
            match tokio::task::spawn_blocking(move || writer.join()).await {
                Ok(Ok(())) => Ok(()),
                _ => Err(StoreError::Database("the writer panicked".to_owned())),
            }
        })
    }
}

struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Lends a read-only connection. One that met an error is not used again.
    fn with<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        let done = work(&mut connection)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(done)
    }
}

fn cannot_open(path: &Path, why: &str) -> StoreError {
    StoreError::Open(format!(
        "cannot open the database {}: {why}: give a file in a folder this user may write with --db or \
         UNSPOKEN_DB",
        path.display()
    ))
}

fn open_to_write(settings: &Settings) -> Result<Connection, StoreError> {
    let path = &settings.db;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder).map_err(|error| cannot_open(path, &error.to_string()))?;
    }
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(LOCK_PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    shrink::prepare(&connection)?;
    shrink::overwrite(&connection)?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(cannot_open(path, "its file system cannot hold a write-ahead log"));
    }
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate(&mut connection)?;
    for site in &settings.sites {
        connection.execute(
            "INSERT INTO sites (name, key_hash) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET key_hash = excluded.key_hash",
            params![&*site.name, site.key.digest()],
        )?;
    }
    Ok(connection)
}

/// A connection that cannot write, for tools that read a database file: what stands in its inbox is
/// digested first, so that they see every acknowledged batch. A collector may run beside.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, StoreError> {
    digest_file(path, LOCK_PATIENCE)?;
    open_reader(path)
}

/// A connection that cannot write.
fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(LOCK_PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    check(&connection)?;
    Ok(connection)
}

/// What visitors did is nobody else's to read: a folder made here is closed to other users.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_syncs_every_commit() {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("new/unspoken.db");
        let settings = Settings::new(db, "demo", "pk_demo", "long-enough").unwrap();
        let connection = open_to_write(&settings).unwrap();
        let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        assert_eq!(pragma("synchronous"), Ok(2));
        let mode =
            connection.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
        assert_eq!(mode.as_deref(), Ok("wal"));
    }

    #[test]
    fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("unspoken.db");
        let settings = Settings::new(&db, "demo", "pk_demo", "long-enough").unwrap();
        let _writer = open_to_write(&settings).unwrap();
        assert!(open_to_read(&db).unwrap().execute("DELETE FROM sites", []).is_err());
    }
}
