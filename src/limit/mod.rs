//! Limits: how often something may be shown, and until when.
//!
//! [`Bounds`] are the numbers a config writes, [`Seen`] is what they are held against: how often
//! something was seen in this page view, in the session and ever, and when. The budget of
//! interruptions is the same arithmetic over one [`Seen`]. Clocks that jump are survived as
//! [`crate::time::age`] has it.

mod refusal;
mod seen;
mod until;

pub use refusal::Refusal;
pub use seen::{Key, MAX_KEYS, MAX_TIMES, Seen, Span, Tally};
pub use until::{Known, Until};

use crate::reading::{Reading, duration};
use crate::text::concat;
use crate::time::{Millis, age};
use crate::value::Value;

/// The most that a count may be bounded by: past it, it is no bound.
pub const MAX_COUNT: f64 = 1e6;
/// The keys of [`Bounds`], as a message lists them.
pub const KEYS: &str = "perPage, perSession, perVisitor, per, cooldown";

/// How often, at most. What is not bounded is infinite, a cool-down that is none is 0.
#[derive(Clone, PartialEq, Debug)]
pub struct Bounds {
    /// In one page view.
    pub page: f64,
    /// In one session.
    pub session: f64,
    /// Ever, on this device.
    pub visitor: f64,
    /// So often …
    pub count: f64,
    /// … in any stretch of so many ms.
    pub period: Millis,
    /// ms after it was last seen.
    pub cooldown: Millis,
}

impl Default for Bounds {
    fn default() -> Bounds {
        let none = f64::INFINITY;
        Bounds { page: none, session: none, visitor: none, count: none, period: 0.0, cooldown: 0.0 }
    }
}

impl Bounds {
    /// Reads one key of an object; says whether it is one of [`KEYS`].
    pub fn read_key(&mut self, key: &str, value: &Value, reading: &mut Reading) -> bool {
        match key {
            "perPage" => self.page = count(value, MAX_COUNT, reading),
            "perSession" => self.session = count(value, MAX_COUNT, reading),
            "perVisitor" => self.visitor = count(value, MAX_COUNT, reading),
            "cooldown" => self.cooldown = duration(value, reading),
            "per" => {
                let (mut most, mut period) = (None, None);
                reading.fields(value, "an object", "count, period", &mut |key, value, reading| {
                    match key {
                        "count" => most = Some(count(value, MAX_TIMES as f64, reading)),
                        "period" => period = Some(duration(value, reading)),
                        _ => return false,
                    }
                    true
                });
                match (most, period) {
                    (Some(most), Some(period)) => {
                        (self.count, self.period) = (most, period);
                    }
                    _ if !matches!(value, Value::Map(_)) => {}
                    _ => reading.mistake(&["needs both \"count\" and \"period\""]),
                }
            }
            _ => return false,
        }
        true
    }

    /// Whether there is any.
    pub fn is_any(&self) -> bool {
        *self != Bounds::default()
    }

    /// Why once more would be too often, if it would.
    pub fn refusal(&self, seen: &Seen, wall: f64) -> Option<Refusal<'static>> {
        if seen.count(Span::Ever) == 0.0 {
            return None;
        }
        for (span, most) in
            [(Span::Page, self.page), (Span::Session, self.session), (Span::Ever, self.visitor)]
        {
            let times = seen.counts[span as usize];
            if times >= most {
                return Some(Refusal::Often { times, span, most });
            }
        }
        let mut times = 0.0;
        for at in &seen.times {
            if age(wall, *at) < self.period {
                times += 1.0;
            }
        }
        if times >= self.count {
            return Some(Refusal::Dense { times, most: self.count, period: self.period });
        }
        let left = self.cooldown - age(wall, seen.last);
        (left > 0.0).then_some(Refusal::Soon { cooldown: self.cooldown, left })
    }
}

fn count(value: &Value, most: f64, reading: &mut Reading) -> f64 {
    match value.as_f64() {
        Some(count) if (1.0..=most).contains(&count) && count == count.floor() => count,
        #[cfg(target_arch = "wasm32")]
        _ => {
            reading.mistake(&[]);
            f64::INFINITY
        }
        #[cfg(not(target_arch = "wasm32"))]
        _ => {
            let mut range = alloc::string::String::from("expected a whole number from 1 to ");
            crate::text::push_number(&mut range, most);
            reading.mistake(&[&range]);
            f64::INFINITY
        }
    }
}

/// The limits of a slot or a rule.
#[derive(Clone, PartialEq, Debug)]
pub struct Limits {
    /// How often.
    pub bounds: Bounds,
    /// Until when.
    pub until: Until,
}

impl Limits {
    /// No bounds; over when the slot was dismissed, where `dismissed` says so. True for a slot, false
    /// for a rule: the slot's own word on that holds for its rules.
    pub fn new(dismissed: bool) -> Limits {
        Limits { bounds: Bounds::default(), until: Until::new(dismissed) }
    }

    /// Reads `"limits"`; `dismissed` as in [`Limits::new`].
    pub fn read(value: &Value, dismissed: bool, reading: &mut Reading) -> Limits {
        let mut limits = Limits::new(dismissed);
        let keys = concat(&[KEYS, ", until"]);
        reading.fields(value, "an object", &keys, &mut |key, value, reading| {
            if key == "until" {
                limits.until = Until::read(value, dismissed, reading);
                return true;
            }
            limits.bounds.read_key(key, value, reading)
        });
        limits
    }

    /// Why the slot or rule of that key may not begin to show something, if it may not.
    pub fn refusal(&self, key: Key, tally: &Tally, wall: f64) -> Option<Refusal<'static>> {
        self.bounds.refusal(tally.seen(key)?, wall)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::time::{DAY, MINUTE};

    const HOUR: f64 = 60.0 * MINUTE;
    const NOON: f64 = 1.7e12;

    fn read(text: &str) -> (Limits, alloc::vec::Vec<String>) {
        let mut reading = Reading::new("limits");
        let limits = Limits::read(&Value::parse(text).unwrap(), true, &mut reading);
        (limits, reading.into_mistakes().iter().map(|mistake| mistake.to_line()).collect())
    }

    fn limits(text: &str) -> Limits {
        let (limits, mistakes) = read(text);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        limits
    }

    /// Why not, in words; empty where nothing stands against it.
    fn words(limits: &Limits, tally: &Tally, wall: f64) -> String {
        let mut out = String::new();
        if let Some(refusal) = limits.refusal(Key::of(&["hero"]), tally, wall) {
            refusal.describe("shown", &mut out);
        }
        out
    }

    #[test]
    fn each_span_has_its_bound() {
        let (key, mut tally) = (Key::of(&["hero"]), Tally::default());
        let page = limits(r#"{"perPage":2}"#);
        let session = limits(r#"{"perSession":2}"#);
        let visitor = limits(r#"{"perVisitor":3}"#);
        let at = |of: &Limits, tally: &Tally| words(of, tally, NOON);
        assert_eq!(at(&page, &tally), "", "never seen");
        tally.saw(key, NOON);
        assert_eq!(at(&page, &tally), "");
        tally.saw(key, NOON);
        assert_eq!(at(&page, &tally), "shown 2 times on this page, at most 2");
        assert_eq!(at(&session, &tally), "", "one page view counts once");
        tally.begin(Span::Page);
        assert_eq!(at(&page, &tally), "");
        tally.saw(key, NOON);
        assert_eq!(at(&session, &tally), "shown 2 times in this session, at most 2");
        tally.begin(Span::Session);
        tally.begin(Span::Page);
        assert_eq!((at(&session, &tally), at(&visitor, &tally)), (String::new(), String::new()));
        tally.saw(key, NOON);
        assert_eq!(at(&visitor, &tally), "shown 3 times on this device, at most 3");
        let other = limits(r#"{"perPage":1}"#).refusal(Key::of(&["banner"]), &tally, NOON);
        assert_eq!(other, None);
    }

    #[test]
    fn a_page_that_is_open_as_a_session_begins_counts_in_both() {
        let (key, mut tally) = (Key::of(&["hero"]), Tally::default());
        let session = limits(r#"{"perSession":1}"#);
        tally.saw(key, NOON);
        tally.begin(Span::Session);
        assert_eq!(words(&session, &tally, NOON), "");
        tally.saw(key, NOON + HOUR);
        assert_eq!(words(&session, &tally, NOON + HOUR), "shown 1 time in this session, at most 1");
        tally.saw(key, NOON + HOUR);
        assert_eq!(tally.seen(key).map(|seen| seen.count(Span::Ever)), Some(2.0));
    }

    #[test]
    fn per_is_any_stretch_and_a_cool_down_ends() {
        let (key, mut tally) = (Key::of(&["hero"]), Tally::default());
        let per = limits(r#"{"per":{"count":2,"period":"1d"}}"#);
        let cool = limits(r#"{"cooldown":"1h"}"#);
        for at in [0.0, 6.0 * HOUR] {
            tally.begin(Span::Page);
            tally.saw(key, NOON + at);
        }
        assert_eq!(words(&per, &tally, NOON + DAY - 1.0), "shown 2 times within 1 d, at most 2");
        assert_eq!(words(&per, &tally, NOON + DAY), "", "the first is past");
        let half = NOON + 6.0 * HOUR + 30.0 * MINUTE;
        assert_eq!(words(&cool, &tally, half), "shown 30 min ago, a cool-down of 1 h");
        assert_eq!(words(&cool, &tally, NOON + 7.0 * HOUR), "");
    }

    #[test]
    fn a_clock_that_jumps_does_not_lock_a_slot() {
        let (key, mut tally) = (Key::of(&["hero"]), Tally::default());
        let cool = limits(r#"{"cooldown":"1h","per":{"count":1,"period":"1d"}}"#);
        tally.saw(key, NOON + 400.0 * DAY);
        assert_eq!(words(&cool, &tally, NOON), "", "a year ahead: that clock was wrong");
        tally.begin(Span::Page);
        tally.saw(key, NOON);
        assert_eq!(words(&cool, &tally, NOON), "shown 1 time within 1 d, at most 1");
        assert_eq!(words(&cool, &tally, NOON + DAY), "", "and is forgotten");
        let minute_back = words(&cool, &tally, NOON - MINUTE);
        assert_eq!(minute_back, "shown 1 time within 1 d, at most 1", "a little ahead is now");
    }

    #[test]
    fn mistakes_are_named() {
        let (_, mistakes) = read(
            r#"{"perPage":0,"perSession":1.5,"perVisitor":"2","per":{"count":9},"cooldown":5,
                "untill":{},"until":{"goal":[],"fact":["a",1],"dismissed":"no","for":"soon"}}"#,
        );
        assert_eq!(
            mistakes,
            [
                "limits.perPage: expected a whole number from 1 to 1000000",
                "limits.perSession: expected a whole number from 1 to 1000000",
                "limits.perVisitor: expected a whole number from 1 to 1000000",
                "limits.per.count: expected a whole number from 1 to 8",
                "limits.per: needs both \"count\" and \"period\"",
                "limits.cooldown: expected a duration such as \"90s\", got a number",
                "limits.untill: unknown key; did you mean until?",
                "limits.until.goal: expected a name, or a list of 1 to 16 names",
                "limits.until.fact: expected a name, or a list of 1 to 16 names",
                "limits.until.dismissed: expected true or false, got a string",
                "limits.until.for: \"soon\" is no duration; write \"90s\"",
            ]
        );
        assert_eq!(read(r#"{"per":5}"#).1, ["limits.per: expected an object, got a number"]);
        assert_eq!(read(r#"{"per":{}}"#).1, ["limits.per: needs both \"count\" and \"period\""]);
    }
}
