//! `unspoken export`: what is kept, as JSON Lines.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use unspoken::stream::Kind;

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
    /// Print the pointer and scroll streams of level `trace` instead, one object for each batch;
    /// a point is [ms since base, "move", "scroll" or "click", x, y].
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

/// Prints them.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut print = |line: Map<String, Value>| {
        serde_json::to_writer(&mut out, &line).map_err(|error| Stop::Output(error.into()))?;
        out.write_all(b"\n").map_err(Stop::Output)
    };
    let outcome = if args.traces {
        for_each_trace(&args.db, &args.site, args.machines, |trace| {
            let points: Vec<Value> = trace
                .points
                .iter()
                .map(|point| {
                    let kind = match point.kind {
                        Kind::Move => "move",
                        Kind::Scroll => "scroll",
                        Kind::Click => "click",
                    };
                    json!([point.at, kind, point.x, point.y])
                })
                .collect();
            let line = json!({
                "visitor": trace.visitor.to_hex(),
                "session": trace.session.to_hex(),
                "view": trace.view,
                "sequence": trace.sequence,
                "base": trace.base_ms,
                "points": points,
            });
            match line {
                Value::Object(line) => print(line),
                _ => Ok(()),
            }
        })
    } else {
        for_each_event(&args.db, &args.site, args.machines, print)
    };
    match outcome.and_then(|()| out.flush().map_err(Stop::Output)) {
        Ok(()) => Ok(()),
        // `unspoken export | head` has read enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Stop::Output(error)) => Err(error.into()),
        Err(Stop::Store(error)) => Err(error.into()),
    }
}
