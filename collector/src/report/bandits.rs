//! `GET /v1/report/bandits`: what always showing one variant would have earned.
//!
//! Off-policy, from what devices told: each decision with the probability that it had. The estimate is
//! SNIPW (Swaminathan & Joachims 2015, [`crate::ope`]), which stays within the rewards that were seen.
//! Its interval takes visitors as the unit, whose decisions resemble each other: `Σ w r / Σ w` is a ratio
//! over visitors, so the delta method of [`Sample::ratio`] has its variance.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use unspoken::id::Id;

use super::rows::Lesson;
use crate::ope::told::{Decision, always, decisions, settle};
use crate::pool::Told;
use crate::stats::{ALPHA, Pairs, Sample, tail};

/// The most rules, those with the most decisions: anyone with the key may post names.
pub const MAX_RULES: usize = 64;
/// The most variants of a rule; a config has 8 at most.
pub const MAX_VARIANTS: usize = 16;

/// What `GET /v1/report/bandits` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bandits {
    /// ms since 1970.
    pub generated_at: u64,
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970.
    pub to: u64,
    /// By slot and rule.
    pub bandits: Vec<Bandit>,
}

/// A rule that learns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bandit {
    /// Where.
    pub slot: String,
    /// Which.
    pub rule: String,
    /// Decisions that were seen.
    pub lessons: u64,
    /// The mean reward of a decision as they were made.
    pub observed: Valued,
    /// By name.
    pub variants: Vec<Variant>,
}

/// A mean reward, 0 to 1, with its 95 % interval; none where nothing is known of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Valued {
    /// The mean.
    pub value: Option<f64>,
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// A variant, as if it were always shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variant {
    /// Its name.
    pub variant: String,
    /// Decisions for it.
    pub lessons: u64,
    /// What a decision would earn.
    #[serde(flatten)]
    pub value: Valued,
    /// `(Σ w)² / Σ w²` (Kish 1965): as many decisions as an even log would need to say as much.
    pub effective: f64,
}

/// A ratio over visitors with its interval, within 0 and 1 as rewards are.
fn valued(pairs: impl Iterator<Item = (Id, f64, f64)>) -> Valued {
    // In the order of visitors, so that sums have one order.
    let mut visitors: BTreeMap<Id, (f64, f64)> = BTreeMap::new();
    for (visitor, x, y) in pairs {
        let sums = visitors.entry(visitor).or_default();
        *sums = (sums.0 + x, sums.1 + y);
    }
    let pairs: Pairs = visitors.into_values().collect();
    if pairs.y().sum() <= 0.0 {
        return Valued::default();
    }
    let sample = Sample::ratio(&pairs);
    let count = sample.count as f64;
    let half = (sample.count > 1 && sample.variance > 0.0)
        .then(|| tail::critical(ALPHA, count - 1.0))
        .flatten()
        .map(|critical| critical * libm::sqrt(sample.variance / count));
    Valued {
        value: Some(sample.mean.clamp(0.0, 1.0)),
        low: half.map(|half| (sample.mean - half).clamp(0.0, 1.0)),
        high: half.map(|half| (sample.mean + half).clamp(0.0, 1.0)),
    }
}

/// Judges every rule that learns.
pub fn judge(times: [u64; 3], lessons: &[Lesson]) -> Bandits {
    let [generated_at, from, to] = times;
    let mut rules: Vec<&[Lesson]> =
        lessons.chunk_by(|one, next| (&one.slot, &one.rule) == (&next.slot, &next.rule)).collect();
    rules.sort_by_key(|lessons| std::cmp::Reverse(lessons.len()));
    rules.truncate(MAX_RULES);
    let mut bandits: Vec<Bandit> = rules.into_iter().filter_map(rule).collect();
    bandits.sort_by(|one, other| (&one.slot, &one.rule).cmp(&(&other.slot, &other.rule)));
    Bandits { generated_at, from, to, bandits }
}

fn rule(lessons: &[Lesson]) -> Option<Bandit> {
    let (slot, rule) = lessons.first().map(|lesson| (&*lesson.slot, &*lesson.rule))?;
    let mut visitors: HashMap<String, Id> = HashMap::new();
    let told = |lesson: &Lesson| {
        let session = lesson.session.to_hex();
        visitors.insert(session.clone(), lesson.visitor);
        let told = Told {
            at: lesson.at as f64,
            session,
            slot: slot.to_owned(),
            rule: rule.to_owned(),
            variant: lesson.variant.to_string(),
            context: serde_json::from_str(&lesson.context).unwrap_or_default(),
            reward: lesson.reward,
            propensity: lesson.chance,
        };
        (lesson.visitor, told)
    };
    let told = settle(lessons.iter().map(told).collect());
    let decisions = decisions(&told, slot, rule);
    let whose = |decision: &Decision| visitors.get(decision.session).copied().unwrap_or_default();
    let mut variants: BTreeMap<&str, u64> = BTreeMap::new();
    for decision in &decisions {
        *variants.entry(decision.variant).or_default() += 1;
    }
    let mut most: Vec<(&str, u64)> = variants.iter().map(|(name, count)| (*name, *count)).collect();
    most.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: BTreeSet<&str> = most.into_iter().take(MAX_VARIANTS).map(|(name, _)| name).collect();
    let variant = |name: &&str| {
        let rows = always(name, &decisions);
        let weight = |row: &crate::ope::Row| row.target / row.propensity;
        let sum: f64 = rows.iter().map(weight).sum();
        let squares: f64 = rows.iter().map(weight).map(|weight| weight * weight).sum();
        let pairs = rows
            .iter()
            .zip(&decisions)
            .map(|(row, decision)| (whose(decision), weight(row) * row.reward, weight(row)));
        Variant {
            variant: (*name).to_owned(),
            lessons: variants.get(name).copied().unwrap_or(0),
            value: valued(pairs),
            effective: if squares > 0.0 { sum * sum / squares } else { 0.0 },
        }
    };
    (!decisions.is_empty()).then(|| Bandit {
        slot: slot.to_owned(),
        rule: rule.to_owned(),
        lessons: decisions.len() as u64,
        observed: valued(decisions.iter().map(|it| (whose(it), it.reward, 1.0))),
        variants: named.iter().map(variant).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson(visitor: u128, variant: &str, chance: f64, reward: f64, at: u64) -> Lesson {
        Lesson {
            slot: "hero".into(),
            rule: "guide".into(),
            variant: variant.into(),
            chance,
            reward,
            at,
            context: "[1.0]".into(),
            visitor: Id(visitor),
            session: Id(visitor),
        }
    }

    /// The better variant is shown to one in five, and earns three times as often.
    fn lessons() -> Vec<Lesson> {
        let mut all = Vec::new();
        for at in 0..2_000u128 {
            let (variant, chance, every) = if at % 5 == 0 { ("b", 0.2, 2) } else { ("a", 0.8, 6) };
            all.push(lesson(at, variant, chance, 0.0, 1));
            if (at / 5).is_multiple_of(every) {
                all.push(lesson(at, variant, chance, 1.0, 2));
            }
        }
        all.sort_by_key(|lesson| lesson.at);
        all
    }

    #[test]
    fn a_policy_that_favours_one_is_seen_through() {
        let told = judge([3, 1, 2], &lessons());
        let bandit = &told.bandits[0];
        assert_eq!((bandit.lessons, bandit.variants.len()), (2_000, 2));
        let [a, b] = [&bandit.variants[0], &bandit.variants[1]];
        assert_eq!((a.lessons, b.lessons), (1_600, 400));
        assert!((a.value.value.unwrap() - 1.0 / 6.0).abs() < 0.002, "{a:?}");
        assert!((b.value.value.unwrap() - 0.5).abs() < 1e-9, "{b:?}");
        assert!(b.value.low > a.value.high);
        assert!((b.effective - 400.0).abs() < 1e-6);
        let observed = bandit.observed.value.unwrap();
        assert!(observed > a.value.value.unwrap() && observed < b.value.value.unwrap());
    }

    #[test]
    fn the_same_visitor_again_says_less_than_another() {
        let many = lessons();
        let few: Vec<Lesson> = many
            .iter()
            .map(|lesson| Lesson { visitor: Id(lesson.visitor.0 / 50), ..lesson.clone() })
            .collect();
        let width = |lessons: &[Lesson]| {
            let value = judge([3, 1, 2], lessons).bandits[0].variants[0].value;
            value.high.unwrap() - value.low.unwrap()
        };
        assert!(width(&few) != width(&many));
        assert_eq!(judge([3, 1, 2], &[]).bandits, []);
    }

    #[test]
    fn nothing_earned_is_nought_without_an_interval() {
        let told = judge([3, 1, 2], &[lesson(1, "a", 0.5, 0.0, 1), lesson(2, "a", 0.5, 0.0, 1)]);
        let value = told.bandits[0].variants[0].value;
        assert_eq!((value.value, value.low), (Some(0.0), None));
    }
}
