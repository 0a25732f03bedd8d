//! Phase A: pages from MAL, as batches into a bounded channel, so that fetching the next page and storing this one overlap
//! and memory stays flat.
//!
//! Keeps the laws of the listing: an entry is offered once (again only when a later page has a newer state of it), pages
//! must bring something, and together not much more than MAL counts; a page that did not come ends the phase without
//! pretending that the list was complete.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    mem,
};

use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use crate::{
    domain::{entry::RemoteEntry, run::EntryError},
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
};

use super::port::{BatchItem, ListPage, ProgressObserver, RemoteOrder, RemoteSource};

/// Pages in a row that bring no entry that was not seen before; then MAL is going round in circles.
const MAX_PAGES_WITHOUT_NEW_ENTRIES: u32 = 3;
/// A list may grow while it is read, and MAL's count be wrong: this far a listing may go beyond twice the count.
const MAX_EXCESS_ENTRIES: usize = 10_000;
/// No listing has more entries than this, whatever MAL counts, or where it does not; there are some 30,000 anime.
const MAX_LIST_ENTRIES: usize = 100_000;

/// The most entries that a listing may have before it is taken for one without an end. `num_items` is MAL's count.
#[must_use]
pub fn max_list_entries(num_items: Option<i64>) -> usize {
    let counted = num_items.and_then(|count| usize::try_from(count).ok());
    counted.map_or(MAX_LIST_ENTRIES, |count| {
        count.saturating_mul(2).saturating_add(MAX_EXCESS_ENTRIES).min(MAX_LIST_ENTRIES)
    })
}

/// What goes to the store in one piece.
#[derive(Debug)]
pub struct FetchedBatch {
    /// Ascending by MAL's id, each id once; at most a batch.
    pub items: Vec<BatchItem>,
    /// Entries that could not be read, in MAL's order.
    pub rejected: Vec<EntryError>,
}

/// What the listing has shown so far; kept from an incremental listing to the full one that it goes on to.
#[derive(Debug, Default)]
pub struct SeenEntries {
    /// MAL's ids that were offered, with the `updated_at` that came with them.
    readable: HashMap<i32, Option<DateTime<Utc>>>,
    /// MAL's ids of entries that could not be read.
    rejected_ids: HashSet<i64>,
    /// Entries that had no id to know them by.
    without_id: usize,
    /// MAL's newest `updated_at` that can be believed.
    newest_update: Option<DateTime<Utc>>,
}

impl SeenEntries {
    /// Whether MAL sent this entry, readable or not.
    #[must_use]
    pub fn contains(&self, mal_id: i32) -> bool {
        self.readable.contains_key(&mal_id) || self.rejected_ids.contains(&i64::from(mal_id))
    }

    /// How many distinct entries were offered.
    #[must_use]
    pub fn readable_count(&self) -> usize {
        self.readable.len()
    }

    /// How many distinct entries MAL sent.
    #[must_use]
    pub fn listed_count(&self) -> usize {
        let unreadable = self.rejected_ids.iter();
        let unreadable = unreadable.filter(|id| !i32::try_from(**id).is_ok_and(|id| self.readable.contains_key(&id)));
        self.readable.len() + unreadable.count() + self.without_id
    }

    /// How many entries came without an id: any entry that seems to be missing may be one of them.
    #[must_use]
    pub const fn without_id_count(&self) -> usize {
        self.without_id
    }

    /// MAL's newest `updated_at` that is not beyond `now`.
    #[must_use]
    pub const fn newest_update(&self) -> Option<DateTime<Utc>> {
        self.newest_update
    }

    /// Begins a second listing that meets the same entries again: none of them counts twice.
    #[must_use]
    pub fn for_second_listing(&self) -> Self {
        Self { newest_update: self.newest_update, ..Self::default() }
    }
}

/// Where a listing ends.
#[derive(Clone, Copy, Debug)]
pub struct FetchOptions {
    /// The order to ask for.
    pub order: RemoteOrder,
    /// An entry that MAL changed before this ends an incremental listing; none reads to the end.
    pub cutoff: Option<DateTime<Utc>>,
    /// Times beyond this are not believed.
    pub now: DateTime<Utc>,
    /// Entries in a parcel.
    pub batch_size: usize,
    /// More distinct entries than this, and the listing has no end: see [`most`].
    pub max_entries: usize,
}

/// The other end was dropped: storing has failed, and says why itself.
#[derive(Debug)]
pub struct ChannelClosed;

/// Why fetching ended early.
#[derive(Debug)]
pub enum FetchError {
    /// MAL.
    Mal(Failure),
    /// The store.
    Store(ChannelClosed),
}

/// Reads pages until the listing ends, and sends what they hold. Says how many entries came.
pub async fn fetch_list<M: RemoteSource>(
    source: &M,
    until: FetchOptions,
    listing: &mut SeenEntries,
    sender: mpsc::Sender<FetchedBatch>,
    progress: &dyn ProgressObserver,
) -> Result<u64, FetchError> {
    let mut pending = BatchBuffer { batch_size: until.batch_size, ..BatchBuffer::default() };
    let (mut offset, mut barren, mut fetched) = (0, 0, 0_u64);
    loop {
        // What a page brings has room before it is asked for: no more waits than the channel holds.
        drop(sender.reserve().await.map_err(|_| FetchError::Store(ChannelClosed))?);
        failpoint!("fetch.page");
        let page = source.fetch_page(until.order, offset).await.map_err(|error| FetchError::Mal(error.into()))?;
        failpoint!("fetch.after");
        let next = page.next_offset;
        let reached = reaches_cutoff(&page, until.cutoff);
        let before = listing.listed_count();
        fetched += record_page(page, listing, &mut pending, until.now);
        progress.set_fetched(fetched);
        while let Some(parcel) = pending.take_full_batch() {
            sender.send(parcel).await.map_err(|_| FetchError::Store(ChannelClosed))?;
        }
        if next.is_some() && listing.listed_count() > until.max_entries {
            let what = format!("page loop: {} entries up to offset {offset}, and no end", listing.listed_count());
            return Err(FetchError::Mal(Failure::from_text(Exit::Mal, what).with_hint("run the sync again later")));
        }
        barren = if listing.listed_count() == before { barren + 1 } else { 0 };
        match next {
            Some(next) if !reached => {
                if barren == MAX_PAGES_WITHOUT_NEW_ENTRIES {
                    let what = format!(
                        "page loop: {MAX_PAGES_WITHOUT_NEW_ENTRIES} pages in a row up to offset {offset} brought no new entry"
                    );
                    return Err(FetchError::Mal(
                        Failure::from_text(Exit::Mal, what).with_hint("run the sync again later"),
                    ));
                }
                offset = next;
            }
            _ => break,
        }
    }
    if let Some(parcel) = pending.take_remaining() {
        sender.send(parcel).await.map_err(|_| FetchError::Store(ChannelClosed))?;
    }
    Ok(fetched)
}

/// Whether an incremental listing has come to what was synced before.
fn reaches_cutoff(page: &ListPage, older_than: Option<DateTime<Utc>>) -> bool {
    let times = || page.entries.iter().filter_map(|entry| entry.list_status.updated_at);
    older_than.is_some_and(|limit| times().any(|at| at < limit))
}

/// Takes a page in; says how many distinct entries it brought.
fn record_page(page: ListPage, listing: &mut SeenEntries, pending: &mut BatchBuffer, now: DateTime<Utc>) -> u64 {
    let mut new = 0;
    for remote in page.entries {
        let at = remote.list_status.updated_at;
        listing.newest_update = listing.newest_update.max(at.filter(|at| *at <= now));
        match listing.readable.insert(remote.mal_id(), at) {
            None => new += 1,
            // The list moved while it was paged: the newer state counts, and the later one where they are equal and the
            // earlier is not on its way yet.
            Some(earlier) if at > earlier => {}
            Some(earlier) => {
                listing.readable.insert(remote.mal_id(), earlier);
                if at < earlier || !pending.entries.contains_key(&remote.mal_id()) {
                    continue;
                }
            }
        }
        pending.entries.insert(remote.mal_id(), remote);
    }
    for error in page.rejected {
        match error.mal_id {
            Some(id) if !listing.rejected_ids.insert(id) => continue,
            Some(_) => {}
            None => listing.without_id += 1,
        }
        new += 1;
        pending.rejected.push(error);
    }
    new
}

/// What came and is not on its way yet.
#[derive(Debug, Default)]
struct BatchBuffer {
    entries: BTreeMap<i32, RemoteEntry>,
    rejected: Vec<EntryError>,
    batch_size: usize,
}

impl BatchBuffer {
    /// The next whole batch.
    fn take_full_batch(&mut self) -> Option<FetchedBatch> {
        (self.entries.len() >= self.batch_size).then(|| self.take_next_batch())
    }

    /// What is left at the end.
    fn take_remaining(&mut self) -> Option<FetchedBatch> {
        (!self.entries.is_empty() || !self.rejected.is_empty()).then(|| self.take_next_batch())
    }

    fn take_next_batch(&mut self) -> FetchedBatch {
        let rest = match self.entries.keys().nth(self.batch_size).copied() {
            Some(first) => self.entries.split_off(&first),
            None => BTreeMap::new(),
        };
        let batch = mem::replace(&mut self.entries, rest);
        let items = batch.into_values().map(|remote| BatchItem::Fetched(Box::new(remote))).collect();
        FetchedBatch { items, rejected: mem::take(&mut self.rejected) }
    }
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
