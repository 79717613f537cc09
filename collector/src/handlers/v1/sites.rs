//! `GET /v1/sites`: the names of the sites that the token may read, in the order of the settings.
//!
//! The dashboard asks this first: it is the cheapest answer that says whether a token holds.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::handlers::App;
use crate::problem::Problem;

#[derive(Serialize)]
struct Answer<'a> {
    sites: Vec<&'a str>,
}

/// The names.
pub async fn get(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let sites = app.readable(&parts)?.iter().map(|site| &*site.name).collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Answer { sites })).into_response())
}
