//! Everything that is kept of one visitor, a line a row: what a person may ask to see.

use crate::store::question::Row;

/// A row of the question `person` as a line of JSON: the table it is in, when it was, and the row.
pub fn line(row: &Row) -> String {
    let table = serde_json::Value::from(row.text(0).unwrap_or_default());
    let at = row.whole(1).unwrap_or_default();
    format!("{{\"table\":{table},\"at\":{at},\"row\":{}}}\n", row.text(2).unwrap_or("{}"))
}
