//! `unspoken-trace/1`: a recorded stream of signals, JSON Lines.
//!
//! First a header, then signals in time order; several traces may stand in one file. This module
//! turns headers and signals into [`Value`]s and back; text is the browser's business in the page
//! and `Value::parse`'s on the host. What a reader does not know it ignores, so that a newer
//! recording still replays.

use crate::error::Error;
use crate::id::Id;
use crate::signal::{Page, Role, Sign, Signal};
use crate::text::concat;
use crate::time::{Millis, Origin};
use crate::value::Value;
use alloc::string::String;
#[cfg(not(target_arch = "wasm32"))]
use alloc::vec;
use alloc::vec::Vec;

/// What every header's `format` says.
pub const FORMAT: &str = "unspoken-trace/1";

/// A slot as a header declares it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HeaderSlot {
    /// Its name.
    pub id: String,
    /// What it is, where known.
    pub kind: String,
    /// `[x, y, width, height]`, CSS px in the page.
    pub rect: [f64; 4],
}

/// What is known before the first signal.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Header {
    /// The recording's own name.
    pub id: String,
    /// Whose it is; recordings of one person share it.
    pub visitor: String,
    /// `train`, `val` or empty: which part of a data set it belongs to.
    pub split: String,
    /// `[width, height]`, CSS px.
    pub viewport: [f64; 2],
    /// `[width, height]`, CSS px.
    pub document: [f64; 2],
    /// The slots known from the start.
    pub slots: Vec<HeaderSlot>,
    /// The engine's seed; 0 where a trace was not recorded by Unspoken.
    pub seed: u64,
    /// The page clock's reading when the engine started; `None`: at the first signal.
    pub start: Option<Millis>,
    /// The wall clock.
    pub origin: Origin,
    /// The device, as attributes.
    pub device: Value,
    /// The profile the engine started with.
    pub profile: Value,
    /// The config it ran with.
    pub config: Value,
    /// What was forced, and the page's address; see `experiment::Overrides`.
    pub overrides: Value,
}

impl Header {
    /// The header's line.
    pub fn to_value(&self) -> Value {
        let slots = self.slots.iter().map(|slot| {
            let mut value = Value::map().with("id", slot.id.as_str());
            if !slot.kind.is_empty() {
                value.put("kind", slot.kind.as_str());
            }
            value.with("rect", numbers(&slot.rect))
        });
        let mut value = Value::map()
            .with("format", FORMAT)
            .with("id", self.id.as_str())
            .with("visitor", self.visitor.as_str());
        if !self.split.is_empty() {
            value.put("split", self.split.as_str());
        }
        value.put("viewport", numbers(&self.viewport));
        value.put("document", numbers(&self.document));
        value.put("slots", slots.collect::<Vec<_>>());
        if let Some(start) = self.start {
            value.put("start", start);
            value.put("wall", self.origin.wall_ms);
            value.put("utcOffset", self.origin.utc_offset_min);
            value.put("seed", Id(self.seed as u128).to_hex());
            value.put("device", self.device.clone());
            value.put("profile", self.profile.clone());
            value.put("config", self.config.clone());
            if self.overrides != Value::Null {
                value.put("overrides", self.overrides.clone());
            }
        }
        value
    }

    /// Reads a header's line.
    pub fn from_value(value: &Value) -> Result<Header, Error> {
        if value.text("format") != Some(FORMAT) {
            return Err(Error::new("format", concat(&["a trace begins with \"", FORMAT, "\""])));
        }
        let text = |key: &str| String::from(value.text(key).unwrap_or(""));
        let slots = value.get("slots").map_or(&[][..], Value::items);
        Ok(Header {
            id: text("id"),
            visitor: text("visitor"),
            split: text("split"),
            viewport: array(value, "viewport")?,
            document: array(value, "document")?,
            slots: slots
                .iter()
                .map(|slot| {
                    Ok(HeaderSlot {
                        id: slot.text("id").unwrap_or("").into(),
                        kind: slot.text("kind").unwrap_or("").into(),
                        rect: array(slot, "rect")?,
                    })
                })
                .collect::<Result<_, _>>()?,
            seed: value.text("seed").and_then(Id::from_hex).map_or(0, |seed| seed.0 as u64),
            start: value.number("start"),
            origin: Origin {
                wall_ms: value.number("wall").unwrap_or(0.0),
                utc_offset_min: value.number("utcOffset").unwrap_or(0.0),
            },
            device: value.get("device").cloned().unwrap_or_default(),
            profile: value.get("profile").cloned().unwrap_or_default(),
            config: value.get("config").cloned().unwrap_or_default(),
            overrides: value.get("overrides").cloned().unwrap_or_default(),
        })
    }
}

/// A signal's line.
pub fn value_from_signal(at: Millis, signal: &Signal) -> Value {
    let line = |kind: &str| Value::map().with("t", at).with("type", kind);
    match signal {
        Signal::Move { x, y } => line("move").with("x", *x).with("y", *y),
        Signal::Scroll { y, inner: false } => line("scroll").with("y", *y),
        Signal::Scroll { y, inner: true } => line("scroll").with("y", *y).with("inner", true),
        Signal::Click { x, y, slot, role } => {
            let mut value = line("click").with("x", *x).with("y", *y);
            if let Some(slot) = slot {
                value.put("slot", slot.as_str());
            }
            value.with("role", role.name())
        }
        Signal::Exit => line("exit"),
        Signal::FormError => line("form-error"),
        Signal::Visibility { visible } => line("visibility").with("visible", *visible),
        Signal::Page(page) => line("page")
            .with("path", page.path.as_str())
            .with("kind", page.kind.as_str())
            .with("item", page.item.as_str())
            .with("tags", Value::texts(&page.tags))
            .with("title", page.title.as_str())
            .with("referrer", page.referrer.as_str()),
        Signal::Goal { name, value } => {
            line("goal").with("name", name.as_str()).with("value", *value)
        }
        Signal::Fact { name, value } => {
            line("fact").with("name", name.as_str()).with("value", value.clone())
        }
        Signal::Attribute { name, value } => {
            line("attribute").with("name", name.as_str()).with("value", value.clone())
        }
        Signal::Resize { viewport, document } => {
            line("resize").with("viewport", numbers(viewport)).with("document", numbers(document))
        }
        Signal::Slot { id, rect } => {
            line("slot").with("id", id.as_str()).with("rect", numbers(rect))
        }
        Signal::Seen { slot, share } => {
            line("seen").with("slot", slot.as_str()).with("share", *share)
        }
        Signal::Refused { slot } => line("refused").with("slot", slot.as_str()),
        Signal::Standing { slot, variant } => {
            line("standing").with("slot", slot.as_str()).with("variant", variant.as_str())
        }
        Signal::Room { slot, fits } => line("room").with("slot", slot.as_str()).with("fits", *fits),
        Signal::Tags { slot, tags } => {
            line("tags").with("slot", slot.as_str()).with("tags", Value::texts(tags))
        }
        Signal::Zoom { scale } => line("zoom").with("scale", *scale),
        Signal::Merge { profile } => line("merge").with("profile", profile.clone()),
        Signal::Typing => line("typing"),
        Signal::Focus { slot, keyboard, field } => {
            let mut value = line("focus");
            if let Some(slot) = slot {
                value.put("slot", slot.as_str());
            }
            value.with("keyboard", *keyboard).with("field", *field)
        }
        Signal::Dismiss { slot } => line("dismiss").with("slot", slot.as_str()),
        Signal::Force { slot, variant } => line("force")
            .with("slot", slot.as_str())
            .with("variant", variant.as_deref().map_or(Value::Null, Value::from)),
        Signal::Grant { slot, granted } => {
            line("grant").with("slot", slot.as_str()).with("granted", *granted)
        }
        Signal::Motion { reduced } => line("motion").with("reduced", *reduced),
        Signal::Machine { sign } => line("machine").with("sign", sign.name()),
        Signal::End => line("end"),
    }
}

/// Reads a signal's line. `Ok(None)` is a type this version does not know.
pub fn signal_from_value(value: &Value) -> Result<Option<(Millis, Signal)>, Error> {
    let number = |key: &str| {
        value
            .number(key)
            .filter(|number| number.is_finite())
            .ok_or_else(|| Error::new(key, "expected a finite number"))
    };
    let text = |key: &str| {
        value.text(key).map(String::from).ok_or_else(|| Error::new(key, "expected a string"))
    };
    let flag = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_bool)
            .ok_or_else(|| Error::new(key, "expected true or false"))
    };
    let any = |key: &str| value.get(key).cloned().unwrap_or_default();
    let at = number("t")?;
    let kind = value.text("type").ok_or_else(|| Error::new("type", "expected a string"))?;
    let signal = match kind {
        "move" => Signal::Move { x: number("x")?, y: number("y")? },
        "scroll" => Signal::Scroll {
            y: number("y")?,
            inner: value.get("inner").and_then(Value::as_bool).unwrap_or(false),
        },
        "click" => Signal::Click {
            x: number("x")?,
            y: number("y")?,
            slot: value.text("slot").map(String::from),
            // A trace that was not recorded by Unspoken says only that something was clicked.
            role: value.text("role").and_then(Role::from_name).unwrap_or(Role::Link),
        },
        "exit" => Signal::Exit,
        "form-error" => Signal::FormError,
        "visibility" => Signal::Visibility { visible: flag("visible")? },
        "page" => {
            let text = |key: &str| String::from(value.text(key).unwrap_or(""));
            Signal::Page(Page {
                path: text("path"),
                kind: text("kind"),
                item: text("item"),
                tags: value.get("tags").map_or(Vec::new(), Value::to_texts),
                title: text("title"),
                referrer: text("referrer"),
            })
        }
        "goal" => Signal::Goal { name: text("name")?, value: value.number("value").unwrap_or(0.0) },
        "fact" => Signal::Fact { name: text("name")?, value: any("value") },
        "attribute" => Signal::Attribute { name: text("name")?, value: any("value") },
        "resize" => Signal::Resize {
            viewport: array(value, "viewport")?,
            document: array(value, "document")?,
        },
        "slot" => Signal::Slot { id: text("id")?, rect: array(value, "rect")? },
        "seen" => Signal::Seen { slot: text("slot")?, share: number("share")? },
        "refused" => Signal::Refused { slot: text("slot")? },
        "standing" => Signal::Standing { slot: text("slot")?, variant: text("variant")? },
        "room" => Signal::Room { slot: text("slot")?, fits: flag("fits")? },
        "tags" => Signal::Tags {
            slot: text("slot")?,
            tags: value.get("tags").map_or(Vec::new(), Value::to_texts),
        },
        "zoom" => Signal::Zoom { scale: number("scale")? },
        "merge" => Signal::Merge { profile: any("profile") },
        "typing" => Signal::Typing,
        "focus" => Signal::Focus {
            slot: value.text("slot").map(String::from),
            keyboard: flag("keyboard")?,
            field: flag("field")?,
        },
        "dismiss" => Signal::Dismiss { slot: text("slot")? },
        "force" => {
            Signal::Force { slot: text("slot")?, variant: value.text("variant").map(String::from) }
        }
        "grant" => Signal::Grant { slot: text("slot")?, granted: flag("granted")? },
        "motion" => Signal::Motion { reduced: flag("reduced")? },
        // A sign of a newer version is like a signal of one.
        "machine" => match Sign::from_name(&text("sign")?) {
            Some(sign) => Signal::Machine { sign },
            None => return Ok(None),
        },
        "end" => Signal::End,
        _ => return Ok(None),
    };
    Ok(Some((at, signal)))
}

fn numbers(values: &[f64]) -> Value {
    Value::List(values.iter().map(|value| Value::Number(*value)).collect())
}

fn array<const N: usize>(value: &Value, key: &str) -> Result<[f64; N], Error> {
    let items = value.get(key).map_or(&[][..], Value::items);
    let mut out = [0.0; N];
    if items.len() != N {
        return Err(Error::new(key, "expected an array of numbers of the documented length"));
    }
    for (slot, item) in out.iter_mut().zip(items) {
        *slot = item
            .as_f64()
            .filter(|number| number.is_finite())
            .ok_or_else(|| Error::new(key, "expected finite numbers"))?;
    }
    Ok(out)
}

/// One recording: its header and its signals.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Trace {
    /// What is known before the first signal.
    pub header: Header,
    /// Signals in time order.
    pub signals: Vec<(Millis, Signal)>,
}

/// Reads every trace of a file's text. The error's path is the line's number.
#[cfg(not(target_arch = "wasm32"))]
pub fn read(text: &str) -> Result<Vec<Trace>, Error> {
    let mut traces: Vec<Trace> = vec![];
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let at_line = |error: Error| {
            Error::new(alloc::format!("line {}", number + 1), alloc::format!("{error}"))
        };
        let value = Value::parse(line).map_err(at_line)?;
        if value.get("format").is_some() {
            let header = Header::from_value(&value).map_err(at_line)?;
            traces.push(Trace { header, signals: vec![] });
        } else if let Some(trace) = traces.last_mut() {
            trace.signals.extend(signal_from_value(&value).map_err(at_line)?);
        } else {
            return Err(at_line(Error::new("format", "a trace begins with a header")));
        }
    }
    // A few real recordings hold a signal that was logged out of order.
    traces.iter_mut().for_each(|trace| trace.signals.sort_by(|a, b| a.0.total_cmp(&b.0)));
    Ok(traces)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn every_signal_survives_the_round_trip() {
        let signals = [
            Signal::Move { x: 1.25, y: -3.0 },
            Signal::Scroll { y: 120.0, inner: false },
            Signal::Scroll { y: 12.5, inner: true },
            Signal::Click { x: 5.0, y: 6.0, slot: Some("hero".into()), role: Role::Button },
            Signal::Click { x: 5.0, y: 6.0, slot: None, role: Role::None },
            Signal::Exit,
            Signal::FormError,
            Signal::Visibility { visible: false },
            Signal::Page(Page {
                path: "/a".into(),
                kind: "product".into(),
                tags: vec!["x".into(), "y".into()],
                ..Page::default()
            }),
            Signal::Goal { name: "purchase".into(), value: 80.0 },
            Signal::Fact { name: "size".into(), value: Value::from(42.0) },
            Signal::Attribute { name: "plan".into(), value: Value::from("pro") },
            Signal::Resize { viewport: [800.0, 600.0], document: [800.0, 2400.5] },
            Signal::Slot { id: "hero".into(), rect: [0.0, 1.0, 2.0, 3.0] },
            Signal::Seen { slot: "hero".into(), share: 0.5 },
            Signal::Refused { slot: "hero".into() },
            Signal::Standing { slot: "hero".into(), variant: "help".into() },
            Signal::Room { slot: "hero".into(), fits: false },
            Signal::Tags { slot: "hero".into(), tags: vec!["x".into()] },
            Signal::Zoom { scale: 1.5 },
            Signal::Merge { profile: Value::map().with("visitor", "x") },
            Signal::Typing,
            Signal::Focus { slot: Some("hero".into()), keyboard: true, field: false },
            Signal::Focus { slot: None, keyboard: false, field: true },
            Signal::Dismiss { slot: "hero".into() },
            Signal::Force { slot: "hero".into(), variant: Some("help".into()) },
            Signal::Force { slot: "hero".into(), variant: None },
            Signal::Grant { slot: "hero".into(), granted: true },
            Signal::Motion { reduced: true },
            Signal::Machine { sign: Sign::WebDriver },
            Signal::Machine { sign: Sign::Untrusted },
            Signal::End,
        ];
        for signal in signals {
            let line = value_from_signal(16.666_666_666_7, &signal).to_json();
            let back = signal_from_value(&Value::parse(&line).unwrap()).unwrap();
            assert_eq!(back, Some((16.666_666_666_7, signal)), "{line}");
        }
    }

    #[test]
    fn a_header_survives_the_round_trip() {
        let header = Header {
            id: "a".into(),
            visitor: "v".into(),
            viewport: [800.0, 600.0],
            document: [800.0, 2000.0],
            slots: vec![HeaderSlot { id: "s".into(), kind: "ad".into(), rect: [1.0; 4] }],
            seed: u64::MAX,
            start: Some(12.5),
            origin: Origin { wall_ms: 1.7e12, utc_offset_min: -60.0 },
            profile: Value::map().with("visitor", "x"),
            ..Header::default()
        };
        let text = header.to_value().to_json();
        assert_eq!(Header::from_value(&Value::parse(&text).unwrap()).unwrap(), header);
    }

    #[test]
    fn a_broken_line_is_named() {
        let header = r#"{"format":"unspoken-trace/1","viewport":[1,1],"document":[1,1]}"#;
        let text = alloc::format!("{header}\n{{\"t\":1,\"type\":\"move\",\"x\":1}}");
        assert_eq!(read(&text).unwrap_err().to_line(), "line 2: y: expected a finite number");
        let unknown = alloc::format!("{header}\n{{\"t\":1,\"type\":\"thought\"}}");
        assert!(read(&unknown).unwrap()[0].signals.is_empty());
        let sign = |sign: &str| alloc::format!("{header}\n{{\"t\":1,\"type\":\"machine\"{sign}}}");
        assert!(read(&sign(",\"sign\":\"aura\"")).unwrap()[0].signals.is_empty());
        assert_eq!(read(&sign("")).unwrap_err().to_line(), "line 2: sign: expected a string");
        assert!(read("{\"t\":1}").unwrap_err().to_line().contains("header"));
    }
}
