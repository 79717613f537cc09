//! `unspoken check`: every mistake of an `unspoken.json`, with its place and its mend.
//!
//! The same compiler as in the page, so what passes here runs there. It does not know the page:
//! whether a variant's template exists only the page can tell.

use std::path::PathBuf;

use unspoken::config::Config;
use unspoken::error::Error;
use unspoken::value::Value;

use super::{Failure, print};

/// Check an unspoken.json and print every mistake with its place and its mend.
///
/// The exit code is 1 where there is a mistake. A warning is something allowed that is probably
/// not meant.
#[derive(clap::Args)]
pub struct Args {
    /// The file
    file: PathBuf,
    /// Print one JSON object: { file, ok, mistakes, warnings, slots, rules, goals }
    #[arg(long)]
    json: bool,
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
    let file = args.file.display().to_string();
    let text = std::fs::read_to_string(&args.file)
        .map_err(|error| Failure::new(format!("cannot read {file}: {error}")))?;
    let findings = check(&text);
    print::print(&if args.json { json(&file, &findings) } else { lines(&file, &findings) })?;
    match findings.mistakes.len() {
        0 => Ok(()),
        1 => Err(Failure::new(format!("{file} has a mistake"))),
        count => Err(Failure::new(format!("{file} has {count} mistakes"))),
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
