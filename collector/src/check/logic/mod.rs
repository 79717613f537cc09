//! Conditions that can never hold, and conditions that hold whenever another does.
//!
//! A condition is spread out into alternatives, each a list of tests that all have to pass. An
//! alternative is impossible where the tests of one attribute cannot be passed together
//! ([`possible`]). That only ever errs on one side: what is called impossible is, and what is not
//! understood (a pattern, the elements of a list) is taken to be possible. So a rule is never said to
//! be dead that lives. `collector/tests/check_logic.rs` holds this to random conditions and values.

mod possible;

use unspoken::value::Value;

pub use possible::Kinds;

/// Alternatives beyond which nothing is claimed.
const MOST: usize = 512;

/// One test of one attribute.
#[derive(Clone, PartialEq, Debug)]
pub struct Literal {
    /// The attribute; for a test of something else what it is a test of.
    pub attribute: String,
    /// The test: a bare value, or one operator with its operand.
    pub test: Value,
    /// Whether it has to pass, or has to fail.
    pub positive: bool,
}

/// What has to hold.
#[derive(Clone, Debug)]
pub enum Formula {
    /// Every part.
    All(Vec<Formula>),
    /// At least one part; of none, none.
    Any(Vec<Formula>),
    /// A test.
    Test(Literal),
}

impl Formula {
    /// A condition, or its opposite.
    pub fn of(condition: &Value, positive: bool) -> Formula {
        let parts = condition.entries().iter();
        whole(parts.map(|(key, value)| entry(key, value, positive)).collect(), positive)
    }

    /// Why it can never hold: the tests that cannot be passed together. `None` where it may hold.
    pub fn contradiction(&self, kinds: Kinds) -> Option<Vec<Literal>> {
        let clauses = self.clauses()?;
        let mut why = Vec::new();
        for clause in &clauses {
            let clash = clash(clause, kinds)?;
            if why.is_empty() {
                why = clash;
            }
        }
        Some(why)
    }

    /// The alternatives; `None` where they are too many.
    fn clauses(&self) -> Option<Vec<Vec<&Literal>>> {
        match self {
            Formula::Test(literal) => Some(vec![vec![literal]]),
            Formula::Any(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(part.clauses()?);
                    if all.len() > MOST {
                        return None;
                    }
                }
                Some(all)
            }
            Formula::All(parts) => {
                let mut all: Vec<Vec<&Literal>> = vec![Vec::new()];
                for part in parts {
                    let more = part.clauses()?;
                    if all.len() * more.len() > MOST {
                        return None;
                    }
                    let mut both = Vec::with_capacity(all.len() * more.len());
                    for clause in &all {
                        for other in &more {
                            both.push([&clause[..], &other[..]].concat());
                        }
                    }
                    all = both;
                }
                Some(all)
            }
        }
    }
}

/// A conjunction of parts, or what is left of one that must not hold as a whole.
fn whole(parts: Vec<Formula>, positive: bool) -> Formula {
    if positive { Formula::All(parts) } else { Formula::Any(parts) }
}

fn entry(key: &str, value: &Value, positive: bool) -> Formula {
    let each = |positive: bool| value.items().iter().map(|it| Formula::of(it, positive)).collect();
    match key {
        "$and" => whole(each(positive), positive),
        // A disjunction of nothing holds.
        "$or" if value.items().is_empty() => whole(Vec::new(), positive),
        "$nor" if value.items().is_empty() => whole(Vec::new(), !positive),
        "$or" => whole(each(positive), !positive),
        "$nor" => whole(each(!positive), positive),
        "$not" => Formula::of(value, !positive),
        "$history" => history(value, positive),
        _ => tests(key, value, positive),
    }
}

fn tests(attribute: &str, value: &Value, positive: bool) -> Formula {
    let literal =
        |test: Value| Formula::Test(Literal { attribute: attribute.into(), test, positive });
    if !is_operators(value) {
        return literal(value.clone());
    }
    let part = |(operator, operand): &(String, Value)| match operator.as_str() {
        "$not" => tests(attribute, operand, !positive),
        _ => literal(Value::map().with(operator, operand.clone())),
    };
    whole(value.entries().iter().map(part).collect(), positive)
}

/// The count of an event is a number like any other, under the name of what is counted.
fn history(value: &Value, positive: bool) -> Formula {
    let mut of = Value::map();
    for key in ["event", "sequence", "within", "since"] {
        value.get(key).into_iter().for_each(|it| of.put(key, it.clone()));
    }
    let usual = if value.get("sequence").is_some() { "$history " } else { "$history.count " };
    let name = String::from(usual) + &of.to_json();
    match value.get("count") {
        _ if value.get("sequence").is_some() => tests(&name, &Value::Bool(true), positive),
        None => tests(&name, &Value::map().with("$gte", 1.0), positive),
        Some(count @ Value::Number(_)) => {
            tests(&name, &Value::map().with("$eq", count.clone()), positive)
        }
        Some(count) => tests(&name, count, positive),
    }
}

fn is_operators(value: &Value) -> bool {
    let entries = value.entries();
    !entries.is_empty() && entries.iter().all(|(key, _)| key.starts_with('$'))
}

/// The fewest tests of an alternative that cannot be passed together.
fn clash(clause: &[&Literal], kinds: Kinds) -> Option<Vec<Literal>> {
    for (at, literal) in clause.iter().enumerate() {
        let is_opposite = |other: &&&Literal| {
            other.attribute == literal.attribute
                && other.test == literal.test
                && other.positive != literal.positive
        };
        if let Some(other) = clause[..at].iter().find(is_opposite) {
            return Some(vec![(*other).clone(), (*literal).clone()]);
        }
        if clause[..at].iter().any(|other| other.attribute == literal.attribute) {
            continue;
        }
        let same = clause.iter().filter(|other| other.attribute == literal.attribute);
        let mut tests: Vec<&Literal> = same.copied().collect();
        if possible::together(&tests, kinds) {
            continue;
        }
        let mut left = 0;
        while left < tests.len() {
            let test = tests.remove(left);
            if tests.is_empty() || possible::together(&tests, kinds) {
                tests.insert(left, test);
                left += 1;
            }
        }
        return Some(tests.into_iter().cloned().collect());
    }
    None
}

/// Tests in words: `"plan" equal to "pro" and equal to "free"`.
pub fn words(tests: &[Literal]) -> String {
    let Some(first) = tests.first() else { return "nothing passes it".into() };
    let name = first
        .attribute
        .strip_prefix("$history.count ")
        .map_or_else(|| first.attribute.clone(), |of| format!("the count of {of}"));
    let all: Vec<String> = tests.iter().map(word).collect();
    match &all[..] {
        [only] => format!("{name} cannot be {only}"),
        _ => format!("{name} cannot be {} at once", all.join(" and ")),
    }
}

fn word(literal: &Literal) -> String {
    let not = if literal.positive { "" } else { "not " };
    let (operator, operand) = match literal.test.entries() {
        [(operator, operand)] if operator.starts_with('$') => (operator.as_str(), operand),
        _ => return format!("{not}{}", literal.test.to_json()),
    };
    let row = unspoken::condition::operator::OPERATORS.iter().find(|it| it.name == operator);
    match (operator, operand) {
        ("$exists", Value::Bool(true)) => format!("{not}known"),
        ("$exists", Value::Bool(false)) => format!("{not}unknown"),
        _ => format!("{not}{}{}", row.map_or("", |row| row.words), operand.to_json()),
    }
}
