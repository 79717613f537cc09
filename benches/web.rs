//! Times of the core in a browser, compiled as it ships: `npm run bench` runs it in Chromium.
//!
//! Medians over rounds of many calls each, because a browser's clock is coarse. A tick is a whole
//! point of the grid: vector, all heads, what was learned, outcomes, decisions.
#![cfg(target_arch = "wasm32")]

use std::hint::black_box;
use unspoken::config::Config;
use unspoken::engine::{Engine, Start};
use unspoken::feature::{COUNT, Features, Told, window::CELL};
use unspoken::intent::model::sigmoid;
use unspoken::intent::{Head, Source};
use unspoken::layout::Layout;
use unspoken::signal::Signal;
use unspoken::value::Value;
use unspoken::web::{clock, convert};
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
    let config = Config::compile(&config).ok().unwrap_or_default();
    let mut engine = Engine::new(config, &Value::Null, Start::default());
    let mut now = 0.0;
    time("a point of the grid, all heads and decisions", 5_000, |at| {
        now += CELL;
        black_box(engine.handle(&moved(at), now));
    });
}
