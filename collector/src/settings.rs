//! What a collector is told at its start, checked once.
//!
//! Settings say nothing about flags or the environment: that is [`crate::cli`]'s. Whoever holds a
//! `Settings` may trust it; what cannot be checked without opening it (the database) is not.

use std::path::PathBuf;
use std::time::Duration;

use crate::origin;
use crate::secret::Secret;

/// The fewest characters of a token: it alone guards the report.
pub const MIN_TOKEN_CHARS: usize = 8;
/// The most batches waiting to be written; the next one is answered 429. Thousands of pages may each
/// wait for one commit; memory is bounded by their bytes (`store/queue.rs`).
pub const DEFAULT_QUEUE: usize = 4_096;
/// Batches a second from one address. A page sends one every few seconds; an office shares an
/// address.
pub const DEFAULT_RATE: u32 = 50;
/// How long a caller may take to send a request's head, and how long a request may then take.
/// Under the 20 s that pages and proxies commonly wait.
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(15);

/// Why settings do not hold: a sentence that says what to do.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

/// What a collector is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The SQLite file; it and its folder are made where they are absent.
    pub db: PathBuf,
    /// The one site this collector serves.
    pub site: String,
    /// The site's publishable key, which pages send.
    pub key: Secret,
    /// What the report asks for.
    pub token: Secret,
    /// Origins whose pages may post, as browsers write them.
    pub origins: Vec<String>,
    /// The site's `unspoken.json`.
    pub config: Option<PathBuf>,
    /// The built dashboard.
    pub dashboard: PathBuf,
    /// Batches a second from one address.
    pub rate: u32,
    /// Batches that may wait to be written.
    pub queue: usize,
    /// How long a request's head may take, and then the request; also how long an idle
    /// connection is kept.
    pub patience: Duration,
}

impl Settings {
    /// Settings for `site`, with the defaults of everything that has one.
    pub fn new(
        db: impl Into<PathBuf>,
        site: &str,
        key: &str,
        token: &str,
    ) -> Result<Settings, SettingsError> {
        let site_holds = !site.is_empty()
            && site.len() <= 64
            && site.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !site_holds {
            return Err(SettingsError(format!(
                "the site \"{site}\" is not a name of 1 to 64 letters, digits, \".\", \"_\" and \"-\": \
                 choose another with --site or UNSPOKEN_SITE"
            )));
        }
        if key.is_empty() || key.len() > 128 || !visible(key) {
            return Err(SettingsError(
                "the key is not 1 to 128 visible ASCII characters: choose another with --key or UNSPOKEN_KEY"
                    .to_owned(),
            ));
        }
        if token.len() < MIN_TOKEN_CHARS || !visible(token) {
            return Err(SettingsError(format!(
                "the token is not {MIN_TOKEN_CHARS} or more visible ASCII characters: choose another with \
                 --token or UNSPOKEN_TOKEN, or give none and one is drawn"
            )));
        }
        Ok(Settings {
            db: db.into(),
            site: site.to_owned(),
            key: Secret::new(key),
            token: Secret::new(token),
            origins: Vec::new(),
            config: None,
            dashboard: PathBuf::from("dist/dashboard"),
            rate: DEFAULT_RATE,
            queue: DEFAULT_QUEUE,
            patience: DEFAULT_PATIENCE,
        })
    }

    /// Lets pages of `origin` post.
    pub fn allow_origin(&mut self, origin: &str) -> Result<(), SettingsError> {
        let origin = origin::normalise(origin).map_err(SettingsError)?;
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
        Ok(())
    }
}

/// A header value can carry it.
fn visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let settings = Settings::new("x.db", "demo", "pk_visible", "token-visible").unwrap();
        assert!(!format!("{settings:?}").contains("visible"));
    }

    #[test]
    fn what_does_not_hold_is_refused() {
        assert!(Settings::new("x.db", "a/b", "pk", "long-enough").is_err());
        assert!(Settings::new("x.db", "demo", "", "long-enough").is_err());
        assert!(Settings::new("x.db", "demo", "pk", "short").is_err());
        assert!(Settings::new("x.db", "demo", "pk", "line\nbreaks").is_err());
    }
}
