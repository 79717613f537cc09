//! `GET /v1/visitors/{id}`: everything that is kept of one visitor, as it is read.

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use unspoken::id::Id;

use crate::handlers::App;
use crate::person;
use crate::problem::Problem;
use crate::store::StoreError;
use crate::store::question::{Ask, PERSON, Row};

/// Lines that wait for a slow reader; the store waits for the rest.
const AHEAD: usize = 256;

/// A line of JSON for each row, by time; none where nothing is kept.
pub async fn get(
    State(app): State<Arc<App>>,
    Path(visitor): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let site = app.reader(&parts)?;
    let visitor = Id::from_hex(&visitor)
        .ok_or_else(|| Problem::malformed("the visitor's id has 32 hex digits"))?;
    let mut ask = Ask::new(&PERSON, &site.name, [0, u64::MAX]);
    ask.text.push(visitor.to_hex());

    let (lines, mut read) = mpsc::channel::<Result<Bytes, StoreError>>(AHEAD);
    let failure = lines.clone();
    let asking = Arc::clone(&app);
    tokio::spawn(async move {
        let each = move |row: &Row| match lines.blocking_send(Ok(person::line(row).into())) {
            Ok(()) => ControlFlow::Continue(()),
            // Whoever asked is gone.
            Err(_) => ControlFlow::Break(()),
        };
        if let Err(error) = asking.store.ask(ask, Box::new(each)).await {
            tracing::error!("a visitor's rows could not be read: {error}");
            let _ = failure.send(Err(error)).await;
        }
    });
    // What goes wrong before the first line can still be told as a problem; later the answer is cut
    // off, which a reader notices.
    let first = read.recv().await;
    if let Some(Err(_)) = first {
        return Err(Problem::unwell("the visitor's rows could not be read"));
    }
    let lines = tokio_stream::iter(first).chain(ReceiverStream::new(read));
    let headers =
        [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(lines)).into_response())
}
