//! Erasure and retention of a running collector, carried out by its writing thread.
//!
//! Each slice is work of its own for the writer, and asks for the next when it is done. So batches
//! come in between, and what has begun goes on when nobody waits for it any more (a request that
//! took too long). What a stop of the process cuts off is taken up by the next retention.

use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;
use unspoken::id::Id;

use super::SqliteStore;
use crate::store::erase::{Erasure, cleaned, site_number, uncleaned_since, unfinished};
use crate::store::lifecycle::{Erased, Removed, Retention};
use crate::store::queue::Queue;
use crate::store::retain::Retaining;
use crate::store::{StoreError, shrink};

/// A file up to this size is rebuilt before an erasure is answered: some ten milliseconds.
const AT_ONCE: u64 = 4 * 1024 * 1024;
/// A file up to this size is rebuilt by the next retention after an erasure: about a second.
const EACH_TIME: u64 = 64 * 1024 * 1024;
/// A larger one is rebuilt once a day, where there were erasures.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// Has the writer do `step` until it answers.
fn go_on<T: Send + 'static>(
    queue: &Arc<Queue>,
    mut step: impl FnMut(&mut Connection) -> Result<Option<T>, StoreError> + Send + 'static,
    answer: Answer<T>,
) -> Result<(), StoreError> {
    let next = Arc::clone(queue);
    queue.ask(Box::new(move |connection| {
        match connection.and_then(&mut step) {
            // Where the store is closed the answer is dropped, which says so.
            Ok(None) => drop(go_on(&next, step, answer)),
            Ok(Some(done)) => drop(answer.send(Ok(done))),
            Err(error) => {
                tracing::error!("rows could not be removed: {error}");
                let _ = answer.send(Err(error));
            }
        }
    }))
}

impl SqliteStore {
    async fn carry_out<T: Send + 'static>(
        &self,
        step: impl FnMut(&mut Connection) -> Result<Option<T>, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, outcome) = oneshot::channel();
        go_on(&self.queue, step, answer)?;
        outcome.await.map_err(|_| StoreError::Closed)?
    }

    /// See [`crate::store::Store::erase`].
    pub(super) async fn erase_visitor(
        &self,
        site: String,
        visitor: Id,
        now_ms: u64,
    ) -> Result<Erased, StoreError> {
        let mut erasure = None;
        let erased = self
            .carry_out(move |connection| {
                if erasure.is_none() {
                    erasure = Some(Erasure::new(connection, &site, visitor, now_ms)?);
                }
                erasure.as_mut().map_or(Ok(None), |erasure| erasure.step(connection))
            })
            .await?;
        self.clean(visitor, erased).await?;
        Ok(erased)
    }

    /// Rebuilds a file that is small, since SQLite leaves copies of rows in the gaps of its pages.
    async fn clean(&self, visitor: Id, erased: Erased) -> Result<(), StoreError> {
        if erased.removed.rows() == 0 {
            return self.write(move |connection| cleaned(connection, Some(visitor))).await;
        }
        if shrink::size(&self.readers.path)? <= AT_ONCE {
            return self.write(rebuild).await;
        }
        Ok(())
    }

    /// See [`crate::store::Store::retain`].
    pub(super) async fn retain_site(
        &self,
        site: String,
        retention: Retention,
        now_ms: u64,
    ) -> Result<Removed, StoreError> {
        let name = site.clone();
        let begun = self
            .read(move |connection| unfinished(connection, site_number(connection, &name)?))
            .await?;
        for visitor in begun {
            tracing::info!("an erasure that was cut off is carried out");
            self.erase_visitor(site.clone(), visitor, now_ms).await?;
        }
        let mut retaining = None;
        let removed = self
            .carry_out(move |connection| {
                if retaining.is_none() {
                    retaining = Some(Retaining::new(connection, &site, retention, now_ms)?);
                }
                retaining.as_mut().map_or(Ok(None), |retaining| retaining.step(connection))
            })
            .await?;
        self.carry_out(|connection| shrink::step(connection)).await?;
        let is_large = shrink::size(&self.readers.path)? > EACH_TIME;
        let wait = if is_large { DAY.as_millis() as u64 } else { 0 };
        let due = now_ms.saturating_sub(wait);
        self.write(move |connection| {
            if uncleaned_since(connection)?.is_some_and(|since| since <= due) {
                return rebuild(connection);
            }
            shrink::empty_log(connection).map(drop)
        })
        .await?;
        Ok(removed)
    }
}

fn rebuild(connection: &mut Connection) -> Result<(), StoreError> {
    shrink::rebuild(connection)?;
    cleaned(connection, None)
}
