//! `POST /v1/erase`: everything that is kept of a visitor goes, and a receipt comes.
//!
//! The site's owner asks with a token. A visitor's own page asks with the site's key: the id is 128
//! random bits that only that browser knows, so whoever names one may have it erased. Who was never
//! there is answered like who was: nothing is told about others.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use unspoken::id::Id;

use crate::body;
use crate::clock;
use crate::handlers::App;
use crate::problem::Problem;
use crate::receipt::Receipt;

/// The most bytes of a body: an id and what stands around it.
const MAX_BYTES: usize = 1_024;
/// It is one object.
const DEPTH: usize = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    visitor: String,
}

/// A receipt, once nothing is left.
pub async fn post(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    // The body is read before anything is refused: see `body`.
    let bytes = body::read(body, MAX_BYTES).await;
    let site = if parts.headers.contains_key(header::AUTHORIZATION) {
        app.reader(&parts)?
    } else {
        app.writer(&parts)?
    };
    let asked: Asked = body::from_json(&bytes?, DEPTH)?;
    let visitor = Id::from_hex(&asked.visitor)
        .ok_or_else(|| Problem::malformed("visitor: 32 hex digits, as stats().visitor has them"))?;
    let failed = |why: String| {
        tracing::error!("a visitor could not be erased: {why}");
        Problem::unwell("the visitor could not be erased now; send it again later")
    };
    let at = clock::now_ms();
    let erased =
        app.store.erase(&site.name, visitor).await.map_err(|error| failed(error.to_string()))?;
    // What webhooks were still to tell of the visitor goes too; a store that has erased somebody takes
    // no more of them, so nothing comes after.
    app.webhooks().forget(&site.name, visitor).await.map_err(|error| failed(error.to_string()))?;
    let receipt =
        Receipt::new(&site.name, visitor, at, erased).map_err(|error| failed(error.to_string()))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(receipt)).into_response())
}
