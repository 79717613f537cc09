//! Where the focus goes, and that something is typed: never a key, a field's name, or its content.
//!
//! `input` comes for whatever a text is changed by (keys, pasting, dictation), and is not looked into.

use super::{Listener, Sink, innermost, listen};
use crate::signal::Signal;
use crate::time::{Millis, SECOND};
use crate::web::clock::{self, document};
use crate::web::slots;
use std::cell::Cell;
use std::rc::Rc;

/// A focus that moves within this after a pointer was pressed was moved by it.
const PRESSED: Millis = SECOND;
/// One signal of typing in this time says as much as sixty.
const OFTEN: Millis = SECOND;
/// What can be typed into; the browser knows.
const FIELD: &str = ":read-write";

/// Listens to the focus and to typing until dropped.
#[derive(Debug)]
pub struct Focus(#[allow(dead_code)] [Listener; 4]);

impl Focus {
    /// Starts listening.
    pub fn start(sink: Sink) -> Focus {
        let pressed = Rc::new(Cell::new(Millis::NEG_INFINITY));
        let (press, lost, typing) = (pressed.clone(), sink.clone(), sink.clone());
        let moved = move |event: &web_sys::Event| {
            let (now, target) = (clock::of(event), innermost(event));
            let slot = target.as_ref().and_then(slots::around);
            let field = target.is_some_and(|it| it.matches(FIELD).unwrap_or(false));
            let keyboard = now - pressed.get() > PRESSED;
            sink(Signal::Focus { slot, keyboard, field }, now);
        };
        let lost = move |event: &web_sys::Event| {
            lost(Signal::Focus { slot: None, keyboard: false, field: false }, clock::of(event));
        };
        let mut told = Millis::NEG_INFINITY;
        let typed = move |event: &web_sys::Event| {
            let now = clock::of(event);
            // A script that fills a field in tells of it in the same way. Nobody typed.
            if now - told >= OFTEN
                && event.is_trusted()
                && innermost(event).is_some_and(|it| it.matches(FIELD).unwrap_or(false))
            {
                told = now;
                typing(Signal::Typing, now);
            }
        };
        Focus([
            listen(document(), "pointerdown", move |event| press.set(clock::of(event))),
            listen(document(), "focusin", moved),
            listen(document(), "focusout", lost),
            listen(document(), "input", typed),
        ])
    }
}
