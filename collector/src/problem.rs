//! What goes wrong, told as `application/problem+json` (RFC 9457).
//!
//! A problem says what the caller can mend. What went wrong inside (a path, an SQL error) is
//! logged where it happened and stays out of the answer.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An answer that is not a success.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: String,
    retry_after: Option<Duration>,
    mistakes: Option<Value>,
}

impl Problem {
    /// `kind` becomes the type `urn:unspoken:problem:<kind>`, which is what programs may match on.
    pub fn new(
        status: StatusCode,
        kind: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Problem {
        Problem { status, kind, title, detail: detail.into(), retry_after: None, mistakes: None }
    }

    /// What programs may match on: the end of the type.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The same problem, with a `Retry-After`.
    pub fn retry_after(mut self, wait: Duration) -> Problem {
        self.retry_after = Some(wait);
        self
    }

    /// The same problem, with every mistake of what was sent under `mistakes`.
    pub fn mistakes(mut self, mistakes: Vec<Value>) -> Problem {
        self.mistakes = Some(mistakes.into());
        self
    }

    /// 400.
    pub fn malformed(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail)
    }

    /// 429, with the time to wait.
    pub fn too_fast(detail: impl Into<String>, wait: Duration) -> Problem {
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-fast", "Too many requests", detail)
            .retry_after(wait)
    }

    /// 404.
    pub fn absent(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "absent", "There is nothing here", detail)
    }

    /// 409: it does not go together with what is there.
    pub fn conflict(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::CONFLICT, "conflict", "It cannot be done as things stand", detail)
    }

    /// 503: the collector, not the caller, is at fault.
    pub fn unwell(detail: impl Into<String>) -> Problem {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unwell",
            "The collector cannot do this now",
            detail,
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("urn:unspoken:problem:{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(mistakes) = self.mistakes {
            body["mistakes"] = mistakes;
        }
        let mut response = (self.status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            // Whole seconds, rounded up: a caller that waits this long is not too early.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if self.status == StatusCode::UNAUTHORIZED && self.kind == "token" {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
