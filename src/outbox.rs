//! What happened, gathered into batches.
//!
//! Bounded in events, names and stream; what no longer fits is dropped and counted. The engine
//! decides when a batch is due, the host sends it and keeps it until the collector has
//! acknowledged it.

use crate::config::Level;
use crate::id::{Id, Rng};
use crate::number::{max, round};
use crate::profile::Session;
use crate::stream::{Kind, Point, Writer};
use crate::text::clip;
use crate::time::{Millis, Origin};
use crate::wire::{self, Batch, Event, MAX_NAME_BYTES, Name, VERSION, What};
use alloc::string::String;
use alloc::vec::Vec;

/// Events a batch holds; with the two bounds below it stays under [`wire::MAX_BATCH_BYTES`].
pub const MAX_EVENTS: usize = 800;
/// Bytes of names a batch holds.
pub const MAX_NAMES_BYTES: usize = 12 * 1024;
/// Bytes of stream a batch holds: some four minutes of steady movement.
pub const MAX_STREAM_BYTES: usize = 20 * 1024;

/// The batch in the making.
#[derive(Clone, Debug)]
pub struct Outbox {
    enabled: bool,
    level: Level,
    view: u32,
    sequence: u32,
    base: Millis,
    dropped: u32,
    names: Vec<String>,
    names_bytes: usize,
    events: Vec<Event>,
    stream: Writer,
    /// When the stream last took a move, a scroll, and a scroll inside.
    sampled: [Millis; 3],
}

impl Outbox {
    /// An empty outbox; one that is not `enabled` keeps nothing.
    pub fn new(enabled: bool, level: Level, now: Millis) -> Outbox {
        Outbox {
            enabled,
            level,
            view: 0,
            sequence: 0,
            base: now,
            dropped: 0,
            names: Vec::new(),
            names_bytes: 0,
            events: Vec::new(),
            stream: Writer::default(),
            sampled: [f64::NEG_INFINITY; 3],
        }
    }

    /// A page view begins.
    pub fn page(&mut self, view: u32) {
        self.view = view.max(1);
        self.sequence = 0;
    }

    /// Whether a page view has begun: nothing belongs anywhere before.
    pub fn has_begun(&self) -> bool {
        self.view > 0
    }

    /// Whether it keeps anything.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.stream.is_empty()
    }

    /// Whether it is half full, so that it should not wait for the next flush.
    pub fn is_filling(&self) -> bool {
        self.events.len() > MAX_EVENTS / 2
            || self.names_bytes > MAX_NAMES_BYTES / 2
            || self.stream.len() > MAX_STREAM_BYTES / 2
    }

    /// Events waiting.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Events dropped since the last batch.
    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    /// Events that were dropped on their way; the next batch tells of them.
    pub fn lost(&mut self, events: u32) {
        self.dropped = self.dropped.saturating_add(events);
    }

    /// A reference to a name; 0 for an empty one, and for one that no longer fits.
    pub fn name(&mut self, name: &str) -> Name {
        if self.enabled { self.place(clip(name, MAX_NAME_BYTES)) } else { 0 }
    }

    #[inline(never)]
    fn place(&mut self, name: &str) -> Name {
        if name.is_empty() {
            return 0;
        }
        if let Some(at) = self.names.iter().position(|known| known == name) {
            return at as Name + 1;
        }
        if self.names.len() == wire::MAX_NAMES || self.names_bytes + name.len() > MAX_NAMES_BYTES {
            return 0;
        }
        self.names_bytes += name.len();
        self.names.push(name.into());
        self.names.len() as Name
    }

    /// Adds an event.
    pub fn push(&mut self, now: Millis, what: What) {
        if self.enabled {
            self.add(now, what);
        }
    }

    #[inline(never)]
    fn add(&mut self, now: Millis, what: What) {
        // A name that no longer fitted is missing, and the collector would refuse the whole batch.
        if self.events.len() == MAX_EVENTS || !what.is_named() {
            self.dropped += 1;
            return;
        }
        self.events.push(Event { at: self.at(now), what });
    }

    /// Whether it wants points: at level `trace`, once a page view has begun.
    pub fn streams(&self) -> bool {
        self.enabled && self.level == Level::Trace && self.has_begun()
    }

    /// Adds a point to the stream, if [`Outbox::streams`]; moves and scrolls at 20 Hz at most.
    pub fn stream(&mut self, now: Millis, kind: Kind) {
        if self.streams() {
            self.point(now, kind);
        }
    }

    #[inline(never)]
    fn point(&mut self, now: Millis, kind: Kind) {
        let sampled = match kind {
            Kind::Move(..) => Some(&mut self.sampled[0]),
            Kind::Scroll(_) => Some(&mut self.sampled[1]),
            Kind::Inner(_) => Some(&mut self.sampled[2]),
            _ => None,
        };
        if let Some(sampled) = sampled {
            if now - *sampled < crate::feature::SAMPLE {
                return;
            }
            *sampled = now;
        }
        let point = Point { at: self.at(now), kind };
        if self.stream.len() > MAX_STREAM_BYTES || !self.stream.push(point) {
            self.dropped += 1;
        }
    }

    /// The next move and scroll are taken, however soon they come.
    pub fn resample(&mut self) {
        self.sampled = [f64::NEG_INFINITY; 3];
    }

    fn at(&self, now: Millis) -> u32 {
        max(round(now - self.base), 0.0) as u32
    }

    /// Takes everything as an encoded batch.
    pub fn take(
        &mut self,
        now: Millis,
        origin: &Origin,
        visitor: Id,
        session: &Session,
        excluded: bool,
        rng: &mut Rng,
    ) -> (Id, Vec<u8>) {
        let batch = Batch {
            version: VERSION,
            id: rng.id(),
            visitor,
            session: session.id,
            view: self.view,
            sequence: self.sequence,
            base_ms: max(origin.wall(self.base), 0.0) as u64,
            dropped: core::mem::take(&mut self.dropped),
            automation: session.automation as u8,
            excluded: excluded as u8,
            names: core::mem::take(&mut self.names),
            events: core::mem::take(&mut self.events),
            trace: self.stream.take(),
        };
        self.names_bytes = 0;
        self.sequence += 1;
        self.base = now;
        (batch.id, wire::encode(&batch))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn take(outbox: &mut Outbox) -> Batch {
        let bytes = outbox
            .take(9.0, &Origin::default(), Id(1), &Session::default(), false, &mut Rng::new(1))
            .1;
        assert!(bytes.len() <= wire::MAX_BATCH_BYTES, "{}", bytes.len());
        wire::decode(&bytes).unwrap()
    }

    #[test]
    fn the_fullest_batch_still_fits_and_says_what_it_dropped() {
        let mut outbox = Outbox::new(true, Level::Trace, 0.0);
        outbox.page(1);
        for at in 0..5_000 {
            let name = outbox.name(&alloc::format!("{}{}", at % 55, "x".repeat(200)));
            outbox.push(
                at as f64,
                What::Exposure { slot: name, variant: name, rule: name, chance: 0 },
            );
            outbox.stream(at as f64 * 50.0, Kind::Move(at * 7919 % 4000, i32::MAX));
        }
        let batch = take(&mut outbox);
        assert_eq!(batch.events.len(), MAX_EVENTS);
        assert!(batch.dropped >= 4_200);
        assert!(outbox.is_empty());
        for at in 0..200 {
            let name = outbox.name(&alloc::format!("{at}{}", "x".repeat(200)));
            outbox.push(at as f64, What::Goal { name, value: 1.0 });
        }
        let batch = take(&mut outbox);
        assert_eq!(batch.events.len() + batch.dropped as usize, 200, "what lost its name is told");
        assert_eq!(take(&mut outbox).sequence, 2);
    }

    #[test]
    fn names_travel_once() {
        let mut outbox = Outbox::new(true, Level::Events, 0.0);
        let (a, b, again) = (outbox.name("a"), outbox.name("b"), outbox.name("a"));
        assert_eq!((a, b, again, outbox.name("")), (1, 2, 1, 0));
        outbox.push(5.0, What::Dwell { slot: b, ms: 7 });
        let batch = take(&mut outbox);
        assert_eq!(batch.names, ["a", "b"]);
        assert_eq!(batch.events[0], Event { at: 5, what: What::Dwell { slot: 2, ms: 7 } });
    }

    #[test]
    fn an_outbox_that_is_off_keeps_nothing() {
        let mut outbox = Outbox::new(false, Level::Trace, 0.0);
        outbox.push(1.0, What::Scroll { percent: 25 });
        outbox.page(1);
        outbox.stream(1.0, Kind::Move(1, 1));
        assert!(outbox.is_empty() && outbox.name("a") == 0);
    }
}
