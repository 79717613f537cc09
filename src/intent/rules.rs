//! Heads without training data: documented rules, honest about what they are.
//!
//! No public data set labels struggling, comparing or leaving well, so these are guesses made of
//! evidence that people who study such sessions look for first. Each is a sum of weights,
//! in log-odds: at rest it stands at [`BASE`], and one strong sign carries it over one half. They are
//! not calibrated; the report shows by how much, and a site can see it.

use crate::feature::{Features, fading};
use crate::number::clamp;
use crate::time::{Millis, SECOND};

/// Log-odds at rest: 5 %.
pub const BASE: f64 = -2.94;

/// The signs of a rule, each with the log-odds it adds.
pub type Signs = [(&'static str, f64); 4];

const NONE: (&str, f64) = ("", 0.0);

/// The log-odds that signs add up to.
pub fn logit(signs: &Signs) -> f64 {
    let mut sum = BASE;
    for (_, adds) in signs {
        sum += adds;
    }
    sum
}

fn recent(at: Option<Millis>, now: Millis, scale: Millis) -> f64 {
    at.map_or(0.0, |at| fading(now - at, scale))
}

/// `struggle`: a rage burst (4.4, fading over 30 s), each of the last clicks on nothing within
/// 15 s (1.0), a refused form (2.2, fading over 30 s), each turn of the scroll in 8 s beyond two
/// (0.3).
pub fn struggle(features: &mut Features, now: Millis) -> Signs {
    let turns = clamp(features.reversals(now) - 2.0, 0.0, 4.0);
    let clicks = &features.clicks;
    [
        ("rage clicks", 4.4 * recent(clicks.raged(), now, 30.0 * SECOND)),
        ("clicks on nothing", 1.0 * clicks.missed(now, 15.0 * SECOND) as f64),
        ("refused form", 2.2 * recent(clicks.refused(), now, 30.0 * SECOND)),
        ("turns of the scroll", 0.3 * turns),
    ]
}

/// `compare`: each different item seen in this session beyond the first (1.8, at most three), and
/// one more step while an item, a category or the comparison itself is open (0.6).
pub fn compare(items: usize, kind: &str) -> Signs {
    let further = items.saturating_sub(1).min(3) as f64;
    let open = matches!(kind, "product" | "category" | "compare");
    let open = if open { 0.6 } else { 0.0 };
    [("further items", 1.8 * further), ("an item, a category or a comparison", open), NONE, NONE]
}

/// `leave`: the cursor left through the top of the window (3.6, fading over 8 s), or shoots up
/// towards it (up to 2.4 at 1,500 px/s within the top fifth, fading over 0.5 s); or a finger flung
/// the page upwards (2.4, fading over 4 s).
pub fn leave(features: &Features, now: Millis, viewport_height: f64) -> Signs {
    let pointer = &features.pointer;
    let near_top = pointer.at().is_some_and(|(_, y)| y < viewport_height * 0.2);
    let rise = if near_top { clamp(pointer.rise() / 1_500.0, 0.0, 1.0) } else { 0.0 };
    [
        ("the cursor left at the top", 3.6 * recent(pointer.exit(), now, 8.0 * SECOND)),
        ("the cursor shoots up", 2.4 * rise * fading(pointer.idle(now), 0.5 * SECOND)),
        ("a fling upwards", 2.4 * recent(features.touch.flung(), now, 4.0 * SECOND)),
        NONE,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::model;
    use crate::layout::Layout;
    use crate::signal::{Role, Signal};

    fn sigmoid(signs: Signs) -> f64 {
        model::sigmoid(logit(&signs))
    }

    #[test]
    fn a_rage_burst_is_struggle_and_one_click_is_not() {
        let (mut features, layout) = (Features::new(0.0), Layout::default());
        let click = Signal::Click { x: 5.0, y: 5.0, slot: None, role: Role::None };
        features.update(&click, 1_000.0, &layout);
        assert!(sigmoid(struggle(&mut features, 1_000.0)) < 0.2);
        features.update(&click, 1_200.0, &layout);
        features.update(&click, 1_400.0, &layout);
        assert!(sigmoid(struggle(&mut features, 1_500.0)) > 0.9);
        assert!(sigmoid(struggle(&mut features, 90_000.0)) < 0.3);
    }

    #[test]
    fn the_third_item_is_a_comparison() {
        assert!(sigmoid(compare(1, "product")) < 0.2);
        assert!(sigmoid(compare(3, "product")) > 0.6);
        assert!(logit(&compare(3, "home")) < logit(&compare(3, "product")));
    }

    #[test]
    fn leaving_through_the_top_is_leaving() {
        let (mut features, layout) = (Features::new(0.0), Layout::default());
        assert!(sigmoid(leave(&features, 0.0, 600.0)) < 0.1);
        features.update(&Signal::Exit, 1_000.0, &layout);
        assert!(sigmoid(leave(&features, 1_100.0, 600.0)) > 0.6);
        assert!(sigmoid(leave(&features, 60_000.0, 600.0)) < 0.1);
    }

    #[test]
    fn a_finger_that_flings_the_page_up_may_be_leaving_and_a_wheel_is_not() {
        for (touched, least, most) in [(true, 0.3, 0.4), (false, 0.0, 0.06)] {
            let (mut features, layout) = (Features::new(0.0), Layout::default());
            features.touch = crate::feature::Touch::new(touched);
            for (at, y) in [(100.0, 900.0), (160.0, 750.0), (220.0, 600.0)] {
                features.update(&Signal::Scroll { y, inner: false }, at, &layout);
            }
            let forecast = sigmoid(leave(&features, 250.0, 600.0));
            assert!((least..most).contains(&forecast), "{forecast}");
        }
    }
}
