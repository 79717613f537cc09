//! Sensors: one observer a file, each a guard that stops when it is dropped.
//!
//! A sensor turns what the browser says into a [`Signal`] and its time, and hands it on. It keeps
//! no more state than it needs for that, reads no layout, and never looks into a field.

pub mod click;
pub mod layout;
pub mod pointer;
pub mod scroll;
pub mod viewport;
pub mod visibility;

use crate::signal::{Sign, Signal};
use crate::time::Millis;
use gloo_events::{EventListenerOptions, EventListenerPhase};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// Where signals go.
pub type Sink = Rc<dyn Fn(Signal, Millis)>;

/// A listener, which listens until it is dropped.
pub use gloo_events::EventListener as Listener;

/// What an observer calls. All of one type: each would bring its own glue.
pub type Callback = Closure<dyn FnMut(JsValue)>;

/// Tells, at most once, that an event which the browser did not make claims the cursor's place.
pub fn untrusted(told: &mut bool, now: Millis, sink: &Sink) {
    if !core::mem::replace(told, true) {
        sink(Signal::Machine { sign: Sign::Untrusted }, now);
    }
}

/// Listens passively and before the page's own listeners, so that a page that stops an event from
/// travelling does not blind the sensor.
pub fn listen(
    target: &EventTarget,
    event: &'static str,
    heard: impl FnMut(&Event) + 'static,
) -> Listener {
    let options = EventListenerOptions { phase: EventListenerPhase::Capture, ..Default::default() };
    Listener::new_with_options(target, event, options, heard)
}
