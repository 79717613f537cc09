//! Compiles a condition: JSON in, parts out, every mistake noted.

use super::operator::{FOLD, Family, IS, IS_FOLDED, OPERATORS, Operator};
use super::past::History;
use super::pattern::Pattern;
use super::{Group, MAX_DEPTH, MAX_NODES, Node, compare};
use crate::attribute::{Attribute, Read};
use crate::reading::{Reading, duration};
use crate::value::Value;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use compare::Buffer;

/// Compiles a condition.
pub fn condition(value: &Value, reading: &mut Reading) -> Vec<Node> {
    let mut compiler = Compiler { reading, depth: 0, nodes: 0, groups: Vec::new() };
    compiler.conjunction(value)
}

/// What compiling keeps in view.
struct Compiler<'a> {
    reading: &'a mut Reading,
    depth: usize,
    nodes: usize,
    /// Saved groups that are being read, so that none is read inside itself.
    groups: Vec<String>,
}

impl Compiler<'_> {
    /// Whether there is room for one part more, a level deeper; [`Compiler::up`] has to follow.
    fn down(&mut self) -> bool {
        self.depth += 1;
        self.nodes += 1;
        if self.depth > MAX_DEPTH + 1 {
            self.wrong(&["nested too deeply: at most 16 levels"]);
        } else if self.nodes == MAX_NODES + 1 {
            self.wrong(&["too large: at most 1024 parts"]);
        }
        self.depth <= MAX_DEPTH + 1 && self.nodes <= MAX_NODES
    }

    fn up(&mut self) {
        self.depth -= 1;
    }

    /// Notes a mistake. In the page its path has to do: `unspoken check` says what is wrong, and the
    /// page has better uses for the bytes of the sentences.
    #[inline(always)]
    fn wrong(&mut self, message: &[&str]) {
        self.reading.mistake(message);
    }

    #[inline(always)]
    fn never(&mut self, message: &[&str]) -> Node {
        self.wrong(message);
        Node::Never
    }

    #[inline(always)]
    fn expected(&mut self, what: &str, got: &Value) -> Node {
        self.reading.expected(what, got);
        Node::Never
    }

    /// The entries of an object, which all have to hold.
    fn conjunction(&mut self, value: &Value) -> Vec<Node> {
        let mut all = Vec::new();
        if !self.down() {
            all.push(Node::Never);
        } else if *value == Value::Null {
            all.push(self.expected("an object of attributes and tests", value));
        } else {
            for (key, value) in self.reading.object(value, "an object of attributes and tests") {
                let above = self.reading.enter(key);
                let node = self.entry(key, value);
                all.push(node);
                self.reading.leave(above);
            }
        }
        self.up();
        all
    }

    fn entry(&mut self, key: &str, value: &Value) -> Node {
        match key {
            "$and" => self.several(Group::All, value),
            "$or" => self.several(Group::Any, value),
            "$nor" => self.several(Group::NotAny, value),
            "$not" => Node::Group(Group::NotAll, self.conjunction(value)),
            "$savedGroup" => self.saved_group(value),
            "$history" => self.history(value),
            _ => {
                if OPERATORS.iter().any(|operator| operator.name == key) {
                    self.wrong(&[key, " needs an attribute before it"]);
                }
                Node::On(Attribute::parse(key), self.tests(value, false))
            }
        }
    }

    fn several(&mut self, group: Group, value: &Value) -> Node {
        let mut nodes = Vec::new();
        for (at, item) in self.reading.list(value, "a list of conditions").iter().enumerate() {
            let above = self.reading.enter_item(at);
            nodes.push(Node::Group(Group::All, self.conjunction(item)));
            self.reading.leave(above);
        }
        Node::Group(group, nodes)
    }

    /// What a value is held against: a bare value, or an object of operators.
    fn tests(&mut self, value: &Value, folded: bool) -> Vec<Node> {
        let mut all = Vec::new();
        if !self.down() {
            all.push(Node::Never);
        } else if is_operators(value) {
            for (key, operand) in value.entries() {
                let above = self.reading.enter(key);
                let node = match OPERATORS.iter().find(|operator| operator.name == key) {
                    Some(operator) => self.test(operator, operand),
                    None => self.unknown(key),
                };
                all.push(node);
                self.reading.leave(above);
            }
        } else {
            let operator = if folded { &IS_FOLDED } else { &IS };
            all.push(Node::Test(operator, Rc::new(value.clone())));
        }
        self.up();
        all
    }

    #[cfg(target_arch = "wasm32")]
    #[inline(always)]
    fn unknown(&mut self, _: &str) -> Node {
        self.never(&[])
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn unknown(&mut self, key: &str) -> Node {
        let mut known = String::new();
        for operator in &OPERATORS {
            known.push_str(if known.is_empty() { "" } else { ", " });
            known.push_str(operator.name);
        }
        match crate::reading::nearest(key, &known) {
            Some(near) => self.never(&["unknown operator ", key, "; did you mean ", near, "?"]),
            None => self.never(&["unknown operator ", key, "; known are ", &known]),
        }
    }

    fn test(&mut self, operator: &'static Operator, operand: &Value) -> Node {
        match (operator.family, operand) {
            (Family::Not, _) => return Node::Group(Group::NotAll, self.tests(operand, false)),
            (Family::Size, _) => return Node::Size(self.tests(operand, false)),
            (Family::Element, _) if is_operators(operand) => {
                return Node::Element(self.tests(operand, false));
            }
            (Family::Element, _) => return Node::Element(self.conjunction(operand)),
            (Family::Every, Value::List(items)) => {
                let mut nodes = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    let above = self.reading.enter_item(at);
                    let tests = self.tests(item, operator.mask & FOLD > 0);
                    nodes.push(Node::Group(Group::All, tests));
                    self.reading.leave(above);
                }
                return Node::Every(nodes);
            }
            (Family::In | Family::Every, value) if !matches!(value, Value::List(_)) => {
                return self.expected("a list", operand);
            }
            (Family::Pattern, Value::Text(source)) => {
                let pattern = Pattern::compile(source, operator.mask & FOLD > 0, self.reading);
                return Node::Match(operator, pattern);
            }
            (Family::Pattern | Family::Type, value) if !matches!(value, Value::Text(_)) => {
                return self.expected("a string", operand);
            }
            (Family::Group, _) => return self.group(operator, operand),
            (Family::Exists, value) if !matches!(value, Value::Bool(_)) => {
                self.reading.expected("true or false", operand);
            }
            (Family::Order | Family::Version, value)
                if !matches!(value, Value::Number(_) | Value::Text(_)) =>
            {
                self.reading.expected("a number or a string", operand);
            }
            _ => {}
        }
        Node::Test(operator, Rc::new(operand.clone()))
    }

    /// `$inGroup` and `$notInGroup`. A group that nobody saved is empty; what is none matches nobody.
    fn group(&mut self, operator: &'static Operator, operand: &Value) -> Node {
        if !matches!(operand, Value::Text(_)) {
            self.reading.expected("the name of a group", operand);
        }
        let mut buffer = Buffer::default();
        let name = compare::text(Read::Value(operand).plain(), &mut buffer);
        match self.reading.groups.get(name) {
            None => self.wrong(&["there is no group \"", name, "\""]),
            Some(Value::List(_)) => {}
            Some(entry) if is_values(entry) => {}
            Some(_) => return self.never(&["the group \"", name, "\" is not a list of values"]),
        }
        Node::Test(operator, self.reading.group(name))
    }

    /// `$savedGroup`: `{ id, attributeKey? }`, a list of values or a condition of its own.
    fn saved_group(&mut self, value: &Value) -> Node {
        let (Some(id), key) = (value.text("id"), value.get("attributeKey")) else {
            return self.expected("an object with the id of a group", value);
        };
        if key.is_some_and(|key| !matches!(key, Value::Text(_))) {
            return self.never(&["attributeKey is the name of an attribute"]);
        }
        let Some(entry) = self.reading.groups.get(id).cloned() else {
            return self.never(&["there is no group \"", id, "\""]);
        };
        if is_values(&entry) {
            let Some(key) = key.unwrap_or(entry.at("attributeKey")).as_str() else {
                return self.never(&["the group \"", id, "\" has no attributeKey"]);
            };
            let test = Node::Test(&OPERATORS[super::operator::IN_GROUP], self.reading.group(id));
            return Node::On(Attribute::parse(key), vec![test]);
        }
        let condition = entry.at("condition");
        if entry.text("type") != Some("condition") || !matches!(condition, Value::Map(_)) {
            return self.never(&["the group \"", id, "\" is neither a list nor a condition"]);
        }
        if self.groups.iter().any(|group| group == id) {
            return self.never(&["the group \"", id, "\" is part of itself"]);
        }
        self.groups.push(id.into());
        let nodes = self.conjunction(condition);
        self.groups.pop();
        Node::Group(Group::All, nodes)
    }

    /// `$history`: `{ event, count }` or `{ sequence }`, with `within` and `since`.
    #[inline(never)]
    fn history(&mut self, value: &Value) -> Node {
        let mut history = History {
            events: Vec::new(),
            is_sequence: false,
            count: Vec::new(),
            within: None,
            since: None,
        };
        let mut count = None;
        let before = self.reading.count();
        let known = "event, sequence, count, within, since";
        self.reading.fields(value, "an object", known, &mut |key, value, reading| {
            match key {
                "event" => history.events.extend(event(value, reading)),
                "sequence" => {
                    history.is_sequence = true;
                    for (at, item) in reading.list(value, "a list of events").iter().enumerate() {
                        let above = reading.enter_item(at);
                        history.events.extend(event(item, reading));
                        reading.leave(above);
                    }
                }
                "count" => count = Some(value.clone()),
                "within" => history.within = Some(duration(value, reading)),
                "since" => history.since = event(value, reading),
                _ => return false,
            }
            true
        });
        let both = value.get("event").is_some() == value.get("sequence").is_some();
        if both || (history.is_sequence && count.is_some()) {
            self.wrong(&["expected an event, which may be counted, or a sequence"]);
        }
        if history.events.len() > MAX_SEQUENCE {
            self.wrong(&["a sequence of more than 16 events"]);
        }
        if history.is_sequence && history.events.is_empty() {
            self.wrong(&["a sequence of nothing"]);
        }
        let above = self.reading.enter("count");
        let least = Value::map().with("$gte", 1.0);
        let wanted = count.unwrap_or(least);
        let orders = ["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"];
        let is_order = |(key, operand): &(String, Value)| {
            orders.contains(&key.as_str()) && matches!(operand, Value::Number(_))
        };
        let entries = wanted.entries();
        if !matches!(wanted, Value::Number(_))
            && (entries.is_empty() || !entries.iter().all(is_order))
        {
            self.reading
                .mistake(&["expected a number, or numbers under $eq $ne $gt $gte $lt $lte"]);
        }
        history.count = self.tests(&wanted, false);
        self.reading.leave(above);
        if self.reading.count() == before { Node::History(Box::new(history)) } else { Node::Never }
    }
}

/// The longest sequence that `$history` takes.
const MAX_SEQUENCE: usize = 16;

/// The name of an event, which is told to the reading.
fn event(value: &Value, reading: &mut Reading) -> Option<String> {
    match value {
        Value::Text(name) if !name.is_empty() => {
            reading.event(name);
            Some(name.clone())
        }
        _ => {
            reading.expected("the name of an event", value);
            None
        }
    }
}

/// Whether every key of an object is an operator's.
fn is_operators(value: &Value) -> bool {
    let entries = value.entries();
    !entries.is_empty() && entries.iter().all(|(key, _)| key.starts_with('$'))
}

/// Whether a group is a list of values in the newer form.
fn is_values(entry: &Value) -> bool {
    entry.text("type") == Some("list") && matches!(entry.at("values"), Value::List(_))
}
