//! `unspoken eval`: how good models are on recordings and on sessions.

use std::path::{Path, PathBuf};

use serde::Serialize;
use unspoken::intent::model::Model;
use unspoken::intent::{BUY_MODEL, COMMIT_MODEL};

use super::{Failure, data, print};
use crate::metrics::Figures;
use crate::train::judge::judged;
use crate::train::sample::{Sample, Samples};

/// Measure models on recordings that end in a click, on sessions, or on both.
///
/// commit on recordings: a tick each 250 ms from 1 s after the first event until the first click,
/// positive where the click comes within 2 s. buy on sessions: positive where Revenue is true.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("source").required(true).multiple(true))]
pub struct Args {
    /// Folder (or file) of recordings
    #[arg(long, value_name = "DIR", group = "source")]
    traces: Option<PathBuf>,
    /// Sessions as CSV with the columns of the UCI Online Shoppers data
    #[arg(long, value_name = "FILE", group = "source")]
    sessions: Option<PathBuf>,
    /// A model file, in place of the model of its head that ships
    #[arg(long, value_name = "FILE")]
    model: Vec<PathBuf>,
    /// Only this part of the data, by the name it has there: train, val, …
    #[arg(long, value_name = "NAME")]
    split: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
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

/// A model and the length of its file.
struct Loaded {
    model: Model,
    bytes: usize,
}

/// Reads the samples of one kind of data.
type Read = fn(&Path) -> Result<Samples, Failure>;

/// Measures and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    // Models first: they are read in no time, and may be wrong.
    let given = args.model.iter().map(|path| load(path)).collect::<Result<Vec<_>, Failure>>()?;
    let wanted: Vec<&str> = [(&args.traces, "commit"), (&args.sessions, "buy")]
        .into_iter()
        .filter_map(|(path, head)| path.as_ref().map(|_| head))
        .collect();
    for (Loaded { model, .. }, path) in given.iter().zip(&args.model) {
        if !wanted.contains(&model.head.as_str()) {
            return Err(does_not_fit(&model.head, path));
        }
    }
    let mut heads = Vec::new();
    let sources: [(Option<&PathBuf>, Read); 2] =
        [(args.traces.as_ref(), data::from_traces), (args.sessions.as_ref(), data::from_sessions)];
    for (path, read) in sources {
        if let Some(path) = path {
            heads.push(evaluate(&read(path)?, path, &args, &given)?);
        }
    }
    print::print(&if args.json {
        serde_json::to_string(&Evaluation { heads })? + "\n"
    } else {
        table(&heads)
    })
}

fn evaluate(
    samples: &Samples,
    path: &Path,
    args: &Args,
    given: &[Loaded],
) -> Result<Evaluated, Failure> {
    let is_wanted =
        |sample: &&Sample| args.split.as_ref().is_none_or(|split| &sample.split == split);
    let chosen: Vec<&Sample> = samples.all.iter().filter(is_wanted).collect();
    if chosen.is_empty() {
        let (split, path) = (args.split.as_deref().unwrap_or_default(), path.display());
        return Err(Failure::new(format!("nothing in {path} is of split {split}")));
    }
    let shipped;
    let loaded = match given.iter().rev().find(|loaded| loaded.model.head == samples.head) {
        Some(loaded) => loaded,
        None => {
            shipped = ship(&samples.head)?;
            &shipped
        }
    };
    let figures = Figures::of(&judged(&loaded.model, &chosen));
    Ok(Evaluated { head: samples.head.clone(), figures, bytes: loaded.bytes })
}

fn load(path: &Path) -> Result<Loaded, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?;
    let model = Model::read(&bytes)
        .map_err(|error| Failure::new(format!("{}: {}", path.display(), error.message())))?;
    Ok(Loaded { model, bytes: bytes.len() })
}

/// The model of a head that ships.
fn ship(head: &str) -> Result<Loaded, Failure> {
    let bytes = if head == "buy" { BUY_MODEL } else { COMMIT_MODEL };
    let model = Model::read(bytes)
        .map_err(|error| Failure::new(format!("the model that ships: {}", error.message())))?;
    Ok(Loaded { model, bytes: bytes.len() })
}

fn does_not_fit(head: &str, path: &Path) -> Failure {
    let mend = match head {
        "commit" => "it is measured on recordings: --traces DIR",
        "buy" => "it is measured on sessions: --sessions FILE",
        _ => "neither recordings nor sessions show its outcome",
    };
    Failure::new(format!(
        "{} forecasts {head}, and this data does not show that; {mend}",
        path.display()
    ))
}

fn table(heads: &[Evaluated]) -> String {
    let rows: String = heads.iter().map(|head| print::figures(&head.head, &head.figures)).collect();
    let bytes: String =
        heads.iter().map(|head| format!("{}: {} bytes\n", head.head, head.bytes)).collect();
    print::figures_heading("head") + &rows + &bytes
}
