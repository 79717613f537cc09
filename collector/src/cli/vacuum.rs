//! `unspoken vacuum`: rebuilds the database file.

use std::path::PathBuf;

use crate::store::maintain;

use super::Failure;

/// Rebuild the database file, without free pages and without anything that was deleted.
///
/// Retention gives free pages back by itself, from a file that this version made; an older file needs
/// this once. It takes as much room again on the disk. A collector that runs on the file meanwhile
/// answers 503 to batches, which pages send again: better done while it is stopped.
#[derive(clap::Args)]
pub struct Args {
    /// The database file
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db")]
    db: PathBuf,
}

/// Rebuilds, and says what it saved.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    let [before, after] = maintain::vacuum(&args.db)?;
    println!("{}  {before} bytes before, {after} now", args.db.display());
    Ok(())
}
