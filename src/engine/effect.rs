//! What goes in once, and what comes out: the start, the effects, the engine's own figures.

use crate::id::Id;
use crate::slot::DEFAULT;
use crate::time::{Millis, Origin};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// What the host tells the engine once.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Start {
    /// All chance follows from this.
    pub seed: u64,
    /// The page's clock now.
    pub now: Millis,
    /// The wall's clock.
    pub origin: Origin,
    /// The device and language, as attributes.
    pub device: Value,
    /// Whether batches are wanted at all.
    pub collect: bool,
    /// What a page or a tester forces, and the page's address; see [`crate::experiment::Overrides`].
    pub overrides: Value,
    /// Parts of the module that are not there; see [`crate::part`].
    pub without: u8,
}

/// What the host must do.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Show a variant in a slot.
    Show {
        /// The slot.
        slot: String,
        /// The variant.
        variant: String,
    },
    /// Keep [`Engine::snapshot`].
    Persist,
    /// Claim an interruption for a slot, alone among all tabs: merge what others have claimed, then
    /// hand in [`crate::signal::Signal::Grant`].
    Claim {
        /// The slot.
        slot: String,
    },
    /// Send a batch.
    Send {
        /// Its id.
        id: Id,
        /// The encoded batch.
        bytes: Vec<u8>,
        /// Events that are lost with it: its own, and those that it says were dropped.
        events: u32,
        /// The page may be gone in a moment.
        urgent: bool,
    },
    /// Tell listeners: a slot was decided anew; its position in the config.
    Decided(usize),
    /// Tell listeners: forecasts were made, for this moment.
    Forecast(Millis),
    /// Tell listeners: what a slot shows was seen; its position in the config.
    Exposed(usize),
    /// Tell listeners: a goal was reached.
    Reached {
        /// Its name.
        name: String,
        /// Its worth.
        value: f64,
    },
}

impl Effect {
    /// Puts a slot's default back.
    pub(super) fn default_of(slot: &str) -> Effect {
        Effect::Show { slot: slot.into(), variant: DEFAULT.into() }
    }
}

/// Figures about the engine's own work.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    /// Signals taken.
    pub signals: u64,
    /// Rounds of forecasts.
    pub forecasts: u64,
}
