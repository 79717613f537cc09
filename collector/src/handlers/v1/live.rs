//! `GET /v1/live`: what arrives, as server-sent events, for whoever holds the token.
//!
//! The token comes in the header, as everywhere, so a browser reads this with `fetch` rather than
//! `EventSource`: a token in an address would stand in every log.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use crate::clock;
use crate::handlers::App;
use crate::live::{Beat, Listener};
use crate::problem::Problem;
use crate::report::Live as LiveSession;
use crate::settings::Site;

/// Batches are told together, at most so often.
const BEAT: Duration = Duration::from_secs(1);
/// The list is told anew so often, also where nothing was heard: sessions age, and another
/// collector on the same store may have taken a batch.
const LIST: Duration = Duration::from_secs(3);
/// So that proxies do not take the silence of a night for a dead line.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// What one who comes too late is told to wait.
const FULL_WAIT: Duration = Duration::from_secs(30);

#[derive(Serialize)]
struct Batches {
    at: u64,
    #[serde(flatten)]
    beat: Beat,
}

#[derive(Serialize)]
struct List<'a> {
    at: u64,
    live: &'a [LiveSession],
}

/// `event: batch` where batches came, `event: live` with who is on the site. Ends when the
/// collector stops, or when the reader goes. 503 where as many read as may.
pub async fn get(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let site = app.reader(&parts)?;
    let listener = app.live().listen().ok_or_else(|| {
        Problem::unwell("as many read the live stream as may; ask GET /v1/report instead")
            .retry_after(FULL_WAIT)
    })?;
    // Room for one beat and one list: a reader that takes neither for a while is waited for.
    let (sender, receiver) = mpsc::channel(2);
    tokio::spawn(speak(app, site, listener, sender));
    let stream = Sse::new(ReceiverStream::new(receiver).map(Ok::<Event, Infallible>))
        .keep_alive(KeepAlive::new().interval(HEARTBEAT));
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // nginx would hold events back until a buffer is full.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, stream).into_response())
}

/// Adds up what is heard, and sends it by the clock.
async fn speak(
    app: Arc<App>,
    site: Arc<Site>,
    mut listener: Listener,
    sender: mpsc::Sender<Event>,
) {
    let mut heard = Beat::default();
    let mut beats = interval_at(Instant::now() + BEAT, BEAT);
    let mut lists = interval(LIST);
    for clock in [&mut beats, &mut lists] {
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    let mut stopped = pin!(app.stopped());
    loop {
        let event = tokio::select! {
            () = sender.closed() => return,
            () = &mut stopped => return,
            beat = listener.next(&site.name) => match beat {
                Some(beat) => {
                    heard.add(beat);
                    continue;
                }
                None => return,
            },
            _ = beats.tick(), if heard.batches > 0 => {
                let batches = Batches { at: clock::now_ms(), beat: std::mem::take(&mut heard) };
                Event::default().event("batch").json_data(batches)
            }
            _ = lists.tick() => {
                let at = clock::now_ms();
                match app.live().list(&*app.store, &site.name, at).await {
                    Ok(live) => Event::default().event("live").json_data(List { at, live: &live }),
                    Err(error) => {
                        tracing::warn!("the live list could not be read: {error}");
                        continue;
                    }
                }
            }
        };
        let Ok(event) = event else { return };
        if sender.send(event).await.is_err() {
            return;
        }
    }
}
