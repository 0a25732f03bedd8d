//! Pages become batches of distinct entries in order.

use std::sync::Mutex;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sync::{
    in_memory::{FakeMalSource, remote_entry, time_at},
    port::RemoteOrder,
};

fn fetch_options(batch_size: usize, cutoff_second: Option<i64>) -> FetchOptions {
    let order = if cutoff_second.is_some() { RemoteOrder::ByUpdatedAt } else { RemoteOrder::ByTitle };
    FetchOptions {
        order,
        cutoff: cutoff_second.map(time_at),
        now: time_at(1_000_000),
        batch_size,
        max_entries: 1_000_000,
    }
}

async fn fetch_all(mal: &FakeMalSource, options: FetchOptions) -> (SeenEntries, Vec<FetchedBatch>) {
    let mut seen = SeenEntries::default();
    let (sender, mut receiver) = mpsc::channel(1);
    let batches = Mutex::new(Vec::new());
    let collect = async {
        while let Some(batch) = receiver.recv().await {
            batches.lock().unwrap().push(batch);
        }
    };
    let (fetched, ()) = tokio::join!(fetch_list(mal, options, &mut seen, sender, &()), collect);
    fetched.unwrap();
    (seen, batches.into_inner().unwrap())
}

fn mal_with_entries(entries: i32) -> FakeMalSource {
    FakeMalSource::with_entries((1..=entries).map(|id| remote_entry(id, i64::from(id), &json!({}))).collect())
}

#[tokio::test]
async fn incremental_fetch_stops_at_the_page_that_reaches_the_cutoff() {
    let mal = mal_with_entries(100);
    let (seen, batches) = fetch_all(&mal, fetch_options(7, Some(75))).await;
    assert_eq!((mal.take_page_count(), seen.readable_count()), (3, 30));
    assert!(batches.iter().take(batches.len() - 1).all(|batch| batch.items.len() == 7));
}

#[tokio::test]
async fn page_is_requested_only_if_the_channel_has_room() {
    let (mal, mut seen, (sender, mut receiver)) = (mal_with_entries(100), SeenEntries::default(), mpsc::channel(1));
    let mut fetching = std::pin::pin!(fetch_list(&mal, fetch_options(10, None), &mut seen, sender, &()));
    for _ in 0..3 {
        for _ in 0..50 {
            assert!(fetching.as_mut().now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        assert_eq!(mal.take_page_count(), 1);
        assert_eq!(receiver.recv().await.unwrap().items.len(), 10);
    }
}

#[tokio::test]
async fn update_time_in_the_future_is_not_used_as_watermark() {
    let mal = mal_with_entries(3);
    mal.put_entry(remote_entry(9, 2_000_000, &json!({})));
    let (seen, _) = fetch_all(&mal, fetch_options(7, None)).await;
    assert_eq!(seen.newest_update(), Some(time_at(3)));
}

#[tokio::test]
async fn entry_with_unreadable_time_does_not_end_incremental_fetch() {
    let mal = mal_with_entries(30);
    mal.put_entry(remote_entry(99, 0, &json!({"updated_at": "yesterday"})));
    mal.put_entry(remote_entry(98, 999_999, &json!({})));
    let (seen, _) = fetch_all(&mal, fetch_options(7, Some(-5))).await;
    assert_eq!(seen.readable_count(), 32);
}

proptest! {
    #[test]
    fn every_entry_is_sent_once_in_ordered_batches(
        entries in 0..60_i32, page_size in 1..20_usize, batch_size in 1..20_usize
    ) {
        let mut mal = mal_with_entries(entries);
        mal.page_size = page_size;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (seen, batches) = runtime.block_on(fetch_all(&mal, fetch_options(batch_size, None)));
        let ids: Vec<_> = batches.iter().flat_map(|batch| batch.items.iter().map(BatchItem::mal_id)).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        prop_assert_eq!(sorted.len(), ids.len());
        prop_assert_eq!(seen.listed_count(), usize::try_from(entries).unwrap());
        for batch in &batches {
            prop_assert!(batch.items.len() <= batch_size);
            prop_assert!(batch.items.windows(2).all(|pair| pair[0].mal_id() < pair[1].mal_id()));
        }
    }
}

#[tokio::test]
async fn listing_far_beyond_num_items_fails() {
    let mal = mal_with_entries(100);
    let (sender, _receiver) = mpsc::channel(1000);
    let too_low = FetchOptions { max_entries: 25, ..fetch_options(7, None) };
    let result = fetch_list(&mal, too_low, &mut SeenEntries::default(), sender, &()).await;
    let Err(FetchError::Mal(failure)) = result else { panic!("{result:?}") };
    assert_eq!((failure.exit, mal.take_page_count()), (Exit::Mal, 3), "{}", failure.message());
    assert!(failure.message().starts_with("page loop: 30 entries"), "{}", failure.message());
    let slightly_over = FetchOptions { max_entries: 99, ..fetch_options(7, None) };
    let (seen, _) = fetch_all(&mal, slightly_over).await;
    assert_eq!(seen.readable_count(), 100, "the last page may exceed the limit");
}

#[test]
fn max_list_entries_depends_on_num_items() {
    for (count, expected) in [(None, 100_000), (Some(0), 10_000), (Some(20_000), 50_000), (Some(-1), 100_000)] {
        assert_eq!(max_list_entries(count), expected, "{count:?}");
    }
    assert_eq!(max_list_entries(Some(i64::MAX)), 100_000);
}
