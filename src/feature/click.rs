//! Clicks: bursts of anger, clicks on nothing, refused forms.
//!
//! A rage burst is three clicks within 30 px and 1 s, as PostHog and Statsig count it, so that
//! figures compare.

use super::filling::Filling;
use crate::signal::Role;
use crate::time::{Millis, SECOND};

/// Clicks that make a burst.
pub const RAGE_CLICKS: u32 = 3;
/// How near they must be to each other, CSS px.
pub const RAGE_RADIUS: f64 = 30.0;
/// How close in time, from one to the next.
pub const RAGE_GAP: Millis = SECOND;

/// A page that a click leads away from is hidden within this.
pub const LEFT: Millis = 2.0 * SECOND;
/// Whoever is back within this did not want to go there.
pub const BACK: Millis = 5.0 * SECOND;

/// What is known of clicks.
#[derive(Clone, Debug, Default)]
pub struct Clicks {
    total: u32,
    burst: u32,
    last: Option<(f64, f64, Millis)>,
    raged: Option<Millis>,
    missed: [Option<Millis>; 4],
    form_error: Option<Millis>,
    hidden: Option<Millis>,
}

impl Clicks {
    /// A click at `x`, `y` of the viewport. Controls that invite several clicks in a row (a plus
    /// button, a gallery arrow) do not count towards a burst.
    pub fn clicked(&mut self, x: f64, y: f64, role: Role, now: Millis) {
        self.total += 1;
        let near = self.last.is_some_and(|(last_x, last_y, last)| {
            now - last <= RAGE_GAP
                && f64::abs(x - last_x) <= RAGE_RADIUS
                && f64::abs(y - last_y) <= RAGE_RADIUS
        });
        self.burst = if near { self.burst + 1 } else { 1 };
        self.last = Some((x, y, now));
        if role == Role::None {
            self.missed.rotate_right(1);
            self.missed[0] = Some(now);
        }
        if self.burst >= RAGE_CLICKS && !matches!(role, Role::Button | Role::Field) {
            self.raged = Some(now);
        }
    }

    /// The page was hidden or shown. Says whether that took a click back: the click hid the page
    /// within [`LEFT`], and it came back within [`BACK`].
    pub fn visibility(&mut self, visible: bool, now: Millis) -> bool {
        if visible {
            return self.hidden.take().is_some_and(|at| now - at <= BACK);
        }
        let clicked = self.last.is_some_and(|(_, _, last)| now - last <= LEFT);
        self.hidden = clicked.then_some(now);
        false
    }

    /// `rage` and `dead_15s`.
    pub(super) fn fill(&self, out: &mut Filling, now: Millis) {
        match self.raged {
            Some(at) => out.fading(now - at, 30.0 * SECOND),
            None => out.put(0.0),
        }
        out.put(self.missed(now, 15.0 * SECOND) as f64);
    }

    /// The browser refused a form.
    pub fn form_error(&mut self, now: Millis) {
        self.form_error = Some(now);
    }

    /// Clicks in this page view.
    pub fn total(&self) -> u32 {
        self.total
    }

    /// Whether the click just taken belongs to a rage burst.
    pub fn raging(&self, now: Millis) -> bool {
        self.raged == Some(now)
    }

    /// When the last rage burst was.
    pub fn raged(&self) -> Option<Millis> {
        self.raged
    }

    /// When the browser last refused a form.
    pub fn refused(&self) -> Option<Millis> {
        self.form_error
    }

    /// How many of the last four clicks on nothing lie within `horizon`.
    pub fn missed(&self, now: Millis, horizon: Millis) -> usize {
        self.missed.iter().flatten().filter(|at| now - **at <= horizon).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clicks(points: &[(f64, f64)], role: Role) -> Clicks {
        let mut clicks = Clicks::default();
        points.iter().for_each(|(x, t)| clicks.clicked(*x, 10.0, role, *t));
        clicks
    }

    #[test]
    fn three_close_clicks_are_a_burst_and_two_are_not() {
        assert!(clicks(&[(0.0, 0.0), (3.0, 300.0), (1.0, 700.0)], Role::None).raging(700.0));
        assert!(!clicks(&[(0.0, 0.0), (3.0, 300.0)], Role::None).raging(300.0));
        assert!(!clicks(&[(0.0, 0.0), (90.0, 300.0), (1.0, 700.0)], Role::None).raging(700.0));
        assert!(!clicks(&[(0.0, 0.0), (3.0, 300.0), (1.0, 1_900.0)], Role::None).raging(1_900.0));
    }

    #[test]
    fn a_click_is_taken_back_by_coming_back_at_once() {
        let back = |hidden: f64, shown: f64| {
            let mut clicks = clicks(&[(0.0, 1_000.0)], Role::Link);
            assert!(!clicks.visibility(false, hidden));
            clicks.visibility(true, shown)
        };
        assert!(back(1_400.0, 5_000.0));
        assert!(!back(1_400.0, 9_000.0), "they stayed there");
        assert!(!back(7_000.0, 8_000.0), "no click led away");
    }

    #[test]
    fn a_plus_button_invites_bursts() {
        let clicks = clicks(&[(0.0, 0.0), (0.0, 200.0), (0.0, 400.0)], Role::Button);
        assert_eq!(clicks.raged(), None);
        assert_eq!(clicks.missed(400.0, 1_000.0), 0);
    }
}
