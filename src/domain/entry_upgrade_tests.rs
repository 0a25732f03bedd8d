//! Tests of the upgrade of entries.

use serde_json::json;

use super::*;
use crate::domain::{kept_values::KeptValues, own_values::own_fields};

/// An entry with these values, and these of MAL.
fn entry(mal: &Value, values: EntryValues) -> StoredEntry {
    let mut list_status =
        json!({"status": "watching", "score": 7, "num_episodes_watched": 5, "start_date": "2019-04-01"});
    for (name, value) in mal.as_object().unwrap() {
        list_status[name] = value.clone();
    }
    StoredEntry { id: 1, mal_id: 1, values, base: Some(MergeBase::from(list_status)), ..StoredEntry::default() }
}

fn mal_values() -> EntryValues {
    EntryValues {
        status: "watching".into(),
        score: Some(7),
        episodes_watched: Some(5),
        start_date: "2019-04-01".parse().ok(),
        ..EntryValues::default()
    }
}

fn writes(lines: &[(EditCommand, Field, Value)]) -> LastWrites {
    let mut writes = LastWrites::default();
    lines.iter().for_each(|(command, field, kept)| writes.record(*command, *field, kept.clone()));
    writes
}

#[test]
fn without_history_a_value_is_own_only_if_no_rule_would_have_kept_it() {
    let none = LastWrites::default();
    for (mal, values, own) in [
        (json!({}), mal_values(), vec![]),
        (json!({}), EntryValues { status: "dropped".into(), ..mal_values() }, vec![Field::Status]),
        (json!({}), EntryValues { priority: 1, ..mal_values() }, vec![Field::Priority]),
        (json!({}), EntryValues { score: Some(9), ..mal_values() }, vec![Field::Score]),
        (json!({"score": 0}), EntryValues { score: Some(9), ..mal_values() }, vec![]),
        (json!({}), EntryValues { episodes_watched: Some(4), ..mal_values() }, vec![Field::EpisodesWatched]),
        (json!({}), EntryValues { episodes_watched: Some(6), ..mal_values() }, vec![]),
        (json!({}), EntryValues { start_date: None, ..mal_values() }, vec![Field::StartDate]),
        (json!({}), EntryValues { finish_date: "2020".parse().ok(), ..mal_values() }, vec![]),
        (json!({}), EntryValues { notes: Some("mine".into()), ..mal_values() }, vec![Field::Notes]),
        (json!({"comments": "a"}), EntryValues { notes: None, ..mal_values() }, vec![Field::Notes]),
    ] {
        let upgraded = upgrade_entry(&entry(&mal, values.clone()), &none);
        assert_eq!((own_fields(&upgraded), &upgraded.values), (own, &values), "{mal} {values:?}");
    }
    let pinned = StoredEntry { pinned: vec![Field::Status], ..entry(&json!({}), mal_values()) };
    let values = EntryValues { status: "dropped".into(), ..mal_values() };
    assert_eq!(own_fields(&upgrade_entry(&StoredEntry { values, ..pinned }, &none)), []);
}

#[test]
fn last_command_that_wrote_a_standing_value_decides() {
    use EditCommand::{Edit, Import, Restore};
    let values = EntryValues { finish_date: "2020".parse().ok(), notes: Some("old\n".into()), ..mal_values() };
    let stored = entry(&json!({"comments": "new"}), values);
    let (date, notes) = (Field::FinishDate, Field::Notes);
    for (lines, own) in [
        (vec![(Edit, date, json!("2020"))], vec![date, notes]),
        (vec![(Restore, date, json!("2020")), (Import, notes, json!("old\r\n"))], vec![date]),
        (vec![(Edit, date, json!("2019")), (Import, notes, json!("old<br />\r\n"))], vec![]),
        (vec![(Edit, notes, json!("old")), (Import, notes, json!("old"))], vec![]),
        (vec![(Import, notes, json!("old")), (Edit, notes, json!("old"))], vec![notes]),
        (vec![(Import, notes, json!("older"))], vec![notes]),
        (vec![(Import, Field::Entry, json!({"notes": "old", "finish_date": "2020"}))], vec![]),
        (vec![(Restore, Field::Entry, json!({"notes": "old", "finish_date": "2020"}))], vec![date, notes]),
        (vec![(Import, notes, json!("old")), (Restore, Field::Entry, Value::Null)], vec![notes]),
    ] {
        assert_eq!(own_fields(&upgrade_entry(&stored, &writes(&lines))), own, "{lines:?}");
    }
}

#[test]
fn notes_that_are_not_own_get_their_normal_form() {
    let sent = "say &quot;hi&quot;<br />\r\n&amp; go";
    let upgraded_notes = |notes: &str, lines: &[(EditCommand, Field, Value)]| {
        let values = EntryValues { notes: Some(notes.into()), ..mal_values() };
        let upgraded = upgrade_entry(&entry(&json!({"comments": sent}), values), &writes(lines));
        (upgraded.values.notes.clone().unwrap(), own_fields(&upgraded), upgraded.kept.is_empty())
    };
    let mals = ("say \"hi\"\n& go".to_owned(), vec![], true);
    for spelling in ["say \"hi\"<br />\r\n& go", "say \"hi\"\r\n& go", sent, "say \"hi\"\n& go \n"] {
        assert_eq!(upgraded_notes(spelling, &[]), mals, "{spelling:?}");
    }
    let imported = [(EditCommand::Import, Field::Notes, json!("a<br />\r\nb &amp;"))];
    assert_eq!(upgraded_notes("a<br />\r\nb &amp;", &imported), ("a\nb &amp;".to_owned(), vec![], false));
    let edited = [(EditCommand::Edit, Field::Notes, json!("a<br />\r\nb"))];
    assert_eq!(upgraded_notes("a<br />\r\nb", &edited), ("a<br />\r\nb".to_owned(), vec![Field::Notes], true));
}

#[test]
fn count_of_a_rewatch_is_mals() {
    let mal = json!({"is_rewatching": true, "num_episodes_watched": 3});
    let values = EntryValues { is_rewatching: true, episodes_watched: Some(12), ..mal_values() };
    let upgraded = upgrade_entry(&entry(&mal, values.clone()), &LastWrites::default());
    assert_eq!((upgraded.values.rewatch_episodes, upgraded.values.episodes_watched), (Some(3), Some(12)));
    assert_eq!(own_fields(&upgraded), []);
    let recorded = StoredEntry { kept: KeptValues::empty(), ..entry(&mal, values.clone()) };
    let upgraded = upgrade_entry(&recorded, &LastWrites::default());
    assert_eq!((upgraded.values.rewatch_episodes, &upgraded.kept), (Some(3), &KeptValues::empty()));
    let values = EntryValues { is_rewatching: false, ..values };
    assert_eq!(upgrade_entry(&entry(&mal, values), &LastWrites::default()).values.rewatch_episodes, None);
}

#[test]
fn entry_without_merge_base_is_of_another_application_unless_a_command_wrote_it() {
    let values = EntryValues { notes: Some("a<br />b".into()), ..mal_values() };
    let adopted = StoredEntry { base: None, ..entry(&json!({}), values.clone()) };
    assert_eq!(upgrade_entry(&adopted, &LastWrites::default()), adopted);
    let kept = |field: Field| values.field_json(field);
    let all: Value = Field::SYNCED_FIELDS.map(|field| (field.as_str().to_owned(), kept(field))).into_iter().collect();
    let imported = upgrade_entry(&adopted, &writes(&[(EditCommand::Import, Field::Entry, all.clone())]));
    assert_eq!((own_fields(&imported), imported.values.notes.as_deref()), (vec![], Some("a\nb")));
    let edited = [(EditCommand::Import, Field::Entry, all), (EditCommand::Edit, Field::Score, json!(7))];
    assert_eq!(own_fields(&upgrade_entry(&adopted, &writes(&edited))), [Field::Score]);
    let unreadable = StoredEntry { base: Some(MergeBase::from(json!([]))), ..adopted };
    assert_eq!(upgrade_entry(&unreadable, &LastWrites::default()), unreadable);
}
