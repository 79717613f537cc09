//! The store for where one machine is outgrown: collectors keep nothing, a ClickHouse server or
//! cluster keeps all. docs/stores.md says how a batch is kept once.
//!
//! A batch is inserted and then acknowledged; or, with `ack = "spool"`, synced in a file beside the
//! collector, acknowledged, and inserted from there (see [`spool`]).

mod ask;
mod erase;
mod insert;
mod row_binary;
mod rows;
mod schema;
mod server;
mod spool;
mod watch;

use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use unspoken::id::Id;

use self::insert::Pending;
use self::rows::Key;
use self::server::Server;
use self::spool::Spool;
use self::watch::Watch;
use super::lifecycle::{Erased, Removed, Retention};
use super::question::{Ask, Each};
use super::settings::{Ack, StoreSettings};
use super::{Answer, Appended, Arrival, Store, StoreError};

/// KiB of batches that may wait for their insert, or to be synced; the next one is answered 429.
const ROOM_KIB: usize = 64 * 1024;
/// Bytes that a spool may hold on the disk; likewise.
const SPOOL_BYTES: u64 = 1024 * 1024 * 1024;
/// Questions asked at once; more wait.
const ASKING: usize = 4;

/// The store in ClickHouse.
pub struct ClickHouseStore {
    server: Arc<Server>,
    settings: StoreSettings,
    intake: Intake,
    watch: Option<Watch>,
    room: Arc<Semaphore>,
    asking: Semaphore,
}

/// Where a batch goes first.
enum Intake {
    /// Nowhere: it is only asked.
    None,
    Insert(Mutex<Option<mpsc::Sender<Pending>>>, Mutex<Option<JoinHandle<()>>>),
    Spool(Spool),
}

impl ClickHouseStore {
    /// Connects, makes the tables that are absent, and starts writing. A server that is away is
    /// waited for: until it is there batches are answered 503, or go to the spool.
    pub fn open(settings: &StoreSettings) -> Result<ClickHouseStore, StoreError> {
        ClickHouseStore::open_with_spool_of(settings, SPOOL_BYTES)
    }

    /// [`ClickHouseStore::open`] with a spool of at most so many bytes.
    pub fn open_with_spool_of(
        settings: &StoreSettings,
        spool_bytes: u64,
    ) -> Result<ClickHouseStore, StoreError> {
        let server = Arc::new(Server::new(settings));
        let watch = Some(Watch::start(Arc::clone(&server), settings)?);
        let intake = match settings.ack {
            Ack::Insert => {
                let (sender, jobs) = mpsc::channel();
                let server = Arc::clone(&server);
                let writer = start("unspoken-writer", move || insert::run(&server, &jobs))?;
                Intake::Insert(Mutex::new(Some(sender)), Mutex::new(Some(writer)))
            }
            Ack::Spool => {
                Intake::Spool(Spool::open(&settings.spool, spool_bytes, Arc::clone(&server))?)
            }
        };
        Ok(ClickHouseStore::new(server, settings, intake, watch))
    }

    /// A store to ask questions of only, where a collector has made the tables. Batches are answered
    /// as by a store that is closed.
    pub fn open_to_ask(settings: &StoreSettings) -> ClickHouseStore {
        ClickHouseStore::new(Arc::new(Server::new(settings)), settings, Intake::None, None)
    }

    fn new(
        server: Arc<Server>,
        settings: &StoreSettings,
        intake: Intake,
        watch: Option<Watch>,
    ) -> ClickHouseStore {
        ClickHouseStore {
            server,
            settings: settings.clone(),
            intake,
            watch,
            room: Arc::new(Semaphore::new(ROOM_KIB)),
            asking: Semaphore::new(ASKING),
        }
    }

    /// A place among what may wait, for so many bytes.
    fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, StoreError> {
        let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX);
        Arc::clone(&self.room).try_acquire_many_owned(kib).map_err(|_| StoreError::Busy)
    }
}

/// Starts a thread.
fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StoreError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| StoreError::Open(format!("cannot start a thread: {error}")))
}

impl Store for ClickHouseStore {
    fn append(&self, arrival: Arrival) -> Answer<'_, Appended> {
        Box::pin(async move {
            let (answer, outcome) = oneshot::channel();
            match &self.intake {
                Intake::None => return Err(StoreError::Closed),
                Intake::Insert(sender, _) => {
                    let key = Key::of(&arrival);
                    let row = rows::row(&arrival, &key);
                    let room = self.room(row.len())?;
                    let sender = sender.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    let job = Pending { key, row, answer, _room: room };
                    sender.ok_or(StoreError::Closed)?.send(job).map_err(|_| StoreError::Closed)?;
                }
                Intake::Spool(spool) => {
                    let record = spool::record(&arrival);
                    let room = self.room(record.len())?;
                    spool.put(spool::Job { record, answer, _room: room })?;
                }
            }
            outcome.await.map_err(|_| StoreError::Closed)?
        })
    }

    fn ask(&self, ask: Ask, each: Each) -> Answer<'_, ()> {
        Box::pin(async move {
            let _permit = self.asking.acquire().await.map_err(|_| StoreError::Closed)?;
            let server = Arc::clone(&self.server);
            tokio::task::spawn_blocking(move || ask::ask(&server, &ask, each))
                .await
                .map_err(|_| StoreError::Closed)?
        })
    }

    fn erase(&self, site: &str, visitor: Id) -> Answer<'_, Erased> {
        let (server, settings) = (Arc::clone(&self.server), self.settings.clone());
        let site = site.to_owned();
        Box::pin(erase::apart(move || erase::erase(&server, &settings, &site, visitor)))
    }

    fn retain(&self, site: &str, retention: Retention, now_ms: u64) -> Answer<'_, Removed> {
        let (server, settings) = (Arc::clone(&self.server), self.settings.clone());
        let site = site.to_owned();
        Box::pin(erase::apart(move || erase::retain(&server, &settings, &site, retention, now_ms)))
    }

    fn health(&self) -> Result<(), StoreError> {
        match &self.intake {
            Intake::None => Err(StoreError::Closed),
            Intake::Insert(sender, _) => {
                let is_open = sender.lock().unwrap_or_else(PoisonError::into_inner).is_some();
                let found = self.watch.as_ref().map(Watch::health);
                found.filter(|_| is_open).unwrap_or(Err(StoreError::Closed))
            }
            // It takes batches also while the server is away, until it is full.
            Intake::Spool(spool) => spool.health(),
        }
    }

    fn close(&self) -> Answer<'_, ()> {
        self.watch.iter().for_each(Watch::stop);
        let threads: Vec<JoinHandle<()>> = match &self.intake {
            Intake::None => Vec::new(),
            Intake::Insert(sender, writer) => {
                // Without a sender the writer ends, after the jobs that are in the channel.
                drop(sender.lock().unwrap_or_else(PoisonError::into_inner).take());
                writer.lock().unwrap_or_else(PoisonError::into_inner).take().into_iter().collect()
            }
            Intake::Spool(spool) => spool.stop(),
        };
        Box::pin(async move {
            let join =
                move || threads.into_iter().try_for_each(|thread| thread.join().map_err(drop));
            match tokio::task::spawn_blocking(join).await {
                Ok(Ok(())) => Ok(()),
                _ => Err(StoreError::Database("the writer panicked".to_owned())),
            }
        })
    }
}

impl Drop for ClickHouseStore {
    fn drop(&mut self) {
        self.watch.iter().for_each(Watch::stop);
    }
}
