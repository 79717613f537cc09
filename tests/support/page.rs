//! An engine on a page, as tests of deciding need it.
#![allow(dead_code)]

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::signal::{Page, Signal};
use unspoken::time::Origin;
use unspoken::value::Value;

pub const NOON: f64 = 1.7e12;

pub fn engine_on(config: &str, snapshot: &Value, now: f64) -> Engine {
    let config = Config::compile(&Value::parse(config).unwrap()).unwrap();
    let origin = Origin { wall_ms: NOON, utc_offset_min: 0.0 };
    let start = Start { seed: 7 + now as u64, now, origin, collect: true, ..Start::default() };
    Engine::new(config, snapshot, start)
}

/// A page view with every slot of the config in view.
pub fn open(engine: &mut Engine, kind: &str, at: f64) -> Vec<Effect> {
    let page = Page { path: "/".into(), kind: kind.into(), ..Page::default() };
    let mut effects = engine.handle(&Signal::Page(page), at);
    let slots: Vec<String> = engine.config().slots.iter().map(|slot| slot.id.clone()).collect();
    for slot in slots {
        let rect = [0.0, 0.0, 100.0, 100.0];
        effects.extend(engine.handle(&Signal::Slot { id: slot.clone(), rect }, at));
        effects.extend(engine.handle(&Signal::Seen { slot, share: 1.0 }, at));
    }
    effects
}

pub fn page(config: &str) -> Engine {
    let mut engine = engine_on(config, &Value::Null, 0.0);
    open(&mut engine, "", 0.0);
    engine
}

pub fn set(engine: &mut Engine, name: &str, value: impl Into<Value>, at: f64) -> Vec<Effect> {
    engine.handle(&Signal::Attribute { name: name.into(), value: value.into() }, at)
}

pub fn shown(engine: &Engine, slot: &str) -> String {
    engine.decision(slot).unwrap().text("shown").unwrap().into()
}

pub fn decided(engine: &Engine, slot: &str) -> String {
    engine.decision(slot).unwrap().text("variant").unwrap().into()
}
