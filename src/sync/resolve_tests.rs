//! Each rule in both directions, with a local edit and without, and the laws that hold for all of them.

use proptest::prelude::*;

use super::*;

fn values() -> Values {
    Values { status: "watching".into(), episodes_watched: Some(0), ..Values::default() }
}

fn date(text: &str) -> Option<PartialDate> {
    (!text.is_empty()).then(|| text.parse().unwrap())
}

/// What one case comes to: the value that stands and the kind of conflict.
fn settle(field: Field, local: &Values, base: Option<&Values>, remote: &Values) -> (Value, Conflict, bool) {
    let resolution = resolve(local, base, remote, &[]);
    let others = resolution.settled.iter().filter(|settled| settled.field != field).count();
    assert_eq!(others, 0, "only {field:?} differs: {resolution:?}");
    let settled = resolution.settled.iter().find(|settled| settled.field == field);
    let conflict = settled.map_or(Conflict::No, |settled| settled.conflict);
    (value_of(&resolution.values, field), conflict, resolution.changes_row())
}

/// local, base (`None`: MAL never had it), remote → kept, conflict.
type Case<T> = (T, Option<T>, T, T, Conflict);

fn table<T: Clone + std::fmt::Debug>(field: Field, set: impl Fn(&mut Values, T), cases: &[Case<T>]) {
    let with = |value: &T| {
        let mut values = values();
        set(&mut values, value.clone());
        values
    };
    for (local, base, remote, kept, conflict) in cases {
        let (here, there) = (with(local), with(remote));
        let (stands, found, changed) = settle(field, &here, base.as_ref().map(with).as_ref(), &there);
        let case = format!("{field:?}: local {local:?}, base {base:?}, MAL {remote:?}");
        assert_eq!(stands, value_of(&with(kept), field), "{case}");
        assert_eq!(found, *conflict, "{case}");
        assert_eq!(changed, value_of(&here, field) != stands, "{case}");
    }
}

use Conflict::{New, No, Standing};

#[test]
fn status_is_always_mals() {
    let set = |values: &mut Values, status: &str| values.status = status.into();
    table(
        Field::Status,
        set,
        &[
            ("watching", Some("watching"), "watching", "watching", No),
            ("watching", Some("watching"), "completed", "completed", No),
            ("dropped", Some("watching"), "watching", "watching", Standing),
            ("dropped", Some("watching"), "completed", "completed", New),
            ("dropped", None, "completed", "completed", New),
            ("completed", None, "completed", "completed", No),
        ],
    );
}

#[test]
fn score_is_mals_if_above_zero_else_the_local_one() {
    let set = |values: &mut Values, score: Option<i32>| values.score = score;
    table(
        Field::Score,
        set,
        &[
            (Some(8), Some(Some(8)), Some(9), Some(9), No),
            (Some(8), Some(Some(8)), None, Some(8), No),
            (Some(10), Some(Some(8)), Some(8), Some(8), Standing),
            (Some(10), Some(Some(8)), Some(9), Some(9), New),
            (Some(10), Some(None), None, Some(10), No),
            (None, Some(Some(8)), Some(8), Some(8), No),
            (None, Some(None), Some(7), Some(7), No),
            (Some(5), None, Some(7), Some(7), New),
            (Some(5), None, None, Some(5), No),
        ],
    );
}

#[test]
fn progress_never_goes_backwards() {
    let set = |values: &mut Values, episodes: Option<i32>| values.episodes_watched = episodes;
    table(
        Field::EpisodesWatched,
        set,
        &[
            (Some(5), Some(Some(5)), Some(6), Some(6), No),
            (Some(5), Some(Some(5)), Some(3), Some(5), New),
            (Some(5), Some(Some(3)), Some(3), Some(5), Standing),
            (Some(7), Some(Some(5)), Some(6), Some(7), New),
            (Some(4), Some(Some(5)), Some(6), Some(6), New),
            (Some(4), Some(Some(5)), Some(5), Some(5), Standing),
            (Some(5), None, Some(3), Some(5), New),
            (Some(3), None, Some(5), Some(5), New),
            (Some(5), Some(Some(5)), Some(0), Some(5), No),
            (Some(0), Some(Some(0)), Some(5), Some(5), No),
            (None, None, Some(0), Some(0), No),
            (Some(-3), None, Some(0), Some(0), No),
        ],
    );
}

#[test]
fn dates_are_mals_where_it_has_one() {
    for field in [Field::StartDate, Field::FinishDate] {
        let set = |values: &mut Values, text: &str| match field {
            Field::StartDate => values.start_date = date(text),
            _ => values.finish_date = date(text),
        };
        table(
            field,
            set,
            &[
                ("2019-04-01", Some("2019-04-01"), "2019-04-02", "2019-04-02", No),
                ("2019-04-01", Some("2019-04-01"), "", "2019-04-01", No),
                ("2019-04-05", Some("2019-04-01"), "2019-04-01", "2019-04-01", Standing),
                ("2019-04-05", Some(""), "", "2019-04-05", No),
                ("2019-04-05", None, "2019-04", "2019-04", New),
                ("2019-04-01", None, "2019-04", "2019-04", New),
                ("", Some("2019"), "2019", "2019", No),
            ],
        );
    }
}

#[test]
fn notes_that_the_user_wrote_here_stay() {
    let set = |values: &mut Values, text: &str| values.notes = (!text.is_empty()).then(|| text.into());
    table(
        Field::Notes,
        set,
        &[
            ("", Some(""), "from MAL", "from MAL", No),
            ("old", Some("old"), "new", "new", No),
            ("old", Some("old"), "", "old", No),
            ("mine", Some("old"), "old", "mine", Standing),
            ("mine", Some("old"), "new", "mine", New),
            ("mine", Some("old"), "", "mine", No),
            ("mine", Some(""), "", "mine", No),
            ("", Some("old"), "old", "old", No),
            ("mine", None, "theirs", "mine", New),
            ("same", None, "same", "same", No),
            ("mine", None, "", "mine", No),
        ],
    );
}

#[test]
fn notes_are_compared_with_their_entities_resolved() {
    let mut local = values();
    local.notes = Some("say &quot;hi&quot; &amp; go".into());
    let mut remote = values();
    remote.notes = Some("say \"hi\" & go".into());
    let (kept, conflict, changed) = settle(Field::Notes, &local, None, &remote);
    assert_eq!((kept, conflict, changed), (json!("say \"hi\" & go"), No, true));
}

/// Sets one of the numbers that MAL keeps.
type Set = fn(&mut Values, i32);

#[test]
fn what_else_mal_keeps_is_always_mals() {
    let flag = |values: &mut Values, flag: bool| values.is_rewatching = flag;
    table(Field::IsRewatching, flag, &[(true, Some(false), false, false, No), (false, Some(false), true, true, No)]);
    let tags = |values: &mut Values, tags: &[&str]| values.tags = tags.iter().map(|&tag| tag.into()).collect();
    let (a, b, none): (&[&str], &[&str], &[&str]) = (&["a"], &["b"], &[]);
    table(Field::Tags, tags, &[(a, Some(a), b, b, No), (b, Some(a), a, a, Standing), (b, Some(a), none, none, No)]);
    let numbers: [(Field, Set); 3] = [
        (Field::TimesRewatched, |values, n| values.times_rewatched = n),
        (Field::RewatchValue, |values, n| values.rewatch_value = n),
        (Field::Priority, |values, n| values.priority = n),
    ];
    for (field, set) in numbers {
        table(
            field,
            set,
            &[(1, Some(1), 2, 2, No), (2, Some(1), 1, 1, Standing), (2, Some(1), 0, 0, No), (0, Some(0), 2, 2, No)],
        );
    }
}

#[test]
fn a_standing_conflict_is_told_once() {
    let (mut local, mut remote) = (values(), values());
    local.episodes_watched = Some(5);
    remote.episodes_watched = Some(3);
    let resolution = resolve(&local, Some(&remote), &remote, &[]);
    let settled = &resolution.settled[0];
    assert!(resolution.wants_history());
    assert!(settled.is_new_conflict(None));
    let last = LastConflict { local: json!(5), mal: json!(3), kept: json!(5) };
    assert!(!settled.is_new_conflict(Some(&last)));
    assert!(settled.is_new_conflict(Some(&LastConflict { local: json!(4), ..last.clone() })));
    assert!(settled.is_new_conflict(Some(&LastConflict { mal: json!(2), ..last })));
}

#[test]
fn an_edit_that_was_set_back_and_is_made_again_is_a_new_conflict() {
    let (mut local, remote) = (values(), values());
    local.status = "dropped".into();
    let resolution = resolve(&local, Some(&remote), &remote, &[]);
    let last = LastConflict { local: json!("dropped"), mal: json!("watching"), kept: json!("watching") };
    assert!(resolution.settled[0].is_new_conflict(Some(&last)));
}

#[test]
fn a_pair_that_a_pin_held_is_no_new_conflict_once_the_pin_is_let_go() {
    let (mut local, remote) = (values(), values());
    local.status = "dropped".into();
    let pinned = resolve(&local, Some(&remote), &remote, &[Field::Status]);
    let Settled { local: here, mal, kept, .. } = pinned.settled[0].clone();
    let last = LastConflict { local: here, mal, kept };
    let free = resolve(&local, Some(&remote), &remote, &[]);
    assert!(free.wants_history() && free.changes_row());
    assert!(!free.settled[0].is_new_conflict(Some(&last)) && free.settled[0].is_new_conflict(None));
}

/// local, base, MAL's, which conflict: a pinned score stays whatever MAL says.
#[test]
fn a_pinned_field_keeps_its_local_value_and_whatever_differs_is_told() {
    let with = |score: Option<i32>| Values { score, ..values() };
    for (local, base, remote, conflict) in [
        (Some(9), Some(Some(8)), Some(8), Standing),
        (Some(9), Some(Some(8)), Some(7), New),
        (Some(8), Some(Some(8)), Some(7), New),
        (Some(9), None, Some(8), New),
        (Some(8), Some(Some(8)), Some(8), No),
        // An empty side is a value like any other here: it is what the pin keeps, or keeps off.
        (None, Some(Some(8)), Some(8), Standing),
        (None, Some(None), Some(8), New),
        (Some(9), Some(Some(8)), None, New),
        (None, Some(Some(8)), None, No),
    ] {
        let case = format!("local {local:?}, base {base:?}, MAL {remote:?}");
        let (here, base) = (with(local), base.map(with));
        let resolution = resolve(&here, base.as_ref(), &with(remote), &[Field::Score]);
        assert_eq!((&resolution.values, resolution.changes_row()), (&here, false), "{case}");
        let told = resolution.settled.first();
        assert_eq!(told.map_or(No, |settled| settled.conflict), conflict, "{case}");
        assert!(told.is_none_or(|settled| settled.rule == Rule::Pinned && settled.kept == settled.local), "{case}");
    }
}

#[test]
fn values_that_are_both_empty_or_the_same_but_for_entities_do_not_stand_against_each_other() {
    let here = Values { episodes_watched: None, notes: Some("a &amp; b".into()), ..values() };
    let there = Values { episodes_watched: Some(0), notes: Some("a & b".into()), ..values() };
    let resolution = resolve(&here, None, &there, &[Field::EpisodesWatched, Field::Notes]);
    assert_eq!((&resolution.values, resolution.settled.len()), (&here, 0));
}

fn any_pins() -> impl Strategy<Value = Vec<Field>> {
    prop::sample::subsequence(Field::RULED.to_vec(), 0..=Field::RULED.len())
}

fn any_values() -> impl Strategy<Value = Values> {
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
            )| Values {
                status: status.into(),
                score,
                episodes_watched,
                start_date: date(start),
                finish_date: date(finish),
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
fn any_remote() -> impl Strategy<Value = Values> {
    any_values().prop_map(|values| Values { episodes_watched: values.episodes_watched.or(Some(0)), ..values })
}

proptest! {
    #[test]
    fn a_pin_keeps_its_field_and_leaves_the_others_to_the_rules(
        local in any_values(), base in prop::option::of(any_remote()), remote in any_remote(), pins in any_pins()
    ) {
        let pinned = resolve(&local, base.as_ref(), &remote, &pins);
        let free = resolve(&local, base.as_ref(), &remote, &[]);
        for field in Field::RULED {
            let by_rule = if pins.contains(&field) { &local } else { &free.values };
            prop_assert_eq!(value_of(&pinned.values, field), value_of(by_rule, field));
        }
        let again = resolve(&pinned.values, Some(&remote), &remote, &pins);
        prop_assert!(again.settled.iter().all(|settled| !settled.changed && settled.conflict == Conflict::Standing));
    }

    #[test]
    fn once_settled_nothing_changes_again(local in any_values(), base in prop::option::of(any_remote()), remote in any_remote()) {
        let first = resolve(&local, base.as_ref(), &remote, &[]);
        let again = resolve(&first.values, Some(&remote), &remote, &[]);
        prop_assert_eq!(&again.values, &first.values);
        prop_assert!(again.settled.iter().all(|settled| !settled.changed && settled.conflict == Conflict::Standing));
    }

    #[test]
    fn nothing_is_invented(local in any_values(), base in prop::option::of(any_remote()), remote in any_remote()) {
        let resolution = resolve(&local, base.as_ref(), &remote, &[]);
        for field in Field::RULED {
            let kept = value_of(&resolution.values, field);
            prop_assert!(kept == value_of(&local, field) || kept == value_of(&remote, field), "{field:?}");
        }
    }

    #[test]
    fn mals_news_alone_is_never_a_conflict_unless_a_rule_keeps_the_old(base in any_remote(), remote in any_remote()) {
        let resolution = resolve(&base, Some(&base), &remote, &[]);
        for settled in resolution.settled.iter().filter(|settled| settled.conflict != Conflict::No) {
            prop_assert_eq!(&settled.kept, &settled.local);
        }
    }

    #[test]
    fn no_edit_of_an_unscored_undated_uncommented_entry_is_lost(local in any_values(), status in Just("watching")) {
        let remote = Values { status: status.into(), episodes_watched: Some(0), ..Values::default() };
        let kept = resolve(&local, Some(&remote), &remote, &[]).values;
        prop_assert_eq!(kept.score, local.score);
        prop_assert_eq!(kept.episodes_watched, local.episodes_watched.or(Some(0)));
        prop_assert_eq!((kept.start_date, kept.finish_date), (local.start_date, local.finish_date));
        prop_assert_eq!(kept.notes, local.notes);
    }
}
