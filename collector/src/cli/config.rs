//! `unspoken config`: the versions of a site's config, published, rolled out and taken back.
//!
//! It works on the state file beside the collector, which serves a change at its next request.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;

use super::{Failure, print};
use crate::check::check;
use crate::clock::now_ms;
use crate::config_versions::{self, Listed, MAX_BYTES};
use crate::drift::{DAY_MS, date};
use crate::handlers::v1::versions::{percent, sentence};
use crate::state::State;

/// List, publish, stage and roll back versions of a site's unspoken.json.
///
/// A version takes the place of the file that `unspoken serve --config` names, which counts as
/// version 0. A collector that runs serves the change with the next request of each page.
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
    /// The site
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo", global = true)]
    site: String,
    /// The file that the collector serves where no version is, if it has one
    #[arg(long, env = "UNSPOKEN_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Print one JSON object, as GET /v1/config/{site}/versions answers
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Order {
    /// Print every version, and the share of browsers that get it
    List,
    /// Keep a file as the next version, and serve it
    Publish {
        /// The unspoken.json
        file: PathBuf,
        /// The share of browsers that get it at first: 0 to 1
        #[arg(long, default_value_t = 1.0)]
        share: f64,
        /// A word on it, for the list
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Serve a version to another share of the browsers
    Stage {
        /// Its number
        version: u64,
        /// 0 takes it back, 1 serves it to all
        #[arg(long, default_value_t = 1.0)]
        share: f64,
    },
    /// Take a roll-out back, or else the version in service: the one before is served again
    Rollback,
}

/// Changes what is served, and prints what is.
pub fn run(args: Args) -> Result<(), Failure> {
    let state = State::new(args.state.clone().unwrap_or_else(|| State::beside(&args.db)));
    let has_file = args.config.is_some();
    let share = |share: f64| {
        percent(share).map_err(|_| Failure::new("--share takes 0 to 1 in steps of 0.01"))
    };
    let site = args.site.as_str();
    let said = match &args.order {
        Order::List => None,
        Order::Publish { file, share: wanted, note } => {
            let percent = share(*wanted)?;
            let text = read(file)?;
            let version = config_versions::publish(
                &state,
                site,
                text.as_bytes(),
                percent,
                note,
                has_file,
                now_ms(),
            )?;
            Some(sentence(version, percent, has_file))
        }
        Order::Stage { version, share: wanted } => {
            let percent = share(*wanted)?;
            config_versions::stage(&state, site, *version, percent, has_file)?;
            Some(sentence(*version, percent, has_file))
        }
        Order::Rollback => {
            let version = config_versions::rollback(&state, site, has_file)?;
            Some(sentence(version, 100, has_file))
        }
    };
    let listed = config_versions::list(&state, site, has_file)?;
    print::print(&if args.json {
        serde_json::to_string(&json!({ "sentence": said, "versions": listed }))? + "\n"
    } else {
        said.map_or(String::new(), |said| said + "\n") + &table(&listed)
    })
}

/// The text of a config without a mistake.
fn read(file: &std::path::Path) -> Result<String, Failure> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}")))?;
    if text.len() > MAX_BYTES {
        return Err(Failure::new(format!(
            "{shown} has {} bytes, and a version may have {MAX_BYTES}",
            text.len()
        )));
    }
    let mistakes = check(&text, &[], now_ms() as f64).notes.mistakes;
    if mistakes.is_empty() {
        return Ok(text);
    }
    let lines: Vec<String> = mistakes.iter().map(|it| it.to_line(&shown)).collect();
    Err(Failure::new(format!("{shown} is not published:\n{}", lines.join("\n"))))
}

fn table(listed: &[Listed]) -> String {
    if listed.is_empty() {
        return "nothing was published yet: `unspoken config publish FILE`\n".into();
    }
    let mut text = format!("{:>7}  {:<10} {:>6}  {}\n", "version", "day", "share", "note");
    for it in listed {
        let day = it.created_at.map_or("—".into(), |at| date(at / DAY_MS));
        let share = format!("{:.0} %", it.share * 100.0);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:>7}  {day:<10} {share:>6}  {}", it.version, it.note);
    }
    text
}
