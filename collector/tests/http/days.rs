//! `GET /v1/intents` and `unspoken drift`: the same days, by whoever asks.

use serde_json::Value;
use unspoken::wire::{self, Bin, Event, What};

use crate::support::{Server, TOKEN, batch, digested, now_ms, run};

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
    let db = digested(&server.db());
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

#[test]
fn an_outcome_after_midnight_is_booked_on_the_day_of_its_forecast() {
    let server = Server::start();
    let told = |seed, base_ms, count, positives| {
        let bins = vec![Bin { index: 3, count, positives, sum_milli: count * 350 }];
        let events = vec![Event { at: 0, what: What::Forecast { head: 1, bins } }];
        wire::Batch { id: batch(seed, 0).id, base_ms, events, ..session(1, 0, false) }
    };
    let midnight = now_ms() / DAY * DAY;
    server.post(&wire::encode(&told(1, midnight - 600_000, 1, 0)));
    server.post(&wire::encode(&told(2, midnight, 0, 1)));
    let days = intents(&server, "?days=2").json()["intents"][0]["days"].clone();
    assert_eq!(days.as_array().unwrap().len(), 1, "{days}");
    let day = &days[0];
    assert_eq!(
        (&day["sessions"], &day["count"], &day["positives"]),
        (&1.into(), &1.into(), &1.into())
    );
    // Another session of that day, so that it would show if the empty row were a session.
    let mut other = session(3, 0, false);
    other.base_ms = midnight;
    server.post(&wire::encode(&other));
    let days = intents(&server, "?days=2").json()["intents"][0]["days"].clone();
    assert_eq!((&days[0]["positives"], &days[1]["sessions"]), (&1.into(), &1.into()), "{days}");
}

/// The names that the report and the days have, after `commit` and many made-up heads were posted.
fn judged(server: &Server) -> [Vec<String>; 2] {
    for seed in 0..3 {
        server.post(&wire::encode(&session(seed, 1, false)));
    }
    for seed in 10..40 {
        let mut forged = session(seed % 2 + 10, 1, false);
        forged.id = batch(seed, 0).id;
        forged.names = vec![format!("forged{seed}")];
        server.post(&wire::encode(&forged));
    }
    let bearer = format!("Bearer {TOKEN}");
    let report = server.get("/v1/report", &[("authorization", &bearer)]).json();
    [report, intents(server, "").json()].map(|answer| {
        let heads = answer["intents"].as_array().unwrap().iter();
        heads.map(|head| head["head"].as_str().unwrap().to_owned()).collect()
    })
}

#[test]
fn made_up_heads_are_judged_by_nobody_who_has_the_config() {
    let server = Server::start_with(|settings, folder| {
        let file = folder.join("unspoken.json");
        std::fs::write(&file, "{}").unwrap();
        settings.set_config(file);
    });
    assert_eq!(judged(&server), [["commit"], ["commit"]]);
    let config = server.folder.path().join("unspoken.json");
    let db = server.db();
    let drift = ["drift", "--json", "--db", db.to_str().unwrap()];
    let (_, out, _) = run(&[&drift[..], &["--config", config.to_str().unwrap()]].concat());
    assert_eq!(out.matches("\"head\"").count(), 1, "{out}");
    let (_, out, _) = run(&drift);
    assert_eq!(out.matches("\"head\"").count(), 12, "{out}");
}

#[test]
fn without_a_config_the_twelve_heads_with_most_sessions_are_judged() {
    let server = Server::start();
    for heads in judged(&server) {
        assert_eq!((heads.len(), heads[0].as_str()), (12, "commit"), "{heads:?}");
    }
}
