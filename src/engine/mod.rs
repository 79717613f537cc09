//! The engine: a state machine that is told signals and returns what to do.
//!
//! It has no clock, no randomness and no I/O. Forecasts stand on a grid of [`CELL`] ms from the
//! start of the page view and are a pure function of the signals before them, whether the host
//! ticks often, rarely or not at all: each call first catches up with the grid. A page without
//! signals for [`QUIET`], or hidden, is not forecast. So the same signals and seed give the same
//! forecasts and decisions, to the bit, in the page and in a replay.

mod ask;
mod assign;
mod bandits;
mod decide;
mod effect;
mod explain;
mod force;
mod intents;
mod judge;
mod keep;
mod last;
mod opening;
mod past;
mod place;
mod stream;
mod total;
mod visit;

use crate::automation::Automation;
use crate::bandit::{Awaiting, Posteriors};
use crate::config::{Level, Shared};
use crate::experiment::{Overrides, Sticky};
use crate::feature::window::CELL;
use crate::feature::{Features, Vector};
use crate::gate::Gates;
use crate::history::At;
use crate::id::Rng;
use crate::intent::outcome::Outcomes;
use crate::intent::{Forecasts, MAX_HEADS, Outcome};
use crate::known::Known;
use crate::layout::Layout;
use crate::number::within;
use crate::outbox::Outbox;
use crate::part;
use crate::profile::{Profile, SESSION_GAP};
use crate::signal::{Page, Role, Signal};
use crate::slot::State;
use crate::text::clip;
use crate::time::{MINUTE, Millis, Origin};
use crate::value::Value;
use crate::wire::What;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
pub use decide::Refusal;
pub use effect::{Counts, Effect, Start};
pub use keep::MAX_SNAPSHOT;
pub use opening::Opening;

/// Without a signal for this long there is nothing to forecast.
pub const QUIET: Millis = MINUTE;
/// Attributes a page may set.
pub const MAX_ATTRIBUTES: usize = 64;

/// The state machine.
#[derive(Clone, Debug)]
// In this order, the large last: what stands in the first 128 bytes is reached by a byte less.
#[repr(C)]
pub struct Engine {
    now: Millis,
    config: Shared,
    effects: Vec<Effect>,
    step: u64,
    input: Millis,
    signalled: Millis,
    flushed: Millis,
    /// Since when the page is looked at, as far as that is not counted yet.
    opened: Option<Millis>,
    /// This page view's forecasts for the session were made: at the first point of the grid that was
    /// reached, which on a page opened behind another is not the first.
    foretold: bool,
    /// Parts of the module that are not there.
    without: u8,
    visible: bool,
    excluded: bool,
    /// Something happened since slots were last decided that may have changed a rule.
    moved: bool,
    milestone: u8,
    focus: Option<usize>,
    slots: Vec<State>,
    dwell_sent: Vec<u32>,
    outcomes: Outcomes,
    visitor: String,
    attributes: Value,
    device: Value,
    counts: Counts,
    heard: explain::Heard,
    origin: Origin,
    rng: Rng,
    page: Page,
    automation: Automation,
    gates: Gates,
    streamed: stream::Streamed,
    outbox: Outbox,
    layout: Layout,
    profile: Profile,
    awaiting: Awaiting,
    posteriors: Posteriors,
    overrides: Overrides,
    /// Evaluating a feature keeps what it assigned.
    sticky: RefCell<Sticky>,
    /// It kept something new.
    kept: Cell<bool>,
    forecasts: Forecasts,
    vector: Vector,
    features: Features,
}

impl Engine {
    /// An engine for one page. `snapshot` is what the last one asked to keep, or null.
    ///
    /// ```
    /// # use unspoken::{config::Config, engine::{Effect, Engine, Start}, signal::Signal, value::Value};
    /// let config = Value::parse(r#"{"slots":{"hero":{"swap":"now","rules":[
    ///     {"id":"owner","when":{"history.purchase.count":{"$gt":0}},"show":"care"}]}}}"#).unwrap();
    /// let mut engine = Engine::new(Config::compile(&config).unwrap(), &Value::Null, Start::default());
    /// engine.handle(&Signal::Slot { id: "hero".into(), rect: [0.0; 4] }, 10.0);
    /// let effects = engine.handle(&Signal::Goal { name: "purchase".into(), value: 80.0 }, 20.0);
    /// assert!(effects.contains(&Effect::Show { slot: "hero".into(), variant: "care".into() }));
    /// ```
    pub fn new(config: impl Into<Shared>, snapshot: &Value, start: Start) -> Engine {
        let config = config.into();
        let mut rng = Rng::new(start.seed);
        let profile = Profile::open(snapshot, start.origin.wall(start.now), &mut rng);
        let now = start.now;
        let drawn = profile.session.id.0 as u64 as f64 / u64::MAX as f64;
        let level = if drawn < config.trace_sample { config.level } else { Level::Events };
        let (awaiting, posteriors, sticky) = keep::choices(snapshot, &start);
        let overrides = keep::forced(&start);
        let mut engine = Engine {
            automation: Automation::default(),
            gates: Gates::default(),
            excluded: false,
            moved: false,
            slots: config.slots.iter().map(|_| State::default()).collect(),
            outbox: Outbox::new(start.collect, level, now),
            streamed: stream::Streamed::default(),
            origin: start.origin,
            device: start.device,
            attributes: Value::map(),
            visitor: profile.visitor.to_hex(),
            profile,
            awaiting,
            posteriors,
            overrides,
            without: start.without,
            sticky: RefCell::new(sticky),
            kept: Cell::new(false),
            rng,
            page: Page::default(),
            layout: Layout::default(),
            features: Features::new(now),
            vector: [0.0; crate::feature::COUNT],
            forecasts: [0.0; MAX_HEADS],
            focus: None,
            outcomes: Outcomes::new(&config.heads),
            dwell_sent: Vec::new(),
            milestone: 0,
            now,
            step: 1,
            input: now,
            signalled: now,
            flushed: now,
            visible: true,
            opened: None,
            foretold: false,
            counts: Counts::default(),
            heard: explain::Heard::default(),
            effects: Vec::new(),
            config,
        };
        if snapshot.at("session").text("id") != Some(&engine.profile.session.id.to_hex()) {
            if engine.has(part::LEARN) {
                engine.awaiting.renew();
            }
            engine.happened(&["visit"]);
        }
        engine.excluded = engine.is_machine();
        engine.settle_session();
        engine
    }

    /// Takes a signal that was observed at `now` and returns what to do. A time before the last
    /// one is taken as the last one; [`Engine::now`] tells the time that was taken.
    pub fn handle(&mut self, signal: &Signal, now: Millis) -> Vec<Effect> {
        self.catch_up(now);
        self.counts.signals += 1;
        self.take(signal);
        core::mem::take(&mut self.effects)
    }

    /// Catches up with the clock and returns what to do.
    pub fn tick(&mut self, now: Millis) -> Vec<Effect> {
        self.catch_up(now);
        core::mem::take(&mut self.effects)
    }

    /// Sends what waits, now.
    pub fn flush(&mut self, now: Millis) -> Vec<Effect> {
        self.catch_up(now);
        self.send(true);
        core::mem::take(&mut self.effects)
    }

    /// When [`Engine::tick`] is next worth calling; `None` until the next signal.
    pub fn wake_at(&self) -> Option<Millis> {
        let next = self.grid();
        (self.visible && next - self.signalled <= QUIET).then_some(next)
    }

    fn grid(&self) -> Millis {
        self.features.began() + self.step as f64 * CELL
    }

    fn catch_up(&mut self, now: Millis) {
        let now = if now > self.now { now } else { self.now };
        while self.grid() <= now {
            if !self.visible || self.grid() - self.signalled > QUIET {
                self.step += ((now - self.grid()) / CELL).floor() as u64 + 1;
                break;
            }
            self.now = self.grid();
            self.step += 1;
            self.forecast();
        }
        self.now = now;
    }

    /// One point of the grid.
    fn forecast(&mut self) {
        let now = self.now;
        self.forecast_heads(self.step - 1);
        self.dwell();
        self.counts.forecasts += 1;
        self.effects.push(Effect::Forecast(now));
        if self.has(part::LEARN) {
            self.settle_arms();
        }
        self.travel(None);
        self.decide(false);
        self.expose();
        self.follow();
        // Dwell and judged forecasts are totals: they wait for an event, or for the page to be left.
        let due = now - self.flushed >= self.config.flush && !self.outbox.is_empty();
        if due || self.outbox.is_filling() {
            self.send(false);
        }
    }

    fn take(&mut self, signal: &Signal) {
        let now = self.now;
        let wall = self.origin.wall(now);
        let input = matches!(
            signal,
            Signal::Move { .. } | Signal::Scroll { .. } | Signal::Click { .. } | Signal::Page(_)
        );
        if input {
            if wall - self.profile.session.last >= SESSION_GAP {
                self.send(false);
                self.renew(wall);
            }
            (self.profile.session.last, self.input) = (wall, now);
        }
        self.layout.update(signal);
        self.features.update(signal, now, &self.layout);
        self.automation.update(signal, now);
        self.hear(signal);
        self.gates.update(signal, now);
        self.stream(signal);
        match signal {
            Signal::Click { slot, role, .. } => self.click(slot.as_deref(), *role),
            Signal::FormError => self.reached(&Outcome::Trouble),
            Signal::Dismiss { slot } => self.dismiss(slot),
            Signal::Force { slot, variant } => self.force(slot, variant.as_deref()),
            Signal::Grant { slot, granted } => self.grant(slot, *granted),
            Signal::Motion { reduced } => {
                self.device.set("reducedMotion", (*reduced).into(), MAX_ATTRIBUTES);
                self.decide(false);
            }
            Signal::Typing
            | Signal::Focus { .. }
            | Signal::Move { .. }
            | Signal::Exit
            | Signal::Machine { .. }
            | Signal::End
            | Signal::Tags { .. }
            | Signal::Zoom { .. } => {}
            Signal::Visibility { visible } => self.visibility(*visible),
            Signal::Page(page) => self.begin(page),
            Signal::Goal { name, value } => {
                self.profile.goal(name, wall);
                self.reached(&Outcome::Goal(name.clone()));
                if self.has(part::LEARN) {
                    self.reward(name, *value);
                }
                self.happened(&[name]);
                let most = crate::wire::MAX_VALUE;
                let value = within(*value, most);
                let event = What::Goal { name: self.outbox.name(name), value };
                self.outbox.push(now, event);
                let name = clip(name, crate::profile::MAX_TEXT).into();
                self.effects.push(Effect::Reached { name, value });
                self.effects.push(Effect::Persist);
                self.decide(true);
            }
            Signal::Fact { name, value } => {
                self.profile.fact(name, value, wall);
                self.happened(&["fact:", name]);
                let mut text = String::new();
                match value {
                    Value::Text(value) => text.push_str(value),
                    other => other.describe(&mut text),
                }
                let event =
                    What::Fact { name: self.outbox.name(name), value: self.outbox.name(&text) };
                self.outbox.push(now, event);
                self.effects.push(Effect::Persist);
                self.decide(true);
            }
            Signal::Attribute { name, value } => {
                self.attributes.set(name, value.clone(), MAX_ATTRIBUTES);
                self.decide(true);
            }
            Signal::Scroll { .. } | Signal::Resize { .. } => self.pass_milestones(),
            Signal::Slot { id, .. }
            | Signal::Seen { slot: id, .. }
            | Signal::Standing { slot: id, .. }
            | Signal::Room { slot: id, .. }
            | Signal::Refused { slot: id } => {
                self.place(id, signal);
            }
            Signal::Merge { profile } => self.merge(profile),
        }
        self.follow();
        self.judge();
        // Nothing wakes a hidden page, and it may be closed without another word.
        if !self.visible && !self.outbox.is_empty() {
            self.send(true);
        }
        let environment = matches!(
            signal,
            Signal::Slot { .. }
                | Signal::Tags { .. }
                | Signal::Seen { .. }
                | Signal::Refused { .. }
                | Signal::Standing { .. }
                | Signal::Room { .. }
                | Signal::Resize { .. }
                | Signal::Machine { .. }
                | Signal::Force { .. }
        );
        if !environment {
            self.signalled = now;
        }
    }

    /// A page view begins: what belongs to the last one is told and forgotten.
    fn begin(&mut self, page: &Page) {
        let (now, wall) = (self.now, self.origin.wall(self.now));
        self.settle();
        self.send(false);
        self.look(false);
        self.features = self.afresh();
        self.features.update(
            &Signal::Resize { viewport: self.layout.viewport, document: self.layout.document },
            now,
            &self.layout,
        );
        (self.step, self.milestone) = (1, 0);
        // Nothing is forecast of this page view yet, and nothing of the last one holds for it.
        (self.forecasts, self.vector, self.focus) =
            ([0.0; MAX_HEADS], [0.0; crate::feature::COUNT], None);
        self.dwell_sent.clear();
        self.heard = explain::Heard::default();
        self.heard[5] = (1, now);
        self.page = page.clone();
        self.page.tags.truncate(crate::profile::MAX_INTERESTS);
        let is_new = self.profile.page(&self.page.item, &self.page.tags, wall);
        self.open_page();
        if is_new {
            self.reached(&Outcome::Item);
        }
        self.reached(&Outcome::Page(self.page.kind.clone()));
        self.outbox.page(self.rng.draw() as u32);
        let event = What::Page {
            path: self.outbox.name(&page.path),
            kind: self.outbox.name(&page.kind),
            item: self.outbox.name(&page.item),
        };
        self.outbox.push(now, event);
        self.stream_begin();
        self.foretold = false;
        self.effects.push(Effect::Persist);
        let (kind, item) = (page.kind.as_str(), page.item.as_str());
        for (head, name) in [("page:", kind), ("item:", item)] {
            if !name.is_empty() {
                self.happened(&[head, name]);
            }
        }
        for slot in &mut self.slots {
            (slot.seen, slot.refused, slot.arrived) = (false, false, now);
            (slot.stale, slot.asked, slot.routed) = (true, false, slot.present);
            slot.since = slot.since.map(|_| now);
        }
        self.decide(true);
        self.pass_milestones();
    }

    fn click(&mut self, slot: Option<&str>, role: Role) {
        let now = self.now;
        self.profile.session.clicks += 1;
        self.reached(&Outcome::Click(String::new()));
        if let Some(slot) = slot {
            self.reached(&Outcome::Click(slot.into()));
            self.happened(&["click:", slot]);
        }
        let raging = self.features.clicks.raging(now);
        let missed = role == Role::None;
        if raging || missed {
            self.reached(&Outcome::Trouble);
        }
        let event = What::Click {
            slot: self.outbox.name(slot.unwrap_or("")),
            role: role as u8,
            flags: raging as u8 | (missed as u8) << 1,
        };
        self.outbox.push(now, event);
    }

    fn visibility(&mut self, visible: bool) {
        let now = self.now;
        self.visible = visible;
        self.look(visible);
        for (slot, state) in self.config.slots.iter().zip(&mut self.slots) {
            if let Some(share) = state.share {
                state.view(slot, share, visible, now);
            }
        }
        if !visible {
            self.settle();
            self.effects.push(Effect::Persist);
            self.send(true);
        }
    }

    fn send(&mut self, urgent: bool) {
        self.flushed = self.now;
        if self.outbox.is_enabled() {
            self.gather(urgent);
        }
    }

    #[inline(never)]
    fn gather(&mut self, urgent: bool) {
        self.tell_dwell();
        self.tell_outcomes(self.now);
        if self.outbox.is_empty() {
            return;
        }
        let (Profile { visitor, session, .. }, excluded) = (&self.profile, self.excluded);
        let (now, origin) = (self.now, &self.origin);
        let events = self.outbox.dropped().saturating_add(self.outbox.len() as u32);
        let (id, bytes) = self.outbox.take(now, origin, *visitor, session, excluded, &mut self.rng);
        self.effects.push(Effect::Send { id, bytes, events, urgent });
    }

    fn slot_index(&self, id: &str) -> Option<usize> {
        self.config.slots.iter().position(|slot| slot.id == id)
    }

    fn known(&self) -> Known<'_> {
        Known {
            now: self.now,
            origin: &self.origin,
            visitor: &self.visitor,
            profile: &self.profile,
            page: &self.page,
            device: &self.device,
            attributes: &self.attributes,
            heads: &self.config.heads,
            forecasts: &self.forecasts,
            focus: self.focus(),
            journeys: &self.config.journeys,
            past: At { log: &self.profile.log, wall: self.origin.wall(self.now) },
        }
    }
}
