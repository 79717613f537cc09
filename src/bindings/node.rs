//! The same core without a document, for servers and edge runtimes: what JavaScript can call there.
//!
//! Built with the feature `node` into a module of its own (scripts/lib/wasm-node.mjs), in the place of
//! the page's bindings. `js/src/node/raw.ts` is the only importer of its glue. A method is one
//! delegation.

// The attribute's expansion holds the glue's unsafe code; nothing written here is unsafe.
#![allow(unsafe_code)]

use crate::config::Config;
use crate::engine::Opening;
use crate::error::Error;
use crate::value::Value;
use crate::web::convert::{from_js, to_js};
use crate::web::host::Browser;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A compiled config, and the page view that was opened last.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawCore {
    config: Rc<Config>,
    mistakes: Vec<Error>,
    opening: Opening,
}

#[wasm_bindgen]
#[allow(missing_docs, clippy::needless_pass_by_value)]
impl RawCore {
    #[wasm_bindgen(constructor)]
    pub fn new(config: JsValue) -> RawCore {
        let (config, mistakes) = Config::compile_on(&from_js(&config), Rc::new(Browser::default()));
        let config = Rc::new(config);
        RawCore { opening: Opening::new(config.clone(), &Value::Null), config, mistakes }
    }

    /// A line for each mistake of the config: where it is.
    pub fn mistakes(&self) -> JsValue {
        let lines: Vec<String> = self.mistakes.iter().map(Error::to_line).collect();
        to_js(&Value::texts(&lines))
    }

    /// Begins a page view; what is asked from then on is asked of it.
    pub fn open(&mut self, told: JsValue) {
        self.opening = Opening::new(self.config.clone(), &from_js(&told));
    }

    pub fn explain(&mut self, slot: &str) -> JsValue {
        to_js(&self.opening.engine.explain(slot).into())
    }

    pub fn slots(&self) -> JsValue {
        let slots = 0..self.config.slots.len();
        to_js(&Value::List(slots.map(|at| self.opening.engine.decision_at(at)).collect()))
    }

    pub fn feature(&self, key: &str) -> JsValue {
        to_js(&self.opening.engine.feature(key))
    }

    /// The keys of the config's features, in their order.
    pub fn keys(&self) -> JsValue {
        let features = self.config.payload.features().iter();
        to_js(&Value::List(features.map(|feature| feature.key().into()).collect()))
    }

    pub fn run(&self, experiment: JsValue) -> JsValue {
        to_js(&self.opening.engine.run(&from_js(&experiment)))
    }

    /// What a browser is to keep.
    pub fn snapshot(&self) -> JsValue {
        to_js(&self.opening.snapshot())
    }

    pub fn attributes(&self) -> JsValue {
        to_js(self.opening.engine.attributes())
    }
}
