//! Values as JavaScript writes them, piece by piece: what is hashed and what names a sticky
//! document is text that GrowthBook's SDK makes in a browser, to the character.

use crate::attribute::Read;
use crate::value::Value;

/// Where pieces of text go.
pub type Sink<'s> = &'s mut dyn FnMut(&str);

/// `String(value)`, as when a text and a value are added.
pub fn spell(read: &Read, out: Sink) {
    match read {
        Read::Missing => out("null"),
        Read::Number(number) => self::number(*number, out),
        Read::Text(text) => out(text),
        Read::Texts(texts) => {
            for (at, text) in texts.iter().enumerate() {
                if at > 0 {
                    out(",");
                }
                out(text);
            }
        }
        Read::Value(value) => spell_value(value, out),
    }
}

fn spell_value(value: &Value, out: Sink) {
    match value {
        Value::Text(text) => out(text),
        Value::Map(_) => out("[object Object]"),
        Value::List(items) => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out(",");
                }
                if *item != Value::Null {
                    spell_value(item, out);
                }
            }
        }
        other => json(other, out),
    }
}

/// A text as it is, anything else as JSON text.
pub fn label(read: &Read, out: Sink) {
    match read {
        Read::Texts(_) => json(&read.to_value(), out),
        Read::Value(Value::Text(text)) => out(text),
        Read::Value(value) => json(value, out),
        other => spell(other, out),
    }
}

/// `JSON.stringify(value)`.
pub fn json(value: &Value, out: Sink) {
    match value {
        Value::Null => out("null"),
        Value::Bool(flag) => out(if *flag { "true" } else { "false" }),
        Value::Number(number) if !number.is_finite() => out("null"),
        Value::Number(number) => self::number(*number, out),
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

/// The shortest digits that read back as this number, in the form that JavaScript gives them.
pub fn number(number: f64, out: Sink) {
    if number.is_nan() {
        return out("NaN");
    }
    if number < 0.0 {
        out("-");
    }
    let number = libm::fabs(number);
    if number.is_infinite() {
        return out("Infinity");
    }
    let mut buffer = [0u8; 20];
    if number < 9e15 && number == (number as u64) as f64 {
        return out(digits(number as u64, &mut buffer));
    }
    let (whole, power) = shortest(number);
    let text = digits(whole, &mut buffer);
    let (count, zeros) = (text.len() as i32, "000000000000000000000");
    // The number is 0.text times ten to the `point`.
    let point = count + power;
    if (1..=21).contains(&point) {
        let whole = point.min(count) as usize;
        out(&text[..whole]);
        out(&zeros[..(point - point.min(count)) as usize]);
        if whole < text.len() {
            out(".");
            out(&text[whole..]);
        }
    } else if (-5..=0).contains(&point) {
        out("0.");
        out(&zeros[..-point as usize]);
        out(text);
    } else {
        out(&text[..1]);
        if count > 1 {
            out(".");
            out(&text[1..]);
        }
        out(if point > 0 { "e+" } else { "e-" });
        out(digits((point - 1).unsigned_abs().into(), &mut [0; 20]));
    }
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

/// Digits and a power of ten whose product is nearest to this number and to no other.
fn shortest(number: f64) -> (u64, i32) {
    // Past what 128 bits hold, a power of ten brings it near; the last digit may then be off.
    if !(1e-7..1e21).contains(&number) {
        let scale = libm::floor(libm::log10(number)) as i32;
        // Two steps, since ten to the -scale may itself be out of range.
        let half = libm::pow(10.0, f64::from(-scale / 2));
        let rest = libm::pow(10.0, f64::from(-scale - -scale / 2));
        let (digits, power) = shortest(number * half * rest);
        return (digits, power + scale);
    }
    let bits = number.to_bits();
    let mantissa = u128::from(bits & ((1 << 52) - 1) | 1 << 52);
    let exponent = (bits >> 52) as i32 - 1075;
    let mut power = libm::floor(libm::log10(number)) as i32 + 1;
    loop {
        // What is to be divided by what, and how far the product may lie from the number.
        let (top, bottom, room) = if power >= 0 {
            let up = exponent.max(0);
            let down = 1u128 << (exponent.min(0).unsigned_abs());
            (mantissa << up, 10u128.pow(power as u32) * down, 1u128 << up)
        } else {
            let five = 5u128.pow(power.unsigned_abs());
            let shift = -exponent + power;
            match shift > 0 {
                true => (mantissa * five, 1 << shift, five),
                false => ((mantissa * five) << -shift, 1, 1),
            }
        };
        let digits = (top + bottom / 2) / bottom;
        let away = (digits * bottom).abs_diff(top);
        if digits > 0 && (away * 2 < room || power < -24) {
            return (digits as u64, power);
        }
        power -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn text(number: f64) -> String {
        let mut out = String::new();
        super::number(number, &mut |piece| out.push_str(piece));
        out
    }

    #[test]
    fn numbers_print_as_in_a_browser() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (123.0, "123"),
            (-1.5, "-1.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3.0, "0.3333333333333333"),
            (123456789.125, "123456789.125"),
            (0.000001, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1234567890123456789.0, "1234567890123456800"),
            (9223372036854775808.0, "9223372036854776000"),
            (9007199254740994.0, "9007199254740994"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(text(number), expected);
        }
    }

    #[test]
    #[cfg(not(target_arch = "wasm32"))]
    fn printed_numbers_read_back() {
        let mut seed = 1u64;
        for _ in 0..20_000 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let part = (seed >> 11) as f64 / (1u64 << 53) as f64;
            let number = part * libm::pow(10.0, ((seed & 31) as f64) - 8.0);
            if (1e-7..1e21).contains(&number) {
                assert_eq!(text(number).parse::<f64>(), Ok(number));
                assert!(text(number).len() <= 26);
            }
        }
    }

    #[test]
    fn json_text_is_that_of_a_browser() {
        let value = Value::map()
            .with("a\"\u{1}\n", Value::List(alloc::vec![1.5.into(), Value::Null, true.into()]))
            .with("ä", "b\u{1f}");
        let mut out = String::new();
        json(&value, &mut |piece| out.push_str(piece));
        assert_eq!(out, "{\"a\\\"\\u0001\\n\":[1.5,null,true],\"ä\":\"b\\u001f\"}");
        let (mut spelt, list) = (String::new(), value.entries()[0].1.clone());
        spell(&Read::Value(&list), &mut |piece| spelt.push_str(piece));
        assert_eq!(spelt, "1.5,,true");
    }
}
