//! Running the collector: settings from everywhere, readiness, metrics, a stop under load.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use unspoken::wire;

use crate::binary::Binary;
use crate::support::{KEY, Server, batch, post, send, stored};

/// `unspoken serve --check-config` in a folder of its own.
fn check(folder: &Path, variables: &[(&str, &str)], flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspoken"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("UNSPOKEN_")) {
        command.env_remove(name);
    }
    let command = command.current_dir(folder).args(["serve", "--check-config"]).args(flags);
    command.envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap()
}

/// The line of a setting, its spaces made one.
fn line(output: &Output, path: &str) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    let found = text.lines().find(|line| line.split_whitespace().next() == Some(path));
    let found = found.unwrap_or_else(|| panic!("{path} is not in\n{text}"));
    found.split_whitespace().collect::<Vec<_>>().join(" ")
}

const FILE: &str = r#"
rate = 7
token = "token-of-the-file"
trusted-proxies = ["10.0.0.0/8"]

[store]
db = "file.db"
password = "password-of-the-file"

[limits]
body = 4_096

[[site]]
name = "shop"
key = "pk_shop"
origins = ["https://shop.example"]

[[site.metric]]
name = "revenue"
kind = "revenue"
goal = "purchase"

[[site.webhook]]
url = "https://crm.example/hook/secret-path"
secret = "secret-of-the-hook"
on = ["goal:purchase"]

[[site]]
name = "blog"
key = "sha256:6f3a9bbd66b1ff9e9ec3f4c7ac3c2d1d4cf5a3dd5ba23ba0a8e65a0fe8a3e5fd"
token = "token-of-the-blog"
"#;

#[test]
fn settings_come_from_file_environment_and_flags_in_that_order() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("unspoken.toml"), FILE).unwrap();
    let variables = [("UNSPOKEN_RATE", "8"), ("UNSPOKEN_DB", "env.db"), ("UNSPOKEN_LOG", "")];
    let output =
        check(folder.path(), &variables, &["--db", "flag.db", "--origin", "https://a.example"]);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && complaint.is_empty(), "{complaint}");
    for (path, told) in [
        ("limits.body", "= 4096 # unspoken.toml:11"),
        ("rate", "= 8 # UNSPOKEN_RATE"),
        ("store.db", "= flag.db # --db"),
        ("log", "= info # default"),
        ("token", "= (redacted) # unspoken.toml:3"),
        ("trusted-proxies", "= 10.0.0.0/8 # unspoken.toml:4"),
        ("site[0].name", "= shop # unspoken.toml:14"),
        ("site[0].origins", "= https://a.example # --origin"),
        ("site[1].name", "= blog # unspoken.toml:29"),
        ("site[0].metric[0]", "= revenue (purchase) # the site's table"),
        ("site[0].webhook[0]", "= https://crm.example/… on goal:purchase # the site's table"),
    ] {
        assert_eq!(line(&output, path), format!("{path} {told}"));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    for secret in ["token-of", "password-of", "secret-", "pk_shop", "6f3a9bbd"] {
        assert!(!printed.contains(secret), "{secret} is printed:\n{printed}");
    }
    assert!(!folder.path().join("flag.db").exists(), "it opened the database");

    // Another file by flag or variable, in the place of the usual one.
    std::fs::write(folder.path().join("other.toml"), "rate = 3").unwrap();
    let output = check(folder.path(), &[("UNSPOKEN_SETTINGS", "other.toml")], &[]);
    assert_eq!(line(&output, "rate"), "rate = 3 # other.toml:1");
    assert_eq!(line(&output, "site[0].name"), "site[0].name = - # default");
    let output = check(
        folder.path(),
        &[("UNSPOKEN_SETTINGS", "absent.toml")],
        &["--settings", "other.toml"],
    );
    assert!(output.status.success());
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = r#"rates = 7
rate = "fast"
cookie = 1
site-rate = 0
[limits]
bodi = 3
[stor]
kind = "sqlite"
[store]
kind = "clickhouse"
url = "ch.example:8123"
[[site]]
name = "a/b"
key = "pk"
[[site]]
key = "pk_2"
orgins = []
[[site.metric]]
name = "m"
kind = "medal"
goal = "g"
[[site.metric]]
name = "n"
gaol = "g"
"#;
    std::fs::write(folder.path().join("unspoken.toml"), file).unwrap();
    let variables = [("UNSPOKEN_LISTEN", "everywhere"), ("UNSPOKEN_TRUSTED_PROXY", "10.0.0.0/40")];
    let output = check(folder.path(), &variables, &["--token", "short", "--tls-key", "k.pem"]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    for mistake in [
        "unspoken.toml:1: rates is no setting; did you mean rate?",
        "unspoken.toml:2: rate is a whole number from 1 to 1000000",
        "unspoken.toml:3: cookie is true or false",
        "unspoken.toml:4: site-rate is a whole number",
        "unspoken.toml:6: limits.bodi is no setting; did you mean limits.body?",
        "unspoken.toml:7: stor is no setting; did you mean store?",
        "unspoken.toml:11: store.url \"ch.example:8123\" is no address",
        "unspoken.toml:13: the site \"a/b\" is not a name",
        "unspoken.toml:15: the site has no name",
        "unspoken.toml:17: site.orgins is no setting; did you mean site.origins?",
        "medal",
        "unspoken.toml:24: site.metric: unknown field `gaol`",
        "UNSPOKEN_LISTEN: listen is an address with a port",
        "UNSPOKEN_TRUSTED_PROXY: trusted-proxies: \"10.0.0.0/40\" is no network",
        "--token: the token is not 8 or more",
        "--tls-key: tls.key without tls.cert",
    ] {
        assert!(told.contains(mistake), "{mistake} is not in\n{told}");
    }
    std::fs::write(folder.path().join("unspoken.toml"), "rate = 1\nrate = = 2\n").unwrap();
    let output = check(folder.path(), &[], &[]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("unspoken.toml:2: it is not TOML"), "{told}");
    let twice =
        "[[site]]\nname='a'\nkey='k'\n[[site]]\nname='a'\nkey='l'\n[[site]]\nname='c'\nkey='k'";
    std::fs::write(folder.path().join("unspoken.toml"), twice).unwrap();
    let output = check(folder.path(), &[], &[]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("unspoken.toml:4: there is a site \"a\" before it"), "{told}");
    assert!(told.contains("unspoken.toml:7: the site \"a\" has the same key"), "{told}");
}

#[test]
fn a_drawn_key_is_printed_with_its_digest() {
    let (well, printed, _) = crate::support::run(&["key", "--publishable", "--json"]);
    assert!(well);
    let drawn: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let (text, digest) = (drawn["text"].as_str().unwrap(), drawn["digest"].as_str().unwrap());
    assert!(text.starts_with("pk_") && text.len() == 35, "{text}");
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let collector = Binary::start(&db, &["--key", digest]);
    let url = format!("http://{}/v1/batch?key={text}", collector.address);
    assert_eq!(send("POST", &url, &[], &wire::encode(&batch(1, 1))).unwrap().status, 204);
    assert_eq!(post(collector.address, &wire::encode(&batch(1, 1))).status, 401);
}

#[test]
fn readiness_is_apart_from_life() {
    let server = Server::start();
    let ready = server.get("/readyz", &[]);
    assert_eq!((ready.status, ready.body.as_str()), (200, r#"{"status":"ready"}"#));
}

/// The value of a metric's line.
fn figure(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(&format!("{name} ")));
    let line = line.unwrap_or_else(|| panic!("{name} is not in\n{metrics}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[test]
fn metrics_have_a_listener_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let collector = Binary::start(&db, &["--metrics-listen", "127.0.0.1:0"]);
    let metrics = collector.metrics_address();
    let (first, again) = (wire::encode(&batch(1, 3)), wire::encode(&batch(2, 4)));
    for body in [&first[..], &first, &again, b"no batch"] {
        post(collector.address, body);
    }
    let wrong = format!("http://{}/v1/batch?key=pk_wrong", collector.address);
    send("POST", &wrong, &[], &first).unwrap();
    let nothing = format!("http://{}/no/such/{}", collector.address, "x".repeat(99));
    send("GET", &nothing, &[], &[]).unwrap();

    let answer = send("GET", &format!("http://{metrics}/metrics"), &[], &[]).unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = answer.body;
    for (name, expected) in [
        ("unspoken_batches_total{outcome=\"stored\"}", 2.0),
        ("unspoken_batches_total{outcome=\"seen\"}", 1.0),
        ("unspoken_batches_total{outcome=\"malformed\"}", 1.0),
        ("unspoken_batches_total{outcome=\"key\"}", 1.0),
        ("unspoken_events_total", 7.0),
        ("unspoken_batch_bytes_total", (first.len() + again.len()) as f64),
        ("unspoken_batches_waiting", 0.0),
        ("unspoken_append_duration_seconds_count", 3.0),
        ("unspoken_requests_total{route=\"/v1/batch\",method=\"POST\",status=\"204\"}", 3.0),
        ("unspoken_requests_total{route=\"none\",method=\"GET\",status=\"404\"}", 1.0),
        ("unspoken_ready", 1.0),
    ] {
        assert_eq!(figure(&text, name), expected, "{name}\n{text}");
    }
    assert!(figure(&text, "process_start_time_seconds") > 1.7e9);
    // A batch that came twice is in those commits twice.
    assert_eq!(figure(&text, "unspoken_committed_total"), 3.0);
    assert!(!text.contains("no/such"), "a label came from a caller");
    // Neither listener serves what is the other's.
    let other = send("GET", &format!("http://{}/metrics", collector.address), &[], &[]).unwrap();
    other.assert_problem(404, "absent");
    let other = send("GET", &format!("http://{metrics}/v1/report"), &[], &[]).unwrap();
    other.assert_problem(404, "absent");
}

/// SIGTERM while pages post: every batch that was acknowledged is there once and whole, and so is
/// every one that was not, or it is not there at all.
#[test]
#[cfg(unix)]
fn a_stop_under_load_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let collector = Binary::start(&db, &["--rate", "100000", "--log", "info"]);
    let address = collector.address;
    let (seeds, count) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicUsize::new(0)));
    let stop = Arc::new(AtomicBool::new(false));
    let posting: Vec<_> = (0..8)
        .map(|_| {
            let (seeds, count, stop) = (Arc::clone(&seeds), Arc::clone(&count), Arc::clone(&stop));
            std::thread::spawn(move || {
                let url = format!("http://{address}/v1/batch?key={KEY}");
                let mut mine = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let seed = seeds.fetch_add(1, Ordering::Relaxed);
                    let sent = send("POST", &url, &[], &wire::encode(&batch(seed, 20)));
                    match sent.map(|answer| answer.status) {
                        Ok(204) => mine.push((seed, true)),
                        Ok(_) | Err(_) => mine.push((seed, false)),
                    }
                    count.fetch_add(1, Ordering::Relaxed);
                }
                mine
            })
        })
        .collect();
    let patience = Instant::now() + Duration::from_secs(60);
    while count.load(Ordering::Relaxed) < 100 {
        assert!(Instant::now() < patience, "the collector takes no load");
        std::thread::sleep(Duration::from_millis(1));
    }
    let (well, log) = collector.terminate();
    stop.store(true, Ordering::Relaxed);
    assert!(well, "{log}");
    assert!(log.contains("stopping") && !log.contains("cut off"), "{log}");
    let mut acknowledged = 0;
    for (seed, is_acknowledged) in posting.into_iter().flat_map(|thread| thread.join().unwrap()) {
        let kept = stored(&db, batch(seed, 0).id);
        if is_acknowledged {
            acknowledged += 1;
            assert_eq!(kept, (1, 20), "acknowledged batch {seed}");
        } else {
            assert!(kept == (1, 20) || kept == (0, 0), "batch {seed} is there in part: {kept:?}");
        }
    }
    assert!(acknowledged >= 100 - 8, "{acknowledged}");
}

/// The files of deploy/ name what there is: flags, settings, files, routes.
#[test]
fn what_is_deployed_is_what_there_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let dockerfile = read("deploy/Dockerfile");
    let mut copied = 0;
    for line in
        dockerfile.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from="))
    {
        let mut words: Vec<&str> = line.split_whitespace().skip(1).collect();
        words.pop();
        // What a build makes is not there in a fresh clone.
        for path in words.into_iter().filter(|path| !path.starts_with("dist/")) {
            assert!(
                root.join(path).exists(),
                "deploy/Dockerfile copies {path}, which is not there"
            );
            copied += 1;
        }
    }
    assert!(copied > 3, "the Dockerfile copies nothing");
    let unit = read("deploy/unspoken.service");
    assert!(unit.contains(
        "ExecStart=/usr/local/bin/unspoken serve --settings /etc/unspoken/unspoken.toml"
    ));
    for proxy in ["deploy/nginx.conf", "deploy/Caddyfile"] {
        let text = read(proxy);
        assert!(text.contains("127.0.0.1:4181") && text.contains("X-Forwarded-For"), "{proxy}");
    }
    // The settings that are shipped hold.
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(root.join("deploy/unspoken.toml"), folder.path().join("unspoken.toml")).unwrap();
    let output = check(folder.path(), &[], &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(line(&output, "site[0].name"), "site[0].name = shop # unspoken.toml:32");
    // Every setting is in the handbook.
    let handbook = read("docs/operations.md");
    for key in unspoken_collector::settings::keys::KEYS {
        let word = format!("`{}`", key.path);
        assert!(handbook.contains(&word), "docs/operations.md does not have {word}");
    }
    assert!(handbook.contains(&format!("`{}`", "--check-config")));
}
