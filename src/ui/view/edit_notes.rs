//! What `edit` says beside its result: episodes that do not exist, rewatches, and entries that are only here.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    display_short_value,
    edit_result::{EditResult, MAX_ENTRIES_SHOWN},
    pluralize_entries,
};
use crate::{
    domain::{edit::EditForecast, entry_fields::Field},
    ui::escape_controls,
};

/// Returns a warning if more episodes are set as watched than the anime has. `episode_counts` maps MAL ids to known
/// episode counts.
#[must_use]
pub fn episode_warning(results: &[EditResult], episode_counts: &HashMap<i32, i32>) -> Option<String> {
    let found: Vec<(&EditResult, &Value, i32)> = results
        .iter()
        .filter_map(|result| {
            let episodes = *episode_counts.get(&result.mal_id)?;
            let is_too_high = |change: &&EditForecast| {
                [Field::EpisodesWatched, Field::RewatchEpisodes].contains(&change.field)
                    && change.kept.as_i64().is_some_and(|watched| watched > i64::from(episodes))
            };
            Some((result, &result.changes.iter().find(is_too_high)?.kept, episodes))
        })
        .collect();
    let (result, watched, episodes) = found.first()?;
    let (title, watched_text) = (escape_controls(&result.title), display_short_value(watched));
    Some(match found.len() {
        1 => format!("{title}: only {episodes} episodes exist, but {watched_text} marked as watched"),
        count if found.iter().all(|(_, kept, _)| kept == watched) => {
            format!("{} have fewer episodes than the {watched_text} marked as watched", pluralize_entries(count))
        }
        count => format!("{} have fewer episodes than marked as watched", pluralize_entries(count)),
    })
}

/// Returns what an edit of episodes and rewatches leaves to say: that `--episodes` set the count of the rewatch, and the
/// command that completes an entry or counts a rewatch. `episode_counts` maps MAL ids to known episode counts.
#[must_use]
pub fn progress_notes(results: &[EditResult], episode_counts: &HashMap<i32, i32>, edit: &ProgressEdit) -> Vec<String> {
    let has = |result: &EditResult, field, is_wanted: &dyn Fn(&Value) -> bool| {
        result.changes.iter().any(|change| change.field == field && is_wanted(&change.kept))
    };
    let mut notes = Vec::new();
    let sets_rewatch = |result: &&EditResult| has(result, Field::RewatchEpisodes, &|kept| !kept.is_null());
    let rewatched: Vec<&EditResult> =
        results.iter().filter(|result| edit.sets_episodes && sets_rewatch(result)).collect();
    match rewatched[..] {
        [] => {}
        [one] => notes.push(format!(
            "{} is being rewatched: --episodes set the progress of the rewatch (rewatch_episodes)",
            escape_controls(&one.title)
        )),
        ref many => notes.push(format!(
            "{} are being rewatched: --episodes set the progress of the rewatch (rewatch_episodes)",
            pluralize_entries(many.len())
        )),
    }
    let commands = results.iter().filter_map(|result| {
        let (title, id) = (escape_controls(&result.title), result.mal_id);
        let total = episode_counts.get(&id).map(|total| i64::from(*total)).filter(|total| *total > 0);
        let is_total = |kept: &Value| total.is_some() && kept.as_i64() == total;
        let ends_rewatch = has(result, Field::IsRewatching, &|kept| *kept == Value::Bool(false));
        if ends_rewatch && !edit.sets_times_rewatched {
            Some(format!("To count the rewatch of {title}: malsync edit {id} --times-rewatched +1"))
        } else if has(result, Field::RewatchEpisodes, &is_total) {
            Some(format!(
                "To finish the rewatch of {title}: malsync edit {id} --rewatching false \
                --times-rewatched +1"
            ))
        } else if has(result, Field::EpisodesWatched, &is_total)
            && !edit.sets_status
            && !edit.completed_ids.contains(&id)
        {
            Some(format!("To complete {title}: malsync edit {id} --status completed"))
        } else if has(result, Field::Status, &|kept| kept == "completed")
            && !edit.sets_episodes
            && total.is_some_and(|total| edit.watched.get(&id).is_some_and(|watched| i64::from(*watched) < total))
        {
            Some(format!("If you watched all of {title}: malsync edit {id} --episodes {}", total.unwrap_or_default()))
        } else {
            None
        }
    });
    notes.extend(commands.take(MAX_ENTRIES_SHOWN));
    notes
}

/// Returns what to say of edited entries that MAL does not have any more, by the results that are among `removed_ids`.
#[must_use]
pub fn removed_note(results: &[EditResult], removed_ids: &HashSet<i32>) -> Option<String> {
    let removed: Vec<&EditResult> = results.iter().filter(|result| removed_ids.contains(&result.mal_id)).collect();
    match removed[..] {
        [] => None,
        [one] => Some(format!(
            "{} was removed from MAL and is only here. To create it there again: malsync push --add {}",
            escape_controls(&one.title),
            one.mal_id
        )),
        ref many => Some(format!(
            "{} were removed from MAL and are only here. To create all such entries there again: \
            malsync push --add --removed",
            pluralize_entries(many.len())
        )),
    }
}

/// What [`progress_notes`] needs to know about an edit.
#[derive(Clone, Debug, Default)]
pub struct ProgressEdit {
    /// MAL ids of the entries that were completed before.
    pub completed_ids: HashSet<i32>,
    /// Episodes watched before the edit, by MAL id.
    pub watched: HashMap<i32, i32>,
    /// True if the command has `--episodes`.
    pub sets_episodes: bool,
    /// True if the command has `--times-rewatched`.
    pub sets_times_rewatched: bool,
    /// True if the command has `--status`.
    pub sets_status: bool,
}
