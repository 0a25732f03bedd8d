//! What a local edit is: a value of the user's own, recorded against MAL's as last seen. Pure.
//!
//! An edit is no rule: what the next sync makes of it is decided in `resolve`, and told by [`set_back`].

use serde_json::Value;

use crate::domain::{
    change::{Field, MergeRule},
    edit::{EntryEdit, FieldEdit},
    entry::{EntryValues, StoredEntry},
    merge_base::MergeBase,
};

use super::{
    plan::removed_at_change,
    removal,
    resolve::{self, FieldResolution, field_json},
};

/// An edit with its record: one line a field that differs, or one line for an entry that is made.
#[must_use]
pub fn plan_edit(before: Option<&StoredEntry>, entry: StoredEntry) -> EntryEdit {
    let base = merge_base_fields(&entry);
    let mut lines = Vec::new();
    match before {
        None => {
            let kept = removal::entry_json(&entry);
            lines.push(FieldEdit { field: Field::Entry, local: Value::Null, base: Value::Null, kept });
        }
        Some(before) => {
            let base = merge_base_fields(before).or(base);
            let of_base = |field| base.as_ref().map_or(Value::Null, |base| field_json(base, field));
            lines.extend(Field::SYNCED_FIELDS.into_iter().filter_map(|field| {
                let (local, kept) = (field_json(&before.values, field), field_json(&entry.values, field));
                (local != kept).then(|| FieldEdit { field, local, base: of_base(field), kept })
            }));
            if before.removed_at != entry.removed_at {
                let mark = removed_at_change(entry.mal_id, before.removed_at, entry.removed_at);
                lines.push(FieldEdit { field: mark.field, local: mark.local, base: Value::Null, kept: mark.kept });
            }
        }
    }
    EntryEdit { entry, field_edits: lines, is_deleted: false }
}

/// An entry deleted, with its record.
#[must_use]
pub fn plan_delete(entry: &StoredEntry) -> EntryEdit {
    let line = removal::entry_deleted_change(entry);
    let line = FieldEdit { field: line.field, local: line.local, base: Value::Null, kept: Value::Null };
    EntryEdit { entry: entry.clone(), field_edits: vec![line], is_deleted: true }
}

/// An entry with these fields pinned and no others, with its record: one line a field that is pinned or let go, with its
/// value.
#[must_use]
pub fn plan_pins(before: &StoredEntry, pins: &[Field]) -> EntryEdit {
    let base = merge_base_fields(before);
    let moved = |field: &Field| pins.contains(field) != before.pinned.contains(field);
    let line = |field| {
        let value = field_json(&before.values, field);
        let base = base.as_ref().map_or(Value::Null, |base| field_json(base, field));
        FieldEdit { field, local: value.clone(), base, kept: value }
    };
    let lines = Field::SYNCED_FIELDS.into_iter().filter(moved).map(line).collect();
    let pinned = Field::SYNCED_FIELDS.into_iter().filter(|field| pins.contains(field)).collect();
    EntryEdit { entry: StoredEntry { pinned, ..before.clone() }, field_edits: lines, is_deleted: false }
}

/// What is to come of one field that was edited.
#[derive(Clone, Debug, PartialEq)]
pub struct EditForecast {
    /// Which.
    pub field: Field,
    /// The value before.
    pub local: Value,
    /// The value now.
    pub kept: Value,
    /// MAL's value as last seen.
    pub mal: Value,
    /// MAL was seen to have the entry, and not to have it no longer.
    pub known_on_mal: bool,
    /// The next sync leaves it, were MAL's value then what it was when last seen. Of an entry that MAL was not seen to have,
    /// the fields that are always MAL's do not stay: should it be there, they go.
    pub survives_sync: bool,
    /// The rule that says so; none for an entry that is made or deleted, and for the mark.
    pub rule: Option<MergeRule>,
}

/// What is to come of an edit, field by field.
#[must_use]
pub fn forecast_edit(edited: &EntryEdit) -> Vec<EditForecast> {
    let entry = &edited.entry;
    let seen = merge_base_fields(entry).is_some() && entry.removed_at.is_none();
    let back: Vec<Field> = overwritten_by_next_sync(entry).iter().map(|settled| settled.field).collect();
    let told = |line: &FieldEdit| {
        let ruled = Field::SYNCED_FIELDS.contains(&line.field);
        let rule = ruled.then(|| resolve::effective_rule(line.field, &entry.pinned));
        let stays = if seen { !back.contains(&line.field) } else { rule != Some(MergeRule::MalWins) };
        let mal = if ruled { line.base.clone() } else { Value::Null };
        EditForecast {
            field: line.field,
            local: line.local.clone(),
            kept: line.kept.clone(),
            mal,
            known_on_mal: seen,
            survives_sync: stays,
            rule,
        }
    };
    edited.field_edits.iter().map(told).collect()
}

/// MAL's values as last seen.
#[must_use]
pub fn merge_base_fields(entry: &StoredEntry) -> Option<EntryValues> {
    entry.base.as_ref().and_then(MergeBase::parse_values)
}

/// The fields in which the entry differs from MAL's values as last seen: its local edits. None where MAL never had it.
#[must_use]
pub fn locally_edited_fields(entry: &StoredEntry) -> Option<Vec<Field>> {
    let base = merge_base_fields(entry)?;
    let differs = |field: &Field| field_json(&entry.values, *field) != field_json(&base, *field);
    Some(Field::SYNCED_FIELDS.into_iter().filter(differs).collect())
}

/// What the next sync will set back, were MAL's values then what they were when last seen.
#[must_use]
pub fn overwritten_by_next_sync(entry: &StoredEntry) -> Vec<FieldResolution> {
    let Some(base) = merge_base_fields(entry).filter(|_| entry.removed_at.is_none()) else { return Vec::new() };
    let settled = resolve::resolve_entry(&entry.values, Some(&base), &base, &entry.pinned).field_resolutions;
    settled.into_iter().filter(|settled| settled.changed).collect()
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
        let lines = plan_edit(Some(&before), after).field_edits;
        assert_eq!(lines, [FieldEdit { field: Field::Score, local: json!(9), base: json!(8), kept: Value::Null }]);
    }

    #[test]
    fn created_entry_is_one_field_edit() {
        let lines = plan_edit(None, stored_entry()).field_edits;
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].field, &lines[0].local), (Field::Entry, &Value::Null));
    }

    #[test]
    fn forecast_has_rule_and_whether_the_edit_survives() {
        let change = |before: &StoredEntry| {
            let values = EntryValues {
                status: "dropped".into(),
                score: Some(9),
                episodes_watched: Some(7),
                ..fields_of(before)
            };
            let told = forecast_edit(&plan_edit(Some(before), StoredEntry { values, ..before.clone() }));
            told.into_iter().map(|told| (told.rule.unwrap().as_str(), told.survives_sync)).collect::<Vec<_>>()
        };
        assert_eq!(change(&stored_entry()), [("mal", false), ("mal_if_scored", false), ("higher", true)]);
        let pinned = StoredEntry { pinned: vec![Field::Status], ..stored_entry() };
        assert_eq!(change(&pinned), [("pinned", true), ("mal_if_scored", false), ("higher", true)]);
        let ours = StoredEntry { base: None, ..stored_entry() };
        assert_eq!(change(&ours), [("mal", false), ("mal_if_scored", true), ("higher", true)]);
    }

    fn fields_of(entry: &StoredEntry) -> EntryValues {
        entry.values.clone()
    }

    #[test]
    fn pinning_is_recorded_with_the_kept_value() {
        let edited = plan_pins(&stored_entry(), &[Field::Notes, Field::Score]);
        assert_eq!(edited.entry.pinned, [Field::Score, Field::Notes], "in one order");
        let score = FieldEdit { field: Field::Score, local: json!(8), base: json!(8), kept: json!(8) };
        assert_eq!((edited.field_edits.len(), &edited.field_edits[0]), (2, &score));
        assert_eq!(plan_pins(&edited.entry, &[Field::Score]).field_edits[0].field, Field::Notes);
        assert!(
            overwritten_by_next_sync(&StoredEntry {
                values: EntryValues { score: Some(9), ..fields_of(&stored_entry()) },
                ..edited.entry
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
        let back: Vec<Field> = overwritten_by_next_sync(&edited).iter().map(|settled| settled.field).collect();
        assert_eq!(back, [Field::Score], "own notes stay");
    }
}
