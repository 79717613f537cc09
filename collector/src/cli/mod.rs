//! The `unspoken` command line: one file for each subcommand, one line here for each.
//!
//! A subcommand is a `clap::Args` and a function that takes it. It prints what it was asked for on
//! stdout and returns a [`Failure`], one sentence that says what to do, for whatever went wrong.

mod backup;
mod bandits;
mod calibrate;
mod check;
mod config;
mod data;
mod diff;
mod drift;
mod erase;
mod eval;
mod export;
mod import;
mod import_events;
mod key;
mod load;
mod logs;
mod ope;
mod peeking;
mod pool;
mod print;
mod progress;
mod publish;
mod replay;
mod report;
mod retain;
mod serve;
mod simulate;
mod source;
mod train;
mod vacuum;
mod webhooks;

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use crate::store::StoreError;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "unspoken", version, about = "Unspoken's collector and tools.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Take batches from pages, keep them, and show the dashboard.
    Serve(serve::Args),
    Key(key::Args),
    Replay(replay::Args),
    Report(report::Args),
    Train(train::Args),
    Eval(eval::Args),
    Import(import::Args),
    Check(check::Args),
    Export(export::Args),
    Simulate(simulate::Args),
    Drift(drift::Args),
    Publish(publish::Args),
    Calibrate(calibrate::Args),
    Ope(ope::Args),
    Pool(pool::Args),
    Backup(backup::Args),
    Vacuum(vacuum::Args),
    Retain(retain::Args),
    Erase(erase::Args),
    ImportEvents(import_events::Args),
    Load(load::Args),
    Config(config::Args),
    Webhooks(webhooks::Args),
}

/// Why a subcommand failed: one sentence, printed on stderr; the exit code is 1.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure with its sentence.
    pub fn new(sentence: impl Into<String>) -> Failure {
        Failure(sentence.into())
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A tool that reads makes no database where there is none.
fn need_db(db: &Path) -> Result<(), Failure> {
    if db.is_file() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "there is no database {}: name one with --db, or start a collector with `npm start`",
        db.display()
    )))
}

/// A visitor's id, as an argument.
fn visitor(text: &str) -> Result<unspoken::id::Id, String> {
    unspoken::id::Id::from_hex(text).ok_or_else(|| {
        "a visitor's id has 32 hex digits: `stats().visitor` in the visitor's page says it"
            .to_owned()
    })
}

/// Runs what a store answers in its own time to its end: a command has nothing else to do.
fn wait<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(answer)?)
}

/// Reads the arguments, runs the subcommand, and says how it ended.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(args) => serve::run(args),
        Command::Key(args) => key::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Report(args) => report::run(args),
        Command::Train(args) => train::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Import(args) => import::run(args),
        Command::Check(args) => check::run(args),
        Command::Export(args) => export::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Drift(args) => drift::run(args),
        Command::Publish(args) => publish::run(args),
        Command::Calibrate(args) => calibrate::run(args),
        Command::Ope(args) => ope::run(args),
        Command::Pool(args) => pool::run(args),
        Command::Backup(args) => backup::run(args),
        Command::Vacuum(args) => vacuum::run(args),
        Command::Retain(args) => retain::run(args),
        Command::Erase(args) => erase::run(args),
        Command::ImportEvents(args) => import_events::run(args),
        Command::Load(args) => load::run(args),
        Command::Config(args) => config::run(args),
        Command::Webhooks(args) => webhooks::run(args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
