//! Whether the server is there, asked once a second; and the tables, made when it first is.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::schema::migrate;
use super::server::Server;
use super::start;
use crate::store::StoreError;
use crate::store::settings::StoreSettings;

const EVERY: Duration = Duration::from_secs(1);

/// Asks until it is stopped.
pub struct Watch {
    found: Arc<Mutex<Result<(), StoreError>>>,
    stop: Mutex<Option<mpsc::Sender<()>>>,
}

impl Watch {
    /// Makes the tables, and starts to ask. Fails where the server answers and refuses.
    pub fn start(server: Arc<Server>, settings: &StoreSettings) -> Result<Watch, StoreError> {
        let first = migrate(&server, settings);
        match &first {
            Ok(()) => {}
            Err(error @ StoreError::Away(_)) => tracing::warn!("{error}: it is waited for"),
            Err(StoreError::Open(sentence)) => return Err(StoreError::Open(sentence.clone())),
            Err(other) => {
                return Err(StoreError::Open(format!(
                    "the tables cannot be made: {other}: see that the user of --store-user may create \
                     the database {} and tables in it",
                    settings.database
                )));
            }
        }
        let mut is_migrated = first.is_ok();
        let found = Arc::new(Mutex::new(first));
        let (stop, stopped) = mpsc::channel::<()>();
        let (told, settings) = (Arc::clone(&found), settings.clone());
        start("unspoken-watch", move || {
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                let now = if is_migrated { server.ping() } else { migrate(&server, &settings) };
                is_migrated |= now.is_ok();
                let before = std::mem::replace(
                    &mut *told.lock().unwrap_or_else(PoisonError::into_inner),
                    now.clone(),
                );
                match (&before, &now) {
                    (Ok(()), Err(error)) => tracing::warn!("{error}"),
                    (Err(_), Ok(())) => tracing::info!("ClickHouse answers again"),
                    _ => {}
                }
            }
        })?;
        Ok(Watch { found, stop: Mutex::new(Some(stop)) })
    }

    /// What was found last.
    pub fn health(&self) -> Result<(), StoreError> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends the asking.
    pub fn stop(&self) {
        drop(self.stop.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
