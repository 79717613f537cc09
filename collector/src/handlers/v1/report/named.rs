//! `GET /v1/report/NAME`: the reports that are made of a store's rows, each as JSON or as CSV.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::asked::{self, Format};
use crate::clock;
use crate::handlers::App;
use crate::problem::Problem;
use crate::report::make::{Name, Told, make};
use crate::report::rows::Fault;

/// `GET /v1/report/summary`.
pub async fn summary(app: State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    answer(Name::Summary, app, request).await
}

/// `GET /v1/report/experiments`.
pub async fn experiments(app: State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    answer(Name::Experiments, app, request).await
}

/// `GET /v1/report/bandits`.
pub async fn bandits(app: State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    answer(Name::Bandits, app, request).await
}

/// `GET /v1/report/attention`.
pub async fn attention(app: State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    answer(Name::Attention, app, request).await
}

/// `GET /v1/report/journeys`.
pub async fn journeys(app: State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    answer(Name::Journeys, app, request).await
}

/// `GET /v1/report/funnel`.
pub async fn funnel(app: State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    answer(Name::Funnel, app, request).await
}

/// `GET /v1/report/interruptions`.
pub async fn interruptions(app: State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    answer(Name::Interruptions, app, request).await
}

async fn answer(
    name: Name,
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let site = app.reader(&parts)?;
    let (told, format) = asked::read(&parts.uri, name, clock::now_ms())?;
    let told = Told { metrics: site.metrics.clone(), ..told };
    let report = make(&*app.store, &site.name, name, told).await.map_err(|fault| match fault {
        Fault::TooMuch(_) => Problem::malformed(fault.to_string()),
        Fault::Store(error) => {
            tracing::error!("a report could not be computed: {error}");
            Problem::unwell("the report could not be computed")
        }
    })?;
    Ok(respond(report, format))
}

/// The report in the form that was asked for.
pub fn respond(report: Value, format: Format) -> Response {
    let kept = (header::CACHE_CONTROL, "no-store".to_owned());
    match format {
        Format::Json => ([kept], Json(report)).into_response(),
        Format::Csv(table) => {
            let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned());
            let file = format!("attachment; filename=\"{}.csv\"", table.name);
            ([kept, kind, (header::CONTENT_DISPOSITION, file)], table.csv(&report)).into_response()
        }
    }
}
