//! Journeys: where a visitor stands on a way that outlives the visit.
//!
//! A journey is a machine of states; events and time move it. What is kept of it is the name of its
//! state and since when, so that a config may change: a state that it no longer has becomes the
//! start. One event moves a journey by one transition at most; time by as many as are due, each at
//! the moment it was, so that it does not matter how often one looks.

mod read;

pub use read::{read, warnings};

use crate::attribute::{Attributes, Read};
use crate::condition::Condition;
use crate::entry::{Entries, Entry};
use crate::time::{DAY, Millis, SECOND};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Journeys of a site.
pub const MAX_JOURNEYS: usize = 16;
/// States of a journey.
pub const MAX_STATES: usize = 16;
/// Transitions out of a state.
pub const MAX_TRANSITIONS: usize = 16;
/// Bytes of the name of a journey or a state: both are kept in the profile.
pub const MAX_NAME: usize = 40;
/// Entries of [`Steps`]: with their bytes the longest names of every journey fit.
const MAX_KEPT: usize = 48;
/// Transitions that are due by time and made at once; past it the rest of the time is let go, since
/// a cycle of short ones might have gone round since the last visit a million times.
pub const MAX_STEPS: usize = 2 * MAX_STATES;

/// A way out of a state.
#[derive(Clone, PartialEq, Debug)]
pub struct Transition {
    /// The event that makes it; `None` where time does.
    pub on: Option<String>,
    /// ms in the state before it can be made.
    pub after: Millis,
    /// What else has to hold.
    pub when: Option<Condition>,
    /// The state it leads to, by position.
    pub to: usize,
}

/// A state.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// Its name.
    pub name: String,
    /// Tried in order; the first that can be made is.
    pub transitions: Vec<Transition>,
}

/// A journey. The first state is the start; there is at least one.
#[derive(Clone, PartialEq, Debug)]
pub struct Journey {
    /// Its name.
    pub name: String,
    /// In document order.
    pub states: Vec<State>,
}

/// A journey that changes its state.
#[derive(Clone, PartialEq, Debug)]
pub struct Move {
    /// The journey, by position.
    pub journey: usize,
    /// The state it was in, by position; that it now has where it had none yet.
    pub from: usize,
    /// The state it is in, by position.
    pub to: usize,
    /// Since when, ms since 1970.
    pub since: f64,
}
/// Moves that are due at `wall`: by `event`, if there is one, and by time. `attributes` is what
/// conditions read: all of them see the states from before.
pub fn due(
    journeys: &[Journey],
    steps: &Steps,
    event: Option<&str>,
    wall: f64,
    attributes: &dyn Attributes,
) -> Vec<Move> {
    let mut moves = Vec::new();
    for (at, journey) in journeys.iter().enumerate() {
        if let Some((from, to, since)) = journey.due(steps, event, wall, attributes) {
            moves.push(Move { journey: at, from, to, since });
        }
    }
    moves
}

impl Journey {
    /// The state it is in, by position, and since when; `None` where it has not begun, or the config
    /// has no such state any more.
    fn place(&self, steps: &Steps) -> Option<(usize, f64)> {
        let entry = steps.0.get(&self.name)?;
        let name = entry.value.as_str()?;
        Some((self.states.iter().position(|state| state.name == name)?, entry.at))
    }

    /// The state it is in.
    pub fn state(&self, steps: &Steps) -> &State {
        &self.states[self.place(steps).map_or(0, |(at, _)| at)]
    }

    /// Its state's name, or the seconds in it at `wall`.
    #[inline(never)]
    pub(crate) fn known(&self, steps: &Steps, name: bool, wall: f64) -> Read<'_> {
        if name {
            return Read::Text(&self.state(steps).name);
        }
        Read::Number(self.spent(steps, wall) / SECOND)
    }

    /// ms in its state at `wall`; 0 where it has not begun.
    pub fn spent(&self, steps: &Steps, wall: f64) -> Millis {
        self.place(steps).map_or(0.0, |(_, since)| crate::number::max(wall - since, 0.0))
    }

    /// From where to where, and since when, if it moves.
    fn due(
        &self,
        steps: &Steps,
        event: Option<&str>,
        wall: f64,
        attributes: &dyn Attributes,
    ) -> Option<(usize, usize, f64)> {
        let place = self.place(steps);
        let (from, mut since) = place.unwrap_or((0, wall));
        let mut has_moved = place.is_none();
        // A clock that was ahead by more than a day has been put right.
        if since > wall + DAY {
            (since, has_moved) = (wall, true);
        }
        let mut at = from;
        for step in 0.. {
            let Some((to, moment)) = self.next(at, None, since, wall, attributes) else { break };
            (at, since, has_moved) = (to, moment, true);
            if step == MAX_STEPS {
                since = wall;
                break;
            }
        }
        if event.is_some()
            && let Some((to, moment)) = self.next(at, event, since, wall, attributes)
        {
            (at, since, has_moved) = (to, moment, true);
        }
        has_moved.then_some((from, at, since))
    }

    /// The state that an event, or time, leads to, and when it does.
    fn next(
        &self,
        at: usize,
        event: Option<&str>,
        since: f64,
        wall: f64,
        attributes: &dyn Attributes,
    ) -> Option<(usize, f64)> {
        let mut first: Option<(usize, f64)> = None;
        for transition in &self.states.get(at)?.transitions {
            let due = since + transition.after;
            if transition.on.as_deref() != event
                || (due > wall && transition.after > 0.0)
                || transition.when.as_ref().is_some_and(|when| !when.holds(attributes))
            {
                continue;
            }
            if event.is_some() {
                return Some((transition.to, wall));
            }
            // A condition may have begun to hold just now.
            let moment = if transition.when.is_some() { wall } else { due };
            if first.is_none_or(|(_, earliest)| moment < earliest) {
                first = Some((transition.to, moment));
            }
        }
        first
    }
}

/// Where each journey stands.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Steps(Entries);
impl Steps {
    /// Makes moves. Says whether a state changed: then slots are decided afresh.
    pub fn make(&mut self, journeys: &[Journey], moves: &[Move]) -> bool {
        let mut changed = false;
        // Those of an older config make room.
        self.0.keep(&|name| journeys.iter().any(|journey| journey.name == name));
        for it in moves {
            let journey = &journeys[it.journey];
            let state = journey.states[it.to].name.as_str();
            changed |= journey.state(self).name != state;
            let (name, value) = (journey.name.clone(), Value::from(state));
            self.0.put(Entry { name, value, at: it.since }, MAX_KEPT);
        }
        changed
    }

    /// Takes over the later states of another tab. Says whether any was news.
    pub fn merge(&mut self, other: Steps) -> bool {
        self.0.merge(other.0, false, MAX_KEPT)
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        self.0.to_value()
    }

    /// What a document still says.
    pub fn from_value(value: &Value) -> Steps {
        let fits = |value: &Value| value.as_str().is_some_and(|state| state.len() <= MAX_NAME);
        Steps(Entries::from_value(value, fits, MAX_KEPT))
    }
}
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::attribute::{Attribute, Read};
    use crate::reading::Reading;
    use crate::time::MINUTE;

    const NOON: f64 = 1.7e12;
    const CART: &str = r#"{"cart":{"states":{
        "browsing":[{"on":"add_to_cart","to":"filled"}],
        "filled":[{"on":"purchase","to":"bought"},{"on":"visit","after":"1h","to":"returned"}],
        "returned":[{"on":"exposure:banner/remind","to":"reminded","when":{"plan":"free"}},
                    {"on":"purchase","to":"bought"}],
        "reminded":[{"on":"purchase","to":"bought"}],
        "bought":[{"after":"30d","to":"browsing"}]}}}"#;

    struct Page(Value);

    impl Attributes for Page {
        fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
            self.0.get(attribute.name()).into()
        }
    }

    fn journeys(text: &str) -> Vec<Journey> {
        let mut reading = Reading::new("journeys");
        let journeys = read(&Value::parse(text).unwrap(), &mut reading);
        assert_eq!(reading.into_mistakes(), []);
        journeys
    }

    /// A visitor, and what happens to them.
    struct Visitor {
        journeys: Vec<Journey>,
        steps: Steps,
        page: Page,
    }

    impl Visitor {
        fn new(text: &str) -> Visitor {
            let (steps, page) = (Steps::default(), Page(Value::map().with("plan", "free")));
            Visitor { journeys: journeys(text), steps, page }
        }

        /// The state of the first journey after an event, or only time.
        fn at(&mut self, event: Option<&str>, ms: f64) -> &str {
            let moves = due(&self.journeys, &self.steps, event, NOON + ms, &self.page);
            self.steps.make(&self.journeys, &moves);
            &self.journeys[0].state(&self.steps).name
        }
    }

    #[test]
    fn events_move_it_and_it_outlives_the_visit() {
        let mut visitor = Visitor::new(CART);
        assert_eq!(visitor.at(None, 0.0), "browsing");
        assert_eq!(visitor.at(Some("purchase"), 1.0), "browsing", "not from here");
        assert_eq!(visitor.at(Some("add_to_cart"), 2.0), "filled");
        assert_eq!(visitor.at(Some("visit"), 3.0), "filled", "not within the hour");
        let json = Value::parse(&visitor.steps.to_value().to_json()).unwrap();
        let mut again = Visitor { steps: Steps::from_value(&json), ..Visitor::new(CART) };
        assert_eq!(again.steps, visitor.steps);
        assert_eq!(again.at(Some("visit"), DAY), "returned");
        assert_eq!(again.journeys[0].spent(&again.steps, NOON + DAY + 5.0), 5.0);
    }

    #[test]
    fn an_event_asks_its_condition_and_moves_once() {
        let mut visitor = Visitor::new(CART);
        visitor.at(Some("add_to_cart"), 0.0);
        visitor.at(Some("visit"), DAY);
        visitor.page = Page(Value::map().with("plan", "pro"));
        assert_eq!(visitor.at(Some("exposure:banner/remind"), DAY), "returned");
        visitor.page = Page(Value::map().with("plan", "free"));
        assert_eq!(visitor.at(Some("exposure:banner/remind"), DAY), "reminded");
        let text =
            r#"{"a":{"states":{"x":[{"on":"e","to":"y"}],"y":[{"on":"e","to":"z"}],"z":[]}}}"#;
        let mut visitor = Visitor::new(text);
        assert_eq!(visitor.at(Some("e"), 0.0), "y");
        assert_eq!(visitor.at(Some("e"), 0.0), "z");
    }

    #[test]
    fn it_does_not_matter_how_often_one_looks() {
        let text = r#"{"a":{"states":{
            "x":[{"after":"3d","to":"z"},{"after":"1d","to":"y"}],
            "y":[{"after":"1d","to":"z"}],
            "z":[{"after":"5d","to":"x"}]}}}"#;
        let (mut often, mut seldom) = (Visitor::new(text), Visitor::new(text));
        often.at(None, 0.0);
        seldom.at(None, 0.0);
        for hour in 0..24 * 40 {
            often.at(None, f64::from(hour) * 60.0 * MINUTE);
            if hour % 211 == 0 {
                seldom.at(None, f64::from(hour) * 60.0 * MINUTE);
                assert_eq!(seldom.steps, often.steps, "hour {hour}");
            }
        }
        assert_eq!(often.at(None, 7.0 * 6.0 * DAY + DAY), "y", "the earlier of two");
    }

    #[test]
    fn a_short_cycle_after_a_long_time_ends() {
        let text =
            r#"{"a":{"states":{"x":[{"after":"1ms","to":"y"}],"y":[{"after":"1ms","to":"x"}]}}}"#;
        let mut visitor = Visitor::new(text);
        visitor.at(None, 0.0);
        visitor.at(None, 900.0 * DAY);
        assert_eq!(visitor.journeys[0].spent(&visitor.steps, NOON + 900.0 * DAY), 0.0);
    }

    #[test]
    fn a_state_that_is_gone_is_the_start_and_a_clock_put_right_is_believed() {
        let mut visitor = Visitor::new(CART);
        visitor.at(Some("add_to_cart"), 900.0 * DAY);
        assert_eq!(visitor.at(Some("purchase"), 900.0 * DAY), "bought");
        assert_eq!(visitor.at(None, 0.0), "bought");
        assert_eq!(visitor.at(None, 29.0 * DAY), "bought");
        assert_eq!(visitor.at(None, 30.0 * DAY), "browsing");
        visitor.at(Some("add_to_cart"), 31.0 * DAY);
        visitor.journeys =
            journeys(r#"{"cart":{"states":{"new":[{"after":"1d","to":"old"}],"old":[]}}}"#);
        assert_eq!(visitor.at(None, 31.0 * DAY), "new");
        assert_eq!(visitor.at(None, 31.5 * DAY), "new");
        assert_eq!(visitor.at(None, 32.0 * DAY), "old");
    }

    #[test]
    fn every_journey_fits_with_the_longest_names() {
        const { assert!(MAX_JOURNEYS * 2 * MAX_NAME <= MAX_KEPT * crate::entry::EACH) };
        let mut visitor = Visitor::new(CART);
        visitor.at(None, 0.0);
        visitor.journeys = journeys(&CART.replace("cart", "other"));
        visitor.at(None, 0.0);
        assert!(visitor.steps.0.get("cart").is_none(), "the config has it no more");
    }

    #[test]
    fn of_two_tabs_the_later_state_holds() {
        let (mut a, mut b) = (Visitor::new(CART), Visitor::new(CART));
        a.at(Some("add_to_cart"), 0.0);
        b.at(None, 5.0);
        b.at(Some("add_to_cart"), 6.0);
        b.at(Some("purchase"), 7.0);
        let (mut ab, mut ba) = (a.steps.clone(), b.steps.clone());
        assert!(ab.merge(b.steps.clone()));
        assert!(!ba.merge(a.steps));
        assert_eq!(ab, ba);
        assert!(!ab.merge(b.steps));
        assert_eq!(b.journeys[0].state(&ab).name, "bought");
    }

    #[test]
    fn looking_allocates_nothing() {
        let mut visitor = Visitor::new(CART);
        visitor.at(Some("add_to_cart"), 0.0);
        let allocated = allocation_counter::measure(|| {
            let moves = due(&visitor.journeys, &visitor.steps, None, NOON, &visitor.page);
            assert!(moves.is_empty());
        });
        assert_eq!(allocated.count_total, 0);
    }
}
