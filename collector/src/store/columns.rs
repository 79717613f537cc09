//! The columns of an event, most of them empty: the same in every store.

use unspoken::wire::{Batch, Name, WHOLE, What};

/// What a store keeps of an event but its place and its time.
#[derive(Default)]
pub struct Columns<'a> {
    pub kind: &'static str,
    pub slot: Option<&'a str>,
    pub variant: Option<&'a str>,
    pub rule: Option<&'a str>,
    pub name: Option<&'a str>,
    pub text: Option<&'a str>,
    pub value: Option<f64>,
    pub path: Option<&'a str>,
    pub page: Option<&'a str>,
    pub item: Option<&'a str>,
    pub role: Option<u8>,
    pub flags: Option<u8>,
    pub percent: Option<u8>,
    pub ms: Option<u32>,
    pub chance: Option<f64>,
    pub context: Option<String>,
}

impl<'a> Columns<'a> {
    /// The columns of an event of `batch`; none for forecasts, which are kept apart.
    pub fn of(batch: &'a Batch, what: &What) -> Option<Columns<'a>> {
        let name = |name: Name| name_of(batch, name);
        let empty = Columns::default();
        Some(match what {
            What::Page { path, kind, item } => Columns {
                kind: "p",
                path: name(*path),
                page: name(*kind),
                item: name(*item),
                ..empty
            },
            What::Click { slot, role, flags } => Columns {
                kind: "c",
                slot: name(*slot),
                role: Some(*role),
                flags: Some(*flags),
                ..empty
            },
            What::Scroll { percent } => Columns { kind: "s", percent: Some(*percent), ..empty },
            What::Dwell { slot, ms } => {
                Columns { kind: "d", slot: name(*slot), ms: Some(*ms), ..empty }
            }
            What::Fact { name: fact, value } => {
                Columns { kind: "f", name: name(*fact), text: name(*value), ..empty }
            }
            What::Goal { name: goal, value } => {
                Columns { kind: "g", name: name(*goal), value: Some(*value), ..empty }
            }
            What::Exposure { slot, variant, rule, chance } => Columns {
                kind: "x",
                slot: name(*slot),
                variant: name(*variant),
                rule: name(*rule),
                chance: (*chance > 0).then(|| millionths(*chance)),
                ..empty
            },
            What::Dismiss { slot } => Columns { kind: "z", slot: name(*slot), ..empty },
            What::Lesson { slot, rule, variant, chance, reward, context } => Columns {
                kind: "l",
                slot: name(*slot),
                variant: name(*variant),
                rule: name(*rule),
                chance: Some(millionths(*chance)),
                value: Some(millionths(*reward)),
                context: Some(context_text(context)),
                ..empty
            },
            What::Forecast { .. } => return None,
        })
    }
}

/// 0 is "none"; `wire::decode` has checked that every other index is there.
pub fn name_of(batch: &Batch, name: Name) -> Option<&str> {
    batch.names.get(usize::from(name).checked_sub(1)?).map(String::as_str)
}

fn millionths(whole: u32) -> f64 {
    f64::from(whole) / f64::from(WHOLE)
}

/// Numbers from −1 to 1 as a JSON array.
fn context_text(context: &[u16]) -> String {
    let numbers: Vec<f64> = context.iter().map(|it| (f64::from(*it) - 1_000.0) / 1_000.0).collect();
    serde_json::to_string(&numbers).unwrap_or_default()
}
