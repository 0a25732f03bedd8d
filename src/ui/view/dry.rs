//! What a dry run would have done: `sync --dry-run`.

use serde::Serialize;
use serde_json::Value;

use super::{
    or_none, plain,
    run::{self, RunJson},
};
use crate::{
    domain::{change::Change, run::Run},
    ui::{Column, Table},
};

/// A change that was not made, with the anime's title where it is known.
#[derive(Clone, Debug)]
pub struct WouldChange {
    /// The change.
    pub change: Change,
    /// The title.
    pub title: Option<String>,
}

/// The run object with what the run would have changed: a dry run's has `changes`, any other's is the run object alone.
#[derive(Clone, Debug, Serialize)]
pub struct DryJson<'a> {
    #[serde(flatten)]
    run: RunJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<WouldChangeJson<'a>>>,
}

/// One change that was not made.
#[derive(Clone, Debug, Serialize)]
pub struct WouldChangeJson<'a> {
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
pub fn json<'a>(run: &'a Run, would_change: &'a [WouldChange]) -> DryJson<'a> {
    let one = |would: &'a WouldChange| WouldChangeJson {
        mal_id: would.change.mal_id,
        title: would.title.as_deref(),
        field: would.change.field.as_str(),
        local: &would.change.local,
        mal: &would.change.mal,
        kept: &would.change.kept,
        conflict: would.change.conflict,
        rule: would.change.rule.as_str(),
    };
    DryJson { run: run::json(run), changes: run.dry_run.then(|| would_change.iter().map(one).collect()) }
}

/// The changes as people read them.
#[must_use]
pub fn table(would_change: &[WouldChange]) -> Table {
    let mut table = Table::new([
        Column::Number("id"),
        Column::Text("title"),
        Column::Word("field"),
        Column::Text("here"),
        Column::Text("MAL"),
        Column::Text("would be"),
        Column::Word(""),
    ]);
    for WouldChange { change, title } in would_change {
        table.row([
            change.mal_id.to_string(),
            or_none(title.as_deref()),
            change.field.as_str().to_owned(),
            plain(&change.local),
            plain(&change.mal),
            plain(&change.kept),
            if change.conflict { "conflict".to_owned() } else { String::new() },
        ]);
    }
    table
}
