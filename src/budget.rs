//! The budget of interruptions: one for all slots that interrupt, and for all tabs.
//!
//! A slot claims an interruption before it shows something. Once claimed it stands for the page
//! view: showing the same slot again after a condition wavered costs nothing. The host holds a lock
//! of all tabs while it asks and claims, and has read before what the others claimed.

use crate::limit::{Bounds, KEYS, Key, MAX_KEYS, Refusal, Seen, Span};
use crate::reading::Reading;
use crate::value::Value;
use alloc::vec::Vec;

/// How much a site may interrupt. The default is: without bound.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Budget(pub Bounds);

impl Budget {
    /// Reads `"budget"`.
    pub fn read(value: &Value, reading: &mut Reading) -> Budget {
        let mut bounds = Bounds::default();
        reading.fields(value, "an object", KEYS, &mut |key, value, reading| {
            let key = if key == "interruptionsPerSession" { "perSession" } else { key };
            bounds.read_key(key, value, reading)
        });
        if value.get("interruptionsPerSession").is_some() && value.get("perSession").is_some() {
            reading.mistake(&["perSession and interruptionsPerSession are one; keep one"]);
        }
        Budget(bounds)
    }

    /// Whether a slot may interrupt now: it has claimed that on this page view, or there is room.
    pub fn may(&self, claims: &Claims, slot: Key, wall: f64) -> Result<(), Refusal<'static>> {
        if claims.has(slot) {
            return Ok(());
        }
        self.0.refusal(&claims.seen, wall).map_or(Ok(()), Err)
    }
}

/// The interruptions so far.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Claims {
    /// How many and when, over all slots.
    seen: Seen,
    /// Slots with a claim on this page view; in memory, as a page view is.
    here: Vec<Key>,
}

impl Claims {
    /// Whether a slot has claimed an interruption on this page view.
    pub fn has(&self, slot: Key) -> bool {
        self.here.contains(&slot)
    }

    /// How many and when, over all slots and tabs.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// A slot interrupts. Says whether that is a new claim: then other tabs should know.
    pub fn claim(&mut self, slot: Key, wall: f64) -> bool {
        if self.has(slot) || self.here.len() >= MAX_KEYS {
            return false;
        }
        self.here.push(slot);
        self.seen.another(wall);
        true
    }

    /// A page view or a session begins. Claims last as long as the page view, through a session that
    /// begins meanwhile.
    pub fn begin(&mut self, span: Span) {
        if span == Span::Page {
            self.here.clear();
        }
        self.seen.begin(span);
    }

    /// Takes over what another tab claimed. `began` is when the session began, where it is the same
    /// in both.
    pub fn merge(&mut self, other: &Claims, began: Option<f64>) {
        self.seen.merge(&other.seen, began);
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        let mut row = Vec::new();
        self.seen.push(&mut row);
        Value::List(row)
    }

    /// What a document still says.
    pub fn from_value(value: &Value) -> Claims {
        Claims { seen: Seen::from_row(value.items()), here: Vec::new() }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::time::{DAY, MINUTE};
    use alloc::string::String;

    const NOON: f64 = 1.7e12;

    fn budget(text: &str) -> Budget {
        let mut reading = Reading::new("budget");
        let budget = Budget::read(&Value::parse(text).unwrap(), &mut reading);
        assert_eq!(reading.into_mistakes(), []);
        budget
    }

    fn slot(name: &str) -> Key {
        Key::of(&[name])
    }

    #[test]
    fn one_interruption_lasts_as_long_as_the_page_view() {
        let (budget, mut claims) = (budget(r#"{"perPage":1,"perSession":2}"#), Claims::default());
        assert_eq!(budget.may(&claims, slot("popup"), NOON), Ok(()));
        assert!(claims.claim(slot("popup"), NOON));
        assert!(!claims.claim(slot("popup"), NOON), "once");
        assert_eq!(budget.may(&claims, slot("popup"), NOON), Ok(()), "it has it already");
        let refusal = budget.may(&claims, slot("banner"), NOON).unwrap_err();
        let mut words = String::new();
        refusal.describe("interrupted", &mut words);
        assert_eq!(words, "interrupted 1 time on this page, at most 1");
        claims.begin(Span::Page);
        assert_eq!(budget.may(&claims, slot("banner"), NOON), Ok(()));
        claims.claim(slot("banner"), NOON);
        claims.begin(Span::Page);
        assert!(budget.may(&claims, slot("popup"), NOON).is_err(), "two in this session");
        claims.begin(Span::Session);
        claims.begin(Span::Page);
        assert_eq!(budget.may(&claims, slot("popup"), NOON), Ok(()));
    }

    #[test]
    fn a_session_that_begins_on_an_open_page_leaves_its_claims() {
        let (budget, mut claims) = (budget(r#"{"perPage":1,"perSession":1}"#), Claims::default());
        claims.claim(slot("popup"), NOON);
        claims.begin(Span::Session);
        assert_eq!(budget.may(&claims, slot("popup"), NOON), Ok(()), "it still stands");
        assert!(budget.may(&claims, slot("banner"), NOON).is_err(), "one on this page");
    }

    #[test]
    fn every_slot_of_a_page_view_counts() {
        let (budget, mut claims) = (budget(r#"{"perVisitor":3,"perPage":2}"#), Claims::default());
        claims.claim(slot("a"), NOON);
        claims.claim(slot("b"), NOON + MINUTE);
        assert!(budget.may(&claims, slot("c"), NOON).is_err());
        claims.begin(Span::Session);
        claims.begin(Span::Page);
        assert_eq!(budget.may(&claims, slot("c"), NOON), Ok(()), "two ever");
        claims.claim(slot("c"), NOON + 2.0 * MINUTE);
        claims.begin(Span::Session);
        claims.begin(Span::Page);
        assert!(budget.may(&claims, slot("c"), NOON).is_err(), "three ever");
    }

    #[test]
    fn tabs_share_it_and_so_does_the_next_visit() {
        let budget = budget(r#"{"interruptionsPerSession":2,"cooldown":"10m"}"#);
        let (mut a, mut b) = (Claims::default(), Claims::default());
        a.claim(slot("popup"), NOON);
        b.merge(&Claims::from_value(&a.to_value()), Some(NOON - MINUTE));
        assert!(budget.may(&b, slot("popup"), NOON + MINUTE).is_err(), "cooling down");
        assert_eq!(budget.may(&b, slot("popup"), NOON + 10.0 * MINUTE), Ok(()));
        b.claim(slot("popup"), NOON + 10.0 * MINUTE);
        a.merge(&Claims::from_value(&b.to_value()), Some(NOON - MINUTE));
        a.begin(Span::Page);
        assert!(budget.may(&a, slot("popup"), NOON + DAY).is_err(), "two in this session");
        let mut again = a.clone();
        again.merge(&b, Some(NOON - MINUTE));
        assert_eq!(again, a);
    }

    #[test]
    fn mistakes_are_named_and_nothing_said_is_no_bound() {
        let mut reading = Reading::new("budget");
        let text = r#"{"perPages":1,"perSession":1,"interruptionsPerSession":2,"until":{}}"#;
        Budget::read(&Value::parse(text).unwrap(), &mut reading);
        let lines: Vec<_> = reading.into_mistakes().iter().map(|it| it.to_line()).collect();
        assert_eq!(
            lines,
            [
                "budget.perPages: unknown key; did you mean perPage?",
                "budget.until: unknown key; known are perPage, perSession, perVisitor, per, cooldown",
                "budget: perSession and interruptionsPerSession are one; keep one",
            ]
        );
        let mut claims = Claims::default();
        (0..999).for_each(|at| {
            claims.begin(Span::Page);
            claims.claim(slot("a"), NOON + f64::from(at));
        });
        assert_eq!(Budget::default().may(&claims, slot("b"), NOON), Ok(()));
    }
}
