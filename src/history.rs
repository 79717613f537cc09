//! What happened on this device: the last events that the config names, in their order.
//!
//! Each event has a time of its own, the wall's in whole ms, later than that of the event before. So
//! an event is told by its name and time, and two tabs' logs are merged as sets. Where the wall's
//! clock jumps back by less than a day, times go on from the last one by a ms each, which keeps the
//! order; where it jumps back further, what lies ahead is not counted, and goes first when the log is
//! full.

use crate::attribute::Past;
use crate::entry::MAX_TEXT;
use crate::text::clip;
use crate::time::{DAY, age};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Events kept.
pub const MAX_EVENTS: usize = 128;
/// Bytes of all different names together, with two quotation marks and a comma for each: with it a
/// full log is below 3 KB as JSON.
pub const MAX_NAMES: usize = 1_024;

/// Something that happened.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Its name, at most [`MAX_TEXT`] bytes of it.
    pub name: String,
    /// When, in whole ms since 1970.
    pub at: f64,
}

impl Event {
    /// Whether it stands before another in a log.
    fn is_before(&self, other: &Event) -> bool {
        self.at < other.at || (self.at == other.at && self.name < other.name)
    }
}

/// The last [`MAX_EVENTS`] events, the oldest first; fewer where their names are long.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Log(Vec<Event>);

impl Log {
    /// Something happened. Keeps it where the config names it, and says whether it does.
    #[inline(never)]
    pub fn note(&mut self, name: &str, wall: f64, named: &[String]) -> bool {
        if !named.iter().any(|known| known == name) {
            return false;
        }
        let mut at = wall.floor();
        if let Some(last) = self.until(wall).last()
            && last.at >= at
        {
            at = last.at + 1.0;
        }
        // What lies a day ahead was written by a clock that was wrong: it makes room first.
        if self.0.len() >= MAX_EVENTS && self.until(wall).len() < self.0.len() {
            self.0.pop();
        }
        self.insert(Event { name: clip(name, MAX_TEXT).into(), at });
        self.trim();
        true
    }

    /// How often an event happened: not longer than `within` ms ago, and after the last `since`.
    pub fn count(&self, event: &str, within: Option<f64>, since: Option<&str>, wall: f64) -> f64 {
        let mut count = 0.0;
        for known in self.stretch(within, since, wall) {
            if is_named(known, event) {
                count += 1.0;
            }
        }
        count
    }

    /// Whether events happened in this order, others among them or not, in the same stretch.
    pub fn sequence(
        &self,
        events: &[String],
        within: Option<f64>,
        since: Option<&str>,
        wall: f64,
    ) -> bool {
        let mut next = 0;
        for known in self.stretch(within, since, wall) {
            if next < events.len() && is_named(known, &events[next]) {
                next += 1;
            }
        }
        next == events.len()
    }

    /// All of them, the oldest first.
    pub fn events(&self) -> &[Event] {
        &self.0
    }

    /// Takes over what another tab saw. Says whether any was news.
    pub fn merge(&mut self, other: Log) -> bool {
        let before = self.0.clone();
        for event in other.0 {
            self.insert(event);
        }
        self.trim();
        self.0 != before
    }

    /// As a document: `[names, [time, name, later by, name, …]]`.
    pub fn to_value(&self) -> Value {
        let (mut names, mut rows, mut last) = (Vec::<String>::new(), Vec::new(), 0.0);
        for event in &self.0 {
            let name = names.iter().position(|name| *name == event.name).unwrap_or(names.len());
            if name == names.len() {
                names.push(event.name.clone());
            }
            rows.push(Value::Number(event.at - last));
            rows.push(Value::Number(name as f64));
            last = event.at;
        }
        Value::List(alloc::vec![Value::texts(&names), Value::List(rows)])
    }

    /// What a document still says.
    pub fn from_value(value: &Value) -> Log {
        let mut log = Log::default();
        if let [names, rows] = value.items() {
            let mut at = 0.0;
            for row in rows.items().chunks(2).take(MAX_EVENTS) {
                if let [Value::Number(later), Value::Number(name)] = row
                    && let Some(Value::Text(name)) = names.items().get(*name as usize)
                    && *later >= 0.0
                    && at + later <= crate::time::LAST
                {
                    at = (at + later).floor();
                    log.insert(Event { name: clip(name, MAX_TEXT).into(), at });
                }
            }
        }
        log.trim();
        log
    }

    /// Those that the clock has reached, give or take a day.
    fn until(&self, wall: f64) -> &[Event] {
        let mut end = self.0.len();
        while end > 0 && self.0[end - 1].at - wall > DAY {
            end -= 1;
        }
        &self.0[..end]
    }

    fn stretch(&self, within: Option<f64>, since: Option<&str>, wall: f64) -> &[Event] {
        let mut events = self.until(wall);
        if let Some(since) = since
            && let Some(at) = events.iter().rposition(|event| is_named(event, since))
        {
            events = &events[at + 1..];
        }
        while let (Some(within), [first, rest @ ..]) = (within, events)
            && age(wall, first.at) > within
        {
            events = rest;
        }
        events
    }

    /// Puts an event into its place, once.
    fn insert(&mut self, event: Event) {
        let mut at = self.0.len();
        while at > 0 && event.is_before(&self.0[at - 1]) {
            at -= 1;
        }
        if at == 0 || self.0[at - 1] != event {
            self.0.insert(at, event);
        }
    }

    /// Keeps the latest for which there is room.
    fn trim(&mut self) {
        let (mut from, mut bytes) = (self.0.len(), 0);
        while from > 0 && self.0.len() - from < MAX_EVENTS {
            let name = &self.0[from - 1].name;
            if !self.0[from..].iter().any(|later| later.name == *name) {
                bytes += name.len() + 3;
            }
            if bytes > MAX_NAMES {
                break;
            }
            from -= 1;
        }
        self.0.drain(..from);
    }
}

fn is_named(event: &Event, name: &str) -> bool {
    event.name == clip(name, MAX_TEXT)
}

/// A log at a moment: what conditions ask.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// What happened.
    pub log: &'a Log,
    /// ms since 1970.
    pub wall: f64,
}

impl Past for At<'_> {
    fn count(&self, event: &str, within_ms: Option<f64>, since: Option<&str>) -> f64 {
        self.log.count(event, within_ms, since, self.wall)
    }

    fn sequence(&self, events: &[String], within_ms: Option<f64>, since: Option<&str>) -> bool {
        self.log.sequence(events, within_ms, since, self.wall)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::attribute::{Attribute, Attributes, Read};
    use crate::condition::Condition;
    use crate::id::Rng;
    use crate::time::MINUTE;

    const NOON: f64 = 1.7e12;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| String::from(*name)).collect()
    }

    fn log(events: &[(&str, f64)]) -> Log {
        let mut log = Log::default();
        for (name, at) in events {
            assert!(log.note(name, NOON + at, &names(&[name])));
        }
        log
    }

    #[test]
    fn only_named_events_are_kept() {
        let mut log = Log::default();
        assert!(!log.note("click:hero", NOON, &names(&["purchase"])));
        assert!(log.note("purchase", NOON, &names(&["purchase"])));
        assert_eq!(log.events().len(), 1);
    }

    #[test]
    fn counts_are_within_and_since() {
        let log = log(&[("add", 0.0), ("add", 10.0), ("buy", 20.0), ("add", 30.0)]);
        let count = |within, since| log.count("add", within, since, NOON + 40.0);
        assert_eq!(count(None, None), 3.0);
        assert_eq!(count(Some(30.0), None), 2.0, "exactly as old counts");
        assert_eq!(count(Some(29.0), None), 1.0);
        assert_eq!(count(None, Some("buy")), 1.0);
        assert_eq!(count(None, Some("visit")), 3.0, "no such event: all");
        assert_eq!(count(None, Some("add")), 0.0, "after the last of itself");
        assert_eq!(log.count("ad", None, None, NOON + 40.0), 0.0);
    }

    #[test]
    fn sequences_keep_their_order() {
        let log = log(&[("a", 0.0), ("b", 1.0), ("a", 2.0), ("c", 3.0)]);
        let holds = |events: &[&str], within, since| {
            log.sequence(&names(events), within, since, NOON + 3.0)
        };
        assert!(holds(&["a", "c"], None, None) && holds(&["a", "b", "c"], None, None));
        assert!(!holds(&["c", "a"], None, None) && !holds(&["b", "b"], None, None));
        assert!(holds(&["a", "a"], Some(3.0), None) && !holds(&["a", "a"], Some(2.0), None));
        assert!(holds(&["a", "c"], None, Some("b")) && !holds(&["b", "c"], None, Some("b")));
    }

    #[test]
    fn events_of_one_moment_keep_their_order_too() {
        let log = log(&[("z", 0.0), ("a", 0.0), ("m", 0.0)]);
        assert!(log.sequence(&names(&["z", "a", "m"]), None, None, NOON));
        assert!(!log.sequence(&names(&["a", "z"]), None, None, NOON));
    }

    #[test]
    fn a_clock_that_jumps_back_is_survived() {
        // An hour back: the order stands, and what lies ahead was just now.
        let hour = log(&[("a", 60.0 * MINUTE), ("b", 0.0)]);
        assert!(hour.sequence(&names(&["a", "b"]), Some(1_000.0), None, NOON));
        assert!(!hour.sequence(&names(&["b", "a"]), None, None, NOON));
        // A year back: what was noted by the wrong clock is not counted …
        let mut year = log(&[("a", 365.0 * DAY), ("b", 0.0)]);
        assert_eq!(year.count("a", None, None, NOON), 0.0);
        assert_eq!(year.count("b", Some(MINUTE), None, NOON), 1.0);
        // … and makes room before what was noted by the right one.
        for at in 0..MAX_EVENTS - 1 {
            assert!(year.note("c", NOON + 1.0 + at as f64, &names(&["c"])));
        }
        assert_eq!(year.events().len(), MAX_EVENTS);
        assert_eq!(year.events()[0].name, "b");
        assert!(year.events().iter().all(|event| event.name != "a"));
    }

    #[test]
    fn conditions_ask_it() {
        struct Device<'a>(At<'a>);
        impl Attributes for Device<'_> {
            fn read<'a>(&'a self, _: &'a Attribute) -> Read<'a> {
                Read::Missing
            }
            fn past(&self) -> Option<&dyn Past> {
                Some(&self.0)
            }
        }
        let log = log(&[("add", 0.0), ("buy", 5.0), ("add", 10.0), ("page:cart", 20.0)]);
        let device = Device(At { log: &log, wall: NOON + 30.0 });
        let holds = |text: &str| {
            let condition = Condition::compile(&Value::parse(text).unwrap(), "when").unwrap();
            condition.holds(&device)
        };
        assert!(holds(r#"{"$history":{"event":"add","count":{"$gte":2}}}"#));
        assert!(!holds(r#"{"$history":{"event":"add","count":2,"since":"buy"}}"#));
        assert!(!holds(r#"{"$history":{"event":"add","within":"19ms"}}"#));
        assert!(holds(r#"{"$history":{"sequence":["add","page:cart"],"since":"buy"}}"#));
        assert!(!holds(r#"{"$history":{"sequence":["page:cart","add"]}}"#));
    }

    #[test]
    fn a_full_log_is_below_three_kilobytes_and_reads_back() {
        let mut rng = Rng::new(5);
        for length in [3, 20, 500] {
            let mut log = Log::default();
            for at in 0..400u64 {
                let name = alloc::format!("{:0length$}", rng.draw() % 140);
                // Ten years in all, the most that could matter.
                log.note(&name, NOON + at as f64 * 8e8, std::slice::from_ref(&name));
            }
            let json = log.to_value().to_json();
            assert!(json.len() < 3_000, "{length}: {}", json.len());
            assert!(log.events().len() >= if length == 3 { MAX_EVENTS } else { 7 });
            assert_eq!(Log::from_value(&Value::parse(&json).unwrap()), log);
        }
    }

    #[test]
    fn merging_is_a_union_whoever_begins() {
        let mut rng = Rng::new(9);
        for round in 0..200 {
            let mut tabs = [Log::default(), Log::default()];
            let (mut shared, mut wall) = (rng.draw() % 150, NOON);
            while shared > 0 {
                wall += (rng.draw() % 5_000) as f64;
                let name = alloc::format!("e{}", rng.draw() % 9);
                tabs[0].note(&name, wall, std::slice::from_ref(&name));
                shared -= 1;
            }
            tabs[1] = tabs[0].clone();
            for at in 0..rng.draw() % 60 {
                let name = alloc::format!("e{}{}", rng.draw() % 9, "x".repeat(round % 40));
                wall += (rng.draw() % 3) as f64;
                tabs[at as usize % 2].note(&name, wall, std::slice::from_ref(&name));
            }
            let [a, b] = tabs;
            let (mut ab, mut ba) = (a.clone(), b.clone());
            ab.merge(b.clone());
            ba.merge(a.clone());
            assert_eq!(ab, ba);
            assert!(!ab.merge(b) && !ab.merge(a), "nothing new the second time");
            assert_eq!(ab, ba);
        }
    }

    #[test]
    fn rubbish_is_survived() {
        for rubbish in [
            "null",
            "[[\"a\"],[1]]",
            "[[\"a\"],[-5,0,1,7,1,-1]]",
            "[[1],[1,0]]",
            "[{},[1e300,0]]",
            "[[\"a\"],[1e300,0]]",
        ] {
            let log = Log::from_value(&Value::parse(rubbish).unwrap());
            assert!(log.events().len() <= 1, "{rubbish}: {log:?}");
        }
    }
}
