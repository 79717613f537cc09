//! A slot as the config declares it: its rules, and how it shows what they say.

use super::rule::{self, Rule};
use super::{MAX_CONFIG_SLOTS, within};
use crate::experiment::Experiments;
use crate::gate::GateSet;
use crate::limit::{Key, Limits};
use crate::payload::Payload;
use crate::reading::Reading;
use crate::time::{HOUR, Millis, SECOND};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// The variant that stands in the page itself.
pub const DEFAULT: &str = "default";
/// How much of a slot must be in view, where the config does not say.
pub const SEEN_SHARE: f64 = 0.5;
/// For how long.
pub const SEEN_TIME: Millis = SECOND;
/// How far past its threshold a forecast has to be before the rule in force gives way.
pub const DEFAULT_HYSTERESIS: f64 = 0.05;

/// When a slot may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Swap {
    /// Only while it is out of view.
    #[default]
    BeforeSeen,
    /// At once.
    Now,
    /// After half a second without input.
    Idle,
    /// Only at the start of a page view.
    NextPage,
}

const SWAPS: [(&str, Swap); 4] = [
    ("before-seen", Swap::BeforeSeen),
    ("now", Swap::Now),
    ("idle", Swap::Idle),
    ("next-page", Swap::NextPage),
];

/// What was chosen for a slot: one of its rules, and one of that rule's variants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pick {
    /// The rule, as its position.
    pub rule: usize,
    /// The variant, as its position.
    pub arm: usize,
}

/// One slot.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Its name.
    pub id: String,
    /// Tried in order; the first that holds wins.
    pub rules: Vec<Rule>,
    /// When it may change.
    pub swap: Swap,
    /// Whether it takes the visitor's attention, and so needs an interruption of the budget.
    pub interrupts: bool,
    /// While one of these gates is closed it does not change.
    pub not_now: GateSet,
    /// Bounds on all it shows but its default.
    pub limits: Limits,
    /// Under what its exposures are counted.
    pub tallied: Key,
    /// −100 to 100: who wins a conflict, or the last interruption.
    pub priority: f64,
    /// How much of it must be in view to count as seen.
    pub share: f64,
    /// For how long.
    pub time: Millis,
    /// How far forecasts must be past a rule in force before it gives way.
    pub hysteresis: f64,
    /// For so long after a change it does not change again.
    pub hold: Millis,
    /// It has a mistake of its own, so it shows its default and nothing else.
    pub broken: bool,
}

impl Slot {
    /// A slot without rules.
    pub fn new(id: &str) -> Slot {
        Slot {
            id: id.into(),
            rules: Vec::new(),
            swap: Swap::default(),
            interrupts: false,
            not_now: GateSet::DEFAULT,
            limits: Limits::new(true),
            tallied: Key::of(&[id]),
            priority: 0.0,
            share: SEEN_SHARE,
            time: SEEN_TIME,
            hysteresis: DEFAULT_HYSTERESIS,
            hold: 0.0,
            broken: false,
        }
    }

    /// The variant of one of its rules.
    pub fn variant(&self, pick: Option<Pick>) -> &str {
        pick.map_or(DEFAULT, |pick| &self.rules[pick.rule].variants[pick.arm])
    }

    /// The first of its rules that may show this variant.
    pub fn pick_of(&self, variant: &str) -> Option<Pick> {
        for (rule, of) in self.rules.iter().enumerate() {
            if let Some(arm) = of.variants.iter().position(|name| name == variant) {
                return Some(Pick { rule, arm });
            }
        }
        None
    }
}

pub(super) fn read_all(
    value: &Value,
    experiments: &Experiments,
    slots: &mut Vec<Slot>,
    reading: &mut Reading,
) {
    if value.entries().len() > MAX_CONFIG_SLOTS {
        return reading.mistake(&["more than 256 slots"]);
    }
    reading.fields(value, "an object", "", &mut |id, value, reading| {
        slots.push(read(id, value, experiments, reading));
        true
    });
}

/// A slot with a mistake of its own keeps its default: without its limits it might show too much.
fn read(id: &str, value: &Value, experiments: &Experiments, reading: &mut Reading) -> Slot {
    let mut slot = Slot::new(id);
    let mut rules = Vec::new();
    let (before, mut of_rules) = (reading.count(), 0);
    let mut not_now = None;
    let known =
        "rules, templates, swap, limits, interrupts, notNow, priority, exposure, hysteresis, hold";
    reading.fields(value, "an object", known, &mut |key, value, reading| {
        match key {
            "swap" => match SWAPS.iter().find(|(word, _)| Some(*word) == value.as_str()) {
                Some((_, swap)) => slot.swap = *swap,
                None => reading.mistake(&["expected one of before-seen, now, idle, next-page"]),
            },
            "rules" => {
                let before = reading.count();
                rule::read_all(id, value, experiments, &mut rules, reading);
                of_rules = reading.count() - before;
            }
            // The stage reads these (js/src/slots/template.ts).
            "templates" => reading.fields(value, "an object", "", &mut |_, value, reading| {
                if value.as_str().is_none() {
                    reading.expected("HTML as a text", value);
                }
                true
            }),
            "limits" => slot.limits = Limits::read(value, true, reading),
            "interrupts" => match value.as_bool() {
                Some(interrupts) => slot.interrupts = interrupts,
                None => reading.expected("true or false", value),
            },
            "notNow" => not_now = Some(GateSet::read(value, reading)),
            "priority" => within(value, -100.0, 100.0, &mut slot.priority, reading),
            "exposure" => exposure(value, &mut slot, reading),
            "hysteresis" => within(value, 0.0, 0.5, &mut slot.hysteresis, reading),
            "hold" => {
                slot.hold = crate::reading::duration(value, reading);
                if slot.hold > HOUR {
                    reading.mistake(&["expected at most \"1h\""]);
                }
            }
            _ => return false,
        }
        true
    });
    let usual = if slot.interrupts { GateSet::ALL } else { GateSet::DEFAULT };
    slot.not_now = not_now.unwrap_or(usual);
    slot.broken = reading.count() - before > of_rules;
    if !slot.broken {
        slot.rules = rules;
    }
    slot
}

fn exposure(value: &Value, slot: &mut Slot, reading: &mut Reading) {
    reading.fields(value, "an object", "share, seconds", &mut |key, value, reading| {
        match key {
            "share" => within(value, 0.1, 1.0, &mut slot.share, reading),
            "seconds" => {
                let mut seconds = slot.time / SECOND;
                within(value, 0.0, 60.0, &mut seconds, reading);
                slot.time = seconds * SECOND;
            }
            _ => return false,
        }
        true
    });
}

/// Slots without rules of their own take the value of the feature of their name; a payload that
/// comes without slots makes one of each feature.
#[inline(never)]
pub(super) fn from_features(slots: &mut Vec<Slot>, payload: &Payload, has_slots: bool) {
    if !has_slots {
        for feature in payload.features().iter().take(MAX_CONFIG_SLOTS) {
            slots.push(Slot::new(feature.key()));
        }
    }
    for slot in slots.iter_mut().filter(|slot| slot.rules.is_empty() && !slot.broken) {
        if let Some(at) = payload.index(&slot.id) {
            slot.rules.push(rule::of_feature(&slot.id, at, &payload.features()[at]));
        }
    }
}

/// Positions of the slots, those with the higher priority first.
pub(super) fn by_priority(slots: &[Slot]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    for (at, slot) in slots.iter().enumerate() {
        // Into its place: a sort brings a kilobyte.
        let behind = |other: &usize| slots[*other].priority < slot.priority;
        let place = order.iter().position(behind).unwrap_or(order.len());
        order.insert(place, at);
    }
    order
}
