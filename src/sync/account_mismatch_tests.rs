//! The user's row is given to another MAL account, by a login with `--force`, during the run.

use std::sync::Arc;

use super::*;

impl SyncFixture {
    /// Gives the row to another account when the page at `offset` is requested.
    fn reassigned_at_page(mut self, offset: u64) -> Self {
        let account = Arc::clone(&self.store.account_id);
        self.mal.on_page = Some(Box::new(move |requested| {
            if requested == offset {
                *account.lock().unwrap() = Some(8);
            }
        }));
        self
    }

    async fn assert_account_mismatch(&mut self, options: RunOptions) {
        let before = self.tables().checkpoint;
        let outcome = self.try_sync(options).await;
        assert_eq!((outcome.run.status, outcome.is_store_unreachable), (RunStatus::Failed, false));
        assert_eq!(outcome.failure.unwrap().exit, Exit::Guard);
        assert_eq!(self.tables().checkpoint, before, "the checkpoint is unchanged");
    }
}

#[tokio::test]
async fn no_batch_is_stored_after_the_account_changes() {
    let mut fixture = SyncFixture::with_entries(100).reassigned_at_page(50);
    fixture.assert_account_mismatch(RunOptions { force_full: true, ..RunOptions::default() }).await;
    let stored = fixture.tables().entries.len();
    assert!(stored < 60 && stored.is_multiple_of(4), "{stored}");
}

#[tokio::test]
async fn nothing_is_removed_after_the_account_changes() {
    let mut fixture = SyncFixture::with_entries(3);
    fixture.sync().await;
    (1..=3).for_each(|id| fixture.mal.remove_entry(id));
    let mut fixture = fixture.reassigned_at_page(0);
    fixture.assert_account_mismatch(RunOptions { force_full: true, allow_shrink: true, ..RunOptions::default() }).await;
    assert!(fixture.tables().entries.values().all(|local| local.removed_at.is_none()));
}

#[tokio::test]
async fn run_without_batches_fails_if_the_account_changes() {
    let mut fixture = SyncFixture::with_entries(0).reassigned_at_page(0);
    fixture.assert_account_mismatch(RunOptions::default()).await;
    assert_eq!(fixture.tables().runs.last().unwrap().1, RunStatus::Failed, "the end of the run is written");
}

#[tokio::test]
async fn dry_run_fails_if_the_account_changes() {
    let mut fixture = SyncFixture::with_entries(100).reassigned_at_page(50);
    fixture.assert_account_mismatch(RunOptions { dry_run: true, ..RunOptions::default() }).await;
}
