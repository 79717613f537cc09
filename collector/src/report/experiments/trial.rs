//! Who belongs to which variant of a rule, and what that makes of the rule.
//!
//! A visitor belongs to the first variant that he saw by the rule. Who saw several is left out and
//! counted: what he did afterwards belongs to none of them. This holds for bandits too, which draw
//! anew each session.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;
use unspoken::id::Id;

use crate::ratio::{self, Counted};
use crate::report::rows::Exposure;

/// The variant without a change.
pub const DEFAULT: &str = "default";
/// Probabilities this near each other are one; they come in millionths.
const SAME: f64 = 1e-5;
/// So many of a variant's visitors must have had one probability for it to be fixed; a test page or
/// a stale config may tell another.
const FIXED: f64 = 0.95;
/// Below this p a ratio of visitors is no accident.
const ALARM: f64 = 0.001;
/// The most variants of a rule, those with the most visitors: anyone with the key may post names.
const MAX_VARIANTS: usize = 32;

/// How a rule chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// By fixed probabilities.
    Experiment,
    /// By probabilities that change.
    Bandit,
    /// Not by chance: who sees it differs from who does not, so no difference has it as its cause.
    Rule,
}

/// Whether variants have as many visitors as they should.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Srm {
    /// Pearson's statistic.
    pub chi_square: f64,
    /// How probable one as large is by chance.
    pub p: f64,
    /// Visitors are lost on the way: the numbers compare different people.
    pub alarm: bool,
}

/// A visitor and his variant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// Who.
    pub visitor: Id,
    /// Which of [`Trial::variants`].
    pub variant: usize,
    /// When he first saw it: ms since 1970.
    pub first_at: u64,
}

/// A rule and its visitors.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Where.
    pub slot: Arc<str>,
    /// Which.
    pub rule: Arc<str>,
    /// How it chooses.
    pub kind: Kind,
    /// By name; the control's place is [`Trial::control`].
    pub variants: Vec<Arc<str>>,
    /// What the others are held against.
    pub control: usize,
    /// In the order of the exposures, so that sums have one order.
    pub members: Vec<Member>,
    /// Visitors who saw several variants.
    pub multiple: u64,
    /// Whether the visitors are divided as they should be.
    pub srm: Option<Srm>,
}

/// What one visitor saw by one rule.
struct Seen {
    visitor: Id,
    variant: Arc<str>,
    chance: Option<f64>,
    first_at: u64,
    is_multiple: bool,
}

type Rules = BTreeMap<(Arc<str>, Arc<str>), Vec<Seen>>;

/// Divides the visitors of each rule; exposures come visitor by visitor, each in order of time.
pub fn trials(exposures: &[Exposure]) -> Vec<Trial> {
    let mut rules: Rules = BTreeMap::new();
    // Who saw a slot's default by no rule, and when first.
    let mut defaults: BTreeMap<Arc<str>, Vec<(Id, u64)>> = BTreeMap::new();
    for exposure in exposures {
        let Exposure { visitor, slot, rule, variant, chance, first_at } = exposure;
        let Some(rule) = rule else {
            let all = defaults.entry(Arc::clone(slot)).or_default();
            if all.last().is_none_or(|(last, _)| last != visitor) {
                all.push((*visitor, *first_at));
            }
            continue;
        };
        let all = rules.entry((Arc::clone(slot), Arc::clone(rule))).or_default();
        match all.last_mut().filter(|seen| seen.visitor == *visitor) {
            Some(seen) => seen.is_multiple |= seen.variant != *variant,
            None => all.push(Seen {
                visitor: *visitor,
                variant: Arc::clone(variant),
                chance: *chance,
                first_at: *first_at,
                is_multiple: false,
            }),
        }
    }
    let none = Vec::new();
    let trial = |((slot, rule), seen): ((Arc<str>, Arc<str>), Vec<Seen>)| {
        let untouched = defaults.get(&slot).unwrap_or(&none);
        divide(slot, rule, seen, untouched)
    };
    rules.into_iter().filter_map(trial).collect()
}

/// None where there is nothing to compare.
fn divide(
    slot: Arc<str>,
    rule: Arc<str>,
    seen: Vec<Seen>,
    untouched: &[(Id, u64)],
) -> Option<Trial> {
    let multiple = seen.iter().filter(|seen| seen.is_multiple).count() as u64;
    let mut variants = counted(&seen);
    let kind = kind(&variants);
    let mut members: Vec<(Id, Arc<str>, u64)> = Vec::new();
    let known: HashSet<Id> = seen.iter().map(|seen| seen.visitor).collect();
    for seen in seen.into_iter().filter(|seen| !seen.is_multiple) {
        // Chance is at work, but not here: somebody tries a variant by hand.
        if kind == Kind::Rule || seen.chance.is_some() {
            members.push((seen.visitor, seen.variant, seen.first_at));
        }
    }
    if kind == Kind::Rule {
        let others = untouched.iter().filter(|(visitor, _)| !known.contains(visitor));
        members.extend(others.map(|(visitor, at)| (*visitor, DEFAULT.into(), *at)));
        members.sort_by_key(|(visitor, ..)| *visitor);
    }
    let srm = (kind == Kind::Experiment).then(|| srm(&rule, &variants)).flatten();
    if kind == Kind::Rule {
        let count = members.iter().filter(|(_, variant, _)| &**variant == DEFAULT).count() as u64;
        variants.retain(|it| it.variant != DEFAULT);
        variants.push(Counted { variant: DEFAULT.into(), visitors: count, least: 0.0, most: 0.0 });
    }
    variants.retain(|it| it.visitors > 0);
    variants.sort_by(|one, other| {
        other.visitors.cmp(&one.visitors).then(one.variant.cmp(&other.variant))
    });
    variants.truncate(MAX_VARIANTS);
    let mut names: Vec<Arc<str>> = variants.iter().map(|it| it.variant.as_str().into()).collect();
    names.sort();
    if names.len() < 2 {
        return None;
    }
    let place: HashMap<&str, usize> =
        names.iter().enumerate().map(|(at, name)| (&**name, at)).collect();
    let members: Vec<Member> = members
        .iter()
        .filter_map(|(visitor, variant, first_at)| {
            let variant = *place.get(&**variant)?;
            Some(Member { visitor: *visitor, variant, first_at: *first_at })
        })
        .collect();
    let control = control(&names);
    Some(Trial { slot, rule, kind, control, variants: names, members, multiple, srm })
}

/// The variant without a change: `default`, else `control`, else the first by name.
fn control(names: &[Arc<str>]) -> usize {
    let named = |wanted: &str| names.iter().position(|name| &**name == wanted);
    named(DEFAULT).or_else(|| named("control")).unwrap_or(0)
}

/// Each variant's visitors, and the probability that most of them had; `least` below `most` where
/// they had many, and both 0 where there was none.
fn counted(seen: &[Seen]) -> Vec<Counted> {
    let mut variants: BTreeMap<&str, Vec<Option<f64>>> = BTreeMap::new();
    for seen in seen.iter().filter(|seen| !seen.is_multiple) {
        variants.entry(&seen.variant).or_default().push(seen.chance);
    }
    let is_chance = variants.values().flatten().any(Option::is_some);
    let count = |(variant, chances): (&str, Vec<Option<f64>>)| {
        let mut told: Vec<f64> = chances.iter().copied().flatten().collect();
        told.sort_by(f64::total_cmp);
        let visitors = if is_chance { told.len() } else { chances.len() } as u64;
        let middle = told.get(told.len() / 2).copied().unwrap_or(0.0);
        let near = told.iter().filter(|chance| (*chance - middle).abs() <= SAME).count();
        let fixed = near as f64 >= FIXED * told.len() as f64;
        let least = if fixed { middle } else { told.first().copied().unwrap_or(0.0) };
        let most = if fixed { middle } else { told.last().copied().unwrap_or(0.0) };
        Counted { variant: variant.to_owned(), visitors, least, most }
    };
    variants.into_iter().map(count).collect()
}

fn kind(variants: &[Counted]) -> Kind {
    let drawn: Vec<&Counted> = variants.iter().filter(|it| it.most > 0.0).collect();
    if drawn.iter().all(|it| it.least > 1.0 - SAME) {
        // None at all, or always the same.
        Kind::Rule
    } else if drawn.iter().all(|it| it.most - it.least <= SAME) {
        Kind::Experiment
    } else {
        Kind::Bandit
    }
}

fn srm(rule: &str, variants: &[Counted]) -> Option<Srm> {
    let drawn: Vec<Counted> = variants.iter().filter(|it| it.visitors > 0).cloned().collect();
    let ratio = ratio::judge(rule, &drawn)?;
    let (chi_square, p) = (ratio.chi_square?, ratio.p?);
    Some(Srm { chi_square, p, alarm: p < ALARM })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(
        visitor: u128,
        rule: Option<&str>,
        variant: &str,
        chance: Option<f64>,
        at: u64,
    ) -> Exposure {
        let (slot, variant) = ("hero".into(), variant.into());
        Exposure {
            visitor: Id(visitor),
            slot,
            rule: rule.map(Into::into),
            variant,
            chance,
            first_at: at,
        }
    }

    #[test]
    fn who_saw_two_variants_counts_for_none() {
        let half = Some(0.5);
        let all = [
            seen(1, Some("look"), "default", half, 10),
            seen(2, Some("look"), "b", half, 20),
            seen(2, Some("look"), "default", half, 30),
            seen(3, Some("look"), "b", half, 5),
            // By hand, in a test page.
            seen(4, Some("look"), "b", None, 5),
        ];
        let trials = trials(&all);
        let [trial] = &trials[..] else { panic!("{trials:?}") };
        assert_eq!((trial.kind, trial.multiple), (Kind::Experiment, 1));
        assert_eq!(&*trial.variants[trial.control], "default");
        let members: Vec<(u128, usize, u64)> =
            trial.members.iter().map(|it| (it.visitor.0, it.variant, it.first_at)).collect();
        assert_eq!(members, [(1, 1, 10), (3, 0, 5)]);
    }

    #[test]
    fn without_chance_the_default_is_the_control_and_it_is_said() {
        let all = [
            seen(1, None, "default", None, 1),
            seen(1, Some("stuck"), "help", None, 9),
            seen(2, None, "default", None, 2),
            seen(3, Some("stuck"), "help", None, 3),
        ];
        let trials = trials(&all);
        let [trial] = &trials[..] else { panic!("{trials:?}") };
        assert_eq!((trial.kind, trial.multiple, trial.srm), (Kind::Rule, 0, None));
        let members: Vec<(u128, usize, u64)> =
            trial.members.iter().map(|it| (it.visitor.0, it.variant, it.first_at)).collect();
        // Visitor 1 saw the default first, as all do whom a rule reaches later.
        assert_eq!(members, [(1, 1, 9), (2, 0, 2), (3, 1, 3)]);
    }

    #[test]
    fn chances_that_move_are_a_bandit_and_one_that_is_odd_is_not() {
        let kind_of = |chances: &[f64]| {
            let visitor = |(at, chance): (usize, &f64)| {
                let variant = if at % 2 == 0 { "default" } else { "b" };
                seen(at as u128, Some("look"), variant, Some(*chance), 1)
            };
            let all: Vec<Exposure> = chances.iter().enumerate().map(visitor).collect();
            trials(&all)[0].kind
        };
        let moving: Vec<f64> = (1..100).map(|at| f64::from(at) / 100.0).collect();
        assert_eq!(kind_of(&moving), Kind::Bandit);
        let mut fixed = vec![0.5; 100];
        fixed[7] = 0.9;
        assert_eq!(kind_of(&fixed), Kind::Experiment);
    }

    #[test]
    fn a_lost_variant_raises_the_alarm() {
        let all: Vec<Exposure> = (0..1_000)
            .map(|at| {
                let variant = if at % 5 < 3 { "default" } else { "b" };
                seen(at, Some("look"), variant, Some(0.5), 1)
            })
            .collect();
        let srm = trials(&all)[0].srm.unwrap();
        assert!((srm.chi_square - 40.0).abs() < 1e-9 && srm.alarm, "{srm:?}");
    }

    #[test]
    fn one_variant_is_no_comparison() {
        let all =
            [seen(1, Some("look"), "b", Some(1.0), 1), seen(2, Some("look"), "b", Some(1.0), 1)];
        assert!(trials(&all).is_empty());
    }
}
