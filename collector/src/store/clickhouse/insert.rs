//! Inserting: one insert for whatever arrived since the last.
//!
//! Each insert makes a part on the server's disk, and a server refuses inserts where parts come
//! faster than it merges them. So the first batch waits [`LINGER`] for others, and while one insert
//! runs the next gathers.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::row_binary::{Rows, text};
use super::rows::{KEYS, Key};
use super::server::{Server, Table};
use crate::clock;
use crate::secret::hex;
use crate::store::lifecycle::digest;
use crate::store::question::{Cell, Kind};
use crate::store::{Appended, StoreError};

/// How long the first batch of an insert waits for others.
const LINGER: Duration = Duration::from_millis(100);
/// The most batches of one insert, and their bytes.
const MAX_GROUP: usize = 5_000;
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A batch to insert, and who waits for it.
pub struct Pending {
    /// Where it stands.
    pub key: Key,
    /// The batch, as `append.sql` takes it.
    pub row: Vec<u8>,
    /// Told once, after the insert.
    pub answer: oneshot::Sender<Result<Appended, StoreError>>,
    /// Its place among what may wait, given back when it is gone.
    pub _room: OwnedSemaphorePermit,
}

/// Inserts until every sender is gone and the channel is empty.
pub fn run(server: &Server, jobs: &Receiver<Pending>) {
    while let Ok(first) = jobs.recv() {
        let group = gather(first, jobs);
        let batches: Vec<(&Key, &[u8])> =
            group.iter().map(|job| (&job.key, job.row.as_slice())).collect();
        let outcomes = insert(server, &batches).unwrap_or_else(|error| {
            tracing::warn!("{} batches were not inserted: {error}", group.len());
            vec![Err(error); group.len()]
        });
        for (job, outcome) in group.into_iter().zip(outcomes) {
            // Whoever gave up waiting comes back with the same batch id.
            let _ = job.answer.send(outcome);
        }
    }
}

fn gather(first: Pending, jobs: &Receiver<Pending>) -> Vec<Pending> {
    let until = Instant::now() + LINGER;
    let mut bytes = first.row.len();
    let mut group = vec![first];
    while group.len() < MAX_GROUP && bytes < MAX_BYTES {
        match jobs.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(next) => {
                bytes += next.row.len();
                group.push(next);
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    group
}

/// What became of each batch; an error is everybody's.
pub type Outcomes = Result<Vec<Result<Appended, StoreError>>, StoreError>;

/// Inserts those of the batches that are not there yet and whose visitor was not erased. All that
/// are inserted are there when it returns; where it fails, some may be, and may be brought again.
pub fn insert(server: &Server, batches: &[(&Key, &[u8])]) -> Outcomes {
    let mut arriving = Vec::new();
    batches.iter().for_each(|(key, _)| key.write(&mut arriving));
    let mut there: HashSet<(String, u128)> = HashSet::new();
    let keys = |rows| Table { name: "arriving", structure: KEYS, rows };
    let present = include_str!("write/present.sql");
    look_up(server, present, keys(arriving.clone()), Kind::Id, |site, cell| {
        if let Cell::Id(id) = cell {
            there.insert((site, id.0));
        }
    })?;
    let mut erased: HashSet<(String, String)> = HashSet::new();
    let gone = include_str!("write/erased.sql");
    look_up(server, gone, keys(arriving), Kind::Text, |site, cell| {
        if let Cell::Text(mark) = cell {
            erased.insert((site, mark));
        }
    })?;
    let (mut rows, mut turned_away) = (Vec::new(), Vec::new());
    let mut outcomes = Vec::with_capacity(batches.len());
    for (key, row) in batches {
        let is_new = there.insert((key.site.to_string(), key.id.0));
        let mark = digest(key.visitor);
        let is_erased = !erased.is_empty() && erased.contains(&(key.site.to_string(), hex(&mark)));
        if is_erased {
            turned_away.push((Arc::clone(&key.site), mark));
        } else if is_new {
            rows.extend_from_slice(row);
        }
        let is_kept = is_new && !is_erased;
        outcomes.push(Ok(if is_kept { Appended::New } else { Appended::Seen }));
    }
    if !rows.is_empty() {
        server.insert(include_str!("write/append.sql"), &rows)?;
    }
    if !turned_away.is_empty() {
        // The mark stays for as long as batches come.
        mark(server, &turned_away)?;
    }
    Ok(outcomes)
}

/// Marks visitors as erased, as of now.
pub fn mark(server: &Server, visitors: &[(Arc<str>, [u8; 32])]) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (site, mark) in visitors {
        text(&mut rows, site);
        rows.extend(mark);
        rows.extend(clock::now_ms().to_le_bytes());
    }
    server.insert(include_str!("write/mark.sql"), &rows)
}

/// Hands over each row's site and second cell.
fn look_up(
    server: &Server,
    sql: &str,
    table: Table,
    kind: Kind,
    mut take: impl FnMut(String, Cell),
) -> Result<(), StoreError> {
    let mut rows = Rows::new(server.ask(sql, &[table])?);
    let mut cells = Vec::new();
    while rows.next(&[Kind::Text, kind], &mut cells)? {
        if let (Some(cell), Some(Cell::Text(site))) = (cells.pop(), cells.pop()) {
            take(site, cell);
        }
    }
    Ok(())
}
