//! Words of a card that depend on the head. What depends on the data comes with the data.

/// What a card says of a head, whatever the figures.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// "the probability that …", without a full stop.
    pub forecasts: &'static str,
    /// How moments are labelled.
    pub label: &'static str,
    /// A list.
    pub limits: &'static str,
}

/// What no model of ours may be used for.
pub const NOT_FOR: &str = "Prices, credit, eligibility, ranking or screening people, detecting \
stress, age, health or identity,
hurrying a visitor into a click or an order, or anything that takes a choice away. It may decide
only what a page shows, where the default would also do.";

/// The words of a head.
pub fn of(head: &str) -> Words {
    match head {
        "buy" => Words {
            forecasts: "the probability that the session ends in an order, from its pages and \
                        seconds so far",
            label: "A sample is a session with its totals at the end, positive where it ended in an \
                    order. The inputs are\nthose a browser can see; a site's own aggregates \
                    (`PageValues`, `BounceRates`, `ExitRates`) stay out.",
            limits: "\
- It was trained on totals at the end of a session and is asked in the middle of one. Early in a
  session its forecast is that of a session which ended there, which is too low.
- Hold it against what happened on the site itself (the report's `intents`).",
        },
        _ => Words {
            forecasts: "the probability that the visitor clicks within 2 s, each 250 ms, from how \
                        the cursor and the scroll moved so far; no click goes in",
            label: "A tick each 250 ms from 1 s after the first event until the first click, positive \
                    where the click comes\nwithin 2 s.",
            limits: "\
- It says when a click comes, not where and not why. A click is not consent, interest or an
  intention to buy. Without a mouse there is little it can see.
- It drifts: hold it against what happened on the site itself (the report's `intents`).",
        },
    }
}

/// What is said of data whose source nobody named.
pub const UNKNOWN: &str = "Nobody said where this data comes from and under which licence \
(`unspoken train --about FILE`).";
