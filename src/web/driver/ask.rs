//! What the page may ask and tell: delegations from the bindings, one each.

use super::Driver;
use crate::config::Shared;
use crate::engine::{Engine, Start};
use crate::number::max;
use crate::signal::Signal;
use crate::slot::DEFAULT;
use crate::trace::Header;
use crate::value::Value;
use crate::web::clock::{self, window};
use crate::web::recorder::Recorder;
use crate::web::{page, sensor, share, slots};

/// What the page may ask and tell.
impl Driver {
    /// The engine, for questions.
    pub fn ask<T>(&self, question: impl FnOnce(&Engine) -> T) -> T {
        question(&self.engine.borrow())
    }

    /// A slot's decision with all that led to it; null for a slot that the config does not have.
    pub fn explain(&self, slot: &str) -> Value {
        self.engine.borrow_mut().explain(slot).into()
    }

    /// What each slot would show if a page view began now; null where nothing is to be kept.
    pub fn lasting(&self) -> Value {
        if self.storage.keeps() { self.engine.borrow().lasting() } else { Value::Null }
    }

    /// The result of a feature; none where it is the one that was told last.
    pub fn again(&self, at: usize) -> Option<Value> {
        self.engine.borrow().feature_again(at, &mut self.told.borrow_mut())
    }

    /// Begins a page view of the site's own router.
    pub fn page(&self, info: &Value) {
        if self.overrides.get("url").is_none() {
            self.engine.borrow_mut().locate(&page::address());
        }
        self.signal(Signal::Page(page::described(info)), clock::now());
    }

    /// Sends what waits.
    pub fn flush(&self) {
        let effects = self.engine.borrow_mut().flush(clock::now());
        self.carry_out(effects);
        self.pump();
    }

    /// Figures about the SDK's own work.
    pub fn stats(&self) -> Value {
        self.rate.count(clock::now(), 0);
        let engine = self.engine.borrow();
        let (events, dropped) = engine.waiting();
        let (queued, lost) = self.transport.as_ref().map_or((0, 0), |it| it.waiting());
        let (batches, bytes) = self.sent.get();
        let profile = engine.profile();
        Value::map()
            .with("signals", engine.counts().signals as f64)
            .with("perSecond", f64::from(self.rate.per_second()))
            .with("forecasts", engine.counts().forecasts as f64)
            .with("events", events as f64)
            .with("queued", queued as f64)
            .with("batches", f64::from(batches))
            .with("bytesSent", bytes)
            .with("dropped", f64::from(dropped + lost))
            .with("level", engine.config().level.name())
            .with("storage", if self.storage.refused() { "memory" } else { self.mode.as_str() })
            .with("visitor", profile.visitor.to_hex())
            .with("session", profile.session.id.to_hex())
            .with("automation", engine.automation())
            .with("journeys", engine.journeys())
            .with("budget", engine.budget())
    }

    /// Starts a recording: a new page view with a new seed, so that it replays from its beginning.
    pub fn record(&self) {
        self.flush();
        self.persist();
        let start = self.afresh();
        let header = {
            let engine = self.engine.borrow();
            let layout = engine.layout();
            Header {
                id: "recording".into(),
                visitor: engine.profile().visitor.to_hex(),
                viewport: layout.viewport,
                document: layout.document,
                seed: start.seed,
                start: Some(start.now),
                origin: start.origin,
                device: start.device.clone(),
                profile: engine.snapshot(),
                config: self.document.clone(),
                overrides: page::without_query(&start.overrides),
                ..Header::default()
            }
        };
        let profile = header.profile.clone();
        let forced: Vec<Signal> = self.engine.borrow().forced().collect();
        *self.recorder.borrow_mut() = Some(Recorder::new(&header));
        self.restart(&profile, start);
        for signal in forced {
            self.signal(signal, clock::now());
        }
    }

    /// What a new engine for the same page is told.
    fn afresh(&self) -> Start {
        page::start(self.transport.is_some(), &self.overrides, self.engine.borrow().without())
    }

    /// Parts of the module have come; see [`crate::part`].
    pub fn have(&self, parts: u8) {
        self.engine.borrow_mut().have(parts);
    }

    /// A new engine for the same page: it is told all that the old one was told of the page, and
    /// knows every slot as default, so the document has to agree.
    fn restart(&self, profile: &Value, start: Start) {
        self.effects.borrow_mut().clear();
        self.claims.borrow_mut().clear();
        self.restore_all();
        let engine = Engine::new(Shared::clone(&self.config), profile, start);
        let old = self.engine.replace(engine);
        let now = clock::now();
        let (viewport, document) = (old.layout().viewport, old.layout().document);
        self.tell_driven(now);
        self.set(old.attributes());
        self.signal(Signal::Resize { viewport, document }, now);
        self.signal(Signal::Scroll { y: sensor::scroll::offset(), inner: false }, now);
        self.signal(Signal::Zoom { scale: max(old.layout().scale, 1.0) }, now);
        self.signal(Signal::Page(old.page().clone()), now);
        if !old.is_visible() {
            self.signal(Signal::Visibility { visible: false }, now);
        }
        if let Some(sensors) = self.sensors.borrow().as_ref() {
            sensors.refresh();
        }
    }

    /// Tells attributes for conditions.
    pub fn set(&self, attributes: &Value) {
        for (name, value) in attributes.entries() {
            let attribute = Signal::Attribute { name: name.clone(), value: value.clone() };
            self.signal(attribute, clock::now());
        }
    }

    /// Ends the recording and returns it; empty where there was none.
    pub fn stop_recording(&self) -> String {
        self.tick();
        let now = self.engine.borrow().now();
        let recorder = self.recorder.borrow_mut().take();
        recorder.map(|recorder| recorder.finish(now)).unwrap_or_default()
    }

    /// Forgets the visitor: storage, queue and memory. Returns the receipt. Until the next page
    /// nothing is kept; the visitor goes on as a new one.
    pub fn erase(&self) -> Value {
        let erased = self.forget();
        self.post(share::ERASED);
        Value::map().with("erased", Value::texts(&erased))
    }

    /// The same, where another tab has said so: the others have heard it too.
    pub(super) fn forget(&self) -> Vec<String> {
        let erased = self.storage.erase();
        self.transport.iter().for_each(|transport| transport.erase());
        self.recorder.borrow_mut().take();
        self.restart(&Value::Null, self.afresh());
        erased
    }

    /// Stops everything and puts every default back.
    pub fn dispose(&self) {
        self.flush();
        self.persist();
        self.sensors.borrow_mut().take();
        self.channel.take();
        if let Some(timer) = self.timer.take() {
            window().clear_timeout_with_handle(timer);
        }
        self.restore_all();
    }

    fn restore_all(&self) {
        let mut names = Vec::new();
        for element in self.elements.borrow().iter() {
            names.push(slots::name(element));
        }
        for name in names {
            self.have_shown(&name, DEFAULT);
        }
    }
}
