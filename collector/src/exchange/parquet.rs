//! A table as Parquet: typed columns, packed by zstd, a row group at a time in memory.

use std::fs::File;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::record::reader::RowIter;
use parquet::schema::parser::parse_message_type;
use unspoken::id::Id;

use crate::store::question::Cell;

use super::fill::wanted;
use super::{Column, Kind, Table};

/// The most rows of a row group.
const GROUP_ROWS: usize = 65_536;
/// The most bytes of text in one: bounds memory where rows are long (streams).
const GROUP_BYTES: usize = 8 * 1024 * 1024;

/// The values of a column that are waiting for their row group. A column that may be empty has a
/// level for each row, 1 where there is a value.
enum Values {
    Whole(Vec<i64>),
    Real(Vec<f64>),
    Text(Vec<ByteArray>),
}

struct Waiting {
    values: Values,
    levels: Option<Vec<i16>>,
}

/// Writes a file.
pub struct Writer {
    file: SerializedFileWriter<File>,
    table: &'static Table,
    waiting: Vec<Waiting>,
    rows: usize,
    bytes: usize,
}

/// The schema as Parquet's own text.
fn schema(table: &Table) -> String {
    let field = |column: &Column| {
        let how = if column.required { "required" } else { "optional" };
        let (kind, note) = match column.kind {
            Kind::Id | Kind::Text => ("binary", " (STRING)"),
            Kind::Time => ("int64", " (TIMESTAMP(MILLIS,true))"),
            Kind::Whole => ("int64", ""),
            Kind::Real => ("double", ""),
        };
        format!("{how} {kind} {}{note};\n", column.name)
    };
    let fields: String = table.columns.iter().map(field).collect();
    format!("message {} {{\n{fields}}}", table.name)
}

impl Writer {
    /// Begins a file.
    pub fn new(file: File, table: &'static Table) -> Result<Writer> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(concat!("unspoken ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let schema = Arc::new(parse_message_type(&schema(table))?);
        Ok(Writer {
            file: SerializedFileWriter::new(file, schema, Arc::new(properties))?,
            table,
            waiting: empty(table),
            rows: 0,
            bytes: 0,
        })
    }

    /// Adds a row.
    pub fn push(&mut self, cells: &[Cell]) -> Result<()> {
        for ((column, cell), waiting) in self.table.columns.iter().zip(cells).zip(&mut self.waiting)
        {
            let level = i16::from(*cell != Cell::Null);
            match &mut waiting.levels {
                Some(levels) => levels.push(level),
                None if level == 0 => {
                    return Err(ParquetError::General(format!(
                        "the column {} is empty",
                        column.name
                    )));
                }
                None => {}
            }
            match (&mut waiting.values, cell) {
                (_, Cell::Null) => {}
                (Values::Whole(all), Cell::Whole(number)) => {
                    all.push(i64::try_from(*number).unwrap_or(i64::MAX));
                }
                (Values::Real(all), Cell::Real(number)) => all.push(*number),
                (Values::Text(all), Cell::Text(text)) => {
                    self.bytes += text.len();
                    all.push(ByteArray::from(text.as_str()));
                }
                (Values::Text(all), Cell::Id(id)) => {
                    self.bytes += 32;
                    all.push(ByteArray::from(id.to_hex().into_bytes()));
                }
                _ => return Err(ParquetError::General(wanted(column))),
            }
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let mut group = self.file.next_row_group()?;
        for Waiting { values, levels } in std::mem::replace(&mut self.waiting, empty(self.table)) {
            let levels = levels.as_deref();
            let Some(mut column) = group.next_column()? else { break };
            match values {
                Values::Whole(all) => {
                    column.typed::<Int64Type>().write_batch(&all, levels, None)?
                }
                Values::Real(all) => {
                    column.typed::<DoubleType>().write_batch(&all, levels, None)?
                }
                Values::Text(all) => {
                    column.typed::<ByteArrayType>().write_batch(&all, levels, None)?
                }
            };
            column.close()?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    /// Ends the file and hands it back.
    pub fn finish(mut self) -> Result<File> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.file.into_inner()
    }
}

fn empty(table: &Table) -> Vec<Waiting> {
    let column = |column: &Column| Waiting {
        values: match column.kind {
            Kind::Id | Kind::Text => Values::Text(Vec::new()),
            Kind::Time | Kind::Whole => Values::Whole(Vec::new()),
            Kind::Real => Values::Real(Vec::new()),
        },
        levels: (!column.required).then(Vec::new),
    };
    table.columns.iter().map(column).collect()
}

/// Reads a file, also one that another program wrote with these columns in another order or width.
pub struct Reader {
    rows: RowIter<'static>,
    /// Where each of the table's columns stands in the file.
    places: Vec<Option<usize>>,
}

impl Reader {
    /// Opens a file. The error is a sentence.
    pub fn new(file: File, table: &Table) -> std::result::Result<Reader, String> {
        let reader = SerializedFileReader::new(file).map_err(|error| error.to_string())?;
        let schema = reader.metadata().file_metadata().schema_descr().root_schema().clone();
        let names: Vec<&str> = schema.get_fields().iter().map(|field| field.name()).collect();
        if let Some(name) =
            names.iter().find(|name| !table.columns.iter().any(|column| column.name == **name))
        {
            return Err(format!("{} has no column \"{name}\"", table.name));
        }
        let place = |column: &Column| names.iter().position(|name| *name == column.name);
        let places = table.columns.iter().map(place).collect();
        Ok(Reader { rows: reader.into_iter(), places })
    }

    /// Reads a row; none at the end.
    pub fn read(&mut self, table: &Table) -> std::result::Result<Option<Vec<Cell>>, String> {
        let Some(row) = self.rows.next() else { return Ok(None) };
        let mut fields = row.map_err(|error| error.to_string())?.into_columns();
        let mut cells = Vec::with_capacity(table.columns.len());
        for (column, place) in table.columns.iter().zip(&self.places) {
            let field = place.and_then(|place| fields.get_mut(place));
            let field =
                field.map_or(Field::Null, |(_, field)| std::mem::replace(field, Field::Null));
            cells.push(cell(field, column).ok_or_else(|| wanted(column))?);
        }
        Ok(Some(cells))
    }
}

fn cell(field: Field, column: &Column) -> Option<Cell> {
    let whole = match &field {
        Field::Null => return Some(Cell::Null),
        Field::Byte(number) => Some(i64::from(*number)),
        Field::Short(number) => Some(i64::from(*number)),
        Field::Int(number) => Some(i64::from(*number)),
        Field::Long(number) | Field::TimestampMillis(number) => Some(*number),
        Field::TimestampMicros(number) => Some(*number / 1_000),
        Field::UByte(number) => Some(i64::from(*number)),
        Field::UShort(number) => Some(i64::from(*number)),
        Field::UInt(number) => Some(i64::from(*number)),
        Field::ULong(number) => i64::try_from(*number).ok(),
        _ => None,
    };
    let text = match field {
        Field::Str(text) => Some(text),
        Field::Bytes(bytes) => bytes.as_utf8().ok().map(str::to_owned),
        Field::Double(number) if column.kind == Kind::Real => return Some(Cell::Real(number)),
        // What another program read as a number with gaps comes back as a real one.
        Field::Double(number) if number.is_nan() => return Some(Cell::Null),
        Field::Double(number)
            if matches!(column.kind, Kind::Whole | Kind::Time)
                && number.fract() == 0.0
                && (0.0..9e15).contains(&number) =>
        {
            return Some(Cell::Whole(number as u64));
        }
        _ => None,
    };
    match column.kind {
        Kind::Id => Id::from_hex(&text?).map(Cell::Id),
        Kind::Text => text.map(Cell::Text),
        Kind::Time | Kind::Whole => u64::try_from(whole?).ok().map(Cell::Whole),
        Kind::Real => whole.map(|number| Cell::Real(number as f64)),
    }
}
