//! How JavaScript holds two values against each other, for what an attribute reads and the operand
//! of a test. GrowthBook's specification is written in JavaScript, so its conversions are part of
//! the language: `null` is less than 1, `"8"` is more than 5, and `[5]` equals 5.
//!
//! Nothing allocates: text that has to be made goes into a [`Buffer`] on the stack.

use super::{decimal, version};
use crate::attribute::Read;
use crate::value::Value;
use core::cmp::Ordering;

/// Longer text than this, made of a list, is cut, in bytes.
const MOST: usize = 1_024;

/// A place on the stack for text that is made.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    bytes: [u8; MOST],
    used: usize,
}

impl Default for Buffer {
    fn default() -> Buffer {
        Buffer { bytes: [0; MOST], used: 0 }
    }
}

impl Buffer {
    /// Appends text, as far as there is room.
    pub fn push(&mut self, text: &str) {
        self.bytes(crate::text::clip(text, MOST - self.used).as_bytes());
    }

    /// Appends ASCII.
    #[inline(never)]
    pub fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.used < MOST {
                self.bytes[self.used] = *byte;
                self.used += 1;
            }
        }
    }

    /// What was written.
    pub fn text(&self) -> &str {
        core::str::from_utf8(&self.bytes[..self.used]).unwrap_or("")
    }

    fn clear(&mut self) {
        self.used = 0;
    }
}

/// What `value * 1` is.
pub fn number(read: Read) -> f64 {
    match read {
        Read::Number(number) => number,
        Read::Text(text) => decimal::parse(text),
        Read::Value(Value::Null) => 0.0,
        Read::Value(Value::Bool(flag)) => f64::from(u8::from(*flag)),
        // A list is its text, and that of one element is the element's.
        Read::Texts(_) | Read::Value(Value::List(_)) => match (length(read), element(read, 0)) {
            (Some(0), _) => 0.0,
            (Some(1), Read::Value(Value::Bool(_))) => f64::NAN,
            (Some(1), only) => number(only),
            _ => f64::NAN,
        },
        _ => f64::NAN,
    }
}

/// What `value + ""` is; `buffer` is for what is no text already.
pub fn text<'a>(read: Read<'a>, buffer: &'a mut Buffer) -> &'a str {
    if let Read::Text(text) = read {
        return text;
    }
    buffer.clear();
    write(read, buffer);
    buffer.text()
}

fn write(read: Read, out: &mut Buffer) {
    match read {
        Read::Text(text) => out.push(text),
        Read::Number(number) => decimal::write(number, out),
        Read::Value(Value::Bool(true)) => out.push("true"),
        Read::Value(Value::Bool(false)) => out.push("false"),
        Read::Value(Value::Map(_)) => out.push("[object Object]"),
        Read::Missing | Read::Value(Value::Null) => out.push("null"),
        _ => {
            for at in 0..length(read).unwrap_or(0) {
                if at > 0 {
                    out.push(",");
                }
                let element = element(read, at);
                if element.exists() {
                    write(element, out);
                }
            }
        }
    }
}

/// What `!!value` is.
pub fn truth(read: Read) -> bool {
    match read {
        Read::Number(number) => number != 0.0 && !number.is_nan(),
        Read::Text(text) => !text.is_empty(),
        Read::Value(Value::Bool(flag)) => *flag,
        _ => read.exists(),
    }
}

/// What `typeof value` is, with words of their own for null and lists.
pub fn kind(read: Read) -> &'static str {
    match read {
        Read::Number(_) => "number",
        Read::Text(_) => "string",
        Read::Value(Value::Bool(_)) => "boolean",
        Read::Value(Value::Map(_)) => "object",
        _ if length(read).is_some() => "array",
        _ => "null",
    }
}

/// How many elements a list has.
pub fn length(read: Read) -> Option<usize> {
    match read {
        Read::Texts(texts) => Some(texts.len()),
        Read::Value(Value::List(items)) => Some(items.len()),
        _ => None,
    }
}

/// An element of a list.
pub fn element(read: Read, at: usize) -> Read {
    match read {
        Read::Texts(texts) => texts.get(at).map_or(Read::Missing, |text| Read::Text(text)),
        Read::Value(value) => Read::from(value.items().get(at)).plain(),
        _ => Read::Missing,
    }
}

/// What `value === operand` is: two lists are never the same, nor two objects.
pub fn same(read: Read, operand: &Value) -> bool {
    match (read, operand) {
        (Read::Number(number), Value::Number(other)) => number == *other,
        (Read::Text(text), Value::Text(other)) => text == other,
        (Read::Value(Value::Bool(flag)), Value::Bool(other)) => flag == other,
        (read, Value::Null) => !read.exists(),
        _ => false,
    }
}

/// Whether both are the same as JSON text.
pub fn same_json(read: Read, operand: &Value) -> bool {
    match read {
        Read::Value(value) => value == operand,
        Read::Texts(texts) => {
            let items = operand.items();
            matches!(operand, Value::List(_))
                && items.len() == texts.len()
                && items.iter().zip(texts).all(|(item, text)| item.as_str() == Some(text))
        }
        _ => false,
    }
}

/// How it stands to `operand` for `<` and `>`: two texts by their UTF-16 units, anything else by
/// number; `None` where one is not a number. `slack` is added to what was read.
pub fn order(read: Read, operand: Read, slack: f64) -> Option<Ordering> {
    if is_textual(read) && is_textual(operand) {
        return Some(ordered(read, operand));
    }
    (number(read) + slack).partial_cmp(&number(operand))
}

// Out of line: a buffer takes longer to clear than two numbers to compare.
#[inline(never)]
fn ordered(read: Read, operand: Read) -> Ordering {
    let (mut left, mut right) = (Buffer::default(), Buffer::default());
    units(text(read, &mut left), text(operand, &mut right))
}

fn is_textual(read: Read) -> bool {
    matches!(read, Read::Text(_) | Read::Texts(_) | Read::Value(Value::List(_) | Value::Map(_)))
}

/// By UTF-16 units, which is by byte but for the letters past the first plane.
fn units(left: &str, right: &str) -> Ordering {
    match left.is_ascii() && right.is_ascii() {
        true => left.cmp(right),
        false => left.encode_utf16().cmp(right.encode_utf16()),
    }
}

/// How it stands to `operand` as a version.
pub fn version(read: Read, operand: Read) -> Option<Ordering> {
    let (mut left, mut right) = (Buffer::default(), Buffer::default());
    if !matches!(read, Read::Missing) {
        padded(read, &mut left);
        padded(operand, &mut right);
        return Some(units(left.text(), right.text()));
    }
    None
}

/// What is neither text nor number is version 0.
#[inline(never)]
fn padded(read: Read, out: &mut Buffer) {
    match read {
        Read::Number(_) => version::pad(text(read, &mut Buffer::default()), out),
        Read::Text(text) if !text.is_empty() => version::pad(text, out),
        _ => version::pad("0", out),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn with<T>(json: &str, ask: impl Fn(Read) -> T) -> T {
        let value = Value::parse(json).unwrap();
        ask(Read::Value(&value).plain())
    }

    #[test]
    fn conversions_are_javascripts() {
        for (json, as_number, as_text, as_truth, as_kind) in [
            ("null", 0.0, "null", false, "null"),
            ("true", 1.0, "true", true, "boolean"),
            ("0", 0.0, "0", false, "number"),
            ("\"\"", 0.0, "", false, "string"),
            ("\"12\"", 12.0, "12", true, "string"),
            ("[]", 0.0, "", true, "array"),
            ("[7]", 7.0, "7", true, "array"),
            ("[[\"7\"]]", 7.0, "7", true, "array"),
            ("[null]", 0.0, "", true, "array"),
            ("[1,null,\"b\",[2,3]]", f64::NAN, "1,,b,2,3", true, "array"),
            ("[true]", f64::NAN, "true", true, "array"),
            ("{}", f64::NAN, "[object Object]", true, "object"),
        ] {
            let found = with(json, number);
            assert!(found == as_number || found.is_nan() && as_number.is_nan(), "{json} {found}");
            assert_eq!(
                with(json, |read| String::from(text(read, &mut Buffer::default()))),
                as_text
            );
            assert_eq!((with(json, truth), with(json, kind)), (as_truth, as_kind), "{json}");
        }
    }

    #[test]
    fn texts_are_ordered_by_their_units() {
        assert_eq!(units("\u{ff21}", "\u{1f600}"), Ordering::Greater);
        assert_eq!(units("a", "ab"), Ordering::Less);
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        let long = Value::List(vec![Value::from("ä".repeat(600).as_str()); 3]);
        let mut buffer = Buffer::default();
        assert_eq!(text(Read::Value(&long), &mut buffer).len(), 1_024);
    }
}
