//! Heads as a site declares them, and what outcomes do to forecasts, through the engine.

#![cfg(not(target_arch = "wasm32"))]

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::intent::COMMIT_MODEL;
use unspoken::intent::model::{Model, sigmoid};
use unspoken::signal::{Page, Role, Signal};
use unspoken::time::{MINUTE, Origin};
use unspoken::value::Value;
use unspoken::wire::{self, Batch, Bin, What};

const SIGNUP: &str = r#"{"signup":{"outcome":{"goal":"signup"},"within":"session","base":0.2}}"#;

fn config(intents: &str) -> Config {
    let text = format!(r#"{{"intents":{intents}}}"#);
    let (config, mistakes) = Config::compile_all(&Value::parse(&text).unwrap());
    assert!(mistakes.is_empty(), "{mistakes:?}");
    config
}

/// A visit: an engine, its clock, and the batches it wanted sent.
struct Visit {
    engine: Engine,
    now: f64,
    batches: Vec<Batch>,
}

impl Visit {
    fn new(config: Config, snapshot: &Value) -> Visit {
        let origin = Origin { wall_ms: 1.7e12, ..Origin::default() };
        let start = Start { seed: 5, collect: true, origin, ..Start::default() };
        Visit { engine: Engine::new(config, snapshot, start), now: 0.0, batches: Vec::new() }
    }

    fn tell(&mut self, signal: Signal, after: f64) {
        self.now += after;
        let effects = self.engine.handle(&signal, self.now);
        self.keep(effects);
    }

    fn page(&mut self, kind: &str, item: &str) {
        let page = Page { kind: kind.into(), item: item.into(), ..Page::default() };
        self.tell(Signal::Page(page), 1_000.0);
        // The first point of the grid, where forecasts for the session are made.
        self.now += 300.0;
        let effects = self.engine.tick(self.now);
        self.keep(effects);
    }

    fn goal(&mut self, name: &str) {
        self.tell(Signal::Goal { name: name.into(), value: 0.0 }, 500.0);
    }

    fn keep(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::Send { bytes, .. } = effect {
                self.batches.push(wire::decode(&bytes).unwrap());
            }
        }
    }

    /// What was counted of a head, over all batches: forecasts, those that came true, their sum.
    fn counted(&mut self, head: &str) -> (u32, u32, u32) {
        let effects = self.engine.flush(self.now);
        self.keep(effects);
        let bins = |batch: &Batch| -> Vec<Bin> {
            let of_head = |what: &What| match what {
                What::Forecast { head: name, bins } => {
                    (batch.names[*name as usize - 1] == head).then(|| bins.clone())
                }
                _ => None,
            };
            batch.events.iter().filter_map(|event| of_head(&event.what)).flatten().collect()
        };
        let all: Vec<Bin> = self.batches.iter().flat_map(bins).collect();
        let sum = |part: fn(&Bin) -> u32| all.iter().map(part).sum();
        (sum(|bin| bin.count), sum(|bin| bin.positives), sum(|bin| bin.sum_milli))
    }

    fn forecast(&self, head: &str) -> f64 {
        self.engine.intents().number(head).unwrap()
    }
}

#[test]
fn a_head_of_the_sites_own_begins_at_its_base_rate_and_meets_its_goal() {
    let mut visit = Visit::new(config(SIGNUP), &Value::Null);
    visit.page("home", "");
    assert!((visit.forecast("signup") - 0.2).abs() < 1e-6);
    visit.page("home", "");
    visit.goal("other");
    assert_eq!(visit.counted("signup"), (2, 0, 400), "a page view counts once");
    visit.goal("signup");
    assert_eq!(visit.counted("signup"), (2, 2, 400), "both came true");
    visit.page("home", "");
    visit.goal("signup");
    assert_eq!(visit.counted("signup").0, 2, "the session has no more to say");
    let (count, positives, _) = visit.counted("buy");
    assert_eq!((count, positives), (3, 0), "another goal's head goes on waiting");
}

#[test]
fn a_forecast_of_one_session_does_not_come_true_in_the_next() {
    let mut visit = Visit::new(config(SIGNUP), &Value::Null);
    visit.page("home", "");
    visit.tell(Signal::Move { x: 1.0, y: 1.0 }, 31.0 * MINUTE);
    visit.goal("signup");
    assert_eq!(visit.counted("signup"), (1, 0, 200), "on the same page");

    let mut visit = Visit::new(config(SIGNUP), &Value::Null);
    visit.page("home", "");
    let snapshot = visit.engine.snapshot();
    let origin = Origin { wall_ms: 1.7e12 + 5.0 * 60.0 * MINUTE, ..Origin::default() };
    let start = Start { seed: 6, collect: true, origin, ..Start::default() };
    let engine = Engine::new(config(SIGNUP), &snapshot, start);
    let mut later = Visit { engine, now: 0.0, batches: Vec::new() };
    later.goal("signup");
    assert_eq!(later.counted("signup").1, 0, "on a later page");
}

#[test]
fn another_item_is_what_compare_waits_for() {
    let mut visit = Visit::new(Config::default(), &Value::Null);
    visit.page("home", "");
    visit.page("product", "a");
    let (count, positives, _) = visit.counted("compare");
    assert_eq!((count, positives), (1, 0), "a first item is not another");
    visit.page("product", "a");
    assert_eq!(visit.counted("compare").1, 0, "nor is the same");
    visit.page("product", "b");
    let (count, positives, _) = visit.counted("compare");
    assert_eq!((count, positives), (2, 2), "the two page views with the first item");
}

#[test]
fn a_click_in_a_slot_and_a_page_can_be_outcomes() {
    let mut visit = Visit::new(
        config(
            r#"{"hero":{"outcome":{"click":"hero"},"within":3},
                "checkout":{"outcome":{"page":"checkout"},"within":"session"}}"#,
        ),
        &Value::Null,
    );
    visit.page("home", "");
    let click = |slot: Option<&str>| Signal::Click {
        x: 1.0,
        y: 1.0,
        slot: slot.map(Into::into),
        role: Role::Link,
    };
    let (before, positives, _) = visit.counted("hero");
    assert_eq!(positives, 0, "those from before the page view");
    visit.tell(click(None), 100.0);
    assert_eq!(visit.counted("hero").0, before, "a click elsewhere is not the outcome");
    visit.tell(click(Some("hero")), 100.0);
    let (count, positives, _) = visit.counted("hero");
    assert!(count > before && positives == count - before, "{count} {positives}");
    visit.page("checkout", "");
    let (count, positives, _) = visit.counted("checkout");
    assert_eq!((count, positives), (1, 1));
}

#[test]
fn outcomes_move_the_forecast_and_are_kept_with_the_profile() {
    let mut snapshot = Value::Null;
    for session in 0..40 {
        let origin =
            Origin { wall_ms: 1.7e12 + session as f64 * 60.0 * MINUTE, ..Origin::default() };
        let start = Start { seed: session, collect: true, origin, ..Start::default() };
        let engine = Engine::new(config(SIGNUP), &snapshot, start);
        let mut visit = Visit { engine, now: 0.0, batches: Vec::new() };
        visit.page("home", "");
        visit.goal("signup");
        snapshot = visit.engine.snapshot();
    }
    let forecast = |intents: &str, snapshot: &Value| {
        let mut visit = Visit::new(config(intents), snapshot);
        visit.page("home", "");
        visit.forecast("signup")
    };
    let learned = forecast(SIGNUP, &snapshot);
    assert!(learned > 0.5, "40 sessions with the goal: {learned}");
    let still = SIGNUP.replace("\"base\"", "\"learn\":false,\"base\"");
    assert!((forecast(&still, &snapshot) - 0.2).abs() < 1e-6, "a site may do without");
    assert!((forecast(SIGNUP, &Value::Null) - 0.2).abs() < 1e-6, "erased is forgotten");
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - group.len()));
        for at in 0..=group.len() {
            text.push(LETTERS[(bits >> (18 - 6 * at)) as usize & 63] as char);
        }
    }
    text
}

#[test]
fn a_config_brings_its_own_model_and_calibration() {
    let mut model = Model::read(COMMIT_MODEL).unwrap();
    model.bias += 1.0;
    let with = |more: &str| {
        let intents =
            format!(r#"{{"commit":{{"learn":false,"model":"{}"{more}}}}}"#, base64(&model.write()));
        let mut visit = Visit::new(config(&intents), &Value::Null);
        visit.page("home", "");
        visit.forecast("commit")
    };
    let mut plain = Visit::new(config(r#"{"commit":{"learn":false}}"#), &Value::Null);
    plain.page("home", "");
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let shipped = logit(plain.forecast("commit"));
    assert!((logit(with("")) - shipped - 1.0).abs() < 1e-5);
    let calibrated = with(r#","calibration":[0.5,-0.25]"#);
    assert!((calibrated - sigmoid(0.5 * (shipped + 1.0) - 0.25)).abs() < 1e-6);
}

#[test]
fn a_model_that_cannot_be_used_is_said_and_the_built_in_one_stays() {
    let mut damaged = COMMIT_MODEL.to_vec();
    damaged[30] ^= 1;
    let mut newer = COMMIT_MODEL.to_vec();
    newer[4] = 9;
    let mut stranger = Model::read(COMMIT_MODEL).unwrap();
    stranger.head = "buy".into();
    for (text, word) in [
        (base64(&damaged), "checksum"),
        (base64(&newer), "version"),
        (base64(&stranger.write()), "another head, buy"),
        ("UNSM?".into(), "base64"),
    ] {
        let text = format!(
            r#"{{"slots":{{"a":{{"rules":[{{"id":"r","show":"v"}}]}}}},
                "intents":{{"commit":{{"model":"{text}"}}}}}}"#
        );
        let document = Value::parse(&text).unwrap();
        let used = Config::compile(&document).expect("the rest of the config holds");
        assert_eq!(used.slots.len(), 1);
        assert_eq!(used.heads, Config::default().heads);
        let said = used.refused[0].to_line();
        assert!(said.starts_with("intents.commit.model: ") && said.contains(word), "{said}");
        assert!(said.contains("stays"), "{said}");
        assert_eq!(Config::compile_all(&document).1.len(), 1, "`unspoken check` counts it");
    }
}

#[test]
fn mistakes_in_a_declaration_have_their_path_and_mend() {
    let text = r#"{"intents":{
        "signup":{"outcome":{"goal":"signup"}},
        "a":{"outcome":"rain","within":"session"},
        "b":{"outcome":"click","within":0},
        "c":{"outcome":"click","within":2,"base":1,"odd":1,"learn":3,"calibration":[0,0]},
        "top":{"outcome":"click","within":2},
        "d":{"outcome":{"page":"checkout"},"within":60},
        "buy":{"base":0.4},
        "commit":{"outcome":{"click":"hero"}}}}"#;
    let (config, mistakes) = Config::compile_all(&Value::parse(text).unwrap());
    let lines: Vec<String> = mistakes.iter().map(|it| it.to_line()).collect();
    let places: Vec<&str> = lines.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(
        places,
        [
            "intents.signup",
            "intents.a.outcome",
            "intents.b.within",
            "intents.c.base",
            "intents.c.odd",
            "intents.c.learn",
            "intents.c.calibration",
            "intents.top",
            "intents.d.within",
            "intents.buy.base",
        ]
    );
    assert_eq!(config.heads[0].outcome, unspoken::intent::Outcome::Click("hero".into()));
}

#[test]
fn a_page_opened_behind_another_counts_when_it_is_shown() {
    let mut visit = Visit::new(config(SIGNUP), &Value::Null);
    visit.tell(Signal::Page(Page::default()), 0.0);
    visit.tell(Signal::Visibility { visible: false }, 2.0);
    visit.tell(Signal::Visibility { visible: true }, 9_000.0);
    visit.tell(Signal::Move { x: 1.0, y: 1.0 }, 1_000.0);
    visit.goal("signup");
    let (count, positives, _) = visit.counted("signup");
    assert_eq!((count, positives), (1, 1));
}

#[test]
fn what_was_learned_is_for_one_declaration_and_no_other() {
    let learned = |first: &str, then: &str| {
        let mut visit = Visit::new(config(first), &Value::Null);
        visit.page("home", "");
        visit.goal("signup");
        let snapshot = visit.engine.snapshot();
        let mut visit = Visit::new(config(then), &snapshot);
        visit.page("home", "");
        visit.forecast("signup")
    };
    let base = |text: &str| learned(text, text);
    assert!(base(SIGNUP) > 0.201, "{}", base(SIGNUP));
    for other in [
        SIGNUP.replace("\"goal\":\"signup\"", "\"goal\":\"other\""),
        SIGNUP.replace("0.2", "0.3"),
        SIGNUP.replace("\"base\"", "\"calibration\":[1,1.5],\"base\""),
    ] {
        let fresh = {
            let mut visit = Visit::new(config(&other), &Value::Null);
            visit.page("home", "");
            visit.forecast("signup")
        };
        assert_eq!(learned(SIGNUP, &other), fresh, "{other}");
    }
}

#[test]
fn a_tab_on_an_older_model_does_not_undo_what_was_learned_on_the_new() {
    let run = |intents: &str, snapshot: &Value, goals: usize| {
        let mut visit = Visit::new(config(intents), snapshot);
        for _ in 0..goals {
            visit.page("home", "");
            visit.goal("signup");
            visit.tell(Signal::Move { x: 1.0, y: 1.0 }, 31.0 * MINUTE);
        }
        visit
    };
    let older = SIGNUP.replace("0.2", "0.4");
    let forecast = |merges: bool| {
        let mut new = run(SIGNUP, &Value::Null, 3);
        let old = run(&older, &new.engine.snapshot(), 9);
        let profile = if merges { old.engine.snapshot() } else { Value::Null };
        new.tell(Signal::Merge { profile }, 10.0);
        new.page("home", "");
        new.forecast("signup")
    };
    assert_eq!(forecast(true), forecast(false));
}
