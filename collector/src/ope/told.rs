//! Rows from what devices told of a rule that learns: what always showing one variant would have
//! earned.

use std::collections::HashMap;

use unspoken::id::Id;

use super::Row;
use crate::pool::Told;

/// A decision that was seen: its variant, the probability of it, and the reward that came.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision<'a> {
    /// The session in which it was made, in hex.
    pub session: &'a str,
    /// The variant.
    pub variant: &'a str,
    /// The probability with which it was drawn.
    pub propensity: f64,
    /// 0 to 1.
    pub reward: f64,
}

/// What a reward and its decision have alike: visitor, slot, rule, variant, the context's bits.
type Same = (Id, String, String, String, Vec<u64>);

/// Gives each reward that came in a later visit to the session in which its decision was seen: the
/// last one without a reward of this visitor, rule, variant and context. Lessons come in the order of
/// time, each with its visitor.
pub fn settle(lessons: Vec<(Id, Told)>) -> Vec<Told> {
    // The places of decisions whose reward may still come.
    let mut open: HashMap<Same, Vec<usize>> = HashMap::new();
    let mut all: Vec<Told> = Vec::with_capacity(lessons.len());
    for (visitor, mut told) in lessons {
        let context = told.context.iter().map(|number| number.to_bits()).collect();
        let same = (visitor, told.slot.clone(), told.rule.clone(), told.variant.clone(), context);
        if told.reward == 0.0 {
            open.entry(same).or_default().push(all.len());
        } else if let Some(at) = open.get_mut(&same).and_then(Vec::pop) {
            told.session.clone_from(&all[at].session);
        }
        all.push(told);
    }
    all
}

/// The decisions of one rule, each with its reward; lessons as [`crate::store::lessons`] has them.
pub fn decisions<'a>(told: &'a [Told], slot: &str, rule: &str) -> Vec<Decision<'a>> {
    let mut decisions: Vec<Decision> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for lesson in told.iter().filter(|told| told.slot == slot && told.rule == rule) {
        let Told { session, variant, propensity, reward, .. } = lesson;
        match places.get(&(session.as_str(), variant.as_str())) {
            Some(at) => decisions[*at].reward = decisions[*at].reward.max(*reward),
            None if *reward == 0.0 && *propensity > 0.0 => {
                places.insert((session, variant), decisions.len());
                decisions.push(Decision { session, variant, propensity: *propensity, reward: 0.0 });
            }
            None => {}
        }
    }
    decisions
}

/// What a policy is judged by that always shows `variant`; a variant is expected to earn the mean
/// of its decisions.
pub fn always(variant: &str, decisions: &[Decision]) -> Vec<Row> {
    let mean = |of: &str| {
        let own = decisions.iter().filter(|decision| decision.variant == of);
        let (count, sum) = own.fold((0.0, 0.0), |(count, sum), it| (count + 1.0, sum + it.reward));
        if count > 0.0 { sum / count } else { 0.0 }
    };
    let value = mean(variant);
    let row = |decision: &Decision| Row {
        reward: decision.reward,
        propensity: decision.propensity,
        target: f64::from(u8::from(decision.variant == variant)),
        expected: mean(decision.variant),
        value,
    };
    decisions.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ope::judge;

    fn told(session: usize, variant: &str, propensity: f64, reward: f64) -> Told {
        Told {
            at: session as f64,
            session: session.to_string(),
            slot: "hero".into(),
            rule: "guide".into(),
            variant: variant.into(),
            context: vec![1.0],
            reward,
            propensity,
        }
    }

    #[test]
    fn a_policy_that_favours_one_variant_is_seen_through() {
        // The better variant was shown rarely: one in five, and it earns three times as often.
        let mut lessons = vec![Told { slot: "other".into(), ..told(9_999, "b", 0.5, 0.0) }];
        for session in 0..1_000 {
            let (variant, propensity, every) =
                if session % 5 == 0 { ("b", 0.2, 2) } else { ("a", 0.8, 6) };
            lessons.push(told(session, variant, propensity, 0.0));
            if session / 5 % every == 0 {
                lessons.push(told(session, variant, propensity, 1.0));
            }
        }
        let decisions = decisions(&lessons, "hero", "guide");
        assert_eq!(decisions.len(), 1_000);
        for (variant, rate) in [("a", 1.0 / 6.0), ("b", 0.5)] {
            let judged = judge(&always(variant, &decisions), None, 1).unwrap();
            assert!(judged.weights.alarms.is_empty(), "{:?}", judged.weights);
            for estimate in &judged.estimates {
                assert!((estimate.value - rate).abs() < 0.01, "{variant}: {estimate:?}");
            }
        }
    }
}
