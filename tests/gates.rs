//! How often the gate `reading` is closed on real recordings, where the data folder is at hand.

use std::path::Path;
use unspoken::feature::window::CELL;
use unspoken::feature::{Features, Told};
use unspoken::gate::reads;
use unspoken::layout::Layout;
use unspoken::signal::Signal;

/// Of each recording: points of the grid at which the gate is closed, all points, and the longest row
/// of closed ones.
fn closed(text: &str) -> Vec<[usize; 3]> {
    let count = |trace: unspoken::trace::Trace| {
        let mut layout = Layout::default();
        let header = &trace.header;
        let sizes = Signal::Resize { viewport: header.viewport, document: header.document };
        let start = trace.signals.first().map_or(0.0, |(at, _)| *at);
        let mut features = Features::new(start);
        layout.update(&sizes);
        let ([mut closed, mut all, mut row, mut longest], mut due) = ([0; 4], start + CELL);
        for (at, signal) in &trace.signals {
            while due <= *at {
                row = if reads(&features.vector(due, &layout, &Told::default())) {
                    row + 1
                } else {
                    0
                };
                closed += usize::from(row > 0);
                longest = longest.max(row);
                all += 1;
                due += CELL;
            }
            layout.update(signal);
            features.update(signal, *at, &layout);
        }
        [closed, all, longest]
    };
    unspoken::trace::read(text).unwrap().into_iter().map(count).collect()
}

#[test]
fn on_real_recordings_it_is_closed_for_part_of_the_time() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/adserp/traces");
    let Ok(files) = folder.read_dir() else {
        println!("skipped: no real recordings at ../shared/data/adserp");
        return;
    };
    let mut counts = vec![];
    for file in files.flatten() {
        counts.extend(closed(&std::fs::read_to_string(file.path()).unwrap()));
    }
    let [closed, all] = [0, 1].map(|at| counts.iter().map(|count| count[at]).sum::<usize>());
    let share = closed as f64 / all as f64;
    println!(
        "reading: closed at {closed} of {all} points of {} recordings: {share:.3}",
        counts.len()
    );
    print("share of a recording", counts.iter().map(|it| it[0] as f64 / it[1] as f64).collect());
    print("longest s of a recording", counts.iter().map(|it| it[2] as f64 * CELL / 1e3).collect());
    assert!(
        (share - 0.62).abs() < 0.005,
        "src/gate.rs and docs/deciding.md state another: {share}"
    );
}

fn print(what: &str, mut values: Vec<f64>) {
    values.sort_by(f64::total_cmp);
    let at = |quantile: f64| values[(quantile * (values.len() - 1) as f64) as usize];
    let [low, lower, middle, upper, high] = [0.05, 0.25, 0.5, 0.75, 0.95].map(at);
    println!("{what}, 5/25/50/75/95 %: {low:.2} {lower:.2} {middle:.2} {upper:.2} {high:.2}");
}
