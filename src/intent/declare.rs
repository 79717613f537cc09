//! Heads as `unspoken.json` declares them: `"intents"`.
//!
//! ```json
//! "intents": {
//!   "signup": { "outcome": { "goal": "signup" }, "within": "session" },
//!   "commit": { "model": "VU5TTQ…", "calibration": [1.1, -0.3] }
//! }
//! ```
//!
//! A name that is built in changes that head; any other declares one of the site's own, which
//! begins at its base rate and learns. A model that is damaged or made for another version is
//! refused and said, and what forecast before stays: a broken model must not cost a site its rules.

use super::learn::SESSION_INPUTS;
use super::model::{Model, Shape, file};
use super::{Head, MAX_HEADS, Outcome, Source};
use crate::base64;
use crate::error::{Error, told};
use crate::reading::Reading;
use crate::time::{Millis, SECOND};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// What a head without data begins at, where the site names no `base`: 5 %.
pub const BASE: f64 = 0.05;
/// Bytes of a head's name.
pub const MAX_NAME: usize = 128;
/// The longest horizon in seconds; what takes longer belongs to the session.
pub const MAX_WITHIN: f64 = 1_800.0;
/// The shortest, one step of the forecast grid.
pub const MIN_WITHIN: f64 = 0.25;
/// The steepest a calibration may be, and one over the flattest.
pub const MAX_SLOPE: f64 = 10.0;
/// The furthest a calibration may shift log-odds.
pub const MAX_SHIFT: f64 = 10.0;

/// A head that knows nothing but its base rate: a logistic over the session's features whose
/// weights are zero, so that outcomes have something to move.
pub fn at_base(name: &str, outcome: Outcome, within: Option<Millis>, base: f64) -> Head {
    let model = Model {
        head: name.into(),
        // One less, since `log1p` is in the module already.
        bias: libm::log1p(base / (1.0 - base) - 1.0) as f32,
        scale: 1.0,
        weights: [0; SESSION_INPUTS.len()].to_vec(),
        shape: Shape::Logistic(SESSION_INPUTS.to_vec()),
    };
    Head::new(name, outcome, within, Source::Model(model))
}

/// Reads `"intents"` into `heads`, which holds those built in. What is refused of models goes to
/// `refused`.
#[inline(never)]
pub fn read(value: &Value, heads: &mut Vec<Head>, refused: &mut Vec<Error>, reading: &mut Reading) {
    reading.fields(value, "an object", "", &mut |name, value, reading| {
        head(name, value, heads, refused, reading);
        true
    });
}

fn head(
    name: &str,
    value: &Value,
    heads: &mut Vec<Head>,
    refused: &mut Vec<Error>,
    reading: &mut Reading,
) {
    let known = heads.iter().position(|head| head.name == name);
    let before = reading.count();
    let (mut outcome, mut within, mut base) = (None, None, BASE);
    let keys = "outcome, within, base, model, calibration, learn";
    reading.fields(value, "an object", keys, &mut |key, value, reading| {
        match key {
            "outcome" => outcome = read_outcome(value, reading),
            "within" => match (value.as_str(), value.as_f64()) {
                (Some("session"), _) => within = Some(None),
                (_, Some(seconds)) if (MIN_WITHIN..=MAX_WITHIN).contains(&seconds) => {
                    within = Some(Some(seconds * SECOND));
                }
                _ => reading.mistake(&["expected session, or seconds from 0.25 to 1800"]),
            },
            "base" if known.is_some() => {
                reading.mistake(&["only a head of your own begins at a base rate"]);
            }
            "base" => match value.as_f64() {
                Some(share) if (0.001..=0.999).contains(&share) => base = share,
                _ => reading.mistake(&["expected a number from 0.001 to 0.999"]),
            },
            "learn" if value.as_bool().is_none() => reading.expected("true or false", value),
            "calibration" if calibration(value).is_none() => {
                reading.mistake(&["expected [slope, shift]: from 0.1 to 10, and from -10 to 10"]);
            }
            "model" if value.as_str().is_none() => reading.expected("a string", value),
            "learn" | "calibration" | "model" => {}
            _ => return false,
        }
        true
    });
    let at = match (known, outcome.clone(), within) {
        (Some(at), ..) => at,
        (None, Some(outcome), Some(within))
            if heads.len() < MAX_HEADS && name != "top" && (1..=MAX_NAME).contains(&name.len()) =>
        {
            heads.push(at_base(name, outcome, within, base));
            heads.len() - 1
        }
        (None, Some(_), Some(_)) => {
            return reading
                .mistake(&["one head too many, at most 12; or no name of 1 to 128 bytes; or top"]);
        }
        _ if reading.count() > before => return,
        _ => return reading.mistake(&["a head of your own needs \"outcome\" and \"within\""]),
    };
    let head = &mut heads[at];
    head.outcome = outcome.unwrap_or(head.outcome.clone());
    head.within = within.unwrap_or(head.within);
    head.learns = value.get("learn").and_then(Value::as_bool).unwrap_or(true);
    head.calibration = value.get("calibration").and_then(calibration).unwrap_or([1.0, 0.0]);
    if matches!(head.outcome, Outcome::Page(_) | Outcome::Item) && head.within.is_some() {
        let above = reading.enter("within");
        reading.mistake(&["a page or an item lies beyond this page: expected session"]);
        reading.leave(above);
    }
    if let Some(text) = value.text("model") {
        let used = match base64::decode(text, file::MAX_BYTES) {
            Some(bytes) => head.use_model(&bytes),
            None => Err(Error::new("model", told("not base64, or larger than 4096 bytes"))),
        };
        if let Err(error) = used {
            let above = reading.enter("model");
            refused.push(reading.error(&[error.message(), "; what forecast before stays"]));
            reading.leave(above);
        }
    }
    // What was learned upon one declaration says nothing of the next, nor of it calibrated anew.
    let mut declared = Vec::new();
    for key in ["outcome", "within", "base", "calibration"] {
        if let Some(value) = value.get(key) {
            declared.extend(key.bytes());
            spell(value, &mut declared);
        }
    }
    if !declared.is_empty() {
        head.fingerprint ^= file::crc32(&declared);
    }
}

/// The value's bits, to tell it from another.
fn spell(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Number(number) => out.extend(number.to_bits().to_le_bytes()),
        other => out.extend(other.as_str().unwrap_or("").bytes()),
    }
    value.items().iter().for_each(|item| spell(item, out));
    for (key, value) in value.entries() {
        out.extend(key.bytes());
        spell(value, out);
    }
    out.push(0);
}

fn calibration(value: &Value) -> Option<[f64; 2]> {
    let [Value::Number(slope), Value::Number(shift)] = value.items() else { return None };
    let fits = (1.0 / MAX_SLOPE..=MAX_SLOPE).contains(slope) && shift.abs() <= MAX_SHIFT;
    fits.then_some([*slope, *shift])
}

/// `{ "goal": name }`, `{ "click": slot }`, `{ "page": kind }`, or one of the words `click`,
/// `trouble`, `hidden`, `item`.
fn read_outcome(value: &Value, reading: &mut Reading) -> Option<Outcome> {
    let outcome = match (value, value.entries()) {
        (_, [(key, Value::Text(name))]) if !name.is_empty() => match key.as_str() {
            "goal" => Some(Outcome::Goal(name.clone())),
            "click" => Some(Outcome::Click(name.clone())),
            "page" => Some(Outcome::Page(name.clone())),
            _ => None,
        },
        (Value::Text(word), _) => match word.as_str() {
            "click" => Some(Outcome::Click(String::new())),
            "trouble" => Some(Outcome::Trouble),
            "hidden" => Some(Outcome::Hidden),
            "item" => Some(Outcome::Item),
            _ => None,
        },
        _ => None,
    };
    if outcome.is_none() {
        reading.mistake(&[
            "expected {\"goal\": name}, {\"click\": slot}, {\"page\": kind}, or click, trouble, \
             hidden or item",
        ]);
    }
    outcome
}
