//! A page view that begins where there is no document: on a server, which is told at once all that a
//! page tells in its first moment.
//!
//! It takes the same way as the page's first signals, in the same order, so the decisions are those
//! that a browser makes at the beginning of a page view for the same visitor, profile and attributes.

use super::{Engine, Start};
use crate::config::Shared;
use crate::id::Id;
use crate::profile::{Profile, SESSION_GAP};
use crate::signal::{Page, Signal};
use crate::text::words;
use crate::time::Origin;
use crate::value::Value;
use alloc::string::String;

/// A page view that has begun without a document.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The engine, to be asked.
    pub engine: Engine,
    /// The profile as the page view found it.
    found: Profile,
}

impl Opening {
    /// A page view that has just begun a page view. `told` is
    /// `{ id, profile, facts, attributes, page, device, overrides, now, timeZone, seed }`, all of it
    /// optional: `id` is a pseudonym of 32 hex digits, or any other text as the attribute `id`;
    /// `profile` a snapshot, used where it is this visitor's; `now` ms since 1970; `seed` 32 hex
    /// digits, of which the last 16 count. Every slot of the config is taken to be on the page and
    /// not in view yet, so a decision's `shown` is what may stand in the document from the start.
    ///
    /// ```
    /// # use unspoken::{config::Config, engine::Opening, value::Value};
    /// let config = Value::parse(r#"{"slots":{"hero":{"rules":[
    ///     {"id":"pro","when":{"plan":"pro"},"show":"thanks"}]}}}"#).unwrap();
    /// let told = Value::parse(r#"{"attributes":{"plan":"pro"}}"#).unwrap();
    /// let opening = Opening::new(Config::compile(&config).unwrap(), &told);
    /// assert_eq!(opening.engine.decision("hero").unwrap().text("shown"), Some("thanks"));
    /// ```
    pub fn new(config: impl Into<Shared>, told: &Value) -> Opening {
        let config = config.into();
        let wall = told.number("now").unwrap_or(0.0);
        let zone = told.text("timeZone").unwrap_or("");
        let offset = if zone.is_empty() { None } else { config.host.offset(zone, wall) };
        let seed = told.text("seed").and_then(Id::from_hex).unwrap_or_default();
        let start = Start {
            seed: seed.0 as u64,
            now: 0.0,
            origin: Origin { wall_ms: wall, utc_offset_min: offset.unwrap_or(0.0) },
            device: told.at("device").clone(),
            collect: false,
            without: 0,
            overrides: match told.at("overrides") {
                overrides @ Value::Map(_) => overrides.clone(),
                _ => Value::map(),
            },
        };
        let id = told.text("id").unwrap_or("");
        let pseudonym = Id::from_hex(id).filter(|id| *id != Id::default());
        let mut engine = Engine::new(config, &snapshot(told.at("profile"), pseudonym), start);
        for (name, value) in told.at("facts").entries() {
            engine.profile.fact(name, value, wall);
        }
        // A page's first signal is its size. Where the visit itself was news (a journey that it moves),
        // slots are decided then, before attributes and the page are known, and a bandit draws.
        engine.follow();
        if !id.is_empty() && pseudonym.is_none() {
            engine.tell(Signal::Attribute { name: "id".into(), value: id.into() });
        }
        for (name, value) in told.at("attributes").entries() {
            engine.tell(Signal::Attribute { name: name.clone(), value: value.clone() });
        }
        // The browser begins this page view too, and counts it.
        let found = engine.profile.clone();
        engine.tell(Signal::Page(page(told.at("page"))));
        // Nobody has touched a page that is not there yet.
        engine.input = -SESSION_GAP;
        let slots: Vec<String> = engine.config.slots.iter().map(|slot| slot.id.clone()).collect();
        for slot in slots {
            engine.tell(Signal::Slot { id: slot.clone(), rect: [0.0; 4] });
            engine.tell(Signal::Seen { slot, share: 0.0 });
        }
        Opening { engine, found }
    }

    /// What a browser is to begin this page view with, to decide the same.
    pub fn snapshot(&self) -> Value {
        self.engine.snapshot_of(&self.found)
    }
}

impl Engine {
    /// A signal whose effects nobody carries out.
    fn tell(&mut self, signal: Signal) {
        self.handle(&signal, 0.0);
    }
}

/// The profile to begin with: none where it is another visitor's.
fn snapshot(profile: &Value, visitor: Option<Id>) -> Value {
    match visitor.map(Id::to_hex) {
        Some(visitor) if profile.text("visitor") != Some(&visitor) => {
            Value::map().with("visitor", visitor)
        }
        _ => profile.clone(),
    }
}

fn page(told: &Value) -> Page {
    let text = |key: &str| told.text(key).unwrap_or("").into();
    Page {
        path: text("path"),
        kind: text("kind"),
        item: text("item"),
        tags: match told.at("tags") {
            Value::Text(tags) => words(tags),
            tags => tags.to_texts(),
        },
        title: text("title"),
        referrer: text("referrer"),
    }
}
