//! A batch as bytes, by hand.

use super::{Batch, Name, What};
use alloc::vec::Vec;

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
        What::Exposure { slot, variant, rule, chance } => {
            fields(out, b'x', &[name(slot), name(variant), name(rule), *chance]);
        }
        What::Dismiss { slot } => fields(out, b'z', &[name(slot)]),
        What::Lesson { slot, rule, variant, chance, reward, context } => {
            kind(out, b'l', 6);
            [name(slot), name(rule), name(variant), *chance, *reward]
                .iter()
                .for_each(|field| uint(out, *field as u64));
            array(out, context.len());
            context.iter().for_each(|number| uint(out, *number as u64));
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
