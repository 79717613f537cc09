//! Reading journeys from a config, and what is wrong with them.

use super::{Journey, MAX_JOURNEYS, MAX_NAME, MAX_STATES, MAX_TRANSITIONS, State, Transition};
use crate::condition::Condition;
use crate::error::Error;
use crate::reading::{Reading, duration};
use crate::text::concat;
use crate::value::Value;
use alloc::vec::Vec;

/// Reads `"journeys"`. One with a mistake is left out.
#[inline(never)]
pub fn read(value: &Value, reading: &mut Reading) -> Vec<Journey> {
    let mut journeys = Vec::new();
    reading.fields(value, "an object", "", &mut |name, value, reading| {
        if journeys.len() >= MAX_JOURNEYS {
            reading.mistake(&["one journey too many, at most 16"]);
        } else if let Some(journey) = Journey::read(name, value, reading) {
            journeys.push(journey);
        }
        true
    });
    journeys
}

/// States that nobody reaches: allowed, and probably not meant.
pub fn warnings(journeys: &[Journey]) -> Vec<Error> {
    let mut warnings = Vec::new();
    for journey in journeys {
        for at in journey.unreached() {
            let path = concat(&["journeys.", &journey.name, ".states.", &journey.states[at].name]);
            warnings.push(Error::new(path, "no transition leads here from the first state"));
        }
    }
    warnings
}

impl Journey {
    /// Reads one journey; `None` where it has a mistake.
    pub fn read(name: &str, value: &Value, reading: &mut Reading) -> Option<Journey> {
        let before = reading.count();
        let mut states = Vec::new();
        is_name(name, reading);
        let mut names = Vec::new();
        for (name, _) in value.at("states").entries() {
            names.push(name.as_str());
        }
        reading.fields(value, "an object", "states", &mut |key, value, reading| {
            if key != "states" {
                return false;
            }
            reading.fields(value, "an object", "", &mut |name, value, reading| {
                is_name(name, reading);
                let transitions = transitions(value, &names, reading);
                states.push(State { name: name.into(), transitions });
                true
            });
            if states.is_empty() || states.len() > MAX_STATES {
                reading.mistake(&["expected 1 to 16 states"]);
            }
            true
        });
        if value.get("states").is_none() && matches!(value, Value::Map(_)) {
            reading.mistake(&["a journey needs \"states\""]);
        }
        let journey = Journey { name: name.into(), states };
        if reading.count() == before
            && let Some(state) = journey.restless()
        {
            let name = journey.states[state].name.as_str();
            reading.mistake(&["goes round without end: ", name, " leads back to itself at once"]);
        }
        (reading.count() == before).then_some(journey)
    }

    /// A state that leads back to itself without an event and without any time.
    fn restless(&self) -> Option<usize> {
        let all = 0..self.states.len();
        all.clone().find(|start| {
            let at_once =
                |transition: &Transition| transition.on.is_none() && transition.after == 0.0;
            self.reach(*start, &at_once) >> start & 1 == 1
        })
    }

    /// The states that can be reached from one by transitions of a kind, as bits; itself only where
    /// a way leads back.
    fn reach(&self, start: usize, kind: &dyn Fn(&Transition) -> bool) -> u32 {
        let (mut reached, mut fresh) = (0u32, 1u32 << start);
        while fresh != 0 {
            let mut next = 0;
            for (at, state) in self.states.iter().enumerate() {
                for transition in &state.transitions {
                    if fresh >> at & 1 == 1 && kind(transition) {
                        next |= 1 << transition.to;
                    }
                }
            }
            fresh = next & !reached;
            reached |= next;
        }
        reached
    }

    /// States that nobody reaches, by position: probably not meant.
    pub fn unreached(&self) -> Vec<usize> {
        let reached = self.reach(0, &|_| true) | 1;
        (0..self.states.len()).filter(|at| reached >> at & 1 == 0).collect()
    }
}

fn is_name(name: &str, reading: &mut Reading) {
    if !(1..=MAX_NAME).contains(&name.len()) {
        reading.mistake(&["a name has 1 to 40 bytes"]);
    }
}

fn transitions(value: &Value, names: &[&str], reading: &mut Reading) -> Vec<Transition> {
    let mut transitions = Vec::new();
    let list = reading.list(value, "a list of transitions");
    if list.len() > MAX_TRANSITIONS {
        #[cfg(target_arch = "wasm32")]
        reading.mistake(&[]);
        #[cfg(not(target_arch = "wasm32"))]
        {
            let mut count = alloc::string::String::new();
            crate::text::push_integer(&mut count, list.len() as u64);
            reading.mistake(&["at most 16 transitions, got ", &count]);
        }
    }
    for (at, value) in list.iter().enumerate().take(MAX_TRANSITIONS) {
        let above = reading.enter_item(at);
        let mut transition = Transition { on: None, after: 0.0, when: None, to: usize::MAX };
        reading.fields(value, "an object", "on, after, when, to", &mut |key, value, reading| {
            match key {
                "on" => match value.as_str().filter(|name| !name.is_empty()) {
                    Some(name) => {
                        reading.event(name);
                        transition.on = Some(name.into());
                    }
                    None => reading.expected("the name of an event", value),
                },
                "after" => transition.after = duration(value, reading),
                "when" => transition.when = Some(Condition::read(value, reading)),
                "to" => match names.iter().position(|name| value.as_str() == Some(name)) {
                    Some(state) => transition.to = state,
                    None => reading.mistake(&["no such state"]),
                },
                _ => return false,
            }
            true
        });
        for (key, missing) in [
            ("a transition needs \"to\"", value.get("to").is_none()),
            (
                "a transition needs \"on\" or \"after\"",
                value.get("on").is_none() && value.get("after").is_none(),
            ),
        ] {
            if missing && matches!(value, Value::Map(_)) {
                reading.mistake(&[key]);
            }
        }
        transitions.push(transition);
        reading.leave(above);
    }
    transitions
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const CART: &str = r#"{"cart":{"states":{
        "browsing":[{"on":"add_to_cart","to":"filled"}],
        "filled":[{"on":"purchase","to":"bought"},{"on":"visit","after":"1h","to":"returned"}],
        "returned":[{"on":"exposure:banner/remind","to":"reminded","when":{"plan":"free"}},
                    {"on":"purchase","to":"bought"}],
        "reminded":[{"on":"purchase","to":"bought"}],
        "bought":[{"after":"30d","to":"browsing"}]}}}"#;

    fn journeys(text: &str) -> Vec<Journey> {
        let mut reading = Reading::new("journeys");
        let journeys = read(&Value::parse(text).unwrap(), &mut reading);
        assert_eq!(reading.into_mistakes(), []);
        journeys
    }

    fn mistakes(text: &str) -> Vec<String> {
        let mut reading = Reading::new("journeys");
        let left = read(&Value::parse(text).unwrap(), &mut reading);
        assert!(left.is_empty(), "left out");
        reading.into_mistakes().iter().map(|mistake| mistake.to_line()).collect()
    }

    #[test]
    fn mistakes_are_named_and_the_journey_is_left_out() {
        assert_eq!(
            mistakes(
                r#"{"a":{"states":{"x":[{"on":"e","to":"w"},{"to":"x"},{"on":5,"when":7,"to":"x"},
                    {"after":"1d"},{"afer":"1d","on":"e","to":"x"},3]}}}"#
            ),
            [
                "journeys.a.states.x[0].to: no such state",
                "journeys.a.states.x[1]: a transition needs \"on\" or \"after\"",
                "journeys.a.states.x[2].on: expected the name of an event, got a number",
                "journeys.a.states.x[2].when: expected an object of attributes and tests, got a \
                 number",
                "journeys.a.states.x[3]: a transition needs \"to\"",
                "journeys.a.states.x[4].afer: unknown key; did you mean after?",
                "journeys.a.states.x[5]: expected an object, got a number",
            ]
        );
        assert_eq!(mistakes(r#"{"a":{}}"#), ["journeys.a: a journey needs \"states\""]);
        assert_eq!(
            mistakes(r#"{"a":{"states":{}}}"#),
            ["journeys.a.states: expected 1 to 16 states"]
        );
        let states: Vec<_> = (0..17).map(|at| alloc::format!("\"s{at}\":[]")).collect();
        let text = alloc::format!(r#"{{"a":{{"states":{{{}}}}}}}"#, states.join(","));
        assert_eq!(mistakes(&text), ["journeys.a.states: expected 1 to 16 states"]);
        let many = [r#"{"on":"e","to":"x"}"#; 17].join(",");
        let text = alloc::format!(r#"{{"a":{{"states":{{"x":[{many}]}}}}}}"#);
        assert_eq!(mistakes(&text), ["journeys.a.states.x: at most 16 transitions, got 17"]);
        let name = "n".repeat(41);
        assert_eq!(mistakes(&alloc::format!(r#"{{"{name}":{{"states":{{"x":[]}}}}}}"#)).len(), 1);
    }

    #[test]
    fn seventeen_journeys_are_one_too_many() {
        let all: Vec<_> =
            (0..17).map(|at| alloc::format!(r#""j{at}":{{"states":{{"x":[]}}}}"#)).collect();
        let mut reading = Reading::new("journeys");
        let text = alloc::format!("{{{}}}", all.join(","));
        assert_eq!(read(&Value::parse(&text).unwrap(), &mut reading).len(), 16);
        let line = reading.into_mistakes()[0].to_line();
        assert_eq!(line, "journeys.j16: one journey too many, at most 16");
    }

    #[test]
    fn what_goes_round_without_end_and_what_nobody_reaches_is_found() {
        let round = r#"{"a":{"states":{"s":[{"on":"e","to":"x"}],
            "x":[{"after":"0s","to":"y"}],"y":[{"after":"0s","when":{"p":1},"to":"x"}]}}}"#;
        assert_eq!(
            mistakes(round),
            ["journeys.a: goes round without end: x leads back to itself at once"]
        );
        // An event or a second in between is no such cycle; nor is a chain.
        journeys(&round.replace(r#""after":"0s","when""#, r#""after":"1s","when""#));
        journeys(&round.replace(r#""after":"0s","when""#, r#""on":"e","when""#));
        let lost = r#"{"a":{"states":{"s":[{"on":"e","to":"x"}],"x":[],"y":[{"on":"e","to":"z"}],
            "z":[{"on":"e","to":"y"}]}}}"#;
        let found: Vec<_> = warnings(&journeys(lost)).iter().map(Error::to_line).collect();
        let text = "no transition leads here from the first state";
        let line = |state| alloc::format!("journeys.a.states.{state}: {text}");
        assert_eq!(found, [line("y"), line("z")]);
        assert!(journeys(CART)[0].unreached().is_empty());
    }

    #[test]
    fn events_are_noted_for_the_history() {
        let mut reading = Reading::new("");
        read(&Value::parse(CART).unwrap(), &mut reading);
        let names = ["add_to_cart", "purchase", "visit", "exposure:banner/remind"];
        assert_eq!(reading.events, names);
    }
}
