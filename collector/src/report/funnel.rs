//! `GET /v1/report/funnel`: how many sessions come through steps in their order.
//!
//! Other pages and goals may lie between two steps. Each step is the first of its kind after the step
//! before, so a session takes the earliest way there is, and a step that is named twice must happen
//! twice.

use serde::Serialize;

use super::rows::Step;
use crate::stats::cap::quantile;

/// The most steps.
pub const MAX_STEPS: usize = 10;

/// A step that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// A goal, and no page.
    pub is_goal: bool,
    /// The page's kind or path, or the goal.
    pub name: String,
}

impl Wanted {
    /// Reads `page:product` or `goal:purchase`.
    ///
    /// ```
    /// use unspoken_collector::report::funnel::Wanted;
    /// assert!(Wanted::read("goal:purchase").unwrap().is_goal);
    /// assert_eq!(Wanted::read("purchase"), None);
    /// ```
    pub fn read(text: &str) -> Option<Wanted> {
        let (kind, name) = text.split_once(':')?;
        let is_goal = match kind {
            "goal" => true,
            "page" => false,
            _ => return None,
        };
        (!name.is_empty()).then(|| Wanted { is_goal, name: name.to_owned() })
    }

    fn text(&self) -> String {
        format!("{}:{}", if self.is_goal { "goal" } else { "page" }, self.name)
    }
}

/// What `GET /v1/report/funnel` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Funnel {
    /// ms since 1970.
    pub generated_at: u64,
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970.
    pub to: u64,
    /// As they were asked for.
    pub steps: Vec<Passed>,
}

/// A step and who came to it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passed {
    /// `page:` or `goal:`, and the name.
    pub step: String,
    /// Sessions that came so far.
    pub sessions: u64,
    /// Of those of the first step; none where there are none.
    pub share: Option<f64>,
    /// The middling time from the step before: ms. None of the first, and where nobody came.
    pub median_ms: Option<f64>,
}

/// Counts; steps come session by session, in order of time.
pub fn gather(times: [u64; 3], steps: &[Step], wanted: &[Wanted]) -> Funnel {
    let [generated_at, from, to] = times;
    let mut waits: Vec<Vec<f64>> = vec![Vec::new(); wanted.len()];
    for session in steps.chunk_by(|one, next| one.session == next.session) {
        let (mut at, mut last) = (0, None);
        for step in session {
            let Some(next) = wanted.get(at) else { break };
            if step.is_goal == next.is_goal && *step.name == *next.name {
                waits[at].push(last.map_or(0.0, |last| step.at.saturating_sub(last) as f64));
                (at, last) = (at + 1, Some(step.at));
            }
        }
    }
    let first = waits.first().map_or(0, Vec::len);
    let passed = |(at, (wanted, waits)): (usize, (&Wanted, &mut Vec<f64>))| {
        waits.sort_by(f64::total_cmp);
        Passed {
            step: wanted.text(),
            sessions: waits.len() as u64,
            share: (first > 0).then(|| waits.len() as f64 / first as f64),
            median_ms: if at == 0 { None } else { quantile(waits, 0.5) },
        }
    };
    let steps = wanted.iter().zip(&mut waits).enumerate().map(passed).collect();
    Funnel { generated_at, from, to, steps }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unspoken::id::Id;

    fn step(session: u128, at: u64, name: &str) -> Step {
        let wanted = Wanted::read(name).unwrap();
        Step {
            session: Id(session),
            at,
            is_goal: wanted.is_goal,
            name: wanted.name.as_str().into(),
        }
    }

    fn passed(steps: &[Step], wanted: &[&str]) -> Vec<(u64, Option<f64>)> {
        let wanted: Vec<Wanted> = wanted.iter().map(|it| Wanted::read(it).unwrap()).collect();
        gather([3, 1, 2], steps, &wanted)
            .steps
            .iter()
            .map(|it| (it.sessions, it.median_ms))
            .collect()
    }

    #[test]
    fn steps_count_in_their_order() {
        let steps = [
            step(1, 10, "page:cart"),
            step(1, 20, "page:product"),
            step(1, 25, "page:home"),
            step(1, 50, "page:cart"),
            step(1, 90, "goal:buy"),
            step(2, 10, "page:product"),
            step(2, 30, "page:cart"),
            step(2, 31, "page:buy"),
            // The cart alone, and before the product.
            step(3, 1, "page:cart"),
            step(3, 2, "page:product"),
        ];
        let told = passed(&steps, &["page:product", "page:cart", "goal:buy"]);
        assert_eq!(told, [(3, None), (2, Some(25.0)), (1, Some(40.0))]);
        assert_eq!(passed(&steps, &["page:cart", "page:cart"])[1], (1, Some(40.0)));
        assert_eq!(passed(&steps, &["page:none", "page:cart"]), [(0, None), (0, None)]);
    }

    #[test]
    fn what_is_no_step_is_refused() {
        for text in ["", "page", "page:", "fact:x", "goal"] {
            assert_eq!(Wanted::read(text), None, "{text}");
        }
        assert_eq!(Wanted::read("page:/a:b").unwrap().name, "/a:b");
    }
}
