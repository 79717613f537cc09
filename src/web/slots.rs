//! What an element says of the slot it is. Their content is the stage's (`js/src/slots/`), which the
//! loader uses too, before there is a core.

use crate::text::words;
use web_sys::Element;

/// Marks a slot; its value is the slot's name.
const ATTRIBUTE: &str = "data-unspoken";
const SELECTOR: &str = "[data-unspoken]";
const TAGS: &str = "data-unspoken-tags";

/// A slot's name.
pub fn name(element: &Element) -> String {
    element.get_attribute(ATTRIBUTE).unwrap_or_default()
}

/// The slot that an element stands in.
pub fn around(element: &Element) -> Option<String> {
    element.closest(SELECTOR).ok().flatten().map(|slot| name(&slot))
}

/// What a stay in a slot says about interests: its `data-unspoken-tags`.
pub fn tags(element: &Element) -> Vec<String> {
    words(&element.get_attribute(TAGS).unwrap_or_default())
}

/// Forgets the elements that are no longer in the document.
pub fn keep_connected(elements: &mut Vec<Element>) {
    elements.retain(|element| element.is_connected());
}
