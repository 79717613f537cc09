//! A table as JSON Lines: one object a row, empty columns left out, ids in hex.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use unspoken::id::Id;

use crate::store::question::Cell;

use super::fill::wanted;
use super::{Kind, Table};

/// The longest line: a stream of a batch in hex is some 128 KiB.
const MAX_LINE: u64 = 1024 * 1024;

/// Writes a row.
pub fn write(out: &mut impl Write, table: &Table, cells: &[Cell]) -> io::Result<()> {
    let mut object = Map::new();
    for (column, cell) in table.columns.iter().zip(cells) {
        let value = match cell {
            Cell::Null => continue,
            Cell::Id(id) => Value::from(id.to_hex()),
            Cell::Whole(number) => Value::from(*number),
            Cell::Real(number) => Value::from(*number),
            Cell::Text(text) => Value::from(text.as_str()),
        };
        object.insert(column.name.to_owned(), value);
    }
    serde_json::to_writer(&mut *out, &object)?;
    out.write_all(b"\n")
}

/// Reads a row; none at the end.
pub fn read(input: &mut impl BufRead, table: &Table) -> Result<Option<Vec<Cell>>, String> {
    let mut line = Vec::new();
    let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
    match read.map_err(|error| error.to_string())? as u64 {
        0 => return Ok(None),
        MAX_LINE => return Err(format!("the line has more than {MAX_LINE} bytes")),
        _ => {}
    }
    // Raw, so that a number is read to its last digit.
    let mut object: BTreeMap<String, &RawValue> =
        serde_json::from_slice(&line).map_err(|error| format!("it is no JSON object: {error}"))?;
    let mut cells = Vec::with_capacity(table.columns.len());
    for column in table.columns {
        let raw = object.remove(column.name).map_or("null", RawValue::get);
        cells.push(cell(raw, column.kind).ok_or_else(|| wanted(column))?);
    }
    match object.keys().next() {
        None => Ok(Some(cells)),
        Some(name) => Err(format!("{} has no column \"{name}\"", table.name)),
    }
}

fn cell(raw: &str, kind: Kind) -> Option<Cell> {
    if raw == "null" {
        return Some(Cell::Null);
    }
    let text = || serde_json::from_str::<String>(raw).ok();
    match kind {
        Kind::Id => Id::from_hex(&text()?).map(Cell::Id),
        Kind::Time | Kind::Whole => raw.parse().ok().map(Cell::Whole),
        Kind::Real => raw.parse().ok().filter(|number: &f64| number.is_finite()).map(Cell::Real),
        Kind::Text => text().map(Cell::Text),
    }
}
