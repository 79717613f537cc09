//! Measures a chosen model for its card: parts, folds, slices, and what each family of features is
//! worth.

use unspoken::feature::{Family, TABLE};

use super::judge::{self, Interval, bootstrap, cross_validate};
use super::sample::{Counts, Lengths, Sample, Samples, count, folds};
use super::{Chosen, FOLDS, Progress, Settings, TrainError};
use crate::metrics::{BINS, Bin, Figures, Judged, reliability};

/// Slices by length: about as many samples in each.
const LENGTH_SLICES: usize = 3;

/// All that the card tells of a model's quality.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// On `train`.
    pub train: Part,
    /// On `val`.
    pub val: Part,
    /// By cross-validation over the people of both, with the chosen candidate.
    pub cross: Part,
    /// The forecasts of the cross-validation, in the order of the samples of `train` and `val`.
    pub left_out: Vec<LeftOut>,
    /// Without each family of features, by the same folds.
    pub ablation: Vec<(String, Figures)>,
    /// Of the cross-validation.
    pub slices: Vec<Slice>,
}

/// How a model does on a part of the data.
#[derive(Clone, Debug)]
pub struct Part {
    /// How much there is.
    pub counts: Counts,
    /// The figures.
    pub figures: Figures,
    /// 95 % over people: AUC, AP, log-loss, ECE.
    pub intervals: [Interval; 4],
    /// The reliability table.
    pub bins: [Bin; BINS],
}

/// A sample's forecast by a model that learnt without its person.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    /// Place of the sample in [`Samples::all`].
    pub at: usize,
    /// The fold it belongs to.
    pub fold: usize,
    /// The forecast.
    pub forecast: f64,
}

/// The figures of one slice.
#[derive(Clone, Debug)]
pub struct Slice {
    /// What its samples have in common.
    pub name: String,
    /// How much there is.
    pub counts: Counts,
    /// The figures.
    pub figures: Figures,
}

/// Measures `chosen` on the samples it was chosen by.
pub fn assess(
    samples: &Samples,
    chosen: &Chosen,
    settings: &Settings,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Assessment, TrainError> {
    let [train, val] = samples.parts()?;
    let seed = settings.seed;
    let is_used = |sample: &&Sample| sample.split == "train" || sample.split == "val";
    let places: Vec<usize> =
        (0..samples.all.len()).filter(|at| is_used(&&samples.all[*at])).collect();
    let all: Vec<&Sample> = places.iter().map(|at| &samples.all[*at]).collect();
    let dealt = folds(&all, FOLDS, seed);
    let crossed = |inputs: &[u8]| {
        cross_validate(&all, &dealt, |learn| {
            chosen.candidate.fit(&samples.head, learn, inputs, seed)
        })
    };
    let families = families(&samples.inputs);
    let steps = families.len() + 2;
    let tell = |done: usize, what: &str| progress(Progress { done, of: steps, what });
    let cross = crossed(&samples.inputs);
    tell(1, "cross-validation");
    let ablation = families
        .iter()
        .enumerate()
        .map(|(at, (family, members))| {
            let others: Vec<u8> =
                samples.inputs.iter().copied().filter(|input| !members.contains(input)).collect();
            let figures = Figures::of(&crossed(&others));
            tell(at + 2, &format!("without {family}"));
            (family.clone(), figures)
        })
        .collect();
    let part = |judged: &[Judged], samples: &[&Sample]| Part {
        counts: count(samples),
        figures: Figures::of(judged),
        intervals: bootstrap(judged, samples, seed),
        bins: reliability(judged),
    };
    let shipped = |samples: &[&Sample]| part(&judge::judged(&chosen.model, samples), samples);
    let assessment = Assessment {
        train: shipped(&train),
        val: shipped(&val),
        cross: part(&cross, &all),
        left_out: (places.iter().zip(&dealt).zip(&cross))
            .map(|((at, fold), judged)| LeftOut { at: *at, fold: *fold, forecast: judged.forecast })
            .collect(),
        ablation,
        slices: slices(&all, &cross, samples.lengths),
    };
    tell(steps, "bootstrap");
    Ok(assessment)
}

/// What is left out in turn, each with its members: a family, and of the session, which is one
/// family, what a page tells together.
fn families(inputs: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut families: Vec<(String, Vec<u8>)> = Vec::new();
    for input in inputs {
        let feature = &TABLE[usize::from(*input)];
        let family = match feature.family {
            Family::Session => about(feature.name).into(),
            family => format!("{family:?}").to_lowercase(),
        };
        match families.iter_mut().find(|(other, _)| *other == family) {
            Some((_, members)) => members.push(*input),
            None => families.push((family, vec![*input])),
        }
    }
    families.retain(|(_, members)| members.len() < inputs.len());
    families
}

/// What a feature of the session is about.
fn about(name: &str) -> &str {
    match name {
        "s_adm" | "s_admd" => "administrative pages",
        "s_inf" | "s_infd" => "informational pages",
        "s_prod" | "s_prodd" | "s_prod_share" | "s_prod_pace" => "product-related pages",
        "s_pages" | "s_seconds" | "s_pace" => "totals",
        "new" | "returning" => "kind of visitor",
        other => other,
    }
}

/// By device, by length, and where the features say so by whether the visitor has been here.
fn slices(samples: &[&Sample], judged: &[Judged], lengths: Lengths) -> Vec<Slice> {
    let mut devices: Vec<&str> = samples.iter().map(|sample| sample.device.as_str()).collect();
    devices.sort_unstable();
    devices.dedup();
    let mut slices = Vec::new();
    let mut slice = |name: String, is_in: &dyn Fn(&Sample) -> bool| {
        let both = samples.iter().zip(judged).filter(|(sample, _)| is_in(sample));
        let (samples, judged): (Vec<&Sample>, Vec<Judged>) =
            both.map(|(sample, judged)| (*sample, *judged)).unzip();
        if !samples.is_empty() {
            let (counts, figures) = (count(&samples), Figures::of(&judged));
            slices.push(Slice { name, counts, figures });
        }
    };
    for device in devices.into_iter().filter(|device| !device.is_empty()) {
        slice(device.into(), &|sample| sample.device == device);
    }
    let mut sorted: Vec<f64> = samples.iter().map(|sample| sample.length).collect();
    sorted.sort_by(f64::total_cmp);
    let unit = match lengths {
        Lengths::Seconds => "s",
        Lengths::Pages => "pages",
    };
    let cut = |part: usize| sorted.get(part * sorted.len() / LENGTH_SLICES).map(|at| at.round());
    for part in 0..LENGTH_SLICES {
        let from = if part == 0 { None } else { cut(part) };
        let to = if part + 1 == LENGTH_SLICES { None } else { cut(part + 1) };
        let name = match (from, to) {
            (Some(from), Some(to)) => format!("visit of {from} to under {to} {unit}"),
            (None, Some(to)) => format!("visit under {to} {unit}"),
            (Some(from), None) => format!("visit of {from} {unit} and more"),
            (None, None) => continue,
        };
        slice(name, &|sample| {
            from.is_none_or(|from| sample.length >= from) && to.is_none_or(|to| sample.length < to)
        });
    }
    if lengths == Lengths::Pages {
        let value = |sample: &Sample, name| {
            unspoken::feature::index_of(name).is_some_and(|at| sample.features[at] > 0.5)
        };
        slice("new visitor".into(), &|sample| value(sample, "new"));
        slice("returning visitor".into(), &|sample| value(sample, "returning"));
        slice("visitor of another kind".into(), &|sample| {
            !value(sample, "new") && !value(sample, "returning")
        });
    }
    slices
}
