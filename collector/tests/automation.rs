//! The automation score against hands and scripts: real traces are not flagged, also as another
//! mouse, browser or remote desk would have told them; drawn cursors are, as far as the docs say.

use std::path::PathBuf;

use unspoken::automation::{Automation, MACHINE};
use unspoken::config::Config;
use unspoken::id::Rng;
use unspoken::signal::{Role, Sign, Signal};
use unspoken::trace::Trace;
use unspoken_collector::replay::{Event, read, replay};

/// `(ms, x, y)`.
type Point = (f64, f64, f64);

fn chance(rng: &mut Rng) -> f64 {
    (rng.draw() % 1_000_000) as f64 / 1e6
}

fn move_to((at, x, y): Point) -> (f64, Signal) {
    // The page reads whole px.
    (at, Signal::Move { x: x.floor(), y: y.floor() })
}

fn click_at((at, x, y): Point) -> (f64, Signal) {
    (at, Signal::Click { x: x.floor(), y: y.floor(), slot: None, role: Role::Button })
}

/// The highest score on the way, as a session keeps it, and the reasons at the end.
fn score<'a>(signals: impl IntoIterator<Item = &'a (f64, Signal)>) -> (f64, Vec<&'static str>) {
    let mut automation = Automation::default();
    let mut highest = 0.0;
    for (at, signal) in signals {
        automation.update(signal, *at);
        highest = automation.percent().max(highest);
    }
    (highest, automation.reasons())
}

fn real() -> Vec<Trace> {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/adserp/traces"));
    if !folder.is_dir() {
        println!("skipped: there are no real traces at {}", folder.display());
        return Vec::new();
    }
    read(&folder).unwrap()
}

/// What another device would have told of the same hand.
fn as_told_by(trace: &Trace, device: &str, rng: &mut Rng) -> Vec<(f64, Signal)> {
    let coarse =
        |ms: f64| move |(at, signal): &(f64, Signal)| ((at / ms).floor() * ms, signal.clone());
    let scaled = |by: f64| {
        move |(at, signal): &(f64, Signal)| match signal {
            Signal::Move { x, y } => move_to((*at, x * by, y * by)),
            other => (*at, other.clone()),
        }
    };
    let signals = &trace.signals;
    match device {
        "as recorded" => signals.clone(),
        // Firefox with resistFingerprinting, Tor Browser.
        "clock of 100 ms" => signals.iter().map(coarse(100.0)).collect(),
        "clock of 16.67 ms" => signals.iter().map(coarse(1000.0 / 60.0)).collect(),
        "clock of 1 ms" => signals.iter().map(coarse(1.0)).collect(),
        "twice as far" => signals.iter().map(scaled(2.0)).collect(),
        "half as far" => signals.iter().map(scaled(0.5)).collect(),
        // A remote desk: what piles up arrives together, some ten times a second.
        "in lumps" => {
            let mut last = 0.0;
            let mut lumps = signals.clone();
            for (at, _) in &mut lumps {
                let lump = (*at / 100.0).ceil() * 100.0;
                last = if lump > last { lump } else { last + 0.5 + chance(rng) };
                *at = last;
            }
            lumps
        }
        "20 Hz" => {
            let mut kept = f64::NEG_INFINITY;
            let keep = |(at, signal): &&(f64, Signal)| {
                let keep = !matches!(signal, Signal::Move { .. }) || at - kept >= 50.0;
                kept = if keep { *at } else { kept };
                keep
            };
            signals.iter().filter(keep).cloned().collect()
        }
        // Curves through the recorded places, told as often as a faster mouse does.
        "125 Hz" => faster(signals, 8.0),
        "1000 Hz" => faster(signals, 1.0),
        other => panic!("{other}"),
    }
}

/// Catmull-Rom curves through the moves, a place each `every` ms.
fn faster(signals: &[(f64, Signal)], every: f64) -> Vec<(f64, Signal)> {
    let points: Vec<Point> = signals
        .iter()
        .filter_map(|(at, signal)| match signal {
            Signal::Move { x, y } => Some((*at, *x, *y)),
            _ => None,
        })
        .collect();
    let mut out: Vec<_> =
        signals.iter().filter(|(_, it)| !matches!(it, Signal::Move { .. })).cloned().collect();
    for at in 1..points.len() {
        let [a, b] = [points[at - 1], points[at]];
        let [before, after] =
            [points[at.saturating_sub(2)], points[(at + 1).min(points.len() - 1)]];
        let steps = ((b.0 - a.0) / every).round();
        if !(1.0..=40.0 / every).contains(&steps) {
            out.push(move_to(b));
            continue;
        }
        for step in 1..=steps as usize {
            let t = step as f64 / steps;
            let curve = |p: f64, q: f64, r: f64, s: f64| {
                0.5 * (2.0 * q
                    + (r - p) * t
                    + (2.0 * p - 5.0 * q + 4.0 * r - s) * t * t
                    + (3.0 * q - p - 3.0 * r + s) * t * t * t)
            };
            let x = curve(before.1, a.1, b.1, after.1);
            out.push(move_to((a.0 + (b.0 - a.0) * t, x, curve(before.2, a.2, b.2, after.2))));
        }
    }
    out.sort_by(|a, b| a.0.total_cmp(&b.0));
    out
}

#[test]
fn real_hands_are_not_flagged_whatever_tells_of_them() {
    let traces = real();
    for device in [
        "as recorded",
        "clock of 100 ms",
        "clock of 16.67 ms",
        "clock of 1 ms",
        "twice as far",
        "half as far",
        "in lumps",
        "20 Hz",
        "125 Hz",
        "1000 Hz",
    ] {
        let mut rng = Rng::new(1);
        let mut highest = (0.0, "");
        let (mut flagged, mut named) = (0, 0);
        for trace in &traces {
            let (percent, reasons) = score(&as_told_by(trace, device, &mut rng));
            flagged += usize::from(percent >= MACHINE);
            named += usize::from(!reasons.is_empty());
            if percent > highest.0 {
                highest = (percent, trace.header.id.as_str());
            }
        }
        println!(
            "{device:<18} {flagged} of {} real traces flagged, {named} with a reason, highest {} % ({})",
            traces.len(),
            highest.0,
            highest.1
        );
        assert!(flagged <= 1, "{device}");
    }
}

#[test]
fn the_replay_tells_the_score_of_each_real_trace() {
    let traces = real();
    let scores = traces.iter().map(|trace| match replay(trace, &Config::default()).pop() {
        Some(unspoken_collector::replay::Output {
            event: Event::Automation { score, .. }, ..
        }) => score,
        other => panic!("{other:?}"),
    });
    let flagged = scores.filter(|score| *score >= MACHINE / 100.0).count();
    println!("{flagged} of {} real traces flagged by the engine", traces.len());
    assert!(flagged <= 1);
}

#[test]
fn an_hour_of_one_hand_is_not_flagged() {
    let traces = real();
    let mut session: Vec<(f64, Signal)> = Vec::new();
    for trace in &traces {
        let begin = session.last().map_or(0.0, |last| last.0 + 1_500.0);
        let first = trace.signals[0].0;
        session.extend(trace.signals.iter().map(|(at, it)| (begin + at - first, it.clone())));
    }
    let minutes = session.last().map_or(0.0, |last| last.0 / 60_000.0);
    let (percent, reasons) = score(&session);
    println!(
        "all real traces as one session of {minutes:.0} min: highest {percent} %, {reasons:?}"
    );
    assert!(percent < MACHINE);
}

/// A script's session: some moves to targets, most with a click.
fn script(kind: &str, rng: &mut Rng) -> Vec<(f64, Signal)> {
    let mut out = Vec::new();
    let (mut at, mut x, mut y) = (500.0, 60.0, 40.0);
    let turns = if matches!(kind, "metronome" | "ticker") { 24 } else { 8 };
    for _ in 0..turns {
        let begun = at;
        at += 300.0 + 900.0 * chance(rng);
        let to = (80.0 + 1_100.0 * chance(rng), 60.0 + 680.0 * chance(rng));
        let (word, number) = kind.split_once(' ').unwrap_or((kind, "0"));
        let number: f64 = number.parse().unwrap_or(0.0);
        let steps = match word {
            "jump" | "metronome" | "ticker" => 1.0,
            "geckodriver" => 15.0,
            "eased" | "bezier" | "hand-made" => 20.0 + 30.0 * chance(rng),
            _ => number,
        };
        let steps = steps.round();
        let bend = 0.4 * (chance(rng) - 0.5);
        for step in 1..=steps as usize {
            // Chromium takes two at once, then one a frame (measured with playwright-core).
            at += match word {
                "linear" | "eased" | "bezier" | "hand-made" if step <= 2 => 2.0,
                "linear" | "eased" | "bezier" | "hand-made" => 16.2 + 0.9 * chance(rng),
                "loop" => 13.0 + 4.5 * chance(rng),
                "flood" => 0.8 + 0.6 * chance(rng),
                "geckodriver" => 16.0 + 2.0 * chance(rng),
                _ => 0.0,
            };
            let mut t = step as f64 / steps;
            if matches!(word, "eased" | "bezier" | "hand-made") {
                t = t * t * (3.0 - 2.0 * t);
            }
            let arc = if matches!(word, "bezier" | "hand-made") {
                bend * 4.0 * t * (1.0 - t)
            } else {
                0.0
            };
            let tremor = if word == "hand-made" { 2.0 * (chance(rng) - 0.5) } else { 0.0 };
            let (dx, dy) = (to.0 - x, to.1 - y);
            out.push(move_to((at, x + dx * t - dy * arc + tremor, y + dy * t + dx * arc + tremor)));
        }
        if matches!(word, "metronome" | "ticker") {
            at = begun + 1_000.0 + 6.0 * chance(rng);
            if let Some(last) = out.last_mut() {
                last.0 = at;
            }
        }
        (x, y) = to;
        if word != "ticker" {
            at += if matches!(word, "eased" | "bezier" | "hand-made") {
                40.0 + 90.0 * chance(rng)
            } else {
                0.4
            };
            out.push(click_at((at, x, y)));
        }
    }
    out
}

#[test]
fn drawn_cursors_are_flagged_and_good_imitations_are_not() {
    let share = |kind: &str| {
        let mut rng = Rng::new(7);
        let all = 200;
        let flagged = (0..all).filter(|_| score(&script(kind, &mut rng)).0 >= MACHINE).count();
        let percent = 100.0 * flagged as f64 / f64::from(all);
        println!("{kind:<14} {percent:>5.1} % of {all} sessions flagged");
        percent
    };
    for kind in [
        "linear 5",
        "linear 10",
        "linear 25",
        "linear 60",
        "loop 12",
        "loop 40",
        "geckodriver",
        "metronome",
    ] {
        assert!(share(kind) >= 95.0, "{kind}");
    }
    // Told in docs/automation.md as not found, or found in part.
    for kind in [
        "linear 3",
        "linear 150",
        "flood 20",
        "flood 60",
        "jump",
        "ticker",
        "eased",
        "bezier",
        "hand-made",
    ] {
        share(kind);
    }
    for kind in ["jump", "bezier", "hand-made"] {
        assert!(share(kind) < 5.0, "the docs say that {kind} is not found");
    }
}

/// People whose cursor goes like a script's in one respect.
#[test]
fn people_with_other_ways_to_point_are_not_flagged() {
    let mut rng = Rng::new(3);
    let mut person = |name: &str| {
        let mut out = Vec::new();
        let mut at = 0.0;
        for turn in 0..40 {
            at += 700.0 + 900.0 * chance(&mut rng);
            let place = (at, 100.0 + 900.0 * chance(&mut rng), 100.0 + 500.0 * chance(&mut rng));
            match name {
                // Taps tell no move.
                "touch" => out.push(click_at(place)),
                // Enter on a focused link, and held on a button.
                "keyboard" => {
                    for _ in 0..12 {
                        at += 33.3;
                        out.push(click_at((at, 0.0, 0.0)));
                    }
                }
                // The cursor leaps to a word or a square of the grid, and clicks.
                "voice" => out.extend([move_to(place), click_at((at + 1.0, place.1, place.2))]),
                // Mouse keys: the same step each time, along an axis or a diagonal.
                "mouse keys" => {
                    let (dx, dy) =
                        [(12.0, 0.0), (0.0, 12.0), (12.0, 12.0), (-12.0, 12.0)][turn % 4];
                    for step in 0..30 {
                        at += 20.0;
                        let step = f64::from(step);
                        out.push(move_to((at, 400.0 + dx * step, 100.0 + dy * step)));
                    }
                    out.push(click_at((at + 200.0, 400.0, 100.0)));
                }
                // The same button again and again, as evenly as a drummer: 4 % of 400 ms.
                "drummer" => {
                    at += 400.0
                        + 16.0
                            * (chance(&mut rng) + chance(&mut rng) + chance(&mut rng) - 1.5)
                            * 2.0
                        - 700.0;
                    at = at.max(turn as f64 * 400.0);
                    out.push(click_at((at, 300.0, 300.0)));
                }
                other => panic!("{other}"),
            }
        }
        score(&out)
    };
    for name in ["touch", "keyboard", "voice", "mouse keys", "drummer"] {
        let (percent, reasons) = person(name);
        println!("{name:<12} highest {percent} % {reasons:?}");
        assert!(percent < MACHINE, "{name}: {percent} % {reasons:?}");
    }
}

#[test]
fn what_the_browser_says_flags_at_once() {
    for (sign, name) in [(Sign::WebDriver, "webdriver"), (Sign::Untrusted, "untrusted")] {
        let (percent, reasons) = score(&[(1.0, Signal::Machine { sign })]);
        assert!(percent >= MACHINE && reasons == [name], "{percent} {reasons:?}");
    }
    assert_eq!(score(&[]), (0.0, vec![]));
}
