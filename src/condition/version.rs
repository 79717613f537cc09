//! Versions, in the order that GrowthBook's specification gives them: both are rewritten so that
//! the order of texts is that of versions.

use super::compare::Buffer;

/// Appends `text`, rewritten: without a leading `v` and what follows a `+`, its parts (between
/// points and hyphens) joined by hyphens, those of digits to the right of five columns, and `~` as a
/// fourth part where there are three, so that a release comes after what was released before it.
pub fn pad(text: &str, out: &mut Buffer) {
    let core = without_build(text.strip_prefix('v').unwrap_or(text));
    let bytes = core.as_bytes();
    let (mut from, mut parts) = (0, 0);
    for at in 0..=bytes.len() {
        if at < bytes.len() && !matches!(bytes[at], b'-' | b'.') {
            continue;
        }
        let part = &bytes[from..at];
        if parts > 0 {
            out.push("-");
        }
        if !part.is_empty() && part.iter().all(u8::is_ascii_digit) {
            out.push("     ".get(part.len()..).unwrap_or(""));
        }
        out.push(&core[from..at]);
        (from, parts) = (at + 1, parts + 1);
    }
    if parts == 3 {
        out.push("-~");
    }
}

/// What stands before the first `+` on the last line.
fn without_build(text: &str) -> &str {
    let line = text.bytes().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
    let plus = text.bytes().skip(line).position(|byte| byte == b'+');
    plus.map_or(text, |plus| &text[..line + plus])
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn padded(text: &str) -> String {
        let mut out = Buffer::default();
        pad(text, &mut out);
        out.text().into()
    }

    #[test]
    fn versions_are_rewritten() {
        assert_eq!(padded("v1.2.3"), "    1-    2-    3-~");
        assert_eq!(padded("1.2.3-rc.1+build.7"), "    1-    2-    3-rc-    1");
        assert_eq!(padded("10"), "   10");
        assert_eq!(padded("123456.0"), "123456-    0");
        assert_eq!(padded(""), "");
        assert_eq!(padded("1..2"), "    1--    2-~");
        assert!(padded("1.0.0-beta") < padded("1.0.0"));
        assert!(padded("9.0.0") < padded("10.0.0"));
    }
}
