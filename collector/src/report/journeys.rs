//! `GET /v1/report/journeys`: where sessions go, step by step, as the nodes and links of a Sankey.
//!
//! A step is a page (by its kind, or its path) or a goal (`goal:purchase`). The same page again right
//! after itself is one step: ten products looked at are "product", or the ways would differ in that
//! alone.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::rows::Step;

/// The names of a step that have a node of their own; the rest is `other`.
pub const MAX_NAMES: usize = 8;
/// The most steps.
pub const MAX_DEPTH: usize = 10;
/// Steps where the query names none.
pub const DEFAULT_DEPTH: usize = 5;

/// What `GET /v1/report/journeys` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Journeys {
    /// ms since 1970.
    pub generated_at: u64,
    /// ms since 1970.
    pub from: u64,
    /// ms since 1970.
    pub to: u64,
    /// Sessions with a step.
    pub sessions: u64,
    /// By step; within one the most frequent first, then `other` and `end`.
    pub nodes: Vec<Node>,
    /// By the place of their ends.
    pub links: Vec<Link>,
}

/// A name at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Of it alone.
    pub id: String,
    /// 0 is where sessions begin.
    pub step: usize,
    /// A page's kind or path, `goal:` and a goal, `other`, or `end`.
    pub name: String,
    /// Sessions that came through it.
    pub sessions: u64,
}

/// Sessions that went from one node to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// A node's id.
    pub from: String,
    /// A node's id, one step later.
    pub to: String,
    /// How many.
    pub sessions: u64,
}

/// The way of each session: at most `depth` names, and whether it ended there.
fn ways(steps: &[Step], depth: usize) -> Vec<(Vec<String>, bool)> {
    let way = |steps: &[Step]| {
        let mut names: Vec<String> = Vec::new();
        for step in steps {
            let name =
                if step.is_goal { format!("goal:{}", step.name) } else { step.name.to_string() };
            if names.last() == Some(&name) {
                continue;
            }
            if names.len() == depth {
                return (names, false);
            }
            names.push(name);
        }
        // One that is as long as is shown leaves open whether it goes on.
        let has_ended = names.len() < depth;
        (names, has_ended)
    };
    steps.chunk_by(|one, next| one.session == next.session).map(way).collect()
}

/// A place in the picture: a name of its own, the other names, or the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Place {
    Name(String),
    Other,
    End,
}

impl Place {
    fn id(&self, step: usize) -> String {
        match self {
            Place::Name(name) => format!("{step}/{name}"),
            Place::Other => format!("{step}#other"),
            Place::End => format!("{step}#end"),
        }
    }
    fn name(&self) -> &str {
        match self {
            Place::Name(name) => name,
            Place::Other => "other",
            Place::End => "end",
        }
    }
}

/// Counts nodes and links; steps come session by session, in order of time.
pub fn gather(times: [u64; 3], steps: &[Step], depth: usize) -> Journeys {
    let [generated_at, from, to] = times;
    let ways = ways(steps, depth);
    let mut counts: Vec<HashMap<&str, u64>> = vec![HashMap::new(); depth];
    for (names, _) in &ways {
        for (at, name) in names.iter().enumerate() {
            *counts[at].entry(name).or_default() += 1;
        }
    }
    let known: Vec<Vec<&str>> = counts
        .into_iter()
        .map(|counts| {
            let mut names: Vec<(&str, u64)> = counts.into_iter().collect();
            names.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
            names.into_iter().take(MAX_NAMES).map(|(name, _)| name).collect()
        })
        .collect();
    let place = |at: usize, name: &str| {
        if known[at].contains(&name) { Place::Name(name.to_owned()) } else { Place::Other }
    };
    let mut nodes: BTreeMap<(usize, Place), u64> = BTreeMap::new();
    let mut links: BTreeMap<(usize, Place, Place), u64> = BTreeMap::new();
    for (names, has_ended) in &ways {
        let mut places: Vec<Place> =
            names.iter().enumerate().map(|(at, name)| place(at, name)).collect();
        if *has_ended {
            places.push(Place::End);
        }
        for (at, place) in places.iter().enumerate() {
            *nodes.entry((at, place.clone())).or_default() += 1;
        }
        for (at, pair) in places.windows(2).enumerate() {
            *links.entry((at, pair[0].clone(), pair[1].clone())).or_default() += 1;
        }
    }
    let mut nodes: Vec<((usize, Place), u64)> = nodes.into_iter().collect();
    let kind = |place: &Place| match place {
        Place::Name(_) => 0,
        Place::Other => 1,
        Place::End => 2,
    };
    nodes.sort_by(|((step, one), count), ((other_step, other), other_count)| {
        (step, kind(one))
            .cmp(&(other_step, kind(other)))
            .then(other_count.cmp(count))
            .then(one.cmp(other))
    });
    let node = |((step, place), sessions): ((usize, Place), u64)| Node {
        id: place.id(step),
        step,
        name: place.name().to_owned(),
        sessions,
    };
    let link = |((step, one, other), sessions): ((usize, Place, Place), u64)| Link {
        from: one.id(step),
        to: other.id(step + 1),
        sessions,
    };
    Journeys {
        generated_at,
        from,
        to,
        sessions: ways.len() as u64,
        nodes: nodes.into_iter().map(node).collect(),
        links: links.into_iter().map(link).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unspoken::id::Id;

    fn walk(sessions: &[&str]) -> Vec<Step> {
        let of = |(session, way): (usize, &&str)| {
            let step = |(at, name): (usize, &str)| Step {
                session: Id(session as u128),
                at: at as u64,
                is_goal: name.starts_with('!'),
                name: name.trim_start_matches('!').into(),
            };
            way.split(' ').enumerate().map(step).collect::<Vec<_>>()
        };
        sessions.iter().enumerate().flat_map(of).collect()
    }

    #[test]
    fn what_flows_in_flows_out() {
        let steps = walk(&["home product product cart !buy", "home", "product home", "home cart"]);
        let told = gather([3, 1, 2], &steps, 3);
        assert_eq!(told.sessions, 4);
        let nodes: Vec<(&str, u64)> =
            told.nodes.iter().map(|node| (node.id.as_str(), node.sessions)).collect();
        let expected = [
            ("0/home", 3),
            ("0/product", 1),
            ("1/cart", 1),
            ("1/home", 1),
            ("1/product", 1),
            ("1#end", 1),
            ("2/cart", 1),
            ("2#end", 2),
        ];
        assert_eq!(nodes, expected);
        for node in told.nodes.iter().filter(|node| node.step > 0) {
            let into: u64 =
                told.links.iter().filter(|link| link.to == node.id).map(|link| link.sessions).sum();
            assert_eq!(into, node.sessions, "{}", node.id);
        }
        assert!(told.links.iter().all(|link| !link.from.ends_with("#end")));
    }

    #[test]
    fn rare_names_are_one() {
        let ways: Vec<String> =
            (0..12).map(|at| format!("p{at:02}")).chain(["p11".into()]).collect();
        let ways: Vec<&str> = ways.iter().map(String::as_str).collect();
        let told = gather([3, 1, 2], &walk(&ways), 2);
        let first: Vec<&Node> = told.nodes.iter().filter(|node| node.step == 0).collect();
        assert_eq!((first.len(), first[0].name.as_str()), (MAX_NAMES + 1, "p11"));
        assert_eq!((first[8].name.as_str(), first[8].sessions), ("other", 4));
        assert_eq!(first.iter().map(|node| node.sessions).sum::<u64>(), told.sessions);
    }

    #[test]
    fn a_goal_is_told_from_a_page_of_its_name() {
        let told = gather([3, 1, 2], &walk(&["buy !buy end"]), 3);
        let names: Vec<&str> = told.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["buy", "goal:buy", "end"]);
        assert_eq!(told.nodes[2].id, "2/end");
        assert!(gather([3, 1, 2], &[], 3).nodes.is_empty());
    }
}
