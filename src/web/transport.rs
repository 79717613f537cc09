//! Sends batches, keeps them until they are acknowledged.
//!
//! A keepalive fetch brings an answer; a beacon, used when the page may be gone in a moment, brings
//! none. So a batch that went by beacon is sent once more by fetch when a page is next alive, and
//! the collector, which stores a batch id once, answers as if it were new. Nothing is lost, nothing
//! counts twice. In memory at most [`MAX_WAITING`] bytes wait; the oldest go first and are counted.

use super::clock::window;
use super::convert;
use super::sensor::Callback;
use super::storage::Storage;
use crate::id::Id;
use crate::number::min;
use crate::text::concat;
use crate::time::{Millis, SECOND};
use crate::value::Value;
use js_sys::{Function, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Response;

/// Bytes that wait in memory.
pub const MAX_WAITING: usize = 128 * 1024;
/// After a failure, wait this long before the next try; twice as long after each further one.
const BACK_OFF: Millis = 2.0 * SECOND;
/// But no longer than this.
const MAX_BACK_OFF: Millis = 120.0 * SECOND;

/// How a batch went.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The batch.
    pub id: Id,
    /// Its size.
    pub bytes: usize,
    /// `beacon` or `fetch`.
    pub via: &'static str,
    /// Acknowledged, or for a beacon: taken by the browser.
    pub ok: bool,
    /// Why the collector will never take it; the batch is dropped.
    pub refused: Option<u16>,
}

/// What to call when a batch went, or did not.
pub type Report = Rc<dyn Fn(Sent)>;

#[derive(Debug)]
struct Waiting {
    id: Id,
    bytes: Vec<u8>,
    kept: bool,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Waiting>,
    /// A batch that is on its way, and its size.
    in_flight: Option<(Id, usize)>,
    failures: u32,
    retry_at: Millis,
    dropped: u32,
}

/// The way to the collector.
pub struct Transport {
    url: String,
    storage: Rc<Storage>,
    state: RefCell<State>,
    report: Report,
    /// For answer and failure: exactly one of the two calls it.
    answered: Callback,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Transport")
    }
}

impl Transport {
    /// The same, which tells of each batch by `emit` and adds it to `sent`.
    #[inline(never)]
    pub fn open(
        endpoint: &str,
        key: &str,
        storage: &Rc<Storage>,
        emit: &Function,
        sent: &Rc<Cell<(u32, f64)>>,
    ) -> Rc<Transport> {
        Transport::new(endpoint, key, storage.clone(), report(emit.clone(), sent.clone()))
    }

    /// A way to `endpoint`; batches that an earlier page could not deliver go first.
    pub fn new(endpoint: &str, key: &str, storage: Rc<Storage>, report: Report) -> Rc<Transport> {
        let key = String::from(js_sys::encode_uri_component(key));
        let endpoint = endpoint.strip_suffix("/").unwrap_or(endpoint);
        let mut state = State::default();
        for (id, bytes) in storage.batches() {
            state.waiting.push(Waiting { id, bytes, kept: true });
        }
        Rc::new_cyclic(|this: &Weak<Transport>| {
            let this = this.clone();
            Transport {
                url: concat(&[endpoint, "/batch?key=", &key]),
                storage,
                state: RefCell::new(state),
                report,
                answered: Closure::new(move |answer: JsValue| {
                    if let Some(transport) = this.upgrade() {
                        transport.answer(answer.dyn_ref::<Response>().map_or(0, Response::status));
                    }
                }),
            }
        })
    }

    /// Batches that wait, and batches dropped because too many did.
    #[inline(never)]
    pub fn waiting(&self) -> (usize, u32) {
        let state = self.state.borrow();
        (state.waiting.len(), state.dropped)
    }

    /// Takes a batch.
    #[inline(never)]
    pub fn push(&self, id: Id, bytes: Vec<u8>) {
        let mut state = self.state.borrow_mut();
        state.waiting.push(Waiting { id, bytes, kept: false });
        let size = |waiting: &[Waiting]| waiting.iter().map(|it| it.bytes.len()).sum::<usize>();
        while size(&state.waiting) > MAX_WAITING {
            let oldest = state.waiting.remove(0);
            state.dropped += 1;
            self.storage.drop_batch(oldest.id);
        }
    }

    /// The page may be gone in a moment: everything goes by beacon, and is kept until some page
    /// hears that it arrived.
    #[inline(never)]
    pub fn hurry(&self) {
        let mut sent = Vec::new();
        for waiting in &mut self.state.borrow_mut().waiting {
            if waiting.kept {
                continue;
            }
            let ok = window()
                .navigator()
                .send_beacon_with_opt_u8_array(&self.url, Some(&mut waiting.bytes))
                .unwrap_or(false);
            // What cannot be kept goes by beacon again the next time.
            waiting.kept = self.storage.keep_batch(waiting.id, &waiting.bytes);
            let (id, bytes) = (waiting.id, waiting.bytes.len());
            sent.push(Sent { id, bytes, via: "beacon", ok, refused: None });
        }
        sent.into_iter().for_each(|sent| (self.report)(sent));
    }

    /// Sends the oldest waiting batch, unless one is on its way or it is too soon after a failure.
    #[inline(never)]
    pub fn pump(&self, now: Millis) {
        let mut state = self.state.borrow_mut();
        if state.in_flight.is_some() || now < state.retry_at {
            return;
        }
        let Some(waiting) = state.waiting.first() else { return };
        let init = convert::parse(r#"{"method":"POST","keepalive":true,"credentials":"omit"}"#);
        let body = Uint8Array::from(&waiting.bytes[..]);
        let _ = Reflect::set(&init, &JsValue::from_str("body"), &body);
        state.in_flight = Some((waiting.id, waiting.bytes.len()));
        drop(state);
        let request = window().fetch_with_str_and_init(&self.url, init.unchecked_ref());
        let _ = request.then2(&self.answered, &self.answered);
    }

    fn answer(&self, status: u16) {
        let Some((id, bytes)) = self.state.borrow_mut().in_flight.take() else { return };
        let ok = (200..300).contains(&status);
        // Too many requests, a time-out or a server that is unwell: later. Any other 4xx will
        // never be taken.
        let refused = (400..500).contains(&status) && status != 429 && status != 408;
        {
            let mut state = self.state.borrow_mut();
            if ok || refused {
                state.waiting.retain(|waiting| waiting.id != id);
                state.failures = 0;
                state.retry_at = 0.0;
                self.storage.drop_batch(id);
            } else {
                let pause = BACK_OFF * f64::from(1u32 << state.failures.min(6));
                state.failures += 1;
                state.retry_at = super::clock::now() + min(pause, MAX_BACK_OFF);
            }
        }
        let refused = refused.then_some(status);
        (self.report)(Sent { id, bytes, via: "fetch", ok, refused });
        if ok {
            self.pump(super::clock::now());
        }
    }

    /// Forgets everything that waits.
    #[inline(never)]
    pub fn erase(&self) {
        self.state.borrow_mut().waiting.clear();
    }
}

/// Counts batches and bytes, and tells the page's listeners of each.
pub fn report(emit: Function, total: Rc<Cell<(u32, f64)>>) -> Report {
    Rc::new(move |sent: Sent| {
        let (batches, bytes) = total.get();
        total.set((batches + 1, bytes + sent.bytes as f64));
        let detail = Value::map()
            .with("id", sent.id.to_hex())
            .with("bytes", sent.bytes as f64)
            .with("via", sent.via)
            .with("ok", sent.ok)
            .with("status", sent.refused.map(f64::from));
        let name = JsValue::from_str("batch");
        let _ = emit.call2(&JsValue::UNDEFINED, &name, &convert::to_js(&detail));
    })
}
