//! `GET /dashboard`, and what every answer carries.

use crate::support::Server;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
                      form-action 'none'";

#[test]
fn without_a_build_the_page_says_how_to_get_one() {
    let answer = Server::start().get("/dashboard", &[]);
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("npm run build"), "{}", answer.body);
    assert_eq!(answer.header("content-security-policy"), Some(POLICY));
}

#[test]
fn the_build_is_served_and_nothing_beside_it() {
    let server = Server::start();
    // Built while the collector runs: no restart is needed.
    let folder = server.folder.path().join("dashboard");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("index.html"), "<!doctype html>the page").unwrap();
    std::fs::write(folder.join("main.js"), "the script").unwrap();
    for path in ["/dashboard", "/dashboard/"] {
        let page = server.get(path, &[]);
        assert_eq!((page.status, page.body.as_str()), (200, "<!doctype html>the page"));
        assert_eq!(page.header("content-type"), Some("text/html"));
        assert_eq!(page.header("content-security-policy"), Some(POLICY));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
    }
    let script = server.get("/dashboard/main.js", &[]);
    assert_eq!((script.status, script.body.as_str()), (200, "the script"));
    assert_eq!(script.header("content-type"), Some("text/javascript"));

    assert!(server.db().is_file());
    for path in [
        "/dashboard/nothing.js",
        "/dashboard/%2e%2e/unspoken.db",
        "/dashboard/..%2funspoken.db",
        "/dashboard//etc/passwd",
        "/dashboard/%2fetc/passwd",
    ] {
        let answer = server.get(path, &[]);
        assert!(answer.status == 404 || answer.status == 400, "{path}: {}", answer.status);
    }
}

#[test]
fn health_and_unknown_addresses() {
    let server = Server::start();
    let health = server.get("/healthz", &[]);
    assert_eq!((health.status, health.body.as_str()), (200, r#"{"status":"ok"}"#));
    assert_eq!(health.header("x-content-type-options"), Some("nosniff"));
    server.get("/nothing", &[]).assert_problem(404, "absent");
    server.get("/v1/batch", &[]).assert_problem(405, "method");
    server.post_with("/v1/report", &[], b"x").assert_problem(405, "method");
}
