//! What pages become: batches of whole, distinct, ordered entries.

use std::sync::Mutex;

use futures_util::FutureExt as _;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sync::{
    memory::{Mal, at, remote},
    port::Sort,
};

fn until(batch_size: usize, older_than: Option<i64>) -> Until {
    let sort = if older_than.is_some() { Sort::Updated } else { Sort::Title };
    Until { sort, older_than: older_than.map(at), now: at(1_000_000), batch_size, most: 1_000_000 }
}

async fn all(mal: &Mal, until: Until) -> (Listing, Vec<Parcel>) {
    let mut listing = Listing::default();
    let (sender, mut receiver) = mpsc::channel(1);
    let parcels = Mutex::new(Vec::new());
    let collect = async {
        while let Some(parcel) = receiver.recv().await {
            parcels.lock().unwrap().push(parcel);
        }
    };
    let (fetched, ()) = tokio::join!(fetch(mal, until, &mut listing, sender, &()), collect);
    fetched.unwrap();
    (listing, parcels.into_inner().unwrap())
}

fn list(entries: i32) -> Mal {
    Mal::with((1..=entries).map(|id| remote(id, i64::from(id), &json!({}))).collect())
}

#[tokio::test]
async fn an_incremental_listing_ends_with_the_page_that_reaches_what_is_known() {
    let mal = list(100);
    let (listing, parcels) = all(&mal, until(7, Some(75))).await;
    assert_eq!((mal.pages(), listing.offered()), (3, 30));
    assert!(parcels.iter().take(parcels.len() - 1).all(|parcel| parcel.items.len() == 7));
}

#[tokio::test]
async fn no_page_is_asked_for_before_there_is_room_for_what_it_brings() {
    let (mal, mut listing, (sender, mut receiver)) = (list(100), Listing::default(), mpsc::channel(1));
    let mut fetching = std::pin::pin!(fetch(&mal, until(10, None), &mut listing, sender, &()));
    for _ in 0..3 {
        for _ in 0..50 {
            assert!(fetching.as_mut().now_or_never().is_none());
            tokio::task::yield_now().await;
        }
        assert_eq!(mal.pages(), 1);
        assert_eq!(receiver.recv().await.unwrap().items.len(), 10);
    }
}

#[tokio::test]
async fn a_time_beyond_the_clock_is_no_watermark() {
    let mal = list(3);
    mal.put(remote(9, 2_000_000, &json!({})));
    let (listing, _) = all(&mal, until(7, None)).await;
    assert_eq!(listing.newest(), Some(at(3)));
}

#[tokio::test]
async fn an_entry_without_a_readable_time_does_not_end_an_incremental_listing() {
    let mal = list(30);
    mal.put(remote(99, 0, &json!({"updated_at": "yesterday"})));
    mal.put(remote(98, 999_999, &json!({})));
    let (listing, _) = all(&mal, until(7, Some(-5))).await;
    assert_eq!(listing.offered(), 32);
}

proptest! {
    #[test]
    fn every_entry_is_sent_once_in_ordered_batches(entries in 0..60_i32, page in 1..20_usize, batch in 1..20_usize) {
        let mut mal = list(entries);
        mal.page_size = page;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (listing, parcels) = runtime.block_on(all(&mal, until(batch, None)));
        let ids: Vec<_> = parcels.iter().flat_map(|parcel| parcel.items.iter().map(Item::mal_id)).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        prop_assert_eq!(sorted.len(), ids.len());
        prop_assert_eq!(listing.listed(), usize::try_from(entries).unwrap());
        for parcel in &parcels {
            prop_assert!(parcel.items.len() <= batch);
            prop_assert!(parcel.items.windows(2).all(|pair| pair[0].mal_id() < pair[1].mal_id()));
        }
    }
}

#[tokio::test]
async fn a_listing_that_goes_far_beyond_mals_count_has_no_end() {
    let mal = list(100);
    let (sender, _receiver) = mpsc::channel(1000);
    let counted = Until { most: 25, ..until(7, None) };
    let ended = fetch(&mal, counted, &mut Listing::default(), sender, &()).await;
    let Err(Cut::Mal(failure)) = ended else { panic!("{ended:?}") };
    assert_eq!((failure.exit, mal.pages()), (Exit::Mal, 3), "{}", failure.message());
    assert!(failure.message().starts_with("page loop: 30 entries"), "{}", failure.message());
    let within = Until { most: 99, ..until(7, None) };
    let (listing, _) = all(&mal, within).await;
    assert_eq!(listing.offered(), 100, "the last page may go over");
}

#[test]
fn how_long_a_list_may_be_follows_from_mals_count() {
    for (count, most_entries) in [(None, 100_000), (Some(0), 10_000), (Some(20_000), 50_000), (Some(-1), 100_000)] {
        assert_eq!(most(count), most_entries, "{count:?}");
    }
    assert_eq!(most(Some(i64::MAX)), 100_000);
}
