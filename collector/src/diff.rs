//! Two runs of one recording, held against each other: what another config would have decided.
//!
//! A slot's decision stands until the next one, and so does what it shows. So both runs are laid side
//! by side, and each moment at which either changes begins a new stretch. The same recording and the
//! same seed go into both, so what differs comes from the configs.

use std::collections::BTreeMap;

use unspoken::config::DEFAULT;
use unspoken::time::Millis;

use crate::replay::{Event, Output};

/// What was decided for a slot, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Decided {
    /// The variant.
    pub variant: String,
    /// The rule that held; none is the default.
    pub rule: Option<String>,
    /// In a sentence.
    pub reason: String,
}

/// A stretch of time in which two runs decided differently for a slot.
#[derive(Clone, PartialEq, Debug)]
pub struct Difference {
    /// The slot.
    pub slot: String,
    /// When it begins, on the recording's clock.
    pub at: Millis,
    /// When it ends.
    pub until: Millis,
    /// The run before the change.
    pub before: Decided,
    /// The run after it.
    pub after: Decided,
}

impl Difference {
    /// Whether the variants differ, and not only the rules behind them.
    pub fn is_of_variant(&self) -> bool {
        self.before.variant != self.after.variant
    }
}

/// How often and how long one variant stood where another would have, or the same.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Change {
    /// Stretches in which the runs decided so.
    pub decisions: u64,
    /// Recordings with such a stretch.
    pub recordings: u64,
    /// Time for which the runs showed so, ms.
    pub shown: Millis,
    /// Exposures of the run before, while both showed so.
    pub before: u64,
    /// Exposures of the run after.
    pub after: u64,
}

/// A slot's changes by (variant before, variant after).
pub type Table = BTreeMap<(String, String), Change>;

/// What two runs of one recording have to do with each other.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Diff {
    /// Stretches in which decisions differ, in the order of their beginning.
    pub differences: Vec<Difference>,
    /// Per slot what stood for what, also where nothing changed.
    pub slots: BTreeMap<String, Table>,
}

/// What one run says of a slot, from some moment on.
#[derive(Clone)]
struct State {
    decided: Decided,
    shown: String,
}

impl Default for State {
    fn default() -> State {
        let reason = "The config has no such slot, so its default stays.".into();
        let decided = Decided { variant: DEFAULT.into(), rule: None, reason };
        State { decided, shown: DEFAULT.into() }
    }
}

/// Something of one slot in one of the runs.
enum Step {
    Decided(Decided),
    Shown(String),
    Seen,
}

/// Holds two runs of a recording against each other, from its start to its end.
pub fn diff(before: &[Output], after: &[Output], start: Millis, end: Millis) -> Diff {
    let mut steps: BTreeMap<String, Vec<(Millis, bool, Step)>> = BTreeMap::new();
    for (is_after, outputs) in [(false, before), (true, after)] {
        for output in outputs {
            let (slot, step) = match &output.event {
                Event::Decision { slot, variant, rule, reason } => {
                    let (variant, rule, reason) = (variant.clone(), rule.clone(), reason.clone());
                    (slot, Step::Decided(Decided { variant, rule, reason }))
                }
                Event::Show { slot, variant } => (slot, Step::Shown(variant.clone())),
                Event::Exposure { slot, .. } => (slot, Step::Seen),
                _ => continue,
            };
            steps.entry(slot.clone()).or_default().push((output.at, is_after, step));
        }
    }
    let mut diff = Diff::default();
    for (slot, mut steps) in steps {
        // A stable sort keeps the order in which each run told what happened at one moment.
        steps.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (table, differences) = of_slot(&slot, steps, start, end);
        diff.slots.insert(slot, table);
        diff.differences.extend(differences);
    }
    diff.differences.sort_by(|a, b| a.at.total_cmp(&b.at));
    diff
}

fn of_slot(
    slot: &str,
    steps: Vec<(Millis, bool, Step)>,
    start: Millis,
    end: Millis,
) -> (Table, Vec<Difference>) {
    let (mut table, mut stretches) = (Table::new(), Vec::<Difference>::new());
    let mut states = [State::default(), State::default()];
    let (mut from, mut steps) = (start, steps.into_iter().peekable());
    loop {
        let at = steps.peek().map_or(end, |(at, ..)| at.clamp(start, end));
        if at > from {
            stretch(slot, &states, from, at, &mut stretches);
            table.entry(shown(&states)).or_default().shown += at - from;
        }
        from = at.max(from);
        let Some((_, is_after, step)) = steps.next() else { break };
        let state = &mut states[usize::from(is_after)];
        match step {
            Step::Decided(decided) => state.decided = decided,
            Step::Shown(variant) => state.shown = variant,
            Step::Seen => {
                let change = table.entry(shown(&states)).or_default();
                *if is_after { &mut change.after } else { &mut change.before } += 1;
            }
        }
    }
    // What was decided at the very end stood for no time, and still was decided.
    stretch(slot, &states, end, end, &mut stretches);
    for stretch in &stretches {
        let key = (stretch.before.variant.clone(), stretch.after.variant.clone());
        let change = table.entry(key).or_default();
        (change.decisions, change.recordings) = (change.decisions + 1, 1);
    }
    stretches.retain(|it| it.is_of_variant() || it.before.rule != it.after.rule);
    (table, stretches)
}

fn shown([before, after]: &[State; 2]) -> (String, String) {
    (before.shown.clone(), after.shown.clone())
}

/// Adds a stretch, or makes the last one longer where nothing has changed.
fn stretch(slot: &str, states: &[State; 2], at: Millis, until: Millis, all: &mut Vec<Difference>) {
    let [before, after] = states.each_ref().map(|state| &state.decided);
    let same =
        |one: &Decided, other: &Decided| one.variant == other.variant && one.rule == other.rule;
    match all.last_mut() {
        Some(last) if same(&last.before, before) && same(&last.after, after) => last.until = until,
        _ => {
            let (before, after) = (before.clone(), after.clone());
            all.push(Difference { slot: slot.into(), at, until, before, after });
        }
    }
}

/// The diffs of several recordings, counted.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Summary {
    /// Recordings.
    pub recordings: u64,
    /// Those in which a slot was decided differently.
    pub differ: u64,
    /// Stretches of the same variant by another rule.
    pub other_rules: u64,
    /// Per slot what stood for what.
    pub slots: BTreeMap<String, Table>,
}

impl Summary {
    /// Counts one more recording.
    pub fn add(&mut self, diff: &Diff) {
        self.recordings += 1;
        self.differ += u64::from(diff.differences.iter().any(Difference::is_of_variant));
        let others = diff.differences.iter().filter(|it| !it.is_of_variant());
        self.other_rules += others.count() as u64;
        for (slot, table) in &diff.slots {
            let sums = self.slots.entry(slot.clone()).or_default();
            for (key, change) in table {
                let sum = sums.entry(key.clone()).or_default();
                sum.decisions += change.decisions;
                sum.recordings += change.recordings;
                sum.shown += change.shown;
                sum.before += change.before;
                sum.after += change.after;
            }
        }
    }
}
