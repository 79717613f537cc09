//! `unspoken replay --config`: what a changed config would have decided on recordings, as a diff.

use std::path::Path;
use std::process::Command;

use unspoken::config::Config;
use unspoken::trace;
use unspoken::value::Value;
use unspoken_collector::diff::diff;
use unspoken_collector::replay::{replay, start_of};

/// Five clicks in a row in a slot that is in view, which is trouble.
const OWN: &str = r#"{"slots":{"hero":{"swap":"now","hold":"0s","rules":[{"id":"stuck","when":{"intent.struggle":{"$gte":0.6}},"show":"help"}]},"foot":{"swap":"now","rules":[{"id":"all","show":"note"}]}}}"#;

fn recording(id: &str, clicks: usize) -> String {
    let mut text = format!(
        r#"{{"format":"unspoken-trace/1","id":"{id}","viewport":[800,600],"document":[800,2400],"slots":[],"start":0,"wall":1700000000000,"seed":"0000000000000000000000000000002a","profile":null,"config":{OWN}}}"#
    );
    for slot in ["hero", "foot"] {
        text += &format!(
            "\n{{\"t\":10,\"type\":\"slot\",\"id\":\"{slot}\",\"rect\":[100,100,400,200]}}"
        );
        text += &format!("\n{{\"t\":20,\"type\":\"seen\",\"slot\":\"{slot}\",\"share\":1}}");
    }
    for click in 0..clicks {
        let at = 5_000 + click * 150;
        text += &format!(
            "\n{{\"t\":{at},\"type\":\"click\",\"x\":300,\"y\":190,\"slot\":\"hero\",\"role\":\"none\"}}"
        );
    }
    text + "\n{\"t\":10000,\"type\":\"end\"}\n"
}

/// What `replay --config` prints for two recordings, one with trouble and one without.
fn ran(config: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (file, new) = (folder.path().join("r.jsonl"), folder.path().join("new.json"));
    std::fs::write(&file, recording("angry", 5)).unwrap();
    std::fs::write(folder.path().join("s.jsonl"), recording("calm", 0)).unwrap();
    std::fs::write(&new, config).unwrap();
    let path = |path: &Path| path.to_str().unwrap().to_string();
    let (folder, new) = (path(folder.path()), path(&new));
    let args = [&["replay", "--config", &new, &folder], more].concat();
    let ran = Command::new(env!("CARGO_BIN_EXE_unspoken")).args(args).output().unwrap();
    let error = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{error}");
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn a_change_that_changes_nothing_says_so() {
    assert_eq!(
        ran(OWN, &[]),
        "Nothing changes: in 2 recordings every slot is decided as before.\n"
    );
    // A rule that never held, and another spelling of the same.
    let more = OWN.replace(r#"{"$gte":0.6}}"#, r#"{"$not":{"$lt":0.6}}}"#);
    assert_ne!(more, OWN);
    assert!(ran(&more, &[]).starts_with("Nothing changes"));
    let renamed = ran(&OWN.replace("\"all\"", "\"everyone\""), &[]);
    assert!(renamed.contains("2 decisions came to the same variant by another rule."), "{renamed}");
}

#[test]
fn what_changes_is_told_with_both_reasons_and_counted() {
    let new = OWN.replace("\"show\":\"help\"", "\"show\":\"guide\"");
    let printed = ran(&new, &[]);
    assert!(printed.starts_with("angry\n"), "{printed}");
    assert!(printed.contains("hero: help → guide, until 10.00 s"), "{printed}");
    assert!(printed.contains("\n            - help (stuck): Rule stuck holds: "), "{printed}");
    assert!(printed.contains("\n            + guide (stuck): Rule stuck holds: "), "{printed}");
    assert!(printed.contains("\n1 of 2 recordings differ.\n"), "{printed}");
    assert!(printed.contains("\nfoot: as before\n"), "{printed}");
    assert!(!printed.contains("calm"), "{printed}");

    let lines: Vec<Value> =
        ran(&new, &["--json"]).lines().map(|line| Value::parse(line).unwrap()).collect();
    let [difference, sums] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(difference.text("type"), Some("difference"));
    assert_eq!(difference.text("trace"), Some("angry"));
    assert_eq!(difference.at("before").text("variant"), Some("help"));
    assert_eq!(difference.at("after").text("variant"), Some("guide"));
    assert!(difference.at("after").text("reason").unwrap().contains("intent.struggle"));
    let (from, until) = (difference.number("t").unwrap(), difference.number("until").unwrap());
    assert!((5_000.0..6_500.0).contains(&from) && until == 10_000.0, "{from} to {until}");
    assert_eq!((sums.number("recordings"), sums.number("differ")), (Some(2.0), Some(1.0)));
    let rows = sums.at("slots").at("hero").items();
    let row = |before: &str, after: &str| {
        let is = |it: &&Value| it.text("before") == Some(before) && it.text("after") == Some(after);
        rows.iter().find(is).unwrap()
    };
    let (changed, same) = (row("help", "guide"), row("default", "default"));
    // Shown at once, since the slot swaps now; seen a second later, by both alike.
    assert_eq!(changed.number("shownMs"), Some(until - from));
    assert_eq!(same.number("shownMs"), Some(20_000.0 - (until - from)));
    assert_eq!(changed.number("exposuresBefore"), Some(1.0));
    assert_eq!(changed.number("exposuresAfter"), Some(1.0));
    assert_eq!((changed.number("decisions"), same.number("decisions")), (Some(1.0), Some(2.0)));
}

#[test]
fn it_may_be_held_against_another_config_than_the_recordings_own() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.json");
    std::fs::write(&old, "{}").unwrap();
    let printed = ran(OWN, &["--against", old.to_str().unwrap()]);
    assert!(printed.contains("foot: default → note"), "{printed}");
    assert!(printed.contains("- default (no rule): The config has no such slot"), "{printed}");
    assert!(printed.contains("\n2 of 2 recordings differ.\n"), "{printed}");
}

#[test]
fn the_time_of_all_pairs_is_the_time_of_the_recording() {
    let trace = trace::read(&recording("r", 5)).unwrap().remove(0);
    let own = Config::compile(&trace.header.config).unwrap();
    let before = replay(&trace, &own);
    let end = trace.signals.last().unwrap().0;
    for other in ["{}", r#"{"slots":{"hero":{"rules":[{"id":"x","show":"y"}]}}}"#] {
        let other = Config::compile(&Value::parse(other).unwrap()).unwrap();
        let diff = diff(&before, &replay(&trace, &other), start_of(&trace), end);
        for (slot, table) in &diff.slots {
            let shown: f64 = table.values().map(|change| change.shown).sum();
            assert!((shown - 10_000.0).abs() < 1e-6, "{slot}: {shown}");
        }
    }
}

#[test]
fn a_broken_config_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (file, config) = (folder.path().join("r.jsonl"), folder.path().join("unspoken.json"));
    std::fs::write(&file, recording("r", 0)).unwrap();
    std::fs::write(&config, r#"{"slots":{"foot":{"rules":[{"id":"a"}]}}}"#).unwrap();
    let args = ["replay", file.to_str().unwrap(), "--config", config.to_str().unwrap()];
    let ran = Command::new(env!("CARGO_BIN_EXE_unspoken")).args(args).output().unwrap();
    assert_eq!(ran.status.code(), Some(1));
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(told.contains("slots.foot.rules[0]: a rule needs exactly one of show"), "{told}");
}
