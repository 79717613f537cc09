//! Memory: a signal allocates nothing, and an hour of input at 60 Hz leaves no more behind than ten
//! minutes of it.

#![cfg(not(target_arch = "wasm32"))]

use allocation_counter::measure;
use unspoken::attribute::Document;
use unspoken::bandit::{self, Awaiting, Learn, Lesson, MAX_DECISIONS, Posteriors};
use unspoken::config::Config;
use unspoken::engine::{Engine, MAX_SNAPSHOT, Start};
use unspoken::entry::EACH;
use unspoken::experiment::{Overrides, Sticky};
use unspoken::feature::{Features, Told};
use unspoken::id::Rng;
use unspoken::intent::{MAX_HEADS, Outcome, declare, learn};
use unspoken::journey::{self, Move};
use unspoken::layout::Layout;
use unspoken::limit::{Key, Span};
use unspoken::payload::{Context, Notes, Payload};
use unspoken::profile::{MAX_BYTES, Profile};
use unspoken::reading::Reading;
use unspoken::signal::{Page, Role, Signal};
use unspoken::time::{MINUTE, Origin, SECOND};
use unspoken::value::Value;

const FRAME: f64 = 1_000.0 / 60.0;

fn moved(step: u64) -> Signal {
    let step = step as f64;
    Signal::Move { x: 640.0 + 500.0 * (step / 41.0).sin(), y: 400.0 + 300.0 * (step / 67.0).cos() }
}

/// What a restless visitor does in a frame: a move always, now and then something else.
fn frame(step: u64) -> Vec<Signal> {
    let mut signals = vec![moved(step)];
    if step.is_multiple_of(4) {
        let y = 600.0 + 500.0 * (step as f64 / 233.0).sin();
        signals.push(Signal::Scroll { y, inner: false });
    }
    if step.is_multiple_of(311) {
        let slot = step.is_multiple_of(2).then(|| "slot3".into());
        signals.push(Signal::Click { x: 100.0, y: 100.0, slot, role: Role::Link });
    }
    if step.is_multiple_of(4_001) {
        signals.push(Signal::Goal { name: format!("goal{}", step % 7), value: 1.0 });
    }
    if step.is_multiple_of(7_001) {
        let (kind, item) = ("product".into(), format!("item{step}"));
        signals.push(Signal::Page(Page { kind, item, ..Page::default() }));
    }
    signals
}

fn engine() -> Engine {
    let text = r#"{"slots":{"slot3":{"swap":"now","rules":[
        {"id":"r","when":{"intent.commit":{"$gt":0.3}},"show":"v"}]}},
        "intents":{"own":{"outcome":{"goal":"goal1"},"within":60}}}"#;
    let config = Config::compile(&Value::parse(text).unwrap()).unwrap();
    let mut engine = Engine::new(config, &Value::Null, Start { collect: true, ..Start::default() });
    let sizes = Signal::Resize { viewport: [1_280.0, 800.0], document: [1_280.0, 4_000.0] };
    engine.handle(&sizes, 0.0);
    for at in 0..20 {
        let rect = [100.0, 200.0 * f64::from(at), 600.0, 180.0];
        engine.handle(&Signal::Slot { id: format!("slot{at}"), rect }, 0.0);
    }
    engine.handle(&Signal::Page(Page::default()), 0.0);
    engine
}

#[test]
fn features_allocate_nothing() {
    let (mut layout, told) = (Layout::default(), Told::default());
    for at in 0..20 {
        layout.place(&format!("slot{at}"), [0.0, 200.0 * f64::from(at), 600.0, 180.0]);
    }
    let mut features = Features::new(0.0);
    let info = measure(|| {
        for step in 0..60 * 60 {
            let now = step as f64 * FRAME;
            features.update(&moved(step), now, &layout);
            features.update(&Signal::Scroll { y: step as f64, inner: false }, now, &layout);
            std::hint::black_box(features.vector(now, &layout, &told));
        }
    });
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn a_move_between_two_forecasts_allocates_nothing() {
    let mut engine = engine();
    engine.handle(&moved(0), 1_001.0);
    let info = measure(|| {
        for step in 1..200 {
            let effects = engine.handle(&moved(step), 1_001.0 + step as f64);
            assert!(effects.is_empty());
        }
    });
    assert_eq!(info.count_total, 0, "{info:?}");
}

/// A thousand rules of every kind, of which none but the last of a slot is for this visitor.
fn rule(at: u32) -> String {
    let then = match at % 8 {
        0 => r#""when":{"plan":"free","intent.struggle":{"$gte":0.1}},"show":"v""#,
        1 => r#""test":{"variants":["v","w"],"coverage":0}"#,
        2 => r#""when":{"age":{"$lt":18}},"learn":{"variants":["v","w"],"goal":"buy"}"#,
        3 => r#""limits":{"until":{"fact":"email"},"perSession":2,"cooldown":"1h"},"show":"v""#,
        4 => {
            r#""when":{"$or":[{"tags":{"$elemMatch":{"$eq":"x"}}},{"app":{"$vgt":"9.0"}}]},"show":"v""#
        }
        5 => r#""schedule":{"from":"2090-01-01T00:00"},"show":"v""#,
        6 => r#""when":{"$history":{"event":"buy","count":{"$gte":2},"within":"7d"}},"show":"v""#,
        _ => r#""when":{"page.path":{"$regex":"^/boots/[0-9]+$"}},"show":"v""#,
    };
    format!(r#"{{"id":"r{at}",{then}}}"#)
}

/// An engine in the middle of a page view, with four slots of so many rules each.
fn engine_of(rules: u32) -> Engine {
    let last = r#"{"id":"last","learn":{"variants":["v","w"],"goal":"buy","context":["age"]}}"#;
    let slot = |slot: u32| {
        let mut list: Vec<_> = (0..rules).map(|at| rule(slot * 1_000 + at)).collect();
        if rules > 0 {
            list.push(last.into());
        }
        format!(r#""slot{slot}":{{"swap":"now","rules":[{}]}}"#, list.join(","))
    };
    let slots: Vec<_> = (0..4).map(slot).collect();
    let text = format!(r#"{{"goals":{{"buy":{{}}}},"slots":{{{}}}}}"#, slots.join(","));
    let config = Config::compile(&Value::parse(&text).unwrap()).unwrap();
    let mut engine = Engine::new(config, &Value::Null, Start::default());
    engine.handle(&Signal::Fact { name: "email".into(), value: "a@b".into() }, 0.0);
    for (name, value) in [("age", Value::from(34.0)), ("plan", "pro".into()), ("app", "3.1".into())]
    {
        engine.handle(&Signal::Attribute { name: name.into(), value }, 0.0);
    }
    engine.handle(&Signal::Page(Page { path: "/hats/7".into(), ..Page::default() }), 0.0);
    for slot in 0..4 {
        let id = format!("slot{slot}");
        engine.handle(&Signal::Slot { id, rect: [0.0, 0.0, 100.0, 100.0] }, 0.0);
    }
    engine
}

/// What a second of ticks allocates, once all has been decided.
fn allocated_by_ticks(rules: u32) -> u64 {
    let mut engine = engine_of(rules);
    let mut tick = |from: u64, to: u64| {
        for step in from..to {
            engine.tick(step as f64 * 250.0);
        }
    };
    tick(1, 21);
    let info = measure(|| tick(21, 61));
    let variants: Vec<_> = (0..4)
        .map(|at| engine.decision(&format!("slot{at}")).unwrap().text("rule").map(String::from))
        .collect();
    let expected = (rules > 0).then(|| String::from("last"));
    assert_eq!(variants, vec![expected; 4], "the last rules decide, so all before were tried");
    info.count_total
}

#[test]
fn a_thousand_rules_allocate_no_more_than_none() {
    let (none, all) = (allocated_by_ticks(0), allocated_by_ticks(249));
    println!("forty ticks allocate {none} times without rules, {all} times with a thousand");
    assert!(all <= none, "{all} of {none}");
}

#[test]
fn evaluating_features_allocates_nothing() {
    let rules = [
        r#"{"condition":{"age":{"$gte":99}},"force":1},{"condition":{"tags":{"$all":["a","b"]}},"force":2}"#,
        r#"{"coverage":0.5,"hashVersion":2,"force":1}"#,
        r#"{"variations":["a","b"],"namespace":["n",0,0.7],"meta":[{"key":"a"},{"key":"b"}]}"#,
        r#"{"parentConditions":[{"id":"f0","condition":{"value":2}}],"force":3}"#,
        r#"{"variations":["a","b"],"filters":[{"seed":"s","ranges":[[0,0.5]]}],"coverage":0.3}"#,
        r#"{"condition":{"id":{"$inGroup":"g"},"app":{"$vgte":"2.0"}},"variations":[1,2,3]}"#,
    ];
    let features: Vec<_> = (0..1_000)
        .map(|at| {
            let rules = rules[at % rules.len()];
            format!(r#""f{at}":{{"defaultValue":0,"rules":[{rules}]}}"#)
        })
        .collect();
    let text =
        format!(r#"{{"features":{{{}}},"savedGroups":{{"g":["v1","v2"]}}}}"#, features.join(","));
    let mut reading = Reading::default();
    let payload = Payload::read(&Value::parse(&text).unwrap(), &mut reading);
    assert_eq!((payload.features().len(), reading.count()), (1_000, 0));
    let attributes = r#"{"id":"v1","age":34,"tags":["b","a"],"app":"2.1"}"#;
    let attributes = Value::parse(attributes).unwrap();
    let (attributes, overrides) = (Document(&attributes), Overrides::default());
    let context = Context { attributes: &attributes, overrides: &overrides };
    let mut sources = Vec::new();
    for at in 0..12 {
        sources.push(payload.evaluate(at, &context, &mut Notes::default()).source.name());
    }
    for source in ["defaultValue", "force", "experiment"] {
        assert!(sources.contains(&source), "{sources:?}");
    }
    let info = measure(|| {
        for at in 0..1_000 {
            std::hint::black_box(payload.evaluate(at, &context, &mut Notes::default()));
        }
    });
    assert_eq!(info.count_total, 0, "{info:?}");
    // What is kept already is found without allocating, too.
    let mut sticky = Sticky::default();
    for at in 0..40 {
        let mut notes = Notes { sticky: Some(&mut sticky), assigned: None };
        payload.evaluate(at, &context, &mut notes);
    }
    let info = measure(|| {
        for at in 0..40 {
            let mut notes = Notes { sticky: Some(&mut sticky), assigned: None };
            std::hint::black_box(payload.evaluate(at, &context, &mut notes));
        }
    });
    assert!(!sticky.is_empty());
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn an_hour_at_60_hz_leaves_no_more_than_ten_minutes() {
    let mut engine = engine();
    let mut step = 0;
    // Bytes that are held when the minute is over and all is sent.
    let mut held_after = |engine: &mut Engine, minutes: f64| {
        let info = measure(|| {
            while step as f64 * FRAME < minutes * MINUTE {
                step += 1;
                for signal in frame(step) {
                    engine.handle(&signal, step as f64 * FRAME);
                }
            }
            engine.flush(minutes * MINUTE + SECOND);
        });
        info.bytes_current
    };
    let first = held_after(&mut engine, 10.0);
    let rest = held_after(&mut engine, 60.0);
    println!("after ten minutes {first} bytes more than at the start, after an hour {rest} more");
    // Names of items come and go within their bounds, a few bytes longer or shorter.
    assert!(rest.abs() < 1_024, "{rest} bytes in fifty minutes");
    assert!(first < 64 * 1_024, "{first}");
}

#[test]
fn the_fullest_profile_fits_what_storage_takes() {
    let wall = 1.8e12;
    let mut profile = Profile::open(&Value::Null, wall, &mut Rng::new(1));
    for at in 0..200u32 {
        let name = format!("{at} {}", "x".repeat(200));
        profile.goal(&name, wall);
        profile.fact(&name, &Value::from(name.as_str()), wall);
        profile.page(&name, std::slice::from_ref(&name), wall);
        profile.session.stays.add(&name, 1_234_567.0);
        profile.dismiss(&name, wall);
        profile.log.note(&name, wall, std::slice::from_ref(&name));
        let outcome = Outcome::Goal(name.clone());
        let head = declare::at_base(&name, outcome, None, 0.05);
        let terms = [f64::from(at) * 0.0173 - 1.7; learn::MAX_TERMS];
        profile.session.pending.forecast(&name, at as usize % 10, -1.234, &terms, 0);
        for step in 0..40u32 {
            profile.learned.of(&head).learn(-1.0, &terms, step.is_multiple_of(3));
        }
    }
    // Names of the length at which lists are full both ways.
    for at in 0..200u32 {
        let name = format!("{at:04}{}", "x".repeat(EACH - 4));
        let (wall, half) = (wall + 0.25, EACH / 2);
        profile.goal(&name, wall);
        profile.dismiss(&name, wall);
        profile.fact(&name[..half], &Value::from(&name[half..]), wall);
        (0..3).for_each(|_| profile.dwelt(&name, wall - 1e9));
        profile.dwelt(&name, wall);
    }
    // Short names: more of them fit into the log.
    for at in 0..200u32 {
        let name = format!("{at:4}");
        profile.log.note(&name, wall + f64::from(at) * 2.4e9, std::slice::from_ref(&name));
    }
    for at in 0..64 * 12u32 {
        let key = Key::of(&[&format!("{}", at % 64)]);
        profile.tally.begin(Span::Page);
        profile.tally.saw(key, wall + f64::from(at) * 4e8);
        profile.claims.begin(Span::Page);
        profile.claims.claim(key, wall + f64::from(at) * 4e8);
    }
    let name = "j".repeat(journey::MAX_NAME - 2);
    let states = format!(r#"{{"states":{{"{name}":[]}}}}"#);
    let journeys: Vec<_> = (10..26).map(|at| format!("\"{at}{name}\":{states}")).collect();
    let journeys = Value::parse(&format!("{{{}}}", journeys.join(","))).unwrap();
    let journeys = journey::read(&journeys, &mut Reading::default());
    let moves: Vec<_> = (0..journeys.len())
        .map(|journey| Move { journey, from: 0, to: 0, since: wall + 0.5 })
        .collect();
    assert_eq!(moves.len(), journey::MAX_JOURNEYS);
    profile.journeys.make(&journeys, &moves);
    let document = profile.to_value();
    for (part, value) in document.entries() {
        println!("{part}: {} bytes", value.to_json().len());
    }
    let bytes = document.to_json().len();
    println!("the fullest profile: {bytes} of {MAX_BYTES} bytes, with {MAX_HEADS} heads");
    assert!(bytes < MAX_BYTES, "{bytes}");
    assert!(bytes > MAX_BYTES / 2, "{bytes}: the test does not fill it");

    // With all that waits for a reward, was learned of variants, and was assigned.
    let variants: Vec<_> = (0..bandit::MAX_VARIANTS).map(|at| format!("{at}{name}")).collect();
    let contexts = ["\"a\""; bandit::MAX_CONTEXT - 1].join(",");
    let learn = format!(
        r#"{{"variants":{},"goal":"g","context":[{contexts}]}}"#,
        Value::texts(&variants).to_json()
    );
    let learn = Learn::read(&Value::parse(&learn).unwrap(), &mut Reading::default());
    let (mut awaiting, mut posteriors) = (Awaiting::default(), Posteriors::default());
    let context = learn.context(&Document(&Value::parse(r#"{"a":0.7317}"#).unwrap()));
    for at in 0..MAX_DECISIONS {
        let key = format!("{at}{}", "k".repeat(300));
        awaiting.decided(&key, &"v".repeat(300), &context, 0.123_456_789, wall);
        for arm in 0..bandit::MAX_VARIANTS * 40 {
            let (key, arm) = (key.clone(), arm % bandit::MAX_VARIANTS);
            let lesson = Lesson { key, arm, context, propensity: 0.5, reward: 0.317 };
            posteriors.learn(&lesson, &learn);
        }
    }
    let assigned = |at: usize| format!("\"{at}{}\":\"{}\"", "e".repeat(80), "v".repeat(80));
    let assigned: Vec<_> = (0..64).map(assigned).collect();
    let sticky = format!(
        r#"[{{"attributeName":"id","attributeValue":"{name}","assignments":{{{}}}}}]"#,
        assigned.join(",")
    );
    let snapshot = document
        .with("awaiting", awaiting.to_value())
        .with("posteriors", posteriors.to_value())
        .with("sticky", Value::parse(&sticky).unwrap());
    let start = Start { origin: Origin { wall_ms: wall, utc_offset_min: 0.0 }, ..Start::default() };
    let whole = Engine::new(Config::default(), &snapshot, start).snapshot();
    for part in ["awaiting", "posteriors", "sticky"] {
        println!("{part}: {} bytes", whole.at(part).to_json().len());
    }
    let bytes = whole.to_json().len();
    println!("the fullest snapshot: {bytes} of {MAX_SNAPSHOT} bytes");
    assert!((MAX_SNAPSHOT / 2..MAX_SNAPSHOT).contains(&bytes), "{bytes}");
}
