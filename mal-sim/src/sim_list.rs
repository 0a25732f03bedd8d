//! One user's list: generated from the seed, edited by clients and tests, sorted for pages.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::catalogue::{self, AnimeFacts, SimAiringStatus};
use crate::list_status::{SimListStatus, WatchStatus};
use crate::rng::{self, SeededRng};
use crate::sim_clock::REFERENCE_TIME_SECONDS;
use crate::sim_entry::{EntryShape, SimEntry};
use crate::word_list;

/// The orders in which a list can be requested (documented). `Title` is the default (observed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum SimListOrder {
    /// `anime_title`, ascending.
    #[default]
    Title,
    /// `list_score`, descending.
    Score,
    /// `list_updated_at`, descending.
    Updated,
    /// `anime_start_date`, descending.
    StartDate,
    /// `anime_id`, ascending.
    Id,
}

impl SimListOrder {
    /// Parses the value of `sort`. Returns `None` if it is unknown.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "anime_title" => Some(Self::Title),
            "list_score" => Some(Self::Score),
            "list_updated_at" => Some(Self::Updated),
            "anime_start_date" => Some(Self::StartDate),
            "anime_id" => Some(Self::Id),
            _ => None,
        }
    }
}

/// Order and filters of a requested list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SimListView {
    /// The order.
    pub(crate) sort: SimListOrder,
    /// Selects entries by status. Rewatched entries are special, see `is_listed_under`.
    pub(crate) status: Option<WatchStatus>,
    /// True if gray entries are included. False by default: MAL then omits them silently (observed).
    pub(crate) includes_gray: bool,
}

/// One user's list.
#[derive(Debug)]
pub(crate) struct SimList {
    seed: u64,
    owner_hash: u64,
    entries: BTreeMap<u64, SimEntry>,
    /// The next catalogue position to generate an entry from.
    next_position: u32,
    version: u64,
    ordered_ids_by_view: HashMap<SimListView, Arc<Vec<u64>>>,
}

impl SimList {
    /// Generates a list of `size` entries. The same seed and owner give the same list.
    pub(crate) fn generate(seed: u64, owner: &str, size: usize) -> Self {
        let mut list = Self {
            seed,
            owner_hash: rng::hash_name(owner),
            entries: BTreeMap::new(),
            next_position: 0,
            version: 0,
            ordered_ids_by_view: HashMap::new(),
        };
        list.grow_to(size);
        list
    }

    /// Returns the seed of the list, which is the catalogue's.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns the version, which grows with every change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Returns the number of entries, gray ones included.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns all entries with their anime ids, in ascending order.
    pub(crate) fn iter_entries(&self) -> impl Iterator<Item = (u64, &SimEntry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// Returns the ids of all entries in ascending order.
    pub(crate) fn ids(&self) -> Vec<u64> {
        self.entries.keys().copied().collect()
    }

    /// Returns an entry, or `None` if it is not in the list.
    pub(crate) fn get(&self, id: u64) -> Option<&SimEntry> {
        self.entries.get(&id)
    }

    /// Returns an entry for editing. Creates it if it is absent.
    pub(crate) fn entry_mut(&mut self, id: u64) -> &mut SimEntry {
        self.mark_changed();
        self.entries.entry(id).or_default()
    }

    /// Adds or replaces an entry.
    pub(crate) fn insert(&mut self, id: u64, entry: SimEntry) {
        self.mark_changed();
        self.entries.insert(id, entry);
    }

    /// Removes an entry. Returns true if it was in the list.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        self.mark_changed();
        self.entries.remove(&id).is_some()
    }

    /// Removes all entries.
    pub(crate) fn clear(&mut self) {
        self.mark_changed();
        self.entries.clear();
    }

    /// Sets the number of entries: adds from the catalogue or removes those with the highest ids.
    pub(crate) fn resize(&mut self, size: usize) {
        self.mark_changed();
        while self.entries.len() > size {
            self.entries.pop_last();
        }
        if self.entries.is_empty() {
            self.next_position = 0;
        }
        self.grow_to(size);
    }

    /// Returns the ids of `count` entries spread over the list. The same list gives the same ids.
    pub(crate) fn sample_ids(&self, count: usize) -> Vec<u64> {
        let mut ids = self.ids();
        ids.sort_by_key(|id| SeededRng::from_parts(&[self.owner_hash, *id]).next());
        ids.truncate(count);
        ids
    }

    /// Returns the sorted ids of a view.
    pub(crate) fn ordered_ids(&mut self, view: SimListView) -> Arc<Vec<u64>> {
        if let Some(order) = self.ordered_ids_by_view.get(&view) {
            return Arc::clone(order);
        }
        let order = Arc::new(self.sort_ids(view));
        self.ordered_ids_by_view.insert(view, Arc::clone(&order));
        order
    }

    fn mark_changed(&mut self) {
        self.version += 1;
        self.ordered_ids_by_view.clear();
    }

    fn grow_to(&mut self, size: usize) {
        while self.entries.len() < size && self.next_position < catalogue::CATALOGUE_SIZE {
            let position = self.next_position;
            self.next_position += 1;
            // Each list has 80 % of the positions, and so 80 % of the anime of another list.
            let mut rng = SeededRng::from_parts(&[self.seed, self.owner_hash, u64::from(position)]);
            if rng.chance_per_mille(800) {
                let facts = catalogue::generate_facts(self.seed, position);
                self.entries.entry(facts.id).or_insert_with(|| SimEntry {
                    list_status: generate_status(&mut rng, &facts),
                    shape: EntryShape::Plain,
                });
            }
        }
    }

    fn anime_facts(&self, id: u64) -> Option<AnimeFacts> {
        catalogue::position_of_id(self.seed, id).map(|position| catalogue::generate_facts(self.seed, position))
    }

    fn sort_ids(&self, view: SimListView) -> Vec<u64> {
        let mut entries: Vec<(u64, &SimEntry, Option<AnimeFacts>)> = self
            .entries
            .iter()
            .filter(|(_, entry)| view.status.is_none_or(|status| is_listed_under(entry, status)))
            .map(|(id, entry)| (*id, entry, self.anime_facts(*id)))
            .filter(|(_, entry, facts)| view.includes_gray || !entry.is_gray(facts.as_ref()))
            .collect();
        match view.sort {
            SimListOrder::Id => {}
            SimListOrder::Title => {
                entries.sort_by_cached_key(|(_, entry, facts)| entry.title(facts.as_ref()).to_lowercase());
            }
            SimListOrder::Score => entries.sort_by_key(|(_, entry, _)| std::cmp::Reverse(entry.list_status.score)),
            SimListOrder::Updated => {
                entries.sort_by_key(|(_, entry, _)| std::cmp::Reverse(entry.list_status.updated_at_seconds));
            }
            SimListOrder::StartDate => entries.sort_by(|(_, _, a), (_, _, b)| {
                let start = |facts: &Option<AnimeFacts>| facts.as_ref().map(|facts| facts.start_date.clone());
                start(b).unwrap_or_default().cmp(&start(a).unwrap_or_default())
            }),
        }
        entries.into_iter().map(|(id, _, _)| id).collect()
    }
}

/// Returns true if MAL's status filter selects the entry. A completed entry that is being rewatched is listed under
/// `watching`, not under `completed` (observed).
fn is_listed_under(entry: &SimEntry, requested: WatchStatus) -> bool {
    let watch_status = entry.list_status.watch_status;
    if watch_status == WatchStatus::Completed && entry.list_status.is_rewatching {
        return requested == WatchStatus::Watching;
    }
    watch_status == requested
}

fn generate_status(rng: &mut SeededRng, facts: &AnimeFacts) -> SimListStatus {
    let mut status = SimListStatus {
        watch_status: match facts.airing_status {
            SimAiringStatus::NotYetAired => WatchStatus::PlanToWatch,
            SimAiringStatus::CurrentlyAiring => rng.pick_weighted(&[
                (6, WatchStatus::Watching),
                (3, WatchStatus::PlanToWatch),
                (1, WatchStatus::Dropped),
            ]),
            SimAiringStatus::FinishedAiring => rng.pick_weighted(&[
                (64, WatchStatus::Completed),
                (20, WatchStatus::PlanToWatch),
                (5, WatchStatus::Watching),
                (5, WatchStatus::OnHold),
                (6, WatchStatus::Dropped),
            ]),
        },
        updated_at_seconds: REFERENCE_TIME_SECONDS - i64::from(rng.next_below(190_000_000)) - 60,
        ..SimListStatus::default()
    };
    generate_progress(rng, facts, &mut status);
    if status.watch_status != WatchStatus::PlanToWatch {
        generate_dates(rng, facts, &mut status);
    }
    if rng.chance_per_mille(80) {
        status.comments = rng.pick_item(&word_list::SAMPLE_COMMENTS).to_owned();
    }
    if rng.chance_per_mille(100) {
        let start = rng.next_below(10);
        status.tags = (0..rng.next_between(1, 3))
            .map(|offset| word_list::SAMPLE_TAGS[((start + offset) % 10) as usize].to_owned())
            .collect();
    }
    status.priority = rng.pick_weighted(&[(94, 0), (4, 1), (2, 2)]);
    status
}

fn generate_progress(rng: &mut SeededRng, facts: &AnimeFacts, status: &mut SimListStatus) {
    let max_watched = facts.episodes.saturating_sub(1).max(1);
    match status.watch_status {
        WatchStatus::Completed => {
            // Setting the status alone does not set the episode count (observed), so some stay at 0.
            status.episodes_watched = if rng.chance_per_mille(15) { 0 } else { facts.episodes };
            if rng.chance_per_mille(25) {
                status.is_rewatching = true;
                status.episodes_watched = rng.next_below(max_watched);
            }
            if rng.chance_per_mille(60) {
                status.times_rewatched = rng.next_between(1, 4);
                status.rewatch_value = u8::try_from(rng.next_between(0, 5)).unwrap_or(0);
            }
        }
        // Unusual but recorded: planned, with watched episodes and dates.
        WatchStatus::PlanToWatch if rng.chance_per_mille(30) => {
            status.episodes_watched = 1;
            "2021-08-03".clone_into(&mut status.start_date);
        }
        WatchStatus::PlanToWatch => {}
        WatchStatus::Watching | WatchStatus::OnHold | WatchStatus::Dropped => {
            status.episodes_watched = rng.next_below(max_watched + 1);
        }
    }
    let unscored_per_mille = match status.watch_status {
        WatchStatus::Completed => 180,
        WatchStatus::Dropped => 350,
        WatchStatus::Watching | WatchStatus::OnHold => 600,
        WatchStatus::PlanToWatch => 985,
    };
    if !rng.chance_per_mille(unscored_per_mille) {
        status.score = if status.watch_status == WatchStatus::Dropped {
            rng.pick_weighted(&[(10, 1), (12, 2), (18, 3), (25, 4), (22, 5), (13, 6)])
        } else {
            rng.pick_weighted(&[(1, 1), (1, 2), (2, 3), (5, 4), (9, 5), (17, 6), (26, 7), (22, 8), (12, 9), (5, 10)])
        };
    }
}

fn generate_dates(rng: &mut SeededRng, facts: &AnimeFacts, status: &mut SimListStatus) {
    if !rng.chance_per_mille(550) {
        return;
    }
    let year = rng.next_between(facts.start_year.max(2008), 2025);
    let (month, day) = (rng.next_between(1, 11), rng.next_between(1, 28));
    let precision_roll = rng.next_below(100);
    let date = |month: u32| match precision_roll {
        0..4 => format!("{year}"),
        4..8 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    };
    status.start_date = date(month);
    if matches!(status.watch_status, WatchStatus::Completed | WatchStatus::Dropped) {
        status.finish_date = date(month + 1);
    }
}

#[cfg(test)]
#[path = "sim_list_tests.rs"]
mod tests;
