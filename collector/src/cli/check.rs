//! `unspoken check`: every mistake of an `unspoken.json`, with its place and its mend.
//!
//! The thinking is in [`crate::check`]; here it meets files and is printed. With `--page` the
//! templates of pages are looked at too.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use unspoken::error::Error;
use unspoken::host::Native;
use unspoken::journey;
use unspoken::reading::Reading;
use unspoken::value::Value;

use super::{Failure, print};
use crate::check::page::Page;
use crate::check::{Finding, Report, check};
use crate::clock::now_ms;
use crate::graph;

/// Check an unspoken.json and print every mistake with its place and its mend.
///
/// The exit code is 1 where there is a mistake. A warning is something allowed that is probably
/// not meant.
#[derive(clap::Args)]
pub struct Args {
    /// The file
    file: Option<PathBuf>,
    /// A page that uses it: are its slots and the variants that rules show there? May be given
    /// several times; give every page that has a slot
    #[arg(long = "page", value_name = "HTML")]
    pages: Vec<PathBuf>,
    /// Print one JSON object: { file, ok, mistakes, warnings, slots, rules, goals }; a mistake is
    /// { path, message, suggestion, line, column }
    #[arg(long)]
    json: bool,
    /// Draw its journeys instead, as `mermaid` (the default) or `svg`
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, conflicts_with = "json")]
    graph: Option<Option<String>>,
}

const FORMATS: [&str; 2] = ["mermaid", "svg"];

impl Args {
    /// The file, and the format of a drawing. In `--graph FILE` what follows the flag is the file.
    fn settle(&self) -> Result<(&Path, Option<&str>), Failure> {
        let told = self.graph.as_ref().map(|format| format.as_deref());
        let (file, format) = match (&self.file, told) {
            (Some(file), Some(None)) => (file.as_path(), Some(FORMATS[0])),
            (None, Some(Some(file))) if !FORMATS.contains(&file) => {
                (Path::new(file), Some(FORMATS[0]))
            }
            (Some(file), format) => (file.as_path(), format.flatten()),
            (None, _) => return Err(Failure::new("which file? give an unspoken.json")),
        };
        match format.filter(|format| !FORMATS.contains(format)) {
            Some(format) => {
                Err(Failure::new(format!("no such format: {format}; there are mermaid and svg")))
            }
            None => Ok((file, format)),
        }
    }
}

/// Checks and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    let (path, format) = args.settle()?;
    let read = |path: &Path| {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok((file, text)),
            Err(error) => Err(Failure::new(format!("cannot read {file}: {error}"))),
        }
    };
    let (file, text) = read(path)?;
    if let Some(format) = format {
        return print::print(&draw(&file, &text, format)?);
    }
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

/// The journeys of a config, drawn.
fn draw(file: &str, text: &str, format: &str) -> Result<String, Failure> {
    let document =
        Value::parse(text).map_err(|error| Failure::new(format!("{file}: {}", error.to_line())))?;
    let mut reading = Reading::on(Rc::new(Native));
    let above = reading.enter("journeys");
    let journeys = document.get("journeys").map(|value| journey::read(value, &mut reading));
    reading.leave(above);
    let mistakes: Vec<String> = reading.into_mistakes().iter().map(Error::to_line).collect();
    if !mistakes.is_empty() {
        return Err(Failure::new(format!("{file} has mistakes: {}", mistakes.join("; "))));
    }
    match journeys {
        Some(journeys) if !journeys.is_empty() => {
            let drawings = graph::drawings(&journeys, &document);
            Ok(if format == "svg" { graph::svg(&drawings) } else { graph::mermaid(&drawings) })
        }
        _ => Err(Failure::new(format!("{file} has no journeys to draw"))),
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
            "mistake: level: expected one of events, trace (a.json:1:2)\n\
             mistake: slots.hero.swap: expected one of before-seen, now, idle, next-page \
             (a.json:1:33)\n\
             warning: slots.b.rules[0].when.intent.comit: no such attribute, so it is known \
             only if the page sets it itself; did you mean intent.commit? (a.json:2:45)\n"
        );
    }

    #[test]
    fn journeys_are_drawn_in_either_format() {
        let text =
            r#"{"journeys":{"cart":{"states":{"empty":[{"on":"add","to":"full"}],"full":[]}}}}"#;
        assert!(draw("a.json", text, "mermaid").unwrap().starts_with("flowchart LR\n"));
        assert!(draw("a.json", text, "svg").unwrap().starts_with("<svg "));
        let failure = |text: &str| draw("a.json", text, "svg").unwrap_err().to_string();
        assert_eq!(failure("{}"), "a.json has no journeys to draw");
        assert_eq!(
            failure(&text.replace("\"full\"}", "\"fll\"}")),
            "a.json has mistakes: journeys.cart.states.empty[0].to: no such state"
        );
    }

    #[test]
    fn the_flag_stands_before_or_after_the_file() {
        use clap::Parser;
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        let settle = |line: &[&str]| {
            let args = Line::try_parse_from([&["check"], line].concat()).map_err(drop)?.args;
            let (file, format) = args.settle().map_err(drop)?;
            Ok((file.display().to_string(), format.map(String::from)))
        };
        let file = || String::from("a.json");
        assert_eq!(settle(&["a.json"]), Ok((file(), None)));
        assert_eq!(settle(&["--graph", "a.json"]), Ok((file(), Some("mermaid".into()))));
        assert_eq!(settle(&["a.json", "--graph"]), Ok((file(), Some("mermaid".into()))));
        assert_eq!(settle(&["--graph", "svg", "a.json"]), Ok((file(), Some("svg".into()))));
        assert_eq!(settle(&["a.json", "--graph=svg"]), Ok((file(), Some("svg".into()))));
        let refused: Result<(String, Option<String>), ()> = Err(());
        assert_eq!(settle(&[]), refused);
        assert_eq!(settle(&["--graph", "svg"]), refused);
        assert_eq!(settle(&["--graph", "png", "a.json"]), refused);
        assert_eq!(settle(&["--json", "--graph", "a.json"]), refused);
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
        assert_eq!(
            lines("a.json", &check(text, &[], 0.0)),
            "a.json is fine: 1 slot, 1 rule, 2 goals\n"
        );
        assert_eq!(
            json("a.json", &check("{}", &[], 0.0)),
            "{\"file\":\"a.json\",\"ok\":true,\"mistakes\":[],\"warnings\":[],\"slots\":0,\
             \"rules\":0,\"goals\":0}\n"
        );
    }
}
