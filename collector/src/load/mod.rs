//! The load generator: many connections, each of which posts a batch, waits for the answer, and
//! posts the next, as so many pages would that have much to say.
//!
//! A page that is told to come again (429) waits as long as it is told and sends the same batch, so
//! nothing is counted as acknowledged that was not, and nothing is lost on this side either.

mod batches;
mod connection;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::Uri;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

pub use batches::Batches;

/// The longest answer that is told apart, in µs.
const LONGEST_MICROS: u64 = 120_000_000;
/// Histograms that connections share, so that they rarely wait for each other.
const SHARDS: usize = 8;

/// What load is made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The collector's address, `http://HOST:PORT`.
    pub url: Uri,
    /// The site's key.
    pub key: String,
    /// Connections, each with one batch on its way.
    pub connections: usize,
    /// How long batches are sent.
    pub length: Duration,
    /// Batches a second of all connections together; `None`: as many as are answered.
    pub per_second: Option<f64>,
    /// What ids follow from; no two runs against one collector may have the same.
    pub seed: u64,
}

/// What became of it.
#[derive(Debug)]
pub struct Outcome {
    /// How long it took, the last answers included.
    pub length: Duration,
    /// Batches that were answered 204.
    pub acknowledged: u64,
    /// Answers by status.
    pub statuses: BTreeMap<u16, u64>,
    /// Connections that broke or could not be made.
    pub broken: u64,
    /// The last reason of these.
    pub why: Option<String>,
    /// Times from sending a batch to its 204, in µs.
    pub times: Histogram<u64>,
    /// Mean length of a batch, in bytes.
    pub mean_bytes: f64,
}

/// What connections add up.
struct Tally {
    batches: Batches,
    shards: Vec<Mutex<Shard>>,
    broken: AtomicU64,
    why: Mutex<Option<String>>,
}

struct Shard {
    statuses: BTreeMap<u16, u64>,
    times: Histogram<u64>,
}

impl Tally {
    fn answered(&self, connection: usize, status: u16, took: Duration) {
        let shard = &self.shards[connection % SHARDS];
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        *shard.statuses.entry(status).or_default() += 1;
        if status == 204 {
            shard.times.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        }
    }

    fn broke(&self, why: String) {
        self.broken.fetch_add(1, Ordering::Relaxed);
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
    }
}

/// Makes the load. The error is a sentence that says what to do.
pub async fn run(plan: Plan) -> Result<Outcome, String> {
    let target = Arc::new(connection::Target::new(&plan.url, &plan.key)?);
    let histogram = || {
        Histogram::new_with_bounds(1, LONGEST_MICROS, 3)
            .map(|times| Mutex::new(Shard { statuses: BTreeMap::new(), times }))
            .map_err(|error| error.to_string())
    };
    let tally = Arc::new(Tally {
        batches: Batches::new(plan.seed, crate::clock::now_ms())?,
        shards: std::iter::repeat_with(histogram).take(SHARDS).collect::<Result<_, _>>()?,
        broken: AtomicU64::new(0),
        why: Mutex::default(),
    });
    let begun = Instant::now();
    let pace = plan
        .per_second
        .map(|rate| Duration::from_secs_f64(plan.connections as f64 / rate.max(f64::MIN_POSITIVE)));
    let connections: Vec<_> = (0..plan.connections)
        .map(|number| {
            let share = number as f64 / plan.connections as f64;
            let run = connection::Run {
                number,
                until: begun + plan.length,
                pace: pace.map(|pace| (begun + pace.mul_f64(share), pace)),
            };
            tokio::spawn(connection::post(Arc::clone(&target), Arc::clone(&tally), run))
        })
        .collect();
    for connection in connections {
        connection.await.map_err(|error| error.to_string())?;
    }
    let length = begun.elapsed();
    let mut statuses = BTreeMap::new();
    let mut times = Histogram::new_with_bounds(1, LONGEST_MICROS, 3).map_err(|e| e.to_string())?;
    for shard in &tally.shards {
        let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        shard.statuses.iter().for_each(|(status, count)| {
            *statuses.entry(*status).or_default() += count;
        });
        times.add(&shard.times).map_err(|error| error.to_string())?;
    }
    Ok(Outcome {
        length,
        acknowledged: statuses.get(&204).copied().unwrap_or_default(),
        statuses,
        broken: tally.broken.load(Ordering::Relaxed),
        why: tally.why.lock().unwrap_or_else(PoisonError::into_inner).take(),
        times,
        mean_bytes: tally.batches.mean_bytes(),
    })
}

impl Outcome {
    /// Acknowledged batches a second.
    pub fn per_second(&self) -> f64 {
        self.acknowledged as f64 / self.length.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The time within which this share of the acknowledged were answered, in ms.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        self.times.value_at_quantile(share) as f64 / 1_000.0
    }

    /// For programs: `{ seconds, acknowledged, perSecond, p50Ms, p99Ms, maxMs, statuses, broken, why,
    /// meanBytes }`.
    pub fn to_json(&self) -> Value {
        let statuses: BTreeMap<String, u64> =
            self.statuses.iter().map(|(status, count)| (status.to_string(), *count)).collect();
        json!({
            "seconds": self.length.as_secs_f64(),
            "acknowledged": self.acknowledged,
            "perSecond": self.per_second(),
            "p50Ms": self.quantile_ms(0.5),
            "p99Ms": self.quantile_ms(0.99),
            "maxMs": self.times.max() as f64 / 1_000.0,
            "statuses": statuses,
            "broken": self.broken,
            "why": self.why,
            "meanBytes": self.mean_bytes,
        })
    }
}
