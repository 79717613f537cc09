//! `GET /v1/config/{site}`: the site's `unspoken.json`, so that a page need not be deployed to
//! change what it shows.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};

use super::cookie;
use crate::handlers::App;
use crate::problem::Problem;

/// The file, or 304 where the caller has it.
pub async fn get(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let site = app.settings().site(&site).cloned();
    let Some(site) = site.filter(|site| app.config(site).is_some()) else {
        return Err(Problem::absent(
            "this collector has no config of that site; --config names one",
        ));
    };
    let cookie = cookie::renewed(app.settings(), &headers);
    let reading = tokio::task::spawn_blocking(move || app.config(&site).map(|file| file.current()))
        .await
        .ok()
        .flatten()
        .ok_or_else(|| Problem::unwell("the config cannot be read"))?;
    let known = headers.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        value.to_str().is_ok_and(|list| {
            list.split(',')
                .map(str::trim)
                .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == reading.etag)
        })
    });
    // `no-cache`: keep it, but ask each time. A change is then live at the next page view. With a
    // visitor's cookie it is nobody else's.
    let caching = if cookie.is_some() { "private, no-cache" } else { "no-cache" };
    let common = (
        [(header::ETAG, reading.etag.clone()), (header::CACHE_CONTROL, caching.to_owned())],
        AppendHeaders(cookie.map(|cookie| (header::SET_COOKIE, cookie))),
    );
    if known {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let content_type = [(header::CONTENT_TYPE, "application/json")];
    Ok((common, content_type, reading.json.clone()).into_response())
}
