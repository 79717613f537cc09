//! The one home of `#[wasm_bindgen]`: what JavaScript can call. A method is one delegation.
//!
//! `js/src/raw.ts` is the only importer of the generated glue and guards every call: a trap in here
//! ends this instance and puts the defaults back, it never reaches the page.

// The attribute's expansion holds the glue's unsafe code; nothing written here is unsafe.
#![allow(unsafe_code)]

use crate::signal::Signal;
use crate::value::Value;
use crate::web::clock;
use crate::web::convert::{from_js, to_js};
use crate::web::driver::Driver;
use js_sys::Function;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::Element;

/// The SDK of one page.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawUnspoken(Rc<Driver>);

#[wasm_bindgen]
#[allow(missing_docs, clippy::needless_pass_by_value)]
impl RawUnspoken {
    /// Throws the first mistake of the config as a string, with its path.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue, shows: Function, emit: Function) -> Result<RawUnspoken, JsValue> {
        Driver::new(&from_js(&options), shows, emit)
            .map(RawUnspoken)
            .map_err(|error| JsValue::from_str(&error.to_line()))
    }

    /// A slot's element, and the variant that stands in it already; empty for the default.
    pub fn found(&self, element: Element, standing: String) {
        self.0.found(element, standing);
    }

    pub fn lost(&self, element: &Element) {
        self.0.lost(element);
    }

    /// What the slot was to show had no room, or it is out of view and may try again.
    pub fn room(&self, slot: String, fits: bool) {
        self.0.signal(Signal::Room { slot, fits }, clock::now());
    }

    pub fn start(&self) {
        self.0.start();
    }

    pub fn decide(&self, slot: &str) -> JsValue {
        to_js(&self.0.ask(|engine| engine.decision(slot)).into())
    }

    pub fn explain(&self, slot: &str) -> JsValue {
        to_js(&self.0.explain(slot))
    }

    pub fn feature(&self, key: &str) -> JsValue {
        to_js(&self.0.ask(|engine| engine.feature(key)))
    }

    /// Where a feature stands, for `again`; below 0 where it does not.
    pub fn place(&self, key: &str) -> i32 {
        self.0.ask(|engine| engine.config().payload.index(key)).map_or(-1, |at| at as i32)
    }

    /// The result of the feature that stands there; undefined where it is that of the last time.
    pub fn again(&self, at: i32) -> JsValue {
        self.0.again(at as usize).map_or(JsValue::UNDEFINED, |result| to_js(&result))
    }

    /// Parts of the module have come.
    pub fn have(&self, parts: u8) {
        self.0.have(parts);
    }

    pub fn run(&self, experiment: JsValue) -> JsValue {
        to_js(&self.0.ask(|engine| engine.run(&from_js(&experiment))))
    }

    pub fn slots(&self) -> JsValue {
        to_js(&self.0.ask(|engine| {
            let mut decisions = Vec::new();
            for at in 0..engine.config().slots.len() {
                decisions.push(engine.decision_at(at));
            }
            Value::List(decisions)
        }))
    }

    /// What each slot would show if a page view began now; null where nothing is to be kept.
    pub fn lasting(&self) -> JsValue {
        to_js(&self.0.lasting())
    }

    pub fn intents(&self) -> JsValue {
        to_js(&self.0.ask(|engine| engine.intents()))
    }

    pub fn focus(&self) -> JsValue {
        self.0.ask(|engine| engine.focus().map_or(JsValue::UNDEFINED, JsValue::from_str))
    }

    pub fn stats(&self) -> JsValue {
        to_js(&self.0.stats())
    }

    pub fn goal(&self, name: String, value: Option<f64>) {
        self.0.signal(Signal::Goal { name, value: value.unwrap_or(0.0) }, clock::now());
    }

    pub fn fact(&self, name: String, value: JsValue) {
        self.0.signal(Signal::Fact { name, value: from_js(&value) }, clock::now());
    }

    pub fn dismiss(&self, slot: String) {
        self.0.signal(Signal::Dismiss { slot }, clock::now());
    }

    pub fn force(&self, slot: String, variant: Option<String>) {
        self.0.signal(Signal::Force { slot, variant }, clock::now());
    }

    pub fn set(&self, attributes: JsValue) {
        self.0.set(&from_js(&attributes));
    }

    pub fn page(&self, info: JsValue) {
        self.0.page(&from_js(&info));
    }

    pub fn flush(&self) {
        self.0.flush();
    }

    pub fn record(&self) {
        self.0.record();
    }

    pub fn stop_recording(&self) -> JsValue {
        JsValue::from_str(&self.0.stop_recording())
    }

    pub fn erase(&self) -> JsValue {
        to_js(&self.0.erase())
    }

    pub fn dispose(&self) {
        self.0.dispose();
    }
}
