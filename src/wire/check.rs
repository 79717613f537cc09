//! Bytes as a batch, on the host: decoded, and held against every bound.

use super::{
    BINS, Batch, Bin, MAX_BATCH_BYTES, MAX_CONTEXT, MAX_COUNT, MAX_EVENTS, MAX_NAME_BYTES,
    MAX_NAMES, MAX_VALUE, Name, VERSION, WHOLE, What,
};
use alloc::format;
use alloc::string::String;
use serde::Deserialize;

/// Decodes and checks a batch. The error names the field and the bound.
pub fn decode(bytes: &[u8]) -> Result<Batch, String> {
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

fn check(batch: &Batch) -> Result<(), String> {
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
            What::Click { slot, .. } | What::Dwell { slot, .. } | What::Dismiss { slot } => {
                &[*slot]
            }
            What::Scroll { .. } => &[],
            What::Fact { name, value } => &[*name, *value],
            What::Goal { name, .. } => &[*name],
            What::Exposure { slot, variant, rule, .. }
            | What::Lesson { slot, rule, variant, .. } => &[*slot, *variant, *rule],
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
            What::Exposure { chance, .. } | What::Lesson { chance, .. } if *chance > WHOLE => {
                return Err(format!("events[{at}].chance: {chance}, at most {WHOLE}"));
            }
            What::Lesson { reward, .. } if *reward > WHOLE => {
                return Err(format!("events[{at}].reward: {reward}, at most {WHOLE}"));
            }
            What::Lesson { context, .. }
                if context.len() > MAX_CONTEXT || context.iter().any(|number| *number > 2_000) =>
            {
                let numbers = context.len();
                return Err(format!(
                    "events[{at}].context: {numbers} numbers, at most {MAX_CONTEXT}, each at most 2000"
                ));
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

fn bin_fits(bin: &Bin) -> bool {
    (bin.index as usize) < BINS
        && bin.count.max(bin.positives) <= MAX_COUNT
        && bin.sum_milli as u64 <= bin.count as u64 * 1_000
}
