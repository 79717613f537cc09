//! Writes tables of a store into files, row by row.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::store::StoreError;
use crate::store::question::{Ask, Each};

use super::{ExchangeError, Format, Sink, Table};

/// The file of a table in a folder.
pub fn file_of(folder: &Path, table: &Table, format: Format) -> PathBuf {
    folder.join(format!("{}.{}", table.name, format.ending()))
}

/// Writes a table of a site to `path`, and answers how many rows it has. `ask` hands a question's
/// rows over, of a moment that is the same for all tables of one export.
pub fn export(
    table: &'static Table,
    site: &str,
    path: &Path,
    format: Format,
    ask: impl FnOnce(&Ask, Each) -> Result<(), StoreError>,
) -> Result<u64, ExchangeError> {
    let state = Arc::new(Mutex::new((Some(Sink::create(path, table, format)?), None)));
    let writing = Arc::clone(&state);
    let each: Each = Box::new(move |row| {
        let mut state = writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(sink), failure) = &mut *state else { return ControlFlow::Break(()) };
        match sink.push(&row.cells) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                *failure = Some(error);
                ControlFlow::Break(())
            }
        }
    });
    let asked = ask(&Ask::new(table.question, site, [0, u64::MAX]), each);
    let (sink, failure) =
        std::mem::take(&mut *state.lock().unwrap_or_else(PoisonError::into_inner));
    match (asked, failure, sink) {
        (Err(error), ..) => Err(ExchangeError(error.to_string())),
        (_, Some(failure), _) => Err(failure),
        (.., Some(sink)) => sink.finish(),
        (.., None) => Ok(0),
    }
}
