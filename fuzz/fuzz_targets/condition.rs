//! Bytes → JSON → condition → decision: whatever a payload holds, no panic, no overflow, no hang.
//!
//! The bytes are `[condition, attributes, groups]`. Run by `fuzz/run.sh`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::rc::Rc;
use unspoken::attribute::Document;
use unspoken::condition::Condition;
use unspoken::host::Native;
use unspoken::reading::Reading;
use unspoken::value::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(document) = Value::parse(text) else { return };
    let part = |at: usize| document.items().get(at).unwrap_or(&Value::Null);
    let mut reading = Reading::on(Rc::new(Native));
    reading.groups = part(2).clone();
    let condition = Condition::read(part(0), &mut reading);
    let attributes = Document(part(1));
    let held = condition.holds(&attributes);
    assert_eq!(held, condition.holds_with(&attributes, 0.0));
    condition.because(&attributes);
    let mut trials = Vec::new();
    condition.trials(&attributes, &mut trials);
});
