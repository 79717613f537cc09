//! HTTP on one side, the store on the other: handlers check who asks, call, and answer.
//!
//! What every handler needs is in [`App`]; who may come in is asked of its two doors, in `doors`.
//! Versioned routes live in a folder of their version.

pub mod dashboard;
pub mod health;
pub mod v1;

mod doors;

use std::sync::Arc;
use std::time::Instant;

use unspoken::config::Config;
use unspoken::value::Value;

use crate::live::Live;
use crate::rate::Limits;
use crate::settings::{Settings, SettingsError, Site};
use crate::site_config::SiteConfig;
use crate::store::{Known, Store};

/// What the handlers share.
pub struct App {
    settings: Settings,
    store: Arc<dyn Store>,
    limits: Limits,
    /// The files of the sites that have one, in the order of the settings.
    configs: Vec<Option<SiteConfig>>,
    live: Live,
}

impl App {
    /// Reads what the settings point to (the config files), and holds it with the store.
    pub fn new(settings: Settings, store: Arc<dyn Store>) -> Result<Arc<App>, SettingsError> {
        let open = |site: &Arc<Site>| site.config.as_deref().map(SiteConfig::open).transpose();
        let configs = settings.sites.iter().map(open).collect::<Result<_, _>>()?;
        let (rate, site_rate) = (settings.rate, settings.rate_of_a_site());
        Ok(Arc::new(App {
            limits: Limits::new(rate, site_rate, settings.sites.len(), Instant::now()),
            settings,
            store,
            configs,
            live: Live::default(),
        }))
    }

    /// What the collector was told at its start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is heard of batches as they are stored.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The config file of a site, where it has one.
    pub fn config(&self, site: &Site) -> Option<&SiteConfig> {
        self.configs.get(self.number(site)?)?.as_ref()
    }

    /// Where a site stands in the settings.
    fn number(&self, site: &Site) -> Option<usize> {
        self.settings.sites.iter().position(|it| it.name == site.name)
    }

    /// The heads of a site's config, built-in ones included.
    async fn known_heads(self: &Arc<App>, site: &Arc<Site>) -> Known {
        let (app, site) = (Arc::clone(self), Arc::clone(site));
        let read = move || {
            let reading = app.config(&site)?.current();
            let value = Value::parse(std::str::from_utf8(&reading.json).ok()?).ok()?;
            let heads = Config::compile_all(&value).0.heads;
            Some(heads.into_iter().map(|head| head.name).collect())
        };
        tokio::task::spawn_blocking(read).await.ok().flatten()
    }
}
