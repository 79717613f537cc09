//! Where the focus goes, and that something is typed: never a key, a field's name, or its content.
//!
//! `input` comes for whatever a text is changed by (keys, pasting, dictation), and is not looked into.

use super::{Listener, Sink, innermost, is, listen};
use crate::signal::Signal;
use crate::time::{Millis, SECOND};
use crate::web::clock::{self, document};
use crate::web::slots;
use web_sys::Element;

/// A focus that moves within this after a pointer was pressed was moved by it.
const PRESSED: Millis = SECOND;
/// One signal of typing in this time says as much as sixty.
const OFTEN: Millis = SECOND;

/// Whether it can be typed into; the browser knows.
#[inline(never)]
fn is_field(element: &Element) -> bool {
    element.closest(":read-write").ok().flatten().is_some()
}

/// Listens to the focus and to typing until dropped.
#[derive(Debug)]
pub struct Focus(#[allow(dead_code)] Listener);

impl Focus {
    /// Starts listening.
    pub fn start(sink: Sink) -> Focus {
        let (mut pressed, mut typed) = (Millis::NEG_INFINITY, Millis::NEG_INFINITY);
        let heard = move |event: &web_sys::Event| {
            let now = clock::of(event);
            if is(event, "pointerdown") {
                pressed = now;
            } else if is(event, "input") {
                // A script that fills a field in tells of it in the same way. Nobody typed.
                if now - typed >= OFTEN
                    && event.is_trusted()
                    && innermost(event).as_ref().is_some_and(is_field)
                {
                    typed = now;
                    sink(Signal::Typing, now);
                }
            } else {
                let target = innermost(event).filter(|_| is(event, "focusin"));
                let slot = target.as_ref().and_then(|_| slots::around(event));
                let field = target.as_ref().is_some_and(is_field);
                let keyboard = target.is_some() && now - pressed > PRESSED;
                sink(Signal::Focus { slot, keyboard, field }, now);
            }
        };
        Focus(listen(document(), &["pointerdown", "focusin", "focusout", "input"], heard))
    }
}
