//! `POST /v1/decide`: the decision that a browser would make for a profile, for channels that are no
//! page.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use unspoken::value::Value;

use crate::body;
use crate::clock;
use crate::config_versions::Served;
use crate::decide::{DecideError, asked};
use crate::handlers::App;
use crate::problem::Problem;

/// The most bytes of a question. A profile with every list full has 96 KiB, which is more than a
/// batch may have; the rest is for attributes.
const MAX_BYTES: usize = 128 * 1024;
/// What a caller is told to wait when too many ask at once.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// `{ decisions, profile, version }`.
pub async fn post(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let text = body::read(body, MAX_BYTES).await;
    let site = Arc::clone(&app.reader(&parts)?.name);
    let told: Value = body::from_json(&text?, app.settings().bounds.depth)?;
    let asked = asked::read(&told, clock::now_ms(), seed()?).map_err(Problem::malformed)?;
    let config = config(&app, Arc::clone(&site), asked.version).await?;
    let version = config.version;
    let decided = app.decider.decide(site, config, asked.told, asked.slots).await;
    let decided = decided.map_err(|error| match error {
        DecideError::Busy => Problem::too_fast(error.to_string(), BUSY_WAIT),
        DecideError::Stopped => Problem::unwell("the core stopped; the collector's log says more"),
    })?;
    let answer = Value::map()
        .with("decisions", decided.decisions)
        .with("profile", decided.profile)
        .with("version", version as f64);
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, answer.to_json()).into_response())
}

/// The config that decides.
async fn config(
    app: &Arc<App>,
    site: Arc<str>,
    version: Option<u64>,
) -> Result<Arc<Served>, Problem> {
    let found = app
        .blocking(move |app| {
            let configs = app.configs_of(&site)?;
            let found = match version {
                Some(version) => configs.version(version),
                None => configs.for_all(),
            };
            found.map_err(|error| {
                tracing::error!("the config cannot be read: {error}");
                Problem::unwell("the config cannot be read")
            })
        })
        .await??;
    found.ok_or_else(|| {
        Problem::absent(match version {
            Some(version) => format!("there is no version {version} of the site's config"),
            None => {
                "the site has no config: name its file with --config, or publish one".to_owned()
            }
        })
    })
}

/// Chance, where the caller brings none.
fn seed() -> Result<u64, Problem> {
    getrandom::u64().map_err(|_| Problem::unwell("the system has no random numbers now"))
}
