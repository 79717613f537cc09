//! Reads back what devices told of their bandits' choices. It reads only.

use std::path::Path;

use rusqlite::params;
use unspoken::id::Id;

use super::StoreError;
use super::sqlite::open_to_read;
use crate::ope::told::settle;
use crate::pool::Told;

/// Every lesson of a site in time order. Sessions that look automated stay out. A reward that came
/// in a later visit is given to the session in which its decision was seen, the last one without a
/// reward of this visitor, rule, variant and context.
pub fn lessons(path: &Path, site: &str) -> Result<Vec<Told>, StoreError> {
    let connection = open_to_read(path)?;
    let mut statement = connection.prepare(
        "SELECT e.at, b.session, b.visitor, e.slot, e.rule, e.variant, e.context, e.value, e.chance
         FROM events e JOIN batches b USING (batch) JOIN sites s USING (site)
         JOIN sessions v ON v.site = b.site AND v.session = b.session
         WHERE s.name = ?1 AND e.kind = 'l' AND v.excluded = 0
         ORDER BY e.at, e.value, e.batch, e.ordinal",
    )?;
    let mut rows = statement.query(params![site])?;
    let mut all: Vec<(Id, Told)> = Vec::new();
    while let Some(row) = rows.next()? {
        let id = |at| Ok::<Id, StoreError>(Id(u128::from_be_bytes(row.get(at)?)));
        let context: String = row.get(6)?;
        let told = Told {
            at: row.get(0)?,
            session: id(1)?.to_hex(),
            slot: row.get(3)?,
            rule: row.get(4)?,
            variant: row.get(5)?,
            context: serde_json::from_str(&context).unwrap_or_default(),
            reward: row.get(7)?,
            propensity: row.get(8)?,
        };
        all.push((id(2)?, told));
    }
    Ok(settle(all))
}
