//! The report's SQL. One read transaction, so that all numbers are of the same moment.
//!
//! What happened is counted by the time of the event, what arrived by the time of arrival.
//!
//! `CROSS JOIN` is SQLite's way to fix the order of a join: the narrow side (a stretch of time, or
//! one session) first. Left to choose, it walks every event of a kind for each live session.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Params, Row, params};

use super::StoreError;
use super::days::judged;
use crate::ratio::{self, Counted, Ratio};
use crate::report::{
    BUCKETS, Bucket, Goal, Intent, LIVE_MS, Live, MAX_LIVE, Report, Slot, Tally, Totals, Variant,
    Window,
};
use crate::secret::hex;
use unspoken::wire::BINS;

/// A condition on `b`, a batch: its session is not kept out as automated.
pub(super) const COUNTED: &str = "NOT EXISTS (SELECT 1 FROM sessions v
    WHERE v.site = b.site AND v.session = b.session AND v.excluded = 1)";

type Rows<T> = Result<Vec<T>, StoreError>;

/// Counts `site` in `window`; heads as [`judged`] has them.
pub fn report(
    connection: &mut Connection,
    site: &str,
    window: Window,
    known: Option<&[String]>,
) -> Result<Report, StoreError> {
    let moment = connection.transaction()?;
    let heads = judged(&moment, site, [window.from, window.to], known)?;
    let site: Option<i64> = moment
        .prepare_cached("SELECT site FROM sites WHERE name = ?1")?
        .query_row(params![site], |row| row.get(0))
        .optional()?;
    // A site nobody has written for has an empty report; -1 is no site's number.
    let reader = Reader { connection: &moment, site: site.unwrap_or(-1), window };
    let timeline = reader.timeline()?;
    let goals = reader.goals()?;
    Ok(Report {
        generated_at: window.to,
        from: window.from,
        to: window.to,
        totals: reader.totals(&timeline)?,
        live: reader.live()?,
        slots: reader.slots(&goals)?,
        goals,
        intents: reader.intents(&heads)?,
        timeline,
    })
}

struct Reader<'a> {
    connection: &'a Connection,
    site: i64,
    window: Window,
}

impl Reader<'_> {
    fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Rows<T> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?.collect::<Result<_, _>>()?;
        Ok(rows)
    }

    /// Like [`Self::rows`], with the site, the window's start and its end as the parameters.
    fn in_window<T>(&self, sql: &str, read: impl FnMut(&Row) -> rusqlite::Result<T>) -> Rows<T> {
        self.rows(sql, params![self.site, self.window.from, self.window.to], read)
    }

    fn timeline(&self) -> Rows<Bucket> {
        let mut buckets: Vec<Bucket> = (0..BUCKETS)
            .map(|index| Bucket { at: self.window.bucket_start(index), ..Bucket::default() })
            .collect();
        let counts = self.in_window(
            // The end belongs to the last bucket.
            &format!(
                "SELECT min((e.at - ?2) * 60 / (?3 - ?2), 59), e.kind, count(*)
                 FROM events e CROSS JOIN batches b USING (batch)
                 WHERE b.site = ?1 AND e.kind IN ('p', 'c', 'x', 'g') AND e.at BETWEEN ?2 AND ?3
                   AND {COUNTED}
                 GROUP BY 1, 2"
            ),
            |row| Ok((row.get::<_, usize>(0)?, row.get::<_, String>(1)?, row.get::<_, u64>(2)?)),
        )?;
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

    fn totals(&self, timeline: &[Bucket]) -> Result<Totals, StoreError> {
        let sum = |part: fn(&Bucket) -> u64| timeline.iter().map(part).sum();
        let mut totals = Totals {
            views: sum(|bucket| bucket.views),
            clicks: sum(|bucket| bucket.clicks),
            exposures: sum(|bucket| bucket.exposures),
            goals: sum(|bucket| bucket.goals),
            ..Totals::default()
        };
        let seen = self.in_window(
            "SELECT count(DISTINCT visitor) FILTER (WHERE NOT excluded),
                    count(*) FILTER (WHERE NOT excluded), count(*) FILTER (WHERE excluded)
             FROM sessions WHERE site = ?1 AND last_at >= ?2 AND first_at <= ?3",
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let arrived = self.in_window(
            &format!(
                "SELECT count(*), coalesce(sum(b.bytes), 0) FROM batches b
                 WHERE b.site = ?1 AND b.received_at BETWEEN ?2 AND ?3 AND {COUNTED}"
            ),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        (totals.visitors, totals.sessions, totals.machines) =
            seen.first().copied().unwrap_or_default();
        (totals.batches, totals.bytes) = arrived.first().copied().unwrap_or_default();
        Ok(totals)
    }

    fn live(&self) -> Rows<Live> {
        let sessions = self.rows(
            "SELECT session, visitor, first_at, last_at, automation, excluded FROM sessions
             WHERE site = ?1 AND last_at BETWEEN ?2 AND ?3
             ORDER BY last_at DESC, session LIMIT ?4",
            params![
                self.site,
                self.window.to.saturating_sub(LIVE_MS),
                self.window.to,
                MAX_LIVE as i64
            ],
            |row| {
                let live = Live {
                    session: hex(&row.get::<_, [u8; 16]>(0)?),
                    visitor: hex(&row.get::<_, [u8; 16]>(1)?),
                    started_at: row.get(2)?,
                    last_seen_at: row.get(3)?,
                    automation: row.get(4)?,
                    excluded: row.get(5)?,
                    ..Live::default()
                };
                Ok((row.get(0)?, live))
            },
        )?;
        sessions.into_iter().map(|(session, live)| self.live_session(session, live)).collect()
    }

    /// Counts what one of them did.
    fn live_session(&self, session: [u8; 16], live: Live) -> Result<Live, StoreError> {
        let of_session = params![self.site, session];
        let counts = self.rows(
            "SELECT count(*) FILTER (WHERE e.kind = 'p'), count(*) FILTER (WHERE e.kind = 'c'),
                    count(*) FILTER (WHERE e.kind = 'x')
             FROM batches b CROSS JOIN events e USING (batch) WHERE b.site = ?1 AND b.session = ?2",
            of_session,
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let (views, clicks, exposures) = counts.first().copied().unwrap_or_default();
        let path = self.rows(
            "SELECT e.path FROM batches b CROSS JOIN events e USING (batch)
             WHERE b.site = ?1 AND b.session = ?2 AND e.kind = 'p' AND e.path IS NOT NULL
             ORDER BY e.at DESC, e.batch DESC, e.ordinal DESC LIMIT 1",
            of_session,
            |row| row.get(0),
        )?;
        let goals = self.rows(
            "SELECT e.name FROM batches b CROSS JOIN events e USING (batch)
             WHERE b.site = ?1 AND b.session = ?2 AND e.kind = 'g' AND e.name IS NOT NULL
             GROUP BY e.name ORDER BY min(e.at), e.name",
            of_session,
            |row| row.get(0),
        )?;
        let path = path.into_iter().next().unwrap_or_default();
        Ok(Live { views, path, clicks, exposures, goals, ..live })
    }

    fn goals(&self) -> Rows<Goal> {
        self.in_window(
            &format!(
                "SELECT e.name, count(*), count(DISTINCT b.visitor), total(e.value)
                 FROM events e CROSS JOIN batches b USING (batch)
                 WHERE b.site = ?1 AND e.kind = 'g' AND e.name IS NOT NULL
                   AND e.at BETWEEN ?2 AND ?3 AND {COUNTED}
                 GROUP BY e.name ORDER BY e.name"
            ),
            |row| {
                Ok(Goal {
                    goal: row.get(0)?,
                    count: row.get(1)?,
                    visitors: row.get(2)?,
                    // Finite values may still add up to infinity, which JSON cannot say.
                    value: row.get::<_, Option<f64>>(3)?.unwrap_or(0.0).clamp(f64::MIN, f64::MAX),
                })
            },
        )
    }

    fn slots(&self, goals: &[Goal]) -> Rows<Slot> {
        let variants = self.in_window(
            &format!(
                "SELECT e.slot, e.variant, count(*), count(DISTINCT b.visitor)
                 FROM events e CROSS JOIN batches b USING (batch)
                 WHERE b.site = ?1 AND e.kind = 'x' AND e.slot IS NOT NULL
                   AND e.variant IS NOT NULL AND e.at BETWEEN ?2 AND ?3 AND {COUNTED}
                 GROUP BY e.slot, e.variant ORDER BY e.slot, e.variant"
            ),
            |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )?;
        // A visitor reached a goal after the exposure where the last time of the one is later than
        // the first time of the other.
        let reached = self.in_window(
            &format!(
                "WITH exposed AS (
                 SELECT e.slot, e.variant, b.visitor, min(e.at) AS first
                 FROM events e CROSS JOIN batches b USING (batch)
                 WHERE b.site = ?1 AND e.kind = 'x' AND e.slot IS NOT NULL AND e.variant IS NOT NULL
                   AND e.at BETWEEN ?2 AND ?3 AND {COUNTED}
                 GROUP BY e.slot, e.variant, b.visitor),
             reached AS MATERIALIZED (
                 SELECT b.visitor, e.name, max(e.at) AS last
                 FROM events e CROSS JOIN batches b USING (batch)
                 WHERE b.site = ?1 AND e.kind = 'g' AND e.name IS NOT NULL
                   AND e.at BETWEEN ?2 AND ?3 AND {COUNTED}
                 GROUP BY b.visitor, e.name)
             SELECT slot, variant, name, count(*) FROM exposed JOIN reached USING (visitor)
             WHERE last > first GROUP BY slot, variant, name"
            ),
            |row| {
                let key: (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok((key, row.get(3)?))
            },
        )?;
        let reached: BTreeMap<(String, String, String), u64> = reached.into_iter().collect();
        let dismissals: BTreeMap<String, u64> = self.dismissals()?.into_iter().collect();
        let mut ratios = self.ratios()?;
        let mut slots: Vec<Slot> = Vec::new();
        for (slot, variant, exposures, visitors) in variants {
            let variant: String = variant;
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

    /// For each slot, how many visitors dismissed it.
    fn dismissals(&self) -> Rows<(String, u64)> {
        self.in_window(
            &format!(
                "SELECT e.slot, count(DISTINCT b.visitor)
                 FROM events e CROSS JOIN batches b USING (batch)
                 WHERE b.site = ?1 AND e.kind = 'z' AND e.slot IS NOT NULL
                   AND e.at BETWEEN ?2 AND ?3 AND {COUNTED}
                 GROUP BY e.slot"
            ),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// The shares of every rule that chose by chance, by slot.
    fn ratios(&self) -> Result<BTreeMap<String, Vec<Ratio>>, StoreError> {
        let rows = self.in_window(
            &format!(
                "SELECT e.slot, e.rule, e.variant, count(DISTINCT b.visitor), min(e.chance), max(e.chance)
                 FROM events e CROSS JOIN batches b USING (batch)
                 WHERE b.site = ?1 AND e.kind = 'x' AND e.chance IS NOT NULL AND e.slot IS NOT NULL
                   AND e.rule IS NOT NULL AND e.variant IS NOT NULL
                   AND e.at BETWEEN ?2 AND ?3 AND {COUNTED}
                 GROUP BY e.slot, e.rule, e.variant ORDER BY e.slot, e.rule, e.variant"
            ),
            |row| {
                let key: (String, String) = (row.get(0)?, row.get(1)?);
                let (variant, visitors) = (row.get(2)?, row.get(3)?);
                Ok((key, Counted { variant, visitors, least: row.get(4)?, most: row.get(5)? }))
            },
        )?;
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

    fn intents(&self, heads: &str) -> Rows<Intent> {
        let sums = self.rows(
            &format!(
                "SELECT f.head, f.bin, sum(f.count), min(sum(f.positives), sum(f.count)), sum(f.sum_milli)
                 FROM forecasts f CROSS JOIN batches b USING (batch)
                 WHERE b.site = ?1 AND f.at BETWEEN ?2 AND ?3 AND {COUNTED}
                   AND f.head IN (SELECT value FROM json_each(?4))
                 GROUP BY f.head, f.bin ORDER BY f.head, f.bin"
            ),
            params![self.site, self.window.from, self.window.to, heads],
            |row| {
                let tally =
                    Tally { count: row.get(2)?, positives: row.get(3)?, sum_milli: row.get(4)? };
                Ok((row.get::<_, String>(0)?, row.get::<_, usize>(1)?, tally))
            },
        )?;
        let mut heads: BTreeMap<String, [Tally; BINS]> = BTreeMap::new();
        for (head, bin, tally) in sums {
            if let Some(place) = heads.entry(head).or_default().get_mut(bin) {
                *place = tally;
            }
        }
        Ok(heads.iter().filter_map(|(head, tallies)| Intent::from_tallies(head, tallies)).collect())
    }
}
