//! The house rules, each a function from a file's path and text to what is wrong with it.
//!
//! Pure, so that every rule can be shown a snippet that breaks it. A complaint is one line:
//! `file:line: what is wrong; the mend`.

use crate::code::{code, paths, shipped, words};

/// The core's modules, lowest first: each may import those before it, and never those after.
pub const FLOOR: &[&str] = &[
    "error",
    "number",
    "time",
    "text",
    "base64",
    "id",
    "value",
    "host",
    "part",
    "reading",
    "entry",
    "signal",
    "trace",
    "layout",
    "stream",
    "wire",
    "feature",
    "automation",
    "gate",
    "intent",
    "attribute",
    "condition",
    "experiment",
    "payload",
    "bandit",
    "history",
    "limit",
    "budget",
    "schedule",
    "journey",
    "profile",
    "config",
    "known",
    "slot",
    "outbox",
    "part",
    "engine",
];

/// Edges that go up and are known to: (file, module), to be taken off when they are mended.
pub const UPWARD: &[(&str, &str)] = &[];

/// Files over the bound, with the size they must not outgrow and the reason they may stay.
pub const LONG: &[(&str, usize, &str)] = &[];
const MOST_LINES: usize = 500;

/// Files of src/ that may panic, and why.
const MAY_PANIC: &[(&str, &str)] =
    &[("src/web/clock.rs", "without a window and a document the module is never fetched")];

const LISTENERS: [&str; 5] = [
    "src/web/sensor/pointer.rs",
    "src/web/sensor/click.rs",
    "src/web/sensor/focus.rs",
    "src/web/sensor/motion.rs",
    "src/web/sensor/visibility.rs",
];
const LAYOUT_READS: [&str; 6] = [
    "get_bounding_client_rect",
    "client_height",
    "offset_height",
    "scroll_height",
    "element_from_point",
    "get_computed_style",
];

const WEB_CRATES: [&str; 6] =
    ["wasm-bindgen", "js-sys", "web-sys", "gloo", "serde-wasm-bindgen", "console_error_panic"];

fn complaint(path: &str, line: usize, what: &str, mend: &str) -> String {
    format!("{path}:{line}: {what}; {mend}")
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line))
}

/// The module of floor 1, or the floor, that a file of src/ belongs to.
fn room(path: &str) -> &str {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    inner.split('/').next().unwrap_or(inner).trim_end_matches(".rs")
}

/// Who imports whom, in src/.
pub fn floors(path: &str, source: &str, upward: &[(&str, &str)]) -> Vec<String> {
    let room = room(path);
    let code = shipped(source);
    let mut found = Vec::new();
    let mut tell = |line, what: &str, mend: &str| found.push(complaint(path, line, what, mend));
    match room {
        "lib" | "bindings" => return found,
        "web" => {
            for (line, path) in paths(&code, "crate") {
                if path[0] == "bindings" {
                    tell(line, "web imports bindings", "pass in what it needs from there");
                }
            }
            return found;
        }
        _ => {}
    }
    let Some(own) = FLOOR.iter().position(|module| *module == room) else {
        tell(
            1,
            "this module has no floor",
            "name it in FLOOR (tests/tidy/rules.rs), above what it imports, and in src/lib.rs",
        );
        return found;
    };
    let known: Vec<&str> =
        upward.iter().filter(|(file, _)| *file == path).map(|(_, target)| *target).collect();
    let imports = paths(&code, "crate");
    for target in known.iter().filter(|known| imports.iter().all(|(_, path)| path[0] != ***known)) {
        let what = format!("it no longer imports {target}");
        tell(1, &what, "take the edge off UPWARD (tests/tidy/rules.rs)");
    }
    for (line, path) in imports {
        let target = path[0].as_str();
        let at = FLOOR.iter().position(|module| *module == target);
        if at.is_none_or(|at| at > own) && target != "self" && !known.contains(&target) {
            let what = format!("{room} imports {target}, which stands above it");
            tell(line, &what, "move what is shared down, or the caller up");
        }
    }
    for (line, path) in paths(&code, "std") {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if let ["env" | "fs" | "net" | "thread" | "process", ..] | ["time"] | ["time", "*"] =
            path[..]
        {
            let what = format!("the core reaches for std::{}", path.join("::"));
            tell(line, &what, "take the value as an argument, or return an effect");
        }
    }
    for (line, text) in numbered(&code) {
        let banned = |word: &&str| {
            matches!(*word, "web_sys" | "js_sys" | "wasm_bindgen" | "rand" | "getrandom" | "dbg")
                || matches!(*word, "println" | "eprintln" | "print" | "eprint" | "Instant")
                || matches!(*word, "SystemTime")
                || word.starts_with("gloo")
        };
        if let Some(word) = words(text).find(banned) {
            let what = format!("the core uses {word}");
            tell(line, &what, "the host does that: src/web, or the collector");
        }
        if text.contains("super::super::") {
            tell(line, "a path goes up two rooms", "write crate::…, which this check can read");
        }
    }
    found
}

/// Every module of floor 1 is declared, and the list in the crate's docs is the table.
pub fn listed(source: &str) -> Vec<String> {
    let path = "src/lib.rs";
    let mut found = Vec::new();
    let declared = numbered(source).filter_map(|(line, text)| {
        Some((line, text.strip_prefix("pub mod ")?.trim_end_matches(';')))
    });
    for (line, module) in declared.filter(|(_, module)| !matches!(*module, "web" | "bindings")) {
        if !FLOOR.contains(&module) {
            let mend = "name it in FLOOR (tests/tidy/rules.rs), above what it imports";
            found.push(complaint(path, line, &format!("{module} has no floor"), mend));
        }
    }
    let docs: String = source.lines().filter(|line| line.starts_with("//!")).collect();
    let list = docs.split("From the ground up:").nth(1).unwrap_or("");
    let told: Vec<&str> =
        list.split("[`").skip(1).filter_map(|part| part.split('`').next()).collect();
    if told != FLOOR {
        let mend = format!("write it as {}", FLOOR.join(", "));
        found.push(complaint(path, 1, "\"From the ground up\" is not the order", &mend));
    }
    found
}

/// What a script or a page names as its parts: imports, and the `src` of script tags.
fn parts(text: &str) -> Vec<(usize, bool, &str)> {
    let mut found = Vec::new();
    for (line, text) in numbered(text) {
        let start = text.trim_start();
        if start.starts_with("//") || start.starts_with('*') {
            continue;
        }
        for lead in ["from ", "import ", "import("] {
            for (at, _) in text.match_indices(lead) {
                let rest = &text[at + lead.len()..];
                let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                    continue;
                };
                found.extend(rest[1..].split(quote).next().map(|name| (line, false, name)));
            }
        }
        for tag in text.split("<script").skip(1) {
            let source = tag.split('>').next().and_then(|tag| tag.split(" src=\"").nth(1));
            found.extend(
                source.and_then(|rest| rest.split('"').next()).map(|name| (line, true, name)),
            );
        }
    }
    found
}

/// What may import the glue: each of the two modules has its own.
const GLUED: [&str; 2] = ["js/src/raw.ts", "js/src/node/raw.ts"];

/// Only raw.ts imports the glue; demo, dashboard and examples use published names.
pub fn borders(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let folder: Vec<&str> = path.split('/').collect();
    for (line, is_tag, name) in parts(text) {
        let mut tell = |what: String, mend: &str| found.push(complaint(path, line, &what, mend));
        if path.starts_with("js/src/") {
            let glue = name.contains("pkg/") || name.ends_with("unspoken_bg.js");
            if glue && !GLUED.contains(&path) {
                tell(format!("it imports the glue {name}"), "only js/src/raw.ts may");
            }
            continue;
        }
        // Names that the build gives out, and the pages' own scripts.
        let published = ["/unspoken.js", "/inspector.js", "/dashboard/main.js"].contains(&name)
            || name.starts_with("/assets/");
        // An app that is bundled names its own source.
        let own = path.starts_with("examples/") && name.starts_with("/src/");
        if is_tag && !published && !own {
            tell(format!("its script tag names {name}"), "use /unspoken.js, as a site would");
            continue;
        }
        // Two folders down (www/shop, examples/react) is the app's own ground.
        let up = name.split('/').take_while(|part| *part == "..").count();
        let outside = name.starts_with('.') && up + 3 > folder.len();
        let dashboard = path.starts_with("www/dashboard/") && name.starts_with("unspoken");
        if outside || dashboard {
            tell(format!("it imports {name}"), "use a published name, or HTTP");
        }
    }
    found
}

/// A file opens by saying what it is for.
pub fn opening(path: &str, text: &str) -> Vec<String> {
    let (mark, mend) = match path.ends_with(".rs") {
        true => ("//!", "open it with //! and what it is for"),
        false => ("/**", "open it with a /** comment and what it is for"),
    };
    let opens =
        text.strip_prefix("#!").map_or(text, |rest| rest.split_once('\n').unwrap_or(("", "")).1);
    if opens.starts_with(mark) {
        return Vec::new();
    }
    vec![complaint(path, 1, "it does not say what it is for", mend)]
}

/// No file outgrows a reader.
pub fn length(path: &str, text: &str, long: &[(&str, usize, &str)]) -> Vec<String> {
    let lines = text.lines().count();
    match long.iter().find(|(file, ..)| *file == path) {
        Some((_, most, _)) if lines > *most => {
            vec![complaint(
                path,
                lines,
                &format!("more than its {most} lines"),
                "give it a room of its own",
            )]
        }
        Some(_) if lines <= MOST_LINES => {
            vec![complaint(
                path,
                lines,
                "it has become short",
                "take it off LONG (tests/tidy/rules.rs)",
            )]
        }
        None if lines > MOST_LINES => {
            let what = format!("{lines} lines of at most {MOST_LINES}");
            vec![complaint(path, MOST_LINES + 1, &what, "give it a room of its own")]
        }
        _ => Vec::new(),
    }
}

/// Nothing is left for later.
pub fn unfinished(path: &str, text: &str) -> Vec<String> {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let code = if path.ends_with(".rs") { code(text) } else { String::new() };
    let notes = numbered(text).filter(|(_, line)| words(line).any(|word| marks.contains(&word)));
    let holes = numbered(&code).filter(|(_, line)| {
        ["todo", "unimplemented"].iter().any(|name| line.contains(&format!("{name}!")))
    });
    let complain = |(line, _)| {
        complaint(
            path,
            line,
            "something is left for later",
            "do it, or open an issue and say what stands",
        )
    };
    notes.chain(holes).map(complain).collect()
}

/// Web crates stand in the wasm32 tables of Cargo.toml, so that the host cannot even name them.
pub fn manifest(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut section = "";
    for (line, text) in numbered(text) {
        let text = text.trim();
        let mut name = text.split(['=', '.', ' ']).next().unwrap_or("").trim_matches('"');
        if text.starts_with('[') {
            section = text.trim_matches(['[', ']']);
            name = section.rsplit('.').next().unwrap_or("");
        }
        let web = WEB_CRATES.iter().any(|web| name.starts_with(web));
        let wasm = section.starts_with("target.'cfg(target_arch = \"wasm32\")'.");
        if web && section.contains("dependencies") && !wasm {
            let mend = "put it under [target.'cfg(target_arch = \"wasm32\")'.dependencies]";
            found.push(complaint(
                path,
                line,
                &format!("{name} is a dependency of the host too"),
                mend,
            ));
        }
    }
    found
}

/// The SDK never panics into a page.
pub fn panics(path: &str, source: &str) -> Vec<String> {
    if MAY_PANIC.iter().any(|(file, _)| *file == path) {
        return Vec::new();
    }
    let code = shipped(source);
    let lines = numbered(&code);
    let bad = lines.filter(|(_, line)| line.contains(".unwrap()") || line.contains(".expect("));
    let mend = "handle the case, or name the file in MAY_PANIC with its reason";
    bad.map(|(line, _)| complaint(path, line, "it can panic", mend)).collect()
}

/// Listeners read no layout.
pub fn listeners(path: &str, source: &str) -> Vec<String> {
    if !LISTENERS.contains(&path) {
        return Vec::new();
    }
    let code = code(source);
    let reads = |line: &str| words(line).find(|word| LAYOUT_READS.contains(word)).map(String::from);
    let bad = numbered(&code).filter_map(|(line, text)| Some((line, reads(text)?)));
    let mend = "take rectangles from the observers of src/web/sensor/layout.rs";
    bad.map(|(line, word)| complaint(path, line, &format!("{word} forces a layout"), mend))
        .collect()
}

/// The lock file names no registry, so that it serves behind any mirror.
pub fn registry(path: &str, text: &str) -> Vec<String> {
    let bad = numbered(text).filter(|(_, line)| line.contains("\"resolved\": \"http"));
    let mend =
        "run npm install again with the .npmrc of this checkout (omit-lockfile-registry-resolved)";
    bad.map(|(line, _)| complaint(path, line, "it names a registry", mend)).collect()
}
