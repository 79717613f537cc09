//! Reads events back, for `unspoken export` and for tests that hold what is kept against what
//! happened. It opens the database to read only, so it runs beside a live collector.

use std::path::Path;

use rusqlite::params;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value};

use super::StoreError;
use super::sqlite::open_to_read;

/// Every column of an event that is not its place, under the name an export gives it.
const COLUMNS: &str = "lower(hex(b.visitor)) AS visitor, lower(hex(b.session)) AS session, b.view, \
    b.sequence, lower(hex(b.id)) AS batch, e.at, e.kind, e.slot, e.variant, e.rule, e.name, e.text, \
    e.value, e.path, e.page, e.item, e.role, e.flags, e.percent, e.ms, e.chance, e.context, \
    nullif(v.automation, 0) AS automation, nullif(v.excluded, 0) AS excluded";

/// Hands over every event of a site as a JSON object without its empty columns, in time order.
/// With `machines` also those of sessions that look automated, which carry `excluded` 1.
pub fn for_each_event<E: From<StoreError>>(
    path: &Path,
    site: &str,
    machines: bool,
    mut take: impl FnMut(Map<String, Value>) -> Result<(), E>,
) -> Result<(), E> {
    let connection = open_to_read(path)?;
    let mut statement = connection
        .prepare(&format!(
            "SELECT {COLUMNS} FROM events e JOIN batches b USING (batch) JOIN sites s USING (site)
             JOIN sessions v ON v.site = b.site AND v.session = b.session
             WHERE s.name = ?1 AND v.excluded <= ?2 ORDER BY e.at, e.batch, e.ordinal"
        ))
        .map_err(StoreError::from)?;
    let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query(params![site, machines]).map_err(StoreError::from)?;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        let mut event = Map::new();
        for (at, name) in names.iter().enumerate() {
            let value = match row.get_ref(at).map_err(StoreError::from)? {
                ValueRef::Integer(number) => Value::from(number),
                ValueRef::Real(number) => Value::from(number),
                ValueRef::Text(text) => Value::from(String::from_utf8_lossy(text)),
                ValueRef::Null | ValueRef::Blob(_) => continue,
            };
            event.insert(name.clone(), value);
        }
        take(event)?;
    }
    Ok(())
}
