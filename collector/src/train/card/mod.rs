//! The model card: what a model forecasts, from what, how well, and what it is not for.
//!
//! Figures come from [`super::assess`]; words that depend on the head and on the data from
//! [`words`]; the reliability plot stands beside the card as an SVG ([`plot`]).

pub mod plot;
pub mod words;

use std::fmt::Write as _;

use unspoken::feature::TABLE;
use unspoken::intent::model::{Model, Shape};

use super::assess::{Assessment, Part};
use super::judge::{DRAWS, Interval};
use super::sample::Samples;
use super::{Chosen, FOLDS};
use crate::metrics::{BINS, Figures};

/// What the card has to be told beside the figures.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The command that made the model.
    pub command: &'a str,
    /// The option of `unspoken eval` that reads the same data.
    pub source: &'a str,
    /// File name of the plot, as a link from the card.
    pub plot: &'a str,
    /// What the data is and under which licence, as Markdown; what stands under a heading
    /// `## Limits` goes to the limits.
    pub data: &'a str,
    /// People whose split nobody said.
    pub split_by_hash: usize,
}

/// The card as Markdown.
pub fn write(samples: &Samples, chosen: &Chosen, assessment: &Assessment, about: &About) -> String {
    let mut card = Card(String::new());
    let (data, its_limits) = about.data.split_once("\n## Limits\n").unwrap_or((about.data, ""));
    let (head, words) = (&samples.head, words::of(&samples.head));
    card.line(&format!(
        "# Model card: `{head}`\n\nWritten by `{}`; do not edit by hand.\n\n**Forecasts** {}. {}, {} \
         bytes (`unspoken-model` version 2). Nothing about who the visitor is goes in.\n\n## Data\n{}\n",
        about.command,
        words.forecasts,
        shape(&chosen.model),
        chosen.bytes.len(),
        data.trim(),
    ));
    card.counts(samples, assessment);
    if about.split_by_hash > 0 {
        card.line(&format!(
            "\nThe data says no split for {} people: a hash of their name and the seed put three in \
             four into train.",
            about.split_by_hash
        ));
    }
    card.line(&format!("\n{}\n", words.label));
    card.training(chosen);
    card.figures(assessment, about);
    card.ablation(assessment);
    card.slices(assessment);
    card.inputs(&chosen.model);
    card.line(&format!("\n## Limits\n{}", words.limits));
    if !its_limits.is_empty() {
        card.line(its_limits.trim());
    }
    card.line(&format!("\n## Not for\n{}", words::NOT_FOR));
    card.line("\n## The figures again\n");
    for split in ["val", "train"] {
        card.line(&format!("    unspoken eval {} --split {split}", about.source));
    }
    card.0
}

/// The kind and size of a model, in words.
fn shape(model: &Model) -> String {
    match &model.shape {
        Shape::Logistic(inputs) => format!("A logistic over {} features, i8 weights", inputs.len()),
        Shape::Trees(trees) => format!("{} boosted trees, i8 leaves", trees.len()),
        Shape::Network { inputs, units, .. } => format!(
            "A network of {} features and one hidden layer of {} units, i8 weights",
            inputs.len(),
            units.len()
        ),
    }
}

struct Card(String);

impl Card {
    fn line(&mut self, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{text}");
    }

    fn counts(&mut self, samples: &Samples, assessment: &Assessment) {
        let parts = [("train", &assessment.train), ("val", &assessment.val)];
        self.line(if samples.is_anonymous {
            "| split | sessions | positive |\n|---|---|---|"
        } else {
            "| split | people | recordings | ticks | positive |\n|---|---|---|---|---|"
        });
        for (name, part) in parts {
            let counts = part.counts;
            let share = 100.0 * counts.positives as f64 / counts.samples as f64;
            let people = if samples.is_anonymous {
                String::new()
            } else {
                format!(" {} | {} |", counts.people, counts.groups)
            };
            self.line(&format!(
                "| {name} |{people} {} | {} ({share:.1} %) |",
                counts.samples, counts.positives
            ));
        }
    }

    fn training(&mut self, chosen: &Chosen) {
        self.line(&format!(
            "## Training\nEvery candidate below was fitted to train, rounded to the file's i8 and i16 \
             steps, and judged on val; weights never saw val. Of those that fit into {} bytes, with an \
             ECE within {} on val where there are such, the one with the least log-loss on val was \
             taken: {}.\n\n| candidate | bytes | AUC | AP | log-loss | ECE |\n|---|---|---|---|---|---|",
            super::MAX_BYTES,
            super::MOST_ECE,
            chosen.candidate
        ));
        for tried in &chosen.tried {
            let mark = if tried.candidate == chosen.candidate { " (chosen)" } else { "" };
            self.line(&format!(
                "| {}{mark} | {} | {} | {} | {:.4} | {:.4} |",
                tried.candidate,
                tried.bytes,
                figure(tried.figures.auc),
                figure(tried.figures.ap),
                tried.figures.log_loss,
                tried.figures.ece
            ));
        }
    }

    fn figures(&mut self, assessment: &Assessment, about: &About) {
        self.line(&format!(
            "\n## Figures\nOf the quantised model, with 95 % intervals by bootstrap over people, or \
             over sessions where the data knows no people ({DRAWS} draws). AP is \
             `Σ (R_i − R_(i−1)) P_i`, log-loss is clipped at 1e-7, ECE has {BINS} bins of equal width.\n\n\
             | | AUC | AP | log-loss | ECE | Brier |\n|---|---|---|---|---|---|"
        ));
        self.part("train", &assessment.train);
        self.part("**val**", &assessment.val);
        self.part(&format!("all, {FOLDS} folds"), &assessment.cross);
        self.line(&format!(
            "\nVal chose the candidate, and the features and the grid were shaped while val and the \
             folds were in view, so these two rows are somewhat optimistic; train is more so. The \
             ECE of val is below {} because candidates above it stood back, a rule that was made with \
             these figures in view: expect more elsewhere. In the \
             folds a candidate of the same kind is fitted without the people it is judged on. The ECE \
             of a draw is biased upwards (repeated people leave fewer different forecasts in a bin), so \
             an interval may lie above its figure.\n\n### Reliability\n![Forecast against frequency]({})\
             \n\n| forecast | train: n | mean | happened | val: n | mean | happened |\n\
             |---|---|---|---|---|---|---|",
            super::MOST_ECE,
            about.plot
        ));
        for at in 0..BINS {
            let edge = |at: usize| at as f64 / BINS as f64;
            let cells = [&assessment.train, &assessment.val].map(|part| {
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
            self.line(&format!("| {from:.3} to {to:.3} | {} | {} |", cells[0], cells[1]));
        }
    }

    fn part(&mut self, name: &str, part: &Part) {
        let figures = &part.figures;
        let cell = |value: Option<f64>, interval: Interval| {
            format!("{} ({:.3} to {:.3})", figure(value), interval.low, interval.high)
        };
        let [auc, ap, log_loss, ece] = part.intervals;
        self.line(&format!(
            "| {name} | {} | {} | {} | {} | {} |",
            cell(figures.auc, auc),
            cell(figures.ap, ap),
            cell(Some(figures.log_loss), log_loss),
            cell(Some(figures.ece), ece),
            figure(Some(figures.brier)),
        ));
    }

    fn ablation(&mut self, assessment: &Assessment) {
        self.line(
            "\n## Without some features\nThe chosen candidate fitted anew without them, by the same \
             folds; what is worse then rests on them.\n\n\
             | without | AUC | AP | log-loss |\n|---|---|---|---|",
        );
        let row = |name: &str, figures: &Figures| {
            format!(
                "| {name} | {} | {} | {:.4} |",
                figure(figures.auc),
                figure(figures.ap),
                figures.log_loss
            )
        };
        self.line(&row("nothing", &assessment.cross.figures));
        for (family, figures) in &assessment.ablation {
            self.line(&row(family, figures));
        }
    }

    fn slices(&mut self, assessment: &Assessment) {
        self.line(
            "\n## Slices\nBy the folds over all people of train and val. A slice of few people says \
             little.\n\n| | people | n | positive | AUC | AP | log-loss | ECE |\n|---|---|---|---|---|---|---|---|",
        );
        for slice in &assessment.slices {
            let (counts, figures) = (slice.counts, &slice.figures);
            self.line(&format!(
                "| {} | {} | {} | {} | {} | {} | {:.4} | {:.4} |",
                slice.name,
                counts.people,
                counts.samples,
                counts.positives,
                figure(figures.auc),
                figure(figures.ap),
                figures.log_loss,
                figures.ece
            ));
        }
    }

    fn inputs(&mut self, model: &Model) {
        self.line(
            "\n## Inputs\nHow much the model uses each: in a logistic the weight, in a network the mean \
             size of a unit's weight times the size of the unit's own, in trees the number of splits; \
             the strongest is 1. Features overlap, so this alone is no finding about people.\n\n\
             | feature | use | meaning |\n|---|---|---|",
        );
        let mut uses = uses(model);
        uses.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let most = uses.first().map_or(1.0, |(_, most)| *most);
        for (feature, of) in uses {
            let feature = TABLE[usize::from(feature)];
            self.line(&format!("| `{}` | {:.2} | {} |", feature.name, of / most, feature.meaning));
        }
    }
}

/// How much a model uses each of its features, in no unit.
fn uses(model: &Model) -> Vec<(u8, f64)> {
    let size = |weight: i8| f64::from(weight).abs();
    match &model.shape {
        Shape::Logistic(inputs) => inputs
            .iter()
            .zip(&model.weights)
            .map(|(input, weight)| (input.feature, size(*weight)))
            .collect(),
        Shape::Network { inputs, units, .. } => {
            let of = |at: usize| -> f64 {
                let units = units.iter().zip(&model.weights);
                units.map(|(unit, outer)| size(unit.weights[at]) * size(*outer)).sum()
            };
            inputs.iter().enumerate().map(|(at, input)| (input.feature, of(at))).collect()
        }
        Shape::Trees(trees) => {
            let mut counts = std::collections::BTreeMap::new();
            for split in trees.iter().flat_map(|tree| &tree.splits) {
                *counts.entry(split.feature).or_insert(0.0) += 1.0;
            }
            counts.into_iter().collect()
        }
    }
}

fn figure(value: Option<f64>) -> String {
    value.map_or("—".into(), |value| format!("{value:.4}"))
}
