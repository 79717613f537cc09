//! Forecasting, and holding forecasts against what happened.

use super::Engine;
use crate::config::Shared;
use crate::intent::model::{MAX_TERMS, sigmoid};
use crate::intent::{Outcome, Source, focus, learn, outcome, rules};
use crate::time::Millis;
use crate::wire::What;

impl Engine {
    /// All heads' forecasts for this point of the grid.
    pub(super) fn forecast_heads(&mut self, step: u64) {
        let now = self.now;
        self.vector = self.features.vector(now, &self.layout, &self.told());
        if !self.excluded {
            self.features.learn(now, &mut self.profile.habit);
        }
        self.focus = focus::focus(&self.features, &self.layout);
        let config = Shared::clone(&self.config);
        let mut terms = [0.0; MAX_TERMS];
        for (at, head) in config.heads.iter().enumerate() {
            let mut count = 0;
            let told = match &head.source {
                Source::Model(model) => {
                    count = model.terms(&self.vector, &mut terms);
                    model.logit_of(&terms[..count])
                }
                source => rules::logit(&self.signs(source)),
            };
            // A tree's leaf is a whole opinion, and many weights are slow to learn: of such a model
            // calibration alone is learned.
            let is_trees = matches!(&head.source, Source::Model(model) if model.weights.is_empty());
            if is_trees || count > learn::MAX_TERMS {
                count = 0;
            }
            // A head of the session learns on the session's features, whatever forecasts it.
            if head.within.is_none() {
                count = learn::session_terms(&self.vector, &mut terms);
            }
            let [slope, shift] = head.calibration;
            let logit = slope * told + shift;
            let learned = self.profile.learned.get(head).filter(|_| head.learns);
            let adjusted = learned.map_or(logit, |it| it.adjust(logit, &terms[..count]));
            let forecast = sigmoid(adjusted);
            self.forecasts[at] = forecast;
            self.outcomes.forecast(at, step, now, forecast, logit, &terms[..count]);
            // "Another" item needs a first.
            let waits = head.within.is_none()
                && !self.excluded
                && !self.foretold
                && self.outbox.has_begun()
                && (head.outcome != Outcome::Item || !self.profile.session.items.is_empty());
            if waits {
                let (session, draw) = (&mut self.profile.session, self.rng.draw());
                let (bin, terms) = (outcome::bin(forecast), &terms[..count]);
                if session.pending.forecast(&head.name, bin, logit, terms, draw) {
                    self.outcomes.tell(at, forecast);
                }
            }
        }
        self.foretold |= self.outbox.has_begun();
        self.learn();
    }

    /// What speaks for a head that is a rule; nothing for a model.
    pub(super) fn signs(&mut self, source: &Source) -> rules::Signs {
        match source {
            Source::Struggle => rules::struggle(&mut self.features, self.now),
            Source::Compare => rules::compare(self.profile.session.items.len(), &self.page.kind),
            Source::Leave => rules::leave(&self.features, self.now, self.layout.viewport[1]),
            Source::Model(_) => Default::default(),
        }
    }

    /// Something happened that may be a head's outcome.
    pub(super) fn reached(&mut self, outcome: &Outcome) {
        for at in 0..self.config.heads.len() {
            let head = &self.config.heads[at];
            if head.outcome != *outcome {
                continue;
            }
            self.outcomes.happened(at, self.now);
            if head.within.is_none()
                && let Some(waited) = self.profile.session.pending.happened(&head.name)
            {
                self.outcomes.came_true(at, &waited.told);
                self.teach(at, waited.logit, &waited.terms, true);
            }
        }
        self.learn();
    }

    fn teach(&mut self, at: usize, logit: f64, terms: &[f64], happened: bool) {
        let head = &self.config.heads[at];
        if head.learns && !self.excluded {
            self.profile.learned.of(head).learn(logit, terms, happened);
        }
    }

    /// The page is hidden or left: what waits on it is settled.
    pub(super) fn settle(&mut self) {
        self.reached(&Outcome::Hidden);
        self.outcomes.settle();
        self.learn();
    }

    /// A session is over: what waited for it did not happen, which was told when it was made.
    pub(super) fn settle_session(&mut self) {
        for waited in core::mem::take(&mut self.profile.ended) {
            let known = self.config.heads.iter().position(|head| head.name == waited.head);
            if let Some(at) = known {
                self.teach(at, waited.logit, &waited.terms, false);
            }
        }
    }

    /// Learns from the forecasts whose outcome is known by now.
    fn learn(&mut self) {
        for at in 0..self.config.heads.len() {
            if let Some((lesson, happened)) = self.outcomes.lesson(at) {
                self.teach(at, lesson.logit, lesson.terms(), happened);
            }
        }
    }

    /// Puts what was counted since the last batch into the outbox.
    pub(super) fn tell_outcomes(&mut self, now: Millis) {
        for (at, head) in self.config.heads.iter().enumerate() {
            let bins = self.outcomes.take(at);
            // A script's outcomes say nothing of people.
            if !bins.is_empty() && !self.excluded {
                let head = self.outbox.name(&head.name);
                self.outbox.push(now, What::Forecast { head, bins });
            }
        }
    }
}
