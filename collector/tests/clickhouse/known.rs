//! Batches that can be counted by hand, and asking a store about them.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use unspoken::id::Id;
use unspoken::stream::{self, Point, Writer};
use unspoken::wire::{self, Batch, Bin, Event, What};
use unspoken_collector::store::{Arrival, Ask, Cell, Question, Row, Store};

/// A Friday in 2027, 08:00 UTC.
pub const NOW: u64 = 1_800_000_000_000;
pub const SECOND: u64 = 1_000;
pub const MINUTE: u64 = 60 * SECOND;
pub const DAY: u64 = 24 * 60 * MINUTE;

/// Visitors, sessions; the last is a machine.
pub const ANN: u128 = 0xa0;
pub const BEN: u128 = 0xb0;
pub const BOT: u128 = 0xf0;

const NAMES: [&str; 14] = [
    "/home",
    "/boot",
    "product",
    "hero",
    "help",
    "default",
    "look",
    "buy",
    "add \"to\" cart",
    "commit",
    "leave",
    "bandit",
    "näh\n",
    "item-1",
];

/// The number of a name.
pub fn name(text: &str) -> u16 {
    NAMES.iter().position(|name| *name == text).unwrap() as u16 + 1
}

fn exposure(variant: &str, rule: &str, chance: u32) -> What {
    let rule = if rule.is_empty() { 0 } else { name(rule) };
    What::Exposure { slot: name("hero"), variant: name(variant), rule, chance }
}

fn forecast(head: &str, bins: &[(u8, u32, u32, u32)]) -> What {
    let bin = |&(index, count, positives, sum_milli): &(u8, u32, u32, u32)| Bin {
        index,
        count,
        positives,
        sum_milli,
    };
    What::Forecast { head: name(head), bins: bins.iter().map(bin).collect() }
}

/// A batch of a visitor whose events began at `base`, and that came a second after the last.
pub fn arrival(id: u128, who: u128, view: u32, base: u64, events: Vec<(u32, What)>) -> Arrival {
    let last = events.iter().map(|(at, _)| *at).max().unwrap_or(0);
    Arrival {
        site: "demo".into(),
        received_at: base + u64::from(last) + SECOND,
        bytes: 100 + id as usize,
        batch: Batch {
            version: wire::VERSION,
            id: Id(id),
            visitor: Id(who),
            session: Id((who << 64) | u128::from(view / 100)),
            view,
            sequence: 0,
            base_ms: base,
            dropped: 0,
            automation: 0,
            excluded: 0,
            names: NAMES.map(str::to_owned).to_vec(),
            events: events.into_iter().map(|(at, what)| Event { at, what }).collect(),
            trace: Vec::new(),
        },
    }
}

/// What these tests keep. Batch 1 is Ann's of the day before; 2 to 4 this hour's; 5 and 6 a machine's,
/// recognised with the second; 7 empty; 8 by a clock that is a year off; 9 Ben's, whose first page
/// was lost.
pub fn batches() -> Vec<Arrival> {
    let hero = name("hero");
    let lesson = |reward: u32, context: Vec<u16>| What::Lesson {
        slot: hero,
        rule: name("bandit"),
        variant: name("help"),
        chance: 500_000,
        reward,
        context,
    };
    let page = |path: &str, kind: u16| What::Page { path: name(path), kind, item: name("item-1") };
    let goal = |goal: &str, value| What::Goal { name: name(goal), value };
    let mut all = vec![
        arrival(
            1,
            ANN,
            100,
            NOW - DAY,
            vec![
                (0, page("/home", 0)),
                (500, goal("buy", 0.1)),
                (600, forecast("commit", &[(0, 8, 1, 400), (9, 2, 2, 1_900)])),
            ],
        ),
        arrival(
            2,
            ANN,
            200,
            NOW - 30 * MINUTE,
            vec![
                (0, page("/home", name("product"))),
                (1_000, What::Scroll { percent: 25 }),
                (2_000, exposure("help", "look", 250_000)),
                (3_000, What::Click { slot: hero, role: 2, flags: 1 }),
                (3_100, What::Click { slot: hero, role: 2, flags: 3 }),
                (3_200, What::Click { slot: 0, role: 0, flags: 2 }),
                (3_500, What::Dismiss { slot: hero }),
                (4_000, forecast("commit", &[(1, 3, 1, 450)])),
                (4_500, What::Fact { name: name("näh\n"), value: name("add \"to\" cart") }),
            ],
        ),
        arrival(
            3,
            ANN,
            200,
            NOW - 29 * MINUTE,
            vec![
                (0, What::Scroll { percent: 50 }),
                (100, What::Dwell { slot: hero, ms: 1_234 }),
                (200, goal("buy", 0.2)),
                (300, goal("buy", 0.7)),
                (300, goal("add \"to\" cart", 0.0)),
                (400, lesson(0, vec![0, 1_000, 2_000])),
                (500, lesson(1_000_000, vec![1_500])),
            ],
        ),
        arrival(
            4,
            BEN,
            300,
            NOW - 20 * MINUTE,
            vec![
                (0, page("/boot", 0)),
                (1_000, exposure("default", "look", 750_000)),
                (2_000, exposure("default", "", 0)),
                (2_500, exposure("default", "look", 750_000)),
                (3_000, forecast("leave", &[(2, 4, 0, 1_000)])),
            ],
        ),
        arrival(
            5,
            BOT,
            400,
            NOW - 10 * MINUTE,
            vec![(0, page("/home", 0)), (1, exposure("help", "look", 250_000))],
        ),
        arrival(6, BOT, 400, NOW - 9 * MINUTE, vec![(0, goal("buy", 9.0))]),
        arrival(7, 0xd0, 500, NOW - 2 * SECOND, Vec::new()),
        arrival(
            8,
            BEN,
            301,
            NOW - 3 * MINUTE,
            vec![(0, page("/home", 0)), (4_000, goal("buy", 5.5))],
        ),
        arrival(
            9,
            BEN,
            302,
            NOW - MINUTE,
            vec![(0, exposure("help", "look", 250_000)), (10, What::Scroll { percent: 100 })],
        ),
    ];
    (all[5].batch.automation, all[5].batch.excluded) = (90, 1);
    all[7].batch.base_ms += 365 * DAY;
    let mut writer = Writer::default();
    writer.push(Point { at: 5, kind: stream::Kind::Move(10, 20) });
    all[1].batch.trace = writer.take();
    // Another site's, under the id and session of one that is kept.
    let mut foreign = all[1].clone();
    foreign.site = Arc::from("other");
    all.push(foreign);
    all
}

/// Every row of an answer.
pub fn rows(
    store: &dyn Store,
    question: &'static Question,
    stretch: [u64; 2],
    text: &[&str],
) -> Vec<Row> {
    let ask = Ask {
        text: text.iter().map(|text| (*text).to_owned()).collect(),
        ..Ask::new(question, "demo", stretch)
    };
    let rows = Arc::new(Mutex::new(Vec::new()));
    let all = Arc::clone(&rows);
    let each = Box::new(move |row: &Row| {
        all.lock().unwrap().push(row.clone());
        ControlFlow::Continue(())
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(store.ask(ask, each)).unwrap();
    std::mem::take(&mut *rows.lock().unwrap())
}

/// A row as a line of text.
pub fn line(row: &Row) -> String {
    let cell = |cell: &Cell| match cell {
        Cell::Null => "-".to_owned(),
        Cell::Id(id) => format!("{:x}", id.0),
        Cell::Whole(number) => number.to_string(),
        Cell::Real(number) => format!("{number:?}"),
        Cell::Text(text) => text.clone(),
    };
    row.cells.iter().map(cell).collect::<Vec<_>>().join(" | ")
}
