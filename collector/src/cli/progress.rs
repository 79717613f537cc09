//! Progress on stderr: a bar where somebody watches a terminal, a line a step elsewhere.

use std::io::{IsTerminal, stderr};

use indicatif::{ProgressBar, ProgressStyle};

use crate::train::Progress;

/// A bar of one part of the work.
pub struct Bar {
    bar: Option<ProgressBar>,
}

impl Bar {
    /// An empty bar under this name.
    pub fn new(name: &'static str) -> Bar {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0).with_prefix(name);
            // The template is a constant; were it wrong, the plain style would serve.
            if let Ok(style) =
                ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {eta}  {msg}")
            {
                bar.set_style(style);
            }
            bar
        });
        Bar { bar }
    }

    /// Shows a step.
    pub fn show(&self, progress: Progress) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(progress.of as u64);
                bar.set_message(progress.what.to_owned());
                bar.set_position(progress.done as u64);
            }
            None => eprintln!("{}/{} {}", progress.done, progress.of, progress.what),
        }
    }

    /// Takes the bar away.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
