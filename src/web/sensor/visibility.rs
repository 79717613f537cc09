//! Whether the page is seen: hidden, shown, left, brought back from the cache.

use super::{Listener, Sink, listen};
use crate::signal::Signal;
use crate::web::clock::{self, document, window};
use std::cell::Cell;
use std::rc::Rc;

/// Listens to the page's life until dropped.
#[derive(Debug)]
pub struct Visibility(#[allow(dead_code)] [Listener; 3]);

impl Visibility {
    /// Starts listening. Each change is told once, whichever event brought it.
    pub fn start(sink: Sink) -> Visibility {
        let visible = Rc::new(Cell::new(is_visible()));
        if !visible.get() {
            sink(Signal::Visibility { visible: false }, clock::now());
        }
        let tell = Rc::new(move |now_visible: bool, event: &web_sys::Event| {
            if visible.replace(now_visible) != now_visible {
                sink(Signal::Visibility { visible: now_visible }, clock::of(event));
            }
        });
        let (changed, hidden, shown) = (tell.clone(), tell.clone(), tell);
        Visibility([
            listen(document(), "visibilitychange", move |event| changed(is_visible(), event)),
            listen(window(), "pagehide", move |event| hidden(false, event)),
            listen(window(), "pageshow", move |event| shown(is_visible(), event)),
        ])
    }
}

fn is_visible() -> bool {
    !document().hidden()
}
