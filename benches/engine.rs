//! What a signal, a forecast and a decision cost on the host. `cargo bench --bench engine`.
//!
//! Timings are for comparing one change with the next on one machine; nothing is asserted.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use unspoken::attribute::Document;
use unspoken::config::Config;
use unspoken::engine::{Engine, Start};
use unspoken::experiment::{Overrides, Sticky};
use unspoken::feature::{Features, Told};
use unspoken::host::Native;
use unspoken::intent::learn::Learner;
use unspoken::layout::Layout;
use unspoken::payload::{Context, Notes, Payload};
use unspoken::reading::Reading;
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

/// A GrowthBook payload of so many features with one rule each, and text of it: conditions of three
/// kinds, rollouts, and experiments with and without a filter, namespace and leaf.
fn payload_text(features: usize) -> String {
    let rule = |at: usize| {
        match at % 6 {
        0 => format!(r#"{{"force":{at},"condition":{{"country":"DE","age":{{"$gte":{}}}}}}}"#, at % 80),
        1 => format!(r#"{{"force":1,"coverage":0.3,"hashVersion":2,"seed":"s{at}"}}"#),
        2 => r#"{"variations":["a","b"],"hashVersion":2,"coverage":0.8,"weights":[0.5,0.5]}"#.into(),
        3 => format!(r#"{{"variations":[1,2,3],"condition":{{"plan":{{"$in":["pro","team","x{at}"]}}}}}}"#),
        4 => r#"{"force":true,"condition":{"$or":[{"tags":{"$elemMatch":{"$eq":"sale"}}},{"id":{"$inGroup":"g"}}]}}"#.into(),
        _ => r#"{"variations":["a","b"],"filters":[{"seed":"f","ranges":[[0,0.7]]}],"meta":[{"key":"0"},{"key":"1"}]}"#.into(),
    }
    };
    let feature = |at| format!(r#""f{at}":{{"defaultValue":0,"rules":[{}]}}"#, rule(at));
    let features: Vec<String> = (0..features).map(feature).collect();
    format!(r#"{{"features":{{{}}},"savedGroups":{{"g":["v1","v2","v3"]}}}}"#, features.join(","))
}

fn payload(features: usize) -> Payload {
    let mut reading = Reading::on(std::rc::Rc::new(Native));
    let payload = Payload::read(&Value::parse(&payload_text(features)).unwrap(), &mut reading);
    assert_eq!(reading.count(), 0);
    payload
}

/// 1,000 rules: every feature of a large payload for one visitor.
#[divan::bench(args = [100, 1_000])]
fn a_thousand_rules(bencher: Bencher, features: usize) {
    let payload = payload(features);
    let visitor = r#"{"id":"visitor-77","country":"DE","age":40,"plan":"pro","tags":["new"]}"#;
    let visitor = Value::parse(visitor).unwrap();
    let (document, overrides) = (Document(&visitor), Overrides::default());
    let mut sticky = Sticky::default();
    bencher.counter(ItemsCount::new(features)).bench_local(|| {
        let context = Context { attributes: &document, overrides: &overrides };
        let mut notes = Notes { sticky: Some(&mut sticky), assigned: None };
        let on = |at| payload.evaluate(black_box(at), &context, &mut notes).is_on();
        (0..features).map(on).filter(|on| *on).count()
    });
}

/// The same rules, compiled from their document.
#[divan::bench]
fn a_thousand_rules_compiled(bencher: Bencher) {
    let value = Value::parse(&payload_text(1_000)).unwrap();
    bencher.counter(ItemsCount::new(1_000u32)).bench_local(|| {
        Payload::read(black_box(&value), &mut Reading::on(std::rc::Rc::new(Native)))
    });
}
