//! `unspoken check` by its command line, and what it says of configs that go together badly.

use std::path::Path;
use std::process::{Command, Output as Ran};

use unspoken::value::Value;
use unspoken_collector::check::page::Page;
use unspoken_collector::check::{Finding, check};

fn unspoken(args: &[&str]) -> Ran {
    Command::new(env!("CARGO_BIN_EXE_unspoken")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn line(finding: &Finding) -> String {
    let suggestion = finding.suggestion.as_deref().unwrap_or("");
    format!("{}: {}; {suggestion}", finding.path, finding.message)
}

/// Mistakes and warnings of a config, as lines.
fn told(config: &str) -> (Vec<String>, Vec<String>) {
    let notes = check(config, &[], 1.8e12).notes;
    let lines = |all: &[Finding]| all.iter().map(line).collect::<Vec<_>>();
    (lines(&notes.mistakes), lines(&notes.warnings))
}

/// Whether one of the lines begins with this path and message, and has all of these pieces.
#[track_caller]
fn assert_told(lines: &[String], wanted: &[&str]) {
    let fits = |line: &&String| {
        line.starts_with(wanted[0]) && wanted.iter().all(|piece| line.contains(piece))
    };
    assert!(lines.iter().any(|line| fits(&line)), "{wanted:?} is not in\n{}", lines.join("\n"));
}

fn with_rules(rules: &str) -> String {
    format!(r#"{{"slots":{{"hero":{{"rules":[{rules}]}}}}}}"#)
}

#[test]
fn every_mistake_is_named_with_its_place_and_the_command_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("unspoken.json");
    std::fs::write(&file, "{\"slot\":{},\n \"traceSample\":2}").unwrap();
    let ran = unspoken(&["check", path(&file)]);
    assert_eq!(ran.status.code(), Some(1));
    let name = path(&file);
    assert_eq!(
        text(&ran.stdout),
        format!(
            "mistake: slot: unknown key; did you mean slots? ({name}:1:2)\n\
             mistake: traceSample: expected a number from 0 to 1 ({name}:2:2)\n"
        )
    );
    assert!(text(&ran.stderr).ends_with("unspoken.json has 2 mistakes\n"));
    let ran = unspoken(&["check", name, "--json"]);
    let told = Value::parse(&text(&ran.stdout)).unwrap();
    let first = &told.at("mistakes").items()[0];
    assert_eq!(first.text("path"), Some("slot"));
    assert_eq!(first.text("message"), Some("unknown key"));
    assert_eq!(first.text("suggestion"), Some("did you mean slots?"));
    assert_eq!((first.number("line"), first.number("column")), (Some(1.0), Some(2.0)));
    std::fs::write(&file, "{\"level\":\"trace\"}").unwrap();
    let ran = unspoken(&["check", name, "--json"]);
    assert_eq!(ran.status.code(), Some(0));
    assert!(text(&ran.stdout).contains("\"ok\":true"));
}

#[test]
fn the_shop_config_passes_the_check() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/shop/unspoken.json");
    let ran = unspoken(&["check", file]);
    assert!(ran.status.success(), "{}", text(&ran.stdout));
    assert!(!text(&ran.stdout).contains("warning"), "{}", text(&ran.stdout));
}

#[test]
fn a_condition_that_cannot_hold_is_a_mistake() {
    let rule = |when: &str| with_rules(&format!(r#"{{"id":"a","when":{when},"show":"b"}}"#));
    let path = "slots.hero.rules[0].when: can never hold: ";
    let (mistakes, _) = told(&rule(r#"{"seats":{"$gt":5,"$lt":3}}"#));
    assert_told(&mistakes, &[path, "seats cannot be more than 5 and less than 3 at once"]);
    let (mistakes, _) = told(&rule(r#"{"$and":[{"plan":"pro"},{"plan":"free"},{"x":1}]}"#));
    assert_told(&mistakes, &[path, r#"plan cannot be "pro" and "free" at once"#, "$or"]);
    let (mistakes, warnings) = told(&rule(r#"{"intent.buy":{"$gte":1.2}}"#));
    assert_eq!(mistakes, Vec::<String>::new());
    assert_told(&warnings, &["slots.hero.rules[0].when: can never hold, unless", "at least 1.2"]);
    let (_, warnings) = told(&rule(r#"{"$or":[{"x":{"$in":[]}},{"y":1}]}"#));
    assert_told(&warnings, &["slots.hero.rules[0].when.$or[0]: this alternative can never hold"]);
}

#[test]
fn a_rule_that_gets_no_turn_is_warned_of() {
    let buy = |id: &str, least: f64, more: &str| {
        format!(r#"{{"id":"{id}","when":{{"intent.buy":{{"$gte":{least}}}}},"show":"x"{more}}}"#)
    };
    let two = |first: String, second: String| told(&with_rules(&format!("{first},{second}"))).1;
    let weaker = two(buy("a", 0.5, ""), buy("b", 0.6, ""));
    assert_told(&weaker, &["slots.hero.rules[1]: never gets a turn: rule a", "move it before a"]);
    assert_told(&two(buy("a", 0.5, ""), buy("b", 0.5, "")), &["slots.hero.rules[1]: never gets"]);
    let none = Vec::<String>::new();
    assert_eq!(two(buy("a", 0.6, ""), buy("b", 0.5, "")), none);
    // What may pass a rule over leaves a turn to the next.
    assert_eq!(two(buy("a", 0.5, r#","limits":{"perSession":1}"#), buy("b", 0.6, "")), none);
    let always = r#"{"id":"all","show":"x"}"#;
    assert_told(
        &told(&with_rules(&format!("{always},{}", buy("b", 0.5, "")))).1,
        &["slots.hero.rules[1]: never gets a turn: rule all before it always holds"],
    );
    let halves = r#"{"id":"low","when":{"seats":{"$lt":5}},"show":"x"},
        {"id":"rest","when":{"$not":{"seats":{"$lt":5}}},"show":"y"},{"id":"c","show":"z"}"#;
    assert_told(&told(&with_rules(halves)).1, &["slots.hero.rules[2]: never", "one of low, rest"]);
    let exclusive = format!(
        r#"{{"slots":{{"hero":{{"rules":[{},{}]}},"note":{{"rules":[{}]}}}},
            "exclusive":[["a","note"]]}}"#,
        buy("a", 0.5, ""),
        buy("b", 0.6, ""),
        r#"{"id":"n","show":"n"}"#
    );
    assert_eq!(told(&exclusive).1, none);
}

#[test]
fn names_are_looked_up() {
    let config = r#"{
      "goals": { "add_to_cart": {}, "purchase": {} },
      "slots": {
        "hero": { "rules": [
          { "id": "remind", "when": { "journey.cart": "filed" }, "show": "boots" },
          { "id": "f", "when": { "journey.card": "filled" }, "show": "boots" },
          { "id": "h", "when": { "$history": { "sequence": ["exposure:heros", "exposure:hero/boot"] } },
            "show": "boots" },
          { "id": "e", "when": { "$history": { "event": "add_to_card", "since": "pge:x" } }, "show": "boots" },
          { "id": "t", "when": { "x": 1 }, "test": { "experiment": "lok", "factor": "image" } },
          { "id": "u", "when": { "x": 2 }, "test": { "experiment": "look", "factor": "imge" } },
          { "id": "l", "when": { "intent.comit": 1 }, "learn": { "variants": ["a", "b"], "goal": "purchas" } }
        ] }
      },
      "exclusive": [["heroo", "hero/boost", "remnd"]],
      "experiments": { "look": { "factors": { "image": ["default", "people"] } } },
      "journeys": { "cart": { "states": {
        "empty": [{ "on": "dismiss:her", "to": "filled" }], "filled": [{ "after": "1d", "to": "empy" }] } } }
    }"#;
    let (mistakes, warnings) = told(config);
    let rule = |at: usize, rest: &str| format!("slots.hero.rules[{at}].{rest}");
    for (path, guess) in [
        (rule(0, "when.journey.cart: journey cart has no state \"filed\""), "filled?"),
        (rule(2, "when.$history.sequence[0]: there is no slot \"heros\""), "hero?"),
        (rule(2, "when.$history.sequence[1]: no rule of slot hero shows \"boot\""), "boots?"),
        (rule(4, "test.experiment: there is no experiment \"lok\""), "look?"),
        (rule(5, "test.factor: experiment look has no factor \"imge\""), "image?"),
        ("exclusive[0][0]: ".into(), "hero?"),
        ("exclusive[0][1]: ".into(), "hero/boots?"),
        ("exclusive[0][2]: ".into(), "remind?"),
        ("journeys.cart.states.empty[0].on: there is no slot \"her\"".into(), "hero?"),
    ] {
        assert_told(&mistakes, &[&path, &format!("did you mean {guess}")]);
    }
    for (path, guess) in [
        (rule(1, "when.journey.card: "), "cart?"),
        (rule(3, "when.$history.event: "), "add_to_cart?"),
        (rule(3, "when.$history.since: "), "page?"),
        (rule(6, "when.intent.comit: "), "intent.commit?"),
        (rule(6, "learn.goal: "), "purchase?"),
    ] {
        assert_told(&warnings, &[&path, &format!("did you mean {guess}")]);
    }
}

#[test]
fn shares_have_to_add_up() {
    let test = |fields: &str| {
        with_rules(&format!(r#"{{"id":"a","test":{{"variants":["x","y"],{fields}}}}}"#))
    };
    let path = "slots.hero.rules[0].test.";
    let mistake = |fields: &str, wanted: &[&str]| {
        let begins = format!("{path}{}", wanted[0]);
        let all = [&[&*begins], &wanted[1..]].concat();
        assert_told(&told(&test(fields)).0, &all);
    };
    mistake(r#""weights":[0.5,0.4]"#, &["weights: add up to 0.9 and not to 1", "[0.5556, 0.4444]"]);
    mistake(r#""weights":[0.5,0.3,0.2]"#, &["weights: 3 weights for 2 variants"]);
    mistake(r#""weights":[1.5,-0.5]"#, &["weights: a weight below 0"]);
    mistake(r#""namespace":["n",0.5,0.5]"#, &["namespace: is empty"]);
    mistake(r#""ranges":[[0,0.5]]"#, &["ranges: 1 ranges for 2 variants"]);
    let warned = told(&test(r#""ranges":[[0,0.6],[0.5,1]]"#)).1;
    assert_told(&warned, &["slots.hero.rules[0].test.ranges[1]: overlaps"]);
    assert!(!told(&test(r#""weights":[0.333,0.667]"#)).0.iter().any(|it| it.contains("add up")));
    let two = r#"{"slots":{
        "a":{"rules":[{"id":"a","test":{"variants":["x","y"],"namespace":["n",0,0.6]}}]},
        "b":{"rules":[{"id":"b","test":{"variants":["x","y"],"namespace":["n",0.5,1]}}]},
        "c":{"rules":[{"id":"c","test":{"variants":["x","y"],"namespace":["m",0,1]}}]}}}"#;
    let (_, warnings) = told(two);
    let overlap = ["slots.b.rules[0].test.namespace: shares visitors with slots.a.rules[0].test"];
    assert_told(&warnings, &overlap);
    assert_eq!(warnings.iter().filter(|it| it.contains("shares visitors")).count(), 1);
}

#[test]
fn limits_and_schedules_that_do_nothing_are_warned_of() {
    let rule = |more: &str| with_rules(&format!(r#"{{"id":"a","show":"b",{more}}}"#));
    let limits = |limits: &str| told(&rule(&format!(r#""limits":{{{limits}}}"#))).1;
    let path = |key: &str| format!("slots.hero.rules[0].limits.{key}: never binds");
    assert_told(&limits(r#""perPage":2"#), &[&path("perPage"), "one page view counts once"]);
    assert_told(&limits(r#""perSession":5,"perVisitor":3"#), &[&path("perSession")]);
    assert_told(
        &limits(r#""per":{"count":3,"period":"2d"},"cooldown":"1d""#),
        &[&path("per"), "at most 2 fit"],
    );
    assert_eq!(limits(r#""per":{"count":1,"period":"2d"},"cooldown":"1d""#), Vec::<String>::new());
    let ended = |to: &str| told(&rule(&format!(r#""schedule":{{"to":"{to}"}}"#))).1;
    // The check stands at 2027-01-15T08:00Z.
    assert_told(&ended("2027-01-14"), &["slots.hero.rules[0].schedule.to: lies in the past"]);
    assert_eq!(ended("2027-01-15"), Vec::<String>::new());
    let config = r#"{"budget":{"perSession":1},"slots":{"hero":{"rules":[]}}}"#;
    assert_told(&told(config).1, &["budget: never binds: no slot interrupts"]);
}

#[test]
fn features_that_wait_for_each_other_are_a_mistake() {
    let needs = |id: &str| format!(r#"{{"rules":[{{"parentConditions":[{{"id":"{id}"}}]}}]}}"#);
    let config = format!(
        r#"{{"features":{{"alpha":{},"beta":{},"gamma":{},"delta":{}}}}}"#,
        needs("beta"),
        needs("gamma"),
        needs("alpha"),
        needs("gama")
    );
    let (mistakes, _) = told(&config);
    let circles = mistakes.iter().filter(|it| it.contains("circle")).collect::<Vec<_>>();
    assert_eq!(circles.len(), 1, "{circles:?}");
    assert!(circles[0].starts_with("features.alpha.rules[0].parentConditions[0].id: "));
    assert!(circles[0].contains("alpha → beta → gamma → alpha"), "{circles:?}");
    assert_told(&mistakes, &["features.delta.rules[0].parentConditions[0].id: ", "gamma?"]);
}

#[test]
fn a_key_that_stands_twice_is_a_mistake() {
    let (mistakes, _) = told(r#"{"level":"trace","level":"events"}"#);
    assert_told(&mistakes, &["level: stands here twice"]);
}

#[test]
fn templates_of_the_config_are_read() {
    let config = r#"{"slots":{"hero":{"rules":[{"id":"a","show":"help"}],"templates":{
        "help":"<p onclick=\"x()\">a</p>", "hlep":"<b>fine</b>", "default":"x"}}}}"#;
    let (mistakes, warnings) = told(config);
    let path = "slots.hero.templates.";
    assert_told(&mistakes, &[&format!("{path}help: onclick is taken out"), "a script of the page"]);
    assert_told(&mistakes, &[&format!("{path}default: "), "never used"]);
    assert_told(&warnings, &[&format!("{path}hlep: no rule shows"), "did you mean help?"]);
    assert_eq!((mistakes.len(), warnings.len()), (2, 1), "{mistakes:?} {warnings:?}");

    let config =
        r#"{"slots":{"hero":{"rules":[{"id":"a","show":"help"}],"templates":{"help":"b"}}}}"#;
    let page = Page::read("a.html", r#"<div data-unspoken="hero"></div>"#);
    let notes = check(config, &[page], 0.0).notes;
    assert_eq!((notes.mistakes.len(), notes.warnings.len()), (0, 0), "{notes:?}");
}

#[test]
fn pages_are_held_against_the_rules() {
    let config = r#"{"slots":{
        "hero":{"rules":[{"id":"a","when":{"x":1},"show":"boot"},{"id":"b","when":{"x":2},"show":"guide"},
                         {"id":"c","when":{"x":3},"show":"default"}]},
        "ofer":{"rules":[{"id":"d","show":"quiet"}]}}}"#;
    let pages = [
        Page::read(
            "home.html",
            r#"<div data-unspoken="hero"><template data-variant="boots"></template>
               <template data-variant="guide"></template></div><p data-unspoken="offer"></p>"#,
        ),
        Page::read(
            "product.html",
            r#"<div data-unspoken="hero"><template data-variant="boots"></template></div>"#,
        ),
    ];
    let notes = check(config, &pages, 0.0).notes;
    let lines = |all: &[Finding]| all.iter().map(line).collect::<Vec<_>>();
    let (mistakes, warnings) = (lines(&notes.mistakes), lines(&notes.warnings));
    assert_told(&mistakes, &["slots.hero.rules[0].show: ", "\"boot\"", "did you mean boots?"]);
    assert_told(&mistakes, &["slots.ofer: none of the 2 pages", "did you mean offer?"]);
    assert_told(&warnings, &["slots.hero.rules[1].show: product.html has no template"]);
    assert_told(&warnings, &["home.html: the slot \"offer\" is not in the config", "ofer?"]);
    assert_eq!((mistakes.len(), warnings.len()), (2, 2), "{mistakes:?} {warnings:?}");

    let folder = tempfile::tempdir().unwrap();
    let (file, page) = (folder.path().join("unspoken.json"), folder.path().join("page.html"));
    std::fs::write(&file, with_rules(r#"{"id":"a","show":"hlep"}"#)).unwrap();
    let html = r#"<i data-unspoken="hero"><template data-variant="help"></template></i>"#;
    std::fs::write(&page, html).unwrap();
    let ran = unspoken(&["check", path(&file), "--page", path(&page)]);
    assert_eq!(ran.status.code(), Some(1));
    assert!(text(&ran.stdout).contains("did you mean help?"), "{}", text(&ran.stdout));
}
