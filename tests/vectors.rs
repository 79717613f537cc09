//! Vectors that the host and the browser both read: a trace, and every forecast's bits.
//!
//! `tests/web.rs` holds the same file against the core in WebAssembly. Where the model or a feature
//! changes on purpose, `UNSPOKEN_WRITE_VECTORS=1 cargo test --test vectors` writes it anew; the
//! change then shows in the commit.

use std::path::Path;
use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::trace::signal_from_value;
use unspoken::value::Value;

const FILE: &str = "tests/vectors/forecasts.json";

/// `[t, bits of every forecast as hex]` for each point of the grid.
fn forecasts(signals: &[Value]) -> Value {
    let mut engine = Engine::new(Config::default(), &Value::Null, Start::default());
    let mut rows = Vec::new();
    let mut tell = |engine: &Engine, effects: Vec<Effect>| {
        if let Some(Effect::Forecast(at)) = effects.first() {
            let heads = engine.config().heads.len();
            let bits = engine.forecasts()[..heads].iter();
            let bits = bits.map(|it| Value::from(format!("{:016x}", it.to_bits())));
            rows.push(Value::List(vec![Value::from(*at), Value::List(bits.collect())]));
        }
    };
    for line in signals {
        let (at, signal) = signal_from_value(line).unwrap().unwrap();
        while let Some(due) = engine.wake_at().filter(|due| *due <= at) {
            let effects = engine.tick(due);
            tell(&engine, effects);
        }
        engine.handle(&signal, at);
    }
    Value::List(rows)
}

#[test]
fn forecasts_have_the_bits_of_the_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let vectors = Value::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let signals = vectors.get("signals").unwrap();
    let made = forecasts(signals.items());
    assert!(made.items().len() > 50);
    if std::env::var_os("UNSPOKEN_WRITE_VECTORS").is_some() {
        let rows = |value: &Value| {
            value.items().iter().map(Value::to_json).collect::<Vec<_>>().join(",\n")
        };
        let text = format!(
            "{{\"version\":1,\n\"signals\":[\n{}\n],\n\"forecasts\":[\n{}\n]}}\n",
            rows(signals),
            rows(&made)
        );
        std::fs::write(&path, text).unwrap();
        return;
    }
    let expected = vectors.get("forecasts").unwrap();
    for (made, expected) in made.items().iter().zip(expected.items()) {
        assert_eq!(made, expected);
    }
    assert_eq!(made.items().len(), expected.items().len());
}
