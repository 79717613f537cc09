//! The table of settings: each key once, with its flag, its variable, its form and its default.
//!
//! The file, the environment and the flags all read from it, so no way of giving a value can lack
//! one, and `--check-config` prints every line of it.

/// What a value has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// Any text.
    Text,
    /// The name of a file or folder; taken from the working directory where it is relative.
    Path,
    /// An address with a port.
    Address,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// True or false.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any number of texts; in the environment separated by commas.
    List,
    /// A text that is never printed.
    Secret,
}

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Its place in the file: `store.db` is `db` of the table `[store]`; what begins with `site.`
    /// stands in a `[[site]]`.
    pub path: &'static str,
    /// Its flag, without the dashes.
    pub flag: &'static str,
    /// What it has to be.
    pub form: Form,
    /// What holds where nobody says anything; none where nothing does.
    pub default: Option<&'static str>,
    /// For `--help`.
    pub help: &'static str,
}

impl Key {
    /// Its variable: `UNSPOKEN_` and the flag in capitals.
    pub fn variable(&self) -> String {
        format!("UNSPOKEN_{}", self.flag.to_ascii_uppercase().replace('-', "_"))
    }

    /// Whether it is a site's.
    pub fn is_of_a_site(&self) -> bool {
        self.path.starts_with("site.")
    }

    /// Whether it is never printed.
    pub fn is_secret(&self) -> bool {
        self.form == Form::Secret
    }
}

const fn key(
    path: &'static str,
    flag: &'static str,
    form: Form,
    default: Option<&'static str>,
    help: &'static str,
) -> Key {
    Key { path, flag, form, default, help }
}

const DAYS: Form = Form::Whole(0, 36_500);
const MANY: i64 = 1_000_000;

/// Every setting, in the order in which it is printed.
pub const KEYS: &[Key] = &[
    key("listen", "listen", Form::Address, None, "Address to listen on [default: 127.0.0.1:4181]"),
    key(
        "port",
        "port",
        Form::Whole(0, 65_535),
        None,
        "Port on 127.0.0.1, where --listen says nothing",
    ),
    key(
        "token",
        "token",
        Form::Secret,
        None,
        "Token that reads every site, or its digest; drawn and printed where none is given",
    ),
    key(
        "trusted-proxies",
        "trusted-proxy",
        Form::List,
        None,
        "Network of a proxy whose X-Forwarded-For or Forwarded is believed, as 10.0.0.0/8; may be given several times",
    ),
    key(
        "rate",
        "rate",
        Form::Whole(1, MANY),
        Some("50"),
        "Requests a second from one address; four seconds' worth may come at once",
    ),
    key(
        "site-rate",
        "site-rate",
        Form::Whole(1, MANY),
        None,
        "Batches a second with one key [default: 20 times --rate]",
    ),
    key("queue", "queue", Form::Whole(1, MANY), None, "Batches that may wait to be written"),
    key(
        "dashboard",
        "dashboard",
        Form::Path,
        Some("dist/dashboard"),
        "Folder of the built dashboard",
    ),
    key(
        "state",
        "state",
        Form::Path,
        None,
        "File of config versions and undelivered webhooks [default: beside the store]",
    ),
    key(
        "log",
        "log",
        Form::Choice(&["off", "error", "warn", "info", "debug", "trace"]),
        Some("info"),
        "What is logged on stderr: off, error, warn, info, debug or trace",
    ),
    key(
        "log-format",
        "log-format",
        Form::Choice(&["text", "json"]),
        Some("text"),
        "How it is logged: text, or json, an object a line",
    ),
    key(
        "cookie",
        "cookie",
        Form::Flag,
        Some("false"),
        "Whether answers to pages set the first-party cookie `unspoken`: true or false",
    ),
    key(
        "cookie-domain",
        "cookie-domain",
        Form::Text,
        None,
        "Domain of that cookie, such as shop.example [default: the collector's own host]",
    ),
    key(
        "store.kind",
        "store-kind",
        Form::Choice(&["sqlite", "clickhouse"]),
        Some("sqlite"),
        "Where batches are kept: sqlite or clickhouse",
    ),
    key(
        "store.db",
        "db",
        Form::Path,
        Some(".unspoken/unspoken.db"),
        "SQLite file; made where it is absent",
    ),
    key(
        "store.url",
        "store-url",
        Form::Text,
        Some("http://127.0.0.1:8123"),
        "ClickHouse's HTTP address",
    ),
    key("store.database", "store-database", Form::Text, Some("unspoken"), "ClickHouse's database"),
    key("store.user", "store-user", Form::Text, Some("default"), "ClickHouse's user"),
    key(
        "store.password",
        "store-password",
        Form::Secret,
        None,
        "The user's password; better by its variable, since other users see a program's flags",
    ),
    key(
        "store.cluster",
        "store-cluster",
        Form::Text,
        None,
        "ClickHouse's cluster, where there is one",
    ),
    key(
        "store.ack",
        "store-ack",
        Form::Choice(&["insert", "spool"]),
        Some("insert"),
        "When a batch for ClickHouse is acknowledged: insert (it is there) or spool (it is synced here)",
    ),
    key("store.spool", "store-spool", Form::Path, Some(".unspoken/spool"), "Folder of the spool"),
    key(
        "tls.cert",
        "tls-cert",
        Form::Path,
        None,
        "Certificate chain as PEM; with --tls-key it serves TLS",
    ),
    key("tls.key", "tls-key", Form::Path, None, "The certificate's private key as PEM"),
    key(
        "metrics.listen",
        "metrics-listen",
        Form::Address,
        None,
        "Address of a listener of its own for Prometheus, at /metrics",
    ),
    key("limits.body", "limits-body", Form::Whole(1024, 65_536), Some("65536"), "Bytes of a batch"),
    key(
        "limits.depth",
        "limits-depth",
        Form::Whole(8, 128),
        Some("32"),
        "Lists and objects within each other in a JSON body",
    ),
    key("limits.events", "limits-events", Form::Whole(1, 2_000), Some("2000"), "Events of a batch"),
    key(
        "limits.connections",
        "limits-connections",
        Form::Whole(1, 100_000),
        Some("900"),
        "Connections open at once",
    ),
    key(
        "limits.patience",
        "limits-patience",
        Form::Whole(1, 3_600),
        Some("15"),
        "Seconds that a handshake, a request's head, and then a request may each take",
    ),
    key(
        "retention.events",
        "retention-events",
        DAYS,
        Some("400"),
        "Days that events are kept; 0: for ever",
    ),
    key("retention.traces", "retention-traces", DAYS, Some("30"), "Days that recordings are kept"),
    key("retention.lessons", "retention-lessons", DAYS, Some("400"), "Days that lessons are kept"),
    key(
        "retention.forecasts",
        "retention-forecasts",
        DAYS,
        Some("400"),
        "Days that forecasts are kept",
    ),
    key(
        "retention.sessions",
        "retention-sessions",
        DAYS,
        Some("400"),
        "Days that sessions are kept",
    ),
    key("site.name", "site", Form::Text, None, "Name of the first site [default: demo]"),
    key(
        "site.key",
        "key",
        Form::Secret,
        None,
        "Its publishable key, which its pages send, or its digest [default: pk_demo]",
    ),
    key(
        "site.token",
        "site-token",
        Form::Secret,
        None,
        "Token that reads this site alone, or its digest",
    ),
    key(
        "site.origins",
        "origin",
        Form::List,
        None,
        "Origin whose pages may post, as `https://shop.example`; may be given several times",
    ),
    key("site.config", "config", Form::Path, None, "Its unspoken.json, served at /v1/config/SITE"),
    key(
        "site.profiles",
        "profiles",
        Form::Flag,
        Some("false"),
        "Whether support agents may ask for summaries of its visitors: true or false",
    ),
];

/// The setting of a path.
pub fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_flag_or_variable_stands_twice() {
        for (at, key) in KEYS.iter().enumerate() {
            let same = |other: &Key| other.path == key.path || other.flag == key.flag;
            assert!(!KEYS[at + 1..].iter().any(same), "{}", key.path);
            // What stands in the help text must be what holds.
            if let Form::Choice(words) = key.form {
                assert!(key.default.is_none_or(|word| words.contains(&word)), "{}", key.path);
            }
        }
        assert_eq!(find("store.db").map(Key::variable).as_deref(), Some("UNSPOKEN_DB"));
    }
}
