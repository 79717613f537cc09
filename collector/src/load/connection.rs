//! One connection of the load generator: HTTP/1.1, kept alive, one request at a time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Tally;

/// The wait after a connection broke: a collector that was killed takes a moment to come back.
const AGAIN: Duration = Duration::from_millis(100);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where batches go.
pub struct Target {
    authority: String,
    host: HeaderValue,
    path: Uri,
}

impl Target {
    /// The batch route of the collector at `url`.
    pub fn new(url: &Uri, key: &str) -> Result<Target, String> {
        let authority = match (url.scheme_str(), url.authority()) {
            (Some("http"), Some(authority)) => authority,
            _ => {
                return Err(format!(
                    "the address {url} is not of the form http://HOST:PORT: the load generator speaks no TLS"
                ));
            }
        };
        let path = format!("/v1/batch?key={key}");
        let path = path.parse().map_err(|_| "the key cannot stand in an address".to_owned())?;
        let port = authority.port_u16().unwrap_or(80);
        let host = authority.as_str().parse();
        Ok(Target {
            authority: format!("{}:{port}", authority.host()),
            host: host.map_err(|_| format!("the host of {url} cannot stand in a header"))?,
            path,
        })
    }
}

/// What one connection does.
pub struct Run {
    /// Its number.
    pub number: usize,
    /// Nothing is sent after that.
    pub until: Instant,
    /// When the first batch goes, and the time between two; `None`: at once.
    pub pace: Option<(Instant, Duration)>,
}

/// Posts until the time is over. A connection that breaks is made anew, and its batch sent again.
pub async fn post(target: Arc<Target>, tally: Arc<Tally>, mut run: Run) {
    let mut batch = None;
    while Instant::now() < run.until {
        if let Err(why) = converse(&target, &tally, &mut run, &mut batch).await {
            tally.broke(why);
            tokio::time::sleep(AGAIN).await;
        }
    }
}

async fn converse(
    target: &Target,
    tally: &Tally,
    run: &mut Run,
    batch: &mut Option<Bytes>,
) -> Result<(), String> {
    let said = |error: &dyn std::error::Error| error.to_string();
    let stream = TcpStream::connect(&target.authority).await.map_err(|error| said(&error))?;
    stream.set_nodelay(true).map_err(|error| said(&error))?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| said(&error))?;
    // It ends with `sender`.
    tokio::spawn(async move {
        let _ = connection.await;
    });
    while Instant::now() < run.until {
        if let Some((next, pace)) = &mut run.pace {
            tokio::time::sleep_until((*next).into()).await;
            *next += *pace;
        }
        let body = batch.get_or_insert_with(|| tally.batches.next().into()).clone();
        let sent = tokio::time::timeout(PATIENCE, send(&mut sender, target, tally, run, body));
        let wait = sent.await.map_err(|_| "an answer took too long".to_owned())??;
        match wait {
            None => *batch = None,
            Some(wait) => tokio::time::sleep(wait.min(left(run))).await,
        }
    }
    Ok(())
}

fn left(run: &Run) -> Duration {
    run.until.saturating_duration_since(Instant::now())
}

/// Sends one batch; the wait that was asked for, where it has to be sent again.
async fn send(
    sender: &mut SendRequest<Full<Bytes>>,
    target: &Target,
    tally: &Tally,
    run: &Run,
    body: Bytes,
) -> Result<Option<Duration>, String> {
    let said = |error: &dyn std::error::Error| error.to_string();
    let request = Request::post(target.path.clone())
        .header(header::HOST, target.host.clone())
        .body(Full::new(body))
        .map_err(|error| said(&error))?;
    sender.ready().await.map_err(|error| said(&error))?;
    let begun = Instant::now();
    let response = sender.send_request(request).await.map_err(|error| said(&error))?;
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    // Without its body read, the connection cannot be used again.
    response.into_body().collect().await.map_err(|error| said(&error))?;
    tally.answered(run.number, status, begun.elapsed());
    Ok(match status {
        429 | 503 | 408 => Some(retry_after.unwrap_or(Duration::from_secs(1))),
        _ => None,
    })
}
