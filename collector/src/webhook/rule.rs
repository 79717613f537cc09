//! What a webhook is told of: `goal:NAME`, `goal:*`, `intent:HEAD>=0.8`.

use unspoken::wire::{Batch, Bin, Name, What};

/// Bins of a head's forecasts are so wide.
const BIN: f64 = 0.1;

/// One entry of a webhook's `on`.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// A goal of that name is reached; any, where there is none.
    Goal(Option<String>),
    /// A head's forecast is this high or higher.
    Intent {
        /// The head.
        head: String,
        /// From 0 to 1.
        least: f64,
    },
}

impl Rule {
    /// Reads an entry. The error says what is wrong and what it takes.
    ///
    /// ```
    /// # use unspoken_collector::webhook::Rule;
    /// assert_eq!(Rule::parse("goal:*"), Ok(Rule::Goal(None)));
    /// let rule = Rule::Intent { head: "struggle".into(), least: 0.8 };
    /// assert_eq!(Rule::parse("intent:struggle>=0.8"), Ok(rule));
    /// assert!(Rule::parse("purchase").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Rule, String> {
        let wrong = || {
            format!("\"{text}\" is no rule: write goal:NAME, goal:* or intent:HEAD>=0.8 (0 to 1)")
        };
        if let Some(goal) = text.strip_prefix("goal:") {
            return match goal.trim() {
                "" => Err(wrong()),
                "*" => Ok(Rule::Goal(None)),
                name => Ok(Rule::Goal(Some(name.into()))),
            };
        }
        let intent = text.strip_prefix("intent:").ok_or_else(wrong)?;
        let (head, least) = intent.split_once(">=").ok_or_else(wrong)?;
        let least: f64 = least.trim().parse().map_err(|_| wrong())?;
        if head.trim().is_empty() || !(0.0..=1.0).contains(&least) {
            return Err(wrong());
        }
        Ok(Rule::Intent { head: head.trim().into(), least })
    }
}

/// Something a webhook is told.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A goal was reached.
    Goal {
        /// Its name.
        goal: String,
        /// Its worth.
        value: f64,
    },
    /// A head's forecast was high.
    Intent {
        /// The head.
        head: String,
        /// The mean of the forecasts in the highest bin that suffices, 0 to 1.
        forecast: f64,
    },
}

/// What of a batch the rules ask for: the event's place and what is told; each event once, whatever
/// number of rules ask for it, and each head once, with its highest forecast.
pub fn matches(rules: &[Rule], batch: &Batch) -> Vec<(usize, News)> {
    let mut found: Vec<(usize, News)> = Vec::new();
    for (ordinal, event) in batch.events.iter().enumerate() {
        match &event.what {
            What::Goal { name, value } => {
                let Some(goal) = name_of(batch, *name) else { continue };
                let asks = |rule: &Rule| matches!(rule, Rule::Goal(of) if of.as_deref().is_none_or(|of| of == goal));
                if rules.iter().any(asks) {
                    found.push((ordinal, News::Goal { goal: goal.into(), value: *value }));
                }
            }
            What::Forecast { head, bins } => {
                let Some(name) = name_of(batch, *head) else { continue };
                let least = rules.iter().filter_map(|rule| match rule {
                    Rule::Intent { head, least } if head == name => Some(*least),
                    _ => None,
                });
                let Some(least) = least.min_by(f64::total_cmp) else { continue };
                let Some(high) = highest(bins, least) else { continue };
                let known = found.iter_mut().find_map(|(_, news)| match news {
                    News::Intent { head, forecast } if head == name => Some(forecast),
                    _ => None,
                });
                match known {
                    Some(forecast) => *forecast = forecast.max(high),
                    None => {
                        found.push((ordinal, News::Intent { head: name.into(), forecast: high }));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The mean forecast of the highest bin in which all forecasts, or their mean, reach `least`.
fn highest(bins: &[Bin], least: f64) -> Option<f64> {
    let reaches = |bin: &&Bin| {
        let from = f64::from(bin.index) * BIN;
        bin.count > 0 && (from + 1e-9 >= least || mean(bin) + 1e-9 >= least)
    };
    bins.iter().filter(reaches).max_by_key(|bin| bin.index).map(mean)
}

fn mean(bin: &Bin) -> f64 {
    (f64::from(bin.sum_milli) / 1_000.0 / f64::from(bin.count)).clamp(0.0, 1.0)
}

/// 0 is "none"; `wire::decode` has checked that every other index is there.
fn name_of(batch: &Batch, name: Name) -> Option<&str> {
    batch.names.get(usize::from(name).checked_sub(1)?).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use unspoken::id::Id;
    use unspoken::wire::{Event, VERSION};

    fn batch(events: Vec<What>) -> Batch {
        Batch {
            version: VERSION,
            id: Id(1),
            visitor: Id(2),
            session: Id(3),
            view: 4,
            sequence: 0,
            base_ms: 5,
            dropped: 0,
            automation: 0,
            excluded: 0,
            names: vec!["purchase".into(), "struggle".into(), "signup".into()],
            events: events.into_iter().map(|what| Event { at: 0, what }).collect(),
            trace: Vec::new(),
        }
    }

    fn rules(texts: &[&str]) -> Vec<Rule> {
        texts.iter().map(|text| Rule::parse(text).unwrap()).collect()
    }

    fn bin(index: u8, count: u32, sum_milli: u32) -> Bin {
        Bin { index, count, positives: 0, sum_milli }
    }

    #[test]
    fn goals_are_told_each_and_once() {
        let goal = |name| What::Goal { name, value: 80.0 };
        let batch = batch(vec![goal(1), goal(3), goal(1), goal(0)]);
        let told = |texts: &[&str]| -> Vec<usize> {
            matches(&rules(texts), &batch).iter().map(|(ordinal, _)| *ordinal).collect()
        };
        assert_eq!(told(&["goal:purchase"]), [0, 2]);
        assert_eq!(told(&["goal:purchase", "goal:*"]), [0, 1, 2]);
        assert!(told(&["goal:purch", "intent:purchase>=0"]).is_empty());
    }

    #[test]
    fn a_forecast_counts_where_its_bin_reaches_the_threshold() {
        let told = |text: &str, bins: Vec<Bin>| {
            let batch = batch(vec![What::Forecast { head: 2, bins }]);
            matches(&rules(&[text]), &batch).first().map(|(_, news)| match news {
                News::Intent { forecast, .. } => *forecast,
                News::Goal { .. } => f64::NAN,
            })
        };
        assert_eq!(told("intent:struggle>=0.8", vec![bin(8, 2, 1_620)]), Some(0.81));
        assert_eq!(told("intent:struggle>=0.8", vec![bin(7, 2, 1_580)]), None);
        assert_eq!(told("intent:struggle>=0.85", vec![bin(8, 2, 1_620)]), None);
        assert_eq!(told("intent:struggle>=0.85", vec![bin(8, 2, 1_740)]), Some(0.87));
        assert_eq!(told("intent:struggle>=0.3", vec![bin(3, 1, 301), bin(9, 1, 950)]), Some(0.95));
        assert_eq!(told("intent:struggle>=0.3", vec![bin(9, 0, 0)]), None);
        assert_eq!(told("intent:buy>=0", vec![bin(9, 1, 950)]), None);
    }

    #[test]
    fn a_head_is_told_once_of_a_batch() {
        let forecast = |sum| What::Forecast { head: 2, bins: vec![bin(9, 1, sum)] };
        let batch = batch(vec![forecast(910), forecast(990)]);
        let found = matches(&rules(&["intent:struggle>=0.9", "intent:struggle>=0.5"]), &batch);
        assert_eq!(found, [(0, News::Intent { head: "struggle".into(), forecast: 0.99 })]);
    }

    #[test]
    fn what_is_no_rule_is_said() {
        for wrong in [
            "",
            "goal:",
            "purchase",
            "intent:struggle",
            "intent:>=0.5",
            "intent:a>=2",
            "intent:a>=x",
        ] {
            let error = Rule::parse(wrong).unwrap_err();
            assert!(error.contains("goal:NAME"), "{error}");
        }
    }
}
