//! Plans to give fields of an entry MAL's last values. Pure.
//!
//! An entry that MAL does not have keeps its values. A pinned field is reverted too, and its pin stays.

use crate::domain::{
    edit::EntryEdit,
    entry::StoredEntry,
    entry_fields::Field,
    own_values::{self, comparable_value},
};

use super::{
    edit::{merge_base_fields, plan_edit},
    push::difference::{count_field, find_differences, is_only_here},
};

/// Returns the edit that gives the named fields of an entry MAL's last values, or all fields if none are named. Returns
/// `None` if no field differs, or if MAL does not have the entry.
#[must_use]
pub fn plan_revert(entry: &StoredEntry, named: &[Field]) -> Option<EntryEdit> {
    if is_only_here(entry) {
        return None;
    }
    let base = merge_base_fields(entry)?;
    let mut after = entry.clone();
    let mut reverted = Vec::new();
    // A second pass, because reverting `is_rewatching` changes which count is compared.
    for _ in 0..2 {
        let count = count_field(after.values.is_rewatching);
        let is_named = |field: Field| {
            named.is_empty() || named.contains(&field) || (field == count && named.contains(&Field::EpisodesWatched))
        };
        for difference in find_differences(&after) {
            let field = difference.field;
            if !is_named(field) || comparable_value(&base, field).is_none() {
                continue;
            }
            after.values.copy_field(field, &base);
            reverted.push(field);
            if field == Field::IsRewatching {
                after.values.copy_field(Field::RewatchEpisodes, &base);
                reverted.push(Field::RewatchEpisodes);
            }
        }
    }
    if after.values == entry.values {
        return None;
    }
    let was_own = |field: Field| own_values::is_own(&entry.values, &entry.kept, Some(&base), field);
    after.kept = own_values::record_kept_values(&after.values, Some(&base), was_own);
    after.altered = after.altered.without(&reverted);
    Some(plan_edit(Some(entry), after))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;
    use crate::domain::{entry_fields::EntryValues, merge_base::MergeBase, own_values::own_fields};

    fn entry_with(mal: serde_json::Value, change: impl FnOnce(&mut EntryValues)) -> StoredEntry {
        let base = MergeBase::from(mal);
        let mut values = base.parse_values().unwrap();
        change(&mut values);
        StoredEntry { id: 1, mal_id: 1, values, base: Some(base), ..StoredEntry::default() }
    }

    fn changed_fields(edit: Option<&EntryEdit>) -> Vec<&'static str> {
        edit.map(|edit| edit.field_edits.iter().map(|field| field.field.as_str()).collect()).unwrap_or_default()
    }

    #[test]
    fn fields_take_mals_last_values_and_are_nobodys_own() {
        let mal = json!({"status": "watching", "score": 7, "num_episodes_watched": 5});
        let mut entry = entry_with(mal, |values| {
            (values.score, values.notes) = (Some(9), Some("mine".into()));
        });
        entry.pinned = vec![Field::Score];
        let all = plan_revert(&entry, &[]).unwrap();
        assert_eq!(changed_fields(Some(&all)), ["score", "notes"]);
        assert_eq!((own_fields(&all.entry), &all.entry.pinned), (Vec::new(), &entry.pinned), "pins stay");
        let one = plan_revert(&entry, &[Field::Score, Field::Tags]);
        assert_eq!(changed_fields(one.as_ref()), ["score"]);
        assert_eq!(own_fields(&one.unwrap().entry), [Field::Notes]);
        assert_eq!(plan_revert(&all.entry, &[]), None);
        let removed = StoredEntry { removed_at: Some(DateTime::UNIX_EPOCH), ..entry.clone() };
        assert_eq!(plan_revert(&removed, &[]), None);
        assert_eq!(plan_revert(&StoredEntry { base: None, ..entry }, &[]), None);
    }

    #[test]
    fn flag_of_a_rewatch_comes_with_its_count() {
        let mal = json!({"status": "completed", "num_episodes_watched": 12});
        let begun = entry_with(mal, |values| {
            (values.is_rewatching, values.rewatch_episodes, values.episodes_watched) = (true, Some(3), Some(10));
        });
        let reverted = plan_revert(&begun, &[]).unwrap().entry.values;
        assert_eq!((reverted.is_rewatching, reverted.rewatch_episodes), (false, None));
        assert_eq!(reverted.episodes_watched, Some(12));
        let mal = json!({"status": "completed", "is_rewatching": true, "num_episodes_watched": 3});
        let ended = entry_with(mal, |values| {
            (values.is_rewatching, values.rewatch_episodes, values.episodes_watched) = (false, None, Some(12));
        });
        let reverted = plan_revert(&ended, &[]).unwrap().entry.values;
        assert_eq!((reverted.is_rewatching, reverted.rewatch_episodes), (true, Some(3)));
        assert_eq!(reverted.episodes_watched, Some(12), "MAL says nothing about the first time");
        assert_eq!(plan_revert(&ended, &[Field::EpisodesWatched]), None);
    }
}
