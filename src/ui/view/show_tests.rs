//! Tests of the output of `show`, as text and as JSON.

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::ui::style::strip_styles;
use crate::{
    domain::{
        anime::{Broadcast, IdName, Season},
        change::{ChangeRecord, MergeRule},
        edit::EditRecord,
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        list_entry::ListEntry,
        merge_base::MergeBase,
        run::RunId,
    },
    exchange::{ListRow, OutputColumn, SelectedColumns},
    json_line::to_json_line,
    ui::{display_width, view::field_state::PendingOverwrite},
};

fn example_item() -> ListEntry {
    let named = |id, name: &str| IdName { id, name: name.into() };
    let base = MergeBase::from(
        json!({"status": "completed", "score": 8, "num_episodes_watched": 26, "start_date": "2019-04"}),
    );
    let values = EntryValues {
        score: Some(10),
        notes: Some("See you, space cowboy: the best ending there is".into()),
        priority: 1,
        ..base.parse_values().unwrap()
    };
    ListEntry {
        anime: Anime {
            mal_id: 1,
            title: "Cowboy Bebop".into(),
            title_japanese: Some("カウボーイビバップ".into()),
            synonyms: vec!["Bebop".into(), "Space\x1b[2J Cowboys".into()],
            synopsis: Some("Crime is timeless. ".repeat(8) + "\n\n進撃の巨人" + &"進撃の巨人".repeat(10)),
            episodes: Some(26),
            mean: "8.75".parse().ok(),
            rank: Some(48),
            status: Some("finished_airing".into()),
            media_type: Some("tv_special".into()),
            genres: vec![named(1, "Action"), named(24, "Sci-Fi")],
            studios: vec![named(14, "Sunrise")],
            start_season: Some(Season { year: 1998, season: "spring".into() }),
            average_episode_duration: Some(1445),
            broadcast: Some(Broadcast { day: "saturday".into(), time: Some("01:00".into()) }),
            num_list_users: Some(1_900_000),
            num_scoring_users: Some(1_000_000),
            aired_from: "1998-04-03".parse().ok(),
            ..Anime::default()
        },
        stored: StoredEntry {
            id: 7,
            mal_id: 1,
            values,
            base: Some(base),
            pinned: vec![Field::Priority, Field::Tags],
            ..StoredEntry::default()
        },
        updated_at: None,
    }
}

fn example_events() -> Vec<HistoryEvent> {
    let title = || Some("Cowboy Bebop".to_owned());
    let new = json!({"status": "completed", "score": 8, "episodes_watched": 26});
    vec![
        HistoryEvent::Edit(EditRecord {
            id: 3,
            edit_id: 2,
            at: "2026-01-03T00:00:00Z".parse().unwrap(),
            mal_id: 1,
            title: title(),
            command: "edit".into(),
            undone_edit_id: None,
            field: "score".into(),
            local: json!(8),
            base: json!(8),
            kept: json!(10),
        }),
        HistoryEvent::Run(ChangeRecord {
            id: 1,
            run_id: RunId(4),
            at: "2026-01-02T00:00:00Z".parse().unwrap(),
            mal_id: 1,
            title: title(),
            field: "score".into(),
            local: json!(9),
            mal: json!(8),
            kept: json!(8),
            is_conflict: true,
            rule: "mal_if_scored".into(),
        }),
        HistoryEvent::Run(ChangeRecord {
            id: 1,
            run_id: RunId(1),
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            mal_id: 1,
            title: title(),
            field: "entry".into(),
            local: Value::Null,
            mal: new.clone(),
            kept: new,
            is_conflict: false,
            rule: "mal".into(),
        }),
    ]
}

/// Returns the fields of [`example_item`]: score, notes and priority differ from MAL's values.
fn example_fields() -> Vec<FieldState> {
    let unchanged = |field: Field, value: Value| (field, value.clone(), value);
    let fields = [
        unchanged(Field::Status, json!("completed")),
        (Field::Score, json!(10), json!(8)),
        unchanged(Field::EpisodesWatched, json!(26)),
        unchanged(Field::StartDate, json!("2019-04")),
        unchanged(Field::FinishDate, Value::Null),
        (Field::Notes, json!("See you, space cowboy: the best ending there is"), Value::Null),
        unchanged(Field::IsRewatching, json!(false)),
        unchanged(Field::TimesRewatched, json!(0)),
        unchanged(Field::RewatchValue, json!(0)),
        (Field::Priority, json!(1), json!(0)),
        unchanged(Field::Tags, json!([])),
    ];
    let state = |(field, local, mal): (Field, Value, Value)| FieldState {
        field,
        differs_from_mal: local != mal,
        is_own: local != mal,
        local,
        is_pinned: [Field::Priority, Field::Tags].contains(&field),
        overwrite: (field == Field::Score)
            .then(|| PendingOverwrite { kept: mal.clone(), rule: MergeRule::MalWinsIfScored }),
        mal: Some(mal),
    };
    fields.into_iter().map(state).collect()
}

/// Returns the fields of an entry that was never on MAL.
fn local_fields() -> Vec<FieldState> {
    let local = |state| FieldState {
        mal: None,
        differs_from_mal: false,
        is_own: false,
        is_pinned: false,
        overwrite: None,
        ..state
    };
    example_fields().into_iter().map(local).collect()
}

fn row(entry: &ListEntry) -> ListRow<'_> {
    ListRow { entry, edited_fields: Some(vec![Field::Score, Field::Notes, Field::Priority]) }
}

const fn example_view<'a>(row: &'a ListRow<'a>, fields: &'a [FieldState], history: &'a [HistoryEvent]) -> ShowView<'a> {
    ShowView { row, fields, is_listed: true, username: "alice", history, has_more_history: false }
}

#[test]
fn text_fits_eighty_columns() {
    let (item, fields, events) = (example_item(), example_fields(), example_events());
    let row = row(&item);
    let text = strip_styles(&to_text(
        &ShowView { has_more_history: true, ..example_view(&row, &fields, &events) },
        80,
        TableStyle { limit: Some(80), ..TableStyle::default() },
    ));
    assert!(text.lines().all(|line| display_width(line) <= 80), "{text}");
    assert_snapshot!(text, @r"
    Cowboy Bebop

    Entry of alice
    status    completed
    score     10 (MAL: 8; edited; the next sync will overwrite it with 8)
    episodes  26 of 26
    started   2019-04
    notes     see below (MAL: -; edited; kept by the next sync)
    priority  1 (MAL: 0; edited; pinned, no sync changes it)
    tags      - (pinned, no sync changes it)

    Notes
    See you, space cowboy: the best ending there is

    Anime
    Japanese  カウボーイビバップ
    synonyms  Bebop; Space␛[2J Cowboys
    page      https://myanimelist.net/anime/1
    type      tv special, 26 episodes of 24 min
    aired     1998-04-03 to ?, finished airing, saturday 01:00 in Japan
    season    spring 1998
    studios   Sunrise
    genres    Action, Sci-Fi
    on MAL    score 8.75 (1,000,000 votes), rank 48, 1,900,000 members

    Crime is timeless. Crime is timeless. Crime is timeless. Crime is timeless.
    Crime is timeless. Crime is timeless. Crime is timeless. Crime is timeless.

    進撃の巨人進撃の巨人進撃の巨人進撃の巨人進撃の巨人進撃の巨人進撃の巨人進撃の巨人
    進撃の巨人進撃の巨人進撃の巨人

    History
    2026-01-03 00:00  score 8 → 10                          edit #2
    2026-01-02 00:00  score 9 → 8 (MAL had 8)               sync #4
    2026-01-01 00:00  new: completed, episodes 26, score 8  sync #1
    More: --all
    ");
}

#[test]
fn entries_not_on_mal_and_not_in_the_list_are_marked() {
    let local_only =
        ListEntry { stored: StoredEntry { base: None, pinned: Vec::new(), ..example_item().stored }, ..example_item() };
    let (local_row, fields) = (row(&local_only), local_fields());
    let text = strip_styles(&to_text(&example_view(&local_row, &fields, &[]), 80, TableStyle::default()));
    assert!(text.contains("\nEntry of alice, local only\n"), "{text}");
    let unlisted = ListEntry { stored: StoredEntry::default(), ..example_item() };
    let unlisted_row = row(&unlisted);
    let view = ShowView { is_listed: false, ..example_view(&unlisted_row, &fields, &[]) };
    let text = strip_styles(&to_text(&view, 80, TableStyle::default()));
    assert!(text.contains("\nNot in the list of alice\n"), "{text}");
    let object: Value = serde_json::from_str(&to_json_line(&super::to_json(&view))).unwrap();
    assert_eq!((&object["status"], &object["mal"], &object["listed"]), (&Value::Null, &Value::Null, &json!(false)));
    assert_eq!((&object["title"], &object["episodes"]), (&json!("Cowboy Bebop"), &json!(26)));
}

#[test]
fn show_object_has_the_list_fields_then_its_own() {
    let (item, fields, events) = (example_item(), example_fields(), example_events());
    let row = row(&item);
    let object: Map<String, Value> =
        serde_json::from_str(&to_json_line(&super::to_json(&example_view(&row, &fields, &events)))).unwrap();
    let list: Map<String, Value> =
        serde_json::from_str(&to_json_line(&SelectedColumns::new(&row, OutputColumn::all()))).unwrap();
    assert!(list.iter().all(|(key, value)| object[key] == *value));
    let own_fields: Vec<_> = object.keys().skip(list.len()).collect();
    assert_eq!(own_fields, ["synopsis", "mal", "history", "listed", "set_back"]);
    assert_eq!((&object["mal"]["score"], &object["mal"]["notes"]), (&json!(8), &Value::Null));
    assert_eq!(object["set_back"], json!([{"field": "score", "kept": 8, "rule": "mal_if_scored"}]));
    let keys = |index: usize| object["history"][index].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let documented = ["at", "command", "run_id", "edit_id", "field", "local", "mal", "kept", "conflict", "rule"];
    assert_eq!((keys(0), keys(1)), (documented.map(str::to_owned).to_vec(), documented.map(str::to_owned).to_vec()));
    assert_eq!((&object["history"][0]["run_id"], &object["history"][1]["run_id"]), (&Value::Null, &json!(4)));
}
