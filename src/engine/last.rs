//! What would be decided if a page view began now: what the loader may show before there is a core.
//!
//! Nothing is forecast at that moment and no slot is considered, so a rule that asks for either is
//! not in force then; where one holds without them, nothing is foretold of its slot. What is foretold
//! says for how long, and where else, it is right.

use super::{Engine, Refusal};
use crate::attribute::Kind;
use crate::condition::{Condition, Node};
use crate::config::{Act, Config, Member, Pick};
use crate::intent::MAX_HEADS;
use crate::known::Known;
use crate::slot::State;
use crate::value::Value;
use alloc::vec::Vec;

const NOTHING: [f64; MAX_HEADS] = [0.0; MAX_HEADS];

/// What the rules of a slot ask for.
#[derive(Clone, Copy, Default)]
struct Asks {
    /// Something of this moment.
    moment: bool,
    /// Something that is another at the next visit, or that time changes.
    visit: bool,
    /// Something of this page.
    here: bool,
}

impl Asks {
    fn read(&mut self, condition: &Condition) {
        condition.each(&mut |node| match node {
            Node::On(attribute, _) => self.of(attribute.kind()),
            Node::History(history) => {
                let mut events = history.events.iter().chain(&history.since);
                self.visit |= history.within.is_some() || events.any(|event| event == "visit");
            }
            _ => {}
        });
    }

    fn of(&mut self, kind: Kind) {
        match kind {
            Kind::Intent
            | Kind::IntentTop
            | Kind::Focus
            | Kind::PageReferrer
            | Kind::SessionPages
            | Kind::SessionSeconds
            | Kind::SessionClicks => self.moment = true,
            Kind::SessionItems
            | Kind::Hour
            | Kind::Weekday
            | Kind::HistoryAge
            | Kind::Journey
            | Kind::JourneySeconds => self.visit = true,
            Kind::PagePath | Kind::PageKind | Kind::PageItem | Kind::PageTitle | Kind::PageTags => {
                self.here = true;
            }
            _ => {}
        }
    }
}

impl Engine {
    /// What each slot would show if a page view began now: `[{ slot, variant, visit, here }]`.
    /// `visit`: no longer than this visit; `here`: only on this page.
    pub fn lasting(&self) -> Value {
        let mut lasting = Vec::new();
        for (at, slot) in self.config.slots.iter().enumerate() {
            let (pick, asks) = self.opening(&self.config, at);
            let value = Value::map().with("slot", slot.id.as_str());
            let value = value.with("variant", slot.variant(pick));
            lasting.push(value.with("visit", asks.visit).with("here", asks.here));
        }
        Value::List(lasting)
    }

    fn opening(&self, config: &Config, at: usize) -> (Option<Pick>, Asks) {
        let slot = &config.slots[at];
        let known = Known { forecasts: &NOTHING, focus: None, ..self.known() };
        let state = State::default();
        let mut asks = Asks::default();
        // An interruption is claimed, and only a core can claim.
        if slot.interrupts || self.excluded {
            return (None, asks);
        }
        for (position, rule) in slot.rules.iter().enumerate() {
            rule.when.iter().for_each(|when| asks.read(when));
            let mut read = |condition: &Condition| asks.read(condition);
            let more = match &rule.act {
                Act::Test(test) => test.asks(&mut read),
                Act::Feature(at, _) => config.payload.features()[*at].asks(&mut read),
                _ => false,
            };
            asks.here |= more;
            asks.visit |= rule.schedule.is_some() || matches!(rule.act, Act::Learn(_));
            let pick = match self.consider_as(config, at, position, &state, &known) {
                Ok(pick) => pick,
                Err(Refusal::Undrawn | Refusal::Exclusive) => return (None, asks),
                Err(refusal) => {
                    asks.visit |= matches!(refusal, Refusal::Limit(_));
                    asks.moment = false;
                    continue;
                }
            };
            let set = rule.not_now.unwrap_or(slot.not_now);
            let is_member =
                |group: &Vec<Member>| group.iter().any(|member| member.is(at, slot, pick));
            let is_unsure = asks.moment
                || config.exclusive.iter().any(is_member)
                || set.has("reduced-motion")
                    && self.device.at("reducedMotion").as_bool() == Some(true);
            return (Some(pick).filter(|_| !is_unsure), asks);
        }
        (None, asks)
    }
}
