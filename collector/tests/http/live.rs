//! `GET /v1/live`, read as a browser reads it: line by line, over one connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use unspoken::wire;
use unspoken_collector::secret::Secret;
use unspoken_collector::settings::Site;

use crate::support::{Server, TOKEN, batch};

/// Far more than anything here takes; a reader that waits so long has lost.
const PATIENCE: Duration = Duration::from_secs(60);
/// As many as `collector/src/live.rs` lets in.
const MOST: usize = 32;

/// An open stream.
struct Reader {
    lines: BufReader<TcpStream>,
    status: String,
}

impl Reader {
    fn open(server: &Server, query: &str, token: &str) -> Reader {
        let mut socket = TcpStream::connect(server.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "GET /v1/live{query} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).unwrap();
        let mut lines = BufReader::new(socket);
        let mut status = String::new();
        lines.read_line(&mut status).unwrap();
        Reader { lines, status }
    }

    fn head(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            self.lines.read_line(&mut head).unwrap();
        }
        head
    }

    /// The next event of that name.
    fn event(&mut self, name: &str) -> Value {
        let wanted = format!("event: {name}");
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "ended before {name}");
            if line.trim_end() == wanted {
                break;
            }
        }
        line.clear();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap()
    }
}

#[test]
fn a_batch_is_told_once_it_is_stored_and_its_session_listed() {
    let server = Server::start();
    let mut reader = Reader::open(&server, "", TOKEN);
    assert!(reader.status.contains("200"), "{}", reader.status);
    let head = reader.head();
    assert!(head.contains("content-type: text/event-stream"), "{head}");
    assert!(head.contains("cache-control: no-store"), "{head}");
    assert_eq!(reader.event("live")["live"].as_array().map(Vec::len), Some(0));

    let sent = batch(7, 3);
    assert_eq!(server.post(&wire::encode(&sent)).status, 204);
    // The same once more: it was stored, and is not told again.
    assert_eq!(server.post(&wire::encode(&sent)).status, 204);
    let told = reader.event("batch");
    assert_eq!((&told["batches"], &told["clicks"]), (&1.into(), &3.into()), "{told}");
    assert_eq!((&told["views"], &told["goals"]), (&0.into(), &0.into()), "{told}");
    assert!(told["at"].is_u64());
    let listed = loop {
        let list = reader.event("live");
        if let Some(session) = list["live"].as_array().and_then(|live| live.first()) {
            break session.clone();
        }
    };
    assert_eq!(listed["session"], format!("{:032x}", sent.session.0));
    assert_eq!(listed["clicks"], 3);
}

#[test]
fn nobody_hears_another_site_or_without_a_token() {
    let server = Server::start_with(|settings, _| {
        let mut other = Site::new("other", Secret::new("pk_other")).unwrap();
        other.token = Some(Secret::new("token-of-the-other"));
        settings.sites.push(Arc::new(other));
    });
    let bearer = |token: &str| format!("Bearer {token}");
    server.get("/v1/live", &[]).assert_problem(401, "token");
    server
        .get("/v1/live?site=demo", &[("authorization", &bearer("token-of-the-other"))])
        .assert_problem(403, "site");

    let mut theirs = Reader::open(&server, "", "token-of-the-other");
    let mut ours = Reader::open(&server, "", TOKEN);
    theirs.event("live");
    ours.event("live");
    assert_eq!(server.post(&wire::encode(&batch(1, 5))).status, 204);
    assert_eq!(ours.event("batch")["clicks"], 5);
    let posted = server.post_with("/v1/batch?key=pk_other", &[], &wire::encode(&batch(2, 2)));
    assert_eq!(posted.status, 204);
    // The first it hears is its own: the other site's came before and was not for it.
    assert_eq!(theirs.event("batch")["clicks"], 2);

    let sites = |token: &str| {
        let answer = server.get("/v1/sites", &[("authorization", &bearer(token))]);
        answer.json()["sites"].clone()
    };
    assert_eq!(sites(TOKEN), serde_json::json!(["demo", "other"]));
    assert_eq!(sites("token-of-the-other"), serde_json::json!(["other"]));
    server.get("/v1/sites", &[]).assert_problem(401, "token");
}

#[test]
fn readers_are_few_and_end_with_the_collector() {
    let mut server = Server::start();
    let mut readers: Vec<Reader> = (0..MOST).map(|_| Reader::open(&server, "", TOKEN)).collect();
    for reader in &mut readers {
        reader.event("live");
    }
    let bearer = format!("Bearer {TOKEN}");
    let refused = server.get("/v1/live", &[("authorization", &bearer)]);
    refused.assert_problem(503, "unwell");
    assert_eq!(refused.header("retry-after"), Some("30"));
    // One that goes makes room for one that comes, as soon as the collector has noticed.
    readers.pop();
    let end = std::time::Instant::now() + PATIENCE;
    let mut next = loop {
        let reader = Reader::open(&server, "", TOKEN);
        if reader.status.contains("200") {
            break reader;
        }
        assert!(std::time::Instant::now() < end, "the place was not given back");
        std::thread::sleep(Duration::from_millis(50));
    };
    next.event("live");
    server.begin_stop();
    // Read to the end: a stream that stays open makes this wait until its time is up, and fail.
    let mut rest = String::new();
    next.lines.read_to_string(&mut rest).unwrap();
    server.wait();
}
