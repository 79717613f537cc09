//! Words of a card that depend on the head, and the data sets whose source is known.

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
                    order. The inputs are\nthose a browser can see; `PageValues`, `BounceRates` and \
                    `ExitRates` are a site's own aggregates and\nstay out.",
            limits: "\
- It was trained on totals at the end of a session and is asked in the middle of one. Early in a
  session its forecast is that of a session which ended there, which is too low.
- It is one shop, one year, with no price, no product and no cart in sight. On another site its
  level will be off, and its ranking weaker; `unspoken train --db` fits it to the site's own.
- It drifts: the same inputs fitted to February to October and judged on November and December fell
  from an AUC of .726 to .669. Hold it against what happened (the report's `intents`).
- `special_day` is what the site tells of a gift day near by; where it tells nothing it is 0, as in
  nine of ten sessions of the data.
- The data knows no people, so returning visitors may stand on both sides of a split.",
        },
        _ => Words {
            forecasts: "the probability that the visitor clicks within 2 s, each 250 ms, from how \
                        the cursor and the scroll moved so far; no click goes in",
            label: "A tick each 250 ms from 1 s after the first event until the first click, positive \
                    where the click comes\nwithin 2 s.",
            limits: "\
- It was trained on desktop result pages with a mouse and on the first click of a page. On touch,
  on other kinds of page and after the first click its figures are not known.
- The people are those of one laboratory study; how the forecast does by age, hand or aid was not
  and cannot be measured here. Without a mouse there is little it can see.
- Every recording is a page view of its own, so what compares a visitor with their own past
  (`z_speed`, `z_pause`) was learned from seconds, not from weeks.
- It says when a click comes, not where and not why. A click is not consent, interest or an
  intention to buy.
- It drifts: hold it against what happened on the site itself (the report's `intents`).",
        },
    }
}

/// What is said of data whose source nobody named.
pub const UNKNOWN: &str = "Nobody said where this data comes from and under which licence \
(`unspoken train --about FILE`).";
