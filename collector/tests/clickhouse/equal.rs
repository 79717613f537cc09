//! The same batches into both stores: the same rows to every question, and the same reports.

use serde_json::Value;
use unspoken_collector::report::Window;
use unspoken_collector::store::question::{self, ALL};
use unspoken_collector::store::{
    self, Appended, Arrival, Cell, ClickHouseStore, Row, SqliteStore, Store, StoreError,
};

use crate::known::{ANN, DAY, MINUTE, NOW, batches, rows};
use crate::questions::sqlite;
use crate::server::Server;

pub fn append_all(store: &dyn Store, arrivals: Vec<Arrival>) -> Vec<Result<Appended, StoreError>> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Together, as they come from many pages: in one insert, or in a few.
    runtime.block_on(async {
        futures_util::future::join_all(arrivals.into_iter().map(|arrival| store.append(arrival)))
            .await
    })
}

/// Of `person` the JSON is compared as what it says: 80 and 80.0 are one number.
fn comparable(rows: Vec<Row>) -> Vec<(Vec<Cell>, Option<Value>)> {
    rows.into_iter()
        .map(|mut row| {
            let json = match row.cells.last() {
                Some(Cell::Text(text)) if text.starts_with('{') => {
                    let mut object: Value = serde_json::from_str(text).unwrap();
                    for number in object.as_object_mut().unwrap().values_mut() {
                        if let Some(real) = number.as_f64() {
                            *number = Value::from(real);
                        }
                    }
                    row.cells.pop();
                    Some(object)
                }
                _ => None,
            };
            (row.cells, json)
        })
        .collect()
}

#[track_caller]
fn assert_equal(one: &SqliteStore, other: &ClickHouseStore) {
    assert_equal_but(one, other, &[]);
}

/// Every question has the same rows, and but for `empty` it has some.
#[track_caller]
pub fn assert_equal_but(one: &SqliteStore, other: &ClickHouseStore, empty: &[&str]) {
    let who = format!("{ANN:032x}");
    for question in ALL {
        let text: &[&str] = match question.name {
            "person" => &[&who],
            "forecasts" | "head_days" => &["commit", "leave"],
            _ => &["172800000"],
        };
        for stretch in
            [[NOW - 60 * MINUTE, NOW], [NOW - 3 * DAY, NOW], [NOW - 25 * MINUTE, NOW - 5 * MINUTE]]
        {
            let [mut expected, mut found] = [one as &dyn Store, other]
                .map(|store| comparable(rows(store, question, stretch, text)));
            if question.name == "person" {
                // At one time the order is that of the JSON's letters, which a number's spelling moves.
                for all in [&mut expected, &mut found] {
                    all.sort_by_key(|(cells, json)| format!("{:?} {json:?}", cells[1]));
                }
            }
            assert_eq!(found, expected, "{} over {stretch:?}", question.name);
        }
        let all = rows(one, question, [NOW - 3 * DAY, NOW], text);
        assert!(
            !all.is_empty() || empty.contains(&question.name),
            "{} is compared on nothing",
            question.name
        );
    }
}

#[test]
fn every_question_and_the_reports_have_the_same_answer() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let one = sqlite(folder.path());
    let other = ClickHouseStore::open(&server.settings("equal")).unwrap();
    assert_eq!(append_all(&other, batches()), vec![Ok(Appended::New); batches().len()]);
    assert_equal(&one, &other);

    // Whatever comes again counts once, also after a restart and by another collector.
    assert_eq!(append_all(&other, batches()), vec![Ok(Appended::Seen); batches().len()]);
    let third = ClickHouseStore::open(&server.settings("equal")).unwrap();
    assert_eq!(append_all(&third, batches()), vec![Ok(Appended::Seen); batches().len()]);
    // A page may bring it days later, when its clock is no longer believed.
    let late = batches()
        .into_iter()
        .map(|arrival| Arrival { received_at: arrival.received_at + 9 * DAY, ..arrival });
    assert_eq!(append_all(&third, late.collect()), vec![Ok(Appended::Seen); batches().len()]);
    assert_equal(&one, &third);

    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        for minutes in [5, 60, 3 * 24 * 60] {
            let window = Window::last(minutes, NOW);
            let expected = store::report(&one, "demo", window, None).await.unwrap();
            let found = store::report(&other, "demo", window, None).await.unwrap();
            assert_eq!(found, expected);
            let json = serde_json::to_value(&found).unwrap();
            assert!(minutes == 5 || json["totals"]["machines"] == 1, "{json}");
        }
        let known = Some(vec!["commit".to_owned()]);
        for known in [None, known] {
            let days = |store| store::heads_by_day(store, "demo", 7, NOW, known.clone());
            let [expected, found] = [days(&one).await.unwrap(), days(&other).await.unwrap()];
            let [expected, found] = [expected, found].map(|it| serde_json::to_value(it).unwrap());
            assert_eq!(found, expected);
            assert_eq!(found[0]["days"].as_array().unwrap().len(), 2, "{found}");
        }
        let stretch = [NOW - 3 * DAY, NOW];
        let expected = store::sessions_by_head(&one, "demo", stretch).await.unwrap();
        assert_eq!(store::sessions_by_head(&other, "demo", stretch).await.unwrap(), expected);
        other.close().await.unwrap();
        assert_eq!(other.append(batches().remove(0)).await, Err(StoreError::Closed));
    });
}

/// Two collectors are brought the same batches at the same moment: both may insert.
#[test]
fn copies_fall_together_in_reading() {
    let Some(server) = Server::start() else { return };
    let folder = tempfile::tempdir().unwrap();
    let one = sqlite(folder.path());
    let settings = server.settings("copies");
    let stores: Vec<ClickHouseStore> =
        (0..2).map(|_| ClickHouseStore::open(&settings).unwrap()).collect();
    // Merges would tidy up before anybody looked.
    server.query("SYSTEM STOP MERGES");
    let mut rows = 0;
    for _ in 0..50 {
        std::thread::scope(|scope| {
            for store in &stores {
                scope.spawn(|| append_all(store, batches()));
            }
        });
        rows = count(&server, "copies.batches");
        if rows > batches().len() {
            break;
        }
        server.query("TRUNCATE TABLE copies.batches");
    }
    assert!(rows > batches().len(), "no copies came about");
    assert_equal(&one, &stores[0]);
    let found = crate::known::rows(&stores[1], &question::ARRIVED, [0, NOW], &[]);
    assert_eq!(found[0].whole(0), Some(7), "machines' are not counted");
}

fn count(server: &Server, table: &str) -> usize {
    String::from_utf8(server.query(&format!("SELECT count() FROM {table}")))
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn a_server_that_refuses_is_told_of_at_the_start() {
    let Some(server) = Server::start() else { return };
    let wrong = store::settings::StoreSettings {
        password: unspoken_collector::secret::Password::new("wrong"),
        ..server.settings("refused")
    };
    let Err(StoreError::Open(sentence)) = ClickHouseStore::open(&wrong) else {
        panic!("it was let in");
    };
    assert!(
        sentence.contains("tables cannot be made") && !sentence.contains("a known"),
        "{sentence}"
    );
    server.query("CREATE DATABASE newer");
    drop(ClickHouseStore::open(&server.settings("newer")).unwrap());
    server.query("INSERT INTO newer.schema_versions VALUES (999, 1)");
    let Err(StoreError::Open(sentence)) = ClickHouseStore::open(&server.settings("newer")) else {
        panic!("it writes into what it does not know");
    };
    assert!(sentence.contains("version 999"), "{sentence}");
}
