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
    own_values,
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

/// Returns the edit by which the user sets the `named` fields of an entry to those of `values`. Returns `None` if it
/// changes nothing.
///
/// A named value becomes the user's own even if it is the stored value.
#[must_use]
pub fn plan_user_edit(before: &StoredEntry, values: EntryValues, named: &[Field]) -> Option<EntryEdit> {
    let base = merge_base_fields(before);
    let was_own = |field| own_values::is_own(&before.values, &before.kept, base.as_ref(), field);
    let is_written = |field| named.contains(&field) || !before.values.has_same(field, &values);
    let kept = own_values::record_kept_values(&values, base.as_ref(), |field| is_written(field) || was_own(field));
    let written: Vec<Field> = Field::SYNCED_FIELDS.into_iter().filter(|field| is_written(*field)).collect();
    let after = StoredEntry { values, kept, altered: before.altered.without(&written), ..before.clone() };
    let mut edit = plan_edit(Some(before), after);
    // A value that MAL took otherwise is own already; the edit makes it one that a push sends again.
    let is_new = |field: Field| !was_own(field) || before.altered.contains(field, before.values.get(field));
    let becomes_own = |field: &Field| {
        is_new(*field) && own_values::is_own(&edit.entry.values, &edit.entry.kept, base.as_ref(), *field)
    };
    let newly_own: Vec<Field> = named.iter().copied().filter(becomes_own).collect();
    record_unchanged_fields(&mut edit, before, &newly_own);
    (!edit.field_edits.is_empty()).then_some(edit)
}

/// Plans an edit as [`plan_user_edit`] does, and pins the fields that it names or changes.
#[must_use]
pub fn plan_pinning_edit(before: &StoredEntry, values: EntryValues, named: &[Field]) -> Option<EntryEdit> {
    let unchanged = || EntryEdit { entry: before.clone(), field_edits: Vec::new(), is_deleted: false };
    let mut edit = plan_user_edit(before, values, named).unwrap_or_else(unchanged);
    let is_set = |field: &Field| named.contains(field) || edit.field_edits.iter().any(|edited| edited.field == *field);
    let set: Vec<Field> = Field::SYNCED_FIELDS.into_iter().filter(is_set).collect();
    let newly_pinned: Vec<Field> = set.into_iter().filter(|field| !before.pinned.contains(field)).collect();
    let is_pinned = |field: &Field| before.pinned.contains(field) || newly_pinned.contains(field);
    edit.entry.pinned = Field::SYNCED_FIELDS.into_iter().filter(is_pinned).collect();
    record_unchanged_fields(&mut edit, before, &newly_pinned);
    (!edit.field_edits.is_empty()).then_some(edit)
}

/// Adds a field edit with the unchanged value for each of these fields that the edit does not change.
pub(super) fn record_unchanged_fields(edit: &mut EntryEdit, before: &StoredEntry, fields: &[Field]) {
    let base = merge_base_fields(before);
    for field in fields {
        if edit.field_edits.iter().any(|field_edit| field_edit.field == *field) {
            continue;
        }
        let value = before.values.field_json(*field);
        let base = base.as_ref().map_or(Value::Null, |base| base.field_json(*field));
        edit.field_edits.push(FieldEdit { field: *field, local: value.clone(), base, kept: value });
    }
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
    let has_changed = |field: &Field| pins.contains(field) != before.pinned.contains(field);
    let changed: Vec<Field> = Field::SYNCED_FIELDS.into_iter().filter(has_changed).collect();
    let pinned = Field::SYNCED_FIELDS.into_iter().filter(|field| pins.contains(field)).collect();
    let entry = StoredEntry { pinned, ..before.clone() };
    let mut edit = EntryEdit { entry, field_edits: Vec::new(), is_deleted: false };
    record_unchanged_fields(&mut edit, before, &changed);
    edit
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

/// Returns the local edits that the next sync overwrites, assuming that MAL's values have not changed.
#[must_use]
pub fn overwritten_by_next_sync(entry: &StoredEntry) -> Vec<FieldResolution> {
    let Some(base) = merge_base_fields(entry).filter(|_| entry.removed_at.is_none()) else { return Vec::new() };
    let resolutions =
        resolve::resolve_entry(&entry.values, &entry.kept, Some(&base), &base, &entry.pinned).field_resolutions;
    resolutions.into_iter().filter(|resolution| resolution.changed).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{kept_values::KeptValues, own_values::own_fields};

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
    fn pinning_edit_pins_what_it_names_or_changes() {
        let before = StoredEntry { pinned: vec![Field::Notes], ..stored_entry() };
        let values = EntryValues { score: Some(9), ..before.values.clone() };
        let edit = plan_pinning_edit(&before, values, &[Field::Score, Field::Status]).unwrap();
        assert_eq!(edit.entry.pinned, [Field::Status, Field::Score, Field::Notes]);
        let fields: Vec<Field> = edit.field_edits.iter().map(|field_edit| field_edit.field).collect();
        assert_eq!(fields, [Field::Score, Field::Status], "an unchanged field is recorded because its pin is new");
        let values = edit.entry.values.clone();
        assert_eq!(plan_pinning_edit(&edit.entry, values, &[Field::Score]), None, "nothing is left to do");
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
    fn named_value_becomes_own_even_if_it_is_the_stored_one() {
        let values = EntryValues { finish_date: "2020".parse().ok(), ..stored_entry().values };
        let mut kept = KeptValues::default();
        kept.insert(Field::FinishDate, values.get(Field::FinishDate));
        let before = StoredEntry { values: values.clone(), kept, ..stored_entry() };
        assert_eq!(own_fields(&before), []);
        let edit = plan_user_edit(&before, values.clone(), &[Field::FinishDate, Field::Score]).unwrap();
        assert_eq!(own_fields(&edit.entry), [Field::FinishDate], "the score is MAL's");
        let record =
            FieldEdit { field: Field::FinishDate, local: json!("2020"), base: Value::Null, kept: json!("2020") };
        assert_eq!(edit.field_edits, [record]);
        assert_eq!(plan_user_edit(&edit.entry, values.clone(), &[Field::FinishDate]), None, "it is own already");
        assert_eq!(plan_user_edit(&before, values, &[Field::Score]), None);
    }

    #[test]
    fn edit_leaves_other_kept_values_kept() {
        let values =
            EntryValues { finish_date: "2020".parse().ok(), episodes_watched: Some(9), ..stored_entry().values };
        let mut kept = KeptValues::default();
        kept.insert(Field::FinishDate, values.get(Field::FinishDate));
        let before = StoredEntry { values: values.clone(), kept: kept.clone(), ..stored_entry() };
        let edited = EntryValues { notes: Some("x".into()), ..values };
        let edit = plan_user_edit(&before, edited, &[Field::Notes]).unwrap();
        assert_eq!((&edit.entry.kept, own_fields(&edit.entry)), (&kept, vec![Field::EpisodesWatched, Field::Notes]));
    }

    #[test]
    fn edit_of_an_entry_of_another_application_makes_only_that_value_own() {
        let adopted = StoredEntry { base: None, ..stored_entry() };
        assert_eq!(own_fields(&adopted), []);
        let values = EntryValues { score: Some(9), ..adopted.values.clone() };
        let edit = plan_user_edit(&adopted, values, &[Field::Score]).unwrap();
        assert_eq!(own_fields(&edit.entry), [Field::Score]);
    }

    #[test]
    fn kept_notes_that_the_next_sync_replaces_are_forecast() {
        let base = MergeBase::from(json!({"status": "watching", "comments": "MAL's"}));
        let values = EntryValues { notes: Some("old".into()), ..base.parse_values().unwrap() };
        let own = StoredEntry { values: values.clone(), base: Some(base), ..stored_entry() };
        assert!(overwritten_by_next_sync(&own).is_empty());
        let mut kept = KeptValues::default();
        kept.insert(Field::Notes, values.get(Field::Notes));
        let overwritten = overwritten_by_next_sync(&StoredEntry { kept, ..own });
        assert_eq!(overwritten.iter().map(|resolution| resolution.field).collect::<Vec<_>>(), [Field::Notes]);
    }
}
