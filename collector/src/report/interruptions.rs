//! `GET /v1/report/interruptions`: how often visitors are interrupted, a visitor and day at a time.
//!
//! An interruption is an exposure of a variant other than the default. Days are of UTC, and only those
//! on which a visitor was interrupted: a day without says nothing of how much is too much.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use unspoken::id::Id;

use super::rows::Interruption;
use crate::stats::cap::quantile;

/// Counts from here on are one row of the histogram.
pub const LAST_COUNT: u64 = 50;

/// What `GET /v1/report/interruptions` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Interruptions {
    /// ms since 1970.
    pub generated_at: u64,
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970.
    pub to: u64,
    /// Those who were interrupted.
    pub visitors: u64,
    /// Over their days with an interruption.
    pub per_visitor_day: PerDay,
    /// By count; the last row has [`LAST_COUNT`] and more.
    pub histogram: Vec<Bar>,
    /// Dismissals for each interruption, at most 1; none where there was none.
    pub dismissed: Option<f64>,
}

/// Interruptions of a visitor on a day; 0 where there was none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct PerDay {
    /// In the mean.
    pub mean: f64,
    /// The middling day.
    pub p50: f64,
    /// All days but one in twenty have at most this.
    pub p95: f64,
    /// The worst.
    pub max: u64,
}

/// Days with as many interruptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bar {
    /// Interruptions.
    pub count: u64,
    /// Days of a visitor that had so many.
    pub visitor_days: u64,
}

/// Counts.
pub fn gather(times: [u64; 3], rows: &[Interruption]) -> Interruptions {
    let [generated_at, from, to] = times;
    // A dismissal after midnight is none of that day's interruptions.
    let days = || rows.iter().filter(|row| row.exposures > 0);
    let visitors: HashSet<Id> = days().map(|row| row.visitor).collect();
    let mut counts: Vec<f64> = days().map(|row| row.exposures as f64).collect();
    counts.sort_by(f64::total_cmp);
    let shown: u64 = days().map(|row| row.exposures).sum();
    let dismissals: u64 = rows.iter().map(|row| row.dismissals).sum();
    let mut histogram: BTreeMap<u64, u64> = BTreeMap::new();
    for row in days() {
        *histogram.entry(row.exposures.min(LAST_COUNT)).or_default() += 1;
    }
    let at = |share| quantile(&counts, share).unwrap_or(0.0);
    Interruptions {
        generated_at,
        from,
        to,
        visitors: visitors.len() as u64,
        per_visitor_day: PerDay {
            mean: if counts.is_empty() { 0.0 } else { shown as f64 / counts.len() as f64 },
            p50: at(0.5),
            p95: at(0.95),
            max: days().map(|row| row.exposures).max().unwrap_or(0),
        },
        histogram: histogram
            .into_iter()
            .map(|(count, visitor_days)| Bar { count, visitor_days })
            .collect(),
        dismissed: (shown > 0).then(|| (dismissals as f64 / shown as f64).min(1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(visitor: u128, exposures: u64, dismissals: u64) -> Interruption {
        Interruption { visitor: Id(visitor), exposures, dismissals }
    }

    #[test]
    fn days_of_visitors() {
        let told = gather([3, 1, 2], &[row(1, 1, 1), row(1, 3, 0), row(2, 200, 0), row(3, 0, 1)]);
        assert_eq!(told.visitors, 2);
        let PerDay { mean, p50, max, .. } = told.per_visitor_day;
        assert_eq!((mean, p50, max), (68.0, 3.0, 200));
        let bars: Vec<(u64, u64)> =
            told.histogram.iter().map(|bar| (bar.count, bar.visitor_days)).collect();
        assert_eq!(bars, [(1, 1), (3, 1), (50, 1)]);
        assert_eq!(told.dismissed, Some(2.0 / 204.0));
    }

    #[test]
    fn nobody_was_interrupted() {
        let told = gather([3, 1, 2], &[]);
        assert_eq!((told.visitors, told.dismissed), (0, None));
        assert_eq!(told.per_visitor_day, PerDay::default());
    }
}
