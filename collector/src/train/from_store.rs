//! What the collector's own store has to learn from: sessions as page views and goals, for heads
//! whose outcome is a goal within the session; and the recordings of level `trace`, for `commit`.
//!
//! A session gives one sample for each page view up to its first goal, with what the engine would
//! have known then ([`unspoken::feature::Totals`]): the pages so far, the open one among them, and
//! the seconds between one page and the next, the open one counting nothing yet. Three things
//! differ from the page, for want of data: seconds on a hidden page count too, the weekend is that
//! of UTC, and no special day is known.

use std::path::Path;

use unspoken::feature::{COUNT, Family, PageClass, SESSION, TABLE, Totals, Vector};
use unspoken::id::Id;
use unspoken::intent::model::{Input, Model, Shape};
use unspoken::profile::SESSION_GAP;
use unspoken::time::{Origin, SECOND};
use unspoken::trace::Trace;

use super::sample::{Lengths, Sample, Samples, positions};
use super::traces;
use crate::rebuild::Views;
use crate::store::{StoreError, Visit, for_each_trace, for_each_visit};

/// A page view, and whether the goal came later in its session.
#[derive(Clone, PartialEq, Debug)]
pub struct PageSample {
    /// Whose it is.
    pub visitor: Id,
    /// The session.
    pub session: Id,
    /// When the page was opened: ms since 1970.
    pub at: u64,
    /// Page views of the whole session.
    pub pages: usize,
    /// The session's features; all others are 0.
    pub features: Vector,
    /// The goal came later in the session.
    pub happened: bool,
}

/// Every session's samples for the outcome "reaches `goal` within the session", by visitor and
/// time. Sessions that look automated stay out, and those that are not over at `now_ms`.
pub fn pages(
    db: &Path,
    site: &str,
    goal: &str,
    now_ms: u64,
) -> Result<Vec<PageSample>, StoreError> {
    let mut samples = Vec::new();
    for_each_visit(db, site, now_ms, |visit| {
        samples.extend(of_visit(&visit, goal));
        Ok::<_, StoreError>(())
    })?;
    Ok(samples)
}

/// One session's samples. What follows the goal is not forecast any more, so it is no sample.
pub fn of_visit(visit: &Visit, goal: &str) -> Vec<PageSample> {
    let reached = visit.goals.iter().find(|(_, name)| name == goal).map(|(at, _)| *at);
    let mut totals =
        Totals { new: !visit.returning, returning: visit.returning, ..Totals::default() };
    let mut samples = Vec::new();
    let mut open: Option<(u64, PageClass)> = None;
    for (at, kind) in &visit.pages {
        if reached.is_some_and(|reached| reached < *at) {
            break;
        }
        if let Some((since, class)) = open {
            let ms = (at.saturating_sub(since) as f64).min(SESSION_GAP);
            totals.seconds[class as usize] += ms / SECOND;
        }
        let class = PageClass::of(kind);
        totals.pages[class as usize] += 1.0;
        open = Some((*at, class));
        let wall = Origin { wall_ms: *at as f64, utc_offset_min: 0.0 };
        totals.weekend = matches!(wall.weekday(0.0) as u8, 0 | 6);
        samples.push(PageSample {
            visitor: visit.visitor,
            session: visit.session,
            at: *at,
            pages: visit.pages.len(),
            features: vector(&totals),
            happened: reached.is_some(),
        });
    }
    samples
}

fn vector(totals: &Totals) -> Vector {
    let mut vector = [0.0; COUNT];
    for (at, value) in SESSION.zip(totals.features()) {
        vector[usize::from(at)] = value;
    }
    vector
}

/// Whether a model reads nothing but what [`pages`] can fill.
pub fn can_forecast(model: &Model) -> bool {
    let known = |inputs: &[Input]| inputs.iter().all(|input| SESSION.contains(&input.feature));
    match &model.shape {
        Shape::Logistic(inputs) | Shape::Network { inputs, .. } => known(inputs),
        Shape::Trees(trees) => trees
            .iter()
            .all(|tree| tree.splits.iter().all(|split| SESSION.contains(&split.feature))),
    }
}

/// [`pages`] as samples of `head`.
pub fn session_samples(
    db: &Path,
    site: &str,
    [head, goal]: [&str; 2],
    now_ms: u64,
) -> Result<Samples, StoreError> {
    let sample = |page: PageSample| Sample {
        person: page.visitor.to_hex(),
        group: page.session.to_hex(),
        split: String::new(),
        device: String::new(),
        length: page.pages as f64,
        features: page.features,
        happened: page.happened,
    };
    Ok(Samples {
        head: head.to_owned(),
        all: pages(db, site, goal, now_ms)?.into_iter().map(sample).collect(),
        lengths: Lengths::Pages,
        inputs: positions(|family| family == Family::Session),
        is_anonymous: false,
    })
}

/// Samples of `commit` from [`recordings`]. What a rebuilt recording tells otherwise than the page
/// did is no input: what the profile knew from before, tags, and what 20 Hz is too coarse for.
pub fn commit_samples(db: &Path, site: &str) -> Result<Samples, StoreError> {
    let mut samples = traces::samples(&recordings(db, site)?);
    samples.inputs.retain(|at| {
        let feature = &TABLE[usize::from(*at)];
        feature.family != Family::Habit && !NOT_REBUILT.contains(&feature.name)
    });
    Ok(samples)
}

/// Features that a rebuilt recording does not give as the page had them.
pub const NOT_REBUILT: [&str; 3] = ["submoves_2s", "corrections_8s", "tag_dwell"];

/// The recordings of level `trace`, by visitor and time.
pub fn recordings(db: &Path, site: &str) -> Result<Vec<Trace>, StoreError> {
    let (mut views, mut traces) = (Views::default(), Vec::new());
    for_each_trace(db, site, false, |batch| {
        traces.extend(views.take(batch));
        Ok::<_, StoreError>(())
    })?;
    traces.extend(views.finish());
    Ok(traces)
}
