//! Several sites in one collector: each key writes to its own, each token reads its own.

use std::sync::Arc;

use unspoken::wire;
use unspoken_collector::secret::Secret;
use unspoken_collector::settings::Site;

use crate::support::{KEY, ORIGIN, Server, TOKEN, batch};

const OTHER_ORIGIN: &str = "https://other.example";

fn two_sites() -> Server {
    Server::start_with(|settings, _| {
        let mut other = Site::new("other", Secret::new("pk_other")).unwrap();
        other.token = Some(Secret::new("token-of-the-other"));
        other.allow_origin(OTHER_ORIGIN).unwrap();
        settings.sites.push(Arc::new(other));
    })
}

fn clicks(server: &Server, query: &str, token: &str) -> Result<u64, (u16, String)> {
    let bearer = format!("Bearer {token}");
    let answer = server.get(&format!("/v1/report{query}"), &[("authorization", &bearer)]);
    match answer.status {
        200 => Ok(answer.json()["totals"]["clicks"].as_u64().unwrap()),
        status => Err((status, answer.json()["type"].as_str().unwrap().to_owned())),
    }
}

#[test]
fn a_key_writes_to_its_site_and_a_token_reads_its_site() {
    let server = two_sites();
    let post = |key: &str, origin: &str, seed| {
        let path = format!("/v1/batch?key={key}");
        server.post_with(&path, &[("origin", origin)], &wire::encode(&batch(seed, 2)))
    };
    assert_eq!(post(KEY, ORIGIN, 1).status, 204);
    assert_eq!(post("pk_other", OTHER_ORIGIN, 2).status, 204);
    assert_eq!(post("pk_other", OTHER_ORIGIN, 3).status, 204);
    // A page of one site cannot post to the other, though both may post to this collector.
    post("pk_other", ORIGIN, 4).assert_problem(403, "origin");
    post(KEY, OTHER_ORIGIN, 4).assert_problem(403, "origin");
    post("pk_nobody", ORIGIN, 4).assert_problem(401, "key");

    assert_eq!(clicks(&server, "", TOKEN), Ok(2));
    assert_eq!(clicks(&server, "?site=demo", TOKEN), Ok(2));
    assert_eq!(clicks(&server, "?site=other", TOKEN), Ok(4));
    assert_eq!(clicks(&server, "", "token-of-the-other"), Ok(4));
    assert_eq!(clicks(&server, "?minutes=5&site=other", "token-of-the-other"), Ok(4));
    let refused = |query: &str, token: &str, status, kind: &str| {
        let told = clicks(&server, query, token).expect_err(query);
        assert_eq!(told, (status, format!("urn:unspoken:problem:{kind}")));
    };
    refused("?site=nobody", TOKEN, 404, "absent");
    refused("?site=demo", "token-of-the-other", 403, "site");
    refused("?site=nobody", "token-of-the-other", 403, "site");
    refused("?site=other", "wrong-token", 401, "token");
    refused("?site=other", "pk_other", 401, "token");
    refused("", "", 401, "token");
}

#[test]
fn a_preflight_is_answered_for_every_sites_origin() {
    let server = two_sites();
    for origin in [ORIGIN, OTHER_ORIGIN] {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        let answer = crate::support::send("OPTIONS", &server.url("/v1/batch"), &headers, &[]);
        let answer = answer.unwrap();
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
    }
    let headers = [("origin", "https://x.example"), ("access-control-request-method", "POST")];
    let answer = crate::support::send("OPTIONS", &server.url("/v1/batch"), &headers, &[]);
    assert_eq!(answer.unwrap().header("access-control-allow-origin"), None);
}

/// One key's flood is refused; the other's batches are taken.
#[test]
fn a_key_has_a_rate_of_its_own() {
    let server = Server::start_with(|settings, _| {
        settings.site_rate = Some(1);
        settings.sites.push(Arc::new(Site::new("other", Secret::new("pk_other")).unwrap()));
    });
    let post = |key: &str| server.post_with(&format!("/v1/batch?key={key}"), &[], b"no batch");
    let answers: Vec<_> = (0..60).map(|_| post(KEY)).collect();
    let refused = answers.iter().find(|answer| answer.status == 429).expect("no limit");
    refused.assert_problem(429, "too-fast");
    assert!(refused.header("retry-after").is_some());
    post("pk_other").assert_problem(400, "malformed");
}

#[test]
fn settings_take_digests_in_the_place_of_secrets() {
    let server = Server::start_with(|settings, folder| {
        let digest = |text: &str| Secret::new(text).told();
        *settings = unspoken_collector::Settings::new(
            folder.join("unspoken.db"),
            "demo",
            &digest(KEY),
            &digest(TOKEN),
        )
        .unwrap();
    });
    assert_eq!(server.post(&wire::encode(&batch(1, 2))).status, 204);
    assert_eq!(clicks(&server, "", TOKEN), Ok(2));
    // The digest itself opens nothing.
    assert_eq!(clicks(&server, "", &Secret::new(TOKEN).told()).unwrap_err().0, 401);
}
