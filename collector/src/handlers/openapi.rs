//! `GET /openapi.json`: every route, for programs. Tests hold the routes to it.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The description, as OpenAPI 3.1.
pub const DESCRIPTION: &str = include_str!("../../openapi.json");

/// The description; it is the same for everybody.
pub async fn get() -> Response {
    let kind = (header::CONTENT_TYPE, "application/json");
    ([kind, (header::CACHE_CONTROL, "no-cache")], DESCRIPTION).into_response()
}
