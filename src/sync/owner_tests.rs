//! A row that a login with `--force` gives to another MAL account while the run goes on.

use std::sync::Arc;

use super::*;

impl World {
    /// When MAL is asked for the page at `offset`, the row becomes another account's.
    fn given_away_at(mut self, offset: u64) -> Self {
        let account = Arc::clone(&self.store.account);
        self.mal.on_page = Some(Box::new(move |asked| {
            if asked == offset {
                *account.lock().unwrap() = Some(8);
            }
        }));
        self
    }

    async fn is_stopped(&mut self, request: Request) {
        let before = self.tables().marks;
        let ended = self.try_sync(request).await;
        assert_eq!((ended.run.status, ended.store_gone), (RunStatus::Failed, false));
        assert_eq!(ended.failure.unwrap().exit, Exit::Guard);
        assert_eq!(self.tables().marks, before, "the marks stay");
    }
}

#[tokio::test]
async fn from_then_on_no_batch_is_stored() {
    let mut world = World::of(100).given_away_at(50);
    world.is_stopped(Request { force_full: true, ..Request::default() }).await;
    let stored = world.tables().locals.len();
    assert!(stored < 60 && stored.is_multiple_of(4), "{stored}");
}

#[tokio::test]
async fn nothing_is_removed_from_a_list_that_is_anothers() {
    let mut world = World::of(3);
    world.sync().await;
    (1..=3).for_each(|id| world.mal.take(id));
    let mut world = world.given_away_at(0);
    world.is_stopped(Request { force_full: true, allow_shrink: true, ..Request::default() }).await;
    assert!(world.tables().locals.values().all(|local| local.removed_at.is_none()));
}

#[tokio::test]
async fn a_run_without_a_batch_is_no_complete_one_either() {
    let mut world = World::of(0).given_away_at(0);
    world.is_stopped(Request::default()).await;
    assert_eq!(world.tables().runs.last().unwrap().1, RunStatus::Failed, "its end is written");
}

#[tokio::test]
async fn a_dry_run_tells_nothing_of_it_as_done() {
    let mut world = World::of(100).given_away_at(50);
    world.is_stopped(Request { dry_run: true, ..Request::default() }).await;
}
