//! The driver: owns the engine, feeds it signals and the time, carries out its effects.
//!
//! No borrow of the engine is held while the document is touched or JavaScript is called, so page
//! code that runs in the middle (a custom element's callback, say) may call back in.

mod ask;

use super::clock::{self, window};
use super::host::Browser;
use super::rate::Rate;
use super::recorder::Recorder;
use super::sensor::visibility::Visibility;
use super::sensor::{
    self, Callback, Sink, click::Click, focus::Focus, layout::Layout, motion::Motion,
    pointer::Pointer, scroll::Scroll,
};
use super::share::{self, Channel};
use super::slots;
use super::storage::Storage;
use super::transport::Transport;
use super::view::{get, view};
use super::{convert, page};
use crate::config::{Config, Shared};
use crate::engine::{Effect, Engine};
use crate::error::Error;

use crate::number::clamp;
use crate::payload::Told;
use crate::signal::{Sign, Signal};
use crate::slot::DEFAULT;
use crate::text::concat;
use crate::time::{Millis, SECOND};
use crate::value::Value;
use js_sys::Function;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

#[allow(dead_code)]
struct Sensors {
    pointer: Pointer,
    scroll: Scroll,
    click: Click,
    visibility: Visibility,
    focus: Focus,
    motion: Option<Motion>,
    layout: Option<Layout>,
    storage: sensor::Listener,
}

impl Sensors {
    fn refresh(&self) {
        if let Some(layout) = &self.layout {
            layout.refresh();
        }
    }
}

/// The running SDK of one page.
// In this order, the large last: what stands in the first 128 bytes is reached by a byte less.
#[repr(C)]
pub struct Driver {
    this: Weak<Driver>,
    config: Shared,
    transport: Option<Rc<Transport>>,
    storage: Rc<Storage>,
    sensors: RefCell<Option<Sensors>>,
    /// Set while a tick is due.
    timer: Cell<Option<i32>>,
    busy: Cell<bool>,
    /// Something happened that other tabs must know.
    news: Cell<bool>,
    effects: RefCell<Vec<Effect>>,
    /// Slots whose claim waits for the lock.
    claims: RefCell<Vec<String>>,
    recorder: RefCell<Option<Recorder>>,
    /// Open while the page is seen.
    channel: RefCell<Option<Channel>>,
    rate: Rate,
    sent: Rc<Cell<(u32, f64)>>,
    emit: Function,
    ticked: Callback,
    locked: Callback,
    /// The elements of slots, as the stage found them.
    elements: RefCell<Vec<Element>>,
    /// The stage's hands: `(slot, variant)`, false where the page has no such variant, undefined where
    /// it has told another reason.
    shows: Function,
    mode: String,
    /// What is wrong with the config, until it is told.
    mistakes: RefCell<Vec<Error>>,
    document: Value,
    attributes: Value,
    overrides: Value,
    /// What JavaScript was told of each feature.
    told: RefCell<Vec<Told>>,
    engine: RefCell<Engine>,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("Driver")
    }
}

impl Driver {
    /// Compiles the config and opens the profile; listens to nothing yet. `options` are what the
    /// page's owner chose: `config`, `endpoint` (none: nothing is ever sent), `key`, `storage`
    /// (`persistent`, `session`, `memory` or `off`), `level` (overrides the config's), `attributes`
    /// for conditions, `overrides` for testers, and `profile`, which a server began, for a browser
    /// that keeps none.
    pub fn new(options: &Value, shows: Function, emit: Function) -> Result<Rc<Driver>, Error> {
        let document = options.get("config").cloned().unwrap_or_default();
        if !matches!(document, Value::Map(_)) {
            return Err(Error::new("config", "expected an object; see `unspoken check`"));
        }
        let (mut config, mistakes) = Config::compile_on(&document, Rc::new(Browser::default()));
        if let Some(level) = options.text("level") {
            config.level = crate::config::Level::from_name(level)
                .ok_or_else(|| Error::new("level", "expected events or trace"))?;
        }
        let config = config.shared();
        let mode = String::from(options.text("storage").unwrap_or(""));
        let storage = Rc::new(Storage::open(&mode));
        let sent = Rc::new(Cell::new((0, 0.0)));
        let transport = options.text("endpoint").map(|endpoint| {
            let key = options.text("key").unwrap_or("");
            Transport::open(endpoint, key, config.cookie, &storage, &emit, &sent)
        });
        let overrides = options.at("overrides").clone();
        let without = options.at("without").as_f64().unwrap_or(0.0) as u8;
        let start = page::start(transport.is_some(), &overrides, without);
        let mut profile = storage.profile();
        if profile == Value::Null {
            profile = options.at("profile").clone();
        }
        let engine = Engine::new(Shared::clone(&config), &profile, start);
        let attributes = options.get("attributes").cloned().unwrap_or_default();
        Ok(Rc::new_cyclic(|this: &Weak<Driver>| {
            let ticking = this.clone();
            let ticked = Closure::new(move |_: JsValue| {
                if let Some(driver) = ticking.upgrade() {
                    driver.tick();
                }
            });
            let claiming = this.clone();
            let locked = Closure::new(move |end: JsValue| {
                if let Some(driver) = claiming.upgrade() {
                    driver.grant();
                }
                share::settle(&end);
            });
            Driver {
                this: this.clone(),
                document,
                mistakes: RefCell::new(mistakes),
                config,
                engine: RefCell::new(engine),
                elements: RefCell::default(),
                shows,
                mode,
                storage,
                transport,
                sensors: RefCell::default(),
                timer: Cell::default(),
                ticked,
                locked,
                recorder: RefCell::default(),
                channel: RefCell::default(),
                emit,
                rate: Rate::default(),
                sent,
                effects: RefCell::default(),
                claims: RefCell::default(),
                busy: Cell::default(),
                news: Cell::default(),
                attributes,
                overrides,
                told: RefCell::default(),
            }
        }))
    }

    /// Begins the page view and listens.
    pub fn start(&self) {
        let this = self.this.clone();
        let sink: Sink = Rc::new(move |signal, at| {
            if let Some(driver) = this.upgrade() {
                driver.signal(signal, at);
            }
        });
        let now = clock::now();
        self.tell_driven(now);
        for mistake in self.mistakes.take() {
            self.tell("fault", &Value::map().with("message", mistake.to_line()));
        }
        // How tall the document is, an observer will tell; until then no depth is known.
        let viewport = page::viewport();
        self.signal(Signal::Resize { viewport, document: [0.0; 2] }, now);
        self.set(&self.attributes);
        self.signal(Signal::Page(page::describe()), now);
        let sensors = Sensors {
            pointer: Pointer::start(sink.clone()),
            scroll: Scroll::start(sink.clone()),
            click: Click::start(self.config.goals.clone(), sink.clone()),
            focus: Focus::start(sink.clone()),
            motion: Motion::start(sink.clone()),
            layout: Layout::start(sink.clone()),
            visibility: Visibility::start(sink),
            storage: sensor::listen(window(), &["storage"], self.other_tab()),
        };
        *self.sensors.borrow_mut() = Some(sensors);
        *self.channel.borrow_mut() = Channel::open(self.other_tab());
        let found = self.elements.borrow().clone();
        for element in found {
            self.place(&element, slots::name(&element));
        }
        self.pump();
    }

    /// Hands a signal to the engine and does what it says.
    pub fn signal(&self, signal: Signal, at: Millis) {
        self.catch_up(at);
        // Never a merge: what was heard is not told again.
        let is_news = matches!(
            signal,
            Signal::Goal { .. }
                | Signal::Fact { .. }
                | Signal::Dismiss { .. }
                | Signal::Grant { .. }
        );
        self.news.set(is_news || self.news.get());
        let effects = {
            let mut engine = self.engine.borrow_mut();
            let effects = engine.handle(&signal, at);
            if let Some(recorder) = self.recorder.borrow_mut().as_mut() {
                recorder.push(engine.now(), &signal);
            }
            self.rate.count(engine.now(), 1);
            effects
        };
        self.carry_out(effects);
        if let Signal::Visibility { visible } = signal {
            self.channel.take();
            if visible {
                *self.channel.borrow_mut() = Channel::open(self.other_tab());
                // Perhaps another tab went on, and its events did not reach us.
                self.merge(at);
            }
        }
        self.set_timer();
    }

    fn tick(&self) {
        self.timer.take();
        let now = clock::now();
        if let Some(sensors) = self.sensors.borrow().as_ref() {
            if sensors.scroll.settle(now) {
                sensors.refresh();
            }
        }
        self.rate.count(now, 0);
        self.catch_up(now);
        self.pump();
        self.set_timer();
    }

    /// Ticks at every point of the grid that has passed, one by one, so that each forecast and
    /// decision is told as it stood then.
    fn catch_up(&self, now: Millis) {
        loop {
            let due = self.engine.borrow().wake_at().filter(|due| *due <= now);
            let Some(due) = due else { return };
            let effects = self.engine.borrow_mut().tick(due);
            self.carry_out(effects);
        }
    }

    fn set_timer(&self) {
        if self.timer.get().is_some() {
            return;
        }
        if let Some(at) = self.engine.borrow().wake_at() {
            let wait = clamp(at - clock::now(), 0.0, SECOND).ceil() as i32;
            let ticked = self.ticked.as_ref().unchecked_ref();
            self.timer.set(Some(view(window()).set_timeout(ticked, wait)));
        }
    }

    fn pump(&self) {
        if let Some(transport) = &self.transport {
            transport.pump(clock::now());
            // What was dropped on the way, the next batch tells.
            let lost = transport.untold();
            if lost > 0 {
                self.engine.borrow_mut().lost(lost);
            }
        }
    }

    /// Effects are carried out in the order they arose: what arises in the middle (another tab's
    /// profile found while persisting, a refused variant) waits its turn.
    fn carry_out(&self, effects: Vec<Effect>) {
        self.effects.borrow_mut().extend(effects);
        if self.busy.replace(true) {
            return;
        }
        loop {
            // A few at most: a queue that wraps round would cost more code than the moving costs time.
            let effect = {
                let mut effects = self.effects.borrow_mut();
                if effects.is_empty() { break } else { effects.remove(0) }
            };
            match effect {
                Effect::Show { slot, variant } => self.show(&slot, &variant),
                Effect::Persist => self.persist(),
                Effect::Claim { slot } => {
                    self.claims.borrow_mut().push(slot);
                    if !share::lock(share::NAME, &self.locked) {
                        self.grant();
                    }
                }
                Effect::Send { id, bytes, events, urgent } => {
                    let Some(transport) = &self.transport else { continue };
                    transport.push(id, bytes, events);
                    if urgent {
                        transport.hurry();
                    } else {
                        self.pump();
                    }
                }
                Effect::Decided(at) => {
                    let decision = self.engine.borrow().decision_at(at);
                    self.tell("decision", &decision);
                }
                Effect::Forecast(at) => {
                    let forecast = {
                        let engine = self.engine.borrow();
                        Value::map()
                            .with("at", at)
                            .with("intents", engine.intents())
                            .with("focus", engine.focus())
                    };
                    self.tell("forecast", &forecast);
                }
                Effect::Exposed(at) => {
                    let exposure = self.engine.borrow().exposure_at(at);
                    self.tell("exposure", &exposure);
                }
                Effect::Reached { name, value } => {
                    self.tell("goal", &Value::map().with("name", name).with("value", value));
                }
            }
        }
        self.busy.set(false);
    }

    fn show(&self, slot: &str, variant: &str) {
        let answer = self.have_shown(slot, variant);
        if answer != Some(true) {
            self.signal(Signal::Refused { slot: slot.into() }, clock::now());
        }
        if answer == Some(false) {
            let message = concat(&[
                "slot ",
                slot,
                " has no <template data-variant=\"",
                variant,
                "\"> on this page; its default stays",
            ]);
            self.tell("fault", &Value::map().with("message", message));
        }
        if let Some(layout) = self.sensors.borrow().as_ref().and_then(|it| it.layout.as_ref()) {
            for element in self.elements.borrow().iter() {
                if slots::name(element) == slot {
                    layout.remeasure(element);
                }
            }
        }
    }

    /// Has the stage show a variant in every element of the slot. None where it could not, and has
    /// told why.
    pub(super) fn have_shown(&self, slot: &str, variant: &str) -> Option<bool> {
        let (slot, variant) = (JsValue::from_str(slot), JsValue::from_str(variant));
        self.shows.call2(&JsValue::UNDEFINED, &slot, &variant).unwrap_or_default().as_bool()
    }

    /// Told first of all, so that nothing is decided for a browser that a script drives.
    fn tell_driven(&self, now: Millis) {
        if page::is_driven() {
            self.signal(Signal::Machine { sign: Sign::WebDriver }, now);
        }
    }

    /// The stage has found a slot's element. `standing` is the variant that it shows already, empty
    /// for the default.
    pub fn found(&self, element: Element, standing: String) {
        self.elements.borrow_mut().push(element.clone());
        let slot = slots::name(&element);
        if !standing.is_empty() {
            let slot = slot.clone();
            self.signal(Signal::Standing { slot, variant: standing }, clock::now());
        }
        if self.sensors.borrow().is_some() {
            self.place(&element, slot);
        }
    }

    /// An element is no slot any more, or left the document.
    pub fn lost(&self, element: &Element) {
        self.elements.borrow_mut().retain(|known| known != element);
        let told = match self.sensors.borrow().as_ref().and_then(|it| it.layout.as_ref()) {
            Some(layout) => layout.leave(element),
            None => None,
        };
        if let Some(unseen) = told {
            self.signal(unseen, clock::now());
        }
    }

    /// Observes a slot's element, and has it show what the slot shows: a router may have put it
    /// where another was.
    fn place(&self, element: &Element, slot: String) {
        let decision = self.ask(|engine| engine.decision(&slot)).unwrap_or_default();
        let shown = decision.text("shown").unwrap_or(DEFAULT);
        if shown != DEFAULT && self.have_shown(&slot, shown) != Some(true) {
            self.signal(Signal::Refused { slot: slot.clone() }, clock::now());
        }
        match self.sensors.borrow().as_ref().and_then(|sensors| sensors.layout.as_ref()) {
            Some(layout) => layout.observe(element),
            // Without observers nothing is known of places: the slot is decided all the same, and
            // shown where its swap does not depend on being out of view.
            None => self.signal(Signal::Slot { id: slot, rect: [0.0; 4] }, clock::now()),
        }
    }

    /// Another tab may have written the profile since we last read it; then what it learned comes
    /// first.
    fn merge(&self, at: Millis) {
        if self.storage.was_emptied() {
            self.forget();
        } else if let Some(profile) = self.storage.changed() {
            self.signal(Signal::Merge { profile }, at);
        }
    }

    /// What hears other tabs: a message, or that storage has changed.
    fn other_tab(&self) -> impl FnMut(&web_sys::Event) + use<> {
        let this = self.this.clone();
        move |event| {
            let Some(driver) = this.upgrade() else { return };
            let at = clock::of(event);
            match get(event, "data").as_string() {
                Some(message) if message == share::ERASED => drop(driver.forget()),
                Some(message) if driver.storage.heard(&message) => {
                    driver.signal(Signal::Merge { profile: convert::from_json(&message) }, at);
                }
                None if driver.storage.concerns_profile(event) => driver.merge(at),
                _ => {}
            }
        }
    }

    /// Answers the claims that wait; what is granted has been written when this returns.
    fn grant(&self) {
        // What is claimed in answer to these waits for its own turn.
        for slot in self.claims.take() {
            let now = clock::now();
            self.merge(now);
            self.signal(Signal::Grant { slot, granted: true }, now);
        }
    }

    fn persist(&self) {
        self.merge(clock::now());
        let snapshot = self.engine.borrow().snapshot();
        let text = self.storage.keep_profile(&snapshot);
        if self.news.take() && self.storage.is_shared() {
            self.post(&text);
        }
    }

    fn post(&self, message: &str) {
        if let Some(channel) = self.channel.borrow().as_ref() {
            channel.post(message);
        }
    }

    fn tell(&self, event: &str, detail: &Value) {
        let name = JsValue::from_str(event);
        let _ = self.emit.call2(&JsValue::UNDEFINED, &name, &convert::to_js(detail));
    }
}
