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
        let row = |pending: &Pending| {
            let mut row = alloc::vec![
                Value::from(pending.head.as_str()),
                Value::Number(pending.views as f64),
                Value::Bool(pending.is_settled),
                Value::Number(pending.logit),
            ];
            row.extend(pending.told.iter().map(|count| Value::Number(*count as f64)));
            row.extend(pending.terms.iter().map(|term| Value::Number(*term)));
            Value::List(row)
        };
        Value::List(self.0.iter().map(row).collect())
    }

    /// The rows of a document that are in form.
    pub fn from_value(value: Option<&Value>) -> Pendings {
        let row = |row: &Value| {
            let [Value::Text(head), Value::Number(views), Value::Bool(is_settled), rest @ ..] =
                row.items()
            else {
                return None;
            };
            let numbers: Vec<f64> = rest.iter().filter_map(Value::as_f64).collect();
            let (logit, rest) = numbers.split_first()?;
            let (counts, terms) = rest.split_at_checked(BINS)?;
            let fits = *views >= 1.0
                && terms.len() <= MAX_TERMS
                && numbers.iter().all(|number| number.is_finite());
            let mut told = [0; BINS];
            told.iter_mut().zip(counts).for_each(|(told, count)| *told = *count as u32);
            fits.then(|| Pending {
                head: clip(head, MAX_NAME).into(),
                views: *views as u32,
                told,
                logit: *logit,
                terms: terms.into(),
                is_settled: *is_settled,
            })
        };
        let rows = value.map_or(&[][..], Value::items);
        Pendings(rows.iter().take(super::MAX_HEADS).filter_map(row).collect())
    }
}

fn thousandths(x: f64) -> f64 {
    libm::round(x * 1_000.0) / 1_000.0
}
