//! Out of what was given, settings that hold, or every mistake.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::given::{Draft, Given, Origin, SiteDraft, Value, Values};
use super::site::Site;
use super::{Bounds, DEFAULT_QUEUE, Network, Retention, Settings, TlsFiles};
use super::{secret_key, secret_token};
use crate::secret::{Password, Secret};
use crate::store::settings::{Ack, Kind, StoreSettings};

/// The address where nobody says otherwise.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4181);
/// The site where nobody names one, and its key: those of the demo.
const DEFAULT_SITE: &str = "demo";
const DEFAULT_KEY: &str = "pk_demo";

/// What `unspoken serve` was told: the collector's settings, and what the program itself needs.
#[derive(Debug)]
pub struct Start {
    /// The collector's.
    pub settings: Settings,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where Prometheus finds its metrics, where anywhere.
    pub metrics: Option<SocketAddr>,
    /// `off` to `trace`.
    pub log: String,
    /// Whether log lines are JSON.
    pub log_json: bool,
    /// Whether nobody gave a token, and one has to be drawn.
    pub draws_token: bool,
}

impl Draft {
    /// Settings that hold, or every mistake there is.
    pub fn build(mut self) -> Result<Start, Vec<String>> {
        let values = std::mem::take(&mut self.values);
        let mut drafts = std::mem::take(&mut self.sites);
        if drafts.is_empty() {
            drafts.push(SiteDraft::default());
        }
        let sites: Vec<Arc<Site>> =
            drafts.iter().filter_map(|site| self.site(site).map(Arc::new)).collect();
        self.clashes(&sites, &drafts);
        let token = self.secret(values.get("token"), secret_token);
        let tls = self.tls(&values);
        let trusted_proxies = self.networks(values.get("trusted-proxies"));
        let draws_token =
            !values.contains_key("token") && sites.iter().any(|site| site.token.is_none());
        let get = Reader(&values);
        if get.text("store.kind") == "clickhouse" {
            self.url(&values);
        }
        let settings = Settings {
            db: get.path("store.db").unwrap_or_default(),
            state: get.path("state"),
            sites,
            token,
            dashboard: get.path("dashboard").unwrap_or_default(),
            rate: get.whole("rate").unwrap_or_default(),
            site_rate: get.whole("site-rate"),
            queue: get.whole("queue").unwrap_or(DEFAULT_QUEUE),
            patience: Duration::from_secs(get.whole("limits.patience").unwrap_or_default()),
            delivery: crate::webhook::Policy::default(),
            cookie: get.flag("cookie"),
            cookie_domain: Some(get.text("cookie-domain").to_owned()).filter(|it| !it.is_empty()),
            bounds: Bounds {
                body: get.whole("limits.body").unwrap_or_default(),
                depth: get.whole("limits.depth").unwrap_or_default(),
                events: get.whole("limits.events").unwrap_or_default(),
                connections: get.whole("limits.connections").unwrap_or_default(),
            },
            retention: Retention {
                events: get.whole("retention.events").unwrap_or_default(),
                traces: get.whole("retention.traces").unwrap_or_default(),
                lessons: get.whole("retention.lessons").unwrap_or_default(),
                forecasts: get.whole("retention.forecasts").unwrap_or_default(),
                sessions: get.whole("retention.sessions").unwrap_or_default(),
            },
            trusted_proxies,
            tls,
            store: StoreSettings {
                kind: if get.text("store.kind") == "clickhouse" {
                    Kind::Clickhouse
                } else {
                    Kind::Sqlite
                },
                url: get.text("store.url").to_owned(),
                database: get.text("store.database").to_owned(),
                user: get.text("store.user").to_owned(),
                password: Password::new(get.text("store.password")),
                cluster: Some(get.text("store.cluster").to_owned()).filter(|name| !name.is_empty()),
                ack: if get.text("store.ack") == "spool" { Ack::Spool } else { Ack::Insert },
                spool: get.path("store.spool").unwrap_or_default(),
            },
        };
        let port = get.whole("port").map(|port| SocketAddr::new(DEFAULT_LISTEN.ip(), port));
        let start = Start {
            settings,
            listen: get.address("listen").or(port).unwrap_or(DEFAULT_LISTEN),
            metrics: get.address("metrics.listen"),
            log: get.text("log").to_owned(),
            log_json: get.text("log-format") == "json",
            draws_token,
        };
        if self.mistakes.is_empty() { Ok(start) } else { Err(self.mistakes) }
    }

    fn site(&mut self, draft: &SiteDraft) -> Option<Site> {
        let get = Reader(&draft.values);
        // A site of the file has a name and a key of its own; who writes no file has the demo's.
        for path in ["site.name", "site.key"] {
            if let (Some(place), false) = (&draft.place, draft.values.contains_key(path)) {
                self.mistake(
                    place,
                    format!("the site has no {}", path.trim_start_matches("site.")),
                );
            }
        }
        let name = match draft.values.contains_key("site.name") {
            true => get.text("site.name"),
            false => DEFAULT_SITE,
        };
        let key = match draft.values.get("site.key") {
            Some(given) => self.secret(Some(given), secret_key)?,
            None => Secret::new(DEFAULT_KEY),
        };
        let mut site = match Site::new(name, key) {
            Ok(site) => site,
            Err(error) => {
                let origin = draft.values.get("site.name").map(|given| given.origin.clone());
                self.mistake(&origin.unwrap_or(Origin::Default), error);
                return None;
            }
        };
        site.token = self.secret(draft.values.get("site.token"), secret_token);
        if let Some(Given { value: Value::List(origins), origin }) =
            draft.values.get("site.origins")
        {
            for text in origins.iter().filter(|text| !text.is_empty()) {
                if let Err(error) = site.allow_origin(text) {
                    self.mistake(origin, error);
                }
            }
        }
        site.config = get.path("site.config");
        site.profiles = get.flag("site.profiles");
        site.metrics.clone_from(&draft.metrics);
        site.webhooks.clone_from(&draft.webhooks);
        let place = draft.place.clone().unwrap_or(Origin::Default);
        for why in site.mistakes() {
            self.mistake(&place, why);
        }
        Some(site)
    }

    /// Two sites of one name would share their rows, two of one key could not be told apart.
    fn clashes(&mut self, sites: &[Arc<Site>], drafts: &[SiteDraft]) {
        if sites.len() != drafts.len() {
            return;
        }
        for (at, (site, draft)) in sites.iter().zip(drafts).enumerate() {
            let place = draft.place.clone().unwrap_or(Origin::Default);
            for before in &sites[..at] {
                if before.name == site.name {
                    self.mistake(&place, format!("there is a site \"{}\" before it", site.name));
                } else if bool::from(before.key.equals(&site.key)) {
                    self.mistake(&place, format!("the site \"{}\" has the same key", before.name));
                }
                if let (Some(one), Some(other)) = (&before.token, &site.token)
                    && bool::from(one.equals(other))
                {
                    self.mistake(
                        &place,
                        format!("the site \"{}\" has the same token", before.name),
                    );
                }
            }
        }
    }

    fn secret(
        &mut self,
        given: Option<&Given>,
        read: fn(&str) -> Result<Secret, String>,
    ) -> Option<Secret> {
        let Given { value: Value::Text(text), origin } = given? else { return None };
        read(text).map_err(|why| self.mistake(origin, why)).ok()
    }

    fn networks(&mut self, given: Option<&Given>) -> Vec<Network> {
        let Some(Given { value: Value::List(items), origin }) = given else { return Vec::new() };
        let mut networks = Vec::new();
        for text in items.iter().filter(|text| !text.is_empty()) {
            match Network::parse(text) {
                Ok(network) => networks.push(network),
                Err(why) => self.mistake(origin, format!("trusted-proxies: {why}")),
            }
        }
        networks
    }

    fn tls(&mut self, values: &Values) -> Option<TlsFiles> {
        let get = Reader(values);
        match (get.path("tls.cert"), get.path("tls.key")) {
            (Some(cert), Some(key)) => Some(TlsFiles { cert, key }),
            (None, None) => None,
            (cert, _) => {
                let (has, lacks) =
                    if cert.is_some() { ("tls.cert", "tls.key") } else { ("tls.key", "tls.cert") };
                let origin = values.get(has).map_or(Origin::Default, |given| given.origin.clone());
                self.mistake(&origin, format!("{has} without {lacks}: TLS takes both"));
                None
            }
        }
    }

    fn url(&mut self, values: &Values) {
        let Some(Given { value: Value::Text(url), origin }) = values.get("store.url") else {
            return;
        };
        if !url.starts_with("http://") && !url.starts_with("https://") {
            let why =
                format!("store.url \"{url}\" is no address: write it as http://127.0.0.1:8123");
            self.mistake(origin, why);
        }
    }
}

/// Reads values that have the form of the table; where there is none, the table's default.
struct Reader<'a>(&'a Values);

impl Reader<'_> {
    fn text(&self, path: &str) -> &str {
        match self.0.get(path) {
            Some(Given { value: Value::Text(text), .. }) => text,
            _ => super::keys::find(path).and_then(|key| key.default).unwrap_or_default(),
        }
    }

    fn path(&self, path: &str) -> Option<PathBuf> {
        Some(self.text(path)).filter(|text| !text.is_empty()).map(PathBuf::from)
    }

    fn address(&self, path: &str) -> Option<SocketAddr> {
        self.text(path).parse().ok()
    }

    fn flag(&self, path: &str) -> bool {
        match self.0.get(path) {
            Some(Given { value: Value::Flag(flag), .. }) => *flag,
            _ => self.text(path) == "true",
        }
    }

    fn whole<T: TryFrom<i64>>(&self, path: &str) -> Option<T> {
        let number = match self.0.get(path) {
            Some(Given { value: Value::Whole(number), .. }) => Some(*number),
            _ => self.text(path).parse().ok(),
        };
        number.and_then(|number| T::try_from(number).ok())
    }
}
