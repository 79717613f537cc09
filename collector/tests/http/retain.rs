//! What is older than it is kept goes, table by table, and its room is given back.

use std::path::Path;

use crate::support::{KEY, batch, digested, run, settings};
use unspoken::stream::{Kind, Point, Writer};
use unspoken::wire::{Bin, Event, What};
use unspoken_collector::Settings;
use unspoken_collector::store::{Arrival, Removed, Retention, SqliteStore, Store};

const NOW: u64 = 1_800_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1000;

/// A batch that came so many days ago, with one row for each table: an exposure, a lesson, a bin of
/// a forecast, a stream.
fn arrival(site: &str, days: u64, seed: u64) -> Arrival {
    let mut batch = batch(seed, 0);
    let received_at = NOW - days * DAY;
    batch.base_ms = received_at - 1_000;
    batch.names = ["hero", "rule", "help", "buy"].map(str::to_owned).to_vec();
    let bin = Bin { index: 3, count: 2, positives: 1, sum_milli: 700 };
    let whats = [
        What::Exposure { slot: 1, variant: 3, rule: 2, chance: 500_000 },
        What::Lesson { slot: 1, rule: 2, variant: 3, chance: 500_000, reward: 0, context: vec![] },
        What::Forecast { head: 4, bins: vec![bin] },
    ];
    batch.events = whats.into_iter().map(|what| Event { at: 10, what }).collect();
    let mut writer = Writer::default();
    writer.push(Point { at: 5, kind: Kind::Move(10, 20) });
    batch.trace = writer.take();
    Arrival { site: site.into(), received_at, bytes: 100, batch }
}

fn two_sites(db: &Path) -> Settings {
    let mut all = settings(db);
    let other = Settings::new(db, "other", "pk_other", "token-of-the-other").unwrap();
    all.sites.extend(other.sites);
    assert_eq!(all.sites.len(), 2, "{KEY}");
    all
}

/// Rows of batches, sessions, events but lessons, lessons, forecasts, traces.
fn counts(db: &Path) -> [i64; 6] {
    let connection = digested(db);
    [
        "SELECT count(*) FROM batches",
        "SELECT count(*) FROM sessions",
        "SELECT count(*) FROM events WHERE kind <> 'l'",
        "SELECT count(*) FROM events WHERE kind = 'l'",
        "SELECT count(*) FROM forecasts",
        "SELECT count(*) FROM traces",
    ]
    .map(|sql| connection.query_row(sql, [], |row| row.get(0)).unwrap())
}

#[test]
fn each_table_is_kept_as_long_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let store = SqliteStore::open(&two_sites(&db)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Of the site demo one batch a day for 60 days; of the other site an old one.
    let mut arrivals: Vec<Arrival> = (0..60).map(|day| arrival("demo", day, 100 + day)).collect();
    arrivals.push(arrival("other", 50, 99));
    runtime.block_on(async {
        for arrival in arrivals {
            store.append(arrival).await.unwrap();
        }
    });
    let retain = |retention| runtime.block_on(store.retain("demo", retention, NOW)).unwrap();
    let for_ever = Retention { events: 0, traces: 0, lessons: 0, forecasts: 0, sessions: 0 };
    assert_eq!(retain(for_ever), Removed::default());
    assert_eq!(counts(&db), [61, 61, 61, 61, 61, 61]);

    // Those of 20 days and less stay (an event is a second older than its batch's arrival).
    let removed = retain(Retention { events: 20, ..for_ever });
    assert_eq!(removed, Removed { events: 40, ..Removed::default() });
    assert_eq!(counts(&db), [61, 61, 21, 61, 61, 61]);
    let removed = retain(Retention { traces: 10, forecasts: 30, ..for_ever });
    assert_eq!(removed, Removed { traces: 50, forecasts: 30, ..Removed::default() });
    assert_eq!(counts(&db), [61, 61, 21, 61, 31, 11]);

    // Batches stay for the longest of all; then nothing hangs on them any more.
    let all = Retention { events: 5, traces: 5, lessons: 40, forecasts: 5, sessions: 3 };
    let would = run(&[
        "retain",
        "--dry-run",
        "--db",
        db.to_str().unwrap(),
        "--events",
        "0",
        "--traces",
        "0",
        "--forecasts",
        "0",
        "--lessons",
        "0",
        "--sessions",
        "40",
    ]);
    assert!(would.0, "{}", would.2);
    assert!(would.1.contains("\"batches\": 0"), "kept for ever by the others: {}", would.1);
    let removed = retain(all);
    assert_eq!((removed.batches, removed.sessions, removed.lessons), (20, 20, 20));
    assert_eq!(counts(&db), [41, 41, 6, 41, 6, 6]);
    assert_eq!(retain(all), Removed::default(), "a second time there is nothing to remove");
    runtime.block_on(store.close()).unwrap();
}

#[test]
fn a_dry_run_says_what_a_run_removes_and_room_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let store = SqliteStore::open(&settings(&db)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let now = crate::support::now_ms();
    runtime.block_on(async {
        // The command line goes by the real time.
        for seed in 0..150 {
            let mut arrival = arrival("demo", 0, 5_000 + seed);
            arrival.received_at = now - (seed % 3) * 200 * DAY - 1_000;
            arrival.batch.base_ms = arrival.received_at - 1_000;
            arrival.batch.names.extend((0..200).map(|at| format!("{at}{}", "n".repeat(200))));
            let facts =
                (5..205).map(|name| Event { at: 1, what: What::Fact { name, value: name } });
            arrival.batch.events.extend(facts);
            store.append(arrival).await.unwrap();
        }
        store.close().await.unwrap();
    });
    let pages =
        || -> i64 { digested(&db).query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap() };
    let before = pages();
    let args = [
        "retain",
        "--db",
        db.to_str().unwrap(),
        "--events",
        "100",
        "--lessons",
        "100",
        "--forecasts",
        "100",
        "--sessions",
        "100",
    ];
    let (ok, would, complaint) = run(&[&args[..], &["--dry-run"]].concat());
    assert!(ok, "{complaint}");
    assert_eq!(counts(&db)[0], 150, "a dry run removes nothing");
    let (ok, did, complaint) = run(&args);
    assert!(ok, "{complaint}");
    assert_eq!(would, did);
    assert!(did.contains("\"batches\": 100"), "{did}");
    assert_eq!(counts(&db), [50, 50, 50 * 201, 50, 50, 50]);
    let after = pages();
    // Two thirds are free, and of these no more than the spare 4 MiB stays.
    assert!(
        after < before && after <= before / 3 + 1_024 + before / 20,
        "{before} pages, {after} now"
    );

    // A file of an older version gives nothing back by itself, and does after a rebuild.
    let (ok, said, complaint) = run(&["vacuum", "--db", db.to_str().unwrap()]);
    assert!(ok, "{complaint}");
    assert!(said.contains("bytes before"), "{said}");
    assert!(pages() < after);
    let connection = digested(&db);
    let mode: i64 = connection.query_row("PRAGMA auto_vacuum", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, 2);
}
