//! Laws that hold for all rules, on random values.

use proptest::prelude::*;

use super::*;
use crate::domain::test_values;

fn any_pins() -> impl Strategy<Value = Vec<Field>> {
    prop::sample::subsequence(Field::SYNCED_FIELDS.to_vec(), 0..=Field::SYNCED_FIELDS.len())
}

fn any_fields() -> impl Strategy<Value = EntryValues> {
    let status = prop::sample::select(vec!["watching", "completed", "dropped"]);
    let score = prop::option::of(1..=10);
    let day = prop::sample::select(vec!["", "2019", "2019-04", "2019-04-01", "2020-01-02"]);
    let notes = prop::option::of(prop::sample::select(vec!["a", "b", "a &amp; b", "a & b"]));
    let tags = prop::collection::vec(prop::sample::select(vec!["x", "y"]), 0..3);
    let others = test_values::any_values(Just(String::new()), Just(String::new()));
    let numbers = (0..3, 0..3);
    (status, score, prop::option::of(0..4), (day.clone(), day), notes, any::<bool>(), numbers, tags, others).prop_map(
        |(status, score, episodes_watched, (start, finish), notes, is_rewatching, (times, worth), tags, others)| {
            EntryValues {
                status: status.into(),
                score,
                episodes_watched,
                start_date: parse_date(start),
                finish_date: parse_date(finish),
                notes: notes.map(Into::into),
                is_rewatching,
                rewatch_episodes: is_rewatching.then_some(worth),
                times_rewatched: times,
                rewatch_value: worth,
                tags: tags.into_iter().map(Into::into).collect(),
                ..others
            }
        },
    )
}

/// Fields that MAL can send: the number of episodes is always set, but while rewatching it is that of the rewatch.
fn any_remote_fields() -> impl Strategy<Value = EntryValues> {
    any_fields().prop_map(|values| {
        let episodes_watched = (!values.is_rewatching).then(|| values.episodes_watched.unwrap_or(0));
        EntryValues { episodes_watched, ..values }
    })
}

/// Returns true if no field changes and every conflict may have been recorded before.
fn has_only_kept_conflicts(resolution: &EntryResolution) -> bool {
    let mut fields = resolution.field_resolutions.iter();
    fields.all(|field| !field.changed && field.conflict == ConflictState::NewUnlessRecorded)
}

proptest! {
    #[test]
    fn pins_keep_their_fields_and_do_not_affect_others(
        local in any_fields(), base in prop::option::of(any_remote_fields()), remote in any_remote_fields(),
        pins in any_pins()
    ) {
        let pinned = resolve_entry(&local, base.as_ref(), &remote, &pins);
        let unpinned = resolve_entry(&local, base.as_ref(), &remote, &[]);
        for field in Field::SYNCED_FIELDS {
            let by_rule = if pins.contains(&field) { &local } else { &unpinned.values };
            if field != Field::RewatchEpisodes {
                prop_assert_eq!(pinned.values.field_json(field), by_rule.field_json(field));
            } else if !pinned.values.is_rewatching {
                prop_assert_eq!(pinned.values.rewatch_episodes, None);
            } else if unpinned.values.is_rewatching {
                prop_assert_eq!(pinned.values.rewatch_episodes, by_rule.rewatch_episodes);
            }
        }
        let again = resolve_entry(&pinned.values, Some(&remote), &remote, &pins);
        prop_assert!(has_only_kept_conflicts(&again));
    }

    #[test]
    fn resolving_twice_changes_nothing(
        local in any_fields(), base in prop::option::of(any_remote_fields()), remote in any_remote_fields()
    ) {
        let first = resolve_entry(&local, base.as_ref(), &remote, &[]);
        let again = resolve_entry(&first.values, Some(&remote), &remote, &[]);
        prop_assert_eq!(&again.values, &first.values);
        prop_assert!(has_only_kept_conflicts(&again));
    }

    #[test]
    fn kept_value_is_local_or_remote(
        local in any_fields(), base in prop::option::of(any_remote_fields()), remote in any_remote_fields()
    ) {
        let resolution = resolve_entry(&local, base.as_ref(), &remote, &[]);
        for field in Field::SYNCED_FIELDS {
            let kept = resolution.values.field_json(field);
            prop_assert!(kept == local.field_json(field) || kept == remote.field_json(field), "{field:?}");
        }
    }

    #[test]
    fn mals_count_of_a_rewatch_never_meets_the_episodes_watched(
        local in any_fields(), base in prop::option::of(any_remote_fields()), remote in any_remote_fields(),
        pins in any_pins()
    ) {
        let resolution = resolve_entry(&local, base.as_ref(), &remote, &pins);
        let values = &resolution.values;
        prop_assert!(values.is_rewatching || values.rewatch_episodes.is_none());
        if remote.is_rewatching {
            prop_assert_eq!(values.episodes_watched, local.episodes_watched);
            let is_episodes = |field: &FieldResolution| field.field == Field::EpisodesWatched;
            prop_assert!(!resolution.field_resolutions.iter().any(is_episodes));
            if values.is_rewatching && !pins.contains(&Field::RewatchEpisodes) {
                prop_assert_eq!(values.rewatch_episodes, remote.rewatch_episodes);
            }
        }
    }

    #[test]
    fn remote_update_without_local_edit_conflicts_only_if_local_is_kept(
        base in any_remote_fields(), remote in any_remote_fields()
    ) {
        let resolution = resolve_entry(&base, Some(&base), &remote, &[]);
        for field in resolution.field_resolutions.iter().filter(|field| field.conflict != ConflictState::NoConflict) {
            prop_assert_eq!(&field.kept, &field.local);
        }
    }

    #[test]
    fn local_edits_are_kept_if_mal_has_no_value(local in any_fields(), status in Just("watching")) {
        let remote = EntryValues { status: status.into(), episodes_watched: Some(0), ..EntryValues::default() };
        let kept = resolve_entry(&local, Some(&remote), &remote, &[]).values;
        prop_assert_eq!(kept.score, local.score);
        prop_assert_eq!(kept.episodes_watched, local.episodes_watched.or(Some(0)));
        prop_assert_eq!((kept.start_date, kept.finish_date), (local.start_date, local.finish_date));
        prop_assert_eq!(kept.notes, local.notes);
    }
}
