//! A visitor is erased: by their own page, by the site's owner, from the command line. Nothing of
//! them stays, in no file, and nothing comes back.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{KEY, ORIGIN, Server, TOKEN, batch, digested, post, run};
use unspoken::id::Id;
use unspoken::wire::{self, Batch, Event, What};

/// A batch of a visitor's, with a path that nobody else has.
fn of(visitor: u128, seed: u64) -> Batch {
    let mut batch = batch(seed, 3);
    batch.visitor = Id(visitor);
    batch.session = Id(visitor ^ 1);
    batch.names.push(path(visitor));
    let what = What::Page { path: 2, kind: 0, item: 0 };
    batch.events.push(Event { at: 5, what });
    batch
}

fn path(visitor: u128) -> String {
    format!("/secret/{visitor:x}")
}

/// An id that looks like the others.
fn someone(number: u64) -> u128 {
    batch(1_000_000 + number, 0).visitor.0
}

fn erase(server: &Server, visitor: u128) -> serde_json::Value {
    let body = serde_json::json!({ "visitor": Id(visitor).to_hex() }).to_string();
    let answer = server.post_with(
        &format!("/v1/erase?key={KEY}"),
        &[("origin", ORIGIN), ("content-type", "application/json")],
        body.as_bytes(),
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    answer.json()
}

fn rows(server: &Server, visitor: u128) -> Vec<serde_json::Value> {
    let bearer = format!("Bearer {TOKEN}");
    let path = format!("/v1/visitors/{}", Id(visitor).to_hex());
    let answer = server.get(&path, &[("authorization", &bearer)]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    answer.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn count(db: &Path, sql: &str) -> i64 {
    digested(db).query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Whether bytes stand in any file of the folder but the one for shared memory, which has no rows.
fn found(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|file| file.is_file())
        .filter(|file| {
            std::fs::read(file).unwrap().windows(bytes.len()).any(|window| window == bytes)
        })
        .map(|file| file.display().to_string())
        .collect()
}

#[test]
fn a_visitor_is_erased_and_stays_erased() {
    let server = Server::start();
    let (gone, other) = (someone(1), someone(2));
    for seed in 1..=4 {
        assert_eq!(server.post(&wire::encode(&of(gone, seed))).status, 204);
    }
    assert_eq!(server.post(&wire::encode(&of(other, 9))).status, 204);
    let kept = rows(&server, gone);
    assert_eq!(kept.len(), 4 + 4 * 4 + 1, "{kept:?}");
    assert!(kept.iter().any(|row| row["row"]["path"] == path(gone)));
    assert!(kept.iter().all(|row| row["at"].is_u64() && row["table"].is_string()));

    let receipt = erase(&server, gone);
    assert_eq!(receipt["site"], "demo");
    assert_eq!(receipt["receipt"].as_str().unwrap().len(), 32);
    assert_eq!(
        receipt["removed"],
        serde_json::json!({ "batches": 4, "events": 16, "lessons": 0, "forecasts": 0, "traces": 0,
                            "sessions": 1 })
    );
    assert!(!receipt.to_string().contains(&Id(gone).to_hex()), "a receipt names nobody");
    assert_eq!(rows(&server, gone), Vec::<serde_json::Value>::new());
    assert_eq!(rows(&server, other).len(), 1 + 4 + 1);

    // What was on its way, a first time and again, is answered and not kept.
    for seed in [4, 5, 5] {
        assert_eq!(server.post(&wire::encode(&of(gone, seed))).status, 204);
        digested(&server.db());
    }
    assert_eq!(rows(&server, gone), Vec::<serde_json::Value>::new());
    assert_eq!(count(&server.db(), "SELECT refused FROM erased"), 3);
    assert_eq!(count(&server.db(), "SELECT count(*) FROM batches"), 1);
}

#[test]
fn who_was_never_there_gets_the_same_receipt() {
    let server = Server::start();
    let unknown = erase(&server, someone(3));
    assert_eq!(unknown["removed"].as_object().unwrap().len(), 6);
    assert!(unknown["removed"].as_object().unwrap().values().all(|rows| rows == 0));
    assert_eq!(erase(&server, someone(3))["visitor"], unknown["visitor"]);
    assert_ne!(erase(&server, someone(3))["receipt"], unknown["receipt"]);
}

/// Visitors enough that SQLite splits and joins its pages, which leaves copies of rows in them.
#[test]
fn nothing_readable_stays_in_a_file() {
    let server = Server::start();
    let visitors: Vec<u128> = (0..200).map(someone).collect();
    for round in 0..3 {
        for (number, visitor) in visitors.iter().enumerate() {
            let bytes = wire::encode(&of(*visitor, 500 + round * 1_000 + number as u64));
            assert_eq!(server.post(&bytes).status, 204);
        }
    }
    // Of some it is certain that they stand in the files at first.
    digested(&server.db());
    assert!(!found(server.folder.path(), &visitors[0].to_be_bytes()).is_empty());
    for visitor in visitors.iter().step_by(8) {
        let receipt = erase(&server, *visitor);
        assert_eq!(receipt["removed"]["batches"], 3);
        for bytes in [
            visitor.to_be_bytes().to_vec(),
            path(*visitor).into_bytes(),
            Id(*visitor).to_hex().into_bytes(),
        ] {
            assert_eq!(found(server.folder.path(), &bytes), Vec::<String>::new());
        }
    }
    assert_eq!(rows(&server, visitors[1]).len(), 3 + 12 + 1);
    let sound = digested(&server.db())
        .query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))
        .unwrap();
    assert_eq!(sound, "ok");
}

#[test]
fn who_may_erase_and_who_may_not() {
    let server = Server::start();
    let body = format!("{{\"visitor\":\"{}\"}}", Id(someone(4)).to_hex());
    let with = |path: &str, headers: &[(&str, &str)], body: &str| {
        server.post_with(path, headers, body.as_bytes())
    };
    let bearer = format!("Bearer {TOKEN}");
    let owner = [("authorization", bearer.as_str())];
    assert_eq!(with("/v1/erase", &owner, &body).status, 200);
    with("/v1/erase", &[], &body).assert_problem(401, "key");
    with("/v1/erase?key=pk_wrong", &[], &body).assert_problem(401, "key");
    with("/v1/erase", &[("authorization", "Bearer wrong-token")], &body)
        .assert_problem(401, "token");
    with(&format!("/v1/erase?key={KEY}"), &[("origin", "https://evil.example")], &body)
        .assert_problem(403, "origin");
    for wrong in ["", "{}", "{\"visitor\":\"abc\"}", "{\"visitor\":7}", "[]", "{\"visitors\":\"\"}"]
    {
        with("/v1/erase", &owner, wrong).assert_problem(400, "malformed");
    }
    with("/v1/erase", &owner, &" ".repeat(2_000)).assert_problem(413, "too-large");
    let path = format!("/v1/visitors/{}", Id(someone(4)).to_hex());
    server.get(&path, &[]).assert_problem(401, "token");
    server.get("/v1/visitors/abc", &owner).assert_problem(400, "malformed");
}

#[test]
fn the_command_line_erases_beside_a_collector() {
    let server = Server::start();
    let (gone, other) = (someone(5), someone(6));
    for (visitor, seed) in [(gone, 21), (gone, 22), (other, 23)] {
        assert_eq!(server.post(&wire::encode(&of(visitor, seed))).status, 204);
    }
    let db = server.db();
    let db = db.to_str().unwrap();
    let (hex, other) = (Id(gone).to_hex(), Id(other).to_hex());
    let (ok, printed, _) = run(&["export", "--visitor", &hex, "--db", db]);
    assert!(ok);
    assert_eq!(printed.lines().count(), 2 + 8 + 1);
    let (ok, printed, complaint) = run(&["erase", &hex, "--db", db]);
    assert!(ok, "{complaint}");
    let receipt: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(receipt["removed"]["batches"], 2);
    assert_eq!(run(&["export", "--visitor", &hex, "--db", db]).1, "");
    assert_eq!(run(&["export", "--visitor", &other, "--db", db]).1.lines().count(), 1 + 4 + 1);
    assert_eq!(server.post(&wire::encode(&of(gone, 24))).status, 204);
    assert_eq!(rows(&server, gone), Vec::<serde_json::Value>::new());
    assert_eq!(found(server.folder.path(), &gone.to_be_bytes()), Vec::<String>::new());
    let (ok, _, complaint) = run(&["erase", "abc", "--db", db]);
    assert!(!ok && complaint.contains("32 hex digits"), "{complaint}");
}

/// The mark is there and nothing else was done: what a kill in the middle leaves.
#[test]
fn an_erasure_that_was_cut_off_is_carried_out_at_the_next_start() {
    let mut server = Server::start();
    let (gone, other) = (someone(7), someone(8));
    for (visitor, seed) in [(gone, 31), (other, 32)] {
        assert_eq!(server.post(&wire::encode(&of(visitor, seed))).status, 204);
    }
    digested(&server.db());
    server.begin_stop();
    server.wait();
    let connection = rusqlite::Connection::open(server.db()).unwrap();
    let digest = unspoken_collector::store::lifecycle::digest(Id(gone));
    connection
        .execute("INSERT INTO erased VALUES (1, ?1, 5, ?2, 0, 0)", (digest, i64::MAX))
        .unwrap();
    drop(connection);

    let again = crate::binary::Binary::start(&server.db(), &["--log", "error"]);
    let patience = Instant::now() + Duration::from_secs(60);
    while count(&server.db(), "SELECT count(*) FROM batches") > 1
        || count(&server.db(), "SELECT stage FROM erased") < 2
    {
        assert!(Instant::now() < patience, "it was not carried out");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(found(server.folder.path(), &gone.to_be_bytes()), Vec::<String>::new());
    assert_eq!(post(again.address, &wire::encode(&of(gone, 33))).status, 204);
    assert_eq!(count(&server.db(), "SELECT count(*) FROM batches"), 1);
}
