//! Labels ticks by the protocol: one each 250 ms from 1 s after the first event until the first
//! click, positive where the click comes within 2 s. The click itself is never an input.

use unspoken::config::Config;
use unspoken::feature::{Vector, window::CELL};
use unspoken::intent::{COMMIT, COMMIT_WITHIN};
use unspoken::signal::Signal;
use unspoken::time::{Millis, SECOND};
use unspoken::trace::Trace;

use crate::replay::{Event, Output, replay, start_of};

/// The first tick, after the first event.
const FIRST: Millis = SECOND;

/// A tick.
#[derive(Clone, PartialEq, Debug)]
pub struct Sample {
    /// Whose it is; a recording without a visitor is a person of its own.
    pub person: String,
    /// The recording's name.
    pub trace: String,
    /// `train`, `val` or empty.
    pub split: String,
    /// When, on the recording's clock.
    pub at: Millis,
    /// The engine's features.
    pub features: Vector,
    /// What the engine forecast of `commit`, with the model that ships.
    pub forecast: f64,
    /// The click came within the horizon.
    pub happened: bool,
}

/// The ticks of all recordings.
pub fn samples(traces: &[Trace]) -> Vec<Sample> {
    // No forecast depends on the config.
    let config = Config::default();
    traces.iter().flat_map(|trace| ticks(trace, &replay(trace, &config))).collect()
}

/// The ticks of one recording and its replay; none where there is no click. While the page is
/// quiet or hidden the engine makes no forecast; the last one holds.
pub fn ticks(trace: &Trace, outputs: &[Output]) -> Vec<Sample> {
    let clicked = trace.signals.iter().find(|(_, signal)| matches!(signal, Signal::Click { .. }));
    let Some((click, _)) = clicked else {
        return Vec::new();
    };
    let header = &trace.header;
    let person = if header.visitor.is_empty() { &header.id } else { &header.visitor };
    let mut forecasts = outputs.iter().filter_map(|output| match &output.event {
        Event::Forecast(forecast) => Some((output.at, forecast)),
        _ => None,
    });
    let (mut next, mut held) = (forecasts.next(), None);
    let mut samples = Vec::new();
    let first = (FIRST / CELL) as u64;
    for at in (first..).map(|step| start_of(trace) + step as f64 * CELL) {
        if at >= *click {
            break;
        }
        while let Some((_, forecast)) = next.filter(|(made, _)| *made <= at) {
            (held, next) = (Some(forecast), forecasts.next());
        }
        if let Some(forecast) = held {
            samples.push(Sample {
                person: person.clone(),
                trace: header.id.clone(),
                split: header.split.clone(),
                at,
                features: forecast.features,
                forecast: forecast.intents[COMMIT].1,
                happened: click - at <= COMMIT_WITHIN,
            });
        }
    }
    samples
}
