//! Versions of a config: published, rolled out, taken back.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::binary::Binary;
use crate::support::{Answer, Server, TOKEN, run, send};

const FILE: &str = r#"{"slots":{}}"#;

fn server(file: Option<&str>) -> Server {
    Server::start_with(|settings, folder| {
        if let Some(json) = file {
            let path = folder.join("unspoken.json");
            std::fs::write(&path, json).unwrap();
            settings.set_config(path);
        }
    })
}

fn config(name: &str) -> String {
    format!(r#"{{"slots":{{"{name}":{{"rules":[{{"id":"r","show":"x"}}]}}}}}}"#)
}

fn ask(server: &Server, path: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {TOKEN}");
    let method = if body.is_empty() { "GET" } else { "POST" };
    let url = server.url(&format!("/v1/config/demo/{path}"));
    send(method, &url, &[("authorization", &bearer)], body.as_bytes()).unwrap()
}

/// A browser that opens a page: it asks with the tag of what it has.
#[derive(Default)]
struct Browser {
    etag: Option<String>,
    has: String,
}

impl Browser {
    fn open(&mut self, server: &Server) -> &str {
        let tag = self.etag.clone().unwrap_or_default();
        let headers = [("if-none-match", tag.as_str())];
        let answer = server.get("/v1/config/demo", if tag.is_empty() { &[] } else { &headers });
        match answer.status {
            200 => self.has = answer.body.clone(),
            304 => assert_eq!(answer.header("etag"), Some(tag.as_str())),
            _ => panic!("{}", answer.body),
        }
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
        self.etag = answer.header("etag").map(str::to_owned);
        &self.has
    }
}

#[test]
fn a_share_gets_the_new_version_and_keeps_it() {
    let server = server(Some(FILE));
    let (one, two) = (config("one"), config("two"));
    assert_eq!(ask(&server, "versions", &one).status, 201);
    assert_eq!(ask(&server, "versions?share=0.2&note=a%20try", &two).status, 201);

    let mut browsers: Vec<Browser> = (0..2_000).map(|_| Browser::default()).collect();
    let mut first = Vec::new();
    for browser in &mut browsers {
        first.push(browser.open(&server) == two);
    }
    let count = |list: &[bool]| list.iter().filter(|got| **got).count();
    // 400 are expected, with a standard deviation of 18; nobody sees 6 of them in a lifetime.
    assert!((293..=507).contains(&count(&first)), "{}", count(&first));

    for (browser, had) in browsers.iter_mut().zip(&first).step_by(4) {
        assert_eq!(browser.open(&server) == two, *had, "a browser lost its version");
    }
    ask(&server, "stage", r#"{"version":2,"share":0.5}"#);
    let mut second = Vec::new();
    for browser in &mut browsers {
        second.push(browser.open(&server) == two);
    }
    assert!((866..=1134).contains(&count(&second)), "{}", count(&second));
    assert!(first.iter().zip(&second).all(|(before, now)| *now || !before), "one was taken back");

    let answer = ask(&server, "rollback", " ");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(browsers.iter_mut().step_by(4).all(|browser| browser.open(&server) == one));
    ask(&server, "rollback", " ");
    assert!(browsers.iter_mut().step_by(16).all(|browser| browser.open(&server) == FILE));
    ask(&server, "stage", r#"{"version":2,"share":1}"#);
    assert!(browsers.iter_mut().step_by(16).all(|browser| browser.open(&server) == two));
    // The bucket was drawn once: whoever was among the first is so again.
    ask(&server, "stage", r#"{"version":1,"share":0.2}"#);
    for (browser, had) in browsers.iter_mut().zip(&first).step_by(16) {
        assert_eq!(browser.open(&server) == one, *had);
    }
}

#[test]
fn a_tag_says_what_the_browser_has_and_nothing_else() {
    let server = server(None);
    server.get("/v1/config/demo", &[]).assert_problem(404, "absent");
    assert_eq!(ask(&server, "versions", &config("one")).status, 201);
    let answer = server.get("/v1/config/demo", &[]);
    let etag = answer.header("etag").unwrap().to_owned();
    let parts: Vec<&str> = etag.trim_matches('"').split('-').collect();
    assert_eq!((parts[0], parts.len()), ("v1", 3), "{etag}");
    for known in [etag.clone(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
        let again = server.get("/v1/config/demo", &[("if-none-match", &known)]);
        assert_eq!((again.status, again.body.as_str()), (304, ""), "{known}");
    }
    // The same number and bucket of another content, as after a state file that was lost.
    let other = format!("\"v1-{}-00000000\"", parts[1]);
    let again = server.get("/v1/config/demo", &[("if-none-match", &other)]);
    assert_eq!(again.status, 200);
    assert_eq!(again.header("etag"), Some(etag.as_str()), "its bucket is kept");
}

#[test]
fn the_list_tells_shares_and_notes() {
    let server = server(Some(FILE));
    let before = ask(&server, "versions", "").json();
    assert_eq!(before["versions"][0]["version"], 0);
    assert_eq!(before["versions"][0]["share"], 1.0);
    let published = ask(&server, "versions?note=Boots", &config("one")).json();
    assert_eq!(published["version"], 1);
    assert!(
        published["sentence"].as_str().unwrap().contains("in place of the file"),
        "{published}"
    );
    let staged = ask(&server, "versions?share=0.25", &config("two")).json();
    let listed: Vec<Value> = staged["versions"].as_array().unwrap().clone();
    let of = |at: usize, key: &str| listed[at][key].clone();
    assert_eq!((of(0, "version"), of(0, "share")), (json!(2), json!(0.25)));
    assert_eq!((of(1, "share"), of(1, "note")), (json!(0.75), json!("Boots")));
    assert_eq!((of(1, "mistakes"), of(2, "share")), (json!(0), json!(0.0)));
    assert!(of(1, "createdAt").as_u64().unwrap() > 1_700_000_000_000);
    let etag = of(1, "etag");
    assert!(etag.as_str().unwrap().starts_with("v1-"), "{etag}");
}

#[test]
fn what_does_not_hold_is_not_served() {
    let server = server(None);
    let mistaken = ask(&server, "versions", r#"{"level":"all","slots":{"hero":{"swap":"later"}}}"#);
    mistaken.assert_problem(422, "mistakes");
    let problem = mistaken.json();
    let paths: Vec<&str> = problem["mistakes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["level", "slots.hero.swap"]);
    assert_eq!(problem["mistakes"][0]["line"], 1);
    ask(&server, "versions", "no JSON").assert_problem(422, "mistakes");
    ask(&server, "versions?share=0.005", FILE).assert_problem(400, "malformed");
    ask(&server, "versions?share=2", FILE).assert_problem(400, "malformed");
    ask(&server, "versions?share=0.5", FILE).assert_problem(409, "conflict");
    ask(&server, "versions", &" ".repeat(300_000)).assert_problem(413, "too-large");
    ask(&server, "stage", r#"{"version":1,"share":1}"#).assert_problem(404, "absent");
    ask(&server, "stage", r#"{"version":1}"#).assert_problem(400, "malformed");
    ask(&server, "rollback", " ").assert_problem(409, "conflict");
    server.get("/v1/config/demo", &[]).assert_problem(404, "absent");
    let url = server.url("/v1/config/demo/versions");
    send("POST", &url, &[], FILE.as_bytes()).unwrap().assert_problem(401, "token");
    let bearer = format!("Bearer {TOKEN}");
    let other = server.url("/v1/config/other/versions");
    send("GET", &other, &[("authorization", &bearer)], &[]).unwrap().assert_problem(404, "absent");
    assert_eq!(ask(&server, "versions", "").json(), json!({ "versions": [] }));
}

/// The program writes into the file of a collector that runs, which serves it at the next request;
/// and what was published survives the collector.
#[test]
fn the_command_line_and_a_running_collector_agree() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (db, state, file) = (path("unspoken.db"), path("state.db"), path("unspoken.json"));
    std::fs::write(&file, FILE).unwrap();
    std::fs::write(path("new.json"), config("new")).unwrap();
    let serve = || Binary::start(db.as_ref(), &["--config", &file, "--site", "demo"]);
    let mut collector = serve();
    let get = |collector: &Binary| {
        let url = format!("http://{}/v1/config/demo", collector.address);
        send("GET", &url, &[], &[]).unwrap().body
    };
    let config_cli = |args: &[&str]| {
        let place = ["--state", &state, "--config", &file];
        run(&[&["config"], args, &place].concat())
    };
    assert_eq!(get(&collector), FILE);
    let (well, printed, complained) =
        config_cli(&["publish", &path("new.json"), "--note", "boots"]);
    assert!(well, "{complained}");
    assert!(printed.contains("version 1 is served to all, in place of the file"), "{printed}");
    assert_eq!(get(&collector), config("new"));
    collector.kill();
    let collector = serve();
    assert_eq!(get(&collector), config("new"));

    let (well, printed, _) = config_cli(&["list"]);
    assert!(well && printed.contains("boots") && printed.contains("100 %"), "{printed}");
    let (well, printed, _) = config_cli(&["list", "--json"]);
    let listed: HashMap<String, Value> = serde_json::from_str(&printed).unwrap();
    assert!(well);
    assert_eq!(listed["versions"][0]["version"], 1);
    assert!(config_cli(&["rollback"]).0);
    assert_eq!(get(&collector), FILE);
    assert!(config_cli(&["stage", "1", "--share", "0.3"]).0);
    assert!(config_cli(&["stage", "1", "--share", "1"]).0);
    assert_eq!(get(&collector), config("new"));

    std::fs::write(path("new.json"), r#"{"slots":{"hero":{"swap":"later"}}}"#).unwrap();
    let (well, _, complained) = config_cli(&["publish", &path("new.json")]);
    assert!(!well && complained.contains("slots.hero.swap"), "{complained}");
    let (well, _, complained) = config_cli(&["stage", "9"]);
    assert!(!well && complained.contains("there is no version 9"), "{complained}");
}
