//! When the run's row gets its counters.

use super::*;

#[tokio::test(start_paused = true)]
async fn unchanged_list_flushes_counters_once_a_second() {
    let mut fixture = SyncFixture::with_entries(40);
    fixture.sync().await;
    let flushed = |fixture: &SyncFixture| std::mem::take(&mut *fixture.store.flushed_counts.lock().unwrap());
    assert_eq!(
        flushed(&fixture),
        [4, 8, 12, 16, 20, 24, 28, 32, 36, 40],
        "every batch that stores rows flushes the counters"
    );
    fixture.force_full_sync().await;
    assert!(flushed(&fixture).is_empty(), "an unchanged list that takes no time flushes nothing");
    fixture.mal.page_delay = Duration::from_millis(600);
    fixture.force_full_sync().await;
    assert_eq!(flushed(&fixture), [12, 32], "pages come at 0.6, 1.2, 1.8 and 2.4 seconds");
    fixture.mal.page_delay = Duration::from_secs(5);
    fixture.force_full_sync().await;
    assert_eq!(flushed(&fixture), [4, 8, 12, 20, 24, 28, 32], "counters are flushed while the next page is awaited");
    fixture.mal.page_delay = Duration::ZERO;
    fixture.mal.put_entry(remote_entry(20, 500_000, &json!({"score": 9})));
    fixture.force_full_sync().await;
    assert_eq!(flushed(&fixture), [20], "the batch of the changed entry flushes all counters so far");
}
