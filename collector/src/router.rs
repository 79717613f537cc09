//! The table of routes, and what every answer has in common.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::handlers::{App, dashboard, health, v1};
use crate::problem::Problem;
use crate::settings::Settings;

/// The collector's service.
pub fn router(app: Arc<App>) -> Router {
    let page = Router::new()
        .route("/v1/batch", post(v1::batch::post))
        .route("/v1/config/{site}", get(v1::config::get))
        .route("/v1/erase", post(v1::erase::post))
        // Before the layer: a preflight is a wrong method that CORS answers.
        .method_not_allowed_fallback(wrong_method)
        .layer(cors(app.settings()));
    let owner = Router::new()
        .route("/v1/report", get(v1::report::get))
        .route("/v1/intents", get(v1::intents::get))
        .route("/v1/visitors/{id}", get(v1::visitors::get))
        .route("/v1/decide", post(v1::decide::post))
        .route("/v1/config/{site}/versions", get(v1::versions::list).post(v1::versions::publish))
        .route("/v1/config/{site}/stage", post(v1::versions::stage))
        .route("/v1/config/{site}/rollback", post(v1::versions::rollback));
    let dashboard = Router::new()
        .route("/dashboard", get(dashboard::index))
        .route("/dashboard/", get(dashboard::index))
        .route("/dashboard/{*path}", get(dashboard::asset))
        .layer(header_if_absent(header::CONTENT_SECURITY_POLICY, dashboard::POLICY));

    let patience = app.settings().patience;
    Router::new()
        .route("/healthz", get(health::get))
        .merge(page)
        .merge(owner)
        .merge(dashboard)
        .fallback(absent)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
        .layer(from_fn(move |request, next| within(patience, request, next)))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a handler panicked");
            Problem::unwell("the request met a fault of the collector").into_response()
        }))
        .layer(header_if_absent(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ))
        .layer(header_if_absent(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_if_absent(header::REFERRER_POLICY, "no-referrer"))
        // Method and path only: the query holds the site's key, and no visitor's id is logged.
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            tracing::info_span!("request", method = %request.method(), path = told(request.uri().path()))
        }).on_failure(()))
}

/// The origins of all sites: a preflight has no key that would tell which site is meant. What is
/// then posted is held to its own site's (`App::writer`).
///
/// A path as a log may hold it.
fn told(path: &str) -> &str {
    const VISITORS: &str = "/v1/visitors/";
    if path.starts_with(VISITORS) { VISITORS } else { path }
}

/// A beacon is sent with credentials mode `include`, so the browser wants the exact origin and
/// `Allow-Credentials`, though no cookie is ever set or read.
fn cors(settings: &Settings) -> CorsLayer {
    let origins = settings.sites.iter().flat_map(|site| &site.origins);
    let origins: Vec<HeaderValue> = origins.filter_map(|origin| origin.parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers([header::ETAG, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3600))
}

fn header_if_absent(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

async fn within(patience: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::unwell("the request took too long").into_response(),
    }
}

async fn absent() -> Problem {
    Problem::absent("no such address; docs/contracts.md lists them")
}

async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        "The method is wrong",
        "this address takes another method; docs/contracts.md lists them",
    )
}
