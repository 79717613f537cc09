//! Sensors: one observer a file, each a guard that stops when it is dropped.
//!
//! A sensor turns what the browser says into a [`Signal`] and its time, and hands it on. It keeps
//! no more state than it needs for that, reads no layout, and never looks into a field.

pub mod click;
pub mod focus;
pub mod layout;
pub mod motion;
pub mod pointer;
pub mod scroll;
pub mod viewport;
pub mod visibility;

use crate::signal::{Sign, Signal};
use crate::time::Millis;
use crate::web::convert;
use crate::web::view::get;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget};

/// Where signals go.
pub type Sink = Rc<dyn Fn(Signal, Millis)>;

/// What the browser calls. All of one type: each would bring its own glue.
pub type Callback = Closure<dyn FnMut(JsValue)>;

/// A listener, which listens until it is dropped.
#[derive(Debug)]
pub struct Listener {
    target: EventTarget,
    events: &'static [&'static str],
    callback: Callback,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.callback.as_ref().unchecked_ref();
        for event in self.events {
            let _ = self.target.remove_event_listener_with_callback_and_bool(event, callback, true);
        }
    }
}

/// Tells, at most once, that an event which the browser did not make claims the cursor's place.
pub fn untrusted(told: &mut bool, now: Millis, sink: &Sink) {
    if !core::mem::replace(told, true) {
        sink(Signal::Machine { sign: Sign::Untrusted }, now);
    }
}

/// The innermost element that an event is about, also inside an open shadow root.
pub fn innermost(event: &Event) -> Option<Element> {
    event.composed_path().get(0).dyn_into().ok()
}

/// Listens passively and before the page's own listeners, so that a page that stops an event from
/// travelling does not blind the sensor. One function hears several events where it can: each closure
/// brings two hundred bytes of its own.
pub fn listen(
    target: &EventTarget,
    events: &'static [&'static str],
    mut heard: impl FnMut(&Event) + 'static,
) -> Listener {
    attach(target, events, Closure::new(move |event: JsValue| heard(event.unchecked_ref())))
}

#[inline(never)]
fn attach(target: &EventTarget, events: &'static [&'static str], callback: Callback) -> Listener {
    let options = convert::parse(r#"{"capture":true,"passive":true}"#);
    for event in events {
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            event,
            callback.as_ref().unchecked_ref(),
            options.unchecked_ref(),
        );
    }
    Listener { target: target.clone(), events, callback }
}

/// Whether an event is of this type.
pub fn is(event: &Event, kind: &str) -> bool {
    get(event, "type").as_string().is_some_and(|it| it == kind)
}
