//! The settings file: TOML, read with every mistake and its line.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unspoken::reading::nearest_of;

use super::given::{Draft, Given, Origin, SiteDraft, Value, check};
use super::keys::{Form, KEYS, Key};

/// The tables of the file that hold keys, and the lists of a site.
const TABLES: [&str; 6] = ["store", "tls", "metrics", "limits", "retention", "site"];
const LISTS_OF_A_SITE: [&str; 2] = ["metric", "webhook"];

/// Reads a file into the draft. What cannot be read at all is one mistake.
pub fn read(path: &Path, draft: &mut Draft) {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&name, &text, draft),
        Err(error) => draft.mistakes.push(format!(
            "{name}: cannot be read: {error}: name another file with --settings or UNSPOKEN_SETTINGS"
        )),
    }
}

/// Reads a file's text into the draft.
pub fn parse(name: &str, text: &str, draft: &mut Draft) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut file = File { name, text, draft };
    for error in &errors {
        let place = file.place(error.span().map_or(0, |span| span.start));
        file.draft.mistake(&place, format!("it is not TOML: {}", error.message()));
    }
    // What follows a broken line may be read wrongly; its mistakes would only confuse.
    if errors.is_empty() {
        file.top(document.get_ref());
    }
}

struct File<'a> {
    name: &'a str,
    text: &'a str,
    draft: &'a mut Draft,
}

impl File<'_> {
    fn place(&self, at: usize) -> Origin {
        let before = self.text.as_bytes().iter().take(at);
        Origin::File(self.name.to_owned(), before.filter(|byte| **byte == b'\n').count() + 1)
    }

    fn top(&mut self, table: &DeTable) {
        for (word, value) in table.iter() {
            let (path, place) = (word.get_ref().as_ref(), self.place(word.span().start));
            match value.get_ref() {
                DeValue::Array(sites) if path == "site" => {
                    for site in sites.iter() {
                        self.site(site);
                    }
                }
                _ if path == "site" => {
                    self.draft.mistake(&place, "site is a list of tables: write [[site]]");
                }
                DeValue::Table(inner) if TABLES.contains(&path) => {
                    for (word, value) in inner.iter() {
                        let path = format!("{path}.{}", word.get_ref());
                        let place = self.place(word.span().start);
                        if let Some((key, value)) = self.value(&path, value, &place) {
                            self.draft.put(key, value, place);
                        }
                    }
                }
                _ if TABLES.contains(&path) => {
                    self.draft.mistake(&place, format!("{path} is a table: write [{path}]"));
                }
                _ => {
                    if let Some((key, value)) = self.value(path, value, &place) {
                        self.draft.put(key, value, place);
                    }
                }
            }
        }
    }

    fn site(&mut self, value: &Spanned<DeValue>) {
        let place = self.place(value.span().start);
        let DeValue::Table(table) = value.get_ref() else {
            return self.draft.mistake(&place, "site is a list of tables: write [[site]]");
        };
        let mut site = SiteDraft { place: Some(place), ..SiteDraft::default() };
        for (word, value) in table.iter() {
            let (path, place) = (format!("site.{}", word.get_ref()), self.place(word.span().start));
            match word.get_ref().as_ref() {
                "metric" => site.metrics = self.list(&path, value),
                "webhook" => site.webhooks = self.list(&path, value),
                _ => {
                    if let Some((key, value)) = self.value(&path, value, &place) {
                        site.values.insert(key.path, Given { value, origin: place });
                    }
                }
            }
        }
        self.draft.sites.push(site);
    }

    /// A list of tables that their owner reads.
    fn list<T: DeserializeOwned>(&mut self, path: &str, value: &Spanned<DeValue>) -> Vec<T> {
        let DeValue::Array(items) = value.get_ref() else {
            let place = self.place(value.span().start);
            self.draft.mistake(&place, format!("{path} is a list of tables: write [[{path}]]"));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            match T::deserialize(item.clone().into_deserializer()) {
                Ok(read) => out.push(read),
                Err(error) => {
                    let place = self.place(error.span().unwrap_or(item.span()).start);
                    self.draft.mistake(&place, format!("{path}: {}", error.message()));
                }
            }
        }
        out
    }

    /// The key of a path and its value, or a mistake.
    fn value(
        &mut self,
        path: &str,
        value: &Spanned<DeValue>,
        place: &Origin,
    ) -> Option<(&'static Key, Value)> {
        let Some(key) = super::keys::find(path) else {
            let lists = LISTS_OF_A_SITE.map(|list| format!("site.{list}"));
            let known = KEYS.iter().map(|key| key.path);
            let known = known.chain(TABLES).chain(lists.iter().map(String::as_str));
            let hint = nearest_of(path, known).map(|near| format!("; did you mean {near}?"));
            let hint = hint.unwrap_or_default();
            self.draft.mistake(place, format!("{path} is no setting{hint}"));
            return None;
        };
        let read = read_value(value.get_ref(), key.form);
        match read.ok_or(()).map(|value| (check(key, &value), value)) {
            Ok((Ok(()), value)) => Some((key, value)),
            Ok((Err(why), _)) => {
                self.draft.mistake(place, why);
                None
            }
            Err(()) => {
                // Any value of a wrong type is refused with what the key wants.
                let why = check(key, &wrong(key.form)).err().unwrap_or_default();
                self.draft.mistake(place, why);
                None
            }
        }
    }
}

/// A value that no key of that form takes.
fn wrong(form: Form) -> Value {
    match form {
        Form::Flag => Value::Whole(-1),
        _ => Value::Flag(false),
    }
}

fn read_value(value: &DeValue, form: Form) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::Text(text.to_string())),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Whole)
        }
        DeValue::Boolean(flag) => Some(Value::Flag(*flag)),
        DeValue::Array(items) if form == Form::List => {
            let text = |item: &Spanned<DeValue>| item.get_ref().as_str().map(str::to_owned);
            items.iter().map(text).collect::<Option<_>>().map(Value::List)
        }
        _ => None,
    }
}
