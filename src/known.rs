//! What is known at a moment: the attributes that conditions read.

use crate::attribute::{Attribute, Attributes, Kind, Past, Read};
use crate::history::At;
use crate::intent::{Forecasts, Head};
use crate::journey::Journey;
use crate::number::max;
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
    /// The heads, in the order of the forecasts.
    pub heads: &'a [Head],
    /// The latest forecasts.
    pub forecasts: &'a Forecasts,
    /// The slot being considered.
    pub focus: Option<&'a str>,
    /// The journeys.
    pub journeys: &'a [Journey],
    /// What happened.
    pub past: At<'a>,
}

impl Attributes for Known<'_> {
    fn read<'a>(&'a self, attribute: &'a Attribute) -> Read<'a> {
        // What the page told comes first; most pages tell nothing.
        if !self.attributes.entries().is_empty()
            && let Some(told) = attribute.find(self.attributes)
        {
            return told;
        }
        let (wall, key) = (self.origin.wall(self.now), attribute.key());
        let text = |text: &'a str| if text.is_empty() { Read::Missing } else { Read::Text(text) };
        let since = |at: f64| max((wall - at) / SECOND, 0.0);
        let session = &self.profile.session;
        let number = match attribute.kind() {
            Kind::Intent => match self.heads.iter().position(|head| head.name == key) {
                Some(at) => self.forecasts[at],
                None => return Read::Missing,
            },
            Kind::SessionPages => session.pages as f64,
            Kind::SessionItems => session.items.len() as f64,
            Kind::SessionClicks => session.clicks as f64,
            Kind::SessionSeconds => since(session.began),
            Kind::Hour => self.origin.hour(self.now),
            Kind::Weekday => self.origin.weekday(self.now),
            Kind::Interest => self.profile.interest(key, wall),
            Kind::HistoryCount => self.profile.count(key),
            Kind::HistoryAge => match self.profile.history.get(key) {
                Some(goal) => since(goal.at),
                None => return Read::Missing,
            },
            Kind::Id => return Read::Text(self.visitor),
            Kind::IntentTop => return Read::Text(self.top()),
            Kind::Focus => return self.focus.map_or(Read::Missing, Read::Text),
            Kind::PagePath => return text(&self.page.path),
            Kind::PageKind => return text(&self.page.kind),
            Kind::PageItem => return text(&self.page.item),
            Kind::PageTitle => return text(&self.page.title),
            Kind::PageReferrer => return text(&self.page.referrer),
            Kind::PageTags => return Read::Texts(&self.page.tags),
            Kind::Device => return self.device.get(key).into(),
            Kind::Language => return self.device.get("language").into(),
            Kind::Fact => return self.profile.facts.get(key).map(|fact| &fact.value).into(),
            Kind::Journey | Kind::JourneySeconds => {
                let Some(journey) = self.journeys.iter().find(|journey| journey.name == key) else {
                    return Read::Missing;
                };
                return journey.known(
                    &self.profile.journeys,
                    attribute.kind() == Kind::Journey,
                    wall,
                );
            }
            // As GrowthBook has it: what nobody told is null, which is less than 1.
            Kind::Custom => return Read::Value(&Value::Null),
        };
        Read::Number(number)
    }

    fn past(&self) -> Option<&dyn Past> {
        Some(&self.past)
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
