//! A page view told at once decides as one that is told signal by signal, as a page does.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/page.rs"]
mod page;

use page::{NOON, set};
use unspoken::config::Config;
use unspoken::engine::{Engine, Opening, Start};
use unspoken::signal::{Page, Signal};
use unspoken::time::Origin;
use unspoken::value::Value;

const VISITOR: &str = "0123456789abcdef0123456789abcdef";

const CONFIG: &str = r##"{
    "goals": {"order": {"click": "#order"}},
    "journeys": {"stay": {"states": {"new": [{"on": "visit", "to": "here"}], "here": []}}},
    "holdout": {"share": 0.1},
    "slots": {
        "hero": {"rules": [
            {"id": "night", "when": {"time.hour": {"$lt": 6}}, "show": "moon"},
            {"id": "second", "when": {"session.pages": {"$gt": 1}}, "show": "again"},
            {"id": "owner", "when": {"profile.fact.owner": true}, "show": "care"},
            {"id": "split", "test": {"variants": ["default", "short", "long"]}}]},
        "shelf": {"swap": "idle", "rules": [
            {"id": "learned", "learn": {"variants": ["default", "guide", "offer"], "goal": "order"}}]},
        "popup": {"interrupts": true, "swap": "now", "rules": [{"id": "hello", "show": "note"}]},
        "pay": {"rules": [{"id": "pro", "when": {"plan": "pro", "page.kind": "cart", "time.hour": 23}, "show": "fast"}]}
    }}"##;

fn config(text: &str) -> Config {
    Config::compile(&Value::parse(text).unwrap()).unwrap()
}

/// At noon, unless it is told otherwise.
fn begin(text: &str, told: &str) -> Opening {
    let mut told = Value::parse(told).unwrap();
    if told.get("now").is_none() {
        told.put("now", NOON);
    }
    Opening::new(config(text), &told)
}

fn open(text: &str, told: &str) -> Engine {
    begin(text, told).engine
}

fn told(of: &Engine, slot: &str, key: &str) -> String {
    of.decision(slot).unwrap().text(key).unwrap_or("").into()
}

/// What a page says in its first moment, one after the other.
fn by_signals(profile: &Value, seed: u64) -> Engine {
    let origin = Origin { wall_ms: NOON - 120.5, utc_offset_min: 60.0 };
    let start = Start { seed, now: 120.5, origin, collect: true, ..Start::default() };
    let mut engine = Engine::new(config(CONFIG), profile, start);
    let size = Signal::Resize { viewport: [1280.0, 800.0], document: [0.0; 2] };
    engine.handle(&size, 120.7);
    set(&mut engine, "plan", "pro", 121.0);
    let page = Page { path: "/cart".into(), kind: "cart".into(), ..Page::default() };
    engine.handle(&Signal::Page(page), 122.0);
    engine
}

#[test]
fn the_decisions_are_those_of_a_page_that_begins() {
    let mut arms = std::collections::BTreeSet::new();
    for seed in 0..60u64 {
        let visitor = format!("{:032x}", u128::from(seed) * 0x9E37_79B9_7F4A_7C15_u128 + 1);
        let profile = Value::map().with("visitor", visitor.as_str());
        let page = by_signals(&profile, seed);
        let told_at_once = format!(
            r#"{{"id":"{visitor}","seed":"{seed:032x}","now":{NOON},"timeZone":"Europe/Vienna",
                "attributes":{{"plan":"pro"}},"page":{{"path":"/cart","kind":"cart"}}}}"#
        );
        let opening = begin(CONFIG, &told_at_once);
        let server = &opening.engine;
        for slot in ["hero", "shelf", "popup", "pay"] {
            for key in ["slot", "variant", "rule", "reason"] {
                assert_eq!(told(server, slot, key), told(&page, slot, key), "{slot} {key} {seed}");
            }
        }
        assert_eq!(told(server, "pay", "shown"), "fast", "by the clock of the visitor's zone");
        arms.insert((told(server, "hero", "variant"), told(server, "shelf", "variant")));
        // What the browser is handed has it decide the same, whatever its own chance would have drawn.
        let kept = Value::parse(&opening.snapshot().to_json()).unwrap();
        let again = by_signals(&kept, seed + 1_000);
        for slot in ["hero", "shelf", "popup", "pay"] {
            let both = [server, &again].map(|engine| told(engine, slot, "variant"));
            assert_eq!(both[0], both[1], "{slot} {seed}");
        }
    }
    assert_eq!(arms.len(), 9, "every variant of both had its turn: {arms:?}");
}

#[test]
fn what_may_stand_in_the_document_is_shown() {
    let engine =
        open(CONFIG, r#"{"facts":{"owner":true},"seed":"00000000000000000000000000000005"}"#);
    assert_eq!(told(&engine, "hero", "shown"), "care");
    assert_eq!(told(&engine, "shelf", "shown"), told(&engine, "shelf", "variant"));
    // An interruption has to be claimed, which only a browser can.
    assert_eq!(told(&engine, "popup", "variant"), "note");
    assert_eq!(told(&engine, "popup", "shown"), "default");
    assert_eq!(told(&engine, "popup", "waits"), "an interruption");
    // In the checkout nothing changes.
    let checkout = open(CONFIG, r#"{"facts":{"owner":true},"page":{"kind":"checkout"}}"#);
    assert_eq!(told(&checkout, "hero", "variant"), "care");
    assert_eq!(told(&checkout, "hero", "shown"), "default");
}

#[test]
fn the_visitor_is_who_was_named() {
    let hash = r#"{"slots":{"a":{"rules":[{"id":"t","test":{"variants":["x","y"]}}]}}}"#;
    let of = |told_: &str| told(&open(hash, told_), "a", "variant");
    let mut seen = std::collections::BTreeSet::new();
    for user in 0..20 {
        let by_id = of(&format!(r#"{{"id":"user-{user}","seed":"{user:032x}"}}"#));
        let by_attribute = of(&format!(r#"{{"attributes":{{"id":"user-{user}"}}}}"#));
        assert_eq!(by_id, by_attribute, "any text is the attribute id, whatever the seed");
        seen.insert(by_id);
    }
    assert_eq!(seen.len(), 2);
    let visitor = |told: &str| open(hash, told).profile().visitor.to_hex();
    assert_eq!(visitor(&format!(r#"{{"id":"{VISITOR}"}}"#)), VISITOR);
    let drawn = r#"{"seed":"0000000000000000000000000012d687"}"#;
    assert_eq!(visitor(drawn), visitor(drawn), "a visitor nobody named follows from the seed");
    let strangers = format!(
        r#"{{"id":"{VISITOR}","profile":{{"visitor":"{}","facts":[["owner",true,1]]}}}}"#,
        VISITOR.replace('0', "1")
    );
    let stranger = open(CONFIG, &strangers);
    assert_eq!(stranger.profile().visitor.to_hex(), VISITOR);
    assert_ne!(told(&stranger, "hero", "rule"), "owner", "another visitor's profile is not used");
}

#[test]
fn whatever_is_told_is_survived() {
    for rubbish in [
        "null",
        "[]",
        r#"{"id":7,"profile":[],"facts":"x","attributes":3,"page":[],"device":"","now":"x"}"#,
        r#"{"now":-1e300,"timeZone":"Europe/Atlantis","seed":"zz","overrides":[]}"#,
        r#"{"profile":{"visitor":"x","session":{"last":1e99}},"page":{"tags":[1,{}]}}"#,
    ] {
        let engine = open(CONFIG, rubbish);
        assert_eq!(told(&engine, "pay", "shown"), "default", "{rubbish}");
    }
}

/// The same visits as tests/e2e/server.test.mjs has in Node and in Chromium.
#[test]
fn the_vectors_come_out_on_the_host_too() {
    let vectors = Value::parse(include_str!("vectors/opening.json")).unwrap();
    let config = std::rc::Rc::new(Config::compile(vectors.at("config")).unwrap());
    for visit in vectors.at("visits").items() {
        let seed = visit.number("seed").unwrap() as u64;
        let id = visit.text("id").unwrap_or("");
        let path = visit.at("page").text("path").unwrap_or("");
        let url = format!("http://shop.test{path}");
        let device = vectors.at("device").clone().with("language", vectors.text("language"));
        let told = Value::map()
            .with("id", id)
            .with("seed", format!("{seed:032x}"))
            .with("profile", visit.at("profile").clone())
            .with("attributes", visit.at("attributes").clone())
            .with("page", visit.at("page").clone())
            .with("device", device)
            .with("now", vectors.number("now"))
            .with("timeZone", vectors.text("timeZone"))
            .with("overrides", Value::map().with("url", url));
        let engine = Opening::new(config.clone(), &told).engine;
        for slot in &config.slots {
            let expected = visit.at("expected").text(&slot.id).unwrap_or("default");
            let name = visit.text("name").unwrap();
            assert_eq!(self::told(&engine, &slot.id, "variant"), expected, "{name}: {}", slot.id);
        }
    }
}
