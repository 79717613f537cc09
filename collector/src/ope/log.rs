//! Rows from CSV files: a log of decisions, and a policy that is to be judged.
//!
//! The log has a decision a row, with the columns `item`, `pos`, `click` and `propensity`, as the
//! Open Bandit sample has them: what was shown, where, what came of it (0 to 1), and the probability
//! with which it was drawn. The policy has a row for each item and a column for each position, each
//! the probability of the item there.
//!
//! A policy that looks at the context has no such table. Its log carries the figures itself, in
//! columns `target` (the probability with which the judged policy would have drawn what was drawn),
//! `expected` (the reward that a model expects of that) and `value` (what it expects of the policy
//! there). The latter two also stand in for the model beside a policy's table.

use std::path::Path;

use super::Row;
use crate::table::{Table, TableError};

/// What DM and DR expect of an item at a position, where the log has no model's figures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Model {
    /// The mean reward of the log's rows with that item, at any position, and where there is none
    /// that of all rows.
    Item,
    /// The mean reward of the log's rows with that item at that position, likewise. On a log that
    /// was drawn evenly DR is then DM: nothing is left over to correct it by.
    ItemPosition,
}

fn share(x: f64) -> bool {
    (0.0..=1.0).contains(&x)
}

/// Reads the log, and the policy where the log has no column `target`.
pub fn read(log: &Path, policy: Option<&Path>, model: Model) -> Result<Vec<Row>, TableError> {
    let log = Table::read(log)?;
    let column = |name| log.numbers(name, "from 0 to 1", share);
    let has = |name: &str| log.columns.iter().any(|column| column == name);
    let clicks = column("click")?;
    let is_likely = |x: f64| x > 0.0 && x <= 1.0;
    let propensities = log.numbers("propensity", "above 0, at most 1", is_likely)?;
    let mut rows: Vec<Row> = clicks
        .iter()
        .zip(&propensities)
        .map(|(reward, propensity)| {
            let (reward, propensity) = (*reward, *propensity);
            Row { reward, propensity, target: 0.0, expected: 0.0, value: 0.0 }
        })
        .collect();
    if let Some(policy) = policy {
        by_table(&log, &Table::read(policy)?, model, &mut rows)?;
    } else {
        let targets = column("target")?;
        rows.iter_mut().zip(targets).for_each(|(row, target)| row.target = target);
    }
    if policy.is_none() || (has("expected") && has("value")) {
        let figures = column("expected")?.into_iter().zip(column("value")?);
        for (row, (expected, value)) in rows.iter_mut().zip(figures) {
            (row.expected, row.value) = (expected, value);
        }
    }
    Ok(rows)
}

/// Probabilities from a policy's table, and expected rewards from means of the log.
fn by_table(log: &Table, policy: &Table, model: Model, rows: &mut [Row]) -> Result<(), TableError> {
    for column in &policy.columns {
        policy.numbers(column, "from 0 to 1", share)?;
    }
    let (count, width) = (policy.rows.len(), policy.columns.len());
    let below = |name, most: usize, wanted| {
        log.numbers(name, wanted, |x| x >= 0.0 && x.fract() == 0.0 && x < most as f64)
    };
    let items = below("item", count, "a row of the policy, counted from 0")?;
    let positions = below("pos", width, "a column of the policy, counted from 0")?;
    let places: Vec<(usize, usize)> =
        items.iter().zip(&positions).map(|(item, at)| (*item as usize, *at as usize)).collect();
    let cell = |(item, position): (usize, usize)| match model {
        Model::Item => item,
        Model::ItemPosition => item * width + position,
    };
    let all = rows.iter().map(|row| row.reward).sum::<f64>() / rows.len() as f64;
    let mut sums = vec![(0.0, 0.0); count * width];
    for (row, place) in rows.iter().zip(&places) {
        let (sum, shown) = &mut sums[cell(*place)];
        (*sum, *shown) = (*sum + row.reward, *shown + 1.0);
    }
    let expected = |place| match sums[cell(place)] {
        (_, 0.0) => all,
        (sum, shown) => sum / shown,
    };
    // A column that was rounded sums to about 1; as a mean its weights do.
    let value = |position: usize| {
        let (mut sum, mut total) = (0.0, 0.0);
        for (item, shares) in policy.rows.iter().enumerate() {
            sum += shares[position] * expected((item, position));
            total += shares[position];
        }
        if total > 0.0 { sum / total } else { 0.0 }
    };
    let values: Vec<f64> = (0..width).map(value).collect();
    for (row, (item, position)) in rows.iter_mut().zip(places) {
        row.target = policy.rows[item][position];
        row.expected = expected((item, position));
        row.value = values[position];
    }
    Ok(())
}
