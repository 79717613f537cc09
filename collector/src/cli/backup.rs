//! `unspoken backup`: a copy of the database while a collector writes to it.

use std::path::PathBuf;

use crate::store::maintain;

use super::Failure;

/// Copy the database to a file, as it stands at this moment.
///
/// A collector may go on writing. The copy holds every batch that was acknowledged before it began,
/// passes SQLite's integrity check before it gets its name, and is restored by putting it in the
/// database's place while no collector runs. docs/data.md has more.
#[derive(clap::Args)]
pub struct Args {
    /// Where the copy goes
    file: PathBuf,
    /// The database file
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db")]
    db: PathBuf,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

/// Copies, and says how large the copy is.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    let is_itself = std::fs::canonicalize(&args.file)
        .ok()
        .is_some_and(|file| std::fs::canonicalize(&args.db).is_ok_and(|db| db == file));
    if is_itself {
        return Err(Failure::new(format!(
            "{} is the database itself: name another file",
            args.file.display()
        )));
    }
    if args.file.exists() && !args.force {
        return Err(Failure::new(format!(
            "{} is there: name another file, or --force to write over it",
            args.file.display()
        )));
    }
    let bytes = maintain::backup(&args.db, &args.file, |_, _| {})?;
    println!("{}  {bytes} bytes", args.file.display());
    Ok(())
}
