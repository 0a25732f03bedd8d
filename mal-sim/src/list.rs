//! One user's list: made from the seed, edited by clients and tests, put in order for pages.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::catalogue::{self, Airing, Brief};
use crate::clock::EPOCH;
use crate::entry::{Entry, Shape};
use crate::rng::{self, Rng};
use crate::status::{ListStatus, Status};
use crate::words;

/// The orders a list can be asked in (documented). `Title` is the default order (observed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
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

impl Sort {
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
pub(crate) struct View {
    /// The order.
    pub(crate) sort: Sort,
    /// Rows of one status; with MAL's trap about rewatching.
    pub(crate) status: Option<Status>,
    /// Gray rows too. False by default, and then they vanish silently (observed).
    pub(crate) nsfw: bool,
}

/// One user's list.
#[derive(Debug)]
pub(crate) struct List {
    seed: u64,
    owner: u64,
    entries: BTreeMap<u64, Entry>,
    /// How far into the catalogue the list was made.
    made_to: u32,
    version: u64,
    orders: HashMap<View, Arc<Vec<u64>>>,
}

impl List {
    /// A list of `size` rows, the same for the same seed and owner.
    pub(crate) fn make(seed: u64, owner: &str, size: usize) -> Self {
        let mut list = Self {
            seed,
            owner: rng::hash(owner),
            entries: BTreeMap::new(),
            made_to: 0,
            version: 0,
            orders: HashMap::new(),
        };
        list.grow(size);
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
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.iter().map(|(id, entry)| (*id, entry))
    }

    /// A row.
    pub(crate) fn get(&self, id: u64) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// A row to be changed; it is made where it is absent.
    pub(crate) fn edit(&mut self, id: u64) -> &mut Entry {
        self.changed();
        self.entries.entry(id).or_default()
    }

    /// Puts a row in the place of whatever was there.
    pub(crate) fn put(&mut self, id: u64, entry: Entry) {
        self.changed();
        self.entries.insert(id, entry);
    }

    /// Takes a row away; true if there was one.
    pub(crate) fn remove(&mut self, id: u64) -> bool {
        self.changed();
        self.entries.remove(&id).is_some()
    }

    /// Takes all rows away.
    pub(crate) fn clear(&mut self) {
        self.changed();
        self.entries.clear();
    }

    /// Makes the list `size` rows long: adds from the catalogue, or drops the rows with the highest ids.
    pub(crate) fn resize(&mut self, size: usize) {
        self.changed();
        while self.entries.len() > size {
            self.entries.pop_last();
        }
        if self.entries.is_empty() {
            self.made_to = 0;
        }
        self.grow(size);
    }

    /// `count` rows spread over the list, always the same ones for the same list.
    pub(crate) fn sample(&self, count: usize) -> Vec<u64> {
        let mut ids: Vec<u64> = self.entries.keys().copied().collect();
        ids.sort_by_key(|id| Rng::of(&[self.owner, *id]).next());
        ids.truncate(count);
        ids
    }

    /// The ids of a view, in order.
    pub(crate) fn order(&mut self, view: View) -> Arc<Vec<u64>> {
        if let Some(order) = self.orders.get(&view) {
            return Arc::clone(order);
        }
        let order = Arc::new(self.sorted(view));
        self.orders.insert(view, Arc::clone(&order));
        order
    }

    fn changed(&mut self) {
        self.version += 1;
        self.orders.clear();
    }

    fn grow(&mut self, size: usize) {
        while self.entries.len() < size && self.made_to < catalogue::SIZE {
            let k = self.made_to;
            self.made_to += 1;
            // Two lists share about two thirds of their anime.
            let mut rng = Rng::of(&[self.seed, self.owner, u64::from(k)]);
            if rng.chance(800) {
                let brief = catalogue::brief(self.seed, k);
                self.entries
                    .entry(brief.id)
                    .or_insert_with(|| Entry { status: status(&mut rng, &brief), shape: Shape::Plain });
            }
        }
    }

    fn brief(&self, id: u64) -> Option<Brief> {
        catalogue::position(self.seed, id).map(|k| catalogue::brief(self.seed, k))
    }

    fn sorted(&self, view: View) -> Vec<u64> {
        let mut rows: Vec<(u64, &Entry, Option<Brief>)> = self
            .entries
            .iter()
            .filter(|(_, entry)| view.status.is_none_or(|status| listed_under(entry, status)))
            .map(|(id, entry)| (*id, entry, self.brief(*id)))
            .filter(|(_, entry, brief)| view.nsfw || !is_gray(entry, brief.as_ref()))
            .collect();
        match view.sort {
            Sort::Id => {}
            Sort::Title => {
                rows.sort_by_cached_key(|(_, entry, brief)| title(entry, brief.as_ref()));
            }
            Sort::Score => rows.sort_by_key(|(_, entry, _)| std::cmp::Reverse(entry.status.score)),
            Sort::Updated => {
                rows.sort_by_key(|(_, entry, _)| std::cmp::Reverse(entry.status.updated));
            }
            Sort::StartDate => rows.sort_by(|(_, _, a), (_, _, b)| {
                let start = |brief: &Option<Brief>| brief.as_ref().map(|b| b.start.clone());
                start(b).unwrap_or_default().cmp(&start(a).unwrap_or_default())
            }),
        }
        rows.into_iter().map(|(id, _, _)| id).collect()
    }
}

fn title(entry: &Entry, brief: Option<&Brief>) -> String {
    let own = entry.own_title();
    let title = own.or(brief.map(|brief| brief.title.as_str()));
    title.unwrap_or_default().to_lowercase()
}

fn is_gray(entry: &Entry, brief: Option<&Brief>) -> bool {
    entry.own_gray().unwrap_or(brief.is_some_and(|brief| brief.gray))
}

/// MAL's filter: a completed entry that is being seen again comes under `watching`, not under `completed` (observed).
fn listed_under(entry: &Entry, asked: Status) -> bool {
    let own = entry.status.status;
    if own == Status::Completed && entry.status.rewatching {
        return asked == Status::Watching;
    }
    own == asked
}

fn status(rng: &mut Rng, brief: &Brief) -> ListStatus {
    let mut status = ListStatus {
        status: match brief.airing {
            Airing::NotYet => Status::Plan,
            Airing::Current => rng.weighted(&[(6, Status::Watching), (3, Status::Plan), (1, Status::Dropped)]),
            Airing::Finished => rng.weighted(&[
                (64, Status::Completed),
                (20, Status::Plan),
                (5, Status::Watching),
                (5, Status::OnHold),
                (6, Status::Dropped),
            ]),
        },
        updated: EPOCH - i64::from(rng.below(190_000_000)) - 60,
        ..ListStatus::default()
    };
    progress(rng, brief, &mut status);
    if status.status != Status::Plan {
        dates(rng, brief, &mut status);
    }
    if rng.chance(80) {
        status.comments = rng.pick(&words::COMMENTS).to_owned();
    }
    if rng.chance(100) {
        let start = rng.below(10);
        status.tags = (0..rng.between(1, 3)).map(|n| words::TAGS[((start + n) % 10) as usize].to_owned()).collect();
    }
    status.priority = rng.weighted(&[(94, 0), (4, 1), (2, 2)]);
    status
}

fn progress(rng: &mut Rng, brief: &Brief, status: &mut ListStatus) {
    let some = brief.episodes.saturating_sub(1).max(1);
    match status.status {
        Status::Completed => {
            // Setting the status alone does not fill the count (observed), so some stay at 0.
            status.watched = if rng.chance(15) { 0 } else { brief.episodes };
            if rng.chance(25) {
                status.rewatching = true;
                status.watched = rng.below(some);
            }
            if rng.chance(60) {
                status.times = rng.between(1, 4);
                status.value = u8::try_from(rng.between(0, 5)).unwrap_or(0);
            }
        }
        // Odd but recorded: planned, with episodes seen and dates set.
        Status::Plan if rng.chance(30) => {
            status.watched = 1;
            "2021-08-03".clone_into(&mut status.start);
        }
        Status::Plan => {}
        Status::Watching | Status::OnHold | Status::Dropped => status.watched = rng.below(some + 1),
    }
    let unscored = match status.status {
        Status::Completed => 180,
        Status::Dropped => 350,
        Status::Watching | Status::OnHold => 600,
        Status::Plan => 985,
    };
    if !rng.chance(unscored) {
        status.score = if status.status == Status::Dropped {
            rng.weighted(&[(10, 1), (12, 2), (18, 3), (25, 4), (22, 5), (13, 6)])
        } else {
            rng.weighted(&[(1, 1), (1, 2), (2, 3), (5, 4), (9, 5), (17, 6), (26, 7), (22, 8), (12, 9), (5, 10)])
        };
    }
}

fn dates(rng: &mut Rng, brief: &Brief, status: &mut ListStatus) {
    if !rng.chance(550) {
        return;
    }
    let year = rng.between(brief.year.max(2008), 2025);
    let (month, day) = (rng.between(1, 11), rng.between(1, 28));
    let form = rng.below(100);
    let date = |month: u32| match form {
        0..4 => format!("{year}"),
        4..8 => format!("{year}-{month:02}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    };
    status.start = date(month);
    if matches!(status.status, Status::Completed | Status::Dropped) {
        status.finish = date(month + 1);
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
