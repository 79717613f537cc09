//! The plot of regret: decisions across, regret up, a line for each policy.
//!
//! Plain SVG with colours of its own for light and dark pages, since an image cannot ask the page.
//! Lines differ in their dashes too, and each is named where it ends.

use std::fmt::Write as _;

use super::shop::{Curve, Shop, WEEKS};

const WIDTH: f64 = 520.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 24.0;
/// Right of the frame, for names.
const NAMES: f64 = 190.0;
const FOOT: f64 = 48.0;
/// Between two names, in px.
const LINE: f64 = 15.0;
/// A line's dashes, by its place.
const DASHES: [&str; 8] = ["2 4", "8 4", "8 3 2 3", "12 3", "1 3", "", "", "4 2"];

/// The plot.
pub fn write(shop: &Shop) -> String {
    let (width, height) = (LEFT + WIDTH + NAMES, TOP + HEIGHT + FOOT);
    let most = shop.policies.iter().map(|it| it.regret).fold(1.0, f64::max);
    let step = step(most);
    let top = (most / step).ceil() * step;
    let x = |share: f64| LEFT + share * WIDTH;
    let y = |regret: f64| TOP + (1.0 - regret / top) * HEIGHT;
    let mut svg = String::new();
    let mut line = |text: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(svg, "{text}");
    };
    line(&format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="t d">
<title id="t">Regret of eight policies in a synthetic shop</title>
<desc id="d">Weeks across, the goals that each policy lost against one that knows everything up, summed.</desc>
<style>
text {{ font: 12px system-ui, sans-serif; fill: #333 }}
.frame {{ fill: none; stroke: #888 }} .grid {{ stroke: #8884 }}
.line {{ fill: none; stroke: #777; stroke-width: 1.5 }} .ours {{ stroke: #2463c8; stroke-width: 2 }} .main {{ stroke: #c2410c; stroke-width: 3 }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #ddd }} .line {{ stroke: #aaa }} .ours {{ stroke: #7fb0ff }} .main {{ stroke: #ff9d6b }}
}}
</style>"#
    ));
    let mut tick = 0.0;
    while tick <= top {
        line(&format!(
            r#"<path class="grid" d="M{LEFT} {up:.1}H{right}"/><text x="{at}" y="{middle:.1}" text-anchor="end">{tick}</text>"#,
            up = y(tick),
            right = LEFT + WIDTH,
            at = LEFT - 6.0,
            middle = y(tick) + 4.0,
        ));
        tick += step;
    }
    for week in (0..=WEEKS).step_by(2) {
        line(&format!(
            r#"<text x="{:.1}" y="{}" text-anchor="middle">{week}</text>"#,
            x(week as f64 / WEEKS as f64),
            TOP + HEIGHT + 16.0
        ));
    }
    line(&format!(
        r#"<rect class="frame" x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}"/>
<text x="{centre}" y="{foot}" text-anchor="middle">weeks (synthetic shop, {decisions} decisions)</text>
<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">regret, in goals lost</text>"#,
        centre = LEFT + WIDTH / 2.0,
        foot = TOP + HEIGHT + 36.0,
        middle = TOP + HEIGHT / 2.0,
        decisions = shop.decisions,
    ));
    // Names stand where their lines end, and apart.
    let mut order: Vec<usize> = (0..shop.policies.len()).collect();
    order.sort_by(|a, b| shop.policies[*b].regret.total_cmp(&shop.policies[*a].regret));
    let mut above = f64::NEG_INFINITY;
    for at in order {
        let Curve { policy, regret, curve, .. } = &shop.policies[at];
        let class = match *policy {
            "ours, pooled" => "line main",
            name if name.starts_with("ours") => "line ours",
            _ => "line",
        };
        let last = (curve.len().max(2) - 1) as f64;
        let points: Vec<String> = curve
            .iter()
            .enumerate()
            .map(|(at, regret)| format!("{:.1} {:.1}", x(at as f64 / last), y(*regret)))
            .collect();
        let (path, dashes) = (points.join("L"), DASHES[at % DASHES.len()]);
        above = (y(*regret) + 4.0).max(above + LINE);
        line(&format!(
            r#"<path class="{class}" stroke-dasharray="{dashes}" d="M{path}"/>
<text x="{}" y="{above:.1}">{policy}, {regret:.0}</text>"#,
            LEFT + WIDTH + 8.0
        ));
    }
    svg + "</svg>\n"
}

/// A step of 1, 2 or 5 times a power of ten, four to ten of which make `most`.
fn step(most: f64) -> f64 {
    let power = 10f64.powf((most / 4.0).log10().floor());
    let fits = [5.0, 2.0, 1.0].into_iter().find(|by| by * power <= most / 4.0);
    fits.unwrap_or(1.0) * power
}
