//! Writes single values into a site's `unspoken.json`, and leaves every other byte as it stands:
//! the file is a person's, and its order and spacing are theirs.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use unspoken::config::Config;
use unspoken::error::Error;
use unspoken::intent::Head;
use unspoken::value::Value;

/// Why a config was not written: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The system refused.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// Read or write.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The text is not what it should be.
    #[error("{}: {fault}", path.display())]
    Text {
        /// The file.
        path: PathBuf,
        /// Every mistake.
        fault: String,
    },
}

/// A config's file, as it was read, and as it shall be.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
    /// As the file stood when it was read, or written last.
    stood: String,
    text: String,
}

impl ConfigFile {
    /// Reads the file.
    pub fn open(path: &Path) -> Result<ConfigFile, EditError> {
        // Behind a link stands the file that is to be replaced, not the link.
        let cannot = |source| EditError::File { what: "read", path: path.to_owned(), source };
        let real = fs::canonicalize(path).map_err(cannot)?;
        let text = fs::read_to_string(&real).map_err(cannot)?;
        Ok(ConfigFile { path: real, stood: text.clone(), text })
    }

    /// The text as it stands now.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Sets the value at `keys`; objects on the way are made where they are absent, and elements of
    /// lists are named by their number.
    pub fn set(&mut self, keys: &[&str], json: &str) -> Result<(), EditError> {
        self.text = set(&self.text, keys, json, 0)
            .map_err(|fault| EditError::Text { path: self.path.clone(), fault })?;
        Ok(())
    }

    /// The heads as the text declares them, also where it has mistakes: a damaged model is mended by
    /// putting another in its place.
    pub fn heads(&self) -> Result<Vec<Head>, EditError> {
        Ok(self.compile()?.0.heads)
    }

    /// Compiles the text, as the page will. Any mistake refuses it.
    pub fn check(&self) -> Result<Config, EditError> {
        let (config, mistakes) = self.compile()?;
        if mistakes.is_empty() { Ok(config) } else { Err(self.wrong(&mistakes)) }
    }

    /// Compiles the text. Mistakes refuse it, but for models of other heads that were refused
    /// `before` as well: the page does without those, and takes no config with another mistake. They
    /// are handed back.
    pub fn check_head(&self, head: &str, before: &[Error]) -> Result<Vec<Error>, EditError> {
        let of_head = format!("intents.{head}");
        let is_of_head = |path: &str| {
            path.strip_prefix(&of_head).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let (old, new): (Vec<Error>, Vec<Error>) =
            self.mistakes()?.into_iter().partition(|error| {
                let is_model = error.path().ends_with(".model");
                is_model && before.contains(error) && !is_of_head(error.path())
            });
        if new.is_empty() { Ok(old) } else { Err(self.wrong(&new)) }
    }

    /// Every mistake in the text.
    pub fn mistakes(&self) -> Result<Vec<Error>, EditError> {
        Ok(self.compile()?.1)
    }

    fn compile(&self) -> Result<(Config, Vec<Error>), EditError> {
        let value = Value::parse(&self.text).map_err(|error| self.wrong(&[error]))?;
        Ok(Config::compile_all(&value))
    }

    fn wrong(&self, errors: &[Error]) -> EditError {
        let lines: Vec<String> = errors.iter().map(Error::to_line).collect();
        EditError::Text { path: self.path.clone(), fault: lines.join("; ") }
    }

    /// Puts the text in the file's place at once: whoever reads meanwhile reads the old file or the
    /// new one, and so does whoever comes after a power cut. Refused where the file is no longer as it was read.
    pub fn write(&mut self) -> Result<(), EditError> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let new = folder.join(format!(".{name}.{}.new", std::process::id()));
        let written = (|| -> std::io::Result<bool> {
            let mut file = File::create_new(&new)?;
            file.set_permissions(fs::metadata(&self.path)?.permissions())?;
            file.write_all(self.text.as_bytes())?;
            file.sync_all()?;
            let stands = fs::read(&self.path)? == self.stood.as_bytes();
            if stands {
                fs::rename(&new, &self.path)?;
            }
            Ok(stands)
        })();
        let path = || self.path.clone();
        let error = match written {
            Ok(true) => {
                self.stood.clone_from(&self.text);
                return Ok(());
            }
            Ok(false) => EditError::Text {
                path: path(),
                fault: "it was changed meanwhile and is left so; run the command again".to_owned(),
            },
            Err(source) => EditError::File { what: "write", path: path(), source },
        };
        let _ = fs::remove_file(&new);
        Err(error)
    }
}

/// An object's members in order, each value as its text.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Members<'de>;
            fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Walk)
    }
}

/// `object` with the value at `keys` set to `json`; the key of an element of a list is its number. `depth` is how deep the object stands, for the
/// indent of new lines.
fn set(object: &str, keys: &[&str], json: &str, depth: usize) -> Result<String, String> {
    let Some((key, rest)) = keys.split_first() else { return Ok(json.to_owned()) };
    if object.starts_with('[') {
        let items: Vec<&RawValue> =
            serde_json::from_str(object).map_err(|error| error.to_string())?;
        let item = key.parse().ok().and_then(|at: usize| items.get(at));
        let item = item.ok_or_else(|| format!("a list has no element {key}"))?.get();
        let start = item.as_ptr() as usize - object.as_ptr() as usize;
        let mut text = object.to_owned();
        text.replace_range(start..start + item.len(), &set(item, rest, json, depth + 1)?);
        return Ok(text);
    }
    let Members(members) = serde_json::from_str(object).map_err(|error| error.to_string())?;
    // A borrowed raw value is a part of the text, so its place follows from its address.
    let span = |raw: &RawValue| {
        let start = raw.get().as_ptr() as usize - object.as_ptr() as usize;
        start..start + raw.get().len()
    };
    let mut text = object.to_owned();
    // Of a key that stands twice, readers take the last.
    if let Some((_, raw)) = members.iter().rev().find(|(name, _)| name == key) {
        text.replace_range(span(raw), &set(raw.get(), rest, json, depth + 1)?);
        return Ok(text);
    }
    let quoted = serde_json::to_string(key).map_err(|error| error.to_string())?;
    let value = set("{}", rest, json, depth + 1)
        .map(|made| if rest.is_empty() { json.into() } else { made })?;
    match members.last() {
        Some((_, last)) if object.contains('\n') => {
            let indent = "  ".repeat(depth + 1);
            text.insert_str(span(last).end, &format!(",\n{indent}{quoted}: {value}"));
        }
        Some((_, last)) => text.insert_str(span(last).end, &format!(", {quoted}: {value}")),
        None => text = format!("{{ {quoted}: {value} }}"),
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &[&str] = &["intents", "buy", "model"];

    #[test]
    fn only_the_value_changes() {
        let before = "{\n  \"slots\": {\"b\":1,  \"a\": [1,2]},\n  \"intents\": {\n    \"buy\": { \"model\": \"old\", \"learn\": true }\n  },\n  \"level\" : \"events\"\n}\n";
        let after = set(before, MODEL, "\"new\"", 0).unwrap();
        assert_eq!(after, before.replace("old", "new"));
    }

    #[test]
    fn what_is_absent_is_added_behind_what_is_there() {
        let after = set("{\n  \"level\": \"events\"\n}\n", MODEL, "\"m\"", 0).unwrap();
        assert_eq!(
            after,
            "{\n  \"level\": \"events\",\n  \"intents\": { \"buy\": { \"model\": \"m\" } }\n}\n"
        );
        let after = set(&after, &["intents", "commit", "calibration"], "[1,2]", 0).unwrap();
        assert_eq!(
            after,
            "{\n  \"level\": \"events\",\n  \"intents\": { \"buy\": { \"model\": \"m\" }, \"commit\": \
             { \"calibration\": [1,2] } }\n}\n"
        );
        assert_eq!(set("{}", &["a"], "1", 0).unwrap(), "{ \"a\": 1 }");
        assert_eq!(set("{\"b\":2}", &["a"], "1", 0).unwrap(), "{\"b\":2, \"a\": 1}");
        assert_eq!(set(r#"{"a":1,"a":2}"#, &["a"], "3", 0).unwrap(), r#"{"a":1,"a":3}"#);
        assert_eq!(set(r#"{"\u0061":1}"#, &["a"], "3", 0).unwrap(), r#"{"\u0061":3}"#);
    }

    #[test]
    fn an_element_of_a_list_is_reached_by_its_number() {
        let before = r#"{"a": [ {"b":1}, {"b": [2, 3]} ]}"#;
        let after = set(before, &["a", "1", "b", "0"], "9", 0).unwrap();
        assert_eq!(after, r#"{"a": [ {"b":1}, {"b": [9, 3]} ]}"#);
        for key in ["2", "x", "-1"] {
            assert!(set(before, &["a", key, "b"], "9", 0).is_err(), "{key}");
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for broken in ["", "[]", "{\"intents\": 5}", "{\"intents\": {\"buy\": []}}", "{"] {
            assert!(set(broken, MODEL, "1", 0).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_file_is_replaced_whole_and_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unspoken.json");
        fs::write(&path, "{\n  \"level\": \"events\"\n}\n").unwrap();
        #[cfg(unix)]
        let mode = {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            || fs::metadata(&path).unwrap().permissions().mode() & 0o777
        };
        let mut file = ConfigFile::open(&path).unwrap();
        file.set(&["flushSeconds"], "9").unwrap();
        assert_eq!(file.check().unwrap().flush, 9_000.0);
        file.write().unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "{\n  \"level\": \"events\",\n  \"flushSeconds\": 9\n}\n"
        );
        #[cfg(unix)]
        assert_eq!(mode(), 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        file.set(&["level"], "\"all\"").unwrap();
        let error = file.check().unwrap_err().to_string();
        assert!(error.contains("level: expected one of"), "{error}");
    }

    #[test]
    fn what_another_wrote_meanwhile_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("unspoken.json");
        fs::write(&path, "{}").unwrap();
        let mut file = ConfigFile::open(&path).unwrap();
        file.set(&["flushSeconds"], "9").unwrap();
        fs::write(&path, "{ \"level\": \"trace\" }").unwrap();
        let error = file.write().unwrap_err().to_string();
        assert!(error.contains("changed meanwhile"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "{ \"level\": \"trace\" }");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        let mut file = ConfigFile::open(&path).unwrap();
        for seconds in ["9", "10"] {
            file.set(&["flushSeconds"], seconds).unwrap();
            file.write().unwrap();
        }
    }
}
