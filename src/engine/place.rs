//! What is told of a slot: where it is, how much of it is seen, what stands there, what it has no room for.

use super::{Effect, Engine};
use crate::signal::Signal;

impl Engine {
    /// Something was told of a slot.
    pub(super) fn place(&mut self, id: &str, told: &Signal) {
        let Some(at) = self.slot_index(id) else {
            if let Signal::Standing { .. } = told {
                self.effects.push(Effect::default_of(id));
            }
            return;
        };
        let (slot, state) = (&self.config.slots[at], &mut self.slots[at]);
        match told {
            Signal::Seen { share, .. } => state.view(slot, *share, self.visible, self.now),
            // What was forced is not there; what was decided is as it was.
            Signal::Refused { .. } if state.forced.is_some() => return self.let_go(at),
            Signal::Room { fits, .. } if state.forced.is_some() => return self.squeeze(at, *fits),
            Signal::Room { fits, .. } => state.room(*fits),
            Signal::Refused { .. } => {
                state.refuse();
                return;
            }
            Signal::Standing { variant, .. } => {
                state.stand(slot.pick_of(variant));
                if state.shown.is_none() {
                    self.effects.push(Effect::default_of(id));
                }
            }
            _ if !state.present => (state.present, state.arrived) = (true, self.now),
            _ => {}
        }
        self.show(at);
    }
}
