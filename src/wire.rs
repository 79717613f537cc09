//! What travels: one batch, MessagePack, version 1.
//!
//! The browser encodes it, the collector decodes it, from these same types. Structs travel as
//! arrays and names travel once: every slot, variant, path or goal stands in `names`, and events
//! hold indices into it. A batch is at most [`MAX_BATCH_BYTES`], so that `sendBeacon` and a
//! keepalive fetch carry it. It never holds text the visitor typed or the cursor's path; the latter
//! only in `trace`, which is empty at the level `events`.

use crate::id::Id;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The version this code writes and reads.
pub const VERSION: u8 = 1;
/// The most bytes an encoded batch may have: browsers cap a page's keepalive bodies at 64 KiB.
pub const MAX_BATCH_BYTES: usize = 64 * 1024;
/// The most events in one batch.
pub const MAX_EVENTS: usize = 2_000;
/// The most names in one batch.
pub const MAX_NAMES: usize = 512;
/// The most bytes in one name.
pub const MAX_NAME_BYTES: usize = 256;
/// Bins of a head's reliability: ten of equal width.
pub const BINS: usize = 10;

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

/// Forecasts between `index / 10` and `(index + 1) / 10`, against what happened.
#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Debug)]
pub struct Bin {
    /// 0 to 9.
    pub index: u8,
    /// Forecasts in the bin.
    pub count: u32,
    /// How many came true.
    pub positives: u32,
    /// Sum of the forecasts, in thousandths.
    pub sum_milli: u32,
}

/// Encodes a batch.
pub fn encode(batch: &Batch) -> Vec<u8> {
    // Writing plain structs into a Vec cannot fail: there is no map of unknown length and no I/O.
    rmp_serde::to_vec(batch).unwrap_or_default()
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
    let mut reader = rmp_serde::Deserializer::from_read_ref(bytes);
    reader.set_max_depth(16);
    let batch =
        Batch::deserialize(&mut reader).map_err(|error| format!("batch: not readable: {error}"))?;
    check(&batch)?;
    Ok(batch)
}

#[cfg(not(target_arch = "wasm32"))]
fn check(batch: &Batch) -> Result<(), String> {
    use alloc::format;
    if batch.version != VERSION {
        return Err(format!("version: {}, this collector reads version {VERSION}", batch.version));
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
            What::Goal { value, .. } if !value.is_finite() => {
                return Err(format!("events[{at}].value: not a finite number"));
            }
            What::Scroll { percent } if *percent > 100 => {
                return Err(format!("events[{at}].percent: {percent}, at most 100"));
            }
            What::Click { role, .. } if *role > 4 => {
                return Err(format!("events[{at}].role: {role}, at most 4"));
            }
            What::Forecast { bins, .. }
                if bins.len() > BINS
                    || bins
                        .iter()
                        .any(|bin| bin.index as usize >= BINS || bin.positives > bin.count) =>
            {
                return Err(format!("events[{at}].bins: at most {BINS}, positives within count"));
            }
            _ => {}
        }
    }
    crate::stream::decode(&batch.trace).map_err(|error| format!("trace: {error}"))?;
    Ok(())
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
