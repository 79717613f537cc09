//! `unspoken erase`: everything of one visitor goes.

use std::path::PathBuf;

use unspoken::id::Id;

use crate::clock;
use crate::receipt::Receipt;
use crate::store::maintain;

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
    /// The site whose visitor it is
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
}

/// Erases, and prints the receipt.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    let now_ms = clock::now_ms();
    let erased = maintain::erase(&args.db, &args.site, args.visitor, now_ms)?;
    let receipt = Receipt::new(&args.site, args.visitor, now_ms, erased)?;
    println!("{}", serde_json::to_string_pretty(&receipt)?);
    Ok(())
}
