//! Own values: which values of an entry the user wrote. Pure.
//!
//! A value is own if it differs from MAL's last value (the merge base) and is not recorded in [`KeptValues`]. So a value
//! that any program writes with SQL is own without a record, and whatever malsync writes without the user having said so
//! is recorded with the value.
//!
//! Entry points: [`is_own`], [`own_fields`], and [`record_kept_values`] for every writer.
//!
//! Invariants:
//!
//! 1. A value that equals MAL's is not own.
//! 2. An entry without a merge base and without a record was created by another application: only its notes are own.
//! 3. While MAL's entry is being rewatched, MAL has no value for `episodes_watched`, otherwise none for
//!    `rewatch_episodes`.
//!
//! See decision 24.

use super::{
    entry::StoredEntry,
    entry_fields::{EntryValues, Field},
    field_value::FieldValue,
    kept_values::KeptValues,
    merge_base::MergeBase,
};

/// Returns MAL's value of a field. Returns `None` if MAL says nothing about the field: about the episodes of the first
/// time while the entry is being rewatched, and about those of a rewatch while it is not.
#[must_use]
pub fn comparable_value(mal: &EntryValues, field: Field) -> Option<FieldValue<'_>> {
    let is_known = match field {
        Field::EpisodesWatched => !mal.is_rewatching || mal.episodes_watched.is_some(),
        Field::RewatchEpisodes => mal.is_rewatching,
        _ => true,
    };
    is_known.then(|| mal.get(field))
}

/// Returns the fields whose values differ from MAL's.
pub fn fields_differing_from_mal<'a>(
    values: &'a EntryValues,
    mal: &'a EntryValues,
) -> impl Iterator<Item = Field> + 'a {
    Field::SYNCED_FIELDS.into_iter().filter(|field| match comparable_value(mal, *field) {
        Some(mal) => !field.is_same(values.get(*field), mal),
        // A count of a rewatch without a rewatch is to be cleared.
        None => *field == Field::RewatchEpisodes && !values.is_rewatching && values.rewatch_episodes.is_some(),
    })
}

/// Returns true if the user wrote the value of a field. `base` are the values of the merge base.
#[must_use]
pub fn is_own(values: &EntryValues, kept: &KeptValues, base: Option<&EntryValues>, field: Field) -> bool {
    let value = values.get(field);
    if kept.contains(field, value) || is_count_without_rewatch(values, field) {
        return false;
    }
    match base {
        Some(base) => comparable_value(base, field).map_or_else(|| value.is_set(), |mal| !field.is_same(value, mal)),
        None => value.is_set() && (kept.is_recorded() || field == Field::Notes),
    }
}

/// Returns true for the episodes of a rewatch of an entry that is not being rewatched: there is no such value.
fn is_count_without_rewatch(values: &EntryValues, field: Field) -> bool {
    field == Field::RewatchEpisodes && !values.is_rewatching
}

/// Returns the fields of an entry whose values the user wrote.
#[must_use]
pub fn own_fields(entry: &StoredEntry) -> Vec<Field> {
    let base = entry.base.as_ref().and_then(MergeBase::parse_values);
    let is_own = |field: &Field| is_own(&entry.values, &entry.kept, base.as_ref(), *field);
    Field::SYNCED_FIELDS.into_iter().filter(is_own).collect()
}

/// Returns the record for a row that gets these values and this merge base: every value that differs from MAL's and that
/// is not own.
#[must_use]
pub fn record_kept_values(
    values: &EntryValues,
    base: Option<&EntryValues>,
    is_own: impl Fn(Field) -> bool,
) -> KeptValues {
    let mut kept = if base.is_some() { KeptValues::default() } else { KeptValues::empty() };
    for field in Field::SYNCED_FIELDS {
        let value = values.get(field);
        let differs = match base.and_then(|base| comparable_value(base, field)) {
            Some(mal) => !field.is_same(value, mal),
            None => value.is_set(),
        };
        if differs && !is_count_without_rewatch(values, field) && !is_own(field) {
            kept.insert(field, value);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_score(score: Option<i32>) -> EntryValues {
        EntryValues { status: "watching".into(), score, episodes_watched: Some(5), ..EntryValues::default() }
    }

    #[test]
    fn value_is_own_if_it_differs_from_mals_and_is_not_recorded() {
        let base = with_score(Some(7));
        let mut kept = KeptValues::default();
        kept.insert(Field::Score, FieldValue::Number(8));
        for (score, expected) in [(Some(7), false), (Some(8), false), (Some(9), true), (None, true)] {
            assert_eq!(is_own(&with_score(score), &kept, Some(&base), Field::Score), expected, "{score:?}");
        }
        assert!(is_own(&with_score(Some(8)), &KeptValues::default(), Some(&base), Field::Score));
    }

    #[test]
    fn without_merge_base_only_notes_are_own_unless_there_is_a_record() {
        let values = EntryValues { notes: Some("mine".into()), ..with_score(Some(8)) };
        let own = |kept: &KeptValues| -> Vec<Field> {
            Field::SYNCED_FIELDS.into_iter().filter(|field| is_own(&values, kept, None, *field)).collect()
        };
        assert_eq!(own(&KeptValues::default()), [Field::Notes]);
        let all = [Field::Status, Field::Score, Field::EpisodesWatched, Field::Notes];
        assert_eq!(own(&KeptValues::empty()), all);
        assert_eq!(own(&record_kept_values(&values, None, |_| false)), []);
        assert_eq!(own(&record_kept_values(&values, None, |field| field == Field::Score)), [Field::Score]);
    }

    #[test]
    fn record_has_the_differing_values_that_are_not_own() {
        let base = with_score(None);
        let values = EntryValues { notes: Some("x".into()), ..with_score(Some(8)) };
        let mut expected = KeptValues::default();
        expected.insert(Field::Notes, FieldValue::Text("x"));
        assert_eq!(record_kept_values(&values, Some(&base), |field| field == Field::Score), expected);
        assert_eq!(record_kept_values(&base, Some(&base), |_| false), KeptValues::default());
        assert_eq!(record_kept_values(&base, None, |_| true), KeptValues::empty());
    }

    #[test]
    fn episodes_are_not_compared_while_mal_rewatches() {
        let base =
            EntryValues { is_rewatching: true, episodes_watched: None, rewatch_episodes: Some(3), ..with_score(None) };
        let values = EntryValues { is_rewatching: true, rewatch_episodes: Some(3), ..with_score(None) };
        assert!(is_own(&values, &KeptValues::default(), Some(&base), Field::EpisodesWatched));
        let kept = record_kept_values(&values, Some(&base), |_| false);
        assert!(kept.contains(Field::EpisodesWatched, FieldValue::Number(5)));
        assert!(!is_own(&values, &kept, Some(&base), Field::EpisodesWatched));
        assert_eq!(fields_differing_from_mal(&values, &base).count(), 0);
        let own_count = EntryValues { rewatch_episodes: Some(4), ..values.clone() };
        assert!(is_own(&own_count, &kept, Some(&base), Field::RewatchEpisodes));
        let pinned_off = EntryValues { is_rewatching: false, rewatch_episodes: None, ..values };
        assert!(!is_own(&pinned_off, &kept, Some(&base), Field::RewatchEpisodes));
    }
}
