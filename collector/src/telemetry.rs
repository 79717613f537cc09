//! What the collector counts of itself, for Prometheus.
//!
//! The counters are the process's, as its memory is: one table, whoever counts. Labels come from
//! short lists (a route's pattern, a problem's kind), never from what a caller wrote, so their number
//! is bounded; and none names a site, a visitor or an address.

use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// The content type of [`Telemetry::text`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A request, as it is counted.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Of {
    of: &'static str,
}

/// The counters of this process.
pub struct Telemetry {
    registry: Registry,
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    batches: Family<Outcome, Counter>,
    bytes: Counter,
    events: Counter,
    waiting: Gauge,
    appends: Histogram,
    commits: Histogram,
    committed: Counter,
    limited: Family<Of, Counter>,
    store_errors: Counter,
    webhooks: Family<Outcome, Counter>,
    connections: Gauge,
    ready: Gauge,
}

/// The table of this process.
pub fn process() -> &'static Telemetry {
    static PROCESS: LazyLock<Telemetry> = LazyLock::new(Telemetry::new);
    &PROCESS
}

/// From half a millisecond to 16 seconds.
fn durations() -> Histogram {
    Histogram::new(exponential_buckets(0.000_5, 2.0, 16))
}

impl Telemetry {
    fn new() -> Telemetry {
        let mut registry = Registry::default();
        let started = Gauge::<f64, AtomicU64>::default();
        started.set(crate::clock::now_ms() as f64 / 1000.0);
        registry.register_with_unit(
            "process_start_time",
            "When the process counted for the first time, since 1970",
            Unit::Seconds,
            started,
        );
        let own = registry.sub_registry_with_prefix("unspoken");
        let telemetry = Telemetry {
            registry: Registry::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(durations),
            batches: Family::default(),
            bytes: Counter::default(),
            events: Counter::default(),
            waiting: Gauge::default(),
            appends: durations(),
            commits: durations(),
            committed: Counter::default(),
            limited: Family::default(),
            store_errors: Counter::default(),
            webhooks: Family::default(),
            connections: Gauge::default(),
            ready: Gauge::default(),
        };
        let all = &telemetry;
        own.register("requests", "Requests by route, method and status", all.requests.clone());
        own.register_with_unit(
            "request_duration",
            "From a request's head to its answer's",
            Unit::Seconds,
            all.durations.clone(),
        );
        own.register("batches", "Batches by outcome", all.batches.clone());
        own.register_with_unit("batch", "Bytes of stored batches", Unit::Bytes, all.bytes.clone());
        own.register("events", "Events of stored batches", all.events.clone());
        own.register("batches_waiting", "Batches that wait for the store", all.waiting.clone());
        own.register_with_unit(
            "append_duration",
            "From a decoded batch to the store's acknowledgement",
            Unit::Seconds,
            all.appends.clone(),
        );
        own.register_with_unit(
            "commit_duration",
            "Commits of the store's writer",
            Unit::Seconds,
            all.commits.clone(),
        );
        own.register("committed", "Batches in those commits", all.committed.clone());
        own.register("rate_limited", "Requests that were too fast", all.limited.clone());
        own.register("store_errors", "What the store could not do", all.store_errors.clone());
        own.register("webhooks", "Attempts to deliver webhooks by outcome", all.webhooks.clone());
        own.register("connections", "Connections that are open", all.connections.clone());
        own.register("ready", "1 where batches can be taken", all.ready.clone());
        Telemetry { registry, ..telemetry }
    }

    /// Everything, in OpenMetrics' text; `ready` is whether batches can be taken now.
    pub fn text(&self, ready: bool) -> Result<String, std::fmt::Error> {
        self.ready.set(i64::from(ready));
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }

    /// A request was answered. `route` is the pattern it matched.
    pub fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let method = ["GET", "POST", "OPTIONS", "HEAD"].into_iter().find(|it| *it == method);
        let (route, method) = (route.to_owned(), method.unwrap_or("other"));
        self.durations.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Request { route, method, status }).inc();
    }

    /// What became of a batch: `stored`, `seen`, or the kind of its problem.
    pub fn batch(&self, outcome: &'static str) {
        self.batches.get_or_create(&Outcome { outcome }).inc();
    }

    /// A batch of that weight is stored.
    pub fn stored(&self, bytes: usize, events: usize) {
        self.bytes.inc_by(bytes as u64);
        self.events.inc_by(events as u64);
    }

    /// A batch waits for the store until what is returned is dropped.
    pub fn waits(&'static self) -> Waiting {
        self.waiting.inc();
        Waiting { telemetry: self, since: Instant::now() }
    }

    /// The store's writer committed so many batches at once.
    pub fn committed(&self, batches: usize, took: Duration) {
        self.commits.observe(took.as_secs_f64());
        self.committed.inc_by(batches as u64);
    }

    /// A request was refused as too fast, by its `address` or its `key`.
    pub fn limited(&self, of: &'static str) {
        self.limited.get_or_create(&Of { of }).inc();
    }

    /// The store failed.
    pub fn store_failed(&self) {
        self.store_errors.inc();
    }

    /// What became of an attempt to deliver a webhook: `delivered`, `failed`, or `dead` where it was
    /// the last.
    pub fn webhook(&self, outcome: &'static str) {
        self.webhooks.get_or_create(&Outcome { outcome }).inc();
    }

    /// A connection is open until what is returned is dropped.
    pub fn connected(&'static self) -> Connected {
        self.connections.inc();
        Connected(self)
    }
}

/// A batch that waits for the store.
pub struct Waiting {
    telemetry: &'static Telemetry,
    since: Instant,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.telemetry.waiting.dec();
        self.telemetry.appends.observe(self.since.elapsed().as_secs_f64());
    }
}

/// An open connection.
pub struct Connected(&'static Telemetry);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.connections.dec();
    }
}
