//! `unspoken import-events`: what `unspoken export` wrote, back into a store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::exchange::Batches;
use crate::secret::{Secret, hex};
use crate::settings::Settings;
use crate::store::{Appended, Arrival, SqliteStore, Store, StoreError, maintain};

use super::Failure;

/// Batches that are on their way to the store at once: they share its commits.
const TOGETHER: usize = 256;
/// The wait where the store is behind.
const BEHIND: Duration = Duration::from_millis(20);

/// Take in what `unspoken export --out FOLDER` wrote, in either format.
///
/// The files are read through first: where something does not fit, nothing is taken in. A batch that
/// is there already is not counted twice, so an import that was stopped is run again. What belongs to an erased visitor is turned away. Times, sessions and the order of events
/// come out as they were. The database is made where it is absent.
#[derive(clap::Args)]
pub struct Args {
    /// Folders with batches, events, forecasts and traces
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// The database file
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db")]
    db: PathBuf,
    /// The site that the batches shall belong to
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
}

#[derive(Default)]
struct Tally {
    new: u64,
    seen: u64,
}

/// Takes them in, and says how many. All of it is read through before anything is taken in.
pub fn run(args: Args) -> Result<(), Failure> {
    for folder in &args.folders {
        let mut batches = Batches::open(folder, &args.site)?;
        while batches.next_batch()?.is_some() {}
    }
    // In order: the batches of one thread stand in the store as they stand in the files.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&settings(&args.db, &args.site)?)?);
        let mut tally = Tally::default();
        let taken = take_all(&args, &store, &mut tally).await;
        store.close().await?;
        println!("{} batches taken in, {} were there", tally.new, tally.seen);
        taken.map_err(|Failure(why)| {
            Failure(format!("{why}; what was taken in stays, so run the import again"))
        })
    })
}

/// A store that is opened to be filled keeps the key that its site has.
fn settings(db: &Path, site: &str) -> Result<Settings, Failure> {
    let key = match maintain::key_digest(db, site)? {
        Some(digest) => format!("sha256:{}", hex(&digest)),
        // A site that no collector has served yet: its first start replaces this.
        None => Secret::random()?.1,
    };
    Ok(Settings::new(db, site, &key, &Secret::random()?.1)?)
}

async fn take_all(args: &Args, store: &Arc<dyn Store>, tally: &mut Tally) -> Result<(), Failure> {
    let mut on_their_way: JoinSet<Result<Appended, StoreError>> = JoinSet::new();
    for folder in &args.folders {
        let mut batches = Batches::open(folder, &args.site)?;
        while let Some(arrival) = batches.next_batch()? {
            on_their_way.spawn(append(Arc::clone(store), arrival));
            if on_their_way.len() >= TOGETHER {
                count(on_their_way.join_next().await, tally)?;
            }
        }
    }
    while let Some(done) = on_their_way.join_next().await {
        count(Some(done), tally)?;
    }
    Ok(())
}

fn count(
    done: Option<Result<Result<Appended, StoreError>, tokio::task::JoinError>>,
    tally: &mut Tally,
) -> Result<(), Failure> {
    match done.transpose()?.transpose()? {
        Some(Appended::New) => tally.new += 1,
        Some(Appended::Seen) => tally.seen += 1,
        None => {}
    }
    Ok(())
}

async fn append(store: Arc<dyn Store>, arrival: Arrival) -> Result<Appended, StoreError> {
    loop {
        match store.append(arrival.clone()).await {
            Err(StoreError::Busy) => tokio::time::sleep(BEHIND).await,
            other => return other,
        }
    }
}
