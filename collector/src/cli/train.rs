//! `unspoken train`: recordings in, a model file and its card out.

use std::fs;
use std::path::{Path, PathBuf};

use super::{Failure, print};
use crate::replay::read;
use crate::train::{Trained, card, train};

/// Train a head on recordings and write its model file.
///
/// Weights are fitted on the people of split "train" (a recording's header says its split), the
/// penalty is chosen on those of split "val". The same recordings and seed give the same bytes.
#[derive(clap::Args)]
pub struct Args {
    /// The head: commit, a click within 2 s, is the only one with labelled data
    #[arg(value_parser = ["commit"])]
    head: String,
    /// Folder (or file) of recordings
    #[arg(long, value_name = "DIR")]
    traces: PathBuf,
    /// Where the model goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where its model card goes
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    /// Draws the bootstrap of the card's intervals; the weights involve no chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Trains, writes, and prints the figures.
pub fn run(args: Args) -> Result<(), Failure> {
    let trained = train(&read(&args.traces)?, args.seed, |sentence| eprintln!("{sentence}"))?;
    write(&args.out, &trained.bytes)?;
    if let Some(path) = &args.card {
        let traces = args.traces.display().to_string();
        write(path, card::write(&trained, &command(&args), &traces).as_bytes())?;
    }
    print::print(&report(&trained))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))
}

/// The command as the card shows it.
fn command(args: &Args) -> String {
    let mut command = format!(
        "unspoken train {} --traces {} --out {}",
        args.head,
        args.traces.display(),
        args.out.display()
    );
    if let Some(card) = &args.card {
        command += &format!(" --card {}", card.display());
    }
    command + &format!(" --seed {}", args.seed)
}

fn report(trained: &Trained) -> String {
    print::figures_heading("commit")
        + &print::figures("train", &trained.train.figures)
        + &print::figures("val", &trained.val.figures)
        + &print::figures("5-fold", &trained.cross)
        + &format!(
            "{} inputs, {} bytes, penalty {}\n",
            trained.model.weights.len(),
            trained.bytes.len(),
            trained.lambda
        )
}
