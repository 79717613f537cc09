//! One way to write and to read a table, whatever the file's format.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use crate::store::question::Cell;

use super::{Column, ExchangeError, Kind, Table, ndjson, parquet};

/// A format of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// One JSON object a line, empty columns left out
    Ndjson,
    /// Typed columns, packed by zstd
    Parquet,
}

impl Format {
    /// How such a file's name ends.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Ndjson => "ndjson",
            Format::Parquet => "parquet",
        }
    }
}

enum Writer {
    Ndjson(BufWriter<File>),
    Parquet(Box<parquet::Writer>),
}

/// A file that is being written. It gets its name when it is whole.
pub struct Sink {
    table: &'static Table,
    path: PathBuf,
    part: PathBuf,
    writer: Writer,
    rows: u64,
}

impl Sink {
    /// Begins a file beside `path`.
    pub fn create(
        path: &Path,
        table: &'static Table,
        format: Format,
    ) -> Result<Sink, ExchangeError> {
        let part = path.with_added_extension("part");
        let file = private(&part).map_err(|error| ExchangeError::at(&part, error))?;
        let writer = match format {
            Format::Ndjson => Writer::Ndjson(BufWriter::new(file)),
            Format::Parquet => Writer::Parquet(Box::new(
                parquet::Writer::new(file, table)
                    .map_err(|error| ExchangeError::at(&part, error))?,
            )),
        };
        Ok(Sink { table, path: path.to_owned(), part, writer, rows: 0 })
    }

    /// Writes a row.
    pub fn push(&mut self, cells: &[Cell]) -> Result<(), ExchangeError> {
        self.rows += 1;
        match &mut self.writer {
            Writer::Ndjson(out) => ndjson::write(out, self.table, cells)
                .map_err(|error| ExchangeError::at(&self.part, error)),
            Writer::Parquet(writer) => {
                writer.push(cells).map_err(|error| ExchangeError::at(&self.part, error))
            }
        }
    }

    /// Makes it durable and gives it its name. Answers how many rows it has.
    pub fn finish(self) -> Result<u64, ExchangeError> {
        let failed = |error: String| ExchangeError::at(&self.part, error);
        let file = match self.writer {
            Writer::Ndjson(out) => out.into_inner().map_err(|error| failed(error.to_string()))?,
            Writer::Parquet(writer) => {
                writer.finish().map_err(|error| failed(error.to_string()))?
            }
        };
        file.sync_all().map_err(|error| failed(error.to_string()))?;
        std::fs::rename(&self.part, &self.path)
            .map_err(|error| ExchangeError::at(&self.path, error))?;
        Ok(self.rows)
    }
}

/// A new file that no other user may read: it says what visitors did.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

enum Reader {
    Ndjson(BufReader<File>),
    Parquet(parquet::Reader),
}

/// A file that is being read.
pub struct Source {
    table: &'static Table,
    path: PathBuf,
    reader: Reader,
    row: u64,
}

impl Source {
    /// Opens a file of a table; its format is told by its name.
    pub fn open(path: &Path, table: &'static Table) -> Result<Source, ExchangeError> {
        let fail = |error: String| ExchangeError::at(path, error);
        let file = File::open(path).map_err(|error| fail(error.to_string()))?;
        let is_parquet = path.extension().is_some_and(|ending| ending == "parquet");
        let reader = if is_parquet {
            Reader::Parquet(parquet::Reader::new(file, table).map_err(fail)?)
        } else {
            Reader::Ndjson(BufReader::new(file))
        };
        Ok(Source { table, path: path.to_owned(), reader, row: 0 })
    }

    /// The next row, one cell for each column of the table.
    pub fn next_row(&mut self) -> Result<Option<Vec<Cell>>, ExchangeError> {
        self.row += 1;
        let read = match &mut self.reader {
            Reader::Ndjson(input) => ndjson::read(input, self.table),
            Reader::Parquet(reader) => reader.read(self.table),
        };
        let row = read.map_err(|why| self.wrong(why))?;
        if let Some(row) = &row {
            for (column, cell) in self.table.columns.iter().zip(row) {
                if column.required && *cell == Cell::Null {
                    return Err(self.wrong(format!("the column {} is empty", column.name)));
                }
            }
        }
        Ok(row)
    }

    /// Names the row that was read last.
    pub fn wrong(&self, why: impl std::fmt::Display) -> ExchangeError {
        ExchangeError(format!("{}: row {}: {why}", self.path.display(), self.row))
    }
}

/// What a column has to hold, for people.
pub fn wanted(column: &Column) -> String {
    let kind = match column.kind {
        Kind::Id => "32 hex digits",
        Kind::Time => "ms since 1970",
        Kind::Whole => "a whole number from 0",
        Kind::Real => "a number",
        Kind::Text => "a text",
    };
    format!("the column {} is not {kind}", column.name)
}
