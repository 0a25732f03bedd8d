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
    domain::{entry::Remote, run::EntryError},
    exit::Exit,
    failpoint::failpoint,
    failure::Failure,
};

use super::port::{Item, ListPage, Progress, Sort, Source};

/// Pages in a row that bring no entry that was not seen before; then MAL is going round in circles.
const EMPTY_PAGES: u32 = 3;
/// A list may grow while it is read, and MAL's count be wrong: this far a listing may go beyond twice the count.
const BEYOND: usize = 10_000;
/// No listing has more entries than this, whatever MAL counts, or where it does not; there are some 30,000 anime.
const MOST: usize = 100_000;

/// The most entries that a listing may have before it is taken for one without an end. `num_items` is MAL's count.
#[must_use]
pub fn most(num_items: Option<i64>) -> usize {
    let counted = num_items.and_then(|count| usize::try_from(count).ok());
    counted.map_or(MOST, |count| count.saturating_mul(2).saturating_add(BEYOND).min(MOST))
}

/// What goes to the store in one piece.
#[derive(Debug)]
pub struct Parcel {
    /// Ascending by MAL's id, each id once; at most a batch.
    pub items: Vec<Item>,
    /// Entries that could not be read, in MAL's order.
    pub rejected: Vec<EntryError>,
}

/// What the listing has shown so far; kept from an incremental listing to the full one that it goes on to.
#[derive(Debug, Default)]
pub struct Listing {
    /// MAL's ids that were offered, with the `updated_at` that came with them.
    offered: HashMap<i32, Option<DateTime<Utc>>>,
    /// MAL's ids of entries that could not be read.
    rejected: HashSet<i64>,
    /// Entries that had no id to know them by.
    nameless: usize,
    /// MAL's newest `updated_at` that can be believed.
    newest: Option<DateTime<Utc>>,
}

impl Listing {
    /// Whether MAL sent this entry, readable or not.
    #[must_use]
    pub fn has(&self, mal_id: i32) -> bool {
        self.offered.contains_key(&mal_id) || self.rejected.contains(&i64::from(mal_id))
    }

    /// How many distinct entries were offered.
    #[must_use]
    pub fn offered(&self) -> usize {
        self.offered.len()
    }

    /// How many distinct entries MAL sent.
    #[must_use]
    pub fn listed(&self) -> usize {
        let unreadable = self.rejected.iter();
        let unreadable = unreadable.filter(|id| !i32::try_from(**id).is_ok_and(|id| self.offered.contains_key(&id)));
        self.offered.len() + unreadable.count() + self.nameless
    }

    /// How many entries came without an id: any entry that seems to be missing may be one of them.
    #[must_use]
    pub const fn nameless(&self) -> usize {
        self.nameless
    }

    /// MAL's newest `updated_at` that is not beyond `now`.
    #[must_use]
    pub const fn newest(&self) -> Option<DateTime<Utc>> {
        self.newest
    }

    /// Begins a second listing that meets the same entries again: none of them counts twice.
    #[must_use]
    pub fn restart(&self) -> Self {
        Self { newest: self.newest, ..Self::default() }
    }
}

/// Where a listing ends.
#[derive(Clone, Copy, Debug)]
pub struct Until {
    /// The order to ask for.
    pub sort: Sort,
    /// An entry that MAL changed before this ends an incremental listing; none reads to the end.
    pub older_than: Option<DateTime<Utc>>,
    /// Times beyond this are not believed.
    pub now: DateTime<Utc>,
    /// Entries in a parcel.
    pub batch_size: usize,
    /// More distinct entries than this, and the listing has no end: see [`most`].
    pub most: usize,
}

/// The other end was dropped: storing has failed, and says why itself.
#[derive(Debug)]
pub struct Hungup;

/// Why fetching ended early.
#[derive(Debug)]
pub enum Cut {
    /// MAL.
    Mal(Failure),
    /// The store.
    Store(Hungup),
}

/// Reads pages until the listing ends, and sends what they hold. Says how many entries came.
pub async fn fetch<M: Source>(
    source: &M,
    until: Until,
    listing: &mut Listing,
    sender: mpsc::Sender<Parcel>,
    progress: &dyn Progress,
) -> Result<u64, Cut> {
    let mut pending = Pending { batch_size: until.batch_size, ..Pending::default() };
    let (mut offset, mut barren, mut fetched) = (0, 0, 0_u64);
    loop {
        // What a page brings has room before it is asked for: no more waits than the channel holds.
        drop(sender.reserve().await.map_err(|_| Cut::Store(Hungup))?);
        failpoint!("fetch.page");
        let page = source.page(until.sort, offset).await.map_err(|error| Cut::Mal(error.into()))?;
        failpoint!("fetch.after");
        let next = page.next;
        let reached = reaches(&page, until.older_than);
        let before = listing.listed();
        fetched += take(page, listing, &mut pending, until.now);
        progress.fetched(fetched);
        while let Some(parcel) = pending.full() {
            sender.send(parcel).await.map_err(|_| Cut::Store(Hungup))?;
        }
        if next.is_some() && listing.listed() > until.most {
            let what = format!("page loop: {} entries up to offset {offset}, and no end", listing.listed());
            return Err(Cut::Mal(Failure::text(Exit::Mal, what).hint("run the sync again later")));
        }
        barren = if listing.listed() == before { barren + 1 } else { 0 };
        match next {
            Some(next) if !reached => {
                if barren == EMPTY_PAGES {
                    let what =
                        format!("page loop: {EMPTY_PAGES} pages in a row up to offset {offset} brought no new entry");
                    return Err(Cut::Mal(Failure::text(Exit::Mal, what).hint("run the sync again later")));
                }
                offset = next;
            }
            _ => break,
        }
    }
    if let Some(parcel) = pending.rest() {
        sender.send(parcel).await.map_err(|_| Cut::Store(Hungup))?;
    }
    Ok(fetched)
}

/// Whether an incremental listing has come to what was synced before.
fn reaches(page: &ListPage, older_than: Option<DateTime<Utc>>) -> bool {
    let times = || page.entries.iter().filter_map(|entry| entry.list.updated_at);
    older_than.is_some_and(|limit| times().any(|at| at < limit))
}

/// Takes a page in; says how many distinct entries it brought.
fn take(page: ListPage, listing: &mut Listing, pending: &mut Pending, now: DateTime<Utc>) -> u64 {
    let mut new = 0;
    for remote in page.entries {
        let at = remote.list.updated_at;
        listing.newest = listing.newest.max(at.filter(|at| *at <= now));
        match listing.offered.insert(remote.mal_id(), at) {
            None => new += 1,
            // The list moved while it was paged: the newer state counts, and the later one where they are equal and the
            // earlier is not on its way yet.
            Some(earlier) if at > earlier => {}
            Some(earlier) => {
                listing.offered.insert(remote.mal_id(), earlier);
                if at < earlier || !pending.entries.contains_key(&remote.mal_id()) {
                    continue;
                }
            }
        }
        pending.entries.insert(remote.mal_id(), remote);
    }
    for error in page.rejected {
        match error.mal_id {
            Some(id) if !listing.rejected.insert(id) => continue,
            Some(_) => {}
            None => listing.nameless += 1,
        }
        new += 1;
        pending.rejected.push(error);
    }
    new
}

/// What came and is not on its way yet.
#[derive(Debug, Default)]
struct Pending {
    entries: BTreeMap<i32, Remote>,
    rejected: Vec<EntryError>,
    batch_size: usize,
}

impl Pending {
    /// The next whole batch.
    fn full(&mut self) -> Option<Parcel> {
        (self.entries.len() >= self.batch_size).then(|| self.next())
    }

    /// What is left at the end.
    fn rest(&mut self) -> Option<Parcel> {
        (!self.entries.is_empty() || !self.rejected.is_empty()).then(|| self.next())
    }

    fn next(&mut self) -> Parcel {
        let rest = match self.entries.keys().nth(self.batch_size).copied() {
            Some(first) => self.entries.split_off(&first),
            None => BTreeMap::new(),
        };
        let batch = mem::replace(&mut self.entries, rest);
        let items = batch.into_values().map(|remote| Item::Fetched(Box::new(remote))).collect();
        Parcel { items, rejected: mem::take(&mut self.rejected) }
    }
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
