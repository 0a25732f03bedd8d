//! Builds the records of local edits, and forecasts what the next sync does to them. Pure.
//!
//! An edit applies no merge rule. [`resolve`] decides what the next sync does to it; [`overwritten_by_next_sync`]
//! tells.

use serde_json::Value;

use crate::domain::{
    change::MergeRule,
    edit::{EditForecast, EntryEdit, FieldEdit},
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    merge_base::MergeBase,
};

use super::{
    plan::removed_at_change,
    removal,
    resolve::{self, FieldResolution},
};

/// Returns the edit from `before` to `entry`: one field edit for each field that differs, or one for a created entry.
#[must_use]
pub fn plan_edit(before: Option<&StoredEntry>, entry: StoredEntry) -> EntryEdit {
    let base = merge_base_fields(&entry);
    let mut field_edits = Vec::new();
    match before {
        None => {
            let kept = removal::entry_json(&entry);
            field_edits.push(FieldEdit { field: Field::Entry, local: Value::Null, base: Value::Null, kept });
        }
        Some(before) => {
            let base = merge_base_fields(before).or(base);
            let base_value = |field| base.as_ref().map_or(Value::Null, |base| base.field_json(field));
            field_edits.extend(Field::SYNCED_FIELDS.into_iter().filter_map(|field| {
                let (local, kept) = (before.values.field_json(field), entry.values.field_json(field));
                (local != kept).then(|| FieldEdit { field, local, base: base_value(field), kept })
            }));
            if before.removed_at != entry.removed_at {
                let change = removed_at_change(entry.mal_id, before.removed_at, entry.removed_at);
                field_edits.push(FieldEdit {
                    field: change.field,
                    local: change.local,
                    base: Value::Null,
                    kept: change.kept,
                });
            }
        }
    }
    EntryEdit { entry, field_edits, is_deleted: false }
}

/// Returns the edit that deletes an entry.
#[must_use]
pub fn plan_delete(entry: &StoredEntry) -> EntryEdit {
    let change = removal::entry_deleted_change(entry);
    let field_edit = FieldEdit { field: change.field, local: change.local, base: Value::Null, kept: Value::Null };
    EntryEdit { entry: entry.clone(), field_edits: vec![field_edit], is_deleted: true }
}

/// Returns the edit that pins exactly these fields: one field edit, with the current value, for each field whose pin is
/// set or removed.
#[must_use]
pub fn plan_pins(before: &StoredEntry, pins: &[Field]) -> EntryEdit {
    let base = merge_base_fields(before);
    let has_changed = |field: &Field| pins.contains(field) != before.pinned.contains(field);
    let field_edit = |field| {
        let value = before.values.field_json(field);
        let base = base.as_ref().map_or(Value::Null, |base| base.field_json(field));
        FieldEdit { field, local: value.clone(), base, kept: value }
    };
    let field_edits = Field::SYNCED_FIELDS.into_iter().filter(has_changed).map(field_edit).collect();
    let pinned = Field::SYNCED_FIELDS.into_iter().filter(|field| pins.contains(field)).collect();
    EntryEdit { entry: StoredEntry { pinned, ..before.clone() }, field_edits, is_deleted: false }
}

/// Forecasts for each field of an edit what the next sync does to it.
#[must_use]
pub fn forecast_edit(edit: &EntryEdit) -> Vec<EditForecast> {
    let entry = &edit.entry;
    let known_on_mal = merge_base_fields(entry).is_some() && entry.removed_at.is_none();
    let overwritten: Vec<Field> = overwritten_by_next_sync(entry).iter().map(|resolution| resolution.field).collect();
    let forecast = |field_edit: &FieldEdit| {
        let has_rule = Field::SYNCED_FIELDS.contains(&field_edit.field);
        let rule = has_rule.then(|| resolve::effective_rule(field_edit.field, &entry.pinned));
        let survives_sync =
            if known_on_mal { !overwritten.contains(&field_edit.field) } else { rule != Some(MergeRule::MalWins) };
        let mal = if has_rule { field_edit.base.clone() } else { Value::Null };
        EditForecast {
            field: field_edit.field,
            local: field_edit.local.clone(),
            kept: field_edit.kept.clone(),
            mal,
            known_on_mal,
            survives_sync,
            rule,
        }
    };
    edit.field_edits.iter().map(forecast).collect()
}

/// Returns MAL's values at the last sync. Returns `None` if MAL never had the entry, or the merge base is unreadable.
#[must_use]
pub fn merge_base_fields(entry: &StoredEntry) -> Option<EntryValues> {
    entry.base.as_ref().and_then(MergeBase::parse_values)
}

/// Returns the fields that differ from the merge base: the local edits. Returns `None` if there is no readable base.
#[must_use]
pub fn locally_edited_fields(entry: &StoredEntry) -> Option<Vec<Field>> {
    let base = merge_base_fields(entry)?;
    Some(entry.values.differing_fields(&base).collect())
}

/// Returns the local edits that the next sync overwrites, assuming that MAL's values have not changed.
#[must_use]
pub fn overwritten_by_next_sync(entry: &StoredEntry) -> Vec<FieldResolution> {
    let Some(base) = merge_base_fields(entry).filter(|_| entry.removed_at.is_none()) else { return Vec::new() };
    let resolutions = resolve::resolve_entry(&entry.values, Some(&base), &base, &entry.pinned).field_resolutions;
    resolutions.into_iter().filter(|resolution| resolution.changed).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn stored_entry() -> StoredEntry {
        let base = MergeBase::from(
            json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}),
        );
        StoredEntry {
            id: 1,
            mal_id: 1,
            values: base.parse_values().unwrap(),
            base: Some(base),
            ..StoredEntry::default()
        }
    }

    #[test]
    fn field_edit_has_values_before_and_after_and_mals() {
        let before = StoredEntry { values: EntryValues { score: Some(9), ..stored_entry().values }, ..stored_entry() };
        let after = StoredEntry { values: EntryValues { score: None, ..stored_entry().values }, ..stored_entry() };
        let field_edits = plan_edit(Some(&before), after).field_edits;
        assert_eq!(
            field_edits,
            [FieldEdit { field: Field::Score, local: json!(9), base: json!(8), kept: Value::Null }]
        );
    }

    #[test]
    fn created_entry_is_one_field_edit() {
        let field_edits = plan_edit(None, stored_entry()).field_edits;
        assert_eq!(field_edits.len(), 1);
        assert_eq!((field_edits[0].field, &field_edits[0].local), (Field::Entry, &Value::Null));
    }

    #[test]
    fn forecast_has_rule_and_whether_the_edit_survives() {
        let forecast = |before: &StoredEntry| {
            let values = EntryValues {
                status: "dropped".into(),
                score: Some(9),
                episodes_watched: Some(7),
                ..fields_of(before)
            };
            let fields = forecast_edit(&plan_edit(Some(before), StoredEntry { values, ..before.clone() }));
            fields.into_iter().map(|field| (field.rule.unwrap().as_str(), field.survives_sync)).collect::<Vec<_>>()
        };
        assert_eq!(forecast(&stored_entry()), [("mal", false), ("mal_if_scored", false), ("higher", true)]);
        let pinned = StoredEntry { pinned: vec![Field::Status], ..stored_entry() };
        assert_eq!(forecast(&pinned), [("pinned", true), ("mal_if_scored", false), ("higher", true)]);
        let local_only = StoredEntry { base: None, ..stored_entry() };
        assert_eq!(forecast(&local_only), [("mal", false), ("mal_if_scored", true), ("higher", true)]);
    }

    fn fields_of(entry: &StoredEntry) -> EntryValues {
        entry.values.clone()
    }

    #[test]
    fn pinning_is_recorded_with_the_kept_value() {
        let edit = plan_pins(&stored_entry(), &[Field::Notes, Field::Score]);
        assert_eq!(edit.entry.pinned, [Field::Score, Field::Notes], "pins are in the order of the fields");
        let score = FieldEdit { field: Field::Score, local: json!(8), base: json!(8), kept: json!(8) };
        assert_eq!((edit.field_edits.len(), &edit.field_edits[0]), (2, &score));
        assert_eq!(plan_pins(&edit.entry, &[Field::Score]).field_edits[0].field, Field::Notes);
        assert!(
            overwritten_by_next_sync(&StoredEntry {
                values: EntryValues { score: Some(9), ..fields_of(&stored_entry()) },
                ..edit.entry
            })
            .is_empty()
        );
    }

    #[test]
    fn locally_edited_fields_differ_from_the_merge_base() {
        assert_eq!(locally_edited_fields(&stored_entry()), Some(Vec::new()));
        let edited = StoredEntry {
            values: EntryValues { score: Some(9), notes: Some("x".into()), ..stored_entry().values },
            ..stored_entry()
        };
        assert_eq!(locally_edited_fields(&edited), Some(vec![Field::Score, Field::Notes]));
        assert_eq!(locally_edited_fields(&StoredEntry { base: None, ..edited.clone() }), None);
        let overwritten: Vec<Field> =
            overwritten_by_next_sync(&edited).iter().map(|resolution| resolution.field).collect();
        assert_eq!(overwritten, [Field::Score], "local notes survive");
    }
}
