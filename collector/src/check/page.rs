//! Pages that use a config: whether each slot and each variant that a rule shows is there.
//!
//! A page is read as its tokens, by the HTML standard's tokenizer. Elements are matched by their end
//! tags, which is enough to know what stands directly in a slot.

use std::collections::BTreeSet;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use unspoken::value::Value;

use super::names::Names;
use super::{Notes, meant, rules};

/// Elements without an end tag.
const VOID: [&[u8]; 13] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta",
    b"source", b"track", b"wbr",
];

/// The slots of a page.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Page {
    /// The file, for messages.
    pub file: String,
    /// Slots, each with the variants that it has templates for.
    pub slots: Vec<(String, Vec<String>)>,
}

impl Page {
    /// Reads a page.
    pub fn read(file: &str, html: &str) -> Page {
        let mut page = Page { file: file.into(), slots: Vec::new() };
        // Open elements: the name, and the slot that it is.
        let mut open: Vec<(Vec<u8>, Option<usize>)> = Vec::new();
        // What stands in a script or a style is text.
        let mut emitter = DefaultEmitter::<()>::default();
        emitter.naively_switch_states(true);
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let text = |name: &[u8]| {
                        let value = tag.attributes.get(name)?;
                        Some(String::from_utf8_lossy(value).into_owned())
                    };
                    let is_inert = open.iter().any(|(name, _)| name == b"template");
                    let slot = text(b"data-unspoken").filter(|_| !is_inert);
                    let variant = text(b"data-variant").filter(|_| **tag.name == *b"template");
                    if let (Some(variant), Some((_, Some(parent)))) = (variant, open.last()) {
                        page.slots[*parent].1.push(variant);
                    }
                    let at = slot.map(|id| page.slot(id));
                    if !tag.self_closing && !VOID.contains(&&**tag.name) {
                        open.push((tag.name.to_vec(), at));
                    }
                }
                Token::EndTag(tag) => {
                    if let Some(at) = open.iter().rposition(|(name, _)| **name == **tag.name) {
                        open.truncate(at);
                    }
                }
                _ => {}
            }
        }
        page
    }

    /// The position of a slot, which may stand in a page several times.
    fn slot(&mut self, id: String) -> usize {
        self.slots.push((id, Vec::new()));
        self.slots.len() - 1
    }
}

/// Holds a document against its pages; without any there is nothing to say.
pub fn check(document: &Value, names: &Names, pages: &[Page], notes: &mut Notes) {
    if pages.is_empty() {
        return;
    }
    let in_pages = || pages.iter().flat_map(|page| &page.slots);
    for slot in &names.slots {
        if !in_pages().any(|(id, _)| id == slot.id) {
            let known = in_pages().map(|(id, _)| id.as_str()).collect::<BTreeSet<_>>();
            let message = match pages {
                [page] => format!("{} has no slot \"{}\"", page.file, slot.id),
                _ => format!("none of the {} pages has a slot \"{}\"", pages.len(), slot.id),
            };
            notes.mistake(&format!("slots.{}", slot.id), message, meant(slot.id, known));
        }
    }
    for page in pages {
        for (id, _) in page.slots.iter().filter(|(id, _)| names.slot(id).is_none()) {
            let message = format!("the slot \"{id}\" is not in the config and keeps its default");
            notes.warning(&page.file, message, meant(id, names.slot_ids()));
        }
    }
    for (slot, _, path, rule) in rules(document) {
        if let Some(show) = rule.text("show") {
            variant(document, slot, &format!("{path}.show"), show, pages, notes);
        }
        for act in ["test", "learn"] {
            for (at, item) in rule.at(act).at("variants").items().iter().enumerate() {
                let path = format!("{path}.{act}.variants[{at}]");
                item.as_str().into_iter().for_each(|it| {
                    variant(document, slot, &path, it, pages, notes);
                });
            }
        }
        let test = rule.at("test");
        if let (Some(experiment), Some(factor)) = (test.text("experiment"), test.text("factor")) {
            let factors = document.at("experiments").at(experiment).at("factors");
            for item in factors.at(factor).items().iter().filter_map(Value::as_str) {
                variant(document, slot, &format!("{path}.test.factor"), item, pages, notes);
            }
        }
    }
    for slot in names.slots.iter().filter(|slot| slot.rules.is_empty()) {
        for name in &slot.variants {
            variant(document, slot.id, &format!("features.{}", slot.id), name, pages, notes);
        }
    }
}

/// A variant that a rule shows, held against every page that has its slot. One that the config has a
/// template for is in all of them.
fn variant(
    document: &Value,
    slot: &str,
    path: &str,
    name: &str,
    pages: &[Page],
    notes: &mut Notes,
) {
    if document.at("slots").at(slot).at("templates").get(name).is_some() {
        return;
    }
    let of_slot = |page: &'_ Page| -> Vec<Vec<String>> {
        let all = page.slots.iter().filter(|(id, _)| id == slot);
        all.map(|(_, variants)| variants.clone()).collect()
    };
    let here: Vec<(&str, Vec<Vec<String>>)> =
        pages.iter().map(|page| (page.file.as_str(), of_slot(page))).collect();
    let all = here.iter().flat_map(|(file, slots)| slots.iter().map(move |it| (*file, it)));
    let (with, without): (Vec<_>, Vec<_>) =
        all.partition(|(_, variants)| variants.iter().any(|known| known == name));
    let Some((file, _)) = without.first().filter(|_| name != "default") else { return };
    let known: BTreeSet<&str> =
        without.iter().flat_map(|(_, it)| it.iter().map(|it| &**it)).collect();
    if with.is_empty() {
        let message = format!("slot {slot} has no template for \"{name}\" in {file}");
        notes.mistake(path, message, meant(name, known));
    } else {
        let message = format!("{file} has no template for \"{name}\" and keeps its default there");
        notes.warning(
            path,
            message,
            format!("add <template data-variant=\"{name}\"> to slot {slot}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_and_their_templates_are_read() {
        let html = r#"<!doctype html><script>"<p data-unspoken='no'>"</script>
            <main><p>one<p>two <img src=x data-x>
            <section data-unspoken="hero">text <b>bold</b><br>
              <template data-variant="help"><div data-unspoken="inner"></div></template>
              <div><template data-variant="deep"></template></div>
              <TEMPLATE DATA-VARIANT=guide></TEMPLATE>
            </section><!-- <i data-unspoken="gone"> -->
            <template data-variant="outside"></template>
            <aside data-unspoken='note &amp; more'></aside></main>"#;
        let page = Page::read("a.html", html);
        let slot = |id: &str, variants: &[&str]| {
            (String::from(id), variants.iter().map(|it| String::from(*it)).collect::<Vec<_>>())
        };
        assert_eq!(page.slots, [slot("hero", &["help", "guide"]), slot("note & more", &[])]);
    }
}
