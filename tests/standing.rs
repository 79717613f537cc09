//! What stands in the page before there is a core: how the engine takes it over, and what it foretells
//! for the next page view.

#[path = "support/page.rs"]
mod page;

use page::{decided, engine_on, open, set, shown};
use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::signal::{Page, Signal};
use unspoken::value::Value;

const CONFIG: &str = r#"{"slots":{"a":{"rules":[
    {"id":"first","when":{"x":1},"show":"one"},
    {"id":"second","when":{"x":2},"show":"two"}]}}}"#;

fn standing(engine: &mut Engine, slot: &str, variant: &str, at: f64) -> Vec<Effect> {
    engine.handle(&Signal::Standing { slot: slot.into(), variant: variant.into() }, at)
}

/// A page on which `variant` stands in slot `a`, with the attribute `x`, as the driver tells it: what
/// was found, then the attributes, then the page.
fn taken_over(config: &str, variant: &str, x: f64, snapshot: &Value) -> (Engine, Vec<Effect>) {
    let mut engine = engine_on(config, snapshot, 0.0);
    let mut effects = standing(&mut engine, "a", variant, 0.0);
    effects.extend(set(&mut engine, "x", x, 0.0));
    effects.extend(open(&mut engine, "", 0.0));
    (engine, effects)
}

fn shows(effects: &[Effect]) -> Vec<String> {
    let mut all = Vec::new();
    for effect in effects {
        if let Effect::Show { slot, variant } = effect {
            all.push(format!("{slot}: {variant}"));
        }
    }
    all
}

fn exposures(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Exposed(_))).count()
}

fn seen(engine: &mut Engine, share: f64, at: f64) -> Vec<Effect> {
    engine.handle(&Signal::Seen { slot: "a".into(), share }, at)
}

#[test]
fn the_same_decision_changes_nothing_and_is_exposed_once() {
    let (mut engine, mut effects) = taken_over(CONFIG, "two", 2.0, &Value::Null);
    effects.extend(engine.tick(5_000.0));
    effects.extend(seen(&mut engine, 0.0, 5_100.0));
    effects.extend(seen(&mut engine, 1.0, 5_200.0));
    effects.extend(engine.tick(9_000.0));
    assert_eq!(shows(&effects), [""; 0], "it stands already");
    assert_eq!(exposures(&effects), 1);
    let exposure = engine.exposure_at(0);
    assert_eq!((exposure.text("variant"), exposure.text("rule")), (Some("two"), Some("second")));
    assert_eq!((shown(&engine, "a"), decided(&engine, "a")), ("two".into(), "two".into()));
}

#[test]
fn another_decision_waits_for_its_moment() {
    let (mut engine, mut effects) = taken_over(CONFIG, "two", 1.0, &Value::Null);
    effects.extend(engine.tick(2_000.0));
    assert_eq!(shows(&effects), [""; 0]);
    assert_eq!((shown(&engine, "a"), decided(&engine, "a")), ("two".into(), "one".into()));
    assert_eq!(engine.decision("a").unwrap().text("waits"), Some("swap"));
    assert_eq!(exposures(&effects), 1, "what stands is seen, whatever was decided");
    assert_eq!(engine.exposure_at(0).text("variant"), Some("two"));
    assert_eq!(shows(&seen(&mut engine, 0.0, 2_100.0)), ["a: one"]);
}

#[test]
fn the_default_comes_back_at_its_moment_where_no_rule_holds() {
    let (mut engine, effects) = taken_over(CONFIG, "two", 3.0, &Value::Null);
    assert_eq!(shows(&effects), [""; 0]);
    assert_eq!((shown(&engine, "a"), decided(&engine, "a")), ("two".into(), "default".into()));
    assert_eq!(shows(&seen(&mut engine, 0.0, 300.0)), ["a: default"]);

    let now = CONFIG.replace("\"rules\"", "\"swap\":\"now\",\"rules\"");
    let (engine, effects) = taken_over(&now, "two", 3.0, &Value::Null);
    assert_eq!(shows(&effects), ["a: default"], "the site wants it at once");
    assert_eq!(shown(&engine, "a"), "default");
}

#[test]
fn what_the_config_does_not_have_is_put_back_at_once() {
    let (engine, effects) = taken_over(CONFIG, "three", 2.0, &Value::Null);
    assert_eq!(shows(&effects)[0], "a: default", "a variant that no rule shows");
    assert_eq!(shown(&engine, "a"), "default");
    let mut engine = engine_on(CONFIG, &Value::Null, 0.0);
    assert_eq!(shows(&standing(&mut engine, "gone", "two", 0.0)), ["gone: default"]);
}

#[test]
fn what_was_dismissed_in_another_tab_goes_at_once() {
    let (mut engine, _) = taken_over(CONFIG, "two", 2.0, &Value::Null);
    engine.handle(&Signal::Dismiss { slot: "a".into() }, 50.0);
    let (engine, effects) = taken_over(CONFIG, "two", 2.0, &engine.snapshot());
    assert_eq!(shows(&effects), ["a: default"]);
    assert_eq!(shown(&engine, "a"), "default");
}

#[test]
fn what_stands_counts_against_its_limits() {
    let limited =
        CONFIG.replace("\"show\":\"two\"", "\"limits\":{\"perVisitor\":1},\"show\":\"two\"");
    let (mut engine, mut effects) = taken_over(&limited, "two", 2.0, &Value::Null);
    effects.extend(engine.tick(3_000.0));
    assert_eq!((exposures(&effects), shown(&engine, "a")), (1, "two".into()));
    // On the next page it has been shown often enough.
    let (mut engine, effects) = taken_over(&limited, "two", 2.0, &engine.snapshot());
    assert_eq!((shows(&effects), shown(&engine, "a")), (vec![], "two".into()));
    assert_eq!(decided(&engine, "a"), "default");
    assert_eq!(shows(&seen(&mut engine, 0.0, 400.0)), ["a: default"]);
}

#[test]
fn it_may_be_told_in_the_middle_of_a_page_view() {
    let mut engine = engine_on(CONFIG, &Value::Null, 0.0);
    set(&mut engine, "x", 1.0, 0.0);
    open(&mut engine, "", 0.0);
    // A router brought another element, rendered by a server with another variant.
    let effects = standing(&mut engine, "a", "two", 3_000.0);
    assert_eq!((shows(&effects), shown(&engine, "a")), (vec![], "two".into()));
    assert_eq!(shows(&seen(&mut engine, 0.0, 3_100.0)), ["a: one"]);
}

/// `slot: variant`, with `visit` and `here` where it is so bounded.
fn foretold(engine: &Engine) -> Vec<String> {
    let lasting = engine.lasting();
    let mut all = Vec::new();
    for slot in lasting.items() {
        let mut text = format!("{}: {}", slot.text("slot").unwrap(), slot.text("variant").unwrap());
        for bound in ["visit", "here"] {
            if slot.at(bound).as_bool() == Some(true) {
                text = format!("{text}, {bound}");
            }
        }
        all.push(text);
    }
    all
}

fn told(rules: &str, kind: &str, at: f64) -> String {
    let config = format!(r#"{{"slots":{{"a":{{"swap":"now","rules":[{rules}]}}}}}}"#);
    let mut engine = engine_on(&config, &Value::Null, 0.0);
    let path = Page { path: "/".into(), kind: kind.into(), ..Page::default() };
    engine.handle(&Signal::Page(path), 0.0);
    engine.tick(at);
    foretold(&engine).remove(0)
}

#[test]
fn facts_and_attributes_last_and_forecasts_do_not() {
    for (when, kind, expected) in [
        (r#"{"profile.fact.size":{"$exists":false}}"#, "", "a: v"),
        (r#"{"history.purchase.count":0}"#, "", "a: v"),
        (r#"{"page.kind":"home"}"#, "home", "a: v, here"),
        (r#"{"page.kind":"home"}"#, "cart", "a: default, here"),
        (r#"{"time.hour":{"$gte":0}}"#, "", "a: v, visit"),
        (r#"{"$history":{"event":"visit","count":{"$lte":1}}}"#, "", "a: v, visit"),
        (r#"{"$or":[{"x":9},{"session.items":{"$gte":0}}]}"#, "", "a: v, visit"),
        // It holds now and at the beginning, but for how long nobody knows.
        (r#"{"intent.struggle":{"$lt":0.9}}"#, "", "a: default"),
        (r#"{"session.seconds":{"$gte":0}}"#, "", "a: default"),
        (r#"{"session.clicks":0}"#, "", "a: default"),
        (r#"{"focus":{"$exists":false}}"#, "", "a: default"),
    ] {
        let rule = format!(r#"{{"id":"r","when":{when},"show":"v"}}"#);
        assert_eq!(told(&rule, kind, 500.0), expected, "{when}");
    }
}

#[test]
fn a_rule_that_waits_for_a_forecast_is_passed_over() {
    let rules = r#"{"id":"stuck","when":{"intent.struggle":{"$gte":0.6}},"show":"help"},
                   {"id":"all","show":"plain"}"#;
    assert_eq!(told(rules, "", 500.0), "a: plain");
    let config = format!(r#"{{"slots":{{"a":{{"swap":"now","rules":[{rules}]}}}}}}"#);
    let mut engine = engine_on(&config, &Value::Null, 0.0);
    open(&mut engine, "", 0.0);
    for at in 0..8 {
        let role = unspoken::signal::Role::None;
        engine.handle(
            &Signal::Click { x: 30.0, y: 30.0, slot: None, role },
            300.0 + f64::from(at) * 60.0,
        );
    }
    engine.tick(1_500.0);
    assert_eq!(
        (shown(&engine, "a"), foretold(&engine).remove(0)),
        ("help".into(), "a: plain".into())
    );
}

#[test]
fn choices_by_chance_last_as_long_as_they_stand() {
    let test = r#"{"id":"t","test":{"variants":["one","two"],"weights":[0.0,1.0]}}"#;
    assert_eq!(told(test, "", 0.0), "a: two");
    let learn = r#"{"id":"l","learn":{"variants":["one","two"],"goal":"purchase"}}"#;
    assert!(told(learn, "", 0.0).ends_with(", visit"), "an arm stands for one session");
}

#[test]
fn nothing_is_foretold_of_interruptions_and_contradictions() {
    let config = r#"{"exclusive":[["b/x","c/y"]],"slots":{
        "a":{"interrupts":true,"rules":[{"id":"1","show":"x"}]},
        "b":{"rules":[{"id":"1","show":"x"}]},
        "c":{"rules":[{"id":"1","when":{"on":true},"show":"y"},{"id":"2","show":"z"}]},
        "d":{"notNow":["reduced-motion"],"rules":[{"id":"1","show":"x"}]}}}"#;
    let config = Config::compile(&Value::parse(config).unwrap()).unwrap();
    let start = Start { device: Value::map(), ..Start::default() };
    let mut engine = Engine::new(config, &Value::Null, start);
    open(&mut engine, "", 0.0);
    assert_eq!(foretold(&engine), ["a: default", "b: default", "c: z", "d: x"]);
    engine.handle(&Signal::Motion { reduced: true }, 10.0);
    assert_eq!(foretold(&engine)[3], "d: default");
}

#[test]
fn what_may_not_be_shown_again_is_not_foretold() {
    let limited = r#"{"slots":{"a":{"swap":"now","rules":[
        {"id":"1","limits":{"perSession":1},"show":"x"}]}}}"#;
    let mut engine = engine_on(limited, &Value::Null, 0.0);
    open(&mut engine, "", 0.0);
    assert_eq!(foretold(&engine), ["a: x"]);
    engine.tick(2_000.0);
    assert_eq!(shown(&engine, "a"), "x", "it stays where it stands");
    assert_eq!(foretold(&engine), ["a: default, visit"]);
    engine.handle(&Signal::Dismiss { slot: "a".into() }, 2_100.0);
    assert!(foretold(&engine)[0].starts_with("a: default"));
}

#[test]
fn next_page_shows_nothing_that_is_in_view_after_a_load() {
    let config = CONFIG.replace("\"rules\"", "\"swap\":\"next-page\",\"rules\"");
    let mut engine = engine_on(&config, &Value::Null, 0.0);
    set(&mut engine, "x", 1.0, 0.0);
    let effects = open(&mut engine, "", 0.0);
    assert_eq!(shows(&effects), [""; 0], "it was painted before there was a core");
    assert_eq!((decided(&engine, "a"), foretold(&engine)[0].as_str()), ("one".into(), "a: one"));
    // In the same document the router's next page may begin with it.
    let page = Page { path: "/next".into(), ..Page::default() };
    assert_eq!(shows(&engine.handle(&Signal::Page(page), 5_000.0)), ["a: one"]);

    let mut engine = engine_on(&config, &Value::Null, 0.0);
    set(&mut engine, "x", 1.0, 0.0);
    engine.handle(&Signal::Page(Page::default()), 0.0);
    engine.handle(&Signal::Slot { id: "a".into(), rect: [0.0, 900.0, 10.0, 10.0] }, 20.0);
    assert_eq!(shows(&seen(&mut engine, 0.0, 20.0)), ["a: one"], "nobody sees it there");
}
