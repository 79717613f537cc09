//! Bandits: rules that learn which of a few variants brings a goal, on the device.
//!
//! Each variant is an arm. Its reward, 0 to 1, is taken to be linear in a few numbers that the
//! choice may depend on, and is learned by a ridge regression that forgets ([`Posterior`]).
//! [`Learn::choose`] draws an arm and says with which probability it was drawn: that is what makes
//! the decision worth something to those who judge another policy by it. [`Awaiting`] keeps
//! decisions until their reward is known.
//!
//! Nothing here knows slots, pages or the network. The engine asks for an arm when a rule's turn
//! comes, says what was seen and reached, and hands the lessons on. docs/bandits.md has the
//! arithmetic with its sources, and the figures.

mod awaiting;
mod choose;
mod posterior;
mod posteriors;
mod read;

pub use awaiting::{Awaiting, Decision, Lesson, MAX_DECISIONS, Rules};
pub use choose::{Chosen, DRAWS, choose, shares};
pub use posterior::{Estimate, MEMORY, Posterior, RIDGE};
pub use posteriors::{MAX_POSTERIORS, Posteriors};

use crate::attribute::{Attribute, Attributes, Read};
use crate::number::{max, round, within};
use crate::time::Millis;
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// The most variants of a rule: what keeps its posterior under 2 KB.
pub const MAX_VARIANTS: usize = 8;
/// The most numbers of a context, the constant 1 among them.
pub const MAX_CONTEXT: usize = 8;
/// Numbers of a context are kept as whole parts of 10,000.
const STEPS: f64 = 1e4;

/// How an arm is preferred.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// As often as it is likely to be the best (Thompson 1933; Agrawal & Goyal 2013).
    Thompson,
    /// By the upper end of what it may bring (Li et al. 2010).
    LinUcb,
}

/// What one number of the context reads.
#[derive(Clone, PartialEq, Debug)]
struct Term {
    attribute: Attribute,
    /// 1 where the attribute is this, or holds it; null: the attribute's number.
    is: Value,
    /// The number is divided by it.
    scale: f64,
}

/// A rule's `learn`, compiled.
#[derive(Clone, PartialEq, Debug)]
pub struct Learn {
    /// The arms, by the names of their variants.
    pub variants: Vec<String>,
    /// The goal whose reaching is the reward.
    pub goal: String,
    /// How long after its exposure a decision waits for the goal.
    pub within: Millis,
    /// The goal's value that earns 1; none: reaching it does.
    pub most: Option<f64>,
    /// How an arm is preferred.
    pub method: Method,
    /// The least probability of each arm.
    pub explore: f64,
    /// What the collector pooled; empty where there is none.
    pub prior: Posterior,
    /// There is a prior, but it is damaged, or of another goal or context: it is not used.
    pub is_prior_refused: bool,
    terms: Vec<Term>,
}

/// The numbers that a choice depends on; the first is 1.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Context {
    numbers: [f64; MAX_CONTEXT],
    size: usize,
}

impl Context {
    /// The context of these numbers, each cut to ±1, and 0 for what is none; beyond
    /// [`MAX_CONTEXT`] they are left out.
    pub fn of(numbers: &[f64]) -> Context {
        let mut context = Context { numbers: [0.0; MAX_CONTEXT], size: 0 };
        for number in numbers {
            context.push(*number);
        }
        context
    }

    fn push(&mut self, number: f64) {
        if self.size < MAX_CONTEXT {
            // As documents keep it, so that what is learned after a reload is the same.
            self.numbers[self.size] = round(within(number, 1.0) * STEPS) / STEPS;
            self.size += 1;
        }
    }

    /// The numbers.
    pub fn numbers(&self) -> &[f64] {
        &self.numbers[..self.size]
    }
}

impl Learn {
    /// A rule without context or prior: these variants, a goal, and else what a config begins with.
    pub fn new(variants: Vec<String>, goal: &str) -> Learn {
        let mut learn = Learn {
            variants,
            goal: goal.into(),
            within: read::WITHIN,
            most: None,
            method: Method::Thompson,
            explore: read::EXPLORE,
            prior: Posterior::default(),
            is_prior_refused: false,
            terms: Vec::new(),
        };
        learn.prior = Posterior::new(&learn);
        learn
    }

    /// The arm of a variant; none where the config has it no more.
    pub fn arm(&self, variant: &str) -> Option<usize> {
        self.variants.iter().position(|name| name == variant)
    }

    /// How many numbers a context has.
    pub fn size(&self) -> usize {
        1 + self.terms.len()
    }

    /// The context now. A number is divided by its scale and cut to ±1, true is 1, a text is 1
    /// where it is the one that is asked for; what is not known is 0.
    pub fn context(&self, attributes: &dyn Attributes) -> Context {
        let mut context = Context::of(&[1.0]);
        for term in &self.terms {
            context.push(match attributes.read(&term.attribute) {
                read if term.is != Value::Null => f64::from(u8::from(has(read, &term.is))),
                Read::Number(number) => number / term.scale,
                Read::Value(Value::Number(number)) => number / term.scale,
                Read::Value(Value::Bool(true)) => 1.0,
                _ => 0.0,
            });
        }
        context
    }

    /// The reward of a goal that was reached with this value: from 0 to 1.
    pub fn reward(&self, value: Option<f64>) -> f64 {
        match self.most {
            None => 1.0,
            Some(most) => max(within(value.unwrap_or(0.0) / most, 1.0), 0.0),
        }
    }
}

/// Whether an attribute is this, or holds it.
fn has(read: Read, is: &Value) -> bool {
    match read {
        Read::Texts(texts) => texts.iter().any(|text| is.as_str() == Some(text)),
        Read::Value(Value::List(items)) => items.contains(is),
        read => read.to_value() == *is,
    }
}
