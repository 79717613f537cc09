//! The house rules, checked: who may import whom, and what no file may hold.
//!
//! The rules are in `tidy/rules.rs`, each with the table it goes by. Here they meet the tree, and
//! then snippets that break them: a rule that cannot fail says nothing. ARCHITECTURE.md gives the
//! reasons.

#![cfg(not(target_arch = "wasm32"))]

#[path = "tidy/code.rs"]
mod code;
#[path = "tidy/rules.rs"]
mod rules;

use std::fs;
use std::path::Path;

/// Files under `folders` with one of the extensions, as (path from the root, text).
fn files(folders: &[&str], extensions: &[&str]) -> Vec<(String, String)> {
    fn walk(path: &str, extensions: &[&str], out: &mut Vec<(String, String)>) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let Ok(entries) = fs::read_dir(root.join(path)) else { return };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let inner = format!("{path}/{name}");
            if entry.path().is_dir() {
                if !matches!(&*name, "node_modules" | "target" | "dist" | "output") {
                    walk(&inner, extensions, out);
                }
            } else if name.rsplit_once('.').is_some_and(|(_, end)| extensions.contains(&end)) {
                // A file that is being written at this moment is the next run's.
                out.extend(fs::read_to_string(entry.path()).ok().map(|text| (inner, text)));
            }
        }
    }
    let mut out = Vec::new();
    folders.iter().for_each(|folder| walk(folder, extensions, &mut out));
    out.sort();
    assert!(!out.is_empty(), "nothing to check in {folders:?}: has the tree moved?");
    out
}

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Fails with every complaint, a line each.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn each(files: &[(String, String)], rule: impl Fn(&str, &str) -> Vec<String>) {
    none(files.iter().flat_map(|(path, text)| rule(path, text)).collect());
}

#[test]
fn floors_hold() {
    each(&files(&["src"], &["rs"]), |path, text| rules::floors(path, text, rules::UPWARD));
    none(rules::listed(&file("src/lib.rs")));
}

/// A scanner that takes code for text would find nothing, and say that all is well.
#[test]
fn the_scanner_reads_every_file_to_its_end() {
    for (path, text) in files(&["src", "collector", "xtask", "tests"], &["rs"]) {
        let code = code::code(&text);
        for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
            let (opened, closed) = (code.matches(open).count(), code.matches(close).count());
            assert_eq!(opened, closed, "{path}: {open} and {close} do not match");
        }
        assert_eq!(code.lines().count(), text.lines().count(), "{path}: lines are lost");
    }
}

#[test]
fn borders_hold() {
    each(&files(&["js/src"], &["ts", "tsx"]), rules::borders);
    let apps = files(&["www", "examples"], &["ts", "tsx", "js", "mjs", "html", "vue", "svelte"]);
    each(&apps, rules::borders);
}

#[test]
fn every_file_says_what_it_is_for() {
    each(&files(&["src", "collector/src", "xtask/src", "tests"], &["rs"]), rules::opening);
    each(&files(&["js/src", "www/dashboard"], &["ts", "tsx"]), rules::opening);
    each(&files(&["scripts", "tests/e2e"], &["mjs"]), rules::opening);
}

#[test]
fn files_are_short_and_finished() {
    let folders = ["src", "collector", "xtask", "tests", "js", "scripts", "www"];
    let all = files(&folders, &["rs", "ts", "tsx", "js", "mjs"]);
    each(&all, |path, text| rules::length(path, text, rules::LONG));
    each(&all, rules::unfinished);
    let gone = rules::LONG.iter().filter(|(long, ..)| all.iter().all(|(path, _)| path != long));
    none(gone.map(|(path, ..)| format!("{path}: it is gone; take it off LONG")).collect());
}

#[test]
fn nothing_panics_and_no_listener_reads_layout() {
    let sources = files(&["src"], &["rs"]);
    each(&sources, rules::panics);
    each(&sources, rules::listeners);
}

#[test]
fn dependencies_stand_where_they_belong() {
    none(rules::manifest("Cargo.toml", &file("Cargo.toml")));
    none(rules::registry("package-lock.json", &file("package-lock.json")));
}

/// The rule complains about the snippet, once, at that line.
fn caught(complaints: Vec<String>, line: usize, word: &str) {
    assert_eq!(complaints.len(), 1, "{complaints:?}");
    assert!(complaints[0].contains(&format!(":{line}: ")), "{complaints:?}");
    assert!(complaints[0].contains(word), "{complaints:?}");
}

fn floors(path: &str, source: &str) -> Vec<String> {
    rules::floors(path, source, &[])
}

#[test]
fn a_broken_floor_is_caught() {
    let bad = |source: &str, line, word| caught(floors("src/slot.rs", source), line, word);
    bad("\nuse crate::engine::Engine;", 2, "slot imports engine");
    bad("use crate::{config::{Slot,\n Swap}, web::page};", 1, "slot imports web");
    bad("fn f() { crate::bindings::f() }", 1, "slot imports bindings");
    bad("use std::{cell::Cell, fs};", 1, "std::fs");
    bad("use std::time;", 1, "std::time");
    bad("use std::{time::{Duration, Instant}};", 1, "Instant");
    bad("\n\nfn f() { println!(\"x\") }", 3, "println");
    bad("use gloo_timers::callback;", 1, "gloo_timers");
    let upward = [("src/slot.rs", "engine")];
    none(rules::floors("src/slot.rs", "use crate::engine::Engine;", &upward));
    caught(rules::floors("src/slot.rs", "use crate::text;", &upward), 1, "no longer imports");
    bad("use super::super::engine;", 1, "crate::…");
    caught(floors("src/mood.rs", "//! New."), 1, "has no floor");
    caught(floors("src/intent/top.rs", "use crate::profile::Profile;"), 1, "above it");
    caught(floors("src/web/page.rs", "use crate::bindings::x;"), 1, "web imports bindings");
}

#[test]
fn a_sound_floor_is_left_alone() {
    let sound = r##"//! The println! of use crate::engine::Engine; "quoted".
        /* std::fs /* nested */ crate::web */
        use crate::{config::{Slot, Swap}, time::Millis as Time};
        use crate::attribute;
        const A: char = '"'; const B: &str = "crate::web::x \" std::env"; const C: char = '\'';
        fn f<'a>(x: &'a str) -> &'a str { r#"use std::fs; "println!""#; b"gloo"; x }
        #[cfg(all(test, not(target_arch = "wasm32")))]
        mod tests { use crate::engine::Engine; fn g() { println!("{}", std::env::args().count()) } }
        #[cfg(test)]
        use std::fs;
        "##;
    none(floors("src/slot.rs", sound));
    none(floors("src/web/driver.rs", "use crate::engine::Engine; use web_sys::Event;"));
    none(floors("src/intent/rules.rs", "use crate::feature::Features; use super::model;"));
    caught(floors("src/slot.rs", &format!("{sound}use crate::outbox;")), 11, "outbox");
}

#[test]
fn the_list_in_the_docs_must_be_the_order() {
    let list: String = rules::FLOOR.iter().map(|name| format!("//! [`{name}`],\n")).collect();
    let good = format!("//! From the ground up:\n{list}\npub mod error;\npub mod web;\n");
    none(rules::listed(&good));
    caught(rules::listed(&good.replacen("[`slot`]", "[`tolls`]", 1)), 1, "not the order");
    caught(
        rules::listed(&format!("{good}pub mod mood;\n")),
        list.lines().count() + 5,
        "mood has no floor",
    );
}

#[test]
fn a_crossed_border_is_caught() {
    let bad = |path, text, word| caught(rules::borders(path, text), 1, word);
    bad("js/src/client.ts", "import * as g from \"../../pkg/unspoken_bg.js\";", "raw.ts");
    bad("js/src/a/b.ts", "const g = await import('x/unspoken_bg.js');", "raw.ts");
    none(rules::borders("js/src/raw.ts", "import * as g from \"../../pkg/unspoken_bg.js\";"));
    bad("www/dashboard/api.ts", "import { a } from \"../../js/src/types\";", "js/src/types");
    bad("www/dashboard/api.ts", "import { init } from \"unspoken\";", "published name, or HTTP");
    bad("www/shop/pages/home.mjs", "import x from \"../../dashboard/dom.mjs\";", "dashboard/dom");
    none(rules::borders("www/shop/pages/home.mjs", "import x from \"../slots.mjs\";"));
    bad("examples/react/app.tsx", "import { init } from '../../js/src/client.js';", "js/src");
    none(rules::borders("examples/react/app.tsx", "import { init } from 'unspoken';"));
    bad("www/shop/layout.mjs", "`<script async src=\"../dist/x.js\">`", "/unspoken.js");
    none(rules::borders("examples/a/index.html", "<script async src=\"/unspoken.js\"></script>"));
    none(rules::borders("examples/a/index.html", "<script src=\"/src/main.ts\"></script>"));
    bad("examples/a/index.html", "<script src=\"/dist/index.js\"></script>", "/unspoken.js");
}

#[test]
fn a_silent_opening_is_caught() {
    caught(rules::opening("src/a.rs", "use x;\n//! Late."), 1, "//!");
    caught(rules::opening("scripts/a.mjs", "// Short.\n"), 1, "/**");
    none(rules::opening("scripts/a.mjs", "#!/usr/bin/env node\n/** What it is for. */\n"));
}

#[test]
fn length_and_leftovers_are_caught() {
    let long = "x\n".repeat(501);
    caught(rules::length("a.rs", &long, &[]), 501, "501 lines of at most 500");
    none(rules::length("a.rs", &long[2..], &[]));
    caught(rules::length("a.rs", &long, &[("a.rs", 500, "")]), 501, "more than its 500");
    caught(rules::length("a.rs", "x\n", &[("a.rs", 600, "")]), 1, "take it off LONG");
    none(rules::length("a.rs", &long, &[("a.rs", 600, "")]));
    let note = format!("x();\n// {}: later\n", concat!("TO", "DO"));
    caught(rules::unfinished("js/a.ts", &note), 2, "left for later");
    caught(rules::unfinished("src/a.rs", concat!("fn f() { to", "do!() }")), 1, "left for later");
    none(rules::unfinished("src/a.rs", "/// A word with todo! in it.\nfn f() {}"));
}

#[test]
fn a_web_crate_of_the_host_is_caught() {
    let bad = |text, line, word| caught(rules::manifest("Cargo.toml", text), line, word);
    bad("[dependencies]\nserde = \"1\"\njs-sys = \"0.3\"", 3, "js-sys");
    bad("[dependencies.web-sys]\nversion = \"0.3\"", 1, "web-sys");
    bad("[target.'cfg(unix)'.dependencies]\ngloo-events.workspace = true", 2, "gloo-events");
    none(rules::manifest(
        "Cargo.toml",
        "[target.'cfg(target_arch = \"wasm32\")'.dependencies]\nwasm-bindgen = \"1\"\n\
         [target.'cfg(target_arch = \"wasm32\")'.dependencies.web-sys]\nversion = \"0.3\"\n\
         [package.metadata]\ngloo = 1",
    ));
}

#[test]
fn a_panic_a_layout_read_and_a_registry_are_caught() {
    let unwrap = "/// x.unwrap()\nfn f() {\n    a.unwrap();\n}\n#[cfg(test)]\nmod t { fn g() { b.unwrap(); } }";
    caught(rules::panics("src/a.rs", unwrap), 3, "can panic");
    caught(rules::panics("src/a.rs", "fn f() { a.expect(\"why\") }"), 1, "can panic");
    none(rules::panics("src/web/clock.rs", unwrap));
    none(rules::panics("src/a.rs", "fn f() { a.unwrap_or(\".unwrap()\") }"));
    let read = "// element_from_point\nlet r = element.get_bounding_client_rect();";
    caught(rules::listeners("src/web/sensor/click.rs", read), 2, "get_bounding_client_rect");
    none(rules::listeners("src/web/sensor/layout.rs", read));
    let lock = "{\n  \"resolved\": \"https://registry.example/a.tgz\"\n}";
    caught(rules::registry("package-lock.json", lock), 2, "names a registry");
}
