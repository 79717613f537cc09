//! Sizes and rectangles, from IntersectionObserver and ResizeObserver alone.
//!
//! Their callbacks run after layout, so what they bring (and the scroll offset read there) costs
//! nothing. An observer speaks of a slot when its share in view changes; when the document's size
//! changes, or a container was scrolled, [`Layout::refresh`] asks it to speak again.

use super::{Callback, Sink, scroll, viewport::Viewport};
use crate::number::{max, min};
use crate::signal::Signal;
use crate::web::clock::{self, document};
use crate::web::view::{View, call, view};
use crate::web::{convert, page, slots};
use js_sys::Array;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, ResizeObserver, ResizeObserverEntry,
};

/// Shares of a slot at whose crossing the observer speaks.
const OPTIONS: &str = r#"{"threshold":[0,0.25,0.5,0.75,1]}"#;

#[derive(Debug)]
struct Observers {
    sight: IntersectionObserver,
    observed: RefCell<Vec<Element>>,
    /// What the observer said last of each element: its slot, and how much of it is in view.
    shares: Shares,
}

type Shares = Rc<RefCell<Vec<Share>>>;

#[derive(Debug)]
struct Share {
    element: Element,
    slot: String,
    share: f64,
}

impl Observers {
    fn remeasure(&self, slot: &Element) {
        self.sight.unobserve(slot);
        view(&self.sight).observe(slot);
    }

    fn refresh(&self) {
        self.observed.borrow().iter().for_each(|slot| self.remeasure(slot));
    }
}

/// Observes sizes and slots until dropped.
#[derive(Debug)]
pub struct Layout {
    observers: Rc<Observers>,
    sizes: ResizeObserver,
    _sight_callback: Callback,
    _sizes_callback: Callback,
    _viewport: Option<Viewport>,
}

impl Layout {
    /// Starts observing the document's size. `None` in a browser without these observers.
    pub fn start(sink: Sink) -> Option<Layout> {
        let viewport = Viewport::start(sink.clone());
        let (out, shares) = (sink.clone(), Shares::default());
        let telling = shares.clone();
        let seen = move |entries: JsValue| {
            let entries: Array = entries.unchecked_into();
            let (now, offset) = (clock::now(), scroll::offset());
            for at in 0..entries.length() {
                tell(&entries.get(at).unchecked_into(), &telling, offset, now, &out);
            }
        };
        let sight_callback: Callback = Closure::new(seen);
        let init = convert::parse(OPTIONS);
        let sight = IntersectionObserver::new_with_options(
            sight_callback.as_ref().unchecked_ref(),
            init.unchecked_ref(),
        );
        let observed = RefCell::default();
        let observers = Rc::new(Observers { sight: sight.ok()?, observed, shares });

        let refreshed = observers.clone();
        // Of the root and the body the taller one is the document; which of them grows with the
        // content depends on the page's CSS.
        let mut heights = [0.0f64; 2];
        let sized = move |entries: JsValue| {
            let entries: Array = entries.unchecked_into();
            let mut width = 0.0;
            for at in 0..entries.length() {
                let entry: ResizeObserverEntry = entries.get(at).unchecked_into();
                let rect = entry.content_rect();
                let is_root = document().document_element() == Some(view(&entry).target());
                heights[usize::from(is_root)] = view(&rect).height();
                width = view(&rect).width();
            }
            let (viewport, height) = (page::viewport(), max(heights[0], heights[1]));
            let document = [width, max(height, viewport[1])];
            sink(Signal::Resize { viewport, document }, clock::now());
            refreshed.refresh();
        };
        let sizes_callback: Callback = Closure::new(sized);
        let sizes = ResizeObserver::new(sizes_callback.as_ref().unchecked_ref()).ok()?;
        if let Some(root) = document().document_element() {
            view(&sizes).observe(&root);
        }
        if let Some(body) = document().body() {
            view(&sizes).observe(&body);
        }
        Some(Layout {
            observers,
            sizes,
            _sight_callback: sight_callback,
            _sizes_callback: sizes_callback,
            _viewport: viewport,
        })
    }

    /// Observes a slot too.
    pub fn observe(&self, slot: &Element) {
        view(&self.observers.sight).observe(slot);
        self.observers.observed.borrow_mut().push(slot.clone());
    }

    /// Asks for one slot's rectangle anew: a slot that had no box and now has one is no change of
    /// share to the observer.
    pub fn remeasure(&self, slot: &Element) {
        self.observers.remeasure(slot);
    }

    /// Observes an element no longer. Returns what is to be told: nobody sees the slot there any more.
    pub fn leave(&self, element: &Element) -> Option<Signal> {
        let observers = &self.observers;
        observers.sight.unobserve(element);
        observers.observed.borrow_mut().retain(|known| known != element);
        let left = {
            let shares = observers.shares.borrow();
            shares.iter().find(|it| it.element == *element).map(|it| it.slot.clone())
        };
        let slot = left?;
        let share = most(&observers.shares, &slot, element);
        Some(Signal::Seen { slot, share })
    }

    /// Asks for every slot's rectangle anew.
    pub fn refresh(&self) {
        slots::keep_connected(&mut self.observers.observed.borrow_mut());
        self.observers.refresh();
    }
}

impl Drop for Layout {
    fn drop(&mut self) {
        view(&self.observers.sight).disconnect();
        view(&self.sizes).disconnect();
    }
}

/// How much of a slot is seen where it is seen most, of its elements but this one.
fn most(shares: &Shares, slot: &str, but: &Element) -> f64 {
    let mut shares = shares.borrow_mut();
    shares.retain(|it| it.element.is_connected() && it.element != *but);
    let mut most: f64 = 0.0;
    for it in shares.iter() {
        if it.slot == slot {
            most = max(most, it.share);
        }
    }
    most
}

fn tell(entry: &IntersectionObserverEntry, shares: &Shares, offset: f64, now: f64, sink: &Sink) {
    let element = view(entry).target();
    let (slot, tags) = (slots::name(&element), slots::tags(&element));
    let rect = entry.bounding_client_rect();
    let rect = view(&rect);
    let (width, height) = (rect.width(), rect.height());
    let mut place = [rect.left(), rect.top() + offset, width, height];
    // A rectangle in a frame counts from the frame's own corner. After layout it costs nothing to ask
    // where that is.
    let mut frame = slots::frame_of(&element);
    while let Some(outer) = frame {
        let corner = call(&outer, "getBoundingClientRect", &JsValue::NULL, &JsValue::NULL);
        place[0] += view(&corner).left() + f64::from(outer.client_left());
        place[1] += view(&corner).top() + f64::from(outer.client_top());
        frame = slots::frame_of(&outer);
    }
    // Of a slot that is larger than the viewport half can never be in view; then what counts is
    // how much of the viewport it fills. A slot without a box shows nothing.
    let seen = entry.intersection_rect();
    let area = |of: &View| of.width() * of.height();
    let filled =
        entry.root_bounds().map_or(0.0, |root| area(view(&seen)) / max(area(view(&root)), 1.0));
    let share = if width * height > 0.0 { max(entry.intersection_ratio(), filled) } else { 0.0 };
    // Where several elements are one slot, the one that is seen most stands for it.
    let most = most(shares, &slot, &element);
    let share = min(share, 1.0);
    shares.borrow_mut().push(Share { element, slot: slot.clone(), share });
    if share >= most {
        if !tags.is_empty() {
            sink(Signal::Tags { slot: slot.clone(), tags }, now);
        }
        sink(Signal::Slot { id: slot.clone(), rect: place }, now);
    }
    sink(Signal::Seen { slot, share: max(share, most) }, now);
}
