//! `unspoken ope`: what another policy would have earned, from a log of decisions.

use std::path::PathBuf;

use clap::ValueEnum;

use super::{Failure, print};
use crate::ope::log::{Model, read};
use crate::ope::{Judged, judge};

/// Judge a policy by the log of another, before anybody sees it.
///
/// The log is a CSV (plain or .gz) with a decision a row: item, pos, click and propensity, as in the
/// Open Bandit sample. The policy is a CSV with a row for each item and a column for each position.
/// A policy that looks at the context needs no table: its log has the columns target, expected and
/// value. Estimates are IPW, SNIPW, DM and DR, each with its 95 % interval by the bootstrap, and
/// alarms where the log says little of the policy. docs/bandits.md has the formulas.
#[derive(clap::Args)]
pub struct Args {
    /// Decisions with their propensities
    #[arg(long, value_name = "CSV")]
    log: PathBuf,
    /// Probabilities of the judged policy [default: the log's column target]
    #[arg(long, value_name = "CSV")]
    policy: Option<PathBuf>,
    /// What DM and DR expect of an item where the log has no columns expected and value: the mean
    /// reward of its rows
    #[arg(long, value_enum, default_value = "item")]
    model: Given,
    /// Cut weights to this
    #[arg(long, value_name = "WEIGHT", value_parser = positive)]
    clip: Option<f64>,
    /// Draws the bootstrap
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print one JSON object: { rows, logged, clip, estimates: [{ name, value, low, high }],
    /// weights: { mean, largest, effective, share, rewarded, alarms } }
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Given {
    /// with that item, at any position
    Item,
    /// with that item at that position
    ItemPosition,
}

fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|it: &f64| *it > 0.0 && it.is_finite());
    number.ok_or_else(|| "expected a number above 0".into())
}

/// Judges and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    let model = match args.model {
        Given::Item => Model::Item,
        Given::ItemPosition => Model::ItemPosition,
    };
    let rows = read(&args.log, args.policy.as_deref(), model)?;
    let judged =
        judge(&rows, args.clip, args.seed).ok_or_else(|| Failure::new("the log has no rows"))?;
    let json = || serde_json::to_string(&judged).map(|text| text + "\n");
    print::print(&if args.json { json()? } else { table(&judged) })
}

fn table(judged: &Judged) -> String {
    let Judged { rows, logged, clip, estimates, weights } = judged;
    let cut = clip.map_or(String::new(), |clip| format!(", weights cut to {clip}"));
    let mut out = format!("{rows} decisions, mean reward {logged:.6}{cut}\n");
    out += &format!("{:<8} {:>10} {:>24}\n", "", "reward", "95 % interval");
    for estimate in estimates {
        let interval = format!("{:.6} to {:.6}", estimate.low, estimate.high);
        let name = estimate.name.to_uppercase();
        out += &format!("{name:<8} {:>10.6} {interval:>24}\n", estimate.value);
    }
    out += &format!(
        "weights: mean {:.3}, largest {:.1}; effective sample size {:.0} ({:.1} %); {} rewarded\n",
        weights.mean,
        weights.largest,
        weights.effective,
        100.0 * weights.share,
        weights.rewarded
    );
    for alarm in &weights.alarms {
        out += &format!(
            "alarm {alarm}: {}\n",
            match *alarm {
                "overlap" => "the log hardly ever did what the policy would do",
                "single" => "one decision has more than 5 % of all weight",
                "mean" => "weights should have mean 1: propensities are wrong, or actions missing",
                _ => "fewer than 10 decisions were rewarded",
            }
        );
    }
    out
}
