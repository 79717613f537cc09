//! `GET /v1/config/{site}`.

use crate::support::{ORIGIN, Server};

fn server(json: &str) -> Server {
    Server::start_with(|settings, folder| {
        let file = folder.join("unspoken.json");
        std::fs::write(&file, json).unwrap();
        settings.set_config(file);
    })
}

#[test]
fn the_config_is_served_with_an_etag() {
    let server = server(r#"{"slots":{}}"#);
    let answer = server.get("/v1/config/demo", &[("origin", ORIGIN)]);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"slots":{}}"#));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
    let etag = answer.header("etag").unwrap();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");

    for known in [etag.to_owned(), format!("\"other\", W/{etag}"), "*".to_owned()] {
        let again = server.get("/v1/config/demo", &[("if-none-match", &known)]);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{known}");
        assert_eq!(again.header("etag"), Some(etag));
    }
    assert_eq!(server.get("/v1/config/demo", &[("if-none-match", "\"other\"")]).status, 200);
}

#[test]
fn a_changed_file_is_served_and_a_broken_one_is_not() {
    let server = server(r#"{"slots":{}}"#);
    let file = server.folder.path().join("unspoken.json");
    let first = server.get("/v1/config/demo", &[]);
    let changed = r#"{"slots":{"hero":{}}}"#;
    std::fs::write(&file, changed).unwrap();
    let second = server.get("/v1/config/demo", &[]);
    assert_eq!(second.body, changed);
    assert_ne!(second.header("etag"), first.header("etag"));
    let stale = [("if-none-match", first.header("etag").unwrap())];
    assert_eq!(server.get("/v1/config/demo", &stale).status, 200);

    for broken in ["", r#"{"slots":"#] {
        std::fs::write(&file, broken).unwrap();
        assert_eq!(server.get("/v1/config/demo", &[]).body, changed);
    }
    std::fs::remove_file(&file).unwrap();
    assert_eq!(server.get("/v1/config/demo", &[]).body, changed);
    std::fs::write(&file, r#"{"slots":{"a":{}}}"#).unwrap();
    assert_eq!(server.get("/v1/config/demo", &[]).body, r#"{"slots":{"a":{}}}"#);
}

#[test]
fn another_site_has_none() {
    server("{}").get("/v1/config/other", &[]).assert_problem(404, "absent");
    Server::start().get("/v1/config/demo", &[]).assert_problem(404, "absent");
}
