//! `GET /v1/intents` and `unspoken drift`: the same days, by whoever asks.

use serde_json::Value;
use unspoken::wire::{self, Bin, Event, What};

use crate::support::{Server, TOKEN, batch, now_ms, run};

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// A session that forecast `commit` four times at 10 %; `happened` of them came true.
fn session(seed: u64, happened: u32, excluded: bool) -> wire::Batch {
    let mut batch = batch(seed, 0);
    batch.names = vec!["commit".to_owned()];
    batch.excluded = u8::from(excluded);
    let bins = vec![Bin { index: 1, count: 4, positives: happened, sum_milli: 400 }];
    batch.events = vec![Event { at: 0, what: What::Forecast { head: 1, bins } }];
    batch
}

fn intents(server: &Server, query: &str) -> crate::support::Answer {
    let bearer = format!("Bearer {TOKEN}");
    server.get(&format!("/v1/intents{query}"), &[("authorization", &bearer)])
}

/// Makes what is stored `days` older.
fn age(server: &Server, days: u64) {
    let db = rusqlite::Connection::open(server.db()).unwrap();
    db.execute("UPDATE forecasts SET at = at - ?1", [days * DAY]).unwrap();
}

#[test]
fn each_day_is_judged_by_its_sessions() {
    let server = Server::start();
    // One in ten moments: as forecast.
    for seed in 0..60 {
        server.post(&wire::encode(&session(seed, u32::from(seed % 5 < 2), false)));
    }
    age(&server, 3);
    let quiet = run(&["drift", "--db", server.db().to_str().unwrap()]);
    assert!(quiet.0, "{}", quiet.2);
    assert!(quiet.1.contains("commit"), "{}", quiet.1);

    // Today four in ten; and machines for which all came true, which nobody counts.
    for seed in 100..160 {
        server.post(&wire::encode(&session(seed, 1 + u32::from(seed % 5 < 3), false)));
        server.post(&wire::encode(&session(seed + 100, 4, true)));
    }
    let answer = intents(&server, "");
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-store")));
    let body = answer.json();
    assert_eq!(body["days"], 30);
    let commit = &body["intents"][0];
    assert_eq!((&commit["head"], body["intents"].as_array().unwrap().len()), (&"commit".into(), 1));
    let days = commit["days"].as_array().unwrap();
    assert_eq!(days.len(), 2);
    let number = |day: &Value, key: &str| day[key].as_f64().unwrap();
    assert_eq!((number(&days[0], "sessions"), number(&days[0], "count")), (60.0, 240.0));
    assert_eq!((number(&days[0], "forecast"), number(&days[0], "observed")), (0.1, 0.1));
    assert_eq!((&days[0]["drift"], number(&days[0], "z")), (&false.into(), 0.0));
    assert_eq!(number(&days[1], "sessions"), 60.0, "machines are not counted");
    assert_eq!((number(&days[1], "observed"), &days[1]["drift"]), (0.4, &true.into()));
    assert_eq!(days[1]["alarms"], serde_json::json!(["gap"]));
    assert!(number(&days[1], "z") > 3.0);
    assert_eq!(days[1]["bins"][0]["count"], 240);

    let (ok, out, err) = run(&["drift", "--json", "--db", server.db().to_str().unwrap()]);
    assert!(!ok, "an alarm of today is exit code 1");
    assert!(err.contains("commit drifts") && err.contains("unspoken calibrate"), "{err}");
    let printed: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(printed["intents"], body["intents"]);

    let shorter = intents(&server, "?days=2").json();
    assert_eq!(shorter["intents"][0]["days"].as_array().unwrap().len(), 1);
    // An alarm of last week is history: cron need not ring for it again.
    age(&server, 5);
    assert!(run(&["drift", "--db", server.db().to_str().unwrap()]).0);
}

#[test]
fn a_session_over_midnight_counts_on_both_days() {
    let server = Server::start();
    let mut first = session(1, 0, false);
    first.base_ms = now_ms() / DAY * DAY - 5_000;
    let second =
        wire::Batch { id: batch(2, 0).id, base_ms: first.base_ms + 5_000, ..first.clone() };
    server.post(&wire::encode(&first));
    server.post(&wire::encode(&second));
    let days = intents(&server, "?days=2").json()["intents"][0]["days"].clone();
    assert_eq!(days.as_array().unwrap().len(), 2, "{days}");
}

#[test]
fn it_takes_the_token_and_whole_days() {
    let server = Server::start();
    server.get("/v1/intents", &[]).assert_problem(401, "token");
    for bad in ["0", "93", "x", "-1", "1.5", ""] {
        intents(&server, &format!("?days={bad}")).assert_problem(400, "malformed");
    }
    assert_eq!(intents(&server, "?days=92").json()["intents"], serde_json::json!([]));
}
