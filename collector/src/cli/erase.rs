//! `unspoken erase`: everything of one visitor goes.

use std::path::PathBuf;

use unspoken::id::Id;

use crate::clock;
use crate::receipt::Receipt;
use crate::state::State;
use crate::store::maintain;
use crate::webhook;

use super::Failure;

/// Remove everything that is kept of a visitor, and print a receipt as JSON.
///
/// What their pages still send is turned away for as long as it comes, and 30 days more. A collector
/// may run on the database meanwhile.
#[derive(clap::Args)]
pub struct Args {
    /// The visitor's id, 32 hex digits
    #[arg(value_parser = super::visitor)]
    visitor: Id,
    /// The database file
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db")]
    db: PathBuf,
    /// The collector's state file, of which what webhooks were to tell goes too [default: state.db
    /// beside --db]
    #[arg(long, env = "UNSPOKEN_STATE", value_name = "FILE")]
    state: Option<PathBuf>,
    /// The site whose visitor it is
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
}

/// Erases, and prints the receipt.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    let now_ms = clock::now_ms();
    let (erased, is_clean) = maintain::erase(&args.db, &args.site, args.visitor, now_ms)?;
    if !is_clean {
        eprintln!(
            "copies of rows may be left in pages of the file until a collector's next round, or until \
             `unspoken vacuum`"
        );
    }
    let state = State::new(args.state.unwrap_or_else(|| State::beside(&args.db)));
    webhook::forget(&state, &args.site, args.visitor)?;
    let receipt = Receipt::new(&args.site, args.visitor, now_ms, erased)?;
    println!("{}", serde_json::to_string_pretty(&receipt)?);
    Ok(())
}
