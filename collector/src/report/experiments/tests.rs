//! Experiments of a few visitors, counted by hand.

use super::*;
use crate::report::metric::Of;

const HALF: Option<f64> = Some(0.5);

fn exposure(visitor: u128, variant: &str, first_at: u64) -> Exposure {
    let (slot, rule) = ("hero".into(), Some("look".into()));
    Exposure { visitor: Id(visitor), slot, rule, variant: variant.into(), chance: HALF, first_at }
}

fn goal(visitor: u128, name: &str, at: u64, value: f64) -> Goal {
    Goal { visitor: Id(visitor), goal: name.into(), at, value }
}

fn asked(metrics: Vec<Metric>) -> Asked {
    Asked { generated_at: 2_000, window: [1_000, 1_999], metrics, head: None }
}

/// 40 visitors, every other of variant b; visitor n buys n times after, and as often before but for
/// some, who bought once less.
fn kept() -> Kept {
    let mut kept = Kept::default();
    for at in 0..40u128 {
        let variant = if at % 2 == 0 { "default" } else { "b" };
        kept.exposures.push(exposure(at, variant, 1_100));
        for time in 0..at as u64 {
            if time > 0 || at % 3 == 0 {
                kept.goals.push(goal(at, "buy", 1_000 + time, 0.0));
            }
            kept.goals.push(goal(at, "buy", 1_200 + time, 2.0));
        }
        kept.goals.push(goal(at, "other", 1_100, 0.0));
        kept.views.push(View { visitor: Id(at), at: 1_150, session: Id(at) });
        kept.views.push(View { visitor: Id(at), at: 1_160, session: Id(at) });
    }
    kept
}

fn metric(text: &str) -> Metric {
    let metric: Metric = toml::from_str(text).unwrap();
    metric.check().unwrap();
    metric
}

fn variant<'a>(
    experiments: &'a Experiments,
    metric: usize,
    name: &str,
) -> &'a compare::VariantResult {
    let all = &experiments.experiments[0].metrics[metric].variants;
    all.iter().find(|it| it.variant == name).unwrap()
}

#[test]
fn what_came_after_the_first_exposure_counts() {
    let told = judge(&kept(), &asked(vec![metric("name='n'\nkind='count'\ngoal='buy'")]));
    let experiment = &told.experiments[0];
    assert_eq!((experiment.visitors, &*experiment.control), (40, "default"));
    assert_eq!((experiment.first_at, experiment.last_at), (Some(1_100), Some(1_100)));
    let [control, b] = ["default", "b"].map(|name| variant(&told, 0, name));
    // 0 + 2 + … + 38 and 1 + 3 + … + 39.
    assert_eq!((control.total, b.total), (380.0, 400.0));
    assert_eq!((control.mean, b.mean), (Some(19.0), Some(20.0)));
    assert!((b.lift.unwrap() - 1.0 / 19.0).abs() < 1e-12);
    assert_eq!((control.lift, control.p, control.sequential), (None, None, None));
    // What each did before foretells nearly all of what he did after.
    let cuped = b.cuped.unwrap();
    assert!(cuped.variance_reduction > 0.99 && cuped.lift.abs() < 0.01, "{cuped:?}");
}

#[test]
fn at_the_first_exposure_is_not_after_it() {
    let told = judge(&kept(), &asked(vec![metric("name='o'\nkind='count'\ngoal='other'")]));
    assert_eq!(variant(&told, 0, "b").total, 0.0);
    assert_eq!(variant(&told, 0, "b").lift, None);
}

#[test]
fn without_metrics_each_goal_has_its_own() {
    let told = judge(&kept(), &asked(Vec::new()));
    let names: Vec<&str> =
        told.experiments[0].metrics.iter().map(|it| it.metric.as_str()).collect();
    assert_eq!(names, ["buy", "buy value", "other"]);
    // Visitor 0 never buys.
    assert_eq!(variant(&told, 0, "default").mean, Some(0.95));
    // The 99.9 % quantile lies between the two who spent the most: 76 and 78.
    let cap = told.experiments[0].metrics[1].cap.unwrap();
    assert!((cap.value - 77.922).abs() < 1e-9, "{cap:?}");
    assert!((variant(&told, 1, "b").total - (800.0 - 0.078)).abs() < 1e-9);
}

#[test]
fn ratios_by_visitor() {
    let views = metric("name='r'\nkind='ratio'\ngoal='buy'\nper='views'");
    let basket = metric("name='b'\nkind='ratio'\ngoal='buy'\nper='buy'\nof='value'");
    let sessions = Metric { of: Of::Value, per: Some("sessions".into()), ..views.clone() };
    let told = judge(&kept(), &asked(vec![views, basket, sessions]));
    assert_eq!(variant(&told, 0, "b").mean, Some(10.0));
    assert_eq!(variant(&told, 1, "b").mean, Some(2.0));
    assert_eq!(variant(&told, 2, "b").mean, Some(40.0));
    assert_eq!(variant(&told, 2, "b").cuped, None);
    // Every order is worth the same: no spread, so no interval.
    assert_eq!((variant(&told, 1, "b").lift, variant(&told, 1, "b").low), (Some(0.0), None));
}

#[test]
fn who_saw_it_before_the_window_has_no_before() {
    let mut kept = kept();
    kept.earlier = vec![exposure(3, "b", 500)];
    let told = judge(&kept, &asked(vec![metric("name='n'\nkind='count'\ngoal='buy'")]));
    assert_eq!(variant(&told, 0, "b").cuped, None);
    kept.earlier[0].rule = Some("another".into());
    let told = judge(&kept, &asked(vec![metric("name='n'\nkind='count'\ngoal='buy'")]));
    assert!(variant(&told, 0, "b").cuped.is_some());
}

#[test]
fn holm_is_over_all_comparisons_of_the_experiment() {
    let names = ["buy", "other", "third"];
    let metrics = names.map(|goal| Metric {
        kind: crate::report::metric::Kind::Count,
        ..Metric::conversion(goal)
    });
    let mut kept = kept();
    for at in 0..40 {
        kept.goals.push(goal(at, "third", 1_500, 0.0));
        if at % 2 == 1 || at % 3 == 0 {
            kept.goals.push(goal(at, "third", 1_501, 0.0));
        }
    }
    kept.goals.sort_by_key(|goal| goal.visitor);
    let told = judge(&kept, &asked(metrics.to_vec()));
    let [buy, other, third] = [0, 1, 2].map(|at| variant(&told, at, "b"));
    assert_eq!((other.p, other.p_adjusted), (None, None));
    assert!(third.p < buy.p);
    assert_eq!(third.p_adjusted, third.p.map(|p| p * 2.0));
    assert_eq!(buy.p_adjusted, buy.p);
}

#[test]
fn segments_have_their_own_numbers() {
    let mut kept = kept();
    for at in 0..39u128 {
        let sum_milli = if at < 20 { 100 } else { 900 };
        kept.forecasts.push(Forecast { visitor: Id(at), at: 1_050, count: 1, sum_milli });
    }
    let asked = Asked { head: Some("buy".into()), ..asked(vec![Metric::conversion("buy")]) };
    let told = judge(&kept, &asked);
    let segments = told.experiments[0].segments.as_ref().unwrap();
    let levels: Vec<(segment::Level, u64)> =
        segments.iter().map(|it| (it.level, it.visitors)).collect();
    use segment::Level::{Low, Middle, Unknown};
    assert_eq!(levels, [(Low, 20), (Middle, 19), (Unknown, 1)]);
    assert_eq!(segments[0].metrics[0].variants[1].mean, Some(0.9));
}
