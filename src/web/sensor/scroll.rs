//! Scrolling, of the document and of any container in it.
//!
//! Offsets are read at 20 Hz at most, and once more when scrolling has come to rest.

use super::{Listener, Sink, listen};
use crate::feature::SAMPLE;
use crate::signal::Signal;
use crate::time::Millis;
use crate::web::clock::{self, document, window};
use crate::web::view::view;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

/// Scrolling has come to rest after this long without an event.
const REST: Millis = 3.0 * SAMPLE;

#[derive(Default)]
struct State {
    read: Cell<Millis>,
    unread: RefCell<Option<EventTarget>>,
    /// Something was scrolled since rectangles were last asked for: those in a scrolled container
    /// have moved in the page, and those fixed to the window as well.
    moved: Cell<bool>,
}

/// Listens to scrolling until dropped.
pub struct Scroll {
    state: Rc<State>,
    sink: Sink,
    _listener: Listener,
}

impl std::fmt::Debug for Scroll {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Scroll")
    }
}

impl Scroll {
    /// Starts listening.
    pub fn start(sink: Sink) -> Scroll {
        let state = Rc::new(State::default());
        let (heard, out) = (state.clone(), sink.clone());
        let scrolled = move |event: &web_sys::Event| {
            // Pages send one to themselves to have something laid out: nobody scrolled.
            if !event.is_trusted() {
                return;
            }
            let (now, target) = (clock::of(event), event.target());
            if now - heard.read.get() < SAMPLE {
                *heard.unread.borrow_mut() = target;
                return;
            }
            heard.read.set(now);
            heard.unread.borrow_mut().take();
            read(&heard, target, now, &out);
        };
        let listener = listen(document(), &["scroll"], scrolled);
        Scroll { state, sink, _listener: listener }
    }

    /// Reads the offset of the last event that came too soon to be read. Says, once scrolling has
    /// come to rest, that rectangles have moved.
    pub fn settle(&self, now: Millis) -> bool {
        let rest = now - self.state.read.get();
        if rest >= SAMPLE {
            let target = self.state.unread.borrow_mut().take();
            if target.is_some() {
                read(&self.state, target, now, &self.sink);
            }
        }
        rest >= REST && self.state.moved.take()
    }
}

fn read(state: &State, target: Option<EventTarget>, now: Millis, sink: &Sink) {
    state.moved.set(true);
    match target.and_then(|target| target.dyn_into::<Element>().ok()) {
        Some(element) => {
            sink(Signal::Scroll { y: f64::from(element.scroll_top()), inner: true }, now);
        }
        None => sink(Signal::Scroll { y: offset(), inner: false }, now),
    }
}

/// CSS px the document is scrolled by.
pub fn offset() -> f64 {
    view(window()).scroll_y()
}
