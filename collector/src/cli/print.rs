//! Results on stdout, and the one table layout of the figures.

use std::io::{ErrorKind, Write};

use super::Failure;
use crate::metrics::Figures;

/// Prints results. A reader that has read enough (`| head`) ends the program quietly.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        outcome => Ok(outcome?),
    }
}

/// The heading of [`figures`].
pub fn figures_heading(of: &str) -> String {
    format!(
        "{of:<10} {:>7} {:>9} {:>7} {:>7} {:>9} {:>7} {:>7}\n",
        "ticks", "positive", "AUC", "AP", "log-loss", "Brier", "ECE"
    )
}

/// Figures as a line.
pub fn figures(name: &str, figures: &Figures) -> String {
    let rank = |value: Option<f64>| value.map_or("—".into(), |value| format!("{value:.4}"));
    format!(
        "{name:<10} {:>7} {:>9} {:>7} {:>7} {:>9.4} {:>7.4} {:>7.4}\n",
        figures.n,
        figures.positives,
        rank(figures.auc),
        rank(figures.ap),
        figures.log_loss,
        figures.brier,
        figures.ece,
    )
}
