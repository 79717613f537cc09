//! What travels: one batch, MessagePack, version 2.
//!
//! The browser encodes it, the collector decodes it (by rmp-serde), from these same types. Structs travel as
//! arrays and names travel once: every slot, variant, path or goal stands in `names`, and events
//! hold indices into it. A batch is at most [`MAX_BATCH_BYTES`], so that `sendBeacon` and a
//! keepalive fetch carry it. It never holds text the visitor typed or the cursor's path; the latter
//! only in `trace`, which is empty at the level `events`.

use crate::id::Id;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The version this code writes and reads.
pub const VERSION: u8 = 2;
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
            What::Dwell { slot, .. } => *slot > 0,
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

/// Encodes a batch: byte for byte what `rmp_serde::to_vec` gives, which the tests hold it to. The
/// generic encoder would cost the module two kilobytes brotli more.
pub fn encode(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    array(&mut out, 13);
    uint(&mut out, batch.version as u64);
    for id in [batch.id, batch.visitor, batch.session] {
        bin(&mut out, &id.0.to_be_bytes());
    }
    uint(&mut out, batch.view as u64);
    uint(&mut out, batch.sequence as u64);
    uint(&mut out, batch.base_ms);
    uint(&mut out, batch.dropped as u64);
    uint(&mut out, batch.automation as u64);
    uint(&mut out, batch.excluded as u64);
    array(&mut out, batch.names.len());
    batch.names.iter().for_each(|name| text(&mut out, name));
    array(&mut out, batch.events.len());
    for event in &batch.events {
        array(&mut out, 2);
        uint(&mut out, event.at as u64);
        what(&mut out, &event.what);
    }
    bin(&mut out, &batch.trace);
    out
}

/// A map of one entry: the kind's letter, and its fields as an array.
fn what(out: &mut Vec<u8>, what: &What) {
    let fields = |out: &mut Vec<u8>, letter: u8, fields: &[u32]| {
        kind(out, letter, fields.len());
        fields.iter().for_each(|field| uint(out, *field as u64));
    };
    let name = |name: &Name| *name as u32;
    match what {
        What::Page { path, kind, item } => {
            fields(out, b'p', &[name(path), name(kind), name(item)]);
        }
        What::Click { slot, role, flags } => {
            fields(out, b'c', &[name(slot), *role as u32, *flags as u32]);
        }
        What::Scroll { percent } => fields(out, b's', &[*percent as u32]),
        What::Dwell { slot, ms } => fields(out, b'd', &[name(slot), *ms]),
        What::Fact { name: fact, value } => fields(out, b'f', &[name(fact), name(value)]),
        What::Exposure { slot, variant, rule } => {
            fields(out, b'x', &[name(slot), name(variant), name(rule)]);
        }
        What::Goal { name, value } => {
            kind(out, b'g', 2);
            uint(out, *name as u64);
            out.push(0xcb);
            out.extend_from_slice(&value.to_bits().to_be_bytes());
        }
        What::Forecast { head, bins } => {
            kind(out, b'i', 2);
            uint(out, *head as u64);
            array(out, bins.len());
            for bin in bins {
                array(out, 4);
                uint(out, bin.index as u64);
                [bin.count, bin.positives, bin.sum_milli]
                    .iter()
                    .for_each(|field| uint(out, *field as u64));
            }
        }
    }
}

fn kind(out: &mut Vec<u8>, letter: u8, fields: usize) {
    out.extend_from_slice(&[0x81, 0xa1, letter]);
    array(out, fields);
}

/// A number in its shortest form.
fn uint(out: &mut Vec<u8>, value: u64) {
    let bytes = value.to_be_bytes();
    let (marker, from) = match value {
        0..=0x7f => (None, 7),
        0x80..=0xff => (Some(0xcc), 7),
        0x100..=0xffff => (Some(0xcd), 6),
        0x1_0000..=0xffff_ffff => (Some(0xce), 4),
        _ => (Some(0xcf), 0),
    };
    out.extend(marker);
    out.extend_from_slice(&bytes[from..]);
}

/// A length: in the marker itself where `short` has room, else in 8 (where the form exists), 16 or
/// 32 bits.
fn length(out: &mut Vec<u8>, length: usize, short: (u8, usize), markers: [u8; 3]) {
    if length < short.1 {
        out.push(short.0 | length as u8);
        return;
    }
    let bytes = (length as u32).to_be_bytes();
    let (marker, from) = match length {
        0..=0xff if markers[0] != 0 => (markers[0], 3),
        0..=0xffff => (markers[1], 2),
        _ => (markers[2], 0),
    };
    out.push(marker);
    out.extend_from_slice(&bytes[from..]);
}

fn array(out: &mut Vec<u8>, items: usize) {
    length(out, items, (0x90, 16), [0, 0xdc, 0xdd]);
}

fn text(out: &mut Vec<u8>, text: &str) {
    length(out, text.len(), (0xa0, 32), [0xd9, 0xda, 0xdb]);
    out.extend_from_slice(text.as_bytes());
}

fn bin(out: &mut Vec<u8>, bytes: &[u8]) {
    length(out, bytes.len(), (0, 0), [0xc4, 0xc5, 0xc6]);
    out.extend_from_slice(bytes);
}

/// Decodes and checks a batch. The error names the field and the bound.
#[cfg(not(target_arch = "wasm32"))]
pub fn decode(bytes: &[u8]) -> Result<Batch, String> {
    use alloc::format;
    if bytes.len() > MAX_BATCH_BYTES {
        return Err(format!(
            "batch: {} bytes, at most {MAX_BATCH_BYTES} are taken; send smaller batches",
            bytes.len()
        ));
    }
    // The version is the first element, so that a batch of a newer form is named as such rather
    // than as a type error somewhere inside.
    match bytes {
        [0x90..=0x9f, version, ..] if *version < 0x80 && *version != VERSION => {
            return Err(format!("version: {version}, this collector reads version {VERSION}"));
        }
        _ => {}
    }
    let mut reader = rmp_serde::Deserializer::new(std::io::Cursor::new(bytes));
    reader.set_max_depth(16);
    let batch =
        Batch::deserialize(&mut reader).map_err(|error| format!("batch: not readable: {error}"))?;
    if reader.position() != bytes.len() as u64 {
        return Err("batch: bytes follow its end".into());
    }
    check(&batch)?;
    Ok(batch)
}

#[cfg(not(target_arch = "wasm32"))]
fn check(batch: &Batch) -> Result<(), String> {
    use alloc::format;
    if batch.version != VERSION {
        return Err(format!("version: {}, this collector reads version {VERSION}", batch.version));
    }
    if batch.automation > 100 {
        return Err(format!("automation: {}, at most 100", batch.automation));
    }
    if batch.excluded > 1 {
        return Err(format!("excluded: {}, at most 1", batch.excluded));
    }
    if batch.events.len() > MAX_EVENTS {
        return Err(format!("events: {} of at most {MAX_EVENTS}", batch.events.len()));
    }
    if batch.names.len() > MAX_NAMES {
        return Err(format!("names: {} of at most {MAX_NAMES}", batch.names.len()));
    }
    if let Some(at) = batch.names.iter().position(|name| name.len() > MAX_NAME_BYTES) {
        return Err(format!("names[{at}]: longer than {MAX_NAME_BYTES} bytes"));
    }
    for (at, event) in batch.events.iter().enumerate() {
        let refs: &[Name] = match &event.what {
            What::Page { path, kind, item } => &[*path, *kind, *item],
            What::Click { slot, .. } | What::Dwell { slot, .. } => &[*slot],
            What::Scroll { .. } => &[],
            What::Fact { name, value } => &[*name, *value],
            What::Goal { name, .. } => &[*name],
            What::Exposure { slot, variant, rule } => &[*slot, *variant, *rule],
            What::Forecast { head, .. } => &[*head],
        };
        if let Some(bad) = refs.iter().find(|name| **name as usize > batch.names.len()) {
            return Err(format!(
                "events[{at}]: name {bad} is not among the {} names",
                batch.names.len()
            ));
        }
        match &event.what {
            what if !what.is_named() => {
                return Err(format!("events[{at}]: has no name"));
            }
            What::Goal { value, .. } if !(-MAX_VALUE..=MAX_VALUE).contains(value) => {
                return Err(format!("events[{at}].value: not a number within ±{MAX_VALUE}"));
            }
            What::Scroll { percent } if *percent > 100 => {
                return Err(format!("events[{at}].percent: {percent}, at most 100"));
            }
            What::Click { role, .. } if *role > 4 => {
                return Err(format!("events[{at}].role: {role}, at most 4"));
            }
            What::Forecast { bins, .. }
                if !bins.windows(2).all(|pair| pair[0].index < pair[1].index)
                    || !bins.iter().all(bin_fits) =>
            {
                return Err(format!(
                    "events[{at}].bins: at most {BINS}, rising, count and positives at most {MAX_COUNT}, \
                     sum within count"
                ));
            }
            _ => {}
        }
    }
    crate::stream::decode(&batch.trace).map_err(|error| format!("trace: {error}"))?;
    Ok(())
}

#[cfg(not(target_arch = "wasm32"))]
fn bin_fits(bin: &Bin) -> bool {
    (bin.index as usize) < BINS
        && bin.count.max(bin.positives) <= MAX_COUNT
        && bin.sum_milli as u64 <= bin.count as u64 * 1_000
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
            What::Exposure { slot: 1, variant: 300, rule: 0 },
            What::Forecast { head: 1, bins },
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
        refused(&|batch| batch.version = 1, "version: 1, this collector reads version 2");
        refused(&|batch| batch.automation = 101, "automation: 101");
        refused(&|batch| batch.excluded = 2, "excluded: 2");
        refused(&|batch| batch.names.truncate(2), "events[4]: name 3 is not among the 2 names");
        refused(&|batch| batch.names = alloc::vec!["n".into(); 600], "names: 600");
        refused(&|batch| batch.trace = alloc::vec![3], "trace: ends inside");
        refused(&|batch| batch.events[5].what = What::Goal { name: 1, value: f64::NAN }, "value");
        refused(&|batch| batch.events[5].what = What::Goal { name: 0, value: 1.0 }, "no name");
        refused(&|batch| batch.events[2].what = What::Scroll { percent: 101 }, "percent: 101");
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
