//! A new model, and a new calibration, reach the page without a release.

use std::path::PathBuf;

use serde_json::Value;
use unspoken::config::Config;
use unspoken::intent::model::{Input, Model, Shape};
use unspoken::intent::{COMMIT_MODEL, Source};
use unspoken::wire::{self, Bin, Event, What};

use crate::support::{Server, batch, run};

const CONFIG: &str = "{\n  \"goals\": {\"signup\":  {\"click\": \"#join\"}},\n  \"intents\": {\n    \
    \"signup\": { \"outcome\": { \"goal\": \"signup\" }, \"within\": \"session\" }\n  },\n  \
    \"level\": \"events\"\n}\n";

fn server() -> (Server, PathBuf) {
    let server = Server::start_with(|settings, folder| {
        let file = folder.join("unspoken.json");
        std::fs::write(&file, CONFIG).unwrap();
        settings.set_config(file);
    });
    let config = server.folder.path().join("unspoken.json");
    (server, config)
}

fn model(head: &str, weight: i8) -> Vec<u8> {
    let shape = Shape::Logistic(vec![Input::new(40, 1.0, 1.5)]);
    Model { head: head.into(), bias: -2.0, scale: 0.01, weights: vec![weight], shape }.write()
}

fn path(server: &Server, name: &str, bytes: &[u8]) -> String {
    let path = server.folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

fn compiled(json: &str) -> Config {
    Config::compile(&unspoken::value::Value::parse(json).unwrap()).unwrap()
}

#[test]
fn what_is_published_is_served_at_the_next_request() {
    let (server, config) = server();
    let config = config.to_str().unwrap();
    let first = server.get("/v1/config/demo", &[]);
    let file = path(&server, "signup.model", &model("signup", 90));

    let (ok, out, err) = run(&["publish", "--model", &file, "--config", config, "--dry-run"]);
    assert!(ok && out.contains("would go into"), "{out}{err}");
    assert_eq!(server.get("/v1/config/demo", &[]).header("etag"), first.header("etag"));

    let (ok, out, err) = run(&["publish", "--model", &file, "--config", config, "--json"]);
    assert!(ok, "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&told["head"], &told["kind"]), (&"signup".into(), &"logistic".into()));
    assert_eq!((&told["changed"], &told["written"]), (&true.into(), &true.into()));

    let stale = [("if-none-match", first.header("etag").unwrap())];
    let second = server.get("/v1/config/demo", &stale);
    assert_eq!(second.status, 200);
    assert_ne!(second.header("etag"), first.header("etag"));
    // All but the new value stands as it stood.
    let shown: Value = serde_json::from_str(&second.body).unwrap();
    let text = shown["intents"]["signup"]["model"].as_str().unwrap();
    assert_eq!(second.body.replace(&format!(", \"model\": \"{text}\""), ""), CONFIG);
    let heads = compiled(&second.body).heads;
    let signup = heads.iter().find(|head| head.name == "signup").unwrap();
    let Source::Model(read) = &signup.source else { panic!("{:?}", signup.source) };
    assert_eq!(read.write(), model("signup", 90));

    // The same length within the same moment: told by the file itself.
    let file = path(&server, "signup.model", &model("signup", 91));
    assert!(run(&["publish", "--model", &file, "--config", config]).0);
    let third = server.get("/v1/config/demo", &[]);
    assert_eq!(third.body.len(), second.body.len());
    assert_ne!(third.header("etag"), second.header("etag"));
    let (ok, out, _) = run(&["publish", "--model", &file, "--config", config]);
    assert!(ok && out.contains("has it already"), "{out}");
}

#[test]
fn what_is_damaged_or_unknown_is_refused_and_nothing_is_written() {
    let (server, config) = server();
    let mut damaged = COMMIT_MODEL.to_vec();
    damaged[30] ^= 1;
    let refused = [
        (damaged, "is no model this program reads"),
        (b"no model".to_vec(), "is no model this program reads"),
        (model("parting", 1), "which this site does not have"),
    ];
    for (bytes, sentence) in refused {
        let file = path(&server, "x.model", &bytes);
        let (ok, _, err) =
            run(&["publish", "--model", &file, "--config", config.to_str().unwrap()]);
        assert!(!ok && err.contains(sentence), "{err}");
        assert_eq!(std::fs::read_to_string(&config).unwrap(), CONFIG);
    }
    // A mistake of the head itself, which the model does not mend.
    let commit = "\"intents\": {\n    \"commit\": { \"learn\": \"yes\" },";
    let broken = CONFIG.replace("\"intents\": {", commit);
    std::fs::write(&config, &broken).unwrap();
    let file = path(&server, "x.model", COMMIT_MODEL);
    let (ok, _, err) = run(&["publish", "--model", &file, "--config", config.to_str().unwrap()]);
    assert!(!ok && err.contains("intents.commit.learn"), "{err}");
    assert_eq!(std::fs::read_to_string(&config).unwrap(), broken);
}

#[test]
fn of_two_damaged_models_either_is_mended_first() {
    let (server, config) = server();
    let damaged = "\"model\": \"AAAA\"";
    let broken = CONFIG
        .replace("\"within\": \"session\"", &format!("\"within\": \"session\", {damaged}"))
        .replace("\"intents\": {", &format!("\"intents\": {{\n    \"commit\": {{ {damaged} }},"));
    assert_eq!(broken.matches(damaged).count(), 2);
    std::fs::write(&config, &broken).unwrap();
    let config = config.to_str().unwrap();
    for (head, left) in [("signup", 1), ("commit", 0)] {
        let bytes = if head == "commit" { COMMIT_MODEL.to_vec() } else { model(head, 90) };
        let file = path(&server, "x.model", &bytes);
        let (ok, _, err) = run(&["publish", "--model", &file, "--config", config]);
        assert!(ok && err.matches("stood there before").count() == left, "{err}");
        assert_eq!(std::fs::read_to_string(config).unwrap().matches(damaged).count(), left);
    }
    compiled(&std::fs::read_to_string(config).unwrap());
}

/// Sessions that forecast `struggle` once at 10 %; three in ten came true.
fn outcomes(server: &Server, seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let mut batch = batch(seed, 0);
        batch.names = vec!["struggle".to_owned()];
        let positives = u32::from(seed % 10 < 3);
        let bins = vec![Bin { index: 1, count: 1, positives, sum_milli: 100 }];
        batch.events = vec![Event { at: 900, what: What::Forecast { head: 1, bins } }];
        assert_eq!(server.post(&wire::encode(&batch)).status, 204);
    }
}

#[test]
fn outcomes_become_a_calibration_once() {
    let (server, config) = server();
    let (db, config) = (server.db(), config.to_str().unwrap().to_owned());
    let calibrate = |more: &[&str]| {
        let mut args =
            vec!["calibrate", "--db", db.to_str().unwrap(), "--config", &config, "--json"];
        args.extend(more);
        let (ok, out, err) = run(&args);
        assert!(ok, "{err}");
        let told: Value = serde_json::from_str(&out).unwrap();
        let heads = told["heads"].as_array().unwrap();
        let found = heads.iter().find(|head| head["head"] == "struggle").unwrap().clone();
        (told["written"].as_bool().unwrap(), found)
    };
    let today = "1970-01-02";
    outcomes(&server, 0..60);
    let (written, few) = calibrate(&["--since", today]);
    assert!(!written && few["why"].as_str().unwrap().contains("60 sessions"), "{few}");

    outcomes(&server, 60..400);
    let (written, dry) = calibrate(&["--since", today, "--dry-run"]);
    assert!(!written && dry["calibration"].is_array(), "{dry}");
    assert_eq!(std::fs::read_to_string(&config).unwrap(), CONFIG);

    let (written, found) = calibrate(&["--since", today]);
    assert!(written, "{found}");
    let head = compiled(&server.get("/v1/config/demo", &[]).body).heads.into_iter();
    let [slope, shift] = head.rev().find(|head| head.name == "struggle").unwrap().calibration;
    let told = |logit: f64| 1.0 / (1.0 + (-(slope * logit + shift)).exp());
    let forecast = told((0.1f64 / 0.9).ln());
    assert!((forecast - 0.3).abs() < 0.02, "10 % is told as {forecast} now: {slope}, {shift}");
    assert!(found["ece"][0].as_f64().unwrap() > 0.15 && found["ece"][1].as_f64().unwrap() < 0.02);

    // What was judged before the config changed is used up: a second run finds nothing to do.
    let (written, used) = calibrate(&[]);
    assert!(!written && used["why"].as_str().unwrap().contains("0 sessions"), "{used}");
}

/// A head of the session is forecast again from the pages: those who left without a word count.
#[test]
fn a_head_of_the_session_is_calibrated_by_all_sessions() {
    let (server, config) = server();
    let (db, path_of_config) = (server.db(), config.to_str().unwrap().to_owned());
    // 27 %, whatever the session: bias -1.
    let shape = Shape::Logistic(vec![Input::new(40, 1.0, 1.5)]);
    let model = Model { head: "signup".into(), bias: -1.0, scale: 0.0001, weights: vec![1], shape };
    let file = path(&server, "signup.model", &model.write());
    assert!(run(&["publish", "--model", &file, "--config", &path_of_config]).0);
    // Of 600 sessions that are over, each of one page, 60 signed up. Pages told only of those.
    for seed in 0..600 {
        let mut batch = batch(seed, 0);
        batch.base_ms -= 2 * 60 * 60 * 1_000;
        batch.names = ["/a", "signup"].map(str::to_owned).to_vec();
        batch.events = vec![Event { at: 0, what: What::Page { path: 1, kind: 0, item: 0 } }];
        if seed % 10 == 0 {
            batch.events.push(Event { at: 900, what: What::Goal { name: 2, value: 0.0 } });
            let bins = vec![Bin { index: 2, count: 1, positives: 1, sum_milli: 269 }];
            batch.events.push(Event { at: 900, what: What::Forecast { head: 2, bins } });
        }
        assert_eq!(server.post(&wire::encode(&batch)).status, 204);
    }
    let args = ["calibrate", "--db", db.to_str().unwrap(), "--config", &path_of_config];
    let (ok, out, err) = run(&args);
    assert!(ok && out.contains("signup       slope"), "{out}{err}");
    let calibration = || {
        let heads = compiled(&std::fs::read_to_string(&config).unwrap()).heads;
        heads.into_iter().find(|head| head.name == "signup").unwrap().calibration
    };
    let [slope, shift] = calibration();
    let forecast = 1.0 / (1.0 + (slope - shift).exp());
    assert!((forecast - 0.1).abs() < 0.01, "{forecast}");
    // A second run sees the same sessions and finds the same.
    assert!(run(&args).0);
    assert_eq!(calibration(), [slope, shift]);

    // Held against what happened: 27 % is worse than the calibrated 10 %, though it is the same model.
    let worse = Model { bias: -0.9, ..model };
    let file = path(&server, "signup.model", &worse.write());
    let publish = ["publish", "--model", &file, "--config", &path_of_config];
    let checked = [&publish[..], &["--db", db.to_str().unwrap()]].concat();
    let (ok, _, err) = run(&checked);
    assert!(!ok && err.contains("did worse in 100 % of the draws"), "{err}");
    let better = Model { bias: -2.2, ..worse };
    std::fs::write(&file, better.write()).unwrap();
    let (ok, out, err) = run(&checked);
    assert!(ok && out.contains("before; written to"), "{out}{err}");
    std::fs::write(&file, self::model("commit", 5)).unwrap();
    let (ok, _, err) = run(&checked);
    assert!(!ok && err.contains("no goal within the session"), "{err}");

    // A new model starts without the old one's calibration.
    assert_eq!(calibration(), [1.0, 0.0]);
    let file = path(&server, "signup.model", &self::model("signup", 5));
    let (ok, _, err) = run(&["publish", "--model", &file, "--config", &path_of_config]);
    assert!(ok, "{err}");
    assert_eq!(calibration(), [1.0, 0.0]);
}
