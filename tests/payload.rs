//! Payloads and experiments beyond GrowthBook's cases: what is broken, what is bounded, what is
//! noted, and what costs no memory.

#![cfg(not(target_arch = "wasm32"))]

use std::rc::Rc;
use unspoken::attribute::Document;
use unspoken::error::Error;
use unspoken::experiment::{Experiment, Experiments, Holdout, Overrides, Sticky, Why};
use unspoken::host::Native;
use unspoken::payload::{Context, MAX_PARENTS, Notes, Payload, Source};
use unspoken::reading::Reading;
use unspoken::value::Value;

fn parse(text: &str) -> Value {
    Value::parse(text).unwrap()
}

fn read(text: &str) -> (Payload, Vec<String>) {
    let mut reading = Reading::on(Rc::new(Native));
    let payload = Payload::read(&parse(text), &mut reading);
    (payload, reading.into_mistakes().iter().map(Error::to_line).collect())
}

fn read_test(text: &str) -> Result<Experiment, Vec<String>> {
    let mut reading = Reading::on(Rc::new(Native));
    let test = Experiment::read_test(&parse(text), "hero.a", &Experiments::default(), &mut reading);
    let mistakes: Vec<String> = reading.into_mistakes().iter().map(Error::to_line).collect();
    assert_eq!(test.is_none(), !mistakes.is_empty(), "{mistakes:?}");
    test.ok_or(mistakes)
}

fn visitor() -> Value {
    parse(r#"{"id":"visitor-1","plan":"pro"}"#)
}

#[test]
fn a_broken_feature_is_left_out_and_the_rest_works() {
    let (payload, mistakes) = read(
        r#"{"features":{
            "weights":{"rules":[{"variations":[1,2],"weights":["a",0.5]}]},
            "ranges":{"rules":[{"force":1},{"variations":[1,2],"ranges":[[0]]}]},
            "filters":{"rules":[{"force":1,"filters":[{"ranges":[[0,1]]}]}]},
            "space":{"rules":[{"variations":[1,2],"namespace":["n",0]}]},
            "rules":{"rules":{"force":1}},
            "rule":{"rules":[7]},
            "list":{"rules":[{"variations":"ab"}]},
            "parent":{"rules":[{"parentConditions":[{"condition":{}}]}]},
            "number":7,
            "operator":{"defaultValue":"d","rules":[{"force":1,"condition":{"plan":{"$like":"x"}}}]},
            "good":{"rules":[{"force":1}]}},
            "status":200,"experiments":[],"dateUpdated":"x"}"#,
    );
    let left: Vec<&str> = payload.features().iter().map(|feature| feature.key()).collect();
    assert_eq!(left, ["good", "operator"]);
    for at in [
        "features.weights.rules[0].weights: expected a list of numbers",
        "features.ranges.rules[1].ranges: expected a stretch",
        "features.filters.rules[0].filters[0].seed: expected a string",
        "features.space.rules[0].namespace: expected a namespace",
        "features.rules.rules: expected a list of rules",
        "features.rule.rules[0]: expected a rule",
        "features.list.rules[0]: an experiment needs",
        "features.parent.rules[0].parentConditions[0]: a parent needs",
        "features.number: expected a feature",
        "features.operator.rules[0].condition.plan.$like: ",
    ] {
        assert!(mistakes.iter().any(|line| line.starts_with(at)), "{at}: {mistakes:#?}");
    }
    let (visitor, overrides) = (visitor(), Overrides::default());
    let context = Context { attributes: &Document(&visitor), overrides: &overrides };
    let outcome = payload.evaluate_key("operator", &context, &mut Notes::default());
    assert_eq!((outcome.source, outcome.value), (Source::DefaultValue, &Value::from("d")));
    assert_eq!(payload.index("weights"), None);
    let outcome = payload.evaluate(payload.index("good").unwrap(), &context, &mut Notes::default());
    assert!(outcome.is_on());
}

#[test]
fn features_that_rest_on_each_other_end() {
    let chain = |length: usize| {
        let feature = |at: usize| {
            let parent = at + 1;
            format!(
                r#""f{at}":{{"defaultValue":1,"rules":[{{"parentConditions":[{{"id":"f{parent}","condition":{{}},"gate":true}}],"force":2}}]}}"#
            )
        };
        let features: Vec<String> = (0..length).map(feature).collect();
        read(&format!(r#"{{"features":{{{}}}}}"#, features.join(","))).0
    };
    let (visitor, overrides) = (visitor(), Overrides::default());
    let context = Context { attributes: &Document(&visitor), overrides: &overrides };
    let source =
        |payload: &Payload| payload.evaluate_key("f0", &context, &mut Notes::default()).source;
    assert_eq!(source(&chain(MAX_PARENTS)), Source::Force);
    assert_eq!(source(&chain(MAX_PARENTS + 2)), Source::CyclicPrerequisite);
    // Two parents each, the same: twice the work a level, were there no bound.
    let feature = |at: usize| {
        let parent = format!(r#"{{"id":"f{}","condition":{{}}}}"#, at + 1);
        format!(
            r#""f{at}":{{"defaultValue":1,"rules":[{{"parentConditions":[{parent},{parent}],"force":2}}]}}"#
        )
    };
    let features: Vec<String> = (0..MAX_PARENTS).map(feature).collect();
    let (payload, _) = read(&format!(r#"{{"features":{{{}}}}}"#, features.join(",")));
    assert_eq!(source(&payload), Source::CyclicPrerequisite);
}

#[test]
fn evaluation_allocates_nothing() {
    let (payload, mistakes) = read(
        r#"{"features":{
            "forced":{"rules":[{"force":"x","condition":{"plan":"pro"},"coverage":1}]},
            "drawn":{"rules":[{"variations":["a","b"],"hashVersion":2,"meta":[{"key":"k0"},{"key":"k1"}],
                "filters":[{"seed":"s","ranges":[[0,1]]}],"fallbackAttribute":"device"}]},
            "child":{"defaultValue":0,"rules":[{"parentConditions":[{"id":"forced","condition":{"value":"x"}}],"force":1}]},
            "leaf":{"rules":[{"variations":[1,2],"contextualBanditRef":"cb"}]}},
            "contextualBandits":{"cb":{"contexts":[{"leafId":1,"condition":{"plan":"pro"},"weights":[0.2,0.8]}]}}}"#,
    );
    assert_eq!(mistakes, [""; 0]);
    let (visitor, overrides) = (visitor(), Overrides::default());
    let context = Context { attributes: &Document(&visitor), overrides: &overrides };
    let mut sticky = Sticky::default();
    let mut on = 0;
    // The first time something is kept; after that nothing is new.
    for round in 0..2 {
        let counted = allocation_counter::measure(|| {
            let mut notes = Notes { sticky: Some(&mut sticky), assigned: None };
            for key in ["forced", "drawn", "child", "leaf", "none"] {
                on += usize::from(payload.evaluate_key(key, &context, &mut notes).is_on());
            }
        });
        assert!(round == 0 || counted.count_total == 0, "{} allocations", counted.count_total);
    }
    assert_eq!(on, 8);
    let test = read_test(r#"{"variants":["a","b"],"coverage":1,"namespace":["n",0,1]}"#).unwrap();
    let document = Document(&visitor);
    let counted = allocation_counter::measure(|| {
        let assigned = test.assign(&document, &overrides, Some(&Sticky::default()));
        assert!(assigned.is_some());
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn every_assignment_is_noted_those_passed_through_too() {
    let (payload, _) = read(
        r#"{"features":{
            "f":{"rules":[
                {"key":"hold","variations":[0,1],"weights":[0,1],"meta":[{},{"passthrough":true}]},
                {"key":"look","variations":["a","b"],"weights":[0,1]}]},
            "served":{"rules":[{"force":1,"tracks":[{"experiment":{"key":"x"},"result":{}}]}]}}}"#,
    );
    let (visitor, mut overrides) = (visitor(), Overrides::default());
    let document = Document(&visitor);
    let seen = |overrides: &Overrides| {
        let seen = Rc::new(std::cell::RefCell::new(Vec::new()));
        let kept = Rc::clone(&seen);
        let mut told = move |assigned: &unspoken::experiment::Assignment, feature: Option<&str>| {
            let (key, feature) = (assigned.experiment.key(), feature.unwrap_or(""));
            kept.borrow_mut().push(format!("{feature} {key} {}", assigned.variation));
        };
        let mut notes = Notes { sticky: None, assigned: Some(&mut told) };
        let context = Context { attributes: &document, overrides };
        payload.evaluate_key("f", &context, &mut notes);
        let served = payload.evaluate_key("served", &context, &mut notes);
        assert_eq!(served.tracks.len(), 1);
        seen.take()
    };
    assert_eq!(seen(&overrides), ["f hold 1", "f look 1"]);
    // What is forced from outside counts for nobody.
    overrides.variations = parse(r#"{"hold":1,"look":0}"#);
    assert_eq!(seen(&overrides), [""; 0]);
}

#[test]
fn a_test_of_our_own_has_its_defaults() {
    let test = read_test(r#"{"variants":["default","boots"]}"#).unwrap();
    assert_eq!(
        (test.key(), test.variant(1), test.ranges()),
        ("hero.a", "boots", &[[0.0, 0.5], [0.5, 1.0]][..])
    );
    let (visitor, overrides) = (visitor(), Overrides::default());
    let document = Document(&visitor);
    let mut sticky = Sticky::default();
    let first = test.assign(&document, &overrides, Some(&sticky)).unwrap();
    let other = 1 - first.variation;
    let place = unspoken::experiment::hash(&["hero.a"], &first.value, 2);
    assert_eq!((first.why, first.bucket), (Why::Drawn, place));
    assert!(test.keep(&first, &mut sticky) && !test.keep(&first, &mut sticky));
    // Other weights and a variant in front: what was assigned stays, by name.
    let name = first.variant();
    let weights = if other == 0 { "[0,0.9,0.1,0]" } else { "[0,0,0.1,0.9]" };
    let changed = format!(r#"{{"variants":["new","default","boots","more"],"weights":{weights}}}"#);
    let changed = read_test(&changed).unwrap();
    let again = changed.assign(&document, &overrides, Some(&sticky)).unwrap();
    assert_eq!((again.variant(), again.why), (name, Why::Sticky));
    let closed = read_test(r#"{"variants":["a","b"],"coverage":0}"#).unwrap();
    let placed = closed.place(&document, &overrides, None);
    assert!(!placed.included && placed.why == Why::NotCovered);
    assert_eq!(placed.why.words(), "outside of the coverage");
    // A namespace and filters both have a say.
    let both =
        r#"{"variants":["a","b"],"filters":[{"seed":"s","ranges":[[0,1]]}],"namespace":["n",1,1]}"#;
    assert_eq!(read_test(both).unwrap().place(&document, &overrides, None).why, Why::Filtered);
}

#[test]
fn mistakes_of_a_test_are_said_with_their_place() {
    for (text, expected) in [
        (r#"{"variants":["a"]}"#, "variants: expected 2 to 16 different names"),
        (r#"{"variants":["a","a"]}"#, "variants: expected 2 to 16 different names"),
        (r#"{}"#, "a test needs \"variants\""),
        (r#"{"variants":["a","b"],"weights":[0.5,0.6]}"#, "weights: expected shares that sum to 1"),
        (r#"{"variants":["a","b"],"weights":[1]}"#, "\"weights\" needs one entry a variant"),
        (r#"{"variants":["a","b"],"coverage":2}"#, "coverage: expected a number from 0 to 1"),
        (r#"{"variants":["a","b"],"hashVersion":3}"#, "hashVersion: expected 1 or 2"),
        (r#"{"variants":["a","b"],"bucketVersion":1.5}"#, "bucketVersion: expected a whole number"),
        (
            r#"{"variants":["a","b"],"hashAtribute":"x"}"#,
            "hashAtribute: unknown key; did you mean hashAttribute?",
        ),
        (r#"{"variants":["a","b"],"namespace":["n",1]}"#, "namespace: expected a namespace"),
        (r#"{"experiment":"look","factor":"x"}"#, "no experiment look with a factor x"),
        (r#"{"experiment":"look"}"#, "expected { experiment, factor }"),
    ] {
        let mistakes = read_test(text).unwrap_err();
        assert!(mistakes.iter().any(|line| line.contains(expected)), "{text}: {mistakes:?}");
    }
    let mut reading = Reading::default();
    let text =
        r#"{"look":{"factors":{"a":["x"]}},"none":{},"odd":{"factors":{"a":["x","y"]},"cover":1}}"#;
    let experiments = Experiments::read(&parse(text), &mut reading);
    assert!(experiments.factor("look", "a").is_none() && experiments.factor("odd", "a").is_none());
    assert_eq!(reading.count(), 3);
    let mut reading = Reading::default();
    let holdout = Holdout::read(&parse(r#"{"share":1.5,"sed":"x"}"#), &mut reading);
    assert!(reading.count() == 2 && !holdout.holds_out("v"));
    let mut reading = Reading::default();
    Overrides::read(&parse(r#"{"url":7,"qaMode":1,"variation":{}}"#), &mut reading);
    assert_eq!(reading.count(), 3);
}
