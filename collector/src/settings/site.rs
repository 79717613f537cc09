//! One site: who may post to it, who may read it, and what it is judged by.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::SettingsError;
use crate::origin;
pub use crate::report::metric::Metric;
use crate::secret::{Password, Secret};

/// A site.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name, which rows in the store and addresses hold.
    pub name: Arc<str>,
    /// Its publishable key, which pages send. It writes and reads nothing.
    pub key: Secret,
    /// Reads this site alone; the collector's token reads all.
    pub token: Option<Secret>,
    /// Origins whose pages may post, as browsers write them.
    pub origins: Vec<String>,
    /// Its `unspoken.json`.
    pub config: Option<PathBuf>,
    /// Whether summaries of a visitor may be asked for, by support agents.
    pub profiles: bool,
    /// What its experiments are judged by, in this order.
    pub metrics: Vec<Metric>,
    /// Who is told of goals and intents.
    pub webhooks: Vec<Hook>,
}

/// Where news of a site are sent.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Hook {
    /// Where to.
    pub url: String,
    /// What each delivery is signed with.
    pub secret: Password,
    /// What is told: `goal:NAME`, `intent:HEAD>=0.8`.
    pub on: Vec<String>,
}

impl Site {
    /// A site with a name and a key, and nothing else yet.
    pub fn new(name: &str, key: Secret) -> Result<Site, SettingsError> {
        check_name(name).map_err(SettingsError)?;
        Ok(Site {
            name: name.into(),
            key,
            token: None,
            origins: Vec::new(),
            config: None,
            profiles: false,
            metrics: Vec::new(),
            webhooks: Vec::new(),
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

    /// What does not hold of its metrics and webhooks, a sentence each.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut out = Vec::new();
        for metric in &self.metrics {
            if let Err(why) = metric.check() {
                out.push(format!("the metric \"{}\": {why}", metric.name));
            }
        }
        for hook in &self.webhooks {
            if !hook.url.starts_with("https://") && !hook.url.starts_with("http://") {
                out.push(format!("the webhook's url \"{}\" is no address", hook.url));
            }
        }
        out
    }

    /// Whether pages of an origin may post, given as the browser sends it.
    pub fn allows(&self, origin: &[u8]) -> bool {
        self.origins.iter().any(|allowed| allowed.as_bytes() == origin)
    }
}

/// The error says what is wrong and what mends it.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let holds = !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if holds {
        return Ok(());
    }
    Err(format!(
        "the site \"{name}\" is not a name of 1 to 64 letters, digits, \".\", \"_\" and \"-\": \
         choose another with --site or UNSPOKEN_SITE"
    ))
}
