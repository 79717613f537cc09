//! What a metric's numbers say of the variants: means, lifts, intervals, chances.

use std::sync::Arc;

use serde::Serialize;

use super::measure::Measured;
use crate::report::metric::{Kind, Metric};
use crate::stats::{ALPHA, Lift, Moments, Pairs, Sample, adjust, bayes, holm, sequential};

/// Fewer visitors of both variants with something before their first exposure, and CUPED's slope is
/// a guess.
const LEAST_BEFORE: usize = 30;

/// A metric and its variants.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricResult {
    /// Its name.
    pub metric: String,
    /// What it is.
    pub kind: Kind,
    /// The goal.
    pub goal: String,
    /// The denominator of a ratio.
    pub per: Option<String>,
    /// Where visitors' numbers were capped.
    pub cap: Option<Cap>,
    /// By name.
    pub variants: Vec<VariantResult>,
}

/// The most that one visitor counts for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cap {
    /// Of all visitors' numbers.
    pub quantile: f64,
    /// What that came to.
    pub value: f64,
}

/// A variant's numbers; the control has none of those that compare.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VariantResult {
    /// Its name.
    pub variant: String,
    /// Those who count for it.
    pub visitors: u64,
    /// Of all of them, after capping; of a ratio the numerator.
    pub total: f64,
    /// What is compared; none of no visitors.
    pub mean: Option<f64>,
    /// The spread of one visitor around it.
    pub sd: Option<f64>,
    /// Relative to the control: 0.1 is a tenth more.
    pub lift: Option<f64>,
    /// The lift's 95 % interval, for one look at an end that was fixed before.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// Of that one look.
    pub p: Option<f64>,
    /// Holm's, over all comparisons of the experiment.
    pub p_adjusted: Option<f64>,
    /// The interval that holds at every look.
    pub sequential: Option<Sequential>,
    /// The probability that it is above the control, 0 to 1.
    pub chance_to_win: Option<f64>,
    /// What choosing it costs on average where it is not, as a lift.
    pub expected_loss: Option<f64>,
    /// The lift with what visitors did before taken out.
    pub cuped: Option<Cuped>,
}

/// An interval that may be looked at at any time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sequential {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// It leaves out 0.
    pub significant: bool,
}

/// A lift by CUPED.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cuped {
    /// The lift.
    pub lift: f64,
    /// Its 95 % interval for one look.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The share of the lift's variance that it took away, 0 to 1.
    pub variance_reduction: f64,
    /// The interval that holds at every look.
    pub sequential: Option<Sequential>,
}

/// Compares each variant with the control.
pub fn compare(
    metric: &Metric,
    measured: &Measured,
    variants: &[Arc<str>],
    control: usize,
    has_before: bool,
) -> MetricResult {
    let of = |variant: usize| measured.numbers.iter().filter(move |it| it.variant == variant);
    let sample = |variant: usize| match metric.kind {
        Kind::Conversion => {
            let done = of(variant).filter(|it| it.after > 0.0).count();
            Sample::proportion(done as u64, of(variant).count() as u64)
        }
        Kind::Count | Kind::Revenue => {
            Sample::mean(&of(variant).map(|it| it.after).collect::<Moments>())
        }
        Kind::Ratio => Sample::ratio(&of(variant).map(|it| (it.after, it.per)).collect::<Pairs>()),
    };
    let pairs = |variant: usize| of(variant).map(|it| (it.after, it.before)).collect::<Pairs>();
    let with_before = |variant: usize| of(variant).filter(|it| it.before != 0.0).count();
    let base = sample(control);
    let result = |(at, name): (usize, &Arc<str>)| {
        let own = sample(at);
        let total = of(at).map(|it| it.after).sum();
        let is_known =
            own.count > 0 && (metric.kind != Kind::Ratio || of(at).any(|it| it.per > 0.0));
        let result = VariantResult {
            variant: name.to_string(),
            visitors: own.count,
            total,
            mean: is_known.then_some(own.mean),
            sd: (is_known && own.count > 1).then(|| libm::sqrt(own.variance)),
            ..VariantResult::default()
        };
        if at == control {
            return result;
        }
        let lift = Lift::of(&base, &own);
        let interval = lift.and_then(|lift| lift.interval(ALPHA));
        let enough = has_before && with_before(control) + with_before(at) >= LEAST_BEFORE;
        VariantResult {
            lift: Lift::point(&base, &own).filter(|_| is_known),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
            p: lift.and_then(|lift| lift.p()),
            sequential: always(&base, &own),
            chance_to_win: lift.map(|lift| bayes::chance_to_win(&lift)),
            expected_loss: lift.map(|lift| bayes::expected_loss(&lift)),
            cuped: enough.then(|| cuped(&pairs(control), &pairs(at), lift)).flatten(),
            ..result
        }
    };
    MetricResult {
        metric: metric.name.clone(),
        kind: metric.kind,
        goal: metric.goal.clone(),
        per: metric.per.clone(),
        cap: measured.cap.map(|(quantile, value)| Cap { quantile, value }),
        variants: variants.iter().enumerate().map(result).collect(),
    }
}

fn always(control: &Sample, variant: &Sample) -> Option<Sequential> {
    let (low, high) = sequential::interval(control, variant, ALPHA)?;
    Some(Sequential { low, high, significant: low > 0.0 || high < 0.0 })
}

fn cuped(control: &Pairs, variant: &Pairs, plain: Option<Lift>) -> Option<Cuped> {
    let [control, variant] = adjust(control, variant)?;
    let (plain, lift) = (plain?, Lift::of(&control, &variant)?);
    let (low, high) = lift.interval(ALPHA)?;
    Some(Cuped {
        lift: lift.value,
        low,
        high,
        variance_reduction: (1.0 - lift.variance / plain.variance).clamp(0.0, 1.0),
        sequential: always(&control, &variant),
    })
}

/// Fills in Holm's p over all comparisons of these metrics.
pub fn adjust_all<'a>(metrics: impl Iterator<Item = &'a mut MetricResult>) {
    let mut compared: Vec<&mut VariantResult> = metrics
        .flat_map(|metric| metric.variants.iter_mut())
        .filter(|variant| variant.p.is_some())
        .collect();
    let ps: Vec<f64> = compared.iter().filter_map(|variant| variant.p).collect();
    for (variant, adjusted) in compared.iter_mut().zip(holm::adjusted(&ps)) {
        variant.p_adjusted = Some(adjusted);
    }
}
