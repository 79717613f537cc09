//! `GET /v1/report/summary`: "is it helping?", in one sentence with its numbers.
//!
//! By the sequential interval, so the sentence may be read every morning. Only rules whose variants
//! chance draws by fixed probabilities are asked: of the others nothing can be said to help or to hurt.

use serde::Serialize;

use super::experiments::compare::{MetricResult, Sequential, VariantResult};
use super::experiments::trial::Kind;
use super::experiments::{Experiment, Experiments};

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The interval lies above 0.
    Helping,
    /// It lies below.
    Hurting,
    /// It holds 0, or nothing can be said yet.
    Unclear,
    /// Nothing was compared.
    None,
}

/// What `GET /v1/report/summary` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// ms since 1970.
    pub generated_at: u64,
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970.
    pub to: u64,
    /// In one word.
    pub verdict: Verdict,
    /// In one sentence.
    pub sentence: String,
    /// Of the experiment that was asked.
    pub slot: Option<String>,
    /// Its rule.
    pub rule: Option<String>,
    /// The variant that is spoken of.
    pub variant: Option<String>,
    /// What it is judged by.
    pub metric: Option<String>,
    /// Relative to the control.
    pub lift: Option<f64>,
    /// The lower end of its sequential interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Those who count in the experiment.
    pub visitors: u64,
}

/// Asks the experiment with the most visitors, by its first metric.
pub fn summary(report: &Experiments) -> Summary {
    let most = report
        .experiments
        .iter()
        .filter(|it| it.kind == Kind::Experiment)
        .filter_map(|it| Some((it, it.metrics.first()?)))
        .rev()
        .max_by_key(|(it, _)| it.visitors);
    let mut summary = Summary {
        generated_at: report.generated_at,
        from: report.from,
        to: report.to,
        verdict: Verdict::None,
        sentence: "Nothing was compared: no rule with a test was seen together with a goal.".into(),
        slot: None,
        rule: None,
        variant: None,
        metric: None,
        lift: None,
        low: None,
        high: None,
        visitors: 0,
    };
    let Some((experiment, metric)) = most else { return summary };
    let Some(variant) = spoken_of(experiment, metric) else { return summary };
    let (verdict, sentence) = said(experiment, metric, variant);
    summary.verdict = verdict;
    summary.sentence = sentence;
    summary.slot = Some(experiment.slot.clone());
    summary.rule = Some(experiment.rule.clone());
    summary.variant = Some(variant.variant.clone());
    summary.metric = Some(metric.metric.clone());
    summary.lift = variant.lift;
    summary.low = variant.sequential.map(|it| it.low);
    summary.high = variant.sequential.map(|it| it.high);
    summary.visitors = experiment.visitors;
    summary
}

/// A variant that surely helps, else one that surely hurts, else the one that most likely wins.
fn spoken_of<'a>(experiment: &Experiment, metric: &'a MetricResult) -> Option<&'a VariantResult> {
    let others = || metric.variants.iter().filter(|it| it.variant != experiment.control);
    let most = |is: fn(Sequential) -> bool| {
        others()
            .filter(|it| it.sequential.is_some_and(is))
            .max_by(|one, other| one.lift.unwrap_or(0.0).total_cmp(&other.lift.unwrap_or(0.0)))
    };
    let likely = || {
        let chance = |it: &VariantResult| it.chance_to_win.unwrap_or(-1.0);
        others().max_by(|one, other| chance(one).total_cmp(&chance(other)))
    };
    most(|it| it.low > 0.0).or_else(|| most(|it| it.high < 0.0)).or_else(likely)
}

fn said(
    experiment: &Experiment,
    metric: &MetricResult,
    variant: &VariantResult,
) -> (Verdict, String) {
    let Experiment { slot, visitors, control, .. } = experiment;
    let (name, goal) = (&variant.variant, &metric.metric);
    if experiment.srm.is_some_and(|srm| srm.alarm) {
        let why =
            "visitors are not divided as they should be, so the numbers compare different people";
        let sentence = format!("It cannot be said whether “{name}” in {slot} helps {goal}: {why}.");
        return (Verdict::Unclear, sentence);
    }
    let (Some(lift), Some(always)) = (variant.lift, variant.sequential) else {
        let sentence = format!(
            "It is too early to say whether “{name}” in {slot} helps {goal}: {visitors} visitors, and too few who did it."
        );
        return (Verdict::Unclear, sentence);
    };
    let percent = |number: f64| format!("{:+.1} %", number * 100.0);
    let between = format!("between {} and {}", percent(always.low), percent(always.high));
    if !always.significant {
        let sentence = format!(
            "It is not clear yet whether “{name}” in {slot} helps {goal}: its effect lies {between}, after {visitors} visitors."
        );
        return (Verdict::Unclear, sentence);
    }
    let (verdict, word) =
        if lift > 0.0 { (Verdict::Helping, "raises") } else { (Verdict::Hurting, "lowers") };
    let by = format!("{:.1} %", lift.abs() * 100.0);
    let sentence = format!(
        "“{name}” in {slot} {word} {goal} by {by} against “{control}”; its effect lies {between}, after {visitors} visitors."
    );
    (verdict, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::experiments::trial::Srm;
    use crate::report::metric;

    fn report(sequential: Option<(f64, f64)>, lift: f64) -> Experiments {
        let sequential = sequential.map(|(low, high)| Sequential {
            low,
            high,
            significant: low > 0.0 || high < 0.0,
        });
        let variant =
            |name: &str| VariantResult { variant: name.into(), ..VariantResult::default() };
        let help = VariantResult { lift: Some(lift), sequential, ..variant("help") };
        let of_goal = MetricResult {
            metric: "purchase".into(),
            kind: metric::Kind::Conversion,
            goal: "purchase".into(),
            per: None,
            cap: None,
            variants: vec![variant("default"), help],
        };
        let experiment = Experiment {
            slot: "hero".into(),
            rule: "look".into(),
            kind: Kind::Experiment,
            control: "default".into(),
            visitors: 900,
            multiple: 0,
            first_at: None,
            last_at: None,
            srm: None,
            metrics: vec![of_goal],
            segments: None,
        };
        let larger = Experiment {
            kind: Kind::Rule,
            visitors: 5_000,
            rule: "stuck".into(),
            ..experiment.clone()
        };
        let experiments = vec![larger, experiment];
        Experiments { generated_at: 3, from: 1, to: 2, alpha: 0.05, experiments }
    }

    #[test]
    fn the_sentence_follows_the_interval() {
        for (interval, lift, verdict, words) in [
            (Some((0.02, 0.2)), 0.11, Verdict::Helping, "raises purchase by 11.0 %"),
            (Some((-0.2, -0.02)), -0.11, Verdict::Hurting, "lowers purchase by 11.0 %"),
            (Some((-0.02, 0.2)), 0.09, Verdict::Unclear, "between -2.0 % and +20.0 %"),
            (None, 0.09, Verdict::Unclear, "too early"),
        ] {
            let told = summary(&report(interval, lift));
            assert_eq!(told.verdict, verdict);
            assert!(told.sentence.contains(words), "{}", told.sentence);
            // The larger one is no experiment.
            assert_eq!((told.rule.as_deref(), told.visitors), (Some("look"), 900));
        }
    }

    #[test]
    fn lost_visitors_are_no_proof() {
        let mut report = report(Some((0.02, 0.2)), 0.1);
        report.experiments[1].srm = Some(Srm { chi_square: 40.0, p: 1e-9, alarm: true });
        let told = summary(&report);
        assert_eq!(told.verdict, Verdict::Unclear);
        assert!(told.sentence.contains("different people"), "{}", told.sentence);
    }

    #[test]
    fn nothing_was_compared() {
        let mut report = report(None, 0.0);
        report.experiments.truncate(1);
        assert_eq!(summary(&report).verdict, Verdict::None);
    }
}
