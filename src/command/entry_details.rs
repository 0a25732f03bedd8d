//! Computes what the views show about entries besides their values: local edits, and what the next sync does to them.

use crate::{
    domain::{entry::StoredEntry, entry_fields::Field, list_entry::ListEntry, own_values},
    exchange::{ListRow, OutputColumn},
    sync::edit::{merge_base_fields, overwritten_by_next_sync},
    ui::view::field_state::{FieldState, PendingOverwrite},
};

/// Returns the rows of these entries for output with these columns. Local edits are computed only if a column shows
/// them.
pub(super) fn to_list_rows<'a>(items: &'a [ListEntry], columns: &[OutputColumn]) -> Vec<ListRow<'a>> {
    let needs_edits = columns.iter().any(OutputColumn::shows_local_edits);
    let to_row = |entry| if needs_edits { to_list_row(entry) } else { ListRow { entry, edited_fields: None } };
    items.iter().map(to_row).collect()
}

/// Returns the row of an entry.
pub(super) fn to_list_row(entry: &ListEntry) -> ListRow<'_> {
    ListRow { entry, edited_fields: Some(own_values::own_fields(&entry.stored)) }
}

/// Returns the state of every synced field of an entry.
pub(super) fn field_states(entry: &StoredEntry) -> Vec<FieldState> {
    let base = merge_base_fields(entry);
    let overwrites = overwritten_by_next_sync(entry);
    let own = own_values::own_fields(entry);
    let differing: Vec<Field> = base
        .as_ref()
        .map(|base| own_values::fields_differing_from_mal(&entry.values, base).collect())
        .unwrap_or_default();
    let state = |field: Field| FieldState {
        field,
        local: entry.values.field_json(field),
        mal: base.as_ref().map(|base| base.field_json(field)),
        differs_from_mal: differing.contains(&field),
        is_own: own.contains(&field),
        is_pinned: entry.pinned.contains(&field),
        overwrite: overwrites
            .iter()
            .find(|resolution| resolution.field == field)
            .map(|resolution| PendingOverwrite { kept: resolution.kept.clone(), rule: resolution.rule }),
    };
    Field::SYNCED_FIELDS.into_iter().map(state).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::{anime::Anime, entry_fields::EntryValues, merge_base::MergeBase};

    /// Returns an entry with score 9, where MAL has 8, and a changed priority.
    fn edited_entry(pinned: &[Field]) -> StoredEntry {
        let base = MergeBase::from(json!({"status": "watching", "score": 8, "num_episodes_watched": 5}));
        let values = EntryValues { score: Some(9), priority: 1, ..base.parse_values().unwrap() };
        StoredEntry { id: 1, mal_id: 1, values, base: Some(base), pinned: pinned.to_vec(), ..StoredEntry::default() }
    }

    fn state_of(entry: &StoredEntry, field: Field) -> FieldState {
        field_states(entry).into_iter().find(|state| state.field == field).unwrap()
    }

    #[test]
    fn field_state_has_both_values_and_what_the_next_sync_makes_of_them() {
        let states = field_states(&edited_entry(&[Field::Priority]));
        assert!(states.iter().map(|state| state.field).eq(Field::SYNCED_FIELDS));
        let score = state_of(&edited_entry(&[Field::Priority]), Field::Score);
        assert_eq!((&score.local, &score.mal, score.is_pinned), (&json!(9), &Some(json!(8)), false));
        let overwrite = score.overwrite.unwrap();
        assert_eq!((&overwrite.kept, overwrite.rule.as_str()), (&json!(8), "mal_if_scored"));
    }

    #[test]
    fn pinned_removed_and_local_entries_are_not_overwritten() {
        let is_overwritten = |entry: &StoredEntry| field_states(entry).iter().any(|state| state.overwrite.is_some());
        assert!(is_overwritten(&edited_entry(&[])));
        assert!(!is_overwritten(&edited_entry(&[Field::Score, Field::Priority])));
        let removed = StoredEntry { removed_at: Some(chrono::DateTime::UNIX_EPOCH), ..edited_entry(&[]) };
        assert!(!is_overwritten(&removed));
        let local_only = StoredEntry { base: None, ..edited_entry(&[]) };
        assert!(!is_overwritten(&local_only));
        let unset = StoredEntry { values: EntryValues::default(), ..edited_entry(&[]) };
        assert_eq!(
            (state_of(&local_only, Field::Score).mal, state_of(&unset, Field::Score).local),
            (None, Value::Null)
        );
    }

    #[test]
    fn local_edits_are_computed_only_for_columns_that_show_them() {
        let items = [ListEntry { anime: Anime::default(), stored: edited_entry(&[]), updated_at: None }];
        let edits = |names: &[&str]| {
            let columns: Vec<_> = names.iter().filter_map(|name| OutputColumn::from_name(name)).collect();
            to_list_rows(&items, &columns).remove(0).edited_fields
        };
        assert_eq!(edits(&["title", "edited"]), Some(vec![Field::Score, Field::Priority]));
        assert_eq!(edits(&["title", "score"]), None);
    }
}
