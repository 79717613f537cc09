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
            true => Err(steps::TOO_LONG),
            false => steps::longest(source, ignore_case),
        };
        let (mut longest, mut inner) = (0, None);
        match found {
            Ok(most) => {
                longest = most;
                inner = reading.host.pattern(source, ignore_case);
            }
            #[cfg(not(target_arch = "wasm32"))]
            Err(why) => reading.mistake(&["this pattern matches nothing: ", why]),
            #[cfg(target_arch = "wasm32")]
            Err(()) => reading.mistake(&[]),
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::host::Native;

    fn compile(source: &str) -> (Pattern, Option<String>) {
        let mut reading = Reading::on(Rc::new(Native));
        let pattern = Pattern::compile(source, false, &mut reading);
        let mistake = reading.into_mistakes().first().map(|mistake| mistake.to_line());
        (pattern, mistake)
    }

    #[test]
    fn what_could_take_exponential_time_is_refused() {
        for source in [
            "(a+)+$",
            "(a+)+b",
            "(a*)*b",
            "([a-z]+)*=",
            "(a|a)*$",
            "(a|aa)+$",
            "(a|a?)+$",
            "(.*a){20}",
            "(.*a){12}$",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
            "(\\w+\\s?)+$",
            "([^\"]*\"?)*x",
            "(x+x+)+y",
            "(?:a?b?)*c",
            "((ab)*)+c",
            "(.|a)+b",
            "(\\d+)+:",
            "(?=(a+)+b)c",
            "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaaaaaaaaaa",
            "(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)$",
            "(a{1,60}){60}b",
        ] {
            let (pattern, mistake) = compile(source);
            assert!(mistake.is_some(), "{source} is run over {}", pattern.longest());
            assert!(!pattern.is_match("a") && !pattern.is_unsupported());
        }
    }

    #[test]
    fn ordinary_patterns_pass() {
        // (pattern, the longest text it has to be run over)
        for (source, least) in [
            ("(Mobile|Tablet)", 4_096),
            ("^\\d+\\.\\d+", 4_096),
            ("@example\\.com$", 4_096),
            ("^(foo|bar)+$", 4_096),
            ("\\s+$", 4_096),
            ("-12-25$", 4_096),
            ("^/(de|fr|it)/shop(/.*)?$", 4_000),
            ("^[\\w.+-]+@([\\w-]+\\.)+[\\w-]{2,}$", 300),
            ("^[a-zA-Z0-9._%+-]{1,64}@[a-zA-Z0-9.-]+\\.[a-zA-Z]{2,}$", 1_000),
            ("^https?://(www\\.)?([\\w-]+\\.)+[\\w-]+(/[\\w./?%&=-]*)?$", 300),
            (
                "^((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)$",
                4_000,
            ),
            ("^[a-z0-9]+(-[a-z0-9]+)*$", 4_000),
            ("^\\d{1,3}(,\\d{3})*(\\.\\d+)?$", 4_000),
            ("^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$", 4_000),
            ("iPhone OS (1[0-9]|9)_", 4_096),
            ("(iPhone|iPad).*OS 1[0-9].*Safari", 200),
            ("^v?\\d+(\\.\\d+){0,3}(-[\\w.]+)?$", 4_000),
            ("\\b(sale|winter|summer)\\b", 4_096),
            ("utm_source=([^&]+)", 4_000),
            ("^(\\d{2}\\s?){5}$", 4_000),
            ("ä|ö|[äöü]+", 4_000),
        ] {
            let (pattern, mistake) = compile(source);
            assert_eq!(mistake, None, "{source}");
            assert!(pattern.longest() >= least, "{source}: {}", pattern.longest());
            assert!(!pattern.is_unsupported(), "{source}");
        }
    }

    #[test]
    fn what_is_broken_says_why() {
        for (source, why) in [
            ("(", "it is not a regular expression"),
            ("a)", "it is not a regular expression"),
            ("[a", "it is not a regular expression"),
            ("a\\", "it is not a regular expression"),
            ("*a", "nothing to repeat"),
            ("a**", "nothing to repeat"),
            ("a{2}{3}", "nothing to repeat"),
            ("/???***[)", "nothing to repeat"),
            ("(a)\\1", "it refers back to a group"),
            ("a{3,2}", "a repeat counts down"),
            ("a{1001}", "a repeat counts too far"),
            ("[z-a]", "a range counts down"),
            ("(?i)a", "a group of this kind is not known"),
            ("(?<1>a)", "a group of this kind is not known"),
            ("\\pL", "an escape of this kind is not known"),
            ("[[:alpha:]]", "a class of this kind is not known"),
            ("[]", "a class of no letters"),
            ("(((((((((((((((((a)))))))))))))))))", "it is too large"),
            ("((a{50}){50}){50}", "it is too large"),
        ] {
            let (pattern, mistake) = compile(source);
            assert_eq!(mistake, Some(format!("this pattern matches nothing: {why}")), "{source}");
            assert!(!pattern.is_match("a") && !pattern.is_match(""));
        }
        assert!(compile(&"a".repeat(257)).1.is_some_and(|why| why.contains("256")));
    }

    #[test]
    fn what_looks_around_is_for_the_page_alone() {
        for source in ["(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", "^(?=.*\\d)(?=.*[a-z]).{8,}$"] {
            let (pattern, mistake) = compile(source);
            assert_eq!(mistake, None, "{source}");
            assert!(pattern.is_unsupported() && !pattern.is_match("b"), "{source}");
        }
    }

    #[test]
    fn longer_text_is_not_matched() {
        let (pattern, _) = compile("a.*b.*c");
        let longest = pattern.longest();
        assert!((100..1_000).contains(&longest), "{longest}");
        let text = |length: usize| format!("ab{}c", "x".repeat(length - 3));
        assert!(pattern.is_match(&text(longest)) && !pattern.is_match(&text(longest + 1)));
    }
}
