//! The data that `train` and `eval` take: recordings, or sessions as CSV.

use std::path::Path;

use super::Failure;
use crate::replay::read;
use crate::train::sample::Samples;
use crate::train::{sessions, traces};

/// Samples of `commit` from recordings.
pub fn from_traces(path: &Path) -> Result<Samples, Failure> {
    let samples = traces::samples(&read(path)?);
    if samples.all.is_empty() {
        return Err(Failure::new(format!("no recording in {} ends in a click", path.display())));
    }
    Ok(samples)
}

/// Samples of `buy` from sessions.
pub fn from_sessions(path: &Path) -> Result<Samples, Failure> {
    Ok(sessions::read(path)?)
}
