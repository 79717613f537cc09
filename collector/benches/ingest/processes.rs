//! The processes of the bench: the bare server, the collector, and the load generator.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use axum::serve::ListenerExt;

const UNSPOKEN: &str = env!("CARGO_BIN_EXE_unspoken");
const KEY: &str = "pk_bench";
const TOKEN: &str = "token-of-the-bench";

/// Reads a body whole, as a handler that keeps it must, and keeps nothing.
pub fn bare() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("collector  http://{}", listener.local_addr().unwrap());
        let app = Router::new().route(
            "/v1/batch",
            post(async |body: Bytes| {
                std::hint::black_box(&body);
                StatusCode::NO_CONTENT
            }),
        );
        let listener = listener.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, app).await.unwrap();
    });
}

/// A server under load. Dropped, it is killed and its database removed.
pub struct Server {
    child: Child,
    url: String,
    is_bare: bool,
    /// Held open: a server whose printing fails may end.
    _printed: BufReader<ChildStdout>,
    _folder: tempfile::TempDir,
}

/// What one run of the load generator says.
pub struct Load {
    pub rate: f64,
    pub p50: f64,
    pub p99: f64,
    pub acknowledged: u64,
    /// µs of the processor that the server took for each, in all its threads: unlike the others it
    /// hardly depends on what else the machine does. What is digested after the round is left out.
    pub cpu: f64,
    /// Answers other than 204.
    pub others: u64,
    pub broken: u64,
}

impl Server {
    pub fn bare() -> Server {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("--bare");
        Server::start(command, true, tempfile::tempdir().unwrap())
    }

    pub fn collector(settings: Option<&Path>) -> Server {
        // On the disk that the build is on: a temporary folder may be memory.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let mut command = Command::new(UNSPOKEN);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--key", KEY, "--rate", "1000000"])
            .args(["--limits-connections", "2000", "--log", "error", "--db"])
            .arg(folder.path().join("unspoken.db"))
            .env("UNSPOKEN_TOKEN", TOKEN);
        if let Some(settings) = settings {
            command.arg("--settings").arg(settings);
        }
        Server::start(command, false, folder)
    }

    fn start(mut command: Command, is_bare: bool, folder: tempfile::TempDir) -> Server {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        printed.read_line(&mut first).unwrap();
        let url = first.trim_end().strip_prefix("collector  ").expect("an address").to_owned();
        Server { child, url, is_bare, _printed: printed, _folder: folder }
    }

    /// Sends it batches.
    pub fn load(&self, connections: u32, seconds: u64, per_second: Option<u32>) -> Load {
        let mut command = Command::new(UNSPOKEN);
        command.args(["load", "--json", "--key", KEY, "--url", &self.url]).args([
            "--connections",
            &connections.to_string(),
            "--seconds",
            &seconds.to_string(),
        ]);
        if let Some(rate) = per_second {
            command.args(["--per-second", &rate.to_string()]);
        }
        let before = self.ticks();
        let ran = command.output().unwrap();
        let micros = (self.ticks() - before) * 10_000.0;
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "the load generator failed: {said}");
        let told: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
        let number = |key: &str| told[key].as_f64().unwrap();
        let statuses = told["statuses"].as_object().unwrap();
        Load {
            cpu: micros / number("acknowledged").max(1.0),
            rate: number("perSecond"),
            p50: number("p50Ms"),
            p99: number("p99Ms"),
            acknowledged: told["acknowledged"].as_u64().unwrap(),
            others: statuses
                .iter()
                .filter(|(status, _)| *status != "204")
                .filter_map(|(_, count)| count.as_u64())
                .sum(),
            broken: told["broken"].as_u64().unwrap(),
        }
    }

    /// Waits until what was sent is digested: a report waits for that.
    pub fn settle(&self) {
        if self.is_bare {
            return;
        }
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let patience = Instant::now() + Duration::from_secs(300);
        loop {
            let asked = agent
                .get(format!("{}/v1/report?minutes=1", self.url))
                .header("authorization", format!("Bearer {TOKEN}"))
                .call();
            match asked {
                Ok(answer) if answer.status() == 200 => return,
                other => assert!(Instant::now() < patience, "the inbox is not digested: {other:?}"),
            }
        }
    }

    /// Hundredths of a second of the processor, so far.
    fn ticks(&self) -> f64 {
        let path = format!("/proc/{}/stat", self.child.id());
        let text = std::fs::read_to_string(path).unwrap_or_default();
        // After the name in brackets; then user and system time are the 12th and 13th.
        let fields = text.rsplit(") ").next().unwrap_or_default().split(' ');
        fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum()
    }

    fn status(&self, name: &str) -> f64 {
        let path = format!("/proc/{}/status", self.child.id());
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<f64>().unwrap_or_default() / 1024.0
    }

    /// The most memory it ever had.
    pub fn peak_mib(&self) -> f64 {
        self.status("VmHWM:")
    }

    /// The memory it has.
    pub fn resident_mib(&self) -> f64 {
        self.status("VmRSS:")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What it was measured on.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or("?").to_owned();
    format!(
        "{} ({cores} cores shared by server and load generator; load average before: {load})",
        model.unwrap_or("a machine")
    )
}
