//! The table of features: name, family, range and meaning of each position of the vector.
//!
//! A feature says how somebody moves, never who they are. [`feature`] looks at each name and each
//! meaning while the crate compiles, and a word of [`FORBIDDEN`] ends the build. Model files and
//! training refer to positions of this table and to nothing else, so what is not in it cannot be
//! learned from. docs/features.md has the formula and the source of each; `tests/features.rs` holds
//! the two together.

/// What a feature is made of. There is no family for who a visitor is, and none may be added.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// The clock.
    Time,
    /// The cursor.
    Pointer,
    /// Scrolling.
    Scroll,
    /// Clicks.
    Click,
    /// Stays in slots and with tags.
    Dwell,
    /// The visit as a whole.
    Session,
    /// What a finger does where a mouse would do something else.
    Touch,
    /// The present against this visitor's own past.
    Habit,
}

/// A feature's name and meaning.
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    /// The name, as model cards and the training table use it.
    pub name: &'static str,
    /// What it is made of.
    pub family: Family,
    /// The least and the greatest value; what would lie outside is cut to it.
    pub range: [f64; 2],
    /// What it says, with its unit.
    pub meaning: &'static str,
}

/// Words that name who somebody is rather than what they do. Those of five letters and more are
/// refused wherever they stand in a word, shorter ones as whole words: `pages` is not an age.
pub const FORBIDDEN: [&str; 44] = [
    "age",
    "aged",
    "born",
    "birth",
    "child",
    "adult",
    "elder",
    "sex",
    "male",
    "female",
    "man",
    "woman",
    "gender",
    "place",
    "country",
    "region",
    "city",
    "town",
    "postal",
    "zip",
    "address",
    "lat",
    "lon",
    "latitude",
    "longitude",
    "geo",
    "nation",
    "migra",
    "ethnic",
    "race",
    "skin",
    "religi",
    "politic",
    "language",
    "locale",
    "accent",
    "income",
    "salary",
    "wealth",
    "health",
    "disab",
    "pregnan",
    "married",
    "orientation",
];

/// Whether a word of the text is one of [`FORBIDDEN`].
pub const fn is_forbidden(text: &str) -> bool {
    let mut at = 0;
    while at < FORBIDDEN.len() {
        if holds(text.as_bytes(), FORBIDDEN[at].as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_letter(text: &[u8], at: usize) -> bool {
    at < text.len() && text[at].is_ascii_alphabetic()
}

const fn holds(text: &[u8], word: &[u8]) -> bool {
    let mut from = 0;
    while from + word.len() <= text.len() {
        // Most positions end here: the compiler counts its steps.
        if text[from] | 0x20 != word[0] {
            from += 1;
            continue;
        }
        let mut same = 0;
        while same < word.len() && text[from + same].to_ascii_lowercase() == word[same] {
            same += 1;
        }
        let is_whole = (from == 0 || !is_letter(text, from - 1)) && !is_letter(text, from + same);
        if same == word.len() && (is_whole || word.len() >= 5) {
            return true;
        }
        from += 1;
    }
    false
}

/// The one way to make a feature. As [`TABLE`] is a constant, what this refuses does not compile.
const fn feature(
    name: &'static str,
    family: Family,
    range: [f64; 2],
    meaning: &'static str,
) -> Feature {
    assert!(!is_forbidden(name) && !is_forbidden(meaning), "no feature says who a visitor is");
    // Models keep means and thresholds as i16 / 2048.
    assert!(range[0] >= -15.9 && range[0] < range[1] && range[1] <= 15.9, "a range to be kept");
    Feature { name, family, range, meaning }
}

use Family::{Click, Dwell, Habit, Pointer, Scroll, Session, Time, Touch};

/// 0 to 1.
const SHARE: [f64; 2] = [0.0, 1.0];
/// `ln(1 + s)`: 9 is two and a quarter hours.
const LONG: [f64; 2] = [0.0, 9.0];
/// `ln(1 + px)`: 12 is 160,000 px.
const FAR: [f64; 2] = [0.0, 12.0];

/// Every feature, in the order of the vector. `ln` stands for `ln(1 + x)`.
#[rustfmt::skip]
pub const TABLE: [Feature; 63] = [
    feature("elapsed", Time, LONG, "ln s since the page view began"),
    feature("move_idle", Pointer, LONG, "ln s since the cursor last moved"),
    feature("move_idle_brief", Pointer, SHARE, "exp(-s / 0.4) since the cursor last moved"),
    feature("move_idle_short", Pointer, SHARE, "exp(-s / 1.5) since the cursor last moved"),
    feature("scroll_idle", Scroll, LONG, "ln s since the page last scrolled"),
    feature("scroll_idle_short", Scroll, SHARE, "exp(-s / 1.5) since the page last scrolled"),
    feature("path_2s", Pointer, FAR, "ln px the cursor went in 2 s"),
    feature("path_8s", Pointer, FAR, "ln px the cursor went in 8 s"),
    feature("net_2s", Pointer, LONG, "ln px between where the cursor was 2 s ago and is"),
    feature("net_8s", Pointer, LONG, "ln px between where the cursor was 8 s ago and is"),
    feature("straight_2s", Pointer, SHARE, "net way over way of 2 s; 0 at rest"),
    feature("active_2s", Pointer, SHARE, "share of 20 Hz samples in 2 s with movement"),
    feature("active_8s", Pointer, SHARE, "share of 20 Hz samples in 8 s with movement"),
    feature("speed", Pointer, [0.0, 10.0], "ln px/s of the last movement, fading with exp(-s / 0.4)"),
    feature("slowing", Pointer, SHARE, "path of the last 0.5 s against that of 2 s; 0.25 at even speed"),
    feature("x", Pointer, SHARE, "where the cursor is across the viewport"),
    feature("y", Pointer, SHARE, "where the cursor is down the viewport"),
    feature("scroll_2s", Scroll, FAR, "ln px scrolled in 2 s"),
    feature("scroll_8s", Scroll, FAR, "ln px scrolled in 8 s"),
    feature("reversals_8s", Scroll, [0.0, 8.0], "times the scroll turned round in 8 s"),
    feature("depth", Scroll, SHARE, "how far down the document has come into view"),
    feature("depth_now", Scroll, SHARE, "how far down the view is"),
    feature("in_slot", Dwell, SHARE, "the cursor is in a slot, 0 or 1"),
    feature("stay", Dwell, LONG, "ln s the cursor has stayed in its slot"),
    feature("stay_total", Dwell, LONG, "ln s the cursor has spent in its slot over all stays"),
    feature("slots_visited", Dwell, [0.0, 5.0], "ln slots the cursor has been in"),
    feature("idle", Time, LONG, "ln s since the cursor last moved or the page last scrolled"),
    feature("idle_brief", Time, SHARE, "exp(-s / 0.4) since either"),
    feature("idle_short", Time, SHARE, "exp(-s / 1.5) since either"),
    feature("rest", Pointer, SHARE, "(s / 2) exp(1 - s / 2) since the cursor last moved; 1 at 2 s"),
    feature("move_after_scroll", Scroll, LONG, "scroll_idle times move_idle_brief"),
    feature("stay_share", Dwell, SHARE, "stay_total over the page view so far"),
    feature("s_adm", Session, FAR, "ln administrative pages of the session"),
    feature("s_admd", Session, FAR, "ln s on administrative pages that were left"),
    feature("s_inf", Session, FAR, "ln informational pages of the session"),
    feature("s_infd", Session, FAR, "ln s on informational pages that were left"),
    feature("s_prod", Session, FAR, "ln product-related pages of the session"),
    feature("s_prodd", Session, FAR, "ln s on product-related pages that were left"),
    feature("s_pages", Session, FAR, "ln pages of the session"),
    feature("s_seconds", Session, FAR, "ln s on pages of the session that were left"),
    feature("s_pace", Session, FAR, "ln s a page"),
    feature("s_prod_share", Session, SHARE, "product-related pages over all pages"),
    feature("s_prod_pace", Session, FAR, "ln s a product-related page"),
    feature("new", Session, SHARE, "the first session of this profile, 0 or 1"),
    feature("returning", Session, SHARE, "a later session of this profile, 0 or 1"),
    feature("weekend", Session, SHARE, "Saturday or Sunday by the visitor's clock, 0 or 1"),
    feature("special_day", Session, SHARE, "nearness of a gift day, as the site tells it"),
    feature("accel", Pointer, [-12.0, 12.0], "ln px/s² of the last movement, with its sign, fading with exp(-s / 0.4)"),
    feature("turn_2s", Pointer, SHARE, "how far the way of 2 s turned from itself: 0 straight on, 1 back and forth"),
    feature("submoves_2s", Pointer, [0.0, 8.0], "submovements in 2 s: peaks of the filtered speed"),
    feature("near", Pointer, [0.0, 9.3], "ln px from the cursor to the nearest slot; 9.21 without one"),
    feature("approach", Pointer, [-12.0, 12.0], "ln px/s at which the cursor nears that slot, below 0 as it goes away, fading with exp(-s / 0.4)"),
    feature("pauses_8s", Pointer, [0.0, 15.0], "rests of the cursor beyond 250 ms that ended in 8 s"),
    feature("scroll_speed", Scroll, FAR, "ln px/s of the last scrolling, fading with exp(-s / 0.4)"),
    feature("read_pace", Scroll, SHARE, "share of 8 s in which the page scrolled little, or rested within 4 s of that"),
    feature("rage", Click, SHARE, "exp(-s / 30) since the last rage burst"),
    feature("dead_15s", Click, [0.0, 4.0], "clicks on nothing in 15 s"),
    feature("corrections_8s", Click, [0.0, 8.0], "things taken back in 8 s: a slot overshot and entered again, a page left by a click and come back to"),
    feature("tag_dwell", Dwell, LONG, "ln s of this session with a tag of the present page"),
    feature("fling_up", Touch, SHARE, "exp(-s / 4) since a finger last flung the page upwards"),
    feature("zoom", Touch, [0.0, 2.1], "ln of the scale of the visual viewport"),
    feature("z_speed", Habit, [-4.0, 4.0], "speed of the last movement in deviations from this visitor's mean, fading with exp(-s / 0.4)"),
    feature("z_pause", Habit, [-4.0, 4.0], "the present rest of the cursor in deviations from this visitor's mean"),
];

/// Features in the vector.
pub const COUNT: usize = TABLE.len();

/// A value for each feature of [`TABLE`].
pub type Vector = [f64; COUNT];

/// The position of a feature by name.
pub fn index_of(name: &str) -> Option<usize> {
    TABLE.iter().position(|feature| feature.name == name)
}

/// The names apart from the meanings, which no page has to download.
pub static NAMES: [&str; COUNT] = {
    let (mut names, mut at) = ([""; COUNT], 0);
    while at < COUNT {
        names[at] = TABLE[at].name;
        at += 1;
    }
    names
};

/// The ranges apart from the words, which no page has to download.
static RANGES: [[f32; 2]; COUNT] = {
    let (mut ranges, mut at) = ([[0.0; 2]; COUNT], 0);
    while at < COUNT {
        ranges[at] = [TABLE[at].range[0] as f32, TABLE[at].range[1] as f32];
        at += 1;
    }
    ranges
};

/// Holds every value to its range; what is not a number becomes 0.
pub(super) fn keep_to_ranges(vector: &mut Vector) {
    for (value, [least, most]) in vector.iter_mut().zip(RANGES) {
        *value = if value.is_nan() { 0.0 } else { value.max(least as f64).min(most as f64) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_fit_a_model_file() {
        let unlike = |at: usize| TABLE[..at].iter().all(|other| other.name != TABLE[at].name);
        assert!((0..COUNT).all(unlike));
        const { assert!(COUNT <= 63) };
    }

    #[test]
    fn who_somebody_is_is_refused_by_any_of_its_words() {
        for name in
            ["age", "visitor_age", "s_sex", "isFemale", "lat", "country_code", "x_ethnicity"]
        {
            assert!(is_forbidden(name), "{name}");
        }
        for text in ["ln s of the visitor's age", "Gender, 0 or 1", "likely nationality"] {
            assert!(is_forbidden(text), "{text}");
        }
        for name in ["s_pages", "dead_15s", "rage", "average page", "lately along the way"] {
            assert!(!is_forbidden(name), "{name}");
        }
    }

    #[test]
    fn values_are_held_to_their_ranges() {
        let mut vector = [f64::NAN; COUNT];
        vector[1] = f64::INFINITY;
        vector[47] = f64::NEG_INFINITY;
        keep_to_ranges(&mut vector);
        assert_eq!((vector[0], vector[1], vector[47]), (0.0, 9.0, -12.0));
    }
}
