//! The engine as a host sees it: signals in, effects out, the same whatever the clock's ticks.

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, QUIET, Start};
use unspoken::signal::{Page, Role, Sign, Signal};
use unspoken::time::Origin;
use unspoken::value::Value;
use unspoken::wire::{self, What};

const CONFIG: &str = r#"{
  "slots": {
    "hero": { "swap": "now", "rules": [
      { "id": "owner", "when": { "history.purchase.count": { "$gt": 0 } }, "show": "care" },
      { "id": "stuck", "when": { "intent.struggle": { "$gte": 0.6 } }, "show": "help" },
      { "id": "keen", "when": { "intent.compare": { "$gte": 0.05 } }, "show": "guide" } ] },
    "below": { "rules": [
      { "id": "sized", "when": { "profile.fact.size": { "$exists": true } }, "show": "fits" } ] },
    "later": { "swap": "next-page", "rules": [
      { "id": "sized", "when": { "profile.fact.size": 42 }, "show": "fits" } ] },
    "calm": { "swap": "idle", "rules": [
      { "id": "sized", "when": { "profile.fact.size": 42 }, "show": "fits" } ] }
  },
  "flushSeconds": 5
}"#;

fn engine(snapshot: &Value) -> Engine {
    engine_at(snapshot, 0.0)
}

fn engine_at(snapshot: &Value, now: f64) -> Engine {
    let config = Config::compile(&Value::parse(CONFIG).unwrap()).unwrap();
    let origin = Origin { wall_ms: 1.7e12, utc_offset_min: 0.0 };
    let start = Start { seed: 7, now, origin, collect: true, ..Start::default() };
    Engine::new(config, snapshot, start)
}

/// An engine on a page with every slot, out of view but for `hero`.
fn page() -> Engine {
    let mut engine = engine(&Value::Null);
    open(&mut engine, 0.0);
    engine
}

fn open(engine: &mut Engine, at: f64) -> Vec<Effect> {
    let sizes = Signal::Resize { viewport: [800.0, 600.0], document: [800.0, 2400.0] };
    let mut effects = engine.handle(&sizes, at);
    let page = Page { path: "/boots/".into(), kind: "category".into(), ..Page::default() };
    effects.extend(engine.handle(&Signal::Page(page), at));
    for (id, y) in [("hero", 0.0), ("below", 1500.0), ("later", 1700.0), ("calm", 1900.0)] {
        let rect = [0.0, y, 400.0, 100.0];
        effects.extend(engine.handle(&Signal::Slot { id: id.into(), rect }, at));
        let share = if y < 600.0 { 1.0 } else { 0.0 };
        effects.extend(engine.handle(&Signal::Seen { slot: id.into(), share }, at));
    }
    effects
}

fn shows(effects: &[Effect]) -> Vec<(&str, &str)> {
    let mut shows = Vec::new();
    for effect in effects {
        if let Effect::Show { slot, variant } = effect {
            shows.push((slot.as_str(), variant.as_str()));
        }
    }
    shows
}

fn batches(effects: &[Effect]) -> Vec<wire::Batch> {
    let mut batches = Vec::new();
    for effect in effects {
        if let Effect::Send { bytes, .. } = effect {
            batches.push(wire::decode(bytes).unwrap());
        }
    }
    batches
}

fn click(at: f64) -> Signal {
    Signal::Click { x: 30.0 + at / 1e4, y: 500.0, slot: None, role: Role::None }
}

#[test]
fn a_slot_climbs_its_rules_and_does_not_fall_back() {
    let mut engine = page();
    assert_eq!(shows(&engine.tick(250.0)), [("hero", "guide")]);
    for at in [300.0, 500.0, 700.0] {
        engine.handle(&click(at), at);
    }
    assert_eq!(shows(&engine.tick(750.0)), [("hero", "help")]);
    // The anger passes, the forecast falls; what is shown stays.
    let mut effects = Vec::new();
    for step in 4..240 {
        let at = f64::from(step) * 250.0;
        effects.extend(engine.handle(&Signal::Move { x: 1.0, y: f64::from(step) }, at));
    }
    assert!(engine.forecasts()[1] < 0.3, "{:?}", engine.forecasts());
    assert_eq!(shows(&effects), []);
    // A goal is a fact: everything is decided afresh.
    let goal = Signal::Goal { name: "purchase".into(), value: 80.0 };
    assert_eq!(shows(&engine.handle(&goal, 61_000.0)), [("hero", "care")]);
    let decision = engine.decision("hero").unwrap();
    assert_eq!(decision.text("rule"), Some("owner"));
    let reason = decision.text("reason").unwrap();
    assert_eq!(reason, "Rule owner holds: history.purchase.count is 1 (asked: more than 0).");
}

#[test]
fn a_swap_waits_for_its_moment() {
    let mut engine = page();
    engine.handle(&Signal::Seen { slot: "below".into(), share: 0.2 }, 600.0);
    engine.handle(&Signal::Move { x: 1.0, y: 1.0 }, 980.0);
    let fact = Signal::Fact { name: "size".into(), value: Value::from(42.0) };
    assert_eq!(shows(&engine.handle(&fact, 1_000.0)), [], "in view, in use, page open");
    let decided = engine.decision("below").unwrap();
    assert_eq!((decided.text("variant"), decided.text("shown")), (Some("fits"), Some("default")));
    assert_eq!(shows(&engine.tick(1_500.0)), [("calm", "fits")], "half a second without input");
    let away = Signal::Seen { slot: "below".into(), share: 0.0 };
    assert_eq!(shows(&engine.handle(&away, 1_600.0)), [("below", "fits")]);
    let next = open(&mut engine, 3_000.0);
    assert!(shows(&next).contains(&("later", "fits")), "{next:?}");
}

#[test]
fn exposures_goals_and_forecasts_reach_the_batch_once() {
    let mut engine = page();
    let mut effects = Vec::new();
    for step in 1..80 {
        let at = f64::from(step) * 100.0;
        effects.extend(engine.handle(&Signal::Move { x: f64::from(step), y: 50.0 }, at));
    }
    let goal = Signal::Goal { name: "signup".into(), value: f64::INFINITY };
    effects.extend(engine.handle(&goal, 8_000.0));
    effects.extend(engine.handle(&Signal::Visibility { visible: false }, 8_100.0));
    let batches = batches(&effects);
    assert_eq!(batches.len(), 2, "one after five seconds, one when hidden");
    assert_eq!((batches[0].sequence, batches[1].sequence), (0, 1));
    assert_ne!(batches[0].id, batches[1].id);
    let named = |batch: &wire::Batch, name: u16| batch.names[name as usize - 1].clone();
    let mut exposures = Vec::new();
    let (mut judged, mut goals) = (0, 0);
    for batch in &batches {
        for event in &batch.events {
            match &event.what {
                What::Exposure { slot, variant, rule, .. } => {
                    exposures.push([slot, variant, rule].map(|name| named(batch, *name)));
                }
                What::Goal { value, .. } => {
                    goals += 1;
                    assert_eq!(*value, wire::MAX_VALUE);
                }
                What::Forecast { head, bins } if named(batch, *head) == "commit" => {
                    judged += bins.iter().map(|bin| bin.count).sum::<u32>();
                }
                _ => {}
            }
        }
    }
    assert_eq!(exposures, [["hero", "guide", "keen"]]);
    assert_eq!(goals, 1);
    assert_eq!(judged, 32, "every forecast from 250 ms to 8 s, each once");
}

#[test]
fn each_page_view_and_each_session_has_its_own_batches() {
    let mut engine = page();
    engine.handle(&click(400.0), 400.0);
    let first = batches(&open(&mut engine, 900.0));
    assert_eq!(first.len(), 1, "what belongs to the first view goes out under its own number");
    let clicks = |batch: &wire::Batch| {
        batch.events.iter().filter(|it| matches!(it.what, What::Click { .. })).count()
    };
    assert_eq!(clicks(&first[0]), 1);
    let exposed = |effects: &[Effect]| effects.contains(&Effect::Exposed(0));
    assert!(!exposed(&engine.tick(1_650.0)), "the new view has to be seen for a second of its own");
    assert!(exposed(&engine.tick(2_000.0)));
    let later = 31.0 * 60_000.0;
    let old = batches(&engine.handle(&Signal::Move { x: 1.0, y: 1.0 }, later));
    assert!(!old.is_empty());
    assert!(old.iter().all(|batch| batch.session == first[0].session), "its events stay its own");
    engine.handle(&click(later), later + 500.0);
    let next = batches(&engine.flush(later + 1_000.0));
    assert_ne!(next[0].session, first[0].session, "half an hour without input ends a session");
    assert_eq!(next[0].visitor, first[0].visitor);
}

#[test]
fn hiding_a_page_is_not_seeing_its_slots() {
    let mut engine = engine(&Value::Null);
    engine.handle(&Signal::Page(Page::default()), 0.0);
    let slot = Signal::Slot { id: "below".into(), rect: [0.0, 0.0, 10.0, 10.0] };
    engine.handle(&slot, 10.0);
    let fact = Signal::Fact { name: "size".into(), value: Value::from(42.0) };
    engine.handle(&fact, 20.0);
    for (visible, at) in [(false, 30.0), (true, 40.0)] {
        let effects = engine.handle(&Signal::Visibility { visible }, at);
        assert_eq!(shows(&effects), [], "no observer has said where it is");
    }
    assert_eq!(shows(&engine.handle(&slot, 50.0)), []);
}

#[test]
fn what_is_told_while_hidden_is_sent_at_once() {
    let mut engine = page();
    engine.handle(&Signal::Visibility { visible: false }, 100.0);
    let goal = Signal::Goal { name: "purchase".into(), value: 1.0 };
    let batches = batches(&engine.handle(&goal, 5_000.0));
    assert!(batches[0].events.iter().any(|it| matches!(it.what, What::Goal { .. })));
}

#[test]
fn a_refused_swap_leaves_the_default_as_seen_as_it_was() {
    let mut engine = page();
    let calm = 3;
    engine.handle(&Signal::Seen { slot: "calm".into(), share: 1.0 }, 10.0);
    let exposures = |effects: Vec<Effect>| {
        effects.iter().filter(|effect| **effect == Effect::Exposed(calm)).count()
    };
    assert_eq!(exposures(engine.tick(1_250.0)), 1, "the default was seen");
    let fact = Signal::Fact { name: "size".into(), value: Value::from(42.0) };
    assert!(shows(&engine.handle(&fact, 1_300.0)).contains(&("calm", "fits")));
    engine.handle(&Signal::Refused { slot: "calm".into() }, 1_301.0);
    assert_eq!(exposures(engine.tick(5_000.0)), 0, "and is not seen a second time");
}

#[test]
fn nothing_depends_on_when_the_host_ticks() {
    // What the page is told and sent: shows, and batches with every forecast binned.
    let run = |ticks: f64| {
        let mut engine = page();
        let mut effects = Vec::new();
        let mut clock = 0.0;
        for step in 0..900u32 {
            let at = f64::from(step * step % 977) * 0.37 + f64::from(step) * 61.3;
            while clock + ticks <= at {
                clock += ticks;
                effects.extend(engine.tick(clock));
            }
            let (x, y) = (f64::from(step * 7 % 800), f64::from(step * 13 % 600));
            let signal = match step % 9 {
                0 => Signal::Scroll { y: f64::from(step), inner: false },
                4 if step % 90 == 4 => click(at),
                _ => Signal::Move { x, y },
            };
            effects.extend(engine.handle(&signal, at));
        }
        effects.extend(engine.flush(60_000.0));
        effects.retain(|effect| matches!(effect, Effect::Show { .. } | Effect::Send { .. }));
        (effects, engine.forecasts().map(f64::to_bits))
    };
    let often = run(1.0);
    assert!(often.0.len() > 10);
    for ticks in [37.0, 613.0, 1e9] {
        assert!(run(ticks) == often, "ticks every {ticks} ms change the outcome");
    }
}

#[test]
fn a_quiet_or_hidden_page_is_left_alone() {
    let mut engine = page();
    let forecasts =
        |effects: &[Effect]| effects.iter().filter(|it| matches!(it, Effect::Forecast(_))).count();
    assert_eq!(forecasts(&engine.tick(QUIET)), 240);
    assert_eq!(forecasts(&engine.tick(10.0 * QUIET)), 0);
    assert_eq!(engine.wake_at(), None);
    engine.handle(&Signal::Move { x: 1.0, y: 1.0 }, 10.0 * QUIET + 3.0);
    let next = engine.wake_at().unwrap();
    assert!(next > 10.0 * QUIET && next <= 10.0 * QUIET + 250.0, "the grid goes on: {next}");
    engine.handle(&Signal::Visibility { visible: false }, 10.0 * QUIET + 5.0);
    assert_eq!(engine.wake_at(), None);
    assert_eq!(forecasts(&engine.tick(11.0 * QUIET)), 0);
}

#[test]
fn the_profile_is_all_that_the_next_page_needs() {
    let mut engine = page();
    engine.handle(&Signal::Goal { name: "purchase".into(), value: 1.0 }, 900.0);
    let mut next = self::engine(&engine.snapshot());
    let effects = open(&mut next, 10.0);
    assert_eq!(shows(&effects), [("hero", "care")]);
    assert_eq!(next.profile().session.pages, 2);
    assert_eq!(next.profile().visitor, engine.profile().visitor);
    // And another tab learns of it through a merge.
    let mut other = self::engine(&page().snapshot());
    open(&mut other, 0.0);
    let profile = engine.snapshot();
    assert_eq!(shows(&other.handle(&Signal::Merge { profile }, 50.0)), [("hero", "care")]);
}

#[test]
fn time_that_runs_backwards_and_numbers_that_are_none_are_survived() {
    let mut engine = page();
    for at in [500.0, -3.0, f64::NAN, f64::INFINITY.min(900.0), 400.0] {
        engine.handle(&Signal::Move { x: f64::NAN, y: f64::INFINITY }, at);
        engine.handle(&Signal::Scroll { y: f64::NAN, inner: false }, at);
        engine.handle(&Signal::Resize { viewport: [f64::NAN; 2], document: [0.0; 2] }, at);
    }
    engine.tick(2_000.0);
    assert!(
        engine.forecasts().iter().all(|it| (0.0..=1.0).contains(it)),
        "{:?}",
        engine.forecasts()
    );
    assert_eq!(engine.now(), 2_000.0);
}

#[test]
fn a_variant_that_the_page_lacks_is_not_exposed() {
    let mut engine = page();
    engine.tick(250.0);
    engine.handle(&Signal::Refused { slot: "hero".into() }, 251.0);
    let exposed = |effects: Vec<Effect>| effects.contains(&Effect::Exposed(0));
    let mut seen = false;
    for step in 2..12 {
        seen |= exposed(engine.tick(f64::from(step) * 250.0));
    }
    let exposure = engine.exposure_at(0);
    assert!(seen);
    assert_eq!((exposure.text("variant"), exposure.text("rule")), (Some("default"), None));
}

/// An engine on the same page whose config has `"machines": "serve"`.
fn serving() -> Engine {
    let config = CONFIG.replace("\"flushSeconds\"", "\"machines\": \"serve\", \"flushSeconds\"");
    let config = Config::compile(&Value::parse(&config).unwrap()).unwrap();
    Engine::new(config, &Value::Null, Start { seed: 7, collect: true, ..Start::default() })
}

fn automation(engine: &Engine) -> String {
    engine.automation().to_json()
}

fn has_forecasts(batches: &[wire::Batch]) -> bool {
    let events = batches.iter().flat_map(|batch| &batch.events);
    events.clone().any(|it| matches!(it.what, What::Forecast { .. }))
}

#[test]
fn a_session_that_looks_automated_goes_back_to_the_default_and_is_not_learned_from() {
    let run = |mut engine: Engine, told: bool| {
        open(&mut engine, 0.0);
        let goal = Signal::Goal { name: "purchase".into(), value: 1.0 };
        assert_eq!(shows(&engine.handle(&goal, 200.0)), [("hero", "care")]);
        let mut effects = Vec::new();
        if told {
            effects.extend(engine.handle(&Signal::Machine { sign: Sign::WebDriver }, 400.0));
        }
        effects.extend(engine.handle(&click(2_000.0), 2_000.0));
        effects.extend(engine.flush(6_000.0));
        (engine, effects)
    };
    let (engine, effects) = run(page(), false);
    assert!(has_forecasts(&batches(&effects)), "a person's forecasts are counted");
    assert_eq!((batches(&effects)[0].automation, batches(&effects)[0].excluded), (0, 0));
    assert_eq!(automation(&engine), r#"{"score":0,"reasons":[],"excluded":false}"#);

    let (mut engine, effects) = run(page(), true);
    assert_eq!(shows(&effects), [("hero", "default")]);
    assert!(!has_forecasts(&batches(&effects)), "a script's are not");
    assert!(batches(&effects).iter().all(|it| (it.automation, it.excluded) == (98, 1)));
    assert_eq!(automation(&engine), r#"{"score":0.98,"reasons":["webdriver"],"excluded":true}"#);
    let reason = |engine: &Engine, slot: &str| {
        let decision = engine.decision(slot).unwrap();
        String::from(decision.text("reason").unwrap())
    };
    for slot in ["hero", "below", "later", "calm"] {
        assert_eq!(reason(&engine, slot), "This session looks automated, so the default stays.");
    }
    let fact = Signal::Fact { name: "size".into(), value: Value::from(42.0) };
    assert!(shows(&engine.handle(&fact, 6_500.0)).is_empty(), "and it stays");

    let (engine, effects) = run(serving(), true);
    assert_eq!(shows(&effects), [], "served as a person is");
    assert!(has_forecasts(&batches(&effects)));
    assert!(batches(&effects).iter().all(|it| (it.automation, it.excluded) == (98, 0)));
    assert_eq!(automation(&engine), r#"{"score":0.98,"reasons":["webdriver"],"excluded":false}"#);
}

#[test]
fn the_score_stays_with_the_session_and_ends_with_it() {
    let mut engine = page();
    let line = |engine: &mut Engine, from: f64| {
        for step in 0..40 {
            let at = from + 16.7 * f64::from(step);
            let to =
                Signal::Move { x: 20.0 + 17.0 * f64::from(step), y: 30.0 + 8.0 * f64::from(step) };
            engine.handle(&to, at);
        }
    };
    line(&mut engine, 500.0);
    assert!(automation(&engine).contains(r#""reasons":["kinematics"],"excluded":true"#));
    let mut next = engine_at(&engine.snapshot(), 2_000.0);
    let effects = open(&mut next, 2_000.0);
    assert!(automation(&next).contains("\"excluded\":true"), "the next page knows");
    let decided = next.decision("hero").unwrap();
    assert!(decided.text("reason").unwrap().starts_with("This session looks automated"));
    assert!(shows(&effects).is_empty());
    // Another tab learns of it.
    let mut other = self::engine(&page().snapshot());
    open(&mut other, 0.0);
    assert!(automation(&other).contains("\"excluded\":false"));
    other.handle(&Signal::Merge { profile: engine.snapshot() }, 50.0);
    assert!(automation(&other).contains("\"excluded\":true"));
    // Half an hour later it is a session like any other, and is decided for.
    let later = 40.0 * 60_000.0;
    engine.handle(&Signal::Move { x: 1.0, y: 1.0 }, later);
    assert_eq!(automation(&engine), r#"{"score":0,"reasons":[],"excluded":false}"#);
    let goal = Signal::Goal { name: "purchase".into(), value: 1.0 };
    assert_eq!(shows(&engine.handle(&goal, later + 10.0)), [("hero", "care")]);
}
