//! What `POST /v1/decide` takes, read strictly, and turned into what the core is told.
//!
//! The turning is that of `unspoken/node` (js/src/node/visit.ts): a server that asks here and one
//! that runs the core itself tell it the same. The reading is not: a page may tell what it likes, but
//! who writes a program wants to hear of a key that is misspelt.

use unspoken::reading::nearest_of;
use unspoken::value::Value;
use url::Url;

/// Slots that one question may name.
pub const MAX_SLOTS: usize = 256;
/// Whole numbers beyond this are not exact in JSON.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

const KEYS: [&str; 12] = [
    "profile",
    "id",
    "attributes",
    "page",
    "device",
    "language",
    "timeZone",
    "facts",
    "now",
    "seed",
    "slots",
    "version",
];
const PAGE: [&str; 7] = ["url", "path", "kind", "item", "tags", "title", "referrer"];
const DEVICE: [&str; 4] = ["type", "width", "touch", "reducedMotion"];

/// A question that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// As `Opening::new` takes it.
    pub told: Value,
    /// The slots that are asked for; all where they are not named.
    pub slots: Option<Vec<String>>,
    /// The version of the config that is asked for; that in service for all where it is not named.
    pub version: Option<u64>,
}

/// Reads a body. `now_ms` and `seed` are the clock and the chance where the body names none. An
/// error is a sentence that names the place.
pub fn read(body: &Value, now_ms: u64, seed: u64) -> Result<Asked, String> {
    let Value::Map(entries) = body else {
        return Err(format!("the body is {}; send an object, {{}} at least", body.kind()));
    };
    known("", entries, &KEYS)?;
    let page = object(body, "page")?;
    known("page.", page.entries(), &PAGE)?;
    for key in PAGE.iter().filter(|key| **key != "tags") {
        text(&page, &format!("page.{key}"), key)?;
    }
    let device = object(body, "device")?;
    known("device.", device.entries(), &DEVICE)?;
    let seed = match body.at("seed") {
        Value::Null => seed,
        given => drawn_from(given)?,
    };
    let address = page.text("url").unwrap_or("");
    let host = part(page.text("referrer").unwrap_or(""), host_of);
    let mut about = Value::map();
    for (key, value) in page.entries() {
        if !matches!(key.as_str(), "url" | "path" | "referrer") {
            about.put(key, value.clone());
        }
    }
    let path = match page.text("path") {
        // A query may hold what a visitor typed.
        Some(path) => path.split(['?', '#']).next().unwrap_or("").to_owned(),
        None => part(address, |url| url.path().to_owned()),
    };
    about.put("path", path);
    about.put("referrer", if host == part(address, host_of) { String::new() } else { host });
    let mut overrides = Value::map();
    if !address.is_empty() {
        overrides.put("url", address);
    }
    let now = match body.at("now") {
        Value::Null => now_ms as f64,
        Value::Number(now) => *now,
        other => return Err(format!("now: {}; send ms since 1970", other.kind())),
    };
    let told = Value::map()
        .with("id", text(body, "id", "id")?.unwrap_or_default())
        .with("attributes", object(body, "attributes")?)
        .with("page", about)
        .with("device", device.with("language", text(body, "language", "language")?))
        .with("facts", object(body, "facts")?)
        .with("profile", profile(body.at("profile"))?)
        .with("now", now)
        .with("timeZone", text(body, "timeZone", "timeZone")?.unwrap_or_default())
        .with("seed", format!("{seed:032x}"))
        .with("overrides", overrides);
    Ok(Asked { told, slots: slots(body.at("slots"))?, version: version(body.at("version"))? })
}

fn known(above: &str, entries: &[(String, Value)], keys: &[&'static str]) -> Result<(), String> {
    for (key, _) in entries {
        if !keys.contains(&key.as_str()) {
            let mend = match nearest_of(key, keys.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("known are {}", keys.join(", ")),
            };
            return Err(format!("{above}{key}: there is no such key; {mend}"));
        }
    }
    Ok(())
}

/// An object, empty where there is none.
fn object(body: &Value, key: &str) -> Result<Value, String> {
    match body.at(key) {
        Value::Null => Ok(Value::map()),
        Value::Map(entries) => Ok(Value::Map(entries.clone())),
        other => Err(format!("{key}: {}; send an object", other.kind())),
    }
}

fn text(within: &Value, path: &str, key: &str) -> Result<Option<String>, String> {
    match within.at(key) {
        Value::Null => Ok(None),
        Value::Text(text) => Ok(Some(text.clone())),
        other => Err(format!("{path}: {}; send a string", other.kind())),
    }
}

/// A profile as a browser keeps it: an object, or its JSON.
fn profile(given: &Value) -> Result<Value, String> {
    match given {
        Value::Null | Value::Map(_) => Ok(given.clone()),
        Value::Text(text) => match Value::parse(text) {
            Ok(profile @ (Value::Map(_) | Value::Null)) => Ok(profile),
            _ => {
                Err("profile: a string that holds no JSON object; send what was kept, unchanged"
                    .into())
            }
        },
        other => {
            Err(format!("profile: {}; send the object that was kept, or its JSON", other.kind()))
        }
    }
}

/// A seed: a whole number, or its digits where JSON's numbers are not exact.
fn drawn_from(given: &Value) -> Result<u64, String> {
    match given {
        // As `BigInt.asUintN(64, …)` takes a number below 0.
        Value::Number(seed) if seed.fract() == 0.0 && seed.abs() <= MAX_EXACT => {
            Ok(*seed as i64 as u64)
        }
        Value::Text(digits) if digits.parse::<u64>().is_ok() => Ok(digits.parse().unwrap_or(0)),
        _ => Err("seed: no whole number up to 2^53; send larger ones, up to 2^64 - 1, as a string"
            .into()),
    }
}

fn slots(given: &Value) -> Result<Option<Vec<String>>, String> {
    match given {
        Value::Null => Ok(None),
        Value::List(items)
            if items.len() <= MAX_SLOTS && items.iter().all(|it| it.as_str().is_some()) =>
        {
            let mut names = given.to_texts();
            let mut seen = std::collections::HashSet::new();
            names.retain(|name| seen.insert(name.clone()));
            Ok(Some(names))
        }
        _ => Err(format!("slots: send a list of at most {MAX_SLOTS} names")),
    }
}

fn version(given: &Value) -> Result<Option<u64>, String> {
    match given {
        Value::Null => Ok(None),
        Value::Number(version) if version.fract() == 0.0 && (0.0..=MAX_EXACT).contains(version) => {
            Ok(Some(*version as u64))
        }
        _ => Err("version: send the number of a version; 0 is the file".into()),
    }
}

/// A part of an address; empty where it is none.
fn part(address: &str, of: impl Fn(&Url) -> String) -> String {
    Url::parse(address).map_or(String::new(), |url| of(&url))
}

/// Host and port as a browser's `URL.host` says them: without the scheme's own port.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(json: &str) -> Result<Asked, String> {
        read(&Value::parse(json).unwrap(), 1_000, 7)
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let told = asked("{}").unwrap().told;
        assert_eq!(told.number("now"), Some(1_000.0));
        assert_eq!(told.text("seed"), Some("00000000000000000000000000000007"));
        assert_eq!(told.at("overrides"), &Value::map());
    }

    #[test]
    fn addresses_are_read_as_a_browser_reads_them() {
        let page = |json: &str| asked(json).unwrap().told.at("page").clone();
        let seen = page(
            r#"{"page":{"url":"HTTPS://Shop.example:443/a b?q=x#y","kind":"cart","referrer":"https://search.example:8080/?q=boots"}}"#,
        );
        assert_eq!((seen.text("path"), seen.text("kind")), (Some("/a%20b"), Some("cart")));
        assert_eq!(seen.text("referrer"), Some("search.example:8080"));
        let own = page(
            r#"{"page":{"url":"https://shop.example/","path":"/x?y","referrer":"https://shop.example/z"}}"#,
        );
        assert_eq!((own.text("path"), own.text("referrer")), (Some("/x"), Some("")));
        assert_eq!(page(r#"{"page":{"url":"no address"}}"#).text("path"), Some(""));
    }

    #[test]
    fn seeds_are_those_of_node() {
        let seed = |json: &str| asked(json).unwrap().told.text("seed").unwrap()[16..].to_owned();
        assert_eq!(seed(r#"{"seed":-1}"#), "ffffffffffffffff");
        assert_eq!(seed(r#"{"seed":"18446744073709551615"}"#), "ffffffffffffffff");
        assert_eq!(seed(r#"{"seed":255}"#), "00000000000000ff");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (json, said) in [
            ("[]", "an array"),
            (r#"{"atributes":{}}"#, "atributes: there is no such key; did you mean attributes?"),
            (r#"{"page":{"knd":"cart"}}"#, "page.knd: there is no such key; did you mean kind?"),
            (r#"{"page":{"kind":3}}"#, "page.kind: a number; send a string"),
            (r#"{"attributes":[]}"#, "attributes: an array; send an object"),
            (r#"{"profile":"{"}"#, "profile: a string that holds no JSON object"),
            (r#"{"profile":[]}"#, "profile: an array"),
            (r#"{"now":"soon"}"#, "now: a string"),
            (r#"{"seed":1.5}"#, "seed:"),
            (r#"{"slots":"hero"}"#, "slots:"),
            (r#"{"version":-1}"#, "version:"),
        ] {
            let error = asked(json).unwrap_err();
            assert!(error.contains(said), "{json}: {error}");
        }
    }
}
