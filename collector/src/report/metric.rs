//! What experiments are judged by: `[[site.metric]]` of the settings.
//!
//! A metric is a number of each visitor, from what he did after his first exposure: whether he reached
//! a goal (`conversion`), how often (`count`), what it was worth (`revenue`), or one of these in
//! relation to another number of his (`ratio`).

use serde::{Deserialize, Serialize};

/// The most metrics of a site.
pub const MAX_METRICS: usize = 32;
/// The quantile at which revenue is capped where the settings name none.
pub const DEFAULT_CAP: f64 = 0.999;
/// The longest name, of a metric or a goal, in bytes.
pub const MAX_NAME: usize = 128;
/// `per` of a visitor's page views.
pub const VIEWS: &str = "views";
/// `per` of a visitor's sessions that have a page view.
pub const SESSIONS: &str = "sessions";

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The share of visitors who reached the goal.
    Conversion,
    /// How often a visitor reached it.
    Count,
    /// What the goal was worth to the site, summed over a visitor.
    Revenue,
    /// What `of` names, of the goal, for each of `per`, over all visitors.
    Ratio,
}

/// What the numerator of a ratio is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// How often the goal was reached.
    #[default]
    Count,
    /// What it was worth.
    Value,
}

/// A metric, as the settings name it.
///
/// ```
/// use unspoken_collector::report::metric::{Kind, Metric};
/// let metric: Metric =
///     toml::from_str("name = 'revenue'\nkind = 'revenue'\ngoal = 'purchase'").unwrap();
/// assert_eq!(metric.check(), Ok(()));
/// assert_eq!(metric.cap(), Some(0.999));
/// let wrong: Metric = toml::from_str("name = 'basket'\nkind = 'ratio'\ngoal = 'purchase'").unwrap();
/// assert!(wrong.check().unwrap_err().contains("per"));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Metric {
    /// As reports call it.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The goal it counts.
    pub goal: String,
    /// Of a ratio: `views`, `sessions`, or a goal, how often it was reached.
    #[serde(default)]
    pub per: Option<String>,
    /// Of a ratio: the goal's `count` or its `value`.
    #[serde(default)]
    pub of: Of,
    /// The quantile at which a visitor's number is capped: above 0.5, at most 1, which caps nothing.
    /// Revenue has 0.999 where none is named; a conversion and a ratio have none.
    #[serde(default)]
    pub cap: Option<f64>,
}

impl Metric {
    /// Whether a goal was reached.
    pub fn conversion(goal: &str) -> Metric {
        let name = goal.to_owned();
        Metric {
            name,
            kind: Kind::Conversion,
            goal: goal.into(),
            per: None,
            of: Of::Count,
            cap: None,
        }
    }

    /// What a goal was worth, capped.
    pub fn revenue(goal: &str) -> Metric {
        let name = format!("{goal} value");
        Metric { name, kind: Kind::Revenue, ..Metric::conversion(goal) }
    }

    /// The quantile that caps it, where one does.
    pub fn cap(&self) -> Option<f64> {
        let default = (self.kind == Kind::Revenue).then_some(DEFAULT_CAP);
        self.cap.or(default).filter(|cap| *cap < 1.0)
    }

    /// What is wrong with it: a sentence that names the key and the mend.
    pub fn check(&self) -> Result<(), String> {
        let Metric { name, kind, goal, per, of, cap } = self;
        let is_name = |text: &str| !text.is_empty() && text.len() <= MAX_NAME;
        if !is_name(name) {
            return Err(format!("name: expected 1 to {MAX_NAME} bytes"));
        }
        if !is_name(goal) {
            return Err(format!("goal: expected the name of a goal, 1 to {MAX_NAME} bytes"));
        }
        match (kind, per) {
            (Kind::Ratio, None) => {
                return Err(
                    "per: a ratio needs what it is divided by: \"views\", \"sessions\" or a goal"
                        .into(),
                );
            }
            (Kind::Ratio, Some(per)) if !is_name(per) => {
                return Err(format!(
                    "per: expected \"views\", \"sessions\" or a goal, 1 to {MAX_NAME} bytes"
                ));
            }
            (Kind::Ratio, Some(per)) if per == goal && *of == Of::Count => {
                return Err("of: a goal for each of itself is 1; write of = \"value\" for what one is worth".into());
            }
            (Kind::Ratio, _) => {}
            (_, Some(_)) => {
                return Err(
                    "per: only a ratio has it; leave it out, or write kind = \"ratio\"".into()
                );
            }
            (_, None) if *of == Of::Value => {
                return Err("of: only a ratio has it; kind = \"revenue\" sums values".into());
            }
            (_, None) => {}
        }
        match (kind, cap) {
            (Kind::Conversion | Kind::Ratio, Some(_)) => {
                Err("cap: only a count and a revenue are capped; leave it out".into())
            }
            (_, Some(cap)) if !(*cap > 0.5 && *cap <= 1.0) => {
                Err("cap: expected a quantile above 0.5 and at most 1 (0.999 caps the highest thousandth; 1 caps nothing)".into())
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        let metric: Metric = toml::from_str(text).unwrap();
        metric.check().unwrap_err()
    }

    #[test]
    fn a_mistake_is_named_with_its_key() {
        let head = "name = 'x'\ngoal = 'buy'\n";
        for (text, key) in [
            ("kind = 'ratio'", "per"),
            ("kind = 'ratio'\nper = ''", "per"),
            ("kind = 'ratio'\nper = 'buy'", "of"),
            ("kind = 'count'\nper = 'views'", "per"),
            ("kind = 'count'\nof = 'value'", "of"),
            ("kind = 'count'\ncap = 0.4", "cap"),
            ("kind = 'count'\ncap = nan", "cap"),
            ("kind = 'conversion'\ncap = 0.9", "cap"),
        ] {
            let mistake = wrong(&format!("{head}{text}"));
            assert!(mistake.starts_with(&format!("{key}: ")), "{text}: {mistake}");
        }
        assert!(wrong("name = ''\ngoal = 'buy'\nkind = 'count'").starts_with("name: "));
        assert!(toml::from_str::<Metric>("name = 'x'\nkind = 'sum'\ngoal = 'y'").is_err());
        assert!(toml::from_str::<Metric>("name = 'x'\nkind = 'count'\ngoals = 'y'").is_err());
    }

    #[test]
    fn what_holds_is_taken() {
        let basket = "name = 'basket'\nkind = 'ratio'\ngoal = 'buy'\nper = 'buy'\nof = 'value'";
        for text in [basket, "name = 'r'\nkind = 'revenue'\ngoal = 'buy'\ncap = 1.0"] {
            let metric: Metric = toml::from_str(text).unwrap();
            assert_eq!((metric.check(), metric.cap()), (Ok(()), None));
        }
        assert_eq!(Metric::revenue("buy").cap(), Some(DEFAULT_CAP));
    }
}
