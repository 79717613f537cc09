//! The two doors: [`App::writer`] for who sends with a site's key, [`App::reader`] for who reads
//! with a token. No handler asks for a key, a token or an origin by itself.
//!
//! A secret is compared with those of all sites, and each comparison covers 32 bytes, so the time
//! an answer takes tells neither which site was meant nor how much of a guess was right.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{ConnectInfo, Query};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::Deserialize;
use subtle::{Choice, ConditionallySelectable};

use super::App;
use crate::forwarded;
use crate::problem::Problem;
use crate::secret::Secret;
use crate::settings::Site;
use crate::telemetry;

/// What of a query concerns the doors; the rest is the handler's.
#[derive(Deserialize)]
struct Asked {
    key: Option<String>,
    site: Option<String>,
}

impl App {
    /// The site whose key the request carries as `?key=`. 429 where its address or its key was too
    /// fast, 401 where the key is nobody's, 403 where a page of a foreign origin asks. Programs that
    /// are no browsers send no origin, and pass: an origin tells which page asks, not who may.
    pub fn writer(&self, parts: &Parts) -> Result<Arc<Site>, Problem> {
        self.check_address(parts)?;
        let key = Secret::new(&asked(parts)?.key.unwrap_or_default());
        let sites = &self.settings().sites;
        let number = find(sites.iter().map(|site| site.key.equals(&key)));
        let Some((number, site)) = number.and_then(|at| Some((at, sites.get(at)?))) else {
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "key",
                "The key is unknown",
                "send the site's key as ?key=…; the collector is given it with --key or in its settings",
            ));
        };
        if let Some(origin) = parts.headers.get(header::ORIGIN)
            && !site.allows(origin.as_bytes())
        {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "origin",
                "This origin may not post here",
                "name the page's origin with --origin, or among the site's origins, to allow it",
            ));
        }
        self.limits.take_site(number, Instant::now()).map_err(|wait| {
            telemetry::process().limited("key");
            Problem::too_fast("the site sends more than its share", wait)
        })?;
        Ok(Arc::clone(site))
    }

    /// The site that the request's token may read: the one it names as `?site=`, or else the first.
    /// 429 where its address was too fast, 401 where the token is nobody's, 403 where it is another
    /// site's, 404 where there is no such site.
    pub fn reader(&self, parts: &Parts) -> Result<Arc<Site>, Problem> {
        self.reads(parts, None)
    }

    /// [`App::reader`] of a site that the address names.
    pub fn reader_of(&self, parts: &Parts, site: &str) -> Result<Arc<Site>, Problem> {
        self.reads(parts, Some(site))
    }

    fn reads(&self, parts: &Parts, named: Option<&str>) -> Result<Arc<Site>, Problem> {
        let (first, reads_all) = self.token(parts)?;
        let asked = asked(parts)?.site;
        match named.or(asked.as_deref()) {
            None => Ok(Arc::clone(first)),
            Some(name) if *first.name == *name => Ok(Arc::clone(first)),
            Some(name) if reads_all => self.settings().site(name).cloned().ok_or_else(|| {
                Problem::absent("no such site: ?site= takes a name from the collector's settings")
            }),
            // Nothing is said of whether there is such a site.
            Some(_) => Err(Problem::new(
                StatusCode::FORBIDDEN,
                "site",
                "This token does not read that site",
                "leave ?site= out, or send that site's token or the collector's",
            )),
        }
    }

    /// Where the request came from, as far as it is known; without a network (a test of the bare
    /// router) all come from one place. It is for rate limits, and goes into no log and no store.
    fn address(&self, parts: &Parts) -> IpAddr {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        forwarded::caller(peer, &parts.headers, &self.settings().trusted_proxies)
    }

    /// Every site that the request's token may read, never none; 429 and 401 as in [`App::reader`].
    pub fn readable(&self, parts: &Parts) -> Result<&[Arc<Site>], Problem> {
        let (first, reads_all) = self.token(parts)?;
        Ok(if reads_all { &self.settings().sites } else { std::slice::from_ref(first) })
    }

    /// The first site that the request's token may read, and whether it may read all.
    fn token(&self, parts: &Parts) -> Result<(&Arc<Site>, bool), Problem> {
        // Guesses at the token are slowed by the same bucket as batches.
        self.check_address(parts)?;
        let token = Secret::new(bearer(parts));
        let sites = &self.settings().sites;
        let equal = |own: &Option<Secret>| own.as_ref().map_or(0.into(), |own| own.equals(&token));
        let reads_all: bool = equal(&self.settings().token).into();
        let own = find(sites.iter().map(|site| equal(&site.token)));
        let own = own.and_then(|at| sites.get(at));
        let first = if reads_all { sites.first() } else { own };
        first.map(|first| (first, reads_all)).ok_or_else(|| {
            Problem::new(
                StatusCode::UNAUTHORIZED,
                "token",
                "The token is wrong",
                "send it as Authorization: Bearer …; the collector prints it at its start where it drew it",
            )
        })
    }

    /// 429 where the caller's address has been too fast.
    fn check_address(&self, parts: &Parts) -> Result<(), Problem> {
        self.limits.take_address(self.address(parts), Instant::now()).map_err(|wait| {
            telemetry::process().limited("address");
            Problem::too_fast(
                format!("one address may send {} requests a second", self.settings().rate),
                wait,
            )
        })
    }
}

fn asked(parts: &Parts) -> Result<Asked, Problem> {
    Query::try_from_uri(&parts.uri)
        .map(|Query(asked)| asked)
        .map_err(|_| Problem::malformed("the query cannot be read"))
}

/// The number whose choice is set (the last of several); all are looked at.
fn find(choices: impl Iterator<Item = Choice>) -> Option<usize> {
    let mut found = u64::MAX;
    for (at, choice) in (0u64..).zip(choices) {
        found.conditional_assign(&at, choice);
    }
    usize::try_from(found).ok().filter(|at| *at != usize::MAX)
}

fn bearer(parts: &Parts) -> &str {
    parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, token)| token.trim())
}
