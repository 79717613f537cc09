//! `GET /dashboard`: the built dashboard, as files.
//!
//! The page is public and holds no data; what it shows it asks `/v1/report` for, with the token.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;

use super::App;
use crate::problem::Problem;

/// What the dashboard's page may load: its own files.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                          font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                          form-action 'none'";

/// The page.
pub async fn index(State(app): State<Arc<App>>, request: Request) -> Response {
    if app.settings().dashboard.join("index.html").is_file() {
        return serve(&app, "/index.html", request).await;
    }
    let text = format!(
        "The dashboard is not built.\n\nRun `npm run build`, which writes it to dist/dashboard, and load \
         this page again.\nThis collector looks for it in {}; --dashboard or UNSPOKEN_DASHBOARD names \
         another folder.\n",
        app.settings().dashboard.display()
    );
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text)
        .into_response()
}

/// A file beside it.
pub async fn asset(State(app): State<Arc<App>>, request: Request) -> Response {
    let path = request.uri().path();
    let path = path.strip_prefix("/dashboard").unwrap_or(path).to_owned();
    serve(&app, &path, request).await
}

async fn serve(app: &App, path: &str, mut request: Request) -> Response {
    let Ok(uri) = path.parse::<Uri>() else {
        return absent();
    };
    *request.uri_mut() = uri;
    // ServeDir stays inside its folder, and knows conditional requests and ranges.
    let mut files =
        ServeDir::new(&app.settings().dashboard).append_index_html_on_directories(false);
    let mut response = match files.try_call(request).await {
        // No file is an error here, and a path out of the folder an answer of 404.
        Ok(response) if response.status() == StatusCode::NOT_FOUND => return absent(),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return absent();
        }
        Ok(response) => response.map(Body::new),
        Err(error) => {
            tracing::error!("a file of the dashboard cannot be read: {error}");
            return Problem::unwell("the file cannot be read").into_response();
        }
    };
    // Files keep their names when they are built anew, so a browser must ask each time.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn absent() -> Response {
    Problem::absent("the dashboard has no such file").into_response()
}
