//! Human or machine: what becomes of a session that looks automated.
//!
//! The score is [`crate::automation`]'s; here it stays with the session, and with the config's
//! consent the session is kept out: the default content, and no forecast counted.

use super::{Effect, Engine};
use crate::automation::MACHINE;
use crate::config::Machines;

impl Engine {
    pub(super) fn is_machine(&self) -> bool {
        self.profile.session.automation >= MACHINE && self.config.machines == Machines::Default
    }

    /// The session's score only rises; where it makes a machine of it, all is decided anew.
    pub(super) fn judge(&mut self) {
        let score = &mut self.profile.session.automation;
        let percent = self.automation.percent();
        if percent > *score {
            *score = percent;
        }
        let excluded = self.is_machine();
        if excluded != self.excluded {
            self.excluded = excluded;
            self.profile.session.pending = Default::default();
            self.awaiting.clear();
            self.slots.iter_mut().for_each(|slot| slot.reason.clear());
            self.effects.push(Effect::Persist);
            self.decide(true);
        }
    }
}
