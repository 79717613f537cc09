//! Batches as pages send them: made by the core itself, from visits that are drawn.
//!
//! A stock of them is made once. What is sent is a copy with ids of its own, so that each is a new
//! batch of some visitor to the collector, and costs next to nothing to make.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use unspoken::config::Config;
use unspoken::engine::{Effect, Engine, Start};
use unspoken::id::Rng;
use unspoken::signal::{Page, Role, Signal};
use unspoken::time::Origin;
use unspoken::value::Value;

/// A page of a shop: one slot under test, one goal.
const CONFIG: &str = r#"{
  "slots": { "hero": { "swap": "now", "rules": [
    { "id": "look", "test": { "variants": ["default", "guide"], "weights": [0.5, 0.5] } } ] } },
  "goals": { "purchase": {} }
}"#;
/// Visits that are drawn for the stock.
const VISITS: u64 = 48;
/// Pages of the longest visit.
const PAGES: u64 = 5;
/// Batches that one visitor sends, before the next one's.
const BATCHES_OF_VISITOR: u64 = 8;
/// Where a batch has its id: after the array's marker, the version and the marker of 16 bytes.
const ID: Range<usize> = 4..20;
/// Likewise the visitor's and the session's, each after a marker of two bytes.
const VISITOR: Range<usize> = 22..38;
const SESSION: Range<usize> = 40..56;

/// A stock of batches, and the next id.
pub struct Batches {
    stock: Vec<Vec<u8>>,
    run: u64,
    next: AtomicU64,
}

impl Batches {
    /// Makes the stock. Everything in it follows from `seed`, and so do the ids: a second run needs
    /// another seed, or its batches are known to the collector. `now_ms`: ms since 1970.
    pub fn new(seed: u64, now_ms: u64) -> Result<Batches, String> {
        let config = Value::parse(CONFIG).map_err(|error| error.to_string())?;
        let mut rng = Rng::new(seed);
        let run = rng.draw();
        let mut stock = Vec::new();
        for _ in 0..VISITS {
            visit(&config, &mut rng, now_ms, &mut stock)?;
        }
        Ok(Batches { stock, run, next: AtomicU64::new(0) })
    }

    /// The next one; ids differ from those of every other call.
    pub fn next(&self) -> Vec<u8> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let visitor = number / BATCHES_OF_VISITOR;
        // Neighbours of a visit stay together, visits do not begin at the same place.
        let place = visitor.wrapping_mul(37) + number % BATCHES_OF_VISITOR;
        let mut bytes = self.stock[(place % self.stock.len() as u64) as usize].clone();
        for (range, number) in [(ID, number), (VISITOR, visitor), (SESSION, visitor)] {
            let salt = range.start as u64;
            bytes[range].copy_from_slice(&scattered(self.run ^ salt, number));
        }
        bytes
    }

    /// Mean length of the stock, in bytes.
    pub fn mean_bytes(&self) -> f64 {
        let sum: usize = self.stock.iter().map(Vec::len).sum();
        sum as f64 / self.stock.len() as f64
    }
}

/// A number as an identifier: ids are drawn, so they come in no order.
fn scattered(run: u64, number: u64) -> [u8; 16] {
    let mut rng = Rng::new(run.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    rng.id().0.to_be_bytes()
}

/// A visit of some pages, as the core sees it.
fn visit(
    config: &Value,
    rng: &mut Rng,
    now_ms: u64,
    stock: &mut Vec<Vec<u8>>,
) -> Result<(), String> {
    let mut below = |bound: u64| rng.draw() % bound;
    let pages = 1 + below(PAGES);
    let mut snapshot = Value::map();
    // All of it lies in the past, so that the collector believes the clock.
    let mut wall = now_ms as f64 - 3_600_000.0;
    for page in 0..pages {
        let (seed, seconds) = (below(u64::MAX), 4 + below(56));
        let start = Start {
            seed,
            origin: Origin { wall_ms: wall, utc_offset_min: 0.0 },
            collect: true,
            ..Start::default()
        };
        let config = Config::compile(config).map_err(|error| error.to_string())?;
        let mut engine = Engine::new(config, &snapshot, start);
        let mut keep = |effects: Vec<Effect>| {
            for effect in effects {
                if let Effect::Send { bytes, .. } = effect {
                    stock.push(bytes);
                }
            }
        };
        let kind = ["home", "list", "product", "cart"][(below(4)) as usize];
        let path = format!("/{kind}/{}", below(40));
        keep(
            engine.handle(&Signal::Page(Page { path, kind: kind.into(), ..Page::default() }), 0.0),
        );
        let sizes = Signal::Resize { viewport: [1280.0, 720.0], document: [1280.0, 3600.0] };
        keep(engine.handle(&sizes, 1.0));
        let rect = [0.0, 100.0, 1280.0, 400.0];
        keep(engine.handle(&Signal::Slot { id: "hero".into(), rect }, 2.0));
        keep(engine.handle(&Signal::Seen { slot: "hero".into(), share: 1.0 }, 3.0));
        let (mut x, mut y, mut scroll) = (600.0, 300.0, 0.0f64);
        for tenth in 1..seconds * 10 {
            let at = tenth as f64 * 100.0;
            x = (x + below(121) as f64 - 60.0).clamp(0.0, 1279.0);
            y = (y + below(81) as f64 - 40.0).clamp(0.0, 719.0);
            keep(engine.handle(&Signal::Move { x, y }, at));
            if below(25) == 0 {
                scroll = (scroll + below(600) as f64).min(2880.0);
                keep(engine.handle(&Signal::Scroll { y: scroll, inner: false }, at + 1.0));
            }
            if below(70) == 0 {
                let slot = (y + scroll < 500.0 && y + scroll > 100.0).then(|| "hero".into());
                keep(engine.handle(&Signal::Click { x, y, slot, role: Role::Link }, at + 2.0));
            }
            keep(engine.tick(at + 50.0));
        }
        if page + 1 == pages && below(5) == 0 {
            let goal = Signal::Goal { name: "purchase".into(), value: 49.0 };
            keep(engine.handle(&goal, seconds as f64 * 1_000.0));
        }
        let end = seconds as f64 * 1_000.0 + 10.0;
        keep(engine.handle(&Signal::Visibility { visible: false }, end));
        snapshot = engine.snapshot();
        wall += end;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use unspoken::wire;

    const NOW: u64 = 1_800_000_000_000;

    #[test]
    fn what_is_sent_is_read_by_the_collector_and_new_each_time() {
        let batches = Batches::new(7, NOW).unwrap();
        let sent: Vec<_> = (0..2_000).map(|_| wire::decode(&batches.next()).unwrap()).collect();
        let ids: HashSet<_> = sent.iter().map(|batch| batch.id).collect();
        let visitors: HashSet<_> = sent.iter().map(|batch| batch.visitor).collect();
        assert_eq!((ids.len(), visitors.len()), (2_000, 250));
        assert!(sent.iter().all(|batch| batch.automation < 90 && batch.excluded == 0));
        let kinds: HashSet<_> = sent
            .iter()
            .flat_map(|batch| &batch.events)
            .map(|event| std::mem::discriminant(&event.what))
            .collect();
        assert!(kinds.len() >= 6, "{} kinds of event", kinds.len());
    }

    #[test]
    fn another_seed_has_other_ids() {
        let first = Batches::new(7, NOW).unwrap();
        let again = Batches::new(7, NOW).unwrap();
        let other = Batches::new(8, NOW).unwrap();
        let id = |batches: &Batches| batches.next()[ID].to_vec();
        let (first, again, other) = (id(&first), id(&again), id(&other));
        assert_eq!(first, again);
        assert_ne!(first, other);
    }
}
