//! What the document says about itself: page, device, sizes at the start.

use super::clock::{self, document, window};
use super::sensor::motion;
use super::view::view;
use crate::engine::Start;
use crate::number::min;
use crate::signal::Page;
use crate::text::{host_of, words};
use crate::value::Value;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// Narrower than this, a screen that is touched is a phone's, CSS px on its short side.
const PHONE: f64 = 600.0;

/// The page as its markup describes it: `data-unspoken-page`, `-item` and `-tags` on the body.
pub fn describe() -> Page {
    let body = document().body();
    let read =
        |name: &str| body.as_ref().and_then(|body| body.get_attribute(name)).unwrap_or_default();
    let location = view(window()).location();
    let host = location.host();
    let (mut path, hash) = (location.pathname(), location.hash());
    // A router that keeps its path in the fragment. As in js/src/routes.ts.
    let route = hash.strip_prefix("#!").or(hash.strip_prefix('#')).unwrap_or("");
    if route.starts_with('/') {
        path = route.split('?').next().unwrap_or("").into();
    }
    let referrer = document().referrer();
    let referrer = host_of(&referrer);
    Page {
        path,
        kind: read("data-unspoken-page"),
        item: read("data-unspoken-item"),
        tags: words(&read("data-unspoken-tags")),
        title: document().title(),
        referrer: if referrer == host { "" } else { referrer }.into(),
    }
}

/// The page as the site's own router describes it; what it leaves out is read from the document.
pub fn described(info: &Value) -> Page {
    let mut page = describe();
    let text = |key: &str, into: &mut String| {
        if let Some(text) = info.text(key) {
            *into = text.into();
        }
    };
    text("path", &mut page.path);
    text("kind", &mut page.kind);
    text("item", &mut page.item);
    match info.get("tags") {
        Some(Value::Text(tags)) => page.tags = words(tags),
        Some(tags @ Value::List(_)) => page.tags = tags.to_texts(),
        _ => {}
    }
    // A query may hold what a visitor typed.
    if let Some(end) = page.path.bytes().position(|byte| matches!(byte, b'?' | b'#')) {
        page.path.truncate(end);
    }
    page
}

/// The device as attributes: `type`, `width`, `touch`, `reducedMotion`, `language`.
pub fn device() -> Value {
    let navigator = window().navigator();
    let touch = navigator.max_touch_points() > 0;
    let screen = view(window()).screen();
    let short = min(screen.width(), screen.height());
    let kind = match (touch, short < PHONE) {
        (true, true) => "phone",
        (true, false) => "tablet",
        _ => "desktop",
    };
    Value::map()
        .with("type", kind)
        .with("width", viewport()[0])
        .with("touch", touch)
        .with("reducedMotion", motion::is_reduced())
        .with("language", navigator.language().unwrap_or_default())
}

/// `[width, height]` of the viewport, asked once at the start; observers tell later changes.
pub fn viewport() -> [f64; 2] {
    let window = view(window());
    [window.inner_width(), window.inner_height()]
}

/// Whether the browser says that a script drives it.
pub fn is_driven() -> bool {
    let driven = Reflect::get(&window().navigator(), &JsValue::from_str("webdriver"));
    driven.is_ok_and(|driven| driven.is_truthy())
}

/// The page's address, with its query: for targeting, and never sent.
pub fn address() -> String {
    view(window()).location().href()
}

/// The same overrides, for a recording: of the page's address without query and fragment, which may
/// hold what a visitor typed.
pub fn without_query(overrides: &Value) -> Value {
    let mut out = Value::map();
    for (key, value) in overrides.entries() {
        let mut value = value.clone();
        if let (true, Value::Text(url)) = (key == "url", &mut value)
            && let Some(end) = url.bytes().position(|byte| matches!(byte, b'?' | b'#'))
        {
            url.truncate(end);
        }
        out.put(key, value);
    }
    out
}

/// What an engine is told once.
pub fn start(collect: bool, overrides: &Value, without: u8) -> Start {
    let mut overrides = match overrides {
        Value::Map(_) => overrides.clone(),
        _ => Value::map(),
    };
    if overrides.get("url").is_none() {
        overrides.put("url", address());
    }
    Start {
        seed: clock::seed(),
        now: clock::now(),
        origin: clock::origin(),
        device: device(),
        collect,
        overrides,
        without,
    }
}
