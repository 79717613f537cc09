//! The self-hosted collector of Unspoken, and the `unspoken` command line.
//!
//! The collector takes batches from pages, keeps them, and answers one report. It forecasts
//! nothing: that is the core's, in the page; and it decides only for channels that have no page, by
//! the same core ([`decide`]). Its one hard promise is that a
//! batch answered with 204 is on disk, once, whatever happens to the process afterwards.
//!
//! Beside it stand the tools of those who build and train: [`mod@replay`] runs recordings through the
//! core, [`mod@train`] makes models from them, [`mod@import`] takes models that other tools made, and
//! [`mod@graph`] draws a site's journeys.
//! [`metrics`] says how good those are. [`ope`] judges a policy by the log of another, and [`pool`]
//! makes a bandit's prior from what devices told.
//!
//! From the ground up: [`report`], [`ratio`], [`drift`] and [`calibrate`] are pure arithmetic, [`store`] keeps
//! and counts, [`rebuild`] makes recordings from what is kept, [`config_file`] writes into a site's
//! config, the handlers turn HTTP into calls of the store, `router` is the table of routes, and
//! [`launch`] runs it on a listener of the caller's.
#![forbid(unsafe_code)]

pub mod calibrate;
pub mod check;
pub mod cli;
pub mod config_file;
pub mod config_versions;
pub mod decide;
pub mod diff;
pub mod drift;
pub mod exchange;
pub mod graph;
pub mod import;
pub mod load;
pub mod metrics;
pub mod ope;
pub mod pool;
pub mod ratio;
pub mod rebuild;
pub mod replay;
pub mod report;
pub mod secret;
pub mod settings;
pub mod simulate;
pub mod state;
pub mod stats;
pub mod store;
pub mod summary;
pub mod table;
pub mod train;
pub mod webhook;

mod body;
mod clock;
mod forwarded;
mod handlers;
mod listen;
mod live;
mod origin;
mod person;
mod problem;
mod rate;
mod receipt;
mod router;
mod site_config;
mod telemetry;
mod tls;
mod upkeep;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use router::router;
pub use settings::{Settings, SettingsError};

use handlers::App;
use listen::Bound;
use store::{Store, StoreError};
use tls::Tls;

/// Why the collector did not start, or did not stop well. Each displays as one sentence that says
/// what to do.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// A setting does not hold.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database cannot be opened, or closed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Callers of the metrics at once: a Prometheus or two, and somebody who looks.
const METRICS_CONNECTIONS: usize = 16;

/// A collector that has opened its store and read its config, and serves nobody yet.
pub struct Collector {
    app: Arc<App>,
    store: Arc<dyn Store>,
    tls: Option<Arc<Tls>>,
}

/// Opens what the settings name. Done apart from [`Collector::run`], so that a fault is found
/// before anyone is told that the collector runs. Blocks on the disk.
pub fn prepare(settings: Settings) -> Result<Collector, LaunchError> {
    let store = store::open(&settings)?;
    prepare_with_store(settings, store)
}

/// [`prepare`] with a store of the caller's.
pub fn prepare_with_store(
    settings: Settings,
    store: Arc<dyn Store>,
) -> Result<Collector, LaunchError> {
    let tls = settings.tls.as_ref().map(Tls::open).transpose()?.map(Arc::new);
    Ok(Collector { app: App::new(settings, Arc::clone(&store))?, store, tls })
}

/// Runs a collector on `listener` until `shutdown` resolves: [`prepare`], then
/// [`Collector::run`]. The listener comes from outside so that a test can bind port 0.
pub async fn launch(
    settings: Settings,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), LaunchError> {
    prepare(settings)?.run(listener, shutdown).await
}

impl Collector {
    /// Serves until `shutdown` resolves, then answers the requests that have begun, writes what
    /// was taken, and returns.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), LaunchError> {
        self.run_with_metrics(listener, None, shutdown).await
    }

    /// [`Collector::run`], with a listener for Prometheus beside it.
    pub async fn run_with_metrics(
        self,
        listener: TcpListener,
        metrics: Option<TcpListener>,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), LaunchError> {
        let Collector { app, store, tls } = self;
        let settings = app.settings();
        let (connections, patience) = (settings.bounds.connections, settings.patience);
        if let Some(tls) = &tls {
            reload_on_hangup(Arc::clone(tls));
        }
        if let Some(metrics) = metrics {
            // It ends with the process: what was counted while it stopped may still be asked for.
            let bound = Bound { connections: METRICS_CONNECTIONS, patience, tls: None };
            let served = router::metrics(Arc::clone(&app));
            tokio::spawn(listen::serve(metrics, served, bound, std::future::pending()));
        }
        let told = Arc::clone(&app);
        let shutdown = async move {
            shutdown.await;
            // A stream would keep its connection open for as long as somebody reads.
            told.stop();
        };
        let (stop, stopped) = watch::channel(false);
        let mut hooks = app.webhooks().start(&store, &stopped);
        let upkeep = tokio::spawn(upkeep::run(app.settings().clone(), Arc::clone(&store)));
        let bound = Bound { connections, patience, tls };
        listen::serve(listener, router(app), bound, shutdown).await;
        upkeep.abort();
        // An attempt that has begun ends within its time limit, and what became of it is noted.
        stop.send_replace(true);
        while hooks.join_next().await.is_some() {}
        store.close().await?;
        Ok(())
    }
}

/// A certificate that was renewed is taken into service by SIGHUP, without a restart.
fn reload_on_hangup(tls: Arc<Tls>) {
    #[cfg(unix)]
    tokio::spawn(async move {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
        while hangup.recv().await.is_some() {
            let tls = Arc::clone(&tls);
            // A panic in it would have been logged, and leaves the old one in service.
            let _ = tokio::task::spawn_blocking(move || tls.reload()).await;
        }
    });
    #[cfg(not(unix))]
    drop(tls);
}
