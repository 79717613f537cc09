//! `/v1/webhooks/dead`: deliveries that were given up, for whoever holds the token.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::body;
use crate::clock;
use crate::handlers::App;
use crate::problem::Problem;
use crate::store::StoreError;
use crate::webhook;

/// The most bytes that are read of a request that needs no body.
const MAX_BYTES: usize = 4096;

/// What was given up of the site, the newest first.
pub async fn dead(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let site = app.reader(&parts)?;
    let dead = app
        .blocking(move |app| webhook::dead(&app.state, Some(&site.name)))
        .await?
        .map_err(|error| unwell(&error))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({ "dead": dead }))).into_response())
}

/// Queues one of them again, with all its attempts.
pub async fn retry(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let sent = body::read(body, MAX_BYTES).await;
    let site = app.reader(&parts)?;
    sent?;
    let of = id.clone();
    let queued = app
        .blocking(move |app| {
            let queued = webhook::retry(&app.state, Some(&site.name), &of, clock::now_ms());
            app.webhooks.wake();
            queued
        })
        .await?
        .map_err(|error| unwell(&error))?;
    if !queued {
        return Err(Problem::absent(
            "no delivery of that id was given up; GET /v1/webhooks/dead lists them",
        ));
    }
    let answer = Json(json!({ "id": id, "queued": true }));
    Ok((StatusCode::ACCEPTED, [(header::CACHE_CONTROL, "no-store")], answer).into_response())
}

fn unwell(error: &StoreError) -> Problem {
    tracing::error!("the dead-letter list cannot be read or written: {error}");
    Problem::unwell("the dead-letter list cannot be read or written")
}
