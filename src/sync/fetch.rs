//! Fetches pages from MAL and sends their entries as batches into a bounded channel.
//!
//! Fetching the next page and storing the current one overlap; memory stays bounded.
//!
//! Invariants (see decision 6):
//! 1. An entry is sent once; again only if a later page has a newer state of it.
//! 2. Pages must bring new entries, and the listing must not go far beyond MAL's item count.
//! 3. If a page fails, fetching fails: the listing is never taken for complete.

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

/// After this many pages in a row without a new entry the listing is a loop.
const MAX_PAGES_WITHOUT_NEW_ENTRIES: u32 = 3;
/// A listing may have this many entries more than twice MAL's count: the list may grow meanwhile, the count be wrong.
const MAX_EXCESS_ENTRIES: usize = 10_000;
/// The limit of any listing, with or without a count from MAL. There are some 30,000 anime.
const MAX_LIST_ENTRIES: usize = 100_000;

/// Returns how many entries a listing may have before it counts as endless. `num_items` is MAL's item count.
#[must_use]
pub fn max_list_entries(num_items: Option<i64>) -> usize {
    let counted = num_items.and_then(|count| usize::try_from(count).ok());
    counted.map_or(MAX_LIST_ENTRIES, |count| {
        count.saturating_mul(2).saturating_add(MAX_EXCESS_ENTRIES).min(MAX_LIST_ENTRIES)
    })
}

/// A batch on its way to the store.
#[derive(Debug)]
pub struct FetchedBatch {
    /// The entries, ascending by MAL's id, each id once; at most `batch_size`.
    pub items: Vec<BatchItem>,
    /// Entries that could not be decoded, in MAL's order.
    pub rejected: Vec<EntryError>,
}

/// The entries that a listing has shown so far.
#[derive(Debug, Default)]
pub struct SeenEntries {
    /// The decoded entries: MAL's id and the newest `updated_at` seen.
    readable: HashMap<i32, Option<DateTime<Utc>>>,
    /// MAL's ids of the entries that could not be decoded.
    rejected_ids: HashSet<i64>,
    /// The number of entries without a readable id.
    without_id: usize,
    /// The decoded entries with values that could not be read, and the number of these values.
    unreadable_values: HashMap<i32, u64>,
    /// MAL's newest `updated_at` that is not in the future.
    newest_update: Option<DateTime<Utc>>,
}

impl SeenEntries {
    /// Returns true if MAL listed this entry, decodable or not.
    #[must_use]
    pub fn contains(&self, mal_id: i32) -> bool {
        self.readable.contains_key(&mal_id) || self.rejected_ids.contains(&i64::from(mal_id))
    }

    /// Returns the number of distinct decoded entries.
    #[must_use]
    pub fn readable_count(&self) -> usize {
        self.readable.len()
    }

    /// Returns the number of distinct entries that MAL listed.
    #[must_use]
    pub fn listed_count(&self) -> usize {
        let rejected = self.rejected_ids.iter();
        let only_rejected = rejected.filter(|id| !i32::try_from(**id).is_ok_and(|id| self.readable.contains_key(&id)));
        self.readable.len() + only_rejected.count() + self.without_id
    }

    /// Returns the number of entries without a readable id. Any unlisted entry may be one of them.
    #[must_use]
    pub const fn without_id_count(&self) -> usize {
        self.without_id
    }

    /// Returns the number of values that could not be read and were taken as absent.
    #[must_use]
    pub fn unreadable_value_count(&self) -> u64 {
        self.unreadable_values.values().sum()
    }

    /// Returns MAL's newest `updated_at` that is not later than [`FetchOptions::now`].
    #[must_use]
    pub const fn newest_update(&self) -> Option<DateTime<Utc>> {
        self.newest_update
    }

    /// Returns an empty value for a full listing after an incremental one: only the newest update time is kept.
    #[must_use]
    pub fn for_second_listing(&self) -> Self {
        Self { newest_update: self.newest_update, ..Self::default() }
    }
}

/// How to fetch a list, and where to stop.
#[derive(Clone, Copy, Debug)]
pub struct FetchOptions {
    /// The order of the list.
    pub order: RemoteOrder,
    /// Stop after the page that has an entry updated before this time. `None` reads to the end.
    pub cutoff: Option<DateTime<Utc>>,
    /// Update times later than this are ignored.
    pub now: DateTime<Utc>,
    /// The number of entries in a batch.
    pub batch_size: usize,
    /// Fail if more distinct entries than this are listed: see [`max_list_entries`].
    pub max_entries: usize,
}

/// The receiver was dropped: storing failed, and reports the reason itself.
#[derive(Debug)]
pub struct ChannelClosed;

/// Why fetching failed.
#[derive(Debug)]
pub enum FetchError {
    /// A request failed, or the listing is implausible.
    Mal(Failure),
    /// The batches are no longer received.
    Store(ChannelClosed),
}

/// Fetches pages until the listing ends, and sends their entries in batches. Returns the number of distinct entries.
pub async fn fetch_list<M: RemoteSource>(
    source: &M,
    options: FetchOptions,
    seen: &mut SeenEntries,
    sender: mpsc::Sender<FetchedBatch>,
    progress: &dyn ProgressObserver,
) -> Result<u64, FetchError> {
    let mut buffer = BatchBuffer { batch_size: options.batch_size, ..BatchBuffer::default() };
    let (mut offset, mut pages_without_new, mut fetched) = (0, 0, 0_u64);
    loop {
        // Wait for channel capacity before requesting the page, so at most one page waits outside the channel.
        drop(sender.reserve().await.map_err(|_| FetchError::Store(ChannelClosed))?);
        failpoint!("fetch.page");
        let page = source.fetch_page(options.order, offset).await.map_err(|error| FetchError::Mal(error.into()))?;
        failpoint!("fetch.after");
        let next = page.next_offset;
        let is_cutoff_reached = reaches_cutoff(&page, options.cutoff);
        let listed_before = seen.listed_count();
        fetched += record_page(page, seen, &mut buffer, options.now);
        progress.set_fetched(fetched);
        while let Some(batch) = buffer.take_full_batch() {
            sender.send(batch).await.map_err(|_| FetchError::Store(ChannelClosed))?;
        }
        if next.is_some() && seen.listed_count() > options.max_entries {
            let message = format!("page loop: {} entries up to offset {offset} without an end", seen.listed_count());
            return Err(FetchError::Mal(Failure::from_text(Exit::Mal, message).with_hint("sync again later")));
        }
        pages_without_new = if seen.listed_count() == listed_before { pages_without_new + 1 } else { 0 };
        match next {
            Some(next) if !is_cutoff_reached => {
                if pages_without_new == MAX_PAGES_WITHOUT_NEW_ENTRIES {
                    let message = format!(
                        "page loop: {MAX_PAGES_WITHOUT_NEW_ENTRIES} pages in a row up to offset {offset} brought no new entry"
                    );
                    return Err(FetchError::Mal(Failure::from_text(Exit::Mal, message).with_hint("sync again later")));
                }
                offset = next;
            }
            _ => break,
        }
    }
    if let Some(batch) = buffer.take_remaining() {
        sender.send(batch).await.map_err(|_| FetchError::Store(ChannelClosed))?;
    }
    Ok(fetched)
}

/// Returns true if the page has an entry that was updated before the cutoff.
fn reaches_cutoff(page: &ListPage, cutoff: Option<DateTime<Utc>>) -> bool {
    let times = || page.entries.iter().filter_map(|entry| entry.list_status.updated_at);
    cutoff.is_some_and(|cutoff| times().any(|time| time < cutoff))
}

/// Adds a page to the buffer. Returns the number of entries that were not listed before.
fn record_page(page: ListPage, seen: &mut SeenEntries, buffer: &mut BatchBuffer, now: DateTime<Utc>) -> u64 {
    let mut new = 0;
    for remote in page.entries {
        let updated_at = remote.list_status.updated_at;
        seen.newest_update = seen.newest_update.max(updated_at.filter(|time| *time <= now));
        match seen.readable.insert(remote.mal_id(), updated_at) {
            None => new += 1,
            // The list changed during paging. The newer state wins. Of two with equal times the later one wins, unless
            // the earlier one was sent already.
            Some(earlier) if updated_at > earlier => {}
            Some(earlier) => {
                seen.readable.insert(remote.mal_id(), earlier);
                if updated_at < earlier || !buffer.entries.contains_key(&remote.mal_id()) {
                    continue;
                }
            }
        }
        if remote.unreadable_values > 0 {
            seen.unreadable_values.insert(remote.mal_id(), remote.unreadable_values);
        }
        buffer.entries.insert(remote.mal_id(), remote);
    }
    for error in page.rejected {
        match error.mal_id {
            Some(id) if !seen.rejected_ids.insert(id) => continue,
            Some(_) => {}
            None => seen.without_id += 1,
        }
        new += 1;
        buffer.rejected.push(error);
    }
    new
}

/// Entries that were fetched and not sent yet.
#[derive(Debug, Default)]
struct BatchBuffer {
    entries: BTreeMap<i32, RemoteEntry>,
    rejected: Vec<EntryError>,
    batch_size: usize,
}

impl BatchBuffer {
    /// Returns the next batch if there are enough entries for a full one.
    fn take_full_batch(&mut self) -> Option<FetchedBatch> {
        (self.entries.len() >= self.batch_size).then(|| self.take_next_batch())
    }

    /// Returns the last batch. Returns `None` if nothing is left.
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
