//! What holds, and who said so: the lines of `--check-config`, without secrets.

use super::given::{Draft, Given, SiteDraft, Value, Values};
use super::keys::{KEYS, Key};

/// What stands in the place of a secret.
const REDACTED: &str = "(redacted)";

/// Every setting, a line each: its path, its value, and after a `#` where it comes from.
pub fn lines(draft: &Draft) -> String {
    let mut out = String::new();
    for key in KEYS.iter().filter(|key| !key.is_of_a_site()) {
        line(&mut out, key.path, key, &draft.values);
    }
    let demo = [SiteDraft::default()];
    let sites = if draft.sites.is_empty() { &demo[..] } else { &draft.sites };
    for (at, site) in sites.iter().enumerate() {
        for key in KEYS.iter().filter(|key| key.is_of_a_site()) {
            let path = key.path.replacen("site", &format!("site[{at}]"), 1);
            line(&mut out, &path, key, &site.values);
        }
        for (number, metric) in site.metrics.iter().enumerate() {
            let text = format!("{} ({})", metric.name, metric.goal);
            put(&mut out, &format!("site[{at}].metric[{number}]"), &text, "the site's table");
        }
        for (number, hook) in site.webhooks.iter().enumerate() {
            let text = format!("{} on {}", host(&hook.url), hook.on.join(", "));
            put(&mut out, &format!("site[{at}].webhook[{number}]"), &text, "the site's table");
        }
    }
    out
}

fn line(out: &mut String, path: &str, key: &Key, values: &Values) {
    match values.get(key.path) {
        Some(Given { origin, .. }) if key.is_secret() => {
            put(out, path, REDACTED, &origin.to_string());
        }
        Some(Given { value, origin }) => put(out, path, &text(value), &origin.to_string()),
        None => put(out, path, key.default.unwrap_or("-"), "default"),
    }
}

fn put(out: &mut String, path: &str, value: &str, origin: &str) {
    // A value of several lines would look like a setting of its own.
    let value = value.replace(char::is_control, " ");
    *out += &format!("{path:<24} = {value:<28} # {origin}\n");
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => without_password(text),
        Value::Whole(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::List(items) => items.join(", "),
    }
}

/// An address may carry a password (`http://user:password@host`).
fn without_password(text: &str) -> String {
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{REDACTED}@{rest}"),
        _ => text.to_owned(),
    }
}

/// Scheme and host of an address: what follows may hold a secret of the receiver's.
fn host(url: &str) -> String {
    let text = without_password(url);
    let mut parts = text.splitn(4, '/');
    let head: Vec<&str> = parts.by_ref().take(3).collect();
    head.join("/") + if parts.next().is_some() { "/…" } else { "" }
}
