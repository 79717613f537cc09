//! The one place that asks for the wall clock. Everything else is told the time.

use std::time::{SystemTime, UNIX_EPOCH};

/// ms since 1970; 0 where the machine's clock stands before that.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
