//! `unspoken report`: the collector's reports on the command line, from its database.

use std::path::PathBuf;

use serde_json::Value;

use super::source::Source;
use super::{Failure, print};
use crate::clock;
use crate::report::csv::Table;
use crate::report::funnel::{MAX_STEPS, Wanted};
use crate::report::journeys::{DEFAULT_DEPTH, MAX_DEPTH};
use crate::report::make::{DAY_MS, DEFAULT_DAYS, MAX_DAYS, Name, Told, make};
use crate::report::metric::Metric;

/// The widest cell of a printed table; longer texts are cut.
const WIDEST: usize = 28;

/// Print a report: what experiments did, what was looked at, where sessions went.
///
/// The same numbers as `GET /v1/report/…` has, straight from the database; a collector may run beside.
/// docs/reports.md says what each means.
#[derive(clap::Args)]
pub struct Args {
    /// Which
    #[arg(value_enum, default_value = "summary")]
    name: Name,
    #[command(flatten)]
    source: Source,
    /// The site in it
    #[arg(long, env = "UNSPOKEN_SITE", default_value = "demo")]
    site: String,
    /// Days up to now
    #[arg(long, default_value_t = DEFAULT_DAYS, value_parser = clap::value_parser!(u64).range(1..=MAX_DAYS))]
    days: u64,
    /// A TOML file whose [[metric]] experiments are judged by, as a site's in the settings [default:
    /// each goal, and what it is worth]
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    /// experiments: the head by whose forecasts visitors are divided
    #[arg(long, value_name = "HEAD")]
    segment: Option<String>,
    /// attention: this page alone
    #[arg(long)]
    page: Option<String>,
    /// journeys: so many steps
    #[arg(long, default_value_t = DEFAULT_DEPTH as u64, value_parser = clap::value_parser!(u64).range(1..=MAX_DEPTH as u64))]
    depth: u64,
    /// funnel: page:product or goal:purchase, several times
    #[arg(long, value_parser = step)]
    step: Vec<Wanted>,
    /// Print the JSON of the route
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print a table as CSV [default: the first]
    #[arg(long, value_name = "TABLE", num_args = 0..=1, default_missing_value = "")]
    csv: Option<String>,
}

fn step(text: &str) -> Result<Wanted, String> {
    Wanted::read(text).ok_or_else(|| "expected page: or goal: and a name".into())
}

/// Makes the report and prints it.
pub fn run(args: Args) -> Result<(), Failure> {
    let store = args.source.open()?;
    if args.name == Name::Funnel && !(1..=MAX_STEPS).contains(&args.step.len()) {
        let text =
            format!("give --step 1 to {MAX_STEPS} times: --step page:product --step goal:purchase");
        return Err(Failure::new(text));
    }
    let tables = args.name.tables();
    let table = match args.csv.as_deref() {
        None | Some("") => tables.first(),
        Some(name) => Some(tables.iter().find(|table| table.name == name).ok_or_else(|| {
            let known: Vec<&str> = tables.iter().map(|table| table.name).collect();
            Failure::new(format!("no table {name}: this report has {}", known.join(", ")))
        })?),
    };
    let now = clock::now_ms();
    let told = Told {
        metrics: args.metrics.as_deref().map(metrics).transpose()?.unwrap_or_default(),
        segment: args.segment,
        page: args.page,
        depth: args.depth as usize,
        steps: args.step,
        ..Told::new(now, [now.saturating_sub(args.days * DAY_MS), now])
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let report = runtime.block_on(make(&*store, &args.site, args.name, told))?;
    print::print(&match (args.json, &args.csv, table) {
        (true, ..) => report.to_string() + "\n",
        (_, Some(_), Some(table)) => table.csv(&report),
        _ if args.name == Name::Summary => sentence(&report),
        _ => tables.iter().map(|table| readable(table, &report)).collect(),
    })
}

/// The metrics of a file.
fn metrics(path: &std::path::Path) -> Result<Vec<Metric>, Failure> {
    #[derive(serde::Deserialize)]
    struct File {
        metric: Vec<Metric>,
    }
    let bad = |what: String| Failure::new(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let file: File = toml::from_str(&text).map_err(|error| bad(error.to_string()))?;
    for metric in &file.metric {
        metric.check().map_err(|mistake| bad(format!("metric {}: {mistake}", metric.name)))?;
    }
    Ok(file.metric)
}

fn sentence(report: &Value) -> String {
    report.get("sentence").and_then(Value::as_str).unwrap_or_default().to_owned() + "\n"
}

/// A table under its name, its columns as wide as what stands in them; columns without anything are
/// left out, and a table without rows is one line.
fn readable(table: &Table, report: &Value) -> String {
    let rows = table.rows(report);
    if rows.is_empty() {
        return format!("{}: none\n\n", table.name);
    }
    let text: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(short).collect()).collect();
    let mut lines = vec![String::new(); rows.len() + 1];
    for (at, (heading, ..)) in table.columns.iter().enumerate() {
        let cells = || text.iter().map(|row| row[at].as_str());
        if cells().all(str::is_empty) {
            continue;
        }
        let width = cells().chain([*heading]).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let is_text = rows.iter().any(|row| row[at].is_string());
        for (line, cell) in lines.iter_mut().zip([*heading].into_iter().chain(cells())) {
            let gap = " ".repeat(width - cell.chars().count());
            let cell = if is_text { format!("{cell}{gap}") } else { format!("{gap}{cell}") };
            *line += &format!("{}{cell}", if line.is_empty() { "" } else { "  " });
        }
    }
    let body: String = lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect();
    format!("{}\n{body}\n", table.name)
}

/// A cell as a person reads it: four digits of a number, and no text that fills the screen.
fn short(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.chars().count() > WIDEST => {
            text.chars().take(WIDEST - 1).chain(['…']).collect()
        }
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => {
            let number = number.as_f64().unwrap_or(0.0);
            if number != 0.0 && number.abs() < 1e-3 {
                format!("{number:.1e}")
            } else if number.abs() < 100.0 {
                format!("{number:.4}")
            } else {
                format!("{number:.1}")
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::csv::FUNNEL;
    use serde_json::json;

    #[test]
    fn columns_stand_under_their_headings() {
        let steps =
            [("page:product", 1_200, 1.0, Value::Null), ("goal:buy", 60, 0.05, json!(6.5e4))];
        let steps: Vec<Value> = steps
            .into_iter()
            .map(|(step, sessions, share, median)| {
                json!({ "step": step, "sessions": sessions, "share": share, "medianMs": median })
            })
            .collect();
        let told = readable(&FUNNEL[0], &json!({ "steps": steps }));
        let expected = "steps\n\
            step          sessions   share  medianMs\n\
            page:product      1200  1.0000\n\
            goal:buy            60  0.0500   65000.0\n\n";
        assert_eq!(told, expected);
        assert_eq!(readable(&FUNNEL[0], &json!({ "steps": [] })), "steps: none\n\n");
    }
}
