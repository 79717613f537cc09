//! The query of a report: every parameter known, single where it is one, and within its limit.

use axum::extract::Query;
use axum::http::Uri;

use crate::problem::Problem;
use crate::report::csv::Table;
use crate::report::funnel::{MAX_STEPS, Wanted};
use crate::report::journeys::{DEFAULT_DEPTH, MAX_DEPTH};
use crate::report::make::{DAY_MS, DEFAULT_DAYS, MAX_DAYS, Name, Told};
use crate::report::metric::MAX_NAME;

/// Parameters that every report takes.
const COMMON: &[&str] = &["site", "days", "from", "to", "format", "table"];
/// The largest time that both stores and JavaScript hold: 2⁵³ − 1.
const MAX_TIME: u64 = (1 << 53) - 1;

/// How the answer is wanted.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    /// As JSON.
    Json,
    /// One table as CSV.
    Csv(&'static Table),
}

/// Reads the query of a report at `now` (ms since 1970).
pub fn read(uri: &Uri, name: Name, now: u64) -> Result<(Told, Format), Problem> {
    let own: &[&str] = match name {
        Name::Experiments => &["segment"],
        Name::Attention => &["page"],
        Name::Journeys => &["depth"],
        Name::Funnel => &["step"],
        Name::Summary | Name::Bandits | Name::Interruptions => &[],
    };
    let pairs = pairs(uri)?;
    for (at, (key, _)) in pairs.iter().enumerate() {
        if !COMMON.contains(&key.as_str()) && !own.contains(&key.as_str()) {
            let known = [COMMON, own].concat().join(", ");
            let key: String = key.chars().take(MAX_NAME).collect();
            return Err(Problem::malformed(format!("{key}: no such parameter; it takes {known}")));
        }
        if key != "step" && pairs[..at].iter().any(|(other, _)| other == key) {
            return Err(Problem::malformed(format!("{key}: give it once")));
        }
    }
    let one = |key: &str| pairs.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str());
    let text = |key: &str, what: &str| match one(key) {
        Some(text) if text.is_empty() || text.len() > MAX_NAME => {
            Err(Problem::malformed(format!("{key}: {what}, 1 to {MAX_NAME} bytes")))
        }
        text => Ok(text.map(str::to_owned)),
    };
    let window = window([one("days"), one("from"), one("to")], now)?;
    let depth = whole(one("depth"), "depth", 1, MAX_DEPTH as u64)?;
    let told = Told {
        segment: text("segment", "the name of a head")?,
        page: text("page", "a page's kind or path")?,
        depth: depth.map_or(DEFAULT_DEPTH, |depth| depth as usize),
        steps: steps(&pairs, name)?,
        ..Told::new(now, window)
    };
    Ok((told, format(one("format"), one("table"), name.tables())?))
}

/// Which form is asked for, of a report with these tables.
pub fn format(
    format: Option<&str>,
    table: Option<&str>,
    tables: &'static [Table],
) -> Result<Format, Problem> {
    let names = || tables.iter().map(|table| table.name).collect::<Vec<_>>().join(", ");
    match (format, table) {
        (None | Some("json"), None) => Ok(Format::Json),
        (None | Some("json"), Some(_)) => {
            Err(Problem::malformed("table: only CSV has it; add format=csv"))
        }
        (Some("csv"), table) => tables
            .iter()
            .find(|known| table.is_none_or(|table| table == known.name))
            .map(Format::Csv)
            .ok_or_else(|| Problem::malformed(format!("table: one of {}", names()))),
        _ => Err(Problem::malformed("format: json or csv")),
    }
}

/// The query in pairs.
pub fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, Problem> {
    Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map(|query| query.0)
        .map_err(|_| Problem::malformed("the query cannot be read"))
}

/// A whole number within its limits.
fn whole(text: Option<&str>, key: &str, least: u64, most: u64) -> Result<Option<u64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    let wrong = || Problem::malformed(format!("{key}: a whole number from {least} to {most}"));
    number.map(Some).ok_or_else(wrong)
}

fn window([days, from, to]: [Option<&str>; 3], now: u64) -> Result<[u64; 2], Problem> {
    let days = whole(days, "days", 1, MAX_DAYS)?;
    let (from, to) = (whole(from, "from", 0, MAX_TIME)?, whole(to, "to", 0, MAX_TIME)?);
    match (days, from, to) {
        (days, None, None) => Ok([now.saturating_sub(days.unwrap_or(DEFAULT_DAYS) * DAY_MS), now]),
        (None, Some(from), Some(to)) if from > to => {
            Err(Problem::malformed("from: it lies after to"))
        }
        (None, Some(from), Some(to)) if to - from > MAX_DAYS * DAY_MS => {
            Err(Problem::malformed(format!("from: at most {MAX_DAYS} days before to")))
        }
        (None, Some(from), Some(to)) => Ok([from, to]),
        (Some(_), ..) => Err(Problem::malformed("days: give it, or from and to")),
        (None, ..) => Err(Problem::malformed("from and to: give both, in ms since 1970")),
    }
}

fn steps(pairs: &[(String, String)], name: Name) -> Result<Vec<Wanted>, Problem> {
    let wrong = || {
        Problem::malformed(format!("step: page: or goal: and a name of at most {MAX_NAME} bytes"))
    };
    let steps: Vec<Wanted> = pairs
        .iter()
        .filter(|(key, _)| key == "step")
        .map(|(_, text)| {
            Wanted::read(text).filter(|it| it.name.len() <= MAX_NAME).ok_or_else(wrong)
        })
        .collect::<Result<_, _>>()?;
    if name == Name::Funnel && !(1..=MAX_STEPS).contains(&steps.len()) {
        return Err(Problem::malformed(format!(
            "step: 1 to {MAX_STEPS} of them, as step=page:product&step=goal:purchase"
        )));
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_800_000_000_000;

    fn asked(name: Name, query: &str) -> Result<(Told, Format), Problem> {
        let uri: Uri = format!("/v1/report/x?{query}").parse().unwrap();
        read(&uri, name, NOW)
    }

    #[test]
    fn what_holds_is_read() {
        let (told, _) = asked(Name::Journeys, "days=7&depth=3&site=shop").unwrap();
        assert_eq!((told.window, told.depth), ([NOW - 7 * DAY_MS, NOW], 3));
        let (told, _) = asked(Name::Summary, "").unwrap();
        assert_eq!(told.window, [NOW - 28 * DAY_MS, NOW]);
        let (told, format) =
            asked(Name::Funnel, "from=5&to=9&step=page%3A%2Fa&step=goal:buy&format=csv").unwrap();
        assert_eq!((told.window, told.steps.len()), ([5, 9], 2));
        assert!(matches!(format, Format::Csv(table) if table.name == "steps"));
        let (_, format) =
            asked(Name::Experiments, "format=csv&table=segments&segment=buy").unwrap();
        assert!(matches!(format, Format::Csv(table) if table.name == "segments"));
    }

    #[test]
    fn what_does_not_is_refused_by_its_name() {
        let long = format!("page={}", "x".repeat(129));
        for (name, query, key) in [
            (Name::Summary, "days=0", "days"),
            (Name::Summary, "days=401", "days"),
            (Name::Summary, "days=7.5", "days"),
            (Name::Summary, "day=7", "day"),
            (Name::Summary, "days=7&days=8", "days"),
            (Name::Summary, "days=7&from=1&to=2", "days"),
            (Name::Summary, "from=1", "from and to"),
            (Name::Summary, "from=3&to=2", "from"),
            (Name::Summary, "from=0&to=40000000000000", "from"),
            (Name::Summary, "from=0&to=9007199254740992", "to"),
            (Name::Summary, "segment=buy", "segment"),
            (Name::Summary, "format=xml", "format"),
            (Name::Summary, "table=summary", "table"),
            (Name::Summary, "format=csv&table=none", "table"),
            (Name::Experiments, "segment=", "segment"),
            (Name::Attention, &long, "page"),
            (Name::Journeys, "depth=11", "depth"),
            (Name::Funnel, "", "step"),
            (Name::Funnel, "step=purchase", "step"),
        ] {
            let problem = format!("{:?}", asked(name, query).unwrap_err());
            assert!(problem.contains(&format!("detail: \"{key}: ")), "{query}: {problem}");
        }
        let many = "step=page:a&".repeat(11);
        assert!(asked(Name::Funnel, &many).is_err());
    }
}
