//! What travels: one batch, MessagePack, version 3.
//!
//! The browser encodes it, the collector decodes it (by rmp-serde), from these same types. Structs travel as
//! arrays and names travel once: every slot, variant, path or goal stands in `names`, and events
//! hold indices into it. A batch is at most [`MAX_BATCH_BYTES`], so that `sendBeacon` and a
//! keepalive fetch carry it. It never holds text the visitor typed or the cursor's path; the latter
//! only in `trace`, which is empty at the level `events`.

#[cfg(not(target_arch = "wasm32"))]
mod check;
mod encode;

use crate::id::Id;
use alloc::string::String;
use alloc::vec::Vec;
#[cfg(not(target_arch = "wasm32"))]
pub use check::decode;
pub use encode::encode;
use serde::{Deserialize, Serialize};

/// The version this code writes and reads.
pub const VERSION: u8 = 3;
/// The most bytes an encoded batch may have: browsers cap a page's keepalive bodies at 64 KiB.
pub const MAX_BATCH_BYTES: usize = 64 * 1024;
/// The most events in one batch.
pub const MAX_EVENTS: usize = 2_000;
/// The most names in one batch.
pub const MAX_NAMES: usize = 512;
/// The most bytes in one name.
pub const MAX_NAME_BYTES: usize = crate::stream::MAX_NAME_BYTES;
/// The most forecasts, or outcomes, in one bin of a batch: a page makes at most 4 a second, and this
/// is 80 minutes of them, while a batch waits a minute and a hidden page makes none.
pub const MAX_COUNT: u32 = 20_000;
/// Bins of a head's reliability: ten of equal width.
pub const BINS: usize = 10;

/// Numbers of a context that a bandit learns from, at most.
pub const MAX_CONTEXT: usize = 8;
/// Probabilities and rewards travel as whole millionths.
pub const WHOLE: u32 = 1_000_000;
/// The most a goal may be worth: what a sum of many still adds up exactly.
pub const MAX_VALUE: f64 = 1e9;

/// A reference into [`Batch::names`]: 0 is "none", n is `names[n - 1]`.
pub type Name = u16;

/// What one page view had to say since its last batch.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub struct Batch {
    /// [`VERSION`].
    pub version: u8,
    /// Unique; the collector stores a batch id once, however often it arrives.
    pub id: Id,
    /// The browser's pseudonymous visitor.
    pub visitor: Id,
    /// The visit: ends after 30 minutes without a signal.
    pub session: Id,
    /// The page view within the visit, drawn at random.
    pub view: u32,
    /// 0, 1, 2 … within the page view; a gap is a lost batch.
    pub sequence: u32,
    /// What event times count from, in ms since 1970 by the visitor's clock.
    pub base_ms: u64,
    /// Events dropped since the last batch because a bound was reached.
    pub dropped: u32,
    /// The session's automation score so far, 0 to 100 percent; see [`crate::automation`].
    pub automation: u8,
    /// 1: the page kept this session out of learning, and showed it the default content. Else 0.
    pub excluded: u8,
    /// Every string that events refer to.
    pub names: Vec<String>,
    /// What happened, in time order.
    pub events: Vec<Event>,
    /// Level `trace` only: the pointer and scroll stream at 20 Hz, see [`crate::stream`].
    #[serde(with = "bytes")]
    pub trace: Vec<u8>,
}

/// One thing that happened.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub struct Event {
    /// ms since [`Batch::base_ms`].
    pub at: u32,
    /// What it was.
    pub what: What,
}

/// The kinds of event. The one-letter names are the wire's.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
pub enum What {
    /// A page view began.
    #[serde(rename = "p")]
    Page {
        /// Path without query or fragment.
        path: Name,
        /// The page's kind, as the site names it (`product`, `cart` …).
        kind: Name,
        /// The item shown, as the site names it.
        item: Name,
    },
    /// A click.
    #[serde(rename = "c")]
    Click {
        /// The slot it fell in.
        slot: Name,
        /// 0 none, 1 link, 2 button, 3 field, 4 other control.
        role: u8,
        /// Bit 0: part of a rage burst. Bit 1: nothing interactive was hit.
        flags: u8,
    },
    /// The page was scrolled this deep for the first time.
    #[serde(rename = "s")]
    Scroll {
        /// 25, 50, 75 or 100 percent.
        percent: u8,
    },
    /// The cursor stayed in a slot; sent as a total when the view is flushed.
    #[serde(rename = "d")]
    Dwell {
        /// The slot.
        slot: Name,
        /// ms.
        ms: u32,
    },
    /// The visitor told a fact.
    #[serde(rename = "f")]
    Fact {
        /// Its name.
        name: Name,
        /// Its value as text.
        value: Name,
    },
    /// A goal was reached.
    #[serde(rename = "g")]
    Goal {
        /// Its name.
        name: Name,
        /// Its worth in the site's currency; 0 where none was given.
        value: f64,
    },
    /// A slot's decided content was really seen: half of it for one second.
    #[serde(rename = "x")]
    Exposure {
        /// The slot.
        slot: Name,
        /// The variant; `default` for the page's own content.
        variant: Name,
        /// The rule that chose it; 0 where nothing matched.
        rule: Name,
        /// With what probability chance chose this variant, in millionths; 0 where no chance was at
        /// work. What is estimated of other policies rests on it.
        chance: u32,
    },
    /// A visitor dismissed what a slot showed.
    #[serde(rename = "z")]
    Dismiss {
        /// The slot.
        slot: Name,
    },
    /// What became of a bandit's choice: it was seen, and its reward came or its window closed.
    #[serde(rename = "l")]
    Lesson {
        /// The slot.
        slot: Name,
        /// The rule.
        rule: Name,
        /// The variant that was chosen.
        variant: Name,
        /// In millionths, as in an exposure.
        chance: u32,
        /// In millionths of the most.
        reward: u32,
        /// What the choice knew: from −1 to 1 in thousandths, plus 1,000. At most [`MAX_CONTEXT`].
        context: Vec<u16>,
    },
    /// A head's forecasts that met their outcome since the last batch, binned.
    #[serde(rename = "i")]
    Forecast {
        /// The head.
        head: Name,
        /// At most [`BINS`] non-empty bins.
        bins: Vec<Bin>,
    },
}

impl What {
    /// Whether it has the names without which it says nothing.
    pub fn is_named(&self) -> bool {
        match self {
            What::Goal { name, .. } | What::Fact { name, .. } => *name > 0,
            What::Dwell { slot, .. } | What::Dismiss { slot } => *slot > 0,
            What::Lesson { slot, rule, variant, .. } => *slot > 0 && *rule > 0 && *variant > 0,
            What::Exposure { slot, variant, .. } => *slot > 0 && *variant > 0,
            What::Forecast { head, .. } => *head > 0,
            What::Page { .. } | What::Click { .. } | What::Scroll { .. } => true,
        }
    }
}

/// Forecasts between `index / 10` and `(index + 1) / 10`, against what happened.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Debug)]
pub struct Bin {
    /// 0 to 9.
    pub index: u8,
    /// Forecasts in the bin.
    pub count: u32,
    /// How many came true. May exceed `count`: a forecast for the session is told when it is made,
    /// as one that did not come true, and told as one that did when it does.
    pub positives: u32,
    /// Sum of the forecasts, in thousandths.
    pub sum_milli: u32,
}

/// `Vec<u8>` as MessagePack bytes rather than an array of numbers.
mod bytes {
    use alloc::vec::Vec;
    use core::fmt;
    use serde::de::{self, Visitor};
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("bytes")
            }
            fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn batch() -> Batch {
        let bins =
            alloc::vec![Bin { index: 3, count: MAX_COUNT, positives: MAX_COUNT, sum_milli: 200 }];
        let what = alloc::vec![
            What::Page { path: 1, kind: 2, item: 0 },
            What::Click { slot: 1, role: 4, flags: 3 },
            What::Scroll { percent: 100 },
            What::Dwell { slot: 2, ms: 65_536 },
            What::Fact { name: 1, value: 3 },
            What::Goal { name: 2, value: -80.5 },
            What::Exposure { slot: 1, variant: 300, rule: 0, chance: WHOLE },
            What::Forecast { head: 1, bins },
            What::Dismiss { slot: 1 },
            What::Lesson {
                slot: 1,
                rule: 2,
                variant: 3,
                chance: 50_000,
                reward: WHOLE,
                context: alloc::vec![2_000, 0, 1_000],
            },
        ];
        Batch {
            version: VERSION,
            id: Id(1),
            visitor: Id(u128::MAX),
            session: Id(3),
            view: u32::MAX,
            sequence: 128,
            base_ms: 1_790_000_000_000,
            dropped: 255,
            automation: 100,
            excluded: 1,
            names: (0..300).map(|at| "n".repeat(at % 256 + 1)).collect(),
            events: (0u32..)
                .zip(what)
                .map(|(at, what)| Event { at: at * at * at * 400, what })
                .collect(),
            trace: alloc::vec![0; 300],
        }
    }

    #[test]
    fn the_encoder_writes_what_rmp_serde_writes() {
        for batch in [batch(), Batch { names: Vec::new(), trace: Vec::new(), ..batch() }] {
            assert_eq!(encode(&batch), rmp_serde::to_vec(&batch).unwrap());
        }
        assert_eq!(decode(&encode(&batch())).unwrap(), batch());
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let refused = |change: &dyn Fn(&mut Batch), word: &str| {
            let mut batch = batch();
            change(&mut batch);
            let error = decode(&encode(&batch)).unwrap_err();
            assert!(error.contains(word), "{error}");
        };
        refused(&|batch| batch.version = 1, "version: 1, this collector reads version 3");
        refused(&|batch| batch.automation = 101, "automation: 101");
        refused(&|batch| batch.excluded = 2, "excluded: 2");
        refused(&|batch| batch.names.truncate(2), "events[4]: name 3 is not among the 2 names");
        refused(&|batch| batch.names = alloc::vec!["n".into(); 600], "names: 600");
        refused(&|batch| batch.trace = alloc::vec![3], "trace: ends inside");
        refused(&|batch| batch.events[5].what = What::Goal { name: 1, value: f64::NAN }, "value");
        refused(&|batch| batch.events[5].what = What::Goal { name: 0, value: 1.0 }, "no name");
        refused(&|batch| batch.events[2].what = What::Scroll { percent: 101 }, "percent: 101");
        let chance = WHOLE + 1;
        let wrong = What::Exposure { slot: 1, variant: 1, rule: 1, chance };
        refused(&|batch| batch.events[6].what = wrong.clone(), "chance: 1000001");
        for (reward, context, word) in [(2, 9, "context: 9"), (WHOLE * 2, 1, "reward: 2000000")] {
            let context = alloc::vec![0; context];
            let wrong = What::Lesson { slot: 1, rule: 1, variant: 1, chance: 1, reward, context };
            refused(&|batch| batch.events[9].what = wrong.clone(), word);
        }
        let bin = Bin { index: 1, count: 1, positives: 2, sum_milli: 1_001 };
        let wrong = What::Forecast { head: 1, bins: alloc::vec![bin] };
        refused(&|batch| batch.events[7].what = wrong.clone(), "events[7].bins");
        for (count, positives) in [(MAX_COUNT + 1, 1), (1, MAX_COUNT + 1), (u32::MAX, u32::MAX)] {
            let bins = alloc::vec![Bin { index: 1, count, positives, sum_milli: 0 }];
            let wrong = What::Forecast { head: 1, bins };
            refused(&|batch| batch.events[7].what = wrong.clone(), "at most 20000");
        }
        let mut longer = encode(&batch());
        longer.push(0);
        assert!(decode(&longer).unwrap_err().contains("follow its end"));
        assert!(decode(&longer[..40]).unwrap_err().contains("not readable"));
    }
}
