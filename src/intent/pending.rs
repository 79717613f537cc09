//! Forecasts for the rest of a session, which outlive the page view they were made on.
//!
//! A page view counts once a head, with the forecast made as it began: four a second over a whole
//! visit would be one observation, counted a thousand times. It is told at once, as one that did not
//! come true, and told anew when it does. To wait for the end of the session would lose most of
//! those that never come true, since nobody is there to say so: the visitor has gone.
//!
//! What is learned from on the device is one of them a session, drawn with equal chances; it waits
//! in the profile for its outcome, or for the session's end, which the next visit notices.

use super::learn::MAX_TERMS;
use crate::number::round;
use crate::text::clip;
use crate::value::Value;
use crate::wire::BINS;
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes of a head's name that are kept.
const MAX_NAME: usize = 128;

/// A forecast that waits for its session.
#[derive(Clone, PartialEq, Debug)]
pub struct Pending {
    /// The head.
    pub head: String,
    /// Page views of the session that were drawn from.
    pub views: u32,
    /// Forecasts that were told as not come true, by bin.
    pub told: [u32; BINS],
    /// The source's log-odds.
    pub logit: f64,
    /// The terms of its last layer.
    pub terms: Vec<f64>,
    /// Its outcome came; this session has no more to say on this head.
    pub is_settled: bool,
}

/// All of a session's, one a head.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Pendings(Vec<Pending>);

impl Pendings {
    /// A page view began with a forecast of this bin; `draw` decides whether it is the one to learn
    /// from. Says whether it counts: after its outcome a head has no more to say on a session.
    pub fn forecast(
        &mut self,
        head: &str,
        bin: usize,
        logit: f64,
        terms: &[f64],
        draw: u64,
    ) -> bool {
        let at = match self.0.iter().position(|pending| pending.head == head) {
            Some(at) if self.0[at].is_settled => return false,
            Some(at) => at,
            None if self.0.len() == super::MAX_HEADS => return false,
            None => {
                self.0.push(Pending {
                    head: head.into(),
                    views: 0,
                    told: [0; BINS],
                    logit: 0.0,
                    terms: Vec::new(),
                    is_settled: false,
                });
                self.0.len() - 1
            }
        };
        let pending = &mut self.0[at];
        pending.views += 1;
        pending.told[bin] += 1;
        if draw.is_multiple_of(pending.views as u64) {
            let kept = if terms.len() > MAX_TERMS { &[] } else { terms };
            // As storage will have it, so that a page that was reloaded learns the same.
            pending.logit = thousandths(logit);
            pending.terms = kept.iter().map(|term| thousandths(*term)).collect();
        }
        true
    }

    /// The head's outcome came: what waited, if anything did.
    pub fn happened(&mut self, head: &str) -> Option<Pending> {
        let pending = self.0.iter_mut().find(|it| it.head == head && !it.is_settled)?;
        let waited = pending.clone();
        pending.is_settled = true;
        pending.terms.clear();
        Some(waited)
    }

    /// The session is over: what still waited.
    pub fn end(self) -> Vec<Pending> {
        self.0.into_iter().filter(|pending| !pending.is_settled).collect()
    }

    /// Another tab of the session has seen these outcomes.
    pub fn merge(&mut self, other: &Pendings) {
        for pending in other.0.iter().filter(|pending| pending.is_settled) {
            self.happened(&pending.head);
        }
    }

    /// As a document.
    pub fn to_value(&self) -> Value {
        let mut rows = Vec::new();
        for pending in &self.0 {
            let mut row = alloc::vec![
                Value::from(pending.head.as_str()),
                Value::Number(pending.views as f64),
                Value::Bool(pending.is_settled),
                Value::Number(pending.logit),
            ];
            for count in &pending.told {
                row.push(Value::Number(*count as f64));
            }
            for term in &pending.terms {
                row.push(Value::Number(*term));
            }
            rows.push(Value::List(row));
        }
        Value::List(rows)
    }

    /// The rows of a document that are in form.
    pub fn from_value(value: &Value) -> Pendings {
        let mut all = Vec::new();
        for row in value.items() {
            let [
                Value::Text(head),
                Value::Number(views),
                Value::Bool(is_settled),
                Value::Number(logit),
                rest @ ..,
            ] = row.items()
            else {
                continue;
            };
            let (mut told, mut terms) = ([0; BINS], Vec::new());
            for (at, number) in rest.iter().enumerate() {
                let number = number.as_f64().unwrap_or(f64::NAN);
                match told.get_mut(at) {
                    Some(count) => *count = number as u32,
                    None => terms.push(number),
                }
            }
            if *views >= 1.0
                && logit.is_finite()
                && terms.len() <= MAX_TERMS
                && terms.iter().all(|term| term.is_finite())
                && all.len() < super::MAX_HEADS
            {
                all.push(Pending {
                    head: clip(head, MAX_NAME).into(),
                    views: *views as u32,
                    told,
                    logit: *logit,
                    terms,
                    is_settled: *is_settled,
                });
            }
        }
        Pendings(all)
    }
}

fn thousandths(x: f64) -> f64 {
    round(x * 1_000.0) / 1_000.0
}
