//! Tests of the output of `edit`: warnings about the next sync, lines of entries, the object of `--json`, and the
//! question.

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::{
    domain::{change::MergeRule, entry_fields::Field},
    json_line::to_json_line,
    ui::style::strip_styles,
};

/// Returns the forecast for a field of an entry that is on MAL. `mal` is MAL's value, and the value before the edit.
fn forecast(field: Field, mal: Value, kept: Value, survives_sync: bool) -> EditForecast {
    let rule = if field == Field::Score { MergeRule::MalWinsIfScored } else { MergeRule::MalWins };
    EditForecast { field, local: mal.clone(), kept, mal, known_on_mal: true, survives_sync, rule: Some(rule) }
}

fn edit_result(changes: &[EditForecast]) -> EditResult {
    EditResult { mal_id: 1, title: "Cowboy Bebop".into(), changes: changes.to_vec(), skipped: Vec::new() }
}

#[test]
fn overwritten_edit_warns_and_names_the_pin_command() {
    let change = forecast(Field::Status, json!("watching"), json!("dropped"), false);
    assert_eq!(
        overwrite_warnings(&[edit_result(std::slice::from_ref(&change))]),
        [
            "the next sync will overwrite status with watching (MAL's value). To keep dropped: malsync pin 1 status; to have MAL take it: malsync push 1"
        ]
    );
    let not_on_mal = EditForecast { known_on_mal: false, mal: Value::Null, ..change.clone() };
    assert_eq!(
        overwrite_warnings(&[edit_result(&[not_on_mal])]),
        ["the next sync will overwrite status if the entry is on MAL. To keep dropped: malsync pin 1 status"]
    );
    assert!(overwrite_warnings(&[edit_result(&[EditForecast { survives_sync: true, ..change }])]).is_empty());
}

#[test]
fn one_entry_is_one_line_and_many_are_truncated_with_totals() {
    let one = edit_result(&[
        forecast(Field::Score, json!(8), json!(9), false),
        forecast(Field::Notes, Value::Null, json!("a\nb"), true),
    ]);
    assert_snapshot!(strip_styles(&to_text(std::slice::from_ref(&one), false, FollowUp::Sync)), @"✓ Cowboy Bebop: score 8 → 9 (overwritten by the next sync); notes none → a␊b (kept)");
    assert_snapshot!(strip_styles(&to_text(std::slice::from_ref(&one), true, FollowUp::Push)), @r"
    Cowboy Bebop: score 8 → 9; notes none → a␊b
    (dry run: nothing was written or sent)
    ");
    assert_snapshot!(to_text(&[edit_result(&[])], false, FollowUp::Sync), @"Cowboy Bebop: no changes");
    let text = to_text(&[vec![one; 25], vec![edit_result(&[]); 2]].concat(), true, FollowUp::Sync);
    assert_eq!(text.lines().count(), 22);
    assert_snapshot!(text.lines().skip(20).collect::<Vec<_>>().join("\n"), @r"
    and 5 more
    25 entries would change, 2 already match (dry run: nothing was written)
    ");
}

#[test]
fn edit_result_object_has_the_documented_fields() {
    let mut one = edit_result(&[forecast(Field::Score, json!(8), json!(9), false)]);
    one.skipped.push(SkippedField {
        field: "notes".into(),
        current_value: json!("x"),
        recorded_value: json!("y"),
        reason: SkipReason::ChangedSince,
    });
    assert_snapshot!(to_json_line(&to_json(&one, Some(4))), @r#"{"mal_id":1,"title":"Cowboy Bebop","changes":[{"field":"score","local":8,"kept":9,"mal":8,"stays":false,"rule":"mal_if_scored"}],"left":[{"field":"notes","here":"x","left":"y","reason":"changed_since"}],"edit_id":4}"#);
}

#[test]
fn question_says_what_an_edit_sets_only_if_it_is_the_same_in_each_entry() {
    let status = forecast(Field::Status, json!("watching"), json!("dropped"), false);
    let tags = |tag: &str| forecast(Field::Tags, json!([]), json!([tag]), false);
    let text = common_change_text(&[vec![status.clone(), tags("a")], vec![status.clone(), tags("a")]]);
    assert_eq!(text.as_deref(), Some("set status to dropped, tags to a"));
    assert_eq!(common_change_text(&[vec![tags("a")], vec![tags("b")]]), None);
    assert_eq!(common_change_text(&[vec![status], vec![]]), None);
}
