//! Between the acknowledgement and the tables: bounds, what a crash leaves there, and who reads it.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use unspoken::wire;
use unspoken_collector::store::{
    Appended, Arrival, Bounds, SqliteStore, Store, StoreError, for_each_event,
};

use crate::support::{
    Server, TOKEN, Watched, batch, digested, post, run, settings, stored, wait_for,
};

const EVENTS: usize = 3;

fn arrival(seed: u64) -> Arrival {
    let received_at = crate::support::now_ms();
    Arrival { site: "demo".into(), received_at, bytes: 9, batch: batch(seed, EVENTS) }
}

/// Puts batches into the inbox as a collector leaves them that was killed before it digested them.
fn leave(db: &Path, seeds: std::ops::Range<u64>) {
    let connection = Connection::open(db).unwrap();
    for seed in seeds {
        let batch = batch(seed, EVENTS);
        connection
            .execute(
                "INSERT INTO inbox (site, id, received_at, bytes, body) VALUES (1, ?1, ?2, 9, ?3)",
                params![
                    batch.id.0.to_be_bytes(),
                    crate::support::now_ms() as i64,
                    wire::encode(&batch)
                ],
            )
            .unwrap();
    }
}

/// A database that a collector has opened and closed.
fn made(folder: &Path) -> unspoken_collector::Settings {
    let settings = settings(&folder.join("unspoken.db"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = SqliteStore::open(&settings).unwrap();
    runtime.block_on(store.close()).unwrap();
    settings
}

#[test]
fn what_a_crash_left_in_the_inbox_is_digested_once() {
    let folder = tempfile::tempdir().unwrap();
    let settings = made(folder.path());
    leave(&settings.db, 0..50);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(&settings).unwrap();
        // The page has no answer, and sends it again while it stands in the inbox or after.
        assert_eq!(store.append(arrival(7)).await, Ok(Appended::Seen));
        store.caught_up().await.unwrap();
        assert_eq!(store.append(arrival(7)).await, Ok(Appended::Seen));
        assert_eq!(store.append(arrival(50)).await, Ok(Appended::New));
        store.close().await.unwrap();
    });
    // In both places: as if the disk had brought a digested batch back.
    leave(&settings.db, 40..60);
    runtime.block_on(async {
        let store = SqliteStore::open(&settings).unwrap();
        store.caught_up().await.unwrap();
        store.close().await.unwrap();
    });
    for seed in 0..60 {
        assert_eq!(stored(&settings.db, batch(seed, 0).id), (1, EVENTS), "batch {seed}");
    }
}

#[test]
fn a_tool_that_reads_the_file_misses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let settings = made(folder.path());
    leave(&settings.db, 0..20);
    let mut events = 0;
    for_each_event(&settings.db, "demo", false, |_| {
        events += 1;
        Ok::<_, StoreError>(())
    })
    .unwrap();
    assert_eq!(events, 20 * EVENTS);

    // And beside a collector, which finds its inbox emptied by somebody else.
    let server = Server::start();
    assert_eq!(post(server.address, &wire::encode(&batch(1, EVENTS))).status, 204);
    leave(&server.db(), 20..40);
    let (well, printed, complaint) = run(&["export", "--db", server.db().to_str().unwrap()]);
    assert!(well, "{complaint}");
    assert_eq!(printed.lines().count(), 21 * EVENTS);
    assert_eq!(post(server.address, &wire::encode(&batch(2, EVENTS))).status, 204);
    assert_eq!(stored(&server.db(), batch(2, 0).id), (1, EVENTS));
}

#[test]
fn a_batch_that_cannot_be_read_holds_up_no_other_and_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let settings = made(folder.path());
    leave(&settings.db, 0..10);
    let connection = Connection::open(&settings.db).unwrap();
    let broken = batch(4, 0).id.0.to_be_bytes();
    let mut body = wire::encode(&batch(4, EVENTS));
    body.truncate(30);
    connection.execute("UPDATE inbox SET body = ?2 WHERE id = ?1", params![broken, body]).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let open_and_close = || {
        runtime.block_on(async {
            let store = SqliteStore::open(&settings).unwrap();
            store.caught_up().await.unwrap();
            store.close().await.unwrap();
        });
    };
    open_and_close();
    let left = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(left("SELECT count(*) FROM batches"), 9);
    assert_eq!(left("SELECT count(*) FROM inbox WHERE fault LIKE '%not readable%'"), 1);
    // A program that can read it takes it up at its start.
    let body = wire::encode(&batch(4, EVENTS));
    connection.execute("UPDATE inbox SET body = ?1", [body]).unwrap();
    open_and_close();
    assert_eq!(stored(&settings.db, batch(4, 0).id), (1, EVENTS));
    assert_eq!(left("SELECT count(*) FROM batches"), 10);
}

/// A store that cannot digest (somebody holds the database) takes what its bounds let it, refuses
/// the rest with a time to come again, and has everything once it was sent again.
#[test]
fn a_store_that_is_behind_answers_429_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let settings = made(folder.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let bounds = Bounds { inbox: 4, ..Bounds::with_queue(4) };
        let store = Arc::new(SqliteStore::open_within(&settings, bounds).unwrap());
        let mut waiting: Vec<u64> = (0..200).collect();
        let (mut refused, mut acknowledged) = (0, 0);
        let patience = Instant::now() + Duration::from_secs(60);
        while !waiting.is_empty() {
            assert!(Instant::now() < patience, "{} are still refused", waiting.len());
            let asked: Vec<_> = waiting
                .iter()
                .map(|seed| {
                    let (store, seed) = (Arc::clone(&store), *seed);
                    tokio::spawn(async move { (seed, store.append(arrival(seed)).await) })
                })
                .collect();
            waiting.clear();
            for asked in asked {
                match asked.await.unwrap() {
                    (_, Ok(Appended::New)) => acknowledged += 1,
                    (seed, Err(StoreError::Busy)) => {
                        refused += 1;
                        waiting.push(seed);
                    }
                    other => panic!("{other:?}"),
                }
            }
        }
        assert!(refused > 0, "the bounds were never met, so this test shows nothing");
        assert_eq!(acknowledged, 200);
        store.close().await.unwrap();
    });
    for seed in 0..200 {
        assert_eq!(stored(&settings.db, batch(seed, 0).id), (1, EVENTS));
    }
}

#[test]
fn a_full_inbox_is_429_with_a_time_to_come_again() {
    let (server, begun) = Watched::start_within(Bounds { inbox: 0, ..Bounds::with_queue(8) });
    server.post(&wire::encode(&batch(1, 1))).assert_problem(429, "too-fast");
    let answer = server.post(&wire::encode(&batch(1, 1)));
    assert_eq!(answer.header("retry-after"), Some("1"));
    wait_for(&begun, 2);
    assert_eq!(stored(&server.db(), batch(1, 0).id), (0, 0));
}

/// Sends while reports are read: each counts at least what was acknowledged before it was asked.
#[test]
fn a_report_lacks_no_acknowledged_batch() {
    let server = Server::start();
    let bearer = format!("Bearer {TOKEN}");
    for seed in 0..40 {
        assert_eq!(server.post(&wire::encode(&batch(seed, 1))).status, 204);
        let report = server.get("/v1/report", &[("authorization", &bearer)]).json();
        assert_eq!(report["totals"]["batches"], seed + 1);
    }
}

/// A database that a collector of schema version 3 wrote, and one of its batches once more.
#[test]
fn a_database_of_the_version_before_is_brought_up() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder.path().join("unspoken.db"));
    let old = Connection::open(&settings.db).unwrap();
    old.execute_batch(include_str!("../store/version-3.sql")).unwrap();
    let version = |connection: &Connection| {
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(version(&old), 3);
    drop(old);
    // A tool does not bring it up by itself: the collector that writes to it may be of that version.
    let (well, _, complaint) = run(&["export", "--db", settings.db.to_str().unwrap()]);
    assert!(!well && complaint.contains("of version 3, older than this program's"), "{complaint}");

    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(&settings).unwrap();
        let mut again = arrival(1);
        again.batch.id = unspoken::id::Id(1);
        assert_eq!(store.append(again).await, Ok(Appended::Seen));
        assert_eq!(store.append(arrival(2)).await, Ok(Appended::New));
        store.close().await.unwrap();
    });
    let now = digested(&settings.db);
    assert!(version(&now) > 3);
    let count = |sql: &str| now.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM batches"), 5);
    assert_eq!(count("SELECT count(*) FROM events"), 13 + EVENTS as i64);
    assert_eq!(count("SELECT count(*) FROM forecasts"), 2);
    assert_eq!(count("SELECT count(*) FROM sessions WHERE excluded = 1"), 1);
}
