//! Finds circles in a graph of files or modules.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// From each node to the nodes it uses.
pub(crate) type UseGraph = BTreeMap<String, BTreeSet<String>>;

/// Returns the groups of nodes that all reach each other, each sorted.
pub(crate) fn find_circles(graph: &UseGraph) -> Vec<BTreeSet<String>> {
    let reach: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|node| (node.as_str(), reachable(graph, node))).collect();
    let mut groups = BTreeSet::new();
    for (node, reached) in &reach {
        if reached.contains(node) {
            let group = reached.iter().filter(|other| reach.get(*other).is_some_and(|back| back.contains(node)));
            groups.insert(group.map(|name| (*name).to_owned()).collect::<BTreeSet<_>>());
        }
    }
    groups.into_iter().collect()
}

fn reachable<'a>(graph: &'a UseGraph, start: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = graph.get(start).into_iter().flatten().map(String::as_str).collect();
    while let Some(node) = open.pop() {
        if reached.insert(node) {
            open.extend(graph.get(node).into_iter().flatten().map(String::as_str));
        }
    }
    reached
}

/// Returns a shortest circle through one node of the group: `a, b, a`.
pub(crate) fn shortest_circle(graph: &UseGraph, group: &BTreeSet<String>) -> Vec<String> {
    group.iter().filter_map(|node| shortest_way_back(graph, node)).min_by_key(Vec::len).unwrap_or_default()
}

fn shortest_way_back(graph: &UseGraph, start: &str) -> Option<Vec<String>> {
    let mut open = VecDeque::from([vec![start.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = open.pop_front() {
        for next in graph.get(way.last()?).into_iter().flatten() {
            let mut longer = way.clone();
            longer.push(next.clone());
            if next == start {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                open.push_back(longer);
            }
        }
    }
    None
}
