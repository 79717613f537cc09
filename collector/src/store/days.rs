//! What every session forecast on each day, for [`crate::drift`]: read a head and a day at a time,
//! so that a month of a large site needs the memory of one day.

use rusqlite::{Connection, params};
use unspoken::wire::BINS;

use super::StoreError;
use super::query::COUNTED;
use crate::drift::{DAY_MS, Digest, Head, Session, judge};
use crate::report::Tally;

/// The most heads that are judged: as many as a page can have. Anyone may post names of others.
pub const MAX_HEADS: usize = unspoken::intent::MAX_HEADS;

/// The heads of `site` in a stretch of time that are to be judged, as a JSON list: of those that
/// are `known` (of all, where that is not known) the [`MAX_HEADS`] with the most sessions.
pub(super) fn judged(
    connection: &Connection,
    site: &str,
    [from, to]: [u64; 2],
    known: Option<&[String]>,
) -> Result<String, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT f.head, count(DISTINCT b.session)
         FROM forecasts f CROSS JOIN batches b USING (batch) JOIN sites s ON s.site = b.site
         WHERE s.name = ?1 AND f.at BETWEEN ?2 AND ?3 AND f.count > 0 AND {COUNTED}
         GROUP BY 1 ORDER BY 2 DESC, 1"
    ))?;
    let mut rows = statement.query(params![site, from, to])?;
    let mut heads: Vec<String> = Vec::new();
    while let Some(row) = rows.next()?.filter(|_| heads.len() < MAX_HEADS) {
        let head: String = row.get(0)?;
        if known.is_none_or(|known| known.contains(&head)) {
            heads.push(head);
        }
    }
    Ok(serde_json::Value::from(heads).to_string())
}

/// Judges the heads of `site` (see [`judged`]) on the last `days` days, today included; days are of
/// UTC. A forecast of the session is told when it is made, and again when it comes true: where
/// midnight lies between, the outcome is booked on the day of the forecast.
pub fn heads_by_day(
    connection: &Connection,
    site: &str,
    days: u32,
    now_ms: u64,
    known: Option<&[String]>,
) -> Result<Vec<Head>, StoreError> {
    let from = (now_ms / DAY_MS + 1).saturating_sub(u64::from(days.max(1))) * DAY_MS;
    let mut statement = connection.prepare_cached(&format!(
        "WITH told AS (
            SELECT f.head, f.at / {DAY_MS} AS day, b.session, f.bin, sum(f.count) AS count,
                   sum(f.positives) AS positives, sum(f.sum_milli) AS sum_milli
            FROM forecasts f CROSS JOIN batches b USING (batch) JOIN sites s ON s.site = b.site
            WHERE s.name = ?1 AND f.at BETWEEN ?2 AND ?3 AND {COUNTED}
              AND f.head IN (SELECT value FROM json_each(?4))
            GROUP BY 1, 2, 3, 4),
         booked AS (
            -- With what the session's next day has more outcomes than forecasts.
            SELECT *, positives + lead(max(positives - count, 0), 1, 0)
                OVER (PARTITION BY head, session, bin ORDER BY day) AS outcomes FROM told)
         SELECT head, day, session, bin, count, min(outcomes, count), sum_milli FROM booked
         WHERE count > 0 ORDER BY 1, 2, 3, 4"
    ))?;
    let heads = judged(connection, site, [from, now_ms], known)?;
    let mut rows = statement.query(params![site, from, now_ms, heads])?;
    let mut heads = Heads::default();
    while let Some(row) = rows.next()? {
        let tally = Tally { count: row.get(4)?, positives: row.get(5)?, sum_milli: row.get(6)? };
        heads.take(row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, tally);
    }
    Ok(heads.finish())
}

/// Every head's sessions in a stretch of time (ms since 1970, ends included), each session's bins
/// added up; by head.
pub fn sessions_by_head(
    connection: &Connection,
    site: &str,
    [from, to]: [u64; 2],
) -> Result<Vec<(String, Vec<Session>)>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT f.head, b.session, f.bin, sum(f.count), min(sum(f.positives), sum(f.count)), sum(f.sum_milli)
         FROM forecasts f CROSS JOIN batches b USING (batch) JOIN sites s ON s.site = b.site
         WHERE s.name = ?1 AND f.at BETWEEN ?2 AND ?3 AND {COUNTED}
         GROUP BY 1, 2, 3 HAVING sum(f.count) > 0 ORDER BY 1, 2, 3"
    ))?;
    let mut rows = statement.query(params![site, from, to])?;
    let mut heads: Vec<(String, Vec<Session>)> = Vec::new();
    let mut last = None;
    while let Some(row) = rows.next()? {
        let (head, session): (String, [u8; 16]) = (row.get(0)?, row.get(1)?);
        if heads.last().is_none_or(|(name, _)| *name != head) {
            heads.push((head, Vec::new()));
            last = None;
        }
        let Some((_, sessions)) = heads.last_mut() else { continue };
        if last != Some(session) {
            last = Some(session);
            sessions.push([Tally::default(); BINS]);
        }
        let tally = Tally { count: row.get(3)?, positives: row.get(4)?, sum_milli: row.get(5)? };
        if let Some(place) =
            sessions.last_mut().and_then(|one| one.get_mut(row.get::<_, usize>(2).ok()?))
        {
            *place = tally;
        }
    }
    Ok(heads)
}

/// What was read so far: finished heads, the present head's finished days, the present day.
#[derive(Default)]
struct Heads {
    done: Vec<Head>,
    days: Vec<Digest>,
    head: String,
    day: u64,
    session: [u8; 16],
    sessions: Vec<Session>,
}

impl Heads {
    fn take(&mut self, head: String, day: u64, session: [u8; 16], bin: usize, tally: Tally) {
        if head != self.head {
            self.end_head();
            (self.head, self.day) = (head, day);
        }
        if day != self.day {
            self.end_day();
            self.day = day;
        }
        if self.sessions.is_empty() || session != self.session {
            self.session = session;
            self.sessions.push([Tally::default(); BINS]);
        }
        let place = self.sessions.last_mut().and_then(|session| session.get_mut(bin));
        if let Some(place) = place {
            *place = tally;
        }
    }

    fn end_day(&mut self) {
        self.days.extend(Digest::of(self.day, &self.sessions));
        self.sessions.clear();
    }

    fn end_head(&mut self) {
        self.end_day();
        if !self.days.is_empty() {
            self.done.push(judge(&self.head, &self.days));
            self.days.clear();
        }
    }

    fn finish(mut self) -> Vec<Head> {
        self.end_head();
        self.done
    }
}
