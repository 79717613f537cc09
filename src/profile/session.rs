//! The present visit, as far as it is remembered between its pages.

use super::MAX_ITEMS;
use crate::feature::{Stays, Totals};
use crate::id::Id;
use crate::intent::pending::Pendings;
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes of the names of items, for each of [`MAX_ITEMS`].
const EACH_ITEM: usize = 64;

/// The present visit. The large stands last: the first 128 bytes are reached by a byte less.
#[derive(Clone, PartialEq, Debug, Default)]
#[repr(C)]
pub struct Session {
    /// Its identifier.
    pub id: Id,
    /// The last signal, ms since 1970.
    pub last: f64,
    /// When it began, ms since 1970.
    pub began: f64,
    /// Page views so far.
    pub pages: u32,
    /// Clicks so far.
    pub clicks: u32,
    /// The highest automation score so far, in percent; see [`crate::automation`].
    pub automation: f64,
    /// Different items seen.
    pub items: Vec<String>,
    /// Forecasts that wait for the session's end.
    pub pending: Pendings,
    /// Pages and seconds by class.
    pub totals: Totals,
    /// Dwell by tag.
    pub stays: Stays,
}

impl Session {
    /// Adds an item where it is new, and says whether it was; the oldest gives way.
    pub fn see(&mut self, item: &str) -> bool {
        if item.is_empty() || self.items.iter().any(|known| known == item) {
            return false;
        }
        self.items.push(item.into());
        let mut bytes: usize = self.items.iter().map(String::len).sum();
        while self.items.len() > MAX_ITEMS || bytes > MAX_ITEMS * EACH_ITEM {
            bytes -= self.items.remove(0).len();
        }
        true
    }
}
