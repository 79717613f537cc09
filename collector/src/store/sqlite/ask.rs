//! A question's SQL for SQLite, and running it.

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use unspoken::id::Id;

use super::StoreError;
use crate::store::question::{Ask, Cell, Each, Kind, Question, Row};

macro_rules! texts {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("sql/", $name, ".sql")))),*]
    };
}

/// Every question's SQL, by its name.
const TEXTS: &[(&str, &str)] = texts! {
    "arrived" "attention" "dismissals" "exposures" "forecasts" "forecasts_of_exposed" "goal_values" "goals" "goals_of_exposed" "head_days" "head_sessions" "heads" "interruptions" "kept_batches" "kept_events" "kept_forecasts" "kept_traces" "lessons" "live" "live_events" "person" "reached" "scrolls" "seen" "shares" "slots" "steps" "timeline" "views_of_exposed"
};

/// A question's SQL. Its parameters are `:site`, `:from`, `:to`, `:text0`, `:text1` … and `:texts`,
/// all of them as a JSON list; it names those that it takes.
fn sql(question: &Question) -> Result<&'static str, StoreError> {
    let found = TEXTS.iter().find(|(name, _)| *name == question.name);
    found.map(|(_, sql)| *sql).ok_or_else(|| {
        StoreError::Database(format!("SQLite has no text for the question {}", question.name))
    })
}

/// Runs `ask` on a connection of its own, and hands over its rows.
pub fn ask(connection: &Connection, ask: &Ask, mut each: Each) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql(ask.question)?)?;
    let time = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
    for at in 1..=statement.parameter_count() {
        match statement.parameter_name(at).unwrap_or_default().to_owned().as_str() {
            ":site" => statement.raw_bind_parameter(at, &*ask.site)?,
            ":from" => statement.raw_bind_parameter(at, time(ask.from))?,
            ":to" => statement.raw_bind_parameter(at, time(ask.to))?,
            ":texts" => {
                statement.raw_bind_parameter(
                    at,
                    serde_json::Value::from(ask.text.clone()).to_string(),
                )?;
            }
            name => {
                let index =
                    name.strip_prefix(":text").and_then(|index| index.parse::<usize>().ok());
                let text = index.and_then(|index| ask.text.get(index));
                statement.raw_bind_parameter(at, text)?;
            }
        }
    }
    let mut rows = statement.raw_query();
    let mut row = Row::default();
    while let Some(found) = rows.next()? {
        row.cells.clear();
        for (column, kind) in ask.question.columns.iter().enumerate() {
            row.cells.push(cell(found.get_ref(column)?, *kind).ok_or_else(|| {
                let name = ask.question.name;
                StoreError::Database(format!(
                    "column {column} of {name} does not hold what it should"
                ))
            })?);
        }
        if each(&row).is_break() {
            break;
        }
    }
    Ok(())
}

/// `None` where the value is of another kind.
fn cell(value: ValueRef, kind: Kind) -> Option<Cell> {
    Some(match (kind, value) {
        (_, ValueRef::Null) => Cell::Null,
        (Kind::Id, ValueRef::Blob(bytes)) => {
            Cell::Id(Id(u128::from_be_bytes(bytes.try_into().ok()?)))
        }
        (Kind::Whole, ValueRef::Integer(number)) => Cell::Whole(u64::try_from(number).ok()?),
        (Kind::Real, ValueRef::Real(number)) => Cell::Real(number),
        (Kind::Real, ValueRef::Integer(number)) => Cell::Real(number as f64),
        (Kind::Text, ValueRef::Text(text)) => {
            Cell::Text(String::from_utf8_lossy(text).into_owned())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::question::ALL;

    #[test]
    fn every_question_has_a_text_with_its_columns() {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::store::migrate::migrate(&mut connection).unwrap();
        for question in ALL {
            let statement = connection.prepare(sql(question).unwrap()).unwrap();
            assert_eq!(statement.column_count(), question.columns.len(), "{}", question.name);
        }
        assert_eq!(TEXTS.len(), ALL.len(), "a text that nobody asks for");
    }
}
