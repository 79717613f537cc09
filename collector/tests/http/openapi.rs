//! `collector/openapi.json` and the routes: the same, and what schemathesis finds between them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use unspoken::wire::{self, Event, What};

use crate::support::{KEY, ORIGIN, Server, TOKEN, batch, send};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

fn described() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Every path with a name in the place of its parameters, and its operation of a method.
fn operations(description: &Value) -> Vec<(String, &'static str, Option<&Value>)> {
    let paths = description["paths"].as_object().unwrap();
    let mut out = Vec::new();
    for (path, operations) in paths {
        let filled = path.replace("{site}", "demo").replace("{path}", "main.js");
        let filled = filled.replace("{id}", &"a".repeat(32));
        assert!(!filled.contains('{'), "{path}: this test does not know the parameter");
        for method in METHODS {
            out.push((filled.clone(), method, operations.get(method.to_lowercase())));
        }
    }
    out
}

/// The router's source names the patterns; a pattern that is in one and not in the other is found.
#[test]
fn the_description_has_the_routers_routes_and_no_other() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/router.rs");
    let source = std::fs::read_to_string(source).unwrap();
    let mut routed: Vec<String> = source
        .split(".route(")
        .skip(1)
        // In front of the table, which has it too.
        .filter(|rest| !rest.starts_with("BATCH"))
        .map(|rest| rest.split('"').nth(1).unwrap().replace("{*", "{"))
        // On the listener of the metrics.
        .filter(|path| path != "/metrics")
        .collect();
    let description = described();
    let mut told: Vec<String> = description["paths"].as_object().unwrap().keys().cloned().collect();
    routed.sort();
    told.sort();
    assert!(routed.len() > 10, "{routed:?}");
    assert_eq!(told, routed);
    let server = Server::start();
    assert_eq!(server.get("/openapi.json", &[]).json(), description);
}

#[test]
fn every_method_is_as_described_and_every_door_is_closed() {
    let server = Server::start();
    let description = described();
    for (path, method, operation) in operations(&description) {
        let answer = send(method, &server.url(&path), &[], b"").unwrap();
        let Some(operation) = operation else {
            answer.assert_problem(405, "method");
            continue;
        };
        assert_ne!(answer.status, 405, "{method} {path}");
        assert!(!answer.body.contains("no such address"), "{method} {path}");
        let responses = operation["responses"].as_object().unwrap();
        let status = answer.status.to_string();
        assert!(responses.contains_key(&status), "{method} {path}: {status} is not described");
        // Without a key or a token nothing opens but what is meant for everybody.
        let is_open = operation["security"].as_array().is_some_and(Vec::is_empty);
        assert_eq!(answer.status == 401, !is_open, "{method} {path}: {}", answer.body);
    }
}

/// schemathesis of the tests' Python (`scripts/setup.mjs`), or that of `UNSPOKEN_SCHEMATHESIS`.
fn schemathesis() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let own = root.join(".unspoken/tools/python-checks/bin/schemathesis");
    let named = std::env::var_os("UNSPOKEN_SCHEMATHESIS").map(PathBuf::from);
    named.or(Some(own)).filter(|path| path.is_file())
}

/// A visit of everything that reports count.
fn seed(server: &Server) {
    let names = ["hero", "promo", "b", "purchase", "/", "product", "commit"];
    let events = [
        What::Page { path: 5, kind: 6, item: 0 },
        What::Click { slot: 1, role: 2, flags: 3 },
        What::Scroll { percent: 75 },
        What::Dwell { slot: 1, ms: 900 },
        What::Exposure { slot: 1, variant: 3, rule: 2, chance: 500_000 },
        What::Goal { name: 4, value: 80.5 },
        What::Dismiss { slot: 1 },
        What::Lesson {
            slot: 1,
            rule: 2,
            variant: 3,
            chance: 500_000,
            reward: 1_000,
            context: vec![0],
        },
    ];
    for seed in 0..20 {
        let mut batch = batch(seed, 0);
        batch.names = names.map(str::to_owned).to_vec();
        let stream = events.iter().cycle().skip(seed as usize).zip((0u32..).map(|at| at * 100));
        batch.events = stream.take(8).map(|(what, at)| Event { at, what: what.clone() }).collect();
        assert_eq!(server.post(&wire::encode(&batch)).status, 204);
    }
}

/// Requests drawn from the description, good and bad, against a real collector: no answer may be a
/// 500, and each has to have a status, a type and a form that the description has.
#[test]
fn schemathesis_finds_no_answer_that_is_not_described() {
    let Some(program) = schemathesis() else {
        return eprintln!(
            "left out: there is no schemathesis; `npm run setup` brings it, or UNSPOKEN_SCHEMATHESIS names one"
        );
    };
    let server = Server::start_with(|settings, folder| {
        let file = folder.join("unspoken.json");
        std::fs::write(&file, r#"{"version":1,"slots":[{"id":"hero","variants":["b"]}]}"#).unwrap();
        settings.set_config(file);
        settings.rate = 1_000_000;
        settings.first_mut().unwrap().profiles = true;
    });
    seed(&server);
    let folder = tempfile::tempdir().unwrap();
    // What is asked has rules that a schema does not tell: a batch is MessagePack, a config has
    // meaning, `days` goes without `from`. That good requests are taken is for their own tests.
    let config = format!(
        "seed = 7\nparameters = {{ \"path.site\" = \"demo\" }}\n\
         [checks]\npositive_data_acceptance.enabled = false\n\
         [auth.openapi.token]\nbearer = \"{TOKEN}\"\n[auth.openapi.key]\napi_key = \"{KEY}\"\n"
    );
    let file = folder.path().join("schemathesis.toml");
    std::fs::write(&file, config).unwrap();
    let examples = std::env::var("UNSPOKEN_EXAMPLES").unwrap_or_else(|_| "3".to_owned());
    let ran = Command::new(program)
        .current_dir(folder.path())
        .arg("--config-file")
        .arg(&file)
        .args(["run", &server.url("/openapi.json"), "--max-examples", &examples])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--no-color",
            "--generation-database",
            "none",
        ])
        // The stream of live news has no end, and a page's file may be of any type; both have tests of
        // their own.
        .args(["--exclude-path-regex", "^/(v1/live|dashboard)"])
        .args(["--exclude-checks", "unsupported_method"])
        .args(["--request-timeout", "30", "--output-sanitize", "false"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(told.contains("Tested") || told.contains("passed"), "it did not run: {told}");
    assert!(ran.status.success(), "{told}{}", String::from_utf8_lossy(&ran.stderr));
    // It is alive, and what was there before is still counted.
    assert_eq!(server.get("/readyz", &[("origin", ORIGIN)]).status, 200);
}
