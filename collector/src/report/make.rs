//! A report from its name: what is read of the store, and what is made of it. The one way for routes
//! and the command line.

use serde::Serialize;
use serde_json::Value;

use super::csv::{self, Table};
use super::experiments::{self, Asked};
use super::funnel::{self, Wanted};
use super::metric::Metric;
use super::rows::{Fault, Reader};
use super::{attention, bandits, interruptions, journeys, summary};
use crate::store::{Store, StoreError};

/// The longest window.
pub const MAX_DAYS: u64 = 400;
/// Days where none are named.
pub const DEFAULT_DAYS: u64 = 28;
/// ms of a day.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    /// Is it helping?
    Summary,
    /// Variants against their control
    Experiments,
    /// What always showing one variant would earn
    Bandits,
    /// What was looked at, by page and slot
    Attention,
    /// Where sessions go
    Journeys,
    /// How many sessions come through steps in order
    Funnel,
    /// How often visitors are interrupted
    Interruptions,
}

impl Name {
    /// Its tables; the first is meant where none is named.
    pub fn tables(self) -> &'static [Table] {
        match self {
            Name::Summary => csv::SUMMARY,
            Name::Experiments => csv::EXPERIMENTS,
            Name::Bandits => csv::BANDITS,
            Name::Attention => csv::ATTENTION,
            Name::Journeys => csv::JOURNEYS,
            Name::Funnel => csv::FUNNEL,
            Name::Interruptions => csv::INTERRUPTIONS,
        }
    }
}

/// What a report is told; each has its own use of it.
#[derive(Clone, Debug)]
pub struct Told {
    /// ms since 1970.
    pub generated_at: u64,
    /// From and to, included: ms since 1970.
    pub window: [u64; 2],
    /// What experiments are judged by; where there are none, made of the goals.
    pub metrics: Vec<Metric>,
    /// The head that divides visitors.
    pub segment: Option<String>,
    /// The page that attention is asked of.
    pub page: Option<String>,
    /// Steps of a journey.
    pub depth: usize,
    /// Steps of a funnel.
    pub steps: Vec<Wanted>,
}

impl Told {
    /// A window, and nothing else.
    pub fn new(generated_at: u64, window: [u64; 2]) -> Told {
        let depth = journeys::DEFAULT_DEPTH;
        let (metrics, steps) = (Vec::new(), Vec::new());
        Told { generated_at, window, metrics, segment: None, page: None, depth, steps }
    }
}

/// Makes a report of a site.
pub async fn make(store: &dyn Store, site: &str, name: Name, told: Told) -> Result<Value, Fault> {
    let reader = Reader { store, site, window: told.window };
    let [from, to] = told.window;
    let times = [told.generated_at, from, to];
    match name {
        Name::Summary | Name::Experiments => {
            let head = told.segment.filter(|_| name == Name::Experiments);
            let asked = Asked {
                generated_at: told.generated_at,
                window: told.window,
                metrics: told.metrics,
                head,
            };
            let kept = experiments::read(reader, &asked).await?;
            aside(move || {
                let judged = experiments::judge(&kept, &asked);
                if name == Name::Summary {
                    value(&summary::summary(&judged))
                } else {
                    value(&judged)
                }
            })
            .await
        }
        Name::Bandits => {
            let lessons = reader.lessons().await?;
            aside(move || value(&bandits::judge(times, &lessons))).await
        }
        Name::Attention => {
            let (met, scrolls) = (reader.met().await?, reader.scrolls().await?);
            let page = told.page;
            aside(move || value(&attention::gather(times, &met, &scrolls, page.as_deref()))).await
        }
        Name::Journeys => {
            let steps = reader.steps().await?;
            aside(move || value(&journeys::gather(times, &steps, told.depth))).await
        }
        Name::Funnel => {
            let steps = reader.steps().await?;
            aside(move || value(&funnel::gather(times, &steps, &told.steps))).await
        }
        Name::Interruptions => {
            let rows = reader.interruptions().await?;
            aside(move || value(&interruptions::gather(times, &rows))).await
        }
    }
}

/// Off the threads that answer requests: a year of a large shop takes seconds.
async fn aside(
    work: impl FnOnce() -> Result<Value, Fault> + Send + 'static,
) -> Result<Value, Fault> {
    let failed = |_| Fault::Store(StoreError::Database("the arithmetic ended early".to_owned()));
    tokio::task::spawn_blocking(work).await.map_err(failed)?
}

fn value<T: Serialize>(report: &T) -> Result<Value, Fault> {
    serde_json::to_value(report)
        .map_err(|error| Fault::Store(StoreError::Database(error.to_string())))
}
