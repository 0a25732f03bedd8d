//! Conservation: whatever comes in whatever order, what was fetched is what was stored, kept or refused.

use proptest::prelude::*;

use super::*;

fn outcome(mal_id: i32, anime: Fate, entry: Fate) -> Outcome {
    Outcome { mal_id, anime, entry, joined: entry == Fate::Created, changes: Vec::new() }
}

fn error(mal_id: Option<i64>, kind: ErrorKind) -> EntryError {
    EntryError { mal_id, title: None, kind, message: "no".into() }
}

fn conserved(counters: Counters, errors: usize) -> bool {
    let errors = i64::try_from(errors).unwrap();
    let anime = counters.anime_created + counters.anime_updated + counters.anime_unchanged + errors;
    let entries = counters.user_lists_created + counters.user_lists_updated + counters.user_lists_unchanged + errors;
    anime == counters.anime_fetched && entries == counters.anime_fetched
}

#[test]
fn an_entry_that_came_twice_counts_by_the_most_that_happened_to_it() {
    let mut report = Report::default();
    report.stored(&[outcome(1, Fate::Created, Fate::Created), outcome(2, Fate::Unchanged, Fate::Unchanged)]);
    report.stored(&[outcome(1, Fate::Unchanged, Fate::Updated), outcome(2, Fate::Updated, Fate::Unchanged)]);
    let counters = report.counters(Traffic::default());
    assert_eq!((counters.anime_fetched, counters.anime_created, counters.anime_updated), (2, 1, 1));
    assert_eq!((counters.user_lists_created, counters.user_lists_unchanged), (1, 1));
    assert_eq!(report.joined(), 1);
}

#[test]
fn an_entry_is_one_error_and_a_stored_one_is_none() {
    let mut report = Report::default();
    report.rejected(error(Some(1), ErrorKind::Invalid));
    report.rejected(error(Some(1), ErrorKind::Constraint));
    report.rejected(error(None, ErrorKind::Invalid));
    report.rejected(error(None, ErrorKind::Invalid));
    assert_eq!(report.errors().len(), 3);
    report.stored(&[outcome(1, Fate::Created, Fate::Created)]);
    report.rejected(error(Some(1), ErrorKind::Invalid));
    assert_eq!((report.errors().len(), report.counters(Traffic::default()).anime_fetched), (2, 3));
    report.forget_nameless();
    assert_eq!(report.counters(Traffic::default()).anime_fetched, 1);
}

#[derive(Clone, Debug)]
enum Event {
    Stored(i32, Fate, Fate),
    Rejected(Option<i64>),
    Settled(i32),
}

fn any_event() -> impl Strategy<Value = Event> {
    let fate = || prop::sample::select(vec![Fate::Created, Fate::Updated, Fate::Unchanged]);
    prop_oneof![
        (1..9_i32, fate(), fate()).prop_map(|(id, anime, entry)| Event::Stored(id, anime, entry)),
        prop::option::of(1..9_i64).prop_map(Event::Rejected),
        (1..9_i32).prop_map(Event::Settled),
    ]
}

proptest! {
    #[test]
    fn conservation_holds_at_every_moment(events in prop::collection::vec(any_event(), 0..40)) {
        let mut report = Report::default();
        for event in events {
            match event {
                Event::Stored(id, anime, entry) => {
                    let outcomes = [outcome(id, anime, entry)];
                    let foretold = report.counters_with(&outcomes, 0, Traffic::default());
                    report.stored(&outcomes);
                    prop_assert_eq!(foretold, report.counters(Traffic::default()));
                }
                Event::Rejected(id) => report.rejected(error(id, ErrorKind::Invalid)),
                Event::Settled(id) => report.settled(&[outcome(id, Fate::Unchanged, Fate::Updated)]),
            }
            prop_assert!(conserved(report.counters(Traffic::default()), report.errors().len()));
        }
    }
}
