//! Reading a document: where the reader stands, and the mistakes found so far.
//!
//! One path grows and shrinks as the reader goes down and up, and every mistake is noted where it
//! is found. So a reader returns what it could read, without a `Result` on each level (which would
//! cost the module more than what it reads).

use crate::error::{Error, told};
use crate::host::{Bare, Host};
use crate::text::{concat, push_integer};
use crate::time::{DAY, MINUTE, SECOND};
use crate::value::Value;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// The state of reading one document.
#[derive(Debug)]
pub struct Reading {
    path: String,
    mistakes: Vec<Error>,
    /// The platform, for patterns and time zones.
    pub host: Rc<dyn Host>,
    /// Saved groups of the document, by name: what `$inGroup` and `$savedGroup` refer to.
    pub groups: Value,
    /// Events that the document names so far: those whose history is kept.
    pub events: Vec<String>,
    /// The values of groups that were asked for, shared by all conditions that ask.
    shared: Vec<(String, Rc<Value>)>,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading::new("")
    }
}

/// What [`Reading::leave`] needs to go back up.
#[derive(Clone, Copy, Debug)]
pub struct Above(usize);

impl Reading {
    /// Begins at a path; empty for the whole document.
    pub fn new(path: &str) -> Reading {
        let host = Rc::new(Bare);
        let (mistakes, groups, events) = (Vec::new(), Value::Null, Vec::new());
        Reading { path: path.into(), mistakes, host, groups, events, shared: Vec::new() }
    }

    /// Begins at the top of a config, on a platform.
    pub fn on(host: Rc<dyn Host>) -> Reading {
        Reading { host, ..Reading::default() }
    }

    /// Notes that the document names an event, so that its history is kept.
    pub fn event(&mut self, name: &str) {
        if !self.events.iter().any(|known| known == name) {
            self.events.push(name.into());
        }
    }

    /// The values of a saved group: a list, or the `values` of an object; empty where there is none.
    pub fn group(&mut self, name: &str) -> Rc<Value> {
        if let Some((_, values)) = self.shared.iter().find(|(known, _)| known == name) {
            return values.clone();
        }
        let entry = self.groups.at(name);
        let values = if matches!(entry, Value::Map(_)) { entry.at("values") } else { entry };
        let values = Rc::new(values.clone());
        self.shared.push((name.into(), values.clone()));
        values
    }

    /// Goes down to the entry `key`.
    #[inline(never)]
    pub fn enter(&mut self, key: &str) -> Above {
        let above = Above(self.path.len());
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(key);
        above
    }

    /// Goes down to the element `at` of a list.
    #[inline(never)]
    pub fn enter_item(&mut self, at: usize) -> Above {
        let above = Above(self.path.len());
        self.path.push('[');
        push_integer(&mut self.path, at as u64);
        self.path.push(']');
        above
    }

    /// Goes back up.
    pub fn leave(&mut self, above: Above) {
        self.path.truncate(above.0);
    }

    /// Notes a mistake here; the message is made of parts. The page keeps only where it is, so
    /// that no text of a mistake is in the module.
    #[inline(always)]
    pub fn mistake(&mut self, message: &[&str]) {
        self.note(if cfg!(target_arch = "wasm32") { &[] } else { message });
    }

    #[cold]
    #[inline(never)]
    fn note(&mut self, message: &[&str]) {
        let mistake = self.error(message);
        self.mistakes.push(mistake);
    }

    /// What is wrong here, without noting it as a mistake of the document.
    #[inline(always)]
    pub fn error(&self, message: &[&str]) -> Error {
        #[cfg(target_arch = "wasm32")]
        let message = {
            let _ = message;
            &[told("")]
        };
        Error::new(self.path.clone(), concat(message))
    }

    /// Notes that something else was expected here.
    #[inline(always)]
    pub fn expected(&mut self, what: &str, got: &Value) {
        self.mistake(&["expected ", what, ", got ", got.kind()]);
    }

    /// The entries of an object; anything else is a mistake.
    #[inline(always)]
    pub fn object<'a>(&mut self, value: &'a Value, what: &str) -> &'a [(String, Value)] {
        self.entries(value, told(what))
    }

    #[inline(never)]
    fn entries<'a>(&mut self, value: &'a Value, what: &str) -> &'a [(String, Value)] {
        if !matches!(value, Value::Map(_)) {
            self.expected(what, value);
        }
        value.entries()
    }

    /// Hands each entry of an object to `each`, which says whether it knows the key; `known` lists
    /// those it does. One loop for all objects of a document.
    #[inline(always)]
    pub fn fields(
        &mut self,
        value: &Value,
        what: &str,
        known: &str,
        each: &mut dyn FnMut(&str, &Value, &mut Reading) -> bool,
    ) {
        self.each_field(value, told(what), told(known), each);
    }

    #[inline(never)]
    fn each_field(
        &mut self,
        value: &Value,
        what: &str,
        known: &str,
        each: &mut dyn FnMut(&str, &Value, &mut Reading) -> bool,
    ) {
        for (key, value) in self.object(value, what) {
            let above = self.enter(key);
            if !each(key, value, self) {
                #[cfg(target_arch = "wasm32")]
                self.mistake(&[known]);
                #[cfg(not(target_arch = "wasm32"))]
                self.unknown_key(key, known);
            }
            self.leave(above);
        }
    }

    /// Notes an unknown key, with the known one that is nearest to it.
    #[cold]
    #[cfg(not(target_arch = "wasm32"))]
    fn unknown_key(&mut self, key: &str, known: &str) {
        match nearest(key, known) {
            Some(near) => self.mistake(&["unknown key; did you mean ", near, "?"]),
            None => self.mistake(&["unknown key; known are ", known]),
        }
    }

    /// The elements of a list; anything else is a mistake.
    #[inline(always)]
    pub fn list<'a>(&mut self, value: &'a Value, what: &str) -> &'a [Value] {
        self.elements(value, told(what))
    }

    #[inline(never)]
    fn elements<'a>(&mut self, value: &'a Value, what: &str) -> &'a [Value] {
        if !matches!(value, Value::List(_)) {
            self.expected(what, value);
        }
        value.items()
    }

    /// How many mistakes were found so far.
    pub fn count(&self) -> usize {
        self.mistakes.len()
    }

    /// Every mistake, in the order of the document.
    pub fn into_mistakes(self) -> Vec<Error> {
        self.mistakes
    }

    /// What was read, or the first mistake.
    pub fn into_result<T>(self, read: T) -> Result<T, Error> {
        self.mistakes.into_iter().next().map_or(Ok(read), Err)
    }
}

/// The units of a duration, each with its ms; `ms` before `s`, which it ends in.
const UNITS: [(&str, f64); 6] =
    [("ms", 1.0), ("s", SECOND), ("m", MINUTE), ("h", 60.0 * MINUTE), ("d", DAY), ("w", 7.0 * DAY)];

/// The longest duration, in ms: ten years are as good as for ever on a device.
pub const LONGEST: f64 = 520.0 * 7.0 * DAY;

/// A duration in ms: a number and its unit, as in `"90s"`, `"1.5h"` or `"2w"`. 0, and a mistake,
/// for anything else and for what is longer than [`LONGEST`].
///
/// ```
/// # use unspoken::{reading::{Reading, duration}, value::Value};
/// let mut reading = Reading::new("");
/// assert_eq!(duration(&Value::from("1.5h"), &mut reading), 5_400_000.0);
/// assert_eq!((duration(&Value::from("soon"), &mut reading), reading.count()), (0.0, 1));
/// ```
pub fn duration(value: &Value, reading: &mut Reading) -> f64 {
    let text = value.as_str().unwrap_or("");
    for (unit, ms) in UNITS {
        if let Some(number) = text.strip_suffix(unit) {
            match decimal(number).map(|number| number * ms) {
                Some(length) if length <= LONGEST => return length,
                Some(_) => reading.mistake(&["longer than 520w"]),
                None => break,
            }
            return 0.0;
        }
    }
    match value {
        Value::Text(text) => reading.mistake(&["\"", text, "\" is no duration; write \"90s\""]),
        _ => reading.expected("a duration such as \"90s\"", value),
    }
    0.0
}

/// Digits, of which a point may stand among. std's parser is exact to the last bit of any float,
/// and several kilobytes long.
fn decimal(text: &str) -> Option<f64> {
    let (mut whole, mut scale, mut digits, mut pointed) = (0.0, 1.0, 0, false);
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            whole = whole * 10.0 + f64::from(byte - b'0');
            digits += 1;
            if pointed {
                scale *= 10.0;
            }
        } else if byte == b'.' && !pointed && digits > 0 {
            pointed = true;
        } else {
            return None;
        }
    }
    // 15 digits are what a float holds for certain.
    (digits > 0 && digits <= 15 && !text.ends_with('.')).then_some(whole / scale)
}

/// Of words with commas between them the one that was probably meant by `key`, if one was. Not in
/// the page, which has better uses for the bytes of a search; `unspoken check` runs on the host.
#[cfg(not(target_arch = "wasm32"))]
pub fn nearest<'a>(key: &str, known: &'a str) -> Option<&'a str> {
    nearest_of(key, known.split(", "))
}

/// The known word that somebody probably meant who wrote this one: that with the fewest letters
/// added, left out, replaced or swapped (Damerau-Levenshtein), at most a third of its length and one
/// more. Upper and lower case are alike. Of equally near ones the first.
///
/// ```
/// # use unspoken::reading::nearest_of;
/// assert_eq!(nearest_of("wenn", ["id", "when", "show"]), Some("when"));
/// assert_eq!(nearest_of("colour", ["id", "when", "show"]), None);
/// ```
#[cfg(not(target_arch = "wasm32"))]
pub fn nearest_of<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let length = lower.chars().count();
    let most = length / 3 + 1;
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        // What differs by more in length alone is not near, and names may be long.
        if candidate.chars().count().abs_diff(length) > most {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        if distance <= most && distance < length && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_a_number_and_a_unit() {
        let ms = |text: &str| {
            let mut reading = Reading::new("d");
            let ms = duration(&Value::from(text), &mut reading);
            reading.into_result(ms).map_err(|error| error.to_line())
        };
        for (text, wanted) in [
            ("250ms", 250.0),
            ("0s", 0.0),
            ("90s", 90_000.0),
            ("1.5h", 5_400_000.0),
            ("0.1s", 100.0),
            ("2w", 14.0 * DAY),
            ("520w", LONGEST),
        ] {
            assert_eq!(ms(text), Ok(wanted), "{text}");
        }
        for text in ["", "s", "ms", "90", "-1s", ".5s", "1.s", "1..5s", "1 s", "1e3s", "1y", "é"] {
            assert!(ms(text).unwrap_err().contains("is no duration"), "{text}");
        }
        assert_eq!(ms("521w").unwrap_err(), "d: longer than 520w");
        let mut reading = Reading::new("d");
        assert_eq!(duration(&Value::Number(3.0), &mut reading), 0.0);
        assert_eq!(
            reading.into_mistakes()[0].to_line(),
            "d: expected a duration such as \"90s\", got a number"
        );
    }
}
