//! What an imported entry makes of the one that is here: the same rules as in a sync, with the file's values for MAL's. Pure.
//!
//! A file is no sighting of MAL: base and `mal_updated_at` stay as they are, and so does the mark of a removed entry.

use crate::domain::{
    change::Field,
    edit::EntryEdit,
    entry::{EntryValues, StoredEntry},
    imported_entry::ImportedEntry,
};

use super::{
    edit::{merge_base_fields, overwritten_by_next_sync, plan_edit},
    resolve::{copy_field, field_json, resolve_entry},
};

/// The entry after the import, with its record; `before` is the one that is here.
#[must_use]
pub fn plan_import(before: Option<&StoredEntry>, sent: &ImportedEntry) -> EntryEdit {
    let there = before.map(|before| before.values.clone()).unwrap_or_default();
    let file = apply_file_fields(&there, sent);
    let entry = match before {
        None => StoredEntry { mal_id: sent.anime.mal_id, values: with_episode_count(file), ..StoredEntry::default() },
        Some(before) => {
            let values = resolve_entry(&there, merge_base_fields(before).as_ref(), &file, &before.pinned).values;
            StoredEntry { values, ..before.clone() }
        }
    };
    plan_edit(before, entry)
}

/// The values with those of the file in their places.
fn apply_file_fields(there: &EntryValues, sent: &ImportedEntry) -> EntryValues {
    let mut file = there.clone();
    sent.fields.iter().for_each(|field| copy_field(&mut file, *field, &sent.values));
    file
}

/// What an import makes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// It was not there.
    Created,
    /// It changed.
    Updated,
    /// It stays as it is, though the file says otherwise: by a rule or a pin.
    Kept,
    /// It is as the file says.
    Unchanged,
}

/// What became of an entry, and the fields that changed and that the next sync sets back to what MAL was seen to have.
#[must_use]
pub fn classify_import(
    before: Option<&StoredEntry>,
    after: &StoredEntry,
    sent: &ImportedEntry,
) -> (ImportOutcome, Vec<Field>) {
    let Some(before) = before else { return (ImportOutcome::Created, Vec::new()) };
    if before == after {
        let same = apply_file_fields(&before.values, sent) == before.values;
        return (if same { ImportOutcome::Unchanged } else { ImportOutcome::Kept }, Vec::new());
    }
    let changed = |field: &Field| field_json(&before.values, *field) != field_json(&after.values, *field);
    (
        ImportOutcome::Updated,
        overwritten_by_next_sync(after).into_iter().map(|settled| settled.field).filter(changed).collect(),
    )
}

/// An entry that MAL sends has a number of episodes, be it 0.
fn with_episode_count(values: EntryValues) -> EntryValues {
    EntryValues { episodes_watched: values.episodes_watched.or(Some(0)), ..values }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{anime::Anime, merge_base::MergeBase};

    fn stored_entry() -> StoredEntry {
        let base = MergeBase::from(
            json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "priority": 2, "comments": "x"}),
        );
        StoredEntry {
            id: 1,
            mal_id: 1,
            values: base.parse_values().unwrap(),
            base: Some(base),
            ..StoredEntry::default()
        }
    }

    fn imported_entry(fields: &[Field], values: EntryValues) -> ImportedEntry {
        ImportedEntry { anime: Anime { mal_id: 1, ..Anime::default() }, values, fields: fields.to_vec() }
    }

    #[test]
    fn import_applies_the_sync_rules() {
        let file = EntryValues {
            status: "dropped".into(),
            score: None,
            episodes_watched: Some(3),
            finish_date: "2020".parse().ok(),
            notes: Some("the file's".into()),
            ..EntryValues::default()
        };
        let before = StoredEntry {
            values: EntryValues { notes: Some("mine".into()), ..stored_entry().values },
            ..stored_entry()
        };
        let after = plan_import(Some(&before), &imported_entry(&Field::SYNCED_FIELDS, file)).entry;
        let values = &after.values;
        assert_eq!((values.status.as_str(), values.score, values.episodes_watched), ("dropped", Some(8), Some(5)));
        assert_eq!((values.notes.as_deref(), values.priority), (Some("mine"), 0));
        assert_eq!(values.finish_date, "2020".parse().ok());
        assert_eq!((after.base, after.mal_updated_at), (before.base, before.mal_updated_at));
    }

    #[test]
    fn fields_missing_from_the_file_are_kept() {
        let file = EntryValues { status: "completed".into(), ..EntryValues::default() };
        let done = plan_import(Some(&stored_entry()), &imported_entry(&[Field::Status], file));
        assert_eq!(done.entry.values, EntryValues { status: "completed".into(), ..stored_entry().values });
        assert_eq!(done.field_edits.len(), 1);
        assert_eq!((&done.field_edits[0].local, &done.field_edits[0].base), (&json!("watching"), &json!("watching")));
    }

    #[test]
    fn outcome_tells_kept_from_unchanged_and_lists_overwritten_fields() {
        let told = |before: &StoredEntry, values: EntryValues| {
            let sent = imported_entry(&[Field::Status, Field::EpisodesWatched], values);
            classify_import(Some(before), &plan_import(Some(before), &sent).entry, &sent)
        };
        let file = |status: &str, episodes| EntryValues {
            status: status.into(),
            episodes_watched: Some(episodes),
            ..EntryValues::default()
        };
        assert_eq!(told(&stored_entry(), file("watching", 5)), (ImportOutcome::Unchanged, Vec::new()));
        assert_eq!(told(&stored_entry(), file("watching", 3)), (ImportOutcome::Kept, Vec::new()));
        assert_eq!(
            told(&stored_entry(), file("watching", 9)),
            (ImportOutcome::Updated, Vec::new()),
            "the higher number stays"
        );
        assert_eq!(told(&stored_entry(), file("dropped", 9)), (ImportOutcome::Updated, vec![Field::Status]));
        let pinned = StoredEntry { pinned: vec![Field::Status], ..stored_entry() };
        assert_eq!(told(&pinned, file("dropped", 5)), (ImportOutcome::Kept, Vec::new()));
        let nowhere = StoredEntry { base: None, ..stored_entry() };
        assert_eq!(
            told(&nowhere, file("dropped", 5)),
            (ImportOutcome::Updated, Vec::new()),
            "MAL was not seen to have it"
        );
        let before = StoredEntry { values: EntryValues { priority: 1, ..stored_entry().values }, ..stored_entry() };
        assert_eq!(
            told(&before, file("watching", 6)),
            (ImportOutcome::Updated, Vec::new()),
            "edited before, not by this"
        );
        let one = imported_entry(&[Field::Status], file("dropped", 0));
        assert_eq!(classify_import(None, &plan_import(None, &one).entry, &one), (ImportOutcome::Created, Vec::new()));
    }

    #[test]
    fn pinned_fields_are_kept() {
        let pinned = StoredEntry { pinned: vec![Field::Status, Field::Priority], ..stored_entry() };
        let file = EntryValues { status: "dropped".into(), score: Some(9), ..EntryValues::default() };
        let after = plan_import(Some(&pinned), &imported_entry(&Field::SYNCED_FIELDS, file)).entry;
        assert_eq!(after.values, EntryValues { score: Some(9), ..pinned.values.clone() });
        assert_eq!(after.pinned, pinned.pinned);
    }

    #[test]
    fn removed_entry_stays_removed_and_new_entry_has_no_merge_base() {
        let removed = StoredEntry { removed_at: Some(chrono::DateTime::UNIX_EPOCH), ..stored_entry() };
        let file = imported_entry(&[Field::Status], EntryValues { status: "dropped".into(), ..EntryValues::default() });
        assert_eq!(plan_import(Some(&removed), &file).entry.removed_at, removed.removed_at);
        let made = plan_import(None, &file);
        assert_eq!((made.entry.base, made.entry.id, made.entry.values.episodes_watched), (None, 0, Some(0)));
        assert_eq!(made.field_edits[0].field, Field::Entry);
    }
}
