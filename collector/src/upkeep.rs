//! What a collector does beside serving: at its start and every hour it removes what is older than
//! it is kept.

use std::sync::Arc;
use std::time::Duration;

use crate::clock;
use crate::settings::Settings;
use crate::store::Store;

/// Between two rounds.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Goes on until it is dropped; what a round has begun in the store is done nevertheless.
pub async fn run(settings: Settings, store: Arc<dyn Store>) {
    loop {
        for site in &settings.sites {
            match store.retain(&site.name, settings.retention, clock::now_ms()).await {
                Ok(removed) if removed.rows() > 0 => {
                    tracing::info!(site = %site.name, ?removed, "rows that were older than they are kept");
                }
                Ok(_) => {}
                // Tried again in the next round: nothing waits for it.
                Err(error) => {
                    tracing::error!(site = %site.name, "old rows could not be removed: {error}");
                }
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}
