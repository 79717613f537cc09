//! The one currency for documents: what a JSON text or a JavaScript object holds.
//!
//! Configs, attributes, facts, profiles, recordings and explanations all cross the boundary as a
//! [`Value`], so there is one conversion to JavaScript and one to JSON text. Maps keep their order
//! and are searched linearly: they are small, and a hash map would cost bytes and order.

use crate::text::{push_number, push_quoted};
use alloc::string::String;
use alloc::vec::Vec;

/// A JSON value.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Value {
    /// `null`, and JavaScript's `undefined`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Any number.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Value>),
    /// An object, in its own order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// An empty map.
    pub fn map() -> Value {
        Value::Map(Vec::new())
    }

    /// An array of strings.
    pub fn texts(texts: &[String]) -> Value {
        let mut items = Vec::new();
        for text in texts {
            items.push(Value::from(text.as_str()));
        }
        Value::List(items)
    }

    /// The strings of an array; what else it holds is left out.
    pub fn to_texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.items() {
            if let Value::Text(text) = item {
                texts.push(text.clone());
            }
        }
        texts
    }

    /// The same map with one entry more; on anything but a map, unchanged.
    pub fn with(mut self, key: &str, value: impl Told) -> Value {
        value.tell(key, &mut self);
        self
    }

    /// Adds an entry at the end of a map.
    pub fn put(&mut self, key: &str, value: impl Told) {
        value.tell(key, self);
    }

    fn push(&mut self, key: &str, value: Value) {
        if let Value::Map(entries) = self {
            entries.push((key.into(), value));
        }
    }

    /// Sets an entry of a map, in place of the one of that name; a new one as long as there are
    /// fewer than `most`.
    pub fn set(&mut self, key: &str, value: Value, most: usize) {
        if let Value::Map(entries) = self {
            if let Some(at) = entries.iter().position(|(known, _)| known == key) {
                entries.remove(at);
            }
            if entries.len() < most {
                entries.push((key.into(), value));
            }
        }
    }

    /// The entry `key` of a map.
    #[inline(never)]
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The same, or null.
    #[inline(never)]
    pub fn at(&self, key: &str) -> &Value {
        self.get(key).unwrap_or(&Value::Null)
    }

    /// A number.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `true` or `false`.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        }
    }

    /// The elements of an array; empty for anything else.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of a map; empty for anything else.
    pub fn entries(&self) -> &[(String, Value)] {
        match self {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The number under `key`, if there is one.
    #[inline(never)]
    pub fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.as_f64()
    }

    /// The text under `key`, if there is one.
    #[inline(never)]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// What kind of value this is, as a word for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "a string",
            Value::List(_) => "an array",
            Value::Map(_) => "an object",
        }
    }

    /// Appends the value as a person reads it.
    pub fn describe(&self, out: &mut String) {
        match self {
            Value::Number(number) => push_number(out, *number),
            Value::Text(text) => push_quoted(out, text),
            Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
            Value::Null => out.push_str("nothing"),
            Value::List(_) | Value::Map(_) => out.push_str(self.kind()),
        }
    }
}

/// What can be an entry of a map.
pub trait Told {
    /// Adds it at the end of `map`. Documents are built in dozens of places: out of line, each entry
    /// costs a call.
    fn tell(self, key: &str, map: &mut Value);
}

impl Told for Value {
    #[inline(never)]
    fn tell(self, key: &str, map: &mut Value) {
        map.push(key, self);
    }
}

impl Told for &str {
    #[inline(never)]
    fn tell(self, key: &str, map: &mut Value) {
        map.push(key, self.into());
    }
}

impl Told for f64 {
    #[inline(never)]
    fn tell(self, key: &str, map: &mut Value) {
        map.push(key, self.into());
    }
}

impl Told for bool {
    #[inline(never)]
    fn tell(self, key: &str, map: &mut Value) {
        map.push(key, self.into());
    }
}

impl Told for String {
    fn tell(self, key: &str, map: &mut Value) {
        Value::Text(self).tell(key, map);
    }
}

impl Told for Vec<Value> {
    fn tell(self, key: &str, map: &mut Value) {
        Value::List(self).tell(key, map);
    }
}

impl<T: Told> Told for Option<T> {
    fn tell(self, key: &str, map: &mut Value) {
        match self {
            Some(value) => value.tell(key, map),
            None => Value::Null.tell(key, map),
        }
    }
}

impl From<&str> for Value {
    #[inline(never)]
    fn from(text: &str) -> Value {
        Value::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Bool(flag)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::List(items)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// JSON text, on the host only: in the page the browser parses and prints it.
#[cfg(not(target_arch = "wasm32"))]
mod json {
    use super::Value;
    use crate::error::Error;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;
    use core::fmt;
    use serde::de::{MapAccess, SeqAccess, Visitor};
    use serde::ser::{SerializeMap, SerializeSeq};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    impl Value {
        /// Parses JSON text; numbers come out with the bits that JavaScript would give them.
        ///
        /// ```
        /// # use unspoken::value::Value;
        /// let value = Value::parse(r#"{"a": [1, "b"]}"#).unwrap();
        /// assert_eq!(value.get("a").unwrap().items()[1], Value::from("b"));
        /// assert_eq!(value.to_json(), r#"{"a":[1,"b"]}"#);
        /// assert!(Value::parse("{a}").unwrap_err().message().contains("line 1"));
        /// ```
        pub fn parse(text: &str) -> Result<Value, Error> {
            serde_json::from_str(text).map_err(|error| {
                Error::new("", String::from("not valid JSON: ") + &error.to_string())
            })
        }

        /// JSON text on one line.
        pub fn to_json(&self) -> String {
            serde_json::to_string(self).unwrap_or_default()
        }
    }

    impl Serialize for Value {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Value::Null => serializer.serialize_unit(),
                Value::Bool(flag) => serializer.serialize_bool(*flag),
                // Whole numbers print as JavaScript prints them, without ".0".
                Value::Number(number) if *number == (*number as i64) as f64 => {
                    serializer.serialize_i64(*number as i64)
                }
                Value::Number(number) => serializer.serialize_f64(*number),
                Value::Text(text) => serializer.serialize_str(text),
                Value::List(items) => {
                    let mut list = serializer.serialize_seq(Some(items.len()))?;
                    items.iter().try_for_each(|item| list.serialize_element(item))?;
                    list.end()
                }
                Value::Map(entries) => {
                    let mut map = serializer.serialize_map(Some(entries.len()))?;
                    entries.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                    map.end()
                }
            }
        }
    }

    impl<'de> Deserialize<'de> for Value {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
            struct Any;
            impl<'de> Visitor<'de> for Any {
                type Value = Value;
                fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                    formatter.write_str("a JSON value")
                }
                fn visit_unit<E>(self) -> Result<Value, E> {
                    Ok(Value::Null)
                }
                fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
                    Ok(Value::Bool(flag))
                }
                fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                    Ok(Value::Number(number as f64))
                }
                fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                    Ok(Value::Number(number as f64))
                }
                fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
                    Ok(Value::Number(number))
                }
                fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                    Ok(Value::Text(text.to_string()))
                }
                fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                    let mut items = Vec::new();
                    while let Some(item) = seq.next_element()? {
                        items.push(item);
                    }
                    Ok(Value::List(items))
                }
                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                    let mut entries = Vec::new();
                    while let Some(entry) = map.next_entry()? {
                        entries.push(entry);
                    }
                    Ok(Value::Map(entries))
                }
            }
            deserializer.deserialize_any(Any)
        }
    }
}
