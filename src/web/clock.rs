//! The one place that asks for the time, and the one that draws a random number.

use crate::time::{Millis, Origin};

/// ms since the page's time origin.
pub fn now() -> Millis {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// An event's own time where it is of this clock; some engines give ms since 1970 instead.
pub fn of(event: &web_sys::Event) -> Millis {
    let stamp = event.time_stamp();
    if stamp > 0.0 && stamp < 1e12 { stamp } else { now() }
}

/// How the page's clock relates to the wall's.
pub fn origin() -> Origin {
    let wall_ms = window().performance().map_or(0.0, |performance| performance.time_origin());
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
/// fetches the module.
#[allow(clippy::expect_used)]
pub fn window() -> web_sys::Window {
    web_sys::window().expect("a window")
}

/// The document.
#[allow(clippy::expect_used)]
pub fn document() -> web_sys::Document {
    window().document().expect("a document")
}
