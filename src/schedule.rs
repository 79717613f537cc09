//! Schedules: from when to when, on which days, in which hours.
//!
//! Times are written as a clock on a wall shows them, in a zone. The zone's rules are the platform's
//! ([`Host::offset`]). Where summer time begins, a time that the clock skips is taken to be as much
//! later (02:30 becomes 03:30); where it ends, a time that comes twice is the first of the two.

use crate::host::Host;
use crate::reading::Reading;
use crate::time::{DAY, MINUTE, SECOND, modulo};
use crate::value::Value;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::Cell;

/// A zone's offset is asked once in so many ms, on a grid, so that the answer does not depend on when
/// it was asked: no zone changes its offset between two quarters of an hour.
const ASK: f64 = 15.0 * MINUTE;

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// When a rule may decide.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The first moment, ms since 1970: of UTC, or of the visitor's local time.
    from: Option<f64>,
    /// The moment after the last.
    to: Option<f64>,
    /// Bit d is weekday d, 0 Sunday.
    days: u8,
    /// Minutes of the day: from, to.
    hours: Option<[f64; 2]>,
    zone: Zone,
    host: Rc<dyn Host>,
    /// When the zone's offset was asked last, and what it was.
    asked: Cell<(f64, f64)>,
}

#[derive(Clone, PartialEq, Debug)]
enum Zone {
    /// Wherever the visitor is.
    Visitor,
    Utc,
    /// A name of the IANA database.
    Named(String),
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Schedule) -> bool {
        (self.from, self.to, self.days, self.hours, &self.zone)
            == (other.from, other.to, other.days, other.hours, &other.zone)
    }
}

impl Schedule {
    /// Reads `"schedule"`.
    #[inline(never)]
    pub fn read(value: &Value, reading: &mut Reading) -> Schedule {
        let mut schedule = Schedule {
            from: None,
            to: None,
            days: 0x7f,
            hours: None,
            zone: Zone::Visitor,
            host: reading.host.clone(),
            asked: Cell::new((f64::NAN, 0.0)),
        };
        let keys = "from, to, zone, days, hours";
        reading.fields(value, "an object", keys, &mut |key, value, reading| {
            match key {
                "from" => schedule.from = moment(value, reading),
                "to" => schedule.to = moment(value, reading),
                "zone" => schedule.zone = zone(value, reading),
                "days" => schedule.days = days(value, reading),
                "hours" => schedule.hours = hours(value, reading),
                _ => return false,
            }
            true
        });
        schedule.from = schedule.from.map(|local| schedule.absolute(local));
        schedule.to = schedule.to.map(|local| schedule.absolute(local));
        if let (Some(from), Some(to)) = (schedule.from, schedule.to)
            && to <= from
        {
            let above = reading.enter("to");
            reading.mistake(&["is not after \"from\""]);
            reading.leave(above);
        }
        schedule
    }

    /// Whether it is open; `visitor_offset` is what to add to UTC for the visitor's local time, in
    /// minutes.
    #[inline(never)]
    pub fn is_open(&self, wall: f64, visitor_offset: f64) -> bool {
        let visitor = wall + visitor_offset * MINUTE;
        let stands = if self.zone == Zone::Visitor { visitor } else { wall };
        if self.from.is_some_and(|from| stands < from) || self.to.is_some_and(|to| stands >= to) {
            return false;
        }
        if self.days == 0x7f && self.hours.is_none() {
            return true;
        }
        let local = match &self.zone {
            Zone::Visitor => visitor,
            Zone::Utc => wall,
            Zone::Named(zone) => wall + self.offset(zone, wall) * MINUTE,
        };
        let minute = modulo(local, DAY) / MINUTE;
        // 1 January 1970 was a Thursday.
        let mut day = (local / DAY).floor() + 4.0;
        let is_in = match self.hours {
            None => true,
            Some([from, to]) if from < to => (from..to).contains(&minute),
            Some([_, to]) if minute < to => {
                day -= 1.0; // It began yesterday.
                true
            }
            Some([from, _]) => minute >= from,
        };
        is_in && self.days >> modulo(day, 7.0) as u8 & 1 == 1
    }

    /// The zone's offset in minutes, asked anew in each quarter of an hour.
    fn offset(&self, zone: &str, wall: f64) -> f64 {
        let at = (wall / ASK).floor() * ASK;
        let (asked, known) = self.asked.get();
        if asked == at {
            return known;
        }
        let offset = self.host.offset(zone, at).unwrap_or(0.0);
        self.asked.set((at, offset));
        offset
    }

    /// The moment at which the zone's clocks show a local time. A day before and a day after it the
    /// zone's offset is that before and after a change, if there is one.
    fn absolute(&self, local: f64) -> f64 {
        let Zone::Named(zone) = &self.zone else { return local };
        let offset = |at: f64| self.host.offset(zone, at).unwrap_or(0.0) * MINUTE;
        let by_old = local - offset(local - DAY);
        let by_new = local - offset(local + DAY);
        let is_right = |moment: f64| moment + offset(moment) == local;
        if is_right(by_new) && !is_right(by_old) { by_new } else { by_old }
    }
}

fn zone(value: &Value, reading: &mut Reading) -> Zone {
    match value.as_str() {
        Some("visitor") => return Zone::Visitor,
        Some("UTC") => return Zone::Utc,
        Some(name) if reading.host.offset(name, 0.0).is_some() => return Zone::Named(name.into()),
        Some(name) => reading.mistake(&[
            "no such time zone: ",
            name,
            "; expected visitor, UTC or a name such as Europe/Berlin",
        ]),
        None => reading.expected("a time zone", value),
    }
    Zone::Visitor
}

fn days(value: &Value, reading: &mut Reading) -> u8 {
    let mut days = 0;
    for (at, day) in reading.list(value, "a list of days").iter().enumerate() {
        let above = reading.enter_item(at);
        match DAYS.iter().position(|name| day.as_str() == Some(name)) {
            Some(day) => days |= 1 << day,
            None => reading.mistake(&["expected one of mon, tue, wed, thu, fri, sat, sun"]),
        }
        reading.leave(above);
    }
    if days == 0 && matches!(value, Value::List(_)) && value.items().is_empty() {
        reading.mistake(&["no day: it would never be open"]);
    }
    days
}

fn hours(value: &Value, reading: &mut Reading) -> Option<[f64; 2]> {
    let read = |at: usize| clock(value.items().get(at)?.as_str()?).map(|ms| ms / MINUTE);
    match (read(0), read(1)) {
        (Some(from), Some(to)) if value.items().len() == 2 && from != to && from < 1_440.0 => {
            Some([from, to])
        }
        _ => {
            reading.mistake(&["expected two different times such as [\"09:00\", \"17:30\"]"]);
            None
        }
    }
}

/// Reads a local time, as ms since 1970 there.
fn moment(value: &Value, reading: &mut Reading) -> Option<f64> {
    let read = value.as_str().and_then(local);
    if read.is_none() {
        reading.mistake(&["expected a date such as \"2026-11-27\" or \"2026-11-27T18:30\""]);
    }
    read
}

/// `2026-11-27`, `2026-11-27T18:30` or `2026-11-27T18:30:15`, as ms since 1970.
fn local(text: &str) -> Option<f64> {
    let (date, time) = match text.len() {
        10 => (text, "00:00"),
        16 | 19 if text.as_bytes()[10] == b'T' => (text.get(..10)?, text.get(11..)?),
        _ => return None,
    };
    let bytes = date.as_bytes();
    let (year, month, day) =
        (digits(&bytes[..4])?, digits(&bytes[5..7])? as usize, digits(&bytes[8..])?);
    let goes = |by: f64| modulo(year, by) == 0.0;
    let is_leap = goes(4.0) && (!goes(100.0) || goes(400.0));
    let february = if is_leap { 29.0 } else { 28.0 };
    let lengths = [31.0, february, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
    let length = *lengths.get(month.wrapping_sub(1))?;
    let is_date = bytes[4] == b'-' && bytes[7] == b'-' && year >= 1970.0;
    if !is_date || !(1.0..=length).contains(&day) {
        return None;
    }
    let mut days = day - 1.0;
    for length in &lengths[..month - 1] {
        days += length;
    }
    // Leap days before this year, less those before 1970.
    let before = year - 1.0;
    let leaps = (before / 4.0).floor() - (before / 100.0).floor() + (before / 400.0).floor();
    days += (year - 1970.0) * 365.0 + leaps - 477.0;
    Some(days * DAY + clock(time).filter(|time| *time < DAY)?)
}

/// `18:30` or `18:30:15`, up to `24:00`, as ms.
fn clock(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    if bytes.len() != 5 && bytes.len() != 8 {
        return None;
    }
    let mut ms = 0.0;
    for (at, (unit, most)) in
        [(60.0 * MINUTE, 24.0), (MINUTE, 59.0), (SECOND, 59.0)].iter().enumerate()
    {
        let Some(two) = bytes.get(at * 3..at * 3 + 2) else { break };
        let number = digits(two)?;
        if number > *most || (at > 0 && bytes[at * 3 - 1] != b':') {
            return None;
        }
        ms += number * unit;
    }
    (ms <= DAY).then_some(ms)
}

fn digits(bytes: &[u8]) -> Option<f64> {
    let mut number = 0.0;
    for byte in bytes {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10.0 + f64::from(byte - b'0');
    }
    Some(number)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::host::Native;
    use alloc::vec::Vec;

    /// A moment of UTC.
    fn utc(text: &str) -> f64 {
        local(text).unwrap()
    }

    fn read(text: &str) -> (Schedule, Vec<String>) {
        let mut reading = Reading::on(Rc::new(Native));
        let schedule = Schedule::read(&Value::parse(text).unwrap(), &mut reading);
        (schedule, reading.into_mistakes().iter().map(|mistake| mistake.to_line()).collect())
    }

    fn schedule(text: &str) -> Schedule {
        let (schedule, mistakes) = read(text);
        assert!(mistakes.is_empty(), "{mistakes:?}");
        schedule
    }

    /// At which of the moments of UTC it is open.
    fn open(schedule: &Schedule, moments: &[&str]) -> Vec<bool> {
        moments.iter().map(|at| schedule.is_open(utc(at), 0.0)).collect()
    }

    #[test]
    fn local_times_count_days_as_the_calendar_does() {
        assert_eq!(utc("1970-01-01"), 0.0);
        assert_eq!(utc("2026-11-27T18:30"), 1_795_804_200_000.0);
        assert_eq!(utc("2000-02-29T00:00:01"), 951_782_401_000.0);
        assert_eq!(utc("2100-03-01") - utc("2100-02-28"), DAY, "no leap year");
        for wrong in [
            "2025-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-1-1",
            "2026-01-01T24:00",
            "2026-01-01T10:60",
            "2026-01-01 10:00",
            "2026-01-01T10:00Z",
            "1969-12-31",
            "2026-01-01T1000",
            "ä026-01-0",
            "",
        ] {
            assert_eq!(local(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn from_is_inclusive_and_to_is_not() {
        let sale =
            schedule(r#"{"from":"2026-11-27T00:00","to":"2026-12-01","zone":"Europe/Berlin"}"#);
        let moments =
            ["2026-11-26T22:59:59", "2026-11-26T23:00", "2026-11-30T22:59:59", "2026-11-30T23:00"];
        assert_eq!(open(&sale, &moments), [false, true, true, false]);
    }

    #[test]
    fn the_visitors_own_time_is_the_default() {
        let sale = schedule(r#"{"from":"2026-11-27","hours":["09:00","17:00"]}"#);
        let at = utc("2026-11-27T05:00");
        assert!(!sale.is_open(at, 0.0), "five in the morning");
        assert!(sale.is_open(at, 330.0), "half past ten in Kolkata");
        assert!(!sale.is_open(at, -480.0), "yesterday in Los Angeles");
        assert!(schedule("{}").is_open(at, 0.0));
    }

    #[test]
    fn summer_time_begins_and_ends_in_berlin() {
        // Skipped 02:30 becomes 03:30, which is 01:30 UTC.
        let gap = schedule(r#"{"from":"2026-03-29T02:30","zone":"Europe/Berlin"}"#);
        assert_eq!(gap.from, Some(utc("2026-03-29T01:30")));
        // 02:30 comes twice; the first is in summer time, 00:30 UTC.
        let overlap = schedule(r#"{"from":"2026-10-25T02:30","zone":"Europe/Berlin"}"#);
        assert_eq!(overlap.from, Some(utc("2026-10-25T00:30")));
        for (local, moment) in [
            ("2026-03-29T01:59", "2026-03-29T00:59"),
            ("2026-03-29T03:00", "2026-03-29T01:00"),
            ("2026-10-25T01:59", "2026-10-24T23:59"),
            ("2026-10-25T03:00", "2026-10-25T02:00"),
        ] {
            let text = alloc::format!(r#"{{"from":"{local}","zone":"Europe/Berlin"}}"#);
            assert_eq!(schedule(&text).from, Some(utc(moment)), "{local}");
        }
    }

    #[test]
    fn summer_time_begins_and_ends_in_new_york() {
        for (local, moment) in [
            ("2026-03-08T01:59", "2026-03-08T06:59"),
            ("2026-03-08T02:30", "2026-03-08T07:30"),
            ("2026-03-08T03:00", "2026-03-08T07:00"),
            ("2026-11-01T01:30", "2026-11-01T05:30"),
            ("2026-11-01T02:00", "2026-11-01T07:00"),
        ] {
            let text = alloc::format!(r#"{{"from":"{local}","zone":"America/New_York"}}"#);
            assert_eq!(schedule(&text).from, Some(utc(moment)), "{local}");
        }
    }

    #[test]
    fn a_local_time_is_when_the_zones_clocks_show_it() {
        // Every half hour of a year, in zones with changes of an hour, of half an hour, and none.
        for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"] {
            let zoned = schedule(&alloc::format!(r#"{{"zone":"{name}"}}"#));
            let (mut skipped, mut at) = (0, utc("2026-01-01"));
            while at < utc("2027-01-01") {
                let shown = |moment| moment + Native.offset(name, moment).unwrap() * MINUTE;
                let moment = zoned.absolute(at);
                skipped += (shown(moment) != at) as u32;
                assert!(shown(moment) >= at, "skipped times are later");
                assert_ne!(shown(moment - 60.0 * MINUTE), at, "of two the first");
                at += 30.0 * MINUTE;
            }
            let half_hours = match name {
                "Asia/Kolkata" => 0,
                "Australia/Lord_Howe" => 1,
                _ => 2,
            };
            assert_eq!(skipped, half_hours, "{name}");
        }
    }

    #[test]
    fn hours_follow_the_zone_through_its_changes() {
        let office = schedule(r#"{"hours":["09:00","17:30"],"zone":"Europe/Berlin"}"#);
        let winter =
            ["2026-01-15T07:59", "2026-01-15T08:00", "2026-01-15T16:29", "2026-01-15T16:30"];
        assert_eq!(open(&office, &winter), [false, true, true, false]);
        let summer =
            ["2026-07-15T06:59", "2026-07-15T07:00", "2026-07-15T15:29", "2026-07-15T15:30"];
        assert_eq!(open(&office, &summer), [false, true, true, false]);
        // The clock goes from 02:00 to 03:00 at 01:00 UTC.
        let night = schedule(r#"{"hours":["02:00","03:00"],"zone":"Europe/Berlin"}"#);
        let change = ["2026-03-29T00:59:59", "2026-03-29T01:00", "2026-03-29T01:59"];
        assert_eq!(open(&night, &change), [false; 3], "that hour was skipped");
        let back = ["2026-10-24T23:59", "2026-10-25T00:00", "2026-10-25T01:59", "2026-10-25T02:00"];
        assert_eq!(open(&night, &back), [false, true, true, false], "that hour came twice");
    }

    #[test]
    fn hours_may_pass_midnight_and_belong_to_the_day_they_began_on() {
        // 27 November 2026 is a Friday.
        let night = schedule(r#"{"days":["fri"],"hours":["22:00","02:00"],"zone":"UTC"}"#);
        let moments = [
            "2026-11-27T01:00",
            "2026-11-27T21:59",
            "2026-11-27T22:00",
            "2026-11-28T01:59",
            "2026-11-28T02:00",
            "2026-11-28T22:30",
        ];
        assert_eq!(open(&night, &moments), [false, false, true, true, false, false]);
        let late = schedule(r#"{"days":["fri"],"hours":["22:00","24:00"],"zone":"UTC"}"#);
        assert_eq!(open(&late, &["2026-11-27T23:59", "2026-11-28T00:00"]), [true, false]);
        // Saturday and Sunday, across the end of the week; 29 November is a Sunday.
        let weekend = schedule(
            r#"{"days":["sat","sun"],"hours":["20:00","04:00"],"zone":"America/New_York"}"#,
        );
        let moments =
            ["2026-11-30T08:59", "2026-11-30T09:00", "2026-11-29T00:59", "2026-11-29T01:00"];
        assert_eq!(open(&weekend, &moments), [true, false, false, true]);
    }

    #[test]
    fn a_zone_is_asked_once_a_quarter_and_the_answer_does_not_depend_on_when() {
        #[derive(Debug, Default)]
        struct Counting(Cell<u32>);
        impl Host for Counting {
            fn pattern(&self, _: &str, _: bool) -> Option<Rc<dyn crate::host::Pattern>> {
                None
            }
            fn offset(&self, zone: &str, wall: f64) -> Option<f64> {
                self.0.set(self.0.get() + 1);
                Native.offset(zone, wall)
            }
        }
        let host = Rc::new(Counting::default());
        let mut reading = Reading::on(host.clone());
        let text = r#"{"hours":["00:00","12:00"],"zone":"Australia/Lord_Howe"}"#;
        let open = Schedule::read(&Value::parse(text).unwrap(), &mut reading);
        let before = host.0.get();
        let (mut at, end) = (utc("2026-10-03T14:00"), utc("2026-10-03T17:00"));
        while at < end {
            let shown = at + Native.offset("Australia/Lord_Howe", at).unwrap() * MINUTE;
            assert_eq!(open.is_open(at, 0.0), modulo(shown, DAY) < DAY / 2.0);
            at += SECOND;
        }
        assert_eq!(host.0.get() - before, 12, "three hours, four times each");
    }

    #[test]
    fn mistakes_are_named() {
        let lines = |text: &str| read(text).1;
        assert_eq!(
            lines(
                r#"{"from":"27.11.2026","to":5,"zone":"Europe/Atlantis","days":["mon","Fri"],
                    "hours":["9","17:00"],"until":1}"#
            ),
            [
                "from: expected a date such as \"2026-11-27\" or \"2026-11-27T18:30\"",
                "to: expected a date such as \"2026-11-27\" or \"2026-11-27T18:30\"",
                "zone: no such time zone: Europe/Atlantis; expected visitor, UTC or a name such as \
                 Europe/Berlin",
                "days[1]: expected one of mon, tue, wed, thu, fri, sat, sun",
                "hours: expected two different times such as [\"09:00\", \"17:30\"]",
                "until: unknown key; known are from, to, zone, days, hours",
            ]
        );
        assert_eq!(
            lines(r#"{"from":"2026-11-27","to":"2026-11-26"}"#),
            ["to: is not after \"from\""]
        );
        assert_eq!(
            lines(r#"{"from":"2026-11-27","to":"2026-11-27"}"#),
            ["to: is not after \"from\""]
        );
        assert_eq!(lines(r#"{"days":[]}"#), ["days: no day: it would never be open"]);
        for hours in [r#"["09:00"]"#, r#"["09:00","09:00"]"#, r#"["24:00","09:00"]"#, "7"] {
            let text = alloc::format!(r#"{{"hours":{hours}}}"#);
            assert_eq!(lines(&text).len(), 1, "{hours}");
        }
        // A platform without zones refuses them.
        let mut reading = Reading::new("");
        Schedule::read(&Value::parse(r#"{"zone":"Europe/Berlin"}"#).unwrap(), &mut reading);
        assert_eq!(reading.count(), 1);
    }
}
