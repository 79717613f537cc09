//! Takes connections and serves them: HTTP/1.1, with TLS where there is a certificate.
//!
//! `axum::serve` is shorter, but waits for a request's head for ever, so that a few hundred callers
//! who send a byte a minute would shut everybody else out. Here a handshake and a head have a time
//! limit, and connections have a number.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::telemetry;
use crate::tls::Tls;

/// How long open requests may take to end once a stop was asked for.
const DRAIN: Duration = Duration::from_secs(10);
/// The wait after a failed accept: out of files, mostly, and some are closed soon.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a listener is bound to.
pub struct Bound {
    /// Connections open at once; more wait in the system's backlog.
    pub connections: usize,
    /// How long a handshake may take, and then a request's head.
    pub patience: Duration,
    /// TLS, where there is any.
    pub tls: Option<Arc<Tls>>,
}

/// Serves until `shutdown` resolves; then finishes the requests that have begun.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bound: Bound,
    shutdown: impl Future<Output = ()>,
) {
    let bound = Arc::new(bound);
    let places = Arc::new(Semaphore::new(bound.connections));
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = &mut shutdown => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!("a connection could not be taken: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let (router, bound, watcher) = (router.clone(), Arc::clone(&bound), connections.watcher());
        tokio::spawn(async move {
            let _counted = telemetry::process().connected();
            begin(stream, address, router, &bound, watcher).await;
            drop(place);
        });
    }
    drop(listener);
    tracing::info!("stopping: finishing the requests that have begun");
    if tokio::time::timeout(DRAIN, connections.shutdown()).await.is_err() {
        tracing::warn!("requests that took longer than {} s were cut off", DRAIN.as_secs());
    }
}

/// Shakes hands where there is TLS, and serves the connection to its end.
async fn begin(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    bound: &Bound,
    watcher: Watcher,
) {
    // Answers are small and each is waited for. Where it cannot be set they are a little late.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &bound.tls else {
        return converse(stream, address, router, bound.patience, watcher).await;
    };
    match tokio::time::timeout(bound.patience, tls.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => converse(stream, address, router, bound.patience, watcher).await,
        Ok(Err(error)) => tracing::debug!("a handshake failed: {error}"),
        Err(_) => tracing::debug!("a handshake took too long"),
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    address: SocketAddr,
    router: Router,
    patience: Duration,
    watcher: Watcher,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience);
    let service = service_fn(move |request| answer(router.clone(), address, request));
    let connection = watcher.watch(http.serve_connection(TokioIo::new(stream), service));
    // A caller that breaks off, or is too slow, is the caller's affair.
    if let Err(error) = connection.await {
        tracing::debug!("a connection ended early: {error}");
    }
}

async fn answer(
    router: Router,
    address: SocketAddr,
    request: hyper::Request<Incoming>,
) -> Result<axum::response::Response, std::convert::Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(address));
    router.oneshot(request).await
}
