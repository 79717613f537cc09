//! Durations as a config writes them: `"90s"`, `"1.5h"`, `"2w"`.

use crate::reading::Reading;
use crate::text::push_number;
use crate::time::{DAY, MINUTE, Millis, SECOND};
use crate::value::Value;
use alloc::string::String;

/// The longest: ten years, which no profile outlives.
pub const MOST: Millis = 520.0 * WEEK;
/// One hour.
pub const HOUR: Millis = 60.0 * MINUTE;
/// One week.
pub const WEEK: Millis = 7.0 * DAY;

/// Each unit, the shortest first: as it is written, in ms, and in words.
const UNITS: [(&str, Millis, &str); 6] = [
    ("ms", 1.0, " ms"),
    ("s", SECOND, " s"),
    ("m", MINUTE, " min"),
    ("h", HOUR, " h"),
    ("d", DAY, " d"),
    ("w", WEEK, " w"),
];

/// The duration a text says, in ms.
///
/// ```
/// # use unspoken::duration::parse;
/// assert_eq!(parse("1.5h"), Some(5_400_000.0));
/// assert_eq!(parse("0s"), Some(0.0));
/// assert_eq!(parse("90"), None);
/// ```
pub fn parse(text: &str) -> Option<Millis> {
    // By hand: the parser of floats in `core` is several kilobytes of tables.
    let (mut number, mut scale, mut digits) = (0.0, 0.0, 0);
    let mut end = 0;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                number = number * 10.0 + f64::from(byte - b'0');
                scale *= 10.0;
                digits += 1;
            }
            b'.' if scale == 0.0 && digits > 0 => scale = 1.0,
            _ => break,
        }
        end += 1;
    }
    if digits == 0 || digits > 15 || scale == 1.0 {
        return None;
    }
    let unit = &text[end..];
    let (_, ms, _) = UNITS.iter().find(|(name, ..)| *name == unit)?;
    let told = number * ms / if scale == 0.0 { 1.0 } else { scale };
    (told <= MOST).then_some(told)
}

/// Reads a duration, in ms; anything else is a mistake.
pub fn read(value: &Value, reading: &mut Reading) -> Option<Millis> {
    let told = value.as_str().and_then(parse);
    if told.is_none() {
        reading.mistake(&["expected a duration such as \"90s\", \"1.5h\" or \"30d\", at most 520w"]);
    }
    told
}

/// Appends a duration as a person reads it: in the largest unit of which it is one.
pub fn push(out: &mut String, ms: Millis) {
    let mut best = &UNITS[0];
    for unit in &UNITS[1..5] {
        if ms >= unit.1 {
            best = unit;
        }
    }
    push_number(out, ms / best.1);
    out.push_str(best.2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_reads_and_rubbish_does_not() {
        for (text, ms) in [
            ("250ms", 250.0),
            ("90s", 90e3),
            ("2m", 120e3),
            ("0.25h", 900e3),
            ("7d", 604_800e3),
            ("520w", MOST),
        ] {
            assert_eq!(parse(text), Some(ms), "{text}");
        }
        for text in
            ["", "s", ".5s", "1.s", "1.2.3s", "-1s", "1 s", "5", "521w", "1e3s", "1y", "9999999999999999s"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_a_mistake() {
        let mut reading = Reading::new("cooldown");
        assert_eq!(read(&Value::from(5.0), &mut reading), None);
        assert!(reading.into_mistakes()[0].to_line().starts_with("cooldown: expected a duration"));
    }

    #[test]
    fn words_use_the_largest_unit() {
        let words = |ms| {
            let mut out = String::new();
            push(&mut out, ms);
            out
        };
        assert_eq!(words(500.0), "500 ms");
        assert_eq!(words(90.0 * SECOND), "1.5 min");
        assert_eq!(words(7.0 * DAY), "7 d");
        assert_eq!(words(0.0), "0 ms");
    }
}
