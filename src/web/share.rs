//! What tabs of one site tell each other at once, and how only one of them decides at a time.
//!
//! A message carries the profile itself: another tab's process may hear it before it sees what was
//! written to storage. Who hears one merges it and sends none, so nothing goes round. Where there is
//! no `BroadcastChannel` the storage event tells the same, and in a page that is hidden too: there the
//! channel is closed, since a page with an open one may not be kept for going back to.
//!
//! Storage has no transactions, and a tab in another process sees a write some milliseconds after it
//! was made. For a profile that does no harm: what two tabs write at once is merged, and whichever
//! was written over writes again when its page is hidden. The budget of interruptions must not be
//! overdrawn, so a claim is decided under a lock of the browser, and the lock is held for [`SETTLE`]
//! after the claim was written. The profile itself is written without it: a lock is granted later,
//! and a page that is left has no later.

use super::clock::window;
use super::sensor::{Callback, Listener, listen};
use super::view::{call, get, view};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, Event};

/// The channel's name, and that of the lock for claims.
pub const NAME: &str = "unspoken";
/// The message that the visitor is to be forgotten; any other is a profile.
pub const ERASED: &str = "erased";
/// What was written is seen by every process of the browser after this, ms: ample, and nothing waits
/// for it but another interruption.
const SETTLE: i32 = 100;

/// The channel between the tabs of a site, open until it is dropped.
#[derive(Debug)]
pub struct Channel(BroadcastChannel, #[allow(dead_code)] Listener);

impl Channel {
    /// Opens it; `heard` gets each message. `None` in a browser without channels.
    pub fn open(heard: impl FnMut(&Event) + 'static) -> Option<Channel> {
        let channel = BroadcastChannel::new(NAME).ok()?;
        let listener = listen(&channel, &["message"], heard);
        Some(Channel(channel, listener))
    }

    /// Tells every other tab.
    pub fn post(&self, message: &str) {
        call(&self.0, "postMessage", &JsValue::from_str(message), &JsValue::UNDEFINED);
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        call(&self.0, "close", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }
}

/// Has `locked` called when this tab alone holds the lock of that name, or at last when the browser refuses it; it
/// hands what it is called with to [`settle`]. Says `false` where there are no locks.
pub fn lock(name: &str, locked: &Callback) -> bool {
    let locks = get(&window().navigator(), "locks");
    // A lock is held for as long as the promise that its callback returns. That may be any object
    // with a `then`, and `then` may be ours: it is called with what ends the holding. So the callback
    // has only to return the object, as its own `valueOf` does.
    let promise = Object::new();
    let locked = locked.as_ref();
    let _ = Reflect::set(&promise, &JsValue::from_str("then"), locked);
    let returns = call(&get(&promise, "valueOf"), "bind", &promise, &JsValue::UNDEFINED);
    let asked = call(&locks, "request", &JsValue::from_str(name), &returns);
    call(&asked, "catch", locked, &JsValue::UNDEFINED);
    asked.is_object()
}

/// Holds the lock until every tab can see what was written. `end` is what ends the holding, or why the
/// lock was refused.
pub fn settle(end: &JsValue) {
    if end.is_function() {
        view(window()).set_timeout(end.unchecked_ref(), SETTLE);
    }
}
