//! Makes batches again of the rows of four tables.
//!
//! What is made is the batch as a page would have sent it, for the store to take as it takes any
//! other: so an import into either store keeps the same rows, counts a batch once, and turns away
//! who was erased. Times come out as they were: where the batch's own clock was believed, and where
//! it was not. Events that are not kept any more (retention, forecasts without a name) leave a place
//! that holds nothing.

use std::path::Path;
use std::sync::Arc;

use unspoken::id::Id;
use unspoken::wire::{self, Batch, Bin, Event, WHOLE, What};

use crate::store::question::Row;
use crate::store::{Arrival, MAX_SKEW_MS};

use super::{BATCHES, EVENTS, ExchangeError, FORECASTS, Format, Source, TRACES, Table, file_of};

/// A table whose next row is known.
struct Ahead {
    source: Source,
    next: Option<Row>,
}

impl Ahead {
    fn open(folder: &Path, table: &'static Table, format: Format) -> Result<Ahead, ExchangeError> {
        let mut source = Source::open(&file_of(folder, table, format), table)?;
        let next = source.next_row()?.map(|cells| Row { cells });
        Ok(Ahead { source, next })
    }

    /// The next row, where it is of this batch.
    fn take(&mut self, batch: Id) -> Result<Option<Row>, ExchangeError> {
        if self.next.as_ref().and_then(|row| row.id(0)) != Some(batch) {
            return Ok(None);
        }
        let following = self.source.next_row()?.map(|cells| Row { cells });
        Ok(std::mem::replace(&mut self.next, following))
    }

    /// An error where rows are left that no batch took.
    fn end(&self) -> Result<(), ExchangeError> {
        match &self.next {
            None => Ok(()),
            Some(_) => Err(self.source.wrong(
                "its batch does not stand at this place in the batches: keep all files of one export \
                 together, and their rows in order",
            )),
        }
    }
}

/// The batches of an export, one after the other.
pub struct Batches {
    site: Arc<str>,
    batches: Source,
    events: Ahead,
    forecasts: Ahead,
    traces: Ahead,
}

impl Batches {
    /// Opens the four files of a folder, to be taken in for `site`.
    pub fn open(folder: &Path, site: &str) -> Result<Batches, ExchangeError> {
        let formats = [Format::Ndjson, Format::Parquet];
        let found: Vec<Format> = formats
            .into_iter()
            .filter(|format| file_of(folder, &BATCHES, *format).is_file())
            .collect();
        let &[format] = found.as_slice() else {
            let why = match found.len() {
                0 => {
                    "there is no batches.ndjson or batches.parquet: name the folder that `unspoken \
                      export --format … --out FOLDER` wrote"
                }
                _ => "there are batches.ndjson and batches.parquet: leave one format in the folder",
            };
            return Err(ExchangeError::at(folder, why));
        };
        Ok(Batches {
            site: site.into(),
            batches: Source::open(&file_of(folder, &BATCHES, format), &BATCHES)?,
            events: Ahead::open(folder, &EVENTS, format)?,
            forecasts: Ahead::open(folder, &FORECASTS, format)?,
            traces: Ahead::open(folder, &TRACES, format)?,
        })
    }

    /// The next batch as it arrived; none at the end.
    pub fn next_batch(&mut self) -> Result<Option<Arrival>, ExchangeError> {
        let Some(cells) = self.batches.next_row()? else {
            return [&self.events, &self.forecasts, &self.traces]
                .into_iter()
                .try_for_each(Ahead::end)
                .map(|()| None);
        };
        let row = Row { cells };
        let id = row.id(0).unwrap_or_default();
        let mut events = Vec::new();
        while let Some(event) = self.events.take(id)? {
            events.push(event);
        }
        let mut bins = Vec::new();
        while let Some(bin) = self.forecasts.take(id)? {
            bins.push(bin);
        }
        let trace = self.traces.take(id)?;
        let made = make(&row, &events, &bins, trace.as_ref());
        let (batch, received_at, bytes) = made.map_err(|why| self.batches.wrong(why))?;
        Ok(Some(Arrival { site: Arc::clone(&self.site), received_at, bytes, batch }))
    }
}

/// The names of a batch, each once.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn of(&mut self, text: Option<&str>) -> u16 {
        let Some(text) = text else { return 0 };
        let at = self.0.iter().position(|name| name == text).unwrap_or_else(|| {
            self.0.push(text.to_owned());
            self.0.len() - 1
        });
        u16::try_from(at + 1).unwrap_or(0)
    }

    /// Any of them.
    fn any(&mut self) -> u16 {
        if self.0.is_empty() {
            self.0.push(String::new());
        }
        1
    }
}

fn make(
    row: &Row,
    events: &[Row],
    bins: &[Row],
    trace: Option<&Row>,
) -> Result<(Batch, u64, usize), String> {
    let whole = |column: usize| row.whole(column).unwrap_or_default();
    let small = |column: usize| {
        u32::try_from(whole(column))
            .map_err(|_| format!("the column {} is too large", BATCHES.columns[column].name))
    };
    let [base_ms, received_at, first_at, last_at] = [whole(5), whole(6), whole(7), whole(8)];
    if first_at > last_at || last_at > received_at {
        return Err("its times are not in order: first_at, last_at, received_at".to_owned());
    }
    // As `Arrival::times` will see it: a clock that is not believed moves the batch as a whole.
    let is_believed = base_ms <= first_at && base_ms.abs_diff(received_at) <= MAX_SKEW_MS;
    let base = if is_believed { base_ms } else { first_at };
    let count = usize::try_from(whole(11)).unwrap_or(usize::MAX);
    if count > wire::MAX_EVENTS || events.len() > count {
        return Err(format!("it has {count} events, and its rows are more"));
    }
    let offset = |at: u64| u32::try_from(at.saturating_sub(base)).unwrap_or(u32::MAX);
    let mut names = Names::default();
    let mut slots: Vec<Option<Event>> = vec![None; count];
    for event in events {
        let at = event.whole(2).unwrap_or_default();
        let place = usize::try_from(event.whole(1).unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let slot = slots
            .get_mut(place)
            .ok_or_else(|| format!("it has {count} events, and a row says it is number {place}"))?;
        *slot = Some(Event { at: offset(at), what: what(event, &mut names)? });
    }
    let told = forecasts(bins, &mut names, offset)?;
    // A place that holds nothing is a forecast of no bins; the first of them keep the batch's bounds.
    let nothing = What::Forecast { head: names.any(), bins: Vec::new() };
    let has = |at: u64| slots.iter().flatten().chain(&told).any(|event| event.at == offset(at));
    let mut bounds: Vec<u64> = [last_at, first_at].into_iter().filter(|at| !has(*at)).collect();
    let mut told = told.into_iter();
    let mut all = Vec::with_capacity(count);
    for slot in slots {
        all.push(slot.or_else(|| told.next()).unwrap_or_else(|| Event {
            at: offset(bounds.pop().unwrap_or(first_at)),
            what: nothing.clone(),
        }));
    }
    all.extend(told);
    let trace = match trace.and_then(|row| row.text(1)) {
        None => Vec::new(),
        Some(text) => bytes_of_hex(text).ok_or("its trace is no hex")?,
    };
    let batch = Batch {
        version: wire::VERSION,
        id: row.id(0).unwrap_or_default(),
        visitor: row.id(1).unwrap_or_default(),
        session: row.id(2).unwrap_or_default(),
        view: small(3)?,
        sequence: small(4)?,
        base_ms,
        dropped: small(10)?,
        automation: whole(12).min(100) as u8,
        excluded: whole(13).min(1) as u8,
        names: names.0,
        events: all,
        trace,
    };
    // What no page could have sent is not handed to the store.
    wire::decode(&wire::encode(&batch))?;
    Ok((batch, received_at, usize::try_from(whole(9)).unwrap_or(usize::MAX)))
}

/// A real number from 0 to 1 as whole millionths.
fn millionths(share: Option<f64>) -> Result<u32, String> {
    let share = share.unwrap_or(0.0);
    if !(0.0..=1.0).contains(&share) {
        return Err(format!("{share} is no probability"));
    }
    Ok((share * f64::from(WHOLE)).round() as u32)
}

fn what(event: &Row, names: &mut Names) -> Result<What, String> {
    let whole = |column: usize| {
        u32::try_from(event.whole(column).unwrap_or_default())
            .map_err(|_| format!("the column {} is too large", EVENTS.columns[column].name))
    };
    let byte = |column: usize| {
        u8::try_from(event.whole(column).unwrap_or_default())
            .map_err(|_| format!("the column {} is too large", EVENTS.columns[column].name))
    };
    let mut name = |column: usize| names.of(event.text(column));
    let [slot, variant, rule, named, text, path, page, item] =
        [4, 5, 6, 7, 8, 10, 11, 12].map(&mut name);
    Ok(match event.text(3).unwrap_or_default() {
        "p" => What::Page { path, kind: page, item },
        "c" => What::Click { slot, role: byte(13)?, flags: byte(14)? },
        "s" => What::Scroll { percent: byte(15)? },
        "d" => What::Dwell { slot, ms: whole(16)? },
        "f" => What::Fact { name: named, value: text },
        "g" => What::Goal { name: named, value: event.real(9).unwrap_or_default() },
        "x" => What::Exposure { slot, variant, rule, chance: millionths(event.real(17))? },
        "z" => What::Dismiss { slot },
        "l" => What::Lesson {
            slot,
            rule,
            variant,
            chance: millionths(event.real(17))?,
            reward: millionths(event.real(9))?,
            context: context(event.text(18).unwrap_or("[]"))?,
        },
        kind => return Err(format!("it has an event of the kind \"{kind}\", which is not known")),
    })
}

/// Numbers from −1 to 1 as a lesson sends them.
fn context(text: &str) -> Result<Vec<u16>, String> {
    let numbers: Vec<f64> =
        serde_json::from_str(text).map_err(|_| "a context is no list of numbers".to_owned())?;
    let whole = |number: f64| (number * 1_000.0).round() + 1_000.0;
    numbers
        .into_iter()
        .map(|number| {
            let number = whole(number);
            if (0.0..=2_000.0).contains(&number) {
                Ok(number as u16)
            } else {
                Err("a context holds a number beyond 1".to_owned())
            }
        })
        .collect()
}

/// Bins that follow each other with rising numbers, of one head and one time, are one event.
fn forecasts(
    bins: &[Row],
    names: &mut Names,
    offset: impl Fn(u64) -> u32,
) -> Result<Vec<Event>, String> {
    let mut events: Vec<Event> = Vec::new();
    for row in bins {
        let whole = |column: usize| {
            u32::try_from(row.whole(column).unwrap_or_default())
                .map_err(|_| format!("the column {} is too large", FORECASTS.columns[column].name))
        };
        let index = whole(3)?.min(u32::from(u8::MAX)) as u8;
        let bin = Bin { index, count: whole(4)?, positives: whole(5)?, sum_milli: whole(6)? };
        let (at, named) = (offset(row.whole(1).unwrap_or_default()), names.of(row.text(2)));
        if let Some(Event { at: last, what: What::Forecast { head, bins } }) = events.last_mut()
            && (*last, *head) == (at, named)
            && bins.last().is_none_or(|before| before.index < index)
        {
            bins.push(bin);
        } else {
            events.push(Event { at, what: What::Forecast { head: named, bins: vec![bin] } });
        }
    }
    Ok(events)
}

fn bytes_of_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()).collect()
}
