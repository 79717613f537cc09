//! How often something was seen, and when: what limits are held against.

use crate::number::max;
use crate::time::{LAST, SECOND, age};
use crate::value::Value;
use alloc::vec::Vec;

/// The most that `per` may count, since so many times are remembered.
pub const MAX_TIMES: usize = 8;
/// Slots and rules whose exposures are counted; the one longest not seen gives way.
pub const MAX_KEYS: usize = 64;

/// A stretch that is counted over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// This page view.
    Page,
    /// This session.
    Session,
    /// As long as the device remembers.
    Ever,
}

/// How often something was seen, and when.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Seen {
    /// Times, by [`Span`]. Of one page view only the first counts in the longer spans.
    pub(super) counts: [f64; 3],
    /// When it was last seen, in ms since 1970; 0 is never.
    pub(super) last: f64,
    /// The page views that counted, the last [`MAX_TIMES`] of them: ms since 1970, in whole seconds,
    /// rising.
    pub(super) times: Vec<f64>,
}

impl Seen {
    /// It was seen once more.
    pub fn again(&mut self, wall: f64) {
        let mut at = (wall / SECOND).floor() * SECOND;
        if age(wall, self.last) == f64::INFINITY {
            // That clock was ahead, and has been put right.
            self.times.clear();
            self.last = 0.0;
        }
        // A session may begin while a page is open; then the page counts in both.
        let [page, session, _] = self.counts;
        self.counts[Span::Page as usize] += 1.0;
        if page == 0.0 || session == 0.0 {
            self.counts[Span::Session as usize] += 1.0;
            self.counts[Span::Ever as usize] += 1.0;
            // Two claims of one second are two.
            while self.times.contains(&at) {
                at += SECOND;
            }
            self.insert(at);
        }
        self.last = max(self.last, at);
    }

    /// It counts as one more, although the page view has been counted: an interruption for each slot.
    pub fn another(&mut self, wall: f64) {
        let page = core::mem::take(&mut self.counts[Span::Page as usize]);
        self.again(wall);
        self.counts[Span::Page as usize] = page + 1.0;
    }

    /// A page view or a session begins.
    pub fn begin(&mut self, span: Span) {
        self.counts[span as usize] = 0.0;
    }

    /// Times in a span.
    pub fn count(&self, span: Span) -> f64 {
        self.counts[span as usize]
    }

    /// Takes over what another tab saw: of counts the higher, and at least as many as there are times
    /// now that they are together; of page views none, since they are each tab's own. `began` is when
    /// the session began, where it is the same in both.
    pub fn merge(&mut self, other: &Seen, began: Option<f64>) {
        for at in &other.times {
            self.insert(*at);
        }
        let [_, session, ever] = &mut self.counts;
        *ever = max(max(*ever, other.counts[2]), self.times.len() as f64);
        if let Some(began) = began {
            let since = self.times.iter().filter(|at| **at + SECOND > began).count();
            *session = max(max(*session, other.counts[1]), since as f64);
        }
        self.last = max(self.last, other.last);
    }

    /// Into its place, once; the oldest gives way.
    fn insert(&mut self, time: f64) {
        let mut at = self.times.len();
        while at > 0 && self.times[at - 1] > time {
            at -= 1;
        }
        if at == 0 || self.times[at - 1] != time {
            self.times.insert(at, time);
        }
        if self.times.len() > MAX_TIMES {
            self.times.remove(0);
        }
    }

    /// As numbers: session, ever, the last time in s, then each time as s before the one after it.
    pub fn push(&self, row: &mut Vec<Value>) {
        let mut later = self.last / SECOND;
        row.push(Value::Number(self.counts[1]));
        row.push(Value::Number(self.counts[2]));
        row.push(Value::Number(later));
        for at in self.times.iter().rev() {
            row.push(Value::Number(later - at / SECOND));
            later = at / SECOND;
        }
    }

    /// What a row still says.
    pub fn from_row(row: &[Value]) -> Seen {
        let number = |at: usize| match row.get(at) {
            Some(Value::Number(number)) if (0.0..=LAST / SECOND).contains(number) => number.floor(),
            _ => 0.0,
        };
        let mut seen = Seen { counts: [0.0, number(0), number(1)], ..Seen::default() };
        let mut at = number(2);
        seen.last = at * SECOND;
        for earlier in 3..row.len().min(3 + MAX_TIMES) {
            at -= number(earlier);
            if at > 0.0 {
                seen.insert(at * SECOND);
            }
        }
        seen
    }
}

/// A slot or a rule, as a number: names are long, and only equality is asked. Of 64 names two are
/// taken for one with a chance of 1 in two million.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Key(u32);

impl Key {
    /// The key of a name in parts: `[slot]`, or `[slot, ".", rule]`.
    pub fn of(parts: &[&str]) -> Key {
        // FNV-1a.
        let mut hash: u32 = 0x811c_9dc5;
        for part in parts {
            for byte in part.bytes() {
                hash = (hash ^ byte as u32).wrapping_mul(0x0100_0193);
            }
        }
        Key(hash)
    }
}

/// How often slots and rules were seen showing anything but the default.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tally(Vec<(Key, Seen)>);

impl Tally {
    /// One was seen.
    pub fn saw(&mut self, key: Key, wall: f64) {
        let at = self.place(key);
        self.0[at].1.again(wall);
        self.trim();
    }

    /// How often and when one was seen; `None` is never.
    pub fn seen(&self, key: Key) -> Option<&Seen> {
        self.0.iter().find(|(known, _)| *known == key).map(|(_, seen)| seen)
    }

    /// A page view or a session begins.
    pub fn begin(&mut self, span: Span) {
        self.0.iter_mut().for_each(|(_, seen)| seen.begin(span));
    }

    /// Takes over what another tab saw, as [`Seen::merge`].
    pub fn merge(&mut self, other: &Tally, began: Option<f64>) {
        for (key, seen) in &other.0 {
            let at = self.place(*key);
            self.0[at].1.merge(seen, began);
        }
        self.trim();
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        let mut rows = Vec::new();
        for (key, seen) in &self.0 {
            let mut row = alloc::vec![Value::Number(key.0 as f64)];
            seen.push(&mut row);
            rows.push(Value::List(row));
        }
        Value::List(rows)
    }

    /// What a document still says.
    pub fn from_value(value: &Value) -> Tally {
        let mut tally = Tally::default();
        for row in value.items().iter().take(MAX_KEYS) {
            if let [Value::Number(key), rest @ ..] = row.items() {
                let at = tally.place(Key(*key as u32));
                tally.0[at].1 = Seen::from_row(rest);
            }
        }
        tally
    }

    /// Where a key stands, in the order of keys.
    fn place(&mut self, key: Key) -> usize {
        let mut at = 0;
        while at < self.0.len() && self.0[at].0 < key {
            at += 1;
        }
        if self.0.get(at).is_none_or(|(known, _)| *known != key) {
            self.0.insert(at, (key, Seen::default()));
        }
        at
    }

    /// Keeps those seen last.
    fn trim(&mut self) {
        while self.0.len() > MAX_KEYS {
            let mut oldest = 0;
            for at in 1..self.0.len() {
                if self.0[at].1.last < self.0[oldest].1.last {
                    oldest = at;
                }
            }
            self.0.remove(oldest);
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::id::Rng;
    use crate::time::MINUTE;

    const NOON: f64 = 1.7e12;

    fn busy(rng: &mut Rng, tally: &mut Tally, times: u64) {
        for _ in 0..rng.draw() % (times + 1) {
            let wall = NOON + (rng.draw() % 500) as f64 * MINUTE;
            match rng.draw() % 8 {
                0..3 => tally.begin(Span::Page),
                _ => tally.saw(Key::of(&[&alloc::format!("slot{}", rng.draw() % 60)]), wall),
            }
        }
        tally.begin(Span::Page);
    }

    #[test]
    fn merging_takes_the_higher_whoever_begins() {
        let mut rng = Rng::new(3);
        for round in 0..300 {
            let mut a = Tally::default();
            busy(&mut rng, &mut a, 300); // fewer keys than fit: of a full list it matters which goes
            let mut b = a.clone();
            busy(&mut rng, &mut a, 10);
            busy(&mut rng, &mut b, 10);
            let began = (round % 2 == 0).then_some(NOON);
            let (mut ab, mut ba) = (a.clone(), b.clone());
            ab.merge(&b, began);
            ba.merge(&a, began);
            let shared = |tally: &Tally| -> Vec<(Key, f64, f64, Vec<f64>)> {
                let row = |(key, seen): &(Key, Seen)| {
                    (*key, seen.counts[2], seen.last, seen.times.clone())
                };
                tally.0.iter().map(row).collect()
            };
            assert_eq!(shared(&ab), shared(&ba));
            if began.is_some() {
                assert_eq!(ab, ba);
                let once = ab.clone();
                ab.merge(&b, began);
                ab.merge(&a, began);
                assert_eq!(ab, once);
            }
        }
    }

    #[test]
    fn two_tabs_that_both_saw_it_have_seen_it_twice() {
        let key = Key::of(&["hero"]);
        let (mut a, mut b) = (Tally::default(), Tally::default());
        a.saw(key, NOON);
        b.saw(key, NOON + MINUTE);
        a.merge(&b, Some(NOON - MINUTE));
        let seen = a.seen(key).unwrap();
        assert_eq!((seen.count(Span::Session), seen.count(Span::Ever)), (2.0, 2.0));
        assert_eq!(seen.count(Span::Page), 1.0, "the other page is not this one");
        let mut later = Tally::default();
        later.merge(&a, None);
        let seen = later.seen(key).unwrap();
        assert_eq!((seen.count(Span::Session), seen.count(Span::Ever)), (0.0, 2.0));
    }

    #[test]
    fn a_full_tally_is_bounded_and_reads_back() {
        let mut tally = Tally::default();
        for at in 0..3_000u64 {
            let key = Key::of(&["a-slot", ".", &alloc::format!("{}", at % 100)]);
            tally.begin(Span::Page);
            tally.saw(key, NOON + at as f64 * 100.0 * MINUTE);
        }
        assert_eq!(tally.0.len(), MAX_KEYS);
        assert!(tally.seen(Key::of(&["a-slot", ".", "99"])).is_some(), "seen last");
        assert!(tally.seen(Key::of(&["a-slot", ".", "30"])).is_none(), "longest not seen");
        let json = tally.to_value().to_json();
        assert!(json.len() < 6_500, "{}", json.len());
        let mut read = Tally::from_value(&Value::parse(&json).unwrap());
        tally.begin(Span::Page);
        assert_eq!(read, tally);
        read.begin(Span::Session);
        read.begin(Span::Page);
        assert_eq!(read.0[0].1.count(Span::Session), 0.0);
    }

    #[test]
    fn rubbish_is_survived() {
        for rubbish in ["null", "[[1]]", "[[-1,-1,-1,-1,-1]]", "[[1e300,1e300,\"a\",5,1e13,7]]"] {
            let tally = Tally::from_value(&Value::parse(rubbish).unwrap());
            assert!(tally.0.len() <= 1);
            for (_, seen) in &tally.0 {
                assert!(seen.times.len() <= 1 && seen.counts.iter().all(|count| *count == 0.0));
            }
        }
    }
}
