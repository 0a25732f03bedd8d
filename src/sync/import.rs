//! Plans the import of an entry from a file: the merge rules of a sync, with the file's values as MAL's. Pure.
//!
//! Invariants:
//! 1. An import changes neither the merge base nor `mal_updated_at` nor `removed_at`, because the file says nothing about
//!    MAL. See decision 10.
//! 2. What an import writes is not the user's own. See decision 24.

use crate::domain::{
    edit::EntryEdit,
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    imported_entry::ImportedEntry,
    own_values,
};

use super::{
    edit::{merge_base_fields, overwritten_by_next_sync, plan_edit},
    plan::with_first_viewing,
    resolve::resolve_entry,
};

/// Returns the edit that imports an entry. `before` is the stored entry.
#[must_use]
pub fn plan_import(before: Option<&StoredEntry>, imported: &ImportedEntry) -> EntryEdit {
    let stored_values = before.map(|before| before.values.clone()).unwrap_or_default();
    let file_values = apply_file_fields(&stored_values, imported);
    let entry = match before {
        None => {
            let values = with_episode_count(with_first_viewing(file_values, imported.anime.episodes));
            let kept = own_values::record_kept_values(&values, None, |_| false);
            StoredEntry { mal_id: imported.anime.mal_id, values, kept, ..StoredEntry::default() }
        }
        Some(before) => import_into(before, &file_values),
    };
    plan_edit(before, entry)
}

/// Returns the entry after an import of these values. A value that the import writes is not the user's own.
fn import_into(before: &StoredEntry, file_values: &EntryValues) -> StoredEntry {
    let base = merge_base_fields(before);
    let values = resolve_entry(&before.values, &before.kept, base.as_ref(), file_values, &before.pinned).values;
    if values == before.values {
        return before.clone();
    }
    let is_own = |field| {
        values.has_same(field, &before.values) && own_values::is_own(&before.values, &before.kept, base.as_ref(), field)
    };
    let kept = own_values::record_kept_values(&values, base.as_ref(), is_own);
    StoredEntry { values, kept, ..before.clone() }
}

/// Returns the stored values with the fields of the file replaced.
fn apply_file_fields(stored_values: &EntryValues, imported: &ImportedEntry) -> EntryValues {
    let mut values = stored_values.clone();
    imported.fields.iter().for_each(|field| values.copy_field(*field, &imported.values));
    values
}

/// What an import did to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportOutcome {
    /// The entry was created.
    Created,
    /// The entry was changed.
    Updated,
    /// The entry differs from the file, but a rule or a pin kept the stored values.
    Kept,
    /// The entry equals the file.
    Unchanged,
}

/// Returns what the import did to the entry, and the changed fields that the next sync overwrites with MAL's values.
#[must_use]
pub fn classify_import(
    before: Option<&StoredEntry>,
    after: &StoredEntry,
    imported: &ImportedEntry,
) -> (ImportOutcome, Vec<Field>) {
    let Some(before) = before else { return (ImportOutcome::Created, Vec::new()) };
    if before == after {
        let equals_file = apply_file_fields(&before.values, imported).differing_fields(&before.values).next().is_none();
        return (if equals_file { ImportOutcome::Unchanged } else { ImportOutcome::Kept }, Vec::new());
    }
    let has_changed = |field: &Field| before.values.field_json(*field) != after.values.field_json(*field);
    (
        ImportOutcome::Updated,
        overwritten_by_next_sync(after).into_iter().map(|resolution| resolution.field).filter(has_changed).collect(),
    )
}

/// Sets absent episodes to 0, as in an entry that MAL sends.
fn with_episode_count(values: EntryValues) -> EntryValues {
    EntryValues { episodes_watched: values.episodes_watched.or(Some(0)), ..values }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{anime::Anime, merge_base::MergeBase, own_values::own_fields};

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
    fn imported_values_are_not_own_and_own_values_stay_own() {
        let file = EntryValues {
            status: "watching".into(),
            episodes_watched: Some(9),
            notes: Some("the file's".into()),
            ..EntryValues::default()
        };
        let fields = [Field::Status, Field::EpisodesWatched, Field::Notes];
        let created = plan_import(None, &imported_entry(&fields, file.clone())).entry;
        assert_eq!(own_fields(&created), []);
        let before = StoredEntry { values: EntryValues { score: Some(3), ..stored_entry().values }, ..stored_entry() };
        let after = plan_import(Some(&before), &imported_entry(&fields, file.clone())).entry;
        assert_eq!((after.values.episodes_watched, after.values.notes.as_deref()), (Some(9), Some("the file's")));
        assert_eq!(own_fields(&after), [Field::Score], "edited before");
        let again = plan_import(Some(&after), &imported_entry(&fields, file.clone()));
        assert_eq!((again.entry, again.field_edits.len()), (after, 0));
        let adopted = StoredEntry { base: None, ..before };
        let after = plan_import(Some(&adopted), &imported_entry(&fields, file)).entry;
        assert_eq!((own_fields(&after), after.values.notes.as_deref()), (vec![Field::Notes], Some("x")));
    }

    #[test]
    fn fields_missing_from_the_file_are_kept() {
        let file = EntryValues { status: "completed".into(), ..EntryValues::default() };
        let edit = plan_import(Some(&stored_entry()), &imported_entry(&[Field::Status], file));
        assert_eq!(edit.entry.values, EntryValues { status: "completed".into(), ..stored_entry().values });
        assert_eq!(edit.field_edits.len(), 1);
        assert_eq!((&edit.field_edits[0].local, &edit.field_edits[0].base), (&json!("watching"), &json!("watching")));
    }

    #[test]
    fn outcome_tells_kept_from_unchanged_and_lists_overwritten_fields() {
        let classify = |before: &StoredEntry, values: EntryValues| {
            let imported = imported_entry(&[Field::Status, Field::EpisodesWatched], values);
            classify_import(Some(before), &plan_import(Some(before), &imported).entry, &imported)
        };
        let file = |status: &str, episodes| EntryValues {
            status: status.into(),
            episodes_watched: Some(episodes),
            ..EntryValues::default()
        };
        assert_eq!(classify(&stored_entry(), file("watching", 5)), (ImportOutcome::Unchanged, Vec::new()));
        assert_eq!(classify(&stored_entry(), file("watching", 3)), (ImportOutcome::Kept, Vec::new()));
        assert_eq!(
            classify(&stored_entry(), file("watching", 9)),
            (ImportOutcome::Updated, Vec::new()),
            "the higher episode count survives the next sync"
        );
        assert_eq!(classify(&stored_entry(), file("dropped", 9)), (ImportOutcome::Updated, vec![Field::Status]));
        let pinned = StoredEntry { pinned: vec![Field::Status], ..stored_entry() };
        assert_eq!(classify(&pinned, file("dropped", 5)), (ImportOutcome::Kept, Vec::new()));
        let local_only = StoredEntry { base: None, ..stored_entry() };
        assert_eq!(
            classify(&local_only, file("dropped", 5)),
            (ImportOutcome::Updated, Vec::new()),
            "an entry without a merge base is not overwritten"
        );
        let before = StoredEntry { values: EntryValues { priority: 1, ..stored_entry().values }, ..stored_entry() };
        assert_eq!(
            classify(&before, file("watching", 6)),
            (ImportOutcome::Updated, Vec::new()),
            "a field that the import did not change is not listed"
        );
        let imported = imported_entry(&[Field::Status], file("dropped", 0));
        assert_eq!(
            classify_import(None, &plan_import(None, &imported).entry, &imported),
            (ImportOutcome::Created, Vec::new())
        );
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
        let created = plan_import(None, &file);
        assert_eq!((created.entry.base, created.entry.id, created.entry.values.episodes_watched), (None, 0, Some(0)));
        assert_eq!(created.field_edits[0].field, Field::Entry);
    }
}
