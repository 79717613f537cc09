//! `unspoken export` and `unspoken import-events`: out of one store, into another, and nothing is
//! lost or counted twice.

use std::fs;
use std::path::Path;

use crate::support::{batch, digested, run, settings};
use unspoken::stream::{Kind, Point, Writer};
use unspoken::wire::{Batch, Bin, Event, What};
use unspoken_collector::store::{Arrival, Retention, SqliteStore, Store};

const NOW: u64 = 1_800_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1000;

/// A batch with every kind of event; times and numbers differ by seed.
fn varied(seed: u64) -> Batch {
    let mut batch = batch(seed, 0);
    batch.sequence = (seed % 5) as u32;
    batch.view = u32::MAX - seed as u32;
    batch.automation = (seed % 101) as u8;
    batch.excluded = u8::from(seed.is_multiple_of(7));
    batch.names = [
        "/p?\"quoted\"",
        "product",
        "boot ü\n",
        "hero",
        "help",
        "help-first",
        "size",
        "42",
        "buy",
        "commit",
    ]
    .map(str::to_owned)
    .to_vec();
    let bins = |index| {
        vec![
            Bin { index, count: 5, positives: 1, sum_milli: 200 },
            Bin { index: index + 2, count: 1, positives: 9, sum_milli: 350 },
        ]
    };
    let whats = [
        What::Forecast { head: 10, bins: bins(1) },
        What::Page { path: 1, kind: 2, item: 3 },
        What::Page { path: 1, kind: 0, item: 0 },
        What::Click { slot: 4, role: 2, flags: 1 },
        What::Click { slot: 0, role: 0, flags: 0 },
        What::Scroll { percent: 75 },
        What::Dwell { slot: 4, ms: 1_200 },
        What::Forecast { head: 10, bins: Vec::new() },
        What::Fact { name: 7, value: 8 },
        What::Goal { name: 9, value: 0.1 + 0.2 },
        What::Goal { name: 9, value: -19.99 },
        What::Exposure { slot: 4, variant: 5, rule: 0, chance: 0 },
        What::Exposure { slot: 4, variant: 5, rule: 6, chance: 333_333 },
        What::Lesson {
            slot: 4,
            rule: 6,
            variant: 5,
            chance: 700_001,
            reward: 123_457,
            context: vec![0, 1_000, 1_337, 2_000],
        },
        What::Dismiss { slot: 4 },
        What::Forecast { head: 10, bins: bins(0) },
    ];
    batch.events = whats
        .into_iter()
        .zip(0..)
        .map(|(what, at)| Event { at: 20 + at * 1_000 + (seed % 13) as u32, what })
        .collect();
    let mut writer = Writer::default();
    writer.push(Point { at: 5, kind: Kind::Move(10, seed as i32) });
    batch.trace = if seed.is_multiple_of(3) { writer.take() } else { Vec::new() };
    batch
}

/// Clocks that are right, ahead, behind and mad; batches without events; the same session twice.
fn fill(db: &Path) {
    let store = SqliteStore::open(&settings(db)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        for seed in 1..=60 {
            let mut batch = varied(seed);
            let received_at = NOW - seed * DAY / 2;
            batch.base_ms = match seed % 6 {
                0 => received_at + 60_000,
                1 => received_at - 1_000,
                2 => received_at - 3 * DAY,
                3 => u64::MAX,
                _ => received_at - 20_000,
            };
            if seed % 10 == 0 {
                batch.events.clear();
            }
            if seed % 4 == 0 {
                batch.session = varied(seed - 1).session;
                batch.visitor = varied(seed - 1).visitor;
            }
            let arrival = Arrival { site: "demo".into(), received_at, bytes: 77, batch };
            store.append(arrival).await.unwrap();
        }
        // Some is older than it is kept: batches whose events are gone in part.
        let retention =
            Retention { events: 20, traces: 10, lessons: 0, forecasts: 25, sessions: 0 };
        store.retain("demo", retention, NOW).await.unwrap();
        store.close().await.unwrap();
    });
}

/// Every row of every table that a report reads, by what it says and not by its number.
fn dump(db: &Path) -> Vec<String> {
    let connection = digested(db);
    let mut all = Vec::new();
    for sql in [
        "SELECT json_array('batch', hex(id), hex(visitor), hex(session), view, sequence, base_ms,
             received_at, first_at, last_at, bytes, dropped, events) FROM batches ORDER BY 1",
        "SELECT json_array('event', hex(b.id), ordinal, at, kind, slot, variant, rule, name, text,
             format('%!.17g', value), path, page, item, role, flags, percent, ms,
             format('%!.17g', chance), context)
         FROM events JOIN batches b USING (batch) ORDER BY b.id, ordinal",
        "SELECT json_array('forecast', hex(b.id), at, head, bin, count, positives, sum_milli)
         FROM forecasts JOIN batches b USING (batch) ORDER BY b.id, at, head, bin",
        "SELECT json_array('trace', hex(b.id), hex(trace)) FROM traces JOIN batches b USING (batch)
         ORDER BY 1",
        "SELECT json_array('session', hex(session), hex(visitor), first_at, last_at, automation,
             excluded) FROM sessions ORDER BY 1",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        all.extend(rows.map(Result::unwrap));
    }
    all
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn what_is_exported_can_be_imported_and_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("one.db");
    fill(&db);
    let kept = dump(&db);
    assert!(kept.len() > 500, "{}", kept.len());
    for format in ["ndjson", "parquet"] {
        let (out, other) = (folder.path().join(format), folder.path().join(format!("{format}.db")));
        let export = ["export", "--format", format, "--db", text(&db), "--out", text(&out)];
        let (ok, said, complaint) = run(&export);
        assert!(ok, "{complaint}");
        assert_eq!(said.lines().count(), 4, "{said}");
        let (ok, _, complaint) = run(&export);
        assert!(!ok && complaint.contains("--force"), "{complaint}");

        let import = ["import-events", text(&out), "--db", text(&other)];
        let (ok, said, complaint) = run(&import);
        assert!(ok, "{complaint}");
        assert_eq!(said.trim(), "60 batches taken in, 0 were there");
        assert_eq!(dump(&other), kept, "{format}");
        let (ok, said, complaint) = run(&import);
        assert!(ok, "{complaint}");
        assert_eq!(said.trim(), "0 batches taken in, 60 were there");
        assert_eq!(dump(&other), kept, "{format}");

        // A second export has the same bytes.
        let again = folder.path().join(format!("{format}-again"));
        let (ok, _, complaint) =
            run(&["export", "--format", format, "--db", text(&other), "--out", text(&again)]);
        assert!(ok, "{complaint}");
        for table in ["batches", "events", "forecasts", "traces"] {
            let name = format!("{table}.{format}");
            let [first, second] =
                [&out, &again].map(|folder| fs::read(folder.join(&name)).unwrap());
            if format == "ndjson" {
                assert_eq!(
                    String::from_utf8(first)
                        .unwrap()
                        .lines()
                        .collect::<std::collections::BTreeSet<_>>(),
                    String::from_utf8(second).unwrap().lines().collect(),
                    "{name}"
                );
            } else {
                assert_eq!(&first[..4], b"PAR1");
                assert_eq!(&second[..4], b"PAR1");
            }
        }
    }
}

#[test]
fn one_table_goes_into_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("one.db");
    fill(&db);
    let out = folder.path().join("events.ndjson");
    let (ok, _, complaint) =
        run(&["export", "--table", "events", "--db", text(&db), "--out", text(&out)]);
    assert!(ok, "{complaint}");
    let lines = fs::read_to_string(&out).unwrap();
    let rows: i64 =
        digested(&db).query_row("SELECT count(*) FROM events", [], |row| row.get(0)).unwrap();
    assert_eq!(lines.lines().count() as i64, rows);
    let one: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert!(one["at"].is_u64() && one["batch"].as_str().unwrap().len() == 32, "{one}");
    // Without a place the events are printed, machines left out, as ever.
    let (ok, printed, _) = run(&["export", "--db", text(&db)]);
    assert!(ok && printed.lines().count() > 10 && printed.lines().count() < lines.lines().count());
}

#[test]
fn a_file_that_does_not_fit_is_named_with_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("one.db");
    fill(&db);
    let out = folder.path().join("out");
    assert!(run(&["export", "--db", text(&db), "--out", text(&out)]).0);
    let other = folder.path().join("other.db");
    let import = || run(&["import-events", text(&out), "--db", text(&other)]);
    let events = out.join("events.ndjson");
    let whole = fs::read_to_string(&events).unwrap();
    let broken = |from: &str, to: &str, sentence: &str| {
        fs::write(&events, whole.replacen(from, to, 1)).unwrap();
        let (ok, _, complaint) = import();
        assert!(!ok && complaint.contains(sentence), "{complaint}");
        assert!(complaint.contains("row "), "{complaint}");
    };
    broken("\"kind\":\"c\"", "\"kind\":\"q\"", "the kind \"q\", which is not known");
    broken("\"kind\":\"c\"", "\"kind\":7", "the column kind is not a text");
    broken("\"kind\":\"c\",", "", "the column kind is empty");
    broken("\"kind\":\"c\"", "\"kind\":\"c\",\"colour\":1", "events has no column \"colour\"");
    broken("{", "", "it is no JSON object");
    // The first row last: no batch takes it there.
    let (first, rest) = whole.split_once('\n').unwrap();
    fs::write(&events, format!("{rest}{first}\n")).unwrap();
    let (ok, _, complaint) = import();
    assert!(!ok && complaint.contains("does not stand at this place"), "{complaint}");
    assert!(!other.exists(), "something was taken in of files that do not fit");
    fs::write(&events, &whole).unwrap();
    assert!(import().0);
    assert_eq!(dump(&other), dump(&db));

    let (ok, _, complaint) =
        run(&["import-events", text(folder.path()), "--db", text(&folder.path().join("no.db"))]);
    assert!(!ok && complaint.contains("no batches.ndjson or batches.parquet"), "{complaint}");
}
