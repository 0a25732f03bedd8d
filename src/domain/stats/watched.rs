//! Episodes and time watched.
//!
//! While an anime is being watched again, MAL counts `episodes_watched` from 0 anew: the first time round is then all its
//! episodes, and the count belongs to the present one. Each finished time (`times_rewatched`) is all its episodes once more.
//! Where the number of episodes is unknown, a completed entry's own count stands for it; else what is unknown is left out,
//! and the entry counted as one of which more was seen than is known.

use super::{ListEntry, to_u64};

/// The episodes of one entry that were seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpisodeCounts {
    /// For the first time.
    pub first_time: u64,
    /// Again.
    pub rewatched: u64,
    /// It was watched again, and nobody knows how many episodes it has.
    pub has_unknown_rewatches: bool,
}

impl EpisodeCounts {
    /// All of them.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.first_time.saturating_add(self.rewatched)
    }
}

/// What was seen of an entry's anime.
#[must_use]
pub fn count_episodes(item: &ListEntry) -> EpisodeCounts {
    let values = &item.stored.values;
    let progress = non_negative(values.episodes_watched);
    let times = non_negative(Some(values.times_rewatched));
    let own_count = || (!values.is_rewatching && values.status == "completed").then_some(progress);
    let known = Some(non_negative(item.anime.episodes)).filter(|episodes| *episodes > 0);
    let whole = known.or_else(own_count).filter(|episodes| *episodes > 0);
    let (first, current) = if values.is_rewatching { (whole.unwrap_or(0), progress) } else { (progress, 0) };
    EpisodeCounts {
        first_time: first,
        rewatched: times.saturating_mul(whole.unwrap_or(0)).saturating_add(current),
        has_unknown_rewatches: whole.is_none() && (values.is_rewatching || times > 0),
    }
}

/// A number that another program may have written below 0.
fn non_negative(number: Option<i32>) -> u64 {
    number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

/// The length of an episode in seconds, where it is known.
fn episode_seconds(item: &ListEntry) -> Option<u64> {
    Some(non_negative(item.anime.average_episode_duration)).filter(|seconds| *seconds > 0)
}

/// What was watched in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WatchTotals {
    /// Episodes, those seen again included.
    pub episodes: u64,
    /// Those seen again.
    pub rewatched_episodes: u64,
    /// The time, as far as lengths are known.
    pub seconds: u64,
    /// Entries of which something was watched and no episode's length is known.
    pub entries_without_duration: u64,
    /// Their episodes: in `episodes`, not in `seconds`.
    pub episodes_without_duration: u64,
    /// Entries that were watched again and of which nobody knows how many episodes they have.
    pub entries_with_unknown_rewatches: u64,
}

impl WatchTotals {
    pub(super) fn compute(items: &[&ListEntry]) -> Self {
        let mut all = Self::default();
        for item in items {
            let seen = count_episodes(item);
            all.episodes = all.episodes.saturating_add(seen.total());
            all.rewatched_episodes = all.rewatched_episodes.saturating_add(seen.rewatched);
            all.entries_with_unknown_rewatches += u64::from(seen.has_unknown_rewatches);
            match episode_seconds(item) {
                Some(length) => all.seconds = all.seconds.saturating_add(seen.total().saturating_mul(length)),
                None if seen.total() > 0 => {
                    all.entries_without_duration += 1;
                    all.episodes_without_duration = all.episodes_without_duration.saturating_add(seen.total());
                }
                None => {}
            }
        }
        all
    }
}

/// The figures of a part of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupTotals {
    /// Entries.
    pub entries: u64,
    /// Those with a score.
    pub scored_entries: u64,
    /// The sum of the scores.
    pub score_sum: u64,
    /// Episodes watched, those seen again included.
    pub episodes: u64,
    /// The time watched, as far as lengths are known.
    pub seconds: u64,
}

impl GroupTotals {
    pub(super) fn add_entry(&mut self, item: &ListEntry) {
        let watched = WatchTotals::compute(&[item]);
        let score = super::scores::valid_score(item);
        self.entries += 1;
        self.scored_entries += to_u64(score.iter().count());
        self.score_sum += score.unwrap_or(0);
        self.episodes = self.episodes.saturating_add(watched.episodes);
        self.seconds = self.seconds.saturating_add(watched.seconds);
    }

    /// The mean of the scores, where there is one.
    #[must_use]
    pub fn mean_score(&self) -> Option<f64> {
        super::scores::divide(self.score_sum, self.scored_entries)
    }
}
