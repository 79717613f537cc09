//! What stands between those who ask and the one thread that writes: batches to commit, and work
//! that has to see all of them digested.
//!
//! The writer takes everything at once, so the longer a commit takes the larger the next one is.
//! Both bounds are asked before anything is taken: who is refused is told to come again.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;
use unspoken::id::Id;

use super::{Appended, StoreError};

/// The most bytes that wait to be committed: five hundred of the largest batches.
const MAX_QUEUED_BYTES: usize = 32 * 1024 * 1024;

/// How much may stand between a page and the tables that reports read.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Batches that wait to be committed; nobody of these has an answer.
    pub queue: usize,
    /// Batches that are acknowledged and not digested. A report waits for all of them, so they are
    /// no more than a machine digests in the patience of who asked.
    pub inbox: usize,
    /// The same in bytes of their bodies, which is what they take on the disk.
    pub inbox_bytes: usize,
}

impl Bounds {
    /// The bounds of a collector in service, with a queue of that length.
    pub fn with_queue(queue: usize) -> Bounds {
        Bounds { queue: queue.max(1), inbox: 524_288, inbox_bytes: 256 * 1024 * 1024 }
    }
}

/// A batch to commit, and who waits for it.
pub struct Job {
    /// Whose key it came with.
    pub site: Arc<str>,
    /// The batch's.
    pub id: Id,
    /// Whose it is: one who was erased is turned away.
    pub visitor: Id,
    /// ms since 1970.
    pub received_at: u64,
    /// What it weighed on the wire.
    pub bytes: usize,
    /// Encoded, and known to be readable.
    pub body: Vec<u8>,
    /// Told once, after the commit.
    pub answer: oneshot::Sender<Result<Appended, StoreError>>,
}

/// Done by the writer once all that had arrived before it is digested, or told why that cannot be.
pub type Work = Box<dyn FnOnce(Result<&mut Connection, StoreError>) + Send>;

/// What the writer has taken and not digested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Batches.
    pub rows: usize,
    /// Bytes of their bodies.
    pub bytes: usize,
}

#[derive(Default)]
struct State {
    jobs: Vec<Job>,
    bytes: usize,
    work: Vec<Work>,
    /// Jobs and work that the writer holds.
    held: usize,
    standing: Standing,
    is_closed: bool,
}

/// Shared by the store and its writer.
pub struct Queue {
    bounds: Bounds,
    state: Mutex<State>,
    news: Condvar,
}

impl Queue {
    /// An empty one; the writer says what stands in the inbox.
    pub fn new(bounds: Bounds) -> Queue {
        Queue { bounds, state: Mutex::default(), news: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a batch, or says why not: `Busy` where a bound is reached, `Closed` after the end.
    pub fn push(&self, job: Job) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.is_closed {
            return Err(StoreError::Closed);
        }
        let is_full = state.jobs.len() >= self.bounds.queue
            || state.bytes >= MAX_QUEUED_BYTES
            || state.standing.rows >= self.bounds.inbox
            || state.standing.bytes >= self.bounds.inbox_bytes;
        if is_full {
            return Err(StoreError::Busy);
        }
        state.bytes += job.body.len();
        state.jobs.push(job);
        let is_first = state.jobs.len() == 1;
        drop(state);
        if is_first {
            self.news.notify_one();
        }
        Ok(())
    }

    /// Takes work for the writer.
    pub fn ask(&self, work: Work) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.is_closed {
            return Err(StoreError::Closed);
        }
        state.work.push(work);
        drop(state);
        self.news.notify_one();
        Ok(())
    }

    /// Whether all that was taken is digested.
    pub fn is_digested(&self) -> bool {
        let state = self.state();
        state.jobs.is_empty() && state.held == 0 && state.standing.rows == 0
    }

    /// Whether batches wait.
    pub fn has_jobs(&self) -> bool {
        !self.state().jobs.is_empty()
    }

    /// How full the inbox is, 0 to 1.
    pub fn fill(&self) -> f64 {
        let Standing { rows, bytes } = self.state().standing;
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        share(rows, self.bounds.inbox).max(share(bytes, self.bounds.inbox_bytes)).min(1.0)
    }

    /// For the writer: moves everything into `jobs` and `work`, after waiting for something to come
    /// where a wait is given (`None`: for ever). False once it is closed and empty.
    pub fn take(&self, jobs: &mut Vec<Job>, work: &mut Vec<Work>, wait: Option<Duration>) -> bool {
        let mut state = self.state();
        let is_idle =
            |state: &mut State| state.jobs.is_empty() && state.work.is_empty() && !state.is_closed;
        match wait {
            None => {
                let waited = self.news.wait_while(state, is_idle);
                state = waited.unwrap_or_else(PoisonError::into_inner);
            }
            Some(wait) if !wait.is_zero() => {
                let waited = self.news.wait_timeout_while(state, wait, is_idle);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            Some(_) => {}
        }
        jobs.append(&mut state.jobs);
        work.append(&mut state.work);
        state.bytes = 0;
        state.held = jobs.len() + work.len();
        !(state.is_closed && jobs.is_empty() && work.is_empty())
    }

    /// For the writer: it holds nothing any more but `standing`.
    pub fn settle(&self, standing: Standing) {
        let mut state = self.state();
        state.held = 0;
        state.standing = standing;
    }

    /// Takes nothing more; what was taken is still done.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.news.notify_one();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.state().is_closed
    }
}

/// Held by the writer's thread: however that ends, nobody waits for it any longer.
pub struct Ending(pub Arc<Queue>);

impl Drop for Ending {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.is_closed = true;
        let (jobs, work) = (std::mem::take(&mut state.jobs), std::mem::take(&mut state.work));
        drop(state);
        // Dropped without an answer, which those who wait read as `Closed`.
        drop((jobs, work));
    }
}
