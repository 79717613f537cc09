//! The queue of batches that were not acknowledged at once, in IndexedDB.
//!
//! It is there with the storage `persistent`, once the browser has opened it; until then, and where it
//! cannot be had, memory and storage are all there is. A batch stands in it under its name
//! ([`storage::name`](super::storage::name)), which says when it was made, how long it is and how many
//! events it has, so the bounds are kept by looking at keys alone. Everything is done in transactions,
//! one at a time: what is done with is deleted, what waits is written, what has no room is dropped, and
//! the next batch to send is read.
//!
//! Any tab sends what is in the queue, the oldest first, but only one at a time: it holds a lock of the
//! browser while it does. Where there is none, two tabs may send the same, which the collector drops.
//!
//! Whatever the browser refuses (no room, no database, one of a later release, one that is being
//! deleted), the page gives the queue up until it is left: what is in it, the next page sends.

use super::*;
use crate::web::share;
use js_sys::Array;

/// The database, of version 1.
const DATABASE: &str = "unspoken";
/// Its one store.
const STORE: &str = "batches";
/// The lock of the tab that sends what is in it.
const LOCK: &str = "unspoken.queue";
/// Bytes of batches that are kept: an hour of steady use away from the network, at a batch every five
/// seconds of a kilobyte and a half, and little beside what a site keeps otherwise.
const MAX_BYTES: u64 = 1024 * 1024;
/// Batches that are kept; an hour has 720.
const MAX_BATCHES: u32 = 1024;
/// What is heard of requests, transactions and the database: one function hears them all.
const EVENTS: [&str; 8] = [
    "onupgradeneeded",
    "onsuccess",
    "onerror",
    "oncomplete",
    "onabort",
    "onversionchange",
    "onclose",
    "onblocked",
];

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Lock {
    #[default]
    Free,
    Asked,
    Held,
}

#[derive(Debug, Default)]
struct Inner {
    /// Undefined until it is open, and once it was given up.
    database: JsValue,
    /// A transaction is under way.
    is_turning: bool,
    /// What it writes.
    writing: Vec<String>,
    /// What it reads.
    reading: Option<String>,
    /// What the next one deletes.
    done: Vec<String>,
    /// There may be something to send.
    is_due: bool,
    lock: Lock,
    /// What ends the holding of the lock, if it is held.
    end: JsValue,
    /// Batches in the store, and those that there will be.
    stored: [u32; 2],
}

/// What is known of the queue.
#[derive(Debug, Default)]
pub struct Queue(RefCell<Inner>);

impl Queue {
    /// Batches in it.
    pub fn len(&self) -> usize {
        self.0.borrow().stored[0] as usize
    }

    /// A batch is to be deleted at the next turn.
    pub fn done(&self, name: &str) {
        self.0.borrow_mut().done.push(name.into());
    }

    /// Something may have come in, or it may be time to send it.
    pub fn look(&self) {
        self.0.borrow_mut().is_due = true;
    }
}

impl Transport {
    /// Opens the queue where batches may be kept beyond the page.
    pub(super) fn open_queue(&self) {
        if self.storage.is_shared() {
            let (name, version) = (JsValue::from_str(DATABASE), JsValue::from_f64(1.0));
            self.watch(&call(&get(window(), "indexedDB"), "open", &name, &version));
        }
    }

    fn watch(&self, target: &JsValue) {
        for event in EVENTS {
            let _ = Reflect::set(target, &JsValue::from_str(event), self.heard.as_ref());
        }
    }

    /// A wait is over (nothing), the lock is ours (what ends the holding, or why there is none), or the
    /// database tells something.
    pub(super) fn hear(&self, event: &JsValue) {
        let kind = get(event, "type").as_string();
        match kind.as_deref() {
            None if event.is_undefined() => self.pump(clock::now()),
            None => self.granted(event),
            Some("upgradeneeded") => {
                let database = get(&get(event, "target"), "result");
                call(
                    &database,
                    "createObjectStore",
                    &JsValue::from_str(STORE),
                    &JsValue::UNDEFINED,
                );
            }
            Some("success") => self.answered_by(&get(event, "target")),
            Some("complete") => self.turned(),
            // It may open yet.
            Some("blocked") => {}
            _ => {
                // Or some browsers would tell the page of it.
                call(event, "preventDefault", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
                self.give_up();
            }
        }
    }

    fn answered_by(&self, request: &JsValue) {
        let result = get(request, "result");
        let mut inner = self.queue.0.borrow_mut();
        if !inner.is_turning {
            inner.database = result;
            inner.is_due = true;
            let database = inner.database.clone();
            drop(inner);
            self.watch(&database);
            if !self.storage.is_shared() {
                // The visitor was forgotten while it opened.
                self.give_up();
            }
            self.pump(clock::now());
        } else if Array::is_array(&result) {
            drop(inner);
            self.bound(result.unchecked_ref(), &get(request, "source"));
        } else if let Some(name) = inner.reading.take() {
            match result.as_string() {
                Some(text) => {
                    let bytes = storage::to_bytes(&text);
                    let batch = Waiting { name, bytes, kept: Kept::Queue };
                    drop(inner);
                    self.state.borrow_mut().waiting.push(batch);
                }
                // Gone, or nothing that we wrote.
                None => inner.done.push(name),
            }
        }
    }

    /// Whether the next batch is to be read.
    fn reads(&self, inner: &Inner) -> bool {
        let state = self.state.borrow();
        inner.lock == Lock::Held
            && clock::now() >= state.retry_at
            && !state.waiting.iter().any(|waiting| waiting.kept == Kept::Queue)
    }

    /// One transaction, where there is something to do and none is under way.
    pub(super) fn turn(&self) {
        let mut inner = self.queue.0.borrow_mut();
        if inner.is_turning || inner.database.is_undefined() {
            return;
        }
        let mut puts = Vec::new();
        let state = self.state.borrow();
        if clock::now() < state.retry_at {
            for waiting in &state.waiting {
                if waiting.kept != Kept::Queue && state.in_flight.as_ref() != Some(&waiting.name) {
                    puts.push((waiting.name.clone(), storage::to_text(&waiting.bytes)));
                }
            }
        }
        drop(state);
        if puts.is_empty() && inner.done.is_empty() && !self.reads(&inner) {
            return;
        }
        inner.is_turning = true;
        let (database, done) = (inner.database.clone(), core::mem::take(&mut inner.done));
        drop(inner);
        // No borrow is held from here: a page may have put its own code into any of these.
        let (name, mode) = (JsValue::from_str(STORE), JsValue::from_str("readwrite"));
        let transaction = call(&database, "transaction", &name, &mode);
        self.watch(&transaction);
        let store = call(&transaction, "objectStore", &name, &JsValue::UNDEFINED);
        for name in done {
            call(&store, "delete", &JsValue::from_str(&name), &JsValue::UNDEFINED);
        }
        let mut is_well = true;
        for (name, text) in puts {
            let (key, text) = (JsValue::from_str(&name), JsValue::from_str(&text));
            is_well &= call(&store, "put", &text, &key).is_object();
            self.queue.0.borrow_mut().writing.push(name);
        }
        let keys = call(&store, "getAllKeys", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        self.watch(&keys);
        if !is_well || !keys.is_object() {
            self.give_up();
        }
    }

    /// All keys are known: drops what has no room, and reads what is to be sent.
    fn bound(&self, keys: &Array, store: &JsValue) {
        let name = |at| keys.get(at).as_string().unwrap_or_default();
        let mut inner = self.queue.0.borrow_mut();
        let (count, mut first) = (keys.length(), 0);
        let reads = self.reads(&inner) && inner.reading.is_none();
        let mut lost = Lost::default();
        if !inner.writing.is_empty() {
            let (mut fits, mut bytes) = (0, 0);
            while fits < count && fits < MAX_BATCHES {
                bytes += whole(part(&name(count - 1 - fits), 2));
                if bytes > MAX_BYTES {
                    break;
                }
                fits += 1;
            }
            first = count - fits;
            (0..first).for_each(|at| lost.add(&name(at)));
        }
        // Whatever else has found its way into the store is not to be sent.
        while reads && first < count && Id::from_hex(part(&name(first), 1)).is_none() {
            first += 1;
        }
        inner.stored[1] = count - first;
        let is_empty = first == count;
        if reads && is_empty {
            inner.is_due = false;
        } else if reads {
            inner.reading = Some(name(first));
        }
        drop(inner);
        self.state.borrow_mut().lose(lost);
        for at in 0..first {
            call(store, "delete", &keys.get(at), &JsValue::UNDEFINED);
        }
        if reads && is_empty {
            self.release();
        } else if reads {
            self.watch(&call(store, "get", &keys.get(first), &JsValue::UNDEFINED));
        }
    }

    /// A transaction is through: what it wrote need not be kept elsewhere.
    fn turned(&self) {
        let mut inner = self.queue.0.borrow_mut();
        inner.is_turning = false;
        inner.stored[0] = inner.stored[1];
        let written = core::mem::take(&mut inner.writing);
        inner.is_due |= !written.is_empty();
        drop(inner);
        for name in &written {
            self.state.borrow_mut().waiting.retain(|waiting| waiting.name != *name);
            self.storage.drop_batch(name);
        }
        self.pump(clock::now());
    }

    /// Asks for the lock where there may be something to send.
    pub(super) fn ask_queue(&self) {
        let mut inner = self.queue.0.borrow_mut();
        if !inner.is_due || inner.lock != Lock::Free || inner.database.is_undefined() {
            return;
        }
        inner.lock = Lock::Asked;
        drop(inner);
        if !share::lock(LOCK, &self.heard) {
            self.granted(&JsValue::UNDEFINED);
        }
    }

    fn granted(&self, end: &JsValue) {
        let is_soon = clock::now() < self.state.borrow().retry_at;
        let mut inner = self.queue.0.borrow_mut();
        let is_wanted = inner.lock == Lock::Asked;
        if is_wanted {
            inner.lock = Lock::Held;
            inner.end = end.clone();
        }
        drop(inner);
        if !is_wanted {
            finish(end);
        } else if is_soon {
            self.release();
        } else {
            self.turn();
        }
    }

    /// Lets another tab send.
    pub(super) fn release(&self) {
        let mut inner = self.queue.0.borrow_mut();
        inner.lock = Lock::Free;
        let end = core::mem::take(&mut inner.end);
        drop(inner);
        finish(&end);
    }

    /// There is no queue any more on this page. What was to go into it is still in memory.
    pub(super) fn give_up(&self) {
        let inner = core::mem::take(&mut *self.queue.0.borrow_mut());
        call(&inner.database, "close", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        finish(&inner.end);
    }
}

/// Ends the holding of a lock, if that is what it is.
fn finish(end: &JsValue) {
    if end.is_function() {
        call(end, "call", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }
}
