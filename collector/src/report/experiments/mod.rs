//! `GET /v1/report/experiments`: what each rule's variants did, against its control.
//!
//! Pure arithmetic over rows. [`trial`] says who belongs to which variant, [`measure`] what each of
//! them did, [`compare`] what that says of the variants, [`segment`] divides visitors by what a head
//! forecast of them before. docs/reports.md has what each number means.

pub mod compare;
pub mod measure;
pub mod segment;
pub mod trial;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::Serialize;
use unspoken::id::Id;

use super::metric::Metric;
use super::rows::{Exposure, Fault, Forecast, Goal, Reader, View};
use crate::stats::ALPHA;
use compare::{MetricResult, adjust_all, compare};
use measure::Deeds;
use segment::{Segment, levels};
use trial::{Kind, Srm, Trial, trials};

/// The most rules in one report, those with the most visitors: anyone with the key may post names.
pub const MAX_TRIALS: usize = 64;
/// Beyond this share of visitors who had seen the rule before the window, what was before says
/// nothing of them without it.
const MOST_EARLIER: f64 = 0.01;

/// What `GET /v1/report/experiments` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Experiments {
    /// ms since 1970.
    pub generated_at: u64,
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970.
    pub to: u64,
    /// Of all intervals and tests.
    pub alpha: f64,
    /// By slot and rule.
    pub experiments: Vec<Experiment>,
}

/// A rule that shows variants.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Experiment {
    /// Where.
    pub slot: String,
    /// Which.
    pub rule: String,
    /// How it chooses.
    pub kind: Kind,
    /// The variant that the others are held against.
    pub control: String,
    /// Those who count.
    pub visitors: u64,
    /// Those who saw more than one variant, and count for none.
    pub multiple: u64,
    /// When the first of them first saw it: ms since 1970.
    pub first_at: Option<u64>,
    /// When the last of them did.
    pub last_at: Option<u64>,
    /// Whether visitors are divided as they should be; none where the test does not apply.
    pub srm: Option<Srm>,
    /// In the order of the settings.
    pub metrics: Vec<MetricResult>,
    /// Where a head was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<Vec<Segment>>,
}

/// What was kept, as far as experiments need it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// In the window.
    pub exposures: Vec<Exposure>,
    /// In as many ms before it.
    pub earlier: Vec<Exposure>,
    /// Of those with an exposure in the window, from as many ms before it on.
    pub goals: Vec<Goal>,
    /// Likewise.
    pub views: Vec<View>,
    /// Likewise, of the head that divides.
    pub forecasts: Vec<Forecast>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// ms since 1970.
    pub generated_at: u64,
    /// From and to, included.
    pub window: [u64; 2],
    /// From the settings; where there are none, made of the goals.
    pub metrics: Vec<Metric>,
    /// The head that divides visitors.
    pub head: Option<String>,
}

impl Asked {
    fn length(&self) -> u64 {
        self.window[1].saturating_sub(self.window[0]).saturating_add(1)
    }
}

/// Reads what is needed.
pub async fn read(reader: Reader<'_>, asked: &Asked) -> Result<Kept, Fault> {
    let (from, length) = (asked.window[0], asked.length());
    let before = Reader { window: [from.saturating_sub(length), from.saturating_sub(1)], ..reader };
    let forecasts = match &asked.head {
        Some(head) => reader.forecasts(head, length).await?,
        None => Vec::new(),
    };
    Ok(Kept {
        exposures: reader.exposures().await?,
        earlier: before.exposures().await?,
        goals: reader.goals(length).await?,
        views: reader.views(length).await?,
        forecasts,
    })
}

/// Judges every rule.
pub fn judge(kept: &Kept, asked: &Asked) -> Experiments {
    let deeds = Deeds::new(&kept.goals, &kept.views);
    let metrics = match &asked.metrics[..] {
        [] => deeds.default_metrics(asked.window),
        named => named.to_vec(),
    };
    let mut earlier: BTreeMap<(&Arc<str>, &Arc<str>), HashSet<Id>> = BTreeMap::new();
    for exposure in &kept.earlier {
        if let Some(rule) = &exposure.rule {
            earlier.entry((&exposure.slot, rule)).or_default().insert(exposure.visitor);
        }
    }
    let mut trials = trials(&kept.exposures);
    trials.sort_by_key(|trial| std::cmp::Reverse(trial.members.len()));
    trials.truncate(MAX_TRIALS);
    trials.sort_by(|one, other| (&one.slot, &one.rule).cmp(&(&other.slot, &other.rule)));
    let judged = |trial: &Trial| {
        let known = earlier.get(&(&trial.slot, &trial.rule));
        let seen =
            trial.members.iter().filter(|it| known.is_some_and(|all| all.contains(&it.visitor)));
        let has_before = seen.count() as f64 <= MOST_EARLIER * trial.members.len() as f64;
        one(trial, &deeds, &metrics, has_before, &kept.forecasts, asked)
    };
    Experiments {
        generated_at: asked.generated_at,
        from: asked.window[0],
        to: asked.window[1],
        alpha: ALPHA,
        experiments: trials.iter().map(judged).collect(),
    }
}

fn one(
    trial: &Trial,
    deeds: &Deeds,
    metrics: &[Metric],
    has_before: bool,
    forecasts: &[Forecast],
    asked: &Asked,
) -> Experiment {
    let all = |members: &[trial::Member]| -> Vec<MetricResult> {
        let result = |metric: &Metric| {
            let measured =
                measure::measure(metric, members.iter(), deeds, asked.window[1], asked.length());
            compare(metric, &measured, &trial.variants, trial.control, has_before)
        };
        metrics.iter().map(result).collect()
    };
    let mut results = all(&trial.members);
    adjust_all(results.iter_mut());
    let segments = asked.head.as_ref().map(|head| {
        let mut segments: Vec<Segment> = levels(&trial.members, forecasts)
            .into_iter()
            .map(|level| Segment {
                head: head.clone(),
                level: level.level,
                least: level.least,
                most: level.most,
                visitors: level.members.len() as u64,
                metrics: all(&level.members),
            })
            .collect();
        adjust_all(segments.iter_mut().flat_map(|segment| segment.metrics.iter_mut()));
        segments
    });
    let times = || trial.members.iter().map(|member| member.first_at);
    Experiment {
        slot: trial.slot.to_string(),
        rule: trial.rule.to_string(),
        kind: trial.kind,
        control: trial.variants[trial.control].to_string(),
        visitors: trial.members.len() as u64,
        multiple: trial.multiple,
        first_at: times().min(),
        last_at: times().max(),
        srm: trial.srm,
        metrics: results,
        segments,
    }
}

#[cfg(test)]
mod tests;
