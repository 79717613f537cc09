//! Visitors divided by what a head forecast of them, before they first saw the rule.
//!
//! Only what lies before the first exposure counts: afterwards the variant itself moves forecasts, and
//! groups that it chose would differ by more than chance. The bounds are terciles of all the trial's
//! visitors with a forecast, not fixed ones: a head that forecasts 0 to 0.1 would put everybody into
//! one of three thirds of [0, 1].

use serde::Serialize;

use super::compare::MetricResult;
use super::trial::Member;
use crate::report::rows::Forecast;
use crate::stats::cap::quantile;
use std::collections::HashMap;
use unspoken::id::Id;

/// Where a visitor's mean forecast stands among the trial's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// In the lowest third.
    Low,
    /// In the middle one.
    Middle,
    /// In the highest.
    High,
    /// There was no forecast before the first exposure.
    Unknown,
}

/// The visitors of one level, and what their variants did.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// The head.
    pub head: String,
    /// The level.
    pub level: Level,
    /// The lowest mean forecast in it; none where there is none.
    pub least: Option<f64>,
    /// The highest.
    pub most: Option<f64>,
    /// Those in it.
    pub visitors: u64,
    /// As of the whole experiment; Holm's correction is over all comparisons of all segments.
    pub metrics: Vec<MetricResult>,
}

/// The visitors of one level.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The level.
    pub level: Level,
    /// The lowest mean forecast in it.
    pub least: Option<f64>,
    /// The highest.
    pub most: Option<f64>,
    /// In the order of the members.
    pub members: Vec<Member>,
}

/// Divides the members; levels without any are left out.
pub fn levels(members: &[Member], forecasts: &[Forecast]) -> Vec<Group> {
    let first: HashMap<Id, u64> = members.iter().map(|it| (it.visitor, it.first_at)).collect();
    let mut sums: HashMap<Id, (u64, u64)> = HashMap::new();
    for forecast in forecasts {
        if first.get(&forecast.visitor).is_some_and(|first_at| forecast.at < *first_at) {
            let (sum, count) = sums.entry(forecast.visitor).or_default();
            *sum = sum.saturating_add(forecast.sum_milli);
            *count = count.saturating_add(forecast.count);
        }
    }
    let mean = |member: &Member| {
        let (sum, count) = sums.get(&member.visitor).filter(|(_, count)| *count > 0)?;
        // A page may send any sum.
        Some((*sum as f64 / 1000.0 / *count as f64).min(1.0))
    };
    let mut means: Vec<f64> = members.iter().filter_map(mean).collect();
    means.sort_by(f64::total_cmp);
    let [third, two_thirds] = [1.0 / 3.0, 2.0 / 3.0].map(|share| quantile(&means, share));
    let level = |mean: Option<f64>| match (mean, third, two_thirds) {
        (Some(mean), Some(third), _) if mean <= third => Level::Low,
        (Some(mean), _, Some(two_thirds)) if mean <= two_thirds => Level::Middle,
        (Some(_), ..) => Level::High,
        (None, ..) => Level::Unknown,
    };
    let mut groups: Vec<Group> = [Level::Low, Level::Middle, Level::High, Level::Unknown]
        .map(|level| Group { level, least: None, most: None, members: Vec::new() })
        .into();
    for member in members {
        let mean = mean(member);
        let group = &mut groups[level(mean) as usize];
        group.members.push(*member);
        if let Some(mean) = mean {
            group.least = Some(group.least.map_or(mean, |least| least.min(mean)));
            group.most = Some(group.most.map_or(mean, |most| most.max(mean)));
        }
    }
    groups.retain(|group| !group.members.is_empty());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(visitor: u128) -> Member {
        Member { visitor: Id(visitor), variant: 0, first_at: 1_000 }
    }

    fn forecast(visitor: u128, at: u64, count: u64, sum_milli: u64) -> Forecast {
        Forecast { visitor: Id(visitor), at, count, sum_milli }
    }

    #[test]
    fn thirds_by_what_was_forecast_before() {
        let members: Vec<Member> = (0..7).map(member).collect();
        let mut forecasts: Vec<Forecast> =
            (0..6).map(|it| forecast(u128::from(it), 900, 10, 100 * it)).collect();
        // What came after the exposure moves nobody, and makes nobody known.
        forecasts.push(forecast(0, 1_000, 1_000, 1_000_000));
        forecasts.push(forecast(6, 2_000, 10, 9_000));
        let groups = levels(&members, &forecasts);
        let told: Vec<(Level, usize)> =
            groups.iter().map(|group| (group.level, group.members.len())).collect();
        let expected = [(Level::Low, 2), (Level::Middle, 2), (Level::High, 2), (Level::Unknown, 1)];
        assert_eq!(told, expected);
        assert_eq!((groups[1].least, groups[1].most), (Some(0.02), Some(0.03)));
        assert_eq!((groups[3].least, groups[3].most), (None, None));
    }

    #[test]
    fn where_all_are_alike_there_is_one_level() {
        let members: Vec<Member> = (0..5).map(member).collect();
        let forecasts: Vec<Forecast> = (0..5).map(|it| forecast(it, 1, 2, 600)).collect();
        let groups = levels(&members, &forecasts);
        assert_eq!(groups.len(), 1);
        assert_eq!((groups[0].level, groups[0].most), (Level::Low, Some(0.3)));
        assert!(levels(&[], &forecasts).is_empty());
    }
}
