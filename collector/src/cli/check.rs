//! `unspoken check`: every mistake of an `unspoken.json`, with its place and its mend.
//!
//! The thinking is in [`crate::check`]; here it meets files and is printed. With `--page` the
//! templates of pages are looked at too.

use std::path::PathBuf;

use unspoken::value::Value;

use super::{Failure, print};
use crate::check::page::Page;
use crate::check::{Finding, Report, check};
use crate::clock::now_ms;

/// Check an unspoken.json and print every mistake with its place and its mend.
///
/// The exit code is 1 where there is a mistake. A warning is something allowed that is probably
/// not meant.
#[derive(clap::Args)]
pub struct Args {
    /// The file
    file: PathBuf,
    /// A page that uses it: are its slots and the variants that rules show there? May be given
    /// several times; give every page that has a slot
    #[arg(long = "page", value_name = "HTML")]
    pages: Vec<PathBuf>,
    /// Print one JSON object: { file, ok, mistakes, warnings, slots, rules, goals }; a mistake is
    /// { path, message, suggestion, line, column }
    #[arg(long)]
    json: bool,
}

/// Checks and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    let read = |path: &PathBuf| {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok((file, text)),
            Err(error) => Err(Failure::new(format!("cannot read {file}: {error}"))),
        }
    };
    let (file, text) = read(&args.file)?;
    let mut pages = Vec::new();
    for path in &args.pages {
        let (file, html) = read(path)?;
        pages.push(Page::read(&file, &html));
    }
    let report = check(&text, &pages, now_ms() as f64);
    print::print(&if args.json { json(&file, &report) } else { lines(&file, &report) })?;
    match report.notes.mistakes.len() {
        0 => Ok(()),
        1 => Err(Failure::new(format!("{file} has a mistake"))),
        count => Err(Failure::new(format!("{file} has {count} mistakes"))),
    }
}

/// Slots, rules and goals.
fn counts(report: &Report) -> [usize; 3] {
    let rules = report.config.slots.iter().map(|slot| slot.rules.len()).sum();
    [report.config.slots.len(), rules, report.config.goals.len()]
}

fn lines(file: &str, report: &Report) -> String {
    let mut text = String::new();
    let notes = &report.notes;
    for (word, findings) in [("mistake", &notes.mistakes), ("warning", &notes.warnings)] {
        for finding in findings {
            text += &format!("{word}: {}\n", finding.to_line(file));
        }
    }
    if notes.mistakes.is_empty() {
        let [slots, rules, goals] = counts(report);
        let count = |count: usize, word: &str| match count {
            1 => format!("1 {word}"),
            count => format!("{count} {word}s"),
        };
        text += &format!(
            "{file} is fine: {}, {}, {}\n",
            count(slots, "slot"),
            count(rules, "rule"),
            count(goals, "goal")
        );
    }
    text
}

fn json(file: &str, report: &Report) -> String {
    let list = |findings: &[Finding]| -> Vec<Value> {
        let value = |finding: &Finding| {
            let value = Value::map()
                .with("path", finding.path.as_str())
                .with("message", finding.message.as_str());
            let value = match &finding.suggestion {
                Some(suggestion) => value.with("suggestion", suggestion.as_str()),
                None => value,
            };
            match finding.place {
                Some((line, column)) => {
                    value.with("line", line as f64).with("column", column as f64)
                }
                None => value,
            }
        };
        findings.iter().map(value).collect()
    };
    let [slots, rules, goals] = counts(report).map(|count| count as f64);
    let value = Value::map()
        .with("file", file)
        .with("ok", report.notes.mistakes.is_empty())
        .with("mistakes", list(&report.notes.mistakes))
        .with("warnings", list(&report.notes.warnings))
        .with("slots", slots)
        .with("rules", rules)
        .with("goals", goals);
    value.to_json() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_and_warning_is_a_line() {
        let text = r#"{"level":"all","slots":{"hero":{"swap":"later"},
            "b":{"rules":[{"id":"x","when":{"intent.comit":1},"show":"y"}]}}}"#;
        assert_eq!(
            lines("a.json", &check(text, &[], 0.0)),
            "mistake: level: expected one of events, trace\n\
             mistake: slots.hero.swap: expected one of before-seen, now, idle, next-page\n\
             warning: slots.b.rules[0].when.intent.comit: no such attribute; it holds only if the \
             page sets it itself\n"
        );
    }

    #[test]
    fn broken_json_is_told_with_line_and_column() {
        let text = lines("a.json", &check("{\n  \"slots\": }", &[], 0.0));
        assert_eq!(text, "mistake: not valid JSON: expected value at line 2 column 12\n");
    }

    #[test]
    fn a_fine_file_is_counted() {
        let text = r##"{"slots":{"hero":{"rules":[{"id":"a","show":"b"}]}},
            "goals":{"purchase":{"click":"#order"},"more":{"click":"a"}}}"##;
        assert_eq!(lines("a.json", &check(text, &[], 0.0)), "a.json is fine: 1 slot, 1 rule, 2 goals\n");
        assert_eq!(
            json("a.json", &check("{}", &[], 0.0)),
            "{\"file\":\"a.json\",\"ok\":true,\"mistakes\":[],\"warnings\":[],\"slots\":0,\
             \"rules\":0,\"goals\":0}\n"
        );
    }
}
