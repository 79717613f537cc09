//! Text without `core::fmt`, whose float printing alone would cost the module several kilobytes.

use crate::number::{min, round};
use crate::time::{DAY, MINUTE, Millis, SECOND};
use alloc::string::String;
use alloc::vec::Vec;

/// Appends `number` with at most two decimals: `3`, `0.25`, `-1.5`.
///
/// ```
/// # use unspoken::text::push_number;
/// let mut out = String::new();
/// push_number(&mut out, 0.7049);
/// assert_eq!(out, "0.7");
/// ```
pub fn push_number(out: &mut String, number: f64) {
    if !number.is_finite() {
        out.push_str("not a number");
        return;
    }
    if number < 0.0 {
        out.push('-');
    }
    // Past 2^53 hundredths the decimals are noise; such a number is only ever shown to a person.
    let hundredths = min(round(libm::fabs(number) * 100.0), 9.0e15) as u64;
    push_integer(out, hundredths / 100);
    let rest = (hundredths % 100) as u8;
    if rest > 0 {
        out.push('.');
        out.push((b'0' + rest / 10) as char);
        if !rest.is_multiple_of(10) {
            out.push((b'0' + rest % 10) as char);
        }
    }
}

/// Appends a whole number.
pub fn push_integer(out: &mut String, mut number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    for digit in &digits[at..] {
        out.push(*digit as char);
    }
}

/// Appends a duration in ms in the largest unit of which it is one: `90 s` is `1.5 min`.
///
/// ```
/// # use unspoken::text::push_duration;
/// let mut out = String::new();
/// push_duration(&mut out, 90_000.0);
/// assert_eq!(out, "1.5 min");
/// ```
pub fn push_duration(out: &mut String, ms: Millis) {
    let mut best = (1.0, " ms");
    for unit in [(SECOND, " s"), (MINUTE, " min"), (60.0 * MINUTE, " h"), (DAY, " d")] {
        if ms >= unit.0 {
            best = unit;
        }
    }
    push_number(out, ms / best.0);
    out.push_str(best.1);
}

/// Appends a text in quotation marks.
pub fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    out.push_str(text);
    out.push('"');
}

/// `parent.key`, or `key` where the parent is the document itself.
pub fn join(parent: &str, key: &str) -> String {
    let mut path = String::with_capacity(parent.len() + key.len() + 1);
    path.push_str(parent);
    if !parent.is_empty() {
        path.push('.');
    }
    path.push_str(key);
    path
}

/// `parent[index]`.
pub fn index(parent: &str, index: usize) -> String {
    let mut path = String::from(parent);
    path.push('[');
    push_integer(&mut path, index as u64);
    path.push(']');
    path
}

/// The parts one after the other.
pub fn concat(parts: &[&str]) -> String {
    let mut out = String::with_capacity(parts.iter().map(|part| part.len()).sum());
    parts.iter().for_each(|part| out.push_str(part));
    out
}

/// What stands before and after the first `mark`, an ASCII character.
pub fn cut(text: &str, mark: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == mark)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Where a text first stands in another. That of std knows a faster way, two kilobytes long.
pub fn find(text: &str, part: &str) -> Option<usize> {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    (0..=text.len()).find(|at| text[*at..].starts_with(part))
}

/// The host (and port) of a URL that a browser wrote; empty where it has none.
pub fn host_of(url: &str) -> &str {
    let rest = cut(url, b':').and_then(|(_, rest)| rest.strip_prefix("//")).unwrap_or("");
    cut(rest, b'/').map_or(rest, |(host, _)| host)
}

/// The words between blanks.
pub fn words(text: &str) -> Vec<String> {
    let (mut words, mut from) = (Vec::new(), 0);
    for at in 0..=text.len() {
        if text.as_bytes().get(at).is_none_or(u8::is_ascii_whitespace) {
            if at > from {
                words.push(text[from..at].into());
            }
            from = at + 1;
        }
    }
    words
}

/// The longest prefix of at most `bytes` that ends between characters.
pub fn clip(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64) -> String {
        let mut out = String::new();
        push_number(&mut out, value);
        out
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(number(0.0), "0");
        assert_eq!(number(0.6), "0.6");
        assert_eq!(number(0.05), "0.05");
        assert_eq!(number(-12.345), "-12.35");
        assert_eq!(number(1e300), "90000000000000");
        assert_eq!(number(f64::NAN), "not a number");
    }

    #[test]
    fn durations_read_in_the_largest_unit() {
        let duration = |ms| {
            let mut out = String::new();
            push_duration(&mut out, ms);
            out
        };
        assert_eq!((duration(0.0), duration(500.0)), ("0 ms".into(), "500 ms".into()));
        assert_eq!((duration(3_600_000.0), duration(7.0 * DAY)), ("1 h".into(), "7 d".into()));
    }

    #[test]
    fn words_and_cuts_are_what_stands_between() {
        assert_eq!(words("  hiking\tboots ä\n"), ["hiking", "boots", "ä"]);
        assert!(words(" ").is_empty() && words("").is_empty());
        assert_eq!(cut("a.b.c", b'.'), Some(("a", "b.c")));
        assert_eq!(cut("a", b'.'), None);
        assert_eq!(host_of("http://shop.example:8080/a?b=c://d"), "shop.example:8080");
        assert_eq!(
            (host_of("https://a.example"), host_of(""), host_of("about:blank")),
            ("a.example", "", "")
        );
    }

    #[test]
    fn a_part_is_found_where_it_first_stands() {
        for (text, part) in [
            ("", ""),
            ("a", ""),
            ("", "a"),
            ("abab", "ab"),
            ("xäab", "ab"),
            ("aab", "ab"),
            ("ab", "abc"),
        ] {
            assert_eq!(find(text, part), text.find(part), "{text} {part}");
        }
    }

    #[test]
    fn clip_keeps_characters_whole() {
        assert_eq!(clip("naïve", 3), "na");
        assert_eq!(clip("naïve", 4), "naï");
        assert_eq!(clip("ab", 9), "ab");
    }
}
