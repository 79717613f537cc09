//! Reads a request's body up to a bound.
//!
//! What lies beyond the bound is read on and thrown away, up to a second bound: a server that
//! answers and closes while the caller still sends makes the caller see a broken connection in
//! place of the 413.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Lists and objects within each other that JSON may have. What the collector takes has some eight.
pub const DEPTH: usize = 32;

/// What is read at most of a body that is refused anyway.
const DRAIN_BYTES: usize = 1024 * 1024;

/// The whole body, or 413 where it has more than `limit` bytes.
pub async fn read(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    // Nearly always the body is one frame, which is handed on as it lies in the connection's buffer.
    let mut first = Bytes::new();
    let mut kept = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::malformed("the body ended before its time"))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen <= limit && first.is_empty() {
            first = data;
        } else if seen <= limit {
            if kept.is_empty() {
                kept.extend_from_slice(&first);
            }
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
            format!("this address takes {limit} bytes; send less at once"),
        ));
    }
    Ok(if kept.is_empty() { first } else { kept.into() })
}

/// JSON that was read: at most `depth` lists and objects within each other (400 otherwise), and of
/// the form of `T`, whose first mistake is told with its line and column.
pub fn from_json<T: DeserializeOwned>(text: &[u8], depth: usize) -> Result<T, Problem> {
    if nesting(text) > depth {
        return Err(Problem::malformed(format!(
            "the body has more than {depth} lists and objects within each other"
        )));
    }
    serde_json::from_slice(text)
        .map_err(|error| Problem::malformed(format!("the body is not as it should be: {error}")))
}

/// How many lists and objects stand within each other at most. Of text that is no JSON it says
/// something, which does no harm: the reader refuses it.
fn nesting(text: &[u8]) -> usize {
    let (mut now, mut most) = (0usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_bounded_in_depth() {
        let read = |text: &str, depth| from_json::<serde_json::Value>(text.as_bytes(), depth);
        assert!(read(r#"{"a":[{}]}"#, 3).is_ok());
        assert!(read(r#"{"a":[{}]}"#, 2).is_err());
        assert!(read(r#"["[[[[\"[[[[", []]"#, 2).is_ok(), "brackets in text are no lists");
        assert!(read(&"[".repeat(60_000), DEPTH).is_err());
        assert!(read(&format!("{}1{}", "[".repeat(32), "]".repeat(32)), DEPTH).is_ok());
    }
}
