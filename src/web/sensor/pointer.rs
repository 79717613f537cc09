//! The cursor: every position the hardware reported, and leaving through the top.

use super::{Sink, listen};
use crate::signal::Signal;
use crate::web::clock::{self, document, window};
use gloo_events::EventListener;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MouseEvent, PointerEvent};

/// Listens to the pointer until dropped.
#[derive(Debug)]
pub struct Pointer(#[allow(dead_code)] Vec<EventListener>);

impl Pointer {
    /// Starts listening.
    pub fn start(sink: Sink) -> Pointer {
        // Browsers deliver one event a frame; the positions between are in its coalesced events,
        // where the engine has them.
        let coalesces = Reflect::get(&window(), &JsValue::from_str("PointerEvent"))
            .and_then(|class| Reflect::get(&class, &JsValue::from_str("prototype")))
            .and_then(|class| Reflect::has(&class, &JsValue::from_str("getCoalescedEvents")))
            .unwrap_or(false);
        let moves = sink.clone();
        let moved = move |event: &web_sys::Event| {
            let event: &PointerEvent = event.unchecked_ref();
            if coalesces {
                let between = event.get_coalesced_events();
                if between.length() > 1 {
                    for part in between.iter() {
                        let part: PointerEvent = part.unchecked_into();
                        moves(position(&part), clock::of(&part));
                    }
                    return;
                }
            }
            moves(position(event), clock::of(event));
        };
        let left = move |event: &web_sys::Event| {
            let mouse: &MouseEvent = event.unchecked_ref();
            if mouse.client_y() <= 0 {
                sink(Signal::Exit, clock::of(event));
            }
        };
        let mut listeners = vec![listen(&document(), "pointermove", moved)];
        if let Some(root) = document().document_element() {
            listeners.push(listen(&root, "mouseleave", left));
        }
        Pointer(listeners)
    }
}

fn position(event: &PointerEvent) -> Signal {
    Signal::Move { x: f64::from(event.client_x()), y: f64::from(event.client_y()) }
}
