use super::*;

fn list() -> List {
    List::make(1, "alice", 2000)
}

fn all(sort: Sort) -> View {
    View { sort, status: None, nsfw: true }
}

#[test]
fn the_same_seed_and_owner_make_the_same_list() {
    let rows = |list: &List| list.rows().map(|(id, e)| (id, e.status.clone())).collect::<Vec<_>>();
    assert_eq!(rows(&list()), rows(&list()));
    assert_ne!(rows(&list()), rows(&List::make(1, "bob", 2000)));
    assert_ne!(rows(&list()), rows(&List::make(2, "alice", 2000)));
}

#[test]
fn a_shorter_list_is_the_beginning_of_a_longer_one() {
    let mut short = List::make(1, "alice", 700);
    let ids: Vec<u64> = short.rows().map(|(id, _)| id).collect();
    assert_eq!(ids, list().rows().map(|(id, _)| id).take(700).collect::<Vec<_>>());
    short.resize(2000);
    assert_eq!(short.len(), 2000);
    assert!(short.rows().eq_by_status(list().rows()));
}

trait SameRows<'a>: Iterator<Item = (u64, &'a Entry)> + Sized {
    fn eq_by_status(self, other: impl Iterator<Item = (u64, &'a Entry)>) -> bool {
        self.map(|(id, e)| (id, &e.status)).eq(other.map(|(id, e)| (id, &e.status)))
    }
}
impl<'a, I: Iterator<Item = (u64, &'a Entry)>> SameRows<'a> for I {}

#[test]
fn every_oddity_of_real_lists_is_there() {
    let list = list();
    let count = |test: &dyn Fn(&ListStatus) -> bool| list.rows().filter(|(_, e)| test(&e.status)).count();
    for status in Status::ALL {
        assert!(count(&|s| s.status == status) > 20, "{status:?}");
    }
    assert!(count(&|s| s.rewatching) > 5);
    assert!(count(&|s| s.status == Status::Plan && s.watched > 0) > 3);
    assert!(count(&|s| s.start.len() == 4) > 3);
    assert!(count(&|s| s.start.len() == 7) > 3);
    assert!(count(&|s| s.comments.contains('"')) > 3);
    assert!(count(&|s| !s.tags.is_empty()) > 50);
    assert!(count(&|s| s.status == Status::Completed && s.watched == 0) > 3);
    assert!(count(&|s| s.updated >= EPOCH) == 0);
    let (low, middle) = (count(&|s| s.score == 2), count(&|s| s.score == 7));
    assert!(middle > 5 * low, "scores gather around 7: {low} twos, {middle} sevens");
}

#[test]
fn orders_are_as_documented() {
    let mut list = list();
    let of = |list: &List, id: u64| list.get(id).unwrap().status.clone();
    let titles: Vec<String> =
        list.order(all(Sort::Title)).iter().map(|id| list.brief(*id).unwrap().title.to_lowercase()).collect();
    assert!(titles.is_sorted());
    let scores = list.order(all(Sort::Score));
    assert!(scores.iter().map(|id| of(&list, *id).score).rev().is_sorted());
    let updates = list.order(all(Sort::Updated));
    assert!(updates.iter().map(|id| of(&list, *id).updated).rev().is_sorted());
    let starts = list.order(all(Sort::StartDate));
    assert!(starts.iter().map(|id| list.brief(*id).unwrap().start).rev().is_sorted());
    assert!(list.order(all(Sort::Id)).is_sorted());
    for sort in [Sort::Title, Sort::Score, Sort::Updated, Sort::StartDate, Sort::Id] {
        let mut ids = list.order(all(sort)).to_vec();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 2000, "{sort:?} has each row once");
    }
}

#[test]
fn a_rewatched_entry_stands_under_watching() {
    let mut list = list();
    let under = |list: &mut List, status| {
        let view = View { status: Some(status), ..all(Sort::Id) };
        list.order(view)
    };
    let id = list.rows().find(|(_, e)| e.status.rewatching).unwrap().0;
    assert_eq!(list.get(id).unwrap().status.status, Status::Completed);
    assert!(under(&mut list, Status::Watching).contains(&id));
    assert!(!under(&mut list, Status::Completed).contains(&id));
    let total: usize = Status::ALL.into_iter().map(|status| under(&mut list, status).len()).sum();
    assert_eq!(total, 2000, "each row under exactly one status");
}

#[test]
fn gray_rows_vanish_without_nsfw() {
    let mut list = list();
    let tame = list.order(View { nsfw: false, ..all(Sort::Id) });
    let gray = 2000 - tame.len();
    assert!((20..400).contains(&gray), "{gray}");
    assert!(tame.iter().all(|id| !list.brief(*id).unwrap().gray));
}

#[test]
fn an_edit_is_seen_by_the_next_order() {
    let mut list = list();
    let before = list.order(all(Sort::Updated));
    let last = *before.last().unwrap();
    list.edit(last).status.updated = EPOCH + 10;
    assert_eq!(list.order(all(Sort::Updated))[0], last);
    assert!(list.remove(last));
    assert!(!list.remove(last));
    assert_eq!(list.order(all(Sort::Id)).len(), 1999);
}
