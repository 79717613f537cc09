//! What is remembered between page views, on the device only.
//!
//! Who (a pseudonym), the present session, facts, how often and when goals were reached, and
//! interests that fade. Everything is bounded: the oldest goes first. A profile that was damaged or
//! written by someone else is read for what it still says; it is never an error.

use crate::id::{Id, Rng};
use crate::text::clip;
use crate::time::{DAY, MINUTE};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// A session ends after this long without a signal: the convention of web analytics.
pub const SESSION_GAP: f64 = 30.0 * MINUTE;
/// Facts kept.
pub const MAX_FACTS: usize = 32;
/// Goals whose history is kept.
pub const MAX_HISTORY: usize = 64;
/// Tags whose interest is kept.
pub const MAX_INTERESTS: usize = 48;
/// Different items of a session that are told apart.
pub const MAX_ITEMS: usize = 32;
/// Bytes of a name or a text that are kept.
pub const MAX_TEXT: usize = 128;
/// An interest halves in this time.
pub const HALF_LIFE: f64 = 14.0 * DAY;
/// So many page views with a tag make an interest of one half.
pub const HALF_INTEREST: f64 = 2.0;

/// The present visit.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Session {
    /// Its identifier.
    pub id: Id,
    /// When it began, ms since 1970.
    pub began: f64,
    /// The last signal, ms since 1970.
    pub last: f64,
    /// Page views so far.
    pub pages: u32,
    /// Clicks so far.
    pub clicks: u32,
    /// Different items seen.
    pub items: Vec<String>,
}

/// How often a goal was reached.
#[derive(Clone, PartialEq, Debug)]
pub struct History {
    /// The goal.
    pub name: String,
    /// Times.
    pub count: u32,
    /// The last time, ms since 1970.
    pub last: f64,
}

/// Something the visitor said.
#[derive(Clone, PartialEq, Debug)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// When it was said, ms since 1970.
    pub at: f64,
}

/// Interest in a tag.
#[derive(Clone, PartialEq, Debug)]
pub struct Interest {
    /// The tag.
    pub tag: String,
    /// Page views, faded to `at`.
    pub weight: f64,
    /// ms since 1970.
    pub at: f64,
}

/// All of it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Profile {
    /// The pseudonym.
    pub visitor: Id,
    /// The present visit.
    pub session: Session,
    /// What was said.
    pub facts: Vec<Fact>,
    /// What was reached.
    pub history: Vec<History>,
    /// What was dwelt on.
    pub interests: Vec<Interest>,
}

/// Pushes, and drops the oldest entry where the list is full.
fn push_bounded<T>(list: &mut Vec<T>, entry: T, most: usize) {
    if list.len() >= most {
        list.remove(0);
    }
    list.push(entry);
}

impl Profile {
    /// The profile a snapshot holds; a new visitor or a new session where it holds none or the
    /// last signal is too long ago.
    pub fn open(snapshot: &Value, wall: f64, rng: &mut Rng) -> Profile {
        let mut profile = Profile::from_value(snapshot);
        if profile.visitor == Id::default() {
            profile.visitor = rng.id();
        }
        let idle = wall - profile.session.last;
        if profile.session.id == Id::default() || !(0.0..SESSION_GAP).contains(&idle) {
            profile.session =
                Session { id: rng.id(), began: wall, last: wall, ..Session::default() };
        }
        profile
    }

    /// A page view begins: counts it, its item and its tags.
    pub fn page(&mut self, item: &str, tags: &[String], wall: f64) {
        self.session.pages += 1;
        self.session.last = wall;
        let item = clip(item, MAX_TEXT);
        if !item.is_empty() && !self.session.items.iter().any(|known| known == item) {
            push_bounded(&mut self.session.items, item.into(), MAX_ITEMS);
        }
        for tag in tags {
            let weight = self.weight(tag, wall) + 1.0;
            self.interests.retain(|interest| interest.tag != *tag);
            let interest = Interest { tag: clip(tag, MAX_TEXT).into(), weight, at: wall };
            push_bounded(&mut self.interests, interest, MAX_INTERESTS);
        }
    }

    /// A goal was reached.
    pub fn goal(&mut self, name: &str, wall: f64) {
        let name = clip(name, MAX_TEXT);
        match self.history.iter_mut().find(|entry| entry.name == name) {
            Some(entry) => {
                entry.count = entry.count.saturating_add(1);
                entry.last = wall;
            }
            None => {
                let entry = History { name: name.into(), count: 1, last: wall };
                push_bounded(&mut self.history, entry, MAX_HISTORY);
            }
        }
    }

    /// The visitor said something; texts are cut to [`MAX_TEXT`], lists and objects not kept.
    pub fn fact(&mut self, name: &str, value: &Value, wall: f64) {
        let name = clip(name, MAX_TEXT);
        let value = match value {
            Value::Text(text) => Value::from(clip(text, MAX_TEXT)),
            Value::List(_) | Value::Map(_) => return,
            plain => plain.clone(),
        };
        self.facts.retain(|fact| fact.name != name);
        push_bounded(&mut self.facts, Fact { name: name.into(), value, at: wall }, MAX_FACTS);
    }

    /// What was said under this name.
    pub fn fact_of(&self, name: &str) -> Option<&Value> {
        self.facts.iter().find(|fact| fact.name == name).map(|fact| &fact.value)
    }

    /// How often a goal was reached.
    pub fn history_of(&self, name: &str) -> Option<&History> {
        self.history.iter().find(|entry| entry.name == name)
    }

    /// Interest in a tag, 0 to 1: two page views make one half, and it fades by half in 14 days.
    pub fn interest(&self, tag: &str, wall: f64) -> f64 {
        let weight = self.weight(tag, wall);
        weight / (weight + HALF_INTEREST)
    }

    fn weight(&self, tag: &str, wall: f64) -> f64 {
        let interest = self.interests.iter().find(|interest| interest.tag == tag);
        interest.map_or(0.0, |interest| {
            let age = (wall - interest.at).max(0.0);
            interest.weight * libm::exp(-core::f64::consts::LN_2 * age / HALF_LIFE)
        })
    }

    /// Takes over what another tab learned: of each entry the later one, of counts the higher.
    /// Says whether anything changed that a condition can read.
    pub fn merge(&mut self, snapshot: &Value) -> bool {
        let other = Profile::from_value(snapshot);
        if other.visitor != self.visitor {
            return false;
        }
        let before = self.clone();
        for entry in other.history {
            match self.history.iter_mut().find(|known| known.name == entry.name) {
                Some(known) => {
                    known.count = known.count.max(entry.count);
                    known.last = known.last.max(entry.last);
                }
                None => push_bounded(&mut self.history, entry, MAX_HISTORY),
            }
        }
        for fact in other.facts {
            match self.facts.iter_mut().find(|known| known.name == fact.name) {
                Some(known) if known.at < fact.at => *known = fact,
                Some(_) => {}
                None => push_bounded(&mut self.facts, fact, MAX_FACTS),
            }
        }
        for interest in other.interests {
            match self.interests.iter_mut().find(|known| known.tag == interest.tag) {
                Some(known) if known.at < interest.at => *known = interest,
                Some(_) => {}
                None => push_bounded(&mut self.interests, interest, MAX_INTERESTS),
            }
        }
        if other.session.id == self.session.id {
            for item in other.session.items {
                if !self.session.items.contains(&item) {
                    push_bounded(&mut self.session.items, item, MAX_ITEMS);
                }
            }
            self.session.pages = self.session.pages.max(other.session.pages);
            self.session.clicks = self.session.clicks.max(other.session.clicks);
            self.session.last = self.session.last.max(other.session.last);
        }
        before.history != self.history || before.facts != self.facts
    }

    /// The profile as a document.
    pub fn to_value(&self) -> Value {
        let list = |items: Vec<Value>| Value::List(items);
        let session = &self.session;
        let items = session.items.iter().map(|item| Value::from(item.as_str())).collect();
        let facts = self.facts.iter().map(|fact| {
            list(alloc::vec![fact.name.as_str().into(), fact.value.clone(), fact.at.into()])
        });
        let history = self.history.iter().map(|entry| {
            list(alloc::vec![
                entry.name.as_str().into(),
                (entry.count as f64).into(),
                entry.last.into()
            ])
        });
        let interests = self.interests.iter().map(|interest| {
            list(alloc::vec![
                interest.tag.as_str().into(),
                interest.weight.into(),
                interest.at.into()
            ])
        });
        Value::map()
            .with("visitor", self.visitor.to_hex())
            .with(
                "session",
                Value::map()
                    .with("id", session.id.to_hex())
                    .with("began", session.began)
                    .with("last", session.last)
                    .with("pages", session.pages as f64)
                    .with("clicks", session.clicks as f64)
                    .with("items", list(items)),
            )
            .with("facts", facts.collect::<Vec<_>>())
            .with("history", history.collect::<Vec<_>>())
            .with("interests", interests.collect::<Vec<_>>())
    }

    /// What a document still says; anything out of form is left out.
    pub fn from_value(value: &Value) -> Profile {
        let id =
            |value: &Value, key: &str| value.text(key).and_then(Id::from_hex).unwrap_or_default();
        let rows = |key: &str, most: usize| {
            let rows = value.get(key).map_or(&[][..], Value::items);
            rows[rows.len().saturating_sub(most)..].iter().filter_map(|row| {
                let [name, middle, at] = row.items() else { return None };
                let at = at.as_f64().filter(|at| at.is_finite())?;
                Some((String::from(clip(name.as_str()?, MAX_TEXT)), middle.clone(), at))
            })
        };
        let positive = |value: &Value| value.as_f64().filter(|number| *number >= 0.0);
        let mut profile = Profile { visitor: id(value, "visitor"), ..Profile::default() };
        if let Some(session) = value.get("session") {
            let number = |key: &str| session.get(key).and_then(positive).unwrap_or(0.0);
            let items = session.get("items").map_or(&[][..], Value::items);
            profile.session = Session {
                id: id(session, "id"),
                began: number("began"),
                last: number("last"),
                pages: number("pages") as u32,
                clicks: number("clicks") as u32,
                items: items
                    .iter()
                    .filter_map(Value::as_str)
                    .take(MAX_ITEMS)
                    .map(String::from)
                    .collect(),
            };
        }
        profile.facts = rows("facts", MAX_FACTS)
            .filter(|(_, value, _)| !matches!(value, Value::List(_) | Value::Map(_)))
            .map(|(name, value, at)| Fact { name, value, at })
            .collect();
        profile.history = rows("history", MAX_HISTORY)
            .filter_map(|(name, count, last)| {
                Some(History { name, count: positive(&count)? as u32, last })
            })
            .collect();
        profile.interests = rows("interests", MAX_INTERESTS)
            .filter_map(|(tag, weight, at)| Some(Interest { tag, weight: positive(&weight)?, at }))
            .collect();
        profile
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: f64 = 1.7e12;

    fn profile() -> Profile {
        let mut profile = Profile::open(&Value::Null, NOON, &mut Rng::new(1));
        profile.page("boot", &["hiking".into()], NOON);
        profile.goal("purchase", NOON);
        profile.fact("size", &Value::from(42.0), NOON);
        profile
    }

    #[test]
    fn a_snapshot_reads_back() {
        let profile = profile();
        assert_eq!(Profile::from_value(&profile.to_value()), profile);
    }

    #[test]
    fn a_session_ends_after_its_gap() {
        let profile = profile();
        let again = Profile::open(&profile.to_value(), NOON + SESSION_GAP - 1.0, &mut Rng::new(2));
        assert_eq!(again.session.id, profile.session.id);
        let later = Profile::open(&profile.to_value(), NOON + SESSION_GAP, &mut Rng::new(2));
        assert_ne!(later.session.id, profile.session.id);
        assert_eq!(later.visitor, profile.visitor);
        assert_eq!(later.session.pages, 0);
    }

    #[test]
    fn interests_rise_with_views_and_fade_by_half() {
        let mut profile = profile();
        profile.page("", &["hiking".into()], NOON);
        assert_eq!(profile.interest("hiking", NOON), 0.5);
        assert!((profile.weight("hiking", NOON + HALF_LIFE) - 1.0).abs() < 1e-12);
        assert_eq!(profile.interest("climbing", NOON), 0.0);
    }

    #[test]
    fn another_tabs_purchase_is_taken_over_and_a_strangers_is_not() {
        let mine = profile();
        let mut theirs = mine.clone();
        theirs.goal("purchase", NOON + 5.0);
        let mut merged = mine.clone();
        assert!(merged.merge(&theirs.to_value()));
        assert_eq!(merged.history_of("purchase").unwrap().count, 2);
        assert!(!merged.merge(&theirs.to_value()), "nothing new the second time");
        theirs.visitor = Id(9);
        theirs.goal("purchase", NOON + 9.0);
        assert!(!merged.merge(&theirs.to_value()));
    }

    #[test]
    fn everything_is_bounded_and_rubbish_is_survived() {
        let mut profile = profile();
        for at in 0..500 {
            let name = alloc::format!("n{at}");
            profile.goal(&name, NOON);
            profile.fact(&name, &Value::from("x".repeat(10_000)), NOON);
            profile.page(&name, std::slice::from_ref(&name), NOON);
        }
        assert!(profile.to_value().to_json().len() < 32_000);
        for rubbish in
            ["null", "[]", r#"{"session":[],"facts":{"a":1},"history":[[1,2,3],["a",-1,0]]}"#]
        {
            let opened = Profile::open(&Value::parse(rubbish).unwrap(), NOON, &mut Rng::new(3));
            assert!(opened.history.is_empty() && opened.visitor != Id::default());
        }
    }
}
