//! Tests of the output of `push`: its results by title, and the preview with its hints.

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::domain::run::{EntryErrorKind, RunId};

fn field(field: Field, local: Value, mal: Value, result: FieldResult) -> FieldReport {
    FieldReport { field, local, mal, result }
}

fn reports() -> Vec<EntryReport> {
    let report = |mal_id, title: &str, is_created, fields| EntryReport {
        mal_id,
        title: (!title.is_empty()).then(|| title.to_owned()),
        is_created,
        fields,
    };
    vec![
        report(
            1,
            "Cowboy Bebop",
            false,
            vec![
                field(Field::Score, json!(9), json!(7), FieldResult::Sent),
                field(Field::Notes, json!("a\nb"), json!(null), FieldResult::AlreadyOnMal),
                field(Field::Priority, json!(2), json!(1), FieldResult::Conflict(ConflictCause::ChangedOnMal)),
                field(Field::EpisodesWatched, json!(30), json!(5), FieldResult::Altered(json!(26))),
                field(Field::StartDate, json!("2024"), json!(null), FieldResult::Invalid("no full date".into())),
            ],
        ),
        report(5, "", true, vec![field(Field::Status, json!("dropped"), json!(null), FieldResult::Sent)]),
        report(6, "Trigun", false, vec![field(Field::Score, json!(1), json!(2), FieldResult::Refused("400".into()))]),
    ]
}

#[test]
fn each_result_is_told_by_title() {
    assert_snapshot!(entries_text(&reports(), false, false), @r#"
    Cowboy Bebop:
      score 7 → 9
      notes a␊b, already on MAL
      episodes 5 → 26
    anime 5 (created on MAL): status none → dropped
    "#);
    assert_snapshot!(entries_text(&reports()[1..2], true, false), @"anime 5 (would be created on MAL): would set status none → dropped");
    assert_snapshot!(conflict_warnings(&reports(), false).join("\n"), @"conflict: Cowboy Bebop: priority not sent: local 2, MAL now has 1");
    assert_eq!(
        conflict_warnings(&reports(), true)[0].replace("would not be sent", "not sent"),
        conflict_warnings(&reports(), false)[0]
    );
    let errors = [
        EntryError::new(Some(6), Some("Trigun"), EntryErrorKind::Refused, "HTTP 400"),
        EntryError::new(Some(7), None, EntryErrorKind::Invalid, "score cannot be sent"),
    ];
    assert_eq!(error_warnings(&errors), ["Trigun: HTTP 400", "anime 7: score cannot be sent"]);
    assert_snapshot!(hints(&reports()).join("\n"), @r"
    take MAL's values with malsync sync --force-full (higher episodes and your notes stay), or send yours with malsync push --force
    set values that MAL accepts with malsync edit
    accept MAL's version of a value with malsync revert
    ");
    let many: Vec<EntryReport> = (0..25).flat_map(|_| reports()).collect();
    assert!(entries_text(&many, false, false).ends_with("and 30 more (use -v to list all)\n"));
}

#[test]
fn preview_fits_80_columns_and_hints_at_missing_episodes() {
    let previewed = |field, local, mal, reason| PreviewedField {
        mal_id: 1,
        title: "Cowboy Bebop: Tengoku no Tobira and a very long rest of a title".into(),
        field,
        local,
        mal,
        reason: Some(reason),
        is_pinned: false,
        goes_along: false,
        cannot_send: None,
        episodes: Some(26),
    };
    let mut preview = vec![
        previewed(Field::Status, json!("completed"), json!("watching"), DifferenceReason::Edited),
        previewed(Field::Tags, json!(["a", "b"]), json!([]), DifferenceReason::OnlyHere),
    ];
    let text = preview_table(&preview).render(Some(80));
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert_snapshot!(text, @r"
    id  title                                field   here       on MAL    why
     1  Cowboy Bebop: Tengoku no Tobira an…  status  completed  watching  edited
     1  Cowboy Bebop: Tengoku no Tobira an…  tags    a, b       -         local only
    ");
    assert!(preview_hints(&preview)[0].contains("malsync edit 1 --episodes 26"));
    preview.push(previewed(Field::EpisodesWatched, json!(26), json!(3), DifferenceReason::Edited));
    assert_eq!(preview_hints(&preview), [""; 0]);
    preview[1].cannot_send = Some("no comma".into());
    assert!(preview_hints(&preview)[0].ends_with("tags cannot be sent: no comma"));
}

#[test]
fn preview_hints_at_conflicts_of_the_last_push() {
    let preview = PreviewedField {
        mal_id: 1,
        title: "Cowboy Bebop".into(),
        field: Field::Score,
        local: json!(9),
        mal: json!(7),
        reason: Some(DifferenceReason::Edited),
        is_pinned: false,
        goes_along: false,
        cannot_send: None,
        episodes: None,
    };
    let conflict = |mal: Value| ChangeRecord {
        id: 1,
        run_id: RunId(12),
        at: chrono::DateTime::UNIX_EPOCH,
        mal_id: 1,
        title: None,
        field: "score".into(),
        local: json!(9),
        mal,
        kept: json!(9),
        is_conflict: true,
        rule: "push".into(),
    };
    let hints = |mal| open_push_conflict_hints([preview.as_shown()], &[conflict(mal)], |id| format!("See {id}"));
    assert_eq!(hints(json!(3)), ["Cowboy Bebop: score was 3 on MAL in push 12, a conflict. See 1"]);
    assert_eq!(hints(json!(7)), [""; 0], "as the preview shows");
}
