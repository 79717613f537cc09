//! Intents: forecasts that can be checked.
//!
//! An intent is the probability that an observable outcome happens within a horizon, given the
//! signals so far. A [`Head`] is such a declaration, with what forecasts it: a trained model
//! ([`model`]), a documented rule ([`rules`]), or, for a head that a site declares ([`declare`]),
//! its base rate to begin with. [`outcome`] holds every forecast against what happened then, and
//! [`learn`] moves the next ones by it.

pub mod declare;
pub mod focus;
pub mod learn;
pub mod learned;
pub mod model;
pub mod outcome;
pub mod pending;
pub mod rules;

use crate::time::{Millis, SECOND};
use alloc::string::String;
use alloc::vec::Vec;
use model::Model;

/// The most heads: those built in, and a site's own.
pub const MAX_HEADS: usize = 12;

/// A probability for each head, in the order of the config's heads; 0 beyond them.
pub type Forecasts = [f64; MAX_HEADS];

/// The model of `commit` that ships: `commit.md` beside it is its card, `unspoken train` makes it.
pub const COMMIT_MODEL: &[u8] = include_bytes!("models/commit.model");

/// The model of `buy` that ships, an order by the end of the session: `buy.md` is its card.
pub const BUY_MODEL: &[u8] = include_bytes!("models/buy.model");

/// Where `commit` stands among the heads, whatever a site declares.
pub const COMMIT: usize = 0;
/// Where `buy` stands.
pub const BUY: usize = 4;
/// The horizon of `commit`.
pub const COMMIT_WITHIN: Millis = 2.0 * SECOND;

/// What can be observed of an outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// A click; in the slot of that name, or anywhere where it is empty.
    Click(String),
    /// A rage burst, a click on nothing or a refused form.
    Trouble,
    /// The page hidden or left.
    Hidden,
    /// Another item's page, once one has been seen.
    Item,
    /// A page of that kind.
    Page(String),
    /// That goal.
    Goal(String),
}

/// What makes a head's forecasts.
#[derive(Clone, PartialEq, Debug)]
pub enum Source {
    /// A model.
    Model(Model),
    /// [`rules::struggle`].
    Struggle,
    /// [`rules::compare`].
    Compare,
    /// [`rules::leave`].
    Leave,
}

/// What is forecast: an outcome, a horizon, and by what.
#[derive(Clone, PartialEq, Debug)]
pub struct Head {
    /// The name in conditions (`intent.commit`), reports and models.
    pub name: String,
    /// What has to happen.
    pub outcome: Outcome,
    /// How long it may take; `None` is the rest of the session.
    pub within: Option<Millis>,
    /// What forecasts it.
    pub source: Source,
    /// Tells one source from another: what was learned upon one says nothing of the next.
    pub fingerprint: u32,
    /// Slope and shift of the log-odds, as the collector found them for this site.
    pub calibration: [f64; 2],
    /// Whether outcomes on this device move its forecasts.
    pub learns: bool,
}

impl Head {
    fn new(name: &str, outcome: Outcome, within: Option<Millis>, source: Source) -> Head {
        Head {
            name: name.into(),
            outcome,
            within,
            source,
            fingerprint: 0,
            calibration: [1.0, 0.0],
            learns: true,
        }
    }

    /// Forecasts by this model file, if it is one of this head.
    pub fn use_model(&mut self, bytes: &[u8]) -> Result<(), crate::error::Error> {
        let model = Model::read_for(&self.name, bytes)?;
        self.source = Source::Model(model);
        self.fingerprint = model::file::checksum(bytes);
        Ok(())
    }

    /// The heads that every site has, in the order of [`Forecasts`].
    ///
    /// ```
    /// # use unspoken::intent::Head;
    /// let names: Vec<_> = Head::built_in().into_iter().map(|head| head.name).collect();
    /// assert_eq!(names, ["commit", "struggle", "compare", "leave", "buy"]);
    /// ```
    pub fn built_in() -> Vec<Head> {
        let click = Outcome::Click(String::new());
        let mut heads = alloc::vec![
            declare::at_base("commit", click, Some(COMMIT_WITHIN), declare::BASE),
            Head::new("struggle", Outcome::Trouble, Some(15.0 * SECOND), Source::Struggle),
            Head::new("compare", Outcome::Item, None, Source::Compare),
            Head::new("leave", Outcome::Hidden, Some(10.0 * SECOND), Source::Leave),
            declare::at_base("buy", Outcome::Goal("purchase".into()), None, declare::BASE),
        ];
        // A file that ships is whole: tests/vectors.rs would notice, and the base rate stays.
        let _ = heads[COMMIT].use_model(COMMIT_MODEL);
        let _ = heads[BUY].use_model(BUY_MODEL);
        heads
    }
}
