//! No file uses itself in a circle over other files, and no module over other modules.

use std::collections::BTreeSet;

use super::{
    circles::{UseGraph, find_circles, shortest_circle},
    file_graph::FileGraph,
    source_files::repository,
};

/// Describes a circle: a shortest way round, and every use between its files.
fn describe(graph: &FileGraph, uses: &UseGraph, circle: &BTreeSet<String>) -> String {
    let mut text = format!("{}\n", shortest_circle(uses, circle).join(" → "));
    for ((from, to), names) in &graph.uses {
        if circle.contains(from) && circle.contains(to) {
            let names: Vec<_> = names.iter().map(|(line, name)| format!("line {line}: {name}")).take(5).collect();
            text.push_str(&format!("  {from} → {to}: {}\n", names.join(", ")));
        }
    }
    text
}

#[track_caller]
fn assert_no_circles(folder: &str) {
    let graph = FileGraph::read(&repository().join(folder));
    let uses = graph.file_uses();
    assert!(uses.len() > 20, "{folder}: the files were not found");
    let circles: Vec<_> = find_circles(&uses).iter().map(|circle| describe(&graph, &uses, circle)).collect();
    assert!(circles.is_empty(), "files of {folder} use each other in a circle:\n{}", circles.join("\n"));
}

#[test]
fn files_do_not_use_each_other_in_a_circle() {
    assert_no_circles("src");
}

#[test]
fn files_of_the_simulator_do_not_use_each_other_in_a_circle() {
    assert_no_circles("mal-sim/src");
}

#[test]
fn modules_do_not_use_each_other_in_a_circle() {
    let uses = FileGraph::read(&repository().join("src")).module_uses();
    let circles: Vec<_> = find_circles(&uses).iter().map(|circle| shortest_circle(&uses, circle).join(" → ")).collect();
    assert_eq!(circles, [""; 0]);
}

#[test]
fn circle_is_found_with_its_shortest_way() {
    let graph = |arrows: &[(&str, &str)]| {
        let mut graph = UseGraph::new();
        for (from, to) in arrows {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert!(find_circles(&graph(&[("a", "b"), ("a", "c"), ("b", "c")])).is_empty());
    let with_circle = graph(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("c", "b"), ("d", "e")]);
    let circles = find_circles(&with_circle);
    assert_eq!(circles, [["b", "c", "d"].map(str::to_owned).into()]);
    assert_eq!(shortest_circle(&with_circle, &circles[0]), ["b", "c", "b"]);
}
