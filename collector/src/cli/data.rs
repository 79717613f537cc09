//! The data that `train` and `eval` take: recordings, or sessions as CSV.

use std::path::Path;

use super::Failure;
use crate::clock;
use crate::replay::read;
use crate::train::sample::Samples;
use crate::train::{from_store as store, sessions, traces};

/// Samples of `commit` from recordings.
pub fn from_traces(path: &Path) -> Result<Samples, Failure> {
    let samples = traces::samples(&read(path)?);
    if samples.all.is_empty() {
        return Err(Failure::new(format!("no recording in {} ends in a click", path.display())));
    }
    Ok(samples)
}

/// Samples of a head from the collector's store: `commit` from page views of level `trace`, others
/// from sessions, where `goal` is what the head waits for.
pub fn from_store(db: &Path, site: &str, head: &str, goal: &str) -> Result<Samples, Failure> {
    super::need_db(db)?;
    let samples = match head {
        "commit" => store::commit_samples(db, site)?,
        _ => store::session_samples(db, site, [head, goal], clock::now_ms())?,
    };
    if samples.all.is_empty() {
        return Err(Failure::new(match head {
            "commit" => format!(
                "no page view of level trace in {} ends in a click: set \"level\": \"trace\" in the unspoken.json",
                db.display()
            ),
            _ => format!("no session of {site} in {} is over yet", db.display()),
        }));
    }
    Ok(samples)
}

/// Samples of `buy` from sessions.
pub fn from_sessions(path: &Path) -> Result<Samples, Failure> {
    Ok(sessions::read(path)?)
}
