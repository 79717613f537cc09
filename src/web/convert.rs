//! JavaScript values to [`Value`]s and back: the one conversion between the two sides.
//!
//! A generic serde bridge costs 20 KB brotli for a recursive document, this walk costs one.

use crate::value::Value;
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Deeper parts are read as null, so that a cyclic object ends.
const MAX_DEPTH: usize = 32;

/// Further parts are read as null, so that an object that refers to itself twice ends too.
const MAX_PARTS: u32 = 65_536;
/// A longer text is read as null: a page that sets one has handed us the wrong thing.
const MAX_TEXT: usize = 65_536;

/// A document from a JavaScript value. What JSON cannot say (functions, symbols), what is past the
/// bounds, and what throws when it is asked is null.
pub fn from_js(value: &JsValue) -> Value {
    read(value, 0, &mut 0)
}

fn read(value: &JsValue, depth: usize, parts: &mut u32) -> Value {
    *parts += 1;
    if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if let Some(text) = value.as_string() {
        if text.len() <= MAX_TEXT { Value::Text(text) } else { Value::Null }
    } else if let Some(flag) = value.as_bool() {
        Value::Bool(flag)
    } else if depth > MAX_DEPTH || *parts > MAX_PARTS || !value.is_object() {
        Value::Null
    } else {
        // One walk for both: an array's entries have their positions as keys.
        let (mut items, mut map) = (Vec::new(), Vec::new());
        let (is_list, keys) =
            (Array::is_array(value), Object::keys(value.unchecked_ref::<Object>()));
        for at in 0..keys.length() {
            let key = keys.get(at);
            let inner = Reflect::get(value, &key).unwrap_or_default();
            let inner = read(&inner, depth + 1, parts);
            if is_list {
                items.push(inner);
            } else {
                map.push((key.as_string().unwrap_or_default(), inner));
            }
        }
        if is_list { Value::List(items) } else { Value::Map(map) }
    }
}

/// A JavaScript value from a document.
pub fn to_js(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(flag) => JsValue::from_bool(*flag),
        Value::Number(number) => JsValue::from_f64(*number),
        Value::Text(text) => JsValue::from_str(text),
        Value::List(items) => {
            let array = Array::new();
            for item in items {
                array.push(&to_js(item));
            }
            array.into()
        }
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
    from_js(&parse(text))
}

/// A JavaScript value from JSON text; undefined where it is none. The shortest way to write an
/// object of options, too.
pub fn parse(text: &str) -> JsValue {
    JSON::parse(text).unwrap_or_default()
}
