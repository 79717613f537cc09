//! `/v1/config/{site}/versions`, `…/stage` and `…/rollback`: what is served to pages, for whoever
//! holds the token.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::body;
use crate::check::{Finding, check};
use crate::clock;
use crate::config_versions::{self, Listed, MAX_BYTES, VersionError};
use crate::handlers::App;
use crate::problem::Problem;
use crate::store::StoreError;

/// The most characters of a note.
const MAX_NOTE: usize = 500;
/// The most bytes of an order to stage.
const MAX_ORDER: usize = 4096;

#[derive(Deserialize)]
struct Publishing {
    share: Option<f64>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Staging {
    version: u64,
    share: f64,
}

/// Every version with the share of browsers that get it.
pub async fn list(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    app.reader_of(&parts, &site)?;
    let listed = app.blocking(move |app| listed(app, &site)).await??;
    Ok(answer(StatusCode::OK, json!({ "versions": listed })))
}

/// Keeps a config as the next version and begins to serve it.
pub async fn publish(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let text = body::read(body, MAX_BYTES).await;
    app.reader_of(&parts, &site)?;
    let asked = Query::<Publishing>::try_from_uri(&parts.uri)
        .map_err(|_| Problem::malformed("the query takes share=0..1 and note=TEXT"))?
        .0;
    let share = percent(asked.share.unwrap_or(1.0))?;
    let note = asked.note.unwrap_or_default();
    if note.chars().count() > MAX_NOTE {
        return Err(Problem::malformed(format!("note: at most {MAX_NOTE} characters")));
    }
    let text = String::from_utf8(text?.to_vec()).map_err(|_| {
        Problem::malformed("the body is not UTF-8; send the unspoken.json as it is")
    })?;
    let (version, sentence, listed) = app
        .blocking(move |app| {
            let now = clock::now_ms();
            refuse_mistakes(&text, now)?;
            let has_file = app.configs_of(&site)?.has_file();
            let version = config_versions::publish(
                &app.state,
                &site,
                text.as_bytes(),
                share,
                &note,
                has_file,
                now,
            )
            .map_err(problem)?;
            let sentence = sentence(version, share, has_file);
            tracing::info!("{site}: {sentence}");
            Ok::<_, Problem>((version, sentence, listed(app, &site)?))
        })
        .await??;
    let body = json!({ "version": version, "sentence": sentence, "versions": listed });
    Ok(answer(StatusCode::CREATED, body))
}

/// Serves a version to another share of the browsers.
pub async fn stage(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let text = body::read(body, MAX_ORDER).await;
    app.reader_of(&parts, &site)?;
    let order: Staging = serde_json::from_slice(&text?).map_err(|error| {
        Problem::malformed(format!("{error}; send {{ \"version\": 3, \"share\": 0.1 }}"))
    })?;
    let share = percent(order.share)?;
    change(app, site, move |app, site, has_file| {
        config_versions::stage(&app.state, site, order.version, share, has_file)?;
        Ok(sentence(order.version, share, has_file))
    })
    .await
}

/// Takes a roll-out back, or else the version in service.
pub async fn rollback(
    State(app): State<Arc<App>>,
    Path(site): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    // Nothing is asked for, but a caller that sends something is let finish.
    let sent = body::read(body, MAX_ORDER).await;
    app.reader_of(&parts, &site)?;
    sent?;
    change(app, site, |app, site, has_file| {
        let version = config_versions::rollback(&app.state, site, has_file)?;
        Ok(sentence(version, 100, has_file))
    })
    .await
}

/// Changes what is served, and answers a sentence and the list.
async fn change(
    app: Arc<App>,
    site: String,
    work: impl FnOnce(&App, &str, bool) -> Result<String, VersionError> + Send + 'static,
) -> Result<Response, Problem> {
    let (sentence, listed) = app
        .blocking(move |app| {
            let has_file = app.configs_of(&site)?.has_file();
            let sentence = work(app, &site, has_file).map_err(problem)?;
            tracing::info!("{site}: {sentence}");
            Ok::<_, Problem>((sentence, listed(app, &site)?))
        })
        .await??;
    Ok(answer(StatusCode::OK, json!({ "sentence": sentence, "versions": listed })))
}

fn listed(app: &App, site: &str) -> Result<Vec<Listed>, Problem> {
    let has_file = app.configs_of(site)?.has_file();
    config_versions::list(&app.state, site, has_file).map_err(|error| unwell(&error))
}

fn answer(status: StatusCode, body: Value) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// A share as a whole number of hundredths, since there are so many buckets.
pub fn percent(share: f64) -> Result<u8, Problem> {
    let percent = (share * 100.0).round();
    if !(0.0..=1.0).contains(&share) || (share * 100.0 - percent).abs() > 1e-6 {
        return Err(Problem::malformed("share: from 0 to 1 in steps of 0.01"));
    }
    Ok(percent as u8)
}

/// What became of a version, and of the file where there is one.
pub fn sentence(version: u64, percent: u8, has_file: bool) -> String {
    match (version, percent) {
        (config_versions::FILE, 100) => "the file is served to all".into(),
        (_, 100) if has_file => {
            format!(
                "version {version} is served to all, in place of the file; changes of the file show no more"
            )
        }
        (_, 100) => format!("version {version} is served to all"),
        (_, 0) => format!("version {version} is kept, and served to nobody"),
        _ => format!("version {version} is served to {percent} % of the browsers"),
    }
}

fn problem(error: VersionError) -> Problem {
    match error {
        VersionError::Store(error) => unwell(&error),
        VersionError::Absent(_) => Problem::absent(error.to_string()),
        VersionError::Conflict(sentence) => Problem::conflict(sentence),
    }
}

fn unwell(error: &StoreError) -> Problem {
    tracing::error!("the versions cannot be read or written: {error}");
    Problem::unwell("the versions cannot be read or written")
}

/// 422 with every mistake that `unspoken check` finds.
fn refuse_mistakes(text: &str, now_ms: u64) -> Result<(), Problem> {
    let mistakes = check(text, &[], now_ms as f64).notes.mistakes;
    let Some(first) = mistakes.first() else { return Ok(()) };
    let told = |it: &Finding| {
        let (line, column) = it.place.unzip();
        json!({ "path": it.path, "message": it.message, "suggestion": it.suggestion,
                "line": line, "column": column })
    };
    let count = mistakes.len();
    let detail = format!(
        "{count} mistake{}, the first: {}; `unspoken check` shows them",
        if count == 1 { "" } else { "s" },
        first.to_line("line")
    );
    let title = "The config has mistakes";
    let refused = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "mistakes", title, detail);
    Err(refused.mistakes(mistakes.iter().map(told).collect()))
}
