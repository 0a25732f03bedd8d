//! Tests of generated lists: seeds, orders, filters and sizes.

use super::*;

fn sample_list() -> SimList {
    SimList::generate(1, "alice", 2000)
}

fn unfiltered_view(sort: SimListOrder) -> SimListView {
    SimListView { sort, status: None, includes_gray: true }
}

#[test]
fn same_seed_and_owner_generate_the_same_list() {
    let statuses =
        |list: &SimList| list.iter_entries().map(|(id, entry)| (id, entry.list_status.clone())).collect::<Vec<_>>();
    assert_eq!(statuses(&sample_list()), statuses(&sample_list()));
    assert_ne!(statuses(&sample_list()), statuses(&SimList::generate(1, "bob", 2000)));
    assert_ne!(statuses(&sample_list()), statuses(&SimList::generate(2, "alice", 2000)));
}

#[test]
fn shorter_list_is_a_prefix_of_a_longer_list() {
    let mut short = SimList::generate(1, "alice", 700);
    let ids: Vec<u64> = short.iter_entries().map(|(id, _)| id).collect();
    assert_eq!(ids, sample_list().iter_entries().map(|(id, _)| id).take(700).collect::<Vec<_>>());
    short.resize(2000);
    assert_eq!(short.len(), 2000);
    assert!(short.iter_entries().eq_by_status(sample_list().iter_entries()));
}

trait EqByStatus<'a>: Iterator<Item = (u64, &'a SimEntry)> + Sized {
    fn eq_by_status(self, other: impl Iterator<Item = (u64, &'a SimEntry)>) -> bool {
        self.map(|(id, entry)| (id, &entry.list_status)).eq(other.map(|(id, entry)| (id, &entry.list_status)))
    }
}
impl<'a, I: Iterator<Item = (u64, &'a SimEntry)>> EqByStatus<'a> for I {}

#[test]
fn generated_list_contains_every_unusual_case() {
    let list = sample_list();
    let count = |test: &dyn Fn(&SimListStatus) -> bool| {
        list.iter_entries().filter(|(_, entry)| test(&entry.list_status)).count()
    };
    for status in WatchStatus::ALL {
        assert!(count(&|entry_status| entry_status.watch_status == status) > 20, "{status:?}");
    }
    assert!(count(&|status| status.is_rewatching) > 5);
    assert!(count(&|status| status.watch_status == WatchStatus::PlanToWatch && status.episodes_watched > 0) > 3);
    assert!(count(&|status| status.start_date.len() == 4) > 3);
    assert!(count(&|status| status.start_date.len() == 7) > 3);
    assert!(count(&|status| status.comments.contains('"')) > 3);
    assert!(count(&|status| !status.tags.is_empty()) > 50);
    assert!(count(&|status| status.watch_status == WatchStatus::Completed && status.episodes_watched == 0) > 3);
    assert!(count(&|status| status.updated_at_seconds >= REFERENCE_TIME_SECONDS) == 0);
    let (low, middle) = (count(&|status| status.score == 2), count(&|status| status.score == 7));
    assert!(middle > 5 * low, "scores must cluster around 7: {low} twos, {middle} sevens");
}

#[test]
fn orders_are_as_documented() {
    let mut list = sample_list();
    let status_of = |list: &SimList, id: u64| list.get(id).unwrap().list_status.clone();
    let titles: Vec<String> = list
        .ordered_ids(unfiltered_view(SimListOrder::Title))
        .iter()
        .map(|id| list.anime_facts(*id).unwrap().title.to_lowercase())
        .collect();
    assert!(titles.is_sorted());
    let by_score = list.ordered_ids(unfiltered_view(SimListOrder::Score));
    assert!(by_score.iter().map(|id| status_of(&list, *id).score).rev().is_sorted());
    let by_update = list.ordered_ids(unfiltered_view(SimListOrder::Updated));
    assert!(by_update.iter().map(|id| status_of(&list, *id).updated_at_seconds).rev().is_sorted());
    let by_start_date = list.ordered_ids(unfiltered_view(SimListOrder::StartDate));
    assert!(by_start_date.iter().map(|id| list.anime_facts(*id).unwrap().start_date).rev().is_sorted());
    assert!(list.ordered_ids(unfiltered_view(SimListOrder::Id)).is_sorted());
    for sort in
        [SimListOrder::Title, SimListOrder::Score, SimListOrder::Updated, SimListOrder::StartDate, SimListOrder::Id]
    {
        let mut ids = list.ordered_ids(unfiltered_view(sort)).to_vec();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 2000, "{sort:?} must contain each entry once");
    }
}

#[test]
fn rewatched_entry_is_listed_under_watching() {
    let mut list = sample_list();
    let ids_with_status = |list: &mut SimList, status| {
        let view = SimListView { status: Some(status), ..unfiltered_view(SimListOrder::Id) };
        list.ordered_ids(view)
    };
    let id = list.iter_entries().find(|(_, entry)| entry.list_status.is_rewatching).unwrap().0;
    assert_eq!(list.get(id).unwrap().list_status.watch_status, WatchStatus::Completed);
    assert!(ids_with_status(&mut list, WatchStatus::Watching).contains(&id));
    assert!(!ids_with_status(&mut list, WatchStatus::Completed).contains(&id));
    let total: usize = WatchStatus::ALL.into_iter().map(|status| ids_with_status(&mut list, status).len()).sum();
    assert_eq!(total, 2000, "each entry must have exactly one status");
}

#[test]
fn gray_entries_are_hidden_without_nsfw() {
    let mut list = sample_list();
    let not_gray = list.ordered_ids(SimListView { includes_gray: false, ..unfiltered_view(SimListOrder::Id) });
    let gray_count = 2000 - not_gray.len();
    assert!((20..400).contains(&gray_count), "{gray_count}");
    assert!(not_gray.iter().all(|id| !list.anime_facts(*id).unwrap().is_gray));
}

#[test]
fn edit_is_reflected_in_the_next_order() {
    let mut list = sample_list();
    let before = list.ordered_ids(unfiltered_view(SimListOrder::Updated));
    let last = *before.last().unwrap();
    list.entry_mut(last).list_status.updated_at_seconds = REFERENCE_TIME_SECONDS + 10;
    assert_eq!(list.ordered_ids(unfiltered_view(SimListOrder::Updated))[0], last);
    assert!(list.remove(last));
    assert!(!list.remove(last));
    assert_eq!(list.ordered_ids(unfiltered_view(SimListOrder::Id)).len(), 1999);
}
