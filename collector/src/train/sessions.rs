//! Samples of `buy` from a shop's sessions as CSV, in the form of the UCI Online Shoppers data.
//!
//! A row is a session with its totals; `Revenue` says whether it ended in an order. Columns stand
//! in any order and further ones are ignored, among them the site's aggregates (`PageValues`,
//! `BounceRates`, `ExitRates`), which no page can see.

use std::fs;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};
use unspoken::feature::{COUNT, Family, Totals};

use super::sample::{Lengths, Sample, Samples, positions};

/// The head these samples are for.
pub const HEAD: &str = "buy";
/// Columns of pages and of seconds: administrative, informational, product-related.
const PAGES: [&str; 3] = ["Administrative", "Informational", "ProductRelated"];
const SECONDS: [&str; 3] =
    ["Administrative_Duration", "Informational_Duration", "ProductRelated_Duration"];
const LABEL: &str = "Revenue";

/// Why sessions cannot be read: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum SessionsError {
    /// The file cannot be opened.
    #[error("cannot read {0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The text is no table.
    #[error("{0}: {1}")]
    Table(PathBuf, csv::Error),
    /// A column is missing.
    #[error("{0} has no column {1}, which {2}")]
    Column(PathBuf, &'static str, &'static str),
    /// A value is none of its column.
    #[error("{path}, line {line}: {column} is {found:?}, and should be {wanted}")]
    Value {
        /// The file.
        path: PathBuf,
        /// Counted from 1, with the heading.
        line: u64,
        /// The column.
        column: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        wanted: &'static str,
    },
    /// There is no row.
    #[error("{0} has a heading and no session")]
    Empty(PathBuf),
}

/// The sessions of a file.
pub fn read(path: &Path) -> Result<Samples, SessionsError> {
    let text = fs::read(path).map_err(|error| SessionsError::File(path.into(), error))?;
    let broken = |error| SessionsError::Table(path.into(), error);
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text.as_slice());
    let heading = reader.headers().map_err(broken)?.clone();
    let table = Table { path, heading };
    let columns = table.columns()?;
    let inputs = positions(|family| family == Family::Session);
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(broken)?;
        let row = Row { table: &table, columns: &columns, record: &record };
        all.push(row.sample(all.len(), &inputs)?);
    }
    if all.is_empty() {
        return Err(SessionsError::Empty(path.into()));
    }
    Ok(Samples { head: HEAD.into(), all, lengths: Lengths::Pages, inputs, is_anonymous: true })
}

struct Table<'a> {
    path: &'a Path,
    heading: StringRecord,
}

/// Where each column stands.
struct Columns {
    pages: [usize; 3],
    seconds: [usize; 3],
    special_day: usize,
    visitor: usize,
    weekend: usize,
    label: usize,
    split: Option<usize>,
    device: Option<usize>,
}

impl Table<'_> {
    fn find(&self, name: &str) -> Option<usize> {
        // A spreadsheet may have put a byte order mark before the first name.
        self.heading.iter().position(|column| column.trim_start_matches('\u{feff}') == name)
    }

    fn need(&self, name: &'static str) -> Result<usize, SessionsError> {
        let use_of = if name == LABEL {
            "says whether the session ended in an order: without it nothing can be learned or judged"
        } else {
            "is one of the inputs"
        };
        self.find(name).ok_or_else(|| SessionsError::Column(self.path.into(), name, use_of))
    }

    fn columns(&self) -> Result<Columns, SessionsError> {
        let all = |names: [&'static str; 3]| -> Result<[usize; 3], SessionsError> {
            let [a, b, c] = names;
            Ok([self.need(a)?, self.need(b)?, self.need(c)?])
        };
        Ok(Columns {
            pages: all(PAGES)?,
            seconds: all(SECONDS)?,
            special_day: self.need("SpecialDay")?,
            visitor: self.need("VisitorType")?,
            weekend: self.need("Weekend")?,
            label: self.need(LABEL)?,
            split: self.find("split"),
            device: self.find("OperatingSystems"),
        })
    }
}

struct Row<'a> {
    table: &'a Table<'a>,
    columns: &'a Columns,
    record: &'a StringRecord,
}

impl Row<'_> {
    fn text(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default()
    }

    fn refuse<T>(
        &self,
        column: &'static str,
        at: usize,
        wanted: &'static str,
    ) -> Result<T, SessionsError> {
        Err(SessionsError::Value {
            path: self.table.path.into(),
            line: self.record.position().map_or(0, csv::Position::line),
            column,
            found: self.text(at).into(),
            wanted,
        })
    }

    fn number(&self, column: &'static str, at: usize) -> Result<f64, SessionsError> {
        match self.text(at).parse::<f64>() {
            // The UCI data marks an unknown duration with -1.
            Ok(number) if number.is_finite() => Ok(number.max(0.0)),
            _ => self.refuse(column, at, "a number"),
        }
    }

    fn numbers(&self, names: [&'static str; 3], at: [usize; 3]) -> Result<[f64; 3], SessionsError> {
        let [a, b, c] = names;
        Ok([self.number(a, at[0])?, self.number(b, at[1])?, self.number(c, at[2])?])
    }

    fn flag(&self, column: &'static str, at: usize) -> Result<bool, SessionsError> {
        match self.text(at).to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => self.refuse(column, at, "TRUE, FALSE, 1 or 0"),
        }
    }

    fn sample(&self, place: usize, inputs: &[u8]) -> Result<Sample, SessionsError> {
        let columns = self.columns;
        let pages = self.numbers(PAGES, columns.pages)?;
        let totals = Totals {
            pages,
            seconds: self.numbers(SECONDS, columns.seconds)?,
            new: self.text(columns.visitor) == "New_Visitor",
            returning: self.text(columns.visitor) == "Returning_Visitor",
            weekend: self.flag("Weekend", columns.weekend)?,
            special_day: self.number("SpecialDay", columns.special_day)?,
        };
        let mut features = [0.0; COUNT];
        // The table has them in the same order; a test holds that.
        for (at, value) in inputs.iter().zip(totals.features()) {
            features[usize::from(*at)] = value;
        }
        let name = format!("row {place:07}");
        let of = |column: Option<usize>| column.map_or("", |at| self.text(at));
        Ok(Sample {
            person: name.clone(),
            group: name,
            split: of(columns.split).into(),
            device: match of(columns.device) {
                "" => String::new(),
                system => format!("operating system {system}"),
            },
            length: pages.iter().sum(),
            features,
            happened: self.flag(LABEL, columns.label)?,
        })
    }
}
