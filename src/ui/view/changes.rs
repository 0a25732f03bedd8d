//! What runs changed, and which conflicts they settled, and what was edited here: `changes`.

use serde::Serialize;
use serde_json::Value;

use super::{display_value, format_utc, or_no_value};
use crate::{
    domain::{change::ChangeRecord, edit::EditRecord},
    ui::{TableColumn, TextTable},
};

/// One change's object. One that was made here has no run and no rule, and says which command made it.
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

/// What the object of a change that was made here has besides.
#[derive(Clone, Debug, Serialize)]
struct EditSourceJson<'a> {
    edit_id: i64,
    command: &'a str,
}

/// The change as scripts read it.
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

/// The edit as scripts read it.
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

/// The edits as people read them.
#[must_use]
pub fn edits_to_table(edits: &[EditRecord]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::Number("edit"),
        TableColumn::Word("command"),
        TableColumn::Number("id"),
        TableColumn::Text("title"),
        TableColumn::Word("field"),
        TableColumn::Text("before"),
        TableColumn::Text("after"),
        TableColumn::Text("MAL"),
    ]);
    for edit in edits {
        table.add_row([
            edit.edit_id.to_string(),
            edit.command.clone(),
            edit.mal_id.to_string(),
            or_no_value(edit.title.as_deref()),
            edit.field.clone(),
            display_value(&edit.local),
            resulting_value(&edit.field, &edit.local, &edit.kept),
            // Beside a mark stands the whole entry that MAL had, which no cell holds.
            if edit.field == "removed_at" { display_value(&Value::Null) } else { display_value(&edit.base) },
        ]);
    }
    table
}

/// The changes as people read them. Of a conflict the rule that settled it is told.
#[must_use]
pub fn to_table(changes: &[ChangeRecord]) -> TextTable {
    let mut columns = vec![
        TableColumn::Number("change"),
        TableColumn::Number("run"),
        TableColumn::Number("id"),
        TableColumn::Text("title"),
        TableColumn::Word("field"),
        TableColumn::Text("what"),
    ];
    let conflicts = changes.iter().any(|change| change.is_conflict);
    columns.extend(conflicts.then_some(TableColumn::Word("conflict")));
    let mut table = TextTable::new(columns);
    for change in changes {
        let row = [
            change.id.to_string(),
            change.run_id.to_string(),
            change.mal_id.to_string(),
            or_no_value(change.title.as_deref()),
            change.field.clone(),
            describe_change(change),
        ];
        let rule = if change.is_conflict { change.rule.clone() } else { String::new() };
        table.add_row(row.into_iter().chain(conflicts.then_some(rule)));
    }
    table
}

/// What became of what, in a few words: the value before and the one that stands, and MAL's where that is another.
fn describe_change(change: &ChangeRecord) -> String {
    let ChangeRecord { local, mal, kept, .. } = change;
    match (change.field.as_str(), local, kept) {
        ("entry", Value::Null, kept) => format!("new: {}", display_value(kept)),
        ("entry", local, Value::Null) => format!("deleted: {}", display_value(local)),
        ("removed_at", Value::Null, _) => "no longer on MAL".to_owned(),
        ("removed_at", _, Value::Null) => "on MAL again".to_owned(),
        (_, local, kept) => {
            let moved = if local == kept {
                display_value(kept)
            } else {
                format!("{} → {}", display_cell_value(local), display_cell_value(kept))
            };
            if mal == kept { moved } else { format!("{moved} (MAL {})", display_cell_value(mal)) }
        }
    }
}

/// A value in a cell: an empty one is nothing.
fn display_cell_value(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => display_value(&Value::Null),
        value => display_value(value),
    }
}

/// What stands after an edit; of an entry that was made, that it is new.
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
    use crate::{domain::run::RunId, ui::json::to_json_line};

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
        let gone = ChangeRecord {
            local: json!({"status": "dropped", "score": 3, "episodes_watched": 0, "notes": null, "tags": [], "priority": 0,
                "is_rewatching": true, "pinned": ["score"]}),
            kept: json!(null),
            mal: json!(null),
            ..entry.clone()
        };
        let marked = ChangeRecord { field: "removed_at".into(), kept: json!("2026-01-02T03:04:05Z"), ..entry.clone() };
        let told = |changes: &[ChangeRecord]| to_table(changes).render(Some(100));
        assert_snapshot!(told(&[example_change(), notes, entry]), @r#"
        change  run  id  title         field  what                                 conflict
            12    7   1  Cowboy Bebop  tags   a, b → -                             mal
            12    7   1  -             notes  mine␊␛[2J (MAL -)
            12    7   1  Cowboy Bebop  entry  new: completed, episodes watched 26
        "#);
        assert_snapshot!(told(&[gone, marked]), @r#"
        change  run  id  title         field       what
            12    7   1  Cowboy Bebop  entry       deleted: dropped, score 3, is rewatching, pinned score
            12    7   1  Cowboy Bebop  removed_at  no longer on MAL
        "#);
    }
}
