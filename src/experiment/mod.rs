//! Experiments: who takes part, and in which variant, by GrowthBook's SDK specification.
//!
//! An [`Experiment`] is compiled once; [`Experiment::place`] then says where a visitor stands and
//! why, without allocating. `read` compiles GrowthBook's rules and inline experiments, `own`
//! Unspoken's `test` objects, factors and the holdout. `hash` and `range` are the arithmetic,
//! `filter` who is let in, `url` what the page's address asks and forces, `sticky` what was
//! assigned before, `overrides` what is forced, `spelling` values as JavaScript writes them.

mod filter;
mod hash;
mod outcome;
mod overrides;
mod own;
mod range;
mod read;
pub mod spelling;
mod sticky;
mod url;

pub use filter::{Filter, Rollout, is_true, is_truthy};
pub use hash::hash;
pub use outcome::{Assignment, Why};
pub use overrides::Overrides;
pub use own::{Experiments, Holdout, MAX_EXPERIMENTS, MAX_FACTORS, MAX_VARIANTS};
pub use range::{Range, bucket_ranges, choose_variation, equal_weights, in_range};
pub(crate) use read::condition as read_condition;
pub use sticky::{MAX_ASSIGNMENTS, MAX_DOCS, Sticky};
pub use url::{Target, is_targeted, query_override};

use crate::attribute::{Attribute, Attributes, Read};
use crate::condition::Condition;
use crate::host::Pattern;
use crate::value::Value;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// What another feature has to be.
#[derive(Clone, Debug)]
pub struct Parent {
    /// The feature's key.
    pub id: String,
    /// Asked of `value`.
    pub condition: Condition,
    /// Where it fails, the whole feature is null; otherwise only this rule is passed over.
    pub gate: bool,
}

/// A leaf of a contextual bandit: its own weights for those that its condition holds for.
#[derive(Clone, Debug)]
pub struct Leaf {
    condition: Option<Condition>,
    ranges: Vec<Range>,
    /// `leafId` and `variationWeights`, as results tell them; null is left out.
    id: Value,
    weights: Value,
}

/// A contextual bandit as one rule uses it; the last leaf is the fallback.
#[derive(Clone, Debug)]
pub struct Bandit {
    leaves: Vec<Leaf>,
    version: Value,
}

/// A compiled experiment.
#[derive(Clone, Debug)]
pub struct Experiment {
    key: String,
    seed: String,
    attribute: Attribute,
    /// What stands in where that one is missing, and where it was assigned by before: `id` where
    /// no fallback is named.
    second: Attribute,
    has_fallback: bool,
    /// 0 where it is one that nobody knows.
    hash_version: u8,
    /// How many variants.
    count: usize,
    ranges: Vec<Range>,
    filters: Vec<Filter>,
    condition: Option<Condition>,
    /// Asked by whoever knows features: see [`Assignment::asks_parents`].
    pub(crate) parents: Vec<Parent>,
    targets: Option<Vec<Target>>,
    /// The older way of asking for an address; an outer `Some` asks, an inner `None` is refused.
    address: Option<Option<Rc<dyn Pattern>>>,
    /// The variant for all who take part; -1 for one that does not exist.
    force: Option<i64>,
    is_active: bool,
    is_stopped: bool,
    /// It asks for what only a page's script could know.
    is_closed: bool,
    is_sticky: bool,
    bucket_version: u32,
    least_version: u32,
    bandit: Option<Bandit>,
    /// The experiment as it was written: variations, their meta, and what results tell.
    told: Value,
}

impl Experiment {
    /// Its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Tells the conditions it has. Says whether it asks for what no condition says: the page's
    /// address, or another feature.
    pub fn asks(&self, told: &mut dyn FnMut(&Condition)) -> bool {
        self.condition.iter().for_each(&mut *told);
        for leaf in self.bandit.iter().flat_map(|bandit| &bandit.leaves) {
            leaf.condition.iter().for_each(&mut *told);
        }
        self.targets.is_some() || self.address.is_some() || !self.parents.is_empty()
    }

    /// The values of its variants.
    pub fn variations(&self) -> &[Value] {
        self.told.at("variations").items()
    }

    /// The name of a variant, where variants are names.
    pub fn variant(&self, at: usize) -> &str {
        self.variations().get(at).and_then(Value::as_str).unwrap_or("")
    }

    /// The stretch of each variant; a leaf of a bandit has its own.
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// Every attribute that it reads.
    pub fn attributes<'a>(&'a self, out: &mut Vec<&'a Attribute>) {
        out.push(&self.attribute);
        out.push(&self.second);
        out.extend(self.filters.iter().filter_map(|filter| filter.attribute.as_ref()));
        let leaves = self.bandit.iter().flat_map(|bandit| &bandit.leaves);
        let conditions = leaves.filter_map(|leaf| leaf.condition.as_ref()).chain(&self.condition);
        conditions.for_each(|condition| condition.attributes(out));
    }

    /// The assignment of a visitor who takes part.
    pub fn assign<'a>(
        &'a self,
        attributes: &'a dyn Attributes,
        overrides: &Overrides,
        sticky: Option<&Sticky>,
    ) -> Option<Assignment<'a>> {
        Some(self.place(attributes, overrides, sticky)).filter(|assigned| assigned.included)
    }

    /// Keeps an assignment that was drawn, and says whether that changed anything.
    pub fn keep(&self, assigned: &Assignment, sticky: &mut Sticky) -> bool {
        let kept = self.is_sticky && matches!(assigned.why, Why::Drawn | Why::Sticky);
        kept && {
            let by = (assigned.attribute, assigned.value);
            let mut digits = [0; 20];
            let key = self.variant_key(assigned.variation, &mut digits);
            sticky.keep(&by, &self.key, self.bucket_version, key)
        }
    }

    /// The key of a variant: that of its meta, else its position.
    fn variant_key<'s>(&'s self, at: usize, digits: &'s mut [u8; 20]) -> &'s str {
        let key = self.meta(at).text("key").filter(|key| !key.is_empty());
        key.unwrap_or_else(move || spelling::digits(at as u64, digits))
    }

    fn meta(&self, at: usize) -> &Value {
        self.told.at("meta").items().get(at).unwrap_or(&Value::Null)
    }

    /// The attribute that decides, and its value: the fallback's where the first has none.
    fn identity<'a>(
        &'a self,
        attributes: &'a dyn Attributes,
        sticky: bool,
    ) -> (&'a Attribute, Read<'a>) {
        let value = attributes.read(&self.attribute);
        if !is_true(&value) && sticky && self.has_fallback {
            let other = attributes.read(&self.second);
            if is_true(&other) {
                return (&self.second, other);
            }
        }
        (&self.attribute, value)
    }

    /// Where a visitor stands. `sticky` is `None` where nothing is to be kept.
    pub fn place<'a>(
        &'a self,
        attributes: &'a dyn Attributes,
        overrides: &Overrides,
        sticky: Option<&Sticky>,
    ) -> Assignment<'a> {
        let sticky = sticky.filter(|_| self.is_sticky);
        let (attribute, mut value) = self.identity(attributes, sticky.is_some());
        let known = is_true(&value);
        if !known {
            value = Read::Text("");
        }
        let mut placed = Assignment {
            experiment: self,
            variation: 0,
            included: false,
            hashed: false,
            bucket: None,
            sticky: false,
            attribute: attribute.name(),
            value,
            why: Why::Drawn,
            leaf: self.bandit.as_ref().map(|bandit| bandit.leaf(attributes)),
            asks_parents: false,
        };
        let assigned = self.settle(&mut placed, known, attributes, overrides, sticky);
        if let Some(at) = assigned.filter(|at| *at < self.count) {
            (placed.variation, placed.included) = (at, true);
        }
        placed
    }

    /// The variant that follows, and in `placed` by what. The order of the questions is the
    /// specification's; a result differs by it.
    fn settle<'a>(
        &'a self,
        placed: &mut Assignment<'a>,
        known: bool,
        attributes: &'a dyn Attributes,
        overrides: &Overrides,
        sticky: Option<&Sticky>,
    ) -> Option<usize> {
        let url = overrides.url.as_str();
        placed.why = if self.count < 2 {
            Why::TooFew
        } else if !overrides.enabled {
            Why::Disabled
        } else if self.targets.as_ref().is_some_and(|targets| !is_targeted(url, targets)) {
            Why::Address
        } else if let Some(at) = query_override(&self.key, url, self.count) {
            placed.why = Why::Query;
            return Some(at);
        } else if let Some(forced) = overrides.variations.get(&self.key) {
            placed.why = Why::Told;
            let at = forced.as_f64().filter(|at| *at >= 0.0 && *at == (*at as u32) as f64);
            return at.map(|at| at as usize);
        } else if !self.is_active {
            Why::Inactive
        } else if !known {
            Why::NoValue
        } else {
            return self.draw(placed, attributes, overrides, sticky);
        };
        None
    }

    fn draw<'a>(
        &'a self,
        placed: &mut Assignment<'a>,
        attributes: &'a dyn Attributes,
        overrides: &Overrides,
        sticky: Option<&Sticky>,
    ) -> Option<usize> {
        let (mut found, mut blocked) = (None, false);
        if let Some(sticky) = sticky.filter(|sticky| !sticky.is_empty()) {
            let by = self.sticky_names(attributes);
            blocked =
                self.least_version > 0 && sticky.is_blocked(&by, &self.key, self.least_version);
            let key = sticky.find(&by, &self.key, self.bucket_version).filter(|_| !blocked);
            let metas = self.told.at("meta").items();
            found = key.and_then(|key| metas.iter().position(|meta| meta.text("key") == Some(key)));
        }
        if found.is_none() {
            if !self.filters.iter().all(|filter| filter.admits(attributes, &placed.value)) {
                placed.why = Why::Filtered;
                return None;
            }
            if self.is_closed || self.condition.as_ref().is_some_and(|it| !it.holds(attributes)) {
                placed.why = Why::Condition;
                return None;
            }
            placed.asks_parents = !self.parents.is_empty();
        }
        let leaf = self.bandit.as_ref().zip(placed.leaf).map(|(bandit, leaf)| &bandit.leaves[leaf]);
        let ranges = leaf.map_or(&self.ranges, |leaf| &leaf.ranges);
        let place = hash(&[&self.seed], &placed.value, self.hash_version);
        let assigned = found.or_else(|| choose_variation(place?, ranges));
        placed.why = if self.is_elsewhere(&overrides.url) {
            Why::Address
        } else if place.is_none() {
            Why::HashVersion
        } else if blocked {
            placed.sticky = true;
            Why::Blocked
        } else if assigned.is_none() {
            Why::NotCovered
        } else if let Some(force) = self.force {
            placed.why = Why::Forced;
            return usize::try_from(force).ok();
        } else if overrides.qa {
            Why::Testing
        } else if self.is_stopped {
            Why::Stopped
        } else {
            placed.why = if found.is_some() { Why::Sticky } else { Why::Drawn };
            (placed.hashed, placed.sticky, placed.bucket) = (true, found.is_some(), place);
            return assigned;
        };
        None
    }

    fn is_elsewhere(&self, url: &str) -> bool {
        self.address.as_ref().is_some_and(|pattern| {
            !pattern.as_ref().is_some_and(|pattern| url::is_matched(url, pattern.as_ref()))
        })
    }

    /// The documents that may know this visitor, the first before the second.
    fn sticky_names<'a>(
        &'a self,
        attributes: &'a dyn Attributes,
    ) -> [Option<sticky::Named<'a>>; 2] {
        let value = attributes.read(&self.attribute);
        let value = if is_true(&value) { value } else { Read::Text("") };
        let second = attributes.read(&self.second);
        let second = is_true(&second).then_some((self.second.name(), second));
        [Some((self.attribute.name(), value)), second]
    }
}

impl Bandit {
    /// The first leaf that holds; the last always does.
    fn leaf(&self, attributes: &dyn Attributes) -> usize {
        let holds = |leaf: &Leaf| leaf.condition.as_ref().is_none_or(|it| it.holds(attributes));
        self.leaves.iter().position(holds).unwrap_or(self.leaves.len() - 1)
    }
}
