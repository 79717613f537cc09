//! What a collector is told at its start, checked once.
//!
//! Whoever holds a `Settings` may trust it; what cannot be checked without opening it (the
//! database) is not.

mod build;
mod file;
mod given;
pub mod keys;
mod net;
mod print;
mod site;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use build::Start;
pub use given::Draft;
use given::Origin;
pub use net::Network;
pub use site::{Hook, Metric, Site};

use crate::body;
use crate::secret::Secret;
pub use crate::store::lifecycle::Retention;
use crate::store::settings::StoreSettings;
use crate::webhook;

/// The fewest characters of a token: it alone guards the report.
pub const MIN_TOKEN_CHARS: usize = 8;
/// The most batches waiting to be written; the next one is answered 429. Thousands of pages may each
/// wait for one commit; memory is bounded by their bytes (`store/queue.rs`).
pub const DEFAULT_QUEUE: usize = 4_096;
/// Batches a second from one address. A page sends one every few seconds; an office shares an
/// address.
pub const DEFAULT_RATE: u32 = 50;
/// A site's share where none is named: this many addresses may post at full speed at once.
pub const ADDRESSES_PER_SITE: u32 = 20;
/// How long a caller may take to send a request's head, and how long a request may then take.
/// Under the 20 s that pages and proxies commonly wait.
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(15);
/// Connections open at once; more wait in the system's backlog. Under the 1024 files that most
/// systems let a process open, with room for the database.
pub const DEFAULT_CONNECTIONS: usize = 900;

/// Why settings do not hold: a sentence that says what to do.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub String);

/// What a collector is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The SQLite file; it and its folder are made where they are absent.
    pub db: PathBuf,
    /// Where versions of configs and undelivered webhooks are kept; beside the store where it is
    /// not named.
    pub state: Option<PathBuf>,
    /// The sites this collector serves, at least one. Names and keys differ.
    pub sites: Vec<Arc<Site>>,
    /// Reads every site.
    pub token: Option<Secret>,
    /// The built dashboard.
    pub dashboard: PathBuf,
    /// Requests a second from one address.
    pub rate: u32,
    /// Batches a second with one key; [`ADDRESSES_PER_SITE`] times `rate` where it is not named.
    pub site_rate: Option<u32>,
    /// Batches that may wait to be written.
    pub queue: usize,
    /// How long a request's head may take, and then the request; also how long an idle
    /// connection is kept.
    pub patience: Duration,
    /// Whether answers set the first-party cookie `unspoken`.
    pub cookie: bool,
    /// The domain of that cookie; none: only the collector's own host.
    pub cookie_domain: Option<String>,
    /// How much one request may hold.
    pub bounds: Bounds,
    /// How long what is stored is kept.
    pub retention: Retention,
    /// How webhooks are delivered.
    pub delivery: webhook::Policy,
    /// Networks of proxies whose word on a caller's address is believed.
    pub trusted_proxies: Vec<Network>,
    /// Serves TLS, where it is set.
    pub tls: Option<TlsFiles>,
    /// Which store, and how it is reached.
    pub store: StoreSettings,
}

/// A certificate and its key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, the server's own first.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// How much one request may hold, and how many callers there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of a body.
    pub body: usize,
    /// Lists and objects within each other, in JSON.
    pub depth: usize,
    /// Events of a batch.
    pub events: usize,
    /// Connections open at once.
    pub connections: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            body: unspoken::wire::MAX_BATCH_BYTES,
            depth: body::DEPTH,
            events: unspoken::wire::MAX_EVENTS,
            connections: DEFAULT_CONNECTIONS,
        }
    }
}

impl Settings {
    /// Settings for one site, with the defaults of everything that has one.
    pub fn new(
        db: impl Into<PathBuf>,
        site: &str,
        key: &str,
        token: &str,
    ) -> Result<Settings, SettingsError> {
        let site = Site::new(site, secret_key(key).map_err(SettingsError)?)?;
        Ok(Settings {
            db: db.into(),
            state: None,
            sites: vec![Arc::new(site)],
            token: Some(secret_token(token).map_err(SettingsError)?),
            dashboard: PathBuf::from("dist/dashboard"),
            rate: DEFAULT_RATE,
            site_rate: None,
            queue: DEFAULT_QUEUE,
            patience: DEFAULT_PATIENCE,
            cookie: false,
            cookie_domain: None,
            bounds: Bounds::default(),
            retention: Retention::default(),
            trusted_proxies: Vec::new(),
            tls: None,
            store: StoreSettings::default(),
            delivery: webhook::Policy::default(),
        })
    }

    /// The site of that name.
    pub fn site(&self, name: &str) -> Option<&Arc<Site>> {
        self.sites.iter().find(|site| &*site.name == name)
    }

    /// The first site, to be changed. Settings without a site have not been checked; for them this
    /// is nothing.
    pub fn first_mut(&mut self) -> Option<&mut Site> {
        self.sites.first_mut().map(Arc::make_mut)
    }

    /// Lets pages of `origin` post to the first site.
    pub fn allow_origin(&mut self, origin: &str) -> Result<(), SettingsError> {
        self.first_mut().map_or(Ok(()), |site| site.allow_origin(origin))
    }

    /// Gives the first site its `unspoken.json`.
    pub fn set_config(&mut self, config: impl Into<PathBuf>) {
        if let Some(site) = self.first_mut() {
            site.config = Some(config.into());
        }
    }

    /// Batches a second with one key.
    pub fn rate_of_a_site(&self) -> u32 {
        self.site_rate.unwrap_or(self.rate.saturating_mul(ADDRESSES_PER_SITE))
    }
}

/// The file that is read where none is named and the working directory has it.
pub const USUAL_FILE: &str = "unspoken.toml";

/// What file, environment and flags say, each over the one before. `flags` are texts by key;
/// `file` is the one that was named, by flag or variable.
pub fn gather<'a>(
    file: Option<&Path>,
    variable: impl Fn(&str) -> Option<String>,
    flags: impl IntoIterator<Item = (&'static keys::Key, &'a [String])>,
) -> Draft {
    let mut draft = Draft::default();
    let usual = Path::new(USUAL_FILE);
    if let Some(path) = file.or_else(|| usual.is_file().then_some(usual)) {
        file::read(path, &mut draft);
    }
    draft.read_environment(variable);
    for (key, texts) in flags {
        draft.put_text(key, texts, Origin::Flag(key.flag));
    }
    draft
}

impl Draft {
    /// What holds and who said so, a line each, without secrets.
    pub fn lines(&self) -> String {
        print::lines(self)
    }
}

/// A site's key, as its text or its digest.
fn secret_key(text: &str) -> Result<Secret, String> {
    if text.is_empty() || text.len() > 128 || !visible(text) {
        return Err(
            "the key is not 1 to 128 visible ASCII characters: choose another with --key or UNSPOKEN_KEY"
                .to_owned(),
        );
    }
    Secret::given(text).map_err(|why| format!("the key {why}: `unspoken key` prints one"))
}

/// A token, as its text or its digest.
fn secret_token(text: &str) -> Result<Secret, String> {
    if text.len() < MIN_TOKEN_CHARS || !visible(text) {
        return Err(format!(
            "the token is not {MIN_TOKEN_CHARS} or more visible ASCII characters: choose another with \
             --token or UNSPOKEN_TOKEN, or give none and one is drawn"
        ));
    }
    Secret::given(text).map_err(|why| format!("the token {why}: `unspoken key` prints one"))
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
        assert!(Settings::new("x.db", "demo", "sha256:12", "long-enough").is_err());
    }
}
