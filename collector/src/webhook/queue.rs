//! What the state file holds for webhooks: batches that are being stored, deliveries that are due,
//! and those that were given up.

use rusqlite::{OptionalExtension, Transaction, params};
use serde::Serialize;
use serde_json::value::RawValue;
use unspoken::id::Id;

use crate::state::State;
use crate::store::StoreError;

/// How long it is remembered of which batches and sessions somebody was told: longer than a browser
/// keeps a batch that was not acknowledged.
const REMEMBERED_MS: u64 = 60 * 24 * 60 * 60 * 1000;
/// How long what was given up is kept.
const DEAD_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// Entries of a dead-letter list that are shown.
pub const SHOWN: usize = 500;

/// How storing a batch begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is new here.
    Fresh,
    /// An attempt to store it ended without an answer.
    Again,
    /// Its news were queued before.
    Told,
    /// Another request is storing it.
    Elsewhere,
}

/// A batch that is being stored.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Its site.
    pub site: String,
    /// Its id.
    pub batch: Id,
    /// Whose it is.
    pub visitor: Id,
    /// ms since 1970.
    pub received_at: u64,
    /// The batch as it came.
    pub body: Vec<u8>,
}

/// Something to deliver.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The receiver's means to know a copy.
    pub id: String,
    /// The hook's id.
    pub hook: String,
    /// Its address.
    pub url: String,
    /// The payload.
    pub body: String,
    /// The session and head it tells of, where it may be told once only.
    pub once: Option<(Id, String)>,
}

/// A delivery whose turn it is.
#[derive(Clone, Debug)]
pub struct Due {
    /// Its id.
    pub id: String,
    /// The payload.
    pub body: String,
    /// How often it was tried.
    pub attempts: u32,
}

/// A delivery that was given up.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dead {
    /// Its id.
    pub id: String,
    /// Its site.
    pub site: String,
    /// The address.
    pub url: String,
    /// How often it was tried.
    pub attempts: u32,
    /// ms since 1970.
    pub created_at: u64,
    /// When it was tried last.
    pub last_at: Option<u64>,
    /// Why it failed then.
    pub error: Option<String>,
    /// What was to be delivered.
    pub event: Box<RawValue>,
}

fn bytes(id: Id) -> [u8; 16] {
    id.0.to_be_bytes()
}

/// Notes that a batch is being stored, by the run of the collector that does it.
pub fn begin(state: &State, intent: &Intent, owner: i64) -> Result<Begun, StoreError> {
    state.write(|transaction| {
        let key = params![intent.site, bytes(intent.batch)];
        let told = transaction
            .prepare_cached("SELECT 1 FROM told_batches WHERE site = ?1 AND batch = ?2")?
            .exists(key)?;
        if told {
            return Ok(Begun::Told);
        }
        let fresh = transaction
            .prepare_cached(
                "INSERT INTO intents (site, batch, visitor, received_at, owner, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                intent.site,
                bytes(intent.batch),
                bytes(intent.visitor),
                intent.received_at,
                owner,
                intent.body
            ])?;
        if fresh > 0 {
            return Ok(Begun::Fresh);
        }
        let orphan = transaction
            .prepare_cached(
                "UPDATE intents SET owner = ?3 WHERE site = ?1 AND batch = ?2 AND owner = 0",
            )?
            .execute(params![intent.site, bytes(intent.batch), owner])?;
        Ok(if orphan > 0 { Begun::Again } else { Begun::Elsewhere })
    })
}

/// The batch is stored: queues what is to be told of it. Once for a batch, once for a session and
/// head. Answers how many were queued.
pub fn arm(
    state: &State,
    site: &str,
    batch: Id,
    visitor: Id,
    news: &[Delivery],
    now_ms: u64,
) -> Result<usize, StoreError> {
    state.write(|transaction| {
        if drop_intent(transaction, site, batch)? == 0 {
            return Ok(0);
        }
        transaction
            .prepare_cached(
                "INSERT INTO told_batches (site, batch, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute(params![site, bytes(batch), now_ms])?;
        let mut queued = 0;
        for it in news {
            if let Some((session, head)) = &it.once {
                let first = transaction
                    .prepare_cached(
                        "INSERT INTO told_intents (site, session, head, hook, at)
                         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
                    )?
                    .execute(params![site, bytes(*session), head, it.hook, now_ms])?;
                if first == 0 {
                    continue;
                }
            }
            queued += transaction
                .prepare_cached(
                    "INSERT INTO deliveries (id, site, hook, url, visitor, body, created_at, next_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT DO NOTHING",
                )?
                .execute(params![it.id, site, it.hook, it.url, bytes(visitor), it.body, now_ms])?;
        }
        Ok(queued)
    })
}

/// The batch is not stored, or was stored long ago: there is nothing to tell.
pub fn give_up(state: &State, site: &str, batch: Id) -> Result<(), StoreError> {
    state.write(|transaction| drop_intent(transaction, site, batch).map(drop))
}

fn drop_intent(transaction: &Transaction, site: &str, batch: Id) -> Result<usize, StoreError> {
    let sql = "DELETE FROM intents WHERE site = ?1 AND batch = ?2";
    Ok(transaction.prepare_cached(sql)?.execute(params![site, bytes(batch)])?)
}

/// Nobody knows whether the batch is stored: whoever brings it next finds out.
pub fn orphan(state: &State, site: &str, batch: Id) -> Result<(), StoreError> {
    state.write(|transaction| {
        let sql = "UPDATE intents SET owner = 0 WHERE site = ?1 AND batch = ?2";
        transaction.execute(sql, params![site, bytes(batch)])?;
        Ok(())
    })
}

/// Batches that an earlier run of the collector, or a request before `before` (ms since 1970), left
/// without an answer; a few at once.
pub fn left(state: &State, owner: i64, before: u64) -> Result<Vec<Intent>, StoreError> {
    let read = state.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT site, batch, visitor, received_at, body FROM intents
             WHERE owner NOT IN (0, ?1) OR received_at < ?2 ORDER BY received_at LIMIT 100",
        )?;
        let rows = statement.query_map(params![owner, before], |row| {
            let id = |at| Ok::<_, rusqlite::Error>(Id(u128::from_be_bytes(row.get(at)?)));
            Ok(Intent {
                site: row.get(0)?,
                batch: id(1)?,
                visitor: id(2)?,
                received_at: row.get(3)?,
                body: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    })?;
    Ok(read.unwrap_or_default())
}

/// When the next delivery of a hook is due, in ms since 1970.
pub fn next(state: &State, hook: &str) -> Result<Option<u64>, StoreError> {
    let read = state.read(|connection| {
        let sql = "SELECT min(next_at) FROM deliveries WHERE dead = 0 AND hook = ?1";
        Ok(connection.prepare_cached(sql)?.query_row([hook], |row| row.get(0))?)
    })?;
    Ok(read.flatten())
}

/// Takes up to `most` due deliveries of a hook; they are nobody else's until `until`. A process that
/// dies with them leaves them due again then.
pub fn claim(
    state: &State,
    hook: &str,
    now_ms: u64,
    until: u64,
    most: usize,
) -> Result<Vec<Due>, StoreError> {
    state.write(|transaction| {
        let mut statement = transaction.prepare_cached(
            "UPDATE deliveries SET next_at = ?3 WHERE id IN
                 (SELECT id FROM deliveries WHERE dead = 0 AND hook = ?1 AND next_at <= ?2
                  ORDER BY next_at LIMIT ?4)
             RETURNING id, body, attempts",
        )?;
        let rows = statement.query_map(params![hook, now_ms, until, most as u64], |row| {
            Ok(Due { id: row.get(0)?, body: row.get(1)?, attempts: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    })
}

/// It was delivered.
pub fn done(state: &State, id: &str) -> Result<(), StoreError> {
    state.write(|transaction| {
        transaction.prepare_cached("DELETE FROM deliveries WHERE id = ?1")?.execute([id])?;
        Ok(())
    })
}

/// It failed: to be tried again at `again`, or, where that is none, given up.
pub fn failed(
    state: &State,
    id: &str,
    error: &str,
    now_ms: u64,
    again: Option<u64>,
) -> Result<(), StoreError> {
    state.write(|transaction| {
        transaction
            .prepare_cached(
                "UPDATE deliveries SET attempts = attempts + 1, last_at = ?2, error = ?3,
                     next_at = ?4, dead = ?5 WHERE id = ?1",
            )?
            .execute(params![id, now_ms, error, again.unwrap_or(now_ms), again.is_none()])?;
        Ok(())
    })
}

/// Gives up what waits for hooks that the settings no longer have.
pub fn give_up_others(state: &State, hooks: &[&str]) -> Result<usize, StoreError> {
    let waiting = state.read(|connection| {
        let mut statement =
            connection.prepare("SELECT DISTINCT hook FROM deliveries WHERE dead = 0")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    })?;
    let gone: Vec<String> = waiting
        .unwrap_or_default()
        .into_iter()
        .filter(|hook| !hooks.contains(&hook.as_str()))
        .collect();
    if gone.is_empty() {
        return Ok(0);
    }
    state.write(|transaction| {
        let mut count = 0;
        for hook in &gone {
            count += transaction.execute(
                "UPDATE deliveries SET dead = 1, error = 'the settings have no such webhook any more'
                 WHERE dead = 0 AND hook = ?1",
                [hook],
            )?;
        }
        Ok(count)
    })
}

/// What was given up, the newest first, at most [`SHOWN`]; of a site, or of all.
pub fn dead(state: &State, site: Option<&str>) -> Result<Vec<Dead>, StoreError> {
    let read = state.read(|connection| {
        let mut statement = connection.prepare_cached(
            "SELECT id, site, url, attempts, created_at, last_at, error, body FROM deliveries
             WHERE dead = 1 AND (?1 IS NULL OR site = ?1)
             ORDER BY created_at DESC, id LIMIT ?2",
        )?;
        let rows = statement.query_map(params![site, SHOWN as u64], |row| {
            let event = RawValue::from_string(row.get(7)?).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(
                    7,
                    rusqlite::types::Type::Text,
                    error.into(),
                )
            })?;
            Ok(Dead {
                id: row.get(0)?,
                site: row.get(1)?,
                url: row.get(2)?,
                attempts: row.get(3)?,
                created_at: row.get(4)?,
                last_at: row.get(5)?,
                error: row.get(6)?,
                event,
            })
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    })?;
    Ok(read.unwrap_or_default())
}

/// Queues what was given up once more, with all its attempts; of a site, or of all. False where there
/// is no such delivery.
pub fn retry(state: &State, site: Option<&str>, id: &str, now_ms: u64) -> Result<bool, StoreError> {
    let there = state.read(|connection| {
        let sql =
            "SELECT 1 FROM deliveries WHERE dead = 1 AND id = ?1 AND (?2 IS NULL OR site = ?2)";
        Ok(connection.prepare_cached(sql)?.query_row(params![id, site], |_| Ok(())).optional()?)
    })?;
    if there.flatten().is_none() {
        return Ok(false);
    }
    state.write(|transaction| {
        let queued = transaction.execute(
            "UPDATE deliveries SET dead = 0, attempts = 0, next_at = ?3
             WHERE dead = 1 AND id = ?1 AND (?2 IS NULL OR site = ?2)",
            params![id, site, now_ms],
        )?;
        Ok(queued > 0)
    })
}

/// Forgets a visitor: what was to be told, what was given up, and what is being stored.
pub fn forget(state: &State, site: &str, visitor: Id) -> Result<usize, StoreError> {
    // Where nothing was ever kept no file is made for it.
    if state.read(|_| Ok(()))?.is_none() {
        return Ok(0);
    }
    state.write(|transaction| {
        let key = params![site, bytes(visitor)];
        let told = "DELETE FROM deliveries WHERE site = ?1 AND visitor = ?2";
        let stored = "DELETE FROM intents WHERE site = ?1 AND visitor = ?2";
        Ok(transaction.execute(told, key)? + transaction.execute(stored, key)?)
    })
}

/// Throws away what is too old to matter.
pub fn prune(state: &State, now_ms: u64) -> Result<(), StoreError> {
    state.write(|transaction| {
        let old = now_ms.saturating_sub(REMEMBERED_MS);
        transaction.execute("DELETE FROM told_batches WHERE at < ?1", [old])?;
        transaction.execute("DELETE FROM told_intents WHERE at < ?1", [old])?;
        let dead = now_ms.saturating_sub(DEAD_MS);
        transaction.execute("DELETE FROM deliveries WHERE dead = 1 AND created_at < ?1", [dead])?;
        Ok(())
    })
}
