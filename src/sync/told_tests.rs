//! What a run's row tells while nothing is written.

use super::*;

#[tokio::test(start_paused = true)]
async fn of_a_list_that_is_the_same_the_row_tells_once_a_second_how_far_the_run_is() {
    let mut world = World::of(40);
    world.sync().await;
    let told = |world: &World| std::mem::take(&mut *world.store.told.lock().unwrap());
    assert_eq!(told(&world), [4, 8, 12, 16, 20, 24, 28, 32, 36, 40], "what is stored is told with it");
    world.full().await;
    assert!(told(&world).is_empty(), "it took no time");
    world.mal.takes = Duration::from_millis(600);
    world.full().await;
    assert_eq!(told(&world), [12, 32], "pages come at 0.6, 1.2, 1.8 and 2.4 seconds");
    world.mal.takes = Duration::from_secs(5);
    world.full().await;
    assert_eq!(told(&world), [4, 8, 12, 20, 24, 28, 32], "what came is told while the next page is waited for");
    world.mal.takes = Duration::ZERO;
    world.mal.put(remote(20, 500_000, &json!({"score": 9})));
    world.full().await;
    assert_eq!(told(&world), [20], "the entry that differs is told with what was before it");
}
