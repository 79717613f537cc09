//! `POST /v1/batch`: what is taken, once; what is refused, and how.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{
    KEY, Lock, ORIGIN, Server, Watched, batch, digested, post, settings, stored, wait_for,
};
use unspoken::id::Id;
use unspoken::signal::{Page, Role};
use unspoken::stream::{Kind, Point, Writer};
use unspoken::wire::{self, Bin, Event, What};
use unspoken_collector::store::{
    Answer, Appended, Arrival, Ask, Each, Erased, Removed, Retention, Store, StoreError,
    StoredTrace, for_each_trace,
};

#[test]
fn a_batch_posted_five_times_at_once_is_stored_once() {
    let (server, begun) = Watched::start(|_, _| {});
    let batch = batch(1, 7);
    let bytes = wire::encode(&batch);
    // The lock makes all five wait, so that they meet in one transaction.
    let lock = Lock::take(&server.db());
    let posts: Vec<_> = (0..5)
        .map(|_| {
            let (address, bytes) = (server.address, bytes.clone());
            std::thread::spawn(move || post(address, &bytes))
        })
        .collect();
    wait_for(&begun, 5);
    drop(lock);
    for post in posts {
        assert_eq!(post.join().unwrap().status, 204);
    }
    assert_eq!(server.post(&bytes).status, 204);
    assert_eq!(stored(&server.db(), batch.id), (1, 7));
}

#[test]
fn nothing_is_acknowledged_before_it_is_durable() {
    let server = Server::start();
    let batch = batch(2, 1);
    let (address, bytes) = (server.address, wire::encode(&batch));
    let lock = Lock::take(&server.db());
    let waiting = std::thread::spawn(move || post(address, &bytes));
    std::thread::sleep(Duration::from_millis(400));
    assert!(!waiting.is_finished(), "answered while nothing could be written");
    assert_eq!(stored(&server.db(), batch.id), (0, 0));
    drop(lock);
    assert_eq!(waiting.join().unwrap().status, 204);
    assert_eq!(stored(&server.db(), batch.id), (1, 1));
}

#[test]
fn every_kind_of_event_keeps_its_columns() {
    let server = Server::start();
    let mut batch = batch(3, 0);
    batch.sequence = 9;
    batch.names =
        ["/p", "product", "boot", "hero", "help", "help-first", "size", "42", "buy", "commit"]
            .map(str::to_owned)
            .to_vec();
    let bins = vec![
        Bin { index: 0, count: 5, positives: 1, sum_milli: 200 },
        Bin { index: 3, count: 1, positives: 0, sum_milli: 350 },
    ];
    let whats = [
        What::Page { path: 1, kind: 2, item: 3 },
        What::Click { slot: 4, role: 2, flags: 1 },
        What::Scroll { percent: 75 },
        What::Dwell { slot: 4, ms: 1200 },
        What::Fact { name: 7, value: 8 },
        What::Goal { name: 9, value: 80.5 },
        What::Exposure { slot: 4, variant: 5, rule: 0, chance: 0 },
        What::Forecast { head: 10, bins },
    ];
    batch.events = whats.into_iter().zip(0..).map(|(what, at)| Event { at, what }).collect();
    let mut writer = Writer::default();
    let point = Point { at: 5, kind: Kind::Move(10, 20) };
    writer.push(point.clone());
    batch.trace = writer.take();
    assert_eq!(server.post(&wire::encode(&batch)).status, 204);

    let connection = digested(&server.db());
    let rows = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(
        rows(
            "SELECT concat_ws('|', kind, slot, variant, rule, name, text, value, path, page, item,
                               role, flags, percent, ms) FROM events ORDER BY ordinal"
        ),
        [
            "p|/p|product|boot",
            "c|hero|2|1",
            "s|75",
            "d|hero|1200",
            "f|size|42",
            "g|buy|80.5",
            "x|hero|help"
        ]
    );
    assert_eq!(
        rows("SELECT concat_ws('|', head, bin, count, positives, sum_milli) FROM forecasts"),
        ["commit|0|5|1|200", "commit|3|1|0|350"]
    );
    assert_eq!(
        rows("SELECT concat_ws('|', sequence, dropped, events, bytes) FROM batches"),
        [format!("9|3|8|{}", wire::encode(&batch).len())]
    );

    let mut traces = Vec::new();
    for_each_trace(&server.db(), "demo", false, |trace| {
        traces.push(trace);
        Ok::<_, StoreError>(())
    })
    .unwrap();
    let page = Page {
        path: "/p".to_owned(),
        kind: "product".to_owned(),
        item: "boot".to_owned(),
        ..Page::default()
    };
    let expected = StoredTrace {
        visitor: batch.visitor,
        session: batch.session,
        view: 1,
        sequence: 9,
        base_ms: batch.base_ms,
        cut: true,
        points: vec![point],
        page: Some(page),
        clicks: vec![(Some("hero".to_owned()), Role::Button)],
    };
    assert_eq!(traces, [expected]);
}

#[test]
fn what_is_malformed_is_refused() {
    let server = Server::start();
    server.post(b"").assert_problem(400, "malformed");
    server.post(b"\xff\x00 no batch").assert_problem(400, "malformed");
    let mut cut = wire::encode(&batch(4, 10));
    cut.truncate(60);
    server.post(&cut).assert_problem(400, "malformed");
    let mut dangling = batch(4, 1);
    dangling.names.clear();
    let answer = server.post(&wire::encode(&dangling));
    answer.assert_problem(400, "malformed");
    assert!(answer.body.contains("events[0]"), "{}", answer.body);
    assert_eq!(stored(&server.db(), dangling.id), (0, 0));
}

#[test]
fn an_unknown_version_is_named() {
    let server = Server::start();
    let mut newer = batch(5, 1);
    newer.version = wire::VERSION + 1;
    let answer = server.post(&wire::encode(&newer));
    answer.assert_problem(400, "malformed");
    let named = format!("version: {}", newer.version);
    assert!(answer.body.contains(&named), "{}", answer.body);
}

#[test]
fn the_largest_batch_passes_and_a_larger_one_is_refused() {
    let server = Server::start();
    let mut largest = batch(6, 0);
    let mut writer = Writer::default();
    while writer.push(Point { at: 0, kind: Kind::Move(i32::MAX, i32::MIN) })
        && writer.push(Point { at: 0, kind: Kind::Move(-1, 1) })
        && writer.len() < 30_000
    {}
    largest.trace = writer.take();
    while wire::encode(&largest).len() < wire::MAX_BATCH_BYTES - 300 {
        largest.names.push("n".repeat(wire::MAX_NAME_BYTES));
    }
    let missing = wire::MAX_BATCH_BYTES - wire::encode(&largest).len();
    largest.names.push("n".repeat(missing - 3));
    let missing = wire::MAX_BATCH_BYTES - wire::encode(&largest).len();
    largest.names.last_mut().unwrap().push_str(&"n".repeat(missing));
    let bytes = wire::encode(&largest);
    assert_eq!(bytes.len(), wire::MAX_BATCH_BYTES);
    let answer = server.post(&bytes);
    assert_eq!(answer.status, 204, "{}", answer.body);

    server.post(&[bytes.as_slice(), b"!"].concat()).assert_problem(413, "too-large");
    server.post(&vec![0x91; 500_000]).assert_problem(413, "too-large");
}

#[test]
fn the_key_must_be_known() {
    let server = Server::start();
    let batch = batch(7, 1);
    let bytes = wire::encode(&batch);
    for path in ["/v1/batch", "/v1/batch?key=", "/v1/batch?key=pk_know", "/v1/batch?key=pk_known2"]
    {
        server.post_with(path, &[], &bytes).assert_problem(401, "key");
    }
    assert_eq!(stored(&server.db(), batch.id), (0, 0));
}

#[test]
fn only_listed_origins_may_post() {
    let server = Server::start();
    let path = format!("/v1/batch?key={KEY}");
    let refused = batch(8, 1);
    for origin in
        ["http://127.0.0.1:4182", "https://evil.example", "null", "http://127.0.0.1:41800"]
    {
        let answer = server.post_with(&path, &[("origin", origin)], &wire::encode(&refused));
        answer.assert_problem(403, "origin");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    assert_eq!(stored(&server.db(), refused.id), (0, 0));

    // As a beacon asks: the exact origin and credentials, or the browser reports a failure.
    let headers = [("origin", ORIGIN), ("content-type", "text/plain;charset=UTF-8")];
    let answer = server.post_with(&path, &headers, &wire::encode(&batch(9, 1)));
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert!(answer.header("vary").is_some_and(|vary| vary.contains("origin")));
}

#[test]
fn a_preflight_is_answered_for_listed_origins_alone() {
    let server = Server::start();
    let ask = |origin| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        super::support::send("OPTIONS", &server.url("/v1/batch?key=x"), &headers, &[]).unwrap()
    };
    let answer = ask(ORIGIN);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
    assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"));
    assert!(answer.header("access-control-allow-headers").unwrap().contains("content-type"));
    assert_eq!(ask("https://evil.example").header("access-control-allow-origin"), None);
}

#[test]
fn an_unwell_store_is_503_and_tells_no_secrets() {
    struct Broken;
    impl Store for Broken {
        fn append(&self, _: Arrival) -> Answer<'_, Appended> {
            Box::pin(async { Err(StoreError::Database("disk /var/secret is full".to_owned())) })
        }
        fn ask(&self, _: Ask, _: Each) -> Answer<'_, ()> {
            Box::pin(async { Err(StoreError::Closed) })
        }
        fn erase(&self, _: &str, _: Id) -> Answer<'_, Erased> {
            Box::pin(async { Err(StoreError::Closed) })
        }
        fn retain(&self, _: &str, _: Retention, _: u64) -> Answer<'_, Removed> {
            Box::pin(async { Err(StoreError::Closed) })
        }
        fn health(&self) -> Result<(), StoreError> {
            Err(StoreError::Closed)
        }
        fn close(&self) -> Answer<'_, ()> {
            Box::pin(async { Ok(()) })
        }
    }
    let server = Server::start_on(|_, _| {}, |_| Arc::new(Broken));
    let answer = server.post(&wire::encode(&batch(10, 1)));
    answer.assert_problem(503, "unwell");
    assert!(!answer.body.contains("secret"), "{}", answer.body);
    server.get("/readyz", &[]).assert_problem(503, "unwell");
    // The process itself lives.
    assert_eq!(server.get("/healthz", &[]).status, 200);
}

/// A batch that SQLite refuses must not take down the others of its transaction.
#[test]
fn a_batch_that_cannot_be_written_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder.path().join("unspoken.db"));
    let store = unspoken_collector::store::SqliteStore::open(&settings).unwrap();
    let arrival = |site: &str, seed| Arrival {
        site: site.into(),
        received_at: super::support::now_ms(),
        bytes: 1,
        batch: batch(seed, 2),
    };
    let lock = Lock::take(&settings.db);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let outcomes = runtime.block_on(async {
        let unlock = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            drop(lock);
        };
        let (first, bad, last, ()) = tokio::join!(
            store.append(arrival("demo", 11)),
            store.append(arrival("nobody", 12)),
            store.append(arrival("demo", 13)),
            unlock,
        );
        store.close().await.unwrap();
        [first, bad, last]
    });
    assert_eq!(outcomes[0], Ok(Appended::New));
    assert!(matches!(&outcomes[1], Err(StoreError::Database(why)) if why.contains("nobody")));
    assert_eq!(outcomes[2], Ok(Appended::New));
    let counts: Vec<(usize, usize)> =
        [11, 12, 13].map(|seed| stored(&settings.db, batch(seed, 0).id)).to_vec();
    assert_eq!(counts, [(1, 2), (0, 0), (1, 2)]);
    assert_ne!(batch(11, 0).id, Id(0));
}
