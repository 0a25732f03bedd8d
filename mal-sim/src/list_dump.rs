//! The dump of a list: every field of every entry as plain values, for comparison in tests.

use serde::{Deserialize, Serialize};

use crate::control_error::{ControlError, ControlResult};
use crate::sim_clock;
use crate::state::SimState;

/// One entry of a list with every field. The values are those that MAL stores: comments are plain text with LF, dates
/// are absent if unset. Where a test replaced a field in the responses (`entry_patch`), the stored value is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DumpedEntry {
    /// Id of the anime.
    pub id: u64,
    /// Title of the anime.
    pub title: String,
    /// Number of episodes of the anime; 0 if unknown.
    pub num_episodes: u32,
    /// True if the entry is hidden without `nsfw=true`.
    pub is_gray: bool,
    /// `watching`, `completed`, `on_hold`, `dropped` or `plan_to_watch`.
    pub status: String,
    /// 0 (none) to 10.
    pub score: u8,
    /// Number of watched episodes.
    pub num_episodes_watched: u32,
    /// True while the anime is being rewatched.
    pub is_rewatching: bool,
    /// `2026-01-01T00:00:00+00:00`.
    pub updated_at: String,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub start_date: Option<String>,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub finish_date: Option<String>,
    /// 0 to 2.
    pub priority: u8,
    /// Number of rewatches.
    pub num_times_rewatched: u32,
    /// 0 to 5.
    pub rewatch_value: u8,
    /// Tags in the given order.
    pub tags: Vec<String>,
    /// Comments.
    pub comments: String,
}

/// Returns all entries of a user's list in ascending order of ids, gray ones included.
pub(crate) fn dump_list(state: &mut SimState, user: &str) -> ControlResult<Vec<DumpedEntry>> {
    let unknown_user = || ControlError::UnknownUser(user.to_owned());
    let ids = state.find_user(user).ok_or_else(unknown_user)?.list.ids();
    Ok(ids.into_iter().filter_map(|id| dump_entry(state, user, id)).collect())
}

fn dump_entry(state: &mut SimState, user: &str, id: u64) -> Option<DumpedEntry> {
    let anime = state.anime_cache.find(id);
    let facts = anime.as_ref().map(|anime| &anime.facts);
    let entry = state.find_user(user)?.list.get(id)?;
    let status = &entry.list_status;
    let date = |date: &String| (!date.is_empty()).then(|| date.clone());
    Some(DumpedEntry {
        id,
        title: entry.title(facts).to_owned(),
        num_episodes: entry.episodes(facts),
        is_gray: entry.is_gray(facts),
        status: status.watch_status.as_str().to_owned(),
        score: status.score,
        num_episodes_watched: status.episodes_watched,
        is_rewatching: status.is_rewatching,
        updated_at: sim_clock::format_timestamp(status.updated_at_seconds),
        start_date: date(&status.start_date),
        finish_date: date(&status.finish_date),
        priority: status.priority,
        num_times_rewatched: status.times_rewatched,
        rewatch_value: status.rewatch_value,
        tags: status.tags.clone(),
        comments: status.comments.clone(),
    })
}
