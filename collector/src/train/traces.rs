//! Samples of `commit` from recordings, by the protocol: one each 250 ms from 1 s after the first
//! event until the first click, positive where the click comes within 2 s. The click itself is
//! never an input.

use unspoken::config::Config;
use unspoken::feature::{Family, window::CELL};
use unspoken::intent::{COMMIT, COMMIT_WITHIN};
use unspoken::signal::Signal;
use unspoken::time::{Millis, SECOND};
use unspoken::trace::Trace;

use super::sample::{Lengths, Sample, Samples, positions};
use crate::replay::{Event, Output, replay, start_of};

/// The head these samples are for.
const HEAD: &str = "commit";
/// The first tick, after the first event.
const FIRST: Millis = SECOND;
/// Widths of a viewport, in px, that end a slice.
const WIDTHS: [f64; 3] = [768.0, 1_280.0, 1_600.0];

/// A sample, when it stood, and what the engine made of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Tick {
    /// On the recording's clock.
    pub at: Millis,
    /// The forecast of `commit` by the model that ships.
    pub forecast: f64,
    /// What is learned from.
    pub sample: Sample,
}

/// The ticks of all recordings, as samples of `commit`.
pub fn samples(traces: &[Trace]) -> Samples {
    // No forecast depends on the config.
    let config = Config::default();
    let of = |trace: &Trace| ticks(trace, &replay(trace, &config));
    Samples {
        head: HEAD.into(),
        all: traces.iter().flat_map(of).map(|tick| tick.sample).collect(),
        lengths: Lengths::Seconds,
        inputs: positions(|family| family != Family::Session),
        is_anonymous: false,
    }
}

/// The ticks of one recording and its replay; none where there is no click. While the page is
/// quiet or hidden the engine makes no forecast; the last one holds.
pub fn ticks(trace: &Trace, outputs: &[Output]) -> Vec<Tick> {
    let clicked = trace.signals.iter().find(|(_, signal)| matches!(signal, Signal::Click { .. }));
    let Some((click, _)) = clicked else { return Vec::new() };
    let header = &trace.header;
    let person = if header.visitor.is_empty() { &header.id } else { &header.visitor };
    let start = start_of(trace);
    let mut forecasts = outputs.iter().filter_map(|output| match &output.event {
        Event::Forecast(forecast) => Some((output.at, forecast)),
        _ => None,
    });
    let (mut next, mut held) = (forecasts.next(), None);
    let mut ticks = Vec::new();
    let first = (FIRST / CELL) as u64;
    for at in (first..).map(|step| start + step as f64 * CELL) {
        if at >= *click {
            break;
        }
        while let Some((_, forecast)) = next.filter(|(made, _)| *made <= at) {
            (held, next) = (Some(forecast), forecasts.next());
        }
        if let Some(forecast) = held {
            let sample = Sample {
                person: person.clone(),
                group: header.id.clone(),
                split: header.split.clone(),
                device: width(header.viewport[0]),
                length: (click - start) / SECOND,
                features: forecast.features,
                happened: click - at <= COMMIT_WITHIN,
            };
            let forecast = forecast.intents[COMMIT].1;
            ticks.push(Tick { at, forecast, sample });
        }
    }
    ticks
}

/// The slice of a viewport this wide.
fn width(px: f64) -> String {
    let at = WIDTHS.iter().position(|end| px < *end).unwrap_or(WIDTHS.len());
    match at {
        0 => format!("viewport under {} px wide", WIDTHS[0]),
        3 => format!("viewport of {} px and wider", WIDTHS[2]),
        _ => format!("viewport of {} to {} px", WIDTHS[at - 1], WIDTHS[at] - 1.0),
    }
}
