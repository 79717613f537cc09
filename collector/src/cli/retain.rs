//! `unspoken retain`: removes what is older than it is kept.

use std::path::PathBuf;

use crate::clock;
use crate::store::lifecycle::Retention;
use crate::store::maintain;

use super::Failure;

/// Remove what is older than its table is kept, and print how many rows of each.
///
/// A collector does this by itself at its start and every hour, by the table [retention] of its
/// settings; here the days are flags. 0 keeps for ever.
#[derive(clap::Args)]
pub struct Args {
    /// The database file
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db")]
    db: PathBuf,
    /// The site whose rows they are
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// Count only; nothing is removed
    #[arg(long)]
    dry_run: bool,
    /// Days that events are kept
    #[arg(long, default_value_t = Retention::default().events)]
    events: u32,
    /// Days that streams of level trace are kept
    #[arg(long, default_value_t = Retention::default().traces)]
    traces: u32,
    /// Days that lessons of bandits are kept
    #[arg(long, default_value_t = Retention::default().lessons)]
    lessons: u32,
    /// Days that forecasts are kept
    #[arg(long, default_value_t = Retention::default().forecasts)]
    forecasts: u32,
    /// Days that batches and sessions are kept; no fewer than the longest of the others count
    #[arg(long, default_value_t = Retention::default().sessions)]
    sessions: u32,
}

/// Removes, or counts.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    let retention = Retention {
        events: args.events,
        traces: args.traces,
        lessons: args.lessons,
        forecasts: args.forecasts,
        sessions: args.sessions,
    };
    let work = if args.dry_run { maintain::would_retain } else { maintain::retain };
    let removed = work(&args.db, &args.site, retention, clock::now_ms())?;
    println!("{}", serde_json::to_string_pretty(&removed)?);
    Ok(())
}
