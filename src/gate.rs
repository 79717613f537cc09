//! Gates: moments at which what a slot shows does not change.
//!
//! Someone types, was just refused by a form, is paying, reads, is at home with a keyboard or a
//! screen reader in the very slot, or does not want things to move. [`Gates`] takes signals and keeps
//! when such things last happened; [`Gates::closed`] names the gate that is closed, so that a reason
//! can be given. docs/deciding.md has the words for those who write configs.
//!
//! # `reading`
//! Closed while the page was scrolled in the last 8 s, and either
//! - **steadily**: by at most [`READ`] px in all. Skimming goes at 450 words a minute (Carver 1992,
//!   Reading rate: theory, research, and practical implications, Journal of Reading 36). In lines of
//!   10 words (60 characters) and 24 px (16 px set 1.5 apart) that is 18 px/s, or 144 px in 8 s; and
//!   half of what scrolls by on a page is no text. Whoever goes further in that time passes over it; or
//! - **just now**: the last scroll is less than [`SETTLED`] ago. Whoever goes a long way is in the midst
//!   of looking for something, and whoever has stopped after it begins to read. After that the page
//!   shows no more sign of either, and interrupting between two things costs less than in the midst of
//!   one (Iqbal and Bailey 2008, Effects of intelligent notification management on users and their
//!   tasks, CHI, doi 10.1145/1357054.1357070).
//!
//! Both are features: `scroll_8s` and `scroll_idle`. A page that was never scrolled shows nothing,
//! so there the gate is open. On 114 real recordings of shopping result pages (AdSERP; half a minute
//! each) it is closed for 62 % of the time, in half of them never for longer than 10.5 s, and in 95 %
//! never for longer than 22 s (`cargo test --test gates -- --nocapture`).

use crate::feature::Vector;
use crate::reading::Reading;
use crate::signal::{Role, Signal};
use crate::time::{Millis, SECOND};
use crate::value::Value;
use alloc::string::String;

/// The gates, in the order of their bits.
pub const NAMES: [&str; 6] =
    ["typing", "form-error", "checkout", "reading", "reduced-motion", "screen-reader"];

/// After the last character or click in a text field: somebody looks for the next word.
const TYPED: Millis = 10.0 * SECOND;
/// After a form was refused: somebody mends it.
const REFUSED: Millis = 30.0 * SECOND;
/// After the focus moved by keyboard: a screen reader reads out what it came to.
const MOVED: Millis = 5.0 * SECOND;
/// The most that is scrolled in 8 s by somebody who reads, CSS px.
pub const READ: f64 = 300.0;
/// Less is no scrolling but a finger's tremor, CSS px.
pub const TREMOR: f64 = 8.0;
/// A page that has come to rest shows no more that it is read after this.
pub const SETTLED: Millis = 3.0 * SECOND;

/// Positions in the table of features, which never change.
const SCROLL_IDLE: usize = 4;
const SCROLL_8S: usize = 18;
/// The bounds above as these features have them: ln(1 + px), ln(1 + s).
const LN_TREMOR: f64 = 2.197_224_577_336_219_6;
const LN_READ: f64 = 5.707_110_264_748_875;
const LN_SETTLED: f64 = 1.386_294_361_119_890_6;

/// Some of the gates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GateSet(u8);

impl GateSet {
    /// None of them.
    pub const NONE: GateSet = GateSet(0);
    /// `typing`, `form-error` and `checkout`: those of a slot that says nothing.
    pub const DEFAULT: GateSet = GateSet(0b000_111);
    /// All of them: those of a slot that interrupts and says nothing.
    pub const ALL: GateSet = GateSet(0b111_111);

    /// Reads `notNow`: a list of names. What is no gate is a mistake, and left out.
    pub fn read(value: &Value, reading: &mut Reading) -> GateSet {
        let mut set = GateSet::NONE;
        for (at, item) in reading.list(value, "a list of gates").iter().enumerate() {
            let above = reading.enter_item(at);
            match item.as_str().and_then(|name| NAMES.iter().position(|known| *known == name)) {
                Some(gate) => set.0 |= 1 << gate,
                None => reading.mistake(&[
                    "expected typing, form-error, checkout, reading, reduced-motion or screen-reader",
                ]),
            }
            reading.leave(above);
        }
        set
    }

    /// Whether a gate is among them.
    pub fn has(self, name: &str) -> bool {
        NAMES.iter().enumerate().any(|(at, known)| *known == name && self.0 & 1 << at != 0)
    }
}

/// What the gates ask of the moment, beyond the signals they have seen.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The page's clock.
    pub now: Millis,
    /// The page's kind.
    pub kind: &'a str,
    /// The features of the latest forecast.
    pub vector: &'a Vector,
    /// The visitor prefers reduced motion.
    pub reduced: bool,
}

/// What the gates remember of a page.
#[derive(Clone, PartialEq, Debug)]
pub struct Gates {
    in_field: bool,
    typed: Millis,
    refused: Millis,
    moved: Millis,
    /// The slot in which the focus stands that was moved by keyboard; empty where it is in none.
    focus: String,
}

impl Default for Gates {
    fn default() -> Gates {
        let never = Millis::NEG_INFINITY;
        Gates { in_field: false, typed: never, refused: never, moved: never, focus: String::new() }
    }
}

impl Gates {
    /// Takes a signal.
    pub fn update(&mut self, signal: &Signal, now: Millis) {
        match signal {
            Signal::Typing => (self.in_field, self.typed) = (true, now),
            Signal::Click { role: Role::Field, .. } if self.in_field => self.typed = now,
            Signal::FormError => self.refused = now,
            Signal::Focus { slot, keyboard, field } => {
                self.in_field = *field;
                self.focus.clear();
                if *keyboard {
                    self.moved = now;
                    self.focus.push_str(slot.as_deref().unwrap_or(""));
                } else if *field {
                    self.typed = now;
                }
            }
            // What had the focus is gone from the page, and browsers tell of that no more.
            Signal::Dismiss { slot } | Signal::Force { slot, .. } if *slot == self.focus => {
                self.focus.clear()
            }
            // Another page has other forms. The focus stays where it is.
            Signal::Page(_) => {
                (self.typed, self.refused) = (Millis::NEG_INFINITY, Millis::NEG_INFINITY);
            }
            _ => {}
        }
    }

    /// The name of the first gate of `set` that is closed for a slot; `None` where all are open.
    /// `in_view`: some of the slot is in view, or it is not known.
    pub fn closed(
        &self,
        set: GateSet,
        slot: &str,
        in_view: bool,
        moment: &Moment,
    ) -> Option<&'static str> {
        let now = moment.now;
        for (at, name) in NAMES.iter().enumerate() {
            let is_closed = set.0 & 1 << at != 0
                && match at {
                    0 => self.in_field && now - self.typed < TYPED,
                    1 => now - self.refused < REFUSED,
                    2 => moment.kind == "checkout" || moment.kind == "payment",
                    3 => reads(moment.vector),
                    4 => moment.reduced && in_view,
                    _ => self.focus == slot || now - self.moved < MOVED,
                };
            if is_closed {
                return Some(name);
            }
        }
        None
    }
}

/// Whether the visitor reads, as far as scrolling shows it.
pub fn reads(vector: &Vector) -> bool {
    let (way, idle) = (vector[SCROLL_8S], vector[SCROLL_IDLE]);
    way >= LN_TREMOR && (way <= LN_READ || idle < LN_SETTLED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::{COUNT, Features, Told, index_of};
    use crate::layout::Layout;

    const HERO: &str = "hero";

    fn moment(now: Millis, vector: &Vector) -> Moment<'_> {
        Moment { now, kind: "product", vector, reduced: false }
    }

    fn told(signals: &[(Millis, Signal)]) -> Gates {
        let mut gates = Gates::default();
        signals.iter().for_each(|(at, signal)| gates.update(signal, *at));
        gates
    }

    fn at(gates: &Gates, now: Millis) -> Option<&'static str> {
        gates.closed(GateSet::ALL, HERO, true, &moment(now, &[0.0; COUNT]))
    }

    fn focus(slot: Option<&str>, keyboard: bool, field: bool) -> Signal {
        Signal::Focus { slot: slot.map(String::from), keyboard, field }
    }

    #[test]
    fn a_set_is_read_and_each_mistake_is_named() {
        let read = |text: &str| {
            let mut reading = Reading::new("slots.hero.notNow");
            let set = GateSet::read(&Value::parse(text).unwrap(), &mut reading);
            let mistakes = reading.into_mistakes();
            (set, mistakes.iter().map(|mistake| mistake.to_line()).collect::<Vec<_>>())
        };
        assert_eq!(read("[]"), (GateSet::NONE, vec![]));
        assert_eq!(read(r#"["typing","form-error","checkout"]"#), (GateSet::DEFAULT, vec![]));
        let all: Vec<Value> = NAMES.iter().map(|name| Value::from(*name)).collect();
        assert_eq!(read(&Value::List(all).to_json()), (GateSet::ALL, vec![]));
        let (set, mistakes) = read(r#"["reading","sleeping",3]"#);
        assert!(set.has("reading") && !set.has("typing") && !set.has("sleeping"));
        assert_eq!(mistakes.len(), 2);
        assert!(mistakes[0].starts_with("slots.hero.notNow[1]: expected typing"), "{mistakes:?}");
        let (set, mistakes) = read("true");
        assert_eq!((set, mistakes.len()), (GateSet::NONE, 1));
    }

    #[test]
    fn typing_closes_for_ten_seconds_and_leaving_the_field_opens() {
        let gates = told(&[(1_000.0, Signal::Typing)]);
        assert_eq!(at(&gates, 10_999.0), Some("typing"));
        assert_eq!(at(&gates, 11_000.0), None);
        let clicked = (1_000.0, focus(None, false, true));
        assert_eq!(at(&told(std::slice::from_ref(&clicked)), 5_000.0), Some("typing"));
        let left = told(&[clicked.clone(), (2_000.0, focus(None, false, false))]);
        assert_eq!(at(&left, 2_001.0), None);
        let again = Signal::Click { x: 1.0, y: 1.0, slot: None, role: Role::Field };
        let again = [clicked.clone(), (9_000.0, again)];
        assert_eq!(at(&told(&again), 18_999.0), Some("typing"));
        assert_eq!(at(&told(&again[1..]), 9_001.0), None, "a box that is ticked is no text");
        // From field to field by keyboard: it is the same form.
        let tabbed =
            [clicked.clone(), (2_000.0, Signal::Typing), (3_000.0, focus(None, true, true))];
        assert_eq!(at(&told(&tabbed), 8_500.0), Some("typing"));
        // But a field that was only come to by keyboard is not typed into.
        let only = GateSet::DEFAULT;
        let come = told(&[(1_000.0, focus(None, true, true))]);
        assert_eq!(come.closed(only, HERO, true, &moment(1_001.0, &[0.0; COUNT])), None);
        assert_eq!(
            at(&told(&[clicked, (3_000.0, Signal::Page(Default::default()))]), 3_001.0),
            None
        );
    }

    #[test]
    fn a_refused_form_and_a_checkout_close() {
        let gates = told(&[(1_000.0, Signal::FormError)]);
        assert_eq!(at(&gates, 30_999.0), Some("form-error"));
        assert_eq!(at(&gates, 31_000.0), None);
        let vector = [0.0; COUNT];
        for (kind, gate) in
            [("checkout", Some("checkout")), ("payment", Some("checkout")), ("cart", None)]
        {
            let moment = Moment { kind, ..moment(0.0, &vector) };
            assert_eq!(Gates::default().closed(GateSet::DEFAULT, HERO, true, &moment), gate);
        }
    }

    #[test]
    fn reduced_motion_closes_what_is_in_view() {
        let vector = [0.0; COUNT];
        let moment = Moment { reduced: true, ..moment(0.0, &vector) };
        let gates = Gates::default();
        assert_eq!(gates.closed(GateSet::ALL, HERO, true, &moment), Some("reduced-motion"));
        assert_eq!(gates.closed(GateSet::ALL, HERO, false, &moment), None);
        assert_eq!(gates.closed(GateSet::DEFAULT, HERO, true, &moment), None);
    }

    #[test]
    fn keyboard_focus_closes_everywhere_for_five_seconds_and_in_its_slot_for_as_long_as_it_stays() {
        let gates = told(&[(1_000.0, focus(Some(HERO), true, false))]);
        let closed =
            |slot: &str, now| gates.closed(GateSet::ALL, slot, true, &moment(now, &[0.0; COUNT]));
        assert_eq!(closed("tip", 5_999.0), Some("screen-reader"));
        assert_eq!(closed("tip", 6_000.0), None);
        assert_eq!(closed(HERO, 900_000.0), Some("screen-reader"));
        // By pointer it is no sign of either.
        assert_eq!(at(&told(&[(1_000.0, focus(Some(HERO), false, false))]), 1_001.0), None);
        let lost =
            [(1_000.0, focus(Some(HERO), true, false)), (2_000.0, focus(None, false, false))];
        assert_eq!(at(&told(&lost), 6_000.0), None);
        let sent_away = [
            (1_000.0, focus(Some(HERO), true, false)),
            (2_000.0, Signal::Dismiss { slot: HERO.into() }),
        ];
        assert_eq!(at(&told(&sent_away), 6_000.0), None);
    }

    /// The gate `reading` at each point of the grid, when the page is scrolled by `step` px every
    /// `every` ms until `until`.
    fn reading(step: f64, every: u32, until: u32) -> Vec<bool> {
        let (mut features, layout, mut y) = (Features::new(0.0), Layout::default(), 0.0);
        let mut closed = vec![];
        for now in (0..20_000).step_by(10) {
            if now % every == 0 && now <= until {
                y += step;
                features.update(&Signal::Scroll { y, inner: false }, now.into(), &layout);
            }
            if now % 250 == 0 {
                closed.push(reads(&features.vector(now.into(), &layout, &Told::default())));
            }
        }
        closed
    }

    #[test]
    fn the_bounds_are_those_of_the_features() {
        assert_eq!(
            (index_of("scroll_idle"), index_of("scroll_8s")),
            (Some(SCROLL_IDLE), Some(SCROLL_8S))
        );
        assert_eq!([LN_TREMOR, LN_READ], [TREMOR, READ].map(libm::log1p));
        assert_eq!(LN_SETTLED, libm::log1p(SETTLED / SECOND));
    }

    #[test]
    fn a_notch_now_and_then_is_reading_for_eight_seconds_and_a_rush_for_three() {
        let second = |closed: &[bool], at: f64| closed[(at * 4.0) as usize];
        assert!(reading(100.0, 4_000, 20_000).iter().all(|closed| *closed));
        let notch = reading(100.0, 4_000, 0);
        assert!(second(&notch, 7.75) && !second(&notch, 8.25));
        // 100 px every 100 ms for ten seconds: 1,000 px/s.
        let rush = reading(100.0, 100, 10_000);
        assert!(second(&rush, 2.0) && second(&rush, 9.75), "while it lasts");
        assert!(second(&rush, 12.75) && !second(&rush, 13.0), "and three seconds after");
        assert!(reading(0.0, 100, 20_000).iter().all(|closed| !closed), "a page not scrolled");
        assert!(reading(0.1, 1_000, 20_000).iter().all(|closed| !closed), "tremor");
    }
}
