//! Time as the host tells it.
//!
//! The core has no clock. Every call brings `now`, in ms on the page's own monotonic clock, and
//! [`Origin`] says once how that clock relates to the wall.

/// ms on the page's monotonic clock (`performance.now()` in a browser, `t` in a trace).
pub type Millis = f64;

/// One second.
pub const SECOND: Millis = 1_000.0;
/// One minute.
pub const MINUTE: Millis = 60.0 * SECOND;
/// One hour.
pub const HOUR: Millis = 60.0 * MINUTE;
/// One day.
pub const DAY: Millis = 1_440.0 * MINUTE;
/// The last time of the wall that is believed: the year 2286, after which ms have a digit more.
pub const LAST: f64 = 1e13;

/// How the page's clock relates to the wall's.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Origin {
    /// What the wall said, in ms since 1970 UTC, when the page's clock said 0.
    pub wall_ms: f64,
    /// Minutes to add to UTC for the visitor's local time.
    pub utc_offset_min: f64,
}

impl Origin {
    /// ms since 1970 UTC at `now`.
    pub fn wall(&self, now: Millis) -> f64 {
        self.wall_ms + now
    }

    /// The visitor's hour of day, 0 to 23.
    ///
    /// ```
    /// # use unspoken::time::Origin;
    /// // 1970-01-01T23:30Z is half past midnight on Friday in Berlin's winter.
    /// let origin = Origin { wall_ms: 84_600_000.0, utc_offset_min: 60.0 };
    /// assert_eq!((origin.hour(0.0), origin.weekday(0.0)), (0.0, 5.0));
    /// ```
    pub fn hour(&self, now: Millis) -> f64 {
        modulo((self.local(now) / (60.0 * MINUTE)).floor(), 24.0)
    }

    /// The visitor's weekday, 0 Sunday to 6 Saturday.
    pub fn weekday(&self, now: Millis) -> f64 {
        // 1 January 1970 was a Thursday.
        modulo((self.local(now) / DAY).floor() + 4.0, 7.0)
    }

    fn local(&self, now: Millis) -> f64 {
        self.wall(now) + self.utc_offset_min * MINUTE
    }
}

/// How long ago `at` was by the wall's clock, in ms. What lies ahead was just now, since clocks differ
/// a little; what lies more than a day ahead was written by a clock that has been put right since,
/// and was infinitely long ago.
#[inline(never)]
pub fn age(wall: f64, at: f64) -> f64 {
    let age = wall - at;
    if age < -DAY { f64::INFINITY } else { crate::number::max(age, 0.0) }
}

/// `a` modulo `b`, never negative. The `%` of floats would bring in a kilobyte of `fmod`.
pub fn modulo(a: f64, b: f64) -> f64 {
    a - (a / b).floor() * b
}
