//! The real `unspoken` program: how it starts, what it prints, what it keeps to itself.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::support::{KEY, TOKEN, batch, post, send};
use unspoken::wire;

/// A running `unspoken serve`. Dropped, it is killed.
pub struct Binary {
    pub address: SocketAddr,
    printed: Vec<String>,
    child: Child,
}

impl Binary {
    pub fn start(db: &Path, more: &[&str]) -> Binary {
        let mut child = serve(db).args(["--listen", "127.0.0.1:0"]).args(more).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let count = if more.contains(&"--metrics-listen") { 3 } else { 2 };
        let printed: Vec<String> = lines.by_ref().take(count).map(Result::unwrap).collect();
        assert_eq!(printed.len(), count, "it did not start");
        let address = printed[0].split_once("://").unwrap().1.parse().unwrap();
        Binary { address, printed, child }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Where it said that Prometheus finds its metrics.
    pub fn metrics_address(&self) -> SocketAddr {
        let line = self.printed.iter().find_map(|line| line.strip_prefix("metrics    http://"));
        line.unwrap().strip_suffix("/metrics").unwrap().parse().unwrap()
    }

    /// Sends it a signal, by its name.
    #[cfg(unix)]
    pub fn signal(&mut self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// SIGTERM; whether it ended well, and its log.
    #[cfg(unix)]
    pub fn terminate(mut self) -> (bool, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().success(), stderr)
    }
}

impl Drop for Binary {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(db: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspoken"));
    for (name, _) in std::env::vars() {
        if name.starts_with("UNSPOKEN_") {
            command.env_remove(name);
        }
    }
    command
        .args(["serve", "--key", KEY, "--token", TOKEN, "--db"])
        .arg(db)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[track_caller]
fn assert_refused(output: &Output, sentence: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains(sentence), "{stderr}");
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    assert!(output.stdout.is_empty());
}

#[test]
#[cfg(unix)]
fn it_says_where_it_is_logs_no_secret_and_stops_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let collector = Binary::start(&db, &["--log", "trace"]);
    assert_eq!(collector.printed[1], format!("dashboard  http://{}/dashboard", collector.address));
    assert_eq!(post(collector.address, &wire::encode(&batch(1, 1))).status, 204);
    assert_eq!(post(collector.address, b"no batch").status, 400);
    let url = format!("http://{}/v1/report?minutes=5", collector.address);
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(send("GET", &url, &[("authorization", &bearer)], &[]).unwrap().status, 200);
    let (well, log) = collector.terminate();
    assert!(well, "{log}");
    assert!(log.contains("/v1/batch"), "the log is empty, so this test shows nothing: {log}");
    assert!(!log.contains(KEY) && !log.contains(TOKEN), "{log}");
    // The last connection has folded the write-ahead log into the file.
    assert!(!folder.path().join("unspoken.db-wal").exists());
}

#[test]
fn settings_come_from_the_environment_too() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut child = Command::new(env!("CARGO_BIN_EXE_unspoken"))
        .arg("serve")
        .current_dir(folder.path())
        .env("UNSPOKEN_PORT", port.to_string())
        .env("UNSPOKEN_KEY", "pk_env")
        .env("UNSPOKEN_ORIGIN", "https://a.example,https://b.example")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let printed: Vec<String> = lines.take(3).map(Result::unwrap).collect();
    let token = printed[2].strip_prefix("token      ").unwrap();
    let url = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let origin = [("origin", "https://b.example")];
    let taken =
        send("POST", &url("/v1/batch?key=pk_env"), &origin, &wire::encode(&batch(1, 1))).unwrap();
    let bearer = format!("Bearer {token}");
    let report = send("GET", &url("/v1/report"), &[("authorization", &bearer)], &[]).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(printed[0], format!("collector  http://127.0.0.1:{port}"));
    assert_eq!(taken.status, 204);
    assert_eq!(report.status, 200);
    assert!(folder.path().join(".unspoken/unspoken.db").is_file());
}

#[test]
fn a_taken_port_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap().to_string();
    let output = serve(&db).args(["--listen", &address]).output().unwrap();
    assert_refused(
        &output,
        &format!(
            "{address} is taken: stop the other program, or choose another port with --listen or UNSPOKEN_PORT"
        ),
    );
    assert!(!db.exists(), "it made a database though it cannot run");
}

#[test]
fn what_cannot_be_opened_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no database, and no JSON").unwrap();
    let listen = ["--listen", "127.0.0.1:0"];

    let output = serve(&file.join("in/a/file/x.db")).args(listen).output().unwrap();
    assert_refused(&output, "cannot open the database");
    let output = serve(&file).args(listen).output().unwrap();
    assert_refused(&output, "file is not a database");

    let db = folder.path().join("unspoken.db");
    let config = |path: &Path| serve(&db).args(listen).arg("--config").arg(path).output().unwrap();
    assert_refused(&config(&folder.path().join("absent.json")), "absent.json");
    assert_refused(&config(&file), "it is not JSON");

    let output = serve(&db).args(listen).args(["--origin", "*"]).output().unwrap();
    assert_refused(&output, "the origin \"*\"");
    let output = serve(&db).args(listen).args(["--token", "short"]).output().unwrap();
    assert_refused(&output, "the token is not 8 or more");
}
