//! `POST /v1/decide`: what the vectors say, which a test holds the browser to as well.

use serde_json::{Value, json};

use crate::support::{Server, TOKEN, send};

/// The same visits as tests/e2e/decide.test.mjs has in Node and in Chromium.
const VECTORS: &str = include_str!("../../../tests/vectors/decide.json");

fn server(config: &str) -> Server {
    Server::start_with(|settings, folder| {
        let file = folder.join("unspoken.json");
        std::fs::write(&file, config).unwrap();
        settings.set_config(file);
    })
}

/// The config of the vectors, its keys in their order: the first state of a journey is its start.
fn config() -> String {
    unspoken::value::Value::parse(VECTORS).unwrap().at("config").to_json()
}

fn ask(server: &Server, asked: &Value) -> crate::support::Answer {
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    server.post_with("/v1/decide", &headers, asked.to_string().as_bytes())
}

#[test]
fn a_profile_gets_the_decision_of_its_browser() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let server = server(&config());
    let visits = vectors["visits"].as_array().unwrap();
    assert!(visits.len() >= 20);
    for visit in visits {
        let answer = ask(&server, &visit["asked"]);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let answer = answer.json();
        let decisions = answer["decisions"].as_object().unwrap();
        let expected = visit["expected"].as_object().unwrap();
        assert_eq!(decisions.len(), expected.len());
        for (slot, decided) in expected {
            let decision = &decisions[slot];
            let seen = json!([decision["variant"], decision["rule"], decision["reason"]]);
            assert_eq!(&seen, decided, "{}: {slot}", visit["name"]);
            assert_eq!(decision["slot"], **slot);
            for key in ["by", "at", "shown", "present", "seen", "waits"] {
                assert!(decision.get(key).is_some(), "{slot} has no {key}: {decision}");
            }
        }
        // What is to be kept decides the same the next time, whatever chance there is then.
        let mut again = visit["asked"].clone();
        again["profile"] = answer["profile"].clone();
        again["id"] = answer["profile"]["visitor"].clone();
        again["seed"] = json!("18446744073709551615");
        for (slot, decided) in expected {
            let next = ask(&server, &again).json();
            assert_eq!(next["decisions"][slot]["variant"], decided[0], "{}: {slot}", visit["name"]);
        }
    }
}

#[test]
fn what_is_not_told_is_drawn_and_only_what_is_asked_is_answered() {
    let server = server(&config());
    let visitor = |answer: crate::support::Answer| answer.json()["profile"]["visitor"].clone();
    let (one, other) = (ask(&server, &json!({})), ask(&server, &json!({})));
    assert_ne!(visitor(one), visitor(other));
    let answer = ask(&server, &json!({ "slots": ["hero", "nobody", "hero"] })).json();
    let decisions = answer["decisions"].as_object().unwrap();
    assert_eq!(decisions.keys().collect::<Vec<_>>(), ["hero", "nobody"]);
    assert_eq!(decisions["nobody"]["reason"], "The default stands: there is no such slot.");
    assert_eq!(answer["version"], 0);
}

#[test]
fn what_cannot_be_answered_is_told_with_its_place() {
    let server = server(r#"{"slots":{}}"#);
    let post = |token: &str, body: &str| {
        let bearer = format!("Bearer {token}");
        server.post_with("/v1/decide", &[("authorization", &bearer)], body.as_bytes())
    };
    post("wrong-token", "{}").assert_problem(401, "token");
    post(TOKEN, "{").assert_problem(400, "malformed");
    post(TOKEN, "").assert_problem(400, "malformed");
    let misspelt = post(TOKEN, r#"{"atributes":{}}"#);
    misspelt.assert_problem(400, "malformed");
    assert!(misspelt.body.contains("did you mean attributes?"), "{}", misspelt.body);
    post(TOKEN, &format!(r#"{{"facts":{}1{}}}"#, "[".repeat(40), "]".repeat(40)))
        .assert_problem(400, "malformed");
    post(TOKEN, &format!(r#"{{"id":"{}"}}"#, "x".repeat(140_000))).assert_problem(413, "too-large");
    post(TOKEN, r#"{"version":7}"#).assert_problem(404, "absent");
    let url = format!("{}/v1/decide", server.url(""));
    send("GET", &url, &[], &[]).unwrap().assert_problem(405, "method");
    let none = Server::start();
    ask(&none, &json!({})).assert_problem(404, "absent");
}

#[test]
fn a_version_decides_from_the_moment_it_is_served() {
    let config =
        |show: &str| format!(r#"{{"slots":{{"a":{{"rules":[{{"id":"r","show":"{show}"}}]}}}}}}"#);
    let server = server(&config("file"));
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str())];
    let shown = |asked: Value| ask(&server, &asked).json()["decisions"]["a"]["variant"].clone();
    assert_eq!(shown(json!({})), "file");
    let publish = |show: &str, share: &str| {
        let path = format!("/v1/config/demo/versions?share={share}");
        let answer = server.post_with(&path, &headers, config(show).as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.body);
    };
    publish("first", "1");
    publish("second", "0.5");
    assert_eq!(shown(json!({})), "first", "what is in service for all");
    assert_eq!(shown(json!({ "version": 2 })), "second", "what the browser's tag names");
    assert_eq!(shown(json!({ "version": 0 })), "file");
}
