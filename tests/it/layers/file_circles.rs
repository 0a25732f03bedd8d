//! No file uses itself in a circle, over other files or directly; neither does a module.

use std::collections::BTreeSet;

use super::{
    circles::{UseGraph, find_circles, shortest_circle},
    file_graph::FileGraph,
    source_files::repository,
};

/// Files of `src` that still use each other in a circle. The list only gets shorter.
const FILES_STILL_IN_A_CIRCLE: &[&str] = &[];

/// Describes a circle: its files, a shortest way round, and every use between its files.
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
fn assert_circles_only_in(folder: &str, allowed: &[&str]) {
    let graph = FileGraph::read(&repository().join(folder));
    let uses = graph.file_uses();
    assert!(uses.len() > 20, "{folder}: the files were not found");
    let circles = find_circles(&uses);
    let in_circle: BTreeSet<&str> = circles.iter().flatten().map(String::as_str).collect();
    let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
    let new: Vec<_> = circles
        .iter()
        .filter(|circle| circle.iter().any(|file| !allowed.contains(file.as_str())))
        .map(|circle| describe(&graph, &uses, circle))
        .collect();
    assert!(new.is_empty(), "files of {folder} use each other in a circle:\n{}", new.join("\n"));
    let free: Vec<_> = allowed.difference(&in_circle).collect();
    assert!(free.is_empty(), "no longer in a circle, take out of FILES_STILL_IN_A_CIRCLE: {free:?}");
}

#[test]
fn files_do_not_use_each_other_in_a_circle() {
    assert_circles_only_in("src", FILES_STILL_IN_A_CIRCLE);
}

#[test]
fn files_of_the_simulator_do_not_use_each_other_in_a_circle() {
    assert_circles_only_in("mal-sim/src", &[]);
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
