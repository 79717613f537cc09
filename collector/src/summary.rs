//! What a support agent is told of a visitor: a few facts, and a sentence or three made of them.
//!
//! It is counted from the visitor's stored events when it is asked for, so it knows no more than what
//! is kept, and nothing of it is kept in its turn. There is no guess in it: "compared" is two items or
//! more of one kind of page in a session, "left" a page of the cart or the checkout with no goal
//! after it, and "struggled" clicks in a burst or on what does not answer.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Page kinds that begin an order.
const ORDER: [&str; 3] = ["cart", "checkout", "payment"];
/// Sessions that are looked at, the latest; names of one sort in each.
const MOST_SESSIONS: usize = 100;
const MOST_NAMES: usize = 100;
/// Items that a sentence names.
const NAMED: usize = 3;
/// The bits of a click's flags, as on the wire.
const RAGE: u64 = 1;
const DEAD: u64 = 2;

const MINUTE: u64 = 60 * 1000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What is known of a visitor. Times are ms since 1970.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// For people.
    pub sentence: String,
    /// The first event that is kept.
    pub first_seen_at: u64,
    /// The last one.
    pub last_seen_at: u64,
    /// Sessions.
    pub sessions: usize,
    /// Page views.
    pub views: u64,
    /// Page views by the page's kind, or path where it has none; the most frequent first.
    pub pages: Vec<Page>,
    /// Items that were compared, of the latest session in which there were two or more.
    pub compared: Option<Compared>,
    /// Goals that were reached, the latest first.
    pub goals: Vec<Goal>,
    /// Where an order was begun in the latest session and left.
    pub left: Option<Left>,
    /// Where clicks came to nothing, the worst first.
    pub struggled: Vec<Struggle>,
    /// Slots that were dismissed, and how often.
    pub dismissed: BTreeMap<String, u64>,
    /// What the visitor said, the latest of each.
    pub facts: BTreeMap<String, String>,
}

/// Views of a kind of page.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The kind, or the path.
    pub page: String,
    /// Page views.
    pub views: u64,
}

/// Items of one kind of page.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    /// The kind.
    pub page: String,
    /// The items, as they were first seen.
    pub items: Vec<String>,
    /// When the last of them was looked at.
    pub at: u64,
}

/// A goal that was reached.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Goal {
    /// Its name.
    pub goal: String,
    /// How often.
    pub count: u64,
    /// What it was worth in all.
    pub value: f64,
    /// When it was reached last.
    pub last_at: u64,
}

/// An order that was begun.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Left {
    /// The kind of page that it came to.
    pub page: String,
    /// When.
    pub at: u64,
}

/// Clicks that came to nothing.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Struggle {
    /// The page's kind, or path.
    pub page: String,
    /// Clicks of a burst.
    pub rage: u64,
    /// Clicks on what does not answer.
    pub dead: u64,
}

/// One session, as far as it was told.
#[derive(Debug, Default)]
struct Session {
    first: u64,
    last: u64,
    views: u64,
    pages: BTreeMap<String, u64>,
    /// Page, item, time of the last view; in the order of the first.
    items: Vec<(String, String, u64)>,
    goals: Vec<(String, f64, u64)>,
    order: Option<(String, u64)>,
    clicks: BTreeMap<String, (u64, u64)>,
    dismissed: BTreeMap<String, u64>,
    facts: BTreeMap<String, (u64, String)>,
    is_machine: bool,
}

/// Counts a visitor's rows as the question `person` hands them over, in time order.
#[derive(Debug, Default)]
pub struct Counting {
    sessions: BTreeMap<String, Session>,
    /// The page view that a batch tells of, and where that page view is.
    views: BTreeMap<String, String>,
    places: BTreeMap<String, String>,
}

impl Counting {
    /// Takes a row: its table, time and JSON.
    pub fn row(&mut self, table: &str, at: u64, json: &str) {
        let Ok(row) = serde_json::from_str::<Value>(json) else { return };
        let text = |key: &str| row[key].as_str().unwrap_or("");
        let session = text("session");
        match table {
            "batches" => {
                let view = format!("{session} {}", row["view"]);
                self.views.insert(text("batch").to_owned(), view);
            }
            "sessions" => {
                let of = self.session(session, at);
                of.is_machine = row["excluded"].as_u64().is_some_and(|excluded| excluded > 0);
            }
            "events" => {
                let view = self.views.get(text("batch")).cloned().unwrap_or_default();
                if text("kind") == "p" {
                    let place = [text("page"), text("path")].into_iter().find(|it| !it.is_empty());
                    self.places.insert(view.clone(), place.unwrap_or("/").to_owned());
                }
                let place = self.places.get(&view).cloned().unwrap_or_default();
                self.session(session, at).event(&row, at, place);
            }
            _ => {}
        }
    }

    fn session(&mut self, id: &str, at: u64) -> &mut Session {
        if self.sessions.len() >= MOST_SESSIONS && !self.sessions.contains_key(id) {
            let oldest = self.sessions.iter().min_by_key(|(_, session)| session.last);
            if let Some(oldest) = oldest.map(|(id, _)| id.clone()) {
                self.sessions.remove(&oldest);
            }
        }
        let session = self.sessions.entry(id.to_owned()).or_default();
        if session.first == 0 {
            session.first = at;
        }
        session.last = session.last.max(at);
        session
    }

    /// The summary at `now` (ms since 1970); none where nothing is kept but what machines did.
    pub fn finish(self, now: u64) -> Option<Summary> {
        let mut sessions: Vec<Session> =
            self.sessions.into_values().filter(|session| !session.is_machine).collect();
        sessions.sort_by_key(|session| (session.first, session.last));
        let latest = sessions.last()?;
        let left = latest.order.as_ref().map(|(page, at)| Left { page: page.clone(), at: *at });
        let mut summary = Summary {
            sentence: String::new(),
            first_seen_at: sessions.first()?.first,
            last_seen_at: sessions.iter().map(|session| session.last).max()?,
            sessions: sessions.len(),
            views: sessions.iter().map(|session| session.views).sum(),
            pages: Vec::new(),
            compared: sessions.iter().rev().find_map(Session::compared),
            goals: Vec::new(),
            left,
            struggled: Vec::new(),
            dismissed: BTreeMap::new(),
            facts: BTreeMap::new(),
        };
        let (mut pages, mut clicks) = (BTreeMap::new(), BTreeMap::new());
        let mut goals: BTreeMap<String, Goal> = BTreeMap::new();
        let mut facts: BTreeMap<String, (u64, String)> = BTreeMap::new();
        for session in sessions {
            for (page, views) in session.pages {
                *pages.entry(page).or_insert(0) += views;
            }
            for (page, (rage, dead)) in session.clicks {
                let all = clicks.entry(page).or_insert((0, 0));
                *all = (all.0 + rage, all.1 + dead);
            }
            for (slot, count) in session.dismissed {
                *summary.dismissed.entry(slot).or_insert(0) += count;
            }
            for (goal, value, at) in session.goals {
                let new = Goal { goal: goal.clone(), count: 0, value: 0.0, last_at: 0 };
                let all = goals.entry(goal).or_insert(new);
                (all.count, all.value) = (all.count + 1, all.value + value);
                all.last_at = all.last_at.max(at);
            }
            for (name, told) in session.facts {
                let known = facts.entry(name).or_default();
                *known = told.max(std::mem::take(known));
            }
        }
        summary.facts = facts.into_iter().map(|(name, (_, value))| (name, value)).collect();
        summary.pages = pages.into_iter().map(|(page, views)| Page { page, views }).collect();
        summary.pages.sort_by(|a, b| b.views.cmp(&a.views).then(a.page.cmp(&b.page)));
        summary.goals = goals.into_values().collect();
        summary.goals.sort_by(|a, b| b.last_at.cmp(&a.last_at).then(a.goal.cmp(&b.goal)));
        let struggle = |(page, (rage, dead))| Struggle { page, rage, dead };
        summary.struggled = clicks.into_iter().map(struggle).collect();
        summary.struggled.sort_by_key(|it| std::cmp::Reverse(it.rage + it.dead));
        summary.sentence = sentence(&summary, now);
        Some(summary)
    }
}

impl Session {
    fn event(&mut self, row: &Value, at: u64, place: String) {
        let text = |key: &str| row[key].as_str().unwrap_or("").to_owned();
        match row["kind"].as_str().unwrap_or("") {
            "p" => {
                self.views += 1;
                let item = text("item");
                if !item.is_empty() {
                    match self.items.iter().position(|it| it.0 == place && it.1 == item) {
                        Some(known) => self.items[known].2 = at,
                        None if self.items.len() < MOST_NAMES => {
                            self.items.push((place.clone(), item, at));
                        }
                        None => {}
                    }
                }
                if ORDER.contains(&place.as_str()) {
                    self.order = Some((place.clone(), at));
                }
                count(&mut self.pages, place, 1);
            }
            "c" => {
                let flags = row["flags"].as_u64().unwrap_or(0);
                let (rage, dead) = (u64::from(flags & RAGE > 0), u64::from(flags & DEAD > 0));
                if rage + dead > 0
                    && (self.clicks.len() < MOST_NAMES || self.clicks.contains_key(&place))
                {
                    let all = self.clicks.entry(place).or_insert((0, 0));
                    *all = (all.0 + rage, all.1 + dead);
                }
            }
            "g" => {
                self.order = None;
                if self.goals.len() < MOST_NAMES {
                    self.goals.push((text("name"), row["value"].as_f64().unwrap_or(0.0), at));
                }
            }
            "z" => count(&mut self.dismissed, text("slot"), 1),
            "f" if self.facts.len() < MOST_NAMES || self.facts.contains_key(&text("name")) => {
                self.facts.insert(text("name"), (at, text("text")));
            }
            _ => {}
        }
    }

    /// The kind of page with the most items, where it has two.
    fn compared(&self) -> Option<Compared> {
        let mut kinds: BTreeMap<&str, (Vec<String>, u64)> = BTreeMap::new();
        for (page, item, at) in &self.items {
            let (items, last) = kinds.entry(page).or_default();
            items.push(item.clone());
            *last = (*last).max(*at);
        }
        let (page, (items, at)) = kinds.into_iter().max_by_key(|(_, (items, _))| items.len())?;
        (items.len() > 1).then(|| Compared { page: page.into(), items, at })
    }
}

fn count(all: &mut BTreeMap<String, u64>, name: String, by: u64) {
    if all.len() < MOST_NAMES || all.contains_key(&name) {
        *all.entry(name).or_insert(0) += by;
    }
}

/// A sentence, two or three.
fn sentence(of: &Summary, now: u64) -> String {
    let times = match of.sessions {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    };
    let ago = ago(now.saturating_sub(of.last_seen_at));
    let looked = match (&of.compared, of.pages.first()) {
        (Some(Compared { page, items, .. }), _) => {
            format!("compared {} items of {page} pages ({})", items.len(), listed(items))
        }
        (None, Some(Page { page, .. })) => format!("looked at {}, mostly {page}", pages(of.views)),
        (None, None) => "opened no page that is kept".to_owned(),
    };
    let mut sentences = vec![format!("Was here {times}, last {ago}; {looked}.")];
    let mut came = Vec::new();
    if let Some(Goal { goal, count, .. }) = of.goals.first() {
        came.push(match count {
            1 => format!("reached {goal}"),
            count => format!("reached {goal} {count} times"),
        });
    }
    if let Some(Left { page, .. }) = &of.left {
        came.push(format!("came to {page} and left it"));
    }
    if let Some(Struggle { page, rage, dead }) = of.struggled.first() {
        let place = if page.is_empty() { "a page that is not kept" } else { page };
        came.push(format!("struggled at {place} ({} that came to nothing)", clicks(rage + dead)));
    }
    if let Some((first, rest)) = came.split_first() {
        let mut text = first.clone();
        text[..1].make_ascii_uppercase();
        let all: Vec<String> = std::iter::once(text).chain(rest.iter().cloned()).collect();
        sentences.push(format!("{}.", and(&all)));
    }
    if !of.dismissed.is_empty() {
        let slots: Vec<String> = of.dismissed.keys().cloned().collect();
        sentences.push(format!("Dismissed {}.", listed(&slots)));
    }
    sentences.join(" ")
}

fn pages(count: u64) -> String {
    if count == 1 { "1 page".into() } else { format!("{count} pages") }
}

fn clicks(count: u64) -> String {
    if count == 1 { "1 click".into() } else { format!("{count} clicks") }
}

/// The first few by name, the others by number.
fn listed(names: &[String]) -> String {
    let mut told: Vec<String> = names.iter().take(NAMED).cloned().collect();
    if names.len() > NAMED {
        told.push(format!("{} more", names.len() - NAMED));
    }
    and(&told)
}

fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn ago(ms: u64) -> String {
    let told = |count: u64, unit: &str| match count {
        1 => format!("1 {unit} ago"),
        count => format!("{count} {unit}s ago"),
    };
    match ms {
        0..MINUTE => "just now".into(),
        MINUTE..HOUR => told(ms / MINUTE, "minute"),
        HOUR..DAY => told(ms / HOUR, "hour"),
        _ => told(ms / DAY, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: u64 = 1_800_000_000_000;

    fn counted(rows: &[(&str, u64, Value)]) -> Option<Summary> {
        let mut counting = Counting::default();
        for (table, at, json) in rows {
            counting.row(table, *at, &json.to_string());
        }
        counting.finish(NOW)
    }

    fn page(at: u64, batch: &str, kind: &str, item: Option<&str>) -> (&'static str, u64, Value) {
        let row = json!({ "batch": batch, "session": "s", "kind": "p", "page": kind, "path": "/x", "item": item });
        ("events", at, row)
    }

    #[test]
    fn what_was_compared_and_where_it_ended_is_told() {
        let at = NOW - 2 * HOUR;
        let event = |after: u64, batch: &str, mut row: Value| {
            row["batch"] = batch.into();
            row["session"] = "s".into();
            ("events", at + after, row)
        };
        let batch = |after: u64, batch: &str, view: u64| {
            ("batches", at + after, json!({ "batch": batch, "session": "s", "view": view }))
        };
        let rows = [
            batch(0, "a", 1),
            page(at, "a", "product", Some("drover")),
            batch(1, "b", 2),
            page(at + 1, "b", "product", Some("ridge")),
            batch(2, "c", 3),
            page(at + 2, "c", "product", Some("moor")),
            event(3, "a", json!({ "kind": "z", "slot": "popup" })),
            event(4, "a", json!({ "kind": "g", "name": "add_to_cart", "value": 0.0 })),
            batch(5, "d", 4),
            page(at + 5, "d", "checkout", None),
            event(6, "d", json!({ "kind": "c", "flags": 3, "role": 0 })),
            event(7, "d", json!({ "kind": "c", "flags": 1, "role": 2 })),
            // Another tab, told later: the click is where that tab is.
            event(8, "a", json!({ "kind": "c", "flags": 2, "role": 0 })),
            event(9, "a", json!({ "kind": "f", "name": "activity", "text": "hiking" })),
            ("sessions", at + 10, json!({ "session": "s", "excluded": 0 })),
        ];
        let summary = counted(&rows).unwrap();
        assert_eq!(
            summary.sentence,
            "Was here once, last 1 hour ago; compared 3 items of product pages (drover, ridge and moor). \
             Reached add_to_cart, came to checkout and left it and struggled at checkout (3 clicks that \
             came to nothing). Dismissed popup."
        );
        assert_eq!(summary.struggled[1], Struggle { page: "product".into(), rage: 0, dead: 1 });
        assert_eq!(summary.pages[0], Page { page: "product".into(), views: 3 });
        assert_eq!(summary.facts["activity"], "hiking");
        assert_eq!((summary.views, summary.sessions, summary.first_seen_at), (4, 1, at));
    }

    #[test]
    fn a_goal_after_the_checkout_ends_it() {
        let rows = [
            page(NOW - DAY, "a", "checkout", None),
            (
                "events",
                NOW - DAY + 1,
                json!({ "session": "s", "kind": "g", "name": "purchase", "value": 80.0 }),
            ),
        ];
        let summary = counted(&rows).unwrap();
        assert_eq!(summary.left, None);
        assert_eq!(summary.goals[0].value, 80.0);
        assert!(summary.sentence.ends_with("Reached purchase."), "{}", summary.sentence);
    }

    #[test]
    fn of_machines_and_of_nobody_nothing_is_told() {
        assert_eq!(counted(&[]), None);
        let machine = ("sessions", NOW, json!({ "session": "s", "excluded": 1 }));
        assert_eq!(counted(&[page(NOW, "a", "home", None), machine]), None);
    }
}
