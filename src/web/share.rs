//! What tabs of one site tell each other at once, and how only one of them decides at a time.
//!
//! A message carries the profile itself: another tab's process may hear it before it sees what was
//! written to storage. Who hears one merges it and sends none, so nothing goes round. Where there is
//! no `BroadcastChannel` the storage event tells the same, a little later.
//!
//! Storage has no transactions, and a tab in another process sees a write some milliseconds after it
//! was made. For a profile that does no harm: what two tabs write at once is merged, and whichever
//! was written over writes again when its page is hidden. The budget of interruptions must not be
//! overdrawn, so a claim is decided under a lock of the browser, and the lock is held for [`SETTLE`]
//! after the claim was written. The profile itself is written without it: a lock is granted later,
//! and a page that is left has no later.

use super::clock::{self, window};
use super::sensor::{Listener, listen};
use super::view::view;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

/// The channel's name, and the lock's.
const NAME: &str = "unspoken";
/// The message that the visitor is to be forgotten; any other is a profile.
pub const ERASED: &str = "erased";
/// What was written is seen by every process of the browser after this, ms: ample, and nothing waits
/// for it but another interruption.
const SETTLE: i32 = 100;

/// What is told to other tabs is told until this is dropped.
#[derive(Debug)]
pub struct Share {
    channel: Rc<RefCell<Option<Channel>>>,
    _life: [Listener; 2],
}

#[derive(Debug)]
struct Channel(BroadcastChannel, #[allow(dead_code)] Listener);

impl Drop for Channel {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Share {
    /// Listens to other tabs: `heard` gets each message and its time.
    pub fn start(heard: Rc<dyn Fn(&str, f64)>) -> Share {
        let open = move || {
            let heard = heard.clone();
            let channel = BroadcastChannel::new(NAME).ok()?;
            let told = move |event: &web_sys::Event| {
                let message: &MessageEvent = event.unchecked_ref();
                if let Some(text) = message.data().as_string() {
                    heard(&text, clock::of(event));
                }
            };
            let listener = listen(&channel, "message", told);
            Some(Channel(channel, listener))
        };
        let channel = Rc::new(RefCell::new(open()));
        // A page with an open channel may not be kept for going back to.
        let (left, back) = (channel.clone(), channel.clone());
        let shown = move |_: &web_sys::Event| {
            let mut channel = back.borrow_mut();
            if channel.is_none() {
                *channel = open();
            }
        };
        let _life = [
            listen(window(), "pagehide", move |_| drop(left.take())),
            listen(window(), "pageshow", shown),
        ];
        Share { channel, _life }
    }

    /// Tells every other tab.
    pub fn post(&self, message: &str) {
        if let Some(Channel(channel, _)) = self.channel.borrow().as_ref() {
            let _ = channel.post_message(&JsValue::from_str(message));
        }
    }
}

/// What is called under the lock. It holds the lock for as long as what it returns says.
pub type Locked = Closure<dyn FnMut(JsValue) -> JsValue>;

/// Has `locked` called when this tab alone holds the lock, or at last when the browser refuses it.
/// Says `false` where there are no locks.
pub fn lock(locked: &Locked) -> bool {
    let locks = get(&window().navigator(), "locks");
    let Ok(request) = get(&locks, "request").dyn_into::<Function>() else { return false };
    let locked = locked.as_ref();
    let Ok(asked) = request.call2(&locks, &JsValue::from_str(NAME), locked) else { return false };
    let _ = get(&asked, "catch").dyn_into::<Function>().map(|catch| catch.call1(&asked, locked));
    true
}

/// What holds the lock until every tab can see what was written.
pub fn settling() -> JsValue {
    Promise::new(&mut |done, _| drop(view(window()).set_timeout(&done, SETTLE))).into()
}

fn get(of: &JsValue, key: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(key)).unwrap_or_default()
}
