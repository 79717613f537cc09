//! `GET /v1/config/{site}`: the site's `unspoken.json`, so that a page need not be deployed to
//! change what it shows.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};

use super::cookie;
use crate::handlers::App;
use crate::problem::Problem;

/// The config in service for this browser, or 304 where the caller has it.
pub async fn get(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let none = || Problem::absent("this collector has no config of that site; --config names one");
    app.configs_of(&site).map_err(|_| none())?;
    let asked: Vec<String> = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        // A proxy that packs the answer makes the tag a weak one.
        .map(|tag| tag.trim().trim_start_matches("W/").to_owned())
        .collect();
    let reply = app
        .blocking(move |app| {
            let tags: Vec<&str> = asked.iter().map(String::as_str).collect();
            app.configs_of(&site).map(|configs| configs.reply(&tags))
        })
        .await??
        .map_err(|error| {
            tracing::error!("the config cannot be read: {error}");
            Problem::unwell("the config cannot be read")
        })?
        .ok_or_else(none)?;
    // `no-cache`: keep it, but ask each time. A change is then live at the next page view.
    // In a staged roll-out, and with a visitor's cookie, it is nobody else's.
    let cookie = cookie::renewed(app.settings(), &headers);
    let private = reply.private || cookie.is_some();
    let cache = if private { "private, no-cache" } else { "no-cache" };
    let common = (
        [(header::ETAG, reply.etag), (header::CACHE_CONTROL, cache.to_owned())],
        AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie))),
    );
    let Some(json) = reply.json else {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    };
    Ok((common, [(header::CONTENT_TYPE, "application/json")], json).into_response())
}
