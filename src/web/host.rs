//! The browser's regular expressions and time zones, for the core.
//!
//! Both constructors throw on what they do not understand; that is an answer, and caught.

// The attribute's expansion holds the glue's unsafe code; nothing written here is unsafe.
#![allow(unsafe_code)]

use super::convert::to_js;
use crate::host::{Host, Pattern};
use crate::time::{DAY, MINUTE, SECOND};
use crate::value::Value;
use core::cell::RefCell;
use core::fmt::{Debug, Formatter, Result as Written};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = RegExp)]
    type Expression;
    #[wasm_bindgen(constructor, js_class = "RegExp", catch)]
    fn new(source: &str, flags: &str) -> Result<Expression, JsValue>;
    #[wasm_bindgen(method)]
    fn test(this: &Expression, text: &str) -> bool;

    #[wasm_bindgen(js_name = DateTimeFormat, js_namespace = Intl)]
    type Format;
    #[wasm_bindgen(constructor, js_class = "DateTimeFormat", js_namespace = Intl, catch)]
    fn new(language: &str, options: &JsValue) -> Result<Format, JsValue>;
    #[wasm_bindgen(method)]
    fn format(this: &Format, at: f64) -> String;
}

/// Offsets hold for a quarter of an hour: no zone has ever changed its clocks at another time.
const QUARTER: f64 = 15.0 * MINUTE;

/// How many zones are kept; a config names one or two.
const MOST_ZONES: usize = 16;

/// A zone, and the offset that was asked for last.
struct Zone {
    name: String,
    format: Option<Format>,
    quarter: f64,
    offset: Option<f64>,
}

/// The browser.
#[derive(Default)]
pub struct Browser {
    zones: RefCell<Vec<Zone>>,
}

impl Debug for Browser {
    fn fmt(&self, formatter: &mut Formatter) -> Written {
        formatter.write_str("Browser")
    }
}

/// An expression, and what it was asked last: handing a text to the browser takes longer than
/// anything else that a condition does, and attributes seldom change.
struct Asked {
    expression: Expression,
    last: RefCell<(String, bool)>,
}

impl Debug for Asked {
    fn fmt(&self, formatter: &mut Formatter) -> Written {
        formatter.write_str("RegExp")
    }
}

impl Pattern for Asked {
    fn is_match(&self, text: &str) -> bool {
        let (is_known, held) = {
            let last = self.last.borrow();
            (last.0 == text, last.1)
        };
        if is_known {
            return held;
        }
        // No borrow is held here: a page may have put its own code into RegExp.
        let held = self.expression.test(text);
        *self.last.borrow_mut() = (text.into(), held);
        held
    }
}

impl Host for Browser {
    fn pattern(&self, source: &str, ignore_case: bool) -> Option<Rc<dyn Pattern>> {
        let flags = if ignore_case { "i" } else { "" };
        match Expression::new(source, flags) {
            Ok(expression) => {
                let last = RefCell::new((String::new(), expression.test("")));
                Some(Rc::new(Asked { expression, last }))
            }
            Err(_) => None,
        }
    }

    fn offset(&self, zone: &str, wall: f64) -> Option<f64> {
        // Past what a date can hold, formatting would throw.
        if wall.is_nan() || wall.abs() > 8.0e15 {
            return None;
        }
        let mut zones = self.zones.borrow_mut();
        let quarter = (wall / QUARTER).floor();
        let at = match zones.iter().position(|known| known.name == zone) {
            Some(at) => at,
            None => {
                if zones.len() >= MOST_ZONES {
                    zones.clear();
                }
                let (format, name) = (formatter(zone), zone.into());
                zones.push(Zone { name, format, quarter: f64::NAN, offset: None });
                zones.len() - 1
            }
        };
        let zone = &mut zones[at];
        if quarter != zone.quarter {
            let start = quarter * QUARTER;
            zone.quarter = quarter;
            zone.offset = match &zone.format {
                Some(format) => Some((local(&format.format(start)) - start) / MINUTE),
                None => None,
            };
        }
        zone.offset
    }
}

/// `11/22/2026, 09:05:00`, in whichever zone.
fn formatter(zone: &str) -> Option<Format> {
    let mut options = Value::map().with("timeZone", zone).with("hourCycle", "h23");
    for part in ["year", "month", "day", "hour", "minute", "second"] {
        options.put(part, "numeric");
    }
    Format::new("en-US", &to_js(&options)).ok()
}

/// What such a text would be in UTC, in ms since 1970.
fn local(text: &str) -> f64 {
    let mut parts = [0.0; 6];
    let (mut at, mut inside) = (0, false);
    for byte in text.bytes() {
        let is_digit = byte.is_ascii_digit();
        if is_digit && at < parts.len() {
            parts[at] = parts[at] * 10.0 + f64::from(byte - b'0');
        } else if inside {
            at += 1;
        }
        inside = is_digit;
    }
    let [month, day, year, hour, minute, second] = parts;
    // Days since 1970, counted in years that begin in March, so that a leap day comes last.
    let (year, month) = if month > 2.0 { (year, month - 3.0) } else { (year - 1.0, month + 9.0) };
    let leaps = (year / 4.0).floor() - (year / 100.0).floor() + (year / 400.0).floor();
    let days = year * 365.0 + leaps + ((153.0 * month + 2.0) / 5.0).floor() + day - 719_469.0;
    days * DAY + (hour * 60.0 + minute) * MINUTE + second * SECOND
}
