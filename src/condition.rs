//! The condition language: the operators and nesting of GrowthBook's public SDK specification, over
//! Unspoken's attributes.
//!
//! A condition is compiled once; [`Condition::holds`] then reads attributes through a trait and
//! allocates nothing. So far `$and $or $not`, `$eq $ne $gt $gte $lt $lte $in $exists`, and a bare
//! value for `$eq`; any other operator is an error with its path.

use crate::attribute::{Attribute, Attributes, Read};
use crate::error::Error;
use crate::text::{concat, index, join, push_number};
use crate::value::Value;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// How deep conditions may nest: a config is written by people, and recursion has a stack.
pub const MAX_DEPTH: usize = 16;

/// What an attribute is held against.
#[derive(Clone, PartialEq, Debug)]
enum Test {
    Eq(Value),
    Ne(Value),
    Gt(Value),
    Gte(Value),
    Lt(Value),
    Lte(Value),
    In(Vec<Value>),
    Exists(bool),
}

/// A compiled condition.
#[derive(Clone, PartialEq, Debug)]
pub struct Condition(Node);

#[derive(Clone, PartialEq, Debug)]
enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Test(Attribute, Test),
}

impl Condition {
    /// Compiles a condition; `path` is where it stands, for errors.
    pub fn compile(value: &Value, path: &str) -> Result<Condition, Error> {
        node(value, path, 0).map(Condition)
    }

    /// Whether it holds.
    pub fn holds(&self, attributes: &dyn Attributes) -> bool {
        holds(&self.0, attributes)
    }

    /// Why it holds or does not, in words: the tests that decided, with what was read.
    pub fn because(&self, attributes: &dyn Attributes) -> String {
        let mut out = String::new();
        because(&self.0, attributes, self.holds(attributes), &mut out);
        if out.is_empty() {
            out.push_str("nothing is asked");
        }
        out
    }

    /// Every attribute it reads.
    pub fn attributes<'a>(&'a self, out: &mut Vec<&'a Attribute>) {
        fn collect<'a>(node: &'a Node, out: &mut Vec<&'a Attribute>) {
            match node {
                Node::All(nodes) | Node::Any(nodes) => {
                    nodes.iter().for_each(|node| collect(node, out));
                }
                Node::Not(node) => collect(node, out),
                Node::Test(attribute, _) if !out.contains(&attribute) => out.push(attribute),
                Node::Test(..) => {}
            }
        }
        collect(&self.0, out);
    }
}

fn node(value: &Value, path: &str, depth: usize) -> Result<Node, Error> {
    if depth > MAX_DEPTH {
        return Err(Error::new(path, "nested too deeply: at most 16 levels"));
    }
    let Value::Map(entries) = value else {
        let message = concat(&["expected an object of attributes and tests, got ", value.kind()]);
        return Err(Error::new(path, message));
    };
    let mut all = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        let path = join(path, key);
        match key.as_str() {
            "$and" => all.push(Node::All(nodes(value, &path, depth)?)),
            "$or" => all.push(Node::Any(nodes(value, &path, depth)?)),
            "$not" => all.push(Node::Not(Box::new(node(value, &path, depth + 1)?))),
            key if key.starts_with('$') => return Err(unknown(key, &path)),
            key => tests(&Attribute::parse(key), value, &path, depth, &mut all)?,
        }
    }
    Ok(if all.len() == 1 { all.remove(0) } else { Node::All(all) })
}

fn nodes(value: &Value, path: &str, depth: usize) -> Result<Vec<Node>, Error> {
    let Value::List(items) = value else {
        let message = concat(&["expected a list of conditions, got ", value.kind()]);
        return Err(Error::new(path, message));
    };
    let numbered = items.iter().enumerate();
    numbered.map(|(at, item)| node(item, &index(path, at), depth + 1)).collect()
}

fn tests(
    attribute: &Attribute,
    value: &Value,
    path: &str,
    depth: usize,
    all: &mut Vec<Node>,
) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::new(path, "nested too deeply: at most 16 levels"));
    }
    let operators = value.entries();
    if operators.is_empty() || !operators.iter().all(|(key, _)| key.starts_with('$')) {
        all.push(Node::Test(attribute.clone(), Test::Eq(value.clone())));
        return Ok(());
    }
    for (key, operand) in operators {
        let path = join(path, key);
        let test = match key.as_str() {
            "$eq" => Test::Eq(operand.clone()),
            "$ne" => Test::Ne(operand.clone()),
            "$gt" => Test::Gt(ordered(operand, &path)?),
            "$gte" => Test::Gte(ordered(operand, &path)?),
            "$lt" => Test::Lt(ordered(operand, &path)?),
            "$lte" => Test::Lte(ordered(operand, &path)?),
            "$in" => match operand {
                Value::List(items) => Test::In(items.clone()),
                other => {
                    let message = concat(&["expected a list, got ", other.kind()]);
                    return Err(Error::new(path, message));
                }
            },
            "$exists" => Test::Exists(operand.as_bool().ok_or_else(|| {
                Error::new(&path[..], concat(&["expected true or false, got ", operand.kind()]))
            })?),
            "$not" => {
                let mut inner = Vec::new();
                tests(attribute, operand, &path, depth + 1, &mut inner)?;
                all.push(Node::Not(Box::new(Node::All(inner))));
                continue;
            }
            _ => return Err(unknown(key, &path)),
        };
        all.push(Node::Test(attribute.clone(), test));
    }
    Ok(())
}

#[cold]
fn unknown(key: &str, path: &str) -> Error {
    Error::new(
        path,
        concat(&[
            "unknown operator ",
            key,
            "; known are $and $or $not $eq $ne $gt $gte $lt $lte $in $exists",
        ]),
    )
}

fn ordered(operand: &Value, path: &str) -> Result<Value, Error> {
    match operand {
        Value::Number(_) | Value::Text(_) => Ok(operand.clone()),
        other => {
            let message = concat(&["expected a number or a string, got ", other.kind()]);
            Err(Error::new(path, message))
        }
    }
}

fn holds(node: &Node, attributes: &dyn Attributes) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|node| holds(node, attributes)),
        Node::Any(nodes) => nodes.is_empty() || nodes.iter().any(|node| holds(node, attributes)),
        Node::Not(node) => !holds(node, attributes),
        Node::Test(attribute, test) => passes(&attributes.read(attribute), test),
    }
}

fn passes(read: &Read, test: &Test) -> bool {
    use core::cmp::Ordering::{Equal, Greater, Less};
    let order = |operand| read.compare(operand);
    match test {
        Test::Eq(operand) => read.equals(operand),
        Test::Ne(operand) => !read.equals(operand),
        Test::Gt(operand) => order(operand) == Some(Greater),
        Test::Gte(operand) => matches!(order(operand), Some(Greater | Equal)),
        Test::Lt(operand) => order(operand) == Some(Less),
        Test::Lte(operand) => matches!(order(operand), Some(Less | Equal)),
        Test::In(operands) => read.is_among(operands),
        Test::Exists(wanted) => read.exists() == *wanted,
    }
}

/// Writes the tests that made `node` come out as `outcome`.
fn because(node: &Node, attributes: &dyn Attributes, outcome: bool, out: &mut String) {
    match node {
        Node::Not(node) => because(node, attributes, !outcome, out),
        Node::Test(attribute, test) => {
            if !out.is_empty() {
                out.push_str(" and ");
            }
            describe(attribute, &attributes.read(attribute), test, out);
        }
        // A conjunction fails by its first failing part, a disjunction holds by its first holding
        // one; otherwise every part had a say.
        Node::All(nodes) | Node::Any(nodes) => {
            let one_is_enough = matches!(node, Node::Any(_)) == outcome;
            for part in nodes {
                if holds(part, attributes) == outcome {
                    because(part, attributes, outcome, out);
                    if one_is_enough {
                        return;
                    }
                }
            }
        }
    }
}

fn describe(attribute: &Attribute, read: &Read, test: &Test, out: &mut String) {
    attribute.name(out);
    out.push_str(" is ");
    read.describe(out);
    let (word, operand) = match test {
        Test::Eq(operand) => (" (asked: ", operand),
        Test::Ne(operand) => (" (asked: not ", operand),
        Test::Gt(operand) => (" (asked: more than ", operand),
        Test::Gte(operand) => (" (asked: at least ", operand),
        Test::Lt(operand) => (" (asked: less than ", operand),
        Test::Lte(operand) => (" (asked: at most ", operand),
        Test::In(operands) => {
            out.push_str(" (asked: one of ");
            for (at, operand) in operands.iter().take(5).enumerate() {
                if at > 0 {
                    out.push_str(", ");
                }
                describe_value(operand, out);
            }
            out.push(')');
            return;
        }
        Test::Exists(wanted) => {
            out.push_str(if *wanted { " (asked: known)" } else { " (asked: not known)" });
            return;
        }
    };
    out.push_str(word);
    describe_value(operand, out);
    out.push(')');
}

/// A value as a person reads it.
pub(crate) fn describe_value(value: &Value, out: &mut String) {
    match value {
        Value::Number(number) => push_number(out, *number),
        Value::Text(text) => {
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Null => out.push_str("nothing"),
        Value::List(_) | Value::Map(_) => out.push_str(value.kind()),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    struct Page(Value);

    impl Attributes for Page {
        fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
            let mut name = String::new();
            attribute.name(&mut name);
            self.0.get(&name).map_or(Read::Missing, Read::Value)
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
