//! Samples from the store are what the engine knew on the page.

use std::path::Path;

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::feature::{COUNT, Totals, index_of};
use unspoken::id::{Id, Rng};
use unspoken::intent::model::Model;
use unspoken::signal::{Page, Signal};
use unspoken::time::Origin;
use unspoken::value::Value;
use unspoken::wire::{self, Event, What};
use unspoken_collector::Settings;
use unspoken_collector::store::{Arrival, SqliteStore, Store};
use unspoken_collector::train::from_store::{NOT_REBUILT, can_forecast, pages};

/// A Saturday noon, UTC.
const WALL: f64 = 1_790_424_000_000.0;

/// When all of it is over.
const LATER: u64 = WALL as u64 + 10 * 86_400_000;

/// What a visitor does on one page.
struct Step {
    kind: &'static str,
    seconds: f64,
    goal: Option<&'static str>,
}

fn step(kind: &'static str, seconds: f64) -> Step {
    Step { kind, seconds, goal: None }
}

/// Runs a session as pages do, each with an engine of its own; returns what is to be kept, the
/// batches, and the session features that the engine forecast from on each page.
fn session(snapshot: &Value, begin: f64, steps: &[Step]) -> (Value, Vec<Vec<u8>>, Vec<Vec<f64>>) {
    let config = Config::compile(&Value::map()).unwrap();
    let first = index_of("s_adm").unwrap();
    let (mut snapshot, mut sent, mut seen) = (snapshot.clone(), Vec::new(), Vec::new());
    let mut wall = begin;
    for (at, step) in steps.iter().enumerate() {
        let start = Start {
            seed: (begin as u64).wrapping_add(at as u64),
            now: 0.0,
            origin: Origin { wall_ms: wall, utc_offset_min: 0.0 },
            device: Value::Null,
            collect: true,
            ..Start::default()
        };
        let mut engine = Engine::new(config.clone(), &snapshot, start);
        let mut keep = |effects: Vec<Effect>| {
            sent.extend(effects.into_iter().filter_map(|effect| match effect {
                Effect::Send { bytes, .. } => Some(bytes),
                _ => None,
            }));
        };
        let page = Page { path: "/".into(), kind: step.kind.into(), ..Page::default() };
        keep(engine.handle(&Signal::Page(page), 0.0));
        keep(engine.handle(&Signal::Move { x: 1.0, y: 1.0 }, 100.0));
        keep(engine.tick(250.0));
        seen.push(engine.vector()[first..first + 15].to_vec());
        if let Some(name) = step.goal {
            let goal = Signal::Goal { name: name.into(), value: 1.0 };
            keep(engine.handle(&goal, step.seconds * 1_000.0 - 500.0));
        }
        keep(engine.handle(&Signal::Visibility { visible: false }, step.seconds * 1_000.0));
        snapshot = engine.snapshot();
        wall += step.seconds * 1_000.0;
    }
    (snapshot, sent, seen)
}

fn store(db: &Path, batches: &[Vec<u8>], excluded: u8) {
    let settings = Settings::new(db, "demo", "pk", "long-enough").unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = SqliteStore::open(&settings).unwrap();
        for bytes in batches {
            let batch = wire::Batch { excluded, ..wire::decode(bytes).unwrap() };
            let received_at = batch.base_ms + 3_600_000;
            let arrival = Arrival { site: "demo".into(), received_at, bytes: bytes.len(), batch };
            store.append(arrival).await.unwrap();
        }
        store.close().await.unwrap();
    });
}

#[test]
fn samples_are_what_the_engine_forecast_from() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let buying = [
        step("home", 12.0),
        step("product", 40.0),
        step("help", 7.0),
        step("cart", 9.0),
        Step { kind: "checkout", seconds: 30.0, goal: Some("purchase") },
        step("home", 20.0),
    ];
    let (kept, mut batches, mut seen) = session(&Value::Null, WALL, &buying);
    // The same visitor two days later, on a Monday, who looks and leaves.
    let looking = [step("product", 15.0), step("faq", 3.0)];
    let (_, more, again) = session(&kept, WALL + 2.0 * 86_400_000.0, &looking);
    batches.extend(more);
    store(&db, &batches, 0);
    let (_, machine, _) = session(&Value::Null, WALL + 5e6, &[step("product", 5.0)]);
    store(&db, &machine, 1);

    let samples = pages(&db, "demo", "purchase", LATER).unwrap();
    let first = index_of("s_adm").unwrap();
    let found: Vec<Vec<f64>> =
        samples.iter().map(|it| it.features[first..first + 15].to_vec()).collect();
    // The page after the purchase forecasts nothing that is still to come.
    seen.truncate(5);
    seen.extend(again);
    assert_eq!(found, seen);
    let happened: Vec<bool> = samples.iter().map(|it| it.happened).collect();
    assert_eq!(happened, [true, true, true, true, true, false, false]);
    assert_eq!((samples[0].pages, samples[5].pages), (6, 2));
    assert_eq!(samples[0].visitor, samples[6].visitor);
    assert_ne!(samples[0].session, samples[6].session);
    let others = (0..COUNT).filter(|at| !(first..first + 15).contains(at));
    assert!(
        others.clone().count() > 40 && others.into_iter().all(|at| samples[2].features[at] == 0.0)
    );

    let other = pages(&db, "demo", "signup", LATER).unwrap();
    assert_eq!(other.len(), 8, "another goal is another label");
    assert!(other.iter().all(|it| !it.happened));
    // While the second visit may still go on, nobody knows how it ends.
    let early = pages(&db, "demo", "purchase", WALL as u64 + 2 * 86_400_000 + 60_000).unwrap();
    assert_eq!(early.len(), 5);
    assert!(pages(&db, "elsewhere", "purchase", LATER).unwrap().is_empty());
}

/// Batches of sessions: each looks at products, some open the cart, and mostly those buy.
fn shoppers(count: u64) -> Vec<Vec<u8>> {
    let mut rng = Rng::new(21);
    let mut draw = |most: u64| rng.draw() % most;
    let mut batches = Vec::new();
    for at in 0..count {
        let has_cart = draw(3) == 0;
        let buys = draw(100) < if has_cart { 60 } else { 4 };
        let mut whats: Vec<What> =
            (0..1 + draw(4)).map(|_| What::Page { path: 1, kind: 2, item: 0 }).collect();
        if has_cart {
            whats.push(What::Page { path: 1, kind: 3, item: 0 });
        }
        if buys {
            whats.push(What::Goal { name: 4, value: 9.0 });
        }
        let pace = 4_000 + draw(9_000) as u32;
        batches.push(wire::encode(&wire::Batch {
            version: wire::VERSION,
            id: Id(u128::from(at) + 1),
            visitor: Id(u128::from(at) + 1_000_000),
            session: Id(u128::from(at) + 2_000_000),
            view: 1,
            sequence: 0,
            base_ms: WALL as u64 + at * 1_000,
            dropped: 0,
            automation: 0,
            excluded: 0,
            names: ["/", "product", "cart", "signup"].map(str::to_owned).to_vec(),
            events: (0..).zip(whats).map(|(step, what)| Event { at: step * pace, what }).collect(),
            trace: Vec::new(),
        }));
    }
    batches
}

#[test]
fn a_head_of_the_site_is_trained_from_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    store(&db, &shoppers(900), 0);
    let out = folder.path().join("signup.model");
    let train = |more: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_unspoken"));
        command.args(["train", "signup", "--kind", "logistic", "--db"]).arg(&db);
        command.arg("--out").arg(&out).args(more).output().unwrap()
    };
    let ran = train(&["--json"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let told: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    let auc = told["figures"]["val"]["auc"].as_f64().unwrap();
    assert!(told["head"] == "signup" && auc > 0.6, "{told}");
    let model = Model::read(&std::fs::read(&out).unwrap()).unwrap();
    assert!(model.head == "signup" && can_forecast(&model));
    // The cart is what tells: a page of it raises the forecast.
    let mut totals = Totals { pages: [0.0, 0.0, 3.0], ..Totals::default() };
    let forecast = |totals: &Totals| {
        let mut vector = [0.0; COUNT];
        vector[32..47].copy_from_slice(&totals.features());
        model.forecast(&vector)
    };
    let without = forecast(&totals);
    totals.pages[0] = 1.0;
    assert!(forecast(&totals) > 2.0 * without, "{without} {}", forecast(&totals));
    let nothing = train(&["--goal", "absent"]);
    assert!(!nothing.status.success(), "a goal that nobody reached teaches nothing");
}

#[test]
fn what_the_reference_says_does_not_survive_is_no_input_of_a_rebuilt_recording() {
    let table = include_str!("../../docs/features.md");
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (name, survives) = (cells[1].trim_matches('`'), cells[cells.len() - 3]);
        assert!(survives == "yes" || NOT_REBUILT.contains(&name), "{name}: {survives}");
    }
}
