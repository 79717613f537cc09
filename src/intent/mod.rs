//! Intents: forecasts that can be checked.
//!
//! An intent is the probability that an observable outcome happens within a horizon, given the
//! signals so far. [`Head`] lists them; a head is either a trained model ([`model`]) or a
//! documented rule ([`rules`]), and [`outcome`] holds every forecast against what happened then.

pub mod focus;
pub mod model;
pub mod outcome;
pub mod rules;

use crate::time::{Millis, SECOND};

/// What is forecast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Head {
    /// A click within 2 s. A trained model.
    Commit,
    /// A rage click, a click on nothing or a refused form within 15 s. A rule.
    Struggle,
    /// Another item's page within this session. A rule.
    Compare,
    /// The page hidden or left within 10 s. A rule.
    Leave,
}

/// How many heads there are.
pub const HEADS: usize = 4;

impl Head {
    /// Every head, in the order of [`Forecasts`].
    pub const ALL: [Head; HEADS] = [Head::Commit, Head::Struggle, Head::Compare, Head::Leave];

    /// The name in conditions (`intent.commit`), reports and models.
    pub fn name(self) -> &'static str {
        ["commit", "struggle", "compare", "leave"][self as usize]
    }

    /// The head of that name.
    pub fn from_name(name: &str) -> Option<Head> {
        Head::ALL.into_iter().find(|head| head.name() == name)
    }

    /// How long the outcome may take; `None` is the rest of the session.
    pub fn horizon(self) -> Option<Millis> {
        match self {
            Head::Commit => Some(2.0 * SECOND),
            Head::Struggle => Some(15.0 * SECOND),
            Head::Leave => Some(10.0 * SECOND),
            Head::Compare => None,
        }
    }
}

/// A probability for each head, in the order of [`Head::ALL`].
pub type Forecasts = [f64; HEADS];

/// The model of `commit` that ships: `commit.md` beside it is its card, `unspoken train` makes it.
pub const COMMIT_MODEL: &[u8] = include_bytes!("models/commit.model");

/// The model of `buy` that ships, an order by the end of the session: `buy.md` is its card.
pub const BUY_MODEL: &[u8] = include_bytes!("models/buy.model");
