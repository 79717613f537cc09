//! JavaScript values to [`Value`]s and back: the one conversion between the two sides.
//!
//! A generic serde bridge costs 20 KB brotli for a recursive document, this walk costs one.

use crate::value::Value;
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Deeper parts are read as null, so that a cyclic object ends.
const MAX_DEPTH: usize = 32;

/// A document from a JavaScript value. What JSON cannot say (functions, symbols) is null.
pub fn from_js(value: &JsValue) -> Value {
    read(value, 0)
}

fn read(value: &JsValue, depth: usize) -> Value {
    if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if let Some(text) = value.as_string() {
        Value::Text(text)
    } else if let Some(flag) = value.as_bool() {
        Value::Bool(flag)
    } else if depth > MAX_DEPTH || !value.is_object() {
        Value::Null
    } else if let Some(items) = value.dyn_ref::<Array>() {
        Value::List(items.iter().map(|item| read(&item, depth + 1)).collect())
    } else {
        let entries = Object::entries(value.unchecked_ref());
        let entry = |pair: JsValue| {
            let pair: Array = pair.unchecked_into();
            (pair.get(0).as_string().unwrap_or_default(), read(&pair.get(1), depth + 1))
        };
        Value::Map(entries.iter().map(entry).collect())
    }
}

/// A JavaScript value from a document.
pub fn to_js(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(flag) => JsValue::from_bool(*flag),
        Value::Number(number) => JsValue::from_f64(*number),
        Value::Text(text) => JsValue::from_str(text),
        Value::List(items) => items.iter().map(to_js).collect::<Array>().into(),
        Value::Map(entries) => {
            let object = Object::new();
            for (key, value) in entries {
                let _ = Reflect::set(&object, &JsValue::from_str(key), &to_js(value));
            }
            object.into()
        }
    }
}

/// JSON text on one line.
pub fn to_json(value: &Value) -> String {
    JSON::stringify(&to_js(value)).map(String::from).unwrap_or_default()
}

/// A document from JSON text; null where it is none.
pub fn from_json(text: &str) -> Value {
    JSON::parse(text).map(|value| from_js(&value)).unwrap_or_default()
}
