//! What the collector says of itself, on stderr: lines for people, or JSON for programs.
//!
//! No line has an address of a visitor, a key, a token or what a batch holds; `tests/http/privacy.rs`
//! reads the log of every level for them.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

/// Logs from `level` (`off` to `trace`) up, as text or JSON.
pub fn to_stderr(level: &str, json: bool) {
    let level = level.parse::<LevelFilter>().unwrap_or(LevelFilter::INFO);
    // Other crates speak only of what is wrong with them.
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("unspoken_collector", level)
        .with_target("tower_http", level);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let subscriber = tracing_subscriber::registry();
    // A second subscriber in one process (a test that calls `run`) is refused; the first stays.
    let _ = if json {
        let lines = layer.json().flatten_event(true).with_current_span(true).with_span_list(false);
        subscriber.with(lines.with_filter(filter)).try_init()
    } else {
        let lines = layer.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
        subscriber.with(lines.with_filter(filter)).try_init()
    };
}
