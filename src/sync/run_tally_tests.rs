//! Conservation: in any order of events, the fetched entries equal the stored, unchanged and failed ones.

use proptest::prelude::*;

use super::*;

fn entry_outcome(mal_id: i32, anime: RowOutcome, entry: RowOutcome) -> EntryOutcome {
    EntryOutcome {
        mal_id,
        anime,
        entry,
        newly_listed: entry == RowOutcome::Created,
        rewrites_record: false,
        changes: Vec::new(),
    }
}

fn entry_error(mal_id: Option<i64>, kind: EntryErrorKind) -> EntryError {
    EntryError { mal_id, title: None, kind, message: "no".into() }
}

fn is_conserved(counters: RunCounters, errors: usize) -> bool {
    let errors = i64::try_from(errors).unwrap();
    let anime = counters.anime_created + counters.anime_updated + counters.anime_unchanged + errors;
    let entries = counters.user_lists_created + counters.user_lists_updated + counters.user_lists_unchanged + errors;
    anime == counters.anime_fetched && entries == counters.anime_fetched
}

#[test]
fn entry_stored_twice_counts_by_its_stronger_outcome() {
    let mut tally = RunTally::default();
    tally.record_stored(&[
        entry_outcome(1, RowOutcome::Created, RowOutcome::Created),
        entry_outcome(2, RowOutcome::Unchanged, RowOutcome::Unchanged),
    ]);
    tally.record_stored(&[
        entry_outcome(1, RowOutcome::Unchanged, RowOutcome::Updated),
        entry_outcome(2, RowOutcome::Updated, RowOutcome::Unchanged),
    ]);
    let counters = tally.counters(RequestCounters::default());
    assert_eq!((counters.anime_fetched, counters.anime_created, counters.anime_updated), (2, 1, 1));
    assert_eq!((counters.user_lists_created, counters.user_lists_unchanged), (1, 1));
    assert_eq!(tally.newly_listed_count(), 1);
}

#[test]
fn errors_count_once_per_entry_and_not_for_stored_entries() {
    let mut tally = RunTally::default();
    tally.record_error(entry_error(Some(1), EntryErrorKind::Invalid));
    tally.record_error(entry_error(Some(1), EntryErrorKind::Constraint));
    tally.record_error(entry_error(None, EntryErrorKind::Invalid));
    tally.record_error(entry_error(None, EntryErrorKind::Invalid));
    assert_eq!(tally.errors().len(), 3);
    tally.record_stored(&[entry_outcome(1, RowOutcome::Created, RowOutcome::Created)]);
    tally.record_error(entry_error(Some(1), EntryErrorKind::Invalid));
    assert_eq!((tally.errors().len(), tally.counters(RequestCounters::default()).anime_fetched), (2, 3));
    tally.forget_errors_without_id();
    assert_eq!(tally.counters(RequestCounters::default()).anime_fetched, 1);
}

#[derive(Clone, Debug)]
enum TallyEvent {
    Stored(i32, RowOutcome, RowOutcome),
    Rejected(Option<i64>),
    Reconciled(i32),
}

fn any_event() -> impl Strategy<Value = TallyEvent> {
    let any_row_outcome =
        || prop::sample::select(vec![RowOutcome::Created, RowOutcome::Updated, RowOutcome::Unchanged]);
    prop_oneof![
        (1..9_i32, any_row_outcome(), any_row_outcome())
            .prop_map(|(id, anime, entry)| TallyEvent::Stored(id, anime, entry)),
        prop::option::of(1..9_i64).prop_map(TallyEvent::Rejected),
        (1..9_i32).prop_map(TallyEvent::Reconciled),
    ]
}

proptest! {
    #[test]
    fn counters_are_conserved_after_every_event(events in prop::collection::vec(any_event(), 0..40)) {
        let mut tally = RunTally::default();
        for event in events {
            match event {
                TallyEvent::Stored(id, anime, entry) => {
                    let outcomes = [entry_outcome(id, anime, entry)];
                    let projected = tally.projected_counters(&outcomes, 0, RequestCounters::default());
                    tally.record_stored(&outcomes);
                    prop_assert_eq!(projected, tally.counters(RequestCounters::default()));
                }
                TallyEvent::Rejected(id) => tally.record_error(entry_error(id, EntryErrorKind::Invalid)),
                TallyEvent::Reconciled(id) => {
                    tally.record_reconciled(&[entry_outcome(id, RowOutcome::Unchanged, RowOutcome::Updated)]);
                }
            }
            prop_assert!(is_conserved(tally.counters(RequestCounters::default()), tally.errors().len()));
        }
    }
}
