//! `GET /v1/intents`, and `GET /v1/report/intents`: how each head did on each of the last days, for whoever holds the token.
//!
//! Apart from the report: it reads a month rather than an hour, and changes once a day rather than
//! with every click.

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::drift::Head;
use crate::handlers::App;
use crate::handlers::v1::report::{asked::format, named::respond};
use crate::problem::Problem;
use crate::report::csv::INTENTS;
use crate::store::heads_by_day;

/// The longest answer: a quarter.
pub const MAX_DAYS: u32 = 92;
/// Days where the query names none.
pub const DEFAULT_DAYS: u32 = 30;

#[derive(Deserialize)]
struct Asked {
    days: Option<u32>,
    format: Option<String>,
    table: Option<String>,
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
    let wrong = || Problem::malformed(format!("days: a whole number from 1 to {MAX_DAYS}"));
    let asked = Query::<Asked>::try_from_uri(&parts.uri).map_err(|_| wrong())?.0;
    let days = asked.days.unwrap_or(DEFAULT_DAYS);
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(wrong());
    }
    let format = format(asked.format.as_deref(), asked.table.as_deref(), INTENTS)?;
    let generated_at = clock::now_ms();
    let known = app.known_heads(&site).await;
    let heads = heads_by_day(&*app.store, &site.name, days, generated_at, known).await;
    let intents = heads.map_err(|error| {
        tracing::error!("the days could not be judged: {error}");
        Problem::unwell("the days could not be judged")
    })?;
    let answer = Answer { generated_at, days, intents };
    let report = serde_json::to_value(answer).map_err(|error| {
        tracing::error!("the days could not be written: {error}");
        Problem::unwell("the days could not be judged")
    })?;
    Ok(respond(report, format))
}
