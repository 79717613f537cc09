//! What the core asks of the platform when a config is compiled: regular expressions and time zones.
//!
//! Both are large, and each platform has its own: a page the browser's `RegExp` and `Intl`, the host
//! regex-lite and the IANA database. The core sees two small traits. Every answer is a pure function
//! of the question, so decisions stay reproducible.

use alloc::rc::Rc;
use core::fmt::Debug;

/// The platform.
pub trait Host: Debug {
    /// A regular expression, ready to match; `None` where the platform does not understand it.
    fn pattern(&self, source: &str, ignore_case: bool) -> Option<Rc<dyn Pattern>>;

    /// Minutes to add to UTC for the local time of `zone` at `wall` (ms since 1970 UTC); `None`
    /// where there is no such zone.
    fn offset(&self, zone: &str, wall: f64) -> Option<f64>;
}

/// A regular expression of the platform.
pub trait Pattern: Debug {
    /// Whether it matches anywhere in `text`.
    fn is_match(&self, text: &str) -> bool;
}

/// A platform that knows neither: for documents that have no use for them.
#[derive(Clone, Copy, Debug)]
pub struct Bare;

impl Host for Bare {
    fn pattern(&self, _: &str, _: bool) -> Option<Rc<dyn Pattern>> {
        None
    }

    fn offset(&self, _: &str, _: f64) -> Option<f64> {
        None
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::Native;

/// The host's own, for tools and the collector.
#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::{Host, Pattern};
    use alloc::rc::Rc;

    /// regex-lite, which matches in linear time, and the IANA database that comes with jiff.
    #[derive(Clone, Copy, Debug)]
    pub struct Native;

    impl Pattern for regex_lite::Regex {
        fn is_match(&self, text: &str) -> bool {
            regex_lite::Regex::is_match(self, text)
        }
    }

    impl Host for Native {
        fn pattern(&self, source: &str, ignore_case: bool) -> Option<Rc<dyn Pattern>> {
            let mut builder = regex_lite::RegexBuilder::new(source);
            let pattern = builder.case_insensitive(ignore_case).build().ok()?;
            Some(Rc::new(pattern))
        }

        fn offset(&self, zone: &str, wall: f64) -> Option<f64> {
            let zone = jiff::tz::TimeZone::get(zone).ok()?;
            let at = jiff::Timestamp::from_millisecond(wall as i64).ok()?;
            Some(f64::from(zone.to_offset(at).seconds()) / 60.0)
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn zones_know_summer_time_and_patterns_match() {
            let winter = 1_735_732_800_000.0; // 2025-01-01T12:00Z
            let summer = 1_751_371_200_000.0; // 2025-07-01T12:00Z
            assert_eq!(Native.offset("Europe/Berlin", winter), Some(60.0));
            assert_eq!(Native.offset("Europe/Berlin", summer), Some(120.0));
            assert_eq!(Native.offset("Europe/Atlantis", summer), None);
            let pattern = |source, ignore_case| Native.pattern(source, ignore_case);
            assert!(pattern("^a+b", false).unwrap().is_match("aab"));
            assert!(pattern("^A+B", true).unwrap().is_match("aab"));
            assert!(pattern("(", false).is_none());
        }
    }
}
