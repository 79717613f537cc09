//! A regular expression of a condition: the platform's, behind a bound on what it may cost.
//!
//! A browser's `RegExp` backtracks, and in a config that others wrote an unlucky pattern would stop
//! the page. So a pattern that could take exponential time is refused, and every other knows how
//! long a text it may be run over ([`super::steps`]). Both are the same on every platform, also on
//! one whose own engine is linear, or the same condition would hold here and not there.

use super::steps;
use crate::host;
use crate::reading::Reading;
use alloc::rc::Rc;
use alloc::string::String;

/// The longest pattern, in bytes.
pub const MOST: usize = 256;

/// A pattern, ready to match.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: String,
    ignore_case: bool,
    /// The longest text it is run over, in bytes; 0 for a pattern that is refused.
    longest: usize,
    inner: Option<Rc<dyn host::Pattern>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.source == other.source && self.ignore_case == other.ignore_case
    }
}

impl Pattern {
    /// Compiles a pattern. One that is broken or refused is a mistake, and matches nothing.
    pub fn compile(source: &str, ignore_case: bool, reading: &mut Reading) -> Pattern {
        let found = match source.len() > MOST {
            true => Err("it is longer than 256 bytes"),
            false => steps::longest(source, ignore_case),
        };
        let (mut longest, mut inner) = (0, None);
        match found {
            Ok(most) => {
                longest = most;
                inner = reading.host.pattern(source, ignore_case);
            }
            Err(why) => reading.mistake(&["this pattern matches nothing: ", why]),
        }
        Pattern { source: source.into(), ignore_case, longest, inner }
    }

    /// Whether it matches anywhere in `text`; never in one that is too long for it.
    pub fn is_match(&self, text: &str) -> bool {
        self.inner.as_ref().is_some_and(|inner| text.len() <= self.longest && inner.is_match(text))
    }

    /// As the condition wrote it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The longest text it is run over, in bytes; 0 for a pattern that is refused.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Whether nothing is wrong with it but that this platform cannot read it: regex-lite knows no
    /// lookaround, say.
    pub fn is_unsupported(&self) -> bool {
        self.longest > 0 && self.inner.is_none()
    }
}
