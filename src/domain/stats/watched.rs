//! Episodes and time watched.
//!
//! While an anime is being watched again, MAL counts `episodes_watched` from 0 anew: the first time round is then all its
//! episodes, and the count belongs to the present one. Each finished time (`times_rewatched`) is all its episodes once more.
//! Where the number of episodes is unknown, a completed entry's own count stands for it; else what is unknown is left out,
//! and the entry counted as one of which more was seen than is known.

use super::{ListItem, count};

/// The episodes of one entry that were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// For the first time.
    pub first: u64,
    /// Again.
    pub again: u64,
    /// It was watched again, and nobody knows how many episodes it has.
    pub more: bool,
}

impl Seen {
    /// All of them.
    #[must_use]
    pub const fn episodes(self) -> u64 {
        self.first.saturating_add(self.again)
    }
}

/// What was seen of an entry's anime.
#[must_use]
pub fn seen(item: &ListItem) -> Seen {
    let values = &item.entry.values;
    let progress = unsigned(values.episodes_watched);
    let times = unsigned(Some(values.times_rewatched));
    let own_count = || (!values.is_rewatching && values.status == "completed").then_some(progress);
    let known = Some(unsigned(item.anime.episodes)).filter(|episodes| *episodes > 0);
    let whole = known.or_else(own_count).filter(|episodes| *episodes > 0);
    let (first, current) = if values.is_rewatching { (whole.unwrap_or(0), progress) } else { (progress, 0) };
    Seen {
        first,
        again: times.saturating_mul(whole.unwrap_or(0)).saturating_add(current),
        more: whole.is_none() && (values.is_rewatching || times > 0),
    }
}

/// A number that another program may have written below 0.
fn unsigned(number: Option<i32>) -> u64 {
    number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

/// The length of an episode in seconds, where it is known.
fn length(item: &ListItem) -> Option<u64> {
    Some(unsigned(item.anime.average_episode_duration)).filter(|seconds| *seconds > 0)
}

/// What was watched in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Episodes, those seen again included.
    pub episodes: u64,
    /// Those seen again.
    pub again: u64,
    /// The time, as far as lengths are known.
    pub seconds: u64,
    /// Entries of which something was watched and no episode's length is known.
    pub unknown_entries: u64,
    /// Their episodes: in `episodes`, not in `seconds`.
    pub unknown_episodes: u64,
    /// Entries that were watched again and of which nobody knows how many episodes they have.
    pub unknown_rewatches: u64,
}

impl Watched {
    pub(super) fn of(items: &[&ListItem]) -> Self {
        let mut all = Self::default();
        for item in items {
            let seen = seen(item);
            all.episodes = all.episodes.saturating_add(seen.episodes());
            all.again = all.again.saturating_add(seen.again);
            all.unknown_rewatches += u64::from(seen.more);
            match length(item) {
                Some(length) => all.seconds = all.seconds.saturating_add(seen.episodes().saturating_mul(length)),
                None if seen.episodes() > 0 => {
                    all.unknown_entries += 1;
                    all.unknown_episodes = all.unknown_episodes.saturating_add(seen.episodes());
                }
                None => {}
            }
        }
        all
    }
}

/// The figures of a part of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries.
    pub entries: u64,
    /// Those with a score.
    pub scored: u64,
    /// The sum of the scores.
    pub score_sum: u64,
    /// Episodes watched, those seen again included.
    pub episodes: u64,
    /// The time watched, as far as lengths are known.
    pub seconds: u64,
}

impl Tally {
    pub(super) fn add(&mut self, item: &ListItem) {
        let watched = Watched::of(&[item]);
        let score = super::scores::score(item);
        self.entries += 1;
        self.scored += count(score.iter().count());
        self.score_sum += score.unwrap_or(0);
        self.episodes = self.episodes.saturating_add(watched.episodes);
        self.seconds = self.seconds.saturating_add(watched.seconds);
    }

    /// The mean of the scores, where there is one.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        super::scores::quotient(self.score_sum, self.scored)
    }
}
