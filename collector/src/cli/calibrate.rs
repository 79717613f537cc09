//! `unspoken calibrate`: what came of the forecasts, into the site's config as slope and shift.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde_json::{Value, json};

use super::{Failure, print};
use crate::calibrate::{Fitted, LEAST_OUTCOMES, LEAST_SESSIONS, Refusal, fit};
use crate::clock;
use crate::config_file::ConfigFile;
use crate::drift::{DAY_MS, Session, date};
use crate::report::Tally;
use crate::store::{SqliteStore, sessions_by_head};
use crate::train::from_store::{can_forecast, pages};
use unspoken::intent::declare::{MAX_SHIFT, MAX_SLOPE};
use unspoken::intent::{Head, Outcome, Source};
use unspoken::wire::BINS;

/// Bring each head's forecasts to what happens on the site, by `intents.<head>.calibration`.
///
/// Reads the bins that pages sent, fits a slope and a shift of the log-odds, and writes them into
/// the unspoken.json where that is sure to be better; each head has its line. Only what was judged
/// since the file was last changed counts, since what came before was forecast by another model or
/// calibration; --since says otherwise. Heads with a model whose outcome is a goal within the
/// session are forecast again from the stored page views of 30 days instead, because pages do not
/// learn how the sessions of those ended who never come back. Sessions that look automated do not
/// count.
#[derive(clap::Args)]
pub struct Args {
    /// The database file
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db", value_name = "FILE")]
    db: PathBuf,
    /// The site
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// The site's unspoken.json
    #[arg(long, env = "UNSPOKEN_CONFIG", value_name = "FILE")]
    config: PathBuf,
    /// Only this head
    #[arg(long)]
    head: Option<String>,
    /// From this day on (UTC, as 2026-11-22) [default: since the config was changed, at most 30
    /// days]
    #[arg(long, value_name = "DAY", value_parser = day)]
    since: Option<u64>,
    /// Fit and print, but write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object: { since, heads: [{ head, sessions, calibration, ece, why }], written }
    #[arg(long)]
    json: bool,
}

/// The longest look back that nobody asked for.
const DAYS: u64 = 30;

struct Line {
    head: String,
    sessions: usize,
    outcome: Result<(Fitted, [f64; 2]), String>,
}

/// Fits, writes, and says what was done.
pub fn run(args: Args) -> Result<(), Failure> {
    super::need_db(&args.db)?;
    let mut file = ConfigFile::open(&args.config)?;
    let heads = file.check()?.heads;
    if let Some(name) = args.head.as_ref().filter(|name| heads.iter().all(|it| it.name != **name)) {
        let names: Vec<&str> = heads.iter().map(|head| head.name.as_str()).collect();
        return Err(Failure::new(format!("no head {name}; there are {}", names.join(", "))));
    }
    let now = clock::now_ms();
    let usual = changed(&args.config)?.max(now.saturating_sub(DAYS * DAY_MS));
    let since = args.since.unwrap_or(usual);
    let wanted = |name: &str| args.head.as_deref().is_none_or(|head| head == name);
    let store = SqliteStore::open_to_ask(&args.db)?;
    let stored = super::wait(sessions_by_head(&store, &args.site, [since, now]))?;
    let from = args.since.unwrap_or(now.saturating_sub(DAYS * DAY_MS));
    let mut lines = Vec::new();
    for head in heads.iter().filter(|head| wanted(&head.name)) {
        lines.push(match again(head, &args, from, now)? {
            // Forecast anew, without any calibration: what is found stands for itself.
            Some(sessions) => line(head, &sessions, [1.0, 0.0]),
            None => {
                let sessions = stored.iter().find(|(name, _)| *name == head.name);
                line(head, sessions.map_or(&[][..], |(_, sessions)| sessions), head.calibration)
            }
        });
    }
    for line in &lines {
        if let Ok((_, [slope, shift])) = line.outcome {
            let value = format!("[{slope}, {shift}]");
            file.set(&["intents", &line.head, "calibration"], &value)?;
        }
    }
    let found = lines.iter().any(|line| line.outcome.is_ok());
    let written = found && !args.dry_run;
    if found {
        file.check()?;
    }
    if written {
        file.write()?;
    }
    print::print(&if args.json {
        let heads: Vec<Value> = lines.iter().map(to_json).collect();
        let told = json!({ "since": since, "heads": heads, "written": written });
        serde_json::to_string(&told)? + "\n"
    } else {
        let config = args.config.display();
        let mut text: String = lines.iter().map(to_text).collect();
        text += &match (found, written) {
            (true, true) => format!("written to {config}\n"),
            (true, false) => format!("{config} is as it was: --dry-run\n"),
            (false, _) => format!("{config} is as it was; judged since {}\n", date(since / DAY_MS)),
        };
        text
    })
}

/// Sessions that are over, forecast again by the head's model from what the store knows of their
/// pages. A page learns only at the next visit that a session ended without the outcome, so what
/// pages judged lacks those who never came back. `None` where the store cannot tell.
fn again(head: &Head, args: &Args, from: u64, now: u64) -> Result<Option<Vec<Session>>, Failure> {
    let (Outcome::Goal(goal), None, Source::Model(model)) =
        (&head.outcome, head.within, &head.source)
    else {
        return Ok(None);
    };
    if !can_forecast(model) {
        return Ok(None);
    }
    let mut pages = pages(&args.db, &args.site, goal, now)?;
    pages.retain(|page| page.at >= from);
    let sessions = pages.chunk_by(|a, b| a.session == b.session).map(|pages| {
        // One page a session counts, each as likely as any other: as on the page itself.
        let page = &pages[(pages[0].session.0 % pages.len() as u128) as usize];
        let forecast = model.forecast(&page.features);
        let mut session = [Tally::default(); BINS];
        session[((forecast * BINS as f64) as usize).min(BINS - 1)] = Tally {
            count: 1,
            positives: u64::from(page.happened),
            sum_milli: (forecast * 1000.0).round() as u64,
        };
        session
    });
    Ok(Some(sessions.collect()))
}

/// `present` is the calibration that the forecasts had passed through.
fn line(head: &Head, sessions: &[Session], present: [f64; 2]) -> Line {
    let [slope, shift] = present;
    let composed = |fitted: Fitted| {
        let digits = |value: f64| (value * 1e4).round() / 1e4;
        let slope = (fitted.slope * slope).clamp(1.0 / MAX_SLOPE, MAX_SLOPE);
        let shift = (fitted.slope * shift + fitted.shift).clamp(-MAX_SHIFT, MAX_SHIFT);
        (fitted, [digits(slope), digits(shift)])
    };
    let outcome = fit(sessions).map(composed).map_err(|refusal| why(&refusal));
    Line { head: head.name.clone(), sessions: sessions.len(), outcome }
}

fn why(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Sessions(count) => format!(
            "{count} sessions, and it takes {LEAST_SESSIONS}: wait, or look further back with --since"
        ),
        Refusal::Outcomes(count) => format!(
            "{count:.0} independent outcomes (or moments without), and it takes {LEAST_OUTCOMES:.0}"
        ),
        Refusal::Right => "right as it is, as far as these sessions can tell".to_owned(),
        Refusal::Unranked => {
            "what it forecasts higher does not come true more often: no calibration mends that; train \
             it anew with `unspoken train --db`"
                .to_owned()
        }
    }
}

fn to_text(line: &Line) -> String {
    let Line { head, sessions, outcome } = line;
    match outcome {
        Ok((fitted, [slope, shift])) => format!(
            "{head:<12} slope {slope}, shift {shift} from {sessions} sessions; ECE {:.3}, was {:.3}\n",
            fitted.ece_after, fitted.ece_before
        ),
        Err(why) => format!("{head:<12} left alone: {why}\n"),
    }
}

fn to_json(line: &Line) -> Value {
    let found = line.outcome.as_ref().ok();
    json!({
        "head": line.head,
        "sessions": line.sessions,
        "calibration": found.map(|(_, calibration)| calibration),
        "ece": found.map(|(fitted, _)| [fitted.ece_before, fitted.ece_after]),
        "why": line.outcome.as_ref().err(),
    })
}

/// When the file was last changed, in ms since 1970.
fn changed(path: &Path) -> Result<u64, Failure> {
    let changed = std::fs::metadata(path)?.modified()?;
    let since = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The first ms of a day that is written as 2026-11-22.
fn day(text: &str) -> Result<u64, String> {
    // No day has a name that another has, so the one that is meant is the one that is so called.
    let guess = || {
        let year: u64 = text.get(..4)?.parse().ok()?;
        let from = year.checked_sub(1970)? * 365;
        (from..from + 900).find(|day| date(*day) == text)
    };
    guess().map(|day| day * DAY_MS).ok_or_else(|| "a day as 2026-11-22".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_back() {
        for at in [0, 59, 11_016, 20_779, 40_000] {
            assert_eq!(day(&date(at)), Ok(at * DAY_MS));
        }
        for bad in ["", "2026", "2026-13-01", "2026-02-30", "1969-12-31", "22.11.2026"] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }
}
