//! What is remembered between page views, on the device only.
//!
//! Who (a pseudonym), the present session, facts, how often and when goals were reached, interests
//! that fade, what was dismissed, how often what was shown, and where journeys stand. Everything is bounded: the oldest goes first. A profile that was damaged or
//! written by someone else is read for what it still says; it is never an error.

mod session;

pub use crate::entry::{Entries, Entry, MAX_TEXT};
pub use session::Session;

use crate::budget::Claims;
use crate::entry::{is_plain, is_positive};
use crate::feature::{Habit, Stays, Totals};
use crate::history::Log;
use crate::id::{Id, Rng};
use crate::intent::learned::Learned;
use crate::intent::pending::{Pending, Pendings};
use crate::journey::Steps;
use crate::limit::{Known, Refusal, Span, Tally, Until};
use crate::number::{max, min, round};
use crate::text::clip;
use crate::time::{DAY, MINUTE};
use crate::value::Value;
use alloc::string::String;
use alloc::vec::Vec;

/// A session ends after this long without a signal: the convention of web analytics.
pub const SESSION_GAP: f64 = 30.0 * MINUTE;
/// Bytes of a snapshot as JSON, with every list full and every name as long as it may be.
pub const MAX_BYTES: usize = 48 * 1024;
/// Facts kept.
pub const MAX_FACTS: usize = 32;
/// Goals whose history is kept.
pub const MAX_HISTORY: usize = 64;
/// Tags whose interest is kept.
pub const MAX_INTERESTS: usize = 48;
/// Different items of a session that are told apart.
pub const MAX_ITEMS: usize = 32;
/// Slots whose dismissal is kept.
pub const MAX_DISMISSED: usize = 32;
/// An interest halves in this time.
pub const HALF_LIFE: f64 = 14.0 * DAY;
/// So many page views with a tag make an interest of one half.
pub const HALF_INTEREST: f64 = 2.0;
/// Ten seconds of dwell with a tag weigh as much as this many page views with it.
pub const DWELT: f64 = 0.25;

/// No count, time or hash of a profile is as large as this.
const MOST: f64 = 1e10;

/// All of it.
#[derive(Clone, PartialEq, Debug, Default)]
#[repr(C)]
pub struct Profile {
    /// The pseudonym.
    pub visitor: Id,
    /// Sessions so far, the present one among them.
    pub visits: f64,
    /// What was said.
    pub facts: Entries,
    /// What was reached.
    pub history: Entries,
    /// What was dwelt on.
    pub interests: Entries,
    /// Slots that were dismissed, and how often. Not in the log, which forgets.
    pub dismissed: Entries,
    /// What happened, of what the config names.
    pub log: Log,
    /// How often slots and rules were seen.
    pub tally: Tally,
    /// Interruptions so far.
    pub claims: Claims,
    /// Where each journey stands.
    pub journeys: Steps,
    /// What outcomes taught.
    pub learned: Learned,
    /// What waited for a session that is over. Not kept: the engine settles it at once.
    pub ended: Vec<Pending>,
    /// How this visitor usually moves.
    pub habit: Habit,
    /// The present visit.
    pub session: Session,
}

impl Profile {
    /// The profile a snapshot holds; a new visitor or a new session where it holds none or the
    /// last signal is too long ago.
    pub fn open(snapshot: &Value, wall: f64, rng: &mut Rng) -> Profile {
        let mut profile = Profile::from_value(snapshot);
        if profile.visitor == Id::default() {
            profile.visitor = rng.id();
        }
        let idle = wall - profile.session.last;
        if profile.session.id == Id::default() || !(0.0..SESSION_GAP).contains(&idle) {
            profile.renew(wall, rng);
        }
        profile
    }

    /// A new session begins; what waited for the old one is in `ended`.
    pub fn renew(&mut self, wall: f64, rng: &mut Rng) {
        self.ended.extend(core::mem::take(&mut self.session.pending).end());
        self.visits += 1.0;
        self.tally.begin(Span::Session);
        self.claims.begin(Span::Session);
        self.session = Session { id: rng.id(), began: wall, last: wall, ..Session::default() };
    }

    /// A page view begins: counts it, its item and its tags. Says whether the session sees the
    /// item for the first time.
    pub fn page(&mut self, item: &str, tags: &[String], wall: f64) -> bool {
        self.session.pages += 1;
        self.tally.begin(Span::Page);
        self.claims.begin(Span::Page);
        let is_new = self.session.see(clip(item, MAX_TEXT));
        for tag in tags {
            self.attend(tag, 1.0, wall);
        }
        is_new
    }

    /// Time was spent with a tag: [`DWELT`] for each ten seconds, told at most four times a page
    /// view, so that a page which was stayed on weighs at most twice as much as one passed by.
    pub fn dwelt(&mut self, tag: &str, wall: f64) {
        self.attend(tag, DWELT, wall);
    }

    fn attend(&mut self, tag: &str, weight: f64, wall: f64) {
        let tag = clip(tag, MAX_TEXT);
        // In thousandths: that is exact enough, and prints short.
        let weight = round((self.weight(tag, wall) + weight) * 1_000.0) / 1_000.0;
        let value = Value::Number(weight);
        self.interests.put(Entry { name: tag.into(), value, at: wall }, MAX_INTERESTS);
    }

    /// A goal was reached.
    pub fn goal(&mut self, name: &str, wall: f64) {
        once_more(&mut self.history, name, wall, MAX_HISTORY);
    }

    /// A slot was dismissed.
    pub fn dismiss(&mut self, slot: &str, wall: f64) {
        once_more(&mut self.dismissed, slot, wall, MAX_DISMISSED);
    }

    /// Why an `until` of this slot, or of a rule in it, is over, if it is.
    pub fn over<'a>(&self, until: &'a Until, slot: &str, wall: f64) -> Option<Refusal<'a>> {
        let (goals, facts) = (&self.history, &self.facts);
        until.over(slot, &Known { goals, facts, dismissed: &self.dismissed }, wall)
    }

    /// The visitor said something; texts are cut to [`MAX_TEXT`], lists and objects not kept.
    pub fn fact(&mut self, name: &str, value: &Value, wall: f64) {
        if !is_plain(value) {
            return;
        }
        let value = match value {
            Value::Text(text) => Value::from(clip(text, MAX_TEXT)),
            plain => plain.clone(),
        };
        let name = clip(name, MAX_TEXT).into();
        self.facts.put(Entry { name, value, at: wall }, MAX_FACTS);
    }

    /// How often a goal was reached.
    pub fn count(&self, goal: &str) -> f64 {
        self.history.get(goal).map_or(0.0, Entry::number)
    }

    /// Interest in a tag, 0 to 1: two page views make one half, and it fades by half in 14 days.
    pub fn interest(&self, tag: &str, wall: f64) -> f64 {
        let weight = self.weight(tag, wall);
        weight / (weight + HALF_INTEREST)
    }

    fn weight(&self, tag: &str, wall: f64) -> f64 {
        let Some(interest) = self.interests.get(tag) else { return 0.0 };
        let age = max(wall - interest.at, 0.0);
        interest.number() * libm::exp(-core::f64::consts::LN_2 * age / HALF_LIFE)
    }

    /// Takes over what another tab learned: of each entry the later one, of counts the higher.
    /// Says whether a goal, a fact, a dismissal, an event or a journey did: then slots are decided
    /// afresh.
    pub fn merge(&mut self, snapshot: &Value) -> bool {
        let other = Profile::from_value(snapshot);
        if other.visitor != self.visitor {
            return false;
        }
        let reached = self.history.merge(other.history, true, MAX_HISTORY);
        let said = self.facts.merge(other.facts, false, MAX_FACTS);
        self.interests.merge(other.interests, false, MAX_INTERESTS);
        let dismissed = self.dismissed.merge(other.dismissed, true, MAX_DISMISSED);
        let happened = self.log.merge(other.log);
        let moved = self.journeys.merge(other.journeys);
        let began = (other.session.id == self.session.id).then_some(self.session.began);
        self.tally.merge(&other.tally, began);
        self.claims.merge(&other.claims, began);
        self.learned.merge(other.learned);
        self.visits = max(self.visits, other.visits);
        self.habit.merge(&other.habit);
        if began.is_some() {
            self.session.pending.merge(&other.session.pending);
            self.session.totals.merge(&other.session.totals);
            self.session.stays.merge(&other.session.stays);
            for item in &other.session.items {
                self.session.see(item);
            }
            self.session.pages = self.session.pages.max(other.session.pages);
            self.session.clicks = self.session.clicks.max(other.session.clicks);
            self.session.last = max(self.session.last, other.session.last);
            self.session.automation = max(self.session.automation, other.session.automation);
        }
        reached || said || dismissed || happened || moved
    }

    /// The profile as a document.
    pub fn to_value(&self) -> Value {
        let session = &self.session;
        let mut numbers = Vec::new();
        let (mut visits, mut habit) = (self.visits, self.habit);
        let (mut totals, mut stays) = (session.totals, session.stays);
        let counted = (&mut visits, &mut habit, &mut totals, &mut stays);
        each_number(counted, &mut |number| numbers.push(Value::Number(*number)));
        Value::map()
            .with("visitor", self.visitor.to_hex())
            .with(
                "session",
                Value::map()
                    .with("id", session.id.to_hex())
                    .with("began", session.began)
                    .with("last", session.last)
                    .with("pages", session.pages as f64)
                    .with("clicks", session.clicks as f64)
                    .with("automation", session.automation)
                    .with("items", Value::texts(&session.items))
                    .with("pending", session.pending.to_value()),
            )
            .with("numbers", Value::List(numbers))
            .with("facts", self.facts.to_value())
            .with("history", self.history.to_value())
            .with("interests", self.interests.to_value())
            .with("dismissed", self.dismissed.to_value())
            .with("log", self.log.to_value())
            .with("tally", self.tally.to_value())
            .with("claims", self.claims.to_value())
            .with("journeys", self.journeys.to_value())
            .with("learned", self.learned.to_value())
    }

    /// What a document still says; anything out of form is left out.
    pub fn from_value(value: &Value) -> Profile {
        let id = |of: &Value, key: &str| of.text(key).and_then(Id::from_hex).unwrap_or_default();
        let session = value.at("session");
        let number = |key: &str| max(session.number(key).unwrap_or(0.0), 0.0);
        let mut profile = Profile {
            visitor: id(value, "visitor"),
            session: Session {
                id: id(session, "id"),
                began: number("began"),
                last: number("last"),
                pages: number("pages") as u32,
                clicks: number("clicks") as u32,
                automation: min(number("automation"), 100.0),
                pending: Pendings::from_value(session.at("pending")),
                ..Session::default()
            },
            facts: Entries::from_value(value.at("facts"), is_plain, MAX_FACTS),
            history: Entries::from_value(value.at("history"), is_positive, MAX_HISTORY),
            interests: Entries::from_value(value.at("interests"), is_positive, MAX_INTERESTS),
            dismissed: Entries::from_value(value.at("dismissed"), is_positive, MAX_DISMISSED),
            log: Log::from_value(value.at("log")),
            tally: Tally::from_value(value.at("tally")),
            claims: Claims::from_value(value.at("claims")),
            journeys: Steps::from_value(value.at("journeys")),
            learned: Learned::from_value(value.at("learned")),
            ..Profile::default()
        };
        for item in session.at("items").to_texts() {
            profile.session.see(clip(&item, MAX_TEXT));
        }
        let mut numbers = value.at("numbers").items().iter();
        let Session { totals, stays, .. } = &mut profile.session;
        each_number((&mut profile.visits, &mut profile.habit, totals, stays), &mut |number| {
            let told = numbers.next().and_then(Value::as_f64);
            *number = told.filter(|it| (0.0..MOST).contains(it)).unwrap_or(0.0);
        });
        // A profile from before visits were counted had one.
        if profile.session.id != Id::default() {
            profile.visits = max(profile.visits, 1.0);
        }
        profile
    }
}

fn once_more(entries: &mut Entries, name: &str, wall: f64, most: usize) {
    let name = clip(name, MAX_TEXT);
    let value = Value::Number(entries.get(name).map_or(0.0, Entry::number) + 1.0);
    entries.put(Entry { name: name.into(), value, at: wall }, most);
}

type Counted<'a> = (&'a mut f64, &'a mut Habit, &'a mut Totals, &'a mut Stays);

/// Every number that is a count or a mean, in an order that snapshots keep.
fn each_number((visits, habit, totals, stays): Counted, visit: &mut dyn FnMut(&mut f64)) {
    visit(visits);
    for habit in &mut habit.0 {
        visit(&mut habit.count);
        visit(&mut habit.mean);
        visit(&mut habit.variance);
    }
    totals.pages.iter_mut().for_each(&mut *visit);
    totals.seconds.iter_mut().for_each(&mut *visit);
    for stay in &mut stays.0 {
        visit(&mut stay.tag);
        visit(&mut stay.session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: f64 = 1.7e12;

    fn profile() -> Profile {
        let mut profile = Profile::open(&Value::Null, NOON, &mut Rng::new(1));
        profile.page("boot", &["hiking".into()], NOON);
        profile.goal("purchase", NOON);
        profile.fact("size", &Value::from(42.0), NOON);
        profile
    }

    #[test]
    fn a_snapshot_reads_back() {
        let profile = profile();
        assert_eq!(Profile::from_value(&profile.to_value()), profile);
    }

    #[test]
    fn a_session_ends_after_its_gap() {
        let profile = profile();
        let again = Profile::open(&profile.to_value(), NOON + SESSION_GAP - 1.0, &mut Rng::new(2));
        assert_eq!(again.session.id, profile.session.id);
        let later = Profile::open(&profile.to_value(), NOON + SESSION_GAP, &mut Rng::new(2));
        assert_ne!(later.session.id, profile.session.id);
        assert_eq!(later.visitor, profile.visitor);
        assert_eq!(later.session.pages, 0);
    }

    #[test]
    fn interests_rise_with_views_and_fade_by_half() {
        let mut profile = profile();
        profile.page("", &["hiking".into()], NOON);
        assert_eq!(profile.interest("hiking", NOON), 0.5);
        assert!((profile.weight("hiking", NOON + HALF_LIFE) - 1.0).abs() < 1e-12);
        assert_eq!(profile.interest("climbing", NOON), 0.0);
    }

    #[test]
    fn dwell_adds_to_interests_by_the_ten_seconds() {
        let mut profile = profile();
        (0..4).for_each(|_| profile.dwelt("hiking", NOON));
        assert_eq!(profile.interest("hiking", NOON), 0.5, "as much as a second page view");
        profile.dwelt("boots", NOON);
        assert_eq!(profile.interest("boots", NOON), 0.25 / 2.25);
    }

    #[test]
    fn visits_are_counted_and_what_is_learned_outlives_a_session() {
        let mut profile = profile();
        profile.session.totals.seconds[2] = 12.5;
        profile.session.stays.add("hiking", 250.0);
        profile.habit.0[0].observe(3.0);
        let json = Value::parse(&profile.to_value().to_json()).unwrap();
        let mut read = Profile::from_value(&json);
        assert_eq!(read.session.totals, profile.session.totals);
        assert_eq!(read.session.stays.most(&["hiking".into()]), 250.0);
        assert_eq!((read.visits, read.habit), (1.0, profile.habit));
        read.renew(NOON, &mut Rng::new(4));
        assert_eq!((read.visits, read.session.totals), (2.0, Totals::default()));
        assert!(!profile.merge(&read.to_value()));
        assert_eq!((profile.visits, profile.session.totals.seconds[2]), (2.0, 12.5));
        let session = json.get("session").cloned().unwrap();
        let old = Value::map().with("session", session);
        assert_eq!(Profile::from_value(&old).visits, 1.0, "from before visits were counted");
    }

    #[test]
    fn another_tabs_purchase_is_taken_over_and_a_strangers_is_not() {
        let mine = profile();
        let mut theirs = mine.clone();
        theirs.goal("purchase", NOON + 5.0);
        let mut merged = mine.clone();
        assert!(merged.merge(&theirs.to_value()));
        assert_eq!(merged.count("purchase"), 2.0);
        assert!(!merged.merge(&theirs.to_value()), "nothing new the second time");
        theirs.visitor = Id(9);
        theirs.goal("purchase", NOON + 9.0);
        assert!(!merged.merge(&theirs.to_value()));
    }

    #[test]
    fn everything_is_bounded_and_rubbish_is_survived() {
        let mut profile = profile();
        for at in 0..500 {
            let name = alloc::format!("n{at}");
            profile.goal(&name, NOON);
            profile.fact(&name, &Value::from("x".repeat(10_000)), NOON);
            profile.page(&name, std::slice::from_ref(&name), NOON);
        }
        for at in 0..99 {
            profile.session.stays.add(&alloc::format!("n{at}"), 1_234_567.0);
            profile.habit.0.iter_mut().for_each(|habit| habit.observe(1.0 / f64::from(at)));
        }
        profile.session.totals.seconds = [12_345.678_901; 3];
        assert!(profile.to_value().to_json().len() < MAX_BYTES);
        for rubbish in
            ["null", "[]", r#"{"session":[],"facts":{"a":1},"history":[[1,2,3],["a",-1,0]]}"#]
        {
            let opened = Profile::open(&Value::parse(rubbish).unwrap(), NOON, &mut Rng::new(3));
            assert!(opened.history == Entries::default() && opened.visitor != Id::default());
        }
    }
}
