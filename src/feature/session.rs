//! The visit as a whole: pages and seconds by what the page is for.
//!
//! These are the browser-observable inputs ("set D") of the UCI Online Shoppers data (Sakar et al.
//! 2019), with the same formulas, so that a model trained on that data finds here what it learned
//! from. Pure arithmetic on a struct of totals: the engine fills it, and so does the trainer.

use super::filling::Filling;
use crate::number::max;
use crate::text::cut;
use core::ops::Range;

/// Where the session's features stand in the table.
pub const SESSION: Range<u8> = 32..47;

/// What a page is for, as the UCI data divides a shop's pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PageClass {
    /// The visitor's own business with the shop: account, cart, order.
    Administrative,
    /// What the shop says: help, contact, articles.
    Informational,
    /// The catalogue.
    Product,
}

/// Words of `data-unspoken-page` that are not the catalogue's.
const ADMINISTRATIVE: &str = "account admin basket cart checkout login logout order orders payment \
     profile register settings wishlist ";
const INFORMATIONAL: &str = "about article blog careers contact faq guide help imprint info legal \
     news press privacy returns shipping support terms ";

/// Whether a list, each of whose words ends in a blank, has the word.
fn has(list: &str, word: &str) -> bool {
    let mut rest = list;
    while let Some((first, after)) = cut(rest, b' ') {
        if first == word {
            return true;
        }
        rest = after;
    }
    false
}

impl PageClass {
    /// The class of a kind of page as the site names it. What is unknown, empty or `home` counts
    /// as product-related: of the UCI sessions 99.7 % have such a page, entry pages among them, and
    /// nine pages in ten are of this class, so no other guess is as often right.
    pub fn of(kind: &str) -> PageClass {
        if has(ADMINISTRATIVE, kind) {
            PageClass::Administrative
        } else if has(INFORMATIONAL, kind) {
            PageClass::Informational
        } else {
            PageClass::Product
        }
    }
}

/// Totals of a session, by [`PageClass`].
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Totals {
    /// Pages so far, the open one among them.
    pub pages: [f64; 3],
    /// Seconds on pages that were left or hidden: as in the UCI data, which knows only the time
    /// between two requests, the page that is open counts nothing yet.
    pub seconds: [f64; 3],
    /// The first session of this profile.
    pub new: bool,
    /// A later one. The UCI data has a third kind of visitor, for whom both are false.
    pub returning: bool,
    /// Saturday or Sunday.
    pub weekend: bool,
    /// Nearness of a gift day, 0 to 1.
    pub special_day: f64,
}

impl Totals {
    /// Takes what another tab of the session counted: of each number the higher.
    pub fn merge(&mut self, other: &Totals) {
        for class in 0..3 {
            self.pages[class] = max(self.pages[class], other.pages[class]);
            self.seconds[class] = max(self.seconds[class], other.seconds[class]);
        }
    }

    /// The session features, in the order of the table.
    pub fn features(&self) -> [f64; 15] {
        let mut out = Filling::from(SESSION.start as usize);
        self.fill(&mut out);
        let vector = out.into_vector();
        core::array::from_fn(|at| vector[SESSION.start as usize + at])
    }

    /// Puts the same into a vector.
    pub(super) fn fill(&self, out: &mut Filling) {
        let ([adm, inf, prod], [adm_s, inf_s, prod_s]) = (self.pages, self.seconds);
        let (pages, seconds) = (adm + inf + prod, adm_s + inf_s + prod_s);
        for total in [adm, adm_s, inf, inf_s, prod, prod_s, pages, seconds] {
            out.ln(total);
        }
        let least = max(pages, 1.0);
        out.ln(seconds / least);
        out.put(prod / least);
        out.ln(prod_s / max(prod, 1.0));
        for flag in [self.new, self.returning, self.weekend] {
            out.flag(flag);
        }
        out.put(self.special_day);
    }
}

/// About the mean and the deviation of each of [`Totals::features`] in the UCI sessions, rounded:
/// what a head that has no model of its own yet is standardised by. Terms of about mean 0 can be
/// learned one by one; far from it each would have to undo the others.
pub const SCALE: [[f64; 2]; 15] = [
    [1.0, 1.0],
    [2.5, 2.5],
    [0.2, 0.5],
    [0.8, 2.0],
    [3.0, 1.0],
    [6.0, 2.0],
    [3.0, 1.0],
    [6.0, 2.0],
    [3.3, 1.0],
    [0.9, 0.15],
    [3.2, 1.0],
    [0.15, 0.35],
    [0.85, 0.35],
    [0.25, 0.4],
    [0.05, 0.2],
];

#[cfg(test)]
mod tests {
    use super::super::ln;
    use super::*;

    #[test]
    fn a_session_without_pages_divides_by_one() {
        let features = Totals { seconds: [0.0, 0.0, 9.0], ..Totals::default() }.features();
        assert_eq!((features[8], features[9], features[10]), (ln(9.0), 0.0, ln(9.0)));
        assert!(features.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn kinds_have_a_class_and_the_unknown_is_the_catalogue() {
        assert_eq!(PageClass::of("cart"), PageClass::Administrative);
        assert_eq!(PageClass::of("article"), PageClass::Informational);
        for kind in ["", "home", "product", "category", "search", "compare", "gallery"] {
            assert_eq!(PageClass::of(kind), PageClass::Product, "{kind}");
        }
    }
}
