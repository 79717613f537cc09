//! Any bytes as a batch: refused with a sentence, or a batch that stands every use.
//!
//! `docs/operations.md` says how it is run, and for how long it was clean.
#![no_main]

use libfuzzer_sys::fuzz_target;
use unspoken::{stream, wire};

fuzz_target!(|bytes: &[u8]| {
    // The stream's reader meets what comes inside of a batch only, but may be called by itself.
    if let Ok(points) = stream::decode(bytes) {
        assert!(points.len() <= stream::MAX_POINTS);
    }
    let batch = match wire::decode(bytes) {
        Ok(batch) => batch,
        Err(why) => return assert!(!why.is_empty()),
    };
    // What was taken holds what the bounds promise to the store.
    assert!(batch.events.len() <= wire::MAX_EVENTS && batch.names.len() <= wire::MAX_NAMES);
    assert!(stream::decode(&batch.trace).is_ok());
    // Written again it reads as the same batch: the store keeps batches as they came.
    let again = wire::encode(&batch);
    if again.len() <= wire::MAX_BATCH_BYTES {
        let read = wire::decode(&again).expect("what was taken is written so that it is taken");
        assert_eq!(wire::encode(&read), again);
    }
});
