//! The reliability plot: forecast across, frequency up, a point a bin, its area by its count.
//!
//! Plain SVG with colours of its own for light and dark pages, since an image cannot ask the page.

use std::fmt::Write as _;

use crate::metrics::Bin;

/// Side of the square, in px.
const SIDE: f64 = 320.0;
/// Left of and below it, for the numbers.
const MARGIN: f64 = 48.0;
/// Above and right of it.
const RIM: f64 = 28.0;
/// The radius of a bin that holds everything.
const LARGEST: f64 = 22.0;
/// Below this a point cannot be seen.
const SMALLEST: f64 = 2.0;

/// The plot of two parts of the data.
pub fn write(head: &str, parts: [(&str, &[Bin]); 2]) -> String {
    let (width, height) = (MARGIN + SIDE + RIM, RIM + SIDE + MARGIN);
    let (x, y) = (|share: f64| MARGIN + share * SIDE, |share: f64| RIM + (1.0 - share) * SIDE);
    let mut svg = String::new();
    let mut line = |text: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(svg, "{text}");
    };
    line(&format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="t d">
<title id="t">Reliability of {head}</title>
<desc id="d">Forecast across, how often it happened up, in bins of equal width; on the diagonal both agree.</desc>
<style>
text {{ font: 12px system-ui, sans-serif; fill: #333 }}
.frame {{ fill: none; stroke: #888 }} .grid {{ stroke: #8884 }} .even {{ stroke: #888; stroke-dasharray: 4 4 }}
.a {{ fill: #8a8a8a88; stroke: #777 }} .b {{ fill: #2463c888; stroke: #2463c8 }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #ddd }} .a {{ stroke: #aaa }} .b {{ fill: #7fb0ff88; stroke: #7fb0ff }}
}}
</style>"#
    ));
    for tick in 0..=5 {
        let share = f64::from(tick) / 5.0;
        let (across, up) = (x(share), y(share));
        line(&format!(
            r#"<path class="grid" d="M{across:.1} {RIM}V{bottom}M{MARGIN} {up:.1}H{right}"/>
<text x="{across:.1}" y="{below}" text-anchor="middle">{share:.1}</text>
<text x="{left}" y="{middle:.1}" text-anchor="end">{share:.1}</text>"#,
            bottom = RIM + SIDE,
            right = MARGIN + SIDE,
            below = RIM + SIDE + 16.0,
            left = MARGIN - 6.0,
            middle = up + 4.0,
        ));
    }
    line(&format!(
        r#"<rect class="frame" x="{MARGIN}" y="{RIM}" width="{SIDE}" height="{SIDE}"/>
<path class="even" d="M{MARGIN} {bottom}L{right} {RIM}"/>
<text x="{centre}" y="{foot}" text-anchor="middle">forecast</text>
<text transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">happened</text>"#,
        bottom = RIM + SIDE,
        right = MARGIN + SIDE,
        centre = MARGIN + SIDE / 2.0,
        foot = height - 12.0,
        middle = RIM + SIDE / 2.0,
    ));
    for ((name, bins), (class, place)) in parts.into_iter().zip([("a", 0.0), ("b", 70.0)]) {
        let all = bins.iter().map(|bin| bin.count).sum::<usize>().max(1) as f64;
        for bin in bins.iter().filter(|bin| bin.count > 0) {
            let count = bin.count as f64;
            let radius = (LARGEST * libm::sqrt(count / all)).max(SMALLEST);
            let (mean, rate) = (bin.sum / count, bin.positives as f64 / count);
            line(&format!(
                r#"<circle class="{class}" cx="{:.1}" cy="{:.1}" r="{radius:.1}"><title>{name}: {mean:.3} forecast, {rate:.3} happened, n {}</title></circle>"#,
                x(mean),
                y(rate),
                bin.count
            ));
        }
        line(&format!(
            r#"<circle class="{class}" cx="{}" cy="14" r="5"/><text x="{}" y="18">{name}</text>"#,
            MARGIN + place + 6.0,
            MARGIN + place + 16.0
        ));
    }
    line("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_on_the_diagonal_is_drawn_there() {
        let bin = Bin { count: 4, positives: 2, sum: 2.0 };
        let svg = write("commit", [("train", &[bin]), ("val", &[Bin::default()])]);
        assert!(svg.contains(r#"cx="208.0" cy="188.0" r="22.0""#), "{svg}");
        assert_eq!(svg.matches("<title>").count(), 1, "an empty bin is not drawn");
        assert_eq!(svg.matches("</svg>").count(), 1);
    }
}
