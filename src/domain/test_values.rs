//! Values of an entry for tests, so that a new field is added in one place.

use proptest::prelude::*;

use super::{
    entry_fields::EntryValues,
    limits::{NON_NEGATIVE, PRIORITY_RANGE, REWATCH_VALUE_RANGE},
    partial_date::PartialDate,
    vocabulary::LIST_STATUSES,
};

/// Returns values of which every one is set.
pub(crate) fn every_field_set() -> EntryValues {
    EntryValues {
        status: "watching".into(),
        score: Some(8),
        episodes_watched: Some(3),
        start_date: "2019-04".parse().ok(),
        finish_date: "2020".parse().ok(),
        notes: Some("x".into()),
        is_rewatching: true,
        rewatch_episodes: Some(2),
        times_rewatched: 1,
        rewatch_value: 5,
        priority: 2,
        tags: vec!["a".into(), "b".into()],
    }
}

/// Returns dates of every precision, and none.
fn any_date() -> impl Strategy<Value = Option<PartialDate>> {
    let date = (1..=9999_u32, 1..=12_u32, 1..=28_u32, 0..3_u8).prop_map(|(year, month, day, precision)| {
        let text = match precision {
            0 => format!("{year:04}"),
            1 => format!("{year:04}-{month:02}"),
            _ => format!("{year:04}-{month:02}-{day:02}"),
        };
        text.parse().unwrap()
    });
    prop::option::of(date)
}

/// Returns values that MAL could send, with these notes and tags.
pub(crate) fn any_values(
    notes: impl Strategy<Value = String>,
    tag: impl Strategy<Value = String>,
) -> impl Strategy<Value = EntryValues> {
    let texts = (prop::sample::select(&LIST_STATUSES), notes, prop::collection::vec(tag, 0..4));
    let numbers = (prop::option::of(1..=10), NON_NEGATIVE, NON_NEGATIVE, REWATCH_VALUE_RANGE, PRIORITY_RANGE);
    (texts, numbers, any_date(), any_date(), any::<bool>()).prop_map(
        |(
            (status, notes, tags),
            (score, watched, times_rewatched, rewatch_value, priority),
            start,
            finish,
            is_rewatching,
        )| {
            EntryValues {
                status: status.to_owned(),
                score,
                episodes_watched: Some(watched),
                start_date: start,
                finish_date: finish,
                notes: Some(notes).filter(|notes| !notes.is_empty()),
                is_rewatching,
                rewatch_episodes: is_rewatching.then_some(rewatch_value * 7),
                times_rewatched,
                rewatch_value,
                priority,
                tags,
            }
        },
    )
}
