//! Whether tests of one attribute can be passed together.
//!
//! Tried on values: between two neighbouring numbers that tests name they cannot tell one number
//! from another, so one of each gap stands for all, and so on for texts, lists and whatever else a
//! page may set. The tests are the core's own, so what JavaScript converts is converted here as in
//! the page. Tests that these values cannot stand for (patterns, versions, elements of lists) are
//! left out, which makes more possible, never less.

use unspoken::attribute::{Attribute, Attributes, Kind, Read};
use unspoken::condition::Condition;
use unspoken::value::Value;

use super::Literal;

/// More operands than this are not tried: nobody writes a contradiction of that size.
const MOST: usize = 128;
/// A text that no config has.
const FRESH: &str = "\u{1}other";

/// What is known of attributes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kinds<'a> {
    /// Take Unspoken's own attributes for what they are: a forecast is from 0 to 1. A page may set an
    /// attribute of the same name, so what follows from this is probable, not certain.
    pub own: bool,
    /// The states of a journey.
    pub journeys: &'a [(&'a str, Vec<&'a str>)],
    /// Names of forecasts.
    pub heads: &'a [&'a str],
}

/// What an attribute can be.
enum Range<'a> {
    Anything,
    Numbers(f64, f64),
    Whole(f64, f64),
    Texts,
    OneOf(Vec<&'a str>),
    Flag,
}

/// Whether a value passes all of these tests, which are of one attribute.
pub fn together(literals: &[&Literal], kinds: Kinds) -> bool {
    let Some(name) = literals.first().map(|literal| literal.attribute.as_str()) else {
        return true;
    };
    let range = range(name, kinds);
    let mut tests: Vec<&Literal> =
        literals.iter().copied().filter(|it| is_understood(it, &range)).collect();
    if matches!(range, Range::Anything) && tests.iter().any(|it| operator(it) == "$in") {
        // A list is its elements with commas between them, and which list it was is anyone's guess.
        let is_list = |it: &&Literal| it.test.as_str().is_some_and(|text| text.contains(','));
        tests.retain(|it| !is_list(it));
    }
    let mut operands = Vec::new();
    for test in &tests {
        let of = operand(test);
        operands.extend(if operator(test) == "$in" {
            of.items()
        } else {
            std::slice::from_ref(of)
        });
    }
    if tests.is_empty() || operands.len() > MOST {
        return true;
    }
    let attribute = "x";
    let compile = |it: &&Literal| {
        let value = Value::map().with(attribute, it.test.clone());
        Condition::compile(&value, "").map(|condition| (condition, it.positive))
    };
    let Ok(compiled) = tests.iter().map(compile).collect::<Result<Vec<_>, _>>() else {
        return true;
    };
    let passes = |value: Option<&Value>| {
        compiled.iter().all(|(condition, positive)| condition.holds(&Only(value)) == *positive)
    };
    passes(None) || candidates(&range, &operands, &tests).iter().any(|value| passes(Some(value)))
}

/// One attribute, whatever it is called.
struct Only<'a>(Option<&'a Value>);

impl Attributes for Only<'_> {
    fn read<'a>(&'a self, _: &'a Attribute) -> Read<'a> {
        self.0.map_or(Read::Missing, Read::Value)
    }
}

/// `$in` for all of its family, empty for a bare value.
fn operator(literal: &Literal) -> &str {
    match literal.test.entries() {
        [(operator, _)] if operator == "$nin" => "$in",
        [(operator, _)] => operator,
        _ => "",
    }
}

fn operand(literal: &Literal) -> &Value {
    match literal.test.entries() {
        [(_, operand)] => operand,
        _ => &literal.test,
    }
}

fn is_understood(literal: &Literal, range: &Range) -> bool {
    let is_scalar = |value: &Value| !matches!(value, Value::List(_) | Value::Map(_));
    let operand = operand(literal);
    match operator(literal) {
        "" | "$eq" | "$ne" => is_scalar(operand),
        "$gt" | "$gte" | "$lt" | "$lte" => match operand {
            Value::Number(_) => true,
            Value::Text(_) => matches!(range, Range::Texts | Range::OneOf(_)),
            _ => false,
        },
        "$in" => matches!(operand, Value::List(items) if items.iter().all(is_scalar)),
        "$exists" => matches!(operand, Value::Bool(_)),
        "$type" => matches!(operand, Value::Text(_)),
        _ => false,
    }
}

fn range<'a>(name: &str, kinds: Kinds<'a>) -> Range<'a> {
    if name.starts_with("$history.count ") {
        return Range::Whole(0.0, f64::MAX);
    }
    if !kinds.own || name.starts_with('$') {
        return Range::Anything;
    }
    let attribute = Attribute::parse(name);
    match attribute.kind() {
        Kind::Intent | Kind::Interest => Range::Numbers(0.0, 1.0),
        Kind::SessionPages | Kind::SessionItems | Kind::SessionClicks | Kind::HistoryCount => {
            Range::Whole(0.0, f64::MAX)
        }
        Kind::SessionSeconds | Kind::HistoryAge | Kind::JourneySeconds => {
            Range::Numbers(0.0, f64::MAX)
        }
        Kind::Hour => Range::Numbers(0.0, 24.0),
        Kind::Weekday => Range::Whole(0.0, 6.0),
        Kind::Id | Kind::Focus | Kind::Language => Range::Texts,
        Kind::PagePath | Kind::PageKind | Kind::PageItem | Kind::PageTitle | Kind::PageReferrer => {
            Range::Texts
        }
        Kind::IntentTop => Range::OneOf(kinds.heads.to_vec()),
        Kind::Journey => {
            let found = kinds.journeys.iter().find(|(name, _)| *name == attribute.key());
            found.map_or(Range::Anything, |(_, states)| Range::OneOf(states.clone()))
        }
        Kind::Device => match attribute.key() {
            "type" => Range::OneOf(vec!["phone", "tablet", "desktop"]),
            "width" => Range::Numbers(0.0, f64::MAX),
            "touch" | "reducedMotion" => Range::Flag,
            _ => Range::Anything,
        },
        _ => Range::Anything,
    }
}

/// Values that stand for all others.
fn candidates(range: &Range, operands: &[&Value], tests: &[&Literal]) -> Vec<Value> {
    let texts: Vec<&str> = operands.iter().filter_map(|value| value.as_str()).collect();
    match range {
        Range::Flag => [true, false].map(Value::Bool).to_vec(),
        Range::OneOf(words) => words.iter().map(|word| Value::from(*word)).collect(),
        // Between a text and the next that is named stands the text and one character more.
        Range::Texts => std::iter::once("")
            .chain(texts)
            .flat_map(|text| [Value::from(text), Value::Text(format!("{text}\0"))])
            .collect(),
        Range::Numbers(low, high) => numbers(operands, *low, *high).map(Value::Number).collect(),
        Range::Whole(low, high) => {
            let around = numbers(operands, *low, *high).flat_map(|it| [it.floor(), it.ceil()]);
            let near = operands.iter().filter_map(|it| it.as_f64());
            let beside = near.flat_map(|it| [it.floor() - 1.0, it.ceil() + 1.0]);
            let inside = |it: &f64| (*low..=*high).contains(it);
            around.chain(beside).filter(inside).map(Value::Number).collect()
        }
        Range::Anything => anything(operands, &texts, tests),
    }
}

fn anything(operands: &[&Value], texts: &[&str], tests: &[&Literal]) -> Vec<Value> {
    let mut all = vec![Value::Null, Value::Bool(true), Value::Bool(false)];
    for number in numbers(operands, f64::NEG_INFINITY, f64::INFINITY) {
        all.push(Value::Number(number));
        // The same number as text, in spellings that no test names.
        let text = Value::Number(number).to_json();
        all.extend([format!(" {text}"), format!("  {text}"), text].map(Value::Text));
    }
    all.push(Value::Number(f64::NAN));
    all.extend(["", " ", FRESH].map(Value::from));
    all.extend(texts.iter().map(|text| Value::from(*text)));
    let singles: Vec<Value> = all.iter().map(|one| Value::List(vec![one.clone()])).collect();
    let nested: Vec<Value> = singles.iter().map(|one| Value::List(vec![one.clone()])).collect();
    all.extend(singles);
    all.extend(nested);
    all.extend([Value::List(Vec::new()), Value::map()]);
    for text in texts.iter().filter(|text| text.contains(',')) {
        all.push(Value::List(text.split(',').map(Value::from).collect()));
    }
    // The list with everything in it that no test forbids passes what any longer list passes.
    let mut list: Vec<Value> = operands.iter().map(|value| (*value).clone()).collect();
    for test in tests.iter().filter(|test| operator(test) == "$in") {
        let is_wanted = test.test.get("$in").is_some() == test.positive;
        list.retain(|item| is_wanted || !operand(test).items().contains(item));
    }
    list.extend([FRESH, FRESH].map(Value::from));
    all.push(Value::List(list));
    all
}

/// The numbers that tests name, one in each gap between them, and one beyond either end.
fn numbers(operands: &[&Value], low: f64, high: f64) -> impl Iterator<Item = f64> {
    let number = |value: &&Value| match value {
        Value::Number(number) => Some(*number),
        // `"8"` and 8 are alike to some tests.
        Value::Text(text) if text.trim().is_empty() => Some(0.0),
        Value::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    let named = operands.iter().filter_map(number);
    let mut cuts: Vec<f64> = named.chain([0.0, 1.0, low.max(-1e300), high.min(1e300)]).collect();
    cuts.retain(|cut| (low..=high).contains(cut));
    cuts.sort_by(f64::total_cmp);
    cuts.dedup();
    let between = cuts.windows(2).map(|pair| pair[0] / 2.0 + pair[1] / 2.0).collect::<Vec<_>>();
    cuts.extend(between);
    cuts.extend([low, high].into_iter().filter(|end| end.is_infinite()));
    cuts.into_iter()
}
