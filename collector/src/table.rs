//! A table of numbers from CSV, plain or packed with gzip, its columns known by name.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, Trim};
use flate2::read::MultiGzDecoder;

/// Why a table cannot be read: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be opened.
    #[error("cannot read {0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The text is no table.
    #[error("{0}: {1}")]
    Csv(PathBuf, csv::Error),
    /// A column is missing.
    #[error("{0} has no column {1}; it has {2}")]
    Column(PathBuf, String, String),
    /// A value is no number that its column may hold.
    #[error("{path}, row {row}: {column} is {found}, and should be {wanted}")]
    Value {
        /// The file.
        path: PathBuf,
        /// Counted from 1, without the heading.
        row: usize,
        /// The column.
        column: String,
        /// What stands there.
        found: f64,
        /// What may.
        wanted: &'static str,
    },
    /// There are no rows.
    #[error("{0} has no rows")]
    Empty(PathBuf),
}

/// A table; what is no number is NaN.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    path: PathBuf,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Row by row.
    pub rows: Vec<Vec<f64>>,
}

impl Table {
    /// Reads a file; one whose name ends in `.gz` is unpacked.
    pub fn read(path: &Path) -> Result<Table, TableError> {
        let file = File::open(path).map_err(|error| TableError::File(path.into(), error))?;
        let is_packed = path.extension().is_some_and(|end| end == "gz");
        let input: Box<dyn Read> = match is_packed {
            true => Box::new(MultiGzDecoder::new(BufReader::new(file))),
            false => Box::new(file),
        };
        let bad = |error| TableError::Csv(path.into(), error);
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(input);
        let columns: Vec<String> =
            reader.headers().map_err(bad)?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(bad)?;
            rows.push(record.iter().map(|cell| cell.parse().unwrap_or(f64::NAN)).collect());
        }
        if rows.is_empty() {
            return Err(TableError::Empty(path.into()));
        }
        Ok(Table { path: path.into(), columns, rows })
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Result<usize, TableError> {
        self.columns.iter().position(|column| column == name).ok_or_else(|| {
            TableError::Column(self.path.clone(), name.into(), self.columns.join(", "))
        })
    }

    /// A column's numbers, each of which has to fit.
    pub fn numbers(
        &self,
        name: &str,
        wanted: &'static str,
        fits: impl Fn(f64) -> bool,
    ) -> Result<Vec<f64>, TableError> {
        let at = self.column(name)?;
        let number = |(row, cells): (usize, &Vec<f64>)| {
            let found = cells.get(at).copied().unwrap_or(f64::NAN);
            if fits(found) {
                return Ok(found);
            }
            let (path, column) = (self.path.clone(), name.into());
            Err(TableError::Value { path, row: row + 1, column, found, wanted })
        };
        self.rows.iter().enumerate().map(number).collect()
    }

    /// That a cell holds what it may not.
    pub fn wrong(&self, row: usize, column: &str, found: f64, wanted: &'static str) -> TableError {
        let (path, column) = (self.path.clone(), column.into());
        TableError::Value { path, row: row + 1, column, found, wanted }
    }
}
