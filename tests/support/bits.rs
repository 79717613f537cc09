//! The bits of every vector and forecast that a recording gives, for the host and for wasm.

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::intent::model::{Model, Shape, Split, Tree};
use unspoken::intent::{BUY, COMMIT, Outcome, Source, declare};
use unspoken::signal::Signal;
use unspoken::trace::signal_from_value;
use unspoken::value::Value;

/// FNV-1a of 64 bits: any other bit anywhere gives another number.
fn fold(hash: u64, number: f64) -> u64 {
    number
        .to_bits()
        .to_le_bytes()
        .iter()
        .fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

/// A config that uses what the default does not: trees, a calibration, a head of the site's own.
fn other_config() -> Config {
    let split = |feature, threshold, next| Split { feature, threshold, next };
    let tree = Tree {
        splits: vec![split(0, 3_000, [!0, 1]), split(6, 9_000, [!1, !2])],
        leaves: vec![-40, 90, 7],
    };
    let mut config = Config::default();
    config.heads[COMMIT].calibration = [1.1, -0.2];
    config.heads[BUY].source = Source::Model(Model {
        head: "buy".into(),
        bias: -1.5,
        scale: 0.0125,
        weights: Vec::new(),
        shape: Shape::Trees(vec![tree]),
    });
    let soon = Outcome::Click(String::new());
    config.heads.push(declare::at_base("own", soon, Some(1_000.0), 0.3));
    config
}

/// A recording: its header and signals as documents. Returns, for each point of the grid, a hash
/// of the vector, of all forecasts and of the automation score; first by the default config for a
/// new visitor, then by another for one who brings along what the first visit taught.
pub fn bits(header: &Value, signals: &[Value]) -> Vec<String> {
    let (mut rows, snapshot) = run(Config::default(), &Value::Null, header, signals);
    rows.extend(run(other_config(), &snapshot, header, signals).0);
    rows
}

fn run(
    config: Config,
    snapshot: &Value,
    header: &Value,
    signals: &[Value],
) -> (Vec<String>, Value) {
    let pair = |key: &str| {
        let items = header.get(key).map_or(&[][..], Value::items);
        [0, 1].map(|at| items.get(at).and_then(Value::as_f64).unwrap_or(0.0))
    };
    let start = signals.first().and_then(|line| line.number("t")).unwrap_or(0.0);
    let start = Start { now: start, ..Start::default() };
    let mut engine = Engine::new(config.shared(), snapshot, start);
    let sizes = Signal::Resize { viewport: pair("viewport"), document: pair("document") };
    engine.handle(&sizes, 0.0);
    for slot in header.get("slots").map_or(&[][..], Value::items) {
        let rect = slot.get("rect").map_or(&[][..], Value::items);
        let rect = [0, 1, 2, 3].map(|at| rect.get(at).and_then(Value::as_f64).unwrap_or(0.0));
        let id = slot.text("id").unwrap_or_default().into();
        engine.handle(&Signal::Slot { id, rect }, 0.0);
    }
    let mut rows = Vec::new();
    let mut note = |engine: &Engine, effects: Vec<Effect>| {
        if !effects.iter().any(|effect| matches!(effect, Effect::Forecast(_))) {
            return;
        }
        let score = engine.profile().session.automation;
        let numbers = engine.vector().iter().chain(engine.forecasts()).chain([&score]);
        let hash = numbers.fold(0xcbf2_9ce4_8422_2325, |hash, number| fold(hash, *number));
        rows.push(format!("{hash:016x}"));
    };
    for line in signals {
        let Ok(Some((at, signal))) = signal_from_value(line) else { continue };
        while let Some(due) = engine.wake_at().filter(|due| *due <= at) {
            let effects = engine.tick(due);
            note(&engine, effects);
        }
        let effects = engine.handle(&signal, at);
        note(&engine, effects);
    }
    (rows, engine.snapshot())
}
