//! HTTP on one side, the store on the other: handlers check who asks, call, and answer.
//!
//! What every handler needs is in [`App`]. Versioned routes live in a folder of their version.

pub mod dashboard;
pub mod health;
pub mod v1;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use unspoken::config::Config;
use unspoken::value::Value;

use crate::config_versions::SiteConfigs;
use crate::decide::Decider;
use crate::problem::Problem;
use crate::rate::Limits;
use crate::settings::{Settings, SettingsError};
use crate::site_config::SiteConfig;
use crate::state::State;
use crate::store::{Known, Store};

/// What the handlers share.
pub struct App {
    settings: Settings,
    site: Arc<str>,
    store: Arc<dyn Store>,
    limits: Limits,
    configs: SiteConfigs,
    state: Arc<State>,
    decider: Decider,
}

impl App {
    /// Reads what the settings point to (the config file), and holds it with the store.
    pub fn new(settings: Settings, store: Arc<dyn Store>) -> Result<Arc<App>, SettingsError> {
        let file = settings.config.as_deref().map(SiteConfig::open).transpose()?;
        let beside = || State::beside(&settings.db);
        let state = Arc::new(State::new(settings.state.clone().unwrap_or_else(beside)));
        let site: Arc<str> = settings.site.as_str().into();
        let configs = SiteConfigs::new(Arc::clone(&site), file, Arc::clone(&state));
        configs.tell();
        Ok(Arc::new(App {
            site,
            limits: Limits::new(settings.rate, Instant::now()),
            settings,
            store,
            configs,
            state,
            decider: Decider::default(),
        }))
    }

    /// What the collector was told at its start.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The heads of the config, built-in ones included.
    async fn known_heads(self: &Arc<App>) -> Known {
        let app = Arc::clone(self);
        let read = move || {
            let config = app.configs.for_all().ok()??;
            let value = Value::parse(std::str::from_utf8(&config.json).ok()?).ok()?;
            let heads = Config::compile_all(&value).0.heads;
            Some(heads.into_iter().map(|head| head.name).collect())
        };
        tokio::task::spawn_blocking(read).await.ok().flatten()
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

    /// The configs of a site; 404 where this collector does not know it.
    fn configs_of(&self, site: &str) -> Result<&SiteConfigs, Problem> {
        match site == &*self.site {
            true => Ok(&self.configs),
            false => Err(Problem::absent("this collector has no site of that name")),
        }
    }

    /// 403 where the request names an origin that is not on the list. Programs that are no
    /// browsers send none, and pass: an origin tells which page asks, not who may.
    fn check_origin(&self, parts: &Parts) -> Result<(), Problem> {
        let Some(origin) = parts.headers.get(header::ORIGIN) else { return Ok(()) };
        if self.settings.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::FORBIDDEN,
            "origin",
            "This origin may not post here",
            "start the collector with --origin and the page's origin to allow it",
        ))
    }

    /// 401 where the request does not carry the site owner's token.
    fn check_token(&self, parts: &Parts) -> Result<(), Problem> {
        // Guesses at the token are slowed by the same bucket as batches.
        self.check_address(parts)?;
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token.trim());
        if self.settings.token.matches(token) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "token",
            "The token is wrong",
            "send it as Authorization: Bearer …; the collector prints it at its start where it drew it",
        ))
    }

    /// 429 where the caller's address has been too fast.
    fn check_address(&self, parts: &Parts) -> Result<(), Problem> {
        self.limits.take_address(address(parts), Instant::now()).map_err(|wait| {
            Problem::too_fast(
                format!("one address may send {} requests a second", self.settings.rate),
                wait,
            )
        })
    }
}

/// Where the request came from; without a network (a test of the bare router) all come from one
/// place.
fn address(parts: &Parts) -> IpAddr {
    parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip())
}
