//! What a signal, a forecast and a decision cost on the host. `cargo bench --bench engine`.
//!
//! Timings are for comparing one change with the next on one machine; nothing is asserted.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use unspoken::config::Config;
use unspoken::engine::{Engine, Start};
use unspoken::feature::{Features, Told};
use unspoken::intent::learn::Learner;
use unspoken::layout::Layout;
use unspoken::signal::{Page, Signal};
use unspoken::value::Value;
use unspoken::wire::{Batch, Event, What, encode};

fn main() {
    divan::main();
}

/// An engine with so many slots, each with so many rules that never hold.
fn engine(slots: usize, rules: usize) -> Engine {
    let rule = |at: usize| {
        format!(
            r#"{{"id":"r{at}","show":"b","when":{{"intent.commit":{{"$gt":2}},"page.kind":"x{at}"}}}}"#
        )
    };
    let rules = (0..rules).map(rule).collect::<Vec<_>>().join(",");
    let slot = |at: usize| format!(r#""s{at}":{{"rules":[{rules}]}}"#);
    let slots = (0..slots).map(slot).collect::<Vec<_>>().join(",");
    let config = Value::parse(&format!(r#"{{"slots":{{{slots}}}}}"#)).unwrap();
    let mut engine = Engine::new(Config::compile(&config).unwrap(), &Value::Null, Start::default());
    let sizes = Signal::Resize { viewport: [1280.0, 720.0], document: [1280.0, 4000.0] };
    engine.handle(&sizes, 0.0);
    engine.handle(&Signal::Page(Page::default()), 0.0);
    engine
}

/// A hundred moves within one cell of the grid: no forecast among them.
#[divan::bench]
fn a_hundred_moves(bencher: Bencher) {
    bencher.counter(ItemsCount::new(100u32)).with_inputs(|| engine(8, 2)).bench_local_refs(
        |engine| {
            for step in 0..100u32 {
                let at = f64::from(step) * 2.0;
                engine.handle(&Signal::Move { x: f64::from(step), y: at }, black_box(at));
            }
        },
    );
}

/// Features in the middle of a page view, among so many slots.
fn features(slots: u32) -> (Features, Layout) {
    let mut layout = Layout::default();
    (layout.viewport, layout.document) = ([1280.0, 720.0], [1280.0, 4000.0]);
    for at in 0..slots {
        layout.place(
            &format!("s{at}"),
            [f64::from(at % 4) * 300.0, f64::from(at) * 90.0, 280.0, 80.0],
        );
    }
    let mut features = Features::new(0.0);
    for step in 0..2_000u32 {
        let (x, y) = (f64::from(step * 7 % 1280), f64::from(step * 3 % 720));
        features.update(&Signal::Move { x, y }, f64::from(step) * 4.0, &layout);
    }
    (features, layout)
}

/// A hundred moves at 240 Hz through all features.
#[divan::bench(args = [1, 8, 64])]
fn a_move_through_all_features(bencher: Bencher, slots: u32) {
    bencher.counter(ItemsCount::new(100u32)).with_inputs(|| features(slots)).bench_local_refs(
        |(features, layout)| {
            for step in 0..100u32 {
                let at = 8_000.0 + f64::from(step) * 4.0;
                let signal = Signal::Move { x: f64::from(step * 9), y: f64::from(step * 5) };
                features.update(black_box(&signal), at, layout);
            }
        },
    );
}

/// A hundred scrolls at 60 Hz through all features.
#[divan::bench(args = [1, 8, 64])]
fn a_scroll_through_all_features(bencher: Bencher, slots: u32) {
    bencher.counter(ItemsCount::new(100u32)).with_inputs(|| features(slots)).bench_local_refs(
        |(features, layout)| {
            for step in 0..100u32 {
                let at = 8_000.0 + f64::from(step) * 16.0;
                let signal = Signal::Scroll { y: f64::from(step * 20), inner: false };
                features.update(black_box(&signal), at, layout);
            }
        },
    );
}

/// One vector: all 63 features at a forecast.
#[divan::bench(args = [1, 8, 64])]
fn a_vector(bencher: Bencher, slots: u32) {
    let told = Told::default();
    bencher
        .with_inputs(|| features(slots))
        .bench_local_refs(|(features, layout)| features.vector(black_box(8_000.0), layout, &told));
}

/// A point of the grid: features, four heads, and rules of every slot.
#[divan::bench(args = [(1, 1), (10, 1), (10, 10), (10, 100), (100, 10)])]
fn a_forecast_with_slots_and_rules(bencher: Bencher, (slots, rules): (usize, usize)) {
    bencher.with_inputs(|| engine(slots, rules)).bench_local_refs(|engine| {
        engine.tick(black_box(250.0));
    });
}

/// A batch of two hundred clicks, encoded.
#[divan::bench]
fn a_batch_of_200_clicks(bencher: Bencher) {
    let click = |at: u32| Event { at: at * 50, what: What::Click { slot: 1, role: 2, flags: 0 } };
    let batch = Batch {
        version: 1,
        id: unspoken::id::Id(1),
        visitor: unspoken::id::Id(2),
        session: unspoken::id::Id(3),
        view: 4,
        sequence: 0,
        base_ms: 1_790_000_000_000,
        dropped: 0,
        automation: 0,
        excluded: 0,
        names: vec!["hero".into()],
        events: (0..200).map(click).collect(),
        trace: Vec::new(),
    };
    bencher.bench_local(|| encode(black_box(&batch)));
}

/// An outcome learned: of a head of the session, which has 15 terms, and of one with none.
#[divan::bench(args = [0, 15])]
fn an_outcome_learned(bencher: Bencher, terms: usize) {
    let (mut learner, terms) = (Learner::new(), [0.5; 15].split_at(terms).0.to_vec());
    let mut happened = false;
    bencher.bench_local(|| {
        happened = !happened;
        learner.learn(black_box(-2.0), black_box(&terms), happened);
    });
}
