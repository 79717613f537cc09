//! The address a page has stands in no file: not in the database or its log, not in what the
//! collector prints.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use crate::support::{KEY, ORIGIN, TOKEN, batch, digested, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;
use unspoken::wire;

/// Ours alone: every machine has all of 127.0.0.0/8.
const ADDRESS: Ipv4Addr = Ipv4Addr::new(127, 83, 71, 229);
/// What a proxy would tell.
const FORWARDED: &str = "203.0.113.177";

/// Sends one request from [`ADDRESS`], and answers what came back.
async fn ask(to: SocketAddr, method: &str, path: &str, headers: &str, body: &[u8]) -> String {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((ADDRESS, 0).into()).unwrap();
    let mut stream = socket.connect(to).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {to}\r\nx-forwarded-for: {FORWARDED}\r\n\
         forwarded: for={FORWARDED}\r\nx-real-ip: {FORWARDED}\r\norigin: {ORIGIN}\r\n{headers}\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn no_address_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let (printed, complained) = (folder.path().join("stdout"), folder.path().join("stderr"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspoken"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("UNSPOKEN_")) {
        command.env_remove(name);
    }
    let mut collector = command
        .args(["serve", "--listen", "127.0.0.1:0", "--key", KEY, "--token", TOKEN])
        .args(["--origin", ORIGIN, "--log", "trace", "--db"])
        .arg(&db)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(fs::File::create(&printed).unwrap())
        .stderr(fs::File::create(&complained).unwrap())
        .spawn()
        .unwrap();
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(60);
    let address: SocketAddr = loop {
        let said = fs::read_to_string(&printed).unwrap();
        let line = said.lines().find_map(|line| line.strip_prefix("collector  http://"));
        match line.filter(|_| said.contains("dashboard")) {
            Some(address) => break address.parse().unwrap(),
            None => assert!(std::time::Instant::now() < patience, "it did not start"),
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let key = format!("/v1/batch?key={KEY}");
        for seed in 0..30 {
            let answer = ask(address, "POST", &key, "", &wire::encode(&batch(seed, 4))).await;
            assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
        }
        // Refusals are what a log likes to tell the address of.
        for (path, body, status) in [
            ("/v1/batch?key=wrong", &b"x"[..], 401),
            (key.as_str(), b"no batch", 400),
            ("/nowhere", b"", 404),
        ] {
            let answer = ask(address, "POST", path, "", body).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        }
        let bearer = format!("authorization: Bearer {TOKEN}\r\n");
        let answer = ask(address, "GET", "/v1/report", &bearer, b"").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let erase = format!("{{\"visitor\":\"{}\"}}", batch(3, 0).visitor.to_hex());
        let answer =
            ask(address, "POST", &format!("/v1/erase?key={KEY}"), "", erase.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    });
    digested(&db);
    let copy = folder.path().join("copy.db");
    assert!(run(&["backup", copy.to_str().unwrap(), "--db", db.to_str().unwrap()]).0);
    // Killed: what stands in the log of the database stays there.
    collector.kill().unwrap();
    collector.wait().unwrap();

    let forwarded: Ipv4Addr = FORWARDED.parse().unwrap();
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        files += 1;
        let bytes = fs::read(&path).unwrap();
        for address in [ADDRESS, forwarded] {
            for shape in [address.to_string().into_bytes(), address.octets().to_vec()] {
                // Four bytes may stand anywhere by chance; with 400 KB that is one in 10,000 runs.
                let found = bytes.windows(shape.len()).any(|window| window == shape);
                assert!(!found, "{address} stands in {}", path.display());
            }
        }
    }
    assert!(files >= 4, "database, copy, stdout and stderr at least");
    assert!(fs::metadata(&complained).unwrap().len() > 0, "nothing was logged at all");
}
