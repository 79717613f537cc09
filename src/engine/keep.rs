//! What is kept between page views, and what other tabs kept.

use super::{Engine, Start};
use crate::bandit::{Awaiting, Posteriors};
use crate::experiment::Sticky;
use crate::profile::Profile;
use crate::value::Value;

/// Bytes of a snapshot as JSON, with every list full and every name as long as it may be.
pub const MAX_SNAPSHOT: usize = 96 * 1024;
/// Where a snapshot keeps decisions that wait for their reward, and what rewards taught.
const AWAITING: &str = "awaiting";
const POSTERIORS: &str = "posteriors";
/// And what experiments assigned.
const STICKY: &str = "sticky";

/// What a snapshot knows of choices by chance; assignments that a tester gives come on top.
pub(super) fn choices(snapshot: &Value, start: &Start) -> (Awaiting, Posteriors, Sticky) {
    let mut sticky = Sticky::from_value(snapshot.at(STICKY));
    sticky.add(start.overrides.at("stickyBuckets"));
    let awaiting = Awaiting::from_value(snapshot.at(AWAITING));
    (awaiting, Posteriors::from_value(snapshot.at(POSTERIORS)), sticky)
}

impl Engine {
    /// What to keep until the next page view.
    pub fn snapshot(&self) -> Value {
        self.snapshot_of(&self.profile)
    }

    /// The same with another state of the profile.
    pub(super) fn snapshot_of(&self, profile: &Profile) -> Value {
        let profile = profile.to_value();
        let profile = profile.with(AWAITING, self.awaiting.to_value());
        let profile = profile.with(POSTERIORS, self.posteriors.to_value());
        profile.with(STICKY, self.sticky.borrow().to_value())
    }

    /// Another tab kept this.
    pub(super) fn merge(&mut self, snapshot: &Value) {
        if snapshot.text("visitor") == Some(&self.visitor) {
            self.awaiting.merge(Awaiting::from_value(snapshot.at(AWAITING)));
            self.posteriors.merge(Posteriors::from_value(snapshot.at(POSTERIORS)));
            self.sticky.borrow_mut().merge(&Sticky::from_value(snapshot.at(STICKY)));
        }
        if self.profile.merge(snapshot) {
            self.decide(true);
        }
    }
}
