//! Values as JavaScript writes them, piece by piece: what is hashed and what names a sticky
//! document is text that GrowthBook's SDK makes in a browser, to the character.

use crate::attribute::Read;
use crate::condition::compare::Buffer;
use crate::condition::decimal;
use crate::value::Value;

/// Where pieces of text go.
pub type Sink<'s> = &'s mut dyn FnMut(&str);

/// A text as it is, anything else as JSON text.
pub fn label(read: &Read, out: Sink) {
    match read.plain() {
        Read::Text(text) => out(text),
        Read::Number(number) => json(&Value::Number(number), out),
        Read::Missing => out("null"),
        Read::Value(value) => json(value, out),
        texts => json(&texts.to_value(), out),
    }
}

/// `JSON.stringify(value)`.
pub fn json(value: &Value, out: Sink) {
    match value {
        Value::Null => out("null"),
        Value::Bool(flag) => out(if *flag { "true" } else { "false" }),
        Value::Number(number) if !number.is_finite() => out("null"),
        Value::Number(number) => {
            let mut buffer = Buffer::default();
            decimal::write(*number, &mut buffer);
            out(buffer.text());
        }
        Value::Text(text) => quoted(text, out),
        Value::List(items) => {
            out("[");
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out(",");
                }
                json(item, out);
            }
            out("]");
        }
        Value::Map(entries) => {
            out("{");
            for (at, (key, item)) in entries.iter().enumerate() {
                if at > 0 {
                    out(",");
                }
                quoted(key, out);
                out(":");
                json(item, out);
            }
            out("}");
        }
    }
}

fn quoted(text: &str, out: Sink) {
    out("\"");
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let named = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            8 => "\\b",
            9 => "\\t",
            10 => "\\n",
            12 => "\\f",
            13 => "\\r",
            0..32 => "",
            _ => continue,
        };
        out(&text[from..at]);
        from = at + 1;
        if named.is_empty() {
            const HEX: &str = "0123456789abcdef";
            let low = usize::from(byte & 15);
            out(if byte < 16 { "\\u000" } else { "\\u001" });
            out(&HEX[low..=low]);
        } else {
            out(named);
        }
    }
    out(&text[from..]);
    out("\"");
}

/// A whole number in decimal.
pub fn digits(mut number: u64, buffer: &mut [u8; 20]) -> &str {
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    core::str::from_utf8(&buffer[at..]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    #[test]
    fn json_text_is_that_of_a_browser() {
        let value = Value::map()
            .with("a\"\u{1}\n", Value::List(alloc::vec![1.5.into(), Value::Null, true.into()]))
            .with("ä", "b\u{1f}");
        let mut out = String::new();
        json(&value, &mut |piece| out.push_str(piece));
        assert_eq!(out, "{\"a\\\"\\u0001\\n\":[1.5,null,true],\"ä\":\"b\\u001f\"}");
    }
}
