//! `POST /v1/batch`: takes one batch, and answers once it is on disk.
//!
//! Nothing is kept that the batch does not say: no address, no user agent.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use unspoken::wire;

use super::cookie;
use crate::body;
use crate::clock;
use crate::handlers::App;
use crate::problem::Problem;
use crate::store::{Appended, Arrival, StoreError};
use crate::telemetry;

/// What a page is told to wait when the writer is behind: longer than a commit, shorter than the
/// page's patience.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// 204 once the batch is durable, whether it came first now or before.
pub async fn post(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let outcome = take(&app, request).await;
    telemetry::process().batch(match &outcome {
        Ok((Appended::New, _)) => "stored",
        Ok((Appended::Seen, _)) => "seen",
        Err(problem) => problem.kind(),
    });
    let cookie = outcome?.1.map(|cookie| (header::SET_COOKIE, cookie));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(cookie)).into_response())
}

/// What became of the batch, and the cookie that its page asked for.
async fn take(app: &App, request: Request) -> Result<(Appended, Option<HeaderValue>), Problem> {
    let (parts, body) = request.into_parts();
    // The body is read before anything is refused: see `body`.
    let bytes = body::read(body, app.settings().bounds.body).await;

    let site = app.writer(&parts)?;
    let bytes = bytes?;
    let batch = wire::decode(&bytes).map_err(Problem::malformed)?;
    let most = app.settings().bounds.events;
    if batch.events.len() > most {
        let count = batch.events.len();
        return Err(Problem::malformed(format!("events: {count} of at most {most}")));
    }
    let cookie = cookie::of_batch(app.settings(), &parts.uri, batch.visitor);
    let beat = app.live().weigh(&batch);
    let arrival = Arrival {
        site: Arc::clone(&site.name),
        received_at: clock::now_ms(),
        bytes: bytes.len(),
        batch,
    };
    let events = arrival.batch.events.len();
    let waiting = telemetry::process().waits();
    let appended = app.webhooks().append(&app.store, arrival, &bytes).await;
    drop(waiting);
    match appended {
        Ok(appended) => {
            if appended == Appended::New {
                telemetry::process().stored(bytes.len(), events);
                if let Some(beat) = beat {
                    app.live().tell(&site.name, beat);
                }
            }
            Ok((appended, cookie))
        }
        Err(StoreError::Busy) => Err(Problem::too_fast("the collector is behind", BUSY_WAIT)),
        Err(error) => {
            telemetry::process().store_failed();
            tracing::error!("a batch could not be stored: {error}");
            Err(Problem::unwell("the batch could not be stored; send it again later"))
        }
    }
}
