//! Measures an imported model on rows of a CSV: against its source, against what the package
//! itself forecast, and where outcomes are known against those.
//!
//! Columns are known by name: features, `forecast` (the package's own prediction, 0 to 1) and
//! `label` (0 or 1). Others are not read.

use serde::Serialize;
use unspoken::feature::{COUNT, TABLE, Vector};
use unspoken::intent::model::STEPS;

use super::quantise::{Imported, step};
use super::{ImportError, Node, Source};
use crate::metrics::{Figures, Judged};

/// Rows of a CSV.
#[derive(Clone, Default, Debug)]
pub struct Rows {
    /// Features; what the file has no column for is 0.
    pub features: Vec<Vector>,
    /// The package's own forecasts, where the column is there.
    pub forecasts: Option<Vec<f64>>,
    /// Whether the outcome happened, where the column is there.
    pub labels: Option<Vec<bool>>,
}

/// The largest and the mean difference of forecasts, in probability.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// Over all rows.
    pub largest: f64,
    /// Over all rows.
    pub mean: f64,
}

/// Areas under the ROC curve; none where all labels are alike.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Aucs {
    /// Of the package's model.
    pub source: Option<f64>,
    /// Of the imported one.
    pub imported: Option<f64>,
}

/// What was measured.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Rows.
    pub rows: usize,
    /// Rows in which a feature lies between a threshold and its grid step and so comes to another
    /// leaf; the bound does not hold for these.
    pub rerouted: usize,
    /// The model as it was read, before quantisation, against the column `forecast`: what is more
    /// than rounding here is not the model that made the column.
    pub read: Option<Difference>,
    /// The imported model against the column `forecast`, or where there is none, its source.
    pub imported: Difference,
    /// On the labels.
    pub auc: Option<Aucs>,
}

/// Reads a CSV; `asked` are the features that have to be there.
pub fn rows(text: &str, asked: &[usize]) -> Result<Rows, ImportError> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let bare = |cell: &str| cell.trim().trim_matches('"').to_string();
    let Some((_, heading)) = lines.next() else {
        return Err(ImportError::new("the file is empty: expected a line of column names"));
    };
    let names: Vec<String> = heading.split(',').map(bare).collect();
    let column = |name: &str| names.iter().position(|it| it == name);
    for at in asked {
        if column(TABLE[*at].name).is_none() {
            return Err(ImportError::new(format!(
                "there is no column \"{}\", which the model asks for",
                TABLE[*at].name
            )));
        }
    }
    let features: Vec<(usize, usize)> =
        (0..COUNT).filter_map(|at| Some((at, column(TABLE[at].name)?))).collect();
    let (forecast, label) = (column("forecast"), column("label"));
    let mut rows = Rows {
        features: Vec::new(),
        forecasts: forecast.map(|_| Vec::new()),
        labels: label.map(|_| Vec::new()),
    };
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<String> = line.split(',').map(bare).collect();
        let number = |column: usize, what: &str| -> Result<f64, ImportError> {
            let cell = cells.get(column).map_or("", String::as_str);
            let read = match cell {
                "true" | "True" | "TRUE" => Some(1.0),
                "false" | "False" | "FALSE" => Some(0.0),
                cell => cell.parse().ok().filter(|number: &f64| number.is_finite()),
            };
            read.ok_or_else(|| {
                let what = format!(
                    "line {}, {what}: expected a number, found \"{cell}\" (features are never \
                     missing)",
                    at + 1
                );
                ImportError::new(what)
            })
        };
        let mut vector = [0.0; COUNT];
        for (at, column) in &features {
            vector[*at] = number(*column, TABLE[*at].name)?;
        }
        rows.features.push(vector);
        if let (Some(column), Some(list)) = (forecast, &mut rows.forecasts) {
            list.push(number(column, "forecast")?);
        }
        if let (Some(column), Some(list)) = (label, &mut rows.labels) {
            let value = number(column, "label")?;
            if value != 0.0 && value != 1.0 {
                let what = format!("line {}, label: expected 0 or 1, found {value}", at + 1);
                return Err(ImportError::new(what));
            }
            list.push(value == 1.0);
        }
    }
    if rows.features.is_empty() {
        return Err(ImportError::new("the file has no row"));
    }
    Ok(rows)
}

/// Measures.
pub fn check(source: &Source, imported: &Imported, rows: &Rows) -> Checked {
    let was: Vec<f64> = rows.features.iter().map(|row| source.forecast(row)).collect();
    let is: Vec<f64> = rows.features.iter().map(|row| imported.model.forecast(row)).collect();
    let against = rows.forecasts.as_ref().unwrap_or(&was);
    let auc = |forecasts: &[f64], labels: &[bool]| {
        let judged: Vec<Judged> = (forecasts.iter().zip(labels))
            .map(|(forecast, happened)| Judged { forecast: *forecast, happened: *happened })
            .collect();
        Figures::of(&judged).auc
    };
    Checked {
        rows: rows.features.len(),
        rerouted: rows.features.iter().filter(|row| is_rerouted(source, row)).count(),
        read: rows.forecasts.as_ref().map(|forecasts| difference(&was, forecasts)),
        imported: difference(&is, against),
        auc: rows
            .labels
            .as_ref()
            .map(|labels| Aucs { source: auc(against, labels), imported: auc(&is, labels) }),
    }
}

fn difference(a: &[f64], b: &[f64]) -> Difference {
    let offs = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    let (sum, largest) = offs.fold((0.0, 0.0_f64), |(sum, most), off| (sum + off, most.max(off)));
    Difference { largest, mean: sum / a.len().max(1) as f64 }
}

/// Whether some split on the way of these features decides otherwise on the grid.
pub fn is_rerouted(source: &Source, features: &Vector) -> bool {
    source.trees.iter().any(|tree| {
        let mut at = 0;
        while let Node::Split { feature, threshold, next } = tree.nodes[at] {
            let value = features[feature as usize];
            let below = source.is_below(value, threshold);
            if below != (value * STEPS <= f64::from(step(source.format, threshold))) {
                return true;
            }
            at = next[usize::from(!below)];
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::quantise::quantise;
    use crate::import::{Format, SourceTree};

    fn source() -> Source {
        let nodes = vec![
            Node::Split { feature: 0, threshold: 1.0001, next: [1, 2] },
            Node::Leaf(-1.0),
            Node::Leaf(1.0),
        ];
        let trees = vec![SourceTree { number: 0, nodes }];
        Source { format: Format::LightGbm, bias: 0.0, trees, notes: Vec::new() }
    }

    #[test]
    fn differences_reroutings_and_ranks_are_counted() {
        let source = source();
        let imported = quantise(&source, "buy").unwrap();
        let text = "\u{feff}label,note,\"elapsed\",forecast\r\n0,a,0.5,0.25\r\n1,b,2,0.75\n\nFalse,c,1.00005,0.25\n";
        let rows = rows(text, &source.features()).unwrap();
        assert_eq!(rows.labels, Some(vec![false, true, false]));
        let checked = check(&source, &imported, &rows);
        let (low, high) = (source.forecast(&[0.0; COUNT]), source.forecast(&[9.0; COUNT]));
        assert_eq!((checked.rows, checked.rerouted), (3, 1));
        assert!((checked.read.unwrap().largest - (0.75 - high).abs()).abs() < 1e-12);
        assert!((checked.imported.largest - (high - 0.25)).abs() < 1e-6);
        let mean = (2.0 * (low - 0.25).abs().max(0.75 - high) + high - 0.25) / 3.0;
        assert!((checked.imported.mean - mean).abs() < 1e-6, "{checked:?}");
        assert_eq!(checked.auc, Some(Aucs { source: Some(1.0), imported: Some(0.75) }));
    }

    #[test]
    fn without_a_forecast_column_the_source_is_the_measure() {
        let (source, text) = (source(), "elapsed\n0.5\n2\n");
        let imported = quantise(&source, "buy").unwrap();
        let checked = check(&source, &imported, &rows(text, &source.features()).unwrap());
        assert_eq!((checked.read, checked.auc), (None, None));
        assert!(checked.imported.largest <= imported.bound + 1e-12);
    }

    #[test]
    fn a_broken_row_is_told_with_line_and_column() {
        let refused = |text: &str, word: &str| {
            let error = rows(text, &[0]).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        };
        refused("", "empty");
        refused("idle\n1\n", "no column \"elapsed\"");
        refused("elapsed\n", "no row");
        refused("elapsed\n1\nx\n", "line 3, elapsed: expected a number, found \"x\"");
        refused("elapsed,label\n1,2\n", "line 2, label: expected 0 or 1");
        refused("elapsed,idle\n1\n", "line 2, idle");
        refused("elapsed\nnan\n", "never missing");
    }
}
