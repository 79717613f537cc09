//! `unspoken drift`: how each head did on each of the last days; for a person, or for cron.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::source::Source;
use super::{Failure, print};
use crate::clock;
use crate::config_file::ConfigFile;
use crate::drift::{Alarm, DAY_MS, Day, Head, date};
use crate::handlers::v1::intents::{DEFAULT_DAYS, MAX_DAYS};
use crate::store::heads_by_day;

/// Print how each head's forecasts did against what happened, a line a day.
///
/// The exit code is 1 where today or yesterday (UTC) raises an alarm, so that cron can tell a
/// person: `gap`, more or less happens than is forecast (see `unspoken calibrate`), or `ranking`,
/// moments are ranked worse than on earlier days (see `unspoken train --db`). Sessions that look
/// automated do not count. Runs beside a live collector.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// The site
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// The site's unspoken.json: only its heads are judged
    #[arg(long, env = "UNSPOKEN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Days, today included
    #[arg(long, default_value_t = DEFAULT_DAYS,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_DAYS)))]
    days: u32,
    /// Print one JSON object, as GET /v1/intents answers
    #[arg(long)]
    json: bool,
}

/// Judges, prints, and fails where a late day drifts.
pub fn run(args: Args) -> Result<(), Failure> {
    let store = args.source.open()?;
    let now = clock::now_ms();
    let names = |path| -> Result<Vec<String>, Failure> {
        Ok(ConfigFile::open(path)?.heads()?.into_iter().map(|head| head.name).collect())
    };
    let known = args.config.as_deref().map(names).transpose()?;
    let heads = super::wait(heads_by_day(&*store, &args.site, args.days, now, known))?;
    print::print(&if args.json {
        let answer = serde_json::json!({ "generatedAt": now, "days": args.days, "intents": heads });
        serde_json::to_string(&answer)? + "\n"
    } else {
        table(&heads, args.days)
    })?;
    let late = [now.saturating_sub(DAY_MS), now].map(|at| date(at / DAY_MS));
    match alarms(&heads, &late) {
        sentences if sentences.is_empty() => Ok(()),
        sentences => Err(Failure::new(sentences.join("\n"))),
    }
}

fn table(heads: &[Head], days: u32) -> String {
    if heads.is_empty() {
        return format!(
            "no forecast has met its outcome in {days} days: a page needs the collector as its endpoint\n"
        );
    }
    let mut text = format!(
        "{:<12} {:<10} {:>8} {:>9} {:>8} {:>8} {:>6} {:>6} {:>17} {:>6}  {}\n",
        "head",
        "day",
        "sessions",
        "moments",
        "forecast",
        "happened",
        "z",
        "AUC",
        "95 %",
        "ECE",
        "alarm"
    );
    for head in heads {
        for day in &head.days {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", line(&head.head, day));
        }
    }
    text
}

fn line(head: &str, day: &Day) -> String {
    let some = |value: Option<f64>, digits: usize| {
        value.map_or("—".to_owned(), |value| format!("{value:.digits$}"))
    };
    let interval = match (day.auc_low, day.auc_high) {
        (Some(low), Some(high)) => format!("{low:.3} to {high:.3}"),
        _ => "—".to_owned(),
    };
    let alarm: Vec<&str> = day.alarms.iter().map(|alarm| word(*alarm)).collect();
    format!(
        "{head:<12} {} {:>8} {:>9} {:>8.3} {:>8.3} {:>6} {:>6} {interval:>17} {:>6.3}  {}",
        day.day,
        day.sessions,
        day.count,
        day.forecast,
        day.observed,
        some(day.z, 1),
        some(day.auc, 3),
        day.ece,
        alarm.join(" ")
    )
}

fn word(alarm: Alarm) -> &'static str {
    match alarm {
        Alarm::Gap => "gap",
        Alarm::Ranking => "ranking",
    }
}

/// A sentence for each alarm of the days in `late`.
fn alarms(heads: &[Head], late: &[String]) -> Vec<String> {
    let mut sentences = Vec::new();
    for head in heads {
        for day in head.days.iter().filter(|day| late.contains(&day.day)) {
            for alarm in &day.alarms {
                sentences.push(match alarm {
                    Alarm::Gap => format!(
                        "{} drifts ({}): {:.1} % forecast, {:.1} % happened; `unspoken calibrate` shifts it \
                         to what happens",
                        head.head,
                        day.day,
                        100.0 * day.forecast,
                        100.0 * day.observed
                    ),
                    Alarm::Ranking => format!(
                        "{} ranks worse ({}): AUC {:.3}; look for what changed on the site, then train anew \
                         with `unspoken train --db`",
                        head.head,
                        day.day,
                        day.auc.unwrap_or(0.5)
                    ),
                });
            }
        }
    }
    sentences
}
