//! The one thread that writes.
//!
//! SQLite has one writer at a time and a durable commit costs a sync of the disk, so batches that
//! arrive while one sync runs are committed together by the next: group commit. They are committed
//! as they came, into the inbox, which is cheap; nobody is answered before that commit has
//! returned. Between commits the thread digests ([`super::digest`]): all it can while nothing
//! arrives, and else a share of its time that grows with the inbox, so that the inbox of a collector
//! under load comes to rest where both are as fast.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::digest::{self, Slice};
use super::erase;
use super::queue::{Ending, Job, Queue, Standing, Work};
use super::rows::integer;
use super::{Appended, StoreError};
use crate::telemetry;

/// How long nothing arrives before the writer takes itself for idle.
const LULL: Duration = Duration::from_millis(2);
/// A slice of the digest under load, and the longest that a batch waits for the end of one. A slice
/// writes the pages that it touched once, however many batches touched them, so many short ones cost
/// several times what a long one does.
const SLICE: Duration = Duration::from_millis(20);
/// The slice of an idle thread, before it ends for a batch that has come.
const SHORTEST_SLICE: Duration = Duration::from_millis(1);
/// The slice while nobody comes.
const LONGEST_SLICE: Duration = Duration::from_millis(250);
/// The share of its time that the digest gets under load: with an inbox that is at most half full, and
/// with a full one. A burst is taken as fast as the disk commits it; what lasts longer is taken as
/// fast as it is digested.
const SHARES: [f64; 2] = [0.05, 0.9];
/// The wait after the disk has failed a digest.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// How far a commit reaches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sync {
    /// The disk has it when the commit returns: what is acknowledged.
    Full,
    /// The disk has it with the next one.
    Later,
}

/// The writing thread's own.
pub struct Writer {
    connection: Connection,
    queue: Arc<Queue>,
    sites: HashMap<Arc<str>, i64>,
    /// Site and id of what stands in the inbox.
    ids: HashSet<(i64, u128)>,
    standing: Standing,
    /// The place of the last batch of the inbox.
    last: i64,
    /// Work, and the place up to which the inbox has to be digested before it.
    work: VecDeque<(i64, Work)>,
    sync: Option<Sync>,
    /// Digests one batch at a time, to find the one that a slice failed by.
    is_careful: bool,
    /// No digest before that.
    paused_until: Option<Instant>,
    /// Seconds that the digest has earned and not taken; below zero where it took more.
    owed: f64,
}

impl Writer {
    /// Takes over a connection whose database is up to date.
    pub fn new(connection: Connection, queue: Arc<Queue>) -> Result<Writer, StoreError> {
        let (standing, ids, last) = digest::standing(&connection)?;
        queue.settle(standing);
        Ok(Writer {
            connection,
            queue,
            sites: HashMap::new(),
            ids: ids.into_iter().collect(),
            standing,
            last,
            work: VecDeque::new(),
            sync: None,
            is_careful: false,
            paused_until: None,
            owed: 0.0,
        })
    }

    /// Writes until the queue is closed and everything is digested.
    pub fn run(mut self) {
        let _ending = Ending(Arc::clone(&self.queue));
        let (mut jobs, mut work) = (Vec::new(), Vec::new());
        let mut since = Instant::now();
        loop {
            let goes_on = self.queue.take(&mut jobs, &mut work, self.patience());
            let idle = jobs.is_empty() && work.is_empty();
            if !jobs.is_empty() {
                self.append(&mut jobs);
            }
            self.work.extend(work.drain(..).map(|work| (self.last, work)));
            self.queue.settle(self.standing);
            self.run_work();
            let [least, most] = SHARES;
            let share = least + (most - least) * (2.0 * self.queue.fill() - 1.0).max(0.0);
            self.owed =
                (self.owed + since.elapsed().as_secs_f64() * share).min(SLICE.as_secs_f64());
            since = Instant::now();
            if self.standing.rows > 0 {
                self.digest(idle);
            }
            if !goes_on && (self.standing.rows == 0 || self.paused_until.is_some()) {
                break;
            }
        }
    }

    /// How long to wait for something to come; `None` where nothing else is to be done.
    fn patience(&self) -> Option<Duration> {
        if self.queue.is_closed() {
            return Some(Duration::ZERO);
        }
        match self.paused_until {
            _ if self.standing.rows == 0 => None,
            Some(until) => Some(until.saturating_duration_since(Instant::now()).max(LULL)),
            None if self.work.is_empty() => Some(LULL),
            None => Some(Duration::ZERO),
        }
    }

    fn sync(&mut self, sync: Sync) -> rusqlite::Result<()> {
        if self.sync != Some(sync) {
            self.sync = None;
            let level = match sync {
                Sync::Full => "full",
                Sync::Later => "normal",
            };
            self.connection.pragma_update(None, "synchronous", level)?;
            self.sync = Some(sync);
        }
        Ok(())
    }

    /// Commits batches and answers whoever waits for them.
    fn append(&mut self, jobs: &mut Vec<Job>) {
        let begun = Instant::now();
        let outcomes = self.commit(jobs);
        match outcomes {
            Ok(outcomes) => {
                telemetry::process().committed(jobs.len(), begun.elapsed());
                for (job, outcome) in jobs.drain(..).zip(outcomes) {
                    // Whoever gave up waiting comes back with the same batch id.
                    let _ = job.answer.send(outcome);
                }
            }
            Err(error) => {
                for job in jobs.drain(..) {
                    let _ = job.answer.send(Err(error.clone()));
                }
            }
        }
    }

    /// Writes a group into the inbox in one transaction. A batch that cannot be written fails alone;
    /// a transaction that cannot be committed fails for all.
    fn commit(&mut self, jobs: &[Job]) -> Result<Vec<Result<Appended, StoreError>>, StoreError> {
        self.sync(Sync::Full)?;
        let group = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let refuses_any = erase::refuses_any(&group)?;
        let mut outcomes = Vec::with_capacity(jobs.len());
        let mut fresh: HashSet<(i64, u128)> = HashSet::with_capacity(jobs.len());
        let (mut standing, mut last) = (self.standing, self.last);
        for job in jobs {
            let outcome = site(&group, &mut self.sites, &job.site).and_then(|site| {
                let key = (site, job.id.0);
                if self.ids.contains(&key) || fresh.contains(&key) || is_digested(&group, key)? {
                    return Ok(Appended::Seen);
                }
                // Before it stands anywhere: what is in no page of the file leaves no copy there.
                if refuses_any && erase::refuses(&group, site, job.visitor, job.received_at)? {
                    return Ok(Appended::Seen);
                }
                last = insert(&group, site, job)?;
                fresh.insert(key);
                standing.rows += 1;
                standing.bytes += job.body.len();
                Ok(Appended::New)
            });
            outcomes.push(outcome);
        }
        group.commit()?;
        self.ids.extend(fresh);
        (self.standing, self.last) = (standing, last);
        Ok(outcomes)
    }

    /// Digests a slice where nobody comes, where somebody waits for it, or where one is owed.
    fn digest(&mut self, idle: bool) {
        if self.paused_until.is_some_and(|until| Instant::now() < until && !self.queue.is_closed())
        {
            return;
        }
        let awaited = !self.work.is_empty() || self.queue.is_closed();
        if !idle && !awaited && self.owed < SLICE.as_secs_f64() {
            return;
        }
        self.paused_until = None;
        let begun = Instant::now();
        let (queue, careful) = (Arc::clone(&self.queue), self.is_careful);
        let sliced = self.sync(Sync::Later).and_then(|()| {
            let least = if idle { SHORTEST_SLICE } else { SLICE };
            digest::slice(&mut self.connection, |rows| {
                let spent = begun.elapsed();
                careful
                    || spent >= LONGEST_SLICE
                    || (spent >= least && rows.is_multiple_of(8) && queue.has_jobs())
            })
        });
        self.owed -= begun.elapsed().as_secs_f64();
        match sliced {
            Ok(slice) => self.digested(slice),
            Err(error) => self.failed(&error),
        }
        self.queue.settle(self.standing);
        self.run_work();
    }

    fn digested(&mut self, slice: Slice) {
        self.is_careful = false;
        for id in &slice.ids {
            self.ids.remove(id);
        }
        let Standing { rows, bytes } = slice.done;
        self.standing.rows = self.standing.rows.saturating_sub(rows);
        self.standing.bytes = self.standing.bytes.saturating_sub(bytes);
        match slice.last {
            Some(last) => self.digested_to(last),
            // Also where somebody else has digested it.
            None => self.emptied(),
        }
        if self.standing.rows == 0 {
            self.emptied();
        }
    }

    fn emptied(&mut self) {
        self.standing = Standing::default();
        self.ids.clear();
        self.digested_to(i64::MAX);
    }

    fn digested_to(&mut self, place: i64) {
        for (until, _) in &mut self.work {
            if *until <= place {
                *until = i64::MIN;
            }
        }
    }

    /// Does the work for which enough is digested.
    fn run_work(&mut self) {
        while let Some((until, work)) = self.work.pop_front() {
            if until > i64::MIN && self.standing.rows > 0 {
                self.work.push_front((until, work));
                return;
            }
            work(self.sync(Sync::Full).map(|()| &mut self.connection).map_err(StoreError::from));
        }
    }

    /// A slice is tried again one by one, which shows the batch that it failed by, if it was one.
    fn failed(&mut self, error: &rusqlite::Error) {
        if !self.is_careful {
            self.is_careful = true;
            return;
        }
        match digest::set_first_aside(&self.connection, error) {
            Ok(true) => return,
            Ok(false) => tracing::error!("the inbox could not be digested: {error}"),
            Err(again) => tracing::error!("the inbox could not be digested: {error}; {again}"),
        }
        self.paused_until = Some(Instant::now() + AFTER_FAILURE);
        for (_, work) in self.work.drain(..) {
            work(Err(StoreError::Database(error.to_string())));
        }
    }
}

/// The row of a site.
fn site(
    connection: &Connection,
    known: &mut HashMap<Arc<str>, i64>,
    name: &Arc<str>,
) -> Result<i64, StoreError> {
    if let Some(site) = known.get(name) {
        return Ok(*site);
    }
    let found = connection
        .prepare_cached("SELECT site FROM sites WHERE name = ?1")?
        .query_row([&**name], |row| row.get(0))
        .optional()?;
    let Some(site) = found else {
        return Err(StoreError::Database(format!("the site \"{name}\" is not in the database")));
    };
    known.insert(Arc::clone(name), site);
    Ok(site)
}

fn is_digested(connection: &Connection, (site, id): (i64, u128)) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM batches WHERE site = ?1 AND id = ?2")?
        .exists(params![site, id.to_be_bytes()])
}

fn insert(connection: &Connection, site: i64, job: &Job) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO inbox (site, id, received_at, bytes, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            site,
            job.id.0.to_be_bytes(),
            integer(job.received_at),
            integer(job.bytes as u64),
            job.body,
        ])?;
    Ok(connection.last_insert_rowid())
}
