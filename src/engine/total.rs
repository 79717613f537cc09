//! What is told as totals: how deep a page was scrolled, how long the cursor stayed in slots.

use super::Engine;
use crate::wire::What;

impl Engine {
    pub(super) fn pass_milestones(&mut self) {
        let depth = self.features.scroll.depth() * 100.0;
        // Before sizes are known, and on a page without anything to scroll, there is no depth.
        if self.layout.document[1] <= self.layout.viewport[1] || !self.outbox.has_begun() {
            return;
        }
        while self.milestone < 100 && depth >= (self.milestone + 25) as f64 {
            self.milestone += 25;
            self.outbox.push(self.now, What::Scroll { percent: self.milestone });
        }
    }

    /// Adds what stays have grown by since the last batch.
    pub(super) fn tell_dwell(&mut self) {
        self.dwell_sent.resize(self.layout.regions().len(), 0);
        for at in 0..self.dwell_sent.len() {
            let total = self.features.dwell.of(at, self.now) as u32;
            // Passing over a slot is not a stay.
            if total >= self.dwell_sent[at] + 250 {
                let ms = total - self.dwell_sent[at];
                self.dwell_sent[at] = total;
                let slot = self.outbox.name(&self.layout.regions()[at].id);
                self.outbox.push(self.now, What::Dwell { slot, ms });
            }
        }
    }
}
