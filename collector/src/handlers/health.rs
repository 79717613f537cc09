//! `GET /healthz`: the process lives. `GET /readyz`: it can take batches, or why not. And
//! `GET /metrics`, on a listener of its own.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::App;
use crate::problem::Problem;
use crate::store::StoreError;
use crate::telemetry;

/// 200 from a process that answers at all: a service manager restarts one that does not.
pub async fn live() -> Response {
    well("ok")
}

/// 200 while batches are taken, 503 with the reason after. It touches no disk, so that it may be
/// asked often.
pub async fn ready(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    if app.is_stopping() {
        return Err(Problem::unwell("the collector is stopping"));
    }
    app.store.health().map_err(|error| match error {
        // What a database says of itself may hold paths and queries; the log has it.
        StoreError::Database(why) => {
            tracing::error!("not ready: {why}");
            Problem::unwell("the database failed; the log says how")
        }
        other => Problem::unwell(other.to_string()),
    })?;
    Ok(well("ready"))
}

/// The counters, as OpenMetrics.
pub async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let ready = !app.is_stopping() && app.store.health().is_ok();
    let text = telemetry::process().text(ready);
    let text = text.map_err(|_| Problem::unwell("the metrics could not be written"))?;
    Ok(([(header::CONTENT_TYPE, telemetry::CONTENT_TYPE)], text).into_response())
}

fn well(status: &str) -> Response {
    let body = format!(r#"{{"status":"{status}"}}"#);
    let kind = (header::CONTENT_TYPE, "application/json");
    ([kind, (header::CACHE_CONTROL, "no-store")], body).into_response()
}
