//! Reports as tables: `?format=csv&table=NAME`, and what `unspoken report` prints.
//!
//! A table is what its columns say: lists within lists of the JSON, one row for each element of the
//! innermost. So JSON and CSV cannot differ.

use serde_json::Value;

/// A column: its heading, how deep the list stands whose element has it (0: the report itself), and
/// the JSON pointer in that element.
pub type Column = (&'static str, usize, &'static str);

/// A table of a report.
#[derive(Debug)]
pub struct Table {
    /// As `table=` names it.
    pub name: &'static str,
    /// Lists, each in the elements of the one before.
    pub lists: &'static [&'static str],
    /// In order.
    pub columns: &'static [Column],
}

macro_rules! compared {
    ($name:literal, [$($list:literal),*], $metric:literal, [$($more:expr),*]) => {
        Table {
            name: $name,
            lists: &[$($list),*],
            columns: &[
                ("slot", 1, "/slot"),
                ("rule", 1, "/rule"),
                ("kind", 1, "/kind"),
                $($more,)*
                ("metric", $metric, "/metric"),
                ("variant", $metric + 1, "/variant"),
                ("visitors", $metric + 1, "/visitors"),
                ("total", $metric + 1, "/total"),
                ("mean", $metric + 1, "/mean"),
                ("sd", $metric + 1, "/sd"),
                ("lift", $metric + 1, "/lift"),
                ("low", $metric + 1, "/low"),
                ("high", $metric + 1, "/high"),
                ("p", $metric + 1, "/p"),
                ("pAdjusted", $metric + 1, "/pAdjusted"),
                ("sequentialLow", $metric + 1, "/sequential/low"),
                ("sequentialHigh", $metric + 1, "/sequential/high"),
                ("significant", $metric + 1, "/sequential/significant"),
                ("chanceToWin", $metric + 1, "/chanceToWin"),
                ("expectedLoss", $metric + 1, "/expectedLoss"),
                ("cupedLift", $metric + 1, "/cuped/lift"),
                ("cupedLow", $metric + 1, "/cuped/low"),
                ("cupedHigh", $metric + 1, "/cuped/high"),
                ("varianceReduction", $metric + 1, "/cuped/varianceReduction"),
            ],
        }
    };
}

/// The tables of `experiments`.
pub static EXPERIMENTS: &[Table] = &[
    compared!("variants", ["experiments", "metrics", "variants"], 2, []),
    compared!(
        "segments",
        ["experiments", "segments", "metrics", "variants"],
        3,
        [("head", 2, "/head"), ("level", 2, "/level")]
    ),
    Table {
        name: "experiments",
        lists: &["experiments"],
        columns: &[
            ("slot", 1, "/slot"),
            ("rule", 1, "/rule"),
            ("kind", 1, "/kind"),
            ("control", 1, "/control"),
            ("visitors", 1, "/visitors"),
            ("multiple", 1, "/multiple"),
            ("firstAt", 1, "/firstAt"),
            ("lastAt", 1, "/lastAt"),
            ("srmChiSquare", 1, "/srm/chiSquare"),
            ("srmP", 1, "/srm/p"),
            ("srmAlarm", 1, "/srm/alarm"),
        ],
    },
];

/// The table of `summary`.
pub static SUMMARY: &[Table] = &[Table {
    name: "summary",
    lists: &[],
    columns: &[
        ("verdict", 0, "/verdict"),
        ("sentence", 0, "/sentence"),
        ("slot", 0, "/slot"),
        ("rule", 0, "/rule"),
        ("variant", 0, "/variant"),
        ("metric", 0, "/metric"),
        ("lift", 0, "/lift"),
        ("low", 0, "/low"),
        ("high", 0, "/high"),
        ("visitors", 0, "/visitors"),
    ],
}];

/// The table of `bandits`.
pub static BANDITS: &[Table] = &[Table {
    name: "variants",
    lists: &["bandits", "variants"],
    columns: &[
        ("slot", 1, "/slot"),
        ("rule", 1, "/rule"),
        ("observed", 1, "/observed/value"),
        ("variant", 2, "/variant"),
        ("lessons", 2, "/lessons"),
        ("value", 2, "/value"),
        ("low", 2, "/low"),
        ("high", 2, "/high"),
        ("effective", 2, "/effective"),
    ],
}];

/// The tables of `attention`.
pub static ATTENTION: &[Table] = &[
    Table {
        name: "slots",
        lists: &["pages", "slots"],
        columns: &[
            ("page", 1, "/page"),
            ("slot", 2, "/slot"),
            ("exposures", 2, "/exposures"),
            ("visitors", 2, "/visitors"),
            ("dwellMs", 2, "/dwellMs"),
            ("clicks", 2, "/clicks"),
            ("rage", 2, "/rage"),
            ("dead", 2, "/dead"),
            ("dismissals", 2, "/dismissals"),
        ],
    },
    Table {
        name: "pages",
        lists: &["pages"],
        columns: &[
            ("page", 1, "/page"),
            ("views", 1, "/views"),
            ("scroll25", 1, "/scroll/25"),
            ("scroll50", 1, "/scroll/50"),
            ("scroll75", 1, "/scroll/75"),
            ("scroll100", 1, "/scroll/100"),
        ],
    },
];

/// The tables of `journeys`.
pub static JOURNEYS: &[Table] = &[
    Table {
        name: "links",
        lists: &["links"],
        columns: &[("from", 1, "/from"), ("to", 1, "/to"), ("sessions", 1, "/sessions")],
    },
    Table {
        name: "nodes",
        lists: &["nodes"],
        columns: &[
            ("id", 1, "/id"),
            ("step", 1, "/step"),
            ("name", 1, "/name"),
            ("sessions", 1, "/sessions"),
        ],
    },
];

/// The table of `funnel`.
pub static FUNNEL: &[Table] = &[Table {
    name: "steps",
    lists: &["steps"],
    columns: &[
        ("step", 1, "/step"),
        ("sessions", 1, "/sessions"),
        ("share", 1, "/share"),
        ("medianMs", 1, "/medianMs"),
    ],
}];

/// The tables of `interruptions`.
pub static INTERRUPTIONS: &[Table] = &[
    Table {
        name: "histogram",
        lists: &["histogram"],
        columns: &[("count", 1, "/count"), ("visitorDays", 1, "/visitorDays")],
    },
    Table {
        name: "totals",
        lists: &[],
        columns: &[
            ("visitors", 0, "/visitors"),
            ("mean", 0, "/perVisitorDay/mean"),
            ("p50", 0, "/perVisitorDay/p50"),
            ("p95", 0, "/perVisitorDay/p95"),
            ("max", 0, "/perVisitorDay/max"),
            ("dismissed", 0, "/dismissed"),
        ],
    },
];

/// The table of `intents`.
pub static INTENTS: &[Table] = &[Table {
    name: "days",
    lists: &["intents", "days"],
    columns: &[
        ("head", 1, "/head"),
        ("day", 2, "/day"),
        ("sessions", 2, "/sessions"),
        ("count", 2, "/count"),
        ("positives", 2, "/positives"),
        ("forecast", 2, "/forecast"),
        ("observed", 2, "/observed"),
        ("ece", 2, "/ece"),
        ("auc", 2, "/auc"),
        ("aucLow", 2, "/aucLow"),
        ("aucHigh", 2, "/aucHigh"),
        ("z", 2, "/z"),
        ("over", 2, "/over"),
        ("drift", 2, "/drift"),
    ],
}];

impl Table {
    /// The table of a report, a row a list.
    pub fn rows(&self, report: &Value) -> Vec<Vec<Value>> {
        let mut rows = Vec::new();
        self.gather(&mut vec![report], &mut rows);
        rows
    }

    fn gather(&self, path: &mut Vec<&Value>, rows: &mut Vec<Vec<Value>>) {
        let Some(list) = self.lists.get(path.len() - 1) else {
            let cell = |(_, level, pointer): &Column| {
                path.get(*level).and_then(|it| it.pointer(pointer)).cloned().unwrap_or(Value::Null)
            };
            rows.push(self.columns.iter().map(cell).collect());
            return;
        };
        let elements = path.last().and_then(|it| it.get(list)).and_then(Value::as_array);
        for element in elements.into_iter().flatten() {
            path.push(element);
            self.gather(path, rows);
            path.pop();
        }
    }

    /// As CSV with a heading (RFC 4180); what is not known is empty. A text that a spreadsheet would
    /// take for a formula gets an apostrophe before it: anyone with the site's key may post names.
    ///
    /// ```
    /// use unspoken_collector::report::csv::FUNNEL;
    /// let report = serde_json::json!({ "steps": [{ "step": "page:a,b", "sessions": 3, "share": 1.0, "medianMs": null }] });
    /// assert_eq!(FUNNEL[0].csv(&report), "step,sessions,share,medianMs\r\n\"page:a,b\",3,1.0,\r\n");
    /// ```
    pub fn csv(&self, report: &Value) -> String {
        let headings = self.columns.iter().map(|(name, ..)| (*name).to_owned()).collect();
        let rows = self.rows(report).into_iter().map(|row| row.iter().map(cell).collect());
        let lines = std::iter::once(headings).chain(rows);
        lines.map(|line: Vec<String>| line.join(",") + "\r\n").collect()
    }
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::String(text) => text,
        other => return other.to_string(),
    };
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.clone() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_within_lists_are_rows() {
        let report = json!({ "bandits": [
            { "slot": "hero", "rule": "=1+1", "observed": { "value": 0.5 },
              "variants": [{ "variant": "a\"b", "value": 0.25 }, { "variant": "c" }] },
            { "slot": "none", "rule": "x", "variants": [] },
        ] });
        let csv = BANDITS[0].csv(&report);
        let lines: Vec<&str> = csv.split("\r\n").collect();
        assert_eq!(lines[1], "hero,'=1+1,0.5,\"a\"\"b\",,0.25,,,");
        assert_eq!(lines[2], "hero,'=1+1,0.5,c,,,,,");
        assert_eq!(lines.len(), 4);
    }

    #[test]
    fn a_report_without_lists_is_one_row() {
        let csv = SUMMARY[0].csv(&json!({ "verdict": "none", "visitors": 0 }));
        assert_eq!(csv.lines().nth(1), Some("none,,,,,,,,,0"));
    }
}
