//! Why something may not be shown, and that in words.

use super::Span;
use crate::text::{push_duration, push_number};
use crate::time::Millis;
use alloc::string::String;

/// Why something may not be shown.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Refusal<'a> {
    /// So often in a span, at most `most`.
    Often {
        /// Times.
        times: f64,
        /// Over what.
        span: Span,
        /// The bound.
        most: f64,
    },
    /// So often in a period.
    Dense {
        /// Times.
        times: f64,
        /// The bound.
        most: f64,
        /// ms.
        period: Millis,
    },
    /// The cool-down has so many ms to go.
    Soon {
        /// ms in all.
        cooldown: Millis,
        /// ms to go.
        left: Millis,
    },
    /// The slot was dismissed.
    Dismissed,
    /// A goal was reached.
    Reached(&'a str),
    /// A fact is known.
    Told(&'a str),
}

impl Refusal<'_> {
    /// Appends it in words; `what` happened: "shown" for limits, "interrupted" for the budget.
    #[cold]
    pub fn describe(&self, what: &str, out: &mut String) {
        let counted = |out: &mut String, times: f64| {
            out.push_str(what);
            out.push(' ');
            push_number(out, times);
            out.push_str(if times == 1.0 { " time " } else { " times " });
        };
        match *self {
            Refusal::Often { times, span, most } => {
                counted(out, times);
                out.push_str(["on this page", "in this session", "on this device"][span as usize]);
                out.push_str(", at most ");
                push_number(out, most);
            }
            Refusal::Dense { times, most, period } => {
                counted(out, times);
                out.push_str("within ");
                push_duration(out, period);
                out.push_str(", at most ");
                push_number(out, most);
            }
            Refusal::Soon { cooldown, left } => {
                out.push_str(what);
                out.push(' ');
                push_duration(out, cooldown - left);
                out.push_str(" ago, a cool-down of ");
                push_duration(out, cooldown);
            }
            Refusal::Dismissed => out.push_str("the visitor dismissed it"),
            Refusal::Reached(goal) => {
                out.push_str("the goal ");
                out.push_str(goal);
                out.push_str(" was reached");
            }
            Refusal::Told(fact) => {
                out.push_str("the fact ");
                out.push_str(fact);
                out.push_str(" is known");
            }
        }
    }
}
