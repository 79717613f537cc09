//! `POST /v1/batch`: takes one batch, and answers once it is on disk.
//!
//! Nothing is kept that the batch does not say: no address, no user agent.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use serde::Deserialize;
use unspoken::wire;

use crate::body;
use crate::clock;
use crate::handlers::App;
use crate::problem::Problem;
use crate::store::{Arrival, StoreError};

/// What a page is told to wait when the writer is behind: longer than a commit, shorter than the
/// page's patience.
const BUSY_WAIT: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Asked {
    key: Option<String>,
}

/// 204 once the batch is durable, whether it came first now or before.
pub async fn post(State(app): State<Arc<App>>, request: Request) -> Result<StatusCode, Problem> {
    let (parts, body) = request.into_parts();
    // The body is read before anything is refused: see `body`.
    let bytes = body::read(body, wire::MAX_BATCH_BYTES).await;

    app.check_address(&parts)?;
    app.check_origin(&parts)?;
    let asked = Query::<Asked>::try_from_uri(&parts.uri)
        .map_err(|_| Problem::malformed("the query cannot be read"))?;
    let key = asked.0.key.unwrap_or_default();
    if !app.settings().key.matches(&key) {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "key",
            "The key is unknown",
            "send the site's key as ?key=…; the collector is given it with --key",
        ));
    }
    app.limits
        .take_site(Instant::now())
        .map_err(|wait| Problem::too_fast("the site sends more than its share", wait))?;

    let bytes = bytes?;
    let batch = wire::decode(&bytes).map_err(Problem::malformed)?;
    let arrival = Arrival {
        site: Arc::clone(&app.site),
        received_at: clock::now_ms(),
        bytes: bytes.len(),
        batch,
    };
    match app.store.append(arrival).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(StoreError::Busy) => Err(Problem::too_fast("the collector is behind", BUSY_WAIT)),
        Err(error) => {
            tracing::error!("a batch could not be stored: {error}");
            Err(Problem::unwell("the batch could not be stored; send it again later"))
        }
    }
}
