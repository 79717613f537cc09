//! Why a slot shows what it shows: the whole chain, signals → features → forecasts → conditions →
//! rule → variant, as data and as a sentence.
//!
//! Rules are tried again as they stand at the moment of asking. What a feature did to a forecast is
//! what the log-odds lose when the feature is put back to what is usual (its mean in training, where
//! the model knows one, else 0): occlusion, which holds for any model.

use super::{Engine, Refusal};
use crate::attribute::{Attribute, Attributes, Kind};
use crate::config::Shared;
use crate::config::{Act, Config, Slot};
use crate::feature::{COUNT, NAMES};
use crate::intent::{Head, Source};
use crate::signal::Signal;
use crate::text::{concat, push_number};
use crate::time::{Millis, SECOND};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// Features that are named for a forecast: those that moved it most.
const NAMED: usize = 3;
/// Log-odds below which a feature is not worth naming.
const LEAST: f64 = 0.05;

/// Signals that are counted for explanations, in the order of [`kind_of`].
const KINDS: [&str; 8] = ["move", "scroll", "click", "exit", "form-error", "page", "goal", "fact"];

/// How often each kind of signal came in this page view, and when last.
pub(super) type Heard = [(u32, Millis); KINDS.len()];

fn kind_of(signal: &Signal) -> Option<usize> {
    Some(match signal {
        Signal::Move { .. } => 0,
        Signal::Scroll { .. } => 1,
        Signal::Click { .. } => 2,
        Signal::Exit => 3,
        Signal::FormError => 4,
        Signal::Page(_) => 5,
        Signal::Goal { .. } => 6,
        Signal::Fact { .. } => 7,
        _ => return None,
    })
}

impl Engine {
    /// Counts a signal, for explanations.
    pub(super) fn hear(&mut self, signal: &Signal) {
        if let Some(kind) = kind_of(signal) {
            self.heard[kind] = (self.heard[kind].0 + 1, self.now);
        }
    }

    /// A slot's decision with all that led to it, as it stands now: `signals`, `forecasts` with the
    /// features that moved them, `rules` with what each asked and saw, `attributes`, what the slot
    /// `waits` for, and a `sentence`.
    pub fn explain(&mut self, id: &str) -> Option<Value> {
        let at = self.slot_index(id)?;
        let config = Shared::clone(&self.config);
        let slot = &config.slots[at];
        let mut signals = Vec::new();
        for (name, (count, last)) in KINDS.iter().zip(self.heard) {
            if count > 0 {
                let seconds = (self.now - last) / SECOND;
                let signal = Value::map().with("type", *name).with("count", f64::from(count));
                signals.push(signal.with("secondsAgo", seconds));
            }
        }
        let mut forecasts = Vec::new();
        for attribute in Config::attributes_of(slot) {
            let is_of =
                |head: &&Head| attribute.kind() == Kind::Intent && head.name == attribute.key();
            if let Some(head) = config.heads.iter().find(is_of) {
                forecasts.push(self.forecast_of(head, attribute));
            }
        }
        let (rules, tried) = self.trials(&config, at);
        let mut attributes = Value::map();
        for attribute in Config::attributes_of(slot) {
            attributes.put(attribute.name(), self.known().read(attribute).to_value());
        }
        let decision = self.decision_at(at);
        let sentence = sentence(decision.text("reason").unwrap_or(""), &forecasts);
        Some(
            decision
                .with("signals", signals)
                .with("forecasts", forecasts)
                .with("rules", rules)
                .with("tried", tried as f64)
                .with("attributes", attributes)
                .with("sentence", sentence),
        )
    }

    /// Each rule as it stands: what it asks, and why it is passed over where it is. Says also how
    /// many had their turn.
    fn trials(&self, config: &Config, at: usize) -> (Vec<Value>, usize) {
        let slot: &Slot = &config.slots[at];
        let mut rules = Vec::new();
        let mut tried = slot.rules.len();
        for (position, rule) in slot.rules.iter().enumerate() {
            let outcome = self.consider(config, at, position);
            if outcome.is_ok() && position < tried {
                tried = position + 1;
            }
            let known = self.known();
            let because = match &rule.when {
                Some(when) => when.because(&known),
                None => "it always holds".into(),
            };
            let mut tests = Vec::new();
            rule.when.iter().for_each(|when| when.trials(&known, &mut tests));
            let arm = outcome.map_or(0, |pick| pick.arm);
            let mut trial = Value::map()
                .with("id", rule.id.as_str())
                .with("show", rule.variants[arm].as_str())
                .with("held", outcome != Err(Refusal::When))
                .with("refused", outcome.err().map(Refusal::words))
                .with("because", because)
                .with("tests", tests);
            if !matches!(rule.act, Act::Show) {
                trial.put("variants", Value::texts(&rule.variants));
                trial.put("chance", outcome.is_ok().then(|| self.chance(rule, arm)));
            }
            rules.push(trial);
        }
        (rules, tried)
    }

    /// A forecast and what moved it.
    fn forecast_of(&mut self, head: &Head, attribute: &Attribute) -> Value {
        let mut moved: Vec<(&str, f64, f64)> = Vec::new();
        match &head.source {
            Source::Model(model) => {
                let usual = model.usual();
                let whole = model.logit(&self.vector);
                for at in 0..COUNT {
                    let mut without = self.vector;
                    without[at] = usual[at];
                    moved.push((NAMES[at], self.vector[at], whole - model.logit(&without)));
                }
            }
            // A rule's signs are its features; it has no others.
            source => {
                for (sign, adds) in self.signs(source) {
                    moved.push((sign, adds, adds));
                }
            }
        }
        let mut because = Vec::new();
        for _ in 0..NAMED {
            let mut most: Option<usize> = None;
            for (at, (_, _, by)) in moved.iter().enumerate() {
                if by.abs() > most.map_or(LEAST, |most| moved[most].2.abs()) {
                    most = Some(at);
                }
            }
            let Some(most) = most else { break };
            let (feature, value, by) = moved.swap_remove(most);
            let moved = Value::map().with("feature", feature).with("value", value);
            because.push(moved.with("logOdds", by));
        }
        Value::map()
            .with("intent", head.name.as_str())
            .with("forecast", self.known().read(attribute).to_value())
            .with("because", because)
    }
}

/// The reason, and what the forecasts it rests on were moved by.
fn sentence(reason: &str, forecasts: &[Value]) -> String {
    let mut out = String::from(reason);
    for forecast in forecasts {
        let because = forecast.at("because").items();
        let Some(first) = because.first() else { continue };
        let number = |from: &Value, key: &str| {
            let mut text = String::new();
            push_number(
                &mut text,
                crate::number::round(from.number(key).unwrap_or(0.0) * 100.0) / 100.0,
            );
            text
        };
        let rises = first.number("logOdds").unwrap_or(0.0) > 0.0;
        out.push_str(&concat(&[
            " The forecast ",
            forecast.text("intent").unwrap_or(""),
            " is ",
            &number(forecast, "forecast"),
            if rises { ", raised most by " } else { ", lowered most by " },
            first.text("feature").unwrap_or(""),
            " (",
            &number(first, "value"),
            ").",
        ]));
    }
    out
}
