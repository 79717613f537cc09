//! Erasing a visitor, and removing what is old: by mutations, which write anew the parts that hold it.
//!
//! A mutation takes no parameters. What goes into its text is numbers as digits, a site's name as hex
//! digits, and names that were checked (see [`super::schema`]); never a visitor's id, which would then
//! stand in the server's logs: an erasure goes by the marks in the table `erased`.

use std::time::{Duration, Instant};

use unspoken::id::Id;

use super::insert::mark;
use super::row_binary::Rows;
use super::schema::check;
use super::server::Server;
use super::{ask, start};
use crate::secret::hex;
use crate::store::StoreError;
use crate::store::lifecycle::{ERASED_MS, Erased, Removed, Retention, digest};
use crate::store::question::{Ask, Cell, Kind, Question};
use crate::store::settings::StoreSettings;

/// How often it is asked whether the mutations are carried out, and for how long.
const EVERY: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// Batches, events, lessons, forecasts, traces, sessions.
static COUNTS: Question = Question { name: "counts", columns: &[Kind::Whole; 6] };
static COUNT: Question = Question { name: "count", columns: &[Kind::Whole] };

/// Marks the visitor, removes what is kept of them, and counts it. Nothing that arrives after the
/// mark is kept; what an insert at that very moment brings, [`retain`] finds.
pub fn erase(
    server: &Server,
    settings: &StoreSettings,
    site: &str,
    visitor: Id,
) -> Result<Erased, StoreError> {
    mark(server, &[(site.into(), digest(visitor))])?;
    let asked = Ask { text: vec![visitor.to_hex()], ..Ask::new(&COUNTS, site, [0, 0]) };
    let removed = counts(server, include_str!("write/count_erase.sql"), &asked)?;
    if removed.rows() > 0 {
        mutate(server, settings, include_str!("write/erase.sql"), &[])?;
        wait(server)?;
    }
    Ok(Erased { removed })
}

/// Removes what is older than `retention` keeps it, and carries out erasures that were cut off.
pub fn retain(
    server: &Server,
    settings: &StoreSettings,
    site: &str,
    retention: Retention,
    now_ms: u64,
) -> Result<Removed, StoreError> {
    let cutoffs = retention.cutoffs(now_ms);
    let [events, lessons, forecasts, traces, sessions] =
        [cutoffs.events, cutoffs.lessons, cutoffs.forecasts, cutoffs.traces, cutoffs.sessions]
            .map(Option::unwrap_or_default);
    let texts = [events, lessons, forecasts, traces, sessions].map(|time| time.to_string());
    let asked = Ask { text: texts.to_vec(), ..Ask::new(&COUNTS, site, [0, 0]) };
    let removed = counts(server, include_str!("write/count_retain.sql"), &asked)?;
    let site_hex = hex(site.as_bytes());
    let run = |text: &str, times: &[(&str, u64)]| {
        let mut places: Vec<(&str, String)> =
            times.iter().map(|(name, time)| (*name, time.to_string())).collect();
        places.push(("@site@", site_hex.clone()));
        mutate(server, settings, text, &places)
    };
    if removed.batches > 0 {
        run(include_str!("write/retain_batches.sql"), &[("@sessions@", sessions)])?;
    }
    if removed.events + removed.lessons > 0 {
        let times = [("@events@", events), ("@lessons@", lessons)];
        run(include_str!("write/retain_events.sql"), &times)?;
    }
    if removed.forecasts > 0 {
        run(include_str!("write/retain_forecasts.sql"), &[("@forecasts@", forecasts)])?;
    }
    if removed.traces > 0 {
        run(include_str!("write/retain_traces.sql"), &[("@traces@", traces)])?;
    }
    let asked = Ask::new(&COUNT, site, [0, 0]);
    let cut_off = first_row(server, include_str!("write/count_erased.sql"), &asked)?;
    if whole(&cut_off, 0) > 0 {
        mutate(server, settings, include_str!("write/erase.sql"), &[])?;
    }
    run(include_str!("write/forget.sql"), &[("@marks@", now_ms.saturating_sub(ERASED_MS))])?;
    wait(server)?;
    Ok(removed)
}

fn counts(server: &Server, sql: &str, asked: &Ask) -> Result<Removed, StoreError> {
    let row = first_row(server, sql, asked)?;
    Ok(Removed {
        batches: whole(&row, 0),
        events: whole(&row, 1),
        lessons: whole(&row, 2),
        forecasts: whole(&row, 3),
        traces: whole(&row, 4),
        sessions: whole(&row, 5),
    })
}

fn first_row(server: &Server, sql: &str, asked: &Ask) -> Result<Vec<Cell>, StoreError> {
    let mut rows = Rows::new(server.ask(sql, &[ask::asked(asked)])?);
    let mut cells = Vec::new();
    rows.next(asked.question.columns, &mut cells)?;
    Ok(cells)
}

fn whole(row: &[Cell], column: usize) -> u64 {
    match row.get(column) {
        Some(Cell::Whole(number)) => *number,
        _ => 0,
    }
}

/// Begins a mutation, with digits in the places of its text.
fn mutate(
    server: &Server,
    settings: &StoreSettings,
    text: &str,
    places: &[(&str, String)],
) -> Result<(), StoreError> {
    check(settings)?;
    let database = &settings.database;
    let table = |name: &str| match &settings.cluster {
        Some(cluster) => format!("{database}.{name}_local ON CLUSTER '{cluster}'"),
        None => format!("{database}.{name}"),
    };
    let mut sql = text
        .replace("@batches@", &table("batches"))
        .replace("@erased@", &table("erased"))
        .replace("@database@", database);
    for (name, digits) in places {
        debug_assert!(digits.bytes().all(|digit| digit.is_ascii_hexdigit()), "{digits}");
        sql = sql.replace(name, digits);
    }
    server.run(&sql)
}

/// Waits until every mutation of the database is carried out, on the node that is asked.
fn wait(server: &Server) -> Result<(), StoreError> {
    let until = Instant::now() + PATIENCE;
    loop {
        let mut rows = Rows::new(server.ask(include_str!("write/mutations.sql"), &[])?);
        let mut cells = Vec::new();
        rows.next(&[Kind::Whole], &mut cells)?;
        if whole(&cells, 0) == 0 {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(StoreError::Database(
                "ClickHouse has not carried out what was asked of it: system.mutations says why"
                    .to_owned(),
            ));
        }
        std::thread::sleep(EVERY);
    }
}

/// Runs `work` on a thread of its own, so that it goes on where nobody waits for it.
pub fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> impl Future<Output = Result<T, StoreError>> {
    let (told, done) = tokio::sync::oneshot::channel();
    let started = start("unspoken-eraser", move || {
        // Whoever asked may have gone.
        let _ = told.send(work());
    });
    async move {
        started?;
        done.await.map_err(|_| StoreError::Closed)?
    }
}
