//! What is kept in the browser's plain storage: the profile, and batches that were not acknowledged.
//!
//! Every call may be refused (a private window, a full quota, a forbidden origin); then the page
//! goes on with what is in memory. One key a batch, so that two tabs never write over each other's.
//! It is written synchronously, which a page that is being left needs; what may take its time is in
//! the queue (`transport/`).

use super::clock::window;
use super::convert;
use super::view::get;
use crate::id::Id;
use crate::text::{concat, cut, push_integer};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use web_sys::{Event, Storage as Area};

/// Every key begins with this.
pub const PREFIX: &str = "unspoken.";
const PROFILE: &str = "unspoken.profile";
const BATCH: &str = "unspoken.batch.";
/// Bytes of a profile that are kept; more is not written. A profile with every list full stays below.
pub const MAX_PROFILE: usize = crate::engine::MAX_SNAPSHOT;
/// Batches that are kept for the next page; the oldest goes first.
pub const MAX_BATCHES: usize = 16;

/// What was dropped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lost {
    /// Batches.
    pub batches: u32,
    /// The events in them, with those that they said were dropped before.
    pub events: u32,
}

impl Lost {
    /// One more batch.
    pub fn add(&mut self, name: &str) {
        self.batches += 1;
        self.events = self.events.saturating_add(whole(part(name, 3)) as u32);
    }
}

/// What a batch is kept under, `<ms>.<id>.<bytes>.<events>`: in the order of such names the oldest
/// comes first, and what the bounds need to know can be read without the batches.
pub fn name(id: Id, bytes: usize, events: u32) -> String {
    let mut name = String::new();
    push_integer(&mut name, super::clock::wall() as u64);
    name = concat(&[&name, ".", &id.to_hex(), "."]);
    push_integer(&mut name, bytes as u64);
    name.push('.');
    push_integer(&mut name, u64::from(events));
    name
}

/// A part of a name: 1 its id, 2 its bytes, 3 its events; empty where it has none.
#[inline(never)]
pub fn part(name: &str, at: usize) -> &str {
    let mut rest = name;
    for _ in 0..at {
        rest = cut(rest, b'.').map_or("", |(_, rest)| rest);
    }
    cut(rest, b'.').map_or(rest, |(part, _)| part)
}

/// A whole number; 0 where the text is none.
#[inline(never)]
pub fn whole(text: &str) -> u64 {
    let mut number = 0u64;
    for digit in text.bytes() {
        if !digit.is_ascii_digit() {
            return 0;
        }
        number = number.saturating_mul(10).saturating_add(u64::from(digit - b'0'));
    }
    number
}

/// Bytes as text, each as one character below 256: what every storage takes.
#[inline(never)]
pub fn to_text(bytes: &[u8]) -> String {
    let mut text = String::new();
    bytes.iter().for_each(|byte| text.push(char::from(*byte)));
    text
}

/// The bytes of such a text.
#[inline(never)]
pub fn to_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    text.chars().for_each(|byte| bytes.push(byte as u32 as u8));
    bytes
}

/// Where things are kept.
#[derive(Debug)]
pub struct Storage {
    area: Option<Area>,
    persistent: bool,
    refused: bool,
    closed: Cell<bool>,
    last: RefCell<String>,
}

impl Storage {
    /// `persistent`, `session`, or anything else for nowhere.
    pub fn open(mode: &str) -> Storage {
        let area = match mode {
            "persistent" => window().local_storage().ok().flatten(),
            "session" => window().session_storage().ok().flatten(),
            _ => None,
        };
        let refused = area.is_none() && matches!(mode, "persistent" | "session");
        let (persistent, closed) = (mode == "persistent", Cell::new(false));
        Storage { area, persistent, refused, closed, last: RefCell::default() }
    }

    /// Whether anything is kept: not in a browser that forbids it, nor after the visitor was forgotten.
    pub fn keeps(&self) -> bool {
        self.area.is_some() && !self.closed.get()
    }

    /// Whether other tabs have the same profile. In any other mode each tab is a visitor of its own.
    pub fn is_shared(&self) -> bool {
        self.persistent && self.keeps()
    }

    /// Another tab has told the profile that it has just written. Says whether that is news, and
    /// then it is none any more when it is read.
    pub fn heard(&self, text: &str) -> bool {
        let mut last = self.last.borrow_mut();
        let is_news = self.is_shared() && text != *last;
        // Before anything was read or written here, "it was emptied" would follow from it.
        if is_news && !last.is_empty() {
            *last = text.into();
        }
        is_news
    }

    /// Whether the browser refused what was asked for.
    pub fn refused(&self) -> bool {
        self.refused
    }

    /// The kept profile; null where there is none.
    pub fn profile(&self) -> Value {
        let text = self.get(PROFILE).unwrap_or_default();
        let value = if text.is_empty() { Value::Null } else { convert::from_json(&text) };
        *self.last.borrow_mut() = text;
        value
    }

    /// The kept profile if another tab has written it since we last read or wrote it.
    pub fn changed(&self) -> Option<Value> {
        let text = self.get(PROFILE)?;
        let changed = text != *self.last.borrow();
        changed.then(|| self.profile())
    }

    /// Whether someone removed what we kept: another tab was told to forget the visitor.
    pub fn was_emptied(&self) -> bool {
        !self.last.borrow().is_empty() && self.get(PROFILE).is_none()
    }

    /// Keeps the profile, and returns it as text.
    pub fn keep_profile(&self, profile: &Value) -> String {
        let text = convert::to_json(profile);
        if text.len() <= MAX_PROFILE && text != *self.last.borrow() && self.set(PROFILE, &text) {
            self.last.borrow_mut().clone_from(&text);
        }
        text
    }

    /// Whether an event of storage tells of the profile.
    pub fn concerns_profile(&self, event: &Event) -> bool {
        get(event, "key").as_string().as_deref() == Some(PROFILE)
    }

    /// Keeps a batch. Says whether it could, and adds what had to make room for it.
    pub fn keep_batch(&self, name: &str, bytes: &[u8], lost: &mut Lost) -> bool {
        if !self.keeps() {
            return false;
        }
        let kept = self.names();
        for oldest in kept.iter().take((kept.len() + 1).saturating_sub(MAX_BATCHES)) {
            self.drop_batch(oldest);
            lost.add(oldest);
        }
        self.set(&concat(&[BATCH, name]), &to_text(bytes))
    }

    /// Forgets a batch.
    pub fn drop_batch(&self, name: &str) {
        self.remove(&concat(&[BATCH, name]));
    }

    /// Whether a batch is still kept: another page may have brought it to the collector.
    pub fn has_batch(&self, name: &str) -> bool {
        self.get(&concat(&[BATCH, name])).is_some()
    }

    /// The kept batches by their names, the oldest first.
    pub fn batches(&self) -> Vec<(String, Vec<u8>)> {
        let mut batches = Vec::new();
        for name in self.names() {
            let text = self.get(&concat(&[BATCH, &name])).unwrap_or_default();
            batches.push((name, to_bytes(&text)));
        }
        batches
    }

    fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for key in self.keys() {
            let name = key.strip_prefix(BATCH).unwrap_or("");
            if Id::from_hex(part(name, 1)).is_some() {
                names.push(name.into());
            }
        }
        names
    }

    /// Leaves a number to the next page, under a key that begins with [`PREFIX`].
    pub fn note(&self, key: &str, number: u64) {
        let mut text = String::new();
        push_integer(&mut text, number);
        self.set(key, &text);
    }

    /// The number that was left, which is then gone; 0 where none was.
    pub fn noted(&self, key: &str) -> u64 {
        let text = self.get(key);
        self.remove(key);
        whole(text.as_deref().unwrap_or(""))
    }

    /// Removes everything and says what. From then on nothing is kept any more on this page.
    pub fn erase(&self) -> Vec<String> {
        self.closed.set(true);
        self.last.borrow_mut().clear();
        let keys = self.keys();
        keys.iter().for_each(|key| self.remove(key));
        keys
    }

    fn keys(&self) -> Vec<String> {
        let Some(area) = &self.area else { return Vec::new() };
        let mut keys: Vec<String> = Vec::new();
        for at in 0..area.length().unwrap_or(0) {
            if let Ok(Some(key)) = area.key(at)
                && key.starts_with(PREFIX)
            {
                // Into its place: a few keys at most, and a sort brings a kilobyte.
                let place = keys.iter().position(|other| *other > key).unwrap_or(keys.len());
                keys.insert(place, key);
            }
        }
        keys
    }

    fn get(&self, key: &str) -> Option<String> {
        self.area.as_ref()?.get_item(key).ok().flatten()
    }

    fn set(&self, key: &str, text: &str) -> bool {
        let area = self.area.as_ref().filter(|_| !self.closed.get());
        area.is_some_and(|area| area.set_item(key, text).is_ok())
    }

    fn remove(&self, key: &str) {
        if let Some(area) = &self.area {
            let _ = area.remove_item(key);
        }
    }
}
