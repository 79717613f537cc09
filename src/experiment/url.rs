//! Addresses: what an experiment asks of the page's, and what its query forces.
//!
//! The parts are read and normalised as a browser's `URL` does: enough of it for addresses of pages
//! and for the patterns that GrowthBook writes.

use crate::condition::fold;
use crate::host::Pattern;
use crate::reading::Reading;
use crate::text::{concat, cut, find};
use crate::value::Value;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// What stands for any text in a simple pattern once it is an address.
const WILD: &str = "_____";

/// An address in its parts; `query` and `hash` with their marks, empty where there is none.
#[derive(Clone, PartialEq, Debug, Default)]
struct Url {
    /// Scheme, marks and credentials: what stands before the host.
    before: String,
    host: String,
    path: String,
    query: String,
    hash: String,
}

/// Schemes whose addresses have a host, with the port that goes without saying.
const SCHEMES: [(&str, &str); 5] =
    [("https", "443"), ("http", "80"), ("wss", "443"), ("ws", "80"), ("ftp", "21")];

fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = cut(text, b':')?;
    let mut bytes = scheme.bytes();
    let fits = bytes.next()?.is_ascii_alphabetic()
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    fits.then_some((scheme, rest))
}

/// Appends text with what `also` lists, blanks and what is not ASCII in percent-encoding.
fn encode(text: &str, also: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte <= b' ' || byte >= 127 || also.as_bytes().contains(&byte) {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        } else {
            out.push(byte as char);
        }
    }
}

/// A part of a query without its encoding.
fn decode(text: &str) -> String {
    let (mut bytes, mut at) = (Vec::new(), 0);
    let hex = |at: usize| text.as_bytes().get(at).and_then(|byte| (*byte as char).to_digit(16));
    while let Some(byte) = text.as_bytes().get(at) {
        at += 1;
        match (byte, hex(at), hex(at + 1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(*byte),
        }
    }
    // What is no UTF-8 becomes the sign of replacement, as `from_utf8_lossy` does it at length.
    let (mut out, mut rest) = (String::new(), bytes.as_slice());
    loop {
        let valid = match core::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                return out;
            }
            Err(error) => error,
        };
        let (good, bad) = rest.split_at(valid.valid_up_to());
        out.push_str(core::str::from_utf8(good).unwrap_or_default());
        out.push('\u{fffd}');
        rest = &bad[valid.error_len().unwrap_or(bad.len())..];
    }
}

fn is_slash(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// Where this byte stands last.
fn last(text: &str, of: u8) -> Option<usize> {
    text.bytes().rposition(|byte| byte == of)
}

/// Where the first of these bytes stands, or the end.
fn first(text: &str, of: &[u8]) -> usize {
    text.bytes().position(|byte| of.contains(&byte)).unwrap_or(text.len())
}

impl Url {
    /// Reads an address; one without a host has `base` for it. `None` where a browser refuses.
    fn parse(text: &str, base: &str) -> Option<Url> {
        let mut text: String = text.trim_matches(|c: char| c <= ' ').into();
        text.retain(|c| !matches!(c, '\t' | '\n' | '\r'));
        let mut url = Url::default();
        let (scheme, mut rest) = match scheme_of(&text) {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("https".into(), text.as_str()),
        };
        let has_scheme = rest.len() < text.len();
        let known = SCHEMES.iter().find(|(name, _)| *name == scheme);
        let slashes = rest.bytes().take_while(is_slash).count();
        url.before = concat(&[&scheme, ":"]);
        let mut opaque = false;
        if let Some((_, port)) = known.filter(|_| has_scheme || slashes >= 2) {
            rest = &rest[slashes..];
            let end = first(rest, b"/\\?#");
            url.before.push_str("//");
            let mut host = &rest[..end];
            if let Some(at) = last(host, b'@') {
                url.before.push_str(&host[..=at]);
                host = &host[at + 1..];
            }
            url.host = self::host(host, port)?;
            rest = &rest[end..];
        } else if has_scheme {
            opaque = true;
        } else {
            url.before.push_str("//");
            url.host = base.into();
        }
        let end = first(rest, b"#");
        if end + 1 < rest.len() {
            url.hash.push('#');
            encode(&rest[end + 1..], "\"<>`", &mut url.hash);
        }
        rest = &rest[..end];
        let end = first(rest, b"?");
        if end + 1 < rest.len() {
            url.query.push('?');
            encode(&rest[end + 1..], "\"#<>'", &mut url.query);
        }
        match opaque {
            true => url.path = rest[..end].into(),
            false => path(&rest[..end], &mut url.path),
        }
        Some(url)
    }

    /// What follows the host.
    fn local(&self) -> String {
        concat(&[&self.path, &self.query, &self.hash])
    }

    /// The first value of a key of the query.
    fn param(&self, key: &str) -> String {
        let mut found = String::new();
        self.params(&mut |name, value| {
            let other = name != key;
            if !other {
                found = value.into();
            }
            other
        });
        found
    }

    /// Hands the pairs of the query to `each` as long as it says so; answers whether it always did.
    fn params(&self, each: &mut dyn FnMut(&str, &str) -> bool) -> bool {
        let mut query = self.query.get(1..).unwrap_or("");
        while !query.is_empty() {
            let pair = &query[..first(query, b"&")];
            query = query.get(pair.len() + 1..).unwrap_or("");
            let (key, value) = cut(pair, b'=').unwrap_or((pair, ""));
            if !pair.is_empty() && !each(&decode(key), &decode(value)) {
                return false;
            }
        }
        true
    }
}

/// A host and its port, where that is not the usual one.
fn host(text: &str, usual: &str) -> Option<String> {
    let colon = last(text, b':').filter(|at| last(&text[*at..], b']').is_none());
    let (name, port) = text.split_at(colon.unwrap_or(text.len()));
    let port = port.get(1..).unwrap_or("");
    let name = fold::lower(&decode(name));
    let refused = name.bytes().any(|byte| byte <= b' ' || b"#/<>?@\\^|%".contains(&byte));
    if name.is_empty() || refused || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut port = port;
    while let Some(rest) = port.strip_prefix('0') {
        port = rest;
    }
    if port.len() > 5 || whole(port).is_some_and(|port| port > 65_535) {
        return None;
    }
    let is_usual = port.is_empty() || port == usual;
    Some(if is_usual { name } else { concat(&[&name, ":", port]) })
}

/// How many dots a text is, which may be encoded; 0 where it is anything else.
fn dots(mut text: &[u8]) -> usize {
    let mut dots = 0;
    while !text.is_empty() {
        text = match text {
            [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] => rest,
            _ => return 0,
        };
        dots += 1;
    }
    dots
}

/// A path without `.` and `..`.
fn path(text: &str, out: &mut String) {
    let mut segments: Vec<&str> = Vec::new();
    let from = text.bytes().next().is_some_and(|byte| is_slash(&byte));
    let mut rest = Some(&text[usize::from(from)..]);
    while let Some(text) = rest {
        let part = &text[..first(text, b"/\\")];
        rest = text.get(part.len() + 1..);
        let dots = dots(part.as_bytes());
        if !matches!(dots, 1 | 2) {
            segments.push(part);
            continue;
        }
        if dots == 2 {
            segments.pop();
        }
        if rest.is_none() {
            segments.push("");
        }
    }
    for segment in segments {
        out.push('/');
        encode(segment, "\"#<>?`{}^", out);
    }
}

/// What stands before and after the first [`WILD`].
fn wild(pattern: &str) -> Option<(&str, &str)> {
    let at = find(pattern, WILD)?;
    Some((&pattern[..at], &pattern[at + WILD.len()..]))
}

/// Whether the whole text fits a pattern in which [`WILD`] is any text; case does not matter.
fn fits(text: &str, pattern: &str) -> bool {
    let Some((head, mut pattern)) = wild(pattern) else {
        return text.eq_ignore_ascii_case(pattern);
    };
    let Some(mut rest) = strip(text, head) else { return false };
    // Each part between two wilds is best found as early as it can be; the last ends the text.
    while let Some((part, after)) = wild(pattern) {
        let ends = 0..=rest.len();
        let found =
            ends.into_iter().find_map(|at| rest.get(at..).and_then(|rest| strip(rest, part)));
        let Some(found) = found else { return false };
        (rest, pattern) = (found, after);
    }
    let from = rest.len().checked_sub(pattern.len());
    from.and_then(|from| rest.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case(pattern))
}

fn strip<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    let same = text.get(..head.len())?.eq_ignore_ascii_case(head);
    same.then(|| &text[head.len()..])
}

/// The same for a path, whose first and last slash may be missing.
fn path_fits(path: &str, pattern: &str) -> bool {
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
    let starts = [Some(path), path.strip_prefix('/')];
    starts.into_iter().flatten().any(|path| {
        [Some(path), path.strip_suffix('/')].into_iter().flatten().any(|path| fits(path, pattern))
    })
}

#[derive(Clone, Debug)]
enum Kind {
    /// Host, path, hash and the named parts of the query, with `*` for any text.
    Simple(Url),
    /// A regular expression over the whole address or what follows the host.
    Regex(Rc<dyn Pattern>),
    /// What could not be read matches nothing.
    Never,
}

/// One thing that is asked of the page's address.
#[derive(Clone, Debug)]
pub struct Target {
    include: bool,
    kind: Kind,
}

impl Target {
    /// Reads the entries of GrowthBook's `urlPatterns`.
    pub fn read(value: &Value, reading: &mut Reading) -> Vec<Target> {
        let mut targets = Vec::new();
        for (at, item) in reading.list(value, "a list of targets").iter().enumerate() {
            let above = reading.enter_item(at);
            let pattern = item.text("pattern").unwrap_or("");
            let kind = match item.text("type") {
                Some("simple") => simple(pattern).map(Kind::Simple),
                Some("regex") => reading.host.pattern(pattern, false).map(Kind::Regex),
                _ => None,
            };
            if kind.is_none() {
                reading.mistake(&["expected a simple or regex pattern; this one matches nothing"]);
            }
            let include = *item.at("include") != Value::Bool(false);
            targets.push(Target { include, kind: kind.unwrap_or(Kind::Never) });
            reading.leave(above);
        }
        targets
    }

    fn matches(&self, url: &Url) -> bool {
        match &self.kind {
            Kind::Never => false,
            Kind::Regex(pattern) => {
                let local = url.local();
                pattern.is_match(&concat(&[&url.before, &url.host, &local]))
                    || pattern.is_match(&local)
            }
            Kind::Simple(asked) => {
                fits(&url.host, &asked.host)
                    && path_fits(&url.path, &asked.path)
                    && (asked.hash.is_empty() || fits(&url.hash, &asked.hash))
                    && asked.params(&mut |key, value| fits(&url.param(key), value))
            }
        }
    }
}

/// A simple pattern as an address. One that begins with a host may lack the scheme.
fn simple(pattern: &str) -> Option<Url> {
    let head = &pattern[..first(pattern, b":/?")];
    let mut text = String::from(if last(head, b'.').is_some() { "https://" } else { "" });
    let mut rest = pattern;
    while let Some((part, after)) = cut(rest, b'*') {
        text.push_str(part);
        text.push_str(WILD);
        rest = after;
    }
    text.push_str(rest);
    Url::parse(&text, WILD)
}

/// Whether an address is targeted: no excluding target matches, and an including one does, where
/// there is any.
pub fn is_targeted(url: &str, targets: &[Target]) -> bool {
    let url = Url::parse(url, "_");
    let matches = |target: &Target| url.as_ref().is_some_and(|url| target.matches(url));
    let (mut asked, mut included) = (targets.is_empty(), false);
    for target in targets {
        let hit = matches(target);
        if !target.include && hit {
            return false;
        }
        asked |= target.include;
        included |= target.include && hit;
    }
    included || !asked
}

/// The address and what follows its host, for the older way of asking: one pattern for either.
pub fn is_matched(url: &str, pattern: &dyn Pattern) -> bool {
    let rest = url.strip_prefix("https://").or(url.strip_prefix("http://")).unwrap_or(url);
    let local = rest.bytes().position(|byte| byte == b'/').map_or(rest, |at| &rest[at..]);
    !url.is_empty() && (pattern.is_match(url) || pattern.is_match(local))
}

/// The variation that the query of an address forces: `?experiment=1`.
pub fn query_override(key: &str, url: &str, count: usize) -> Option<usize> {
    let (_, search) = cut(url, b'?')?;
    let mut rest = &search[..first(search, b"?#")];
    loop {
        let pair = &rest[..first(rest, b"&")];
        let name = &pair[..first(pair, b"=")];
        if name == key {
            let value = pair.get(name.len() + 1..)?;
            let value = &value[..first(value, b"=")];
            return whole(value).filter(|index| *index < count);
        }
        rest = rest.get(pair.len() + 1..)?;
    }
}

/// A whole number as `parseInt` takes it from the front of a text; none below 0.
fn whole(text: &str) -> Option<usize> {
    let text = text.trim_start();
    let (minus, text) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (base, text) = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(rest) => (16, rest),
        None => (10, text),
    };
    let mut number = None;
    for digit in text.chars().map_while(|c| c.to_digit(base)) {
        number = Some(number.unwrap_or(0usize).saturating_mul(base as usize) + digit as usize);
        if number > Some(1 << 24) {
            break;
        }
    }
    number.filter(|number| !minus || *number == 0)
}
