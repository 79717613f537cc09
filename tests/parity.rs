//! Parity of host and browser: writes recordings and the bits that the host makes of them, for
//! `tests/web.rs` to hold the module against.
//!
//! The recordings are the 114 real ones where `../shared` has them, else the one of
//! tests/vectors/forecasts.json; either way the file says which. Real recordings may not be
//! committed, so the file stands in `target/`.

#![cfg(not(target_arch = "wasm32"))]

#[path = "support/bits.rs"]
mod bits;

use bits::bits;
use std::path::Path;
use unspoken::value::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Each recording's lines, its header first.
fn recordings() -> Vec<Vec<Value>> {
    let parse = |line: &str| Value::parse(line).unwrap();
    if let Ok(folder) = Path::new(ROOT).join("../shared/data/adserp/traces").read_dir() {
        let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
        files.sort();
        let read = |path| std::fs::read_to_string(path).unwrap().lines().map(parse).collect();
        return files.iter().map(read).collect();
    }
    println!("skipped: no real recordings at ../shared/data/adserp; one made up stands in");
    let text = std::fs::read_to_string(Path::new(ROOT).join("tests/vectors/forecasts.json"));
    let vectors = Value::parse(&text.unwrap()).unwrap();
    let mut lines = vec![Value::map().with("id", "synthetic")];
    lines.extend_from_slice(vectors.get("signals").unwrap().items());
    vec![lines]
}

#[test]
fn the_bits_of_every_recording_are_written_for_the_browser() {
    let mut text = String::new();
    let (mut count, mut ticks) = (0, 0);
    for lines in recordings() {
        let made = bits(&lines[0], &lines[1..]);
        assert_eq!(made, bits(&lines[0], &lines[1..]), "the same twice");
        assert!(!made.is_empty(), "{}", lines[0].to_json());
        let mut differing = made.clone();
        differing.sort();
        differing.dedup();
        assert!(differing.len() > made.len() / 2, "hashes tell vectors apart");
        (count, ticks) = (count + 1, ticks + made.len());
        let document = Value::map()
            .with("header", lines[0].clone())
            .with("signals", lines[1..].to_vec())
            .with("bits", Value::texts(&made));
        text += &(document.to_json() + "\n");
    }
    println!("{count} recordings, {ticks} points of the grid");
    // Written beside and renamed, so that no reader finds half a file.
    let path = Path::new(ROOT).join("target/parity.jsonl");
    std::fs::write(path.with_extension("part"), text).unwrap();
    std::fs::rename(path.with_extension("part"), path).unwrap();
}
