//! `GET /healthz`: whether this collector can take batches.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::App;
use crate::problem::Problem;

/// 200 while the writer lives, 503 after. It touches no disk, so that it may be asked often.
pub async fn get(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    app.store.health().map_err(|error| Problem::unwell(error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#).into_response())
}
