//! Deciding as a host sees it: rules, conflicts, gates and bandits together.

#[path = "support/page.rs"]
mod page;

use page::{decided, engine_on, open, page, set, shown};
use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::signal::Signal;
use unspoken::value::Value;
use unspoken::wire::{self, What};

#[test]
fn messages_that_contradict_are_never_shown_together() {
    let config = r#"{"exclusive":[["new-here","welcome-back"]],"slots":{
        "top":{"swap":"now","rules":[
            {"id":"new-here","when":{"new":true},"show":"hello"},
            {"id":"plain","when":{"new":true},"show":"plain"}]},
        "side":{"swap":"now","priority":1,"rules":[
            {"id":"welcome-back","when":{"back":true},"show":"again"}]}}}"#;
    let mut engine = page(config);
    set(&mut engine, "new", true, 10.0);
    assert_eq!((shown(&engine, "top"), shown(&engine, "side")), ("hello".into(), "default".into()));
    // What is shown already stays, even against a higher priority.
    set(&mut engine, "back", true, 20.0);
    assert_eq!((shown(&engine, "top"), shown(&engine, "side")), ("hello".into(), "default".into()));
    set(&mut engine, "new", false, 30.0);
    engine.tick(500.0);
    assert_eq!((shown(&engine, "top"), shown(&engine, "side")), ("default".into(), "again".into()));
    set(&mut engine, "new", true, 600.0);
    assert_eq!(shown(&engine, "top"), "plain", "the next rule gets its turn");

    let mut engine = engine_on(config, &Value::Null, 0.0);
    set(&mut engine, "new", true, 0.0);
    set(&mut engine, "back", true, 0.0);
    open(&mut engine, "", 0.0);
    assert_eq!(shown(&engine, "side"), "again", "of two at once the higher priority wins");
}

#[test]
fn a_message_waits_until_the_other_has_left_the_page() {
    let mut engine = page(
        r#"{"exclusive":[["a/x","b/y"]],"slots":{
            "a":{"rules":[{"id":"1","when":{"which":"a"},"show":"x"}]},
            "b":{"swap":"now","rules":[{"id":"2","when":{"which":"b"},"show":"y"}]}}}"#,
    );
    engine.handle(&Signal::Seen { slot: "a".into(), share: 0.0 }, 5.0);
    set(&mut engine, "which", "a", 10.0);
    engine.handle(&Signal::Seen { slot: "a".into(), share: 1.0 }, 20.0);
    set(&mut engine, "which", "b", 30.0);
    assert_eq!((decided(&engine, "a"), shown(&engine, "a")), ("default".into(), "x".into()));
    assert_eq!((decided(&engine, "b"), shown(&engine, "b")), ("y".into(), "default".into()));
    engine.handle(&Signal::Seen { slot: "a".into(), share: 0.0 }, 40.0);
    engine.tick(250.0);
    assert_eq!((shown(&engine, "a"), shown(&engine, "b")), ("default".into(), "y".into()));
}

#[test]
fn a_slot_holds_what_it_shows_for_a_while() {
    let mut engine = page(
        r#"{"slots":{"a":{"swap":"now","hold":"2s","rules":[{"id":"1","when":{"on":true},"show":"x"}]}}}"#,
    );
    set(&mut engine, "on", true, 100.0);
    assert_eq!(shown(&engine, "a"), "x");
    set(&mut engine, "on", false, 200.0);
    engine.tick(2_000.0);
    assert_eq!(shown(&engine, "a"), "x");
    engine.tick(2_250.0);
    assert_eq!(shown(&engine, "a"), "default");
}

#[test]
fn seen_is_what_the_slot_says() {
    let mut engine = page(
        r#"{"slots":{"a":{"exposure":{"share":0.9,"seconds":3},"rules":[]},"b":{"rules":[]}}}"#,
    );
    engine.handle(&Signal::Seen { slot: "a".into(), share: 0.8 }, 10.0);
    let exposed = |effects: Vec<Effect>| {
        let is = |effect: &Effect| matches!(effect, Effect::Exposed(0));
        effects.iter().any(is)
    };
    assert!(!exposed(engine.tick(5_000.0)));
    engine.handle(&Signal::Seen { slot: "a".into(), share: 0.95 }, 5_000.0);
    assert!(!exposed(engine.tick(7_750.0)));
    assert!(exposed(engine.tick(8_000.0)));
}

#[test]
fn what_has_a_mistake_is_left_out_and_the_rest_works() {
    let text = r#"{"exclusive":[["nobody"]],"slots":{
        "a":{"swap":"now","rules":[{"id":"bad","when":{"x":{"$near":1}},"show":"v"},{"id":"good","show":"w"}]},
        "b":{"swap":"now","hold":"2 fortnights","rules":[{"id":"r","show":"w"}]}}}"#;
    let (config, mistakes) = Config::compile_all(&Value::parse(text).unwrap());
    let paths: Vec<&str> = mistakes.iter().map(|mistake| mistake.path()).collect();
    assert_eq!(paths, ["slots.a.rules[0].when.x.$near", "slots.b.hold", "exclusive[0][0]"]);
    let mut engine = Engine::new(config, &Value::Null, Start::default());
    open(&mut engine, "", 0.0);
    assert_eq!((shown(&engine, "a"), shown(&engine, "b")), ("w".into(), "default".into()));
}

#[test]
fn what_was_dismissed_is_gone_at_once_and_for_good() {
    let config = r#"{"slots":{"a":{"hold":"1m","rules":[{"id":"1","show":"x"}]}}}"#;
    let mut engine = page(config);
    engine.handle(&Signal::Seen { slot: "a".into(), share: 0.0 }, 5.0);
    assert_eq!(shown(&engine, "a"), "x");
    engine.handle(&Signal::Seen { slot: "a".into(), share: 1.0 }, 10.0);
    engine.handle(&Signal::Typing, 20.0);
    engine.handle(&Signal::Dismiss { slot: "a".into() }, 30.0);
    assert_eq!(shown(&engine, "a"), "default", "in view, held, and while somebody types");
    let reason = engine.decision("a").unwrap();
    assert_eq!(reason.text("reason"), Some("The default stays: the visitor dismissed it."));
    let mut later = engine_on(config, &engine.snapshot(), 9e9);
    open(&mut later, "", 9e9);
    assert_eq!(decided(&later, "a"), "default");
}

#[test]
fn a_closed_gate_keeps_a_slot_as_it_is() {
    let mut engine = page(
        r#"{"slots":{"a":{"swap":"now","rules":[{"id":"1","when":{"on":true},"show":"x"}]},
                     "b":{"swap":"now","notNow":[],"rules":[{"id":"1","when":{"on":true},"show":"x"}]},
                     "c":{"swap":"now","rules":[{"id":"1","notNow":["form-error"],"when":{"on":true},"show":"x"}]}}}"#,
    );
    engine.handle(&Signal::Typing, 100.0);
    set(&mut engine, "on", true, 200.0);
    assert_eq!((shown(&engine, "a"), decided(&engine, "a")), ("default".into(), "x".into()));
    assert_eq!(engine.decision("a").unwrap().text("waits"), Some("typing"));
    assert_eq!((shown(&engine, "b"), shown(&engine, "c")), ("x".into(), "x".into()));
    engine.tick(10_250.0);
    assert_eq!(shown(&engine, "a"), "x");
    engine.handle(&Signal::FormError, 10_300.0);
    set(&mut engine, "on", false, 10_400.0);
    assert_eq!((shown(&engine, "a"), shown(&engine, "b")), ("x".into(), "default".into()));
    assert_eq!(engine.decision("a").unwrap().text("waits"), Some("form-error"));
}

const LEARN: &str = r#"{"flushSeconds":1,"slots":{"a":{"swap":"now","rules":[{"id":"l","learn":{
    "variants":["default","guide"],"goal":"order","within":"10s"}}]}}}"#;

fn lessons(effects: &[Effect]) -> Vec<(String, u32, u32)> {
    let mut lessons = Vec::new();
    for effect in effects {
        let Effect::Send { bytes, .. } = effect else { continue };
        let batch = wire::decode(bytes).unwrap();
        for event in &batch.events {
            if let What::Lesson { variant, chance, reward, .. } = event.what {
                lessons.push((batch.names[variant as usize - 1].clone(), chance, reward));
            }
        }
    }
    lessons
}

#[test]
fn an_arm_stands_for_the_session_and_learns_from_what_came_of_it() {
    let (mut ordered, mut drawn) = ([0, 0], [0, 0]);
    let mut snapshot = Value::Null;
    for visit in 0..120 {
        let now = f64::from(visit) * 36e5;
        let mut engine = engine_on(LEARN, &snapshot, now);
        open(&mut engine, "", now);
        let variant = decided(&engine, "a");
        let arm = usize::from(variant == "guide");
        drawn[arm] += 1;
        let mut effects = engine.tick(now + 2_000.0);
        set(&mut engine, "anything", true, now + 2_100.0);
        assert_eq!(decided(&engine, "a"), variant);
        let explained = engine.explain("a").unwrap();
        let rule = &explained.at("rules").items()[0];
        let chance = rule.number("chance").unwrap();
        assert!((0.049..=0.951).contains(&chance), "{chance}");
        assert_eq!(rule.at("variants").items().len(), 2);
        // Only who sees the guide orders.
        if arm == 1 {
            let order = Signal::Goal { name: "order".into(), value: 0.0 };
            effects.extend(engine.handle(&order, now + 3_000.0));
            ordered[arm] += 1;
        }
        effects.extend(engine.handle(&Signal::Visibility { visible: false }, now + 20_000.0));
        let told = lessons(&effects);
        assert_eq!(told.len(), 1 + arm, "shown, and rewarded where it was");
        assert!(told.iter().all(|lesson| lesson.0 == variant && lesson.1 >= 50_000));
        assert_eq!(told[0].2, 0);
        snapshot = engine.snapshot();
    }
    assert!(drawn[1] > 90, "{drawn:?} of 120");
    assert!(drawn[0] > 0, "the least probability keeps the other alive: {drawn:?}");
}

#[test]
fn what_was_not_seen_and_who_is_a_machine_teach_nothing() {
    let mut engine = engine_on(LEARN, &Value::Null, 0.0);
    open(&mut engine, "", 0.0);
    engine.handle(&Signal::Seen { slot: "a".into(), share: 0.0 }, 1.0);
    let order = Signal::Goal { name: "order".into(), value: 0.0 };
    let mut effects = engine.handle(&order, 3_000.0);
    effects.extend(engine.tick(30_000.0));
    assert_eq!(lessons(&effects), []);
    let plain = engine.snapshot();
    assert_eq!(plain.at("posteriors").items().len(), 0);

    let mut engine = engine_on(LEARN, &Value::Null, 0.0);
    open(&mut engine, "", 0.0);
    engine.tick(2_000.0);
    let machine = Signal::Machine { sign: unspoken::signal::Sign::WebDriver };
    engine.handle(&machine, 2_500.0);
    engine.handle(&order, 3_000.0);
    engine.tick(30_000.0);
    assert_eq!(engine.snapshot().at("posteriors").items().len(), 0);
    assert_eq!(decided(&engine, "a"), "default");
}

#[test]
fn a_slot_that_the_page_does_not_have_stands_in_nobodys_way() {
    let config = r#"{"exclusive":[["popup","banner"]],"slots":{
        "popup":{"swap":"now","priority":5,"rules":[{"id":"1","show":"x"}]},
        "banner":{"swap":"now","rules":[{"id":"1","show":"y"}]}}}"#;
    let mut engine = engine_on(config, &Value::Null, 0.0);
    engine.handle(&Signal::Page(Default::default()), 0.0);
    engine.handle(&Signal::Slot { id: "banner".into(), rect: [0.0; 4] }, 10.0);
    engine.tick(500.0);
    assert_eq!(shown(&engine, "banner"), "y");
    let both = page(config);
    assert_eq!((shown(&both, "popup"), shown(&both, "banner")), ("x".into(), "default".into()));
}

#[test]
fn a_new_page_view_begins_without_the_last_ones_forecasts() {
    let mut engine = page(
        r#"{"slots":{"a":{"swap":"now","rules":[{"id":"1","when":{"intent.leave":{"$gte":0.6}},"show":"x"}]}}}"#,
    );
    engine.handle(&Signal::Exit, 900.0);
    engine.tick(1_000.0);
    assert_eq!(shown(&engine, "a"), "x");
    open(&mut engine, "", 1_100.0);
    assert_eq!(shown(&engine, "a"), "default");
}
