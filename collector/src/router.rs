//! The table of routes, and what every answer has in common.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower::util::option_layer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::handlers::{App, dashboard, health, openapi, v1};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::telemetry;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
/// The dashboard asks for no device and no sensor.
const NO_DEVICES: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/// The service of the metrics' listener: that route and no other.
pub fn metrics(app: Arc<App>) -> Router {
    Router::new()
        .route("/metrics", get(health::metrics))
        .fallback(absent)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
}

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
        .route("/v1/report/summary", get(v1::report::named::summary))
        .route("/v1/report/experiments", get(v1::report::named::experiments))
        .route("/v1/report/bandits", get(v1::report::named::bandits))
        .route("/v1/report/intents", get(v1::intents::get))
        .route("/v1/report/attention", get(v1::report::named::attention))
        .route("/v1/report/journeys", get(v1::report::named::journeys))
        .route("/v1/report/funnel", get(v1::report::named::funnel))
        .route("/v1/report/interruptions", get(v1::report::named::interruptions))
        .route("/v1/intents", get(v1::intents::get))
        .route("/v1/visitors/{id}", get(v1::visitors::get))
        .route("/v1/live", get(v1::live::get))
        .route("/v1/sites", get(v1::sites::get))
        .route("/v1/decide", post(v1::decide::post))
        .route("/v1/config/{site}/versions", get(v1::versions::list).post(v1::versions::publish))
        .route("/v1/config/{site}/stage", post(v1::versions::stage))
        .route("/v1/config/{site}/rollback", post(v1::versions::rollback))
        .route("/v1/visitors/{id}/summary", get(v1::summary::get))
        .route("/v1/webhooks/dead", get(v1::webhooks::dead))
        .route("/v1/webhooks/dead/{id}/retry", post(v1::webhooks::retry));
    let dashboard = Router::new()
        .route("/dashboard", get(dashboard::index))
        .route("/dashboard/", get(dashboard::index))
        .route("/dashboard/{*path}", get(dashboard::asset))
        .layer(header_if_absent(header::CONTENT_SECURITY_POLICY, dashboard::POLICY))
        .layer(header_if_absent(PERMISSIONS_POLICY, NO_DEVICES))
        .layer(header_if_absent(CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .layer(header_if_absent(CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"));

    let patience = app.settings().patience;
    // Only where this process itself speaks TLS: behind a proxy it is the proxy's to promise.
    let hsts = app.settings().tls.is_some();
    let hsts =
        hsts.then(|| header_if_absent(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
    Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/openapi.json", get(openapi::get))
        .merge(page)
        .merge(owner)
        .merge(dashboard)
        .fallback(absent)
        .method_not_allowed_fallback(wrong_method)
        .with_state(app)
        // One layer of many, the outermost first: a router boxes each layer by itself, and makes the
        // boxes anew for each request.
        .layer((
            // Method and pattern only: the query holds the site's key, and a path may hold a visitor.
            TraceLayer::new_for_http()
                .make_span_with(|request: &Request| {
                    tracing::info_span!("request", method = %request.method(), route = route(request))
                })
                .on_failure(()),
            from_fn(counted),
            header_if_absent(header::REFERRER_POLICY, "no-referrer"),
            option_layer(hsts),
            header_if_absent(header::X_FRAME_OPTIONS, "DENY"),
            header_if_absent(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            header_if_absent(
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; frame-ancestors 'none'",
            ),
            CatchPanicLayer::custom(|_| {
                tracing::error!("a handler panicked");
                Problem::unwell("the request met a fault of the collector").into_response()
            }),
            from_fn(move |request, next| within(patience, request, next)),
        ))
}

/// The origins of all sites: a preflight has no key that would tell which site is meant. What is
/// then posted is held to its own site's (`App::writer`).
///
/// A beacon is sent with credentials mode `include`, so the browser wants the exact origin and
/// `Allow-Credentials`; so does the answer that sets the first-party cookie.
fn cors(settings: &Settings) -> CorsLayer {
    let origins = settings.sites.iter().flat_map(|site| &site.origins);
    let origins: Arc<[HeaderValue]> = origins.filter_map(|origin| origin.parse().ok()).collect();
    CorsLayer::new()
        // Shared: the layer is cloned for each request, and a list with it.
        .allow_origin(AllowOrigin::predicate(move |origin, _| origins.contains(origin)))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers([header::ETAG, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3600))
}

fn header_if_absent(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// The pattern that a request matched.
fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str)
}

async fn counted(request: Request, next: Next) -> Response {
    let since = Instant::now();
    let (route, method) = (route(&request).to_owned(), request.method().clone());
    let response = next.run(request).await;
    let status = response.status().as_u16();
    telemetry::process().answered(&route, method.as_str(), status, since.elapsed());
    response
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
