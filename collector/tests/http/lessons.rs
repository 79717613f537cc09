//! What bandits on devices told becomes a prior for all of them, and judges each variant.

use serde_json::Value;
use unspoken::config::{Act, Config};
use unspoken::wire::{self, Batch, Event, WHOLE, What};

use crate::support::{Server, batch, run};

const CONFIG: &str = r#"{"slots":{"hero":{"rules":[{"id":"guide","learn":{
    "variants":["default","guide"],"goal":"order","within":"7d"}}]}}}"#;

/// A batch of a visitor's session with one lesson.
fn told(visitor: u64, session: u64, arm: u16, chance: u32, reward: u32) -> Batch {
    let mut batch = batch(visitor * 10 + session, 0);
    batch.visitor = unspoken::id::Id(u128::from(visitor) + 1);
    batch.names = ["hero", "guide", "default", "guide"].map(str::to_owned).to_vec();
    let context = vec![2_000];
    let what = What::Lesson { slot: 1, rule: 2, variant: 3 + arm, chance, reward, context };
    batch.events = vec![Event { at: 900, what }];
    batch
}

#[test]
fn lessons_are_pooled_and_judge_each_variant() {
    let server = Server::start_with(|settings, folder| {
        let file = folder.join("unspoken.json");
        std::fs::write(&file, CONFIG).unwrap();
        settings.set_config(file);
    });
    // "guide" is drawn in one of five, and brings an order to three in four; the default to one in
    // eight. Every other reward comes in the visitor's next session.
    for visitor in 0..200 {
        let arm = u16::from(visitor % 5 == 0);
        let (chance, every) = if arm == 1 { (WHOLE / 5, 4) } else { (WHOLE / 5 * 4, 8) };
        let orders = if arm == 1 { visitor / 5 % every < 3 } else { visitor / 5 % every == 0 };
        assert_eq!(server.post(&wire::encode(&told(visitor, 0, arm, chance, 0))).status, 204);
        if orders {
            let mut reward = told(visitor, 1 + visitor % 2, arm, chance, WHOLE);
            if visitor % 2 == 0 {
                reward.session = told(visitor, 0, arm, chance, 0).session;
            }
            assert_eq!(server.post(&wire::encode(&reward)).status, 204);
        }
    }
    // A machine's lesson counts nowhere.
    let mut machine = told(900, 0, 1, WHOLE / 5, 0);
    machine.excluded = 1;
    assert_eq!(server.post(&wire::encode(&machine)).status, 204);

    let (db, config) = (server.db(), server.folder.path().join("unspoken.json"));
    let (db, config) = (db.to_str().unwrap(), config.to_str().unwrap());
    let (ok, out, err) = run(&["pool", "--db", db, "--config", config, "--json"]);
    assert!(ok, "{err}");
    let pooled: Value = serde_json::from_str(&out).unwrap();
    let rule = &pooled["rules"][0];
    assert_eq!((&rule["decisions"], &rule["rewarded"]), (&200.into(), &50.into()), "{rule}");
    assert_eq!((&rule["leftOut"], &pooled["written"]), (&0.into(), &true.into()), "{pooled}");
    let compiled = unspoken::value::Value::parse(&std::fs::read_to_string(config).unwrap());
    let compiled = Config::compile(&compiled.unwrap()).unwrap();
    let Act::Learn(learn) = &compiled.slots[0].rules[0].act else { panic!("no bandit") };
    assert!(!learn.is_prior_refused && learn.prior.lessons() >= 0.0);
    assert!(learn.prior.stands_on(0) > 150.0 && learn.prior.stands_on(1) > 30.0);

    let args = ["ope", "--db", db, "--slot", "hero", "--rule", "guide", "--json"];
    let (ok, out, err) = run(&args);
    assert!(ok, "{err}");
    let judged: Value = serde_json::from_str(&out).unwrap();
    for (at, variant, rate) in [(0, "default", 0.125), (1, "guide", 0.75)] {
        let one = &judged[at];
        assert_eq!((&one["variant"], &one["judged"]["rows"]), (&variant.into(), &200.into()));
        let ipw = one["judged"]["estimates"][0]["value"].as_f64().unwrap();
        assert!((ipw - rate).abs() < 0.05, "{variant}: {ipw}");
    }
    let (ok, _, err) = run(&["ope", "--db", db, "--slot", "hero", "--rule", "none"]);
    assert!(!ok && err.contains("no decision of the rule none"), "{err}");
}
