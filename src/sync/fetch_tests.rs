//! What pages become: batches of whole, distinct, ordered entries.

use std::sync::Mutex;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sync::{
    in_memory::{FakeMalSource, remote_entry, time_at},
    port::RemoteOrder,
};

fn fetch_options(batch_size: usize, older_than: Option<i64>) -> FetchOptions {
    let sort = if older_than.is_some() { RemoteOrder::ByUpdatedAt } else { RemoteOrder::ByTitle };
    FetchOptions {
        order: sort,
        cutoff: older_than.map(time_at),
        now: time_at(1_000_000),
        batch_size,
        max_entries: 1_000_000,
    }
}

async fn fetch_all(mal: &FakeMalSource, until: FetchOptions) -> (SeenEntries, Vec<FetchedBatch>) {
    let mut listing = SeenEntries::default();
    let (sender, mut receiver) = mpsc::channel(1);
    let parcels = Mutex::new(Vec::new());
    let collect = async {
        while let Some(parcel) = receiver.recv().await {
            parcels.lock().unwrap().push(parcel);
        }
    };
    let (fetched, ()) = tokio::join!(fetch_list(mal, until, &mut listing, sender, &()), collect);
    fetched.unwrap();
    (listing, parcels.into_inner().unwrap())
}

fn mal_with_entries(entries: i32) -> FakeMalSource {
    FakeMalSource::with_entries((1..=entries).map(|id| remote_entry(id, i64::from(id), &json!({}))).collect())
}

#[tokio::test]
async fn incremental_fetch_stops_at_the_page_that_reaches_the_cutoff() {
    let mal = mal_with_entries(100);
    let (listing, parcels) = fetch_all(&mal, fetch_options(7, Some(75))).await;
    assert_eq!((mal.take_page_count(), listing.readable_count()), (3, 30));
    assert!(parcels.iter().take(parcels.len() - 1).all(|parcel| parcel.items.len() == 7));
}

#[tokio::test]
async fn page_is_requested_only_if_the_channel_has_room() {
    let (mal, mut listing, (sender, mut receiver)) = (mal_with_entries(100), SeenEntries::default(), mpsc::channel(1));
    let mut fetching = std::pin::pin!(fetch_list(&mal, fetch_options(10, None), &mut listing, sender, &()));
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
    let (listing, _) = fetch_all(&mal, fetch_options(7, None)).await;
    assert_eq!(listing.newest_update(), Some(time_at(3)));
}

#[tokio::test]
async fn entry_with_unreadable_time_does_not_end_incremental_fetch() {
    let mal = mal_with_entries(30);
    mal.put_entry(remote_entry(99, 0, &json!({"updated_at": "yesterday"})));
    mal.put_entry(remote_entry(98, 999_999, &json!({})));
    let (listing, _) = fetch_all(&mal, fetch_options(7, Some(-5))).await;
    assert_eq!(listing.readable_count(), 32);
}

proptest! {
    #[test]
    fn every_entry_is_sent_once_in_ordered_batches(entries in 0..60_i32, page in 1..20_usize, batch in 1..20_usize) {
        let mut mal = mal_with_entries(entries);
        mal.page_size = page;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (listing, parcels) = runtime.block_on(fetch_all(&mal, fetch_options(batch, None)));
        let ids: Vec<_> = parcels.iter().flat_map(|parcel| parcel.items.iter().map(BatchItem::mal_id)).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        prop_assert_eq!(sorted.len(), ids.len());
        prop_assert_eq!(listing.listed_count(), usize::try_from(entries).unwrap());
        for parcel in &parcels {
            prop_assert!(parcel.items.len() <= batch);
            prop_assert!(parcel.items.windows(2).all(|pair| pair[0].mal_id() < pair[1].mal_id()));
        }
    }
}

#[tokio::test]
async fn listing_far_beyond_num_items_fails() {
    let mal = mal_with_entries(100);
    let (sender, _receiver) = mpsc::channel(1000);
    let counted = FetchOptions { max_entries: 25, ..fetch_options(7, None) };
    let ended = fetch_list(&mal, counted, &mut SeenEntries::default(), sender, &()).await;
    let Err(FetchError::Mal(failure)) = ended else { panic!("{ended:?}") };
    assert_eq!((failure.exit, mal.take_page_count()), (Exit::Mal, 3), "{}", failure.message());
    assert!(failure.message().starts_with("page loop: 30 entries"), "{}", failure.message());
    let within = FetchOptions { max_entries: 99, ..fetch_options(7, None) };
    let (listing, _) = fetch_all(&mal, within).await;
    assert_eq!(listing.readable_count(), 100, "the last page may go over");
}

#[test]
fn max_list_entries_depends_on_num_items() {
    for (count, most_entries) in [(None, 100_000), (Some(0), 10_000), (Some(20_000), 50_000), (Some(-1), 100_000)] {
        assert_eq!(max_list_entries(count), most_entries, "{count:?}");
    }
    assert_eq!(max_list_entries(Some(i64::MAX)), 100_000);
}
