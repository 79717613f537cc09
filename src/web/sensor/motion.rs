//! Whether the visitor prefers reduced motion, and when that changes.

use super::{Listener, Sink, listen};
use crate::signal::Signal;
use crate::web::clock::{self, window};
use web_sys::MediaQueryList;

/// Listens to the preference until dropped.
#[derive(Debug)]
pub struct Motion(#[allow(dead_code)] Listener);

impl Motion {
    /// Starts listening. `None` in a browser that cannot be asked.
    pub fn start(sink: Sink) -> Option<Motion> {
        let query = query()?;
        let source = query.clone();
        let changed = move |event: &web_sys::Event| {
            sink(Signal::Motion { reduced: source.matches() }, clock::of(event));
        };
        Some(Motion(listen(&query, "change", changed)))
    }
}

/// Whether the visitor prefers it now.
pub fn is_reduced() -> bool {
    query().is_some_and(|query| query.matches())
}

fn query() -> Option<MediaQueryList> {
    window().match_media("(prefers-reduced-motion:reduce)").ok().flatten()
}
