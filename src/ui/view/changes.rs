//! What runs changed, and which conflicts they settled: `changes`.

use serde::Serialize;
use serde_json::Value;

use super::{or_none, plain, utc};
use crate::{
    domain::change::ChangeRecord,
    ui::{Column, Table},
};

/// One change's object.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeJson<'a> {
    run_id: i64,
    at: String,
    mal_id: i32,
    title: Option<&'a str>,
    field: &'a str,
    local: &'a Value,
    mal: &'a Value,
    kept: &'a Value,
    conflict: bool,
    rule: &'a str,
}

/// The change as scripts read it.
#[must_use]
pub fn json(change: &ChangeRecord) -> ChangeJson<'_> {
    ChangeJson {
        run_id: change.run_id.0,
        at: utc(change.at),
        mal_id: change.mal_id,
        title: change.title.as_deref(),
        field: &change.field,
        local: &change.local,
        mal: &change.mal,
        kept: &change.kept,
        conflict: change.conflict,
        rule: &change.rule,
    }
}

/// The changes as people read them.
#[must_use]
pub fn table(changes: &[ChangeRecord]) -> Table {
    let mut table = Table::new([
        Column::Number("run"),
        Column::Number("id"),
        Column::Text("title"),
        Column::Word("field"),
        Column::Text("here"),
        Column::Text("MAL"),
        Column::Text("kept"),
        Column::Word("rule"),
        Column::Word(""),
    ]);
    for change in changes {
        table.row([
            change.run_id.to_string(),
            change.mal_id.to_string(),
            or_none(change.title.as_deref()),
            change.field.clone(),
            plain(&change.local),
            plain(&change.mal),
            kept(change),
            change.rule.clone(),
            if change.conflict { "conflict".to_owned() } else { String::new() },
        ]);
    }
    table
}

/// What stands now; of an entry that was made, that it is new.
fn kept(change: &ChangeRecord) -> String {
    match (change.field.as_str(), &change.local, &change.kept) {
        ("entry", Value::Null, Value::Object(_)) => "new".to_owned(),
        (_, _, kept) => plain(kept),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use serde_json::json;

    use super::*;
    use crate::{domain::run::RunId, ui::json::line};

    fn change() -> ChangeRecord {
        ChangeRecord {
            run_id: RunId(7),
            at: "2026-11-22T19:00:00.5Z".parse().unwrap(),
            mal_id: 1,
            title: Some("Cowboy Bebop".into()),
            field: "tags".into(),
            local: json!(["a", "b"]),
            mal: json!([]),
            kept: json!([]),
            conflict: true,
            rule: "mal".into(),
        }
    }

    #[test]
    fn a_change_object_has_the_documented_fields_in_their_order() {
        assert_snapshot!(line(&super::json(&change())), @r#"{"run_id":7,"at":"2026-11-22T19:00:00.500Z","mal_id":1,"title":"Cowboy Bebop","field":"tags","local":["a","b"],"mal":[],"kept":[],"conflict":true,"rule":"mal"}"#);
    }

    #[test]
    fn values_are_told_without_json_around_them() {
        let notes = ChangeRecord {
            field: "notes".into(),
            local: json!("mine\n\x1b[2J"),
            mal: json!(null),
            kept: json!("mine\n\x1b[2J"),
            rule: "local_if_own".into(),
            conflict: false,
            title: None,
            ..change()
        };
        let entry = ChangeRecord {
            field: "entry".into(),
            local: json!(null),
            mal: json!({"status": "completed", "score": null, "episodes_watched": 26}),
            kept: json!({"status": "completed", "score": null, "episodes_watched": 26}),
            conflict: false,
            ..change()
        };
        assert_snapshot!(table(&[change(), notes, entry]).render(Some(110)), @r#"
        run  id  title         field  here       MAL                             kept       rule
          7   1  Cowboy Bebop  tags   a, b                                                  mal           conflict
          7   1  -             notes  mine␊␛[2J  -                               mine␊␛[2J  local_if_own
          7   1  Cowboy Bebop  entry  -          completed, episodes watched 26  new        mal
        "#);
    }
}
