use super::*;

fn sample_list() -> SimList {
    SimList::generate(1, "alice", 2000)
}

fn unfiltered_view(sort: SimListOrder) -> SimListView {
    SimListView { sort, status: None, includes_gray: true }
}

#[test]
fn same_seed_and_owner_generate_the_same_list() {
    let rows = |list: &SimList| list.iter_entries().map(|(id, e)| (id, e.status.clone())).collect::<Vec<_>>();
    assert_eq!(rows(&sample_list()), rows(&sample_list()));
    assert_ne!(rows(&sample_list()), rows(&SimList::generate(1, "bob", 2000)));
    assert_ne!(rows(&sample_list()), rows(&SimList::generate(2, "alice", 2000)));
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
        self.map(|(id, e)| (id, &e.status)).eq(other.map(|(id, e)| (id, &e.status)))
    }
}
impl<'a, I: Iterator<Item = (u64, &'a SimEntry)>> EqByStatus<'a> for I {}

#[test]
fn generated_list_contains_every_unusual_case() {
    let list = sample_list();
    let count = |test: &dyn Fn(&SimListStatus) -> bool| list.iter_entries().filter(|(_, e)| test(&e.status)).count();
    for status in WatchStatus::ALL {
        assert!(count(&|s| s.status == status) > 20, "{status:?}");
    }
    assert!(count(&|s| s.is_rewatching) > 5);
    assert!(count(&|s| s.status == WatchStatus::PlanToWatch && s.episodes_watched > 0) > 3);
    assert!(count(&|s| s.start_date.len() == 4) > 3);
    assert!(count(&|s| s.start_date.len() == 7) > 3);
    assert!(count(&|s| s.comments.contains('"')) > 3);
    assert!(count(&|s| !s.tags.is_empty()) > 50);
    assert!(count(&|s| s.status == WatchStatus::Completed && s.episodes_watched == 0) > 3);
    assert!(count(&|s| s.updated_at_seconds >= REFERENCE_TIME_SECONDS) == 0);
    let (low, middle) = (count(&|s| s.score == 2), count(&|s| s.score == 7));
    assert!(middle > 5 * low, "scores gather around 7: {low} twos, {middle} sevens");
}

#[test]
fn orders_are_as_documented() {
    let mut list = sample_list();
    let of = |list: &SimList, id: u64| list.get(id).unwrap().status.clone();
    let titles: Vec<String> = list
        .ordered_ids(unfiltered_view(SimListOrder::Title))
        .iter()
        .map(|id| list.anime_facts(*id).unwrap().title.to_lowercase())
        .collect();
    assert!(titles.is_sorted());
    let scores = list.ordered_ids(unfiltered_view(SimListOrder::Score));
    assert!(scores.iter().map(|id| of(&list, *id).score).rev().is_sorted());
    let updates = list.ordered_ids(unfiltered_view(SimListOrder::Updated));
    assert!(updates.iter().map(|id| of(&list, *id).updated_at_seconds).rev().is_sorted());
    let starts = list.ordered_ids(unfiltered_view(SimListOrder::StartDate));
    assert!(starts.iter().map(|id| list.anime_facts(*id).unwrap().start_date).rev().is_sorted());
    assert!(list.ordered_ids(unfiltered_view(SimListOrder::Id)).is_sorted());
    for sort in
        [SimListOrder::Title, SimListOrder::Score, SimListOrder::Updated, SimListOrder::StartDate, SimListOrder::Id]
    {
        let mut ids = list.ordered_ids(unfiltered_view(sort)).to_vec();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 2000, "{sort:?} has each row once");
    }
}

#[test]
fn rewatched_entry_is_listed_under_watching() {
    let mut list = sample_list();
    let under = |list: &mut SimList, status| {
        let view = SimListView { status: Some(status), ..unfiltered_view(SimListOrder::Id) };
        list.ordered_ids(view)
    };
    let id = list.iter_entries().find(|(_, e)| e.status.is_rewatching).unwrap().0;
    assert_eq!(list.get(id).unwrap().status.status, WatchStatus::Completed);
    assert!(under(&mut list, WatchStatus::Watching).contains(&id));
    assert!(!under(&mut list, WatchStatus::Completed).contains(&id));
    let total: usize = WatchStatus::ALL.into_iter().map(|status| under(&mut list, status).len()).sum();
    assert_eq!(total, 2000, "each row under exactly one status");
}

#[test]
fn gray_entries_are_hidden_without_nsfw() {
    let mut list = sample_list();
    let tame = list.ordered_ids(SimListView { includes_gray: false, ..unfiltered_view(SimListOrder::Id) });
    let gray = 2000 - tame.len();
    assert!((20..400).contains(&gray), "{gray}");
    assert!(tame.iter().all(|id| !list.anime_facts(*id).unwrap().is_gray));
}

#[test]
fn edit_is_reflected_in_the_next_order() {
    let mut list = sample_list();
    let before = list.ordered_ids(unfiltered_view(SimListOrder::Updated));
    let last = *before.last().unwrap();
    list.entry_mut(last).status.updated_at_seconds = REFERENCE_TIME_SECONDS + 10;
    assert_eq!(list.ordered_ids(unfiltered_view(SimListOrder::Updated))[0], last);
    assert!(list.remove(last));
    assert!(!list.remove(last));
    assert_eq!(list.ordered_ids(unfiltered_view(SimListOrder::Id)).len(), 1999);
}
