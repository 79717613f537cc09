//! `GET /v1/report`: its numbers for batches that can be counted by hand, and who may see them.

use std::sync::Arc;

use serde_json::{Value, json};
use unspoken::id::Id;
use unspoken::wire::{self, Batch, Bin, Event, What};
use unspoken_collector::Settings;
use unspoken_collector::report::Window;
use unspoken_collector::store::{self, Arrival, SqliteStore, Store};

use crate::support::{Server, TOKEN, batch, settings};

const NOW: u64 = 1_800_000_000_000;
const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;

const NAMES: [&str; 10] = [
    "/home",
    "/boot",
    "hero",
    "help",
    "default",
    "purchase",
    "add_to_cart",
    "commit",
    "leave",
    "look",
];

fn name(text: &str) -> u16 {
    NAMES.iter().position(|name| *name == text).unwrap() as u16 + 1
}

fn page(path: &str) -> What {
    What::Page { path: name(path), kind: 0, item: 0 }
}

fn click() -> What {
    What::Click { slot: 0, role: 2, flags: 0 }
}

fn exposure(variant: &str) -> What {
    What::Exposure { slot: name("hero"), variant: name(variant), rule: 0, chance: 0 }
}

/// Drawn by the rule `look`, with this probability in millionths.
fn drawn(variant: &str, chance: u32) -> What {
    What::Exposure { slot: name("hero"), variant: name(variant), rule: name("look"), chance }
}

fn goal(goal: &str, value: f64) -> What {
    What::Goal { name: name(goal), value }
}

fn forecast(head: &str, bins: &[(u8, u32, u32, u32)]) -> What {
    let bin = |&(index, count, positives, sum_milli): &(u8, u32, u32, u32)| Bin {
        index,
        count,
        positives,
        sum_milli,
    };
    What::Forecast { head: name(head), bins: bins.iter().map(bin).collect() }
}

/// A batch of visitor `who` in session `who`, whose events began at `base` and that came a second
/// after the last.
fn arrival(id: u128, who: u128, bytes: usize, base: u64, events: Vec<(u32, What)>) -> Arrival {
    let last = events.iter().map(|(at, _)| *at).max().unwrap_or(0);
    Arrival {
        site: "demo".into(),
        received_at: base + u64::from(last) + SECOND,
        bytes,
        batch: Batch {
            version: wire::VERSION,
            id: Id(id),
            visitor: Id(who),
            session: Id(who << 64),
            view: 1,
            sequence: 0,
            base_ms: base,
            dropped: 0,
            automation: 0,
            excluded: 0,
            names: NAMES.map(str::to_owned).to_vec(),
            events: events.into_iter().map(|(at, what)| Event { at, what }).collect(),
            trace: Vec::new(),
        },
    }
}

fn known_batches() -> Vec<Arrival> {
    let ann = 0xa;
    let ben = 0xb;
    let mut skewed = arrival(3, ann, 400, NOW - 54 * SECOND, vec![(0, click()), (4_000, click())]);
    skewed.received_at = NOW - 50 * SECOND;
    skewed.batch.base_ms = NOW + 5 * 24 * 60 * MINUTE;
    vec![
        arrival(
            1,
            ann,
            100,
            NOW - 10 * MINUTE,
            vec![
                (0, page("/home")),
                (2_000, exposure("help")),
                (3_000, click()),
                (3_500, What::Dismiss { slot: name("hero") }),
                (4_000, forecast("commit", &[(0, 8, 1, 400), (9, 2, 2, 1_900)])),
                (4_000, forecast("leave", &[(1, 3, 0, 450)])),
            ],
        ),
        arrival(
            2,
            ann,
            200,
            NOW - 2 * MINUTE,
            vec![
                (0, page("/boot")),
                (1_000, goal("add_to_cart", 0.0)),
                (5_000, goal("purchase", 80.0)),
            ],
        ),
        skewed,
        // Ben bought before he saw the help: it earned nothing by him.
        arrival(
            4,
            ben,
            800,
            NOW - 30 * MINUTE,
            vec![
                (0, goal("purchase", 20.0)),
                (5_000, exposure("help")),
                (6_000, exposure("default")),
                (7_000, exposure("help")),
                (8_000, forecast("commit", &[(0, 2, 0, 100)])),
            ],
        ),
        // Before the window.
        arrival(
            5,
            0xc,
            3_200,
            NOW - 61 * MINUTE,
            vec![(0, page("/home")), (1, exposure("help")), (2, goal("purchase", 1.0))],
        ),
        // A batch without events: somebody is there all the same.
        arrival(6, 0xd, 1_600, NOW - 2 * SECOND, Vec::new()),
    ]
}

/// The report on [`known_batches`].
fn known_report(minutes: u32) -> Value {
    report_of(known_batches(), minutes)
}

/// The report on batches, of a database that another site shares.
fn report_of(batches: Vec<Arrival>, minutes: u32) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&folder.path().join("unspoken.db"));
    let other = Settings::new(&settings.db, "other", "pk_other", "token-other").unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = SqliteStore::open(&settings).unwrap();
        let neighbour = SqliteStore::open(&other).unwrap();
        for arrival in batches {
            store.append(arrival.clone()).await.unwrap();
            // Under the same ids: what one site sends takes nothing from another.
            let foreign = Arrival { site: Arc::from("other"), ..arrival };
            neighbour.append(foreign).await.unwrap();
        }
        let report = store::report(&store, "demo", Window::last(minutes, NOW), None).await.unwrap();
        store.close().await.unwrap();
        neighbour.close().await.unwrap();
        serde_json::to_value(report).unwrap()
    })
}

#[test]
fn the_numbers_of_known_batches() {
    let mut report = known_report(60);
    assert_eq!(report["generatedAt"], NOW);
    assert_eq!((&report["from"], &report["to"]), (&json!(NOW - 60 * MINUTE), &json!(NOW)));
    assert_eq!(
        report["totals"],
        json!({ "visitors": 3, "sessions": 3, "views": 2, "clicks": 3, "exposures": 4, "goals": 3,
                "batches": 5, "bytes": 3_100, "machines": 0 })
    );
    assert_eq!(
        report["live"],
        json!([
            { "session": "000000000000000d0000000000000000", "visitor": "0000000000000000000000000000000d",
              "startedAt": NOW - SECOND, "lastSeenAt": NOW - SECOND, "views": 0, "path": "", "clicks": 0,
              "exposures": 0, "goals": [], "automation": 0, "excluded": false },
            { "session": "000000000000000a0000000000000000", "visitor": "0000000000000000000000000000000a",
              "startedAt": NOW - 10 * MINUTE, "lastSeenAt": NOW - 50 * SECOND, "views": 2, "path": "/boot",
              "clicks": 3, "exposures": 1, "goals": ["add_to_cart", "purchase"], "automation": 0,
              "excluded": false },
        ])
    );
    assert_eq!(
        report["slots"],
        json!([{ "slot": "hero", "dismissals": 1, "ratios": [], "variants": [
            { "variant": "default", "exposures": 1, "visitors": 1,
              "goals": { "add_to_cart": 0, "purchase": 0 } },
            { "variant": "help", "exposures": 3, "visitors": 2,
              "goals": { "add_to_cart": 1, "purchase": 1 } },
        ] }])
    );
    assert_eq!(
        report["goals"],
        json!([
            { "goal": "add_to_cart", "count": 1, "visitors": 1, "value": 0.0 },
            { "goal": "purchase", "count": 2, "visitors": 2, "value": 100.0 },
        ])
    );

    let timeline = report["timeline"].take();
    let timeline = timeline.as_array().unwrap();
    assert_eq!(timeline.len(), 60);
    for (index, bucket) in timeline.iter().enumerate() {
        let (views, clicks, exposures, goals) = match index {
            30 => (0, 0, 3, 1),
            50 => (1, 1, 1, 0),
            58 => (1, 0, 0, 2),
            59 => (0, 2, 0, 0),
            _ => (0, 0, 0, 0),
        };
        let at = NOW - 60 * MINUTE + index as u64 * MINUTE;
        let expected = json!({ "at": at, "views": views, "clicks": clicks, "exposures": exposures,
                               "goals": goals });
        assert_eq!(bucket, &expected, "bucket {index}");
    }
}

#[test]
fn forecasts_are_judged_over_all_batches() {
    let report = known_report(60);
    let intents = report["intents"].as_array().unwrap();
    assert_eq!(intents.len(), 2);
    let near = |value: &Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
    };

    let commit = &intents[0];
    assert_eq!(
        (&commit["head"], &commit["count"], &commit["positives"]),
        (&json!("commit"), &json!(12), &json!(3))
    );
    // 3 positives × 9 negatives: 2 stand above all 9, 1 shares its bin with all 9.
    near(&commit["auc"], (2.0 * 9.0 + 9.0 / 2.0) / 27.0);
    near(&commit["ece"], 0.05);
    let bins = commit["bins"].as_array().unwrap();
    assert_eq!(bins.len(), 2);
    near(&bins[0]["forecast"], 0.05);
    near(&bins[0]["observed"], 0.1);
    assert_eq!(bins[0]["count"], 10);
    near(&bins[1]["forecast"], 0.95);
    near(&bins[1]["observed"], 1.0);

    let leave = &intents[1];
    assert_eq!((&leave["head"], &leave["auc"]), (&json!("leave"), &Value::Null));
    near(&leave["ece"], 0.15);
}

#[test]
fn an_experiment_that_loses_visitors_is_told() {
    let of = |help: u128, chance: u32| {
        let one = |who: u128| {
            let variant = if who <= help { "help" } else { "default" };
            let own = if variant == "help" { chance } else { 1_000_000 - chance };
            // Whoever sees it twice is one visitor.
            let twice = vec![(0, drawn(variant, own)), (5_000, drawn(variant, own))];
            arrival(who, who, 100, NOW - MINUTE, twice)
        };
        report_of((1..=100).map(one).collect(), 60)["slots"][0]["ratios"].take()
    };
    let fair = of(25, 250_000);
    assert_eq!(fair[0]["rule"], "look");
    assert_eq!(
        fair[0]["shares"],
        json!([{ "variant": "default", "visitors": 75, "expected": 0.75 },
               { "variant": "help", "visitors": 25, "expected": 0.25 }])
    );
    assert_eq!((&fair[0]["chiSquare"], &fair[0]["p"]), (&json!(0.0), &json!(1.0)));
    let lost = of(5, 250_000);
    assert!(lost[0]["p"].as_f64().unwrap() < 1e-5, "{lost}");
}

#[test]
fn a_shorter_window_counts_less() {
    let report = known_report(5);
    assert_eq!(report["totals"]["visitors"], 2);
    assert_eq!(report["totals"]["goals"], 2);
    assert_eq!(report["slots"], json!([]));
    assert_eq!(report["intents"], json!([]));
    assert_eq!(report["timeline"][1]["at"], NOW - 5 * MINUTE + 5 * SECOND);
}

#[test]
fn what_was_posted_is_reported_to_whoever_has_the_token() {
    let server = Server::start();
    let bytes = wire::encode(&batch(1, 6));
    assert_eq!(server.post(&bytes).status, 204);
    let bearer = format!("Bearer {TOKEN}");
    let answer = server.get("/v1/report", &[("authorization", &bearer)]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let report = answer.json();
    assert_eq!(report["totals"]["clicks"], 6);
    assert_eq!(report["totals"]["bytes"], bytes.len());
    assert_eq!(report["live"][0]["session"], batch(1, 0).session.to_hex());
    let minutes = |text: &str| {
        server.get(&format!("/v1/report?minutes={text}"), &[("authorization", &bearer)])
    };
    let report = minutes("5").json();
    assert_eq!(report["to"].as_u64().unwrap() - report["from"].as_u64().unwrap(), 5 * MINUTE);
    for bad in ["0", "-1", "x", "1.5", "99999999", ""] {
        minutes(bad).assert_problem(400, "malformed");
    }
}

#[test]
fn without_the_token_there_is_no_report() {
    let server = Server::start();
    server.get("/v1/report", &[]).assert_problem(401, "token");
    for wrong in
        ["Bearer ", "Bearer token-know", "Bearer token-known2", "Basic token-known", "token-known"]
    {
        let answer = server.get("/v1/report", &[("authorization", wrong)]);
        answer.assert_problem(401, "token");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}
