//! Attributes: everything a condition can read, resolved once when the config is compiled.

use crate::text::{push_number, push_quoted};
use crate::value::Value;
use alloc::string::String;
use core::cmp::Ordering;

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
const KEYED: [(&str, &str, Kind); 6] = [
    ("intent.", "", Kind::Intent),
    ("device.", "", Kind::Device),
    ("profile.interest.", "", Kind::Interest),
    ("profile.fact.", "", Kind::Fact),
    ("history.", ".count", Kind::HistoryCount),
    ("history.", ".lastSeconds", Kind::HistoryAge),
];

/// A name that conditions use, resolved.
#[derive(Clone, PartialEq, Debug)]
pub struct Attribute {
    name: String,
    kind: Kind,
    /// Where in the name the key begins and ends.
    key: (usize, usize),
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
        Attribute { name: name.into(), kind, key }
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

    /// Whether the name looks like one of Unspoken's own but is none: a spelling mistake.
    pub fn is_misspelt(&self) -> bool {
        let spaces = ["page.", "session.", "time.", "profile.", "history."];
        self.kind == Kind::Custom && spaces.iter().any(|space| self.name.starts_with(space))
    }
}

/// Where attributes are read from.
pub trait Attributes {
    /// What stands under this attribute now.
    fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a>;
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
    /// Whether it equals `operand`; what is missing equals `null`.
    pub fn equals(&self, operand: &Value) -> bool {
        match self {
            Read::Missing => *operand == Value::Null,
            Read::Number(number) => operand.as_f64() == Some(*number),
            Read::Text(text) => operand.as_str() == Some(text),
            Read::Texts(texts) => {
                let items = operand.items();
                matches!(operand, Value::List(_))
                    && items.len() == texts.len()
                    && items.iter().zip(*texts).all(|(item, text)| item.as_str() == Some(text))
            }
            Read::Value(value) => *value == operand,
        }
    }

    /// How it stands to `operand`: numbers by size, texts by code point, anything else not at all.
    pub fn compare(&self, operand: &Value) -> Option<Ordering> {
        match (self.number(), operand.as_f64()) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => Some(self.text()?.cmp(operand.as_str()?)),
        }
    }

    /// Whether it is one of `operands`; a list is, when any of its elements is.
    pub fn is_among(&self, operands: &[Value]) -> bool {
        match self {
            Read::Texts(texts) => texts
                .iter()
                .any(|text| operands.iter().any(|operand| operand.as_str() == Some(text))),
            Read::Value(Value::List(items)) => items.iter().any(|item| operands.contains(item)),
            _ => operands.iter().any(|operand| self.equals(operand)),
        }
    }

    /// Whether anything is known.
    pub fn exists(&self) -> bool {
        !matches!(self, Read::Missing | Read::Value(Value::Null))
    }

    fn number(&self) -> Option<f64> {
        match self {
            Read::Number(number) => Some(*number),
            Read::Value(value) => value.as_f64(),
            _ => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Read::Text(text) => Some(text),
            Read::Value(value) => value.as_str(),
            _ => None,
        }
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
        assert!(Attribute::parse("history.purchase").is_misspelt());
        assert!(!Attribute::parse("company.size").is_misspelt());
    }
}
