//! The condition language: GrowthBook's, whole, over Unspoken's attributes; and `$history`.
//!
//! A condition is compiled once; [`Condition::holds`] then reads attributes through a trait and
//! allocates nothing. What JavaScript would convert is converted as it would ([`compare`]): that is
//! the specification. An attribute of Unspoken's own that is not known is in no order and like no
//! pattern; what the page never told is `null`, as it is there.

pub mod compare;
pub mod decimal;
mod explain;
pub mod fold;
pub mod operator;
pub mod past;
pub mod pattern;
mod read;
pub mod steps;
pub mod version;

use crate::attribute::{Attribute, Attributes, Document, Kind, Read};
use crate::error::Error;
use crate::reading::Reading;
use crate::value::Value;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use compare::Buffer;
use core::cmp::Ordering;
use operator::{EQUAL, FOLD, Family, GREATER, LESS, NOT, Operator};
use past::History;
use pattern::Pattern;

/// How deep conditions may nest: a config is written by people, and recursion has a stack.
pub const MAX_DEPTH: usize = 16;

/// How many parts a condition may have, its saved groups included: each may be tried at every
/// decision.
pub const MAX_NODES: usize = 1_024;

/// How the parts of a group make a whole.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Group {
    /// Every part holds.
    All,
    /// One does, or there are none.
    Any,
    /// Not [`Group::All`].
    NotAll,
    /// Not [`Group::Any`].
    NotAny,
}

impl Group {
    fn is_any(self) -> bool {
        matches!(self, Group::Any | Group::NotAny)
    }

    fn is_not(self) -> bool {
        matches!(self, Group::NotAll | Group::NotAny)
    }
}

/// A compiled condition: a conjunction.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition(Vec<Node>);

/// A part of a condition.
#[derive(Clone, PartialEq, Debug)]
pub enum Node {
    /// Parts that make a whole.
    Group(Group, Vec<Node>),
    /// What an attribute reads passes all of these.
    On(Attribute, Vec<Node>),
    /// What was read, held against an operand.
    Test(&'static Operator, Rc<Value>),
    /// What was read, held against a pattern.
    Match(&'static Operator, Pattern),
    /// The length of the list that was read.
    Size(Vec<Node>),
    /// One of its elements passes all of these.
    Element(Vec<Node>),
    /// For each of these an element that passes it.
    Every(Vec<Node>),
    /// The past.
    History(Box<History>),
    /// Holds never: what could not be understood.
    Never,
}

/// Where a part is tried.
#[derive(Clone, Copy)]
struct Scope<'a> {
    attributes: &'a dyn Attributes,
    /// What was read, and from where.
    it: Read<'a>,
    attribute: Option<&'a Attribute>,
    /// By how much a comparison with a forecast is loosened; below 0 tightened.
    slack: f64,
}

impl<'a> Scope<'a> {
    fn new(attributes: &'a dyn Attributes, slack: f64) -> Scope<'a> {
        Scope { attributes, it: Read::Missing, attribute: None, slack }
    }

    /// On what an attribute reads.
    fn on(self, attribute: &'a Attribute) -> Scope<'a> {
        let it = self.attributes.read(attribute).plain();
        Scope { it, attribute: Some(attribute), ..self }
    }

    /// On a part of what was read.
    fn at(self, it: Read<'a>) -> Scope<'a> {
        Scope { it, slack: 0.0, ..self }
    }

    /// What loosens a whole tightens what it is the opposite of.
    fn within(self, group: Group) -> Scope<'a> {
        Scope { slack: if group.is_not() { -self.slack } else { self.slack }, ..self }
    }
}

impl Condition {
    /// Compiles a condition or returns its first mistake; `path` is where it stands.
    pub fn compile(value: &Value, path: &str) -> Result<Condition, Error> {
        let mut reading = Reading::new(path);
        let condition = Condition::read(value, &mut reading);
        reading.into_result(condition)
    }

    /// Compiles a condition; mistakes are noted, and what they concern never holds.
    pub fn read(value: &Value, reading: &mut Reading) -> Condition {
        Condition(read::condition(value, reading))
    }

    /// Whether it holds.
    pub fn holds(&self, attributes: &dyn Attributes) -> bool {
        self.holds_with(attributes, 0.0)
    }

    /// Whether it holds where forecasts (`intent.*`) may be past the bounds of `$gt $gte $lt $lte`
    /// by `slack`, 0 to 1: what is in force goes on holding a little longer than it takes to begin.
    pub fn holds_with(&self, attributes: &dyn Attributes, slack: f64) -> bool {
        group_holds(Group::All, &self.0, Scope::new(attributes, slack))
    }

    /// Why it holds or does not, in words: the tests that decided, with what was read.
    pub fn because(&self, attributes: &dyn Attributes) -> String {
        explain::because(&self.0, Scope::new(attributes, 0.0))
    }

    /// Each test as data: `{ attribute, operator, asked, saw, held }`.
    pub fn trials(&self, attributes: &dyn Attributes, out: &mut Vec<Value>) {
        explain::trials(&self.0, Scope::new(attributes, 0.0), out);
    }

    /// Every attribute it reads.
    pub fn attributes<'a>(&'a self, out: &mut Vec<&'a Attribute>) {
        collect(&self.0, out);
    }

    /// Every part of it, those inside others too.
    pub fn each(&self, told: &mut dyn FnMut(&Node)) {
        each(&self.0, told);
    }

    /// The patterns that this platform cannot read: they match nothing here.
    pub fn unsupported_here<'a>(&'a self, out: &mut Vec<&'a str>) {
        unsupported(&self.0, out);
    }
}

/// The parts of a part.
fn parts(node: &Node) -> &[Node] {
    match node {
        Node::Group(_, nodes)
        | Node::On(_, nodes)
        | Node::Size(nodes)
        | Node::Element(nodes)
        | Node::Every(nodes) => nodes,
        _ => &[],
    }
}

fn each(nodes: &[Node], told: &mut dyn FnMut(&Node)) {
    for node in nodes {
        told(node);
        each(parts(node), told);
    }
}

fn collect<'a>(nodes: &'a [Node], out: &mut Vec<&'a Attribute>) {
    for node in nodes {
        match node {
            Node::Group(_, nodes) => collect(nodes, out),
            Node::On(attribute, _) if !out.contains(&attribute) => out.push(attribute),
            _ => {}
        }
    }
}

fn unsupported<'a>(nodes: &'a [Node], out: &mut Vec<&'a str>) {
    for node in nodes {
        match node {
            Node::Match(_, pattern) if pattern.is_unsupported() => out.push(pattern.source()),
            node => unsupported(parts(node), out),
        }
    }
}

fn holds(node: &Node, scope: Scope) -> bool {
    match node {
        Node::Group(group, nodes) => group_holds(*group, nodes, scope),
        Node::On(attribute, nodes) => group_holds(Group::All, nodes, scope.on(attribute)),
        Node::Test(operator, operand) => test(operator, operand, scope),
        Node::Match(operator, pattern) => matches(scope.it, pattern) != (operator.mask & NOT > 0),
        Node::Size(nodes) => compare::length(scope.it).is_some_and(|length| {
            group_holds(Group::All, nodes, scope.at(Read::Number(length as f64)))
        }),
        Node::Element(nodes) => (0..compare::length(scope.it).unwrap_or(0)).any(|at| {
            let element = compare::element(scope.it, at);
            let document = Document(match element {
                Read::Value(value) => value,
                _ => &Value::Null,
            });
            let scope = Scope { attributes: &document, ..scope };
            element.exists() && group_holds(Group::All, nodes, scope.at(element))
        }),
        Node::Every(nodes) => compare::length(scope.it).is_some_and(|length| {
            nodes.iter().all(|node| {
                (0..length).any(|at| holds(node, scope.at(compare::element(scope.it, at))))
            })
        }),
        Node::History(history) => {
            let count = history.ask(scope.attributes.past());
            group_holds(Group::All, &history.count, scope.at(Read::Number(count)))
        }
        Node::Never => false,
    }
}

/// A disjunction of nothing holds, as it does in the specification.
fn group_holds(group: Group, nodes: &[Node], scope: Scope) -> bool {
    let (scope, any) = (scope.within(group), group.is_any());
    let mut whole = !any || nodes.is_empty();
    for node in nodes {
        if holds(node, scope) == any {
            whole = any;
            break;
        }
    }
    whole != group.is_not()
}

fn matches(it: Read, pattern: &Pattern) -> bool {
    !matches!(it, Read::Missing) && with_text(it, &mut |text| pattern.is_match(text))
}

/// Asks something of what `value + ""` is.
fn with_text(it: Read, ask: &mut dyn FnMut(&str) -> bool) -> bool {
    match it {
        Read::Text(text) => ask(text),
        it => with_made(it, ask),
    }
}

// Out of line, as all that has a buffer: `holds` calls itself, and the page's stack is 64 KiB. And a
// kilobyte has to be cleared first, which takes longer than most tests.
#[inline(never)]
fn with_made(it: Read, ask: &mut dyn FnMut(&str) -> bool) -> bool {
    ask(compare::text(it, &mut Buffer::default()))
}

#[inline(never)]
fn test(operator: &Operator, operand: &Value, scope: Scope) -> bool {
    let (it, mask) = (scope.it, operator.mask);
    let other = Read::Value(operand).plain();
    let passed = match operator.family {
        Family::Is => return is(it, operand, mask),
        Family::Order => return ordered(scope, other, mask),
        Family::Version => return accepts(compare::version(it, other), mask),
        Family::Exists => it.exists() == compare::truth(other),
        Family::Type => operand.as_str() == Some(compare::kind(it)),
        Family::In | Family::Group => match compare::length(it) {
            Some(length) => (0..length).any(|at| among(compare::element(it, at), operand, mask)),
            None => among(it, operand, mask),
        },
        _ => compare::same(it, operand),
    };
    passed != (mask & NOT > 0)
}

/// Whether it is one of a list's elements.
fn among(it: Read, operand: &Value, mask: u8) -> bool {
    operand.items().iter().any(|other| match (it, other) {
        (Read::Text(text), Value::Text(other)) if mask & FOLD > 0 => fold::same(text, other),
        _ => compare::same(it, other),
    })
}

/// Whether a bare value is what was read. Nothing but `null` is what is not known.
fn is(it: Read, operand: &Value, mask: u8) -> bool {
    match operand {
        _ if matches!(it, Read::Missing) => *operand == Value::Null,
        Value::Null => !it.exists(),
        Value::Bool(flag) => it.exists() && compare::truth(it) == *flag,
        Value::Number(number) => compare::number(it) == *number,
        Value::Text(other) => with_text(it, &mut |text| {
            if mask & FOLD > 0 { fold::same(text, other) } else { text == other }
        }),
        Value::List(_) | Value::Map(_) => compare::same_json(it, operand),
    }
}

fn ordered(scope: Scope, other: Read, mask: u8) -> bool {
    if scope.attribute.is_some_and(|attribute| attribute.kind() == Kind::Intent) {
        let slack = if mask & LESS > 0 { -scope.slack } else { scope.slack };
        return accepts(compare::order(scope.it, other, slack), mask);
    }
    accepts(compare::order(scope.it, other, 0.0), mask)
}

/// Of what cannot be compared only the opposite of "equal" holds.
fn accepts(order: Option<Ordering>, mask: u8) -> bool {
    let bit = match order {
        Some(Ordering::Less) => LESS,
        Some(Ordering::Equal) => EQUAL,
        Some(Ordering::Greater) => GREATER,
        None => return mask == LESS | GREATER,
    };
    mask & bit > 0
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::host::Native;

    fn condition(text: &str) -> Result<Condition, Error> {
        let mut reading = Reading::on(Rc::new(Native));
        let above = reading.enter("when");
        let condition = Condition::read(&Value::parse(text).unwrap(), &mut reading);
        reading.leave(above);
        reading.into_result(condition)
    }

    #[test]
    fn mistakes_are_named_with_their_path() {
        let error = |text: &str| condition(text).unwrap_err().to_line();
        assert!(error(r#"{"a":{"$gte":[1]}}"#).starts_with("when.a.$gte: expected a number"));
        assert!(error(r#"{"$or":{"a":1}}"#).starts_with("when.$or: expected a list"));
        assert!(
            error(r#"{"$or":[{"a":{"$near":1}}]}"#).starts_with("when.$or[0].a.$near: unknown")
        );
        assert!(error("[]").starts_with("when: expected an object"));
        let deep = "{\"$not\":".repeat(40) + "{}" + &"}".repeat(40);
        assert!(error(&deep).contains("too deeply"));
    }

    #[test]
    fn the_reason_names_the_tests_that_decided() {
        let page = Value::parse(r#"{"a":0.72,"b":"x"}"#).unwrap();
        let because = |text: &str| condition(text).unwrap().because(&Document(&page));
        assert_eq!(because(r#"{"a":{"$gte":0.6}}"#), "a is 0.72 (asked: at least 0.6)");
        assert_eq!(because(r#"{"a":{"$gt":0.8},"b":"x"}"#), "a is 0.72 (asked: more than 0.8)");
        assert_eq!(
            because(r#"{"$or":[{"c":{"$exists":true}},{"b":{"$in":["x","y"]}}]}"#),
            "b is \"x\" (asked: one of \"x\", \"y\")"
        );
        assert_eq!(because("{}"), "nothing is asked");
    }
}
