//! A layered layout: states in columns, each transition's text in a column of its own between them.
//!
//! States stand as far to the right as the longest way to them, once transitions that lead back are
//! turned round. A transition passes every column between its two states in a place that is kept free
//! for it, and its text is such a place; so no text lies under another, nor under a line. What is
//! left to chance is how often lines cross, and a few sweeps make that seldom.

use super::Drawing;

/// Pixels of a character of the monospaced face at 12 px, with a little to spare.
pub const CHARACTER: f64 = 7.5;
/// Pixels from one line of text to the next.
pub const LINE: f64 = 17.0;
/// Room for curves between two columns.
const GUTTER: f64 = 36.0;
/// Room between two places of a column.
const GAP: f64 = 14.0;
/// Room between two ends of lines on the side of a state.
const PORT: f64 = 14.0;
/// How often the order and the heights are improved; more changes nothing any more.
const SWEEPS: usize = 12;

/// What stands in a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum What {
    /// A state, by position.
    State(usize),
    /// The text of an edge, by position.
    Text(usize),
    /// An edge that passes.
    Pass,
}

/// A place: a rectangle in a column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Place {
    /// What stands there.
    pub what: What,
    /// Its column; states stand in even ones.
    pub column: usize,
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// In pixels.
    pub width: f64,
    /// In pixels.
    pub height: f64,
}

impl Place {
    fn middle(&self) -> f64 {
        self.y + self.height / 2.0
    }
}

/// A whole layout, from (0, 0).
#[derive(Clone, PartialEq, Debug)]
pub struct Layout {
    /// All places; the states first, in their order.
    pub places: Vec<Place>,
    /// For each edge the places from left to right, and whether it runs from right to left.
    pub ways: Vec<(Vec<usize>, bool)>,
    /// Where each column begins and ends.
    pub columns: Vec<[f64; 2]>,
    /// In pixels.
    pub width: f64,
    /// In pixels.
    pub height: f64,
}

/// Characters of a text, of those twice as wide two.
pub fn length(text: &str) -> f64 {
    let wide =
        |letter: char| u32::from(letter) >= 0x1100 && !matches!(letter, '\u{2000}'..='\u{2bff}');
    text.chars().map(|letter| if wide(letter) { 2.0 } else { 1.0 }).sum()
}

/// The size of lines of text, with room around them.
fn size<'a>(lines: impl Iterator<Item = &'a String>, around: [f64; 2]) -> [f64; 2] {
    let (mut most, mut count) = (0.0f64, 0.0);
    for line in lines {
        most = most.max(length(line));
        count += 1.0;
    }
    [most * CHARACTER + around[0], count * LINE + around[1]]
}

/// Lays a journey out.
pub fn layout(drawing: &Drawing) -> Layout {
    let turned = turned(drawing);
    let ranks = ranks(drawing, &turned);
    let mut places = Vec::new();
    for (at, state) in drawing.states.iter().enumerate() {
        let lines = std::iter::once(&state.name).chain(&state.readers);
        let [width, mut height] = size(lines, [24.0, 14.0]);
        if !state.readers.is_empty() {
            height += 6.0; // the line under its name
        }
        // Both ends of a loop are on the right.
        let ends =
            |side: &dyn Fn(usize) -> bool| (0..drawing.edges.len()).filter(|at| side(*at)).count();
        let right = ends(&|edge| {
            let of = &drawing.edges[edge];
            (if turned[edge] { of.to } else { of.from }) == at
        });
        let left = ends(&|edge| {
            let of = &drawing.edges[edge];
            of.from != of.to && (if turned[edge] { of.from } else { of.to }) == at
        });
        height = height.max((right.max(left) + 1) as f64 * PORT);
        places.push(Place {
            what: What::State(at),
            column: 2 * ranks[at],
            x: 0.0,
            y: 0.0,
            width,
            height,
        });
    }
    let mut ways = Vec::new();
    for (at, edge) in drawing.edges.iter().enumerate() {
        let [width, height] = size(edge.labels.iter(), [10.0, 4.0]);
        let (low, high) = if turned[at] { (edge.to, edge.from) } else { (edge.from, edge.to) };
        let (first, last) = (2 * ranks[low], 2 * ranks[high]);
        let mut way = vec![low];
        // The text stands beside the state that the transition leaves.
        let text = if turned[at] { last.max(first + 2) - 1 } else { first + 1 };
        for column in first + 1..last.max(first + 2) {
            way.push(places.len());
            let pass = Place { what: What::Pass, column, x: 0.0, y: 0.0, width: 0.0, height: 6.0 };
            places.push(match column == text {
                true => Place { what: What::Text(at), width, height, ..pass },
                false => pass,
            });
        }
        if edge.from != edge.to {
            way.push(high);
        }
        ways.push((way, turned[at]));
    }
    let mut columns =
        vec![Vec::new(); places.iter().map(|place| place.column).max().unwrap_or(0) + 1];
    places.iter().enumerate().for_each(|(at, place)| columns[place.column].push(at));
    let beside = neighbours(&ways, places.len());
    order(&mut columns, &beside);
    rows(&mut places, &columns, &beside);
    let mut bounds = Vec::new();
    let mut x = 0.0;
    for column in &columns {
        let width = column.iter().map(|at| places[*at].width).fold(0.0, f64::max);
        column.iter().for_each(|at| places[*at].x = x + (width - places[*at].width) / 2.0);
        bounds.push([x, x + width]);
        x += width + GUTTER;
    }
    let top = places.iter().map(|place| place.y).fold(f64::INFINITY, f64::min);
    places.iter_mut().for_each(|place| place.y -= top);
    let height = places.iter().map(|place| place.y + place.height).fold(0.0, f64::max);
    Layout { places, ways, columns: bounds, width: x - GUTTER, height }
}

/// Which edges lead back, in a walk from the start.
fn turned(drawing: &Drawing) -> Vec<bool> {
    fn visit(at: usize, drawing: &Drawing, seen: &mut [u8], turned: &mut [bool]) {
        seen[at] = 1;
        for (index, edge) in drawing.edges.iter().enumerate().filter(|(_, edge)| edge.from == at) {
            match seen[edge.to] {
                0 => visit(edge.to, drawing, seen, turned),
                1 => turned[index] = edge.to != at,
                _ => {}
            }
        }
        seen[at] = 2;
    }
    let (mut seen, mut turned) = (vec![0; drawing.states.len()], vec![false; drawing.edges.len()]);
    for at in 0..drawing.states.len() {
        if seen[at] == 0 {
            visit(at, drawing, &mut seen, &mut turned);
        }
    }
    turned
}

/// The longest way to each state.
fn ranks(drawing: &Drawing, turned: &[bool]) -> Vec<usize> {
    let mut ranks = vec![0; drawing.states.len()];
    for _ in 0..drawing.states.len() {
        for (edge, turned) in drawing.edges.iter().zip(turned) {
            let (low, high) = if *turned { (edge.to, edge.from) } else { (edge.from, edge.to) };
            if low != high {
                ranks[high] = ranks[high].max(ranks[low] + 1);
            }
        }
    }
    ranks
}

/// The places to the left and to the right of each.
fn neighbours(ways: &[(Vec<usize>, bool)], count: usize) -> Vec<[Vec<usize>; 2]> {
    let mut beside = vec![[Vec::new(), Vec::new()]; count];
    for (way, _) in ways {
        for pair in way.windows(2) {
            beside[pair[0]][1].push(pair[1]);
            beside[pair[1]][0].push(pair[0]);
        }
    }
    beside
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// Puts each column into the order of what its places are joined to, from the left and from the
/// right in turn, and keeps the order with the fewest crossings.
fn order(columns: &mut [Vec<usize>], beside: &[[Vec<usize>; 2]]) {
    let mut position = vec![0.0; beside.len()];
    let mut best = (usize::MAX, columns.to_vec());
    for sweep in 0..=SWEEPS {
        for column in columns.iter() {
            column.iter().enumerate().for_each(|(row, at)| position[*at] = row as f64);
        }
        let crossings = crossings(columns, beside, &position);
        if crossings < best.0 {
            best = (crossings, columns.to_vec());
        }
        let side = sweep % 2;
        let mut all: Vec<usize> = (0..columns.len()).collect();
        if side == 1 {
            all.reverse();
        }
        for column in all {
            let key = |at: usize| {
                let joined = beside[at][side].iter().map(|other| position[*other]);
                mean(joined).unwrap_or(position[at])
            };
            let mut keyed: Vec<_> = columns[column].iter().map(|at| (key(*at), *at)).collect();
            keyed.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            columns[column] = keyed.iter().map(|(_, at)| *at).collect();
            columns[column].iter().enumerate().for_each(|(row, at)| position[*at] = row as f64);
        }
    }
    columns.clone_from_slice(&best.1);
}

/// How often lines cross between neighbouring columns.
fn crossings(columns: &[Vec<usize>], beside: &[[Vec<usize>; 2]], position: &[f64]) -> usize {
    let mut crossings = 0;
    for column in columns {
        let lines: Vec<_> = column
            .iter()
            .flat_map(|at| beside[*at][1].iter().map(|to| (position[*at], position[*to])))
            .collect();
        for (at, one) in lines.iter().enumerate() {
            let cross = |other: &&(f64, f64)| (one.0 - other.0) * (one.1 - other.1) < 0.0;
            crossings += lines[at + 1..].iter().filter(cross).count();
        }
    }
    crossings
}

/// Moves each place to the height of what it is joined to, as near as its column's order and gaps
/// allow.
fn rows(places: &mut [Place], columns: &[Vec<usize>], beside: &[[Vec<usize>; 2]]) {
    for column in columns {
        settle(places, column, &vec![0.0; column.len()]);
    }
    for sweep in 0..2 * SWEEPS {
        let mut all: Vec<&Vec<usize>> = columns.iter().collect();
        if sweep % 2 == 1 {
            all.reverse();
        }
        for column in all {
            let wanted: Vec<f64> = column
                .iter()
                .map(|at| {
                    let joined = beside[*at].iter().flatten().map(|other| places[*other].middle());
                    mean(joined).unwrap_or(places[*at].middle())
                })
                .collect();
            settle(places, column, &wanted);
        }
    }
}

/// The middles nearest to those wanted (in squares) that keep the order and the gaps: neighbours that
/// want to overlap are pooled and share the mean of what they want.
fn settle(places: &mut [Place], column: &[usize], wanted: &[f64]) {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new(); // sum of wishes, their count, first row
    let mut offsets = vec![0.0; column.len()];
    for row in 0..column.len() {
        if row > 0 {
            let (above, this) = (&places[column[row - 1]], &places[column[row]]);
            offsets[row] = offsets[row - 1] + (above.height + this.height) / 2.0 + GAP;
        }
        pools.push((wanted[row] - offsets[row], 1.0, row));
        while let [.., one, other] = pools[..]
            && one.0 / one.1 >= other.0 / other.1
        {
            pools.truncate(pools.len() - 2);
            pools.push((one.0 + other.0, one.1 + other.1, one.2));
        }
    }
    for (at, (sum, count, first)) in pools.iter().enumerate() {
        let end = pools.get(at + 1).map_or(column.len(), |next| next.2);
        for row in *first..end {
            let place = &mut places[column[row]];
            place.y = sum / count + offsets[row] - place.height / 2.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Edge, StateBox};

    fn check(drawing: &Drawing) {
        let layout = layout(drawing);
        for (at, one) in layout.places.iter().enumerate() {
            assert!(one.x >= 0.0 && one.y >= -1e-6);
            assert!(one.x + one.width <= layout.width && one.y + one.height <= layout.height);
            let [left, right] = layout.columns[one.column];
            assert!(one.x >= left && one.x + one.width <= right + 1e-6);
            for other in &layout.places[at + 1..] {
                let apart = one.column != other.column
                    || one.y + one.height <= other.y + 1e-6
                    || other.y + other.height <= one.y + 1e-6;
                assert!(apart, "{one:?} overlaps {other:?}");
            }
        }
        for pair in layout.columns.windows(2) {
            assert!(pair[0][1] + GUTTER <= pair[1][0] + 1e-6);
        }
        for (edge, (way, _)) in layout.ways.iter().enumerate() {
            let texts = way.iter().filter(|at| layout.places[**at].what == What::Text(edge));
            assert_eq!(texts.count(), 1);
            let columns: Vec<_> = way.iter().map(|at| layout.places[*at].column).collect();
            assert!(columns.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{columns:?}");
        }
    }

    #[test]
    fn nothing_overlaps_in_a_shop() {
        crate::graph::tests::shop().iter().for_each(check);
    }

    #[test]
    fn nothing_overlaps_in_any_journey() {
        let mut rng = unspoken::id::Rng::new(4);
        for round in 0..60 {
            let count = 1 + round % 16;
            let states = (0..count).map(|at| StateBox {
                name: format!("state {at}"),
                reached: true,
                readers: vec!["slot: rule".into(); rng.draw() as usize % 4],
            });
            let mut drawing = Drawing {
                name: "j".into(),
                states: states.collect(),
                edges: vec![],
                timed: vec![],
            };
            for from in 0..count {
                for to in 0..count {
                    if rng.draw().is_multiple_of(1 + count as u64 / 2) {
                        let labels = vec!["an event".into(); 1 + rng.draw() as usize % 3];
                        drawing.edges.push(Edge { from, to, labels });
                    }
                }
            }
            check(&drawing);
        }
    }

    #[test]
    fn a_chain_is_straight() {
        let drawing = &crate::graph::tests::shop()[1];
        let layout = layout(drawing);
        let middles: Vec<_> = layout.places.iter().map(Place::middle).collect();
        assert!(middles.iter().all(|middle| (middle - middles[0]).abs() < 1e-6), "{middles:?}");
        assert_eq!(layout.places[2].column, 4);
    }
}
