//! Each rule in both directions, with a local edit and without, and the laws that hold for all of them.

use proptest::prelude::*;

use super::*;

fn base_fields() -> EntryValues {
    EntryValues { status: "watching".into(), episodes_watched: Some(0), ..EntryValues::default() }
}

fn parse_date(text: &str) -> Option<PartialDate> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// What one case comes to: the value that stands and the kind of conflict.
fn resolve_single_field(
    field: Field,
    local: &EntryValues,
    base: Option<&EntryValues>,
    remote: &EntryValues,
) -> (Value, ConflictState, bool) {
    let resolution = resolve_entry(local, base, remote, &[]);
    let others = resolution.field_resolutions.iter().filter(|settled| settled.field != field).count();
    assert_eq!(others, 0, "only {field:?} differs: {resolution:?}");
    let settled = resolution.field_resolutions.iter().find(|settled| settled.field == field);
    let conflict = settled.map_or(ConflictState::NoConflict, |settled| settled.conflict);
    (field_json(&resolution.values, field), conflict, resolution.has_changes())
}

/// local, base (`None`: MAL never had it), remote → kept, conflict.
type RuleCase<T> = (T, Option<T>, T, T, ConflictState);

fn check_cases<T: Clone + std::fmt::Debug>(field: Field, set: impl Fn(&mut EntryValues, T), cases: &[RuleCase<T>]) {
    let with = |value: &T| {
        let mut values = base_fields();
        set(&mut values, value.clone());
        values
    };
    for (local, base, remote, kept, conflict) in cases {
        let (here, there) = (with(local), with(remote));
        let (stands, found, changed) = resolve_single_field(field, &here, base.as_ref().map(with).as_ref(), &there);
        let case = format!("{field:?}: local {local:?}, base {base:?}, MAL {remote:?}");
        assert_eq!(stands, field_json(&with(kept), field), "{case}");
        assert_eq!(found, *conflict, "{case}");
        assert_eq!(changed, field_json(&here, field) != stands, "{case}");
    }
}

use ConflictState::{New, NewUnlessRecorded, NoConflict};

#[test]
fn status_always_follows_mal() {
    let set = |values: &mut EntryValues, status: &str| values.status = status.into();
    check_cases(
        Field::Status,
        set,
        &[
            ("watching", Some("watching"), "watching", "watching", NoConflict),
            ("watching", Some("watching"), "completed", "completed", NoConflict),
            ("dropped", Some("watching"), "watching", "watching", NewUnlessRecorded),
            ("dropped", Some("watching"), "completed", "completed", New),
            ("dropped", None, "completed", "completed", New),
            ("completed", None, "completed", "completed", NoConflict),
        ],
    );
}

#[test]
fn score_follows_mal_if_mal_has_one() {
    let set = |values: &mut EntryValues, score: Option<i32>| values.score = score;
    check_cases(
        Field::Score,
        set,
        &[
            (Some(8), Some(Some(8)), Some(9), Some(9), NoConflict),
            (Some(8), Some(Some(8)), None, Some(8), NoConflict),
            (Some(10), Some(Some(8)), Some(8), Some(8), NewUnlessRecorded),
            (Some(10), Some(Some(8)), Some(9), Some(9), New),
            (Some(10), Some(None), None, Some(10), NoConflict),
            (None, Some(Some(8)), Some(8), Some(8), NoConflict),
            (None, Some(None), Some(7), Some(7), NoConflict),
            (Some(5), None, Some(7), Some(7), New),
            (Some(5), None, None, Some(5), NoConflict),
        ],
    );
}

#[test]
fn progress_never_goes_backwards() {
    let set = |values: &mut EntryValues, episodes: Option<i32>| values.episodes_watched = episodes;
    check_cases(
        Field::EpisodesWatched,
        set,
        &[
            (Some(5), Some(Some(5)), Some(6), Some(6), NoConflict),
            (Some(5), Some(Some(5)), Some(3), Some(5), New),
            (Some(5), Some(Some(3)), Some(3), Some(5), NewUnlessRecorded),
            (Some(7), Some(Some(5)), Some(6), Some(7), New),
            (Some(4), Some(Some(5)), Some(6), Some(6), New),
            (Some(4), Some(Some(5)), Some(5), Some(5), NewUnlessRecorded),
            (Some(5), None, Some(3), Some(5), New),
            (Some(3), None, Some(5), Some(5), New),
            (Some(5), Some(Some(5)), Some(0), Some(5), NoConflict),
            (Some(0), Some(Some(0)), Some(5), Some(5), NoConflict),
            (None, None, Some(0), Some(0), NoConflict),
            (Some(-3), None, Some(0), Some(0), NoConflict),
        ],
    );
}

#[test]
fn dates_follow_mal_if_mal_has_one() {
    for field in [Field::StartDate, Field::FinishDate] {
        let set = |values: &mut EntryValues, text: &str| match field {
            Field::StartDate => values.start_date = parse_date(text),
            _ => values.finish_date = parse_date(text),
        };
        check_cases(
            field,
            set,
            &[
                ("2019-04-01", Some("2019-04-01"), "2019-04-02", "2019-04-02", NoConflict),
                ("2019-04-01", Some("2019-04-01"), "", "2019-04-01", NoConflict),
                ("2019-04-05", Some("2019-04-01"), "2019-04-01", "2019-04-01", NewUnlessRecorded),
                ("2019-04-05", Some(""), "", "2019-04-05", NoConflict),
                ("2019-04-05", None, "2019-04", "2019-04", New),
                ("2019-04-01", None, "2019-04", "2019-04", New),
                ("", Some("2019"), "2019", "2019", NoConflict),
            ],
        );
    }
}

#[test]
fn local_notes_are_kept() {
    let set = |values: &mut EntryValues, text: &str| values.notes = (!text.is_empty()).then(|| text.into());
    check_cases(
        Field::Notes,
        set,
        &[
            ("", Some(""), "from MAL", "from MAL", NoConflict),
            ("old", Some("old"), "new", "new", NoConflict),
            ("old", Some("old"), "", "old", NoConflict),
            ("mine", Some("old"), "old", "mine", NewUnlessRecorded),
            ("mine", Some("old"), "new", "mine", New),
            ("mine", Some("old"), "", "mine", NoConflict),
            ("mine", Some(""), "", "mine", NoConflict),
            ("", Some("old"), "old", "old", NoConflict),
            ("mine", None, "theirs", "mine", New),
            ("same", None, "same", "same", NoConflict),
            ("mine", None, "", "mine", NoConflict),
        ],
    );
}

#[test]
fn notes_are_compared_with_html_entities_decoded() {
    let mut local = base_fields();
    local.notes = Some("say &quot;hi&quot; &amp; go".into());
    let mut remote = base_fields();
    remote.notes = Some("say \"hi\" & go".into());
    let (kept, conflict, changed) = resolve_single_field(Field::Notes, &local, None, &remote);
    assert_eq!((kept, conflict, changed), (json!("say \"hi\" & go"), NoConflict, true));
}

/// Sets one of the numbers that MAL keeps.
type SetNumber = fn(&mut EntryValues, i32);

#[test]
fn remaining_fields_always_follow_mal() {
    let flag = |values: &mut EntryValues, flag: bool| values.is_rewatching = flag;
    check_cases(
        Field::IsRewatching,
        flag,
        &[(true, Some(false), false, false, NoConflict), (false, Some(false), true, true, NoConflict)],
    );
    let tags = |values: &mut EntryValues, tags: &[&str]| values.tags = tags.iter().map(|&tag| tag.into()).collect();
    let (a, b, none): (&[&str], &[&str], &[&str]) = (&["a"], &["b"], &[]);
    check_cases(
        Field::Tags,
        tags,
        &[(a, Some(a), b, b, NoConflict), (b, Some(a), a, a, NewUnlessRecorded), (b, Some(a), none, none, NoConflict)],
    );
    let numbers: [(Field, SetNumber); 3] = [
        (Field::TimesRewatched, |values, n| values.times_rewatched = n),
        (Field::RewatchValue, |values, n| values.rewatch_value = n),
        (Field::Priority, |values, n| values.priority = n),
    ];
    for (field, set) in numbers {
        check_cases(
            field,
            set,
            &[
                (1, Some(1), 2, 2, NoConflict),
                (2, Some(1), 1, 1, NewUnlessRecorded),
                (2, Some(1), 0, 0, NoConflict),
                (0, Some(0), 2, 2, NoConflict),
            ],
        );
    }
}

#[test]
fn unchanged_conflict_is_new_only_once() {
    let (mut local, mut remote) = (base_fields(), base_fields());
    local.episodes_watched = Some(5);
    remote.episodes_watched = Some(3);
    let resolution = resolve_entry(&local, Some(&remote), &remote, &[]);
    let settled = &resolution.field_resolutions[0];
    assert!(resolution.needs_conflict_history());
    assert!(settled.is_new_conflict(None));
    let last = LastConflict { local: json!(5), mal: json!(3), kept: json!(5) };
    assert!(!settled.is_new_conflict(Some(&last)));
    assert!(settled.is_new_conflict(Some(&LastConflict { local: json!(4), ..last.clone() })));
    assert!(settled.is_new_conflict(Some(&LastConflict { mal: json!(2), ..last })));
}

#[test]
fn edit_repeated_after_overwrite_is_a_new_conflict() {
    let (mut local, remote) = (base_fields(), base_fields());
    local.status = "dropped".into();
    let resolution = resolve_entry(&local, Some(&remote), &remote, &[]);
    let last = LastConflict { local: json!("dropped"), mal: json!("watching"), kept: json!("watching") };
    assert!(resolution.field_resolutions[0].is_new_conflict(Some(&last)));
}

#[test]
fn removing_a_pin_does_not_make_a_recorded_conflict_new() {
    let (mut local, remote) = (base_fields(), base_fields());
    local.status = "dropped".into();
    let pinned = resolve_entry(&local, Some(&remote), &remote, &[Field::Status]);
    let FieldResolution { local: here, mal, kept, .. } = pinned.field_resolutions[0].clone();
    let last = LastConflict { local: here, mal, kept };
    let free = resolve_entry(&local, Some(&remote), &remote, &[]);
    assert!(free.needs_conflict_history() && free.has_changes());
    assert!(!free.field_resolutions[0].is_new_conflict(Some(&last)) && free.field_resolutions[0].is_new_conflict(None));
}

/// local, base, MAL's, which conflict: a pinned score stays whatever MAL says.
#[test]
fn pinned_field_keeps_local_value_and_any_difference_is_a_conflict() {
    let with = |score: Option<i32>| EntryValues { score, ..base_fields() };
    for (local, base, remote, conflict) in [
        (Some(9), Some(Some(8)), Some(8), NewUnlessRecorded),
        (Some(9), Some(Some(8)), Some(7), New),
        (Some(8), Some(Some(8)), Some(7), New),
        (Some(9), None, Some(8), New),
        (Some(8), Some(Some(8)), Some(8), NoConflict),
        // An empty side is a value like any other here: it is what the pin keeps, or keeps off.
        (None, Some(Some(8)), Some(8), NewUnlessRecorded),
        (None, Some(None), Some(8), New),
        (Some(9), Some(Some(8)), None, New),
        (None, Some(Some(8)), None, NoConflict),
    ] {
        let case = format!("local {local:?}, base {base:?}, MAL {remote:?}");
        let (here, base) = (with(local), base.map(with));
        let resolution = resolve_entry(&here, base.as_ref(), &with(remote), &[Field::Score]);
        assert_eq!((&resolution.values, resolution.has_changes()), (&here, false), "{case}");
        let told = resolution.field_resolutions.first();
        assert_eq!(told.map_or(NoConflict, |settled| settled.conflict), conflict, "{case}");
        assert!(
            told.is_none_or(|settled| settled.rule == MergeRule::Pinned && settled.kept == settled.local),
            "{case}"
        );
    }
}

#[test]
fn empty_or_entity_equivalent_values_do_not_conflict() {
    let here = EntryValues { episodes_watched: None, notes: Some("a &amp; b".into()), ..base_fields() };
    let there = EntryValues { episodes_watched: Some(0), notes: Some("a & b".into()), ..base_fields() };
    let resolution = resolve_entry(&here, None, &there, &[Field::EpisodesWatched, Field::Notes]);
    assert_eq!((&resolution.values, resolution.field_resolutions.len()), (&here, 0));
}

fn any_pins() -> impl Strategy<Value = Vec<Field>> {
    prop::sample::subsequence(Field::SYNCED_FIELDS.to_vec(), 0..=Field::SYNCED_FIELDS.len())
}

fn any_fields() -> impl Strategy<Value = EntryValues> {
    let status = prop::sample::select(vec!["watching", "completed", "dropped"]);
    let score = prop::option::of(1..=10);
    let day = prop::sample::select(vec!["", "2019", "2019-04", "2019-04-01", "2020-01-02"]);
    let notes = prop::option::of(prop::sample::select(vec!["a", "b", "a &amp; b", "a & b"]));
    let tags = prop::collection::vec(prop::sample::select(vec!["x", "y"]), 0..3);
    (status, score, prop::option::of(0..4), (day.clone(), day), notes, any::<bool>(), (0..3, 0..3, 0..3), tags)
        .prop_map(
            |(
                status,
                score,
                episodes_watched,
                (start, finish),
                notes,
                is_rewatching,
                (times, worth, priority),
                tags,
            )| EntryValues {
                status: status.into(),
                score,
                episodes_watched,
                start_date: parse_date(start),
                finish_date: parse_date(finish),
                notes: notes.map(Into::into),
                is_rewatching,
                times_rewatched: times,
                rewatch_value: worth,
                priority,
                tags: tags.into_iter().map(Into::into).collect(),
            },
        )
}

/// What MAL can send: it always has a number of episodes.
fn any_remote_fields() -> impl Strategy<Value = EntryValues> {
    any_fields().prop_map(|values| EntryValues { episodes_watched: values.episodes_watched.or(Some(0)), ..values })
}

proptest! {
    #[test]
    fn pins_keep_their_fields_and_do_not_affect_others(
        local in any_fields(), base in prop::option::of(any_remote_fields()), remote in any_remote_fields(), pins in any_pins()
    ) {
        let pinned = resolve_entry(&local, base.as_ref(), &remote, &pins);
        let free = resolve_entry(&local, base.as_ref(), &remote, &[]);
        for field in Field::SYNCED_FIELDS {
            let by_rule = if pins.contains(&field) { &local } else { &free.values };
            prop_assert_eq!(field_json(&pinned.values, field), field_json(by_rule, field));
        }
        let again = resolve_entry(&pinned.values, Some(&remote), &remote, &pins);
        prop_assert!(again.field_resolutions.iter().all(|settled| !settled.changed && settled.conflict == ConflictState::NewUnlessRecorded));
    }

    #[test]
    fn resolving_twice_changes_nothing(local in any_fields(), base in prop::option::of(any_remote_fields()), remote in any_remote_fields()) {
        let first = resolve_entry(&local, base.as_ref(), &remote, &[]);
        let again = resolve_entry(&first.values, Some(&remote), &remote, &[]);
        prop_assert_eq!(&again.values, &first.values);
        prop_assert!(again.field_resolutions.iter().all(|settled| !settled.changed && settled.conflict == ConflictState::NewUnlessRecorded));
    }

    #[test]
    fn kept_value_is_local_or_remote(local in any_fields(), base in prop::option::of(any_remote_fields()), remote in any_remote_fields()) {
        let resolution = resolve_entry(&local, base.as_ref(), &remote, &[]);
        for field in Field::SYNCED_FIELDS {
            let kept = field_json(&resolution.values, field);
            prop_assert!(kept == field_json(&local, field) || kept == field_json(&remote, field), "{field:?}");
        }
    }

    #[test]
    fn remote_update_without_local_edit_conflicts_only_if_local_is_kept(base in any_remote_fields(), remote in any_remote_fields()) {
        let resolution = resolve_entry(&base, Some(&base), &remote, &[]);
        for settled in resolution.field_resolutions.iter().filter(|settled| settled.conflict != ConflictState::NoConflict) {
            prop_assert_eq!(&settled.kept, &settled.local);
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
