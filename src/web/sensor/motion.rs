//! Whether the visitor prefers reduced motion, and when that changes.

use super::{Listener, Sink, listen};
use crate::signal::Signal;
use crate::web::clock::{self, window};
use crate::web::view::{call, get};
use wasm_bindgen::{JsCast, JsValue};

/// Listens to the preference until dropped.
#[derive(Debug)]
pub struct Motion(#[allow(dead_code)] Listener);

impl Motion {
    /// Starts listening. `None` in a browser that cannot be asked.
    pub fn start(sink: Sink) -> Option<Motion> {
        let query = query();
        let changed = move |event: &web_sys::Event| {
            sink(Signal::Motion { reduced: is_reduced() }, clock::of(event));
        };
        query.is_object().then(|| Motion(listen(query.unchecked_ref(), &["change"], changed)))
    }
}

/// Whether the visitor prefers it now.
pub fn is_reduced() -> bool {
    get(&query(), "matches").is_truthy()
}

fn query() -> JsValue {
    let preference = JsValue::from_str("(prefers-reduced-motion:reduce)");
    call(window(), "matchMedia", &preference, &JsValue::UNDEFINED)
}
