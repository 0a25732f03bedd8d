//! The totals of a list, from which `anime_statistics` is made.

use crate::list_status::WatchStatus;
use crate::sim_list::SimList;

/// Totals of a list. Arrays are indexed by status in the order of `WatchStatus::ALL`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ListTotals {
    pub(crate) item_counts: [u64; 5],
    pub(crate) days_watched: [f64; 5],
    pub(crate) episodes_watched: u64,
    pub(crate) times_rewatched: u64,
    scored_count: u64,
    score_sum: u64,
}

impl ListTotals {
    /// Adds up a list. `days_per_episode` returns the length of an episode of an anime.
    pub(crate) fn compute(list: &SimList, days_per_episode: impl Fn(u64) -> Option<f64>) -> Self {
        let mut totals = Self::default();
        for (id, entry) in list.iter_entries() {
            let status = &entry.list_status;
            let index = WatchStatus::ALL.iter().position(|candidate| *candidate == status.watch_status).unwrap_or(0);
            totals.item_counts[index] += 1;
            if status.episodes_watched > 0 {
                totals.days_watched[index] += f64::from(status.episodes_watched) * days_per_episode(id).unwrap_or(0.0);
            }
            totals.episodes_watched += u64::from(status.episodes_watched);
            totals.times_rewatched += u64::from(status.times_rewatched);
            totals.scored_count += u64::from(status.score > 0);
            totals.score_sum += u64::from(status.score);
        }
        totals
    }

    /// Returns the mean of all scores, or 0 if there is none.
    pub(crate) fn mean_score(&self) -> f64 {
        let to_float = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        if self.scored_count == 0 { 0.0 } else { to_float(self.score_sum) / to_float(self.scored_count) }
    }
}
