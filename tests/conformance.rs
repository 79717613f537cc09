//! GrowthBook's cases: conditions, hashes, features and experiments answer as its SDK does.
//!
//! `UNSPOKEN_GROWTHBOOK_CASES=FILE cargo test --test conformance -- --nocapture` runs any file of
//! cases. Without it, those that stand beside the checkout are run where they are. Our own
//! (`vectors/deciding.json`) always are.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/conformance.rs"]
mod conformance;

use std::path::Path;
use std::rc::Rc;
use unspoken::host::{Host, Native};
use unspoken::value::Value;

fn run(cases: &str, say: &mut dyn FnMut(&str)) -> (usize, usize) {
    let host: Rc<dyn Host> = Rc::new(Native);
    let cases = Value::parse(cases).unwrap();
    let (passed, failed) = conformance::run(&cases, &host, &mut |line| say(line));
    say(&format!("{passed} passed, {failed} failed"));
    (passed, failed)
}

#[test]
fn growthbooks_cases_pass() {
    let beside =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/growthbook-cases.json");
    let named = std::env::var_os("UNSPOKEN_GROWTHBOOK_CASES").map(Into::into);
    if named.is_none() && !beside.exists() {
        println!("no cases of GrowthBook's beside this checkout: skipped");
        return;
    }
    let path = named.unwrap_or(beside);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let (passed, failed) = run(&text, &mut |line| println!("{line}"));
    assert!(passed > 0 && failed == 0, "{failed} of {} cases failed", passed + failed);
}

#[test]
fn our_own_cases_pass() {
    let text = include_str!("vectors/deciding.json");
    // Tests run side by side: only what fails is told, so that the other's lines stand together.
    let (passed, failed) = run(text, &mut |line| {
        if line.contains("expected") {
            println!("{line}");
        }
    });
    assert!(passed >= 80 && failed == 0, "{failed} of {} cases failed", passed + failed);
}

/// A runner that could not fail would say nothing.
#[test]
fn what_is_wrong_is_counted() {
    let wrong = r#"{"specVersion":"x","hash":[["a","b",1,2],["a","b",9,null]],"new":[[1]]}"#;
    let host: Rc<dyn Host> = Rc::new(Native);
    let mut said = Vec::new();
    let counts = conformance::run(&Value::parse(wrong).unwrap(), &host, &mut |line| {
        said.push(line.to_string());
    });
    // One case, and ten sections that have none.
    assert_eq!(counts, (1, 11), "{said:?}");
    assert!(said.iter().any(|line| line == "section new: not known, skipped"));
    assert!(said.iter().any(|line| line.contains("expected 2")));
}
