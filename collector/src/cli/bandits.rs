//! `unspoken simulate bandit` and `simulate shop`: what the bandits earn where the truth is known.

use std::path::PathBuf;

use super::{Failure, print};
use crate::simulate::digits;
use crate::simulate::regret;
use crate::simulate::shop::{Ask, Shop, shop};

/// Let bandits name handwritten digits, told only whether they were right.
///
/// One pass over the rows, in drawn orders: an even draw, epsilon-greedy, and both methods of
/// `learn`, with a floor of 0.001 a class and nothing forgotten.
#[derive(clap::Args)]
pub struct BanditArgs {
    /// Images as p0 to p63 (0 to 16) and label (0 to 9), CSV or .gz
    #[arg(long, value_name = "CSV")]
    digits: PathBuf,
    /// Draws the orders
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Orders drawn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    orders: u16,
    /// Print one JSON object: { orders, rows, policies: [{ policy, reward, low, high }] }
    #[arg(long)]
    json: bool,
}

/// Run a synthetic shop for 26 weeks in which tastes depend on the context and drift, and compare
/// the regret of policies.
///
/// Nothing in it is measured on people.
#[derive(clap::Args)]
pub struct ShopArgs {
    /// Draws everything
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Visitors over all weeks
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    visitors: u32,
    /// Lessons that a device's posterior stands on at most [default: as it ships]
    #[arg(long, value_parser = above_one)]
    memory: Option<f64>,
    /// Days that halve a pooled lesson [default: as it ships]
    #[arg(long, value_parser = above_one)]
    half_life: Option<f64>,
    /// Lessons that an arm's prior stands on at most [default: as it ships]
    #[arg(long, value_parser = above_one)]
    cap: Option<f64>,
    /// Where the plot goes
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Print one JSON object: { synthetic, visitors, decisions, best, policies: [{ policy, reward,
    /// regret, curve }] }
    #[arg(long)]
    json: bool,
}

fn above_one(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|it: &f64| *it > 1.0);
    number.ok_or_else(|| "expected a number above 1".into())
}

/// Plays the digits and prints.
pub fn run_bandit(args: BanditArgs) -> Result<(), Failure> {
    let digits = digits::read(&args.digits)?;
    let policies = digits::play(&digits, usize::from(args.orders), args.seed);
    let (orders, rows) = (args.orders, digits.len());
    print::print(&if args.json {
        let told = serde_json::json!({ "orders": orders, "rows": rows, "policies": policies });
        serde_json::to_string(&told)? + "\n"
    } else {
        let mut out = format!("{rows} digits, once each, in {orders} orders\n");
        let head = ["", "mean reward", "lowest", "highest", "file's order"];
        let [none, mean, lowest, highest, file] = head;
        out += &format!("{none:<16} {mean:>11} {lowest:>7} {highest:>8} {file:>13}\n");
        for row in &policies {
            let digits::Row { policy, reward, low, high, file } = row;
            out += &format!("{policy:<16} {reward:>11.3} {low:>7.3} {high:>8.3} {file:>13.3}\n");
        }
        out
    })
}

/// Plays the shop, prints, and draws.
pub fn run_shop(args: ShopArgs) -> Result<(), Failure> {
    let mut ask = Ask::new(args.seed, args.visitors as usize);
    ask.memory = args.memory.unwrap_or(ask.memory);
    ask.half_life = args.half_life.unwrap_or(ask.half_life);
    ask.cap = args.cap.unwrap_or(ask.cap);
    let shop = shop(&ask);
    if let Some(path) = &args.svg {
        std::fs::write(path, regret::write(&shop))
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
    }
    let json = || serde_json::to_string(&shop).map(|text| text + "\n");
    print::print(&if args.json { json()? } else { table(&shop) })
}

fn table(shop: &Shop) -> String {
    let Shop { visitors, decisions, best, policies, .. } = shop;
    let mut out = format!("Synthetic: {visitors} visitors, {decisions} decisions, ");
    out += &format!("{best:.4} goals a decision at best\n");
    out += &format!("{:<22} {:>8} {:>16}\n", "", "regret", "goals a decision");
    for policy in policies {
        let name = policy.policy;
        out += &format!("{name:<22} {:>8.1} {:>16.4}\n", policy.regret, policy.reward);
    }
    out
}
