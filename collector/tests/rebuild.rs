//! From a page at level `trace` through wire and store, and back to a recording that forecasts the
//! same.

use std::path::PathBuf;

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::feature::SAMPLE;
use unspoken::id::Rng;
use unspoken::signal::{Page, Role, Signal};
use unspoken::time::Origin;
use unspoken::trace::{Header, HeaderSlot, Trace};
use unspoken::value::Value;
use unspoken::wire;
use unspoken_collector::Settings;
use unspoken_collector::rebuild::Views;
use unspoken_collector::replay::{Event, read, replay, start_of};
use unspoken_collector::store::{Arrival, SqliteStore, Store, StoreError, for_each_trace};

const WALL: f64 = 1_790_000_000_000.0;

fn config() -> Config {
    Config::compile(&Value::parse(r#"{"level":"trace","flushSeconds":2}"#).unwrap()).unwrap()
}

/// Runs a page as the browser does and returns its batches.
fn batches(trace: &Trace) -> Vec<Vec<u8>> {
    let start = Start {
        seed: 5,
        now: start_of(trace),
        origin: trace.header.origin,
        device: Value::Null,
        collect: true,
        ..Start::default()
    };
    let mut engine = Engine::new(config(), &Value::Null, start);
    let mut sent = Vec::new();
    let mut keep = |effects: Vec<Effect>| {
        sent.extend(effects.into_iter().filter_map(|effect| match effect {
            Effect::Send { bytes, .. } => Some(bytes),
            _ => None,
        }));
    };
    let header = &trace.header;
    let sizes = Signal::Resize { viewport: header.viewport, document: header.document };
    keep(engine.handle(&sizes, start_of(trace)));
    for slot in &header.slots {
        let signal = Signal::Slot { id: slot.id.clone(), rect: slot.rect };
        keep(engine.handle(&signal, start_of(trace)));
    }
    for (at, signal) in &trace.signals {
        while let Some(grid) = engine.wake_at().filter(|grid| grid <= at) {
            keep(engine.tick(grid));
        }
        keep(engine.handle(signal, *at));
    }
    let end = trace.signals.last().unwrap().0;
    keep(engine.flush(end));
    sent
}

/// Sends batches through a store, and makes recordings of what it kept.
fn through_a_store(batches: &[Vec<u8>]) -> Vec<Trace> {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("unspoken.db");
    let settings = Settings::new(&db, "demo", "pk", "long-enough").unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = SqliteStore::open(&settings).unwrap();
        for bytes in batches {
            let batch = wire::decode(bytes).unwrap();
            let received_at = batch.base_ms + 600_000;
            let arrival = Arrival { site: "demo".into(), received_at, bytes: bytes.len(), batch };
            store.append(arrival).await.unwrap();
        }
        store.close().await.unwrap();
    });
    let mut views = Views::default();
    let mut traces = Vec::new();
    for_each_trace(&db, "demo", false, |batch| {
        traces.extend(views.take(batch));
        Ok::<_, StoreError>(())
    })
    .unwrap();
    traces.extend(views.finish());
    traces
}

/// Keeps what the stream keeps: of moves, scrolls and inner scrolls 20 a second.
fn thinned(trace: &Trace) -> Trace {
    let mut last = [f64::NEG_INFINITY; 3];
    let signals = trace.signals.iter().filter(|(at, signal)| {
        let last = match signal {
            Signal::Move { .. } => &mut last[0],
            Signal::Scroll { inner: false, .. } => &mut last[1],
            Signal::Scroll { inner: true, .. } => &mut last[2],
            Signal::Page(_) => {
                last = [f64::NEG_INFINITY; 3];
                return true;
            }
            _ => return true,
        };
        let keep = at - *last >= SAMPLE;
        if keep {
            *last = *at;
        }
        keep
    });
    Trace { header: trace.header.clone(), signals: signals.cloned().collect() }
}

/// Every `commit` forecast and its vector, from the start.
fn forecasts(trace: &Trace) -> Vec<(f64, f64, Vec<f64>)> {
    let start = start_of(trace);
    let outputs = replay(trace, &Config::default()).into_iter();
    let made = outputs.filter_map(|output| match output.event {
        Event::Forecast(forecast) => {
            Some((output.at - start, forecast.intents[0].1, forecast.features.to_vec()))
        }
        _ => None,
    });
    made.collect()
}

/// Half a minute of a page: everything that the stream carries.
fn recording() -> Trace {
    let mut rng = Rng::new(9);
    let mut draw = |most: u64| (rng.draw() % most) as f64;
    let slot = |id: &str, rect: [f64; 4]| HeaderSlot { id: id.into(), kind: String::new(), rect };
    let header = Header {
        visitor: "v".into(),
        viewport: [1280.0, 720.0],
        document: [1265.0, 4_000.0],
        slots: vec![
            slot("hero", [0.0, 0.0, 1265.0, 300.0]),
            slot("aid", [200.0, 900.0, 400.0, 200.0]),
        ],
        start: Some(1_000.0),
        origin: Origin { wall_ms: WALL, utc_offset_min: 0.0 },
        ..Header::default()
    };
    let page =
        Page { path: "/a".into(), kind: "product".into(), item: "boot".into(), ..Page::default() };
    let mut signals = vec![(1_000.0, Signal::Page(page))];
    let (mut at, mut x, mut y, mut scroll) = (1_000.0, 600.0, 300.0, 0.0);
    while at < 31_000.0 {
        at += 5.0 + draw(30);
        x = (x + draw(41) - 20.0f64).clamp(0.0, 1279.0);
        y = (y + draw(41) - 20.0f64).clamp(0.0, 719.0);
        let signal = match draw(60) as u32 {
            0 => {
                at += 400.0 + draw(2_000);
                Signal::Click { x, y, slot: Some("hero".into()), role: Role::Button }
            }
            1 => Signal::Click { x, y, slot: None, role: Role::None },
            2..=9 => {
                scroll = (scroll + draw(400) - 120.0f64).clamp(0.0, 3_280.0);
                Signal::Scroll { y: scroll, inner: false }
            }
            10 => Signal::Scroll { y: draw(300), inner: true },
            11 => Signal::Exit,
            12 => Signal::Slot { id: "aid".into(), rect: [200.0, 900.0 + draw(100), 400.0, 200.0] },
            13 => Signal::Slot { id: "late".into(), rect: [draw(600), 100.0, 300.0, 90.0] },
            14 => Signal::Resize {
                viewport: [1280.0, 720.0],
                document: [1265.0, 4_000.0 + draw(500)],
            },
            15 => Signal::Zoom { scale: 1.25 },
            _ => Signal::Move { x, y },
        };
        signals.push((at, signal));
    }
    signals.push((at + 10.0, Signal::Visibility { visible: false }));
    Trace { header, signals }
}

#[test]
fn a_rebuilt_recording_forecasts_the_same_to_the_bit() {
    let original = recording();
    let sent = batches(&original);
    assert!(sent.len() > 5, "{} batches", sent.len());
    let traces = through_a_store(&sent);
    assert_eq!(traces.len(), 1);
    let (wanted, found) = (forecasts(&thinned(&original)), forecasts(&traces[0]));
    assert!(wanted.len() > 100, "{}", wanted.len());
    assert_eq!(wanted.len(), found.len());
    for (wanted, found) in wanted.iter().zip(&found) {
        assert_eq!(wanted, found);
    }
    let clicks = traces[0].signals.iter().filter_map(|(_, signal)| match signal {
        Signal::Click { slot, role, .. } => Some((slot.clone(), *role)),
        _ => None,
    });
    let clicks: Vec<_> = clicks.collect();
    assert!(clicks.contains(&(Some("hero".into()), Role::Button)));
    assert!(clicks.contains(&(None, Role::None)));
}

#[test]
fn a_second_page_view_begins_where_the_first_had_scrolled_to() {
    let mut original = recording();
    original.signals.pop();
    let end = original.signals.last().unwrap().0 + 20.0;
    let split = original.signals.len();
    let page = Page { path: "/b".into(), ..Page::default() };
    original.signals.push((end, Signal::Page(page)));
    for step in 0..60 {
        let at = end + 5.0 + f64::from(step) * 55.0;
        original.signals.push((at, Signal::Move { x: f64::from(step) * 9.0, y: 200.0 }));
    }
    let traces = through_a_store(&batches(&original));
    assert_eq!(traces.len(), 2);
    let thin = thinned(&original);
    // The engine of the original, from the second page on.
    let all: Vec<_> = forecasts(&thin);
    let began = end - start_of(&thin);
    let wanted: Vec<Vec<f64>> =
        all.into_iter().filter(|it| it.0 > began).map(|it| it.2[..32].to_vec()).collect();
    let found: Vec<Vec<f64>> =
        forecasts(&traces[1]).into_iter().map(|it| it.2[..32].to_vec()).collect();
    assert!(wanted.len() >= 12 && split > 100);
    // Of the page itself all follows; who the visitor was before (habit, session) does not.
    assert_eq!(wanted, found);
}

#[test]
fn a_lost_batch_ends_the_recording_and_a_lost_beginning_leaves_none() {
    let sent = batches(&recording());
    let mut lost = sent.clone();
    lost.remove(3);
    let traces = through_a_store(&lost);
    let whole = through_a_store(&sent);
    let count = traces[0].signals.len();
    assert!(count < whole[0].signals.len());
    assert_eq!(traces[0].signals, whole[0].signals[..count]);
    assert!(through_a_store(&sent[1..]).is_empty());
}

/// Real pages have fractions of px and ms, and move at 60 Hz and more. By how much the forecasts of
/// what comes back differ from those that the visitor got.
#[test]
fn real_recordings_come_back_nearly_as_they_were() {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/adserp/traces"));
    if !folder.is_dir() {
        println!("skipped: no real recordings at {}", folder.display());
        return;
    }
    let (mut off, mut exact) = (Vec::new(), 0);
    for mut trace in read(&folder).unwrap().into_iter().take(20) {
        let start = start_of(&trace);
        trace.header.start = Some(start);
        trace.header.origin = Origin { wall_ms: WALL, utc_offset_min: 0.0 };
        trace.header.slots.truncate(64);
        trace.signals.insert(0, (start, Signal::Page(Page::default())));
        let traces = through_a_store(&batches(&trace));
        assert_eq!(traces.len(), 1, "{}", trace.header.id);
        let (wanted, found) = (forecasts(&trace), forecasts(&traces[0]));
        for (wanted, found) in wanted.iter().zip(&found) {
            off.push((wanted.1 - found.1).abs());
            exact += usize::from(wanted.1 == found.1);
        }
    }
    off.sort_by(f64::total_cmp);
    let at = |share: f64| off[((off.len() - 1) as f64 * share) as usize];
    println!(
        "{} forecasts: {exact} the same, median off by {:.5}, 95 % within {:.4}, worst {:.4}",
        off.len(),
        at(0.5),
        at(0.95),
        at(1.0)
    );
    assert!(at(0.5) < 0.001 && at(0.95) < 0.03, "{} {}", at(0.5), at(0.95));
}
