//! Who delivers: a task for each webhook, so that a receiver that is slow or down holds up no other.
//!
//! A delivery is taken for as long as an attempt may last and is due again after that, so a process
//! that dies with it, or a second one beside it on the same file, neither loses it nor sends it
//! twice at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::deliver::{self, Refused};
use super::queue::{self, Due};
use super::{Hook, Webhooks};
use crate::clock;
use crate::store::{Store, StoreError};
use crate::telemetry;

/// Attempts of one webhook at once.
const AT_ONCE: usize = 4;
/// Attempts of all webhooks at once; each holds a thread while it lasts.
const ALL_AT_ONCE: usize = 16;
/// How long it is waited at most to look into the file: another process may have queued something.
const LOOK: Duration = Duration::from_secs(2);
/// A request that stores a batch has ended after this long, well or not.
const LEFT: Duration = Duration::from_secs(60);
/// How often what is old is thrown away.
const PRUNE: Duration = Duration::from_secs(60 * 60);
/// The longest that a receiver may ask to be left alone.
const MOST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

impl Webhooks {
    /// Starts the workers; they end when `stop` says so, after the attempts that have begun. Without
    /// webhooks, nothing.
    pub fn start(
        self: &Arc<Webhooks>,
        store: &Arc<dyn Store>,
        stop: &watch::Receiver<bool>,
    ) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        if self.is_empty() {
            return tasks;
        }
        let (this, store, mut stopped) = (Arc::clone(self), Arc::clone(store), stop.clone());
        tasks.spawn(async move {
            tokio::select! {
                () = this.keep_house(&store) => {}
                _ = stopped.wait_for(|stop| *stop) => {}
            }
        });
        let places = Arc::new(Semaphore::new(ALL_AT_ONCE));
        let agent = deliver::agent(self.policy);
        for hook in &self.hooks {
            let work = Worker {
                hooks: Arc::clone(self),
                hook: Arc::clone(hook),
                places: Arc::clone(&places),
                agent: agent.clone(),
            };
            let mut stop = stop.clone();
            tasks.spawn(async move {
                while !*stop.borrow() {
                    match work.round().await {
                        Ok(true) => {}
                        Ok(false) => work.wait(&mut stop).await,
                        Err(error) => {
                            tracing::error!("the state file fails, and webhooks wait: {error}");
                            work.wait(&mut stop).await;
                        }
                    }
                }
            });
        }
        tasks
    }

    /// Finishes what was left, gives up what is for nobody any more, throws away what is old.
    async fn keep_house(&self, store: &Arc<dyn Store>) {
        let ids: Vec<String> = self.hooks.iter().map(|hook| hook.id.clone()).collect();
        let given_up = self
            .on_disk(move |state| {
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                queue::give_up_others(state, &ids)
            })
            .await;
        match given_up {
            Ok(0) => {}
            Ok(count) => tracing::warn!(
                "{count} deliveries of webhooks that the settings no longer have are in the dead-letter list"
            ),
            Err(error) => tracing::error!("the state file cannot be read: {error}"),
        }
        let mut pruned_at: Option<tokio::time::Instant> = None;
        loop {
            let before = clock::now_ms().saturating_sub(LEFT.as_millis() as u64);
            match self.recover(store, before).await {
                Ok(0) => {}
                Ok(count) => tracing::info!("{count} batches that were left are stored and told"),
                Err(error) => tracing::error!("batches that were left wait: {error}"),
            }
            if pruned_at.is_none_or(|at| at.elapsed() >= PRUNE) {
                pruned_at = Some(tokio::time::Instant::now());
                // A file that is not there has nothing that is old.
                let there = self.state.path().exists();
                let prune = |state: &crate::state::State| queue::prune(state, clock::now_ms());
                if there && let Err(error) = self.on_disk(prune).await {
                    tracing::error!("the state file cannot be tidied: {error}");
                }
            }
            tokio::time::sleep(LEFT).await;
        }
    }
}

/// What delivers to one webhook.
struct Worker {
    hooks: Arc<Webhooks>,
    hook: Arc<Hook>,
    places: Arc<Semaphore>,
    agent: ureq::Agent,
}

impl Worker {
    /// Tries what is due. Says whether there was something.
    async fn round(&self) -> Result<bool, StoreError> {
        let patience = self.hooks.policy.patience;
        let id = self.hook.id.clone();
        let due = self
            .hooks
            .on_disk(move |state| {
                let now = clock::now_ms();
                if queue::next(state, &id)?.is_none_or(|at| at > now) {
                    return Ok(Vec::new());
                }
                // The attempts may have to wait for places; the last begins in time all the same.
                let until = now + 4 * patience.as_millis() as u64 + 1_000;
                queue::claim(state, &id, now, until, AT_ONCE)
            })
            .await?;
        let any = !due.is_empty();
        let mut attempts = JoinSet::new();
        for due in due {
            let (hooks, hook) = (Arc::clone(&self.hooks), Arc::clone(&self.hook));
            let (places, agent) = (Arc::clone(&self.places), self.agent.clone());
            attempts.spawn(async move {
                let _place = places.acquire_owned().await;
                attempt(&hooks, &hook, agent, due).await
            });
        }
        while let Some(ended) = attempts.join_next().await {
            ended.map_err(|_| StoreError::Closed)??;
        }
        Ok(any)
    }

    /// Until something is queued or due, or the collector stops.
    async fn wait(&self, stop: &mut watch::Receiver<bool>) {
        let id = self.hook.id.clone();
        let next = self.hooks.on_disk(move |state| queue::next(state, &id)).await;
        let wait = match next {
            Ok(Some(at)) => Duration::from_millis(at.saturating_sub(clock::now_ms())).min(LOOK),
            _ => LOOK,
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.hook.wake.notified() => {}
            _ = stop.wait_for(|stop| *stop) => {}
        }
    }
}

/// One attempt, and what becomes of it.
async fn attempt(
    hooks: &Arc<Webhooks>,
    hook: &Arc<Hook>,
    agent: ureq::Agent,
    due: Due,
) -> Result<(), StoreError> {
    let Due { id, body, attempts } = due;
    let sent = Arc::clone(hook);
    let outcome = tokio::task::spawn_blocking(move || {
        let seconds = clock::now_ms() / 1000;
        deliver::deliver(&agent, &sent.url, sent.secret.text(), seconds, &body)
    })
    .await
    .map_err(|_| StoreError::Closed)?;
    let Err(Refused { why, wait }) = outcome else {
        telemetry::process().webhook("delivered");
        return hooks.on_disk(move |state| queue::done(state, &id)).await;
    };
    let attempts = attempts + 1;
    // Without chance of the system waits lie in the middle.
    let chance = getrandom::u32().map_or(0.5, |drawn| f64::from(drawn) / f64::from(u32::MAX));
    let now = clock::now_ms();
    let again = hooks.policy.wait(attempts, chance).map(|own| {
        let wait = wait.map_or(own, |asked| asked.min(MOST_WAIT).max(own));
        now + u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
    });
    telemetry::process().webhook(if again.is_some() { "failed" } else { "dead" });
    match again {
        Some(_) => {
            tracing::info!("a webhook of {} was not taken ({why}), attempt {attempts}", hook.site)
        }
        None => tracing::warn!(
            "a webhook of {} was given up after {attempts} attempts ({why}); `unspoken webhooks dead` \
             shows it",
            hook.site
        ),
    }
    hooks.on_disk(move |state| queue::failed(state, &id, &why, now, again)).await
}
