//! Each merge rule in both directions, with and without a local edit.

use serde_json::json;

use super::*;
use crate::domain::partial_date::PartialDate;

/// Resolves an entry of which nothing is recorded as kept: every value that differs from the base is own.
fn resolve_entry(
    local: &EntryValues,
    base: Option<&EntryValues>,
    remote: &EntryValues,
    pinned: &[Field],
) -> EntryResolution {
    super::resolve_entry(local, &KeptValues::default(), base, remote, pinned)
}

fn plain_values() -> EntryValues {
    EntryValues { status: "watching".into(), episodes_watched: Some(0), ..EntryValues::default() }
}

fn parse_date(text: &str) -> Option<PartialDate> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// Resolves entries that differ in one field. Returns the kept value, the conflict, and whether the row changes.
fn resolve_single_field(
    field: Field,
    local: &EntryValues,
    base: Option<&EntryValues>,
    remote: &EntryValues,
) -> (Value, ConflictState, bool) {
    let resolution = resolve_entry(local, base, remote, &[]);
    let others = resolution.field_resolutions.iter().filter(|resolution| resolution.field != field).count();
    assert_eq!(others, 0, "only {field:?} differs: {resolution:?}");
    let field_resolution = resolution.field_resolutions.iter().find(|resolution| resolution.field == field);
    let conflict = field_resolution.map_or(ConflictState::NoConflict, |field| field.conflict);
    (resolution.values.field_json(field), conflict, resolution.has_changes())
}

/// Local, base (`None`: never on MAL) and remote value; expected kept value and conflict.
type RuleCase<T> = (T, Option<T>, T, T, ConflictState);

fn check_cases<T: Clone + std::fmt::Debug>(field: Field, set: impl Fn(&mut EntryValues, T), cases: &[RuleCase<T>]) {
    let with = |value: &T| {
        let mut values = plain_values();
        set(&mut values, value.clone());
        values
    };
    for (local, base, remote, kept, conflict) in cases {
        let (local_values, remote_values) = (with(local), with(remote));
        let (actual_kept, actual_conflict, changed) =
            resolve_single_field(field, &local_values, base.as_ref().map(with).as_ref(), &remote_values);
        let case = format!("{field:?}: local {local:?}, base {base:?}, MAL {remote:?}");
        assert_eq!(actual_kept, with(kept).field_json(field), "{case}");
        assert_eq!(actual_conflict, *conflict, "{case}");
        assert_eq!(changed, local_values.field_json(field) != actual_kept, "{case}");
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
fn kept_notes_give_way_to_mals() {
    let with = |notes: &str| EntryValues { notes: (!notes.is_empty()).then(|| notes.into()), ..plain_values() };
    let mut kept = KeptValues::default();
    kept.insert(Field::Notes, FieldValue::Text("imported"));
    let resolve = |local: &str, base: Option<&str>, remote: &str| {
        let base = base.map(with);
        let resolution = super::resolve_entry(&with(local), &kept, base.as_ref(), &with(remote), &[]);
        resolution.values.notes.unwrap_or_default()
    };
    assert_eq!(resolve("imported", None, "MAL's"), "MAL's");
    assert_eq!(resolve("imported", None, ""), "imported");
    assert_eq!(resolve("imported", Some(""), "news"), "news", "MAL has comments for the first time");
    assert_eq!(resolve("mine", Some(""), "news"), "mine", "written since");
    assert_eq!(resolve("mine", None, "news"), "mine");
}

#[test]
fn notes_in_another_spelling_of_line_breaks_are_the_same() {
    let with = |notes: &str| EntryValues { notes: Some(notes.into()), ..plain_values() };
    let (tags, crlf, lf) = (with("a<br />\r\nb"), with("a\r\nb\r\n"), with("a\nb"));
    for (local, base, remote) in [(&tags, &lf, &lf), (&crlf, &lf, &lf), (&lf, &tags, &crlf), (&tags, &tags, &lf)] {
        let resolution = resolve_entry(local, Some(base), remote, &[]);
        assert_eq!((&resolution.values, resolution.field_resolutions.len()), (local, 0));
    }
    let (kept, conflict, _) = resolve_single_field(Field::Notes, &tags, Some(&crlf), &with("news"));
    assert_eq!((kept, conflict), (json!("news"), NoConflict), "the local notes are MAL's old ones");
    let (kept, conflict, _) = resolve_single_field(Field::Notes, &with("mine"), Some(&crlf), &lf);
    assert_eq!((kept, conflict), (json!("mine"), NewUnlessRecorded));
}

#[test]
fn conflict_recorded_with_another_spelling_is_not_new() {
    let with = |notes: &str| EntryValues { notes: Some(notes.into()), ..plain_values() };
    let resolution = resolve_entry(&with("mine\n2"), Some(&with("a\nb")), &with("a\nb"), &[]);
    let recorded = LastConflict { local: json!("mine\r\n2"), mal: json!("a<br />\r\nb"), kept: json!("mine\r\n2") };
    assert!(!resolution.field_resolutions[0].is_new_conflict(Some(&recorded)));
}

#[test]
fn encoded_notes_are_taken_as_mals_at_the_first_sync_only() {
    let mut local = plain_values();
    local.notes = Some("say &quot;hi&quot;<br />\r\n&amp; go".into());
    let mut remote = plain_values();
    remote.notes = Some("say \"hi\"\n& go".into());
    let (kept, conflict, changed) = resolve_single_field(Field::Notes, &local, None, &remote);
    assert_eq!((kept, conflict, changed), (json!("say \"hi\"\n& go"), NoConflict, true));
    let (kept, conflict, _) = resolve_single_field(Field::Notes, &local, Some(&remote), &remote);
    assert_eq!((kept, conflict), (json!(local.notes), NewUnlessRecorded), "later they are what somebody typed");
}

/// Sets one of the numeric fields.
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

/// Local, base and remote values. A pair of counts is (`episodes_watched`, `rewatch_episodes`); MAL's values have one of
/// the two.
#[test]
fn counts_of_the_first_time_and_of_a_rewatch_are_kept_apart() {
    let first = |episodes| EntryValues { episodes_watched: Some(episodes), ..plain_values() };
    let rewatch = |episodes: Option<i32>, rewatch| EntryValues {
        is_rewatching: true,
        episodes_watched: episodes,
        rewatch_episodes: Some(rewatch),
        ..plain_values()
    };
    let (ten, mal_at_3, mal_at_5) = (rewatch(Some(10), 3), rewatch(None, 3), rewatch(None, 5));
    let counts = |values: &EntryValues| (values.is_rewatching, values.episodes_watched, values.rewatch_episodes);
    for (name, local, base, remote, expected, conflicts) in [
        ("begins", first(10), first(10), mal_at_3.clone(), (true, Some(10), Some(3)), vec![]),
        ("goes on", ten.clone(), mal_at_3.clone(), mal_at_5.clone(), (true, Some(10), Some(5)), vec![]),
        ("is unchanged", ten.clone(), mal_at_3.clone(), mal_at_3.clone(), (true, Some(10), Some(3)), vec![]),
        ("ends", ten.clone(), mal_at_5.clone(), first(10), (false, Some(10), None), vec![]),
        ("ends with more", ten.clone(), mal_at_5.clone(), first(12), (false, Some(12), None), vec![]),
        (
            "meets an edit",
            ten.clone(),
            mal_at_5.clone(),
            mal_at_5,
            (true, Some(10), Some(5)),
            vec![Field::RewatchEpisodes],
        ),
    ] {
        // The user wrote only the edited count.
        let kept = own_values::record_kept_values(&local, Some(&base), |field| field == Field::RewatchEpisodes);
        let resolution = super::resolve_entry(&local, &kept, Some(&base), &remote, &[]);
        assert_eq!(counts(&resolution.values), expected, "a rewatch {name}");
        let found = resolution.field_resolutions.iter().filter(|field| field.conflict != NoConflict);
        assert_eq!(found.map(|field| field.field).collect::<Vec<_>>(), conflicts, "a rewatch {name}");
    }
    let pinned_off = resolve_entry(&first(10), Some(&first(10)), &mal_at_3, &[Field::IsRewatching]);
    assert_eq!(counts(&pinned_off.values), (false, Some(10), None));
    let pinned_on = resolve_entry(&ten, Some(&mal_at_3), &first(12), &[Field::IsRewatching]);
    assert_eq!(counts(&pinned_on.values), (true, Some(12), Some(3)));
}

#[test]
fn unchanged_conflict_is_new_only_once() {
    let (mut local, mut remote) = (plain_values(), plain_values());
    local.episodes_watched = Some(5);
    remote.episodes_watched = Some(3);
    let resolution = resolve_entry(&local, Some(&remote), &remote, &[]);
    let field_resolution = &resolution.field_resolutions[0];
    assert!(resolution.needs_conflict_history());
    assert!(field_resolution.is_new_conflict(None));
    let last = LastConflict { local: json!(5), mal: json!(3), kept: json!(5) };
    assert!(!field_resolution.is_new_conflict(Some(&last)));
    assert!(field_resolution.is_new_conflict(Some(&LastConflict { local: json!(4), ..last.clone() })));
    assert!(field_resolution.is_new_conflict(Some(&LastConflict { mal: json!(2), ..last })));
}

#[test]
fn edit_repeated_after_overwrite_is_a_new_conflict() {
    let (mut local, remote) = (plain_values(), plain_values());
    local.status = "dropped".into();
    let resolution = resolve_entry(&local, Some(&remote), &remote, &[]);
    let last = LastConflict { local: json!("dropped"), mal: json!("watching"), kept: json!("watching") };
    assert!(resolution.field_resolutions[0].is_new_conflict(Some(&last)));
}

#[test]
fn removing_a_pin_does_not_make_a_recorded_conflict_new() {
    let (mut local, remote) = (plain_values(), plain_values());
    local.status = "dropped".into();
    let pinned = resolve_entry(&local, Some(&remote), &remote, &[Field::Status]);
    let FieldResolution { local: local_value, mal, kept, .. } = pinned.field_resolutions[0].clone();
    let last = LastConflict { local: local_value, mal, kept };
    let unpinned = resolve_entry(&local, Some(&remote), &remote, &[]);
    assert!(unpinned.needs_conflict_history() && unpinned.has_changes());
    assert!(
        !unpinned.field_resolutions[0].is_new_conflict(Some(&last))
            && unpinned.field_resolutions[0].is_new_conflict(None)
    );
}

/// Local, base and remote score; expected conflict.
#[test]
fn pinned_field_keeps_local_value_and_any_difference_is_a_conflict() {
    let with = |score: Option<i32>| EntryValues { score, ..plain_values() };
    for (local, base, remote, conflict) in [
        (Some(9), Some(Some(8)), Some(8), NewUnlessRecorded),
        (Some(9), Some(Some(8)), Some(7), New),
        (Some(8), Some(Some(8)), Some(7), New),
        (Some(9), None, Some(8), New),
        (Some(8), Some(Some(8)), Some(8), NoConflict),
        // For a pin an empty value is a value like any other: the pin keeps it, or blocks it.
        (None, Some(Some(8)), Some(8), NewUnlessRecorded),
        (None, Some(None), Some(8), New),
        (Some(9), Some(Some(8)), None, New),
        (None, Some(Some(8)), None, NoConflict),
    ] {
        let case = format!("local {local:?}, base {base:?}, MAL {remote:?}");
        let (local, base) = (with(local), base.map(with));
        let resolution = resolve_entry(&local, base.as_ref(), &with(remote), &[Field::Score]);
        assert_eq!((&resolution.values, resolution.has_changes()), (&local, false), "{case}");
        let field_resolution = resolution.field_resolutions.first();
        assert_eq!(field_resolution.map_or(NoConflict, |field| field.conflict), conflict, "{case}");
        assert!(
            field_resolution.is_none_or(|field| field.rule == MergeRule::Pinned && field.kept == field.local),
            "{case}"
        );
    }
}

#[test]
fn empty_or_entity_equivalent_values_do_not_conflict() {
    let local = EntryValues { episodes_watched: None, notes: Some("a &amp; b".into()), ..plain_values() };
    let remote = EntryValues { episodes_watched: Some(0), notes: Some("a & b".into()), ..plain_values() };
    let resolution = resolve_entry(&local, None, &remote, &[Field::EpisodesWatched, Field::Notes]);
    assert_eq!((&resolution.values, resolution.field_resolutions.len()), (&local, 0));
}

#[path = "resolve_property_tests.rs"]
mod properties;
