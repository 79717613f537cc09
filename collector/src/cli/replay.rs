//! `unspoken replay`: recordings in, forecasts and decisions out; with another config, what it would
//! have decided, as a diff.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use unspoken::config::Config;
use unspoken::time::SECOND;
use unspoken::trace::Trace;
use unspoken::value::Value;

use super::{Failure, diff, print};
use crate::metrics::{Figures, Judged};
use crate::replay::{Event, Output, read, replay, start_of};
use crate::train::traces::{Tick, ticks};

/// Run recordings through the core and print what it forecasts and decides.
///
/// A recording is a file in unspoken-trace/1 (`unspoken.record()` makes one); a folder stands for
/// its .jsonl files. The same recording always gives the same output, and the same as in the page
/// that made it. Where recordings hold a click, the figures of `commit` follow: a tick each 250 ms
/// from 1 s after the first event until the first click, positive where the click comes within 2 s.
///
/// With --config it prints what that config would have decided in place of the one in each
/// recording (or --against): every stretch in which a slot's variant differs, with both reasons, and
/// what it comes to in all recordings.
#[derive(clap::Args)]
pub struct Args {
    /// Files and folders of recordings
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What would this unspoken.json have decided?
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Hold it against this unspoken.json instead of the one in the recording
    #[arg(long, value_name = "FILE", requires = "config")]
    against: Option<PathBuf>,
    /// Print a JSON object for each forecast, decision, show, exposure and goal, a line each, and
    /// one with type "automation" for each recording; the figures come last, with type "figures".
    /// With --config an object for each difference, and the sums last, with type "diff"
    #[arg(long)]
    json: bool,
}

/// Replays and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    let file = |path: &Option<PathBuf>| path.as_deref().map(config_from_file).transpose();
    if let Some(config) = file(&args.config)? {
        let against = file(&args.against)?;
        return diff::run(&args.paths, &config, against.as_ref(), args.json);
    }
    let mut samples = Vec::new();
    for path in &args.paths {
        for trace in read(path)? {
            let config = config_of_header(path, &trace)?;
            let outputs = replay(&trace, &config);
            samples.extend(ticks(&trace, &outputs));
            print::print(&if args.json {
                outputs.iter().fold(String::new(), |text, output| {
                    text + &output.to_value(&trace.header.id).to_json() + "\n"
                })
            } else {
                summary(&trace, &outputs)
            })?;
        }
    }
    print::print(&figures(&samples, args.json))
}

/// The config in a file.
pub fn config_from_file(path: &Path) -> Result<Config, Failure> {
    let refuse = |error: &dyn std::fmt::Display| {
        Failure::new(format!("{}: {error}; `unspoken check` says more", path.display()))
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?;
    let value = Value::parse(&text).map_err(|error| refuse(&error))?;
    Config::compile(&value).map_err(|error| refuse(&error))
}

/// The config that a recording was made with; none is the default.
pub fn config_of_header(path: &Path, trace: &Trace) -> Result<Config, Failure> {
    match &trace.header.config {
        Value::Null => Ok(Config::default()),
        value => Config::compile(value).map_err(|error| {
            let (path, id) = (path.display(), &trace.header.id);
            Failure::new(format!("{path}: the config in the header of {id}: {error}"))
        }),
    }
}

/// A heading, the peak of each head, and every decision with its reason.
fn summary(trace: &Trace, outputs: &[Output]) -> String {
    let start = start_of(trace);
    let seconds = |at: f64| (at - start) / SECOND;
    let end = trace.signals.last().map_or(start, |(at, _)| *at);
    let mut peaks: Vec<(&str, f64, f64)> = Vec::new();
    let mut rounds = 0;
    let mut automation = String::new();
    let mut lines = String::new();
    // Writing to a string cannot fail.
    for output in outputs {
        let at = seconds(output.at);
        let _ = match &output.event {
            Event::Forecast(forecast) => {
                rounds += 1;
                if peaks.is_empty() {
                    peaks =
                        forecast.intents.iter().map(|(head, _)| (head.as_str(), 0.0, at)).collect();
                }
                for (peak, (_, value)) in peaks.iter_mut().zip(&forecast.intents) {
                    if *value > peak.1 {
                        (peak.1, peak.2) = (*value, at);
                    }
                }
                Ok(())
            }
            Event::Decision { slot, variant, rule, reason } => {
                let rule = rule.as_deref().unwrap_or("no rule");
                writeln!(lines, "{at:>8.2} s  decided  {slot} → {variant} ({rule}): {reason}")
            }
            Event::Show { slot, variant } => {
                writeln!(lines, "{at:>8.2} s  shown    {slot} → {variant}")
            }
            Event::Exposure { slot, variant, .. } => {
                writeln!(lines, "{at:>8.2} s  seen     {slot} → {variant}")
            }
            Event::Goal { name, value } => {
                writeln!(lines, "{at:>8.2} s  goal     {name} ({value})")
            }
            Event::Automation { score, reasons, .. } => {
                let reasons =
                    if reasons.is_empty() { "no sign".into() } else { reasons.join(", ") };
                write!(automation, "; automation {score:.2} ({reasons})")
            }
        };
    }
    let mut text = format!(
        "{}  {:.1} s, {} signals, {rounds} forecasts; highest:",
        trace.header.id,
        seconds(end),
        trace.signals.len()
    );
    for (head, value, at) in peaks {
        let _ = write!(text, "  {head} {value:.2} at {at:.2} s");
    }
    text + &automation + "\n" + &lines
}

/// Figures of the engine's own `commit` forecasts, by split; empty where nothing ended in a click.
fn figures(samples: &[Tick], json: bool) -> String {
    if samples.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    if !json {
        text = format!("\n{}", print::figures_heading("commit"));
    }
    for split in ["train", "val", "all"] {
        let of_split = samples.iter().filter(|tick| split == "all" || tick.sample.split == split);
        let judge =
            |tick: &Tick| Judged { forecast: tick.forecast, happened: tick.sample.happened };
        let judged: Vec<Judged> = of_split.map(judge).collect();
        if judged.is_empty() {
            continue;
        }
        let figures = Figures::of(&judged);
        text += &if json {
            Value::map()
                .with("type", "figures")
                .with("head", "commit")
                .with("split", split)
                .with("n", figures.n as f64)
                .with("positives", figures.positives as f64)
                .with("auc", figures.auc)
                .with("ap", figures.ap)
                .with("logLoss", figures.log_loss)
                .with("brier", figures.brier)
                .with("ece", figures.ece)
                .to_json()
                + "\n"
        } else {
            print::figures(split, &figures)
        };
    }
    text
}
