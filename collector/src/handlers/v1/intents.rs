//! `GET /v1/intents`: how each head did on each of the last days, for whoever holds the token.
//!
//! Apart from the report: it reads a month rather than an hour, and changes once a day rather than
//! with every click.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::drift::Head;
use crate::handlers::App;
use crate::problem::Problem;
use crate::store::heads_by_day;

/// The longest answer: a quarter.
pub const MAX_DAYS: u32 = 92;
/// Days where the query names none.
pub const DEFAULT_DAYS: u32 = 30;

#[derive(Deserialize)]
struct Asked {
    days: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    generated_at: u64,
    days: u32,
    intents: Vec<Head>,
}

/// Every head's last `days` days, today included.
pub async fn get(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let site = app.reader(&parts)?;
    let days = Query::<Asked>::try_from_uri(&parts.uri)
        .ok()
        .map(|asked| asked.0.days.unwrap_or(DEFAULT_DAYS))
        .filter(|days| (1..=MAX_DAYS).contains(days))
        .ok_or_else(|| Problem::malformed(format!("days: a whole number from 1 to {MAX_DAYS}")))?;
    let generated_at = clock::now_ms();
    let known = app.known_heads(&site).await;
    let heads = heads_by_day(&*app.store, &site.name, days, generated_at, known).await;
    let intents = heads.map_err(|error| {
        tracing::error!("the days could not be judged: {error}");
        Problem::unwell("the days could not be judged")
    })?;
    let answer = Answer { generated_at, days, intents };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}
