//! A condition in words: which tests decided, what each asked, and what it saw. And the same as data.

use super::operator::{Family, IS};
use super::{Group, Node, Scope, group_holds, holds};
use crate::text::{push_integer, push_number, push_quoted};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// How many values of a list are named.
const NAMED: usize = 5;

/// Why a conjunction holds or does not.
pub fn because(nodes: &[Node], scope: Scope) -> String {
    let mut out = String::new();
    let outcome = group_holds(Group::All, nodes, scope);
    reasons(Group::All, nodes, scope, outcome, &mut out);
    if out.is_empty() {
        out.push_str("nothing is asked");
    }
    out
}

/// Writes the tests that made a group come out as `outcome`.
fn reasons(group: Group, nodes: &[Node], scope: Scope, outcome: bool, out: &mut String) {
    let outcome = outcome != group.is_not();
    // A conjunction fails by its first failing part, a disjunction holds by its first holding one;
    // otherwise every part had a say.
    let one_is_enough = group.is_any() == outcome;
    for part in nodes {
        if holds(part, scope) != outcome {
            continue;
        }
        match part {
            Node::Group(group, nodes) => reasons(*group, nodes, scope, outcome, out),
            Node::On(attribute, nodes) => {
                reasons(Group::All, nodes, scope.on(attribute), outcome, out);
            }
            part => {
                if !out.is_empty() {
                    out.push_str(" and ");
                }
                if let Some(attribute) = scope.attribute {
                    out.push_str(attribute.name());
                    out.push_str(" is ");
                    scope.it.describe(out);
                    out.push_str(" (asked: ");
                    words(part, out);
                    out.push(')');
                } else {
                    words(part, out);
                    out.push_str(if holds(part, scope) { ": yes" } else { ": no" });
                }
            }
        }
        if one_is_enough {
            return;
        }
    }
}

/// What a part asks.
fn words(node: &Node, out: &mut String) {
    match node {
        Node::Group(group, nodes) => {
            if group.is_not() {
                out.push_str("not ");
            }
            list(nodes, if group.is_any() { " or " } else { " and " }, out);
        }
        Node::On(attribute, nodes) => {
            out.push_str(attribute.name());
            out.push(' ');
            list(nodes, " and ", out);
        }
        Node::Test(operator, operand) => {
            if operator.family == Family::Exists {
                let known = **operand == Value::Bool(true);
                return out.push_str(if known { "known" } else { "not known" });
            }
            out.push_str(operator.words);
            values(operand, out);
        }
        Node::Match(operator, pattern) => {
            out.push_str(operator.words);
            push_quoted(out, pattern.source());
        }
        Node::Size(nodes) => {
            out.push_str("a length of ");
            list(nodes, " and ", out);
        }
        Node::Element(nodes) => {
            out.push_str("an element ");
            list(nodes, " and ", out);
        }
        Node::Every(nodes) => {
            out.push_str("all of ");
            list(nodes, ", ", out);
        }
        Node::History(history) => {
            let between = if history.is_sequence { ", then " } else { "" };
            for (at, event) in history.events.iter().enumerate() {
                out.push_str(if at > 0 { between } else { "" });
                out.push_str(event);
            }
            if !history.is_sequence {
                out.push_str(" counted ");
                list(&history.count, " and ", out);
            }
            if let Some(within) = history.within {
                out.push_str(" within ");
                push_number(out, within / 1_000.0);
                out.push_str(" s");
            }
            if let Some(since) = &history.since {
                out.push_str(" since ");
                out.push_str(since);
            }
        }
        Node::Never => out.push_str("what could not be understood"),
    }
}

/// What several parts ask.
fn list(nodes: &[Node], between: &str, out: &mut String) {
    for (at, node) in nodes.iter().enumerate() {
        out.push_str(if at > 0 { between } else { "" });
        words(node, out);
    }
}

/// An operand: of a list the first few values.
fn values(operand: &Value, out: &mut String) {
    let Value::List(items) = operand else { return operand.describe(out) };
    for (at, item) in items.iter().take(NAMED).enumerate() {
        out.push_str(if at > 0 { ", " } else { "" });
        item.describe(out);
    }
    if items.len() > NAMED {
        out.push_str(" and ");
        push_integer(out, (items.len() - NAMED) as u64);
        out.push_str(" more");
    }
}

/// Each test as data.
pub fn trials(nodes: &[Node], scope: Scope, out: &mut Vec<Value>) {
    for node in nodes {
        let mut saw = scope.it.to_value();
        let operator = match node {
            Node::Group(group, nodes) => {
                trials(nodes, scope.within(*group), out);
                continue;
            }
            Node::On(attribute, nodes) => {
                trials(nodes, scope.on(attribute), out);
                continue;
            }
            Node::Test(operator, _) | Node::Match(operator, _) => operator.name,
            Node::Size(_) => "$size",
            Node::Element(_) => "$elemMatch",
            Node::Every(_) => "$all",
            Node::History(history) => {
                saw = Value::Number(history.ask(scope.attributes.past()));
                "$history"
            }
            Node::Never => IS.name,
        };
        let asked = match node {
            Node::Test(_, operand) if operand.items().len() <= NAMED => (**operand).clone(),
            node => {
                let mut asked = String::new();
                words(node, &mut asked);
                Value::Text(asked)
            }
        };
        let attribute = scope.attribute.map_or("", |attribute| attribute.name());
        out.push(
            Value::map()
                .with("attribute", attribute)
                .with("operator", operator)
                .with("asked", asked)
                .with("saw", saw)
                .with("held", holds(node, scope)),
        );
    }
}
