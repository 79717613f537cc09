//! A batch as one row of the table `batches`.

use std::sync::Arc;

use unspoken::id::Id;
use unspoken::wire::What;

use super::row_binary::{bytes, list, nullable, text};
use crate::store::columns::{Columns, name_of};
use crate::store::lifecycle::digest;
use crate::store::{Arrival, MAX_SKEW_MS};

/// ms of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Where a batch stands in the table: the same for every copy of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Whose it is.
    pub site: Arc<str>,
    /// See the table; of two copies it may differ, so both are looked up.
    pub far: bool,
    /// Days since 1970, by the page's clock.
    pub day: u32,
    /// Who sent it.
    pub visitor: Id,
    /// In which session.
    pub session: Id,
    /// The batch.
    pub id: Id,
}

impl Key {
    /// The key of a batch.
    pub fn of(arrival: &Arrival) -> Key {
        let batch = &arrival.batch;
        let last = batch.events.iter().map(|event| u64::from(event.at)).max().unwrap_or(0);
        Key {
            site: Arc::clone(&arrival.site),
            far: batch.base_ms.abs_diff(arrival.received_at) > MAX_SKEW_MS || last > MAX_SKEW_MS,
            day: u32::try_from(batch.base_ms / DAY_MS).unwrap_or(u32::MAX),
            visitor: batch.visitor,
            session: batch.session,
            id: batch.id,
        }
    }

    /// Writes the row that looks for it, as [`KEYS`] has it: near and far.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mark = digest(self.visitor);
        for far in [0, 1] {
            text(out, &self.site);
            out.push(far);
            out.extend(self.day.to_le_bytes());
            for id in [self.visitor, self.session, self.id] {
                out.extend(id.0.to_be_bytes());
            }
            out.extend(mark);
        }
    }
}

/// The structure of keys that are looked for.
pub const KEYS: &str = "site String,far UInt8,day UInt32,visitor FixedString(16),\
    session FixedString(16),id FixedString(16),mark FixedString(32)";

/// A batch as RowBinary, in the order of `sql/write/append.sql`.
pub fn row(arrival: &Arrival, key: &Key) -> Vec<u8> {
    let (batch, times) = (&arrival.batch, arrival.times());
    // As the other store has it, whose whole numbers end there.
    let whole = |out: &mut Vec<u8>, number: u64| {
        out.extend(number.min(i64::MAX as u64).to_le_bytes());
    };
    let mut out = Vec::with_capacity(256 + batch.events.len() * 64);
    let to = &mut out;
    text(to, &key.site);
    to.push(u8::from(key.far));
    to.extend(key.day.to_le_bytes());
    for id in [key.visitor, key.session, key.id] {
        to.extend(id.0.to_be_bytes());
    }
    to.extend(batch.view.to_le_bytes());
    to.extend(batch.sequence.to_le_bytes());
    for number in
        [batch.base_ms, arrival.received_at, times.first, times.last, arrival.bytes as u64]
    {
        whole(to, number);
    }
    to.extend(batch.dropped.to_le_bytes());
    to.push(batch.automation);
    to.push(batch.excluded);
    to.extend((batch.events.len() as u32).to_le_bytes());
    bytes(to, &batch.trace);

    let events: Vec<(u32, u64, Columns)> = (0..)
        .zip(&batch.events)
        .filter_map(|(ordinal, event)| {
            Some((ordinal, times.of(event.at), Columns::of(batch, &event.what)?))
        })
        .collect();
    list(to, &events, |to, (ordinal, _, _)| to.extend(ordinal.to_le_bytes()));
    list(to, &events, |to, (_, at, _)| whole(to, *at));
    list(to, &events, |to, (_, _, it)| text(to, it.kind));
    macro_rules! column {
        ($field:ident, $write:expr) => {
            list(to, &events, |to, (_, _, it)| nullable(to, it.$field.as_ref(), $write))
        };
    }
    let a_text = |to: &mut Vec<u8>, it: &&str| text(to, it);
    let a_real = |to: &mut Vec<u8>, it: &f64| to.extend(it.to_le_bytes());
    let a_byte = |to: &mut Vec<u8>, it: &u8| to.push(*it);
    column!(slot, a_text);
    column!(variant, a_text);
    column!(rule, a_text);
    column!(name, a_text);
    column!(text, a_text);
    column!(value, a_real);
    column!(path, a_text);
    column!(page, a_text);
    column!(item, a_text);
    column!(role, a_byte);
    column!(flags, a_byte);
    column!(percent, a_byte);
    column!(ms, |to: &mut Vec<u8>, it: &u32| to.extend(it.to_le_bytes()));
    column!(chance, a_real);
    column!(context, |to: &mut Vec<u8>, it: &String| text(to, it));

    let mut bins = Vec::new();
    for event in &batch.events {
        // A head without a name cannot be judged.
        if let What::Forecast { head, bins: told } = &event.what
            && let Some(head) = name_of(batch, *head)
        {
            bins.extend(told.iter().map(|bin| (times.of(event.at), head, bin)));
        }
    }
    list(to, &bins, |to, (at, _, _)| whole(to, *at));
    list(to, &bins, |to, (_, head, _)| text(to, head));
    list(to, &bins, |to, (_, _, bin)| to.push(bin.index));
    list(to, &bins, |to, (_, _, bin)| whole(to, u64::from(bin.count)));
    list(to, &bins, |to, (_, _, bin)| whole(to, u64::from(bin.positives)));
    list(to, &bins, |to, (_, _, bin)| whole(to, u64::from(bin.sum_milli)));
    to.extend((u64::MAX - arrival.received_at.min(i64::MAX as u64)).to_le_bytes());
    out
}
