//! Reading a document: where the reader stands, and the mistakes found so far.
//!
//! One path grows and shrinks as the reader goes down and up, and every mistake is noted where it
//! is found. So a reader returns what it could read, without a `Result` on each level (which would
//! cost the module more than what it reads).

use crate::error::Error;
use crate::host::{Bare, Host};
use crate::text::{concat, push_integer};
use crate::value::Value;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// The state of reading one document.
#[derive(Debug)]
pub struct Reading {
    path: String,
    mistakes: Vec<Error>,
    /// The platform, for patterns and time zones.
    pub host: Rc<dyn Host>,
    /// Saved groups of the document, by name: what `$inGroup` and `$savedGroup` refer to.
    pub groups: Value,
    /// Events that the document names so far: those whose history is kept.
    pub events: Vec<String>,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading::new("")
    }
}

/// What [`Reading::leave`] needs to go back up.
#[derive(Clone, Copy, Debug)]
pub struct Above(usize);

impl Reading {
    /// Begins at a path; empty for the whole document.
    pub fn new(path: &str) -> Reading {
        let host = Rc::new(Bare);
        let (mistakes, groups, events) = (Vec::new(), Value::Null, Vec::new());
        Reading { path: path.into(), mistakes, host, groups, events }
    }

    /// Begins at the top of a config, on a platform.
    pub fn on(host: Rc<dyn Host>) -> Reading {
        Reading { host, ..Reading::default() }
    }

    /// Notes that the document names an event, so that its history is kept.
    pub fn event(&mut self, name: &str) {
        if !self.events.iter().any(|known| known == name) {
            self.events.push(name.into());
        }
    }

    /// Goes down to the entry `key`.
    #[inline(never)]
    pub fn enter(&mut self, key: &str) -> Above {
        let above = Above(self.path.len());
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(key);
        above
    }

    /// Goes down to the element `at` of a list.
    #[inline(never)]
    pub fn enter_item(&mut self, at: usize) -> Above {
        let above = Above(self.path.len());
        self.path.push('[');
        push_integer(&mut self.path, at as u64);
        self.path.push(']');
        above
    }

    /// Goes back up.
    pub fn leave(&mut self, above: Above) {
        self.path.truncate(above.0);
    }

    /// Notes a mistake here; the message is made of parts.
    #[cold]
    #[inline(never)]
    pub fn mistake(&mut self, message: &[&str]) {
        let mistake = self.error(message);
        self.mistakes.push(mistake);
    }

    /// What is wrong here, without noting it as a mistake of the document.
    #[cold]
    #[inline(never)]
    pub fn error(&self, message: &[&str]) -> Error {
        Error::new(self.path.clone(), concat(message))
    }

    /// Notes that something else was expected here.
    #[cold]
    #[inline(never)]
    pub fn expected(&mut self, what: &str, got: &Value) {
        self.mistake(&["expected ", what, ", got ", got.kind()]);
    }

    /// The entries of an object; anything else is a mistake.
    #[inline(never)]
    pub fn object<'a>(&mut self, value: &'a Value, what: &str) -> &'a [(String, Value)] {
        if !matches!(value, Value::Map(_)) {
            self.expected(what, value);
        }
        value.entries()
    }

    /// Hands each entry of an object to `each`, which says whether it knows the key; `known` lists
    /// those it does. One loop for all objects of a document.
    #[inline(never)]
    pub fn fields(
        &mut self,
        value: &Value,
        what: &str,
        known: &str,
        each: &mut dyn FnMut(&str, &Value, &mut Reading) -> bool,
    ) {
        for (key, value) in self.object(value, what) {
            let above = self.enter(key);
            if !each(key, value, self) {
                self.unknown_key(key, known);
            }
            self.leave(above);
        }
    }

    /// Notes an unknown key, with the known one that is nearest to it.
    #[cold]
    fn unknown_key(&mut self, key: &str, known: &str) {
        // The page has better uses for the bytes of a search; `unspoken check` runs on the host.
        let near = if cfg!(target_arch = "wasm32") { None } else { nearest(key, known) };
        match near {
            Some(near) => self.mistake(&["unknown key; did you mean ", near, "?"]),
            None => self.mistake(&["unknown key; known are ", known]),
        }
    }

    /// The elements of a list; anything else is a mistake.
    #[inline(never)]
    pub fn list<'a>(&mut self, value: &'a Value, what: &str) -> &'a [Value] {
        if !matches!(value, Value::List(_)) {
            self.expected(what, value);
        }
        value.items()
    }

    /// How many mistakes were found so far.
    pub fn count(&self) -> usize {
        self.mistakes.len()
    }

    /// Every mistake, in the order of the document.
    pub fn into_mistakes(self) -> Vec<Error> {
        self.mistakes
    }

    /// What was read, or the first mistake.
    pub fn into_result<T>(self, read: T) -> Result<T, Error> {
        self.mistakes.into_iter().next().map_or(Ok(read), Err)
    }
}

fn nearest<'a>(key: &str, known: &'a str) -> Option<&'a str> {
    let shared = |word: &&str| {
        word.bytes().zip(key.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
    };
    known.split(", ").max_by_key(shared).filter(|word| shared(word) > 1)
}
