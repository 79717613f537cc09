//! A metric of each visitor of a trial, after his first exposure and before it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use unspoken::id::Id;

use super::trial::Member;
use crate::report::metric::{Kind, Metric, Of, SESSIONS, VIEWS};
use crate::report::rows::{Goal, View};
use crate::stats::cap::quantile_with_zeros;

/// The most metrics where the settings name none: goals with the most visitors, since anyone with
/// the key may post names.
const MAX_DEFAULT: usize = 12;

/// What visitors did, found by visitor.
pub struct Deeds<'a> {
    goals: &'a [Goal],
    views: &'a [View],
    places: HashMap<Id, [Range<usize>; 2]>,
}

impl<'a> Deeds<'a> {
    /// Of rows that come visitor by visitor.
    pub fn new(goals: &'a [Goal], views: &'a [View]) -> Deeds<'a> {
        let mut places: HashMap<Id, [Range<usize>; 2]> = HashMap::new();
        let mut note = |which: usize, visitors: &mut dyn Iterator<Item = Id>| {
            for (at, visitor) in visitors.enumerate() {
                let range = &mut places.entry(visitor).or_insert([0..0, 0..0])[which];
                *range = if range.end == 0 { at..at + 1 } else { range.start..at + 1 };
            }
        };
        note(0, &mut goals.iter().map(|goal| goal.visitor));
        note(1, &mut views.iter().map(|view| view.visitor));
        Deeds { goals, views, places }
    }

    fn goals(&self, visitor: Id) -> &'a [Goal] {
        self.places.get(&visitor).map_or(&[], |[goals, _]| &self.goals[goals.clone()])
    }

    fn views(&self, visitor: Id) -> &'a [View] {
        self.places.get(&visitor).map_or(&[], |[_, views]| &self.views[views.clone()])
    }

    /// For each goal a conversion, and where it has a value a revenue: of the goals with the most
    /// visitors, by name.
    pub fn default_metrics(&self, window: [u64; 2]) -> Vec<Metric> {
        let mut goals: BTreeMap<&str, (u64, bool, Option<Id>)> = BTreeMap::new();
        for goal in self.goals.iter().filter(|goal| (window[0]..=window[1]).contains(&goal.at)) {
            let (visitors, has_value, last) = goals.entry(&goal.goal).or_default();
            *visitors += u64::from(*last != Some(goal.visitor));
            *has_value |= goal.value != 0.0;
            *last = Some(goal.visitor);
        }
        let mut most: Vec<(&str, u64, bool)> =
            goals.into_iter().map(|(name, (visitors, has, _))| (name, visitors, has)).collect();
        most.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
        most.truncate(MAX_DEFAULT);
        most.sort();
        let of_goal = |(name, _, has_value): (&str, u64, bool)| {
            let revenue = has_value.then(|| Metric::revenue(name));
            std::iter::once(Metric::conversion(name)).chain(revenue)
        };
        most.into_iter().flat_map(of_goal).collect()
    }

    /// How often, and how much, in a stretch of time.
    fn of_goal(&self, visitor: Id, name: &str, time: &Range<u64>) -> (f64, f64) {
        let goals = self.goals(visitor).iter();
        goals
            .filter(|goal| &*goal.goal == name && time.contains(&goal.at))
            .fold((0.0, 0.0), |(count, sum), goal| (count + 1.0, sum + goal.value))
    }

    /// A visitor's number of a metric in a stretch of time; of a ratio both parts.
    fn number(&self, metric: &Metric, visitor: Id, time: &Range<u64>) -> (f64, f64) {
        let (count, sum) = self.of_goal(visitor, &metric.goal, time);
        match metric.kind {
            Kind::Conversion => (f64::from(u8::from(count > 0.0)), 1.0),
            Kind::Count => (count, 1.0),
            Kind::Revenue => (sum, 1.0),
            Kind::Ratio => {
                let part = if metric.of == Of::Value { sum } else { count };
                let views = || self.views(visitor).iter().filter(|view| time.contains(&view.at));
                let per = match metric.per.as_deref() {
                    Some(VIEWS) => views().count() as f64,
                    Some(SESSIONS) => {
                        let mut sessions: Vec<Id> = views().map(|view| view.session).collect();
                        sessions.sort();
                        sessions.dedup();
                        sessions.len() as f64
                    }
                    Some(goal) => self.of_goal(visitor, goal, time).0,
                    None => 1.0,
                };
                (part, per)
            }
        }
    }
}

/// What one visitor adds to a metric.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Which variant.
    pub variant: usize,
    /// After the first exposure, capped; of a ratio the numerator.
    pub after: f64,
    /// Of a ratio the denominator.
    pub per: f64,
    /// Before the first exposure, for as long as the window is, capped likewise.
    pub before: f64,
}

/// A metric of a trial's visitors.
pub struct Measured {
    /// In the order of the members.
    pub numbers: Vec<Number>,
    /// The cap, where there is one.
    pub cap: Option<(f64, f64)>,
}

/// Measures the members. `end` is the window's last ms, `length` its length in ms.
pub fn measure<'m>(
    metric: &Metric,
    members: impl Iterator<Item = &'m Member>,
    deeds: &Deeds,
    end: u64,
    length: u64,
) -> Measured {
    let mut numbers: Vec<Number> = members
        .map(|Member { visitor, variant, first_at }| {
            let (after, per) = deeds.number(metric, *visitor, &(first_at + 1..end + 1));
            let has_before = metric.kind != Kind::Ratio;
            let earlier = first_at.saturating_sub(length)..*first_at;
            let before = if has_before { deeds.number(metric, *visitor, &earlier).0 } else { 0.0 };
            Number { variant: *variant, after, per, before }
        })
        .collect();
    let cap = metric.cap().and_then(|share| {
        let listed: Vec<f64> =
            numbers.iter().map(|it| it.after).filter(|number| *number != 0.0).collect();
        let zeros = numbers.len() - listed.len();
        // A quantile of 0 would cap everything away: then there are too few to cap.
        let value = quantile_with_zeros(listed, zeros, share).filter(|value| *value > 0.0)?;
        Some((share, value))
    });
    if let Some((_, most)) = cap {
        for number in &mut numbers {
            number.after = number.after.min(most);
            number.before = number.before.min(most);
        }
    }
    Measured { numbers, cap }
}
