//! A variant that a tester forced on a slot: it stands there whatever the rules say, at once, and
//! leaves nothing behind.
//!
//! What was decided and shown before is kept as it was, and comes back when the slot is let go. So a
//! forced slot changes nothing for others: no rule is tried for it, no exposure told, no limit or
//! budget touched, no arm drawn or taught.

use super::{Effect, Engine};
use crate::signal::Signal;
use crate::slot::State;
use crate::text::{clip, concat};
use alloc::string::String;

/// Why a forced variant stands there.
pub(super) fn reason(variant: &str) -> String {
    concat(&["Forced to show ", variant, ", until it is let go or the page is left."])
}

impl Engine {
    /// Shows a variant in a slot now, whatever was decided; `None` goes back to deciding.
    #[inline(never)]
    pub(super) fn force(&mut self, id: &str, variant: Option<&str>) {
        let Some(at) = self.slot_index(id) else { return };
        let Some(variant) = variant else { return self.let_go(at) };
        let variant: String = clip(variant, crate::wire::MAX_NAME_BYTES).into();
        (self.slots[at].forced, self.slots[at].squeezed) = (Some(variant.clone()), false);
        self.effects.push(Effect::Show { slot: id.into(), variant });
        self.effects.push(Effect::Decided(at));
    }

    /// Ends it, if a variant is forced there: what stood before stands again, and rules decide.
    pub(super) fn let_go(&mut self, at: usize) {
        let (slot, state) = (&self.config.slots[at], &mut self.slots[at]);
        if state.forced.take().is_some() {
            state.since = state.since.map(|_| self.now);
            // Without a reason yet, so that listeners hear of it whatever is decided.
            state.reason.clear();
            let variant = slot.variant(state.shown).into();
            self.effects.push(Effect::Show { slot: slot.id.clone(), variant });
            self.decide(true);
        }
    }

    /// What is forced had no room, or may try again: nothing in view moves for a tester either.
    pub(super) fn squeeze(&mut self, at: usize, fits: bool) {
        let (slot, state) = (&self.config.slots[at], &mut self.slots[at]);
        let forced = state.forced.clone().filter(|_| fits);
        let variant = forced.unwrap_or_else(|| slot.variant(state.shown).into());
        state.squeezed = !fits;
        self.effects.push(Effect::Show { slot: slot.id.clone(), variant });
        self.effects.push(Effect::Decided(at));
    }

    /// What is forced, for an engine that takes this one's place on the same page.
    pub fn forced(&self) -> impl Iterator<Item = Signal> {
        let of = |state: &State| state.forced.clone();
        self.config.slots.iter().zip(&self.slots).filter_map(move |(slot, state)| {
            let variant = Some(of(state)?);
            Some(Signal::Force { slot: slot.id.clone(), variant })
        })
    }
}
