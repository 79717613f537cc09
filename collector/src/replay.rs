//! Runs recordings through the core: the same signals give the same forecasts and decisions as in
//! the page, to the bit.
//!
//! What a header knows (sizes, slots) comes first, at the time the engine starts; then the
//! signals. A claim of an interruption is answered as the browser answered it; a slot that claimed
//! nothing in the recording (another config may make it) is granted at once. The engine is woken at every point of its grid, so that each forecast can be read
//! when it is made; that changes none of them. Nothing is sent.

use std::fs;
use std::path::{Path, PathBuf};

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::feature::Vector;
use unspoken::signal::Signal;
use unspoken::time::Millis;
use unspoken::trace::{self, Trace};
use unspoken::value::Value;

/// Something the engine told, and when.
#[derive(Clone, PartialEq, Debug)]
pub struct Output {
    /// The recording's clock.
    pub at: Millis,
    /// What was told.
    pub event: Event,
}

/// What the engine told.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A round of forecasts.
    Forecast(Box<Forecast>),
    /// A slot was decided anew.
    Decision {
        /// The slot.
        slot: String,
        /// What it shall show.
        variant: String,
        /// The rule that held; none is the default.
        rule: Option<String>,
        /// Why, in a sentence.
        reason: String,
    },
    /// A slot is to show a variant now.
    Show {
        /// The slot.
        slot: String,
        /// The variant.
        variant: String,
    },
    /// What a slot shows was seen.
    Exposure {
        /// The slot.
        slot: String,
        /// The variant.
        variant: String,
        /// The rule behind it; none is the default.
        rule: Option<String>,
    },
    /// A goal was reached.
    Goal {
        /// The goal.
        name: String,
        /// Its worth.
        value: f64,
    },
    /// Human or machine: comes last, at the end of the recording.
    Automation {
        /// The highest score, 0 to 1.
        score: f64,
        /// The signs that were seen.
        reasons: Vec<String>,
        /// Whether the session was kept out.
        excluded: bool,
    },
}

/// A round of forecasts.
#[derive(Clone, PartialEq, Debug)]
pub struct Forecast {
    /// Each head by name, in the order of the config.
    pub intents: Vec<(String, f64)>,
    /// The slot being considered.
    pub focus: Option<String>,
    /// What the forecasts were made from.
    pub features: Vector,
}

impl Output {
    /// The output as a line of `unspoken replay --json`.
    pub fn to_value(&self, trace: &str) -> Value {
        let line =
            |kind: &str| Value::map().with("trace", trace).with("t", self.at).with("type", kind);
        match &self.event {
            Event::Forecast(forecast) => {
                let intents = forecast
                    .intents
                    .iter()
                    .fold(Value::map(), |map, (head, forecast)| map.with(head, *forecast));
                line("forecast").with("intents", intents).with("focus", forecast.focus.as_deref())
            }
            Event::Decision { slot, variant, rule, reason } => line("decision")
                .with("slot", slot.as_str())
                .with("variant", variant.as_str())
                .with("rule", rule.as_deref())
                .with("reason", reason.as_str()),
            Event::Show { slot, variant } => {
                line("show").with("slot", slot.as_str()).with("variant", variant.as_str())
            }
            Event::Exposure { slot, variant, rule } => line("exposure")
                .with("slot", slot.as_str())
                .with("variant", variant.as_str())
                .with("rule", rule.as_deref()),
            Event::Goal { name, value } => {
                line("goal").with("name", name.as_str()).with("value", *value)
            }
            Event::Automation { score, reasons, excluded } => line("automation")
                .with("score", *score)
                .with("reasons", Value::texts(reasons))
                .with("excluded", *excluded),
        }
    }
}

/// The time at which a recording's engine starts: the header's, else the first signal's.
pub fn start_of(trace: &Trace) -> Millis {
    trace.header.start.or(trace.signals.first().map(|(at, _)| *at)).unwrap_or(0.0)
}

/// An engine as the recording's was when it started, told what the header knows.
pub fn open(trace: &Trace, config: &Config) -> Engine {
    let header = &trace.header;
    let start = Start {
        seed: header.seed,
        now: start_of(trace),
        origin: header.origin,
        device: header.device.clone(),
        collect: false,
        overrides: header.overrides.clone(),
        ..Start::default()
    };
    Engine::new(config.clone(), &header.profile, start)
}

/// Runs a recording and returns all that the engine told, in order.
pub fn replay(trace: &Trace, config: &Config) -> Vec<Output> {
    let (header, start) = (&trace.header, start_of(trace));
    let mut engine = open(trace, config);
    let mut outputs = Vec::new();
    let sizes = Signal::Resize { viewport: header.viewport, document: header.document };
    let slots =
        header.slots.iter().map(|slot| Signal::Slot { id: slot.id.clone(), rect: slot.rect });
    for signal in std::iter::once(sizes).chain(slots) {
        take(&mut engine, &signal, start, trace, &mut outputs);
    }
    for (at, signal) in &trace.signals {
        take(&mut engine, signal, *at, trace, &mut outputs);
    }
    let judged = engine.automation();
    let event = Event::Automation {
        score: judged.number("score").unwrap_or_default(),
        reasons: judged.get("reasons").map_or(Vec::new(), Value::to_texts),
        excluded: judged.get("excluded").and_then(Value::as_bool).unwrap_or_default(),
    };
    outputs.push(Output { at: engine.now(), event });
    outputs
}

fn take(
    engine: &mut Engine,
    signal: &Signal,
    at: Millis,
    trace: &Trace,
    outputs: &mut Vec<Output>,
) {
    while let Some(grid) = engine.wake_at().filter(|grid| *grid <= at) {
        let effects = engine.tick(grid);
        tell(engine, effects, trace, outputs);
    }
    let effects = engine.handle(signal, at);
    tell(engine, effects, trace, outputs);
}

/// Whether the recording holds the browser's answer to this slot's claims.
fn is_answered(trace: &Trace, claimed: &str) -> bool {
    let answers = |signal: &Signal| matches!(signal, Signal::Grant { slot, .. } if slot == claimed);
    trace.signals.iter().any(|(_, signal)| answers(signal))
}

fn tell(engine: &mut Engine, effects: Vec<Effect>, trace: &Trace, outputs: &mut Vec<Output>) {
    for effect in effects {
        let (mut at, text) = (engine.now(), |value: &Value, key| value.text(key).map(String::from));
        let event = match effect {
            Effect::Forecast(made) => {
                at = made;
                Event::Forecast(Box::new(Forecast {
                    intents: named(engine),
                    focus: engine.focus().map(String::from),
                    features: *engine.vector(),
                }))
            }
            Effect::Decided(slot) => {
                let decision = engine.decision_at(slot);
                Event::Decision {
                    slot: text(&decision, "slot").unwrap_or_default(),
                    variant: text(&decision, "variant").unwrap_or_default(),
                    rule: text(&decision, "rule"),
                    reason: text(&decision, "reason").unwrap_or_default(),
                }
            }
            Effect::Show { slot, variant } => Event::Show { slot, variant },
            Effect::Exposed(slot) => {
                let exposure = engine.exposure_at(slot);
                Event::Exposure {
                    slot: text(&exposure, "slot").unwrap_or_default(),
                    variant: text(&exposure, "variant").unwrap_or_default(),
                    rule: text(&exposure, "rule"),
                }
            }
            Effect::Reached { name, value } => Event::Goal { name, value },
            Effect::Claim { slot } => {
                if !is_answered(trace, &slot) {
                    let grant = Signal::Grant { slot, granted: true };
                    let effects = engine.handle(&grant, engine.now());
                    tell(engine, effects, trace, outputs);
                }
                continue;
            }
            Effect::Persist | Effect::Send { .. } => continue,
        };
        outputs.push(Output { at, event });
    }
}

/// The engine's latest forecasts, by name.
pub fn named(engine: &Engine) -> Vec<(String, f64)> {
    let heads = engine.config().heads.iter().map(|head| head.name.clone());
    heads.zip(engine.forecasts().iter().copied()).collect()
}

/// Why recordings could not be read: one sentence that names the file, and the line where there
/// is one.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system refused.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// What was to be read.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file's text does not hold.
    #[error("{}: {fault}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// The line and the fault.
        fault: unspoken::error::Error,
    },
    /// There is nothing to replay.
    #[error("{} holds no recording: a recording is a .jsonl file in {}", path.display(), trace::FORMAT)]
    Empty {
        /// The file or folder.
        path: PathBuf,
    },
}

/// Reads every recording of a file, or of a folder's `.jsonl` files in the order of their names.
pub fn read(path: &Path) -> Result<Vec<Trace>, ReadError> {
    let io = |path: &Path| {
        let path = path.to_path_buf();
        |source| ReadError::Io { path, source }
    };
    let mut files = vec![path.to_path_buf()];
    if path.is_dir() {
        let entries = fs::read_dir(path).map_err(io(path))?;
        files = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(io(path))?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
        files.sort();
    }
    let mut traces = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(io(&file))?;
        let read = trace::read(&text);
        traces.extend(read.map_err(|fault| ReadError::Text { path: file, fault })?);
    }
    if traces.is_empty() { Err(ReadError::Empty { path: path.into() }) } else { Ok(traces) }
}
