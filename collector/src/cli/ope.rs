//! `unspoken ope`: what another policy would have earned, from a log of decisions.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Failure, print};
use crate::ope::log::{Model, read};
use crate::ope::told::{always, decisions};
use crate::ope::{Judged, judge};
use crate::store::lessons;

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
    #[arg(long, value_name = "CSV", required_unless_present = "db")]
    log: Option<PathBuf>,
    /// Instead of a log, the collector's database: what always showing one variant would have
    /// earned, for each variant of a rule that learns
    #[arg(long, value_name = "FILE", conflicts_with_all = ["log", "policy"], requires_all = ["slot", "rule"])]
    db: Option<PathBuf>,
    /// The site in it
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// The slot
    #[arg(long)]
    slot: Option<String>,
    /// The rule
    #[arg(long)]
    rule: Option<String>,
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
    /// weights: { mean, largest, effective, share, rewarded, alarms } }; with --db a list of them,
    /// each with its variant
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
    if let Some(db) = &args.db {
        return of_store(db, &args);
    }
    let Some(log) = &args.log else { return Err(Failure::new("give --log or --db")) };
    let rows = read(log, args.policy.as_deref(), model)?;
    let judged =
        judge(&rows, args.clip, args.seed).ok_or_else(|| Failure::new("the log has no rows"))?;
    let json = || serde_json::to_string(&judged).map(|text| text + "\n");
    print::print(&if args.json { json()? } else { table(&judged) })
}

/// Each variant of a rule, as if it were always shown.
fn of_store(db: &Path, args: &Args) -> Result<(), Failure> {
    super::need_db(db)?;
    let told = lessons(db, &args.site)?;
    let (slot, rule) = (args.slot.as_deref().unwrap_or(""), args.rule.as_deref().unwrap_or(""));
    let decisions = decisions(&told, slot, rule);
    let variants: BTreeSet<&str> = decisions.iter().map(|decision| decision.variant).collect();
    if variants.is_empty() {
        let place = format!("the rule {rule} of the slot {slot}");
        return Err(Failure::new(format!("{} holds no decision of {place}", db.display())));
    }
    let judged = variants
        .into_iter()
        .filter_map(|it| Some((it, judge(&always(it, &decisions), args.clip, args.seed)?)));
    print::print(&if args.json {
        let value = |(variant, judged)| serde_json::json!({ "variant": variant, "judged": judged });
        serde_json::to_string(&judged.map(value).collect::<Vec<_>>())? + "\n"
    } else {
        judged.map(|(variant, judged)| format!("always {variant}\n{}\n", table(&judged))).collect()
    })
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
