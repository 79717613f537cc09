//! The model card: what a model forecasts, from what, how well, and what it is not for.

use std::fmt::Write as _;

use unspoken::feature::TABLE;
use unspoken::intent::model::Shape;

use super::judge::{DRAWS, Interval};
use super::{FOLDS, Part, Trained};
use crate::metrics::BINS;

/// The card of a model of `commit`, as Markdown; `command` made it, from `traces`.
pub fn write(trained: &Trained, command: &str, traces: &str) -> String {
    let (train, val) = (&trained.train, &trained.val);
    let mut card = format!(
        "# Model card: `commit`

Written by `{command}`; do not edit by hand.

**Forecasts** the probability that the visitor clicks within 2 s, each 250 ms, from how the cursor
and the scroll moved so far. A logistic over {inputs} features of `src/feature`, i8 weights,
{bytes} bytes (`unspoken-model` version 2). Nothing about who the visitor is goes in, and no click.

## Data
AdSERP: mouse and scroll recordings of people on shopping result pages (Latifzadeh et al., SIGIR
2025, doi 10.1145/3726302.3730325). The repository's licence is MIT; the licence of the original
record was not seen, so the recordings are not redistributed. Split by person:

| split | people | recordings | ticks | positive |
|---|---|---|---|---|
",
        inputs = trained.model.weights.len(),
        bytes = trained.bytes.len(),
    );
    for (name, part) in [("train", train), ("val", val)] {
        let (counts, figures) = (part.counts, part.figures);
        let share = 100.0 * figures.positives as f64 / figures.n as f64;
        line(
            &mut card,
            &format!(
                "| {name} | {} | {} | {} | {} ({share:.1} %) |",
                counts.people, counts.traces, counts.ticks, figures.positives
            ),
        );
    }
    card.push_str(
        "
A tick each 250 ms from 1 s after the first event until the first click, positive where the click
comes within 2 s.

## Training
Inputs standardised on train and held within ±4 deviations; L2 logistic by Newton's method on
train; weights rounded to i8; bias and scale fitted again on train after rounding. The penalty was
chosen by the log-loss on val:

| penalty | log-loss on val |
|---|---|
",
    );
    for (lambda, loss) in &trained.tried {
        let chosen = if *lambda == trained.lambda { " (chosen)" } else { "" };
        line(&mut card, &format!("| {lambda}{chosen} | {loss:.4} |"));
    }
    line(
        &mut card,
        &format!(
            "
## Figures
Of the quantised model, with 95 % intervals by bootstrap over people ({DRAWS} draws). AP is
`Σ (R_i − R_(i−1)) P_i`, log-loss is clipped at 1e-7, ECE has {BINS} bins of equal width.

| | AUC | AP | log-loss | ECE | Brier |
|---|---|---|---|---|---|"
        ),
    );
    line(&mut card, &figures_row("train", train));
    line(&mut card, &figures_row("**val**", val));
    let cross = &trained.cross;
    line(
        &mut card,
        &format!(
            "| all, {FOLDS}-fold by person | {} | {} | {} | {} | {} |",
            figure(cross.auc),
            figure(cross.ap),
            figure(Some(cross.log_loss)),
            figure(Some(cross.ece)),
            figure(Some(cross.brier)),
        ),
    );
    card.push_str(
        "
The people of val chose the penalty, and the features were shaped while both val and the
cross-validation were in view, so these two rows are optimistic; train is more so. A held-out part
exists that was not seen here. The ECE of a draw is biased upwards (repeated people leave fewer
different ticks in a bin), so an interval may lie above its figure.

### Reliability
| forecast | train: ticks | mean | happened | val: ticks | mean | happened |
|---|---|---|---|---|---|---|
",
    );
    for at in 0..BINS {
        let edge = |at: usize| at as f64 / BINS as f64;
        let cells = [train, val].map(|part| {
            let bin = part.bins[at];
            let count = bin.count as f64;
            if bin.count == 0 {
                "0 | — | —".into()
            } else {
                let (mean, rate) = (bin.sum / count, bin.positives as f64 / count);
                format!("{} | {mean:.3} | {rate:.3}", bin.count)
            }
        });
        let (from, to) = (edge(at), edge(at + 1));
        line(&mut card, &format!("| {from:.3} to {to:.3} | {} | {} |", cells[0], cells[1]));
    }
    card.push_str(
        "
## Weights
Of the standardised features, strongest first. Features overlap, so a weight's sign alone is not a
finding about people.

| feature | weight | meaning |
|---|---|---|
",
    );
    let Shape::Logistic(inputs) = &trained.model.shape else { return card };
    let mut inputs: Vec<_> = inputs.iter().zip(&trained.model.weights).collect();
    inputs.sort_by_key(|(_, weight)| -i16::from(**weight).abs());
    for (input, weight) in inputs {
        let feature = TABLE[input.feature as usize];
        let weight = f64::from(*weight) * f64::from(trained.model.scale);
        line(&mut card, &format!("| `{}` | {weight:+.3} | {} |", feature.name, feature.meaning));
    }
    card.push_str(
        "
## Limits
- It was trained on desktop result pages with a mouse and on the first click of a page. On touch,
  on other kinds of page and after the first click its figures are not known.
- The people are those of one laboratory study; how the forecast does by age, hand or aid was not
  and cannot be measured here. Without a mouse there is little it can see.
- It says when a click comes, not where and not why. A click is not consent, interest or an
  intention to buy.
- It drifts: hold it against what happened on the site itself (the report's `intents`).

## Not for
Prices, credit, eligibility, ranking or screening people, detecting stress, age, health or
identity, hurrying a visitor into a click, or anything that takes a choice away. It may decide only
what a page shows, where the default would also do.

## The figures again
",
    );
    for split in ["val", "train"] {
        line(&mut card, &format!("    unspoken eval --traces {traces} --split {split}"));
    }
    card
}

fn line(card: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(card, "{text}");
}

fn figure(value: Option<f64>) -> String {
    value.map_or("—".into(), |value| format!("{value:.4}"))
}

fn figures_row(name: &str, part: &Part) -> String {
    let figures = &part.figures;
    let cell = |value: Option<f64>, interval: Interval| {
        format!("{} ({:.3} to {:.3})", figure(value), interval.low, interval.high)
    };
    let [auc, ap, log_loss, ece] = part.intervals;
    format!(
        "| {name} | {} | {} | {} | {} | {} |",
        cell(figures.auc, auc),
        cell(figures.ap, ap),
        cell(Some(figures.log_loss), log_loss),
        cell(Some(figures.ece), ece),
        figure(Some(figures.brier)),
    )
}
