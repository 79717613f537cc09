//! What was given, by whom: values with their origin, one layer over the other.

use std::collections::BTreeMap;
use std::fmt;

use super::keys::{Form, KEYS, Key};
use super::site::{Hook, Metric};

/// A value, of one of the forms that the table knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text, a path, an address, a word, a secret.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// True or false.
    Flag(bool),
    /// Texts.
    List(Vec<String>),
}

/// Who gave a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Origin {
    /// Nobody.
    Default,
    /// A line of the file.
    File(String, usize),
    /// A variable.
    Variable(String),
    /// A flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Origin::Default => formatter.write_str("default"),
            Origin::File(path, line) => write!(formatter, "{path}:{line}"),
            Origin::Variable(name) => formatter.write_str(name),
            Origin::Flag(name) => write!(formatter, "--{name}"),
        }
    }
}

/// A value and who gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The value; it has the form that the table wants.
    pub value: Value,
    /// Who gave it.
    pub origin: Origin,
}

/// Values by the path of their key.
pub type Values = BTreeMap<&'static str, Given>;

/// What was given of one site.
#[derive(Clone, Debug, Default)]
pub struct SiteDraft {
    /// Where it begins in the file.
    pub place: Option<Origin>,
    /// Its values, by the whole path (`site.name`).
    pub values: Values,
    /// What its experiments are judged by.
    pub metrics: Vec<Metric>,
    /// Who is told.
    pub webhooks: Vec<Hook>,
}

/// Everything that was given, and every mistake found so far.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// What concerns the collector.
    pub values: Values,
    /// Its sites; the first is the one that flags speak of.
    pub sites: Vec<SiteDraft>,
    /// One sentence each, which begins with the place.
    pub mistakes: Vec<String>,
}

impl Draft {
    /// Puts a value over what was given before.
    pub fn put(&mut self, key: &'static Key, value: Value, origin: Origin) {
        let given = Given { value, origin };
        if !key.is_of_a_site() {
            self.values.insert(key.path, given);
            return;
        }
        if self.sites.is_empty() {
            self.sites.push(SiteDraft::default());
        }
        self.sites[0].values.insert(key.path, given);
    }

    /// Puts a text over what was given before, or notes that it is not of its key's form.
    pub fn put_text(&mut self, key: &'static Key, texts: &[String], origin: Origin) {
        match parse(key, texts) {
            Ok(value) => self.put(key, value, origin),
            Err(why) => self.mistake(&origin, why),
        }
    }

    /// Notes a mistake.
    pub fn mistake(&mut self, origin: &Origin, why: impl fmt::Display) {
        self.mistakes.push(format!("{origin}: {why}"));
    }

    /// Reads the variables of all keys. An empty one counts as not given, as a service manager
    /// leaves it.
    pub fn read_environment(&mut self, variable: impl Fn(&str) -> Option<String>) {
        for key in KEYS {
            let name = key.variable();
            let Some(text) = variable(&name).filter(|text| !text.is_empty()) else { continue };
            let texts: Vec<String> = match key.form {
                Form::List => text.split(',').map(|item| item.trim().to_owned()).collect(),
                _ => vec![text],
            };
            self.put_text(key, &texts, Origin::Variable(name));
        }
    }
}

/// Texts as a value of the key's form: of several the last counts, where it is no list.
fn parse(key: &Key, texts: &[String]) -> Result<Value, String> {
    let text = texts.last().map_or("", String::as_str);
    let value = match key.form {
        Form::List => Value::List(texts.to_vec()),
        Form::Whole(..) => Value::Whole(text.trim().parse().map_err(|_| wanted(key))?),
        Form::Flag => match text {
            "true" | "1" | "yes" | "on" => Value::Flag(true),
            "false" | "0" | "no" | "off" => Value::Flag(false),
            _ => return Err(wanted(key)),
        },
        Form::Text | Form::Path | Form::Address | Form::Choice(_) | Form::Secret => {
            Value::Text(text.to_owned())
        }
    };
    check(key, &value)?;
    Ok(value)
}

/// Whether a value is what its key wants; the error names the key, and no secret.
pub fn check(key: &Key, value: &Value) -> Result<(), String> {
    let holds = match (key.form, value) {
        (Form::Text | Form::Path, Value::Text(text)) => !text.is_empty(),
        (Form::Secret, Value::Text(_)) | (Form::Flag, Value::Flag(_)) => true,
        (Form::Address, Value::Text(text)) => text.parse::<std::net::SocketAddr>().is_ok(),
        (Form::Whole(least, most), Value::Whole(number)) => (least..=most).contains(number),
        (Form::Choice(words), Value::Text(text)) => words.contains(&text.as_str()),
        (Form::List, Value::List(_)) => true,
        _ => false,
    };
    if holds { Ok(()) } else { Err(wanted(key)) }
}

/// What a key wants, as a sentence.
fn wanted(key: &Key) -> String {
    let path = key.path;
    match key.form {
        Form::Text | Form::Secret => format!("{path} is a text"),
        Form::Path => format!("{path} is the name of a file or folder"),
        Form::Address => format!("{path} is an address with a port, as 127.0.0.1:4181"),
        Form::Whole(least, most) => format!("{path} is a whole number from {least} to {most}"),
        Form::Flag => format!("{path} is true or false"),
        Form::Choice(words) => format!("{path} is one of {}", words.join(", ")),
        Form::List => format!("{path} is a list of texts"),
    }
}
