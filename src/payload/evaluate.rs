//! What a feature is for a visitor: its rules in order, and other features that they rest on.

use super::{Payload, Rule, Then};
use crate::attribute::{Attribute, Attributes, Read, step};
use crate::experiment::{Assignment, Experiment, Overrides, Parent, Sticky, Why, is_truthy};
use crate::reading::Reading;
use crate::value::Value;

/// How deep features may rest on each other: recursion has a stack, of 64 KiB in a page. Past it they
/// count as a circle.
pub const MAX_PARENTS: usize = 16;
/// How many features one evaluation may look at; past it they count as a circle.
pub const MAX_STEPS: u32 = 10_000;

/// Where a value came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// There is no such feature.
    UnknownFeature,
    /// No rule was for this visitor.
    DefaultValue,
    /// A rule forced it.
    Force,
    /// An experiment.
    Experiment,
    /// It was overridden from outside.
    Override,
    /// Features rest on each other in a circle.
    CyclicPrerequisite,
    /// A feature that it rests on is not what it has to be.
    Prerequisite,
}

impl Source {
    /// Its name in GrowthBook's results.
    pub fn name(self) -> &'static str {
        [
            "unknownFeature",
            "defaultValue",
            "force",
            "experiment",
            "override",
            "cyclicPrerequisite",
            "prerequisite",
        ][self as usize]
    }
}

/// Whom a feature is evaluated for.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// What is known of the visitor.
    pub attributes: &'a dyn Attributes,
    /// What is forced.
    pub overrides: &'a Overrides,
}

/// Told an assignment, and the feature that it came from.
pub type Assigned = dyn FnMut(&Assignment, Option<&str>);

/// What an evaluation leaves behind.
#[derive(Default)]
pub struct Notes<'s> {
    /// Where assignments are kept; `None` keeps none, and leaves fallback attributes alone.
    pub sticky: Option<&'s mut Sticky>,
    /// Told each experiment that assigned a variant by hash, those that were passed through too:
    /// what GrowthBook's tracking callback would be called with, with the feature's key.
    pub assigned: Option<&'s mut Assigned>,
}

/// The value of a feature.
#[derive(Clone, Copy, Debug)]
pub struct Outcome<'a> {
    /// The feature's key.
    pub feature: &'a str,
    /// Its value.
    pub value: &'a Value,
    /// Where it came from.
    pub source: Source,
    /// The rule's id; empty where it has none.
    pub rule: &'a str,
    /// The experiment that decided.
    pub assignment: Option<Assignment<'a>>,
    /// Experiments that a server already evaluated: `{ experiment, result }` each.
    pub tracks: &'a [Value],
}

impl Outcome<'_> {
    /// Whether JavaScript takes the value for true.
    pub fn is_on(&self) -> bool {
        is_truthy(self.value)
    }

    /// The result in GrowthBook's form.
    pub fn to_value(&self) -> Value {
        let mut out = Value::map()
            .with("value", self.value.clone())
            .with("on", self.is_on())
            .with("off", !self.is_on())
            .with("source", self.source.name())
            .with("ruleId", self.rule);
        if let Some(assignment) = &self.assignment {
            out.put("experiment", assignment.experiment_value());
            out.put("experimentResult", assignment.to_value(Some(self.feature)));
        }
        out
    }
}

/// The features that are being evaluated, the innermost first.
struct Path<'p> {
    key: &'p str,
    depth: usize,
    up: Option<&'p Path<'p>>,
}

impl Path<'_> {
    fn holds(&self, key: &str) -> bool {
        self.key == key || self.up.is_some_and(|up| up.holds(key))
    }
}

struct Run<'r, 's, 'a> {
    payload: &'a Payload,
    context: Context<'a>,
    notes: &'r mut Notes<'s>,
    steps: u32,
}

/// What parents say of a rule or an experiment.
enum Parents {
    Agree,
    Refuse,
    Block,
    Circle,
}

impl Payload {
    /// The feature that stands there; see [`Payload::index`].
    pub fn evaluate<'a>(
        &'a self,
        index: usize,
        context: &Context<'a>,
        notes: &mut Notes,
    ) -> Outcome<'a> {
        let key = self.features.get(index).map_or("", |feature| feature.key());
        Run { payload: self, context: *context, notes, steps: 0 }.feature(key, Some(index), None)
    }

    /// The feature of that name, whether there is one or not.
    pub fn evaluate_key<'a>(
        &'a self,
        key: &'a str,
        context: &Context<'a>,
        notes: &mut Notes,
    ) -> Outcome<'a> {
        Run { payload: self, context: *context, notes, steps: 0 }.feature(key, None, None)
    }

    /// Runs an inline experiment and gives its result in GrowthBook's form; null where it is broken,
    /// which is noted.
    pub fn run(
        &self,
        experiment: &Value,
        context: &Context,
        notes: &mut Notes,
        reading: &mut Reading,
    ) -> Value {
        if self.groups != Value::Null {
            reading.groups = self.groups.clone();
        }
        let Some(experiment) = Experiment::read(experiment, None, reading) else {
            return Value::Null;
        };
        let mut run = Run { payload: self, context: *context, notes, steps: 0 };
        run.experiment(&experiment, None, None).to_value(None)
    }
}

impl<'a> Run<'_, '_, 'a> {
    /// `at` is where it stands, if that is known.
    fn feature(&mut self, key: &'a str, at: Option<usize>, up: Option<&Path>) -> Outcome<'a> {
        self.steps += 1;
        let path = Path { key, depth: up.map_or(0, |up| up.depth + 1), up };
        let outcome = |source| Outcome {
            feature: key,
            value: &Value::Null,
            source,
            rule: "",
            assignment: None,
            tracks: &[],
        };
        if up.is_some_and(|up| up.holds(key)) || path.depth > MAX_PARENTS || self.steps > MAX_STEPS
        {
            return outcome(Source::CyclicPrerequisite);
        }
        if let Some(value) = self.context.overrides.features.get(key) {
            return Outcome { value, ..outcome(Source::Override) };
        }
        let payload: &'a Payload = self.payload;
        let at = at.or_else(|| payload.index(key));
        let Some(feature) = at.and_then(|at| payload.features.get(at)) else {
            return outcome(Source::UnknownFeature);
        };
        for rule in &feature.rules {
            match self.parents(&rule.parents, Some(&path)) {
                Parents::Agree => {}
                Parents::Refuse => continue,
                Parents::Block => return outcome(Source::Prerequisite),
                Parents::Circle => return outcome(Source::CyclicPrerequisite),
            }
            if let Some(decided) = self.rule(rule, outcome(Source::Force), &path) {
                return decided;
            }
        }
        Outcome { value: &feature.default, ..outcome(Source::DefaultValue) }
    }

    /// What a rule decides whose parents agree.
    fn rule(&mut self, rule: &'a Rule, empty: Outcome<'a>, path: &Path) -> Option<Outcome<'a>> {
        let attributes = self.context.attributes;
        // A filter asks an attribute of its own, so what decides the experiment has no say here.
        if !rule.filters.iter().all(|filter| filter.admits(attributes, &Read::Missing)) {
            return None;
        }
        match &rule.then {
            Then::Nothing => None,
            Then::Force { value, condition, rollout, tracks } => {
                let holds = condition.as_ref().is_none_or(|it| it.holds(attributes));
                let sticky = self.notes.sticky.is_some();
                let reached = holds
                    && rollout.as_ref().is_none_or(|rollout| rollout.reaches(attributes, sticky));
                reached.then_some(Outcome { value, rule: &rule.id, tracks, ..empty })
            }
            Then::Run(experiment) => {
                let placed = self.experiment(experiment, Some(empty.feature), Some(path));
                (placed.included && !placed.passes_through()).then_some(Outcome {
                    value: placed.variation_value(),
                    source: Source::Experiment,
                    rule: &rule.id,
                    assignment: Some(placed),
                    ..empty
                })
            }
        }
    }

    fn experiment<'e>(
        &mut self,
        experiment: &'e Experiment,
        feature: Option<&str>,
        path: Option<&Path>,
    ) -> Assignment<'e>
    where
        'a: 'e,
    {
        let Context { attributes, overrides } = self.context;
        let mut placed = experiment.place(attributes, overrides, self.notes.sticky.as_deref());
        if placed.asks_parents && !matches!(self.parents(&experiment.parents, path), Parents::Agree)
        {
            placed.exclude(Why::Parent);
        }
        if placed.hashed {
            if let Some(sticky) = &mut self.notes.sticky {
                experiment.keep(&placed, sticky);
            }
            if let Some(assigned) = &mut self.notes.assigned {
                assigned(&placed, feature);
            }
        }
        placed
    }

    fn parents(&mut self, parents: &[Parent], path: Option<&Path>) -> Parents {
        for parent in parents {
            match self.parent(parent, path) {
                Parents::Agree => {}
                other => return other,
            }
        }
        Parents::Agree
    }

    fn parent(&mut self, parent: &Parent, path: Option<&Path>) -> Parents {
        // A run of its own, since an inline experiment's parents live shorter than features do.
        let (payload, context, steps) = (self.payload, self.context, self.steps);
        let mut run = Run { payload, context, notes: &mut *self.notes, steps };
        let found = run.feature(&parent.id, None, path);
        let (source, holds) = (found.source, parent.condition.holds(&Only(found.value)));
        self.steps = run.steps;
        match (source, holds) {
            (Source::CyclicPrerequisite, _) => Parents::Circle,
            (_, true) => Parents::Agree,
            (_, false) if parent.gate => Parents::Block,
            (_, false) => Parents::Refuse,
        }
    }
}

/// The value of a feature, as the condition of a parent sees it.
struct Only<'a>(&'a Value);

impl Attributes for Only<'_> {
    fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
        match attribute.name().strip_prefix("value") {
            Some("") => Read::Value(self.0),
            Some(rest) if rest.starts_with('.') => step(self.0, &rest[1..]),
            _ => Read::Value(&Value::Null),
        }
    }
}
