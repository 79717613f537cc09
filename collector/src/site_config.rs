//! The site's `unspoken.json`, served from memory and read again when the file changes.
//!
//! It is checked to be JSON and no more: whether it means anything is `unspoken check`'s to say.
//! A file that cannot be read while the collector runs (an editor in the middle of saving) leaves
//! the last good one in service.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use axum::body::Bytes;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::secret::hex;
use crate::settings::SettingsError;

/// One reading of the file.
#[derive(Clone, Debug)]
pub struct Reading {
    /// A strong entity tag, quotes included.
    pub etag: String,
    /// The file as it stood.
    pub json: Bytes,
}

/// What tells that a file has changed: time, length, and which file it is. A file that was put in
/// the place of another within one tick of the clock is told by the last.
type Stamp = (Option<SystemTime>, u64, u64);

/// The stamp of a file that is not there.
const GONE: Stamp = (None, 0, 0);

/// The file, and what was last read of it.
#[derive(Debug)]
pub struct SiteConfig {
    path: PathBuf,
    last: Mutex<(Stamp, Arc<Reading>)>,
}

impl SiteConfig {
    /// Reads the file for the first time; here a fault is an error.
    pub fn open(path: &Path) -> Result<SiteConfig, SettingsError> {
        let last = stamp(path).and_then(|stamp| Ok((stamp, Arc::new(read(path)?)))).map_err(|error| {
            SettingsError(format!(
                "cannot read the config {}: {error}: give another file with --config or UNSPOKEN_CONFIG",
                path.display()
            ))
        })?;
        Ok(SiteConfig { path: path.to_owned(), last: Mutex::new(last) })
    }

    /// The file as it stands now. Blocks on the disk.
    pub fn current(&self) -> Arc<Reading> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // The stamp is taken before the reading: a write in between is then seen next time.
        match stamp(&self.path) {
            Ok(stamp) if stamp == last.0 => {}
            Ok(stamp) => {
                last.0 = stamp;
                match read(&self.path) {
                    Ok(reading) => last.1 = Arc::new(reading),
                    Err(error) => warn(&self.path, &error),
                }
            }
            Err(error) => {
                // Warned of once, not at every request: the stamp of a missing file is remembered.
                if last.0 != GONE {
                    last.0 = GONE;
                    warn(&self.path, &error);
                }
            }
        }
        Arc::clone(&last.1)
    }
}

fn warn(path: &Path, error: &str) {
    tracing::warn!(
        "the config {} cannot be read ({error}): the last good one is served",
        path.display()
    );
}

fn stamp(path: &Path) -> Result<Stamp, String> {
    let meta = std::fs::metadata(path).map_err(|error| error.to_string())?;
    #[cfg(unix)]
    let file = std::os::unix::fs::MetadataExt::ino(&meta);
    #[cfg(not(unix))]
    let file = 1;
    Ok((meta.modified().ok(), meta.len(), file))
}

fn read(path: &Path) -> Result<Reading, String> {
    let json = std::fs::read(path).map_err(|error| error.to_string())?;
    serde_json::from_slice::<&RawValue>(&json)
        .map_err(|error| format!("it is not JSON: {error}"))?;
    let etag = format!("\"{}\"", hex(&Sha256::digest(&json)[..16]));
    Ok(Reading { etag, json: json.into() })
}
