//! Where a command that reads finds batches: a database file, or ClickHouse.

use std::path::PathBuf;

use super::Failure;
use crate::secret::Password;
use crate::store::settings::{Kind, StoreSettings};
use crate::store::{ClickHouseStore, SqliteStore, Store};

/// Which store is read. A collector may run beside.
#[derive(clap::Args)]
pub struct Source {
    /// The database file
    #[arg(long, env = "UNSPOKEN_DB", default_value = ".unspoken/unspoken.db", value_name = "FILE")]
    db: PathBuf,
    /// ClickHouse's HTTP address; read instead of a file
    #[arg(long, env = "UNSPOKEN_STORE_URL", value_name = "URL")]
    store_url: Option<String>,
    /// ClickHouse's database
    #[arg(long, env = "UNSPOKEN_STORE_DATABASE", default_value = "unspoken", value_name = "NAME")]
    store_database: String,
    /// ClickHouse's user
    #[arg(long, env = "UNSPOKEN_STORE_USER", default_value = "default", value_name = "NAME")]
    store_user: String,
    /// The user's password; better by its variable, since other users see a program's flags
    #[arg(long, env = "UNSPOKEN_STORE_PASSWORD", default_value = "", hide_env_values = true)]
    store_password: String,
}

impl Source {
    /// Opens it to ask questions only.
    pub fn open(&self) -> Result<Box<dyn Store>, Failure> {
        let Some(url) = &self.store_url else {
            super::need_db(&self.db)?;
            return Ok(Box::new(SqliteStore::open_to_ask(&self.db)?));
        };
        Ok(Box::new(ClickHouseStore::open_to_ask(&StoreSettings {
            kind: Kind::Clickhouse,
            url: url.clone(),
            database: self.store_database.clone(),
            user: self.store_user.clone(),
            password: Password::new(self.store_password.clone()),
            ..StoreSettings::default()
        })))
    }
}
