//! Limits that change nothing, a budget for nobody, and schedules that are over.

use unspoken::reading::{Reading, duration};
use unspoken::value::Value;

use super::{Notes, rules};

const DAY: f64 = 86_400_000.0;

/// Checks limits, budget and schedules at a moment, ms since 1970.
pub fn check(document: &Value, now: f64, notes: &mut Notes) {
    for (slot, value) in document.at("slots").entries() {
        bounds(&format!("slots.{slot}.limits"), value.at("limits"), true, notes);
    }
    for (slot, _, path, rule) in rules(document) {
        let (limits, path_of) = (rule.at("limits"), format!("{path}.limits"));
        bounds(&path_of, limits, true, notes);
        within_slot(&path_of, limits, document.at("slots").at(slot).at("limits"), notes);
        let counts = ["perPage", "perSession", "perVisitor", "per", "cooldown"];
        if rule.text("show") == Some("default")
            && counts.iter().any(|key| limits.get(key).is_some())
        {
            let message = "never binds: the default is not counted";
            notes.warning(
                &path_of,
                message,
                "take it out, or put it on a rule that shows something",
            );
        }
        schedule(&format!("{path}.schedule"), rule.at("schedule"), now, notes);
    }
    if let Some(budget) = document.get("budget") {
        bounds("budget", budget, false, notes);
        let slots = document.at("slots").entries();
        if !slots.iter().any(|(_, slot)| slot.at("interrupts").as_bool() == Some(true)) {
            let message = "never binds: no slot interrupts";
            notes.warning("budget", message, "write \"interrupts\": true on the slots it is for");
        }
    }
}

fn ms(value: &Value) -> Option<f64> {
    let mut reading = Reading::new("");
    let ms = duration(value, &mut reading);
    (reading.count() == 0).then_some(ms)
}

/// `of_one`: of one slot or rule, which is seen once in a page view at most.
fn bounds(path: &str, limits: &Value, of_one: bool, notes: &mut Notes) {
    let page = limits.number("perPage");
    let session = limits.number("perSession").or(limits.number("interruptionsPerSession"));
    let visitor = limits.number("perVisitor");
    let mut never = |key: &str, why: String| {
        let message = format!("never binds: {why}");
        notes.warning(&format!("{path}.{key}"), message, "take it out, or write a smaller number");
    };
    if let Some(page) = page.filter(|page| of_one && *page > 1.0) {
        never("perPage", format!("one page view counts once, and never {page} times"));
    } else if let (Some(page), Some(session)) = (page, session)
        && page > session
    {
        never("perPage", format!("perSession allows {session}"));
    }
    if let (Some(session), Some(visitor)) = (session, visitor)
        && session > visitor
    {
        never("perSession", format!("perVisitor allows {visitor} at all"));
    }
    let per = limits.at("per");
    if let (Some(count), Some(period)) = (per.number("count"), ms(per.at("period"))) {
        let pause = limits.get("cooldown").and_then(ms).filter(|pause| *pause > 0.0);
        if period == 0.0 {
            never("per.period", "in no time nothing happens".into());
        } else if visitor.is_some_and(|visitor| visitor <= count) {
            never("per", format!("perVisitor allows {} at all", visitor.unwrap_or(0.0)));
        } else if let Some(most) = pause.map(|pause| (period / pause).ceil())
            && most <= count
        {
            never("per", format!("with this cooldown at most {most} fit into the period"));
        }
    }
    if let Some(lasts) = limits.at("until").get("for")
        && ms(lasts) == Some(0.0)
    {
        never("until.for", "what lasts no time is over at once".into());
    }
}

/// What a rule may do its slot must allow.
fn within_slot(path: &str, limits: &Value, slot: &Value, notes: &mut Notes) {
    for key in ["perPage", "perSession", "perVisitor"] {
        if let (Some(own), Some(of_slot)) = (limits.number(key), slot.number(key))
            && own >= of_slot
        {
            let message = format!("never binds: the slot's own {key} is {of_slot}");
            let mend = "take it out, or write a smaller number";
            notes.warning(&format!("{path}.{key}"), message, mend);
        }
    }
}

fn schedule(path: &str, schedule: &Value, now: f64, notes: &mut Notes) {
    let Some(to) = schedule.text("to").and_then(moment) else { return };
    // Clocks west of Greenwich are up to 12 hours behind.
    if to + DAY / 2.0 < now {
        let message = "lies in the past everywhere, so the rule is never open again";
        notes.warning(&format!("{path}.to"), message, "write a later moment, or take the rule out");
    }
}

/// A local time as if it were UTC's, ms since 1970.
fn moment(text: &str) -> Option<f64> {
    let (date, time) = text.split_once('T').unwrap_or((text, "00:00"));
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<i64>().ok());
    let mut date = date.split('-');
    let (year, month, day) = (number(date.next())?, number(date.next())?, number(date.next())?);
    let mut time = time.split(':');
    let (hour, minute) = (number(time.next())?, number(time.next())?);
    if !(1..=12).contains(&month) || !(1970..=9999).contains(&year) {
        return None;
    }
    // Days since 1970 by the calendar that begins its year in March (Hinnant 2013, chrono-compatible
    // low-level date algorithms).
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468;
    Some(days as f64 * DAY + (hour * 60 + minute) as f64 * 60_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read() {
        assert_eq!(moment("1970-01-01"), Some(0.0));
        assert_eq!(moment("2025-01-01T12:00"), Some(1_735_732_800_000.0));
        assert_eq!(moment("2024-02-29T00:01:30"), Some(1_709_164_860_000.0));
        assert_eq!((moment("soon"), moment("2025-13-01")), (None, None));
    }
}
