//! Journeys as a picture: their states, what moves them, and who reads each state.
//!
//! [`drawings`] finds out what there is to draw, [`mermaid`] and [`svg`] write it down. Which states
//! a rule reads is not guessed from the text of its condition: each test on `journey.<name>` is held
//! against every state.

mod layout;
mod mermaid;
mod svg;

pub use mermaid::mermaid;
pub use svg::svg;

use unspoken::attribute::{Attribute, Attributes, Read};
use unspoken::condition::Condition;
use unspoken::journey::{Journey, Transition};
use unspoken::reading::Reading;
use unspoken::text::push_duration;
use unspoken::value::Value;

/// A journey, ready to be drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawing {
    /// Its name.
    pub name: String,
    /// Its states, the start first.
    pub states: Vec<StateBox>,
    /// Its transitions; those between the same two states are one.
    pub edges: Vec<Edge>,
    /// Who reads how long it has been in a state.
    pub timed: Vec<String>,
}

/// A state.
#[derive(Clone, PartialEq, Debug)]
pub struct StateBox {
    /// Its name.
    pub name: String,
    /// Whether any transition leads here from the start, or it is the start.
    pub reached: bool,
    /// Who reads it: `hero: owner` is the rule `owner` of the slot `hero`.
    pub readers: Vec<String>,
}

/// All transitions from one state to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Edge {
    /// Where from, by position.
    pub from: usize,
    /// Where to, by position.
    pub to: usize,
    /// What makes each of them, a line each.
    pub labels: Vec<String>,
}

/// What is to be drawn of a site's journeys; `document` is the config they are from.
pub fn drawings(journeys: &[Journey], document: &Value) -> Vec<Drawing> {
    let mut drawings: Vec<Drawing> =
        journeys.iter().map(|journey| drawing(journey, document)).collect();
    let mut readers = Readers { journeys, drawings: &mut drawings };
    readers.walk(document, &mut Vec::new(), true);
    drawings
}

fn drawing(journey: &Journey, document: &Value) -> Drawing {
    let written = document.at("journeys").at(&journey.name).at("states");
    let unreached = journey.unreached();
    let states = journey.states.iter().enumerate().map(|(at, state)| StateBox {
        name: state.name.clone(),
        reached: !unreached.contains(&at),
        readers: Vec::new(),
    });
    let mut edges: Vec<Edge> = Vec::new();
    for (from, state) in journey.states.iter().enumerate() {
        let rows = written.at(&state.name).items();
        for (at, transition) in state.transitions.iter().enumerate() {
            let when = rows.get(at).and_then(|row| row.get("when"));
            let label = label(transition, when);
            match edges.iter_mut().find(|edge| (edge.from, edge.to) == (from, transition.to)) {
                Some(edge) => edge.labels.push(label),
                None => edges.push(Edge { from, to: transition.to, labels: vec![label] }),
            }
        }
    }
    Drawing { name: journey.name.clone(), states: states.collect(), edges, timed: Vec::new() }
}

/// `visit, after 1 h, if plan is pro`.
fn label(transition: &Transition, when: Option<&Value>) -> String {
    let mut parts = Vec::new();
    parts.extend(transition.on.clone());
    if transition.after > 0.0 || transition.on.is_none() {
        let mut text = String::from("after ");
        push_duration(&mut text, transition.after);
        parts.push(if transition.after > 0.0 { text } else { "at once".into() });
    }
    if let Some(when) = when {
        parts.push(format!("if {}", short(&condition(when), MOST)));
    }
    parts.join(", ")
}

/// Characters of a condition in a label; the config has all of it.
const MOST: usize = 48;

fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

/// A condition as it is written, without what JSON needs and a reader does not.
fn condition(value: &Value) -> String {
    let one = |(name, value): &(String, Value)| match value {
        Value::Map(tests) if !tests.is_empty() => format!("{name} {}", condition(value)),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(condition).collect();
            format!("{name} [{}]", items.join(", "))
        }
        _ => format!("{name} {}", condition(value)),
    };
    match value {
        Value::Map(entries) => entries.iter().map(one).collect::<Vec<_>>().join(" and "),
        Value::Text(text) => text.clone(),
        other => other.to_json(),
    }
}

/// A journey in one state, and nothing else.
struct In<'a>(&'a str);

impl Attributes for In<'_> {
    fn read<'a>(&'a self, _: &'a Attribute) -> Read<'a> {
        Read::Text(self.0)
    }
}

/// Looks for tests of journeys in a whole document.
struct Readers<'a> {
    journeys: &'a [Journey],
    drawings: &'a mut [Drawing],
}

impl Readers<'_> {
    /// Goes down; `path` is where, `holds` whether what stands here has to hold or to fail.
    fn walk<'v>(&mut self, value: &'v Value, path: &mut Vec<(String, &'v Value)>, holds: bool) {
        for (key, inner) in value.entries() {
            let name = key.strip_prefix("journey.").unwrap_or("");
            for at in 0..self.journeys.len() {
                if self.journeys[at].name == name {
                    self.states(at, key, inner, &reader(path), holds);
                } else if name.strip_suffix(".seconds") == Some(&self.journeys[at].name) {
                    push(&mut self.drawings[at].timed, &reader(path));
                }
            }
            path.push((key.clone(), inner));
            self.walk(inner, path, holds != matches!(key.as_str(), "$not" | "$nor"));
            path.pop();
        }
        for (at, inner) in value.items().iter().enumerate() {
            path.push((format!("[{at}]"), inner));
            self.walk(inner, path, holds);
            path.pop();
        }
    }

    /// Notes a reader at each state that a test asks for.
    fn states(&mut self, at: usize, key: &str, test: &Value, reader: &str, holds: bool) {
        let test = Value::Map(vec![(key.into(), test.clone())]);
        let test = Condition::read(&test, &mut Reading::default());
        for (state, drawn) in self.journeys[at].states.iter().zip(&mut self.drawings[at].states) {
            if test.holds(&In(&state.name)) == holds {
                push(&mut drawn.readers, reader);
            }
        }
    }
}

fn push(readers: &mut Vec<String>, reader: &str) {
    if !readers.iter().any(|known| known == reader) {
        readers.push(reader.into());
    }
}

/// Who stands at a path: a rule of a slot or a feature by its id, a transition of a journey by its
/// state, anything else by its place.
fn reader(path: &[(String, &Value)]) -> String {
    let key = |at: usize| path.get(at).map_or("", |(key, _)| key);
    match (key(0), key(2)) {
        ("slots" | "features", "rules") if path.len() > 3 => {
            let rule =
                path[3].1.text("id").map_or_else(|| format!("rules{}", key(3)), String::from);
            format!("{}: {rule}", key(1))
        }
        ("slots" | "features", _) => key(1).into(),
        ("journeys", "states") => format!("journey {}: {}", key(1), key(3)),
        _ => path.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>().join("."),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use unspoken::journey;

    pub const SHOP: &str = r#"{
        "slots": {
            "hero": { "rules": [
                { "id": "owner", "when": { "journey.cart": "bought" }, "show": "care" },
                { "id": "back", "when": { "$or": [ { "journey.cart": { "$in": ["returned", "reminded"] } } ] }, "show": "cart" },
                { "id": "late", "when": { "journey.cart.seconds": { "$gt": 60 } }, "show": "x" },
                { "when": { "$not": { "journey.cart": "browsing" } }, "show": "y" } ] },
            "banner": { "rules": [ { "id": "all", "when": { "journey.cart": { "$ne": "bought" }, "journey.card": "x" }, "show": "remind" } ] } },
        "journeys": {
            "cart": { "states": {
                "browsing": [ { "on": "add_to_cart", "to": "filled" } ],
                "filled":   [ { "on": "purchase", "to": "bought" }, { "on": "visit", "after": "1h", "to": "returned" }, { "on": "cart_emptied", "to": "browsing" } ],
                "returned": [ { "on": "exposure:banner/remind", "to": "reminded", "when": { "plan": { "$in": ["free", "trial"] } } }, { "on": "purchase", "to": "bought" } ],
                "reminded": [ { "on": "purchase", "to": "bought" }, { "on": "visit", "to": "reminded" } ],
                "bought":   [ { "after": "30d", "to": "browsing" }, { "on": "add_to_cart", "to": "browsing" } ],
                "lost":     [ { "after": "0s", "when": { "journey.cart": "x" }, "to": "browsing" } ] } },
            "trial": { "states": { "none": [ { "on": "signup", "to": "running" } ], "running": [ { "after": "14d", "to": "over" } ], "over": [] } } } }"#;

    pub fn shop() -> Vec<Drawing> {
        let document = Value::parse(SHOP).unwrap();
        let mut reading = Reading::default();
        let journeys = journey::read(document.at("journeys"), &mut reading);
        assert_eq!(reading.into_mistakes(), []);
        drawings(&journeys, &document)
    }

    #[test]
    fn each_state_knows_its_readers() {
        let [cart, trial] = &shop()[..] else { panic!("two journeys") };
        let readers = |name: &str| {
            let state = cart.states.iter().find(|state| state.name == name).unwrap();
            state.readers.iter().map(String::as_str).collect::<Vec<_>>()
        };
        assert_eq!(readers("browsing"), ["banner: all"]);
        assert_eq!(readers("bought"), ["hero: owner", "hero: rules[3]"]);
        assert_eq!(readers("returned"), ["hero: back", "hero: rules[3]", "banner: all"]);
        assert_eq!(cart.timed, ["hero: late"]);
        assert!(trial.states.iter().all(|state| state.readers.is_empty()));
    }

    #[test]
    fn transitions_between_the_same_two_are_one_edge() {
        let cart = &shop()[0];
        let labels = |from: usize, to: usize| {
            let edge = cart.edges.iter().find(|edge| (edge.from, edge.to) == (from, to));
            edge.map(|edge| edge.labels.join(" | ")).unwrap_or_default()
        };
        assert_eq!(labels(4, 0), "after 30 d | add_to_cart");
        assert_eq!(labels(1, 2), "visit, after 1 h");
        assert_eq!(labels(2, 3), "exposure:banner/remind, if plan $in [free, trial]");
        assert_eq!(labels(5, 0), "at once, if journey.cart x");
        assert_eq!(labels(3, 3), "visit");
        assert_eq!(cart.states.iter().filter(|state| !state.reached).count(), 1);
    }

    #[test]
    fn long_conditions_are_cut() {
        assert_eq!(short(&"ä".repeat(60), 3), "äää…");
        let when = Value::parse(r#"{"a":1,"b":{"$gt":2},"$or":[{"c":true},{"d":null}]}"#).unwrap();
        assert_eq!(condition(&when), "a 1 and b $gt 2 and $or [c true, d null]");
    }
}
