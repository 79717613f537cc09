//! A batch as rows of `batches`, `events`, `forecasts`, `sessions` and `traces`.

use rusqlite::{Connection, params};
use unspoken::wire::{Batch, What};

use super::columns::{Columns, name_of};
use super::{Appended, Times};

/// What a batch's rows need beside the batch.
#[derive(Clone, Copy, Debug)]
pub struct Receipt {
    /// The row of its site.
    pub site: i64,
    /// ms since 1970, by the collector's clock.
    pub received_at: u64,
    /// What it weighed on the wire.
    pub bytes: i64,
}

/// Writes a batch whose id is new to its site, within the caller's transaction. After an error some
/// of its rows may be there: the transaction is then rolled back.
pub fn write(
    connection: &Connection,
    receipt: Receipt,
    batch: &Batch,
) -> rusqlite::Result<Appended> {
    let times = Times::of_batch(batch, receipt.received_at);
    let written = connection
        .prepare_cached(
            "INSERT INTO batches (site, id, visitor, session, view, sequence, base_ms, received_at,
                                  first_at, last_at, bytes, dropped, events)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (site, id) DO NOTHING",
        )?
        .execute(params![
            receipt.site,
            batch.id.0.to_be_bytes(),
            batch.visitor.0.to_be_bytes(),
            batch.session.0.to_be_bytes(),
            batch.view,
            batch.sequence,
            // A visitor's clock may claim any number; SQLite's end at 2^63 - 1.
            integer(batch.base_ms),
            integer(receipt.received_at),
            integer(times.first),
            integer(times.last),
            receipt.bytes,
            batch.dropped,
            integer(batch.events.len() as u64),
        ])?;
    if written == 0 {
        return Ok(Appended::Seen);
    }
    let row = connection.last_insert_rowid();
    write_session(connection, receipt.site, batch, times)?;
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
    site: i64,
    batch: &Batch,
    times: Times,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO sessions AS s (site, session, visitor, first_at, last_at, automation, excluded)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (site, session) DO UPDATE SET
                 first_at = min(s.first_at, excluded.first_at),
                 last_at = max(s.last_at, excluded.last_at),
                 automation = max(s.automation, excluded.automation),
                 excluded = max(s.excluded, excluded.excluded)",
        )?
        .execute(params![
            site,
            batch.session.0.to_be_bytes(),
            batch.visitor.0.to_be_bytes(),
            integer(times.first),
            integer(times.last),
            batch.automation,
            batch.excluded,
        ])?;
    Ok(())
}

fn write_events(
    connection: &Connection,
    row: i64,
    batch: &Batch,
    times: Times,
) -> rusqlite::Result<()> {
    let mut insert_event = connection.prepare_cached(
        "INSERT INTO events (batch, ordinal, at, kind, slot, variant, rule, name, text, value, path, page,
                             item, role, flags, percent, ms, chance, context)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?;
    let mut insert_bin = connection.prepare_cached(
        "INSERT INTO forecasts (batch, at, head, bin, count, positives, sum_milli)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (ordinal, event) in batch.events.iter().enumerate() {
        let at = integer(times.of(event.at));
        if let What::Forecast { head, bins } = &event.what {
            // A head without a name cannot be judged.
            let Some(head) = name_of(batch, *head) else { continue };
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
        }
        let Some(columns) = Columns::of(batch, &event.what) else { continue };
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

/// SQLite's integers end at 2^63 - 1.
pub fn integer(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
