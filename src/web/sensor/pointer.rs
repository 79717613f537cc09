//! The cursor: every position the hardware reported, and leaving through the top.

use super::{Listener, Sink, listen, untrusted};
use crate::signal::Signal;
use crate::web::clock::{self, document};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MouseEvent, PointerEvent};

/// Listens to the pointer until dropped.
#[derive(Debug)]
pub struct Pointer(#[allow(dead_code)] Vec<Listener>);

impl Pointer {
    /// Starts listening.
    pub fn start(sink: Sink) -> Pointer {
        // Browsers deliver one event a frame; the positions between are in its coalesced events,
        // where the engine has them.
        let mut coalesces = None;
        let (moves, mut told) = (sink.clone(), false);
        let moved = move |event: &web_sys::Event| {
            // No hand made it: it is a sign, and no input.
            if !event.is_trusted() {
                return untrusted(&mut told, clock::of(event), &moves);
            }
            let event: &PointerEvent = event.unchecked_ref();
            let has = || Reflect::has(event, &JsValue::from_str("getCoalescedEvents"));
            if *coalesces.get_or_insert_with(|| has().unwrap_or(false)) {
                let between = event.get_coalesced_events();
                if between.length() > 1 {
                    for at in 0..between.length() {
                        position(&between.get(at).unchecked_into(), &moves);
                    }
                    return;
                }
            }
            position(event, &moves);
        };
        let left = move |event: &web_sys::Event| {
            let mouse: &MouseEvent = event.unchecked_ref();
            if mouse.client_y() <= 0 {
                sink(Signal::Exit, clock::of(event));
            }
        };
        let mut listeners = vec![listen(document(), &["pointermove"], moved)];
        if let Some(root) = document().document_element() {
            listeners.push(listen(&root, &["mouseleave"], left));
        }
        Pointer(listeners)
    }
}

fn position(event: &PointerEvent, sink: &Sink) {
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    sink(Signal::Move { x, y }, clock::of(event));
}
