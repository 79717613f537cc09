//! Journeys as a Mermaid flowchart, which many editors and hosts of repositories draw.

use super::Drawing;

/// One flowchart, a box for each journey. Readers stand beside the states they read.
pub fn mermaid(drawings: &[Drawing]) -> String {
    let mut out = String::from("flowchart LR\n");
    for (journey, drawing) in drawings.iter().enumerate() {
        out += &format!("  subgraph j{journey}[\"{}\"]\n", quoted(&drawing.name));
        for (at, state) in drawing.states.iter().enumerate() {
            // The start is rounder than the others.
            let (open, close) = if at == 0 { ("([", "])") } else { ("(", ")") };
            let name = quoted(&state.name);
            out += &format!("    j{journey}s{at}{open}\"{name}\"{close}\n");
        }
        for edge in &drawing.edges {
            let labels: Vec<_> = edge.labels.iter().map(|label| quoted(label)).collect();
            let (from, to, label) = (edge.from, edge.to, labels.join("<br>"));
            out += &format!("    j{journey}s{from} -->|\"{label}\"| j{journey}s{to}\n");
        }
        out += "  end\n";
        for (at, state) in drawing.states.iter().enumerate() {
            if !state.readers.is_empty() {
                let readers: Vec<_> = state.readers.iter().map(|reader| quoted(reader)).collect();
                let readers = readers.join("<br>");
                out += &format!("  j{journey}s{at} -.- j{journey}r{at}[/\"{readers}\"/]\n");
            }
        }
        if !drawing.timed.is_empty() {
            let readers: Vec<_> = drawing.timed.iter().map(|reader| quoted(reader)).collect();
            let readers = readers.join("<br>");
            out += &format!("  j{journey} -.- j{journey}t[/\"time in it<br>{readers}\"/]\n");
        }
        for (at, state) in drawing.states.iter().enumerate() {
            if !state.reached {
                out += &format!("  style j{journey}s{at} stroke-dasharray: 4 4\n");
            }
        }
    }
    out
}

/// Text between quotation marks: what Mermaid or HTML would take for its own is written by number.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | ';' => {
                out += &format!("#{};", u32::from(letter));
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_is_a_flowchart() {
        let text = mermaid(&crate::graph::tests::shop());
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        for line in [
            "flowchart LR",
            "subgraph j0[\"cart\"]",
            "j0s0([\"browsing\"])",
            "j0s1(\"filled\")",
            "j0s1 -->|\"visit, after 1 h\"| j0s2",
            "j0s4 -->|\"after 30 d<br>add_to_cart\"| j0s0",
            "j0s3 -->|\"visit\"| j0s3",
            "j0s4 -.- j0r4[/\"hero: owner<br>hero: rules[3]\"/]",
            "j0 -.- j0t[/\"time in it<br>hero: late\"/]",
            "style j0s5 stroke-dasharray: 4 4",
            "subgraph j1[\"trial\"]",
        ] {
            assert!(lines.contains(&line), "{line} in\n{text}");
        }
    }

    #[test]
    fn what_would_break_out_is_written_by_number() {
        assert_eq!(quoted("a\"]<b>#1;\n"), "a#34;]#60;b#62;#35;1#59; ");
    }
}
