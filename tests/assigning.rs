//! Experiments, factors, the holdout and features as a page sees them: through slots.

#[path = "support/page.rs"]
mod page;

use page::{decided, engine_on, open, page, set, shown};
use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, MAX_SNAPSHOT, Start};
use unspoken::signal::Signal;
use unspoken::value::Value;
use unspoken::wire::{self, What};

fn as_visitor(engine: &mut Engine, id: &str) {
    set(engine, "id", id, engine.now());
}

const TEST: &str = r#"{"slots":{"a":{"swap":"now","rules":[
    {"id":"t","when":{"plan":"pro"},"test":{"variants":["default","boots"],"weights":[0.25,0.75]}}]}}}"#;

#[test]
fn a_test_assigns_by_weight_and_keeps_what_it_assigned() {
    let mut counts = [0, 0];
    let mut engine = page(TEST);
    set(&mut engine, "plan", "pro", 1.0);
    for at in 0..2_000 {
        as_visitor(&mut engine, &format!("visitor {at}"));
        counts[usize::from(decided(&engine, "a") == "boots")] += 1;
    }
    assert!((440..560).contains(&counts[0]), "{counts:?} of 500 and 1,500");
    let decision = engine.decision("a").unwrap();
    let assigned = format!("Its experiment assigned {}.", decided(&engine, "a"));
    assert!(decision.text("reason").unwrap().ends_with(&assigned), "{decision:?}");
    // Kept, although the weights turn round.
    let other = TEST.replace("[0.25,0.75]", "[0.95,0.05]");
    let mut engine = page(TEST);
    set(&mut engine, "plan", "pro", 1.0);
    let before = decided(&engine, "a");
    let mut later = engine_on(&other, &engine.snapshot(), 100.0);
    open(&mut later, "", 100.0);
    set(&mut later, "plan", "pro", 101.0);
    assert_eq!(decided(&later, "a"), before);
}

#[test]
fn control_is_seen_by_the_same_rule_and_says_with_what_probability() {
    let config = TEST
        .replace(r#""when":{"plan":"pro"},"#, "")
        .replace("{\"slots\"", "{\"flushSeconds\":1,\"slots\"");
    let mut seen = Vec::new();
    for at in 0..40 {
        let mut engine = engine_on(&config, &Value::Null, f64::from(at));
        let mut effects = open(&mut engine, "", f64::from(at));
        effects.extend(engine.tick(5_000.0));
        effects.extend(engine.handle(&Signal::Visibility { visible: false }, 5_100.0));
        for effect in &effects {
            let Effect::Send { bytes, .. } = effect else { continue };
            let batch = wire::decode(bytes).unwrap();
            for event in &batch.events {
                if let What::Exposure { variant, rule, chance, .. } = event.what {
                    assert_eq!(batch.names[rule as usize - 1], "t");
                    seen.push((batch.names[variant as usize - 1].clone(), chance));
                }
            }
        }
    }
    assert_eq!(seen.len(), 40, "each visitor once, control too");
    assert!(seen.contains(&("default".into(), 250_000)), "{seen:?}");
    assert!(seen.contains(&("boots".into(), 750_000)));
}

#[test]
fn factors_are_drawn_apart_and_the_holdout_is_out_of_everything() {
    let config = r#"{"holdout":{"share":0.2,"seed":"q4"},
        "experiments":{"look":{"factors":{"headline":["default","short"],"image":["default","people"]},"coverage":0.5}},
        "slots":{
        "head":{"swap":"now","rules":[{"id":"h","test":{"experiment":"look","factor":"headline"}},{"id":"else","show":"out"}]},
        "pic":{"swap":"now","rules":[{"id":"p","test":{"experiment":"look","factor":"image"}},{"id":"else","show":"out"}]},
        "bandit":{"swap":"now","rules":[{"id":"l","learn":{"variants":["default","x"],"goal":"g"}},{"id":"else","show":"out"}]}}}"#;
    let mut engine = page(config);
    let mut cells = std::collections::BTreeMap::new();
    for at in 0..4_000 {
        as_visitor(&mut engine, &format!("visitor {at}"));
        let held = decided(&engine, "bandit") == "out";
        *cells.entry((decided(&engine, "head"), decided(&engine, "pic"), held)).or_insert(0) += 1;
    }
    let of = |head: &str, pic: &str, held: bool| {
        cells.get(&(head.into(), pic.into(), held)).copied().unwrap_or(0)
    };
    assert_eq!(
        of("out", "out", true),
        cells.iter().filter(|(key, _)| key.2).map(|(_, n)| n).sum::<i32>()
    );
    assert!((700..900).contains(&of("out", "out", true)), "a fifth is held out: {cells:?}");
    for (head, pic) in
        [("default", "default"), ("default", "people"), ("short", "default"), ("short", "people")]
    {
        assert!((330..470).contains(&of(head, pic, false)), "{head} {pic}: {cells:?}");
    }
    assert_eq!(
        of("out", "people", false) + of("short", "out", false),
        0,
        "in all factors or in none"
    );
    let explained = engine.explain("head").unwrap();
    let why: Vec<_> =
        explained.at("rules").items().iter().map(|rule| rule.text("refused")).collect();
    assert_eq!(why.len(), 2);
}

#[test]
fn a_growthbook_payload_is_a_config() {
    let payload = r##"{"status":200,"dateUpdated":"2026-01-01","encryptedFeatures":"x","experiments":[],
        "savedGroups":{"staff":["u1"]},"features":{
        "hero":{"defaultValue":"plain","rules":[{"id":"fr_1","condition":{"id":{"$inGroup":"staff"}},"force":"boots"}]},
        "chat":{"defaultValue":false,"rules":[{"condition":{"plan":"pro"},"force":true}]},
        "colour":{"defaultValue":"red","rules":[{"key":"c","variations":["red","blue"],"coverage":1}]},
        "limit":{"defaultValue":7}}}"##;
    let mut engine = page(payload);
    as_visitor(&mut engine, "u2");
    assert_eq!(
        (decided(&engine, "hero"), decided(&engine, "chat")),
        ("plain".into(), "default".into())
    );
    as_visitor(&mut engine, "u1");
    set(&mut engine, "plan", "pro", 1.0);
    assert_eq!((decided(&engine, "hero"), decided(&engine, "chat")), ("boots".into(), "on".into()));
    assert_eq!(decided(&engine, "limit"), "7");
    let result = engine.feature("hero");
    assert_eq!((result.text("value"), result.text("source")), (Some("boots"), Some("force")));
    assert_eq!(result.text("ruleId"), Some("fr_1"));
    let result = engine.feature("colour");
    assert_eq!(result.text("value"), Some(&*decided(&engine, "colour")));
    assert_eq!(result.at("experimentResult").text("hashValue"), Some("u1"));
    assert_eq!(engine.feature("nothing").text("source"), Some("unknownFeature"));
    let run = engine.run(&Value::parse(r#"{"key":"k","variations":[0,1]}"#).unwrap());
    assert_eq!(run.at("inExperiment").as_bool(), Some(true));
}

#[test]
fn a_slot_with_rules_keeps_them_and_one_without_takes_its_feature() {
    let mut engine = page(
        r#"{"features":{"a":{"defaultValue":"x"},"b":{"defaultValue":"y"},"c":{"defaultValue":"z"}},
            "slots":{"a":{"swap":"now","rules":[{"id":"own","show":"mine"}]},"b":{"swap":"now"}}}"#,
    );
    engine.tick(250.0);
    assert_eq!((shown(&engine, "a"), shown(&engine, "b")), ("mine".into(), "y".into()));
    assert_eq!(engine.decision("c"), None);
}

#[test]
fn what_is_forced_from_outside_comes_first() {
    let config = Config::compile(&Value::parse(TEST).unwrap()).unwrap();
    let overrides = Value::parse(r#"{"variations":{"a.t":0},"features":{"f":5}}"#).unwrap();
    let mut engine = Engine::new(config, &Value::Null, Start { overrides, ..Start::default() });
    open(&mut engine, "", 0.0);
    set(&mut engine, "plan", "pro", 1.0);
    for at in 0..50 {
        as_visitor(&mut engine, &format!("v{at}"));
        assert_eq!(decided(&engine, "a"), "default");
    }
    assert_eq!(engine.feature("f").number("value"), Some(5.0));
}

#[test]
fn what_is_kept_of_assignments_is_bounded() {
    let mut rules = Vec::new();
    for at in 0..200 {
        rules.push(format!(
            r#""s{at}":{{"rules":[{{"id":"{}{at}","test":{{"variants":["default","{}"]}}}}]}}"#,
            "r".repeat(180),
            "v".repeat(200)
        ));
    }
    let mut engine = page(&format!(r#"{{"slots":{{{}}}}}"#, rules.join(",")));
    for at in 0..50 {
        as_visitor(&mut engine, &format!("{at}{}", "i".repeat(300)));
    }
    let kept = engine.snapshot().at("sticky").to_json().len();
    assert!((8_000..13_000).contains(&kept), "{kept}");
    assert!(engine.snapshot().to_json().len() < MAX_SNAPSHOT);
}

#[test]
fn control_that_begins_after_the_slot_was_seen_is_seen_too() {
    let config = TEST.replace("{\"slots\"", "{\"flushSeconds\":1,\"slots\"");
    for variant in ["default", "boots"] {
        let mut engine = page(&config);
        engine.tick(3_000.0);
        let at = (0..200).find(|at| {
            as_visitor(&mut engine, &format!("v{at}"));
            set(&mut engine, "plan", "pro", 3_000.0);
            let found = decided(&engine, "a") == variant;
            set(&mut engine, "plan", "free", 3_000.0);
            found
        });
        let mut engine = page(&config);
        let before = engine.tick(3_000.0);
        assert!(before.contains(&Effect::Exposed(0)), "seen without a rule");
        as_visitor(&mut engine, &format!("v{}", at.unwrap()));
        set(&mut engine, "plan", "pro", 3_100.0);
        let after = engine.tick(5_000.0);
        assert!(after.contains(&Effect::Exposed(0)), "{variant} is seen by the same rule");
    }
}

#[test]
fn a_holdout_goes_by_an_id_that_is_a_number_too() {
    let config = r#"{"holdout":{"share":0.5},"slots":{"a":{"swap":"now","rules":[
        {"id":"t","test":{"variants":["x","y"]}}]}}}"#;
    let mut engine = page(config);
    // 0 is nobody, as in GrowthBook.
    for id in 1..50 {
        set(&mut engine, "id", f64::from(id), 1.0);
        let as_number = decided(&engine, "a") == "default";
        as_visitor(&mut engine, &id.to_string());
        assert_eq!(decided(&engine, "a") == "default", as_number, "{id}");
    }
}
