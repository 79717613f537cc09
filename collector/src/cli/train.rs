//! `unspoken train`: data in, a model file, its card and its plot out.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::json;

use super::progress::Bar;
use super::{Failure, data, print};
use crate::train::assess::{Assessment, assess};
use crate::train::card::{self, About, plot, words};
use crate::train::fit::Kind;
use crate::train::sample::Samples;
use crate::train::{Chosen, Settings, choose, left_out};

/// Train a head and write its model file.
///
/// Weights are fitted on the people of split "train", the candidate is chosen on those of "val": a
/// recording's header, or the column split, says which. People without one are put into train
/// (three in four) or val by a hash of their name and the seed. The same data and seed give the
/// same bytes.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("source").required(true))]
pub struct Args {
    /// The head: commit, a click within 2 s; buy, an order by the end of the session; with --db also
    /// one of the site's own whose outcome is a goal within the session
    head: String,
    /// Folder (or file) of recordings, for commit
    #[arg(long, value_name = "DIR", group = "source")]
    traces: Option<PathBuf>,
    /// Sessions as CSV with the columns of the UCI Online Shoppers data, for buy
    #[arg(long, value_name = "FILE", group = "source")]
    sessions: Option<PathBuf>,
    /// The collector's database: page views of level `trace` for commit, else sessions
    #[arg(long, value_name = "FILE", group = "source")]
    db: Option<PathBuf>,
    /// The site in the database
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// The goal that the head waits for, in the database [default: purchase for buy, else the head's
    /// own name]
    #[arg(long, requires = "db")]
    goal: Option<String>,
    /// Where the model goes
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where its model card goes; the reliability plot goes beside it, as .svg
    #[arg(long, value_name = "FILE")]
    card: Option<PathBuf>,
    /// Markdown that says what the data is and under which licence, for the card
    #[arg(long, value_name = "FILE", requires = "card")]
    about: Option<PathBuf>,
    /// Where samples, folds and the forecasts of the cross-validation go, as CSV
    #[arg(long, value_name = "FILE")]
    left_out: Option<PathBuf>,
    /// Only this kind of model
    #[arg(long, value_enum)]
    kind: Option<KindArg>,
    /// Draws starts, subsamples, folds and bootstrap
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the figures as one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum KindArg {
    Logistic,
    Trees,
    Network,
}

impl From<KindArg> for Kind {
    fn from(kind: KindArg) -> Kind {
        match kind {
            KindArg::Logistic => Kind::Logistic,
            KindArg::Trees => Kind::Trees,
            KindArg::Network => Kind::Network,
        }
    }
}

/// Trains, writes, and prints the figures.
pub fn run(args: Args) -> Result<(), Failure> {
    let about = args.about.as_deref().map(text).transpose()?;
    let mut samples = samples(&args)?;
    let split_by_hash = samples.split_the_rest(args.seed);
    if split_by_hash > 0 {
        eprintln!("{split_by_hash} people have no split: a hash of their name put them into one");
    }
    let settings = Settings { seed: args.seed, kind: args.kind.map(Kind::from) };
    let bar = Bar::new("candidates");
    let chosen = choose(&samples, &settings, &|progress| bar.show(progress))?;
    bar.finish();
    let bar = Bar::new("assessing");
    let assessment = assess(&samples, &chosen, &settings, &|progress| bar.show(progress))?;
    bar.finish();
    write(&args.out, &chosen.bytes)?;
    if let Some(path) = &args.card {
        let beside = path.with_extension("svg");
        let about = About {
            command: &command(&args),
            source: &source(&args),
            plot: &beside.file_name().unwrap_or_default().to_string_lossy(),
            data: about.as_deref().unwrap_or(words::UNKNOWN),
            split_by_hash,
        };
        write(path, card::write(&samples, &chosen, &assessment, &about).as_bytes())?;
        let parts = [("train", assessment.train.bins), ("val", assessment.val.bins)];
        let parts = [(parts[0].0, &parts[0].1[..]), (parts[1].0, &parts[1].1[..])];
        write(&beside, plot::write(&samples.head, parts).as_bytes())?;
    }
    if let Some(path) = &args.left_out {
        write(path, &left_out::csv(&samples, &assessment.left_out)?)?;
    }
    print::print(&report(&samples, &chosen, &assessment, args.json)?)
}

fn samples(args: &Args) -> Result<Samples, Failure> {
    let head = args.head.as_str();
    if let Some(db) = &args.db {
        return data::from_store(db, &args.site, head, goal(args));
    }
    match (head, &args.traces, &args.sessions) {
        ("commit", Some(path), _) => data::from_traces(path),
        ("buy", _, Some(path)) => data::from_sessions(path),
        ("commit", ..) => Err(Failure::new(
            "commit is a click within 2 s, which only recordings show: --traces DIR, or --db FILE",
        )),
        ("buy", ..) => Err(Failure::new(
            "buy is an order by the end of a session, which recordings do not show: --sessions FILE, or --db FILE",
        )),
        _ => Err(Failure::new(format!(
            "only the collector's store knows what came of {head}: --db FILE"
        ))),
    }
}

/// The goal that the head waits for.
fn goal(args: &Args) -> &str {
    let usual = if args.head == "buy" { "purchase" } else { &args.head };
    args.goal.as_deref().unwrap_or(usual)
}

fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))
}

/// The option that names the data.
fn source(args: &Args) -> String {
    if let Some(path) = &args.db {
        let goal = args.goal.as_ref().map_or(String::new(), |goal| format!(" --goal {goal}"));
        return format!("--db {} --site {}{goal}", path.display(), args.site);
    }
    match (&args.traces, &args.sessions) {
        (Some(path), _) => format!("--traces {}", path.display()),
        (_, Some(path)) => format!("--sessions {}", path.display()),
        _ => String::new(),
    }
}

/// The command as the card shows it.
fn command(args: &Args) -> String {
    let head = &args.head;
    let mut command =
        format!("unspoken train {head} {} --out {}", source(args), args.out.display());
    for (option, path) in [("card", &args.card), ("about", &args.about)] {
        if let Some(path) = path {
            command += &format!(" --{option} {}", path.display());
        }
    }
    if let Some(kind) = args.kind {
        command += &format!(" --kind {}", Kind::from(kind).name());
    }
    command + &format!(" --seed {}", args.seed)
}

fn report(
    samples: &Samples,
    chosen: &Chosen,
    assessment: &Assessment,
    is_json: bool,
) -> Result<String, Failure> {
    let parts =
        [("train", &assessment.train), ("val", &assessment.val), ("folds", &assessment.cross)];
    if is_json {
        let figures: serde_json::Map<String, serde_json::Value> = parts
            .into_iter()
            .map(|(name, part)| Ok((name.into(), serde_json::to_value(part.figures)?)))
            .collect::<Result<_, serde_json::Error>>()?;
        let object = json!({
            "head": samples.head,
            "kind": chosen.candidate.kind().name(),
            "candidate": chosen.candidate.to_string(),
            "bytes": chosen.bytes.len(),
            "figures": figures,
        });
        return Ok(format!("{object}\n"));
    }
    let rows = parts.map(|(name, part)| print::figures(name, &part.figures));
    Ok(print::figures_heading(&samples.head)
        + &rows.concat()
        + &format!("{}: {} bytes\n", chosen.candidate, chosen.bytes.len()))
}
