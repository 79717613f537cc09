//! What each question answers, counted by hand, on SQLite. The other store is held to this one.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use unspoken_collector::Settings;
use unspoken_collector::store::question::{self, Question};
use unspoken_collector::store::{Ask, SqliteStore, Store};

use crate::known::{ANN, DAY, MINUTE, NOW, SECOND, batches, line, rows};

/// SQLite with the known batches.
pub fn sqlite(folder: &std::path::Path) -> SqliteStore {
    let settings =
        Settings::new(folder.join("unspoken.db"), "demo", "pk_known", "token-known").unwrap();
    let other =
        Settings::new(folder.join("unspoken.db"), "other", "pk_other", "token-known").unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        SqliteStore::open(&other).unwrap().close().await.unwrap();
        let store = SqliteStore::open(&settings).unwrap();
        for arrival in batches() {
            store.append(arrival).await.unwrap();
        }
        store
    })
}

/// The last hour, but for `person`, which takes no time.
const HOUR: [u64; 2] = [NOW - 60 * MINUTE, NOW];

#[track_caller]
fn assert_answer(question: &'static Question, text: &[&str], expected: &[String]) {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    let found: Vec<String> = rows(&store, question, HOUR, text).iter().map(line).collect();
    assert_eq!(found, expected, "{}", question.name);
}

#[test]
fn exposures() {
    let at = NOW - 20 * MINUTE;
    assert_answer(
        &question::EXPOSURES,
        &[],
        &[
            format!("a0 | hero | look | help | 0.25 | {} | 1", NOW - 30 * MINUTE + 2 * SECOND),
            format!("b0 | hero | look | default | 0.75 | {} | 2", at + SECOND),
            format!("b0 | hero | - | default | - | {} | 1", at + 2 * SECOND),
            format!("b0 | hero | look | help | 0.25 | {} | 1", NOW - MINUTE),
        ],
    );
}

#[test]
fn goals_of_exposed() {
    let at = NOW - 29 * MINUTE;
    let mut late = vec![
        format!("a0 | buy | {} | 0.2", at + 200),
        format!("a0 | add \"to\" cart | {} | 0.0", at + 300),
        format!("a0 | buy | {} | 0.7", at + 300),
        // By his clock a year later; the batch came a second after its last event.
        format!("b0 | buy | {} | 5.5", NOW - 3 * MINUTE + 5_000),
    ];
    assert_answer(&question::GOALS_OF_EXPOSED, &[], &late);
    late.insert(0, format!("a0 | buy | {} | 0.1", NOW - DAY + 500));
    assert_answer(&question::GOALS_OF_EXPOSED, &[&(2 * DAY).to_string()], &late);
}

#[test]
fn views_of_exposed() {
    assert_answer(
        &question::VIEWS_OF_EXPOSED,
        &["86400000"],
        &[
            format!("a0 | {} | a00000000000000001", NOW - DAY),
            format!("a0 | {} | a00000000000000002", NOW - 30 * MINUTE),
            format!("b0 | {} | b00000000000000003", NOW - 20 * MINUTE),
            format!("b0 | {} | b00000000000000003", NOW - 3 * MINUTE + SECOND),
        ],
    );
}

#[test]
fn forecasts_of_exposed() {
    assert_answer(
        &question::FORECASTS_OF_EXPOSED,
        &[&(2 * DAY).to_string()],
        &[
            format!("a0 | commit | {} | 10 | 3 | 2300", NOW - DAY + 600),
            format!("a0 | commit | {} | 3 | 1 | 450", NOW - 30 * MINUTE + 4 * SECOND),
            format!("b0 | leave | {} | 4 | 0 | 1000", NOW - 20 * MINUTE + 3 * SECOND),
        ],
    );
}

#[test]
fn lessons() {
    let at = NOW - 29 * MINUTE;
    assert_answer(
        &question::LESSONS,
        &[],
        &[
            format!(
                "hero | bandit | help | 0.5 | 0.0 | {} | [-1.0,0.0,1.0] | a0 | a00000000000000002",
                at + 400
            ),
            format!(
                "hero | bandit | help | 0.5 | 1.0 | {} | [0.5] | a0 | a00000000000000002",
                at + 500
            ),
        ],
    );
}

#[test]
fn attention() {
    assert_answer(
        &question::ATTENTION,
        &[],
        &[
            " | hero | 1 | 1 | 0 | 0 | 0 | 0 | 0".to_owned(),
            "/boot | hero | 3 | 1 | 0 | 0 | 0 | 0 | 0".to_owned(),
            "product | hero | 1 | 1 | 1234 | 2 | 2 | 1 | 1".to_owned(),
        ],
    );
}

#[test]
fn scrolls() {
    let expected = [
        " | 100 | 1",
        "/boot | 0 | 1",
        "/home | 0 | 1",
        "product | 0 | 1",
        "product | 25 | 1",
        "product | 50 | 1",
    ];
    assert_answer(&question::SCROLLS, &[], &expected.map(str::to_owned));
}

#[test]
fn steps() {
    let (ann, ben) = ("a00000000000000002", "b00000000000000003");
    assert_answer(
        &question::STEPS,
        &[],
        &[
            format!("{ann} | {} | p | product", NOW - 30 * MINUTE),
            format!("{ann} | {} | g | buy", NOW - 29 * MINUTE + 200),
            format!("{ann} | {} | g | add \"to\" cart", NOW - 29 * MINUTE + 300),
            format!("{ann} | {} | g | buy", NOW - 29 * MINUTE + 300),
            format!("{ben} | {} | p | /boot", NOW - 20 * MINUTE),
            format!("{ben} | {} | p | /home", NOW - 3 * MINUTE + SECOND),
            format!("{ben} | {} | g | buy", NOW - 3 * MINUTE + 5 * SECOND),
        ],
    );
}

#[test]
fn interruptions() {
    let day = NOW / DAY;
    assert_answer(
        &question::INTERRUPTIONS,
        &[],
        &[format!("a0 | {day} | 1 | 1"), format!("b0 | {day} | 1 | 0")],
    );
}

#[test]
fn person() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    let of = |who: u128| rows(&store, &question::PERSON, [0, 0], &[&format!("{who:032x}")]);
    let ann = of(ANN);
    let count = |table: &str| ann.iter().filter(|row| row.text(0) == Some(table)).count();
    assert_eq!(
        ["batches", "events", "forecasts", "sessions", "traces"].map(count),
        [3, 17, 3, 2, 1]
    );
    assert!(ann.iter().map(|row| row.whole(1)).is_sorted());
    let objects: Vec<serde_json::Value> =
        ann.iter().map(|row| serde_json::from_str(row.text(2).unwrap()).unwrap()).collect();
    let fact = objects.iter().find(|object| object["kind"] == "f").unwrap();
    assert_eq!((&fact["name"], &fact["text"]), (&"näh\n".into(), &"add \"to\" cart".into()));
    assert!(fact.get("slot").is_none(), "{fact}");
    let trace: String = batches()[1].batch.trace.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(objects.iter().any(|object| object["trace"] == trace));
    assert!(rows(&store, &question::PERSON, [0, 0], &["not hex"]).is_empty());
    assert_eq!(of(0x1234), []);
}

#[test]
fn whoever_asks_may_stop() {
    let folder = tempfile::tempdir().unwrap();
    let store = sqlite(folder.path());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let each = Box::new(move |_: &_| {
        counter.fetch_add(1, Ordering::SeqCst);
        ControlFlow::Break(())
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(store.ask(Ask::new(&question::STEPS, "demo", HOUR), each)).unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 1);
}
