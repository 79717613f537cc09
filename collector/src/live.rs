//! What is heard of batches as they are stored: one loud-speaker, few listeners, no memory.
//!
//! The batch handler tells what a batch adds up to once it is stored. Nothing is added up while
//! nobody listens, and a listener that falls behind loses what it missed: the stream says that
//! something happens, the reports say how much.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, broadcast};
use unspoken::wire::{Batch, What};

use crate::report::Live as LiveSession;
use crate::store::{self, Store, StoreError};

/// Listeners at once. Each is a connection that stays open, and a task.
pub const MAX_LISTENERS: usize = 32;
/// Batches that a listener may lag behind before it loses some. They are 48 bytes each.
const BACKLOG: usize = 1024;
/// How old a list may be that is handed to another listener: it costs a query.
pub const LIST_AGE: Duration = Duration::from_secs(2);

/// What batches add up to. A batch of a session that was kept out as automated counts as a batch
/// and as nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Beat {
    /// Batches.
    pub batches: u64,
    /// Page views.
    pub views: u64,
    /// Clicks.
    pub clicks: u64,
    /// Exposures.
    pub exposures: u64,
    /// Goals.
    pub goals: u64,
}

impl Beat {
    fn of(batch: &Batch) -> Beat {
        let mut beat = Beat { batches: 1, ..Beat::default() };
        if batch.excluded == 0 {
            for event in &batch.events {
                match event.what {
                    What::Page { .. } => beat.views += 1,
                    What::Click { .. } => beat.clicks += 1,
                    What::Exposure { .. } => beat.exposures += 1,
                    What::Goal { .. } => beat.goals += 1,
                    _ => {}
                }
            }
        }
        beat
    }

    /// Adds what another says.
    pub fn add(&mut self, other: Beat) {
        self.batches += other.batches;
        self.views += other.views;
        self.clicks += other.clicks;
        self.exposures += other.exposures;
        self.goals += other.goals;
    }
}

/// A stored batch of a site.
#[derive(Clone, Debug)]
pub struct Told {
    /// Whose it is.
    pub site: Arc<str>,
    /// What it adds up to.
    pub beat: Beat,
}

/// Who was on a site, and when that was asked.
type Listed = (Instant, Arc<Vec<LiveSession>>);

/// What the handlers share of it.
pub struct Live {
    speaker: broadcast::Sender<Told>,
    places: Arc<Semaphore>,
    /// The list of each site that was asked for lately, so that many listeners cost one query.
    lists: Mutex<HashMap<Arc<str>, Listed>>,
}

impl Default for Live {
    fn default() -> Live {
        Live {
            speaker: broadcast::Sender::new(BACKLOG),
            places: Arc::new(Semaphore::new(MAX_LISTENERS)),
            lists: Mutex::new(HashMap::new()),
        }
    }
}

impl Live {
    /// What a batch adds up to; nothing where nobody listens. Asked before the batch is given
    /// away to the store.
    pub fn weigh(&self, batch: &Batch) -> Option<Beat> {
        (self.speaker.receiver_count() > 0).then(|| Beat::of(batch))
    }

    /// Tells of a batch that is stored.
    pub fn tell(&self, site: &Arc<str>, beat: Beat) {
        // An error says that the last listener has just gone.
        let _ = self.speaker.send(Told { site: Arc::clone(site), beat });
    }

    /// A place among the listeners; none where all are taken.
    pub fn listen(&self) -> Option<Listener> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Listener { told: self.speaker.subscribe(), _place: place })
    }

    /// Who is on the site, at most [`LIST_AGE`] old. Asked of the store, so it also knows of
    /// batches that another collector took.
    pub async fn list(
        &self,
        store: &dyn Store,
        site: &Arc<str>,
        now_ms: u64,
    ) -> Result<Arc<Vec<LiveSession>>, StoreError> {
        // Held over the query: whoever asks meanwhile waits for its answer rather than asking too.
        let mut lists = self.lists.lock().await;
        lists.retain(|_, (at, _)| at.elapsed() < LIST_AGE);
        if let Some((_, list)) = lists.get(site) {
            return Ok(Arc::clone(list));
        }
        let list = Arc::new(store::on_site(store, site, now_ms).await?);
        lists.insert(Arc::clone(site), (Instant::now(), Arc::clone(&list)));
        Ok(list)
    }
}

/// One who listens. Dropped, its place is free.
pub struct Listener {
    told: broadcast::Receiver<Told>,
    _place: OwnedSemaphorePermit,
}

impl Listener {
    /// The next batch of `site`; none once there is nobody who tells.
    pub async fn next(&mut self, site: &str) -> Option<Beat> {
        loop {
            match self.told.recv().await {
                Ok(Told { site: of, beat }) if *of == *site => return Some(beat),
                Ok(_) => {}
                Err(broadcast::error::RecvError::Lagged(lost)) => {
                    tracing::debug!("a listener of /v1/live missed {lost} batches");
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unspoken::id::Id;
    use unspoken::wire::{Event, VERSION};

    fn batch(excluded: u8) -> Batch {
        let what = [
            What::Page { path: 0, kind: 0, item: 0 },
            What::Click { slot: 0, role: 1, flags: 0 },
            What::Click { slot: 0, role: 1, flags: 0 },
            What::Exposure { slot: 1, variant: 1, rule: 0, chance: 0 },
            What::Goal { name: 1, value: 2.0 },
            What::Scroll { percent: 25 },
        ];
        Batch {
            version: VERSION,
            id: Id(1),
            visitor: Id(2),
            session: Id(3),
            view: 4,
            sequence: 0,
            base_ms: 0,
            dropped: 0,
            automation: 0,
            excluded,
            names: vec!["n".to_owned()],
            events: what.map(|what| Event { at: 0, what }).into(),
            trace: Vec::new(),
        }
    }

    const ONE: Beat = Beat { batches: 1, views: 1, clicks: 2, exposures: 1, goals: 1 };

    #[test]
    fn nothing_is_added_up_while_nobody_listens() {
        let live = Live::default();
        assert_eq!(live.weigh(&batch(0)), None);
        let listener = live.listen();
        assert_eq!(live.weigh(&batch(0)), Some(ONE));
        assert_eq!(live.weigh(&batch(1)), Some(Beat { batches: 1, ..Beat::default() }));
        drop(listener);
        assert_eq!(live.weigh(&batch(0)), None);
    }

    #[tokio::test]
    async fn a_listener_hears_its_own_site() {
        let live = Live::default();
        let mut listener = live.listen().unwrap();
        live.tell(&"other".into(), Beat { batches: 9, ..ONE });
        live.tell(&"shop".into(), ONE);
        assert_eq!(listener.next("shop").await, Some(ONE));
        drop(live);
        assert_eq!(listener.next("shop").await, None);
    }

    #[tokio::test]
    async fn who_lags_behind_loses_the_oldest_and_goes_on() {
        let live = Live::default();
        let mut listener = live.listen().unwrap();
        for batches in 0..2 * BACKLOG as u64 {
            live.tell(&"shop".into(), Beat { batches, ..Beat::default() });
        }
        let first = listener.next("shop").await.unwrap();
        assert_eq!(first.batches, BACKLOG as u64);
    }

    #[test]
    fn places_are_few_and_are_given_back() {
        let live = Live::default();
        let mut listeners: Vec<_> = (0..MAX_LISTENERS).map(|_| live.listen().unwrap()).collect();
        assert!(live.listen().is_none());
        listeners.pop();
        assert!(live.listen().is_some());
    }
}
