//! Clicks, what they hit, the goals they reach, the slots they send away; and forms that the browser
//! refused.

use super::{Listener, Sink, is, listen, untrusted};
use crate::config::Goal;
use crate::signal::{Role, Signal};
use crate::web::clock::{self, document, window};
use crate::web::slots;
use wasm_bindgen::JsCast;
use web_sys::MouseEvent;

/// What reacts to a click, most specific first. `label` stands for its field.
const ROLES: [(&str, Role); 4] = [
    ("a[href],area[href],[role=link]", Role::Link),
    ("button,input[type=button],input[type=submit],input[type=reset],[role=button]", Role::Button),
    ("input,select,textarea,label,option,[contenteditable]", Role::Field),
    // A role is one of a widget's: a landmark or a focusable region reacts to no click.
    (
        "summary,audio[controls],video[controls],[onclick],[role=tab],[role=option],[role=switch],\
         [role=checkbox],[role=radio],[role=slider],[role^=menuitem],[role=treeitem]",
        Role::Control,
    ),
];

/// Listens to clicks until dropped.
#[derive(Debug)]
pub struct Click(#[allow(dead_code)] Listener);

impl Click {
    /// Starts listening; a click on a goal's selector is also that goal, a script's click too: a
    /// page's own `element.click()` does what the visitor asked for in another way.
    pub fn start(goals: Vec<Goal>, sink: Sink) -> Click {
        let mut told = false;
        let heard = move |event: &web_sys::Event| {
            let now = clock::of(event);
            if is(event, "invalid") {
                return sink(Signal::FormError, now);
            }
            let mouse: &MouseEvent = event.unchecked_ref();
            // Unspoken's own inspector is not the page.
            if slots::on(event, "unspoken-inspector").is_some() {
                return;
            }
            let slot = slots::around(event);
            let closes = slots::on(event, "[data-unspoken-dismiss]");
            let dismissed = closes.as_ref().and_then(slots::around_element);
            let role = ROLES
                .iter()
                .find(|(selector, _)| slots::on(event, selector).is_some())
                .map_or(Role::None, |(_, role)| *role);
            let (x, y) = (f64::from(mouse.client_x()), f64::from(mouse.client_y()));
            // Asked before anything is told: the answer may move the element out of the document.
            let mut reached = Vec::new();
            for goal in &goals {
                if slots::on(event, &goal.click).is_some() {
                    reached.push(goal.name.clone());
                }
            }
            // A click without a place is `element.click()`, the page's own or that of an extension
            // for the keyboard; and libraries for touch screens send clicks of their own.
            if event.is_trusted() {
                sink(Signal::Click { x, y, slot, role }, now);
            } else if (x != 0.0 || y != 0.0) && window().navigator().max_touch_points() == 0 {
                untrusted(&mut told, now, &sink);
            }
            for name in reached {
                sink(Signal::Goal { name, value: 0.0 }, now);
            }
            if let Some(slot) = dismissed {
                sink(Signal::Dismiss { slot }, now);
            }
        };
        Click(listen(document(), &["click", "invalid"], heard))
    }
}
