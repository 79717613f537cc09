//! The table of routes, and what every answer has in common.
//!
//! `POST /v1/batch` is nearly all that a collector is asked, so it stands in front of the table and
//! its layers: each layer of a router is boxed anew for each request (docs/ingest.md).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use futures_util::FutureExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use tracing::Instrument;

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

const BATCH: &str = "/v1/batch";

/// The collector's service.
pub fn router(app: Arc<App>) -> Router {
    let common = Arc::new(Common::of(app.settings()));
    let table = table(Arc::clone(&app), Arc::clone(&common));
    let batch = move |request| batch(Arc::clone(&app), Arc::clone(&common), request);
    Router::new().route(BATCH, post(batch).fallback_service(table.clone())).fallback_service(table)
}

/// A batch, with what the table's layers would do for it.
async fn batch(app: Arc<App>, common: Arc<Common>, request: Request) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let answer = AssertUnwindSafe(v1::batch::post(State(app), request)).catch_unwind();
    let answer = async { answer.await.map_or_else(|_| panicked(), IntoResponse::into_response) };
    let answer = async {
        let mut response = common.answer(BATCH, &Method::POST, answer).await;
        common.let_read(origin, response.headers_mut());
        tracing::debug!(status = response.status().as_u16(), "answered");
        response
    };
    answer.instrument(tracing::debug_span!("request", method = "POST", route = BATCH)).await
}

/// Everything else.
fn table(app: Arc<App>, common: Arc<Common>) -> Router {
    let page = Router::new()
        // A preflight, or a wrong method.
        .route("/v1/batch", any(wrong_method))
        .route("/v1/config/{site}", get(v1::config::get))
        .route("/v1/erase", post(v1::erase::post))
        // Before the layer: a preflight is a wrong method that CORS answers.
        .method_not_allowed_fallback(wrong_method)
        .layer(cors(&common));
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
        // One layer of few, the outermost first: a router boxes each layer by itself, and each makes
        // its part of a request's future longer.
        .layer((
            // Method and pattern only: the query holds the site's key, and a path may hold a visitor.
            TraceLayer::new_for_http()
                .make_span_with(|request: &Request| {
                    tracing::info_span!("request", method = %request.method(), route = route(request))
                })
                .on_failure(()),
            from_fn(move |request, next| answered(Arc::clone(&common), request, next)),
            CatchPanicLayer::custom(|_| panicked()),
        ))
}

/// A beacon is sent with credentials mode `include`, so the browser wants the exact origin and
/// `Allow-Credentials`; so does the answer that sets the first-party cookie.
fn cors(common: &Arc<Common>) -> CorsLayer {
    let common = Arc::clone(common);
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| common.origins.contains(origin)))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .expose_headers([header::ETAG, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3600))
}

fn header_if_absent(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// What a request that matched no route is counted as.
const NO_ROUTE: &str = "none";

/// The pattern that a request matched.
fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str)
}

/// What every answer has in common.
struct Common {
    /// How long an answer may take.
    patience: Duration,
    /// Headers of an answer that says nothing else of them.
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The origins of all sites: a preflight has no key that would tell which site is meant. What is
    /// then posted is held to its own site's (`App::writer`).
    origins: Vec<HeaderValue>,
}

impl Common {
    fn of(settings: &Settings) -> Common {
        let mut headers = vec![
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        ];
        // Only where this process itself speaks TLS: behind a proxy it is the proxy's to promise.
        if settings.tls.is_some() {
            headers.push((header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
        }
        let headers =
            headers.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value)));
        let origins = settings.sites.iter().flat_map(|site| &site.origins);
        Common {
            patience: settings.patience,
            headers: headers.collect(),
            origins: origins.filter_map(|origin| origin.parse().ok()).collect(),
        }
    }

    /// Bounds an answer's time, gives it its headers and counts it.
    async fn answer(
        &self,
        route: &str,
        method: &Method,
        answer: impl Future<Output = Response>,
    ) -> Response {
        let since = Instant::now();
        let answered = tokio::time::timeout(self.patience, answer).await;
        let mut response = answered
            .unwrap_or_else(|_| Problem::unwell("the request took too long").into_response());
        for (name, value) in &self.headers {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
        let status = response.status().as_u16();
        telemetry::process().answered(route, method.as_str(), status, since.elapsed());
        response
    }

    /// What [`cors`] adds to the answer to a batch.
    fn let_read(&self, origin: Option<HeaderValue>, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = origin.filter(|origin| self.origins.contains(origin)) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
            (header::ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

async fn answered(common: Arc<Common>, request: Request, next: Next) -> Response {
    let route: Option<MatchedPath> = request.extensions().get().cloned();
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let method = request.method().clone();
    common.answer(route, &method, next.run(request)).await
}

fn panicked() -> Response {
    tracing::error!("a handler panicked");
    Problem::unwell("the request met a fault of the collector").into_response()
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
