//! `unspoken webhooks`: deliveries that were given up, and once more.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{Failure, print};
use crate::clock::now_ms;
use crate::drift::{DAY_MS, date};
use crate::state::State;
use crate::webhook::{self, Dead};

/// List the deliveries of webhooks that were given up, or queue them again.
///
/// It works on the state file beside the collector; one that runs delivers what is queued within
/// seconds.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    order: Order,
    /// The state file [default: state.db beside --db]
    #[arg(long, env = "UNSPOKEN_STATE", value_name = "FILE", global = true)]
    state: Option<PathBuf>,
    /// The database of the collector, beside which its state file lies
    #[arg(
        long,
        env = "UNSPOKEN_DB",
        default_value = ".unspoken/unspoken.db",
        value_name = "FILE",
        global = true
    )]
    db: PathBuf,
    /// Only of this site
    #[arg(long, global = true)]
    site: Option<String>,
    /// Print one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Order {
    /// Print what was given up, the newest first, at most 500
    Dead,
    /// Queue it again, with all its attempts
    Retry {
        /// Its id
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// All that `dead` lists
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}

/// Lists or queues.
pub fn run(args: Args) -> Result<(), Failure> {
    let state = State::new(args.state.clone().unwrap_or_else(|| State::beside(&args.db)));
    let site = args.site.as_deref();
    let retry = |id: &str| webhook::retry(&state, site, id, now_ms());
    let text = match &args.order {
        Order::Dead => {
            let dead = webhook::dead(&state, site)?;
            if args.json {
                serde_json::to_string(&json!({ "dead": dead }))? + "\n"
            } else {
                table(&dead)
            }
        }
        Order::Retry { id, .. } => {
            let ids = match id {
                Some(id) => vec![id.clone()],
                None => webhook::dead(&state, site)?.into_iter().map(|it| it.id).collect(),
            };
            let mut queued = 0;
            for id in &ids {
                queued += usize::from(retry(id)?);
            }
            if let Some(id) = id.as_ref().filter(|_| queued == 0) {
                return Err(Failure::new(format!(
                    "no delivery {id} was given up: `unspoken webhooks dead` lists them"
                )));
            }
            match args.json {
                true => serde_json::to_string(&json!({ "queued": queued }))? + "\n",
                false => format!("{queued} queued again\n"),
            }
        }
    };
    print::print(&text)
}

fn table(dead: &[Dead]) -> String {
    if dead.is_empty() {
        return "nothing was given up\n".into();
    }
    let mut text = String::new();
    for it in dead {
        let (day, error) = (date(it.created_at / DAY_MS), it.error.as_deref().unwrap_or("—"));
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "{}  {day}  {} after {} attempts: {error}", it.id, it.url, it.attempts);
    }
    text
}
