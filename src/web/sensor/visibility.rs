//! Whether the page is seen: hidden, shown, left, brought back from the cache.

use super::{Listener, Sink, is, listen};
use crate::signal::Signal;
use crate::web::clock::{self, document, window};

/// Listens to the page's life until dropped.
#[derive(Debug)]
pub struct Visibility(#[allow(dead_code)] Listener);

impl Visibility {
    /// Starts listening. Each change is told once, whichever event brought it.
    pub fn start(sink: Sink) -> Visibility {
        let mut visible = is_visible();
        if !visible {
            sink(Signal::Visibility { visible }, clock::now());
        }
        let changed = move |event: &web_sys::Event| {
            let now_visible = is_visible() && !is(event, "pagehide");
            if core::mem::replace(&mut visible, now_visible) != now_visible {
                sink(Signal::Visibility { visible }, clock::of(event));
            }
        };
        Visibility(listen(window(), &["visibilitychange", "pagehide", "pageshow"], changed))
    }
}

fn is_visible() -> bool {
    !document().hidden()
}
