//! `unspoken eval`: how good a model is on recordings.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;
use unspoken::intent::COMMIT_MODEL;
use unspoken::intent::model::Model;

use super::{Failure, print};
use crate::metrics::Figures;
use crate::replay::read;
use crate::train::judge::judged;
use crate::train::sample::{Sample, samples};

/// Measure a model on recordings that end in a click.
///
/// A tick each 250 ms from 1 s after the first event until the first click, positive where the
/// click comes within 2 s. Only heads whose outcome the recordings show are measured: commit.
#[derive(clap::Args)]
pub struct Args {
    /// Folder (or file) of recordings
    #[arg(long, value_name = "DIR")]
    traces: PathBuf,
    /// The model file [default: the model that ships]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Only recordings of this split
    #[arg(long)]
    split: Option<Split>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// A part of the data, as recordings' headers say.
#[derive(Clone, Copy, ValueEnum)]
enum Split {
    /// To learn from
    Train,
    /// To choose by
    Val,
}

impl Split {
    fn name(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Val => "val",
        }
    }
}

#[derive(Serialize)]
struct Evaluation {
    heads: Vec<Evaluated>,
}

#[derive(Serialize)]
struct Evaluated {
    head: String,
    #[serde(flatten)]
    figures: Figures,
    bytes: usize,
}

/// Measures and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    let bytes = match &args.model {
        Some(path) => std::fs::read(path)
            .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?,
        None => COMMIT_MODEL.to_vec(),
    };
    let model = Model::read(&bytes).map_err(|error| {
        let name = args
            .model
            .as_ref()
            .map_or("the model that ships".into(), |path| path.display().to_string());
        Failure::new(format!("{name}: {}", error.message()))
    })?;
    let samples = samples(&read(&args.traces)?);
    let of_split = |sample: &&Sample| args.split.is_none_or(|split| sample.split == split.name());
    let chosen: Vec<&Sample> = samples.iter().filter(of_split).collect();
    if chosen.is_empty() {
        let path = args.traces.display();
        return Err(Failure::new(match args.split {
            Some(split) => {
                format!("no recording of split {} in {path} ends in a click", split.name())
            }
            None => format!("no recording in {path} ends in a click"),
        }));
    }
    let figures = Figures::of(&judged(&model, &chosen));
    let evaluated = Evaluated { head: model.head.clone(), figures, bytes: bytes.len() };
    print::print(&if args.json {
        serde_json::to_string(&Evaluation { heads: vec![evaluated] })? + "\n"
    } else {
        print::figures_heading("head")
            + &print::figures(&evaluated.head, &evaluated.figures)
            + &format!("{} bytes\n", evaluated.bytes)
    })
}
