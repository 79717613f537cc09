//! Real collector processes on a ClickHouse, a balancer before them, and pages that send.

use std::io::{BufRead, BufReader};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use unspoken::id::Rng;
use unspoken::wire::{self, Batch, Event, What};
use unspoken_collector::store::settings::StoreSettings;

use crate::server::Server;

pub const KEY: &str = "pk_known";

/// A running `unspoken serve`. Dropped, it is killed.
pub struct Collector {
    pub address: SocketAddr,
    child: Child,
}

impl Collector {
    /// One on `store`; with `spool` it acknowledges what is synced there.
    pub fn start(store: &StoreSettings, spool: Option<&Path>) -> Collector {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspoken"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("UNSPOKEN_")) {
            command.env_remove(name);
        }
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--key", KEY, "--token", "token-known"])
            .args(["--rate", "100000", "--log", "warn", "--store-kind", "clickhouse"])
            .args(["--store-url", &store.url, "--store-database", &store.database])
            .args(["--store-user", &store.user])
            .env("UNSPOKEN_STORE_PASSWORD", store.password.text())
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        if let Some(spool) = spool {
            command.args(["--store-ack", "spool", "--store-spool"]).arg(spool);
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let address = lines.find_map(|line| line.strip_prefix("collector  http://")?.parse().ok());
        Collector { address: address.expect("it did not start"), child }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Hands each connection to one of its collectors in turn; to another where one takes none.
pub struct Balancer {
    pub address: SocketAddr,
    stop: Arc<AtomicBool>,
}

impl Balancer {
    pub fn start(collectors: Vec<SocketAddr>) -> Balancer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            for (turn, page) in listener.incoming().enumerate() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let tried =
                    (0..collectors.len()).map(|more| collectors[(turn + more) % collectors.len()]);
                let to = tried.into_iter().find_map(|address| TcpStream::connect(address).ok());
                if let (Ok(page), Some(to)) = (page, to) {
                    copy(page.try_clone().unwrap(), to.try_clone().unwrap());
                    copy(to, page);
                }
            }
        });
        Balancer { address, stop }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// A batch of `EVENTS` events; everything in it follows from `seed`.
pub fn batch(seed: u64) -> Batch {
    let mut rng = Rng::new(seed);
    Batch {
        version: wire::VERSION,
        id: rng.id(),
        visitor: rng.id(),
        session: rng.id(),
        view: 1,
        sequence: 0,
        base_ms: std::time::UNIX_EPOCH.elapsed().unwrap().as_millis() as u64 - 1_000,
        dropped: 0,
        automation: 0,
        excluded: 0,
        names: vec!["hero".to_owned()],
        events: (0..EVENTS as u32)
            .map(|at| Event { at, what: What::Click { slot: 1, role: 2, flags: 0 } })
            .collect(),
        trace: Vec::new(),
    }
}

pub const EVENTS: usize = 8;

/// Pages that send batches, each until it is acknowledged.
pub struct Pages {
    next: Arc<AtomicU64>,
    pub acknowledged: Arc<AtomicUsize>,
    pub refused: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
    sent: Arc<Mutex<Vec<u64>>>,
}

impl Pages {
    /// `count` pages that send to `address`, with seeds from `first` on.
    pub fn start(
        count: usize,
        address: impl Fn() -> SocketAddr + Send + Sync + 'static,
        first: u64,
    ) -> Pages {
        let address = Arc::new(address);
        let mut pages = Pages {
            next: Arc::new(AtomicU64::new(first)),
            acknowledged: Arc::default(),
            refused: Arc::default(),
            stop: Arc::default(),
            threads: Vec::new(),
            sent: Arc::default(),
        };
        for _ in 0..count {
            let (next, acknowledged, refused, stop, sent, address) = (
                Arc::clone(&pages.next),
                Arc::clone(&pages.acknowledged),
                Arc::clone(&pages.refused),
                Arc::clone(&pages.stop),
                Arc::clone(&pages.sent),
                Arc::clone(&address),
            );
            pages.threads.push(std::thread::spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    let body = wire::encode(&batch(seed));
                    // As the SDK: anything but an acknowledgement is tried again, with the same id.
                    while !post(address(), &body) {
                        refused.fetch_add(1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(50));
                    }
                    sent.lock().unwrap().push(seed);
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                }
            }));
        }
        pages
    }

    /// Stops when each page has its last acknowledgement; the seeds that were acknowledged.
    pub fn stop(self) -> Vec<u64> {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap();
        }
        std::mem::take(&mut *self.sent.lock().unwrap())
    }
}

/// Whether it was acknowledged.
fn post(address: SocketAddr, body: &[u8]) -> bool {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into();
    match agent.post(format!("http://{address}/v1/batch?key={KEY}")).send(body) {
        Ok(answer) => match answer.status().as_u16() {
            204 => true,
            429 | 503 => false,
            other => panic!("a page is answered {other}"),
        },
        Err(_) => false,
    }
}

/// Waits, on a slow machine too.
#[track_caller]
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(180);
    while !holds() {
        assert!(Instant::now() < patience, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Every acknowledged batch is there once, whole, and none other; as reports read them.
#[track_caller]
pub fn assert_each_once(server: &Server, database: &str, seeds: &[u64]) {
    let sql = format!(
        "SELECT lower(hex(id)), length(events.at) FROM {database}.batches FINAL ORDER BY id"
    );
    let text = String::from_utf8(server.query(&sql)).unwrap();
    let mut expected: Vec<String> =
        seeds.iter().map(|seed| format!("{}\t{EVENTS}", batch(*seed).id.to_hex())).collect();
    expected.sort();
    let found: Vec<&str> = text.lines().collect();
    assert_eq!(found.len(), expected.len());
    assert_eq!(found, expected);
}

/// How many batches a report would count.
pub fn kept(server: &Server, database: &str) -> usize {
    let sql = format!("SELECT count() FROM {database}.batches FINAL");
    String::from_utf8(server.query(&sql)).unwrap().trim().parse().unwrap()
}
