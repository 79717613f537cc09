//! Makes a recording of a page view again from the streams of its batches.
//!
//! What the page told at level `trace` is enough for the engine's own replay: what stood where when
//! the view began, then cursor, scrolls, clicks and places as they changed. A lost batch, or one
//! that had to drop something, ends the recording: what follows would be replayed from a wrong
//! state. What a stream does not hold stays unknown: the profile the page started with, tags, typed
//! facts, and everything between two samples of 20 Hz.

use unspoken::feature::SAMPLE;
use unspoken::signal::{Role, Signal};
use unspoken::stream::Kind;
use unspoken::time::{Millis, Origin};
use unspoken::trace::{Header, HeaderSlot, Trace};

use crate::store::StoredTrace;

/// A page view's recording, of its batches in order. `None` where the view's beginning is missing.
pub fn rebuild(batches: &[StoredTrace]) -> Option<Trace> {
    let first = batches.first().filter(|first| first.sequence == 0)?;
    let page = first.page.clone()?;
    let mut header = Header {
        id: format!("{}-{}", first.session.to_hex(), first.view),
        visitor: first.visitor.to_hex(),
        origin: Origin { wall_ms: first.base_ms as f64, utc_offset_min: 0.0 },
        ..Header::default()
    };
    let mut signals: Vec<(Millis, Signal)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut begun = false;
    let mut moved = f64::NEG_INFINITY;
    for (at, batch) in batches.iter().enumerate() {
        if batch.sequence as usize != at {
            break;
        }
        let base = batch.base_ms as f64 - first.base_ms as f64;
        let mut clicks = batch.clicks.iter().cloned();
        for point in &batch.points {
            let mut now = (base + f64::from(point.at)).max(signals.last().map_or(0.0, |it| it.0));
            let signal = match &point.kind {
                Kind::Slot { index, name, rect } => {
                    // A name comes once, with the index that is next.
                    if *index as usize == names.len() {
                        names.push(name.clone());
                    }
                    let id = names.get(*index as usize)?.clone();
                    Signal::Slot { id, rect: rect.map(f64::from) }
                }
                Kind::Sizes([width, height, page_width, page_height]) => Signal::Resize {
                    viewport: [*width, *height].map(f64::from),
                    document: [*page_width, *page_height].map(f64::from),
                },
                Kind::Move(x, y) => {
                    // Samples were at least so far apart; whole ms may have brought them nearer,
                    // and the engine would skip one.
                    now = now.max(moved + SAMPLE);
                    moved = now;
                    Signal::Move { x: f64::from(*x), y: f64::from(*y) }
                }
                Kind::Scroll(y) => Signal::Scroll { y: f64::from(*y), inner: false },
                Kind::Inner(y) => Signal::Scroll { y: f64::from(*y), inner: true },
                Kind::Visible(visible) => Signal::Visibility { visible: *visible },
                Kind::Exit => Signal::Exit,
                Kind::Zoom(percent) => Signal::Zoom { scale: f64::from(*percent) / 100.0 },
                Kind::Click(x, y) => {
                    let (slot, role) = clicks.next().unwrap_or((None, Role::Link));
                    Signal::Click { x: f64::from(*x), y: f64::from(*y), slot, role }
                }
            };
            if begun {
                signals.push((now, signal));
                continue;
            }
            // Where everything stood: it ends with the scroll offset, and then the page begins.
            match signal {
                Signal::Slot { id, rect } => {
                    header.slots.push(HeaderSlot { id, kind: String::new(), rect });
                }
                Signal::Resize { viewport, document } => {
                    (header.viewport, header.document) = (viewport, document);
                }
                Signal::Scroll { inner: false, .. } => {
                    begun = true;
                    header.start = Some(now);
                    signals.push((now, signal));
                    signals.push((now, Signal::Page(page.clone())));
                }
                _ => return None,
            }
        }
        if batch.cut {
            break;
        }
    }
    begun.then_some(Trace { header, signals })
}

/// Gathers what [`crate::store::for_each_trace`] hands over, a page view at a time.
#[derive(Default)]
pub struct Views {
    batches: Vec<StoredTrace>,
}

impl Views {
    /// Takes the next batch; answers the recording that ended before it, if one did.
    pub fn take(&mut self, batch: StoredTrace) -> Option<Trace> {
        let key = |batch: &StoredTrace| (batch.session, batch.view);
        let ended = self.batches.first().is_some_and(|first| key(first) != key(&batch));
        let trace = if ended { self.finish() } else { None };
        self.batches.push(batch);
        trace
    }

    /// The last recording.
    pub fn finish(&mut self) -> Option<Trace> {
        rebuild(&std::mem::take(&mut self.batches))
    }
}
