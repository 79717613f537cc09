//! `GET /v1/report/attention`: what was looked at, page by page and slot by slot.
//!
//! Made of sums alone: pages tell how far they were scrolled and how long the cursor stayed in a slot,
//! never where it was.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::rows::{Met, Scroll};

/// The most pages, those with the most views: a site may have a path for each product.
pub const MAX_PAGES: usize = 100;
/// The most slots of a page, those with the most exposures.
pub const MAX_SLOTS: usize = 64;
/// Depths that pages tell, in percent.
const DEPTHS: [u64; 4] = [25, 50, 75, 100];

/// What `GET /v1/report/attention` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attention {
    /// ms since 1970.
    pub generated_at: u64,
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970.
    pub to: u64,
    /// Most views first.
    pub pages: Vec<Page>,
}

/// A page, by its kind or path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// Its kind, or its path where it has none; empty where it is not known.
    pub page: String,
    /// Views that began in the window.
    pub views: u64,
    /// By depth in percent: the share of views that were scrolled so far.
    pub scroll: BTreeMap<String, f64>,
    /// By name.
    pub slots: Vec<Slot>,
}

/// A slot on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    /// Its name.
    pub slot: String,
    /// Times it was seen.
    pub exposures: u64,
    /// By so many.
    pub visitors: u64,
    /// How long cursors stayed in it: ms.
    pub dwell_ms: u64,
    /// Clicks in it.
    pub clicks: u64,
    /// Of these, in a burst.
    pub rage: u64,
    /// Of these, on nothing that answers.
    pub dead: u64,
    /// Times it was dismissed.
    pub dismissals: u64,
}

/// Gathers rows into pages; of one page where `page` names it.
pub fn gather(times: [u64; 3], met: &[Met], scrolls: &[Scroll], page: Option<&str>) -> Attention {
    let [generated_at, from, to] = times;
    let is_asked = |name: &Arc<str>| page.is_none_or(|page| **name == *page);
    let mut pages: BTreeMap<&str, Page> = BTreeMap::new();
    let empty = |page: &str| Page {
        page: page.to_owned(),
        views: 0,
        scroll: BTreeMap::new(),
        slots: Vec::new(),
    };
    let mut depths: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for row in scrolls.iter().filter(|row| is_asked(&row.page)) {
        let page = pages.entry(&row.page).or_insert_with(|| empty(&row.page));
        if row.percent == 0 {
            page.views = row.views;
        }
        for (depth, seen) in DEPTHS.iter().zip(depths.entry(&row.page).or_default()) {
            // Who came further came this far, also where the earlier mark fell before the window.
            if row.percent >= *depth {
                *seen = (*seen).max(row.views);
            }
        }
    }
    for row in met.iter().filter(|row| is_asked(&row.page)) {
        let [exposures, visitors, dwell_ms, clicks, rage, dead, dismissals] = row.counts;
        let slot = row.slot.to_string();
        pages.entry(&row.page).or_insert_with(|| empty(&row.page)).slots.push(Slot {
            slot,
            exposures,
            visitors,
            dwell_ms,
            clicks,
            rage,
            dead,
            dismissals,
        });
    }
    for (name, page) in &mut pages {
        let seen = depths.get(name).copied().unwrap_or_default();
        // A view that began before the window may have been scrolled within it.
        let share = |seen: u64| {
            if page.views > 0 { (seen as f64 / page.views as f64).min(1.0) } else { 0.0 }
        };
        page.scroll =
            DEPTHS.iter().zip(seen).map(|(depth, seen)| (depth.to_string(), share(seen))).collect();
        page.slots.sort_by(|one, other| {
            other.exposures.cmp(&one.exposures).then(one.slot.cmp(&other.slot))
        });
        page.slots.truncate(MAX_SLOTS);
        page.slots.sort_by(|one, other| one.slot.cmp(&other.slot));
    }
    let mut pages: Vec<Page> = pages.into_values().collect();
    pages.sort_by(|one, other| other.views.cmp(&one.views).then(one.page.cmp(&other.page)));
    pages.truncate(MAX_PAGES);
    Attention { generated_at, from, to, pages }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scroll(page: &str, percent: u64, views: u64) -> Scroll {
        Scroll { page: page.into(), percent, views }
    }

    #[test]
    fn depths_are_shares_of_views_and_never_rise() {
        let scrolls = [
            scroll("home", 0, 10),
            scroll("home", 25, 6),
            scroll("home", 50, 7),
            scroll("home", 100, 1),
            scroll("product", 0, 40),
        ];
        let met = [Met { page: "home".into(), slot: "hero".into(), counts: [9, 8, 7, 6, 5, 4, 3] }];
        let told = gather([3, 1, 2], &met, &scrolls, None);
        let pages: Vec<&str> = told.pages.iter().map(|page| page.page.as_str()).collect();
        assert_eq!(pages, ["product", "home"]);
        let shares: Vec<f64> =
            DEPTHS.iter().map(|depth| told.pages[1].scroll[&depth.to_string()]).collect();
        assert_eq!(shares, [0.7, 0.7, 0.1, 0.1]);
        assert_eq!((told.pages[1].slots[0].rage, told.pages[1].slots[0].dismissals), (5, 3));
        assert_eq!(gather([3, 1, 2], &met, &scrolls, Some("product")).pages.len(), 1);
        assert!(gather([3, 1, 2], &met, &scrolls, Some("cart")).pages.is_empty());
    }
}
