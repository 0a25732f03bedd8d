//! Output of `changes`: what runs changed, how conflicts were resolved, and what was edited locally.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{
    display_cell, display_value, field_label, format_ago, format_time, format_utc, id_cell, or_no_value,
    pluralize_entries, rule_text, title_cell,
};
use crate::{
    domain::{
        change::{ChangeRecord, MergeRule},
        edit::EditRecord,
    },
    ui::{
        TableCell, TableColumn, TextTable,
        style::{BOLD, DIM},
    },
};

/// JSON object of a change. A local edit has no run and no rule, but names its command.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeJson<'a> {
    run_id: Option<i64>,
    at: String,
    mal_id: i32,
    title: Option<&'a str>,
    field: &'a str,
    local: &'a Value,
    mal: &'a Value,
    kept: &'a Value,
    conflict: bool,
    rule: Option<&'a str>,
    id: i64,
    #[serde(flatten)]
    edit: Option<EditSourceJson<'a>>,
}

/// Additional fields of a local edit.
#[derive(Clone, Debug, Serialize)]
struct EditSourceJson<'a> {
    edit_id: i64,
    command: &'a str,
}

/// Returns a change of a run as JSON.
#[must_use]
pub fn to_json(change: &ChangeRecord) -> ChangeJson<'_> {
    ChangeJson {
        run_id: Some(change.run_id.0),
        at: format_utc(change.at),
        mal_id: change.mal_id,
        title: change.title.as_deref(),
        field: &change.field,
        local: &change.local,
        mal: &change.mal,
        kept: &change.kept,
        conflict: change.is_conflict,
        rule: Some(&change.rule),
        id: change.id,
        edit: None,
    }
}

/// Returns a local edit as JSON.
#[must_use]
pub fn edit_to_json(edit: &EditRecord) -> ChangeJson<'_> {
    ChangeJson {
        run_id: None,
        at: format_utc(edit.at),
        mal_id: edit.mal_id,
        title: edit.title.as_deref(),
        field: &edit.field,
        local: &edit.local,
        mal: &edit.base,
        kept: &edit.kept,
        conflict: false,
        rule: None,
        id: edit.id,
        edit: Some(EditSourceJson { edit_id: edit.edit_id, command: &edit.command }),
    }
}

/// Returns local edits as a table.
#[must_use]
pub fn edits_to_table(edits: &[EditRecord]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::number("edit"),
        TableColumn::word("command").droppable(3),
        TableColumn::number("id").droppable(2),
        TableColumn::title("title"),
        TableColumn::word("field"),
        TableColumn::change("before"),
        TableColumn::change("after"),
        TableColumn::text("MAL").droppable(4),
    ]);
    for edit in edits {
        table.add_row([
            edit.edit_id.to_string(),
            edit.command.clone(),
            edit.mal_id.to_string(),
            or_no_value(edit.title.as_deref()),
            field_label(&edit.field),
            display_value(&edit.local),
            resulting_value(&edit.field, &edit.local, &edit.kept),
            // For `removed_at`, `base` is the complete entry on MAL: too long for a cell.
            if edit.field == "removed_at" { display_value(&Value::Null) } else { display_value(&edit.base) },
        ]);
    }
    table
}

/// Maximum number of created entries of a run that an overview lists.
const MAX_CREATED_SHOWN: usize = 5;

/// Returns changes of runs, newest first, as a table with a heading for each run. A conflict shows how it was resolved. With
/// `is_overview`, the entries of a run that created many are only counted.
#[must_use]
pub fn to_table(changes: &[ChangeRecord], now: DateTime<Utc>, is_overview: bool) -> TextTable {
    let mut columns = vec![
        TableColumn::number("change").droppable(4),
        TableColumn::number("id").droppable(3),
        TableColumn::title("title"),
        TableColumn::word("field"),
        TableColumn::change("change"),
    ];
    let has_conflicts = changes.iter().any(|change| change.is_conflict);
    columns.extend(has_conflicts.then_some(TableColumn::word("resolved by").droppable(1)));
    let mut table = TextTable::new(columns);
    for (index, run) in changes.chunk_by(|one, other| one.run_id == other.run_id).enumerate() {
        if index > 0 {
            table.add_line("");
        }
        table.add_line(TableCell::from(run_heading(run, now)).styled(BOLD));
        let created = run.iter().filter(|change| is_creation(change)).count();
        let counts_created = is_overview && created > MAX_CREATED_SHOWN;
        for change in run.iter().filter(|change| !counts_created || !is_creation(change)) {
            let row = [
                TableCell::from(change.id.to_string()).styled(DIM),
                id_cell(change.mal_id),
                title_cell(&or_no_value(change.title.as_deref()), change.mal_id),
                field_label(&change.field).into(),
                describe_change(change).into(),
            ];
            let rule = if change.is_conflict { rule_text(&change.rule) } else { "" };
            table.add_row(row.into_iter().chain(has_conflicts.then(|| rule.into())));
        }
        if counts_created {
            let entries = pluralize_entries(created);
            table.add_line(format!("+ {entries} added (malsync changes --run {} lists them)", run[0].run_id));
        }
    }
    table
}

/// Returns what a run was, and when: `Sync #7, 2026-11-22 19:00 (3 minutes ago)`.
fn run_heading(changes: &[ChangeRecord], now: DateTime<Utc>) -> String {
    let is_push = changes.iter().any(|change| change.rule == MergeRule::Push.as_str());
    let ChangeRecord { run_id, at, .. } = &changes[0];
    let kind = if is_push { "Push" } else { "Sync" };
    format!("{kind} #{run_id}, {} ({})", format_time(*at), format_ago(*at, now))
}

/// Returns true if a sync created the entry.
fn is_creation(change: &ChangeRecord) -> bool {
    change.field == "entry" && change.local.is_null() && change.rule != MergeRule::Push.as_str()
}

/// Describes a change: the value before, the resulting value, and MAL's value if it differs.
fn describe_change(change: &ChangeRecord) -> String {
    let ChangeRecord { local, mal, kept, .. } = change;
    if change.rule == MergeRule::Push.as_str() {
        return describe_push(change);
    }
    match (change.field.as_str(), local, kept) {
        ("entry", Value::Null, kept) => format!("new: {}", display_value(kept)),
        ("entry", local, Value::Null) => format!("deleted: {}", display_value(local)),
        ("removed_at", Value::Null, _) => "removed from MAL".to_owned(),
        ("removed_at", _, Value::Null) => "back on MAL".to_owned(),
        (_, local, kept) => {
            let values = if local == kept {
                display_value(kept)
            } else {
                format!("{} → {}", display_cell(local), display_cell(kept))
            };
            if mal == kept { values } else { format!("{values} (MAL {})", display_cell(mal)) }
        }
    }
}

/// Describes a change of a push: MAL's value before, and the value that was sent.
fn describe_push(change: &ChangeRecord) -> String {
    let ChangeRecord { mal, kept, .. } = change;
    match (change.field.as_str(), change.is_conflict) {
        ("entry", false) => format!("new on MAL: {}", display_value(kept)),
        ("removed_at", false) => "back on MAL".to_owned(),
        (_, true) => format!("{} not sent (MAL {})", display_cell(kept), display_cell(mal)),
        (_, false) => format!("{} → {}", display_cell(mal), display_cell(kept)),
    }
}

/// Returns the value after an edit, or `new` for a created entry.
fn resulting_value(field: &str, local: &Value, kept: &Value) -> String {
    match (field, local, kept) {
        ("entry", Value::Null, Value::Object(_)) => "new".to_owned(),
        (_, _, kept) => display_value(kept),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::{domain::run::RunId, json_line::to_json_line};

    fn example_now() -> DateTime<Utc> {
        "2026-11-22T19:03:00Z".parse().unwrap()
    }

    fn example_change() -> ChangeRecord {
        ChangeRecord {
            id: 12,
            run_id: RunId(7),
            at: "2026-11-22T19:00:00.5Z".parse().unwrap(),
            mal_id: 1,
            title: Some("Cowboy Bebop".into()),
            field: "tags".into(),
            local: json!(["a", "b"]),
            mal: json!([]),
            kept: json!([]),
            is_conflict: true,
            rule: "mal".into(),
        }
    }

    #[test]
    fn a_change_object_has_the_documented_fields_in_their_order() {
        assert_snapshot!(to_json_line(&super::to_json(&example_change())), @r#"{"run_id":7,"at":"2026-11-22T19:00:00.500Z","mal_id":1,"title":"Cowboy Bebop","field":"tags","local":["a","b"],"mal":[],"kept":[],"conflict":true,"rule":"mal","id":12}"#);
    }

    #[test]
    fn edit_object_has_the_change_fields_and_its_command() {
        let change = example_change();
        let edit = EditRecord {
            id: 3,
            edit_id: 2,
            at: change.at,
            mal_id: 1,
            title: None,
            command: "edit".into(),
            undone_edit_id: None,
            field: "score".into(),
            local: json!(7),
            base: json!(8),
            kept: json!(9),
        };
        assert_snapshot!(to_json_line(&edit_to_json(&edit)), @r#"{"run_id":null,"at":"2026-11-22T19:00:00.500Z","mal_id":1,"title":null,"field":"score","local":7,"mal":8,"kept":9,"conflict":false,"rule":null,"id":3,"edit_id":2,"command":"edit"}"#);
        assert_snapshot!(edits_to_table(&[edit]).render(Some(80)), @r#"
        edit  command  id  title  field  before  after  MAL
           2  edit      1  -      score  7       9      8
        "#);
    }

    #[test]
    fn changes_of_a_push_show_what_mal_had_and_has() {
        let push = |field: &str, mal: Value, kept: Value, is_conflict| ChangeRecord {
            field: field.into(),
            local: kept.clone(),
            mal,
            kept,
            rule: "push".into(),
            is_conflict,
            ..example_change()
        };
        let entry = push("entry", json!(null), json!({"status": "completed", "episodes_watched": 26}), false);
        let changes = [push("score", json!(8), json!(9), false), push("score", json!(3), json!(9), true), entry];
        assert_snapshot!(to_table(&changes, example_now(), true).render(Some(100)), @r#"
        change  id  title         field  change                                      resolved by
        Push #7, 2026-11-22 19:00 (3 minutes ago)
            12   1  Cowboy Bebop  score  8 → 9
            12   1  Cowboy Bebop  score  9 not sent (MAL 3)                          push
            12   1  Cowboy Bebop  entry  new on MAL: completed, episodes watched 26
        "#);
    }

    #[test]
    fn overview_counts_the_entries_of_a_first_sync() {
        let created = |mal_id: i32| ChangeRecord {
            id: mal_id.into(),
            run_id: RunId(1),
            mal_id,
            field: "entry".into(),
            local: json!(null),
            kept: json!({"status": "completed"}),
            is_conflict: false,
            ..example_change()
        };
        let mut changes = vec![ChangeRecord { is_conflict: false, ..example_change() }];
        changes.extend((1..=1_297).rev().map(created));
        let table = |is_overview| to_table(&changes, example_now(), is_overview).render(Some(60));
        assert_snapshot!(table(true), @r"
        change  id  title         field  change
        Sync #7, 2026-11-22 19:00 (3 minutes ago)
            12   1  Cowboy Bebop  tags   a, b → -

        Sync #1, 2026-11-22 19:00 (3 minutes ago)
        + 1,297 entries added (malsync changes --run 1 lists them)
        ");
        assert_eq!(table(false).lines().count(), 1 + 2 + 1 + 1 + 1_297);
    }

    #[test]
    fn values_are_shown_without_json_syntax() {
        let notes = ChangeRecord {
            field: "notes".into(),
            local: json!("mine\n\x1b[2J"),
            mal: json!(null),
            kept: json!("mine\n\x1b[2J"),
            rule: "local_if_own".into(),
            is_conflict: false,
            title: None,
            ..example_change()
        };
        let entry = ChangeRecord {
            field: "entry".into(),
            local: json!(null),
            mal: json!({"status": "completed", "score": null, "episodes_watched": 26}),
            kept: json!({"status": "completed", "score": null, "episodes_watched": 26}),
            is_conflict: false,
            ..example_change()
        };
        let deleted = ChangeRecord {
            local: json!({"status": "dropped", "score": 3, "episodes_watched": 0, "notes": null, "tags": [], "priority": 0,
                "is_rewatching": true, "pinned": ["score"]}),
            kept: json!(null),
            mal: json!(null),
            ..entry.clone()
        };
        let removed = ChangeRecord { field: "removed_at".into(), kept: json!("2026-01-02T03:04:05Z"), ..entry.clone() };
        let rendered = |changes: &[ChangeRecord]| to_table(changes, example_now(), true).render(Some(100));
        assert_snapshot!(rendered(&[example_change(), notes, entry]), @r#"
        change  id  title         field  change                               resolved by
        Sync #7, 2026-11-22 19:00 (3 minutes ago)
            12   1  Cowboy Bebop  tags   a, b → -                             MAL wins
            12   1  -             notes  mine␊␛[2J (MAL -)
            12   1  Cowboy Bebop  entry  new: completed, episodes watched 26
        "#);
        assert_snapshot!(rendered(&[deleted, removed]), @r#"
        change  id  title         field       change
        Sync #7, 2026-11-22 19:00 (3 minutes ago)
            12   1  Cowboy Bebop  entry       deleted: dropped, score 3, is rewatching, pinned score
            12   1  Cowboy Bebop  removed at  removed from MAL
        "#);
    }
}
