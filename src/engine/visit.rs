//! The visit: pages and seconds by class, dwell by tag, and what a vector is told of them.

use super::Engine;
use crate::feature::window::CELL;
use crate::feature::{Features, PageClass, Told};
use crate::layout::MAX_TAGS;
use crate::number::{clamp, min};
use crate::profile::SESSION_GAP;
use crate::time::SECOND;

impl Engine {
    /// What the vector is told beyond the signals of its page view.
    pub(super) fn told(&self) -> Told {
        let mut totals = self.profile.session.totals;
        totals.new = self.profile.visits <= 1.0;
        totals.returning = !totals.new;
        totals.weekend = matches!(self.origin.weekday(self.now) as u8, 0 | 6);
        totals.special_day = clamp(self.attributes.number("specialDay").unwrap_or(0.0), 0.0, 1.0);
        let tag_dwell = self.profile.session.stays.most(&self.page.tags);
        Told { totals, habit: self.profile.habit, tag_dwell }
    }

    /// The features of a page view that begins now.
    pub(super) fn afresh(&self) -> Features {
        let touched = self.device.get("touch").and_then(crate::value::Value::as_bool);
        let mut features = Features::new(self.now);
        features.touch = crate::feature::Touch::new(touched.unwrap_or(false));
        features
    }

    /// A page is opened, and counts.
    pub(super) fn open_page(&mut self) {
        let class = PageClass::of(&self.page.kind) as usize;
        self.profile.session.totals.pages[class] += 1.0;
        self.profile.session.stays.begin();
        self.look(self.visible);
    }

    /// The page is looked at from now on, or no longer. Only then its seconds count: the UCI data
    /// that the session features are from knows the time between two requests, so the page that is
    /// open counts nothing until it is left or hidden. A page that was left alone counts no longer
    /// than a session's gap.
    pub(super) fn look(&mut self, visible: bool) {
        if let Some(opened) = self.opened {
            let class = PageClass::of(&self.page.kind) as usize;
            let seconds = min(self.now - opened, SESSION_GAP) / SECOND;
            self.profile.session.totals.seconds[class] += seconds;
        }
        self.opened = visible.then_some(self.now);
    }

    /// A new session begins on the page that is open: it is that session's first page.
    pub(super) fn renew(&mut self, wall: f64) {
        self.profile.renew(wall, &mut self.rng);
        if self.has(crate::part::LEARN) {
            self.awaiting.renew();
        }
        self.happened(&["visit"]);
        self.moved = true;
        self.automation.renew();
        self.settle_session();
        if self.opened.is_some() {
            self.opened = None;
            self.open_page();
        }
    }

    /// The time since the last forecast was spent with the tags of the page, and of the slot that
    /// the cursor is in. Dwell adds to interests.
    pub(super) fn dwell(&mut self) {
        let slot = self.features.dwell.slot().filter(|_| self.features.pointer.exit().is_none());
        let region = slot.and_then(|slot| self.layout.regions().get(slot));
        let page = &self.page.tags[..self.page.tags.len().min(MAX_TAGS)];
        let slot = region.map_or(&[][..], |region| &region.tags);
        let wall = self.origin.wall(self.now);
        for (tags, told) in [(page, &[][..]), (slot, page)] {
            for tag in tags {
                if !told.contains(tag) && self.profile.session.stays.add(tag, CELL) {
                    self.profile.dwelt(tag, wall);
                }
            }
        }
    }
}
