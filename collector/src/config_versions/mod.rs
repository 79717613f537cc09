//! Versions of a site's config: kept, served to some or to all, and taken back.
//!
//! A version never changes. One is in service for all; another may be rolled out to a share of the
//! browsers. Which one a browser gets follows from its bucket, a number from 0 to 99 that is drawn
//! when it first asks and stands in the entity tag of what it got (`"v3-57-1a2b3c4d"`: version 3,
//! bucket 57, and of the content). The browser sends the tag back with its next request, so it keeps
//! its version without a cookie or an id, and a share that grows moves only those between the old
//! share and the new. Who empties the browser's cache draws anew.
//!
//! The file of `--config` counts as version 0. As long as nothing was published it is served as it
//! always was, by a tag of its content alone.

mod keep;

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use rusqlite::Connection;

pub use keep::{Listed, VersionError, list, publish, rollback, stage};

use crate::site_config::SiteConfig;
use crate::state::State;
use crate::store::StoreError;

/// The number of the file of `--config`.
pub const FILE: u64 = 0;
/// Buckets that browsers are in.
pub const BUCKETS: u8 = 100;
/// The most bytes of a version.
pub const MAX_BYTES: usize = 256 * 1024;

/// A config as it is served.
#[derive(Clone, Debug)]
pub struct Served {
    /// Its number; [`FILE`] for the file.
    pub version: u64,
    /// The first 8 hex digits of its SHA-256.
    pub digest: String,
    /// The text.
    pub json: Bytes,
}

impl Served {
    /// The entity tag for a browser of that bucket, quotes included.
    fn etag(&self, bucket: u8) -> String {
        format!("\"v{}-{bucket}-{}\"", self.version, self.digest)
    }
}

/// What a browser is answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The entity tag, quotes included.
    pub etag: String,
    /// The text; none where the browser has it.
    pub json: Option<Bytes>,
    /// Whether it is this browser's alone, and no shared cache may keep it.
    pub private: bool,
}

/// What a site has in service.
#[derive(Debug, Default)]
struct Lines {
    /// Whether any version was ever published.
    any: bool,
    /// Served to all but those of the roll-out; the file where it is none.
    stable: Option<Arc<Served>>,
    /// Rolled out to buckets below the number.
    staged: Option<(Arc<Served>, u8)>,
}

/// A site's configs.
#[derive(Debug)]
pub struct SiteConfigs {
    site: Arc<str>,
    file: Option<SiteConfig>,
    state: Arc<State>,
    /// What was read last, and SQLite's own number of the state it was read in.
    last: Mutex<(Option<i64>, Arc<Lines>)>,
}

impl SiteConfigs {
    /// Of a site with its file, if it has one, and the state that keeps versions.
    pub fn new(site: Arc<str>, file: Option<SiteConfig>, state: Arc<State>) -> SiteConfigs {
        SiteConfigs { site, file, state, last: Mutex::default() }
    }

    /// Says in the log where another config is served than the file that was named.
    pub fn tell(&self) {
        match self.lines() {
            Ok(lines) => {
                if let Some(stable) = lines.stable.as_ref().filter(|_| self.has_file()) {
                    tracing::warn!(
                        "version {} of {}'s config is served in place of the file: `unspoken config \
                         rollback`, or staging version 0, serves the file again",
                        stable.version,
                        self.site
                    );
                }
            }
            Err(error) => tracing::error!("the versions of {} cannot be read: {error}", self.site),
        }
    }

    /// Whether there is a file of `--config`.
    pub fn has_file(&self) -> bool {
        self.file.is_some()
    }

    /// The config that is in service for all; none where the site has none. Blocks on the disk.
    pub fn for_all(&self) -> Result<Option<Arc<Served>>, StoreError> {
        Ok(match &self.lines()?.stable {
            Some(stable) => Some(Arc::clone(stable)),
            None => self.file(),
        })
    }

    /// A version by its number, in service or not. Blocks on the disk.
    pub fn version(&self, version: u64) -> Result<Option<Arc<Served>>, StoreError> {
        if version == FILE {
            return Ok(self.file());
        }
        let lines = self.lines()?;
        let staged = lines.staged.as_ref().map(|(served, _)| served);
        if let Some(known) =
            [lines.stable.as_ref(), staged].into_iter().flatten().find(|it| it.version == version)
        {
            return Ok(Some(Arc::clone(known)));
        }
        let read = self.state.read(|connection| keep::load(connection, &self.site, version))?;
        Ok(read.flatten().map(Arc::new))
    }

    /// What a browser is answered that has what `known` names (the tags of its `If-None-Match`);
    /// none where the site has no config. Blocks on the disk.
    pub fn reply(&self, known: &[&str]) -> Result<Option<Reply>, StoreError> {
        let lines = self.lines()?;
        let (etag, json) = if lines.any {
            let bucket = known.iter().find_map(|tag| bucket(tag)).unwrap_or_else(draw);
            let served = match (&lines.staged, &lines.stable) {
                (Some((staged, below)), _) if bucket < *below => Some(Arc::clone(staged)),
                (_, Some(stable)) => Some(Arc::clone(stable)),
                (_, None) => self.file(),
            };
            let Some(served) = served else { return Ok(None) };
            (served.etag(bucket), served.json.clone())
        } else {
            let Some(file) = &self.file else { return Ok(None) };
            let reading = file.current();
            (reading.etag.clone(), reading.json.clone())
        };
        let same = known.iter().any(|tag| *tag == "*" || *tag == etag);
        Ok(Some(Reply { etag, json: (!same).then_some(json), private: lines.any }))
    }

    /// The file as it stands now, as version 0.
    fn file(&self) -> Option<Arc<Served>> {
        let reading = self.file.as_ref()?.current();
        let digest = reading.etag.trim_matches('"').chars().take(8).collect();
        Some(Arc::new(Served { version: FILE, digest, json: reading.json.clone() }))
    }

    /// What is in service, read again where anybody has written since.
    fn lines(&self) -> Result<Arc<Lines>, StoreError> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let (stamp, lines) = (last.0, Arc::clone(&last.1));
        let read = self.state.read(|connection| {
            let now = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
            if stamp == Some(now) {
                return Ok((now, lines));
            }
            Ok((now, Arc::new(read(connection, &self.site, &lines)?)))
        });
        match read {
            Ok(Some((now, lines))) => *last = (Some(now), lines),
            Ok(None) => {}
            // What was read before is better than nothing; a page without a config shows no variant.
            Err(error) if stamp.is_some() => {
                tracing::error!("the versions of {} cannot be read: {error}", self.site);
                last.0 = None;
            }
            Err(error) => return Err(error),
        }
        Ok(Arc::clone(&last.1))
    }
}

/// What is in service. What `before` holds of it is not read again: a version never changes.
fn read(connection: &Connection, site: &str, before: &Lines) -> Result<Lines, StoreError> {
    let known = |version: u64, digest: &str| {
        let staged = before.staged.as_ref().map(|(served, _)| served);
        let held = [before.stable.as_ref(), staged].into_iter().flatten();
        held.into_iter().find(|it| it.version == version && it.digest == digest).cloned()
    };
    let fetch = |version: u64| -> Result<Option<Arc<Served>>, StoreError> {
        let Some(digest) = keep::digest(connection, site, version)? else { return Ok(None) };
        match known(version, &digest) {
            Some(served) => Ok(Some(served)),
            None => Ok(keep::load(connection, site, version)?.map(Arc::new)),
        }
    };
    let lines = keep::lines(connection, site)?;
    let stable = fetch(lines.stable)?;
    let staged = match lines.staged {
        Some((version, percent)) => fetch(version)?.map(|served| (served, percent)),
        None => None,
    };
    Ok(Lines { any: lines.newest > FILE, stable, staged })
}

/// The bucket in an entity tag of ours, quotes included.
fn bucket(tag: &str) -> Option<u8> {
    let inner = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    let mut parts = inner.split('-');
    parts.next()?.parse::<u64>().ok()?;
    let bucket = parts.next()?.parse().ok().filter(|bucket| *bucket < BUCKETS)?;
    parts.next()?;
    Some(bucket)
}

/// A bucket for a browser that has none yet.
fn draw() -> u8 {
    // The lean of the remainder is one in 40 million. Without chance of the system all are in the
    // last bucket, which a roll-out reaches last.
    getrandom::u32().map_or(BUCKETS - 1, |drawn| (drawn % u32::from(BUCKETS)) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_stands_in_the_tag_and_nothing_else_does() {
        let served = Served { version: 3, digest: "1a2b3c4d".into(), json: Bytes::new() };
        assert_eq!(served.etag(57), "\"v3-57-1a2b3c4d\"");
        assert_eq!(bucket(&served.etag(57)), Some(57));
        assert_eq!(bucket(&served.etag(0)), Some(0));
        for other in [
            "*",
            "",
            "\"\"",
            "\"v3-57\"",
            "\"v3-100-a\"",
            "\"v-1-a\"",
            "\"1a2b3c4d\"",
            "v3-57-a",
            "\"v3--1-a\"",
        ] {
            assert_eq!(bucket(other), None, "{other}");
        }
    }

    #[test]
    fn every_bucket_is_drawn() {
        let mut drawn = [0u32; BUCKETS as usize];
        for _ in 0..10_000 {
            drawn[usize::from(draw())] += 1;
        }
        // A bucket that is drawn less than 30 or more than 200 times of 10,000 is no chance.
        assert!(drawn.iter().all(|count| (30..200).contains(count)), "{drawn:?}");
    }
}
