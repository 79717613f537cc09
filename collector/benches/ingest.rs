//! What durable ingest costs: the collector against a bare axum handler that reads and discards the
//! same bodies, in one run.
//!
//! Both run as processes of their own with the same runtime, and `unspoken load` sends them the same
//! batches in turn, round by round, so that whatever else the machine does falls on both. After each
//! round the collector's inbox is digested before the next begins; the line `sustained` is one long
//! round, in which the digest has to keep up. `--soak MINUTES` runs the collector alone at a steady
//! pace and looks at its memory. docs/ingest.md has figures. Nothing fails by a time.
//!
//!     cargo bench -p unspoken-collector --bench ingest -- --seconds 5 --rounds 3

#[path = "ingest/processes.rs"]
mod processes;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use processes::{Load, Server};

#[derive(Parser)]
struct Args {
    /// Run the bare server on a port of the system's and print its address
    #[arg(long, hide = true)]
    bare: bool,
    /// Connections at once, one run each
    #[arg(long, value_delimiter = ',', default_value = "1,64,1000")]
    connections: Vec<u32>,
    /// Length of a round
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Rounds of each server
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Length of the sustained round; 0 leaves it out
    #[arg(long, default_value_t = 30)]
    sustained: u64,
    /// Instead: minutes of a steady pace, with the memory at its ends
    #[arg(long, value_name = "MINUTES")]
    soak: Option<u64>,
    /// Batches a second in the soak
    #[arg(long, default_value_t = 2_000)]
    pace: u32,
    /// Settings of a collector on another store (ClickHouse, `ack = "spool"`); SQLite where not given
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// What cargo hands on
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let args = Args::parse();
    if args.bare {
        return processes::bare();
    }
    if let Some(minutes) = args.soak {
        return soak(&args, minutes);
    }
    println!("{}", processes::machine());
    for connections in &args.connections {
        compare(&args, *connections);
    }
}

fn compare(args: &Args, connections: u32) {
    let (bare, collector) = (Server::bare(), Server::collector(args.settings.as_deref()));
    let servers = [&bare, &collector];
    let mut rounds: [Vec<Load>; 2] = [Vec::new(), Vec::new()];
    for server in servers {
        server.load(connections, 1, None);
        server.settle();
    }
    for _ in 0..args.rounds {
        for (server, rounds) in servers.into_iter().zip(&mut rounds) {
            rounds.push(server.load(connections, args.seconds, None));
            server.settle();
        }
    }
    println!("{connections} connections");
    for (name, rounds, server) in
        [("bare", &rounds[0], &bare), ("collector", &rounds[1], &collector)]
    {
        println!("  {name:10} {}  peak {:.0} MiB", line(rounds), server.peak_mib());
    }
    let ratios: Vec<f64> =
        rounds[0].iter().zip(&rounds[1]).map(|(bare, ours)| ours.rate / bare.rate).collect();
    println!("  ratio      {:.1} %  (rounds: {})", 100.0 * middle(&ratios), percents(&ratios));
    if args.sustained > 0 && connections > 1 {
        let before = bare.load(connections, args.seconds, None);
        let long = collector.load(connections, args.sustained, None);
        let begun = Instant::now();
        collector.settle();
        let (digested, after) = (begun.elapsed(), bare.load(connections, args.seconds, None));
        let ratio = 2.0 * long.rate / (before.rate + after.rate);
        println!("  sustained  {}  peak {:.0} MiB", line(&[long]), collector.peak_mib());
        println!(
            "  ratio      {:.1} % over {} s; the rest was digested {:.1} s later",
            100.0 * ratio,
            args.sustained,
            digested.as_secs_f64()
        );
    }
}

fn soak(args: &Args, minutes: u64) {
    let collector = Server::collector(args.settings.as_deref());
    let connections = *args.connections.get(1).unwrap_or(&64);
    println!("{}", processes::machine());
    println!("{minutes} minutes at {} batches a second, {connections} connections", args.pace);
    let stop = Instant::now() + Duration::from_secs(minutes * 60);
    let mut samples: Vec<(f64, f64)> = Vec::new();
    let (mut acknowledged, mut refused) = (0, 0);
    let begun = Instant::now();
    while Instant::now() < stop {
        let load = collector.load(connections, 15, Some(args.pace));
        acknowledged += load.acknowledged;
        refused += load.others;
        samples.push((begun.elapsed().as_secs_f64() / 60.0, collector.resident_mib()));
        let (minute, mib) = samples[samples.len() - 1];
        println!("  {minute:5.2} min  {mib:6.1} MiB  {}", line(&[load]));
    }
    // What the first fifth fills (caches, pools) is no growth.
    let rest = &samples[samples.len() / 5..];
    println!(
        "{acknowledged} acknowledged, {refused} other answers; from minute {:.1} on {:.1} to {:.1} MiB, slope \
         {:+.2} MiB a minute; peak {:.0} MiB",
        rest[0].0,
        rest[0].1,
        rest[rest.len() - 1].1,
        slope(rest),
        collector.peak_mib()
    );
}

/// Least squares.
fn slope(samples: &[(f64, f64)]) -> f64 {
    let count = samples.len() as f64;
    let mean = |part: fn(&(f64, f64)) -> f64| samples.iter().map(part).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let over = samples.iter().map(|it| (it.0 - x) * (it.1 - y)).sum::<f64>();
    let under = samples.iter().map(|it| (it.0 - x).powi(2)).sum::<f64>();
    if under > 0.0 { over / under } else { 0.0 }
}

fn line(rounds: &[Load]) -> String {
    let of = |part: fn(&Load) -> f64| middle(&rounds.iter().map(part).collect::<Vec<_>>());
    let others: u64 = rounds.iter().map(|load| load.others).sum();
    let broken: u64 = rounds.iter().map(|load| load.broken).sum();
    format!(
        "{:8.0} /s  p50 {:7.2} ms  p99 {:7.2} ms  cpu {:5.1} µs  refused {others}  broken {broken}",
        of(|load| load.rate),
        of(|load| load.p50),
        of(|load| load.p99),
        of(|load| load.cpu),
    )
}

fn middle(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn percents(ratios: &[f64]) -> String {
    let each: Vec<String> = ratios.iter().map(|ratio| format!("{:.0} %", 100.0 * ratio)).collect();
    each.join(", ")
}
