//! What the state file knows of versions: their texts, the one in service for all, and the roll-out.

use axum::body::Bytes;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{FILE, Served};
use crate::secret::hex;
use crate::state::State;
use crate::store::StoreError;

/// Versions kept of a site; with 256 KiB each this is 50 MB at worst. What is in service, or was
/// so lately, stays.
const MOST_VERSIONS: u64 = 200;
/// Steps back that a roll-back may go.
const MOST_STEPS: u64 = 50;

/// Why a version was not published, staged or taken back.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VersionError {
    /// The state file failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such version.
    #[error("there is no version {0}; `unspoken config list` shows them")]
    Absent(u64),
    /// It does not go together with what is in service; says what mends it.
    #[error("{0}")]
    Conflict(String),
}

impl From<rusqlite::Error> for VersionError {
    fn from(error: rusqlite::Error) -> VersionError {
        VersionError::Store(error.into())
    }
}

/// A version, as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Its number; 0 is the file of `--config`.
    pub version: u64,
    /// What its entity tags begin and end with; the bucket stands between.
    pub etag: String,
    /// ms since 1970; none for the file, which changes.
    pub created_at: Option<u64>,
    /// The share of browsers that get it, 0 to 1.
    pub share: f64,
    /// What its publisher said of it.
    pub note: String,
    /// Always 0: what has a mistake is not published.
    pub mistakes: u32,
}

/// Which versions are in service, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// For all; [`FILE`] where none is.
    pub stable: u64,
    /// Rolled out, and to how many buckets.
    pub staged: Option<(u64, u8)>,
    /// The last that was published; [`FILE`] where none was.
    pub newest: u64,
}

/// Which versions of a site are in service.
pub fn lines(connection: &Connection, site: &str) -> Result<Numbers, StoreError> {
    let one = |sql: &str| -> Result<Option<u64>, rusqlite::Error> {
        connection.prepare_cached(sql)?.query_row([site], |row| row.get(0))
    };
    let stable = connection
        .prepare_cached("SELECT version FROM served WHERE site = ?1 ORDER BY step DESC LIMIT 1")?
        .query_row([site], |row| row.get(0))
        .optional()?;
    let staged = connection
        .prepare_cached("SELECT version, percent FROM staged WHERE site = ?1")?
        .query_row([site], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let newest = one("SELECT max(version) FROM versions WHERE site = ?1")?;
    Ok(Numbers { stable: stable.unwrap_or(FILE), staged, newest: newest.unwrap_or(FILE) })
}

/// The digest of a version.
pub fn digest(
    connection: &Connection,
    site: &str,
    version: u64,
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT digest FROM versions WHERE site = ?1 AND version = ?2";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(params![site, version], |row| row.get(0)).optional()?)
}

/// A version with its text.
pub fn load(
    connection: &Connection,
    site: &str,
    version: u64,
) -> Result<Option<Served>, StoreError> {
    let sql = "SELECT digest, json FROM versions WHERE site = ?1 AND version = ?2";
    let read = |row: &rusqlite::Row| -> Result<Served, rusqlite::Error> {
        let json: Vec<u8> = row.get(1)?;
        Ok(Served { version, digest: row.get(0)?, json: Bytes::from(json) })
    };
    Ok(connection.prepare_cached(sql)?.query_row(params![site, version], read).optional()?)
}

/// Every version of a site with its share, the newest first; the file last, where there is one.
pub fn list(state: &State, site: &str, has_file: bool) -> Result<Vec<Listed>, StoreError> {
    let read = state.read(|connection| {
        // One transaction, or a version could be staged between the questions.
        let connection = connection.unchecked_transaction()?;
        let lines = lines(&connection, site)?;
        let mut statement = connection.prepare_cached(
            "SELECT version, digest, created_at, note FROM versions WHERE site = ?1
             ORDER BY version DESC",
        )?;
        let rows = statement.query_map([site], |row| {
            let (version, digest): (u64, String) = (row.get(0)?, row.get(1)?);
            Ok(Listed {
                version,
                etag: format!("v{version}-{digest}"),
                created_at: Some(row.get(2)?),
                share: share(lines, version),
                note: row.get(3)?,
                mistakes: 0,
            })
        })?;
        Ok((lines, rows.collect::<Result<Vec<_>, _>>()?))
    })?;
    let none = Numbers { stable: FILE, staged: None, newest: FILE };
    let (lines, mut listed) = read.unwrap_or((none, Vec::new()));
    if has_file {
        listed.push(Listed {
            version: FILE,
            etag: format!("v{FILE}"),
            created_at: None,
            share: share(lines, FILE),
            note: "the file of --config".into(),
            mistakes: 0,
        });
    }
    Ok(listed)
}

/// The share of browsers that get a version.
fn share(lines: Numbers, version: u64) -> f64 {
    let staged = lines.staged.map_or(0, |(_, percent)| percent);
    match lines.staged {
        Some((rolled_out, percent)) if rolled_out == version => f64::from(percent) / 100.0,
        _ if lines.stable == version => f64::from(100 - staged) / 100.0,
        _ => 0.0,
    }
}

/// Keeps a config that was found without a mistake as the next version, and serves it to `percent`
/// of the browsers. Answers its number.
pub fn publish(
    state: &State,
    site: &str,
    json: &[u8],
    percent: u8,
    note: &str,
    has_file: bool,
    now_ms: u64,
) -> Result<u64, VersionError> {
    state.write(|transaction| {
        let version = lines(transaction, site)?.newest + 1;
        let digest = hex(&Sha256::digest(json)[..4]);
        transaction.execute(
            "INSERT INTO versions (site, version, digest, created_at, note, json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![site, version, digest, now_ms, note, json],
        )?;
        serve(transaction, site, version, percent, has_file)?;
        transaction.execute(
            "DELETE FROM versions WHERE site = ?1 AND version <= ?2
             AND version NOT IN (SELECT version FROM served WHERE site = ?1)
             AND version NOT IN (SELECT version FROM staged WHERE site = ?1)",
            params![site, version.saturating_sub(MOST_VERSIONS)],
        )?;
        Ok(version)
    })
}

/// Serves a version to `percent` of the browsers: 100 ends its roll-out, 0 takes it back.
pub fn stage(
    state: &State,
    site: &str,
    version: u64,
    percent: u8,
    has_file: bool,
) -> Result<(), VersionError> {
    state.write(|transaction| {
        let there = match version {
            FILE => has_file,
            _ => digest(transaction, site, version)?.is_some(),
        };
        if !there {
            return Err(VersionError::Absent(version));
        }
        serve(transaction, site, version, percent, has_file)
    })
}

/// Takes a roll-out back, or, where there is none, the version that is in service for all: the one
/// before is then in service for all. Answers its number.
pub fn rollback(state: &State, site: &str, has_file: bool) -> Result<u64, VersionError> {
    state.write(|transaction| {
        let now = lines(transaction, site)?;
        if now.staged.is_some() {
            transaction.execute("DELETE FROM staged WHERE site = ?1", [site])?;
            return Ok(now.stable);
        }
        let undone = transaction.execute(
            "DELETE FROM served WHERE step = (SELECT max(step) FROM served WHERE site = ?1)",
            [site],
        )?;
        let before = lines(transaction, site)?.stable;
        if undone == 0 || (before == FILE && !has_file) {
            return Err(VersionError::Conflict(format!(
                "there is no version before {}: publish the one that is to be served",
                name(now.stable)
            )));
        }
        Ok(before)
    })
}

fn name(version: u64) -> String {
    match version {
        FILE => "the file".into(),
        version => format!("version {version}"),
    }
}

/// Puts a version into service for `percent` of the browsers.
fn serve(
    transaction: &Transaction,
    site: &str,
    version: u64,
    percent: u8,
    has_file: bool,
) -> Result<(), VersionError> {
    let now = lines(transaction, site)?;
    let conflict = |sentence: String| Err(VersionError::Conflict(sentence));
    match (now.staged, percent) {
        // What is not in service anyway.
        (None, 0) if now.stable != version => return Ok(()),
        (Some((staged, _)), 0) if staged != version && now.stable != version => return Ok(()),
        (Some((staged, _)), _) if staged != version => {
            return conflict(format!(
                "version {staged} is being rolled out: stage it at 0 or 1 before another is served"
            ));
        }
        _ => {}
    }
    if now.stable == version {
        // A roll-out was ruled out above: nothing but `percent` 100 agrees with what is served.
        return match percent {
            100 => Ok(()),
            _ => conflict(format!(
                "{} is served to all that no roll-out takes: stage another, or roll back",
                name(version)
            )),
        };
    }
    if percent < 100 && percent > 0 && now.stable == FILE && !has_file {
        return conflict(
            "there is nothing to serve to the others yet: give the first version the share 1"
                .into(),
        );
    }
    transaction.execute("DELETE FROM staged WHERE site = ?1", [site])?;
    if percent == 100 {
        transaction.execute(
            "INSERT INTO served (site, version) VALUES (?1, ?2)",
            params![site, version],
        )?;
        transaction.execute(
            "DELETE FROM served WHERE site = ?1 AND step NOT IN
             (SELECT step FROM served WHERE site = ?1 ORDER BY step DESC LIMIT ?2)",
            params![site, MOST_STEPS],
        )?;
    } else if percent > 0 {
        transaction.execute(
            "INSERT INTO staged (site, version, percent) VALUES (?1, ?2, ?3)",
            params![site, version, percent],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Site {
        state: State,
        has_file: bool,
        _folder: tempfile::TempDir,
    }

    impl Site {
        fn new(has_file: bool) -> Site {
            let folder = tempfile::tempdir().unwrap();
            let state = State::new(folder.path().join("state.db"));
            Site { state, has_file, _folder: folder }
        }

        fn publish(&self, percent: u8) -> Result<u64, VersionError> {
            publish(&self.state, "demo", b"{}", percent, "", self.has_file, 7)
        }

        fn stage(&self, version: u64, percent: u8) -> Result<(), VersionError> {
            stage(&self.state, "demo", version, percent, self.has_file)
        }

        fn back(&self) -> Result<u64, VersionError> {
            rollback(&self.state, "demo", self.has_file)
        }

        /// Each version with its share, the newest first.
        fn shares(&self) -> Vec<(u64, f64)> {
            let listed = list(&self.state, "demo", self.has_file).unwrap();
            listed.iter().map(|it| (it.version, it.share)).collect()
        }
    }

    #[test]
    fn a_version_is_rolled_out_and_taken_back() {
        let site = Site::new(true);
        assert_eq!(site.shares(), [(0, 1.0)]);
        assert_eq!(site.publish(0), Ok(1));
        assert_eq!(site.shares(), [(1, 0.0), (0, 1.0)]);
        site.stage(1, 10).unwrap();
        assert_eq!(site.shares(), [(1, 0.1), (0, 0.9)]);
        site.stage(1, 100).unwrap();
        assert_eq!(site.shares(), [(1, 1.0), (0, 0.0)]);
        assert_eq!(site.publish(25), Ok(2));
        assert_eq!(site.shares(), [(2, 0.25), (1, 0.75), (0, 0.0)]);
        assert_eq!(site.back(), Ok(1), "the roll-out is taken back first");
        assert_eq!(site.shares(), [(2, 0.0), (1, 1.0), (0, 0.0)]);
        assert_eq!(site.back(), Ok(0), "then the version, and the file is served again");
        assert_eq!(site.shares(), [(2, 0.0), (1, 0.0), (0, 1.0)]);
        assert!(matches!(site.back(), Err(VersionError::Conflict(_))));
        assert_eq!(site.publish(100), Ok(3));
        site.stage(0, 100).unwrap();
        assert_eq!(site.shares(), [(3, 0.0), (2, 0.0), (1, 0.0), (0, 1.0)]);
        assert_eq!(site.back(), Ok(3), "the file is a version like any other");
    }

    #[test]
    fn what_contradicts_what_is_served_is_refused_and_changes_nothing() {
        let site = Site::new(false);
        let refused = |outcome: Result<(), VersionError>| {
            let before = site.shares();
            assert!(matches!(outcome, Err(VersionError::Conflict(_))), "{outcome:?}");
            assert_eq!(site.shares(), before);
        };
        refused(site.publish(50).map(drop));
        assert_eq!(site.publish(100), Ok(1));
        refused(site.back().map(drop));
        refused(site.stage(1, 50));
        assert_eq!(site.publish(50), Ok(2));
        refused(site.publish(10).map(drop));
        refused(site.stage(1, 100));
        assert_eq!(site.publish(0), Ok(3), "kept, and not served");
        refused(site.stage(3, 1));
        assert_eq!(site.stage(9, 1), Err(VersionError::Absent(9)));
        assert_eq!(site.stage(0, 100), Err(VersionError::Absent(0)));
        assert_eq!(site.shares(), [(3, 0.0), (2, 0.5), (1, 0.5)]);
    }

    #[test]
    fn old_versions_go_but_for_what_was_served() {
        let site = Site::new(false);
        site.publish(100).unwrap();
        for _ in 0..MOST_VERSIONS + 3 {
            site.publish(0).unwrap();
        }
        let shares = site.shares();
        assert_eq!(shares.len() as u64, MOST_VERSIONS + 1);
        assert_eq!(shares.last(), Some(&(1, 1.0)));
    }
}
