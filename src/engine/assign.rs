//! Experiments and features in the engine: who takes part, and in which variant.

use super::{Engine, Refusal};
use crate::attribute::{Attributes, Read};
use crate::config::Config;
use crate::experiment::Experiment;
use crate::payload::{Context, Notes, Told};
use crate::reading::Reading;
use crate::text::push_number;
use crate::value::Value;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

impl Engine {
    /// Whether no experiment and no bandit may touch this visitor.
    #[inline(never)]
    pub(super) fn is_held_out(&self, config: &Config) -> bool {
        let known = self.known();
        let mut digits = String::new();
        let id = match known.read(&config.id) {
            Read::Value(Value::Number(number)) => {
                push_number(&mut digits, *number);
                &digits
            }
            Read::Value(Value::Text(id)) => id,
            Read::Text(id) => id,
            _ => &self.visitor,
        };
        config.holdout.holds_out(id)
    }

    /// The probability of a variant among those who take part.
    pub(super) fn share(test: &Experiment, arm: usize) -> f64 {
        let (mut all, mut one) = (0.0, 0.0);
        for (at, range) in test.ranges().iter().enumerate() {
            let width = range[1] - range[0];
            all += width;
            if at == arm {
                one = width;
            }
        }
        if all > 0.0 { one / all } else { 0.0 }
    }

    /// The variant of an experiment, which is kept from then on; or why there is none.
    #[inline(never)]
    pub(super) fn assign(&self, test: &Experiment) -> Result<usize, Refusal<'static>> {
        let known = self.known();
        let assigned = test.place(&known, &self.overrides, Some(&self.sticky.borrow()));
        if !assigned.included {
            return Err(Refusal::Test(assigned.why));
        }
        if test.keep(&assigned, &mut self.sticky.borrow_mut()) {
            self.kept.set(true);
        }
        Ok(assigned.variation)
    }

    /// Has something evaluated for this visitor.
    fn evaluate<T>(&self, asked: impl FnOnce(&Context, &mut Notes) -> T) -> T {
        let known = self.known();
        let context = Context { attributes: &known, overrides: &self.overrides };
        let mut sticky = self.sticky.borrow_mut();
        let sticky = Some(&mut *sticky).filter(|_| self.overrides.keeps);
        asked(&context, &mut Notes { sticky, assigned: None })
    }

    /// Which of a feature's values it has; none where a tester forced another.
    #[inline(never)]
    pub(super) fn value_of(&self, config: &Config, at: usize, values: &[Value]) -> Option<usize> {
        self.evaluate(|context, notes| {
            let value = config.payload.evaluate(at, context, notes).value;
            values.iter().position(|known| known == value)
        })
    }

    /// A feature's result in GrowthBook's form; that of a feature nobody knows is null and off.
    pub fn feature(&self, key: &str) -> Value {
        self.evaluate(|context, notes| {
            self.config.payload.evaluate_key(key, context, notes).to_value()
        })
    }

    /// The same for the feature that stands there; none where its result is the one that was told
    /// last.
    pub fn feature_again(&self, at: usize, told: &mut Vec<Told>) -> Option<Value> {
        let payload = &self.config.payload;
        if told.is_empty() {
            told.resize(payload.features().len(), Told::default());
        }
        let told = told.get_mut(at)?;
        self.evaluate(|context, notes| {
            let outcome = payload.evaluate(at, context, notes);
            if told.is_told(&outcome) { None } else { Some(outcome.to_value()) }
        })
    }

    /// Runs an inline experiment and gives its result in GrowthBook's form; null where it is broken.
    pub fn run(&self, experiment: &Value) -> Value {
        let mut reading = Reading::on(Rc::clone(&self.config.host));
        self.evaluate(|context, notes| {
            self.config.payload.run(experiment, context, notes, &mut reading)
        })
    }

    /// The page's own router went to another address.
    pub fn locate(&mut self, url: &str) {
        self.overrides.url = url.into();
    }
}
