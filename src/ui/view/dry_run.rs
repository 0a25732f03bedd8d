//! What a dry run would have done: `sync --dry-run`.

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

/// A change that was not made, with the anime's title where it is known.
#[derive(Clone, Debug)]
pub struct PlannedChange {
    /// The change.
    pub change: FieldChange,
    /// The title.
    pub title: Option<String>,
}

/// The run object with what the run would have changed: a dry run's has `changes`, any other's is the run object alone.
#[derive(Clone, Debug, Serialize)]
pub struct DryRunJson<'a> {
    #[serde(flatten)]
    run: RunJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<PlannedChangeJson<'a>>>,
}

/// One change that was not made.
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

/// The run as scripts read it.
#[must_use]
pub fn to_json<'a>(run: &'a Run, would_change: &'a [PlannedChange]) -> DryRunJson<'a> {
    let one = |would: &'a PlannedChange| PlannedChangeJson {
        mal_id: would.change.mal_id,
        title: would.title.as_deref(),
        field: would.change.field.as_str(),
        local: &would.change.local,
        mal: &would.change.mal,
        kept: &would.change.kept,
        conflict: would.change.is_conflict,
        rule: would.change.rule.as_str(),
    };
    DryRunJson { run: run::to_json(run), changes: run.dry_run.then(|| would_change.iter().map(one).collect()) }
}

/// The changes as people read them.
#[must_use]
pub fn to_table(would_change: &[PlannedChange]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::Number("id"),
        TableColumn::Text("title"),
        TableColumn::Word("field"),
        TableColumn::Text("here"),
        TableColumn::Text("MAL"),
        TableColumn::Text("would be"),
        TableColumn::Word(""),
    ]);
    for PlannedChange { change, title } in would_change {
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
