//! What every session forecast on each day, for [`crate::drift`]: read a head and a day at a time,
//! so that a month of a large site needs the memory of one day.

use std::collections::HashMap;
use std::ops::ControlFlow;

use unspoken::id::Id;
use unspoken::wire::BINS;

use super::query::{tally, text, whole};
use super::question::{self, Ask, Row, fold};
use super::{Known, Store, StoreError};
use crate::drift::{DAY_MS, Digest, Head, Session, judge};
use crate::report::Tally;

/// The most heads that are judged: as many as a page can have. Anyone may post names of others.
pub const MAX_HEADS: usize = unspoken::intent::MAX_HEADS;

/// The heads of `site` in a stretch of time that are to be judged: of those that are `known` (of
/// all, where that is not known) the [`MAX_HEADS`] with the most sessions.
pub(super) async fn judged(
    store: &dyn Store,
    site: &str,
    stretch: [u64; 2],
    known: Known,
) -> Result<Vec<String>, StoreError> {
    fold(store, Ask::new(&question::HEADS, site, stretch), move |heads: &mut Vec<String>, row| {
        let head = text(row, 0);
        if known.as_ref().is_none_or(|known| known.contains(&head)) {
            heads.push(head);
        }
        if heads.len() < MAX_HEADS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
    .await
}

/// Judges the heads of `site` that are `known` (all, where that is not known) on the last `days`
/// days up to `now_ms`, today included; days are of UTC. A forecast of the session is told when it
/// is made, and again when it comes true: where midnight lies between, the outcome is booked on the
/// day of the forecast.
pub async fn heads_by_day(
    store: &dyn Store,
    site: &str,
    days: u32,
    now_ms: u64,
    known: Known,
) -> Result<Vec<Head>, StoreError> {
    let from = (now_ms / DAY_MS + 1).saturating_sub(u64::from(days.max(1))) * DAY_MS;
    let heads = judged(store, site, [from, now_ms], known).await?;
    let ask = Ask { text: heads, ..Ask::new(&question::HEAD_DAYS, site, [from, now_ms]) };
    let heads = fold(store, ask, |heads: &mut Heads, row| {
        heads.take(row);
        ControlFlow::Continue(())
    })
    .await?;
    Ok(heads.finish())
}

/// Every head's sessions in a stretch of time (ms since 1970, ends included), each session's bins
/// added up; by head.
pub async fn sessions_by_head(
    store: &dyn Store,
    site: &str,
    stretch: [u64; 2],
) -> Result<Vec<(String, Vec<Session>)>, StoreError> {
    let read = fold(
        store,
        Ask::new(&question::HEAD_SESSIONS, site, stretch),
        |read: &mut BySession, row| {
            read.take(row);
            ControlFlow::Continue(())
        },
    )
    .await?;
    Ok(read.heads)
}

/// Heads with their sessions, and whose the last one is.
#[derive(Default)]
struct BySession {
    heads: Vec<(String, Vec<Session>)>,
    last: Option<Id>,
}

impl BySession {
    fn take(&mut self, row: &Row) {
        let (head, session, tally) = (text(row, 0), row.id(1), tally(row, 3));
        if tally.count == 0 {
            return;
        }
        if self.heads.last().is_none_or(|(name, _)| *name != head) {
            self.heads.push((head, Vec::new()));
            self.last = None;
        }
        let Some((_, sessions)) = self.heads.last_mut() else { return };
        if self.last != session {
            self.last = session;
            sessions.push([Tally::default(); BINS]);
        }
        let place = sessions.last_mut().and_then(|one| one.get_mut(whole(row, 2) as usize));
        if let Some(place) = place {
            *place = tally;
        }
    }
}

/// What was read so far: finished heads, the present head's finished days (the last first), the
/// present day.
#[derive(Default)]
struct Heads {
    done: Vec<Head>,
    days: Vec<Digest>,
    head: String,
    day: u64,
    session: Option<Id>,
    sessions: Vec<Session>,
    /// Outcomes that a session's later day has beyond its forecasts, by session and bin.
    later: HashMap<(Id, usize), u64>,
}

impl Heads {
    fn take(&mut self, row: &Row) {
        let (head, day, bin) = (text(row, 0), whole(row, 1), whole(row, 3) as usize);
        let Some(session) = row.id(2) else { return };
        if head != self.head {
            self.end_head();
            (self.head, self.day) = (head, day);
        }
        if day != self.day {
            self.end_day();
            self.day = day;
        }
        let (count, positives) = (whole(row, 4), whole(row, 5));
        let beyond = positives.saturating_sub(count);
        let booked = if beyond > 0 {
            self.later.insert((session, bin), beyond)
        } else {
            self.later.remove(&(session, bin))
        };
        if count == 0 {
            return;
        }
        if self.sessions.is_empty() || self.session != Some(session) {
            self.session = Some(session);
            self.sessions.push([Tally::default(); BINS]);
        }
        let place = self.sessions.last_mut().and_then(|session| session.get_mut(bin));
        if let Some(place) = place {
            let positives = (positives + booked.unwrap_or(0)).min(count);
            *place = Tally { count, positives, sum_milli: whole(row, 6) };
        }
    }

    fn end_day(&mut self) {
        self.days.extend(Digest::of(self.day, &self.sessions));
        self.sessions.clear();
    }

    fn end_head(&mut self) {
        self.end_day();
        self.later.clear();
        if !self.days.is_empty() {
            self.days.reverse();
            self.done.push(judge(&self.head, &self.days));
            self.days.clear();
        }
    }

    fn finish(mut self) -> Vec<Head> {
        self.end_head();
        self.done
    }
}
