//! `unspoken export`: what is kept, as JSON Lines.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde_json::{Map, Value};
use unspoken::trace::{Trace, value_from_signal};

use crate::rebuild::Views;
use crate::store::{StoreError, for_each_event, for_each_trace};

use super::Failure;

/// Print every event that is kept, as one JSON object a line, oldest first.
///
/// `kind` is p page, c click, s scroll milestone, d dwell, f fact, g goal or x exposure; `at` is in
/// ms since 1970. Runs beside a live collector.
#[derive(clap::Args)]
pub struct Args {
    /// The database file.
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db")]
    db: PathBuf,
    /// The site whose events are wanted.
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// Print the page views of level `trace` instead, as recordings in unspoken-trace/1: what
    /// `unspoken replay`, `eval --traces` and `train --traces` read.
    #[arg(long)]
    traces: bool,
    /// Also what sessions sent that look automated; each of their events says `excluded` 1.
    #[arg(long)]
    machines: bool,
}

enum Stop {
    Store(StoreError),
    Output(io::Error),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::Store(error)
    }
}

fn write_trace(out: &mut impl Write, trace: &Trace) -> Result<(), Stop> {
    let mut line =
        |value: unspoken::value::Value| writeln!(out, "{}", value.to_json()).map_err(Stop::Output);
    line(trace.header.to_value())?;
    trace.signals.iter().try_for_each(|(at, signal)| line(value_from_signal(*at, signal)))
}

/// Prints them.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = if args.traces {
        let mut views = Views::default();
        for_each_trace(&args.db, &args.site, args.machines, |batch| {
            views.take(batch).map_or(Ok(()), |trace| write_trace(&mut out, &trace))
        })
        .and_then(|()| views.finish().map_or(Ok(()), |trace| write_trace(&mut out, &trace)))
    } else {
        for_each_event(&args.db, &args.site, args.machines, |event: Map<String, Value>| {
            serde_json::to_writer(&mut out, &event).map_err(|error| Stop::Output(error.into()))?;
            out.write_all(b"\n").map_err(Stop::Output)
        })
    };
    match outcome.and_then(|()| out.flush().map_err(Stop::Output)) {
        Ok(()) => Ok(()),
        // `unspoken export | head` has read enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Stop::Output(error)) => Err(error.into()),
        Err(Stop::Store(error)) => Err(error.into()),
    }
}
