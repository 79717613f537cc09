//! Slots in the document: finding them, swapping their content, putting it back.
//!
//! A swap moves the default's own nodes into a fragment (so listeners and state live on) and puts a
//! clone of the variant's template in their place. The fragments stand in a JavaScript map that the
//! client holds too: should this module ever trap, the client can still put every default back.

use super::clock::document;
use super::view::view;
use crate::slot::DEFAULT;
use crate::text::words;
use js_sys::Map;
use wasm_bindgen::JsCast;
use web_sys::{DocumentFragment, Element, HtmlTemplateElement, Node};

/// Marks a slot; its value is the slot's name.
pub const ATTRIBUTE: &str = "data-unspoken";
const SELECTOR: &str = "[data-unspoken]";
const TAGS: &str = "data-unspoken-tags";
const SHOWN: &str = "data-unspoken-shown";
const VARIANT: &str = "data-variant";

/// The slots of the document.
#[derive(Debug)]
pub struct Slots {
    elements: Vec<Element>,
    originals: Map,
}

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

impl Slots {
    /// No slots yet; `originals` will hold the default content of every swapped one.
    pub fn new(originals: Map) -> Slots {
        Slots { elements: Vec::new(), originals }
    }

    /// Looks for slots and returns those not known before.
    pub fn find(&mut self) -> Vec<Element> {
        // What was taken off the page takes its own content along.
        for element in &self.elements {
            if !element.is_connected() {
                restore(element, &self.originals);
            }
        }
        keep_connected(&mut self.elements);
        let found = view(document()).query_selector_all(SELECTOR);
        let mut new = Vec::new();
        for at in 0..found.length().min(crate::config::MAX_CONFIG_SLOTS as u32) {
            let Some(node) = found.item(at) else { continue };
            let element: Element = node.unchecked_into();
            if !self.elements.contains(&element) {
                self.elements.push(element.clone());
                new.push(element);
            }
        }
        new
    }

    /// The elements of a slot.
    pub fn of(&self, slot: &str) -> Vec<Element> {
        let mut found = Vec::new();
        for element in &self.elements {
            if name(element) == slot {
                found.push(element.clone());
            }
        }
        found
    }

    /// Every known element.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// A handle on the map of default contents.
    pub fn originals(&self) -> Map {
        self.originals.clone()
    }
}

/// Shows a variant. Says `false`, and changes nothing, where the page has no such template.
pub fn show(element: &Element, variant: &str, originals: &Map) -> bool {
    if variant == DEFAULT {
        restore(element, originals);
        return true;
    }
    let Some(template) = template(element, Some(variant)) else { return false };
    let content = view(&template.content()).clone_node(true);
    if originals.has(element) {
        default_nodes(element).iter().for_each(|node| drop(element.remove_child(node)));
    } else {
        let fragment = document().create_document_fragment();
        default_nodes(element).iter().for_each(|node| drop(fragment.append_child(node)));
        originals.set(element, &fragment);
    }
    insert(element, &content);
    view(element).set_attribute(SHOWN, variant);
    true
}

/// Puts the default back, with its own nodes.
pub fn restore(element: &Element, originals: &Map) {
    if originals.has(element) {
        let fragment: DocumentFragment = originals.get(element).unchecked_into();
        default_nodes(element).iter().for_each(|node| drop(element.remove_child(node)));
        insert(element, &fragment);
        originals.delete(element);
    }
    view(element).remove_attribute(SHOWN);
}

fn insert(element: &Element, content: &Node) {
    let before = template(element, None);
    let _ =
        element.insert_before(content, before.as_ref().map(|template| template.unchecked_ref()));
}

/// The first template of a slot, or that of one variant.
fn template(element: &Element, variant: Option<&str>) -> Option<HtmlTemplateElement> {
    let children = element.child_nodes();
    for at in 0..children.length() {
        if let Some((name, template)) = children.item(at).and_then(as_template)
            && variant.is_none_or(|variant| variant == name)
        {
            return Some(template);
        }
    }
    None
}

fn as_template(node: Node) -> Option<(String, HtmlTemplateElement)> {
    let template = node.dyn_into::<HtmlTemplateElement>().ok()?;
    Some((template.get_attribute(VARIANT)?, template))
}

/// The nodes that are content: not a variant's template, and not the blanks between templates,
/// which stay where they are so that the markup comes back as it was.
fn default_nodes(element: &Element) -> Vec<Node> {
    let (mut past_template, mut content) = (false, Vec::new());
    let children = element.child_nodes();
    for at in 0..children.length() {
        let Some(node) = children.item(at) else { break };
        if as_template(node.clone()).is_some() {
            past_template = true;
        } else if !(past_template && is_blank(&node)) {
            content.push(node);
        }
    }
    content
}

fn is_blank(node: &Node) -> bool {
    let is_blank = |text: String| text.bytes().all(|byte| byte.is_ascii_whitespace());
    node.node_type() == Node::TEXT_NODE && node.text_content().is_none_or(is_blank)
}
