//! The condition language: the operators and nesting of GrowthBook's public SDK specification, over
//! Unspoken's attributes.
//!
//! A condition is compiled once; [`Condition::holds`] then reads attributes through a trait and
//! allocates nothing. So far `$and $or $not`, `$eq $ne $gt $gte $lt $lte $in $exists`, and a bare
//! value for `$eq`; any other operator is an error with its path.

use crate::attribute::{Attribute, Attributes, Read};
use crate::error::Error;
use crate::reading::Reading;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// How deep conditions may nest: a config is written by people, and recursion has a stack.
pub const MAX_DEPTH: usize = 16;

/// How an attribute is held against an operand.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Operator {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    Exists,
}

/// Each operator, in the order of [`Operator`]: in a condition, and what it asks in words.
const OPERATORS: [(&str, Operator, &str); 8] = [
    ("$eq", Operator::Eq, ""),
    ("$ne", Operator::Ne, "not "),
    ("$gt", Operator::Gt, "more than "),
    ("$gte", Operator::Gte, "at least "),
    ("$lt", Operator::Lt, "less than "),
    ("$lte", Operator::Lte, "at most "),
    ("$in", Operator::In, "one of "),
    ("$exists", Operator::Exists, ""),
];

/// How the parts of a group make a whole.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Group {
    All,
    Any,
    NotAll,
}

/// A compiled condition: a conjunction.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition(Vec<Node>);

#[derive(Clone, PartialEq, Debug)]
enum Node {
    Group(Group, Vec<Node>),
    Test(Attribute, Operator, Value),
}

impl Condition {
    /// Compiles a condition or returns its first mistake; `path` is where it stands.
    pub fn compile(value: &Value, path: &str) -> Result<Condition, Error> {
        let mut reading = Reading::new(path);
        let condition = Condition::read(value, &mut reading);
        reading.into_result(condition)
    }

    /// Compiles a condition; mistakes are noted.
    pub fn read(value: &Value, reading: &mut Reading) -> Condition {
        let mut nodes = Vec::new();
        conjunction(value, 0, &mut nodes, reading);
        Condition(nodes)
    }

    /// Whether it holds.
    pub fn holds(&self, attributes: &dyn Attributes) -> bool {
        group_holds(Group::All, &self.0, attributes)
    }

    /// The same, while the rule is in force.
    pub fn holds_with(&self, attributes: &dyn Attributes, _slack: f64) -> bool {
        self.holds(attributes)
    }

    /// Why it holds or does not, in words: the tests that decided, with what was read.
    pub fn because(&self, attributes: &dyn Attributes) -> String {
        let mut out = String::new();
        because(Group::All, &self.0, attributes, self.holds(attributes), &mut out);
        if out.is_empty() {
            out.push_str("nothing is asked");
        }
        out
    }

    /// Every attribute it reads.
    pub fn attributes<'a>(&'a self, out: &mut Vec<&'a Attribute>) {
        collect(&self.0, out);
    }
}

fn collect<'a>(nodes: &'a [Node], out: &mut Vec<&'a Attribute>) {
    for node in nodes {
        match node {
            Node::Group(_, nodes) => collect(nodes, out),
            Node::Test(attribute, ..) if !out.contains(&attribute) => out.push(attribute),
            Node::Test(..) => {}
        }
    }
}

fn is_too_deep(depth: usize, reading: &mut Reading) -> bool {
    if depth > MAX_DEPTH {
        reading.mistake(&["nested too deeply: at most 16 levels"]);
    }
    depth > MAX_DEPTH
}

/// Compiles the entries of an object, which all have to hold.
fn conjunction(value: &Value, depth: usize, all: &mut Vec<Node>, reading: &mut Reading) {
    if is_too_deep(depth, reading) {
        return;
    }
    for (key, value) in reading.object(value, "an object of attributes and tests") {
        let above = reading.enter(key);
        let mut nodes = Vec::new();
        let group = match key.as_str() {
            "$and" => Some(Group::All),
            "$or" => Some(Group::Any),
            "$not" => Some(Group::NotAll),
            _ => None,
        };
        match group {
            Some(Group::NotAll) => conjunction(value, depth + 1, &mut nodes, reading),
            Some(_) => {
                for (at, item) in reading.list(value, "a list of conditions").iter().enumerate() {
                    let above = reading.enter_item(at);
                    let mut inner = Vec::new();
                    conjunction(item, depth + 1, &mut inner, reading);
                    nodes.push(Node::Group(Group::All, inner));
                    reading.leave(above);
                }
            }
            None if key.starts_with('$') => unknown(key, reading),
            None => tests(&Attribute::parse(key), value, depth, all, reading),
        }
        if let Some(group) = group {
            all.push(Node::Group(group, nodes));
        }
        reading.leave(above);
    }
}

/// Compiles what an attribute is held against: a bare value, or an object of operators.
fn tests(
    attribute: &Attribute,
    value: &Value,
    depth: usize,
    all: &mut Vec<Node>,
    reading: &mut Reading,
) {
    if is_too_deep(depth, reading) {
        return;
    }
    let operators = value.entries();
    if operators.is_empty() || !operators.iter().all(|(key, _)| key.starts_with('$')) {
        all.push(Node::Test(attribute.clone(), Operator::Eq, value.clone()));
        return;
    }
    for (key, operand) in operators {
        let above = reading.enter(key);
        if key == "$not" {
            let mut inner = Vec::new();
            tests(attribute, operand, depth + 1, &mut inner, reading);
            all.push(Node::Group(Group::NotAll, inner));
        } else if let Some((_, operator, _)) = OPERATORS.iter().find(|(name, ..)| name == key) {
            let (fits, wanted) = match operator {
                Operator::Eq | Operator::Ne => (true, ""),
                Operator::In => (matches!(operand, Value::List(_)), "a list"),
                Operator::Exists => (matches!(operand, Value::Bool(_)), "true or false"),
                _ => (matches!(operand, Value::Number(_) | Value::Text(_)), "a number or a string"),
            };
            if !fits {
                reading.expected(wanted, operand);
            }
            all.push(Node::Test(attribute.clone(), *operator, operand.clone()));
        } else {
            unknown(key, reading);
        }
        reading.leave(above);
    }
}

#[cold]
fn unknown(key: &str, reading: &mut Reading) {
    let known = "; known are $and $or $not $eq $ne $gt $gte $lt $lte $in $exists";
    reading.mistake(&["unknown operator ", key, known]);
}

fn holds(node: &Node, attributes: &dyn Attributes) -> bool {
    match node {
        Node::Group(group, nodes) => group_holds(*group, nodes, attributes),
        Node::Test(attribute, operator, operand) => {
            passes(&attributes.read(attribute), *operator, operand)
        }
    }
}

/// A disjunction of nothing holds, as it does in the specification.
fn group_holds(group: Group, nodes: &[Node], attributes: &dyn Attributes) -> bool {
    match group {
        Group::All => nodes.iter().all(|node| holds(node, attributes)),
        Group::Any => nodes.is_empty() || nodes.iter().any(|node| holds(node, attributes)),
        Group::NotAll => !group_holds(Group::All, nodes, attributes),
    }
}

fn passes(read: &Read, operator: Operator, operand: &Value) -> bool {
    let order = |fits: fn(core::cmp::Ordering) -> bool| read.compare(operand).is_some_and(fits);
    match operator {
        Operator::Eq => read.equals(operand),
        Operator::Ne => !read.equals(operand),
        Operator::Gt => order(core::cmp::Ordering::is_gt),
        Operator::Gte => order(core::cmp::Ordering::is_ge),
        Operator::Lt => order(core::cmp::Ordering::is_lt),
        Operator::Lte => order(core::cmp::Ordering::is_le),
        Operator::In => read.is_among(operand.items()),
        Operator::Exists => Some(read.exists()) == operand.as_bool(),
    }
}

/// Writes the tests that made a group come out as `outcome`.
fn because(
    group: Group,
    nodes: &[Node],
    attributes: &dyn Attributes,
    outcome: bool,
    out: &mut String,
) {
    let outcome = outcome != (group == Group::NotAll);
    // A conjunction fails by its first failing part, a disjunction holds by its first holding one;
    // otherwise every part had a say.
    let one_is_enough = (group == Group::Any) == outcome;
    for part in nodes {
        if holds(part, attributes) != outcome {
            continue;
        }
        match part {
            Node::Group(group, nodes) => because(*group, nodes, attributes, outcome, out),
            Node::Test(attribute, operator, operand) => {
                if !out.is_empty() {
                    out.push_str(" and ");
                }
                describe(attribute, &attributes.read(attribute), *operator, operand, out);
            }
        }
        if one_is_enough {
            return;
        }
    }
}

fn describe(
    attribute: &Attribute,
    read: &Read,
    operator: Operator,
    operand: &Value,
    out: &mut String,
) {
    out.push_str(attribute.name());
    out.push_str(" is ");
    read.describe(out);
    out.push_str(" (asked: ");
    out.push_str(OPERATORS[operator as usize].2);
    match (operator, operand) {
        (Operator::In, Value::List(operands)) => {
            for (at, operand) in operands.iter().take(5).enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                operand.describe(out);
            }
        }
        (Operator::Exists, Value::Bool(true)) => out.push_str("known"),
        (Operator::Exists, _) => out.push_str("not known"),
        _ => operand.describe(out),
    }
    out.push(')');
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    struct Page(Value);

    impl Attributes for Page {
        fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
            self.0.get(attribute.name()).into()
        }
    }

    fn condition(text: &str) -> Result<Condition, Error> {
        Condition::compile(&Value::parse(text).unwrap(), "when")
    }

    #[test]
    fn the_shared_vectors_hold() {
        let text = include_str!("../tests/vectors/conditions.json");
        let cases = Value::parse(text).unwrap();
        let cases = cases.get("cases").unwrap().items();
        assert!(cases.len() >= 30);
        for case in cases {
            let name = case.text("name").unwrap();
            let compiled = Condition::compile(case.get("when").unwrap(), "when").unwrap();
            let page = Page(case.get("attributes").unwrap().clone());
            assert_eq!(
                compiled.holds(&page),
                case.get("holds").unwrap().as_bool().unwrap(),
                "{name}"
            );
        }
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
        let page = Page(Value::parse(r#"{"a":0.72,"b":"x"}"#).unwrap());
        let because = |text: &str| condition(text).unwrap().because(&page);
        assert_eq!(because(r#"{"a":{"$gte":0.6}}"#), "a is 0.72 (asked: at least 0.6)");
        assert_eq!(because(r#"{"a":{"$gt":0.8},"b":"x"}"#), "a is 0.72 (asked: more than 0.8)");
        assert_eq!(
            because(r#"{"$or":[{"c":{"$exists":true}},{"b":{"$in":["x","y"]}}]}"#),
            "b is \"x\" (asked: one of \"x\", \"y\")"
        );
        assert_eq!(because("{}"), "nothing is asked");
    }
}
