//! HTTP on one side, the store on the other: handlers check who asks, call, and answer.
//!
//! What every handler needs is in [`App`]; who may come in is asked of its two doors, in `doors`.
//! Versioned routes live in a folder of their version.

pub mod dashboard;
pub mod health;
pub mod openapi;
pub mod v1;

mod doors;

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;
use unspoken::config::Config;
use unspoken::value::Value;

use crate::config_versions::SiteConfigs;
use crate::decide::Decider;
use crate::live::Live;
use crate::problem::Problem;
use crate::rate::Limits;
use crate::settings::{Settings, SettingsError, Site};
use crate::site_config::SiteConfig;
use crate::state::State;
use crate::store::{Known, Store};
use crate::webhook::Webhooks;

/// What the handlers share.
pub struct App {
    settings: Settings,
    store: Arc<dyn Store>,
    limits: Limits,
    stopping: watch::Sender<bool>,
    /// The configs of the sites, in the order of the settings.
    configs: Vec<SiteConfigs>,
    state: Arc<State>,
    webhooks: Arc<Webhooks>,
    decider: Decider,
    live: Live,
}

impl App {
    /// Reads what the settings point to (the config files), and holds it with the store.
    pub fn new(settings: Settings, store: Arc<dyn Store>) -> Result<Arc<App>, SettingsError> {
        let beside = || State::beside(&settings.db);
        let state = Arc::new(State::new(settings.state.clone().unwrap_or_else(beside)));
        let open = |site: &Arc<Site>| {
            let file = site.config.as_deref().map(SiteConfig::open).transpose()?;
            let configs = SiteConfigs::new(Arc::clone(&site.name), file, Arc::clone(&state));
            configs.tell();
            Ok(configs)
        };
        let configs = settings.sites.iter().map(open).collect::<Result<_, SettingsError>>()?;
        let (rate, site_rate) = (settings.rate, settings.rate_of_a_site());
        let webhooks = Webhooks::new(&settings, Arc::clone(&state))?;
        Ok(Arc::new(App {
            limits: Limits::new(rate, site_rate, settings.sites.len(), Instant::now()),
            settings,
            store,
            configs,
            stopping: watch::Sender::new(false),
            webhooks: Arc::new(webhooks),
            state,
            decider: Decider::default(),
            live: Live::default(),
        }))
    }

    /// What the collector was told at its start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The collector stops: it is not ready any more.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether the collector stops.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Resolves when the collector stops: answers that have no end of their own end then.
    pub fn stopped(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut stopping = self.stopping.subscribe();
        async move {
            // An error says that the app is gone, which is a stop too.
            let _ = stopping.wait_for(|stops| *stops).await;
        }
    }

    /// What is heard of batches as they are stored.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// What is told to addresses of the owner's.
    pub fn webhooks(&self) -> &Arc<Webhooks> {
        &self.webhooks
    }

    /// The configs of a site; 404 where this collector does not know it.
    fn configs_of(&self, site: &str) -> Result<&SiteConfigs, Problem> {
        let number = self.settings.sites.iter().position(|it| *it.name == *site);
        number
            .and_then(|number| self.configs.get(number))
            .ok_or_else(|| Problem::absent("this collector has no site of that name"))
    }

    /// Runs what blocks on the disk on a thread that may.
    async fn blocking<T: Send + 'static>(
        self: &Arc<App>,
        work: impl FnOnce(&App) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let app = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&app))
            .await
            .map_err(|_| Problem::unwell("the request met a fault of the collector"))
    }

    /// The heads of a site's config, built-in ones included.
    async fn known_heads(self: &Arc<App>, site: &Arc<Site>) -> Known {
        let (app, site) = (Arc::clone(self), Arc::clone(site));
        let read = move || {
            let config = app.configs_of(&site.name).ok()?.for_all().ok()??;
            let value = Value::parse(std::str::from_utf8(&config.json).ok()?).ok()?;
            let heads = Config::compile_all(&value).0.heads;
            Some(heads.into_iter().map(|head| head.name).collect())
        };
        tokio::task::spawn_blocking(read).await.ok().flatten()
    }
}
