//! The report: asks a store, and adds up.
//!
//! What happened is counted by the time of the event, what arrived by the time of arrival. Each
//! number is of one moment; two numbers may be a batch apart, where one was kept in between.

use std::collections::BTreeMap;

use unspoken::id::Id;
use unspoken::wire::BINS;

use super::days::judged;
use super::question::{self, Ask, Question, Row, collect};
use super::{Known, Store, StoreError};
use crate::ratio::{self, Counted, Ratio};
use crate::report::{
    BUCKETS, Bucket, Goal, Intent, LIVE_MS, Live, Report, Slot, Tally, Totals, Variant, Window,
};

type Rows<T> = Result<Vec<T>, StoreError>;

/// Counts a site's window, with the heads that are `known` (with all, where that is not known).
pub async fn report(
    store: &dyn Store,
    site: &str,
    window: Window,
    known: Known,
) -> Result<Report, StoreError> {
    let reader = Reader { store, site, window };
    let heads = judged(store, site, [window.from, window.to], known).await?;
    let timeline = reader.timeline().await?;
    let goals = reader.goals().await?;
    Ok(Report {
        generated_at: window.to,
        from: window.from,
        to: window.to,
        totals: reader.totals(&timeline).await?,
        live: reader.live().await?,
        slots: reader.slots(&goals).await?,
        goals,
        intents: reader.intents(heads).await?,
        timeline,
    })
}

/// Who is on the site at `now_ms`, as in the report, without the rest of it.
pub async fn on_site(store: &dyn Store, site: &str, now_ms: u64) -> Rows<Live> {
    Reader { store, site, window: Window { from: now_ms.saturating_sub(LIVE_MS), to: now_ms } }
        .live()
        .await
}

/// The text of a column that its question promises.
pub(super) fn text(row: &Row, column: usize) -> String {
    row.text(column).unwrap_or_default().to_owned()
}

/// The number of a column that its question promises.
pub(super) fn whole(row: &Row, column: usize) -> u64 {
    row.whole(column).unwrap_or_default()
}

/// A bin's sums from a column on. A page may tell more outcomes than forecasts.
pub(super) fn tally(row: &Row, column: usize) -> Tally {
    let count = whole(row, column);
    let positives = whole(row, column + 1).min(count);
    Tally { count, positives, sum_milli: whole(row, column + 2) }
}

struct Reader<'a> {
    store: &'a dyn Store,
    site: &'a str,
    window: Window,
}

impl Reader<'_> {
    /// The question's rows over the window.
    async fn rows<T: Send + 'static>(
        &self,
        question: &'static Question,
        mut read: impl FnMut(&Row) -> T + Send + 'static,
    ) -> Rows<T> {
        let ask = Ask::new(question, self.site, [self.window.from, self.window.to]);
        collect(self.store, ask, move |row| Some(read(row))).await
    }

    async fn timeline(&self) -> Rows<Bucket> {
        let mut buckets: Vec<Bucket> = (0..BUCKETS)
            .map(|index| Bucket { at: self.window.bucket_start(index), ..Bucket::default() })
            .collect();
        let counts = self
            .rows(&question::TIMELINE, |row| (whole(row, 0) as usize, text(row, 1), whole(row, 2)))
            .await?;
        for (index, kind, count) in counts {
            let Some(bucket) = buckets.get_mut(index) else { continue };
            match kind.as_str() {
                "p" => bucket.views = count,
                "c" => bucket.clicks = count,
                "x" => bucket.exposures = count,
                _ => bucket.goals = count,
            }
        }
        Ok(buckets)
    }

    async fn totals(&self, timeline: &[Bucket]) -> Result<Totals, StoreError> {
        let sum = |part: fn(&Bucket) -> u64| timeline.iter().map(part).sum();
        let mut totals = Totals {
            views: sum(|bucket| bucket.views),
            clicks: sum(|bucket| bucket.clicks),
            exposures: sum(|bucket| bucket.exposures),
            goals: sum(|bucket| bucket.goals),
            ..Totals::default()
        };
        let seen =
            self.rows(&question::SEEN, |row| (whole(row, 0), whole(row, 1), whole(row, 2))).await?;
        let arrived = self.rows(&question::ARRIVED, |row| (whole(row, 0), whole(row, 1))).await?;
        (totals.visitors, totals.sessions, totals.machines) =
            seen.first().copied().unwrap_or_default();
        (totals.batches, totals.bytes) = arrived.first().copied().unwrap_or_default();
        Ok(totals)
    }

    async fn live(&self) -> Rows<Live> {
        let stretch = [self.window.to.saturating_sub(LIVE_MS), self.window.to];
        let mut live =
            collect(self.store, Ask::new(&question::LIVE, self.site, stretch), live_row).await?;
        let events = Ask::new(&question::LIVE_EVENTS, self.site, stretch);
        let mut done: BTreeMap<Id, Done> =
            super::question::fold(self.store, events, |done: &mut BTreeMap<Id, Done>, row| {
                if let Some(session) = row.id(0) {
                    done.entry(session).or_default().take(row);
                }
                std::ops::ControlFlow::Continue(())
            })
            .await?;
        for (session, live) in &mut live {
            if let Some(done) = done.remove(session) {
                done.tell(live);
            }
        }
        Ok(live.into_iter().map(|(_, live)| live).collect())
    }

    async fn goals(&self) -> Rows<Goal> {
        let mut values: BTreeMap<String, f64> = BTreeMap::new();
        let worths = self
            .rows(&question::GOAL_VALUES, |row| {
                (text(row, 0), row.real(1).unwrap_or_default() * whole(row, 2) as f64)
            })
            .await?;
        for (goal, worth) in worths {
            *values.entry(goal).or_default() += worth;
        }
        let goals =
            self.rows(&question::GOALS, |row| (text(row, 0), whole(row, 1), whole(row, 2))).await?;
        Ok(goals
            .into_iter()
            .map(|(goal, count, visitors)| Goal {
                // Finite values may still add up to infinity, which JSON cannot say.
                value: finite(values.get(&goal).copied().unwrap_or_default()),
                goal,
                count,
                visitors,
            })
            .collect())
    }

    async fn slots(&self, goals: &[Goal]) -> Rows<Slot> {
        let variants = self
            .rows(&question::SLOTS, |row| {
                (text(row, 0), text(row, 1), whole(row, 2), whole(row, 3))
            })
            .await?;
        let reached: BTreeMap<(String, String, String), u64> = self
            .rows(&question::REACHED, |row| {
                ((text(row, 0), text(row, 1), text(row, 2)), whole(row, 3))
            })
            .await?
            .into_iter()
            .collect();
        let dismissals: BTreeMap<String, u64> = self
            .rows(&question::DISMISSALS, |row| (text(row, 0), whole(row, 1)))
            .await?
            .into_iter()
            .collect();
        let mut ratios = self.ratios().await?;
        let mut slots: Vec<Slot> = Vec::new();
        for (slot, variant, exposures, visitors) in variants {
            let count = |goal: &Goal| {
                let key = (slot.clone(), variant.clone(), goal.goal.clone());
                (goal.goal.clone(), reached.get(&key).copied().unwrap_or(0))
            };
            let goals = goals.iter().map(count).collect();
            let variant = Variant { variant, exposures, visitors, goals };
            match slots.last_mut() {
                Some(last) if last.slot == slot => last.variants.push(variant),
                _ => slots.push(Slot {
                    dismissals: dismissals.get(&slot).copied().unwrap_or(0),
                    ratios: ratios.remove(&slot).unwrap_or_default(),
                    slot,
                    variants: vec![variant],
                }),
            }
        }
        Ok(slots)
    }

    /// The shares of every rule that chose by chance, by slot.
    async fn ratios(&self) -> Result<BTreeMap<String, Vec<Ratio>>, StoreError> {
        let rows = self
            .rows(&question::SHARES, |row| {
                let chance = |column| row.real(column).unwrap_or_default();
                let counted = Counted {
                    variant: text(row, 2),
                    visitors: whole(row, 3),
                    least: chance(4),
                    most: chance(5),
                };
                ((text(row, 0), text(row, 1)), counted)
            })
            .await?;
        let mut ratios: BTreeMap<String, Vec<Ratio>> = BTreeMap::new();
        for of_rule in rows.chunk_by(|one, next| one.0 == next.0) {
            let Some(((slot, rule), _)) = of_rule.first() else { continue };
            let counted: Vec<Counted> = of_rule.iter().map(|(_, it)| it.clone()).collect();
            if let Some(ratio) = ratio::judge(rule, &counted) {
                ratios.entry(slot.clone()).or_default().push(ratio);
            }
        }
        Ok(ratios)
    }

    async fn intents(&self, heads: Vec<String>) -> Rows<Intent> {
        let stretch = [self.window.from, self.window.to];
        let ask = Ask { text: heads, ..Ask::new(&question::FORECASTS, self.site, stretch) };
        let sums = collect(self.store, ask, |row| {
            Some((text(row, 0), whole(row, 1) as usize, tally(row, 2)))
        })
        .await?;
        let mut heads: BTreeMap<String, [Tally; BINS]> = BTreeMap::new();
        for (head, bin, tally) in sums {
            if let Some(place) = heads.entry(head).or_default().get_mut(bin) {
                *place = tally;
            }
        }
        Ok(heads.iter().filter_map(|(head, tallies)| Intent::from_tallies(head, tallies)).collect())
    }
}

fn finite(value: f64) -> f64 {
    value.clamp(f64::MIN, f64::MAX)
}

fn live_row(row: &Row) -> Option<(Id, Live)> {
    let session = row.id(0)?;
    let live = Live {
        session: session.to_hex(),
        visitor: row.id(1)?.to_hex(),
        started_at: whole(row, 2),
        last_seen_at: whole(row, 3),
        automation: u8::try_from(whole(row, 4)).unwrap_or(u8::MAX),
        excluded: whole(row, 5) > 0,
        ..Live::default()
    };
    Some((session, live))
}

/// What a live session did.
#[derive(Default)]
struct Done {
    views: u64,
    clicks: u64,
    exposures: u64,
    path: Option<(u64, String)>,
    goals: Vec<(u64, String)>,
}

impl Done {
    fn take(&mut self, row: &Row) {
        let times = whole(row, 3);
        match row.text(1) {
            Some("p") => {
                self.views += times;
                let seen = row.text(2).map(|path| (whole(row, 5), path.to_owned()));
                self.path = self.path.take().max(seen);
            }
            Some("c") => self.clicks += times,
            Some("x") => self.exposures += times,
            _ => self.goals.extend(row.text(2).map(|goal| (whole(row, 4), goal.to_owned()))),
        }
    }

    fn tell(mut self, live: &mut Live) {
        self.goals.sort();
        (live.views, live.clicks, live.exposures) = (self.views, self.clicks, self.exposures);
        live.path = self.path.map(|(_, path)| path).unwrap_or_default();
        live.goals = self.goals.into_iter().map(|(_, goal)| goal).collect();
    }
}
