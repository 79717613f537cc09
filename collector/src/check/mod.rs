//! `unspoken check`: what is wrong with an `unspoken.json`, where, and what to write instead.
//!
//! First the core compiles the document, as the page will: what it refuses is a mistake
//! ([`suggest`] finds the word that was meant). Then each file here asks one thing that a page has no
//! use for: whether what is named is there ([`reference`]), whether shares add up ([`share`]),
//! whether a rule can ever hold and gets its turn ([`reach`], with [`mod@logic`]), whether limits and
//! schedules let anything through ([`limit`]), whether features ask in a circle ([`cycle`]), what of
//! templates in the config is not shown ([`template`]), and whether pages have the templates that rules
//! show ([`page`]).
//!
//! A mistake is what cannot do what it says. A warning is what can, and probably is not meant.

mod condition;
mod cycle;
mod limit;
pub mod logic;
mod names;
pub mod page;
mod place;
mod reach;
mod reference;
mod share;
mod suggest;
mod template;

use std::collections::HashSet;

use unspoken::config::Config;
use unspoken::error::Error;
use unspoken::journey;
use unspoken::value::Value;

use names::Names;
use page::Page;

/// A mistake or a warning.
#[derive(Clone, PartialEq, Debug)]
pub struct Finding {
    /// Where: dotted, with list positions in brackets; empty for the whole document.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where that can be said.
    pub suggestion: Option<String>,
    /// Line and column in the text, from 1; of the nearest thing above where the place itself is not
    /// in the text.
    pub place: Option<(usize, usize)>,
}

impl Finding {
    /// Whether all it suggests is what it said was expected.
    fn is_plain(&self) -> bool {
        self.suggestion.as_ref().is_none_or(|it| it.starts_with("write "))
    }

    /// As a line: path, message, suggestion, and the place in the file.
    pub fn to_line(&self, file: &str) -> String {
        let mut line = self.path.clone();
        if !line.is_empty() {
            line += ": ";
        }
        line += &self.message;
        // What says what was expected has said it.
        let is_said = |it: &&String| it.strip_prefix("write ").is_some_and(|it| line.contains(it));
        if let Some(suggestion) = self.suggestion.as_ref().filter(|it| !is_said(it)) {
            line = format!("{line}; {suggestion}");
        }
        match self.place {
            Some((row, column)) => format!("{line} ({file}:{row}:{column})"),
            None => line,
        }
    }
}

/// What was found so far.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Notes {
    /// What cannot do what it says.
    pub mistakes: Vec<Finding>,
    /// What probably is not meant.
    pub warnings: Vec<Finding>,
}

fn finding(path: &str, message: String, suggestion: Option<String>) -> Finding {
    Finding { path: path.into(), message, suggestion, place: None }
}

impl Notes {
    fn mistake(&mut self, path: &str, message: impl Into<String>, suggestion: impl Into<String>) {
        self.mistakes.push(finding(path, message.into(), Some(suggestion.into())));
    }

    fn warning(&mut self, path: &str, message: impl Into<String>, suggestion: impl Into<String>) {
        self.warnings.push(finding(path, message.into(), Some(suggestion.into())));
    }
}

/// What a check found, and the config as far as it compiled.
#[derive(Debug, Default)]
pub struct Report {
    /// The config.
    pub config: Config,
    /// Mistakes and warnings, each in the order of the document.
    pub notes: Notes,
}

/// Checks the text of an `unspoken.json` against itself, pages that use it, and the present (`now`,
/// ms since 1970).
pub fn check(text: &str, pages: &[Page], now: f64) -> Report {
    let document = match Value::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let only = finding("", error.message().into(), None);
            let notes = Notes { mistakes: vec![only], warnings: Vec::new() };
            return Report { config: Config::default(), notes };
        }
    };
    let (config, mistakes) = Config::compile_all(&document);
    let names = Names::of(&document, &config);
    let mut notes = Notes::default();
    let suggest = |error: &Error| suggest::finding(error, &document, &names);
    notes.mistakes.extend(mistakes.iter().map(suggest));
    notes.warnings.extend(journey::warnings(&config.journeys).iter().map(suggest));
    let warned = notes.warnings.len();
    reference::check(&document, &names, &mut notes);
    share::check(&document, &mut notes);
    reach::check(&document, &names, &mut notes);
    limit::check(&document, now, &mut notes);
    cycle::check(&document, &names, &mut notes);
    template::check(&document, &names, &mut notes);
    page::check(&document, &names, pages, &mut notes);
    let places = place::Places::of(text);
    for path in &places.doubled {
        notes.mistake(path, "stands here twice, and only the last one counts", "take one out");
    }
    let mut told: HashSet<String> = HashSet::new();
    for (list, of_core) in [(&mut notes.mistakes, mistakes.len()), (&mut notes.warnings, warned)] {
        let own = list.split_off(of_core);
        // At one place the core's word stands, unless the check knows more than what was expected.
        list.retain(|it| !it.is_plain() || own.iter().all(|other| other.path != it.path));
        told.extend(list.iter().map(|it| it.path.clone()));
        list.extend(own.into_iter().filter(|it| told.insert(it.path.clone())));
        for it in list.iter_mut() {
            it.place = places.find(&it.path);
        }
        list.sort_by_key(|it| it.place);
    }
    Report { config, notes }
}

/// The rules of slots: the slot, the rule's position, its path, and what stands there.
fn rules(document: &Value) -> Vec<(&str, usize, String, &Value)> {
    let mut all = Vec::new();
    for (slot, value) in document.at("slots").entries() {
        for (at, rule) in value.at("rules").items().iter().enumerate() {
            all.push((slot.as_str(), at, format!("slots.{slot}.rules[{at}]"), rule));
        }
    }
    all
}

/// "did you mean …?", or what there is.
fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = unspoken::reading::nearest_of(word, known.clone()) {
        return format!("did you mean {near}?");
    }
    let mut all: Vec<&str> = known.into_iter().collect();
    let more = all.len() > 12;
    all.truncate(12);
    match all.is_empty() {
        true => "there is none".into(),
        false => format!("known are {}{}", all.join(", "), if more { ", …" } else { "" }),
    }
}
