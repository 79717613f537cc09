//! `unspoken replay --config`: what another config would have decided, printed as a diff.

use std::fmt::Write as _;
use std::path::PathBuf;

use unspoken::config::Config;
use unspoken::time::SECOND;
use unspoken::trace::Trace;
use unspoken::value::Value;

use super::replay::config_of_header;
use super::{Failure, print};
use crate::diff::{Decided, Diff, Difference, Summary, Table, diff};
use crate::replay::{read, replay, start_of};

/// Replays each recording by both configs and prints what differs.
pub fn run(
    paths: &[PathBuf],
    config: &Config,
    against: Option<&Config>,
    json: bool,
) -> Result<(), Failure> {
    let mut summary = Summary::default();
    for path in paths {
        for trace in read(path)? {
            let own = || config_of_header(path, &trace);
            let old = against.cloned().map_or_else(own, Ok)?;
            let (before, after) = (replay(&trace, &old), replay(&trace, config));
            let start = start_of(&trace);
            let end = trace.signals.last().map_or(start, |(at, _)| *at);
            let diff = diff(&before, &after, start, end);
            summary.add(&diff);
            print::print(&if json { lines(&trace, &diff) } else { text(&trace, &diff) })?;
        }
    }
    print::print(&if json { last_line(&summary) } else { table(&summary) })
}

/// The differences of one recording; nothing where there are none.
fn text(trace: &Trace, diff: &Diff) -> String {
    let seconds = |at: f64| (at - start_of(trace)) / SECOND;
    let mut text = String::new();
    for it in diff.differences.iter().filter(|it| it.is_of_variant()) {
        if text.is_empty() {
            text = format!("{}\n", trace.header.id);
        }
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{:>8.2} s  {}: {} → {}, until {:.2} s\n            - {}\n            + {}\n",
            seconds(it.at),
            it.slot,
            it.before.variant,
            it.after.variant,
            seconds(it.until),
            why(&it.before),
            why(&it.after)
        );
    }
    text
}

fn why(decided: &Decided) -> String {
    let rule = decided.rule.as_deref().unwrap_or("no rule");
    format!("{} ({rule}): {}", decided.variant, decided.reason)
}

fn table(summary: &Summary) -> String {
    let all = match summary.recordings {
        1 => "the recording".into(),
        count => format!("{count} recordings"),
    };
    let others = match summary.other_rules {
        0 => String::new(),
        1 => " One decision came to the same variant by another rule.".into(),
        count => format!(" {count} decisions came to the same variant by another rule."),
    };
    if summary.differ == 0 {
        return format!("Nothing changes: in {all} every slot is decided as before.{others}\n");
    }
    let mut text = match summary.recordings {
        1 => format!("\nThe recording differs.{others}\n"),
        count => format!("\n{} of {count} recordings differ.{others}\n", summary.differ),
    };
    for (slot, table) in &summary.slots {
        if !changed(table) {
            let _ = writeln!(text, "\n{slot}: as before");
            continue;
        }
        let _ = writeln!(
            text,
            "\n{slot:<32} {:>10} {:>9} {:>11} {:>11} {:>11}",
            "recordings", "decisions", "seen before", "seen after", "shown"
        );
        for ((before, after), change) in table {
            let name = format!("{before} → {after}");
            let _ = writeln!(
                text,
                "  {name:<30} {:>10} {:>9} {:>11} {:>11} {:>9.1} s",
                change.recordings,
                change.decisions,
                change.before,
                change.after,
                change.shown / SECOND
            );
        }
    }
    text
}

/// Whether a slot was ever decided or shown differently.
fn changed(table: &Table) -> bool {
    table.keys().any(|(before, after)| before != after)
}

fn lines(trace: &Trace, diff: &Diff) -> String {
    let decided = |decided: &Decided| {
        Value::map()
            .with("variant", decided.variant.as_str())
            .with("rule", decided.rule.as_deref())
            .with("reason", decided.reason.as_str())
    };
    let line = |it: &Difference| {
        let value = Value::map()
            .with("trace", trace.header.id.as_str())
            .with("t", it.at)
            .with("type", "difference")
            .with("slot", it.slot.as_str())
            .with("until", it.until)
            .with("before", decided(&it.before))
            .with("after", decided(&it.after));
        value.to_json() + "\n"
    };
    diff.differences.iter().map(line).collect()
}

fn last_line(summary: &Summary) -> String {
    let mut slots = Value::map();
    for (slot, table) in &summary.slots {
        let row = |((before, after), change): (&(String, String), &crate::diff::Change)| {
            Value::map()
                .with("before", before.as_str())
                .with("after", after.as_str())
                .with("recordings", change.recordings as f64)
                .with("decisions", change.decisions as f64)
                .with("exposuresBefore", change.before as f64)
                .with("exposuresAfter", change.after as f64)
                .with("shownMs", change.shown)
        };
        slots.put(slot, Value::List(table.iter().map(row).collect()));
    }
    let value = Value::map()
        .with("type", "diff")
        .with("recordings", summary.recordings as f64)
        .with("differ", summary.differ as f64)
        .with("otherRules", summary.other_rules as f64)
        .with("slots", slots);
    value.to_json() + "\n"
}
