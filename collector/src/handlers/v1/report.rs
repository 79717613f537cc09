//! `GET /v1/report`: what happened lately, for whoever holds the token. The other reports are in
//! `named`, and what they may be asked in `asked`.

pub mod asked;
pub mod named;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::clock;
use crate::handlers::App;
use crate::problem::Problem;
use crate::report::Window;
use crate::store;

/// The longest report: a quarter, as far back as the dashboard looks.
const MAX_MINUTES: u32 = 92 * 24 * 60;

#[derive(Deserialize)]
struct Asked {
    minutes: Option<u32>,
}

/// The report over the last `minutes` (60 where the query names none).
pub async fn get(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let site = app.reader(&parts)?;
    let minutes = Query::<Asked>::try_from_uri(&parts.uri)
        .ok()
        .map(|asked| asked.0.minutes.unwrap_or(60))
        .filter(|minutes| (1..=MAX_MINUTES).contains(minutes))
        .ok_or_else(|| {
            Problem::malformed(format!("minutes: a whole number from 1 to {MAX_MINUTES}"))
        })?;
    let window = Window::last(minutes, clock::now_ms());
    let report = store::report(&*app.store, &site.name, window, app.known_heads(&site).await).await;
    let report = report.map_err(|error| {
        tracing::error!("the report could not be computed: {error}");
        Problem::unwell("the report could not be computed")
    })?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(report)).into_response())
}
