//! A question's SQL for ClickHouse, and running it.
//!
//! What is asked about goes beside the SQL, as the table `asked` of one row.

use super::row_binary::{Rows, list, text};
use super::server::{Server, Table};
use crate::store::StoreError;
use crate::store::question::{Ask, Each, Question, Row};

macro_rules! texts {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("sql/", $name, ".sql")))),*]
    };
}

/// Every question's SQL, by its name.
const TEXTS: &[(&str, &str)] = texts! {
    "arrived" "attention" "dismissals" "exposures" "forecasts" "forecasts_of_exposed" "goal_values" "goals" "goals_of_exposed" "head_days" "head_sessions" "heads" "interruptions" "kept_batches" "kept_events" "kept_forecasts" "kept_traces" "lessons" "live" "live_events" "person" "reached" "scrolls" "seen" "shares" "slots" "steps" "timeline" "views_of_exposed"
};

/// A question's SQL. Its columns may all be null: so the format says no more than the values.
fn sql(question: &Question) -> Result<&'static str, StoreError> {
    let found = TEXTS.iter().find(|(name, _)| *name == question.name);
    found.map(|(_, sql)| *sql).ok_or_else(|| {
        StoreError::Database(format!("ClickHouse has no text for the question {}", question.name))
    })
}

/// What is asked about, as the table that goes along.
pub fn asked(ask: &Ask) -> Table {
    let mut asked = Vec::new();
    text(&mut asked, &ask.site);
    asked.extend(ask.from.to_le_bytes());
    asked.extend(ask.to.min(i64::MAX as u64).to_le_bytes());
    list(&mut asked, &ask.text, |out, it| text(out, it));
    Table {
        name: "asked",
        structure: "site String,from_at UInt64,to_at UInt64,text Array(String)",
        rows: asked,
    }
}

/// Asks, and hands over the rows as they come.
pub fn ask(server: &Server, ask: &Ask, mut each: Each) -> Result<(), StoreError> {
    let mut rows = Rows::new(server.ask(sql(ask.question)?, &[asked(ask)])?);
    let mut row = Row::default();
    while rows.next(ask.question.columns, &mut row.cells)? {
        if each(&row).is_break() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::question::ALL;

    #[test]
    fn every_question_has_a_text_and_every_text_a_question() {
        assert!(ALL.iter().all(|question| sql(question).is_ok()));
        assert_eq!(TEXTS.len(), ALL.len(), "a text that nobody asks for");
    }

    /// A query stands in the address, and a server of 2018 takes 16 KiB of that.
    #[test]
    fn every_text_fits_an_address() {
        for (name, sql) in TEXTS {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
            let bytes: usize = sql.as_bytes().iter().map(|it| if plain(it) { 1 } else { 3 }).sum();
            assert!(bytes < 15 * 1024, "{name}: {bytes}");
        }
    }
}
