//! `unspoken simulate`: what learning on the device does to forecasts, on data whose outcomes are
//! known; to the choice of variants, in `bandits`; and what reports make of experiments, in `peeking`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use unspoken::intent::COMMIT_MODEL;
use unspoken::intent::model::Model;

use super::bandits::{BanditArgs, ShopArgs, run_bandit, run_shop};
use super::peeking::{PeekingArgs, run_peeking};
use super::{Failure, data, print};
use crate::simulate::people::people;
use crate::simulate::year::{Ask, Year, year};
use crate::simulate::{BAR, Drift, Row};
use crate::train::fit::Kind;
use crate::train::sample::Sample;

/// Play known outcomes to what learns and to what judges.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    Drift(DriftArgs),
    People(PeopleArgs),
    Bandit(BanditArgs),
    Shop(ShopArgs),
    Peeking(PeekingArgs),
}

/// Train on a shop's sessions of February to October, carry the model to November and December, and
/// let it learn from outcomes as they come.
///
/// After so many sessions the learner is stopped and judged by the sessions that come after. The
/// table has the mean over drawn orders; file order stands beside it. Below it, the same for a head
/// that a site declared, which begins at 5 % with no weights, and the price of learning where there
/// is nothing to learn: sessions of February to October that the weights do not come from.
#[derive(clap::Args)]
struct DriftArgs {
    /// Sessions in the form of the UCI Online Shoppers data, with the column Month
    #[arg(long, value_name = "CSV")]
    sessions: PathBuf,
    /// Draws the orders, and what training draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Orders drawn
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    orders: u16,
    /// logistic, trees or network [default: the kind of the model of buy that ships]
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Let commit learn from each person's own outcomes, one recording after the other.
#[derive(clap::Args)]
struct PeopleArgs {
    /// Folder (or file) of recordings
    #[arg(long, value_name = "DIR")]
    traces: PathBuf,
    /// Only recordings of this split
    #[arg(long)]
    split: Option<String>,
    /// The model file [default: the model that ships]
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn kind(name: &str) -> Result<Kind, String> {
    let known = || "known are logistic, trees and network".into();
    Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(known)
}

/// Simulates and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    match args.what {
        What::Drift(args) => run_drift(args),
        What::People(args) => run_people(args),
        What::Bandit(args) => run_bandit(args),
        What::Shop(args) => run_shop(args),
        What::Peeking(args) => run_peeking(args),
    }
}

fn run_drift(args: DriftArgs) -> Result<(), Failure> {
    let ask = Ask { seed: args.seed, kind: args.kind, orders: usize::from(args.orders) };
    let year = year(&args.sessions, &ask)?;
    print::print(&if args.json { serde_json::to_string(&year)? + "\n" } else { table(&year) })
}

fn run_people(args: PeopleArgs) -> Result<(), Failure> {
    let bytes = match &args.model {
        Some(path) => std::fs::read(path)
            .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?,
        None => COMMIT_MODEL.to_vec(),
    };
    let model = Model::read(&bytes).map_err(|error| Failure::new(error.message()))?;
    if model.head != "commit" {
        let text =
            format!("recordings show the outcome of commit, and the model is of {}", model.head);
        return Err(Failure::new(text));
    }
    let samples = data::from_traces(&args.traces)?;
    let is_asked =
        |sample: &&Sample| args.split.as_ref().is_none_or(|split| sample.split == *split);
    let samples: Vec<&Sample> = samples.all.iter().filter(is_asked).collect();
    if samples.is_empty() {
        return Err(Failure::new("no recording of that split ends in a click"));
    }
    let played = people(&model, &samples);
    print::print(&if args.json {
        serde_json::to_string(&played)? + "\n"
    } else {
        let heading = print::figures_heading("commit");
        let people = played.people;
        let [frozen, along] = [("as it is", played.frozen), ("learning", played.along)]
            .map(|(name, figures)| print::figures(name, &figures));
        format!("{heading}{frozen}{along}{people} people, a learner each\n")
    })
}

fn table(year: &Year) -> String {
    let Year { kind, bytes, trained_on, .. } = year;
    let title =
        format!("A {kind} of {bytes} bytes, trained on {trained_on} sessions of Feb to Oct");
    let mut out = part(&format!("{title}, in Nov and Dec"), &year.drift);
    out += &part("\nA site's own head, from 5 %, in Nov and Dec", &year.own_head);
    out += &part("\nNothing to learn: the same model in Feb to Oct", &year.no_drift);
    out += &match year.drift.learned.iter().find(|row| row.ece <= BAR) {
        Some(Row { after: Some(told), .. }) => {
            format!("\nECE has come down to {BAR} after {told} sessions.\n")
        }
        _ => format!("\nECE has not come down to {BAR}.\n"),
    };
    out
}

fn part(title: &str, drift: &Drift) -> String {
    let share = 100.0 * drift.positives as f64 / drift.sessions as f64;
    let mut out = format!("{title}: {} sessions, {share:.1} % bought\n", drift.sessions);
    out += &format!(
        "{:<22} {:>6} {:>9} {:>6} {:>14} {:>16}\n",
        "sessions told", "AUC", "log-loss", "ECE", "orders <= .03", "ECE, file order"
    );
    line(&mut out, "none", &drift.frozen, None);
    for (at, row) in drift.learned.iter().enumerate() {
        let name = format!("{}, then stopped", row.after.unwrap_or(0));
        line(&mut out, &name, row, drift.learned_file.get(at));
    }
    line(&mut out, "each, as they came", &drift.along, Some(&drift.along_file));
    out
}

fn line(out: &mut String, name: &str, row: &Row, file: Option<&Row>) {
    let file = file.map_or(String::new(), |file| format!("{:.4}", file.ece));
    let Row { auc, log_loss, ece, meets, .. } = row;
    let share = meets * 100.0;
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{name:<22} {auc:>6.4} {log_loss:>9.4} {ece:>6.4} {share:>12.0} % {file:>16}"
    );
}
