//! What an element says of the slot it is. Their content is the stage's (`js/src/slots/`), which the
//! loader uses too, before there is a core.

use crate::text::words;
use crate::web::view::{call, get};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event};

/// Marks a slot; its value is the slot's name.
const ATTRIBUTE: &str = "data-unspoken";
const SELECTOR: &str = "[data-unspoken]";
const TAGS: &str = "data-unspoken-tags";

/// A slot's name.
pub fn name(element: &Element) -> String {
    element.get_attribute(ATTRIBUTE).unwrap_or_default()
}

/// The innermost element on an event's way that matches: through open shadow roots, where `closest`
/// ends, and as the page is seen, with what is put into a root's own `<slot>`.
pub fn on(event: &Event, selector: &str) -> Option<Element> {
    let (path, selector) = (event.composed_path(), JsValue::from_str(selector));
    for at in 0..path.length() {
        let node = path.get(at);
        if call(&node, "matches", &selector, &JsValue::UNDEFINED).is_truthy() {
            return Some(node.unchecked_into());
        }
    }
    None
}

/// The slot that an event happened in.
pub fn around(event: &Event) -> Option<String> {
    on(event, SELECTOR).map(|slot| name(&slot))
}

/// The slot that an element stands in, also where that is around its shadow root.
pub fn around_element(element: &Element) -> Option<String> {
    let mut at = element.clone();
    loop {
        if let Ok(Some(slot)) = at.closest(SELECTOR) {
            return Some(name(&slot));
        }
        at = get(&at.get_root_node(), "host").dyn_into().ok()?;
    }
}

/// The frame that an element's document is in; none in the page's own.
pub fn frame_of(element: &Element) -> Option<Element> {
    let window = get(&get(element, "ownerDocument"), "defaultView");
    let frame = get(&window, "frameElement");
    frame.is_object().then(|| frame.unchecked_into())
}

/// What a stay in a slot says about interests: its `data-unspoken-tags`.
pub fn tags(element: &Element) -> Vec<String> {
    words(&element.get_attribute(TAGS).unwrap_or_default())
}

/// Forgets the elements that are no longer in the document.
pub fn keep_connected(elements: &mut Vec<Element>) {
    elements.retain(|element| element.is_connected());
}
