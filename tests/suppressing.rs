//! What keeps a slot from showing: limits, what has served its end, the budget of interruptions; and
//! what moves it: history and journeys.

#[path = "support/page.rs"]
mod page;

use page::{NOON, decided, engine_on, open, page, set, shown};
use unspoken::engine::{Effect, Engine};
use unspoken::signal::Signal;
use unspoken::value::Value;

const HOUR: f64 = 36e5;

fn goal(engine: &mut Engine, name: &str, at: f64) -> Vec<Effect> {
    engine.handle(&Signal::Goal { name: name.into(), value: 0.0 }, at)
}

fn reason(engine: &Engine, slot: &str) -> String {
    engine.decision(slot).unwrap().text("reason").unwrap().into()
}

/// The next visit of the same browser.
fn again(config: &str, before: &Engine, at: f64) -> Engine {
    let mut engine = engine_on(config, &before.snapshot(), at);
    open(&mut engine, "", at);
    engine
}

#[test]
fn a_limit_keeps_a_slot_from_beginning_and_takes_nothing_away() {
    let config = r#"{"slots":{"a":{"swap":"now","limits":{"perSession":2},"rules":[{"id":"1","show":"x"}]}}}"#;
    let mut engine = page(config);
    engine.tick(5_000.0);
    set(&mut engine, "anything", 1.0, 6_000.0);
    assert_eq!(shown(&engine, "a"), "x", "seen once, and it stays");
    open(&mut engine, "", 10_000.0);
    engine.tick(15_000.0);
    set(&mut engine, "anything", 2.0, 16_000.0);
    assert_eq!(shown(&engine, "a"), "x");
    open(&mut engine, "", 20_000.0);
    assert_eq!((decided(&engine, "a"), shown(&engine, "a")), ("default".into(), "default".into()));
    let explained = engine.explain("a").unwrap();
    let rule = &explained.at("rules").items()[0];
    assert_eq!(rule.text("refused"), Some("shown 2 times in this session, at most 2"));
    let mut later = again(config, &engine, 30.0 * HOUR);
    assert_eq!(shown(&later, "a"), "x", "another session");
    later.tick(30.0 * HOUR + 1.0);
}

#[test]
fn a_cool_down_and_a_rules_own_limit_let_the_next_rule_have_its_turn() {
    let config = r#"{"slots":{"a":{"swap":"now","rules":[
        {"id":"loud","limits":{"cooldown":"1h"},"show":"x"},{"id":"calm","show":"y"}]}}}"#;
    let mut engine = page(config);
    engine.tick(3_000.0);
    open(&mut engine, "", 4_000.0);
    assert_eq!(shown(&engine, "a"), "y");
    assert_eq!(shown(&again(config, &engine, HOUR), "a"), "y");
    assert_eq!(shown(&again(config, &engine, HOUR + 4_000.0), "a"), "x");
}

#[test]
fn what_was_bought_or_told_is_not_shown_again_and_goes_at_once() {
    let config = r#"{"slots":{
        "a":{"limits":{"until":{"goal":"purchase","for":"30d"}},"rules":[{"id":"1","show":"x"}]},
        "b":{"limits":{"until":{"fact":"email"}},"rules":[{"id":"1","show":"x"}]}}}"#;
    let mut engine = engine_on(config, &Value::Null, 0.0);
    open(&mut engine, "", 0.0);
    for slot in ["a", "b"] {
        engine.handle(&Signal::Seen { slot: slot.into(), share: 0.0 }, 1.0);
        engine.handle(&Signal::Seen { slot: slot.into(), share: 1.0 }, 2.0);
    }
    assert_eq!((shown(&engine, "a"), shown(&engine, "b")), ("x".into(), "x".into()));
    goal(&mut engine, "purchase", 100.0);
    assert_eq!(shown(&engine, "a"), "default", "in view, and the swap is before-seen");
    assert_eq!(reason(&engine, "a"), "The default stays: the goal purchase was reached.");
    engine.handle(&Signal::Fact { name: "email".into(), value: "given".into() }, 200.0);
    assert_eq!(shown(&engine, "b"), "default");
    assert_eq!(decided(&again(config, &engine, 24.0 * 29.0 * HOUR), "a"), "default");
    assert_eq!(decided(&again(config, &engine, 24.0 * 31.0 * HOUR), "a"), "x");
    assert_eq!(decided(&again(config, &engine, 24.0 * 31.0 * HOUR), "b"), "default");
}

#[test]
fn another_tabs_dismissal_takes_it_away_here() {
    let config = r#"{"slots":{"a":{"swap":"now","rules":[{"id":"1","show":"x"}]}}}"#;
    let mut here = page(config);
    let mut there = again(config, &here, 1_000.0);
    there.handle(&Signal::Dismiss { slot: "a".into() }, 2_000.0);
    assert_eq!(shown(&here, "a"), "x");
    here.handle(&Signal::Merge { profile: there.snapshot() }, 2_001.0);
    assert_eq!(shown(&here, "a"), "default");
}

const POPUPS: &str = r#"{"budget":{"interruptionsPerSession":1},"slots":{
    "low":{"swap":"now","interrupts":true,"notNow":[],"rules":[{"id":"1","when":{"on":true},"show":"x"}]},
    "high":{"swap":"now","interrupts":true,"notNow":[],"priority":5,
            "rules":[{"id":"1","when":{"on":true},"show":"x"}]},
    "calm":{"swap":"now","rules":[{"id":"1","when":{"on":true},"show":"x"}]}}}"#;

fn claims(effects: &[Effect]) -> Vec<&str> {
    let mut claims = Vec::new();
    for effect in effects {
        if let Effect::Claim { slot } = effect {
            claims.push(slot.as_str());
        }
    }
    claims
}

fn grant(engine: &mut Engine, slot: &str, at: f64) {
    engine.handle(&Signal::Grant { slot: slot.into(), granted: true }, at);
}

#[test]
fn one_interruption_for_all_slots_and_the_higher_priority_has_it() {
    let mut engine = page(POPUPS);
    let effects = set(&mut engine, "on", true, 100.0);
    assert_eq!(claims(&effects), ["high", "low"], "in the order of priority");
    assert_eq!((shown(&engine, "high"), shown(&engine, "calm")), ("default".into(), "x".into()));
    grant(&mut engine, "high", 110.0);
    grant(&mut engine, "low", 111.0);
    assert_eq!((shown(&engine, "high"), shown(&engine, "low")), ("x".into(), "default".into()));
    let explained = engine.explain("low").unwrap();
    let refused = explained.at("rules").items()[0].text("refused").map(String::from);
    assert_eq!(refused.as_deref(), Some("interrupted 1 time in this session, at most 1"));
    assert_eq!(engine.budget(), refused, "the budget says the same");
    assert_eq!(page(POPUPS).budget(), None, "and nothing while it has room");
    let told = explained.at("rules").items()[0].at("tests").items()[0].to_json();
    let asked = r#"{"attribute":"on","operator":"$eq","asked":true,"saw":true,"held":true}"#;
    assert_eq!(told, asked);
    // Its condition wavers: the same interruption goes on.
    set(&mut engine, "on", false, 120.0);
    assert_eq!(shown(&engine, "high"), "default");
    set(&mut engine, "on", true, 130.0);
    assert_eq!(shown(&engine, "high"), "x");
    open(&mut engine, "", 5_000.0);
    assert_eq!(shown(&engine, "high"), "default", "another page view, and nothing is left");
}

#[test]
fn what_another_tab_claimed_in_the_meantime_counts() {
    let mut here = page(POPUPS);
    let mut there = again(POPUPS, &here, 100.0);
    set(&mut there, "on", true, 200.0);
    set(&mut here, "on", true, 200.0);
    grant(&mut there, "high", 210.0);
    assert_eq!(shown(&there, "high"), "x");
    here.handle(&Signal::Merge { profile: there.snapshot() }, 219.0);
    let effects = here.handle(&Signal::Grant { slot: "high".into(), granted: true }, 220.0);
    assert_eq!(shown(&here, "high"), "default");
    let later = here.tick(5_000.0);
    assert_eq!((claims(&effects).len(), claims(&later).len()), (0, 0), "it does not ask for ever");
}

#[test]
fn a_browser_that_refuses_is_not_asked_again_on_this_page() {
    let mut engine = page(POPUPS);
    set(&mut engine, "on", true, 100.0);
    engine.handle(&Signal::Grant { slot: "high".into(), granted: false }, 110.0);
    let effects = engine.tick(5_000.0);
    assert_eq!((claims(&effects).len(), shown(&engine, "high")), (0, "default".into()));
}

#[test]
fn conditions_ask_what_happened_before() {
    let config = r#"{"slots":{
        "often":{"swap":"now","rules":[{"id":"1","when":{"$history":
            {"event":"add_to_cart","count":{"$gte":2},"within":"1d","since":"purchase"}},"show":"x"}]},
        "path":{"swap":"now","rules":[{"id":"1","when":{"$history":
            {"sequence":["page:product","add_to_cart","page:cart"],"within":"1h"}},"show":"x"}]}}}"#;
    let mut engine = engine_on(config, &Value::Null, 0.0);
    open(&mut engine, "cart", 0.0);
    open(&mut engine, "product", 1_000.0);
    goal(&mut engine, "add_to_cart", 2_000.0);
    assert_eq!(
        (shown(&engine, "often"), shown(&engine, "path")),
        ("default".into(), "default".into())
    );
    goal(&mut engine, "add_to_cart", 3_000.0);
    assert_eq!(shown(&engine, "often"), "x");
    open(&mut engine, "cart", 4_000.0);
    assert_eq!(shown(&engine, "path"), "x");
    goal(&mut engine, "purchase", 5_000.0);
    assert_eq!(shown(&engine, "often"), "default");
    let mut next = engine_on(config, &engine.snapshot(), 2.0 * HOUR);
    open(&mut next, "", 2.0 * HOUR);
    assert_eq!(shown(&next, "path"), "default", "longer ago than an hour");
}

const CART: &str = r#"{"journeys":{"cart":{"states":{
        "browsing":[{"on":"add_to_cart","to":"filled"}],
        "filled":[{"on":"purchase","to":"bought"},{"on":"visit","to":"returned"}],
        "returned":[{"on":"exposure:banner/remind","to":"reminded"},{"on":"purchase","to":"bought"}],
        "reminded":[{"on":"purchase","to":"bought"}],
        "bought":[{"after":"30d","to":"browsing"}]}}},
    "slots":{"banner":{"swap":"now","rules":[
        {"id":"remind","when":{"journey.cart":{"$in":["returned","reminded"]}},"limits":{"perVisitor":1},"show":"remind"},
        {"id":"care","when":{"journey.cart":"bought","journey.cart.seconds":{"$gt":60}},"show":"care"}]}}}"#;

#[test]
fn a_journey_goes_over_pages_and_visits() {
    let mut engine = page(CART);
    goal(&mut engine, "add_to_cart", 1_000.0);
    assert_eq!(shown(&engine, "banner"), "default", "left the cart, and reminded of nothing yet");
    let mut back = again(CART, &engine, 24.0 * HOUR);
    assert_eq!(shown(&back, "banner"), "remind");
    back.tick(24.0 * HOUR + 3_000.0);
    assert_eq!(shown(&back, "banner"), "remind", "seen, and it stays while the page does");
    let mut third = again(CART, &back, 48.0 * HOUR);
    assert_eq!(shown(&third, "banner"), "default", "reminded once");
    goal(&mut third, "purchase", 48.0 * HOUR + 1_000.0);
    third.handle(&Signal::Move { x: 1.0, y: 1.0 }, 48.0 * HOUR + 50_000.0);
    third.tick(48.0 * HOUR + 62_000.0);
    assert_eq!(shown(&third, "banner"), "care");
    let long_after = again(CART, &third, 24.0 * 33.0 * HOUR);
    assert_eq!(shown(&long_after, "banner"), "default", "browsing again after a month");
}

#[test]
fn a_schedule_opens_and_closes() {
    // NOON is 2023-11-14T22:13:20Z, a Tuesday; in Tokyo it is Wednesday morning.
    let config = |schedule: &str| {
        format!(
            r#"{{"slots":{{"a":{{"swap":"now","rules":[{{"id":"1","schedule":{schedule},"show":"x"}}]}}}}}}"#
        )
    };
    let shows = |schedule: &str| shown(&page(&config(schedule)), "a") == "x";
    assert!(
        shows(r#"{"days":["tue"],"zone":"UTC"}"#) && !shows(r#"{"days":["wed"],"zone":"UTC"}"#)
    );
    assert!(shows(r#"{"days":["wed"],"zone":"Asia/Tokyo"}"#));
    assert!(shows(r#"{"hours":["22:00","23:00"],"zone":"UTC"}"#));
    assert!(!shows(r#"{"to":"2023-11-14T22:13","zone":"UTC"}"#));
    assert!(shows(r#"{"from":"2023-11-14T22:13","zone":"UTC"}"#));
    assert_eq!(NOON, 1.7e12);
}

#[test]
fn what_was_dismissed_meanwhile_spends_nothing() {
    let mut engine = page(POPUPS);
    set(&mut engine, "on", true, 100.0);
    engine.handle(&Signal::Dismiss { slot: "high".into() }, 105.0);
    grant(&mut engine, "high", 110.0);
    grant(&mut engine, "low", 111.0);
    assert_eq!((shown(&engine, "high"), shown(&engine, "low")), ("default".into(), "x".into()));
}
