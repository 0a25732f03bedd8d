//! A row that a login with `--force` gives to another MAL account while the run goes on.

use std::sync::Arc;

use super::*;

impl SyncFixture {
    /// When MAL is asked for the page at `offset`, the row becomes another account's.
    fn reassigned_at_page(mut self, offset: u64) -> Self {
        let account = Arc::clone(&self.store.account_id);
        self.mal.on_page = Some(Box::new(move |asked| {
            if asked == offset {
                *account.lock().unwrap() = Some(8);
            }
        }));
        self
    }

    async fn assert_account_mismatch(&mut self, request: RunOptions) {
        let before = self.tables().checkpoint;
        let ended = self.try_sync(request).await;
        assert_eq!((ended.run.status, ended.is_store_unavailable), (RunStatus::Failed, false));
        assert_eq!(ended.failure.unwrap().exit, Exit::Guard);
        assert_eq!(self.tables().checkpoint, before, "the marks stay");
    }
}

#[tokio::test]
async fn no_batch_is_stored_after_the_account_changes() {
    let mut world = SyncFixture::with_entries(100).reassigned_at_page(50);
    world.assert_account_mismatch(RunOptions { force_full: true, ..RunOptions::default() }).await;
    let stored = world.tables().entries.len();
    assert!(stored < 60 && stored.is_multiple_of(4), "{stored}");
}

#[tokio::test]
async fn nothing_is_removed_after_the_account_changes() {
    let mut world = SyncFixture::with_entries(3);
    world.sync().await;
    (1..=3).for_each(|id| world.mal.remove_entry(id));
    let mut world = world.reassigned_at_page(0);
    world.assert_account_mismatch(RunOptions { force_full: true, allow_shrink: true, ..RunOptions::default() }).await;
    assert!(world.tables().entries.values().all(|local| local.removed_at.is_none()));
}

#[tokio::test]
async fn run_without_batches_fails_if_the_account_changes() {
    let mut world = SyncFixture::with_entries(0).reassigned_at_page(0);
    world.assert_account_mismatch(RunOptions::default()).await;
    assert_eq!(world.tables().runs.last().unwrap().1, RunStatus::Failed, "its end is written");
}

#[tokio::test]
async fn dry_run_fails_if_the_account_changes() {
    let mut world = SyncFixture::with_entries(100).reassigned_at_page(50);
    world.assert_account_mismatch(RunOptions { dry_run: true, ..RunOptions::default() }).await;
}
