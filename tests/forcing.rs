//! A forced variant as a host sees it: there at once, whatever the rules say, and without a trace.

#[path = "support/page.rs"]
mod page;

use page::{decided, engine_on, open, page, set, shown};
use unspoken::engine::{Effect, Engine};
use unspoken::signal::{Page, Signal};
use unspoken::value::Value;
use unspoken::wire::{self, What};

fn force(engine: &mut Engine, variant: Option<&str>, at: f64) -> Vec<Effect> {
    let variant = variant.map(String::from);
    engine.handle(&Signal::Force { slot: "a".into(), variant }, at)
}

fn show(variant: &str) -> Effect {
    Effect::Show { slot: "a".into(), variant: variant.into() }
}

fn text(engine: &Engine, key: &str) -> String {
    engine.decision("a").unwrap().text(key).unwrap_or("null").into()
}

/// Kinds of events in all batches that were sent.
fn sent(effects: Vec<Effect>) -> Vec<What> {
    let batches = effects.into_iter().filter_map(|effect| match effect {
        Effect::Send { bytes, .. } => Some(wire::decode(&bytes).unwrap()),
        _ => None,
    });
    batches.flat_map(|batch| batch.events).map(|event| event.what).collect()
}

#[test]
fn it_stands_at_once_and_the_rules_come_back_when_it_is_let_go() {
    let mut engine = page(
        r#"{"slots":{"a":{"limits":{"perSession":1},"rules":[{"id":"1","when":{"on":true},"show":"x"}]}}}"#,
    );
    // In view, of a slot that swaps only while nobody looks, and while somebody types.
    engine.handle(&Signal::Typing, 10.0);
    let effects = force(&mut engine, Some("anything"), 20.0);
    assert!(effects.contains(&show("anything")) && effects.contains(&Effect::Decided(0)));
    assert_eq!(
        (decided(&engine, "a"), shown(&engine, "a")),
        ("anything".into(), "anything".into())
    );
    let reason = "Forced to show anything, until it is let go or the page is left.";
    assert_eq!((text(&engine, "rule"), text(&engine, "reason")), ("null".into(), reason.into()));
    // No rule changes it, at facts or on the grid.
    let effects = set(&mut engine, "on", true, 30.0);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Show { .. })));
    engine.tick(3_000.0);
    assert_eq!(shown(&engine, "a"), "anything");
    let effects = force(&mut engine, None, 4_000.0);
    assert!(effects.contains(&show("default")) && effects.contains(&Effect::Decided(0)));
    assert_eq!((decided(&engine, "a"), shown(&engine, "a")), ("x".into(), "default".into()));
    assert_eq!(text(&engine, "waits"), "swap", "from here on it waits like any other");
    assert_eq!(force(&mut engine, None, 4_100.0), [], "there is nothing more to let go");
}

#[test]
fn it_is_no_exposure_spends_nothing_and_counts_against_nothing() {
    let config = r#"{"budget":{"perSession":1},"slots":{
        "a":{"swap":"now","interrupts":true,"limits":{"perSession":1},"rules":[
            {"id":"1","when":{"on":true},"show":"x"}]}}}"#;
    let mut engine = page(config);
    force(&mut engine, Some("x"), 10.0);
    let mut effects = engine.tick(20_000.0);
    effects.extend(engine.flush(20_000.0));
    assert!(!effects.iter().any(|it| matches!(it, Effect::Exposed(_) | Effect::Claim { .. })));
    assert!(!sent(effects).iter().any(|what| matches!(what, What::Exposure { .. })));
    assert_eq!(engine.budget(), None);
    // Nothing was used up: the rule gets its claim and its one exposure afterwards.
    force(&mut engine, None, 21_000.0);
    let effects = set(&mut engine, "on", true, 21_010.0);
    assert!(effects.contains(&Effect::Claim { slot: "a".into() }), "{effects:?}");
    engine.handle(&Signal::Grant { slot: "a".into(), granted: true }, 21_020.0);
    assert_eq!(shown(&engine, "a"), "x");
    assert!(engine.tick(23_000.0).contains(&Effect::Exposed(0)));
}

#[test]
fn no_arm_is_drawn_or_taught_while_a_variant_is_forced() {
    let config = r#"{"goals":{"buy":{}},"slots":{"a":{"swap":"now","rules":[
        {"id":"1","learn":{"goal":"buy","variants":["x","y"]}}]}}}"#;
    let learned = |forced: Option<&str>| {
        let mut engine = engine_on(config, &Value::Null, 0.0);
        force(&mut engine, forced, 0.0);
        open(&mut engine, "", 1.0);
        engine.tick(5_000.0);
        let awaiting = engine.snapshot().at("awaiting").clone();
        engine.handle(&Signal::Goal { name: "buy".into(), value: 1.0 }, 5_010.0);
        (awaiting, engine.snapshot().at("posteriors").clone())
    };
    let new = engine_on(config, &Value::Null, 0.0).snapshot();
    let nothing = (new.at("awaiting").clone(), new.at("posteriors").clone());
    assert_eq!(learned(Some("x")), nothing);
    assert_ne!(learned(None), nothing, "a bandit that is let alone learns from this");
}

#[test]
fn others_decide_as_if_it_were_not_forced() {
    let mut engine = page(
        r#"{"exclusive":[["a/x","b/y"]],"slots":{
            "a":{"swap":"now","rules":[{"id":"1","when":{"off":true},"show":"x"}]},
            "b":{"swap":"now","rules":[{"id":"2","when":{"on":true},"show":"y"}]}}}"#,
    );
    force(&mut engine, Some("x"), 10.0);
    set(&mut engine, "on", true, 20.0);
    assert_eq!((shown(&engine, "a"), shown(&engine, "b")), ("x".into(), "y".into()));
}

#[test]
fn it_outlasts_a_page_view_without_a_load_and_wins_over_a_session_that_looks_automated() {
    let mut engine = page(r#"{"slots":{"a":{"swap":"now","rules":[{"id":"1","show":"x"}]}}}"#);
    let sign = unspoken::signal::Sign::WebDriver;
    engine.handle(&Signal::Machine { sign }, 5.0);
    assert_eq!(shown(&engine, "a"), "default");
    force(&mut engine, Some("x"), 10.0);
    engine.handle(&Signal::Page(Page { path: "/b".into(), ..Page::default() }), 20.0);
    assert_eq!(shown(&engine, "a"), "x");
    let again: Vec<Signal> = engine.forced().collect();
    assert_eq!(again, [Signal::Force { slot: "a".into(), variant: Some("x".into()) }]);
    // A new page begins without it.
    let mut later = engine_on(r#"{"slots":{"a":{"rules":[]}}}"#, &engine.snapshot(), 9e6);
    open(&mut later, "", 9e6);
    assert_eq!(shown(&later, "a"), "default");
}

#[test]
fn what_the_page_lacks_or_the_visitor_dismisses_is_let_go_and_what_has_no_room_waits() {
    let config = r#"{"slots":{"a":{"swap":"now","rules":[{"id":"1","show":"x"}]}}}"#;
    let mut engine = page(config);
    force(&mut engine, Some("typo"), 10.0);
    let effects = engine.handle(&Signal::Refused { slot: "a".into() }, 11.0);
    assert!(effects.contains(&show("x")), "what stood before stands again: {effects:?}");
    assert_eq!((decided(&engine, "a"), shown(&engine, "a")), ("x".into(), "x".into()));
    force(&mut engine, Some("y"), 20.0);
    engine.handle(&Signal::Dismiss { slot: "a".into() }, 30.0);
    assert_eq!((decided(&engine, "a"), shown(&engine, "a")), ("default".into(), "default".into()));
    // Nothing in view moves for a tester either: what has no room waits to be out of view.
    force(&mut engine, Some("tall"), 32.0);
    let room = |fits| Signal::Room { slot: "a".into(), fits };
    assert!(engine.handle(&room(false), 33.0).contains(&show("default")));
    assert_eq!((decided(&engine, "a"), shown(&engine, "a")), ("tall".into(), "default".into()));
    assert_eq!(text(&engine, "waits"), "room");
    assert!(engine.handle(&room(true), 34.0).contains(&show("tall")));
    assert_eq!((shown(&engine, "a"), text(&engine, "waits")), ("tall".into(), "null".into()));
    // A slot that the config does not have is nobody's.
    let nobody = Signal::Force { slot: "nobody".into(), variant: Some("x".into()) };
    assert_eq!(engine.handle(&nobody, 40.0), []);
}
