//! What is kept between page views, and what other tabs kept.

use super::{Engine, Start};
use crate::bandit::{Awaiting, Posteriors};
use crate::experiment::{Overrides, Sticky};
use crate::part;
use crate::profile::Profile;
use crate::reading::Reading;
use crate::value::Value;
use alloc::vec::Vec;

/// Bytes of a snapshot as JSON, with every list full and every name as long as it may be.
pub const MAX_SNAPSHOT: usize = 96 * 1024;
/// Where a snapshot keeps decisions that wait for their reward, and what rewards taught.
const AWAITING: &str = "awaiting";
const POSTERIORS: &str = "posteriors";
/// And what experiments assigned.
const STICKY: &str = "sticky";

/// What a snapshot knows of choices by chance; assignments that a tester gives come on top.
pub(super) fn choices(snapshot: &Value, start: &Start) -> (Awaiting, Posteriors, Sticky) {
    let mut kept = (Awaiting::default(), Posteriors::default(), Sticky::default());
    if start.without & part::LEARN == 0 {
        learned(snapshot, &mut kept.0, &mut kept.1);
    }
    if start.without & part::EXPERIMENT == 0 {
        assigned(snapshot.at(STICKY), start.overrides.at("stickyBuckets"), &mut kept.2);
    }
    kept
}

/// What a page or a tester forces.
pub(super) fn forced(start: &Start) -> Overrides {
    if start.without & part::EXPERIMENT == 0 {
        return Overrides::read(&start.overrides, &mut Reading::default());
    }
    // An experiment that the page brings later still asks for the address.
    let url = start.overrides.text("url").unwrap_or("").into();
    Overrides { url, ..Overrides::default() }
}

/// A seam: what a part of the module knows how to read.
#[inline(never)]
fn learned(snapshot: &Value, awaiting: &mut Awaiting, posteriors: &mut Posteriors) {
    awaiting.merge(Awaiting::from_value(snapshot.at(AWAITING)));
    posteriors.merge(Posteriors::from_value(snapshot.at(POSTERIORS)));
}

/// A seam, like `learned`.
#[inline(never)]
fn assigned(kept: &Value, forced: &Value, sticky: &mut Sticky) {
    sticky.merge(&Sticky::from_value(kept));
    sticky.add(forced);
}

impl Engine {
    /// What to keep until the next page view.
    pub fn snapshot(&self) -> Value {
        self.snapshot_of(&self.profile)
    }

    /// The same with another state of the profile.
    pub(super) fn snapshot_of(&self, profile: &Profile) -> Value {
        let profile = profile.to_value();
        let [mut awaiting, mut posteriors, mut sticky] = [const { Value::List(Vec::new()) }; 3];
        if self.has(part::LEARN) {
            (awaiting, posteriors) = self.taught();
        }
        if self.has(part::EXPERIMENT) {
            sticky = self.assignments();
        }
        profile.with(AWAITING, awaiting).with(POSTERIORS, posteriors).with(STICKY, sticky)
    }

    /// Parts of the module that are not there.
    pub fn without(&self) -> u8 {
        self.without
    }

    /// Parts of the module have come, of which nothing was kept before.
    pub fn have(&mut self, parts: u8) {
        self.without &= !parts;
    }

    /// Whether this part of the module is there.
    pub(super) fn has(&self, part: u8) -> bool {
        self.without & part == 0
    }

    #[inline(never)]
    fn taught(&self) -> (Value, Value) {
        (self.awaiting.to_value(), self.posteriors.to_value())
    }

    #[inline(never)]
    fn assignments(&self) -> Value {
        self.sticky.borrow().to_value()
    }

    /// Another tab kept this.
    pub(super) fn merge(&mut self, snapshot: &Value) {
        if snapshot.text("visitor") == Some(&self.visitor) {
            if self.has(part::LEARN) {
                learned(snapshot, &mut self.awaiting, &mut self.posteriors);
            }
            if self.has(part::EXPERIMENT) {
                assigned(snapshot.at(STICKY), &Value::Null, &mut self.sticky.borrow_mut());
            }
        }
        if self.profile.merge(snapshot) {
            self.decide(true);
        }
    }
}
