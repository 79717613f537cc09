//! Journeys as one SVG, one below the other, for light and dark.

use super::Drawing;
use super::layout::{CHARACTER, LINE, Layout, Place, What, layout, length};

/// Pixels around a drawing.
const MARGIN: f64 = 24.0;
/// Pixels for the name of a journey.
const HEADING: f64 = 40.0;

const STYLE: &str = "
svg { --paper: #ffffff; --ink: #1c2128; --soft: #59636e; --box: #eef3fa; --frame: #5b7fb5; --line: #7a8591; --back: #a8531a; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #14181d; --ink: #e8edf2; --soft: #a3adb8; --box: #1f2b3a; --frame: #7ea3d8; --line: #8a96a3; --back: #e59a63; }
}
.paper { fill: var(--paper); }
text { font: 12px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: var(--ink); }
.name, .journey { font-weight: 700; }
.journey { font-size: 15px; }
.reader, .note { fill: var(--soft); }
.state { fill: var(--box); stroke: var(--frame); stroke-width: 1.5; }
.unreached { stroke-dasharray: 5 4; }
.rule { stroke: var(--frame); stroke-width: 0.75; }
.way { fill: none; stroke: var(--line); stroke-width: 1.5; }
.tip { fill: var(--line); }
.back { stroke: var(--back); }
.back.tip { fill: var(--back); stroke: none; }
";

/// One SVG of all journeys.
pub fn svg(drawings: &[Drawing]) -> String {
    let (mut body, mut width, mut y) = (String::new(), 0.0f64, MARGIN);
    for drawing in drawings {
        let layout = layout(drawing);
        let mut note = String::from(
            "a rounder frame: the start; orange: leads back; below a name: who reads the state",
        );
        if !drawing.timed.is_empty() {
            note += &format!("; its time is read by {}", drawing.timed.join(", "));
        }
        if drawing.states.iter().any(|state| !state.reached) {
            note += "; dashed: no transition leads there";
        }
        text(&mut body, "journey", [MARGIN, y + 12.0], &drawing.name);
        text(&mut body, "note", [MARGIN, y + 30.0], &note);
        body += &format!("<g transform=\"translate({MARGIN} {})\">\n", y + HEADING);
        ways(&mut body, &layout);
        for place in &layout.places {
            match place.what {
                What::State(at) => state(&mut body, place, drawing, at),
                What::Text(at) => {
                    for (row, label) in drawing.edges[at].labels.iter().enumerate() {
                        let y = place.y + 2.0 + LINE * (row as f64 + 0.75);
                        text(&mut body, "label", [place.x + 5.0, y], label);
                    }
                }
                What::Pass => {}
            }
        }
        body += "</g>\n";
        width = width.max(layout.width).max(length(&note) * CHARACTER);
        y += HEADING + layout.height + 2.0 * MARGIN;
    }
    let (width, height) = ((width + 2.0 * MARGIN).ceil(), (y - MARGIN).ceil());
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>Journeys</title>\n\
         <style>{STYLE}</style>\n<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}

fn state(out: &mut String, place: &Place, drawing: &Drawing, at: usize) {
    let state = &drawing.states[at];
    let Place { x, y, width, height, .. } = *place;
    // The start is rounder than the others.
    let (round, class) =
        (if at == 0 { 14 } else { 5 }, if state.reached { "" } else { " unreached" });
    *out += &format!(
        "<rect class=\"state{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{height:.1}\" rx=\"{round}\"/>\n"
    );
    let lines = 1 + state.readers.len();
    let used = LINE * lines as f64 + if lines > 1 { 6.0 } else { 0.0 };
    let top = y + (height - used) / 2.0;
    text(out, "name", [x + 12.0, top + LINE * 0.75], &state.name);
    if lines > 1 {
        let rule = top + LINE + 2.0;
        *out += &format!(
            "<line class=\"rule\" x1=\"{x:.1}\" x2=\"{:.1}\" y1=\"{rule:.1}\" y2=\"{rule:.1}\"/>\n",
            x + width
        );
    }
    for (row, reader) in state.readers.iter().enumerate() {
        let y = top + 6.0 + LINE * (row as f64 + 1.75);
        text(out, "reader", [x + 12.0, y], reader);
    }
}

/// The lines, each from the right side of a place to the left side of the next. A line that passes a
/// column meets in the middle of its place there.
fn ways(out: &mut String, layout: &Layout) {
    for (edge, (way, is_back)) in layout.ways.iter().enumerate() {
        let class = if *is_back { " back" } else { "" };
        if let [state, label] = way[..] {
            // A loop: out to its text, and back below.
            let start = [right(layout, state), port(layout, state, edge, 1)];
            let end = [layout.places[label].x, port(layout, label, edge, 0)];
            curve(
                out,
                layout,
                class,
                [state, label],
                [start[0], start[1] - 4.0],
                [end[0], end[1] - 3.0],
            );
            curve(
                out,
                layout,
                class,
                [state, label],
                [start[0], start[1] + 4.0],
                [end[0], end[1] + 3.0],
            );
            tip(out, class, [start[0], start[1] + 4.0], -1.0);
            continue;
        }
        for (step, pair) in way.windows(2).enumerate() {
            let start = [right(layout, pair[0]), port(layout, pair[0], edge, 1)];
            let end = [layout.places[pair[1]].x, port(layout, pair[1], edge, 0)];
            curve(out, layout, class, [pair[0], pair[1]], start, end);
            if *is_back && step == 0 {
                tip(out, class, start, -1.0);
            } else if !is_back && step + 2 == way.len() {
                tip(out, class, end, 1.0);
            }
        }
    }
}

fn right(layout: &Layout, place: usize) -> f64 {
    layout.places[place].x + layout.places[place].width
}

/// Straight within the columns, curved between them.
fn curve(
    out: &mut String,
    layout: &Layout,
    class: &str,
    of: [usize; 2],
    start: [f64; 2],
    end: [f64; 2],
) {
    let leave = layout.columns[layout.places[of[0]].column][1];
    let arrive = layout.columns[layout.places[of[1]].column][0];
    let middle = (leave + arrive) / 2.0;
    let ([x, y], [to_x, to_y]) = (start, end);
    *out += &format!(
        "<path class=\"way{class}\" d=\"M{x:.1} {y:.1}H{leave:.1}C{middle:.1} {y:.1} {middle:.1} \
         {to_y:.1} {arrive:.1} {to_y:.1}H{to_x:.1}\"/>\n"
    );
}

/// The head of an arrow that ends at a point, to the right or (−1) to the left.
fn tip(out: &mut String, class: &str, [x, y]: [f64; 2], way: f64) {
    let back = x - way * 8.0;
    *out += &format!(
        "<path class=\"tip{class}\" d=\"M{x:.1} {y:.1}L{back:.1} {:.1}V{:.1}Z\"/>\n",
        y - 4.0,
        y + 4.0
    );
}

/// The height at which an edge meets a place on its left (0) or right (1) side: in the middle, or
/// for a state at an end of its own, in the order of where the edges go.
fn port(layout: &Layout, place: usize, edge: usize, side: usize) -> f64 {
    let Place { what, y, height, .. } = layout.places[place];
    let mut ends = Vec::new();
    if let What::State(_) = what {
        for (edge, (way, _)) in layout.ways.iter().enumerate() {
            let pair =
                if side == 1 { [0, 1] } else { [way.len() - 1, way.len().saturating_sub(2)] };
            if way[pair[0]] == place {
                let next = &layout.places[way[pair[1]]];
                ends.push((next.y + next.height / 2.0, edge));
            }
        }
    }
    ends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let at = ends.iter().position(|(_, known)| *known == edge).unwrap_or(0);
    y + height * (at + 1) as f64 / (ends.len().max(1) + 1) as f64
}

fn text(out: &mut String, class: &str, [x, y]: [f64; 2], text: &str) {
    *out +=
        &format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>\n", escaped(text));
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '&' => out += "&amp;",
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::tests::shop;

    /// The texts of a drawing, each with its place.
    fn texts(svg: &str) -> Vec<(f64, f64, String)> {
        let number = |line: &str, key: &str| -> f64 {
            line.split(key).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        let texts = svg.lines().filter(|line| line.starts_with("<text"));
        texts
            .map(|line| {
                let inner = line.split('>').nth(1).unwrap().split('<').next().unwrap();
                (number(line, " x=\""), number(line, " y=\""), inner.into())
            })
            .collect()
    }

    #[test]
    fn every_word_is_there_and_apart_from_the_others() {
        let svg = svg(&shop()[..1]);
        let texts = texts(&svg);
        for word in [
            "cart",
            "browsing",
            "lost",
            "add_to_cart",
            "visit, after 1 h",
            "exposure:banner/remind, if plan $in [free, trial]",
            "hero: owner",
            "banner: all",
        ] {
            assert!(texts.iter().any(|(_, _, text)| text == word), "{word}");
        }
        // Within the drawing: the heading has coordinates of its own.
        for (at, one) in texts[2..].iter().enumerate() {
            for other in &texts[2 + at + 1..] {
                let (left, right) = if one.0 < other.0 { (one, other) } else { (other, one) };
                let apart =
                    (one.1 - other.1).abs() >= 12.0 || left.0 + length(&left.2) * 7.3 <= right.0;
                assert!(apart, "{one:?} and {other:?}");
            }
        }
        assert_eq!(svg.matches("unreached").count(), 2, "in the style, and one state");
        assert_eq!(
            svg.matches("tip\"").count() + svg.matches("tip back\"").count(),
            shop()[0].edges.len()
        );
    }

    #[test]
    fn what_would_break_out_is_escaped() {
        assert_eq!(escaped("<b>&\n"), "&lt;b&gt;&amp; ");
    }
}
