//! What is known at a moment: the attributes that conditions read.

use crate::attribute::{Attribute, Attributes, Kind, Read};
use crate::intent::{Forecasts, Head};
use crate::number::max;
use crate::profile::Profile;
use crate::signal::Page;
use crate::text::cut;
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
    /// The heads, in the order of the forecasts.
    pub heads: &'a [Head],
    /// The latest forecasts.
    pub forecasts: &'a Forecasts,
    /// The slot being considered.
    pub focus: Option<&'a str>,
}

impl Attributes for Known<'_> {
    fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
        let (wall, key) = (self.origin.wall(self.now), attribute.key());
        let text = |text: &'a str| if text.is_empty() { Read::Missing } else { Read::Text(text) };
        let since = |at: f64| Read::Number(max((wall - at) / SECOND, 0.0));
        let session = &self.profile.session;
        match attribute.kind() {
            Kind::Id => Read::Text(self.visitor),
            Kind::Intent => match self.heads.iter().position(|head| head.name == key) {
                Some(at) => Read::Number(self.forecasts[at]),
                None => Read::Missing,
            },
            Kind::IntentTop => Read::Text(self.top()),
            Kind::Focus => self.focus.map_or(Read::Missing, Read::Text),
            Kind::PagePath => text(&self.page.path),
            Kind::PageKind => text(&self.page.kind),
            Kind::PageItem => text(&self.page.item),
            Kind::PageTitle => text(&self.page.title),
            Kind::PageReferrer => text(&self.page.referrer),
            Kind::PageTags => Read::Texts(&self.page.tags),
            Kind::Device => self.device.get(key).into(),
            Kind::Language => self.device.get("language").into(),
            Kind::SessionPages => Read::Number(session.pages as f64),
            Kind::SessionItems => Read::Number(session.items.len() as f64),
            Kind::SessionClicks => Read::Number(session.clicks as f64),
            Kind::SessionSeconds => since(session.began),
            Kind::Hour => Read::Number(self.origin.hour(self.now)),
            Kind::Weekday => Read::Number(self.origin.weekday(self.now)),
            Kind::Interest => Read::Number(self.profile.interest(key, wall)),
            Kind::Fact => self.profile.facts.get(key).map(|fact| &fact.value).into(),
            Kind::HistoryCount => Read::Number(self.profile.count(key)),
            Kind::HistoryAge => {
                self.profile.history.get(key).map_or(Read::Missing, |goal| since(goal.at))
            }
            Kind::Custom => custom(self.attributes, key).into(),
        }
    }
}

impl Known<'_> {
    /// The highest forecast; of equal ones the last.
    fn top(&self) -> &str {
        let (mut top, mut most) = ("", 0.0);
        for (head, forecast) in self.heads.iter().zip(self.forecasts) {
            if *forecast >= most {
                (top, most) = (&head.name, *forecast);
            }
        }
        top
    }
}

/// `company.size` is the entry of that name, or `size` inside `company`.
fn custom<'a>(attributes: &'a Value, name: &str) -> Option<&'a Value> {
    attributes.get(name).or_else(|| {
        let (outer, inner) = cut(name, b'.')?;
        custom(attributes.get(outer)?, inner)
    })
}
