//! Numbers as text and text as numbers, as JavaScript has them: what a condition needs when it
//! holds the one against the other.
//!
//! Exact wherever a number has at most 15 digits and a power of ten within ±22 (every step below is
//! then one correctly rounded operation: W. D. Clinger, "How to read floating point numbers
//! accurately", PLDI 1990) and for whole numbers to 2^53. Beyond that the last digits may differ
//! from a browser's, but are the same wherever Unspoken runs. The exact algorithms bring tables of
//! several kilobytes.

use super::compare::Buffer;

/// The first whole number that a float cannot tell from its neighbour.
const TOO_LARGE: f64 = 9_007_199_254_740_992.0;

/// `digits` · 10^`power`.
fn scaled(digits: f64, power: i32) -> f64 {
    let (mut number, mut left) = (digits, power.abs().min(400));
    while left > 0 {
        let (mut factor, step) = (1.0, left.min(22));
        for _ in 0..step {
            factor *= 10.0;
        }
        number = if power < 0 { number / factor } else { number * factor };
        left -= step;
    }
    number
}

/// What JavaScript calls white space, beyond which a text is cut before it is read as a number.
fn is_blank(letter: char) -> bool {
    matches!(
        letter,
        '\t'..='\r' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
            | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

/// What `Number(text)` is.
pub fn parse(text: &str) -> f64 {
    let text = text.trim_matches(is_blank);
    let bytes = text.as_bytes();
    if let [b'0', mark, digits @ ..] = bytes {
        let base = match mark | 32 {
            b'x' => 16,
            b'o' => 8,
            b'b' => 2,
            _ => 0,
        };
        if base > 0 {
            return whole(digits, base);
        }
    }
    let (sign, bytes) = match bytes {
        [b'-', rest @ ..] => (-1.0, rest),
        [b'+', rest @ ..] => (1.0, rest),
        _ => (1.0, bytes),
    };
    if text.is_empty() {
        return 0.0;
    }
    if bytes == b"Infinity" {
        return sign * f64::INFINITY;
    }
    sign * decimal(bytes).unwrap_or(f64::NAN)
}

fn whole(digits: &[u8], base: u32) -> f64 {
    let mut number = 0.0;
    for byte in digits {
        match (*byte as char).to_digit(base) {
            Some(digit) => number = number * f64::from(base) + f64::from(digit),
            None => return f64::NAN,
        }
    }
    if digits.is_empty() { f64::NAN } else { number }
}

fn decimal(bytes: &[u8]) -> Option<f64> {
    let (mut digits, mut power, mut seen, mut pointed, mut at) = (0u64, 0i32, false, false, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' => {
                seen = true;
                // Nineteen digits fit; what follows is too small to matter.
                if digits < 900_000_000_000_000_000 {
                    digits = digits * 10 + u64::from(byte - b'0');
                    power -= i32::from(pointed);
                } else {
                    power += i32::from(!pointed);
                }
            }
            b'.' if !pointed => pointed = true,
            _ => break,
        }
        at += 1;
    }
    if !seen {
        return None;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let (down, from) = match bytes.get(at + 1)? {
            b'-' => (true, at + 2),
            b'+' => (false, at + 2),
            _ => (false, at + 1),
        };
        let mut exponent = 0;
        for byte in bytes.get(from..).filter(|rest| !rest.is_empty())? {
            if !byte.is_ascii_digit() {
                return None;
            }
            exponent = (exponent * 10 + i32::from(byte - b'0')).min(9_999);
        }
        power += if down { -exponent } else { exponent };
        at = bytes.len();
    }
    // Zeros at the end would take up digits that a float does not have.
    while digits >= TOO_LARGE as u64 && digits.is_multiple_of(10) {
        digits /= 10;
        power += 1;
    }
    (at == bytes.len()).then(|| if digits == 0 { 0.0 } else { scaled(digits as f64, power) })
}

/// Appends what `String(number)` is.
pub fn write(number: f64, out: &mut Buffer) {
    if number.is_nan() {
        return out.push("NaN");
    }
    if number < 0.0 {
        out.push("-");
    }
    let size = number.abs();
    if size == f64::INFINITY {
        return out.push("Infinity");
    }
    let (mut digits, mut power) = shortest(size);
    while digits > 0 && digits.is_multiple_of(10) {
        digits /= 10;
        power += 1;
    }
    let mut text = [b'0'; 20];
    let mut from = text.len();
    while digits > 0 || from == text.len() {
        from -= 1;
        text[from] = b'0' + (digits % 10) as u8;
        digits /= 10;
    }
    let text = &text[from..];
    // Where the point stands, counted from the first digit.
    let point = text.len() as i32 + if size == 0.0 { 0 } else { power };
    let zeros = |count: i32, out: &mut Buffer| (0..count).for_each(|_| out.push("0"));
    if !(-5..=21).contains(&point) {
        out.bytes(&text[..1]);
        if text.len() > 1 {
            out.push(".");
            out.bytes(&text[1..]);
        }
        out.push(if point > 21 { "e+" } else { "e-" });
        write(f64::from(point - 1).abs(), out);
    } else if point <= 0 {
        out.push("0.");
        zeros(-point, out);
        out.bytes(text);
    } else if let Some((whole, rest)) = text.split_at_checked(point as usize) {
        out.bytes(whole);
        if !rest.is_empty() {
            out.push(".");
            out.bytes(rest);
        }
    } else {
        out.bytes(text);
        zeros(point - text.len() as i32, out);
    }
}

/// The fewest digits that read back as `size`, and their power of ten.
fn shortest(size: f64) -> (u64, i32) {
    if size < TOO_LARGE && size == size.floor() {
        return (size as u64, 0);
    }
    if (1e-7..1e21).contains(&size) {
        return exact(size);
    }
    // The power that leaves 15 digits before the point, then 16 and 17.
    let mut power = 0;
    while scaled(size, -power) >= 1.0e15 {
        power += 1;
    }
    while scaled(size, -power) < 1.0e14 && power > -400 {
        power -= 1;
    }
    for more in 0..2 {
        let digits = libm::round(scaled(size, more - power));
        if scaled(digits, power - more) == size {
            return (digits as u64, power - more);
        }
    }
    (libm::round(scaled(size, 2 - power)) as u64, power - 2)
}

/// How often `bottom` goes into `top`, fewer than 2^60 times, and what is left: bit by bit, since
/// the division of 128 bits is a kilobyte.
fn divide(mut top: u128, bottom: u128) -> (u64, u128) {
    let mut digits = 0;
    for bit in (0..60).rev() {
        digits *= 2;
        if top >> bit >= bottom {
            top -= bottom << bit;
            digits += 1;
        }
    }
    (digits, top)
}

/// The same, exactly, where 128 bits hold what has to be compared.
fn exact(size: f64) -> (u64, i32) {
    let bits = size.to_bits();
    let mantissa = u128::from((bits & ((1 << 52) - 1)) | (1 << 52));
    let exponent = (bits >> 52) as i32 - 1075;
    let mut power = libm::floor(libm::log10(size)) as i32 + 1;
    loop {
        // What is divided by what, and how far a product may lie from the number and still be
        // nearer to it than to its neighbours.
        let (top, bottom, room) = if power >= 0 {
            let below = 1u128 << exponent.min(0).unsigned_abs();
            let above = exponent.max(0);
            (mantissa << above, 10u128.pow(power as u32) * below, 1u128 << above)
        } else {
            let five = 5u128.pow(power.unsigned_abs());
            match power - exponent {
                shift if shift > 0 => (mantissa * five, 1 << shift, five),
                shift => ((mantissa * five) << -shift, 1, 1),
            }
        };
        let (digits, rest) = divide(top + bottom / 2, bottom);
        let away = rest.abs_diff(bottom / 2);
        // Halfway between two, a reader takes the even one.
        let reads_back = away * 2 < room || (away * 2 == room && mantissa % 2 == 0);
        if (digits > 0 && reads_back) || power < -24 {
            return (digits, power);
        }
        power -= 1;
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn text(number: f64) -> String {
        let mut out = Buffer::default();
        write(number, &mut out);
        out.text().into()
    }

    #[test]
    fn numbers_print_as_javascript_prints_them() {
        for (number, wanted) in [
            (0.0, "0"),
            (-0.0, "0"),
            (7.0, "7"),
            (-12.5, "-12.5"),
            (0.1, "0.1"),
            (1e-6, "0.000001"),
            (1.5e-7, "1.5e-7"),
            (123_456_789.125, "123456789.125"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (1e15, "1000000000000000"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.25e22, "1.25e+22"),
            (0.7234, "0.7234"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1.0 / 3.0, "0.3333333333333333"),
            (1_234_567_890_123_456_789.0, "1234567890123456800"),
            (91_390_322_000_000_000_000.0, "91390322000000000000"),
            (9_223_372_036_854_775_808.0, "9223372036854776000"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(text(number), wanted);
        }
    }

    #[test]
    fn what_is_printed_reads_back() {
        let mut rng = crate::id::Rng::new(5);
        for step in 0..20_000 {
            // What people and programs write: up to 15 digits, powers from -9 to 6.
            let digits = (rng.draw() % 1_000_000_000_000_000) as f64;
            let number = scaled(libm::floor(digits / 10f64.powi(step % 15)), step % 16 - 9);
            assert_eq!(parse(&text(number)), number, "{number:?} {}", text(number));
            assert_eq!(text(number).parse::<f64>().unwrap(), number);
        }
    }

    #[test]
    fn text_reads_as_javascript_reads_it() {
        for (text, wanted) in [
            ("", 0.0),
            (" \n", 0.0),
            ("8", 8.0),
            (" 8.50\u{a0}", 8.5),
            ("-.5", -0.5),
            ("+5.", 5.0),
            ("1e3", 1000.0),
            ("1E-2", 0.01),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("0o17", 15.0),
            ("Infinity", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e400", f64::INFINITY),
            ("0e999999999999", 0.0),
            ("12345678901234567890123", 1.234_567_890_123_456_8e22),
        ] {
            assert_eq!(parse(text), wanted, "{text:?}");
        }
        for text in
            ["x", "1px", ".", "+", "-", "1e", "1e+", "--1", "1_000", "0x", "0xg", "-0x1", "1 2"]
        {
            assert!(parse(text).is_nan(), "{text:?}");
        }
    }
}
