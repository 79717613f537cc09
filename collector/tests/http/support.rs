//! A collector on a port of its own, and batches to send it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use unspoken::id::{Id, Rng};
use unspoken::wire::{self, Batch, Event, What};
use unspoken_collector::Settings;
use unspoken_collector::store::{
    self, Appended, Arrival, Bounds, Erased, Removed, Retention, SqliteStore, Store, StoreError,
};

pub const KEY: &str = "pk_known";
pub const TOKEN: &str = "token-known";
pub const ORIGIN: &str = "http://127.0.0.1:4180";

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    headers: ureq::http::HeaderMap,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Checks that this is a problem of that status and kind.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, kind: &str) {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:unspoken:problem:{kind}"));
        assert_eq!(problem["status"], status);
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{problem}");
    }
}

/// Sends a request. A network failure is an error, a status is not.
pub fn send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, ureq::Error> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = if body.is_empty() && method != "POST" {
        agent.run(request.body(()).unwrap())?
    } else {
        agent.run(request.body(body).unwrap())?
    };
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.body_mut().read_to_string()?,
    })
}

/// A running collector. Dropped, it stops.
pub struct Server {
    pub address: SocketAddr,
    pub folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// One with the settings of these tests.
    pub fn start() -> Server {
        Server::start_with(|_, _| {})
    }

    /// One whose settings `adjust` may change; it is given the collector's folder.
    pub fn start_with(adjust: impl FnOnce(&mut Settings, &Path)) -> Server {
        Server::start_on(adjust, |settings| Arc::new(SqliteStore::open(settings).unwrap()))
    }

    /// One on another store.
    pub fn start_on(
        adjust: impl FnOnce(&mut Settings, &Path),
        store: impl FnOnce(&Settings) -> Arc<dyn Store>,
    ) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = settings(&folder.path().join("unspoken.db"));
        settings.dashboard = folder.path().join("dashboard");
        adjust(&mut settings, folder.path());
        let store = store(&settings);
        let collector = unspoken_collector::prepare_with_store(settings, store).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                let shutdown = async move {
                    let _ = stopped.await;
                };
                collector.run(listener, shutdown).await.unwrap();
            });
        });
        Server { address, folder, stop: Some(stop), thread: Some(thread) }
    }

    pub fn db(&self) -> PathBuf {
        self.folder.path().join("unspoken.db")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        send("GET", &self.url(path), headers, &[]).unwrap()
    }

    pub fn post(&self, body: &[u8]) -> Answer {
        post(self.address, body)
    }

    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        send("POST", &self.url(path), headers, body).unwrap()
    }

    /// Asks it to stop, and says without waiting.
    pub fn begin_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Waits until it has stopped.
    pub fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.begin_stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub fn settings(db: &Path) -> Settings {
    let mut settings = Settings::new(db, "demo", KEY, TOKEN).unwrap();
    settings.allow_origin(ORIGIN).unwrap();
    settings.rate = 10_000;
    settings
}

/// Posts with the right key, as a program that is no browser.
pub fn post(address: SocketAddr, body: &[u8]) -> Answer {
    send("POST", &format!("http://{address}/v1/batch?key={KEY}"), &[], body).unwrap()
}

/// ms since 1970.
pub fn now_ms() -> u64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64
}

/// A batch of `count` events; everything in it follows from `seed`.
pub fn batch(seed: u64, count: usize) -> Batch {
    let mut rng = Rng::new(seed);
    let click =
        |at: usize| Event { at: at as u32, what: What::Click { slot: 1, role: 2, flags: 0 } };
    Batch {
        version: wire::VERSION,
        id: rng.id(),
        visitor: rng.id(),
        session: rng.id(),
        view: 1,
        sequence: 0,
        base_ms: now_ms() - 1_000,
        dropped: 3,
        automation: 0,
        excluded: 0,
        names: vec!["hero".to_owned()],
        events: (0..count).map(click).collect(),
        trace: Vec::new(),
    }
}

/// The database, once the collector that runs on it has digested its inbox.
#[track_caller]
pub fn digested(db: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(db).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    let patience = Instant::now() + Duration::from_secs(60);
    while connection
        .query_row("SELECT count(*) FROM inbox", [], |row| row.get::<_, i64>(0))
        .unwrap()
        > 0
    {
        assert!(Instant::now() < patience, "the inbox is not digested");
        std::thread::sleep(Duration::from_millis(2));
    }
    connection
}

/// How often the database holds a batch, and with how many events.
#[track_caller]
pub fn stored(db: &Path, id: Id) -> (usize, usize) {
    let connection = digested(db);
    let id = id.0.to_be_bytes();
    let count =
        |sql: &str| connection.query_row(sql, [id], |row| row.get::<_, i64>(0)).unwrap() as usize;
    (
        count("SELECT count(*) FROM batches WHERE id = ?1"),
        count("SELECT count(*) FROM events JOIN batches USING (batch) WHERE id = ?1"),
    )
}

/// Keeps every other writer out of the database until it is dropped.
pub struct Lock(rusqlite::Connection);

impl Lock {
    pub fn take(db: &Path) -> Lock {
        let connection = rusqlite::Connection::open(db).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        Lock(connection)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.execute_batch("ROLLBACK").unwrap();
    }
}

/// The real store, counting what it is asked, so that a test need not guess how long a request
/// takes to get there.
pub struct Watched {
    inner: SqliteStore,
    begun: Arc<AtomicUsize>,
}

impl Watched {
    /// One with bounds of the caller's.
    pub fn start_within(bounds: Bounds) -> (Server, Arc<AtomicUsize>) {
        let begun = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&begun);
        let open = move |settings: &Settings| SqliteStore::open_within(settings, bounds).unwrap();
        let server = Server::start_on(
            |_, _| {},
            |settings| Arc::new(Watched { inner: open(settings), begun: counter }),
        );
        (server, begun)
    }

    pub fn start(adjust: impl FnOnce(&mut Settings, &Path)) -> (Server, Arc<AtomicUsize>) {
        let begun = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&begun);
        let server = Server::start_on(adjust, |settings| {
            Arc::new(Watched { inner: SqliteStore::open(settings).unwrap(), begun: counter })
        });
        (server, begun)
    }
}

impl Store for Watched {
    fn append(&self, arrival: Arrival) -> store::Answer<'_, Appended> {
        Box::pin(async move {
            let mut appending = self.inner.append(arrival);
            // Once polled it stands in the queue, or has been refused.
            let mut counted = false;
            std::future::poll_fn(|context| {
                let polled = appending.as_mut().poll(context);
                if !std::mem::replace(&mut counted, true) {
                    self.begun.fetch_add(1, Ordering::SeqCst);
                }
                polled
            })
            .await
        })
    }

    fn ask(&self, ask: store::Ask, each: store::Each) -> store::Answer<'_, ()> {
        self.inner.ask(ask, each)
    }

    fn erase(&self, site: &str, visitor: Id) -> store::Answer<'_, Erased> {
        self.inner.erase(site, visitor)
    }

    fn retain(&self, site: &str, retention: Retention, now_ms: u64) -> store::Answer<'_, Removed> {
        self.inner.retain(site, retention, now_ms)
    }

    fn health(&self) -> Result<(), StoreError> {
        self.inner.health()
    }

    fn close(&self) -> store::Answer<'_, ()> {
        self.inner.close()
    }
}

/// Waits until `count` requests have reached the store.
#[track_caller]
pub fn wait_for(begun: &AtomicUsize, count: usize) {
    let patience = Instant::now() + Duration::from_secs(10);
    while begun.load(Ordering::SeqCst) < count {
        assert!(Instant::now() < patience, "{begun:?} of {count} requests came");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs the `unspoken` program: whether it went well, what it printed, what it complained of.
pub fn run(args: &[&str]) -> (bool, String, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_unspoken"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("UNSPOKEN_")) {
        command.env_remove(name);
    }
    let ran = command.args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.success(), text(ran.stdout), text(ran.stderr))
}
