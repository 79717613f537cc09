//! Sends batches, keeps them until they are acknowledged.
//!
//! A keepalive fetch brings an answer; a beacon, used when the page may be gone in a moment, brings
//! none. So a batch that went by beacon is sent once more by fetch when a page is next alive, and
//! the collector, which stores a batch id once, answers as if it were new. Nothing counts twice.
//!
//! A batch is sent at once and waits in memory for its answer. One that was not acknowledged goes
//! into the queue in IndexedDB ([`queue`]), from where any page of the site sends it again. Where
//! there is no queue, it waits in memory, at most [`MAX_WAITING`] bytes. When the page is hidden, what
//! waits in memory is written to storage, which does not take its time: 16 batches at most, which the
//! next page takes over. Wherever there is no room the oldest go first, and what went is counted and
//! told to the collector with the next batch.

mod queue;
mod report;

use super::clock::{self, window};
use super::convert;
use super::sensor::{Callback, Listener, listen};
use super::storage::{self, Lost, Storage, part, whole};
use super::view::{call, get, view};
use crate::id::Id;
use crate::number::{max, min};
use crate::text::concat;
use crate::time::{HOUR, Millis, SECOND};
use js_sys::{Date, Function, Reflect, Uint8Array};
use queue::Queue;
pub use report::{Report, Sent};
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
/// A collector that asks for more rest than this (`Retry-After`) is asked again all the same: a slip
/// in a proxy's settings must not silence a browser for days.
const MAX_PAUSE: Millis = HOUR;
/// An answer that has not come by then will not come: more than the slowest network and the
/// collector's own patience take together.
const PATIENCE: Millis = 60.0 * SECOND;
/// Until when the collector asked for rest, in ms since 1970, for the next page.
const PAUSE: &str = "unspoken.pause";
/// Events that were dropped and not told, for the next page.
const LOST: &str = "unspoken.lost";

/// Where a batch that waits in memory is kept besides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kept {
    Nowhere,
    /// In storage, for the next page.
    Storage,
    /// In the queue, from where it was read to be sent.
    Queue,
}

#[derive(Debug)]
struct Waiting {
    name: String,
    bytes: Vec<u8>,
    kept: Kept,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Waiting>,
    /// The batch that is on its way, by its name.
    in_flight: Option<String>,
    failures: u32,
    retry_at: Millis,
    /// Until then the collector wants to be left alone.
    pause: Millis,
    lost: Lost,
    /// Of the events lost, those that no batch has told yet.
    untold: u32,
}

impl State {
    fn lose(&mut self, lost: Lost) {
        self.lost.batches += lost.batches;
        self.untold = self.untold.saturating_add(lost.events);
    }
}

/// The way to the collector.
pub struct Transport {
    url: String,
    /// Whether the collector may answer with the visitor's cookie.
    cookie: bool,
    storage: Rc<Storage>,
    state: RefCell<State>,
    queue: Queue,
    report: Report,
    /// For answer and failure: exactly one of the two calls it.
    answered: Callback,
    /// For what concerns the queue, and for the end of a wait.
    heard: Callback,
    online: RefCell<Option<Listener>>,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Transport")
    }
}

impl Transport {
    /// A way to `endpoint`, which tells of each batch by `emit` and adds it to `sent`. Batches that an
    /// earlier page could not deliver go first. With `cookie` the collector may answer with a cookie.
    #[inline(never)]
    pub fn open(
        endpoint: &str,
        key: &str,
        cookie: bool,
        storage: &Rc<Storage>,
        emit: &Function,
        sent: &Rc<Cell<(u32, f64)>>,
    ) -> Rc<Transport> {
        let key = String::from(js_sys::encode_uri_component(key));
        let endpoint = endpoint.strip_suffix("/").unwrap_or(endpoint);
        let mut state = State { untold: storage.noted(LOST) as u32, ..State::default() };
        let pause = storage.noted(PAUSE) as f64 - clock::wall();
        for (name, bytes) in storage.batches() {
            state.waiting.push(Waiting { name, bytes, kept: Kept::Storage });
        }
        let transport = Rc::new_cyclic(|this: &Weak<Transport>| {
            let (answered, heard) = (this.clone(), this.clone());
            Transport {
                url: concat(&[endpoint, "/batch?key=", &key]),
                cookie,
                storage: storage.clone(),
                state: RefCell::new(state),
                queue: Queue::default(),
                report: report::report(emit.clone(), sent.clone()),
                answered: Closure::new(move |answer: JsValue| {
                    if let Some(transport) = answered.upgrade() {
                        transport.answer(&answer);
                    }
                }),
                heard: Closure::new(move |event: JsValue| {
                    if let Some(transport) = heard.upgrade() {
                        transport.hear(&event);
                    }
                }),
                online: RefCell::default(),
            }
        });
        let this = Rc::downgrade(&transport);
        *transport.online.borrow_mut() = Some(listen(window(), &["online"], move |_| {
            if let Some(transport) = this.upgrade() {
                transport.back();
            }
        }));
        if pause > 0.0 {
            transport.wake_in(transport.rest(pause).ceil() as i32);
        }
        transport.open_queue();
        transport
    }

    /// Batches that wait, and batches dropped because too many did.
    #[inline(never)]
    pub fn waiting(&self) -> (usize, u32) {
        let state = self.state.borrow();
        let waiting = state.waiting.iter().filter(|it| it.kept != Kept::Queue).count();
        (waiting + self.queue.len(), state.lost.batches)
    }

    /// Events that were dropped since this was last asked.
    #[inline(never)]
    pub fn untold(&self) -> u32 {
        let untold = core::mem::take(&mut self.state.borrow_mut().untold);
        if untold > 0 {
            self.storage.noted(LOST);
        }
        untold
    }

    /// Takes a batch, with which so many events would be lost.
    #[inline(never)]
    pub fn push(&self, id: Id, bytes: Vec<u8>, events: u32) {
        let name = storage::name(id, bytes.len(), events);
        let mut state = self.state.borrow_mut();
        state.waiting.push(Waiting { name, bytes, kept: Kept::Nowhere });
        let size = |waiting: &[Waiting]| waiting.iter().map(|it| it.bytes.len()).sum::<usize>();
        while size(&state.waiting) > MAX_WAITING {
            let oldest = state.waiting.remove(0);
            if oldest.kept == Kept::Nowhere {
                let mut lost = Lost::default();
                lost.add(&oldest.name);
                state.lose(lost);
            }
        }
    }

    /// The page may be gone in a moment: what waits goes by beacon, and is kept until some page hears
    /// that it arrived.
    #[inline(never)]
    pub fn hurry(&self) {
        // Whoever keeps the page for going back keeps none that holds a lock.
        self.release();
        let (mut sent, mut lost) = (Vec::new(), Lost::default());
        let mut all = core::mem::take(&mut self.state.borrow_mut().waiting);
        let is_quiet = clock::now() < self.state.borrow().pause;
        for waiting in &mut all {
            if waiting.kept != Kept::Nowhere {
                continue;
            }
            if self.storage.keep_batch(&waiting.name, &waiting.bytes, &mut lost) {
                waiting.kept = Kept::Storage;
                if is_quiet {
                    continue;
                }
            }
            // What cannot be kept goes by beacon again the next time.
            let ok = window()
                .navigator()
                .send_beacon_with_opt_u8_array(&self.url(), Some(&mut waiting.bytes))
                .unwrap_or(false);
            sent.push(Sent::new(&waiting.name, "beacon", ok, None));
        }
        let mut state = self.state.borrow_mut();
        all.append(&mut state.waiting);
        state.waiting = all;
        state.lose(lost);
        let untold = state.untold;
        drop(state);
        if untold > 0 {
            self.storage.note(LOST, untold.into());
        }
        sent.into_iter().for_each(|sent| (self.report)(sent));
    }

    /// Sends the oldest waiting batch, unless one is on its way or it is too soon after a failure; then
    /// what waits goes into the queue. Where nothing waits it is the queue's turn.
    #[inline(never)]
    pub fn pump(&self, now: Millis) {
        if self.is_free(now) {
            while let Some((name, kept, body)) = self.oldest() {
                // Another page may have brought what the next page was to bring.
                if kept != Kept::Storage || self.storage.has_batch(&name) {
                    self.state.borrow_mut().in_flight = Some(name);
                    return self.send(&body);
                }
                self.state.borrow_mut().waiting.retain(|waiting| waiting.name != name);
            }
            self.ask_queue();
        }
        self.turn();
    }

    fn is_free(&self, now: Millis) -> bool {
        let state = self.state.borrow();
        state.in_flight.is_none() && now >= state.retry_at
    }

    fn oldest(&self) -> Option<(String, Kept, Uint8Array)> {
        let state = self.state.borrow();
        let waiting = state.waiting.first()?;
        Some((waiting.name.clone(), waiting.kept, Uint8Array::from(&waiting.bytes[..])))
    }

    fn send(&self, body: &Uint8Array) {
        let init = convert::parse(if self.has_cookie() {
            r#"{"method":"POST","keepalive":true,"credentials":"include"}"#
        } else {
            r#"{"method":"POST","keepalive":true,"credentials":"omit"}"#
        });
        let _ = Reflect::set(&init, &JsValue::from_str("body"), body);
        let (none, patience) = (JsValue::UNDEFINED, JsValue::from_f64(PATIENCE));
        let signal = call(&get(window(), "AbortSignal"), "timeout", &patience, &none);
        let _ = Reflect::set(&init, &JsValue::from_str("signal"), &signal);
        let request = window().fetch_with_str_and_init(&self.url(), init.unchecked_ref());
        let _ = request.then2(&self.answered, &self.answered);
    }

    /// Not in a browser that keeps nothing, and not after the visitor was forgotten.
    fn has_cookie(&self) -> bool {
        self.cookie && self.storage.is_shared()
    }

    fn url(&self) -> String {
        concat(&[&self.url, if self.has_cookie() { "&cookie=1" } else { "" }])
    }

    fn answer(&self, answer: &JsValue) {
        let Some(name) = self.state.borrow_mut().in_flight.take() else { return };
        let response = answer.dyn_ref::<Response>();
        let status = response.map_or(0, Response::status);
        let ok = (200..300).contains(&status);
        // Too many requests, a time-out or a server that is unwell: later. Any other 4xx will
        // never be taken.
        let refused = (400..500).contains(&status) && status != 429 && status != 408;
        if ok || refused {
            self.settled(&name);
        } else {
            let told = if status == 429 || status == 503 { retry_after(answer) } else { 0.0 };
            self.failed(told);
        }
        (self.report)(Sent::new(&name, "fetch", ok, refused.then_some(status)));
        if ok || !refused {
            self.pump(clock::now());
        }
    }

    /// A batch is done with.
    fn settled(&self, name: &str) {
        let mut state = self.state.borrow_mut();
        let at = state.waiting.iter().position(|waiting| waiting.name == name);
        // What is not here any more has moved into the queue meanwhile.
        let kept = at.map_or(Kept::Queue, |at| state.waiting.remove(at).kept);
        state.failures = 0;
        state.retry_at = 0.0;
        drop(state);
        self.storage.drop_batch(name);
        if kept != Kept::Nowhere {
            self.queue.done(name);
        }
    }

    /// A batch did not arrive. The collector wants to be left alone for `told` ms.
    fn failed(&self, told: Millis) {
        self.release();
        let mut state = self.state.borrow_mut();
        // What came from the queue is still in it.
        state.waiting.retain(|waiting| waiting.kept != Kept::Queue);
        let mut pause = min(BACK_OFF * f64::from(1u32 << state.failures.min(6)), MAX_BACK_OFF);
        state.failures += 1;
        state.retry_at = clock::now() + pause;
        drop(state);
        if told > 0.0 {
            pause = self.rest(max(told, pause));
        }
        self.wake_in(pause.ceil() as i32);
    }

    /// The collector wants to be left alone for so many ms, by this page and the next. Answers how long
    /// it is.
    fn rest(&self, pause: Millis) -> Millis {
        let pause = min(pause, MAX_PAUSE);
        self.storage.note(PAUSE, (clock::wall() + pause) as u64);
        let mut state = self.state.borrow_mut();
        state.pause = clock::now() + pause;
        state.retry_at = state.pause;
        pause
    }

    /// Calls [`Transport::hear`] with nothing after so many ms: the engine's clock stands still where
    /// nothing happens.
    fn wake_in(&self, wait: i32) {
        view(window()).set_timeout(self.heard.as_ref().unchecked_ref(), wait);
    }

    /// The network is back.
    fn back(&self) {
        let mut state = self.state.borrow_mut();
        state.failures = 0;
        state.retry_at = state.pause;
        drop(state);
        self.queue.look();
        self.pump(clock::now());
    }

    /// Forgets everything that waits.
    #[inline(never)]
    pub fn erase(&self) {
        let mut state = self.state.borrow_mut();
        state.waiting.clear();
        state.untold = 0;
        drop(state);
        self.give_up();
    }
}

/// What an answer says in `Retry-After`, seconds or a date, in ms; 0 where it says nothing.
fn retry_after(answer: &JsValue) -> Millis {
    let name = JsValue::from_str("Retry-After");
    let told = call(&get(answer, "headers"), "get", &name, &JsValue::UNDEFINED);
    let text = told.as_string().unwrap_or_default();
    let until = Date::parse(&text);
    match whole(&text) {
        // A date that is none is no number, and `max` leaves the other.
        0 => max(until - clock::wall(), 0.0),
        seconds => seconds as f64 * SECOND,
    }
}
