//! A bandit's prior from what devices told: the same sums that a device keeps, over all of them.
//!
//! A device tells a decision when it was seen, with reward 0, and once more when its reward comes.
//! So a decision without a reward counts without anybody having to come back and say so: the sums of
//! contexts grow with the first, the sums of rewards with the second, and it does not matter how
//! much later that is.
//!
//! What was told long ago counts less, by half in [`HALF_LIFE_MS`], since tastes change. No arm's
//! prior stands on more than [`MOST_LESSONS`], so that a device can still learn what is its own.

use std::collections::HashMap;

use serde::Deserialize;
use unspoken::bandit::{Learn, Posterior};

/// After so long what was told counts half: 14 days. Chosen by `unspoken simulate shop`.
pub const HALF_LIFE_MS: f64 = 14.0 * 86_400_000.0;
/// The most lessons that an arm's prior stands on. Chosen by `unspoken simulate shop`.
pub const MOST_LESSONS: f64 = 2_000.0;
/// Fewer decisions than this make no prior: a device's own ridge says as much.
pub const LEAST_DECISIONS: usize = 20;

/// What a page told of a decision.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Told {
    /// When, in ms since 1970.
    pub at: f64,
    /// The session: a decision stands for one, so it has one lesson a rule.
    pub session: String,
    /// The slot.
    pub slot: String,
    /// The rule's id.
    pub rule: String,
    /// The variant that was shown.
    pub variant: String,
    /// What the choice depended on; the first number is 1.
    pub context: Vec<f64>,
    /// 0 when it was seen, above 0 when its reward came.
    pub reward: f64,
    /// The probability with which it was drawn.
    pub propensity: f64,
}

/// What became of the lessons of one rule.
#[derive(Clone, PartialEq, Debug)]
pub struct Pooled {
    /// The prior.
    pub prior: Posterior,
    /// Decisions that count.
    pub decisions: usize,
    /// Of these, those with a reward.
    pub rewarded: usize,
    /// Lessons that do not count: of another variant or context, out of range, or a second of one
    /// session.
    pub left_out: usize,
}

/// Pools what was told of a rule, as it stands at `now` (ms since 1970).
pub fn pool<'a>(learn: &Learn, told: impl IntoIterator<Item = &'a Told>, now: f64) -> Pooled {
    let mut told: Vec<&Told> = told.into_iter().collect();
    // Also where a batch came late: a decision before its reward, and the same sums every time.
    told.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.reward.total_cmp(&b.reward)));
    let mut pooled =
        Pooled { prior: Posterior::new(learn), decisions: 0, rewarded: 0, left_out: 0 };
    // Arm, context and whether the reward came, of each session's decision.
    let mut sessions: HashMap<&str, (usize, &[f64], bool)> = HashMap::new();
    for lesson in told {
        let fits = lesson.context.len() == learn.size()
            && lesson.context.first() == Some(&1.0)
            && lesson.context.iter().all(|number| number.abs() <= 1.0)
            && (0.0..=1.0).contains(&lesson.reward)
            && lesson.propensity > 0.0
            && lesson.propensity <= 1.0;
        let arm = learn.arm(&lesson.variant).filter(|_| fits);
        let known = sessions.get_mut(lesson.session.as_str());
        let age = (now - lesson.at).max(0.0);
        let weight = (-core::f64::consts::LN_2 * age / HALF_LIFE_MS).exp();
        match (arm, known) {
            (Some(arm), None) if lesson.reward == 0.0 => {
                sessions.insert(&lesson.session, (arm, &lesson.context, false));
                pooled.prior.add(arm, &lesson.context, weight, 0.0);
                pooled.decisions += 1;
            }
            (Some(arm), Some((shown, context, is_rewarded)))
                if lesson.reward > 0.0
                    && *shown == arm
                    && *context == lesson.context
                    && !*is_rewarded =>
            {
                *is_rewarded = true;
                pooled.prior.add(arm, &lesson.context, 0.0, weight * lesson.reward);
                pooled.rewarded += 1;
            }
            _ => pooled.left_out += 1,
        }
    }
    pooled.prior.cap(MOST_LESSONS);
    pooled
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: f64 = 86_400_000.0;

    fn told(session: usize, variant: &str, reward: f64, at: f64) -> Told {
        Told {
            at,
            session: session.to_string(),
            slot: "hero".into(),
            rule: "guide".into(),
            variant: variant.into(),
            context: vec![1.0],
            reward,
            propensity: 0.5,
        }
    }

    fn learn() -> Learn {
        Learn::new(vec!["a".into(), "b".into()], "buy")
    }

    fn means(pooled: &Pooled) -> Vec<f64> {
        let none = Posterior::new(&learn());
        none.estimates(&pooled.prior, &[1.0]).iter().map(|it| it.mean).collect()
    }

    #[test]
    fn a_reward_that_comes_later_counts_and_one_that_never_comes_counts_as_none() {
        let mut all = Vec::new();
        for session in 0..100 {
            all.push(told(session, if session < 50 { "a" } else { "b" }, 0.0, 0.0));
        }
        for session in 0..10 {
            all.insert(0, told(session, "a", 1.0, 60_000.0));
        }
        let pooled = pool(&learn(), &all, 60_000.0);
        assert_eq!((pooled.decisions, pooled.rewarded, pooled.left_out), (100, 10, 0));
        let [a, b] = means(&pooled)[..] else { panic!("two arms") };
        assert!((a - 10.0 / 51.0).abs() < 1e-3 && b == 0.0, "{a} {b}");
    }

    #[test]
    fn one_session_counts_once_and_rubbish_not_at_all() {
        let mut odd = vec![told(1, "a", 0.0, 0.0), told(1, "a", 0.0, 1.0), told(1, "a", 1.0, 2.0)];
        odd.extend([told(1, "a", 1.0, 3.0), told(1, "b", 1.0, 4.0), told(2, "c", 0.0, 0.0)]);
        odd.extend([told(3, "a", 1.0, 0.0), told(4, "a", f64::NAN, 0.0), told(5, "a", 7.0, 0.0)]);
        odd.push(Told { context: vec![1.0, 1.0], ..told(6, "a", 0.0, 0.0) });
        odd.push(Told { context: vec![9.0], ..told(7, "a", 0.0, 0.0) });
        odd.push(Told { propensity: 0.0, ..told(8, "a", 0.0, 0.0) });
        let pooled = pool(&learn(), &odd, 5.0);
        assert_eq!((pooled.decisions, pooled.rewarded, pooled.left_out), (1, 1, 10));
    }

    #[test]
    fn what_is_older_counts_less_and_no_arm_stands_on_more_than_it_may() {
        let old = (0..100).map(|at| told(at, "a", 0.0, 0.0));
        let new = (100..200).map(|at| told(at, "b", 0.0, 14.0 * DAY));
        let all: Vec<Told> = old.chain(new).collect();
        let pooled = pool(&learn(), &all, 14.0 * DAY);
        let stands = [0, 1].map(|arm| pooled.prior.stands_on(arm).round());
        assert_eq!(stands, [50.0, 100.0]);
        let many: Vec<Told> = (0..5_000).map(|at| told(at, "a", 0.0, 0.0)).collect();
        assert!((pool(&learn(), &many, 0.0).prior.stands_on(0) - MOST_LESSONS).abs() < 1e-6);
    }
}
