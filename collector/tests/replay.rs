//! Replay: the same recording gives the same output, however often the engine is woken; ticks are
//! labelled by the protocol; the commands say what is wrong with what they are given.

use std::path::Path;
use std::process::{Command, Output as Ran};

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine};
use unspoken::id::Rng;
/// Each head's forecast by name.
type Forecasts = Vec<(String, f64)>;
use unspoken::time::Millis;
use unspoken::trace::{self, Trace};
use unspoken::value::Value;
use unspoken_collector::replay::{Event, Output, named, open, replay};
use unspoken_collector::train::traces::ticks;

/// As the SDK records: no slots in the header, clock readings with fractions, an end.
const RECORDING: &str = r##"{"format":"unspoken-trace/1","id":"r","visitor":"v","viewport":[800,600],"document":[800,2400],"slots":[],"start":812.3000000001,"wall":1700000000000,"utcOffset":60,"seed":"0000000000000000000000000000002a","device":{"type":"desktop"},"profile":null,"config":{"slots":{"hero":{"swap":"now","rules":[{"id":"keen","when":{"intent.commit":{"$gte":0.02}},"show":"bold"},{"id":"stuck","when":{"intent.struggle":{"$gte":0.6}},"show":"help"}]}}}}
{"t":812.7,"type":"resize","viewport":[800,600],"document":[800,2400]}
{"t":812.7,"type":"page","path":"/a","kind":"product","item":"x","tags":["t"],"title":"","referrer":""}
{"t":830.125,"type":"slot","id":"hero","rect":[100,100,400,200]}
{"t":840.5,"type":"seen","slot":"hero","share":1}
{"t":1204.9,"type":"move","x":10,"y":20}
{"t":1261.1,"type":"move","x":90,"y":120}
{"t":1333.7,"type":"move","x":210,"y":180}
{"t":1500.2,"type":"scroll","y":120}
{"t":1566.9,"type":"scroll","y":40}
{"t":2900.4,"type":"move","x":300,"y":190}
{"t":5210.3,"type":"click","x":300,"y":190,"slot":"hero","role":"none"}
{"t":5400.3,"type":"click","x":301,"y":190,"slot":"hero","role":"none"}
{"t":5600.3,"type":"click","x":302,"y":190,"slot":"hero","role":"none"}
{"t":9000,"type":"visibility","visible":false}
{"t":15000,"type":"visibility","visible":true}
{"t":95000.5,"type":"move","x":5,"y":5}
{"t":96000.25,"type":"goal","name":"purchase","value":12.5}
{"t":96500.75,"type":"end"}
"##;

fn recording() -> (Trace, Config) {
    let trace = trace::read(RECORDING).unwrap().remove(0);
    let config = Config::compile(&trace.header.config).unwrap();
    (trace, config)
}

fn forecasts(outputs: &[Output]) -> Vec<(Millis, Forecasts)> {
    let forecast = |output: &Output| match &output.event {
        Event::Forecast(forecast) => Some((output.at, forecast.intents.clone())),
        _ => None,
    };
    outputs.iter().filter_map(forecast).collect()
}

#[test]
fn a_recording_replays_to_the_same_output_twice() {
    let (trace, config) = recording();
    let outputs = replay(&trace, &config);
    assert_eq!(outputs, replay(&trace, &config));
    let kinds = |wanted: fn(&Event) -> bool| outputs.iter().filter(|it| wanted(&it.event)).count();
    assert!(kinds(|event| matches!(event, Event::Forecast(_))) > 30);
    assert!(kinds(|event| matches!(event, Event::Show { .. })) >= 1);
    assert_eq!(kinds(|event| matches!(event, Event::Goal { .. })), 1);
    let helped = |event: &Event| matches!(event, Event::Decision { variant, .. } if variant == "help" || variant == "bold");
    assert!(outputs.iter().any(|it| helped(&it.event)));
}

/// Runs a recording with further ticks between the signals, and notes what a host would see.
fn run(
    trace: &Trace,
    config: &Config,
    mut gap: impl FnMut() -> Millis,
) -> Vec<(Millis, Forecasts)> {
    let mut engine = open(trace, config);
    let mut times = Vec::new();
    let mut seen = Vec::new();
    let mut note = |engine: &Engine, effects: Vec<Effect>| {
        let made = effects.iter().filter_map(|effect| match effect {
            Effect::Forecast(at) => Some(*at),
            _ => None,
        });
        let made: Vec<Millis> = made.collect();
        // Of several forecasts in one call, only the last can still be read.
        seen.extend(made.last().map(|at| (*at, named(engine))));
        times.extend(made);
    };
    let header = &trace.header;
    let sizes =
        unspoken::signal::Signal::Resize { viewport: header.viewport, document: header.document };
    let effects = engine.handle(&sizes, header.start.unwrap());
    note(&engine, effects);
    for (at, signal) in &trace.signals {
        let mut now = engine.now() + gap();
        while now < *at {
            let effects = engine.tick(now);
            note(&engine, effects);
            now += gap();
        }
        let effects = engine.handle(signal, *at);
        note(&engine, effects);
    }
    let all: Vec<Millis> = forecasts(&replay(trace, config)).iter().map(|it| it.0).collect();
    assert_eq!(times, all, "the grid does not depend on ticks");
    seen
}

#[test]
fn forecasts_do_not_depend_on_when_the_engine_is_woken() {
    let (trace, config) = recording();
    let expected = forecasts(&replay(&trace, &config));
    let mut rng = Rng::new(7);
    let mut chance = move |most: f64| (rng.draw() % 1_000_000) as f64 / 1e6 * most + 0.01;
    let dense = run(&trace, &config, || 1.0);
    assert_eq!(dense, expected);
    for most in [20.0, 300.0, 5_000.0] {
        for seen in run(&trace, &config, || chance(most)) {
            assert!(expected.contains(&seen), "{seen:?} with ticks up to {most} ms apart");
        }
    }
    assert!(run(&trace, &config, || f64::INFINITY).iter().all(|seen| expected.contains(seen)));
}

#[test]
fn ticks_are_labelled_by_the_protocol_and_a_quiet_page_holds_its_forecast() {
    let text = r#"{"format":"unspoken-trace/1","id":"a","visitor":"p","split":"val","viewport":[800,600],"document":[800,600]}
{"t":100,"type":"move","x":1,"y":1}
{"t":70000,"type":"click","x":1,"y":1}"#;
    let trace = &trace::read(text).unwrap()[0];
    let outputs = replay(trace, &Config::default());
    let samples = ticks(trace, &outputs);
    assert_eq!(samples[0].at, 1_100.0);
    // 1,100 to 69,850 in steps of 250; the last 8 within 2 s.
    assert_eq!(samples.len(), 276);
    assert_eq!(samples.iter().filter(|tick| tick.sample.happened).count(), 8);
    let (quiet, last) = (&samples[240], &samples[275]);
    assert!(quiet.at > 60_100.0 && quiet.sample.features == last.sample.features);
    assert_eq!((last.sample.person.as_str(), last.sample.split.as_str()), ("p", "val"));
}

fn unspoken(args: &[&str]) -> Ran {
    Command::new(env!("CARGO_BIN_EXE_unspoken")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn json_lines_carry_the_numbers_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.jsonl");
    std::fs::write(&file, RECORDING).unwrap();
    let ran = unspoken(&["replay", path(folder.path()), "--json"]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));
    let (trace, config) = recording();
    let outputs = replay(&trace, &config);
    let printed = text(&ran.stdout);
    let lines: Vec<Value> = printed.lines().map(|line| Value::parse(line).unwrap()).collect();
    let (figures, told) = lines.split_last().unwrap();
    assert_eq!(figures.text("type"), Some("figures"), "one split: all");
    let expected: Vec<Value> = outputs.iter().map(|output| output.to_value("r")).collect();
    assert_eq!(told, expected);

    let plain = text(&unspoken(&["replay", path(&file)]).stdout);
    assert!(plain.starts_with("r  95.7 s, 18 signals, "), "{plain}");
    assert!(plain.contains("decided  hero → "), "{plain}");
    assert!(plain.contains("; automation 0.00 (no sign)\n"), "{plain}");
    assert!(plain.contains("\ncommit "), "{plain}");
}

#[test]
fn broken_input_is_told_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.jsonl");
    let refused = |content: Option<&str>, target: &Path, wanted: &str| {
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let ran = unspoken(&["replay", path(target)]);
        assert_eq!(ran.status.code(), Some(1));
        assert!(ran.stdout.is_empty());
        assert!(text(&ran.stderr).contains(wanted), "{}", text(&ran.stderr));
    };
    refused(None, folder.path(), "holds no recording");
    refused(None, &file, "cannot read ");
    let header = r#"{"format":"unspoken-trace/1","viewport":[1,1],"document":[1,1]}"#;
    let torn = format!("{header}\n{{\"t\":1,\"ty");
    refused(Some(&torn), &file, "bad.jsonl: line 2: not valid JSON");
    let wrong = format!("{header}\n\n{{\"t\":1,\"type\":\"move\",\"x\":2}}");
    refused(Some(&wrong), &file, "bad.jsonl: line 3: y: expected a finite number");
    refused(Some("{\"t\":1}"), &file, "bad.jsonl: line 1: format: a trace begins with a header");
}
