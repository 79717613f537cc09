//! Rust source without what only looks like code: comments, strings, and tests.
//!
//! A scanner, not a parser: it knows where text begins and ends, and that is all the checks need.
//! Everything that is taken out leaves blanks behind, so that line numbers stay.

/// The source with comments and the insides of strings blanked.
pub fn code(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => block_end(bytes, at),
            b'"' => string_end(bytes, at),
            b'r' | b'b' if !follows_a_word(bytes, at) => match raw_string_end(bytes, at) {
                Some(end) => end,
                None => at + 1,
            },
            b'\'' => char_end(bytes, at),
            _ => at + 1,
        };
        if end > at + 1 {
            blank(&mut out, at, end);
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// [`code`], without the items under `#[cfg(test)]` and its like.
pub fn shipped(source: &str) -> String {
    let code = code(source);
    let mut out = code.clone().into_bytes();
    let mut from = 0;
    while let Some(found) = code[from..].find("#[cfg(") {
        let start = from + found;
        let Some(close) = code[start..].find(']').map(|close| start + close + 1) else { break };
        let condition = &code[start + 6..close];
        from = close;
        if words(condition).any(|word| word == "test") && !condition.contains("not(test") {
            let end = item_end(code.as_bytes(), close);
            blank(&mut out, start, end);
            from = end;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The words of a piece of code.
pub fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// Every path that begins with `root::`, groups written out, with its line.
/// `crate::{a::B, c}` is `[["a", "B"], ["c"]]`.
pub fn paths(code: &str, root: &str) -> Vec<(usize, Vec<String>)> {
    let lead = format!("{root}::");
    let mut found = Vec::new();
    for (at, _) in code.match_indices(&lead) {
        if follows_a_word(code.as_bytes(), at) || code[..at].ends_with("::") {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        expand(&code[at + lead.len()..], &[], &mut |path| found.push((line, path)));
    }
    found
}

/// Reads one path after `::` and says where it ends.
fn expand<'a>(code: &'a str, before: &[String], tell: &mut impl FnMut(Vec<String>)) -> &'a str {
    let rest = code.trim_start();
    if let Some(mut inner) = rest.strip_prefix('{') {
        loop {
            inner = inner.trim_start();
            if let Some(after) = inner.strip_prefix('}') {
                return after;
            }
            let left = expand(inner, before, tell).trim_start();
            // Past `as name`, to the next member of the group.
            let next = left.find([',', '}']).unwrap_or(left.len());
            inner = left[next..].strip_prefix(',').unwrap_or(&left[next..]);
            if left.is_empty() {
                return left;
            }
        }
    }
    let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '*'));
    let (name, after) = rest.split_at(length.unwrap_or(rest.len()));
    let mut path = before.to_vec();
    path.push(name.to_owned());
    match after.strip_prefix("::") {
        Some(more) if !more.starts_with('<') => expand(more, &path, tell),
        _ => {
            tell(path);
            after
        }
    }
}

fn blank(out: &mut [u8], from: usize, to: usize) {
    out[from..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

fn follows_a_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| from + at)
}

fn block_end(bytes: &[u8], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    while at < bytes.len() {
        match &bytes[at..bytes.len().min(at + 2)] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    bytes.len().min(at + 1)
}

/// The end of `r"…"`, `r#"…"#`, `b"…"` or `br"…"`; `None` where it is only a name.
fn raw_string_end(bytes: &[u8], from: usize) -> Option<usize> {
    let letters = bytes[from..].iter().take_while(|byte| b"rb".contains(byte)).count();
    let raw = bytes[from..from + letters].contains(&b'r');
    let hashes = bytes[from + letters..].iter().take_while(|byte| **byte == b'#').count();
    let quote = from + letters + hashes;
    if letters > 2 || bytes.get(quote) != Some(&b'"') || (hashes > 0 && !raw) {
        return None;
    }
    if !raw {
        return Some(string_end(bytes, quote));
    }
    let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let inner = &bytes[quote + 1..];
    let at = inner.windows(close.len()).position(|window| window == close)?;
    Some(quote + 1 + at + close.len())
}

/// The end of a character, or of the tick of a lifetime.
fn char_end(bytes: &[u8], from: usize) -> usize {
    if bytes.get(from + 1) == Some(&b'\\') {
        let close = bytes[from + 3..].iter().position(|byte| *byte == b'\'');
        return close.map_or(from + 1, |close| from + close + 4);
    }
    // A character is at most four bytes; a lifetime has no second tick so near.
    let close = bytes[from + 1..].iter().take(5).position(|byte| *byte == b'\'');
    match close {
        Some(length @ 1..) if length == 1 || bytes[from + 1] >= 0x80 => from + length + 2,
        _ => from + 1,
    }
}

/// The end of the item that follows an attribute: its matching brace, or its semicolon.
fn item_end(bytes: &[u8], from: usize) -> usize {
    let mut depth = 0usize;
    for (at, byte) in bytes.iter().enumerate().skip(from) {
        match byte {
            b';' if depth == 0 => return at + 1,
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    bytes.len()
}
