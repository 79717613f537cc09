//! stand-in until branch l is merged
use crate::value::Value;
/// stand-in
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Learner;
impl Learner {
    /// stand-in
    pub fn new() -> Learner {
        Learner
    }
    /// stand-in
    pub fn adjust(&self, logit: f64, _: &[f64]) -> f64 {
        logit
    }
    /// stand-in
    pub fn learn(&mut self, _: f64, _: &[f64], _: bool) {}
    /// stand-in
    pub fn outcomes(&self) -> f64 {
        0.0
    }
    /// stand-in
    pub fn to_value(&self) -> Value {
        Value::Null
    }
    /// stand-in
    pub fn from_value(_: &Value) -> Learner {
        Learner
    }
}
