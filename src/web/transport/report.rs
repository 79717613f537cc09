//! How a batch went, for the page's listeners and its figures.

use crate::value::Value;
use crate::web::convert;
use crate::web::storage::{part, whole};
use js_sys::Function;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// How a batch went.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The batch's id.
    pub id: String,
    /// Its size.
    pub bytes: f64,
    /// `beacon` or `fetch`.
    pub via: &'static str,
    /// Acknowledged, or for a beacon: taken by the browser.
    pub ok: bool,
    /// Why the collector will never take it; the batch is dropped.
    pub refused: Option<u16>,
}

impl Sent {
    /// Of the batch with that name.
    pub fn new(name: &str, via: &'static str, ok: bool, refused: Option<u16>) -> Sent {
        Sent { id: part(name, 1).into(), bytes: whole(part(name, 2)) as f64, via, ok, refused }
    }
}

/// What to call when a batch went, or did not.
pub type Report = Rc<dyn Fn(Sent)>;

/// Counts batches and bytes, and tells the page's listeners of each.
pub fn report(emit: Function, total: Rc<Cell<(u32, f64)>>) -> Report {
    Rc::new(move |sent: Sent| {
        let (batches, bytes) = total.get();
        total.set((batches + 1, bytes + sent.bytes));
        let detail = Value::map()
            .with("id", sent.id)
            .with("bytes", sent.bytes)
            .with("via", sent.via)
            .with("ok", sent.ok)
            .with("status", sent.refused.map(f64::from));
        let name = JsValue::from_str("batch");
        let _ = emit.call2(&JsValue::UNDEFINED, &name, &convert::to_js(&detail));
    })
}
