//! The report's shape (docs/contracts.md), and the arithmetic behind its forecasts.
//!
//! Pure: it is told the time and the counts. Counting is the store's.

pub mod attention;
pub mod bandits;
pub mod csv;
pub mod experiments;
pub mod funnel;
pub mod interruptions;
pub mod journeys;
pub mod make;
pub mod metric;
pub mod rows;
pub mod summary;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ratio::Ratio;

/// Points of the timeline.
pub const BUCKETS: usize = 60;
/// A session is live when it was seen this lately.
pub const LIVE_MS: u64 = 5 * 60 * 1000;
/// The most live sessions in one report.
pub const MAX_LIVE: usize = 50;

/// The time a report covers, ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970; also when the report is made.
    pub to: u64,
}

impl Window {
    /// The `minutes` before `now_ms`.
    pub fn last(minutes: u32, now_ms: u64) -> Window {
        Window { from: now_ms.saturating_sub(u64::from(minutes.max(1)) * 60_000), to: now_ms }
    }

    /// Where bucket `index` begins.
    pub fn bucket_start(&self, index: usize) -> u64 {
        self.from + (self.to - self.from) * index as u64 / BUCKETS as u64
    }
}

/// What `GET /v1/report` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// ms since 1970.
    pub generated_at: u64,
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970.
    pub to: u64,
    /// Sums over the window.
    pub totals: Totals,
    /// Sessions seen within [`LIVE_MS`], newest first, at most [`MAX_LIVE`].
    pub live: Vec<Live>,
    /// [`BUCKETS`] equal parts of the window.
    pub timeline: Vec<Bucket>,
    /// Every slot with an exposure in the window, by name.
    pub slots: Vec<Slot>,
    /// Every goal reached in the window, by name.
    pub goals: Vec<Goal>,
    /// Every head with a judged forecast in the window, by name.
    pub intents: Vec<Intent>,
}

/// Sums over the window. Only `machines` counts the sessions that were kept out as automated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Different visitors.
    pub visitors: u64,
    /// Different sessions.
    pub sessions: u64,
    /// Page views that began.
    pub views: u64,
    /// Clicks.
    pub clicks: u64,
    /// Exposures.
    pub exposures: u64,
    /// Goals reached.
    pub goals: u64,
    /// Batches that arrived.
    pub batches: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Different sessions that look automated, and count nowhere else.
    pub machines: u64,
}

/// One session of these minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// 32 hex digits.
    pub session: String,
    /// 32 hex digits.
    pub visitor: String,
    /// ms since 1970.
    pub started_at: u64,
    /// ms since 1970.
    pub last_seen_at: u64,
    /// Page views of the whole session, as are the counts below.
    pub views: u64,
    /// The page it is on; empty where none was told.
    pub path: String,
    /// Clicks.
    pub clicks: u64,
    /// Exposures.
    pub exposures: u64,
    /// Different goals, in the order they were first reached.
    pub goals: Vec<String>,
    /// How much it looks automated: 0 to 100.
    pub automation: u8,
    /// It is kept out of learning and of every statistic.
    pub excluded: bool,
}

/// A part of the timeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// Where it begins: ms since 1970.
    pub at: u64,
    /// Page views that began.
    pub views: u64,
    /// Clicks.
    pub clicks: u64,
    /// Exposures.
    pub exposures: u64,
    /// Goals reached.
    pub goals: u64,
}

/// A slot and what it showed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slot {
    /// Its name.
    pub slot: String,
    /// Visitors who dismissed it.
    pub dismissals: u64,
    /// By name.
    pub variants: Vec<Variant>,
    /// Its experiments, by rule: whether the variants were seen as often as they should.
    pub ratios: Vec<Ratio>,
}

/// A variant and what followed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// Its name.
    pub variant: String,
    /// Times it was seen.
    pub exposures: u64,
    /// Visitors who saw it.
    pub visitors: u64,
    /// For every goal of the window: how many of those visitors reached it after they first saw
    /// the variant. A visitor who saw two variants counts for both.
    pub goals: BTreeMap<String, u64>,
}

/// A goal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Goal {
    /// Its name.
    pub goal: String,
    /// Times it was reached.
    pub count: u64,
    /// Visitors who reached it.
    pub visitors: u64,
    /// Sum of what it was worth.
    pub value: f64,
}

/// How a head's forecasts compared with what happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intent {
    /// Its name.
    pub head: String,
    /// Forecasts that met their outcome.
    pub count: u64,
    /// How many came true.
    pub positives: u64,
    /// Area under the ROC curve; null where all, or none, came true.
    pub auc: Option<f64>,
    /// Expected calibration error.
    pub ece: f64,
    /// Bins with a forecast in them, lowest first.
    pub bins: Vec<Reliability>,
}

/// A bin of a head's reliability.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reliability {
    /// Mean forecast.
    pub forecast: f64,
    /// The share that came true.
    pub observed: f64,
    /// Forecasts in the bin.
    pub count: u64,
}

/// Sums of one bin, over any number of batches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Forecasts.
    pub count: u64,
    /// How many came true.
    pub positives: u64,
    /// Sum of the forecasts, in thousandths.
    pub sum_milli: u64,
}

impl Intent {
    /// Judges a head by its tallies, lowest bin first. `None` where there is no forecast.
    pub fn from_tallies(head: &str, tallies: &[Tally]) -> Option<Intent> {
        let count: u64 = tallies.iter().map(|tally| tally.count).sum();
        if count == 0 {
            return None;
        }
        let bins = reliability(tallies);
        Some(Intent {
            head: head.to_owned(),
            count,
            positives: tallies.iter().map(|tally| tally.positives).sum(),
            auc: auc(tallies),
            ece: ece(&bins),
            bins,
        })
    }
}

/// Bins with a forecast in them, lowest first.
pub fn reliability(tallies: &[Tally]) -> Vec<Reliability> {
    tallies
        .iter()
        .filter(|tally| tally.count > 0)
        .map(|tally| Reliability {
            // A page may send any sum; a mean beyond 1 would break a chart.
            forecast: (tally.sum_milli as f64 / 1000.0 / tally.count as f64).min(1.0),
            observed: tally.positives as f64 / tally.count as f64,
            count: tally.count,
        })
        .collect()
}

/// The chance that a forecast that came true stood in a higher bin than one that did not; within a
/// bin the order is unknown and counts half (the trapezoid). With ten bins this lies near, and
/// mostly below, the area of the unbinned forecasts.
pub fn auc(tallies: &[Tally]) -> Option<f64> {
    let positives: u64 = tallies.iter().map(|tally| tally.positives).sum();
    let negatives: u64 = tallies.iter().map(|tally| tally.count - tally.positives).sum();
    if positives == 0 || negatives == 0 {
        return None;
    }
    let (mut won, mut negatives_below) = (0.0, 0.0);
    for tally in tallies {
        let (yes, no) = (tally.positives as f64, (tally.count - tally.positives) as f64);
        won += yes * (negatives_below + no / 2.0);
        negatives_below += no;
    }
    Some(won / (positives as f64 * negatives as f64))
}

/// Mean distance between forecast and observation, each bin weighted by its forecasts.
pub fn ece(bins: &[Reliability]) -> f64 {
    let count: f64 = bins.iter().map(|bin| bin.count as f64).sum();
    if count == 0.0 {
        return 0.0;
    }
    bins.iter().map(|bin| bin.count as f64 * (bin.forecast - bin.observed).abs()).sum::<f64>()
        / count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(count: u64, positives: u64, sum_milli: u64) -> Tally {
        Tally { count, positives, sum_milli }
    }

    /// By the definition: every pair of a positive and a negative, ties half.
    fn auc_by_pairs(tallies: &[Tally]) -> f64 {
        let (mut won, mut pairs) = (0.0, 0.0);
        for (a, above) in tallies.iter().enumerate() {
            for (b, below) in tallies.iter().enumerate() {
                for _ in 0..above.positives * (below.count - below.positives) {
                    pairs += 1.0;
                    won += if a > b {
                        1.0
                    } else if a == b {
                        0.5
                    } else {
                        0.0
                    };
                }
            }
        }
        won / pairs
    }

    #[test]
    fn auc_is_the_share_of_pairs_in_order() {
        let tallies =
            [tally(40, 2, 0), tally(0, 0, 0), tally(10, 3, 0), tally(8, 6, 0), tally(1, 0, 0)];
        let auc = auc(&tallies).unwrap();
        assert!((auc - auc_by_pairs(&tallies)).abs() < 1e-12, "{auc}");
        assert!(auc > 0.8 && auc < 0.9, "{auc}");
    }

    #[test]
    fn auc_at_its_ends() {
        assert_eq!(auc(&[tally(5, 0, 0), tally(5, 5, 0)]), Some(1.0));
        assert_eq!(auc(&[tally(5, 5, 0), tally(5, 0, 0)]), Some(0.0));
        assert_eq!(auc(&[tally(10, 5, 0)]), Some(0.5));
        assert_eq!(auc(&[tally(10, 10, 0)]), None);
        assert_eq!(auc(&[]), None);
    }

    #[test]
    fn ece_weighs_bins_by_their_forecasts() {
        let intent =
            Intent::from_tallies("commit", &[tally(90, 9, 4_500), tally(10, 8, 9_000)]).unwrap();
        // 0.9 × |0.05 − 0.1| + 0.1 × |0.9 − 0.8|
        assert!((intent.ece - 0.055).abs() < 1e-12, "{}", intent.ece);
        assert_eq!((intent.count, intent.positives), (100, 17));
    }

    #[test]
    fn a_head_without_forecasts_is_left_out() {
        assert_eq!(Intent::from_tallies("commit", &[tally(0, 0, 0)]), None);
    }

    #[test]
    fn buckets_cover_the_window() {
        let window = Window::last(60, 7_200_000);
        assert_eq!(window.bucket_start(0), window.from);
        assert_eq!(window.bucket_start(59), window.to - 60_000);
    }
}
