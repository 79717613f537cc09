//! Attributes: everything a condition can read, resolved once when the config is compiled.

use crate::intent::Head;
use crate::text::push_number;
use crate::value::Value;
use alloc::string::String;
use core::cmp::Ordering;

/// What of the page a condition reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageField {
    /// Path without query.
    Path,
    /// Kind, as the site names it.
    Kind,
    /// Item, as the site names it.
    Item,
    /// Title.
    Title,
    /// Host that led here.
    Referrer,
    /// Tags, a list.
    Tags,
}

/// What of the session a condition reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionField {
    /// Page views.
    Pages,
    /// Different items.
    Items,
    /// Seconds since it began.
    Seconds,
    /// Clicks.
    Clicks,
}

/// A name that conditions use, resolved.
#[derive(Clone, PartialEq, Debug)]
pub enum Attribute {
    /// `id`: the visitor's pseudonym.
    Id,
    /// `intent.<name>`: a forecast, 0 to 1.
    Intent(Head),
    /// `intent.top`: the name of the highest forecast.
    IntentTop,
    /// `focus`: the slot being considered.
    Focus,
    /// `page.…`.
    Page(PageField),
    /// `device.…`, as the browser told it.
    Device(String),
    /// `language`.
    Language,
    /// `session.…`.
    Session(SessionField),
    /// `time.hour`, the visitor's.
    Hour,
    /// `time.weekday`, 0 Sunday.
    Weekday,
    /// `profile.interest.<tag>`, 0 to 1.
    Interest(String),
    /// `profile.fact.<name>`.
    Fact(String),
    /// `history.<goal>.count`.
    HistoryCount(String),
    /// `history.<goal>.lastSeconds`: seconds since it was last reached; missing when it never was.
    HistoryAge(String),
    /// Anything else: what the page told.
    Custom(String),
}

const PAGE: [(&str, PageField); 6] = [
    ("path", PageField::Path),
    ("kind", PageField::Kind),
    ("item", PageField::Item),
    ("title", PageField::Title),
    ("referrer", PageField::Referrer),
    ("tags", PageField::Tags),
];

const SESSION: [(&str, SessionField); 4] = [
    ("pages", SessionField::Pages),
    ("items", SessionField::Items),
    ("seconds", SessionField::Seconds),
    ("clicks", SessionField::Clicks),
];

fn field<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(word, _)| *word == name).map(|(_, field)| *field)
}

impl Attribute {
    /// Resolves a name. A name that is none of Unspoken's own is one that the page may set.
    pub fn parse(name: &str) -> Attribute {
        Attribute::own(name).unwrap_or_else(|| Attribute::Custom(name.into()))
    }

    fn own(name: &str) -> Option<Attribute> {
        Some(match name.split_once('.') {
            None => match name {
                "id" => Attribute::Id,
                "focus" => Attribute::Focus,
                "language" => Attribute::Language,
                _ => return None,
            },
            Some(("intent", "top")) => Attribute::IntentTop,
            Some(("intent", head)) => Attribute::Intent(Head::from_name(head)?),
            Some(("page", name)) => Attribute::Page(field(&PAGE, name)?),
            Some(("session", name)) => Attribute::Session(field(&SESSION, name)?),
            Some(("device", name)) => Attribute::Device(name.into()),
            Some(("time", "hour")) => Attribute::Hour,
            Some(("time", "weekday")) => Attribute::Weekday,
            Some(("profile", rest)) => match rest.split_once('.')? {
                ("interest", tag) => Attribute::Interest(tag.into()),
                ("fact", name) => Attribute::Fact(name.into()),
                _ => return None,
            },
            Some(("history", rest)) => match rest.rsplit_once('.')? {
                (goal, "count") => Attribute::HistoryCount(goal.into()),
                (goal, "lastSeconds") => Attribute::HistoryAge(goal.into()),
                _ => return None,
            },
            Some(_) => return None,
        })
    }

    /// Whether the name looks like one of Unspoken's own but is none: a spelling mistake.
    pub fn is_misspelt(&self) -> bool {
        let Attribute::Custom(name) = self else { return false };
        let spaces = ["intent", "page", "session", "time", "profile", "history"];
        name.split_once('.').is_some_and(|(space, _)| spaces.contains(&space))
    }

    /// Appends the name.
    pub fn name(&self, out: &mut String) {
        let (space, name, tail) = match self {
            Attribute::Id => ("id", "", ""),
            Attribute::Intent(head) => ("intent.", head.name(), ""),
            Attribute::IntentTop => ("intent.top", "", ""),
            Attribute::Focus => ("focus", "", ""),
            Attribute::Page(field) => ("page.", PAGE[*field as usize].0, ""),
            Attribute::Device(name) => ("device.", name.as_str(), ""),
            Attribute::Language => ("language", "", ""),
            Attribute::Session(field) => ("session.", SESSION[*field as usize].0, ""),
            Attribute::Hour => ("time.hour", "", ""),
            Attribute::Weekday => ("time.weekday", "", ""),
            Attribute::Interest(tag) => ("profile.interest.", tag.as_str(), ""),
            Attribute::Fact(name) => ("profile.fact.", name.as_str(), ""),
            Attribute::HistoryCount(goal) => ("history.", goal.as_str(), ".count"),
            Attribute::HistoryAge(goal) => ("history.", goal.as_str(), ".lastSeconds"),
            Attribute::Custom(name) => ("", name.as_str(), ""),
        };
        out.push_str(space);
        out.push_str(name);
        out.push_str(tail);
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
            Read::Texts(texts) => out.push_str(&texts.join(" ")),
            Read::Text(_) | Read::Value(_) => {
                crate::condition::describe_value(&self.to_value(), out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_resolve_and_read_back() {
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
            let mut out = String::new();
            let attribute = Attribute::parse(name);
            attribute.name(&mut out);
            assert_eq!(out, name);
            assert_eq!(matches!(attribute, Attribute::Custom(_)), name == "plan", "{name}");
        }
        assert!(Attribute::parse("intent.comit").is_misspelt());
        assert!(Attribute::parse("history.purchase").is_misspelt());
        assert!(!Attribute::parse("company.size").is_misspelt());
    }
}
