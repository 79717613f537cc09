//! Which store there is, and how it is reached; filled from `[store]`.

use std::path::PathBuf;

use crate::secret::Password;

/// Which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// A server or a cluster, where one machine is outgrown.
    Clickhouse,
}

/// When a batch for ClickHouse is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// When ClickHouse has acknowledged its insert.
    Insert,
    /// When it is synced in the spool.
    Spool,
}

/// The store's settings; all but `kind` are ClickHouse's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreSettings {
    /// Which store.
    pub kind: Kind,
    /// Where ClickHouse answers HTTP.
    pub url: String,
    /// Its database.
    pub database: String,
    /// Who asks.
    pub user: String,
    /// The password of who asks.
    pub password: Password,
    /// Its cluster, where there is one.
    pub cluster: Option<String>,
    /// When a batch is acknowledged.
    pub ack: Ack,
    /// The folder of the spool.
    pub spool: PathBuf,
}

impl Default for StoreSettings {
    fn default() -> StoreSettings {
        StoreSettings {
            kind: Kind::Sqlite,
            url: "http://127.0.0.1:8123".to_owned(),
            database: "unspoken".to_owned(),
            user: "default".to_owned(),
            password: Password::new(""),
            cluster: None,
            ack: Ack::Insert,
            spool: PathBuf::from(".unspoken/spool"),
        }
    }
}
