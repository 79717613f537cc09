//! What windows, elements, rectangles and observers cannot refuse, asked directly.
//!
//! web-sys catches an exception wherever the standard leaves room for one, on both sides of the
//! border, which costs the page half a kilobyte. Here stands what does not throw where there is a
//! document, with arguments that are ours; and what several kinds of object can be asked alike.

// The attribute's expansion holds the glue's unsafe code; nothing written here is unsafe.
#![allow(unsafe_code)]
#![allow(missing_docs)]

use js_sys::{Function, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    /// Any of them.
    #[derive(Debug)]
    pub type View;
    #[wasm_bindgen(method, getter, js_name = innerWidth)]
    pub fn inner_width(this: &View) -> f64;
    #[wasm_bindgen(method, getter, js_name = innerHeight)]
    pub fn inner_height(this: &View) -> f64;
    #[wasm_bindgen(method, getter, js_name = scrollY)]
    pub fn scroll_y(this: &View) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn location(this: &View) -> View;
    #[wasm_bindgen(method, getter)]
    pub fn host(this: &View) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn href(this: &View) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn pathname(this: &View) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn hash(this: &View) -> String;
    #[wasm_bindgen(method, getter)]
    pub fn screen(this: &View) -> View;
    #[wasm_bindgen(method, getter)]
    pub fn width(this: &View) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn height(this: &View) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn left(this: &View) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn top(this: &View) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn target(this: &View) -> Element;
    #[wasm_bindgen(method)]
    pub fn observe(this: &View, element: &Element);
    #[wasm_bindgen(method)]
    pub fn disconnect(this: &View);
    #[wasm_bindgen(method, js_name = setTimeout)]
    pub fn set_timeout(this: &View, callback: &Function, wait: i32) -> i32;
}

/// A property; undefined where there is none, or where it cannot be asked for.
#[inline(never)]
pub fn get(of: &JsValue, key: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(key)).unwrap_or_default()
}

/// Calls a method, with undefined for what it does not take; undefined where it fails or is not there.
/// One way for what is called seldom: a binding of its own costs the page forty bytes each.
#[inline(never)]
pub fn call(of: &JsValue, method: &str, first: &JsValue, second: &JsValue) -> JsValue {
    let method = get(of, method);
    let Some(method) = method.dyn_ref::<Function>() else { return JsValue::UNDEFINED };
    method.call2(of, first, second).unwrap_or_default()
}

/// Any object of the browser's, to be asked these things.
pub fn view(of: &impl JsCast) -> &View {
    of.unchecked_ref()
}
