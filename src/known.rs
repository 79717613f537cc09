//! What is known at a moment: the attributes that conditions read.

use crate::attribute::{Attribute, Attributes, PageField, Read, SessionField};
use crate::intent::{Forecasts, Head};
use crate::profile::Profile;
use crate::signal::Page;
use crate::time::{Millis, Origin, SECOND};
use crate::value::Value;

/// A view of the engine's state, for one round of decisions.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The page's clock.
    pub now: Millis,
    /// The wall's.
    pub origin: &'a Origin,
    /// The visitor's pseudonym as text.
    pub visitor: &'a str,
    /// The profile.
    pub profile: &'a Profile,
    /// The page.
    pub page: &'a Page,
    /// The device, as the browser told it; its `language` too.
    pub device: &'a Value,
    /// What the page told.
    pub attributes: &'a Value,
    /// The latest forecasts.
    pub forecasts: &'a Forecasts,
    /// The slot being considered.
    pub focus: Option<&'a str>,
}

impl Attributes for Known<'_> {
    fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
        let wall = self.origin.wall(self.now);
        let text = |text: &'a str| if text.is_empty() { Read::Missing } else { Read::Text(text) };
        let session = &self.profile.session;
        match attribute {
            Attribute::Id => Read::Text(self.visitor),
            Attribute::Intent(head) => Read::Number(self.forecasts[*head as usize]),
            Attribute::IntentTop => {
                let forecast = |head: &Head| self.forecasts[*head as usize];
                let top = Head::ALL.into_iter().max_by(|a, b| forecast(a).total_cmp(&forecast(b)));
                top.map_or(Read::Missing, |head| Read::Text(head.name()))
            }
            Attribute::Focus => self.focus.map_or(Read::Missing, Read::Text),
            Attribute::Page(PageField::Path) => text(&self.page.path),
            Attribute::Page(PageField::Kind) => text(&self.page.kind),
            Attribute::Page(PageField::Item) => text(&self.page.item),
            Attribute::Page(PageField::Title) => text(&self.page.title),
            Attribute::Page(PageField::Referrer) => text(&self.page.referrer),
            Attribute::Page(PageField::Tags) => Read::Texts(&self.page.tags),
            Attribute::Device(name) => self.device.get(name).map_or(Read::Missing, Read::Value),
            Attribute::Language => self.device.get("language").map_or(Read::Missing, Read::Value),
            Attribute::Session(SessionField::Pages) => Read::Number(session.pages as f64),
            Attribute::Session(SessionField::Items) => Read::Number(session.items.len() as f64),
            Attribute::Session(SessionField::Clicks) => Read::Number(session.clicks as f64),
            Attribute::Session(SessionField::Seconds) => {
                Read::Number(((wall - session.began) / SECOND).max(0.0))
            }
            Attribute::Hour => Read::Number(self.origin.hour(self.now)),
            Attribute::Weekday => Read::Number(self.origin.weekday(self.now)),
            Attribute::Interest(tag) => Read::Number(self.profile.interest(tag, wall)),
            Attribute::Fact(name) => {
                self.profile.facts.get(name).map_or(Read::Missing, |fact| Read::Value(&fact.value))
            }
            Attribute::HistoryCount(goal) => Read::Number(self.profile.count(goal)),
            Attribute::HistoryAge(goal) => {
                self.profile.history.get(goal).map_or(Read::Missing, |entry| {
                    Read::Number(((wall - entry.at) / SECOND).max(0.0))
                })
            }
            Attribute::Custom(name) => custom(self.attributes, name),
        }
    }
}

/// `company.size` is the entry of that name, or `size` inside `company`.
fn custom<'a>(attributes: &'a Value, name: &str) -> Read<'a> {
    if let Some(value) = attributes.get(name) {
        return Read::Value(value);
    }
    let mut value = attributes;
    for part in name.split('.') {
        match value.get(part) {
            Some(inner) => value = inner,
            None => return Read::Missing,
        }
    }
    Read::Value(value)
}
