//! Whole runs against a MAL and a store in memory: what moves, what stays, and what is counted.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::{
    domain::{
        anime::Anime,
        entry::Remote,
        run::{Counters, RunStatus},
        user::{Login, UserId},
    },
    sync::{
        memory::{Mal, Memory, Tables, at, remote},
        port::Marks,
    },
};

/// A user, MAL and a database, and what the last run left in the user's row.
struct World {
    mal: Mal,
    store: Memory,
    stop: CancellationToken,
    last_full: Option<i64>,
}

impl World {
    fn of(entries: i32) -> Self {
        let list = (1..=entries).map(|id| remote(id, i64::from(id), &json!({}))).collect();
        Self { mal: Mal::with(list), store: Memory::default(), stop: CancellationToken::new(), last_full: None }
    }

    fn user(&self) -> User {
        let marks = self.store.tables.lock().unwrap().marks;
        let watermark = marks.and_then(|marks| marks.watermark);
        User {
            id: UserId(1),
            username: "alice".into(),
            email: None,
            mal_user_id: Some(7),
            login: Login::default(),
            last_mal_sync: watermark,
            watermark,
            drift: Some(0),
            last_full_sync: self.last_full.map(at),
        }
    }

    async fn try_sync(&mut self, request: Request) -> Ended {
        self.store.now += 1_000_000;
        let request = Request { full_every: Duration::from_secs(86_400_000), batch_size: 4, ..request };
        let engine = Engine { store: &self.store, source: &self.mal, progress: &(), stop: &self.stop };
        let ended = engine.sync(&self.user(), &request).await.expect("a run exists");
        let Counters { anime_fetched, anime_created, anime_updated, anime_unchanged, .. } = ended.run.counters;
        let errors = i64::try_from(ended.run.errors.len()).unwrap();
        assert_eq!(anime_created + anime_updated + anime_unchanged + errors, anime_fetched, "conservation of anime");
        let Counters { user_lists_created, user_lists_updated, user_lists_unchanged, .. } = ended.run.counters;
        assert_eq!(
            user_lists_created + user_lists_updated + user_lists_unchanged + errors,
            anime_fetched,
            "of entries"
        );
        if !request.dry_run && ended.run.mode != Mode::Skipped {
            let told = self.tables().runs.last().map(|(_, status, counters)| (*status, *counters));
            assert_eq!(told, Some((ended.run.status, ended.run.counters)), "the row tells what the run tells");
        }
        ended
    }

    async fn sync(&mut self) -> Run {
        let ended = self.try_sync(Request::default()).await;
        assert!(ended.failure.is_none(), "{:?}", ended.failure);
        if ended.run.mode == Mode::Full && ended.run.status == RunStatus::Success {
            self.last_full = Some(self.store.now);
        }
        ended.run
    }

    async fn full(&mut self) -> Ended {
        self.try_sync(Request { force_full: true, ..Request::default() }).await
    }

    fn tables(&self) -> Tables {
        self.store.tables.lock().unwrap().clone()
    }

    fn told(&self, from: usize) -> Vec<(i32, &'static str, Value, Value, Value, bool)> {
        let tell = |change: Change| {
            (change.mal_id, change.field.as_str(), change.local, change.mal, change.kept, change.conflict)
        };
        self.tables().changes.into_iter().skip(from).map(tell).collect()
    }
}

#[tokio::test]
async fn the_first_run_brings_everything_and_moves_the_marks() {
    let mut world = World::of(25);
    let run = world.sync().await;
    assert_eq!((run.mode, run.status), (Mode::Full, RunStatus::Success));
    assert_eq!((run.counters.anime_fetched, run.counters.anime_created, run.counters.user_lists_created), (25, 25, 25));
    assert_eq!(world.tables().marks, Some(Marks { watermark: Some(at(25)), full: Some(Some(0)) }));
    let asked = world.mal.asked.lock().unwrap().clone();
    assert_eq!(asked, [(Sort::Title, 0), (Sort::Title, 10), (Sort::Title, 20)]);
}

#[tokio::test]
async fn an_unchanged_list_costs_one_page_and_writes_no_row() {
    let mut world = World::of(2000);
    world.mal.page_size = 100;
    world.sync().await;
    let (before, _) = (world.tables().writes, world.mal.pages());
    let run = world.sync().await;
    assert_eq!((run.mode, run.status), (Mode::Incremental, RunStatus::Success));
    assert_eq!(world.tables().writes, before);
    // Ten minutes of overlap hold 600 of these entries, one a second.
    assert_eq!(world.mal.pages(), 7);
    let full = world.full().await.run;
    assert_eq!((full.mode, full.counters.user_lists_unchanged), (Mode::Full, 2000));
    assert_eq!(world.tables().writes, before);
}

#[tokio::test]
async fn an_incremental_run_brings_what_changed() {
    let mut world = World::of(25);
    world.sync().await;
    world.mal.put(remote(3, 500_000, &json!({"score": 9})));
    world.mal.put(remote(26, 500_001, &json!({})));
    let told = world.tables().changes.len();
    let run = world.sync().await;
    assert_eq!(run.mode, Mode::Incremental);
    assert_eq!((run.counters.user_lists_updated, run.counters.user_lists_created), (1, 1));
    assert_eq!(world.told(told)[0], (3, "score", json!(null), json!(9), json!(9), false));
    assert_eq!(world.tables().marks.unwrap().watermark, Some(at(500_001)));
}

#[tokio::test]
async fn counts_that_differ_turn_an_incremental_run_into_a_full_one() {
    let mut world = World::of(25);
    world.sync().await;
    world.mal.take(5);
    let run = world.sync().await;
    assert_eq!((run.mode, run.status), (Mode::Full, RunStatus::Success));
    assert_eq!((run.counters.anime_fetched, run.counters.user_lists_removed), (24, 1));
    assert_eq!(world.tables().locals[&5].removed_at, Some(at(world.store.now)));
    assert_eq!(world.tables().runs.last().unwrap().0, Mode::Full);
    assert_eq!(world.sync().await.mode, Mode::Incremental, "the mark is counted out from then on");
}

#[tokio::test]
async fn an_entry_that_comes_back_loses_its_mark() {
    let mut world = World::of(25);
    world.sync().await;
    let old = remote(5, 5, &json!({}));
    world.mal.take(5);
    world.sync().await;
    world.mal.put(old);
    let run = world.sync().await;
    assert_eq!(run.counters.user_lists_updated, 1);
    assert_eq!(world.tables().locals[&5].removed_at, None);
    assert_eq!(world.sync().await.mode, Mode::Incremental);
}

#[tokio::test]
async fn a_listing_that_mals_count_does_not_confirm_removes_nothing() {
    let mut world = World::of(25);
    world.sync().await;
    world.mal.take(5);
    *world.mal.num_items.lock().unwrap() = Some(25);
    let run = world.full().await.run;
    assert_eq!((run.status, run.counters.user_lists_removed), (RunStatus::Success, 0));
    assert_eq!(world.tables().locals[&5].removed_at, None);
}

#[tokio::test]
async fn the_guard_stops_a_list_that_shrank_too_much() {
    let mut world = World::of(60);
    world.sync().await;
    (1..=13).for_each(|id| world.mal.take(id));
    let before = world.tables();
    let ended = world.full().await;
    assert_eq!(ended.run.status, RunStatus::Failed);
    let failure = ended.failure.unwrap();
    assert_eq!(failure.exit, Exit::Guard);
    assert!(failure.message().contains("13 of 60"), "{}", failure.message());
    assert_eq!((world.tables().locals, world.tables().marks), (before.locals, before.marks));
    let allowed = world.try_sync(Request { force_full: true, allow_shrink: true, ..Request::default() }).await;
    assert_eq!((allowed.run.status, allowed.run.counters.user_lists_removed), (RunStatus::Success, 13));
}

#[tokio::test]
async fn an_empty_list_is_never_taken_for_real() {
    let mut world = World::of(1);
    world.sync().await;
    world.mal.take(1);
    let ended = world.try_sync(Request::default()).await;
    assert_eq!((ended.run.mode, ended.run.status), (Mode::Full, RunStatus::Failed));
    assert_eq!(ended.failure.unwrap().exit, Exit::Guard);
    assert_eq!(world.tables().locals[&1].removed_at, None);
}

#[tokio::test]
async fn prune_deletes_what_is_marked_now_and_what_was_marked_before() {
    let mut world = World::of(25);
    world.sync().await;
    world.mal.take(5);
    world.sync().await;
    world.mal.take(6);
    let run = world.try_sync(Request { prune: true, ..Request::default() }).await.run;
    assert_eq!((run.mode, run.counters.user_lists_removed), (Mode::Full, 2));
    let left = world.tables().locals;
    assert!(!left.contains_key(&5) && !left.contains_key(&6) && left.len() == 23);
}

#[tokio::test]
async fn what_mal_never_had_stays() {
    let mut world = World::of(25);
    world.sync().await;
    let mut own = world.tables().locals[&1].clone();
    (own.mal_id, own.id, own.base) = (900, 900, None);
    world.store.tables.lock().unwrap().locals.insert(900, own.clone());
    let run = world.try_sync(Request { prune: true, ..Request::default() }).await.run;
    assert_eq!((run.status, run.counters.user_lists_removed), (RunStatus::Success, 0));
    assert_eq!(world.tables().locals[&900], own);
}

#[tokio::test]
async fn a_dry_run_tells_all_and_writes_nothing() {
    let mut world = World::of(25);
    world.sync().await;
    world.mal.put(remote(3, 500_000, &json!({"score": 9})));
    world.mal.take(5);
    let before = world.tables();
    let ended = world.try_sync(Request { dry_run: true, ..Request::default() }).await;
    assert_eq!((ended.run.id, ended.run.status, ended.run.dry_run), (None, RunStatus::Success, true));
    assert_eq!((ended.run.counters.user_lists_updated, ended.run.counters.user_lists_removed), (1, 1));
    let would: Vec<_> = ended.would_change.iter().map(|(change, _)| (change.mal_id, change.field.as_str())).collect();
    assert_eq!(would, [(3, "score"), (5, "removed_at")]);
    assert_eq!(world.tables(), before);
}

#[tokio::test]
async fn a_refused_entry_takes_nobody_with_it_and_the_marks_move() {
    let mut world = World::of(25);
    world.store.refuses.insert(7);
    let ended = world.full().await;
    assert_eq!(ended.run.status, RunStatus::Partial);
    assert_eq!(ended.run.errors[0].mal_id, Some(7));
    assert_eq!((ended.run.errors[0].kind, ended.run.errors.len()), (ErrorKind::Constraint, 1));
    assert_eq!((ended.run.counters.anime_created, ended.run.counters.constraint_violations), (24, 1));
    assert!(world.tables().marks.is_some());
}

#[tokio::test]
async fn a_batch_that_is_refused_whole_lets_the_run_go_on_but_not_the_marks() {
    let mut world = World::of(25);
    world.store.refuses_batch_of = Some(7);
    let ended = world.full().await;
    assert_eq!((ended.run.status, ended.run.errors.len()), (RunStatus::Partial, 4));
    assert!(ended.run.errors.iter().all(|error| error.kind == ErrorKind::Batch));
    assert_eq!((ended.run.counters.anime_created, world.tables().marks), (21, None));
}

#[tokio::test]
async fn a_database_that_is_gone_ends_the_run() {
    let mut world = World::of(25);
    world.store.gone_at = Some(7);
    let ended = world.full().await;
    assert_eq!((ended.run.status, ended.store_gone), (RunStatus::Failed, true));
    assert_eq!(ended.failure.unwrap().exit, Exit::Database);
    assert_eq!(world.tables().marks, None);
}

#[tokio::test]
async fn a_page_that_never_comes_fails_the_run_and_keeps_what_was_committed() {
    let mut world = World::of(25);
    world.mal.fails_at = Some(20);
    let ended = world.full().await;
    assert_eq!((ended.run.status, ended.failure.unwrap().exit), (RunStatus::Failed, Exit::Mal));
    assert_eq!((world.tables().marks, world.tables().locals.len()), (None, 20));
    world.mal.fails_at = None;
    assert_eq!(world.sync().await.counters.user_lists_created, 5);
}

#[tokio::test]
async fn a_signal_ends_the_run_at_a_batchs_edge() {
    let mut world = World::of(100);
    let stop = world.stop.clone();
    world.mal.on_page = Some(Box::new(move |offset| {
        if offset == 50 {
            stop.cancel();
        }
    }));
    let ended = world.full().await;
    assert_eq!((ended.run.status, world.tables().marks), (RunStatus::Interrupted, None));
    let stored = world.tables().locals.len();
    assert!(stored > 0 && stored < 60 && stored.is_multiple_of(4), "{stored}");
}

#[tokio::test]
async fn an_entry_that_comes_twice_counts_once_and_its_newer_state_stands() {
    let mut world = World::of(25);
    let shifted = remote(1, 600_000, &json!({"score": 10}));
    world.mal.list.lock().unwrap().push(Remote { anime: Anime { title: "Zzz".into(), ..shifted.anime }, ..shifted });
    *world.mal.num_items.lock().unwrap() = Some(25);
    let run = world.full().await.run;
    assert_eq!((run.counters.anime_fetched, run.counters.user_lists_created), (25, 25));
    assert_eq!(world.tables().locals[&1].values.score, Some(10));
}

#[tokio::test]
async fn another_account_is_stopped_before_anything_is_written() {
    let mut world = World::of(5);
    world.mal.account = 8;
    let ended = world.full().await;
    assert_eq!(ended.failure.unwrap().exit, Exit::Guard);
    assert_eq!((world.tables().writes, world.mal.pages()), (0, 0));
}

#[tokio::test]
async fn local_edits_meet_the_rules_in_an_incremental_run_without_a_request() {
    let mut world = World::of(2000);
    world.mal.page_size = 1000;
    world.sync().await;
    world.mal.pages();
    world.store.edit(2, |local| local.values.status = "dropped".into());
    world.store.edit(3, |local| local.values.episodes_watched = Some(12));
    let told = world.tables().changes.len();
    let run = world.sync().await;
    assert_eq!((run.mode, world.mal.pages(), run.counters.conflicts_resolved), (Mode::Incremental, 1, 2));
    assert_eq!(run.counters.user_lists_updated, 0, "MAL did not send them");
    assert_eq!(
        world.told(told),
        [
            (2, "status", json!("dropped"), json!("watching"), json!("watching"), true),
            (3, "episodes_watched", json!(12), json!(1), json!(12), true),
        ]
    );
    assert_eq!(world.sync().await.counters.conflicts_resolved, 0, "told once");
    assert_eq!(world.full().await.run.counters.conflicts_resolved, 0, "told once");
}

#[tokio::test]
async fn a_sync_too_soon_is_skipped_and_leaves_no_row() {
    let mut world = World::of(5);
    world.sync().await;
    let runs = world.tables().runs.len();
    let skipped =
        world.try_sync(Request { min_interval: Duration::from_secs(10_000_000), ..Request::default() }).await.run;
    assert_eq!((skipped.mode, skipped.status, skipped.id), (Mode::Skipped, RunStatus::Skipped, None));
    assert_eq!((world.tables().runs.len(), skipped.counters.requests), (runs, 0));
}

#[tokio::test]
async fn pages_that_bring_nothing_new_are_a_loop() {
    struct Circles(Mal);
    impl Source for Circles {
        type Error = <Mal as Source>::Error;
        async fn account(&self) -> Result<Account, Self::Error> {
            self.0.account().await
        }
        async fn page(&self, sort: Sort, offset: u64) -> Result<crate::sync::port::ListPage, Self::Error> {
            let page = self.0.page(sort, 0).await?;
            Ok(crate::sync::port::ListPage { next: Some(offset + 10), ..page })
        }
        fn traffic(&self) -> Traffic {
            self.0.traffic()
        }
    }
    let world = World::of(5);
    let circles = Circles(world.mal);
    let engine = Engine { store: &world.store, source: &circles, progress: &(), stop: &world.stop };
    let request = Request { batch_size: 4, ..Request::default() };
    let user = User { last_mal_sync: None, watermark: None, ..World::of(0).user() };
    let ended = engine.sync(&user, &request).await.unwrap();
    let failure = ended.failure.unwrap();
    assert_eq!(failure.exit, Exit::Mal);
    assert!(failure.message().contains("page loop"), "{}", failure.message());
}

#[path = "owner_tests.rs"]
mod owner;

#[path = "told_tests.rs"]
mod told;
