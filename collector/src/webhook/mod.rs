//! Webhooks: an address of the owner's is told when a goal is reached or an intent is high.
//!
//! What is promised: of a batch that was acknowledged everything is told at least once, each thing
//! under an id that stays the same, and nothing is told of a batch that is not stored. Three steps
//! in the state file make it so, whatever the store is and whenever the process dies:
//!
//! 1. Before a batch with news is handed to the store, it is written down whole (`intents`).
//! 2. Once the store has it, the news take its place in one transaction (`deliveries`), and only
//!    then is the page answered.
//! 3. A worker delivers them; each goes when the receiver said 2xx, or to the dead-letter list.
//!
//! A process that dies between 1 and 2 leaves the batch behind. The next start hands it to the store
//! again, which keeps a batch once however often it comes, and goes on with step 2. A batch whose
//! news were queued is remembered, so that it is told once though the page sends it twice.
//!
//! A batch without news, and every batch of a site without webhooks, passes by all of this: it is
//! looked through in memory and costs no write.

mod deliver;
mod queue;
mod rule;
mod worker;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, Semaphore};
use unspoken::id::Id;
use unspoken::wire;

pub use deliver::{Policy, signature};
pub use queue::{Dead, SHOWN, dead, forget, retry};
pub use rule::{News, Rule};

use crate::clock;
use crate::secret::{Password, hex};
use crate::settings::{Settings, SettingsError};
use crate::state::State;
use crate::store::{Appended, Arrival, Store, StoreError};
use queue::{Begun, Delivery, Intent};

/// Batches with news that are stored at once: each waits for the state file's disk, and a page that
/// is told to wait keeps its batch.
const MOST_AT_ONCE: usize = 64;
/// Sessions that were told an intent, kept in memory to spare the disk; the state file has them all.
const MOST_RECENT: usize = 50_000;

/// Where news of a site go.
#[derive(Debug)]
pub struct Hook {
    /// A digest of site and address.
    pub id: String,
    /// The site's name.
    pub site: Arc<str>,
    /// Where to.
    pub url: String,
    /// What deliveries are signed with.
    secret: Password,
    /// What is told.
    on: Vec<Rule>,
    /// Something was queued.
    wake: Notify,
}

/// Every webhook of the settings, and what they have to tell.
#[derive(Debug)]
pub struct Webhooks {
    hooks: Vec<Arc<Hook>>,
    state: Arc<State>,
    policy: Policy,
    /// Which run of the collector this is: what an earlier one left is found by it.
    run: i64,
    places: Semaphore,
    recent: Mutex<HashSet<String>>,
}

impl Webhooks {
    /// Reads the rules of the settings.
    pub fn new(settings: &Settings, state: Arc<State>) -> Result<Webhooks, SettingsError> {
        let mut hooks: Vec<Arc<Hook>> = Vec::new();
        for site in &settings.sites {
            for (at, hook) in site.webhooks.iter().enumerate() {
                let wrong = |why: &str| {
                    SettingsError(format!(
                        "webhook {} of the site \"{}\": {why}",
                        at + 1,
                        site.name
                    ))
                };
                if !(hook.url.starts_with("https://") || hook.url.starts_with("http://")) {
                    return Err(wrong("its url has to begin with https:// or http://"));
                }
                if hook.secret.text().is_empty() {
                    return Err(wrong("it has no secret, and deliveries are signed with it"));
                }
                let on =
                    hook.on.iter().map(|text| Rule::parse(text)).collect::<Result<Vec<_>, _>>();
                let on = on.map_err(|why| wrong(&why))?;
                let id = digest(&[&site.name, &hook.url]);
                if hooks.iter().any(|known| known.id == id) {
                    return Err(wrong("another has the same url; put both lists of `on` into one"));
                }
                hooks.push(Arc::new(Hook {
                    id,
                    site: Arc::clone(&site.name),
                    url: hook.url.clone(),
                    secret: hook.secret.clone(),
                    on,
                    wake: Notify::new(),
                }));
            }
        }
        // 0 is nobody. Two runs share a number once in 2^62.
        let run = getrandom::u64().map_or(1, |drawn| (drawn >> 2) as i64 + 1);
        Ok(Webhooks {
            hooks,
            state,
            policy: settings.delivery,
            run,
            places: Semaphore::new(MOST_AT_ONCE),
            recent: Mutex::default(),
        })
    }

    /// Whether there is any.
    pub fn is_empty(&self) -> bool {
        self.hooks.is_empty()
    }

    /// Something was queued from outside: the workers look at once.
    pub fn wake(&self) {
        self.hooks.iter().for_each(|hook| hook.wake.notify_one());
    }

    /// Keeps a batch, as [`Store::append`] does, and queues what is to be told of it.
    pub async fn append(
        self: &Arc<Webhooks>,
        store: &Arc<dyn Store>,
        arrival: Arrival,
        body: &[u8],
    ) -> Result<Appended, StoreError> {
        let news = self.news(&arrival);
        if news.is_empty() {
            return store.append(arrival).await;
        }
        let (this, store, body) = (Arc::clone(self), Arc::clone(store), body.to_vec());
        // A task of its own: a caller who breaks off must not stop it between two steps.
        let all = tokio::spawn(async move { this.append_with(store, arrival, body, news).await });
        all.await.map_err(|_| StoreError::Closed)?
    }

    async fn append_with(
        self: Arc<Webhooks>,
        store: Arc<dyn Store>,
        arrival: Arrival,
        body: Vec<u8>,
        news: Vec<Delivery>,
    ) -> Result<Appended, StoreError> {
        let _place = self.places.try_acquire().map_err(|_| StoreError::Busy)?;
        let (site, batch) = (Arc::clone(&arrival.site), arrival.batch.id);
        let visitor = arrival.batch.visitor;
        let intent = Intent {
            site: site.to_string(),
            batch,
            visitor,
            received_at: arrival.received_at,
            body,
        };
        let run = self.run;
        let begun = match self.on_disk(move |state| queue::begin(state, &intent, run)).await {
            Ok(begun) => begun,
            Err(error) => {
                // The batch is worth more than what would be told of it.
                tracing::error!("webhooks are not told of a batch: {error}");
                return store.append(arrival).await;
            }
        };
        if matches!(begun, Begun::Told | Begun::Elsewhere) {
            return store.append(arrival).await;
        }
        let outcome = store.append(arrival).await;
        let kept = match &outcome {
            Ok(Appended::New) => self.arm(&site, batch, visitor, news).await,
            // An attempt before this one may have stored it, and nobody was told.
            Ok(Appended::Seen) if begun == Begun::Again => {
                self.arm(&site, batch, visitor, news).await
            }
            Ok(Appended::Seen) => {
                self.on_disk(move |state| queue::give_up(state, &site, batch)).await
            }
            Err(StoreError::Busy) if begun == Begun::Fresh => {
                self.on_disk(move |state| queue::give_up(state, &site, batch)).await
            }
            Err(_) => self.on_disk(move |state| queue::orphan(state, &site, batch)).await,
        };
        if let Err(error) = kept {
            // What was written down before the batch was stored is still there; see `recover`.
            tracing::error!("what webhooks are to be told waits for the state file: {error}");
        }
        outcome
    }

    async fn arm(
        &self,
        site: &Arc<str>,
        batch: Id,
        visitor: Id,
        news: Vec<Delivery>,
    ) -> Result<(), StoreError> {
        let now = clock::now_ms();
        let (site, told) = (Arc::clone(site), news.clone());
        let queued =
            self.on_disk(move |state| queue::arm(state, &site, batch, visitor, &told, now)).await?;
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() > MOST_RECENT {
            recent.clear();
        }
        recent.extend(news.iter().filter(|it| it.once.is_some()).map(|it| it.id.clone()));
        drop(recent);
        if queued > 0 {
            for hook in self.hooks.iter().filter(|hook| news.iter().any(|it| it.hook == hook.id)) {
                hook.wake.notify_one();
            }
        }
        Ok(())
    }

    /// What is to be told of a batch. Nothing of a session that looks automated, which no report
    /// counts either.
    fn news(&self, arrival: &Arrival) -> Vec<Delivery> {
        let mut found = Vec::new();
        if self.hooks.is_empty() || arrival.batch.excluded > 0 {
            return found;
        }
        let mut times = None;
        for hook in self.hooks.iter().filter(|hook| *hook.site == *arrival.site) {
            for (ordinal, news) in rule::matches(&hook.on, &arrival.batch) {
                let at = arrival.batch.events.get(ordinal).map_or(0, |event| event.at);
                let at = times.get_or_insert_with(|| arrival.times()).of(at);
                found.push(delivery(hook, arrival, ordinal, news, at));
            }
        }
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        found.retain(|it| it.once.is_none() || !recent.contains(&it.id));
        found
    }

    /// Runs what blocks on a thread that may.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&State) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let state = Arc::clone(&self.state);
        tokio::task::spawn_blocking(move || work(&state)).await.map_err(|_| StoreError::Closed)?
    }

    /// Forgets a visitor: what was to be told of them and what could not be delivered. What a receiver
    /// was told is the receiver's to forget.
    pub async fn forget(&self, site: &str, visitor: Id) -> Result<usize, StoreError> {
        let site = site.to_owned();
        self.on_disk(move |state| queue::forget(state, &site, visitor)).await
    }

    /// Hands batches that a request left without an answer to the store again, and queues what is to
    /// be told of them.
    async fn recover(&self, store: &Arc<dyn Store>, before: u64) -> Result<usize, StoreError> {
        let run = self.run;
        let left = self.on_disk(move |state| queue::left(state, run, before)).await?;
        let count = left.len();
        for intent in left {
            let site: Arc<str> = intent.site.as_str().into();
            let Ok(batch) = wire::decode(&intent.body) else {
                // It was decoded before it was written: another version of this program wrote it.
                tracing::error!(
                    "a batch in the state file cannot be read any more, and is dropped"
                );
                self.on_disk(move |state| queue::give_up(state, &site, intent.batch)).await?;
                continue;
            };
            let arrival = Arrival {
                site: Arc::clone(&site),
                received_at: intent.received_at,
                bytes: intent.body.len(),
                batch,
            };
            let news = self.news(&arrival);
            store.append(arrival).await?;
            self.arm(&site, intent.batch, intent.visitor, news).await?;
        }
        Ok(count)
    }
}

/// What is sent. The id follows from what is told, so a copy has the same.
fn delivery(hook: &Hook, arrival: &Arrival, ordinal: usize, news: News, at: u64) -> Delivery {
    let batch = &arrival.batch;
    let (session, visitor) = (batch.session.to_hex(), batch.visitor.to_hex());
    let (id, once, body) = match news {
        News::Goal { goal, value } => {
            let id = digest(&[&hook.id, &batch.id.to_hex(), &ordinal.to_string()]);
            let id = format!("evt_{id}");
            let body = json!({
                "id": id, "type": "goal", "site": &*hook.site, "at": at,
                "visitor": visitor, "session": session, "goal": goal, "value": value,
            });
            (id, None, body)
        }
        News::Intent { head, forecast } => {
            let id = format!("evt_{}", digest(&[&hook.id, &session, &head]));
            let body = json!({
                "id": id, "type": "intent", "site": &*hook.site, "at": at,
                "visitor": visitor, "session": session, "head": head, "forecast": forecast,
            });
            (id, Some((batch.session, head)), body)
        }
    };
    Delivery { id, hook: hook.id.clone(), url: hook.url.clone(), body: body.to_string(), once }
}

/// 24 hex digits that follow from the parts.
fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..12])
}
