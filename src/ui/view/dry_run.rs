//! Output of `sync --dry-run`: the changes that the run would make.

use serde::Serialize;
use serde_json::Value;

use super::{
    display_value, or_no_value,
    run::{self, RunJson},
};
use crate::{
    domain::{change::FieldChange, run::Run},
    ui::{TableColumn, TextTable},
};

/// A change that the run would make, with the anime's title if known.
#[derive(Clone, Debug)]
pub struct PlannedChange {
    /// Change.
    pub change: FieldChange,
    /// Title of the anime. `None` if unknown.
    pub title: Option<String>,
}

/// JSON object of a run. A dry run also has `changes`.
#[derive(Clone, Debug, Serialize)]
pub struct DryRunJson<'a> {
    #[serde(flatten)]
    run: RunJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<PlannedChangeJson<'a>>>,
}

/// JSON object of one planned change.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedChangeJson<'a> {
    mal_id: i32,
    title: Option<&'a str>,
    field: &'static str,
    local: &'a Value,
    mal: &'a Value,
    kept: &'a Value,
    conflict: bool,
    rule: &'static str,
}

/// Returns the run as JSON, with the planned changes if it is a dry run.
#[must_use]
pub fn to_json<'a>(run: &'a Run, planned: &'a [PlannedChange]) -> DryRunJson<'a> {
    let planned_json = |planned_change: &'a PlannedChange| PlannedChangeJson {
        mal_id: planned_change.change.mal_id,
        title: planned_change.title.as_deref(),
        field: planned_change.change.field.as_str(),
        local: &planned_change.change.local,
        mal: &planned_change.change.mal,
        kept: &planned_change.change.kept,
        conflict: planned_change.change.is_conflict,
        rule: planned_change.change.rule.as_str(),
    };
    DryRunJson { run: run::to_json(run), changes: run.dry_run.then(|| planned.iter().map(planned_json).collect()) }
}

/// Returns the planned changes as a table.
#[must_use]
pub fn to_table(planned: &[PlannedChange]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::number("id").droppable(1),
        TableColumn::title("title"),
        TableColumn::word("field"),
        TableColumn::text("local"),
        TableColumn::text("MAL").droppable(2),
        TableColumn::text("after"),
        TableColumn::word(""),
    ]);
    for PlannedChange { change, title } in planned {
        table.add_row([
            change.mal_id.to_string(),
            or_no_value(title.as_deref()),
            change.field.as_str().to_owned(),
            display_value(&change.local),
            display_value(&change.mal),
            display_value(&change.kept),
            if change.is_conflict { "conflict".to_owned() } else { String::new() },
        ]);
    }
    table
}
