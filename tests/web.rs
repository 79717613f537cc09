//! The core and the web floor in a real browser: bits as on the host, slots that come and go.
#![cfg(target_arch = "wasm32")]

#[path = "support/bits.rs"]
mod bits;

use js_sys::Reflect;
use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::host::Host;
use unspoken::id::Id;
use unspoken::trace::signal_from_value;
use unspoken::value::Value;
use unspoken::web::storage::{self, Lost, Storage};
use unspoken::web::{convert, host::Browser};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn forecasts_have_the_bits_of_the_host() {
    let vectors = convert::from_json(include_str!("vectors/forecasts.json"));
    let mut expected = vectors.get("forecasts").unwrap().items().iter();
    let mut engine = Engine::new(Config::default().shared(), &Value::Null, Start::default());
    for line in vectors.get("signals").unwrap().items() {
        let (at, signal) = signal_from_value(line).unwrap().unwrap();
        while let Some(due) = engine.wake_at().filter(|due| *due <= at) {
            if let Some(Effect::Forecast(at)) = engine.tick(due).first() {
                let row = expected.next().unwrap().items();
                let heads = engine.config().heads.len();
                let made = engine.forecasts()[..heads].iter();
                let bits: Vec<_> = made.map(|it| format!("{:016x}", it.to_bits())).collect();
                let expected = row[1].items().iter().filter_map(Value::as_str);
                assert_eq!(row[0].as_f64(), Some(*at));
                assert!(expected.eq(bits.iter().map(String::as_str)), "at {at}: {bits:?}");
            }
        }
        engine.handle(&signal, at);
    }
    assert!(expected.next().is_none());
}

#[wasm_bindgen_test]
fn the_browser_knows_patterns_and_zones() {
    let browser = Browser::default();
    let pattern = |source, ignore_case| browser.pattern(source, ignore_case);
    assert!(pattern("^a+b", false).unwrap().is_match("aab"));
    assert!(!pattern("^A+B", false).unwrap().is_match("aab"));
    assert!(pattern("^A+B", true).unwrap().is_match("aab"));
    assert!(pattern("^(?=.*\\d).{3}$", false).unwrap().is_match("ab1"));
    assert!(pattern("(", false).is_none());
    let winter = 1_735_732_800_000.0; // 2025-01-01T12:00Z
    let summer = 1_751_371_200_000.0; // 2025-07-01T12:00Z
    for _ in 0..2 {
        assert_eq!(browser.offset("Europe/Berlin", winter), Some(60.0));
        assert_eq!(browser.offset("Europe/Berlin", summer), Some(120.0));
        assert_eq!(browser.offset("America/New_York", winter), Some(-300.0));
        assert_eq!(browser.offset("Asia/Kolkata", summer), Some(330.0));
        assert_eq!(browser.offset("Europe/Atlantis", summer), None);
    }
    // The minute at which Berlin's clocks went forward: 2025-03-30T01:00Z.
    let forward = 1_743_296_400_000.0;
    assert_eq!(browser.offset("Europe/Berlin", forward - 1.0), Some(60.0));
    assert_eq!(browser.offset("Europe/Berlin", forward), Some(120.0));
    assert_eq!(browser.offset("UTC", f64::NAN), None);
}

/// `tests/parity.rs` wrote it; scripts/lib/test-steps.mjs sees to the order.
const RECORDINGS: &str = include_str!("../target/parity.jsonl");

#[wasm_bindgen_test]
fn every_recording_gives_the_bits_of_the_host() {
    let (mut recordings, mut points) = (0, 0);
    for line in RECORDINGS.lines() {
        let recording = convert::from_json(line);
        let header = recording.get("header").unwrap();
        let made = bits::bits(header, recording.get("signals").unwrap().items());
        let expected = recording.get("bits").unwrap().to_texts();
        let differs = made.iter().zip(&expected).position(|(made, expected)| made != expected);
        assert_eq!(differs, None, "the point of the grid of {:?}", header.text("id"));
        assert_eq!(made.len(), expected.len());
        (recordings, points) = (recordings + 1, points + made.len());
    }
    assert!(recordings > 0 && points > 20);
}

#[wasm_bindgen_test]
fn documents_survive_the_way_to_javascript_and_back() {
    let text = r#"{"a":[1,0.1,"ü",true,null],"b":{"c":[]}}"#;
    let value = convert::from_json(text);
    assert_eq!(convert::to_json(&value), text);
    assert_eq!(convert::from_js(&convert::to_js(&value)), value);
    let cyclic = js_sys::Object::new();
    Reflect::set(&cyclic, &JsValue::from_str("self"), &cyclic).unwrap();
    assert!(convert::to_json(&convert::from_js(&cyclic)).len() < 1_000, "a cycle ends");
    assert_eq!(convert::from_js(&js_sys::Function::new_no_args("")), Value::Null);
}

#[wasm_bindgen_test]
fn a_batch_says_by_its_name_what_the_bounds_need() {
    let name = storage::name(Id(0xabc), 1234, 56);
    assert_eq!(storage::part(&name, 1), Id(0xabc).to_hex());
    assert_eq!([2, 3].map(|at| storage::whole(storage::part(&name, at))), [1234, 56]);
    assert_eq!(storage::part(&name, 0).len(), 13, "names sort by their time");
    // One of a release before this one, and what somebody else wrote.
    assert_eq!(storage::part("1700000000000.0abc", 1), "0abc");
    assert_eq!(storage::part("1700000000000.0abc", 3), "");
    assert_eq!(["", "-1", "1e3", "x"].map(storage::whole), [0; 4]);
    assert_eq!(storage::whole("99999999999999999999999"), u64::MAX);
}

#[wasm_bindgen_test]
fn storage_keeps_bytes_and_erases_to_nothing() {
    let storage = Storage::open("session");
    let bytes: Vec<u8> = (0..=255).collect();
    let mut lost = Lost::default();
    let names: Vec<_> = (1..=40).map(|id| storage::name(Id(id), bytes.len(), id as u32)).collect();
    for name in &names {
        assert!(storage.keep_batch(name, &bytes, &mut lost) && storage.has_batch(name));
    }
    let kept = storage.batches();
    assert!(kept.len() == 16 && kept.iter().all(|(_, kept)| *kept == bytes), "{}", kept.len());
    // The 24 that had no room, and their events; which they are, the same ms leaves open.
    let events = |names: &mut dyn Iterator<Item = &String>| -> u64 {
        names.map(|name| storage::whole(storage::part(name, 3))).sum()
    };
    let left = events(&mut kept.iter().map(|(name, _)| name));
    assert_eq!(lost.batches, 24);
    assert_eq!(u64::from(lost.events), events(&mut names.iter()) - left);
    storage.drop_batch(&kept[0].0);
    assert!(!storage.has_batch(&kept[0].0) && storage.batches().len() == 15);
    storage.note("unspoken.number", 123_456_789_012);
    assert_eq!(storage.noted("unspoken.number"), 123_456_789_012);
    assert_eq!(storage.noted("unspoken.number"), 0, "it is taken once");
    storage.keep_profile(&Value::map().with("visitor", "x"));
    assert!(storage.changed().is_none());
    Storage::open("session").keep_profile(&Value::map().with("visitor", "y"));
    assert_eq!(storage.changed().unwrap().text("visitor"), Some("y"));
    assert!(storage.erase().len() > 10);
    assert!(storage.batches().is_empty() && storage.profile() == Value::Null);
}

#[path = "support/conformance.rs"]
mod conformance;

#[wasm_bindgen_test]
fn growthbooks_language_answers_as_on_the_host() {
    let cases = convert::from_json(include_str!("vectors/deciding.json"));
    let host: std::rc::Rc<dyn Host> = std::rc::Rc::new(Browser::default());
    let mut said = Vec::new();
    let counts = conformance::run(&cases, &host, &mut |line| said.push(line.to_string()));
    assert!(counts.0 >= 80 && counts.1 == 0, "{said:?}");
}

/// Those of GrowthBook, or null where there are none; scripts/lib/test-steps.mjs puts them there.
const CASES: &str = include_str!("../target/growthbook-cases.json");

#[wasm_bindgen_test]
fn growthbooks_own_cases_pass() {
    let cases = convert::from_json(CASES);
    if cases == Value::Null {
        return console_log!("no cases of GrowthBook's beside this checkout: skipped");
    }
    let host: std::rc::Rc<dyn Host> = std::rc::Rc::new(Browser::default());
    let mut said = Vec::new();
    let (passed, failed) = conformance::run(&cases, &host, &mut |line| said.push(line.to_string()));
    said.iter().for_each(|line| console_log!("{line}"));
    console_log!("{passed} passed, {failed} failed");
    assert!(passed > 0 && failed == 0, "{said:?}");
}
