//! One user's list: made from the seed, edited by clients and tests, put in order for pages.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::catalogue::{self, AnimeFacts, SimAiringStatus};
use crate::rng::{self, SeededRng};
use crate::sim_clock::REFERENCE_TIME_SECONDS;
use crate::sim_entry::{EntryShape, SimEntry};
use crate::watch_status::{SimListStatus, WatchStatus};
use crate::word_list;

/// The orders a list can be asked in (documented). `Title` is the default order (observed).
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
    /// The order of a word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        match word {
            "anime_title" => Some(Self::Title),
            "list_score" => Some(Self::Score),
            "list_updated_at" => Some(Self::Updated),
            "anime_start_date" => Some(Self::StartDate),
            "anime_id" => Some(Self::Id),
            _ => None,
        }
    }
}

/// Which rows are asked for, and in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SimListView {
    /// The order.
    pub(crate) sort: SimListOrder,
    /// Rows of one status; with MAL's trap about rewatching.
    pub(crate) status: Option<WatchStatus>,
    /// Gray rows too. False by default, and then they vanish silently (observed).
    pub(crate) includes_gray: bool,
}

/// One user's list.
#[derive(Debug)]
pub(crate) struct SimList {
    seed: u64,
    owner_hash: u64,
    entries: BTreeMap<u64, SimEntry>,
    /// How far into the catalogue the list was made.
    next_position: u32,
    version: u64,
    ordered_ids_by_view: HashMap<SimListView, Arc<Vec<u64>>>,
}

impl SimList {
    /// A list of `size` rows, the same for the same seed and owner.
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

    /// The seed it was made from, which is the catalogue's.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Grows with every change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// How many rows there are, gray ones included.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// All rows by their key, which is the anime's id.
    pub(crate) fn iter_entries(&self) -> impl Iterator<Item = (u64, &SimEntry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// A row.
    pub(crate) fn get(&self, id: u64) -> Option<&SimEntry> {
        self.entries.get(&id)
    }

    /// A row to be changed; it is made where it is absent.
    pub(crate) fn entry_mut(&mut self, id: u64) -> &mut SimEntry {
        self.mark_changed();
        self.entries.entry(id).or_default()
    }

    /// Puts a row in the place of whatever was there.
    pub(crate) fn insert(&mut self, id: u64, entry: SimEntry) {
        self.mark_changed();
        self.entries.insert(id, entry);
    }

    /// Takes a row away; true if there was one.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        self.mark_changed();
        self.entries.remove(&id).is_some()
    }

    /// Takes all rows away.
    pub(crate) fn clear(&mut self) {
        self.mark_changed();
        self.entries.clear();
    }

    /// Makes the list `size` rows long: adds from the catalogue, or drops the rows with the highest ids.
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

    /// `count` rows spread over the list, always the same ones for the same list.
    pub(crate) fn sample_ids(&self, count: usize) -> Vec<u64> {
        let mut ids: Vec<u64> = self.entries.keys().copied().collect();
        ids.sort_by_key(|id| SeededRng::from_parts(&[self.owner_hash, *id]).next());
        ids.truncate(count);
        ids
    }

    /// The ids of a view, in order.
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
            let k = self.next_position;
            self.next_position += 1;
            // Two lists share about two thirds of their anime.
            let mut rng = SeededRng::from_parts(&[self.seed, self.owner_hash, u64::from(k)]);
            if rng.chance_per_mille(800) {
                let brief = catalogue::generate_facts(self.seed, k);
                self.entries.entry(brief.id).or_insert_with(|| SimEntry {
                    status: generate_status(&mut rng, &brief),
                    shape: EntryShape::Plain,
                });
            }
        }
    }

    fn anime_facts(&self, id: u64) -> Option<AnimeFacts> {
        catalogue::position_of_id(self.seed, id).map(|k| catalogue::generate_facts(self.seed, k))
    }

    fn sort_ids(&self, view: SimListView) -> Vec<u64> {
        let mut rows: Vec<(u64, &SimEntry, Option<AnimeFacts>)> = self
            .entries
            .iter()
            .filter(|(_, entry)| view.status.is_none_or(|status| is_listed_under(entry, status)))
            .map(|(id, entry)| (*id, entry, self.anime_facts(*id)))
            .filter(|(_, entry, brief)| view.includes_gray || !is_gray(entry, brief.as_ref()))
            .collect();
        match view.sort {
            SimListOrder::Id => {}
            SimListOrder::Title => {
                rows.sort_by_cached_key(|(_, entry, brief)| sort_title(entry, brief.as_ref()));
            }
            SimListOrder::Score => rows.sort_by_key(|(_, entry, _)| std::cmp::Reverse(entry.status.score)),
            SimListOrder::Updated => {
                rows.sort_by_key(|(_, entry, _)| std::cmp::Reverse(entry.status.updated_at_seconds));
            }
            SimListOrder::StartDate => rows.sort_by(|(_, _, a), (_, _, b)| {
                let start = |brief: &Option<AnimeFacts>| brief.as_ref().map(|b| b.start_date.clone());
                start(b).unwrap_or_default().cmp(&start(a).unwrap_or_default())
            }),
        }
        rows.into_iter().map(|(id, _, _)| id).collect()
    }
}

fn sort_title(entry: &SimEntry, brief: Option<&AnimeFacts>) -> String {
    let own = entry.title_override();
    let title = own.or(brief.map(|brief| brief.title.as_str()));
    title.unwrap_or_default().to_lowercase()
}

fn is_gray(entry: &SimEntry, brief: Option<&AnimeFacts>) -> bool {
    entry.gray_override().unwrap_or(brief.is_some_and(|brief| brief.is_gray))
}

/// MAL's filter: a completed entry that is being seen again comes under `watching`, not under `completed` (observed).
fn is_listed_under(entry: &SimEntry, asked: WatchStatus) -> bool {
    let own = entry.status.status;
    if own == WatchStatus::Completed && entry.status.is_rewatching {
        return asked == WatchStatus::Watching;
    }
    own == asked
}

fn generate_status(rng: &mut SeededRng, brief: &AnimeFacts) -> SimListStatus {
    let mut status = SimListStatus {
        status: match brief.airing_status {
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
    generate_progress(rng, brief, &mut status);
    if status.status != WatchStatus::PlanToWatch {
        generate_dates(rng, brief, &mut status);
    }
    if rng.chance_per_mille(80) {
        status.comments = rng.pick_item(&word_list::SAMPLE_COMMENTS).to_owned();
    }
    if rng.chance_per_mille(100) {
        let start = rng.next_below(10);
        status.tags = (0..rng.next_between(1, 3))
            .map(|n| word_list::SAMPLE_TAGS[((start + n) % 10) as usize].to_owned())
            .collect();
    }
    status.priority = rng.pick_weighted(&[(94, 0), (4, 1), (2, 2)]);
    status
}

fn generate_progress(rng: &mut SeededRng, brief: &AnimeFacts, status: &mut SimListStatus) {
    let some = brief.episodes.saturating_sub(1).max(1);
    match status.status {
        WatchStatus::Completed => {
            // Setting the status alone does not fill the count (observed), so some stay at 0.
            status.episodes_watched = if rng.chance_per_mille(15) { 0 } else { brief.episodes };
            if rng.chance_per_mille(25) {
                status.is_rewatching = true;
                status.episodes_watched = rng.next_below(some);
            }
            if rng.chance_per_mille(60) {
                status.times_rewatched = rng.next_between(1, 4);
                status.rewatch_value = u8::try_from(rng.next_between(0, 5)).unwrap_or(0);
            }
        }
        // Odd but recorded: planned, with episodes seen and dates set.
        WatchStatus::PlanToWatch if rng.chance_per_mille(30) => {
            status.episodes_watched = 1;
            "2021-08-03".clone_into(&mut status.start_date);
        }
        WatchStatus::PlanToWatch => {}
        WatchStatus::Watching | WatchStatus::OnHold | WatchStatus::Dropped => {
            status.episodes_watched = rng.next_below(some + 1)
        }
    }
    let unscored = match status.status {
        WatchStatus::Completed => 180,
        WatchStatus::Dropped => 350,
        WatchStatus::Watching | WatchStatus::OnHold => 600,
        WatchStatus::PlanToWatch => 985,
    };
    if !rng.chance_per_mille(unscored) {
        status.score = if status.status == WatchStatus::Dropped {
            rng.pick_weighted(&[(10, 1), (12, 2), (18, 3), (25, 4), (22, 5), (13, 6)])
        } else {
            rng.pick_weighted(&[(1, 1), (1, 2), (2, 3), (5, 4), (9, 5), (17, 6), (26, 7), (22, 8), (12, 9), (5, 10)])
        };
    }
}

fn generate_dates(rng: &mut SeededRng, brief: &AnimeFacts, status: &mut SimListStatus) {
    if !rng.chance_per_mille(550) {
        return;
    }
    let year = rng.next_between(brief.start_year.max(2008), 2025);
    let (month, day) = (rng.next_between(1, 11), rng.next_between(1, 28));
    let form = rng.next_below(100);
    let date = |month: u32| match form {
        0..4 => format!("{year}"),
        4..8 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    };
    status.start_date = date(month);
    if matches!(status.status, WatchStatus::Completed | WatchStatus::Dropped) {
        status.finish_date = date(month + 1);
    }
}

#[cfg(test)]
#[path = "sim_list_tests.rs"]
mod tests;
