//! Sessions that look automated: shown and marked, and counted in no statistic.

use serde_json::{Value, json};
use unspoken::wire::{self, Bin, Event, What};

use crate::support::{Server, TOKEN, batch, run};

/// One page, one exposure, one click, one goal and some forecasts.
fn busy(seed: u64) -> wire::Batch {
    let mut batch = batch(seed, 0);
    batch.names = ["/a", "hero", "help", "purchase", "commit"].map(str::to_owned).to_vec();
    let bins = vec![Bin { index: 1, count: 10, positives: 2, sum_milli: 1_500 }];
    let what = [
        What::Page { path: 1, kind: 0, item: 0 },
        What::Exposure { slot: 2, variant: 3, rule: 0, chance: 0 },
        What::Click { slot: 2, role: 2, flags: 0 },
        What::Goal { name: 4, value: 10.0 },
        What::Forecast { head: 5, bins },
    ];
    batch.events = (0..).zip(what).map(|(at, what)| Event { at, what }).collect();
    batch
}

fn report(server: &Server) -> Value {
    let bearer = format!("Bearer {TOKEN}");
    server.get("/v1/report", &[("authorization", &bearer)]).json()
}

#[test]
fn a_machine_counts_nowhere_and_is_shown() {
    let server = Server::start();
    let person = busy(1);
    assert_eq!(server.post(&wire::encode(&person)).status, 204);
    let alone = report(&server);

    // Its first batch came before it was recognised: that one is kept out as well.
    let mut early = busy(2);
    early.automation = 20;
    let mut late = wire::Batch { id: batch(3, 0).id, sequence: 1, ..early.clone() };
    (late.automation, late.excluded) = (97, 1);
    // And a batch that was overtaken says less.
    let overtaken = wire::Batch { id: batch(4, 0).id, sequence: 2, ..early.clone() };
    assert_eq!(server.post(&wire::encode(&early)).status, 204);
    assert_eq!(report(&server)["totals"]["sessions"], 2);
    for batch in [&late, &overtaken] {
        assert_eq!(server.post(&wire::encode(batch)).status, 204);
    }
    let both = report(&server);

    assert_eq!(both["totals"]["machines"], 1);
    let mut totals = both["totals"].clone();
    totals["machines"] = json!(0);
    assert_eq!(totals, alone["totals"]);
    assert_eq!(totals["goals"], 1);
    for part in ["slots", "goals", "intents"] {
        assert_eq!(both[part], alone[part], "{part}");
        assert!(!both[part].as_array().unwrap().is_empty());
    }
    let sum = |key: &str| -> u64 {
        let timeline = both["timeline"].as_array().unwrap();
        timeline.iter().map(|bucket| bucket[key].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("views"), sum("clicks"), sum("exposures"), sum("goals")), (1, 1, 1, 1));

    let live = |session: &wire::Batch| -> Value {
        let rows = both["live"].as_array().unwrap();
        rows.iter().find(|row| row["session"] == session.session.to_hex()).unwrap().clone()
    };
    assert_eq!(live(&person)["excluded"], false);
    let machine = live(&early);
    assert_eq!((&machine["automation"], &machine["excluded"]), (&json!(97), &json!(true)));
    assert_eq!(machine["views"], 3);
}

#[test]
fn an_export_leaves_machines_out_unless_they_are_asked_for() {
    let server = Server::start();
    let mut machine = busy(6);
    (machine.automation, machine.excluded) = (88, 1);
    for batch in [&busy(5), &machine] {
        assert_eq!(server.post(&wire::encode(batch)).status, 204);
    }
    let db = server.db();
    let lines = |more: &[&str]| -> Vec<Value> {
        let mut args = vec!["export", "--db", db.to_str().unwrap()];
        args.extend(more);
        let (ok, out, err) = run(&args);
        assert!(ok, "{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let people = lines(&[]);
    assert_eq!(people.len(), 4);
    assert!(people.iter().all(|event| event.get("excluded").is_none()));
    let all = lines(&["--machines"]);
    assert_eq!(all.len(), 8);
    let marked: Vec<&Value> = all.iter().filter(|event| event["excluded"] == 1).collect();
    assert_eq!(marked.len(), 4);
    assert!(marked.iter().all(|event| event["automation"] == 88));
}
