//! The one place that asks for the time, and the one that draws a random number; and the way to the
//! window and the document.

// The attribute's expansion holds the glue's unsafe code; nothing written here is unsafe.
#![allow(unsafe_code)]

use crate::time::{Millis, Origin};
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Document, Window};

// By their names: web-sys would search for a global object in four ways first, and hand over the
// clock through two more objects.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Window;
    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Document;
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static TIME_ORIGIN: f64;
}

/// ms since the page's time origin.
pub fn now() -> Millis {
    performance_now()
}

/// An event's own time where it is of this clock; some engines give ms since 1970 instead.
pub fn of(event: &web_sys::Event) -> Millis {
    let stamp = event.time_stamp();
    if stamp > 0.0 && stamp < 1e12 { stamp } else { now() }
}

/// How the page's clock relates to the wall's.
pub fn origin() -> Origin {
    let wall_ms = TIME_ORIGIN.with(|origin| *origin);
    let utc_offset_min = -js_sys::Date::new_0().get_timezone_offset();
    Origin { wall_ms, utc_offset_min }
}

/// A seed from the browser's generator.
pub fn seed() -> u64 {
    let mut bytes = [0u8; 8];
    let drawn = window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).map(|_| ()));
    match drawn {
        Ok(()) => u64::from_le_bytes(bytes),
        // Without the Crypto API an identifier only has to be unlikely to repeat.
        Err(_) => (js_sys::Math::random() * 9e15) as u64 ^ (now() * 1e3) as u64,
    }
}

/// The window. The floor is only ever entered in one: the JavaScript client checks before it
/// fetches the module. One handle for as long as the page lives, so that nothing is let go each time.
pub fn window() -> &'static Window {
    thread_local!(static KEPT: &'static Window = Box::leak(Box::new(WINDOW.with(Window::clone))));
    KEPT.with(|kept| *kept)
}

/// The document, as the window.
pub fn document() -> &'static Document {
    thread_local!(static KEPT: &'static Document = Box::leak(Box::new(DOCUMENT.with(Document::clone))));
    KEPT.with(|kept| *kept)
}

/// ms since 1970 by the visitor's clock.
pub fn wall() -> f64 {
    js_sys::Date::now()
}
