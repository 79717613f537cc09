//! The core's one error: where it is, what is wrong, and how to mend it.
//!
//! Errors arise only where a document is read (a config, a trace, a model). What happens on the
//! page cannot fail: a signal that makes no sense is ignored.

use alloc::string::String;
use core::fmt;

/// What is said of a mistake: in the page its path is enough, where the texts would be kilobytes.
#[inline(always)]
pub const fn told(text: &str) -> &str {
    if cfg!(target_arch = "wasm32") { "see `unspoken check`" } else { text }
}

/// A mistake in a document, with the path to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    path: String,
    message: String,
}

impl Error {
    /// An error at `path` (`slots.hero.rules[0].when`); `message` says what is wrong and the mend.
    #[cold]
    #[inline(never)]
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Error {
        Error { path: path.into(), message: message.into() }
    }

    /// Where: dotted, with list positions in brackets. Empty for the whole document.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, and the mend where there is one.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Path and message as one line.
    pub fn to_line(&self) -> String {
        let mut line = self.path.clone();
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&self.message);
        line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(&self.to_line())
    }
}

impl core::error::Error for Error {}
