//! Attributes: everything a condition can read, resolved once when the config is compiled.

use crate::text::{cut, push_number, push_quoted};
use crate::value::Value;
use alloc::string::String;
use core::cell::Cell;

/// What an attribute reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `id`: the visitor's pseudonym.
    Id,
    /// `intent.<name>`: a forecast, 0 to 1.
    Intent,
    /// `intent.top`: the name of the highest forecast.
    IntentTop,
    /// `focus`: the slot being considered.
    Focus,
    /// `page.path`: without query.
    PagePath,
    /// `page.kind`, as the site names it.
    PageKind,
    /// `page.item`, as the site names it.
    PageItem,
    /// `page.title`.
    PageTitle,
    /// `page.referrer`: the host that led here.
    PageReferrer,
    /// `page.tags`: a list.
    PageTags,
    /// `language`.
    Language,
    /// `session.pages`: page views.
    SessionPages,
    /// `session.items`: different items.
    SessionItems,
    /// `session.seconds` since it began.
    SessionSeconds,
    /// `session.clicks`.
    SessionClicks,
    /// `time.hour`, the visitor's.
    Hour,
    /// `time.weekday`, 0 Sunday.
    Weekday,
    /// `device.<key>`, as the browser told it.
    Device,
    /// `profile.interest.<key>`: interest in a tag, 0 to 1.
    Interest,
    /// `profile.fact.<key>`.
    Fact,
    /// `history.<key>.count` of a goal.
    HistoryCount,
    /// `history.<key>.lastSeconds`: since a goal was last reached; missing when it never was.
    HistoryAge,
    /// `journey.<name>`: the state of a journey.
    Journey,
    /// `journey.<name>.seconds` in that state.
    JourneySeconds,
    /// Anything else: what the page told.
    Custom,
}

/// Attributes with one name.
const FIXED: [(&str, Kind); 16] = [
    ("id", Kind::Id),
    ("intent.top", Kind::IntentTop),
    ("focus", Kind::Focus),
    ("page.path", Kind::PagePath),
    ("page.kind", Kind::PageKind),
    ("page.item", Kind::PageItem),
    ("page.title", Kind::PageTitle),
    ("page.referrer", Kind::PageReferrer),
    ("page.tags", Kind::PageTags),
    ("language", Kind::Language),
    ("session.pages", Kind::SessionPages),
    ("session.items", Kind::SessionItems),
    ("session.seconds", Kind::SessionSeconds),
    ("session.clicks", Kind::SessionClicks),
    ("time.hour", Kind::Hour),
    ("time.weekday", Kind::Weekday),
];

/// Attributes whose name holds a key, between a head and a tail.
const KEYED: [(&str, &str, Kind); 8] = [
    ("intent.", "", Kind::Intent),
    ("device.", "", Kind::Device),
    ("profile.interest.", "", Kind::Interest),
    ("profile.fact.", "", Kind::Fact),
    ("history.", ".count", Kind::HistoryCount),
    ("history.", ".lastSeconds", Kind::HistoryAge),
    ("journey.", ".seconds", Kind::JourneySeconds),
    ("journey.", "", Kind::Journey),
];

/// Where an entry stood in the last document that was asked: a guess, which says nothing of the
/// attribute itself.
#[derive(Clone, Default, Debug)]
struct Hint(Cell<usize>);

impl PartialEq for Hint {
    fn eq(&self, _: &Hint) -> bool {
        true
    }
}

/// A name that conditions use, resolved.
#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    name: String,
    kind: Kind,
    /// Where in the name the key begins and ends.
    key: (usize, usize),
    is_path: bool,
    hint: Hint,
}

impl Attribute {
    /// Resolves a name. A name that is none of Unspoken's own is one that the page may set.
    pub fn parse(name: &str) -> Attribute {
        let (mut kind, mut key) = (Kind::Custom, (0, name.len()));
        if let Some((_, fixed)) = FIXED.iter().find(|(word, _)| *word == name) {
            kind = *fixed;
        }
        for (head, tail, keyed) in &KEYED {
            if kind == Kind::Custom
                && name.len() >= head.len() + tail.len()
                && name.starts_with(head)
                && name.ends_with(tail)
            {
                (kind, key) = (*keyed, (head.len(), name.len() - tail.len()));
            }
        }
        let is_path = cut(name, b'.').is_some();
        Attribute { name: name.into(), kind, key, is_path, hint: Hint::default() }
    }

    /// What it reads.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The part of the name that says which: the tag of an interest, say.
    pub fn key(&self) -> &str {
        &self.name[self.key.0..self.key.1]
    }

    /// The whole name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The entry of the whole name. Documents seldom change, so it is looked for where it stood last.
    fn entry<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        let entries = document.entries();
        if let Some((name, value)) = entries.get(self.hint.0.get())
            && *name == self.name
        {
            return Some(value);
        }
        let at = entries.iter().position(|(name, _)| *name == self.name)?;
        self.hint.0.set(at);
        Some(&entries[at].1)
    }

    /// What is known in a document, where a dotted name may also be a path: `company.size` is the
    /// entry of that name, or `size` inside `company`.
    pub fn find<'a>(&self, document: &'a Value) -> Option<Read<'a>> {
        if let Some(value) = self.entry(document) {
            return Some(Read::Value(value));
        }
        let read = if self.is_path { step(document, &self.name) } else { Read::Missing };
        Some(read).filter(Read::exists)
    }

    /// Whether the name looks like one of Unspoken's own, or like an operator, but is none: a
    /// spelling mistake.
    pub fn is_misspelt(&self) -> bool {
        let spaces = ["page.", "session.", "time.", "profile.", "history.", "$"];
        self.kind == Kind::Custom && spaces.iter().any(|space| self.name.starts_with(space))
    }
}

/// Where attributes are read from.
pub trait Attributes {
    /// What stands under this attribute now.
    fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a>;

    /// What happened on this device, for `$history`; `None` where nothing is remembered.
    fn past(&self) -> Option<&dyn Past> {
        None
    }
}

/// What happened on this device. Times are in ms; `since` is an event, after the last of which is
/// counted (all, where there was none).
pub trait Past {
    /// How often `event` happened, of late.
    fn count(&self, event: &str, within_ms: Option<f64>, since: Option<&str>) -> f64;

    /// Whether `events` happened in this order, others between them or not.
    fn sequence(&self, events: &[String], within_ms: Option<f64>, since: Option<&str>) -> bool;
}

/// A document as attributes: an attribute is the entry at its path, `null` where there is none, as
/// GrowthBook's specification has it.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a>(pub &'a Value);

impl Attributes for Document<'_> {
    fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
        match self.0 {
            Value::Map(_) if !attribute.is_path => {
                Read::Value(attribute.entry(self.0).unwrap_or(&Value::Null))
            }
            document => step(document, &attribute.name),
        }
    }
}

/// Follows a dotted path; a list's parts are its positions and its `length`.
pub fn step<'a>(document: &'a Value, path: &str) -> Read<'a> {
    let (part, rest) = cut(path, b'.').map_or((path, None), |(part, rest)| (part, Some(rest)));
    let inner = match document {
        Value::List(items) if part == "length" && rest.is_none() => {
            return Read::Number(items.len() as f64);
        }
        Value::List(items) => position(part).and_then(|at| items.get(at)),
        _ => document.get(part),
    };
    match (inner, rest) {
        (Some(inner), Some(rest)) => step(inner, rest),
        (inner, _) => Read::Value(inner.unwrap_or(&Value::Null)),
    }
}

/// A position in a list: digits, with no zero before them.
fn position(part: &str) -> Option<usize> {
    let mut at = 0usize;
    for byte in part.bytes() {
        if !byte.is_ascii_digit() || part.len() > 9 || (part.len() > 1 && part.starts_with('0')) {
            return None;
        }
        at = at * 10 + usize::from(byte - b'0');
    }
    (!part.is_empty()).then_some(at)
}

/// What was read, borrowed.
#[derive(Clone, Copy, Debug)]
pub enum Read<'a> {
    /// Nothing is known.
    Missing,
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
    /// Texts.
    Texts(&'a [String]),
    /// Any value.
    Value(&'a Value),
}

impl<'a> From<Option<&'a Value>> for Read<'a> {
    fn from(value: Option<&'a Value>) -> Read<'a> {
        value.map_or(Read::Missing, Read::Value)
    }
}

impl Read<'_> {
    /// The same, with a number or a text out of its document.
    pub fn plain(self) -> Self {
        match self {
            Read::Value(Value::Number(number)) => Read::Number(*number),
            Read::Value(Value::Text(text)) => Read::Text(text),
            read => read,
        }
    }

    /// Whether anything is known.
    pub fn exists(&self) -> bool {
        !matches!(self, Read::Missing | Read::Value(Value::Null))
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        match self {
            Read::Missing => Value::Null,
            Read::Number(number) => Value::Number(*number),
            Read::Text(text) => Value::from(*text),
            Read::Texts(texts) => Value::texts(texts),
            Read::Value(value) => (*value).clone(),
        }
    }

    /// As a person reads it.
    pub fn describe(&self, out: &mut String) {
        match self {
            Read::Missing => out.push_str("not known"),
            Read::Number(number) => push_number(out, *number),
            Read::Text(text) => push_quoted(out, text),
            Read::Texts(texts) => {
                for (at, text) in texts.iter().enumerate() {
                    if at > 0 {
                        out.push(' ');
                    }
                    out.push_str(text);
                }
            }
            Read::Value(value) => value.describe(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_resolve() {
        for name in [
            "id",
            "intent.commit",
            "intent.top",
            "focus",
            "page.path",
            "page.tags",
            "device.type",
            "language",
            "session.items",
            "time.hour",
            "time.weekday",
            "profile.interest.boots",
            "profile.fact.size",
            "history.purchase.count",
            "history.a.b.lastSeconds",
            "plan",
        ] {
            let attribute = Attribute::parse(name);
            assert_eq!(attribute.name(), name);
            assert_eq!(attribute.kind() == Kind::Custom, name == "plan", "{name}");
        }
        assert_eq!(Attribute::parse("profile.interest.boots").key(), "boots");
        assert_eq!(Attribute::parse("history.a.b.lastSeconds").key(), "a.b");
        assert_eq!(Attribute::parse("history.count").kind(), Kind::Custom);
        assert_eq!(Attribute::parse("intent.signup").key(), "signup");
        assert_eq!(Attribute::parse("journey.cart").key(), "cart");
        assert_eq!(Attribute::parse("journey.cart.seconds").kind(), Kind::JourneySeconds);
        assert_eq!(Attribute::parse("journey.cart.seconds").key(), "cart");
        assert!(Attribute::parse("$an").is_misspelt());
        assert!(Attribute::parse("history.purchase").is_misspelt());
        assert!(!Attribute::parse("company.size").is_misspelt());
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[test]
    fn documents_are_read_by_path() {
        let text = r#"{"a":{"b":[{"c":1},2]},"d.e":3,"f":"text","g":null}"#;
        let document = Value::parse(text).unwrap();
        let read =
            |name: &str| Document(&document).read(&Attribute::parse(name)).to_value().to_json();
        assert_eq!(
            (read("a.b.0.c"), read("a.b.1"), read("a.b.length")),
            ("1".into(), "2".into(), "2".into())
        );
        for name in ["a.c", "a.b.2", "a.b.01", "a.b.x", "d.e", "f.length", "g.x", "", "a.", ".a"] {
            assert_eq!(read(name), "null", "{name}");
        }
        let find =
            |name| Attribute::parse(name).find(&document).map(|read| read.to_value().to_json());
        assert_eq!(find("d.e"), Some("3".into()));
        assert_eq!(find("a.b.length"), Some("2".into()));
        assert_eq!(find("a.b.1"), Some("2".into()));
        assert_eq!((find("a.c"), find("g")), (None, Some("null".into())));
    }
}
