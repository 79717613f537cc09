//! Templates in the config: whether a rule shows them, and what of their HTML the page takes out.
//!
//! The page sanitises them (`js/src/slots/template.ts`) and says nothing of what it took out, since
//! what is left can be shown. Here it is said, so that nobody looks for it in the page.

use html5gum::{StartTag, Token, Tokenizer};
use unspoken::value::Value;

use super::names::Names;
use super::{Notes, meant};

/// Elements that are taken out, besides those whose name has a dash.
const ELEMENTS: [&str; 24] = [
    "script",
    "style",
    "link",
    "meta",
    "base",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "portal",
    "fencedframe",
    "noscript",
    "noembed",
    "noframes",
    "plaintext",
    "xmp",
    "use",
    "animate",
    "animatetransform",
    "animatemotion",
    "set",
    "foreignobject",
];

/// Attributes that hold an address.
const ADDRESSES: [&str; 14] = [
    "href",
    "xlink:href",
    "src",
    "srcset",
    "action",
    "formaction",
    "poster",
    "data",
    "background",
    "cite",
    "codebase",
    "manifest",
    "longdesc",
    "ping",
];

/// Looks at the templates of every slot.
pub fn check(document: &Value, names: &Names, notes: &mut Notes) {
    for slot in &names.slots {
        let templates = document.at("slots").at(slot.id).at("templates").entries();
        for (variant, html) in templates {
            let path = format!("slots.{}.templates.{variant}", slot.id);
            if variant == "default" {
                let message = "the default stands in the page, so this is never used";
                notes.mistake(&path, message, "take it out, or name it as a rule's variant");
            } else if !slot.is_open && !slot.variants.contains(&variant.as_str()) {
                let known = slot.variants.iter().copied().filter(|it| *it != "default");
                let known: Vec<&str> = known.collect();
                notes.warning(&path, "no rule shows this variant", meant(variant, known));
            }
            if let Some((message, mend)) = html.as_str().and_then(taken_out) {
                notes.mistake(&path, message, mend);
            }
        }
    }
}

/// The first thing of a template that the page takes out, and what to do instead.
fn taken_out(html: &str) -> Option<(String, &'static str)> {
    Tokenizer::new(html).find_map(|token| match token {
        Ok(Token::StartTag(tag)) => of_tag(&tag),
        Ok(_) => None,
        Err(never) => match never {},
    })
}

fn of_tag(tag: &StartTag<()>) -> Option<(String, &'static str)> {
    let name = String::from_utf8_lossy(&tag.name);
    if ELEMENTS.contains(&&*name) || name.contains('-') {
        let mend = match &*name {
            "script" => "let a script of the page do it, on the event `decision`",
            "style" | "link" => "put the rules into a style sheet of the page",
            _ => "put it into a <template data-variant> of the page",
        };
        return Some((format!("<{name}> is taken out of it"), mend));
    }
    tag.attributes.iter().find_map(|(key, value)| {
        let key = String::from_utf8_lossy(key);
        let text = String::from_utf8_lossy(value);
        let text: String = text.chars().filter(|it| !it.is_whitespace() && *it >= ' ').collect();
        let text = text.to_lowercase();
        let is_image = matches!(&*name, "img" | "source" | "video" | "input" | "image");
        let told = |mend| Some((format!("{key} is taken out of <{name}>"), mend));
        if key.starts_with("on") {
            told("let a script of the page listen, or use data-unspoken-dismiss")
        } else if key == "style" {
            told("give it a class that a style sheet of the page knows")
        } else if matches!(&*key, "srcdoc" | "ping" | "is" | "autofocus") {
            told("put it into a <template data-variant> of the page")
        } else if text.starts_with("javascript:") || text.starts_with("vbscript:") {
            told("write an address, or a <button> that a script of the page listens to")
        } else if ADDRESSES.contains(&&*key)
            && text.starts_with("data:")
            && !(is_image && text.starts_with("data:image/"))
        {
            told("write an address of http or https; images may also be data:image/")
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_styles_or_embeds_is_found_and_what_shows_is_not() {
        for (html, wanted) in [
            ("<p>a</p><script>x()</script>", "<script>"),
            ("<SCRIPT src=x>", "<script>"),
            ("<b onClick=x()>a</b>", "onclick"),
            ("<a href=' java\nscript:x()'>a</a>", "href"),
            ("<a href='data:text/html,x'>a</a>", "href"),
            ("<img src='data:text/html,x'>", "src"),
            ("<p style='color:red'>a</p>", "style"),
            ("<style>p{}</style>", "<style>"),
            ("<iframe srcdoc=x>", "<iframe>"),
            ("<my-thing></my-thing>", "<my-thing>"),
            ("<svg><use href=x></svg>", "<use>"),
        ] {
            let (message, _) = taken_out(html).unwrap_or_else(|| panic!("{html} is found"));
            assert!(message.contains(wanted), "{html}: {message}");
        }
        for html in [
            "",
            "text &lt;script&gt;",
            "<p class=a id=b data-c=d>a <a href=/b>b</a> <a href='mailto:a@b.c'>c</a></p>",
            "<img src='data:image/png;base64,AAAA' srcset='a.png 1x' alt='data: none'>",
            "<!-- <script> --><button data-unspoken-dismiss>no</button>",
            "<form action=/search><input name=q></form><svg><path d=M0></path></svg>",
        ] {
            assert_eq!(taken_out(html), None, "{html}");
        }
    }
}
