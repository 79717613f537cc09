//! Every SQL text on a ClickHouse of today (chdb), on the same data, with the rows of the real server,
//! which is Debian's of 2018: what is written for both must run on both.
//!
//! Skips where the Python of the checks is not there; without a real server the texts still run.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use unspoken_collector::store::{ClickHouseStore, Store};

use crate::known::{ANN, DAY, NOW, batches};
use crate::server::Server;

const TEXTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/clickhouse");

fn python() -> Option<PathBuf> {
    let made = concat!(env!("CARGO_MANIFEST_DIR"), "/../.unspoken/tools/python-checks/bin/python");
    let python = std::env::var_os("UNSPOKEN_PYTHON_CHECKS")
        .map_or_else(|| PathBuf::from(made), PathBuf::from);
    if !python.is_file() {
        println!(
            "skipped: no Python with chdb at {}; `node scripts/setup.mjs --python` makes it",
            python.display()
        );
        return None;
    }
    let loads = Command::new(&python).args(["-c", "import chdb"]).output();
    if !loads.as_ref().is_ok_and(|told| told.status.success()) {
        println!("skipped: chdb does not load in {}", python.display());
        return None;
    }
    Some(python)
}

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(TEXTS).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The statements of a folder of versions, with names in their places.
fn statements(folder: &str) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(Path::new(TEXTS).join(folder))
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 2, "{files:?}");
    let text: String = files.iter().map(read).collect();
    let named = text.replace("@database@", "unspoken").replace("@cluster@", "one");
    named.split(";\n").map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

/// An id whose bytes are hex digits, so that both sides tell it as text.
fn letters(id: u128) -> u128 {
    let folded = (id as u64) ^ ((id >> 64) as u64);
    u128::from_be_bytes(format!("{folded:016x}").as_bytes().try_into().unwrap())
}

/// Every question's text, by name.
fn questions() -> BTreeMap<String, String> {
    std::fs::read_dir(Path::new(TEXTS).join("sql"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(&path)))
        .collect()
}

/// The rows that the real server answers, as lines.
fn lines(server: &Server, sql: &str, asked: &Value) -> Vec<String> {
    let texts: Vec<String> = asked["text"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("'{}'", it.as_str().unwrap()))
        .collect();
    let row = format!("demo\t{}\t{}\t[{}]\n", asked["from_at"], asked["to_at"], texts.join(","));
    let body = format!(
        "--boundary\r\nContent-Disposition: form-data; name=\"asked\"; filename=\"asked\"\r\n\r\n{row}\r\n--boundary--\r\n"
    );
    let query = [
        ("database", "unspoken"),
        ("query", sql),
        ("asked_structure", "site String,from_at UInt64,to_at UInt64,text Array(String)"),
    ];
    let answer =
        server.send(&query, Some("multipart/form-data; boundary=boundary"), body.as_bytes());
    String::from_utf8_lossy(&answer).lines().map(str::to_owned).collect()
}

#[test]
fn every_text_runs_on_an_engine_of_today_with_the_same_rows() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("batches.native");
    let server = Server::start();
    if let Some(server) = &server {
        let store = ClickHouseStore::open(&server.settings("unspoken")).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            for mut arrival in batches() {
                let batch = &mut arrival.batch;
                for id in [&mut batch.id, &mut batch.visitor, &mut batch.session] {
                    id.0 = letters(id.0);
                }
                store.append(arrival).await.unwrap();
            }
            store.close().await.unwrap();
        });
        std::fs::write(&data, server.query("SELECT * FROM unspoken.batches FORMAT Native"))
            .unwrap();
    }
    let who = format!("{:032x}", letters(ANN));
    let (mut all, mut compared) = (questions(), 0);
    let asked_of = |texts: Value| json!({ "site": "demo", "from_at": NOW - 3 * DAY, "to_at": NOW, "text": texts });
    for (texts, of) in [
        (json!([who]), Some("person")),
        (json!(["commit", "leave"]), None),
        (json!(["172800000"]), Some("_of_exposed")),
    ] {
        let asked = asked_of(texts);
        let chosen: BTreeMap<&String, &String> = all
            .iter()
            .filter(|(name, _)| of.map_or(*name != "person", |part| name.contains(part)))
            .collect();
        let mut given = json!({
            "statements": statements("schema/node"),
            "parse": statements("schema/cluster"),
            "asked": asked,
            "data": server.as_ref().map(|_| &data),
            "questions": chosen,
        });
        for name in ["present", "erased", "stands"] {
            given["questions"][format!("write {name}")] = read(format!("write/{name}.sql")).into();
        }
        let answer = run(&python, folder.path(), &given);
        let rows = answer["rows"].as_object().unwrap();
        assert!(chosen.keys().all(|name| rows.contains_key(*name)), "{answer}");
        let Some(server) = &server else { continue };
        assert_eq!(rows["write present"].as_array().unwrap().len(), batches().len());
        for (name, sql) in chosen {
            let expected = json!(lines(server, sql, &asked));
            assert_eq!(rows[name], expected, "{name} on {}", answer["version"]);
            compared += usize::from(expected != json!([]));
        }
    }
    all.retain(|_, sql| !sql.contains("FROM asked"));
    assert!(all.is_empty(), "these questions know no site: {all:?}");
    assert!(server.is_none() || compared >= questions().len(), "{compared} answers had rows");
}

fn run(python: &Path, folder: &Path, given: &Value) -> Value {
    let mut child = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clickhouse/engine.py"))
        // The engine reads a config.xml where it stands.
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
