//! A made-up shop from batches to JSON: a real SQLite store behind a real collector, and every number
//! counted again here from what the visitors were made to do.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use statrs::distribution::{ContinuousCDF, StudentsT};
use unspoken::id::{Id, Rng};
use unspoken::wire::{self, Batch, Bin, Event, What};
use unspoken_collector::settings::Metric;
use unspoken_collector::store::{Arrival, Retention, SqliteStore, Store};

use crate::support::{Server, TOKEN, run, settings};

const HOUR: u64 = 60 * 60 * 1000;
const DAY: u64 = 24 * HOUR;
/// The window is 20 days, and the visitors' past as long.
const FROM: u64 = 1_750_000_000_000;
const TO: u64 = FROM + 20 * DAY;
const VISITORS: u64 = 900;

const NAMES: [&str; 11] =
    ["/", "home", "product", "hero", "default", "help", "look", "purchase", "buy", "guide", "cart"];

fn name(text: &str) -> u16 {
    NAMES.iter().position(|name| *name == text).unwrap() as u16 + 1
}

/// What a visitor was made to do.
#[derive(Clone, Default)]
struct Visitor {
    variant: usize,
    /// He saw the other variant too.
    is_multiple: bool,
    is_machine: bool,
    /// Worth of each purchase before and after he first saw it.
    before: Vec<f64>,
    after: Vec<f64>,
    views_after: u64,
    /// Mean forecast before.
    forecast: f64,
    rewarded: bool,
}

fn uniform(rng: &mut Rng) -> f64 {
    (rng.draw() >> 11) as f64 / (1u64 << 53) as f64
}

fn people() -> Vec<Visitor> {
    let mut rng = Rng::new(20);
    let one = |at: u64| {
        let variant = (rng.draw() >> 63) as usize;
        let eager = uniform(&mut rng);
        let orders = |most: f64, rng: &mut Rng| -> Vec<f64> {
            let count = (0..4).filter(|_| uniform(rng) < eager * most).count();
            (0..count).map(|_| (100.0 * (10.0 + 90.0 * uniform(rng))).round() / 100.0).collect()
        };
        Visitor {
            variant,
            is_multiple: at % 20 == 7,
            is_machine: at % 50 == 3,
            before: orders(0.4, &mut rng),
            after: orders(if variant == 1 { 0.6 } else { 0.4 }, &mut rng),
            views_after: 1 + rng.draw() % 3,
            forecast: (eager * 1_000.0).round() / 1_000.0,
            rewarded: uniform(&mut rng) < if variant == 1 { 0.5 } else { 0.2 },
        }
    };
    (0..VISITORS).map(one).collect()
}

fn arrival(
    who: u64,
    session: u64,
    base_ms: u64,
    excluded: u8,
    events: Vec<(u32, What)>,
) -> Arrival {
    let last = events.iter().map(|(at, _)| u64::from(*at)).max().unwrap_or(0);
    let visitor = Id(u128::from(who) + 1);
    let id = Id((u128::from(who) << 64) | (u128::from(session) + 1));
    Arrival {
        site: "demo".into(),
        received_at: base_ms + last + 10,
        bytes: 100,
        batch: Batch {
            version: wire::VERSION,
            id,
            visitor,
            session: id,
            view: 1,
            sequence: 0,
            base_ms,
            dropped: 0,
            automation: 100 * excluded,
            excluded,
            names: NAMES.map(str::to_owned).to_vec(),
            events: events.into_iter().map(|(at, what)| Event { at, what }).collect(),
            trace: Vec::new(),
        },
    }
}

/// Three sessions: one long before, one just before the exposure with forecasts, one with it.
fn batches(who: u64, visitor: &Visitor) -> Vec<Arrival> {
    let at = FROM + DAY + who * 60_000;
    let excluded = u8::from(visitor.is_machine);
    let page = |kind: &str| What::Page { path: name("/"), kind: name(kind), item: 0 };
    let buy = |value: &f64| What::Goal { name: name("purchase"), value: *value };
    let variants = ["default", "help"];
    let exposure = |variant: usize| What::Exposure {
        slot: name("hero"),
        variant: name(variants[variant]),
        rule: name("look"),
        chance: 500_000,
    };
    let lesson = |reward: u32| What::Lesson {
        slot: name("hero"),
        rule: name("guide"),
        variant: name(variants[visitor.variant]),
        chance: 500_000,
        reward,
        context: vec![2_000],
    };
    let mut earlier = vec![(0, page("home"))];
    earlier
        .extend(visitor.before.iter().enumerate().map(|(at, value)| (10 + at as u32, buy(value))));
    let bin = Bin {
        index: (visitor.forecast * 9.99) as u8,
        count: 10,
        positives: 1,
        sum_milli: (visitor.forecast * 10_000.0).round() as u32,
    };
    let forecast = What::Forecast { head: name("buy"), bins: vec![bin] };
    let mut now = vec![(0, exposure(visitor.variant)), (0, lesson(0))];
    if visitor.is_multiple {
        now.push((500, exposure(1 - visitor.variant)));
    }
    for view in 0..visitor.views_after {
        now.push((1_000 + view as u32, page(["product", "cart", "home"][view as usize])));
    }
    now.extend(visitor.after.iter().enumerate().map(|(at, value)| (2_000 + at as u32, buy(value))));
    if visitor.rewarded {
        now.push((3_000, lesson(1_000_000)));
    }
    now.push((4_000, What::Dismiss { slot: name("hero") }));
    vec![
        arrival(who, 0, at - 15 * DAY, excluded, earlier),
        arrival(who, 1, at - HOUR, excluded, vec![(0, page("home")), (5, forecast)]),
        arrival(who, 2, at, excluded, now),
    ]
}

/// A database with everybody in it.
fn fill(db: &Path, people: &[Visitor]) {
    let store = SqliteStore::open(&settings(db)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        for (who, visitor) in people.iter().enumerate() {
            for arrival in batches(who as u64, visitor) {
                store.append(arrival).await.unwrap();
            }
        }
        store.close().await.unwrap();
    });
}

/// A collector on it, with metrics.
fn serve(db: &Path) -> Server {
    let metrics: Vec<Metric> = [
        "name = 'buyers'\nkind = 'conversion'\ngoal = 'purchase'",
        "name = 'orders'\nkind = 'count'\ngoal = 'purchase'",
        "name = 'revenue'\nkind = 'revenue'\ngoal = 'purchase'\ncap = 0.99",
        "name = 'orders a view'\nkind = 'ratio'\ngoal = 'purchase'\nper = 'views'",
    ]
    .iter()
    .map(|text| toml::from_str(text).unwrap())
    .collect();
    Server::start_with(|settings, _| {
        settings.db = db.to_owned();
        // Its visits are of a day long ago.
        let (events, traces, lessons, forecasts, sessions) = (0, 0, 0, 0, 0);
        settings.retention = Retention { events, traces, lessons, forecasts, sessions };
        std::sync::Arc::make_mut(&mut settings.sites[0]).metrics = metrics;
    })
}

fn get(server: &Server, path: &str) -> Value {
    let separator = if path.contains('?') { '&' } else { '?' };
    let path = format!("/v1/report/{path}{separator}from={FROM}&to={TO}");
    let answer = server.get(&path, &[("authorization", &format!("Bearer {TOKEN}"))]);
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

#[track_caller]
fn close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{found} is no number"));
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found}, not {expected}");
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len() as f64
}

fn covariance(one: &[f64], other: &[f64]) -> f64 {
    let (a, b) = (mean(one), mean(other));
    one.iter().zip(other).map(|(x, y)| (x - a) * (y - b)).sum::<f64>() / (one.len() - 1) as f64
}

/// Lift and interval from means and variances of the means, written out once more.
fn lift(a: f64, var_a: f64, n_a: usize, b: f64, var_b: f64, n_b: usize) -> [f64; 3] {
    let [per_a, per_b] = [var_a / n_a as f64, var_b / n_b as f64];
    let error = (per_b / a.powi(2) + per_a * b.powi(2) / a.powi(4)).sqrt();
    let freedom = (per_a + per_b).powi(2)
        / (per_a.powi(2) / (n_a - 1) as f64 + per_b.powi(2) / (n_b - 1) as f64);
    let half = StudentsT::new(0.0, 1.0, freedom).unwrap().inverse_cdf(0.975) * error;
    [(b - a) / a, (b - a) / a - half, (b - a) / a + half]
}

fn by_name<'a>(list: &'a Value, key: &str, wanted: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|it| it[key] == wanted);
    found.unwrap_or_else(|| panic!("no {wanted} in {list}"))
}

/// The numbers of one variant's visitors.
fn of(people: &[Visitor], variant: usize, number: fn(&Visitor) -> f64) -> Vec<f64> {
    people
        .iter()
        .filter(|it| it.variant == variant && !it.is_multiple && !it.is_machine)
        .map(number)
        .collect()
}

#[test]
fn every_number_is_that_of_a_brute_force_count() {
    let (folder, people) = (tempfile::tempdir().unwrap(), people());
    let db = folder.path().join("shop.db");
    fill(&db, &people);
    let server = serve(&db);

    let told = get(&server, "experiments?segment=buy");
    let experiment = by_name(&told["experiments"], "rule", "look");
    let [control, help] = [0, 1].map(|variant| of(&people, variant, |_| 1.0).len());
    let multiple = people.iter().filter(|it| it.is_multiple && !it.is_machine).count();
    assert_eq!(experiment["kind"], "experiment");
    assert_eq!(experiment["control"], "default");
    assert_eq!(experiment["visitors"], control + help);
    assert_eq!(experiment["multiple"], multiple);
    let expected = (control + help) as f64 / 2.0;
    let chi_square = [control, help].map(|seen| (seen as f64 - expected).powi(2) / expected);
    close(&experiment["srm"]["chiSquare"], chi_square.iter().sum());
    assert_eq!(experiment["srm"]["alarm"], false);

    experiment_numbers(experiment, &people);
    segments(experiment, &people);
    others(&server, &people);
    command_line(&db);
}

fn experiment_numbers(experiment: &Value, people: &[Visitor]) {
    let numbers = |number: fn(&Visitor) -> f64| [0, 1].map(|variant| of(people, variant, number));
    let metric = |name: &str| by_name(&experiment["metrics"], "metric", name);
    let of_metric =
        |name: &str, variant: &str| by_name(&metric(name)["variants"], "variant", variant);

    let orders = numbers(|it| it.after.len() as f64);
    let [a, b] = &orders;
    let [value, low, high] =
        lift(mean(a), covariance(a, a), a.len(), mean(b), covariance(b, b), b.len());
    let found = of_metric("orders", "help");
    close(&found["total"], b.iter().sum());
    close(&found["mean"], mean(b));
    close(&found["sd"], covariance(b, b).sqrt());
    close(&found["lift"], value);
    close_enough(&found["low"], low);
    close_enough(&found["high"], high);
    // The effect that was put in: half as many again.
    assert!((0.3..0.8).contains(&value) && low > 0.0, "{value} {low}");
    assert_eq!(found["sequential"]["significant"], true, "{found}");
    assert!(found["sequential"]["low"].as_f64().unwrap() < low);
    assert!(found["chanceToWin"].as_f64().unwrap() > 0.999);
    assert!(of_metric("orders", "default")["lift"].is_null());

    // CUPED, by orders before.
    let before = numbers(|it| it.before.len() as f64);
    let (all, all_before) = (orders.concat(), before.concat());
    let theta = covariance(&all, &all_before) / covariance(&all_before, &all_before);
    let adjusted: Vec<Vec<f64>> = orders
        .iter()
        .zip(&before)
        .map(|(after, before)| after.iter().zip(before).map(|(y, x)| y - theta * x).collect())
        .collect();
    let found = &found["cuped"];
    close(&found["lift"], (mean(&adjusted[1]) - mean(&adjusted[0])) / mean(a));
    assert!(found["varianceReduction"].as_f64().unwrap() > 0.02, "{found}");

    let [a, b] = numbers(|it| f64::from(u8::from(!it.after.is_empty())));
    let spread = |numbers: &[f64]| mean(numbers) * (1.0 - mean(numbers));
    let [value, low, _] = lift(mean(&a), spread(&a), a.len(), mean(&b), spread(&b), b.len());
    close(&of_metric("buyers", "help")["lift"], value);
    close_enough(&of_metric("buyers", "help")["low"], low);

    let revenue = numbers(|it| it.after.iter().sum());
    let mut sorted = revenue.concat();
    sorted.sort_by(f64::total_cmp);
    let at = 0.99 * (sorted.len() - 1) as f64;
    let below = sorted[at.floor() as usize];
    let cap = below + (sorted[at.ceil() as usize] - below) * at.fract();
    close(&metric("revenue")["cap"]["value"], cap);
    let capped =
        revenue.map(|all| all.into_iter().map(|spent: f64| spent.min(cap)).collect::<Vec<_>>());
    close(&of_metric("revenue", "default")["mean"], mean(&capped[0]));
    close(&of_metric("revenue", "help")["mean"], mean(&capped[1]));

    let views = numbers(|it| it.views_after as f64);
    let ratios = [0, 1].map(|at| mean(&orders[at]) / mean(&views[at]));
    let spreads = [0, 1].map(|at| {
        let (x, y, r) = (&orders[at], &views[at], ratios[at]);
        (covariance(x, x) - 2.0 * r * covariance(x, y) + r * r * covariance(y, y)) / mean(y).powi(2)
    });
    let [value, low, _] =
        lift(ratios[0], spreads[0], views[0].len(), ratios[1], spreads[1], views[1].len());
    close(&of_metric("orders a view", "help")["mean"], ratios[1]);
    close(&of_metric("orders a view", "help")["lift"], value);
    close_enough(&of_metric("orders a view", "help")["low"], low);

    // Holm, over four comparisons.
    let names = ["buyers", "orders", "revenue", "orders a view"];
    let mut ps: Vec<(f64, f64)> = names
        .iter()
        .map(|name| of_metric(name, "help"))
        .map(|it| (it["p"].as_f64().unwrap(), it["pAdjusted"].as_f64().unwrap()))
        .collect();
    ps.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut least = 0.0f64;
    for (rank, (p, adjusted)) in ps.iter().enumerate() {
        least = least.max(p * (4 - rank) as f64).min(1.0);
        assert!((adjusted - least).abs() < 1e-12, "{ps:?}");
    }
}

/// The quantile of statrs has fewer digits than ours.
#[track_caller]
fn close_enough(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    assert!((found - expected).abs() < 1e-6, "{found}, not {expected}");
}

fn segments(experiment: &Value, people: &[Visitor]) {
    let counted: Vec<&Visitor> =
        people.iter().filter(|it| !it.is_multiple && !it.is_machine).collect();
    let mut forecasts: Vec<f64> = counted.iter().map(|it| it.forecast).collect();
    forecasts.sort_by(f64::total_cmp);
    let quantile = |share: f64| {
        let at = share * (forecasts.len() - 1) as f64;
        let below = forecasts[at.floor() as usize];
        below + (forecasts[at.ceil() as usize] - below) * at.fract()
    };
    let (third, two_thirds) = (quantile(1.0 / 3.0), quantile(2.0 / 3.0));
    let low: Vec<&&Visitor> = counted.iter().filter(|it| it.forecast <= third).collect();
    let high: Vec<&&Visitor> = counted.iter().filter(|it| it.forecast > two_thirds).collect();
    for (level, members) in [("low", low), ("high", high)] {
        let found = by_name(&experiment["segments"], "level", level);
        assert_eq!(found["visitors"], members.len());
        let orders = by_name(&found["metrics"], "metric", "orders");
        let total: usize =
            members.iter().filter(|it| it.variant == 1).map(|it| it.after.len()).sum();
        close(&by_name(&orders["variants"], "variant", "help")["total"], total as f64);
    }
}

fn others(server: &Server, people: &[Visitor]) {
    let people: Vec<&Visitor> = people.iter().filter(|it| !it.is_machine).collect();
    let summary = get(server, "summary");
    assert_eq!((&summary["verdict"], &summary["variant"]), (&"helping".into(), &"help".into()));
    assert!(summary["sentence"].as_str().unwrap().contains("raises buyers"), "{summary}");

    // Everybody was drawn evenly, so a variant's value is the mean of its own.
    let bandits = get(server, "bandits");
    let bandit = by_name(&bandits["bandits"], "rule", "guide");
    assert_eq!(bandit["lessons"], people.len());
    for (variant, name) in [(0, "default"), (1, "help")] {
        let own: Vec<f64> = people
            .iter()
            .filter(|it| it.variant == variant)
            .map(|it| f64::from(u8::from(it.rewarded)))
            .collect();
        let found = by_name(&bandit["variants"], "variant", name);
        close(&found["value"], mean(&own));
        close(&found["effective"], own.len() as f64);
        let [low, high] = [&found["low"], &found["high"]].map(|it| it.as_f64().unwrap());
        assert!(low < mean(&own) && mean(&own) < high);
    }

    let funnel = get(server, "funnel?step=page:product&step=page:cart&step=goal:purchase");
    let cart = people.iter().filter(|it| it.views_after > 1);
    let bought = cart.clone().filter(|it| !it.after.is_empty()).count();
    let found: Vec<u64> = funnel["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["sessions"].as_u64().unwrap())
        .collect();
    assert_eq!(found, [people.len() as u64, cart.count() as u64, bought as u64]);
    close(&funnel["steps"][1]["medianMs"], 1.0);

    // Within the window lie two sessions of each: with forecasts, and with the exposure.
    let journeys = get(server, "journeys?depth=2");
    assert_eq!(journeys["sessions"], 2 * people.len());
    assert_eq!(by_name(&journeys["nodes"], "id", "0/product")["sessions"], people.len());
    assert_eq!(by_name(&journeys["links"], "to", "1#end")["from"], "0/home");

    let attention = get(server, "attention?page=product");
    let views = by_name(&attention["pages"], "page", "product")["views"].as_u64().unwrap();
    assert_eq!(views, people.len() as u64);

    let interruptions = get(server, "interruptions");
    let interrupted = people.iter().filter(|it| it.variant == 1 || it.is_multiple).count();
    assert_eq!(interruptions["visitors"], interrupted);
    close(&interruptions["perVisitorDay"]["max"], 1.0);

    let csv = server.get(
        &format!("/v1/report/experiments?format=csv&from={FROM}&to={TO}"),
        &[("authorization", &format!("Bearer {TOKEN}"))],
    );
    assert!(csv.header("content-type").unwrap().starts_with("text/csv"));
    assert!(csv.body.starts_with("slot,rule,kind,metric,variant,visitors,"), "{}", csv.body);
    assert_eq!(csv.body.lines().count(), 1 + 4 * 2);
}

fn command_line(db: &Path) {
    let db = db.to_str().unwrap();
    let json = |name: &str| {
        let (is_well, out, complaint) =
            run(&["report", name, "--db", db, "--site", "demo", "--days", "400", "--json"]);
        assert!(is_well, "{complaint}");
        serde_json::from_str::<BTreeMap<String, Value>>(&out).unwrap()
    };
    assert!(json("experiments").contains_key("experiments"));
    assert!(json("interruptions").contains_key("histogram"));
    let (is_well, _, complaint) = run(&["report", "funnel", "--db", db]);
    assert!(!is_well && complaint.contains("--step"), "{complaint}");
    let (is_well, _, complaint) = run(&["report", "summary", "--db", db, "--csv", "none"]);
    assert!(!is_well && complaint.contains("summary"), "{complaint}");
}

#[test]
fn who_may_not_read_reads_nothing_and_what_is_wrong_is_named() {
    let server = Server::start();
    let token = format!("Bearer {TOKEN}");
    for name in
        ["summary", "experiments", "bandits", "intents", "attention", "journeys", "interruptions"]
    {
        let path = format!("/v1/report/{name}");
        server.get(&path, &[]).assert_problem(401, "token");
        let answer = server.get(&path, &[("authorization", &token)]);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.json()["generatedAt"].is_u64(), "{path}");
        let table = server.get(&format!("{path}?format=csv"), &[("authorization", &token)]);
        assert_eq!(table.status, 200, "{path}: {}", table.body);
        let wrong = server.get(&format!("{path}?days=0"), &[("authorization", &token)]);
        wrong.assert_problem(400, "malformed");
        assert!(wrong.json()["detail"].as_str().unwrap().starts_with("days: "), "{}", wrong.body);
    }
    let wrong = server.get("/v1/report/funnel", &[("authorization", &token)]);
    wrong.assert_problem(400, "malformed");
    assert!(wrong.json()["detail"].as_str().unwrap().contains("step=page:product"));
}
