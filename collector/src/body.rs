//! Reads a request's body up to a bound.
//!
//! What lies beyond the bound is read on and thrown away, up to a second bound: a server that
//! answers and closes while the caller still sends makes the caller see a broken connection in
//! place of the 413.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::BodyExt;

use crate::problem::Problem;

/// What is read at most of a body that is refused anyway.
const DRAIN_BYTES: usize = 1024 * 1024;

/// The whole body, or 413 where it has more than `limit` bytes.
pub async fn read(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut kept = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::malformed("the body ended before its time"))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else if seen > DRAIN_BYTES {
            break;
        }
    }
    if seen > limit {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The body is too large",
            format!("a batch may have {limit} bytes; send smaller batches"),
        ));
    }
    Ok(kept.into())
}
