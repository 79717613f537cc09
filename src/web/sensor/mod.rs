//! Sensors: one observer a file, each a guard that stops when it is dropped.
//!
//! A sensor turns what the browser says into a [`Signal`] and its time, and hands it on. It keeps
//! no more state than it needs for that, reads no layout, and never looks into a field.

pub mod click;
pub mod layout;
pub mod pointer;
pub mod scroll;
pub mod visibility;

use crate::signal::Signal;
use crate::time::Millis;
use crate::web::convert;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, EventTarget};

/// Where signals go.
pub type Sink = Rc<dyn Fn(Signal, Millis)>;

/// A listener, which listens until it is dropped.
#[derive(Debug)]
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    heard: Callback,
}

/// What the browser calls. All of one type: each would bring its own glue.
pub type Callback = Closure<dyn FnMut(JsValue)>;

/// Listens passively and before the page's own listeners, so that a page that stops an event from
/// travelling does not blind the sensor.
pub fn listen(
    target: &EventTarget,
    event: &'static str,
    mut heard: impl FnMut(Event) + 'static,
) -> Listener {
    let target = target.clone();
    let heard = Closure::new(move |event: JsValue| heard(event.unchecked_into()));
    let listener = Listener { target, event, heard };
    listener.listen();
    listener
}

impl Listener {
    fn listen(&self) {
        let options = convert::parse(r#"{"capture":true,"passive":true}"#);
        let _ = self.target.add_event_listener_with_callback_and_add_event_listener_options(
            self.event,
            self.heard.as_ref().unchecked_ref(),
            options.unchecked_ref(),
        );
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback_and_bool(self.event, heard, true);
    }
}
