//! The one thread that writes.
//!
//! SQLite has one writer at a time and a durable commit costs a sync of the disk, so batches that
//! arrive while one sync runs are committed together by the next: group commit. Nobody is answered
//! before the commit that holds their batch has returned.

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};
use unspoken::wire::{Batch, Name, WHOLE, What};

use super::{Appended, Arrival, StoreError, Times};

/// The most batches of one commit: bounds how long the first of them waits for the last.
const MAX_GROUP: usize = 128;

/// A batch to write, and who waits for it.
pub struct Job {
    /// The batch.
    pub arrival: Arrival,
    /// Told once, after the commit.
    pub answer: oneshot::Sender<Result<Appended, StoreError>>,
}

/// Writes until every sender is gone and the channel is empty.
pub fn run(mut connection: Connection, mut jobs: mpsc::Receiver<Job>) {
    let mut group = Vec::new();
    while jobs.blocking_recv_many(&mut group, MAX_GROUP) > 0 {
        let (arrivals, waiting): (Vec<_>, Vec<_>) =
            group.drain(..).map(|job| (job.arrival, job.answer)).unzip();
        let outcomes = commit(&mut connection, &arrivals)
            .unwrap_or_else(|error| vec![Err(error); arrivals.len()]);
        for (answer, outcome) in waiting.into_iter().zip(outcomes) {
            // Whoever gave up waiting comes back with the same batch id.
            let _ = answer.send(outcome);
        }
    }
}

/// Writes a group in one transaction. A batch that cannot be written fails alone; a transaction
/// that cannot be committed fails for all.
fn commit(
    connection: &mut Connection,
    arrivals: &[Arrival],
) -> Result<Vec<Result<Appended, StoreError>>, StoreError> {
    let mut group = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut outcomes = Vec::with_capacity(arrivals.len());
    for arrival in arrivals {
        let mut one = group.savepoint()?;
        let outcome = write(&one, arrival);
        match &outcome {
            Ok(_) => one.commit()?,
            Err(_) => one.rollback()?,
        }
        outcomes.push(outcome);
    }
    group.commit()?;
    Ok(outcomes)
}

fn write(connection: &Connection, arrival: &Arrival) -> Result<Appended, StoreError> {
    let batch = &arrival.batch;
    let times = arrival.times();
    let written = connection
        .prepare_cached(
            "INSERT INTO batches (site, id, visitor, session, view, sequence, base_ms, received_at,
                                  first_at, last_at, bytes, dropped, events)
             SELECT site, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
             FROM sites WHERE name = ?1
             ON CONFLICT (site, id) DO NOTHING",
        )?
        .execute(params![
            &*arrival.site,
            batch.id.0.to_be_bytes(),
            batch.visitor.0.to_be_bytes(),
            batch.session.0.to_be_bytes(),
            batch.view,
            batch.sequence,
            // A visitor's clock may claim any number; SQLite's end at 2^63 - 1.
            integer(batch.base_ms),
            integer(arrival.received_at),
            integer(times.first),
            integer(times.last),
            integer(arrival.bytes as u64),
            batch.dropped,
            integer(batch.events.len() as u64),
        ])?;
    if written == 0 {
        return seen_or_unknown_site(connection, arrival);
    }
    let row = connection.last_insert_rowid();
    write_session(connection, arrival, times)?;
    write_events(connection, row, batch, times)?;
    if !batch.trace.is_empty() {
        connection
            .prepare_cached("INSERT INTO traces (batch, trace) VALUES (?1, ?2)")?
            .execute(params![row, batch.trace])?;
    }
    Ok(Appended::New)
}

/// The session's row: batches come in any order, so each bound only widens, and a session that was
/// once recognised as automated stays so.
fn write_session(
    connection: &Connection,
    arrival: &Arrival,
    times: Times,
) -> Result<(), StoreError> {
    let batch = &arrival.batch;
    connection
        .prepare_cached(
            "INSERT INTO sessions AS s (site, session, visitor, first_at, last_at, automation, excluded)
             SELECT site, ?2, ?3, ?4, ?5, ?6, ?7 FROM sites WHERE name = ?1
             ON CONFLICT (site, session) DO UPDATE SET
                 first_at = min(s.first_at, excluded.first_at),
                 last_at = max(s.last_at, excluded.last_at),
                 automation = max(s.automation, excluded.automation),
                 excluded = max(s.excluded, excluded.excluded)",
        )?
        .execute(params![
            &*arrival.site,
            batch.session.0.to_be_bytes(),
            batch.visitor.0.to_be_bytes(),
            integer(times.first),
            integer(times.last),
            batch.automation,
            batch.excluded,
        ])?;
    Ok(())
}

/// No row was written: because the batch is there, which is well, or because its site is not.
fn seen_or_unknown_site(
    connection: &Connection,
    arrival: &Arrival,
) -> Result<Appended, StoreError> {
    let known = connection
        .prepare_cached("SELECT 1 FROM sites WHERE name = ?1")?
        .exists(params![&*arrival.site])?;
    if known {
        return Ok(Appended::Seen);
    }
    Err(StoreError::Database(format!("the site \"{}\" is not in the database", arrival.site)))
}

/// The columns of an event, most of them empty.
#[derive(Default)]
struct Columns<'a> {
    kind: &'static str,
    slot: Option<&'a str>,
    variant: Option<&'a str>,
    rule: Option<&'a str>,
    name: Option<&'a str>,
    text: Option<&'a str>,
    value: Option<f64>,
    path: Option<&'a str>,
    page: Option<&'a str>,
    item: Option<&'a str>,
    role: Option<u8>,
    flags: Option<u8>,
    percent: Option<u8>,
    ms: Option<u32>,
    chance: Option<f64>,
    context: Option<String>,
}

fn millionths(whole: u32) -> f64 {
    f64::from(whole) / f64::from(WHOLE)
}

/// Numbers from −1 to 1 as a JSON array.
fn context_text(context: &[u16]) -> String {
    let numbers: Vec<f64> = context.iter().map(|it| (f64::from(*it) - 1_000.0) / 1_000.0).collect();
    serde_json::to_string(&numbers).unwrap_or_default()
}

fn write_events(
    connection: &Connection,
    row: i64,
    batch: &Batch,
    times: Times,
) -> Result<(), StoreError> {
    let mut insert_event = connection.prepare_cached(
        "INSERT INTO events (batch, ordinal, at, kind, slot, variant, rule, name, text, value, path, page,
                             item, role, flags, percent, ms, chance, context)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?;
    let mut insert_bin = connection.prepare_cached(
        "INSERT INTO forecasts (batch, at, head, bin, count, positives, sum_milli)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let name = |name: Name| name_of(batch, name);
    for (ordinal, event) in batch.events.iter().enumerate() {
        let at = integer(times.of(event.at));
        let columns = match &event.what {
            What::Page { path, kind, item } => Columns {
                kind: "p",
                path: name(*path),
                page: name(*kind),
                item: name(*item),
                ..Columns::default()
            },
            What::Click { slot, role, flags } => Columns {
                kind: "c",
                slot: name(*slot),
                role: Some(*role),
                flags: Some(*flags),
                ..Columns::default()
            },
            What::Scroll { percent } => {
                Columns { kind: "s", percent: Some(*percent), ..Columns::default() }
            }
            What::Dwell { slot, ms } => {
                Columns { kind: "d", slot: name(*slot), ms: Some(*ms), ..Columns::default() }
            }
            What::Fact { name: fact, value } => {
                Columns { kind: "f", name: name(*fact), text: name(*value), ..Columns::default() }
            }
            What::Goal { name: goal, value } => {
                Columns { kind: "g", name: name(*goal), value: Some(*value), ..Columns::default() }
            }
            What::Exposure { slot, variant, rule, chance } => Columns {
                kind: "x",
                slot: name(*slot),
                variant: name(*variant),
                rule: name(*rule),
                chance: (*chance > 0).then(|| millionths(*chance)),
                ..Columns::default()
            },
            What::Dismiss { slot } => {
                Columns { kind: "z", slot: name(*slot), ..Columns::default() }
            }
            What::Lesson { slot, rule, variant, chance, reward, context } => Columns {
                kind: "l",
                slot: name(*slot),
                variant: name(*variant),
                rule: name(*rule),
                chance: Some(millionths(*chance)),
                value: Some(millionths(*reward)),
                context: Some(context_text(context)),
                ..Columns::default()
            },
            What::Forecast { head, bins } => {
                // A head without a name cannot be judged.
                let Some(head) = name(*head) else { continue };
                for bin in bins {
                    insert_bin.execute(params![
                        row,
                        at,
                        head,
                        bin.index,
                        bin.count,
                        bin.positives,
                        bin.sum_milli
                    ])?;
                }
                continue;
            }
        };
        insert_event.execute(params![
            row,
            ordinal as i64,
            at,
            columns.kind,
            columns.slot,
            columns.variant,
            columns.rule,
            columns.name,
            columns.text,
            columns.value,
            columns.path,
            columns.page,
            columns.item,
            columns.role,
            columns.flags,
            columns.percent,
            columns.ms,
            columns.chance,
            columns.context,
        ])?;
    }
    Ok(())
}

/// 0 is "none"; `wire::decode` has checked that every other index is there.
fn name_of(batch: &Batch, name: Name) -> Option<&str> {
    batch.names.get(usize::from(name).checked_sub(1)?).map(String::as_str)
}

fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
