//! RowBinary, ClickHouse's plainest format: values in order, numbers little-endian, texts and lists
//! with their length before them, a byte before what may be null (1: it is).

use std::io::{BufReader, Read};

use unspoken::id::Id;

use crate::store::StoreError;
use crate::store::question::{Cell, Kind};

/// Writes a length.
pub fn length(out: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        out.push(length as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

/// Writes a text.
pub fn text(out: &mut Vec<u8>, text: &str) {
    bytes(out, text.as_bytes());
}

/// Writes what ClickHouse takes for a text too: any bytes.
pub fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    length(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Writes a list.
pub fn list<T>(out: &mut Vec<u8>, values: &[T], mut write: impl FnMut(&mut Vec<u8>, &T)) {
    length(out, values.len());
    values.iter().for_each(|value| write(out, value));
}

/// Writes what may be null.
pub fn nullable<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    out.push(u8::from(value.is_none()));
    if let Some(value) = value {
        write(out, value);
    }
}

/// Reads rows whose columns may all be null.
pub struct Rows<R: Read>(BufReader<R>);

impl<R: Read> Rows<R> {
    /// Of an answer.
    pub fn new(answer: R) -> Rows<R> {
        Rows(BufReader::with_capacity(64 * 1024, answer))
    }

    /// Reads one row into `cells`; false at the end. An answer that ends within a row is an error.
    pub fn next(&mut self, columns: &[Kind], cells: &mut Vec<Cell>) -> Result<bool, StoreError> {
        cells.clear();
        for (place, kind) in columns.iter().enumerate() {
            let mut flag = [0];
            if self.0.read(&mut flag).map_err(cut)? == 0 {
                return if place == 0 { Ok(false) } else { Err(cut("within a row")) };
            }
            cells.push(if flag[0] == 0 { self.cell(*kind)? } else { Cell::Null });
        }
        Ok(true)
    }

    fn cell(&mut self, kind: Kind) -> Result<Cell, StoreError> {
        Ok(match kind {
            Kind::Id => Cell::Id(Id(u128::from_be_bytes(self.take()?))),
            Kind::Whole => Cell::Whole(u64::from_le_bytes(self.take()?)),
            Kind::Real => Cell::Real(f64::from_le_bytes(self.take()?)),
            Kind::Text => {
                let length = self.length()?;
                let mut bytes = Vec::new();
                (&mut self.0).take(length).read_to_end(&mut bytes).map_err(cut)?;
                if (bytes.len() as u64) < length {
                    return Err(cut("within a text"));
                }
                Cell::Text(String::from_utf8_lossy(&bytes).into_owned())
            }
        })
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes).map_err(cut)?;
        Ok(bytes)
    }

    fn length(&mut self) -> Result<u64, StoreError> {
        let mut length = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take()?;
            length |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(length);
            }
        }
        Err(cut("a length has no end"))
    }
}

fn cut(why: impl std::fmt::Display) -> StoreError {
    StoreError::Database(format!("ClickHouse's answer broke off: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let long = "ä".repeat(300);
        let mut out = Vec::new();
        nullable(&mut out, Some(long.as_str()), text);
        nullable(&mut out, None::<u64>, |_, _| unreachable!());
        nullable(&mut out, Some(7.5_f64), |out, it| out.extend(it.to_le_bytes()));
        let kinds = [Kind::Text, Kind::Whole, Kind::Real];
        let (mut rows, mut cells) = (Rows::new(&out[..]), Vec::new());
        assert_eq!(rows.next(&kinds, &mut cells), Ok(true));
        assert_eq!(cells, [Cell::Text(long), Cell::Null, Cell::Real(7.5)]);
        assert_eq!(rows.next(&kinds, &mut cells), Ok(false));
        // Cut anywhere, it is an error and no shorter answer.
        for end in 1..out.len() {
            assert!(Rows::new(&out[..end]).next(&kinds, &mut cells).is_err(), "{end}");
        }
    }
}
