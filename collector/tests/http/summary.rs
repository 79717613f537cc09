//! `GET /v1/visitors/{id}/summary`.

use unspoken::wire::{self, Event, What};

use crate::support::{Answer, Server, TOKEN, batch, now_ms};

fn ask(server: &Server, visitor: &str) -> Answer {
    let bearer = format!("Bearer {TOKEN}");
    server.get(&format!("/v1/visitors/{visitor}/summary"), &[("authorization", &bearer)])
}

#[test]
fn an_agent_is_told_what_is_kept_and_no_more() {
    let server = Server::start_with(|settings, _| settings.first_mut().unwrap().profiles = true);
    let mut batch = batch(1, 0);
    let names =
        ["product", "checkout", "drover", "ridge", "moor", "/boots", "popup", "add_to_cart"];
    batch.names = names.map(str::to_owned).to_vec();
    batch.base_ms = now_ms() - 600_000;
    let page = |kind, item| What::Page { path: 6, kind, item };
    let events = [
        page(1, 3),
        page(1, 4),
        page(1, 5),
        What::Dismiss { slot: 7 },
        What::Goal { name: 8, value: 0.0 },
        page(2, 0),
        What::Click { slot: 0, role: 2, flags: 1 },
        What::Click { slot: 0, role: 2, flags: 1 },
    ];
    let at = |(at, what)| Event { at: at as u32 * 1_000, what };
    batch.events = events.into_iter().enumerate().map(at).collect();
    assert_eq!(server.post(&wire::encode(&batch)).status, 204);
    let visitor = batch.visitor.to_hex();
    let answer = ask(&server, &visitor);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let json = answer.json();
    let sentence = json["sentence"].as_str().unwrap();
    let said = "compared 3 items of product pages (drover, ridge and moor). Reached add_to_cart, came to \
                checkout and left it and struggled at checkout (2 clicks that came to nothing). Dismissed \
                popup.";
    assert!(sentence.starts_with("Was here once, last 9 minutes ago; "), "{sentence}");
    assert!(sentence.ends_with(said), "{sentence}");
    assert_eq!(json["visitor"], *visitor);
    assert_eq!((&json["views"], &json["sessions"]), (&4.into(), &1.into()));
    assert_eq!(json["struggled"][0]["rage"], 2);
    assert_eq!(json["lastSeenAt"], batch.base_ms + 7_000);

    ask(&server, "0123456789abcdef0123456789abcdef").assert_problem(404, "absent");
    ask(&server, "somebody").assert_problem(400, "malformed");
    server.get(&format!("/v1/visitors/{visitor}/summary"), &[]).assert_problem(401, "token");
}

#[test]
fn a_site_has_to_want_it() {
    let server = Server::start();
    let batch = batch(1, 1);
    assert_eq!(server.post(&wire::encode(&batch)).status, 204);
    let refused = ask(&server, &batch.visitor.to_hex());
    refused.assert_problem(404, "absent");
    assert!(refused.body.contains("profiles = true"), "{}", refused.body);
}
