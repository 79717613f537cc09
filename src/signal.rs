//! The vocabulary of what a page can observe.
//!
//! A signal is a plain fact with no judgement in it. Positions of the cursor are CSS px in the
//! viewport, so that no sensor needs to ask for the scroll offset; rectangles of slots are CSS px
//! in the page. Nothing here can hold what a visitor typed.

use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// What was hit by a click, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Role {
    /// Nothing that reacts to clicks.
    #[default]
    None,
    /// A link.
    Link,
    /// A button.
    Button,
    /// A form field or its label.
    Field,
    /// Another control (`summary`, an ARIA widget, media controls).
    Control,
}

impl Role {
    const NAMES: [(&'static str, Role); 5] = [
        ("none", Role::None),
        ("link", Role::Link),
        ("button", Role::Button),
        ("field", Role::Field),
        ("control", Role::Control),
    ];

    /// The word a trace uses.
    pub fn name(self) -> &'static str {
        Role::NAMES[self as usize].0
    }

    /// The role a trace names; an unknown word is `None`.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::NAMES.iter().find(|(word, _)| *word == name).map(|(_, role)| *role)
    }
}

/// What the browser itself says of who uses it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// `navigator.webdriver` is true.
    WebDriver,
    /// An event that the browser did not make (`isTrusted` is false) claimed the cursor's place.
    Untrusted,
}

impl Sign {
    const ALL: [Sign; 2] = [Sign::WebDriver, Sign::Untrusted];

    /// The word a trace uses.
    pub fn name(self) -> &'static str {
        ["webdriver", "untrusted"][self as usize]
    }

    /// The sign a trace names.
    pub fn from_name(name: &str) -> Option<Sign> {
        Sign::ALL.into_iter().find(|sign| sign.name() == name)
    }
}

/// What a page view is about.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Page {
    /// Path without query and fragment.
    pub path: String,
    /// The page's kind as the site names it; empty where it does not.
    pub kind: String,
    /// The item shown; empty where there is none.
    pub item: String,
    /// What dwelling here says about interests.
    pub tags: Vec<String>,
    /// The document's title.
    pub title: String,
    /// Host of the page that led here; empty where there was none or it was this site.
    pub referrer: String,
}

/// Something the page observed.
#[derive(Clone, PartialEq, Debug)]
pub enum Signal {
    /// The cursor is here, CSS px in the viewport.
    Move {
        /// From the left edge.
        x: f64,
        /// From the top edge.
        y: f64,
    },
    /// Something scrolled.
    Scroll {
        /// CSS px from the top.
        y: f64,
        /// Not the document but a container inside it.
        inner: bool,
    },
    /// A click or tap.
    Click {
        /// CSS px in the viewport.
        x: f64,
        /// CSS px in the viewport.
        y: f64,
        /// The slot it fell in.
        slot: Option<String>,
        /// What was hit.
        role: Role,
    },
    /// The cursor left the window through its top edge.
    Exit,
    /// The browser refused a form because of a field's content (the content is not looked at).
    FormError,
    /// The page was hidden or shown.
    Visibility {
        /// Shown.
        visible: bool,
    },
    /// A page view begins.
    Page(Page),
    /// The visitor reached a goal.
    Goal {
        /// Its name.
        name: String,
        /// Its worth; 0 where none is given.
        value: f64,
    },
    /// The visitor said something about themselves.
    Fact {
        /// Its name.
        name: String,
        /// Its value.
        value: Value,
    },
    /// The page told an attribute for conditions.
    Attribute {
        /// Its name.
        name: String,
        /// Its value.
        value: Value,
    },
    /// The sizes of viewport and document, as `[width, height]` in CSS px.
    Resize {
        /// The viewport.
        viewport: [f64; 2],
        /// The document.
        document: [f64; 2],
    },
    /// A slot is here: `[x, y, width, height]`, CSS px in the page.
    Slot {
        /// The slot.
        id: String,
        /// Its rectangle.
        rect: [f64; 4],
    },
    /// How much of a slot is in view changed.
    Seen {
        /// The slot.
        slot: String,
        /// Share of the slot, or of the viewport where the slot is larger, 0 to 1.
        share: f64,
    },
    /// The page has no such variant of this slot: its default stays for this page view.
    Refused {
        /// The slot.
        slot: String,
    },
    /// A variant stands in a slot that the engine did not show: the loader did, or a server.
    Standing {
        /// The slot.
        slot: String,
        /// The variant.
        variant: String,
    },
    /// What a slot was to show last has no room in view: what stood there before stands again. Or it
    /// is out of view now, and may try again.
    Room {
        /// The slot.
        slot: String,
        /// Whether it may.
        fits: bool,
    },
    /// What a stay in a slot says about interests.
    Tags {
        /// The slot.
        slot: String,
        /// Its tags.
        tags: Vec<String>,
    },
    /// The page was brought nearer with two fingers, or let go.
    Zoom {
        /// Scale of the visual viewport, 1 where it is not zoomed.
        scale: f64,
    },
    /// Another tab changed the profile.
    Merge {
        /// The other tab's profile.
        profile: Value,
    },
    /// A text field was typed into, by whatever means: at most one signal a second, and neither
    /// which field nor what.
    Typing,
    /// The focus moved, or was lost.
    Focus {
        /// The slot it stands in now.
        slot: Option<String>,
        /// By keyboard or assistive technology: no pointer was pressed within a second before.
        keyboard: bool,
        /// It stands in a text field now.
        field: bool,
    },
    /// The visitor sent a slot's content away.
    Dismiss {
        /// The slot.
        slot: String,
    },
    /// A tester forces what a slot shows; not the visitor's doing.
    Force {
        /// The slot.
        slot: String,
        /// The variant, or `None` to let the rules decide again.
        variant: Option<String>,
    },
    /// The answer to [`crate::engine::Effect::Claim`]: no other tab is deciding about the budget of
    /// interruptions at this moment, and what others have claimed was merged.
    Grant {
        /// The slot.
        slot: String,
        /// Whether the browser let this tab ask.
        granted: bool,
    },
    /// The visitor began or ceased to prefer reduced motion.
    Motion {
        /// Prefers it now.
        reduced: bool,
    },
    /// The browser says that a script is at work.
    Machine {
        /// By what.
        sign: Sign,
    },
    /// The recording ends here.
    End,
}
