//! The order of the files in `store`, as the header of `src/store/mod.rs` describes it.

use super::{file_graph::FileGraph, source_files::repository};

/// The layers of `store`, and in each the files and folders that belong to it. A file may use files of its own layer and
/// of those below it. If several entries fit a file, the longest one counts.
const STORE_LAYERS: [&[&str]; 9] = [
    &["port_impls.rs", "open.rs"],
    &["queries/"],
    &[
        "lock.rs",
        "migration.rs",
        "name_conflicts.rs",
        "postgres/migrate.rs",
        "postgres/open.rs",
        "sqlite/migrate.rs",
        "sqlite/open.rs",
        "sqlite/drop_not_null.rs",
    ],
    &["transaction.rs"],
    &["database.rs", "connection.rs", "sqlx_error.rs"],
    &["postgres/", "sqlite/"],
    &["tables/"],
    &["sql/"],
    &["retry.rs", "lock_request.rs", "missing_schema.rs", "database_url.rs", "error.rs"],
];

/// Returns the layer of a file, 0 at the top.
fn layer_of(file: &str) -> Option<usize> {
    let entries = STORE_LAYERS.iter().enumerate();
    let fitting = entries.flat_map(|(layer, files)| {
        files.iter().filter(|start| file.starts_with(**start)).map(move |start| (start.len(), layer))
    });
    fitting.max().map(|(_, layer)| layer)
}

#[test]
fn store_files_use_only_their_own_layer_and_those_below() {
    let graph = FileGraph::read(&repository().join("src"));
    let mut upward = Vec::new();
    let mut checked = 0;
    for ((from, to), names) in &graph.uses {
        let (Some(from), Some(to)) = (from.strip_prefix("store/"), to.strip_prefix("store/")) else { continue };
        match (layer_of(from), layer_of(to)) {
            (Some(from_layer), Some(to_layer)) if from_layer <= to_layer => checked += 1,
            (Some(_), Some(_)) => upward.push(format!("{from} → {to}: {names:?}")),
            _ => upward.push(format!("{from} or {to} is in none of STORE_LAYERS")),
        }
    }
    assert!(upward.is_empty(), "src/store/mod.rs describes the order of the layers:\n{}", upward.join("\n"));
    assert!(checked > 100, "the files were not found");
}
