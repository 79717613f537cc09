//! The features as a whole: their reference, their ranges, their data, and that they do not grow.

use std::path::Path;
use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::feature::{COUNT, Family, TABLE, Totals, index_of};
use unspoken::id::Rng;
use unspoken::signal::{Page, Role, Signal};
use unspoken::time::Origin;
use unspoken::value::Value;

const SUNDAY: f64 = 3.0 * 86_400_000.0;

fn start(touch: bool) -> Start {
    let origin = Origin { wall_ms: SUNDAY, utc_offset_min: 0.0 };
    Start { origin, device: Value::map().with("touch", touch), ..Start::default() }
}

fn engine() -> Engine {
    Engine::new(Config::default(), &Value::Null, start(false))
}

fn value(engine: &Engine, name: &str) -> f64 {
    engine.vector()[index_of(name).unwrap()]
}

fn page(kind: &str, tags: &[&str]) -> Signal {
    let tags = tags.iter().map(|tag| String::from(*tag)).collect();
    Signal::Page(Page { kind: kind.into(), tags, ..Page::default() })
}

/// Any signal at all, with numbers that make sense and such that do not.
fn any(rng: &mut Rng) -> Signal {
    let mut number = |most: f64| {
        let at = rng.draw();
        match at % 97 {
            0 => f64::NAN,
            1 => f64::NEG_INFINITY,
            2 => 1e18,
            3 => -1e18,
            _ => (at >> 11) as f64 / (1u64 << 53) as f64 * most,
        }
    };
    let (x, y, kind) = (number(1280.0), number(720.0), number(40.0) as u32);
    let slot = format!("s{}", number(99.0) as u32);
    match kind {
        0 | 1 => Signal::Scroll { y: y * 5.0, inner: kind == 0 },
        2 => Signal::Click { x, y, slot: None, role: Role::None },
        3 => Signal::Exit,
        4 => Signal::FormError,
        5 => Signal::Visibility { visible: x < 900.0 },
        6 => page(["product", "cart", "help", ""][y as usize % 4], &["a", &slot]),
        7 => Signal::Resize { viewport: [x, y], document: [x, number(9_000.0)] },
        8 => Signal::Slot { id: slot, rect: [x, y, number(400.0), number(300.0)] },
        9 => Signal::Tags { slot, tags: vec!["b".into()] },
        10 => Signal::Zoom { scale: number(9.0) },
        11 => Signal::Attribute { name: "specialDay".into(), value: Value::from(number(2.0)) },
        _ => Signal::Move { x, y },
    }
}

#[test]
fn every_value_stays_in_its_range_and_nothing_grows() {
    let (mut rng, mut engine) =
        (Rng::new(3), Engine::new(Config::default(), &Value::Null, start(true)));
    let (mut now, mut rounds, mut moved) = (0.0, 0, [false; COUNT]);
    let mut longest = [0, 0];
    for step in 0..120_000u32 {
        now += (rng.draw() % 64) as f64 * if step % 4_999 == 1 { 40_000.0 } else { 0.4 };
        let mut effects = Vec::new();
        while let Some(due) = engine.wake_at().filter(|due| *due <= now) {
            effects.extend(engine.tick(due));
        }
        for at in 0..COUNT {
            let (value, [least, most]) = (engine.vector()[at], TABLE[at].range);
            // Ranges are kept as f32.
            let is_in = (least - 1e-6..=most + 1e-6).contains(&value);
            assert!(is_in, "{} is {value} at {now}", TABLE[at].name);
            moved[at] |= value != 0.0;
        }
        rounds += effects.iter().filter(|it| matches!(it, Effect::Forecast(_))).count();
        let signal = any(&mut rng);
        // Three clicks in one place, now and then; and a rest.
        for _ in 0..if matches!(signal, Signal::Click { .. }) { 3 } else { 1 } {
            engine.handle(&signal, now);
        }
        now += if rng.draw() % 50 == 0 { 400.0 } else { 0.0 };
        if step % 1_000 == 0 {
            let half = usize::from(step >= 60_000);
            longest[half] = longest[half].max(engine.snapshot().to_json().len());
        }
    }
    assert!(rounds > 1_000, "{rounds} forecasts");
    let still: Vec<&str> = (0..COUNT).filter(|at| !moved[*at]).map(|at| TABLE[at].name).collect();
    assert!(still.is_empty(), "never anything but 0: {still:?}");
    assert!(longest[1] <= longest[0] + 200, "the profile grows: {longest:?}");
    assert!(engine.layout().regions().len() <= 64);
}

/// The reference's rows: `| name | family | unit | range | formula | 20 Hz | source |`.
fn rows(text: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let line = line.trim().trim_matches('|');
        line.split(" | ").map(|cell| cell.trim().replace('`', "")).collect::<Vec<_>>()
    };
    let lines = text.lines().filter(|line| line.starts_with("| `"));
    lines.map(cells).filter(|row| row.len() == 7).collect()
}

#[test]
fn the_reference_lists_exactly_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/features.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = rows(&text);
    let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, TABLE.map(|feature| feature.name));
    for (row, feature) in rows.iter().zip(TABLE) {
        let [least, most] = feature.range;
        assert_eq!(row[1], format!("{:?}", feature.family), "{}", row[0]);
        assert_eq!(row[3], format!("{least} to {most}"), "{}", row[0]);
        assert!(["yes", "no", "partly"].contains(&row[5].as_str()), "{}: {}", row[0], row[5]);
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        // A source is `ours` with a reason, or one that stands in the list below the table.
        let source = row[6].as_str();
        let known = |line: &str| line.starts_with(&format!("- **{source}**"));
        assert!(source.starts_with("ours: ") || text.lines().any(known), "{}: {source}", row[0]);
    }
}

#[test]
fn session_features_are_those_of_the_uci_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/uci_online_shoppers");
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let (Ok(reference), Ok(table)) = (read("reference_D.json"), read("train.csv")) else {
        println!("SKIPPED: no UCI data at {}", folder.display());
        return;
    };
    let reference = Value::parse(&reference).unwrap();
    let mut lines = table.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let made: Vec<[f64; 15]> = lines
        .filter(|line| line.starts_with("train,"))
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let cell = |name: &str| cells[names.iter().position(|it| *it == name).unwrap()];
            let number = |name: String| cell(&name).parse::<f64>().unwrap();
            let classes = ["Administrative", "Informational", "ProductRelated"];
            let totals = Totals {
                pages: classes.map(|class| number(class.into())),
                seconds: classes.map(|class| number(format!("{class}_Duration"))),
                new: cell("VisitorType") == "New_Visitor",
                returning: cell("VisitorType") == "Returning_Visitor",
                weekend: cell("Weekend") == "TRUE",
                special_day: number("SpecialDay".into()),
            };
            totals.features()
        })
        .collect();
    let means = reference.get("lr").unwrap().get("mean").unwrap().items();
    for at in 0..15 {
        let mean = made.iter().map(|row| row[at]).sum::<f64>() / made.len() as f64;
        assert!((mean - means[at].as_f64().unwrap()).abs() < 1e-9, "feature {at}: {mean}");
        let range = TABLE[32 + at].range;
        assert!(made.iter().all(|row| (range[0]..=range[1]).contains(&row[at])), "feature {at}");
        assert_eq!(TABLE[32 + at].family, Family::Session);
    }
    // The golden rows are of a part that is not here, so each is turned back into totals.
    for golden in reference.get("golden").unwrap().items() {
        let x: Vec<f64> = golden.get("x").unwrap().items().iter().flat_map(Value::as_f64).collect();
        let totals = Totals {
            pages: [x[0], x[2], x[4]].map(|it| it.exp_m1().round()),
            seconds: [x[1], x[3], x[5]].map(f64::exp_m1),
            new: x[11] == 1.0,
            returning: x[12] == 1.0,
            weekend: x[13] == 1.0,
            special_day: x[14],
        };
        for (made, golden) in totals.features().iter().zip(&x) {
            assert!((made - golden).abs() < 2e-5, "{made} against {golden}");
        }
    }
}

#[test]
fn pages_and_seconds_count_by_class_and_the_open_page_counts_no_seconds() {
    let mut engine = engine();
    engine.handle(&page("product", &[]), 0.0);
    engine.handle(&page("cart", &[]), 10_000.0);
    engine.tick(40_000.0);
    let near = |engine: &Engine, name: &str, of: f64| {
        assert!((value(engine, name) - of.ln_1p()).abs() < 1e-12, "{name}");
    };
    near(&engine, "s_prod", 1.0);
    near(&engine, "s_prodd", 10.0);
    near(&engine, "s_adm", 1.0);
    near(&engine, "s_admd", 0.0);
    near(&engine, "s_pace", 5.0);
    assert_eq!((value(&engine, "weekend"), value(&engine, "new")), (1.0, 1.0));
    engine.handle(&Signal::Visibility { visible: false }, 50_000.0);
    engine.handle(&Signal::Visibility { visible: true }, 90_000.0);
    engine.tick(90_500.0);
    near(&engine, "s_admd", 40.0);
    // The next page load reads it from the snapshot; after the session's gap it is a later visit.
    let mut next =
        Engine::new(Config::default(), &engine.snapshot(), Start { now: 95_000.0, ..start(false) });
    next.handle(&page("help", &[]), 95_000.0);
    next.tick(96_000.0);
    near(&next, "s_admd", 40.0);
    near(&next, "s_inf", 1.0);
    next.handle(&Signal::Attribute { name: "specialDay".into(), value: 0.4.into() }, 96_000.0);
    next.handle(&Signal::Move { x: 1.0, y: 1.0 }, 95_000.0 + 40.0 * 60_000.0);
    next.tick(95_500.0 + 40.0 * 60_000.0);
    assert_eq!((value(&next, "new"), value(&next, "returning")), (0.0, 1.0));
    near(&next, "s_inf", 1.0);
    near(&next, "s_pages", 1.0);
    assert_eq!(value(&next, "special_day"), 0.4);
}

#[test]
fn dwell_with_a_tag_counts_for_the_page_and_for_the_slot_under_the_cursor() {
    let mut engine = engine();
    engine.handle(&Signal::Resize { viewport: [800.0, 600.0], document: [800.0, 2400.0] }, 0.0);
    engine.handle(&page("product", &["hiking"]), 0.0);
    engine.handle(&Signal::Tags { slot: "a".into(), tags: vec!["boots".into()] }, 0.0);
    engine.handle(&Signal::Slot { id: "a".into(), rect: [0.0, 0.0, 100.0, 100.0] }, 0.0);
    let wall = |at: f64| SUNDAY + at;
    engine.handle(&Signal::Move { x: 50.0, y: 50.0 }, 100.0);
    engine.tick(20_000.0);
    assert!((value(&engine, "tag_dwell") - 19.75f64.ln_1p()).abs() < 1e-9);
    let interest = |engine: &Engine, tag: &str, at: f64| engine.profile().interest(tag, wall(at));
    assert!((interest(&engine, "boots", 20_000.0) - 0.2).abs() < 1e-4, "two steps of 0.25");
    assert!((interest(&engine, "hiking", 20_000.0) - 1.5 / 3.5).abs() < 1e-4);
    engine.handle(&Signal::Move { x: 500.0, y: 500.0 }, 20_000.0);
    engine.tick(58_000.0);
    assert!((interest(&engine, "boots", 58_000.0) - 0.2).abs() < 1e-4, "the cursor is elsewhere");
    assert!((interest(&engine, "hiking", 58_000.0) - 0.5).abs() < 1e-4, "at most 1 a page view");
}

#[test]
fn habits_outlive_the_page_and_end_with_the_profile() {
    let mut engine = engine();
    engine.handle(&page("", &[]), 0.0);
    let mut now = 0.0;
    for stroke in 0..40 {
        for step in 0..8 {
            now += 60.0;
            engine.handle(&Signal::Move { x: f64::from(step * 12 + stroke), y: 9.0 }, now);
        }
        now += 400.0;
    }
    let snapshot = Value::parse(&engine.snapshot().to_json()).unwrap();
    let fast = |snapshot: &Value| {
        let mut engine = Engine::new(Config::default(), snapshot, start(false));
        engine.handle(&page("", &[]), 0.0);
        for (x, at) in [(0.0, 100.0), (900.0, 160.0), (1_200.0, 220.0)] {
            engine.handle(&Signal::Move { x, y: 5.0 }, at);
        }
        engine.tick(250.0);
        value(&engine, "z_speed")
    };
    assert!(fast(&snapshot) > 2.0, "{}", fast(&snapshot));
    assert_eq!(fast(&Value::Null), 0.0);
}

#[test]
fn what_is_said_to_survive_20_hz_does_and_what_is_not_does_not() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/features.md");
    let rows = rows(&std::fs::read_to_string(path).unwrap());
    let run = |least: f64| {
        let (mut engine, mut last, mut vectors) = (engine(), f64::NEG_INFINITY, Vec::new());
        engine.handle(&page("", &[]), 0.0);
        for step in 0..6_000u32 {
            let now = f64::from(step) * 4.0;
            while let Some(due) = engine.wake_at().filter(|due| *due <= now) {
                engine.tick(due);
                vectors.push(*engine.vector());
            }
            // Strokes of a third of a second, each after a rest now and then.
            let (stroke, share) = (step / 80, f64::from(step % 80) / 80.0);
            let way = share * share * (3.0 - 2.0 * share);
            let (x, y) = (f64::from(stroke * 97 % 800) + 200.0 * way, 90.0 * way * way);
            if stroke % 4 != 3 && now - last >= least {
                last = now;
                engine.handle(&Signal::Move { x, y }, now);
            }
        }
        vectors
    };
    let (full, thinned) = (run(0.0), run(50.0));
    assert!(full.len() == thinned.len() && full.len() > 90);
    for (at, row) in rows.iter().enumerate() {
        let same = (0..full.len()).all(|it| full[it][at] == thinned[it][at]);
        // Where the cursor is, is known to 50 ms.
        if row[5] == "yes" && !["x", "y"].contains(&row[0].as_str()) {
            assert!(same, "{} changes", row[0]);
        }
        assert!(row[5] != "no" || !same, "{} survives", row[0]);
    }
}
