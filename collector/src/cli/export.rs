//! `unspoken export`: what is kept, as JSON Lines on stdout or as files.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::{Map, Value};
use unspoken::id::Id;
use unspoken::trace::{Trace, value_from_signal};

use crate::exchange::{self, Format, TABLES, Table};
use crate::rebuild::Views;
use crate::store::question::{Ask, PERSON, Row};
use crate::store::{Snapshot, StoreError, for_each_event, for_each_trace};

use super::Failure;

/// Print every event that is kept, as one JSON object a line, oldest first; or write tables to files.
///
/// `kind` is p page, c click, s scroll milestone, d dwell, f fact, g goal, x exposure, z dismissal
/// or l lesson; `at` is in ms since 1970. Runs beside a live collector. With --out the tables are
/// written whole, machines included, as they stood at one moment; `unspoken import-events` takes
/// all four in again.
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
    #[arg(long, conflicts_with_all = ["visitor", "out"])]
    traces: bool,
    /// Also what sessions sent that look automated; each of their events says `excluded` 1.
    #[arg(long, conflicts_with_all = ["visitor", "out"])]
    machines: bool,
    /// Print everything that is kept of one visitor instead: an id of 32 hex digits
    #[arg(long, value_name = "ID", value_parser = super::visitor, conflicts_with = "out")]
    visitor: Option<Id>,
    /// Format of the files
    #[arg(long, requires = "out", default_value = "ndjson")]
    format: Format,
    /// Which table to write
    #[arg(long, requires = "out", default_value = "all")]
    table: Which,
    /// The file of a table, or a folder for all of them
    #[arg(long, value_name = "FOLDER|FILE")]
    out: Option<PathBuf>,
    /// Write over files that are there
    #[arg(long, requires = "out")]
    force: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Which {
    /// Who sent what, and when
    Batches,
    /// Events but forecasts
    Events,
    /// Forecasts that met their outcome, binned
    Forecasts,
    /// Streams of level trace, in hex
    Traces,
    /// All four, a file each
    All,
}

impl Which {
    fn tables(self) -> Vec<&'static Table> {
        let name = match self {
            Which::Batches => "batches",
            Which::Events => "events",
            Which::Forecasts => "forecasts",
            Which::Traces => "traces",
            Which::All => return TABLES.to_vec(),
        };
        TABLES.into_iter().filter(|table| table.name == name).collect()
    }
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

/// Prints or writes them.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    match (&args.out, args.visitor) {
        (Some(out), _) => write_files(&args, out),
        (None, Some(visitor)) => ended(print_visitor(&args, visitor)),
        (None, None) => ended(print(&args)),
    }
}

fn ended(outcome: Result<(), Stop>) -> Result<(), Failure> {
    match outcome {
        Ok(()) => Ok(()),
        // `unspoken export | head` has read enough.
        Err(Stop::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Stop::Output(error)) => Err(error.into()),
        Err(Stop::Store(error)) => Err(error.into()),
    }
}

fn print(args: &Args) -> Result<(), Stop> {
    let mut out = BufWriter::new(io::stdout().lock());
    if args.traces {
        let mut views = Views::default();
        for_each_trace(&args.db, &args.site, args.machines, |batch| {
            views.take(batch).map_or(Ok(()), |trace| write_trace(&mut out, &trace))
        })?;
        views.finish().map_or(Ok(()), |trace| write_trace(&mut out, &trace))?;
    } else {
        for_each_event(&args.db, &args.site, args.machines, |event: Map<String, Value>| {
            serde_json::to_writer(&mut out, &event).map_err(|error| Stop::Output(error.into()))?;
            out.write_all(b"\n").map_err(Stop::Output)
        })?;
    }
    out.flush().map_err(Stop::Output)
}

/// The lines of `GET /v1/visitors/{id}`.
fn print_visitor(args: &Args, visitor: Id) -> Result<(), Stop> {
    let mut ask = Ask::new(&PERSON, &args.site, [0, u64::MAX]);
    ask.text.push(visitor.to_hex());
    let (lines, written) = std::sync::mpsc::sync_channel::<String>(1_024);
    let printing = std::thread::spawn(move || -> io::Result<()> {
        let mut out = BufWriter::new(io::stdout().lock());
        written.iter().try_for_each(|line| out.write_all(line.as_bytes()))?;
        out.flush()
    });
    let each = Box::new(move |row: &Row| match lines.send(crate::person::line(row)) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    });
    Snapshot::open(&args.db)?.ask(&ask, each)?;
    match printing.join() {
        Ok(printed) => printed.map_err(Stop::Output),
        Err(_) => Err(Stop::Output(io::Error::other("stdout could not be written"))),
    }
}

fn write_files(args: &Args, out: &Path) -> Result<(), Failure> {
    let tables = args.table.tables();
    let files: Vec<(&'static Table, PathBuf)> = match tables.as_slice() {
        [one] if !out.is_dir() => vec![(*one, out.to_owned())],
        all => {
            std::fs::create_dir_all(out)
                .map_err(|error| Failure::new(format!("{}: {error}", out.display())))?;
            let file = |table| (table, exchange::file_of(out, table, args.format));
            all.iter().copied().map(file).collect()
        }
    };
    if let Some((_, file)) = files.iter().find(|(_, file)| file.exists() && !args.force) {
        return Err(Failure::new(format!(
            "{} is there: give another place with --out, or --force to write over it",
            file.display()
        )));
    }
    let snapshot = Snapshot::open(&args.db)?;
    for (table, file) in files {
        let ask = |ask: &Ask, each| snapshot.ask(ask, each);
        let rows = exchange::export(table, &args.site, &file, args.format, ask)?;
        println!("{}  {rows} rows", file.display());
    }
    Ok(())
}
