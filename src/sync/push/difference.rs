//! What differs from MAL's last value, and why. Pure.
//!
//! Entry point: [`find_differences`]. MAL's last value is the merge base, so no request is needed.

use serde_json::Value;

use super::form_value::is_same_on_mal;
use crate::{
    domain::{
        difference::{DifferenceReason, FieldDifference},
        entry::StoredEntry,
        entry_fields::{EntryValues, Field},
        field_value::FieldValue,
        own_values::{self, comparable_value},
    },
    sync::{edit::merge_base_fields, resolve::effective_rule},
};

/// Returns true if MAL does not have the entry, as far as is known here.
#[must_use]
pub const fn is_only_here(entry: &StoredEntry) -> bool {
    entry.base.is_none() || entry.removed_at.is_some()
}

/// Returns the fields of which MAL has a value: of the two counts of episodes, MAL has that of the rewatch while the entry
/// is being rewatched.
pub fn fields_on_mal(values: &EntryValues) -> impl Iterator<Item = Field> {
    let other_count = other_count_field(values.is_rewatching);
    Field::SYNCED_FIELDS.into_iter().filter(move |field| *field != other_count)
}

/// Returns the count of episodes that MAL has of an entry.
#[must_use]
pub const fn count_field(is_rewatching: bool) -> Field {
    if is_rewatching { Field::RewatchEpisodes } else { Field::EpisodesWatched }
}

/// Returns the count of episodes that MAL does not have of an entry.
#[must_use]
pub const fn other_count_field(is_rewatching: bool) -> Field {
    count_field(!is_rewatching)
}

/// Returns MAL's count of episodes, whatever it counts.
#[must_use]
pub fn count_on_mal(mal: &EntryValues) -> FieldValue<'_> {
    mal.get(count_field(mal.is_rewatching))
}

/// Returns the fields that differ from MAL's last value. For an entry that MAL does not have: the fields that are not
/// empty. Returns none for an entry whose merge base cannot be read.
#[must_use]
pub fn find_differences(entry: &StoredEntry) -> Vec<FieldDifference> {
    let base = merge_base_fields(entry);
    let difference = |field: Field| {
        let is_pinned = entry.pinned.contains(&field);
        let reason = difference_reason(entry, base.as_ref(), field, is_pinned)?;
        Some(FieldDifference {
            field,
            local: entry.values.field_json(field),
            mal: last_value_json(base.as_ref(), field),
            reason,
            rule: (reason != DifferenceReason::OnlyHere).then(|| effective_rule(field, &entry.pinned)),
            is_pinned,
        })
    };
    fields_on_mal(&entry.values).filter_map(difference).collect()
}

/// Returns MAL's last value. Returns JSON `null` if MAL never had the entry, or says nothing about the field.
fn last_value_json(base: Option<&EntryValues>, field: Field) -> Value {
    base.and_then(|base| comparable_value(base, field)).map_or(Value::Null, |value| value.to_json())
}

fn difference_reason(
    entry: &StoredEntry,
    base: Option<&EntryValues>,
    field: Field,
    is_pinned: bool,
) -> Option<DifferenceReason> {
    let local = entry.values.get(field);
    if is_only_here(entry) {
        return local.is_set().then_some(DifferenceReason::OnlyHere);
    }
    // If MAL's count is that of the other viewing (the first one or the rewatch), a local count that is set differs.
    match comparable_value(base?, field) {
        Some(mal) if is_same_on_mal(field, local, mal) => return None,
        None if !local.is_set() => return None,
        _ => {}
    }
    Some(match (own_values::is_own(&entry.values, &entry.kept, base, field), is_pinned) {
        (true, _) => DifferenceReason::Edited,
        (false, true) => DifferenceReason::Pinned,
        (false, false) => DifferenceReason::Kept,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;
    use crate::domain::{change::MergeRule, kept_values::KeptValues, merge_base::MergeBase};

    /// Returns an entry that MAL had with score 7 and 5 episodes, and that has these values here.
    fn entry_with(change: impl FnOnce(&mut EntryValues)) -> StoredEntry {
        let base = MergeBase::from(json!({"status": "watching", "score": 7, "num_episodes_watched": 5}));
        let mut values = base.parse_values().unwrap();
        change(&mut values);
        StoredEntry { id: 1, mal_id: 1, values, base: Some(base), ..StoredEntry::default() }
    }

    fn reasons(entry: &StoredEntry) -> Vec<(&'static str, &'static str, Option<&'static str>)> {
        let reason = |difference: FieldDifference| {
            (difference.field.as_str(), difference.reason.as_str(), difference.rule.map(MergeRule::as_str))
        };
        find_differences(entry).into_iter().map(reason).collect()
    }

    #[test]
    fn each_difference_has_its_reason_and_rule() {
        assert_eq!(reasons(&entry_with(|_| {})), []);
        let edited = entry_with(|values| (values.score, values.episodes_watched) = (Some(9), Some(7)));
        assert_eq!(
            reasons(&edited),
            [("score", "edited", Some("mal_if_scored")), ("episodes_watched", "edited", Some("higher"))]
        );
        let mut kept = KeptValues::default();
        kept.insert(Field::EpisodesWatched, FieldValue::Number(7));
        let kept_here = StoredEntry { kept: kept.clone(), ..edited.clone() };
        assert_eq!(reasons(&kept_here)[1], ("episodes_watched", "kept", Some("higher")));
        let pinned = StoredEntry { kept, pinned: vec![Field::EpisodesWatched], ..edited.clone() };
        assert_eq!(reasons(&pinned)[1], ("episodes_watched", "pinned", Some("pinned")));
        let own_and_pinned = StoredEntry { pinned: vec![Field::Score], ..edited };
        assert_eq!(reasons(&own_and_pinned)[0], ("score", "edited", Some("pinned")));
        assert!(find_differences(&own_and_pinned)[0].is_pinned);
    }

    #[test]
    fn entry_that_mal_does_not_have_differs_in_each_field_that_is_set() {
        let edited = entry_with(|values| values.score = None);
        let local_only = StoredEntry { base: None, ..edited.clone() };
        let removed = StoredEntry { removed_at: Some(DateTime::UNIX_EPOCH), ..edited };
        let expected = [("status", "only_here", None), ("episodes_watched", "only_here", None)];
        assert_eq!((reasons(&local_only), reasons(&removed)), (expected.to_vec(), expected.to_vec()));
        let mal = |entry| find_differences(entry)[1].mal.clone();
        assert_eq!((mal(&local_only), mal(&removed)), (Value::Null, json!(5)));
    }

    #[test]
    fn values_that_are_the_same_on_mal_do_not_differ() {
        let base = MergeBase::from(json!({"status": "watching", "num_episodes_watched": 0, "tags": ["a"]}));
        let values = EntryValues {
            episodes_watched: None,
            tags: vec![" a ".into(), String::new()],
            ..base.parse_values().unwrap()
        };
        let entry = StoredEntry { values, base: Some(base), ..StoredEntry::default() };
        assert_eq!(find_differences(&entry), []);
        let unreadable = StoredEntry { base: Some(MergeBase::from(json!({"score": 8}))), ..entry };
        assert_eq!(find_differences(&unreadable), []);
    }
}
