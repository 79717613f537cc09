//! Times of the core in a browser, compiled as it ships: `npm run bench` runs it in Chromium.
//!
//! Medians over rounds of many calls each, because a browser's clock is coarse. A tick is a whole
//! point of the grid: vector, all heads, what was learned, outcomes, decisions.
#![cfg(target_arch = "wasm32")]

use js_sys::{Function, Reflect};
use std::hint::black_box;
use std::rc::Rc;
use unspoken::attribute::Document;
use unspoken::config::Config;
use unspoken::engine::{Engine, Start};
use unspoken::experiment::Overrides;
use unspoken::feature::{COUNT, Features, Told, window::CELL};
use unspoken::intent::model::sigmoid;
use unspoken::intent::{Head, Source};
use unspoken::layout::Layout;
use unspoken::payload::{Context, Notes, Payload};
use unspoken::reading::Reading;
use unspoken::signal::Signal;
use unspoken::value::Value;
use unspoken::web::{clock, convert, host::Browser};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const ROUNDS: usize = 31;

/// Median µs of one call.
fn time(name: &str, calls: u32, mut call: impl FnMut(u32)) {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = clock::now();
            (0..calls).for_each(&mut call);
            (clock::now() - begun) * 1_000.0 / f64::from(calls)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    console_log!("bench {name}: {:.3} us", rounds[ROUNDS / 2]);
}

fn layout() -> Layout {
    let mut layout = Layout::default();
    for at in 0..8 {
        layout.place(&format!("slot{at}"), [100.0, 300.0 * f64::from(at), 600.0, 250.0]);
    }
    layout
}

fn moved(at: u32) -> Signal {
    let at = f64::from(at);
    Signal::Move { x: 400.0 + at % 211.0, y: 300.0 + at % 97.0 }
}

#[wasm_bindgen_test]
fn a_move_through_all_features() {
    let (layout, mut features, mut now) = (layout(), Features::new(0.0), 0.0);
    time("a move through all features", 20_000, |at| {
        now += 16.0;
        features.update(&moved(at), now, &layout);
    });
}

#[wasm_bindgen_test]
fn a_vector() {
    let (layout, mut features, mut now) = (layout(), Features::new(0.0), 0.0);
    let told = Told::default();
    time("a vector", 5_000, |at| {
        now += CELL;
        features.update(&moved(at), now, &layout);
        black_box(features.vector(now, &layout, &told));
    });
}

#[wasm_bindgen_test]
fn all_models() {
    let heads = Head::built_in();
    let mut features = [1.0; COUNT];
    time("all models", 5_000, |at| {
        features[at as usize % COUNT] = f64::from(at % 9);
        for head in &heads {
            if let Source::Model(model) = &head.source {
                black_box(sigmoid(model.logit(&features)));
            }
        }
    });
}

#[wasm_bindgen_test]
fn a_tick_with_all_heads() {
    let config = convert::from_json(
        r#"{"slots":{"a":{"rules":[{"id":"r","when":{"intent.struggle":{"$gt":0.6}},"show":"v"}]}}}"#,
    );
    let (config, _) = Config::compile_on(&config, Rc::new(Browser::default()));
    let mut engine = Engine::new(config.shared(), &Value::Null, Start::default());
    let mut now = 0.0;
    time("a point of the grid, all heads and decisions", 5_000, |at| {
        now += CELL;
        black_box(engine.handle(&moved(at), now));
    });
}

/// GrowthBook's SDK and our client over the module that ships, as `scripts/bench.mjs` bundled them from
/// `benches/features.mjs`.
const FEATURES: &str = include_str!("../target/bench-features.js");

/// Many short rounds, since the clock's tick is 0.1 ms and a busy machine takes its turn after some.
const TURNS: usize = 101;

fn median(rounds: &mut [f64]) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

/// Median µs of a whole round of each, the rounds one after the other in turn: what else the machine
/// does then falls on all of them alike.
fn in_turn(calls: u32, sides: &mut [&mut dyn FnMut() -> f64]) -> Vec<f64> {
    let mut rounds = vec![Vec::new(); sides.len()];
    for round in 0..TURNS + 5 {
        for (side, rounds) in sides.iter_mut().zip(&mut rounds) {
            let begun = clock::now();
            for _ in 0..calls {
                assert!(side() > 0.0, "something is on");
            }
            // The first rounds are for the browser's compiler.
            if round >= 5 {
                rounds.push((clock::now() - begun) * 1_000.0 / f64::from(calls));
            }
        }
    }
    rounds.iter_mut().map(|rounds| median(rounds)).collect()
}

#[wasm_bindgen_test]
async fn a_thousand_features_against_growthbooks_sdk() {
    js_sys::eval(FEATURES).unwrap();
    let bench = Reflect::get(&js_sys::global(), &"unspokenBench".into()).unwrap();
    let get = |name: &str| Reflect::get(&bench, &JsValue::from_str(name)).unwrap();
    let call = |name: &str| get(name).unchecked_into::<Function>().call0(&bench).unwrap();
    let started: js_sys::Promise = call("start").unchecked_into();
    wasm_bindgen_futures::JsFuture::from(started).await.unwrap();
    let document = convert::from_json(&get("json").as_string().unwrap());
    let mut reading = Reading::on(Rc::new(Browser::default()));
    let payload = Payload::read(document.at("payload"), &mut reading);
    assert_eq!((payload.features().len(), reading.into_mistakes().len()), (1_000, 0));
    let (attributes, overrides) = (Document(document.at("attributes")), Overrides::default());
    let context = Context { attributes: &attributes, overrides: &overrides };
    let mut core = || {
        let on = |at: &usize| payload.evaluate(*at, &context, &mut Notes::default()).is_on();
        (0..payload.features().len()).filter(on).count() as f64
    };
    let mut growthbook = || call("growthbook").as_f64().unwrap();
    let mut client = || call("client").as_f64().unwrap();
    assert_eq!((growthbook(), client()), (core(), core()), "both say the same");
    let medians = in_turn(3, &mut [&mut growthbook, &mut core, &mut client]);
    console_log!("bench 1,000 features, GrowthBook's SDK: {:.3} us", medians[0]);
    console_log!("bench 1,000 features, in the core: {:.3} us", medians[1]);
    console_log!("bench 1,000 features, unspoken.feature(): {:.3} us", medians[2]);
}
