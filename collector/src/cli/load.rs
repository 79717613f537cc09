//! `unspoken load`: how many batches a collector acknowledges, and how fast.

use std::time::Duration;

use axum::http::Uri;

use super::Failure;
use crate::load::{Plan, run as make_load};

/// Send a collector as many batches as it answers, and say how many and how fast.
///
/// Batches are those of drawn visits, each with an id of its own, over connections that are kept
/// and have one batch on its way at a time. They are kept like any others: use a collector that was
/// started for it, with a --rate that lets one address send as much.
#[derive(clap::Args)]
pub struct Args {
    /// The collector's address
    #[arg(long, default_value = "http://127.0.0.1:4181")]
    url: Uri,
    /// The site's publishable key
    #[arg(long, env = "UNSPOKEN_KEY", default_value = "pk_demo", hide_env_values = true)]
    key: String,
    /// Connections at once
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    connections: u32,
    /// How long to send, in seconds
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Batches a second, of all connections together; as many as are answered where it is not given
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    per_second: Option<u32>,
    /// What the batches' ids follow from; drawn where it is not given
    #[arg(long)]
    seed: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Sends, and prints what became of it.
pub fn run(args: Args) -> Result<(), Failure> {
    let seed = match args.seed {
        Some(seed) => seed,
        None => getrandom::u64()?,
    };
    let connections = args.connections as usize;
    let plan = Plan {
        url: args.url,
        key: args.key,
        connections,
        length: Duration::from_secs(args.seconds),
        per_second: args.per_second.map(f64::from),
        seed,
    };
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(make_load(plan))
        .map_err(Failure::new)?;
    if args.json {
        println!("{}", outcome.to_json());
    } else {
        println!("connections   {connections}");
        println!("batches       {:.0} bytes in the mean", outcome.mean_bytes);
        println!(
            "acknowledged  {} in {:.1} s, {:.0} a second",
            outcome.acknowledged,
            outcome.length.as_secs_f64(),
            outcome.per_second()
        );
        println!(
            "answered in   p50 {:.2} ms, p99 {:.2} ms, longest {:.1} ms",
            outcome.quantile_ms(0.5),
            outcome.quantile_ms(0.99),
            outcome.times.max() as f64 / 1_000.0
        );
        for (status, count) in outcome.statuses.iter().filter(|(status, _)| **status != 204) {
            println!("status {status}    {count}");
        }
        if outcome.broken > 0 {
            println!("broken        {} connections", outcome.broken);
        }
    }
    match outcome.why {
        Some(why) if outcome.acknowledged == 0 => Err(Failure::new(format!(
            "no batch was acknowledged ({why}): is a collector running there, and is --url its address?"
        ))),
        _ if outcome.acknowledged == 0 => Err(Failure::new(
            "no batch was acknowledged: is --key the site's, and its --rate high enough?",
        )),
        _ => Ok(()),
    }
}
