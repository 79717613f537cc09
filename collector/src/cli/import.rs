//! `unspoken import`: a model of LightGBM or XGBoost in, a model file out.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;
use unspoken::base64::encode;

use super::{Failure, print};
use crate::import::check::{Checked, check, rows};
use crate::import::quantise::{Imported, names, quantise};
use crate::import::{Format, ImportError, Source};
use crate::train::MAX_BYTES;

/// Make a model file from a LightGBM text model or an XGBoost JSON model.
///
/// Features are known by name, thresholds and leaves are rounded to the file's steps, and the most
/// that this can move a forecast is printed. docs/import.md has the Python for each package, and
/// what cannot be imported.
#[derive(clap::Args)]
pub struct Args {
    /// What the package saved: booster.save_model("model.txt" or "model.json")
    file: PathBuf,
    /// The package [default: told by how the file begins]
    #[arg(long, value_name = "PACKAGE")]
    from: Option<From>,
    /// The head that the model forecasts
    #[arg(long, value_name = "NAME")]
    head: String,
    /// Where the model file goes
    #[arg(long, value_name = "FILE", required_unless_present_any = ["base64", "json"])]
    out: Option<PathBuf>,
    /// Measure on a CSV: columns named by features, and at will forecast (the package's own, 0 to
    /// 1) and label (0 or 1)
    #[arg(long, value_name = "CSV")]
    check: Option<PathBuf>,
    /// Print the file as base64, for "model" in unspoken.json, and nothing else; the report goes
    /// to stderr
    #[arg(long)]
    base64: bool,
    /// Print one JSON object: { from, head, bytes, trees, splits, features, bound, notes, base64,
    /// check: null or { rows, rerouted, read, imported, auc } }
    #[arg(long, conflicts_with = "base64")]
    json: bool,
}

/// A package.
#[derive(Clone, Copy, ValueEnum)]
enum From {
    /// Its text model
    #[value(name = "lightgbm")]
    LightGbm,
    /// Its JSON model
    #[value(name = "xgboost")]
    XgBoost,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    from: &'a str,
    head: &'a str,
    bytes: usize,
    trees: usize,
    splits: usize,
    features: Vec<&'a str>,
    /// The most that rounding leaves can move a forecast, in probability.
    bound: f64,
    notes: Vec<String>,
    base64: String,
    check: Option<Checked>,
}

/// Imports, writes and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    let bytes = read(&args.file)?;
    let at = |path: &Path, error: ImportError| Failure::new(format!("{}: {error}", path.display()));
    let here = |error| at(&args.file, error);
    let format = match args.from {
        Some(From::LightGbm) => Format::LightGbm,
        Some(From::XgBoost) => Format::XgBoost,
        None => Format::of(&bytes).map_err(here)?,
    };
    let source = Source::read(&bytes, format).map_err(here)?;
    let imported = quantise(&source, &args.head).map_err(here)?;
    let checked = match &args.check {
        Some(path) => {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            let rows = rows(&text, &source.features()).map_err(|error| at(path, error))?;
            Some(check(&source, &imported, &rows))
        }
        None => None,
    };
    if let Some(path) = &args.out {
        fs::write(path, &imported.bytes)
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
    }
    let report = report(&source, &imported, checked);
    if args.json {
        return print::print(&(serde_json::to_string(&report)? + "\n"));
    }
    let text = lines(&report);
    if args.base64 {
        eprint!("{text}");
        return print::print(&(report.base64 + "\n"));
    }
    print::print(&text)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))
}

fn report<'a>(source: &'a Source, imported: &'a Imported, check: Option<Checked>) -> Report<'a> {
    let mut notes = source.notes.clone();
    if imported.bytes.len() > MAX_BYTES {
        notes.push(format!(
            "{} bytes: a model that ships with Unspoken has at most {MAX_BYTES}, and every page \
             loads this one; a split costs 4",
            imported.bytes.len()
        ));
    }
    // A package's own forecasts are f32 or rounded to some digits; a parse that went wrong is not
    // off by so little.
    if let Some(read) = check.and_then(|check| check.read).filter(|read| read.largest > 1e-4) {
        notes.push(format!(
            "before it was rounded the model already differed by {:.4} from the column forecast: \
             was the column made by this model, and of the same rows?",
            read.largest
        ));
    }
    Report {
        from: source.format.name(),
        head: &imported.model.head,
        bytes: imported.bytes.len(),
        trees: imported.trees().len(),
        splits: imported.trees().iter().map(|tree| tree.splits.len()).sum(),
        features: names(source),
        bound: imported.bound,
        notes,
        base64: encode(&imported.bytes),
        check,
    }
}

fn lines(report: &Report) -> String {
    let mut text = format!(
        "{} from {}: {} bytes, {} trees with {} splits on {}\n\
         rounded leaves move a forecast by at most {:.5}\n",
        report.head,
        report.from,
        report.bytes,
        report.trees,
        report.splits,
        report.features.join(", "),
        report.bound,
    );
    if let Some(check) = &report.check {
        let against = if check.read.is_some() { "the column forecast" } else { "the source" };
        text += &format!(
            "{} rows against {against}: largest difference {:.5}, mean {:.5}; {} decided otherwise \
             at a rounded threshold\n",
            check.rows, check.imported.largest, check.imported.mean, check.rerouted,
        );
        if let Some(read) = &check.read {
            text += &format!("before rounding: largest difference {:.1e}\n", read.largest);
        }
        if let Some(auc) = &check.auc {
            let figure = |auc: Option<f64>| auc.map_or("—".into(), |auc| format!("{auc:.4}"));
            text += &format!(
                "AUC {} from the package, {} imported\n",
                figure(auc.source),
                figure(auc.imported)
            );
        }
    }
    for note in &report.notes {
        text += &format!("note: {note}\n");
    }
    text
}
