//! What a run's row tells while nothing is written.

use super::*;

#[tokio::test(start_paused = true)]
async fn unchanged_list_flushes_counters_once_a_second() {
    let mut world = SyncFixture::with_entries(40);
    world.sync().await;
    let told = |world: &SyncFixture| std::mem::take(&mut *world.store.flushed_counts.lock().unwrap());
    assert_eq!(told(&world), [4, 8, 12, 16, 20, 24, 28, 32, 36, 40], "what is stored is told with it");
    world.force_full_sync().await;
    assert!(told(&world).is_empty(), "it took no time");
    world.mal.page_delay = Duration::from_millis(600);
    world.force_full_sync().await;
    assert_eq!(told(&world), [12, 32], "pages come at 0.6, 1.2, 1.8 and 2.4 seconds");
    world.mal.page_delay = Duration::from_secs(5);
    world.force_full_sync().await;
    assert_eq!(told(&world), [4, 8, 12, 20, 24, 28, 32], "what came is told while the next page is waited for");
    world.mal.page_delay = Duration::ZERO;
    world.mal.put_entry(remote_entry(20, 500_000, &json!({"score": 9})));
    world.force_full_sync().await;
    assert_eq!(told(&world), [20], "the entry that differs is told with what was before it");
}
