//! `GET /v1/visitors/{id}/summary`: what a support agent is told of a visitor, where the site allows
//! it.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use unspoken::id::Id;

use crate::clock;
use crate::handlers::App;
use crate::problem::Problem;
use crate::store::{Ask, question};
use crate::summary::{Counting, Summary};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    generated_at: u64,
    visitor: String,
    #[serde(flatten)]
    summary: Summary,
}

/// The summary, as a sentence and its facts.
pub async fn get(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let site = app.reader(&parts)?;
    if !site.profiles {
        return Err(Problem::absent(
            "summaries of visitors are off for this site: set profiles = true for it in the \
             collector's settings",
        ));
    }
    let visitor = Id::from_hex(&id)
        .filter(|id| *id != Id::default())
        .ok_or_else(|| Problem::malformed("the visitor is the 32 hex digits of a pseudonym"))?;
    let mut ask = Ask::new(&question::PERSON, &site.name, [0, i64::MAX as u64]);
    ask.text = vec![visitor.to_hex()];
    let counting = Arc::new(Mutex::new(Counting::default()));
    let counted = Arc::clone(&counting);
    let each = Box::new(move |row: &crate::store::Row| {
        let mut counting = counted.lock().unwrap_or_else(PoisonError::into_inner);
        let (table, at, json) = (row.text(0), row.whole(1), row.text(2));
        counting.row(table.unwrap_or(""), at.unwrap_or(0), json.unwrap_or(""));
        ControlFlow::Continue(())
    });
    app.store.ask(ask, each).await.map_err(|error| {
        tracing::error!("a visitor could not be looked up: {error}");
        Problem::unwell("the visitor could not be looked up")
    })?;
    let generated_at = clock::now_ms();
    let counting = std::mem::take(&mut *counting.lock().unwrap_or_else(PoisonError::into_inner));
    let summary = counting
        .finish(generated_at)
        .ok_or_else(|| Problem::absent("nothing is kept of this visitor"))?;
    let answer = Answer { generated_at, visitor: visitor.to_hex(), summary };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}
