//! What reports read of a store: rows of its questions, gathered in memory for the arithmetic.
//!
//! Names stand in memory once. An answer has a bound, [`MAX_ROWS`]: a report over more is refused
//! with the mend, instead of taking the machine's memory.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use unspoken::id::Id;

use crate::store::question::{
    ATTENTION, EXPOSURES, FORECASTS_OF_EXPOSED, GOALS_OF_EXPOSED, INTERRUPTIONS, LESSONS, Question,
    Row, SCROLLS, STEPS, VIEWS_OF_EXPOSED,
};
use crate::store::{Ask, Store, StoreError};

/// The most rows of one answer; at some 50 bytes each they stay below a quarter of a gigabyte.
pub const MAX_ROWS: usize = 4_000_000;

/// Why a report could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Fault {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The window holds too much.
    #[error("{0} has more than {MAX_ROWS} rows in this window: ask for fewer days")]
    TooMuch(&'static str),
}

/// What was shown to a visitor, and when first.
#[derive(Clone, Debug, PartialEq)]
pub struct Exposure {
    /// Who.
    pub visitor: Id,
    /// Where.
    pub slot: Arc<str>,
    /// By which rule; none is the default.
    pub rule: Option<Arc<str>>,
    /// What.
    pub variant: Arc<str>,
    /// With what probability chance chose it, where chance did.
    pub chance: Option<f64>,
    /// ms since 1970.
    pub first_at: u64,
}

/// A goal that a visitor reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Who.
    pub visitor: Id,
    /// Which.
    pub goal: Arc<str>,
    /// ms since 1970.
    pub at: u64,
    /// What it was worth.
    pub value: f64,
}

/// A page view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Whose.
    pub visitor: Id,
    /// ms since 1970.
    pub at: u64,
    /// Of which session.
    pub session: Id,
}

/// Forecasts of one head that met their outcome.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Whose.
    pub visitor: Id,
    /// ms since 1970.
    pub at: u64,
    /// How many.
    pub count: u64,
    /// Their sum, in thousandths.
    pub sum_milli: u64,
}

/// What a device told of a bandit's choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// Where.
    pub slot: Arc<str>,
    /// By which rule.
    pub rule: Arc<str>,
    /// What was shown.
    pub variant: Arc<str>,
    /// With what probability.
    pub chance: f64,
    /// 0 when it was seen, above 0 when its reward came.
    pub reward: f64,
    /// ms since 1970.
    pub at: u64,
    /// What the choice knew, as it was kept.
    pub context: Arc<str>,
    /// Who.
    pub visitor: Id,
    /// In which session.
    pub session: Id,
}

/// What a slot met on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// The page's kind or path.
    pub page: Arc<str>,
    /// The slot.
    pub slot: Arc<str>,
    /// Exposures, visitors who saw it, ms of dwell, clicks, of these rage and dead, dismissals.
    pub counts: [u64; 7],
}

/// How many views of a page came so far down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scroll {
    /// The page's kind or path.
    pub page: Arc<str>,
    /// 0 to 100; 0 has all views.
    pub percent: u64,
    /// Views.
    pub views: u64,
}

/// A page or a goal on a session's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whose way.
    pub session: Id,
    /// ms since 1970.
    pub at: u64,
    /// A goal, and no page.
    pub is_goal: bool,
    /// The page's kind or path, or the goal.
    pub name: Arc<str>,
}

/// What interrupted a visitor on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interruption {
    /// Who.
    pub visitor: Id,
    /// Exposures of variants other than the default.
    pub exposures: u64,
    /// Dismissals.
    pub dismissals: u64,
}

/// Names that stand in memory once.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn name(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let name: Arc<str> = text.into();
        self.0.insert(Arc::clone(&name));
        name
    }
}

/// A site's rows in a window.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// Where they are kept.
    pub store: &'a dyn Store,
    /// Whose.
    pub site: &'a str,
    /// From and to, included, in ms since 1970.
    pub window: [u64; 2],
}

impl Reader<'_> {
    async fn rows<T: Send + 'static>(
        &self,
        question: &'static Question,
        text: Vec<String>,
        mut read: impl FnMut(&Row, &mut Names) -> Option<T> + Send + 'static,
    ) -> Result<Vec<T>, Fault> {
        let gathered: Arc<Mutex<(Vec<T>, Names)>> = Arc::default();
        let into = Arc::clone(&gathered);
        let ask = Ask { text, ..Ask::new(question, self.site, self.window) };
        let each = move |row: &Row| {
            let mut all = into.lock().unwrap_or_else(PoisonError::into_inner);
            let (rows, names) = &mut *all;
            rows.extend(read(row, names));
            if rows.len() > MAX_ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        self.store.ask(ask, Box::new(each)).await?;
        let mut all = gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = std::mem::take(&mut all.0);
        if rows.len() > MAX_ROWS { Err(Fault::TooMuch(question.name)) } else { Ok(rows) }
    }

    /// What each visitor was shown.
    pub async fn exposures(&self) -> Result<Vec<Exposure>, Fault> {
        let read = |row: &Row, names: &mut Names| {
            Some(Exposure {
                visitor: row.id(0)?,
                slot: names.name(row.text(1)?),
                rule: row.text(2).map(|rule| names.name(rule)),
                variant: names.name(row.text(3)?),
                chance: row.real(4).filter(|chance| *chance > 0.0 && *chance <= 1.0),
                first_at: row.whole(5)?,
            })
        };
        self.rows(&EXPOSURES, Vec::new(), read).await
    }

    /// Goals of those who were shown something, from `before` ms before the window on.
    pub async fn goals(&self, before: u64) -> Result<Vec<Goal>, Fault> {
        let read = |row: &Row, names: &mut Names| {
            let value = row.real(3).filter(|value| value.is_finite()).unwrap_or(0.0);
            let goal = names.name(row.text(1)?);
            Some(Goal { visitor: row.id(0)?, goal, at: row.whole(2)?, value })
        };
        self.rows(&GOALS_OF_EXPOSED, vec![before.to_string()], read).await
    }

    /// Their page views, likewise.
    pub async fn views(&self, before: u64) -> Result<Vec<View>, Fault> {
        let read = |row: &Row, _: &mut Names| {
            Some(View { visitor: row.id(0)?, at: row.whole(1)?, session: row.id(2)? })
        };
        self.rows(&VIEWS_OF_EXPOSED, vec![before.to_string()], read).await
    }

    /// Their forecasts of one head, likewise.
    pub async fn forecasts(&self, head: &str, before: u64) -> Result<Vec<Forecast>, Fault> {
        let head = head.to_owned();
        let read = move |row: &Row, _: &mut Names| {
            let is_asked = row.text(1)? == head;
            let (visitor, at) = (row.id(0)?, row.whole(2)?);
            let (count, sum_milli) = (row.whole(3)?, row.whole(5)?);
            is_asked.then_some(Forecast { visitor, at, count, sum_milli })
        };
        self.rows(&FORECASTS_OF_EXPOSED, vec![before.to_string()], read).await
    }

    /// What devices told of bandits' choices.
    pub async fn lessons(&self) -> Result<Vec<Lesson>, Fault> {
        let read = |row: &Row, names: &mut Names| {
            Some(Lesson {
                slot: names.name(row.text(0)?),
                rule: names.name(row.text(1)?),
                variant: names.name(row.text(2)?),
                chance: row.real(3)?,
                reward: row.real(4)?,
                at: row.whole(5)?,
                context: names.name(row.text(6).unwrap_or("[]")),
                visitor: row.id(7)?,
                session: row.id(8)?,
            })
        };
        self.rows(&LESSONS, Vec::new(), read).await
    }

    /// What slots met on each page.
    pub async fn met(&self) -> Result<Vec<Met>, Fault> {
        let read = |row: &Row, names: &mut Names| {
            let mut counts = [0; 7];
            for (at, count) in counts.iter_mut().enumerate() {
                *count = row.whole(2 + at).unwrap_or(0);
            }
            Some(Met { page: names.name(row.text(0)?), slot: names.name(row.text(1)?), counts })
        };
        self.rows(&ATTENTION, Vec::new(), read).await
    }

    /// How deep pages were scrolled.
    pub async fn scrolls(&self) -> Result<Vec<Scroll>, Fault> {
        let read = |row: &Row, names: &mut Names| {
            let page = names.name(row.text(0)?);
            Some(Scroll { page, percent: row.whole(1)?, views: row.whole(2)? })
        };
        self.rows(&SCROLLS, Vec::new(), read).await
    }

    /// Where sessions went, session by session.
    pub async fn steps(&self) -> Result<Vec<Step>, Fault> {
        let read = |row: &Row, names: &mut Names| {
            let (is_goal, name) = (row.text(2)? == "g", names.name(row.text(3)?));
            Some(Step { session: row.id(0)?, at: row.whole(1)?, is_goal, name })
        };
        self.rows(&STEPS, Vec::new(), read).await
    }

    /// What interrupted whom, a visitor and day a row.
    pub async fn interruptions(&self) -> Result<Vec<Interruption>, Fault> {
        let read = |row: &Row, _: &mut Names| {
            let (exposures, dismissals) = (row.whole(2)?, row.whole(3)?);
            Some(Interruption { visitor: row.id(0)?, exposures, dismissals })
        };
        self.rows(&INTERRUPTIONS, Vec::new(), read).await
    }
}
