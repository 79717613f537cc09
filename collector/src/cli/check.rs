//! `unspoken check`: every mistake of an `unspoken.json`, with its place and its mend.
//!
//! The same compiler as in the page, so what passes here runs there. It does not know the page:
//! whether a variant's template exists only the page can tell.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use unspoken::config::Config;
use unspoken::error::Error;
use unspoken::host::Native;
use unspoken::journey;
use unspoken::reading::Reading;
use unspoken::value::Value;

use super::{Failure, print};
use crate::graph;

/// Check an unspoken.json and print every mistake with its place and its mend.
///
/// The exit code is 1 where there is a mistake. A warning is something allowed that is probably
/// not meant.
#[derive(clap::Args)]
pub struct Args {
    /// The file
    file: Option<PathBuf>,
    /// Print one JSON object: { file, ok, mistakes, warnings, slots, rules, goals }
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

/// What the check found.
#[derive(Debug)]
struct Findings {
    config: Config,
    mistakes: Vec<Error>,
    warnings: Vec<Error>,
}

/// Checks and prints.
pub fn run(args: Args) -> Result<(), Failure> {
    let (path, format) = args.settle()?;
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {file}: {error}")))?;
    if let Some(format) = format {
        return print::print(&draw(&file, &text, format)?);
    }
    let findings = check(&text);
    print::print(&if args.json { json(&file, &findings) } else { lines(&file, &findings) })?;
    match findings.mistakes.len() {
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

fn check(text: &str) -> Findings {
    match Value::parse(text) {
        Err(error) => {
            Findings { config: Config::default(), mistakes: vec![error], warnings: vec![] }
        }
        Ok(value) => {
            let (config, mistakes) = Config::compile_all(&value);
            let warnings = config.warnings();
            Findings { config, mistakes, warnings }
        }
    }
}

impl Findings {
    /// Slots, rules and goals.
    fn counts(&self) -> [usize; 3] {
        let rules = self.config.slots.iter().map(|slot| slot.rules.len()).sum();
        [self.config.slots.len(), rules, self.config.goals.len()]
    }
}

fn lines(file: &str, findings: &Findings) -> String {
    let mut text = String::new();
    for (word, errors) in [("mistake", &findings.mistakes), ("warning", &findings.warnings)] {
        for error in errors {
            text += &format!("{word}: {}\n", error.to_line());
        }
    }
    if findings.mistakes.is_empty() {
        let [slots, rules, goals] = findings.counts();
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

fn json(file: &str, findings: &Findings) -> String {
    let list = |errors: &[Error]| -> Vec<Value> {
        let value = |error: &Error| {
            Value::map().with("path", error.path()).with("message", error.message())
        };
        errors.iter().map(value).collect()
    };
    let [slots, rules, goals] = findings.counts().map(|count| count as f64);
    let value = Value::map()
        .with("file", file)
        .with("ok", findings.mistakes.is_empty())
        .with("mistakes", list(&findings.mistakes))
        .with("warnings", list(&findings.warnings))
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
            lines("a.json", &check(text)),
            "mistake: level: expected one of events, trace\n\
             mistake: slots.hero.swap: expected one of before-seen, now, idle, next-page\n\
             warning: slots.b.rules[0].when.intent.comit: no such attribute; it holds only if the \
             page sets it itself\n"
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
        let text = lines("a.json", &check("{\n  \"slots\": }"));
        assert_eq!(text, "mistake: not valid JSON: expected value at line 2 column 12\n");
    }

    #[test]
    fn a_fine_file_is_counted() {
        let text = r##"{"slots":{"hero":{"rules":[{"id":"a","show":"b"}]}},
            "goals":{"purchase":{"click":"#order"},"more":{"click":"a"}}}"##;
        assert_eq!(lines("a.json", &check(text)), "a.json is fine: 1 slot, 1 rule, 2 goals\n");
        assert_eq!(
            json("a.json", &check("{}")),
            "{\"file\":\"a.json\",\"ok\":true,\"mistakes\":[],\"warnings\":[],\"slots\":0,\
             \"rules\":0,\"goals\":0}\n"
        );
    }
}
