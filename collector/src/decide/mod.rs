//! Decisions without a page: for an e-mail, an app, a call centre.
//!
//! It is the core that pages run, with the same config, so a profile gets the decision that its
//! browser would make at the beginning of a page view. What is asked is read in [`asked`]; here the
//! core runs. A compiled config is full of `Rc`, so it stays on the thread that compiled it: a few
//! threads of their own each keep what they compiled last.

pub mod asked;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::oneshot;
use unspoken::config::{Config, Shared};
use unspoken::engine::Opening;
use unspoken::value::Value;

use crate::config_versions::Served;

/// Threads that decide, at most. A decision takes some tenths of a millisecond, so one keeps up with
/// thousands a second; the second is there while the first compiles.
const THREADS: usize = 2;
/// Questions that wait; the next is answered 429.
const QUEUE: usize = 64;
/// Compiled configs that a thread keeps. Sites are few, and each has one or two in service.
const COMPILED: usize = 8;

/// What is decided for one profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// The decision of each slot, by its name; as `visit.decisions` of `unspoken/node`.
    pub decisions: Value,
    /// What to keep, and to ask with the next time.
    pub profile: Value,
}

/// Why nothing was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// Too many questions wait.
    #[error("too many decisions are asked for at once")]
    Busy,
    /// The config in service is no JSON object, or the core stopped.
    #[error("the core stopped; the log says more")]
    Stopped,
}

/// A question.
struct Job {
    site: Arc<str>,
    config: Arc<Served>,
    told: Value,
    slots: Option<Vec<String>>,
    answer: oneshot::Sender<Result<Decided, DecideError>>,
}

/// The threads that decide; they start with the first question.
#[derive(Default)]
pub struct Decider {
    jobs: OnceLock<SyncSender<Job>>,
}

impl std::fmt::Debug for Decider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Decider")
    }
}

impl Decider {
    /// Decides what `config` has for `told` (as [`Opening::new`] takes it); of the named slots, or of
    /// all. A name that is no slot gets the default, as it does from `unspoken/node`.
    pub async fn decide(
        &self,
        site: Arc<str>,
        config: Arc<Served>,
        told: Value,
        slots: Option<Vec<String>>,
    ) -> Result<Decided, DecideError> {
        let (answer, decided) = oneshot::channel();
        let job = Job { site, config, told, slots, answer };
        self.jobs.get_or_init(start).try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => DecideError::Busy,
            TrySendError::Disconnected(_) => DecideError::Stopped,
        })?;
        decided.await.map_err(|_| DecideError::Stopped)?
    }
}

fn start() -> SyncSender<Job> {
    let (sender, receiver) = mpsc::sync_channel(QUEUE);
    let receiver = Arc::new(Mutex::new(receiver));
    for number in 0..THREADS {
        let receiver = Arc::clone(&receiver);
        let named = std::thread::Builder::new().name(format!("unspoken-decide-{number}"));
        if let Err(error) = named.spawn(move || run(&receiver)) {
            tracing::error!("a thread that decides could not be started: {error}");
        }
    }
    sender
}

/// Answers until the collector is gone.
fn run(jobs: &Mutex<Receiver<Job>>) {
    let mut compiled = Compiled::default();
    loop {
        // A guard in a `match` would be held while the core runs.
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            compiled.of(&job).map(|config| decide(config, &job.told, job.slots.as_deref()))
        }));
        let outcome = outcome.unwrap_or_else(|_| {
            tracing::error!("the core panicked in a decision for {}", job.site);
            compiled = Compiled::default();
            Err(DecideError::Stopped)
        });
        // Who does not wait any more is told nothing.
        let _ = job.answer.send(outcome);
    }
}

/// Whose config it is, its version, and its digest.
type Which = (Arc<str>, u64, String);

/// Configs as this thread compiled them, the one that was used last at the end.
#[derive(Default)]
struct Compiled(Vec<(Which, Shared)>);

impl Compiled {
    fn of(&mut self, job: &Job) -> Result<Shared, DecideError> {
        let Served { version, digest, json } = &*job.config;
        let at = self.0.iter().position(|((site, number, of), _)| {
            *site == job.site && number == version && of == digest
        });
        let entry = match at {
            Some(at) => self.0.remove(at),
            None => {
                let value = std::str::from_utf8(json).ok().and_then(|it| Value::parse(it).ok());
                let value = value.ok_or_else(|| {
                    tracing::error!("version {version} of {}'s config is no JSON", job.site);
                    DecideError::Stopped
                })?;
                if self.0.len() >= COMPILED {
                    self.0.remove(0);
                }
                // What has a mistake is left out, as in the page.
                let config = Config::compile_all(&value).0;
                ((Arc::clone(&job.site), *version, digest.clone()), config.shared())
            }
        };
        let config = entry.1.clone();
        self.0.push(entry);
        Ok(config)
    }
}

/// Opens a page view and asks it.
fn decide(config: Shared, told: &Value, slots: Option<&[String]>) -> Decided {
    let opening = Opening::new(config.clone(), told);
    let engine = &opening.engine;
    let mut decisions = Value::map();
    match slots {
        None => {
            for (at, slot) in config.slots.iter().enumerate() {
                decisions.put(&slot.id, engine.decision_at(at));
            }
        }
        Some(slots) => {
            for slot in slots {
                decisions.put(slot, engine.decision(slot).unwrap_or_else(|| no_slot(slot)));
            }
        }
    }
    Decided { decisions, profile: opening.snapshot() }
}

/// The default, decided by nobody: `defaultDecision` of js/src/inert.ts.
fn no_slot(slot: &str) -> Value {
    Value::map()
        .with("slot", slot)
        .with("variant", "default")
        .with("rule", Value::Null)
        .with("by", Value::Null)
        .with("reason", "The default stands: there is no such slot.")
        .with("at", 0.0)
        .with("shown", "default")
        .with("present", false)
        .with("seen", false)
        .with("waits", Value::Null)
}
