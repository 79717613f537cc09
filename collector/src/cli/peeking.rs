//! `unspoken simulate peeking`: how often the statistics of reports are wrong.

use serde_json::json;

use super::{Failure, print};
use crate::simulate::peeking::{Covered, EVERY, LIFT, Peeked, World, cover, peek};

/// Count false alarms of experiments that are looked at again and again, and how often intervals hold
/// a true lift.
///
/// Visitors are made up; what they do is drawn from known laws. The first table has experiments without
/// an effect, looked at every 100 visitors: the share with a false alarm at one look or more. The second
/// has experiments with a lift of a tenth, looked at once.
#[derive(clap::Args)]
pub struct PeekingArgs {
    /// Draws everything
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Experiments without an effect
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    runs: u32,
    /// Visitors of each
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    visitors: u32,
    /// Experiments with an effect
    #[arg(long, default_value_t = 8_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    covered: u32,
    /// Print one JSON object: { every, lift, peeked: [{ world, runs, visitors, sequential, delta,
    /// fixed, last }], covered: [{ metric, runs, visitors, fixed, sequential, halfWidth }] }
    #[arg(long)]
    json: bool,
}

/// Simulates and prints.
pub fn run_peeking(args: PeekingArgs) -> Result<(), Failure> {
    let worlds =
        [World::Conversion(0.01), World::Conversion(0.05), World::Conversion(0.3), World::Revenue];
    let peeked: Vec<Peeked> = worlds
        .into_iter()
        .map(|world| peek(world, args.runs as usize, args.visitors as usize, args.seed))
        .collect();
    let covered = cover(args.covered as usize, args.seed);
    print::print(&if args.json {
        let told = json!({ "every": EVERY, "lift": LIFT, "peeked": peeked, "covered": covered });
        told.to_string() + "\n"
    } else {
        table(&args, &peeked, &covered)
    })
}

fn table(args: &PeekingArgs, peeked: &[Peeked], covered: &[Covered]) -> String {
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let PeekingArgs { runs, visitors, covered: with_effect, .. } = args;
    let mut out = format!(
        "False alarms without an effect: {runs} experiments of {visitors} visitors, looked at every {EVERY}\n"
    );
    out += &format!(
        "{:<20} {:>10} {:>12} {:>12} {:>10}\n",
        "", "sequential", "its width *", "fixed", "one look"
    );
    for Peeked { world, sequential, delta, fixed, last, .. } in peeked {
        let [sequential, delta, fixed, last] =
            [sequential, delta, fixed, last].map(|it| percent(*it));
        out += &format!("{world:<20} {sequential:>10} {delta:>12} {fixed:>12} {last:>10}\n");
    }
    out += "* around the delta method's standard error, as gbstats has it\n\n";
    out += &format!("95 % intervals that hold a lift of {LIFT}: {with_effect} experiments\n");
    out += &format!(
        "{:<20} {:>10} {:>12} {:>12} {:>10}\n",
        "", "visitors", "one look", "sequential", "+/-"
    );
    for Covered { metric, visitors, fixed, sequential, half_width, .. } in covered {
        let [fixed, sequential] = [fixed, sequential].map(|it| percent(*it));
        out += &format!(
            "{metric:<20} {visitors:>10} {fixed:>12} {sequential:>12} {half_width:>10.3}\n"
        );
    }
    out
}
