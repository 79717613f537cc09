//! The scale of the visual viewport: somebody brings the page nearer with two fingers.
//!
//! The same event tells of a keyboard that opens and an address bar that goes; only a new scale is
//! handed on.

use super::{Listener, Sink, listen};
use crate::signal::Signal;
use crate::web::clock::{self, window};

/// Listens to the visual viewport until dropped.
#[derive(Debug)]
pub struct Viewport(#[allow(dead_code)] Listener);

impl Viewport {
    /// Starts listening. `None` in a browser without a visual viewport.
    pub fn start(sink: Sink) -> Option<Viewport> {
        let viewport = window().visual_viewport()?;
        let (source, mut last) = (viewport.clone(), 1.0);
        let resized = move |event: &web_sys::Event| {
            let scale = source.scale();
            if scale != last {
                last = scale;
                sink(Signal::Zoom { scale }, clock::of(event));
            }
        };
        Some(Viewport(listen(&viewport, &["resize"], resized)))
    }
}
