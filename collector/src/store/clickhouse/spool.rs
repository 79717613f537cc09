//! The spool: batches synced in files beside the collector, acknowledged, and inserted from there.
//!
//! One thread appends whatever arrived since its last sync to the present segment and syncs it; that
//! is the acknowledgement. A segment that is a second old or large is sealed; another thread inserts
//! sealed segments, the oldest first, and removes each when the server has acknowledged all of it. A
//! collector that was killed finds its segments when it starts again. What it inserted before it
//! could remove the file is found to be there already (see [`insert`]).
//!
//! A record is its length and its CRC-32, each 4 bytes, and then the batch as it came over the wire
//! with its site, its arrival and its weight. A record that was cut off by a crash was never
//! acknowledged, and ends its segment.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use unspoken::wire;

use super::insert;
use super::rows::{Key, row};
use super::server::Server;
use crate::store::{Appended, Arrival, StoreError};

/// A segment is sealed when its first batch is this old.
const SEAL_AFTER: Duration = Duration::from_secs(1);
/// Or when it is this large.
const SEGMENT_BYTES: u64 = 4 * 1024 * 1024;
/// The most batches of one sync.
const MAX_GROUP: usize = 1_024;
/// How long after a failed insert the next is tried; it doubles up to the longest.
const RETRY: Duration = Duration::from_millis(500);
const LONGEST_RETRY: Duration = Duration::from_secs(15);
const SUFFIX: &str = "spool";

/// A record to sync, and who waits for it.
pub struct Job {
    /// See [`record`].
    pub record: Vec<u8>,
    /// Told once, after the sync.
    pub answer: oneshot::Sender<Result<Appended, StoreError>>,
    /// Its place among what may wait, given back when it is gone.
    pub _room: OwnedSemaphorePermit,
}

/// A running spool.
pub struct Spool {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    shared: Arc<Shared>,
    /// Held for as long as this lives: two collectors must not share a folder.
    _lock: File,
}

struct Shared {
    folder: PathBuf,
    limit: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Sealed segments, the oldest first.
    sealed: VecDeque<u64>,
    /// On the disk, in all segments.
    bytes: u64,
    is_closed: bool,
}

impl Spool {
    /// Opens a folder, made where it is absent, and begins to insert what it holds.
    pub fn open(folder: &Path, limit: u64, server: Arc<Server>) -> Result<Spool, StoreError> {
        let (lock, sealed, bytes) = claim(folder).map_err(|why| {
            StoreError::Open(format!(
                "the spool {} cannot be used: {why}: give each collector a folder of its own that it \
                 may write with --store-spool or UNSPOKEN_STORE_SPOOL",
                folder.display()
            ))
        })?;
        let next = sealed.back().map_or(1, |last| last + 1);
        if !sealed.is_empty() {
            tracing::info!("{} segments of the spool are inserted first", sealed.len());
        }
        let shared = Arc::new(Shared {
            folder: folder.to_owned(),
            limit,
            state: Mutex::new(State { sealed, bytes, is_closed: false }),
            changed: Condvar::new(),
        });
        let (jobs, receiver) = mpsc::channel();
        let (writing, inserting) = (Arc::clone(&shared), Arc::clone(&shared));
        let threads = vec![
            super::start("unspoken-spool", move || write(&writing, &receiver, next))?,
            super::start("unspoken-writer", move || insert_all(&inserting, &server))?,
        ];
        Ok(Spool {
            jobs: Mutex::new(Some(jobs)),
            threads: Mutex::new(threads),
            shared,
            _lock: lock,
        })
    }

    /// Takes a record, unless the spool is full.
    pub fn put(&self, job: Job) -> Result<(), StoreError> {
        self.health()?;
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.as_ref().ok_or(StoreError::Closed)?.send(job).map_err(|_| StoreError::Closed)
    }

    /// Whether it takes records.
    pub fn health(&self) -> Result<(), StoreError> {
        let state = self.shared.state();
        if state.is_closed {
            return Err(StoreError::Closed);
        }
        if state.bytes < self.shared.limit { Ok(()) } else { Err(StoreError::Busy) }
    }

    /// Takes no more; the threads end when what can be inserted now is inserted.
    pub fn stop(&self) -> Vec<JoinHandle<()>> {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, segment: u64) -> PathBuf {
        self.folder.join(format!("{segment:012}.{SUFFIX}"))
    }
}

/// A lock on the folder, its segments in order, and their bytes.
fn claim(folder: &Path) -> std::io::Result<(File, VecDeque<u64>, u64)> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    // What visitors did is nobody else's to read.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let lock = OpenOptions::new().create(true).append(true).open(folder.join("lock"))?;
    lock.try_lock().map_err(|_| std::io::Error::other("another collector uses it"))?;
    let (mut segments, mut bytes) = (Vec::new(), 0);
    for entry in std::fs::read_dir(folder)? {
        let (path, weight) = entry.and_then(|it| Ok((it.path(), it.metadata()?.len())))?;
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        if let Some(number) = number.filter(|_| path.extension().is_some_and(|it| it == SUFFIX)) {
            segments.push(number);
            bytes += weight;
        }
    }
    segments.sort_unstable();
    Ok((lock, segments.into(), bytes))
}

/// A batch as a record.
pub fn record(arrival: &Arrival) -> Vec<u8> {
    let mut payload = Vec::new();
    payload.extend((arrival.site.len() as u32).to_le_bytes());
    payload.extend(arrival.site.as_bytes());
    payload.extend(arrival.received_at.to_le_bytes());
    payload.extend((arrival.bytes as u64).to_le_bytes());
    payload.extend(wire::encode(&arrival.batch));
    let mut record = Vec::with_capacity(payload.len() + 8);
    record.extend((payload.len() as u32).to_le_bytes());
    record.extend(crc(&payload).to_le_bytes());
    record.extend(payload);
    record
}

fn crc(payload: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(payload);
    crc.sum()
}

/// The batches of a segment, and how many bytes at its end are none: cut off, or not readable.
fn read(mut segment: &[u8]) -> (Vec<Arrival>, usize) {
    let mut arrivals = Vec::new();
    while let Some((arrival, rest)) = read_one(segment) {
        arrivals.push(arrival);
        segment = rest;
    }
    (arrivals, segment.len())
}

fn read_one(segment: &[u8]) -> Option<(Arrival, &[u8])> {
    let (length, rest) = segment.split_first_chunk()?;
    let (sum, rest) = rest.split_first_chunk()?;
    let (payload, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    if crc(payload) != u32::from_le_bytes(*sum) {
        return None;
    }
    let (length, payload) = payload.split_first_chunk()?;
    let (site, payload) = payload.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let (received_at, payload) = payload.split_first_chunk()?;
    let (bytes, payload) = payload.split_first_chunk()?;
    let arrival = Arrival {
        site: std::str::from_utf8(site).ok()?.into(),
        received_at: u64::from_le_bytes(*received_at),
        bytes: u64::from_le_bytes(*bytes) as usize,
        batch: wire::decode(payload).ok()?,
    };
    Some((arrival, rest))
}

/// The segment that is written.
struct Open {
    file: File,
    number: u64,
    bytes: u64,
    since: Instant,
}

/// Syncs records until every sender is gone.
fn write(shared: &Shared, jobs: &Receiver<Job>, mut next: u64) {
    let mut open: Option<Open> = None;
    loop {
        let first = match &open {
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(open) => jobs.recv_timeout(SEAL_AFTER.saturating_sub(open.since.elapsed())),
        };
        match first {
            Ok(first) => {
                let group: Vec<Job> =
                    std::iter::once(first).chain(jobs.try_iter().take(MAX_GROUP - 1)).collect();
                let outcome = sync(shared, &mut open, &mut next, &group);
                if let Err(error) = &outcome {
                    tracing::error!("the spool cannot be written: {error}");
                }
                for job in group {
                    // Whoever gave up waiting comes back with the same batch id.
                    let _ = job.answer.send(outcome.clone().map(|()| Appended::New));
                }
                let is_due =
                    |open: &Open| open.bytes >= SEGMENT_BYTES || open.since.elapsed() >= SEAL_AFTER;
                if outcome.is_err() || open.as_ref().is_some_and(is_due) {
                    seal(shared, &mut open);
                }
            }
            Err(RecvTimeoutError::Timeout) => seal(shared, &mut open),
            Err(RecvTimeoutError::Disconnected) => {
                seal(shared, &mut open);
                shared.state().is_closed = true;
                shared.changed.notify_all();
                return;
            }
        }
    }
}

/// Appends a group and syncs it. Where that fails, the segment ends before the group.
fn sync(
    shared: &Shared,
    open: &mut Option<Open>,
    next: &mut u64,
    group: &[Job],
) -> Result<(), StoreError> {
    let mut write = || -> std::io::Result<u64> {
        let present = match open {
            Some(present) => present,
            None => {
                let path = shared.path(*next);
                let file = OpenOptions::new().create_new(true).append(true).open(path)?;
                // The name of the file, too, must be on the disk.
                File::open(&shared.folder)?.sync_all()?;
                let number = std::mem::replace(next, *next + 1);
                open.insert(Open { file, number, bytes: 0, since: Instant::now() })
            }
        };
        let records: Vec<u8> = group.iter().flat_map(|job| &job.record).copied().collect();
        let written = present.file.write_all(&records).and_then(|()| present.file.sync_data());
        if let Err(error) = written {
            present.file.set_len(present.bytes)?;
            return Err(error);
        }
        present.bytes += records.len() as u64;
        Ok(records.len() as u64)
    };
    let written = write().map_err(|error| {
        StoreError::Database(format!("the spool {}: {error}", shared.folder.display()))
    })?;
    shared.state().bytes += written;
    Ok(())
}

fn seal(shared: &Shared, open: &mut Option<Open>) {
    if let Some(open) = open.take() {
        shared.state().sealed.push_back(open.number);
        shared.changed.notify_all();
    }
}

/// Inserts sealed segments until the spool is closed and there is none, or it fails.
fn insert_all(shared: &Shared, server: &Server) {
    let mut wait = RETRY;
    loop {
        let segment = {
            let waiting = |state: &mut State| state.sealed.is_empty() && !state.is_closed;
            let state = shared
                .changed
                .wait_while(shared.state(), waiting)
                .unwrap_or_else(PoisonError::into_inner);
            match state.sealed.front() {
                Some(segment) => *segment,
                None => return,
            }
        };
        match insert_one(shared, server, segment) {
            Ok(bytes) => {
                let mut state = shared.state();
                state.sealed.pop_front();
                state.bytes = state.bytes.saturating_sub(bytes);
                wait = RETRY;
            }
            Err(error) => {
                tracing::warn!("a segment of the spool waits: {error}");
                let state = shared.state();
                if state.is_closed {
                    return;
                }
                drop(shared.changed.wait_timeout_while(state, wait, |state| !state.is_closed));
                wait = (wait * 2).min(LONGEST_RETRY);
            }
        }
    }
}

/// Inserts a segment and removes it; its bytes.
fn insert_one(shared: &Shared, server: &Server, segment: u64) -> Result<u64, StoreError> {
    let path = shared.path(segment);
    let told = |error: std::io::Error| StoreError::Database(format!("{}: {error}", path.display()));
    let bytes = std::fs::read(&path).map_err(told)?;
    let (arrivals, left) = read(&bytes);
    let rows: Vec<(Key, Vec<u8>)> = arrivals
        .iter()
        .map(|arrival| {
            let key = Key::of(arrival);
            let row = row(arrival, &key);
            (key, row)
        })
        .collect();
    let batches: Vec<(&Key, &[u8])> = rows.iter().map(|(key, row)| (key, row.as_slice())).collect();
    if !batches.is_empty() {
        insert::insert(server, &batches)?;
    }
    if left > 0 {
        // Cut off by a crash, as a rule; kept, since only a person can tell it from a broken disk.
        let aside = path.with_extension("cut");
        tracing::warn!(
            "the last {left} bytes of {} are no whole batch: it is kept as {}",
            path.display(),
            aside.display()
        );
        std::fs::rename(&path, aside).map_err(told)?;
    } else {
        std::fs::remove_file(&path).map_err(told)?;
    }
    Ok(bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unspoken::id::Id;
    use unspoken::wire::{Batch, Event, VERSION, What};

    fn arrival(id: u128) -> Arrival {
        let batch = Batch {
            version: VERSION,
            id: Id(id),
            visitor: Id(2),
            session: Id(3),
            view: 4,
            sequence: 0,
            base_ms: 7,
            dropped: 0,
            automation: 0,
            excluded: 0,
            names: Vec::new(),
            events: vec![Event { at: 5, what: What::Scroll { percent: 25 } }],
            trace: vec![1, 2],
        };
        Arrival { site: "demo".into(), received_at: 99, bytes: 1_234, batch }
    }

    #[test]
    fn a_torn_tail_leaves_what_stands_before_it() {
        let mut segment = record(&arrival(1));
        let second = segment.len();
        segment.extend(record(&arrival(2)));
        let (all, left) = read(&segment);
        assert_eq!((all.len(), left), (2, 0));
        assert_eq!(all[1].batch, arrival(2).batch);
        assert_eq!((&*all[0].site, all[0].received_at, all[0].bytes), ("demo", 99, 1_234));
        for end in second..segment.len() {
            let (whole, left) = read(&segment[..end]);
            assert_eq!((whole.len(), left), (1, end - second), "cut at {end}");
        }
        let last = segment.len() - 1;
        segment[last] ^= 1;
        assert_eq!(read(&segment).0.len(), 1, "a changed byte is no batch");
    }

    #[test]
    fn two_collectors_cannot_share_a_spool() {
        let folder = tempfile::tempdir().unwrap();
        let held = claim(folder.path()).unwrap();
        assert!(claim(folder.path()).is_err());
        drop(held);
        claim(folder.path()).unwrap();
    }
}
