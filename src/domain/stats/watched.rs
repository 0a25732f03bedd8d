//! Totals of episodes and time watched.
//!
//! 1. While an entry is being rewatched, its first viewing counts as all episodes, and the rewatch by
//!    `rewatch_episodes`.
//! 2. Each completed rewatch (`times_rewatched`) adds all episodes once more.
//! 3. If the number of episodes is unknown, a completed entry that is not being rewatched counts `episodes_watched` as
//!    all episodes. Of any other entry only `episodes_watched` counts; if it has rewatches, it is counted in
//!    `entries_with_unknown_rewatches`.

use super::{
    ListEntry,
    numbers::{divide, to_u64},
};

/// Episodes watched of one entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EpisodeCounts {
    /// Episodes watched for the first time.
    pub first_time: u64,
    /// Episodes watched in rewatches.
    pub rewatched: u64,
    /// True if the entry was rewatched and its number of episodes is unknown.
    pub has_unknown_rewatches: bool,
}

impl EpisodeCounts {
    /// Returns the total number of episodes watched.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.first_time.saturating_add(self.rewatched)
    }
}

/// Counts the episodes watched of an entry.
#[must_use]
pub fn count_episodes(entry: &ListEntry) -> EpisodeCounts {
    let values = &entry.stored.values;
    let progress = non_negative(values.episodes_watched);
    let times = non_negative(Some(values.times_rewatched));
    let completed_progress = || (values.status == "completed").then_some(progress);
    let known_episodes = Some(non_negative(entry.anime.episodes)).filter(|episodes| *episodes > 0);
    let all_episodes = known_episodes.or_else(completed_progress).filter(|episodes| *episodes > 0);
    let (first, current) = if values.is_rewatching {
        (all_episodes.unwrap_or(progress), non_negative(values.rewatch_episodes))
    } else {
        (progress, 0)
    };
    EpisodeCounts {
        first_time: first,
        rewatched: times.saturating_mul(all_episodes.unwrap_or(0)).saturating_add(current),
        has_unknown_rewatches: all_episodes.is_none() && times > 0,
    }
}

/// Returns 0 for `None` and for negative numbers, which another program may have written.
pub(super) fn non_negative(number: Option<i32>) -> u64 {
    number.and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

/// Returns the length of an episode in seconds. Returns `None` if it is unknown.
fn episode_seconds(entry: &ListEntry) -> Option<u64> {
    Some(non_negative(entry.anime.average_episode_duration)).filter(|seconds| *seconds > 0)
}

/// Totals of everything watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WatchTotals {
    /// Episodes watched, including rewatched ones.
    pub episodes: u64,
    /// Episodes watched in rewatches.
    pub rewatched_episodes: u64,
    /// Time watched in seconds, of entries with a known episode length.
    pub seconds: u64,
    /// Entries with watched episodes but unknown episode length.
    pub entries_without_duration: u64,
    /// Watched episodes of unknown length: counted in `episodes`, not in `seconds`.
    pub episodes_without_duration: u64,
    /// Rewatched entries with an unknown number of episodes.
    pub entries_with_unknown_rewatches: u64,
}

impl WatchTotals {
    pub(super) fn compute(entries: &[&ListEntry]) -> Self {
        let mut totals = Self::default();
        for entry in entries {
            let episodes = count_episodes(entry);
            totals.episodes = totals.episodes.saturating_add(episodes.total());
            totals.rewatched_episodes = totals.rewatched_episodes.saturating_add(episodes.rewatched);
            totals.entries_with_unknown_rewatches += u64::from(episodes.has_unknown_rewatches);
            match episode_seconds(entry) {
                Some(seconds) => {
                    totals.seconds = totals.seconds.saturating_add(episodes.total().saturating_mul(seconds));
                }
                None if episodes.total() > 0 => {
                    totals.entries_without_duration += 1;
                    totals.episodes_without_duration =
                        totals.episodes_without_duration.saturating_add(episodes.total());
                }
                None => {}
            }
        }
        totals
    }
}

/// Totals of a group of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupTotals {
    /// Number of entries.
    pub entries: u64,
    /// Number of entries with a score.
    pub scored_entries: u64,
    /// Sum of the scores.
    pub score_sum: u64,
    /// Episodes watched, including rewatched ones.
    pub episodes: u64,
    /// Time watched in seconds, of entries with a known episode length.
    pub seconds: u64,
}

impl GroupTotals {
    pub(super) fn add_entry(&mut self, entry: &ListEntry) {
        let watched = WatchTotals::compute(&[entry]);
        let score = super::scores::valid_score(entry);
        self.entries += 1;
        self.scored_entries += to_u64(score.iter().count());
        self.score_sum += score.unwrap_or(0);
        self.episodes = self.episodes.saturating_add(watched.episodes);
        self.seconds = self.seconds.saturating_add(watched.seconds);
    }

    /// Returns the mean score. Returns `None` if there are no scores.
    #[must_use]
    pub fn mean_score(&self) -> Option<f64> {
        divide(self.score_sum, self.scored_entries)
    }
}
