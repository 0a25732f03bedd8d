//! What an edit or a restore did, field by field, and what the next sync makes of it: `edit`, `restore`.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::{display_value, pluralize};
use crate::{
    domain::change::Field,
    sync::{
        edit::EditForecast,
        restore::{SkipReason, SkippedField},
    },
    ui::escape_controls,
};

/// An entry and what became of it.
#[derive(Clone, Debug)]
pub struct EditResult {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// Its title.
    pub title: String,
    /// What changed, or would.
    pub changes: Vec<EditForecast>,
    /// What is left alone.
    pub skipped: Vec<SkippedField>,
}

/// Entries that are told one by one.
const MAX_ENTRIES_SHOWN: usize = 20;

/// One entry's object.
#[derive(Clone, Debug, Serialize)]
pub struct EditResultJson<'a> {
    mal_id: i32,
    title: &'a str,
    changes: Vec<EditedFieldJson<'a>>,
    left: Vec<SkippedFieldJson<'a>>,
    edit_id: Option<i64>,
}

#[derive(Clone, Debug, Serialize)]
struct EditedFieldJson<'a> {
    field: &'static str,
    local: &'a Value,
    kept: &'a Value,
    mal: &'a Value,
    stays: bool,
    rule: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct SkippedFieldJson<'a> {
    field: &'a str,
    here: &'a Value,
    left: &'a Value,
    reason: &'static str,
}

/// The entry as scripts read it; no `edit_id` where nothing was written.
#[must_use]
pub fn to_json(told: &EditResult, edit_id: Option<i64>) -> EditResultJson<'_> {
    let change =
        |change: &'_ EditForecast| (change.field.as_str(), change.survives_sync, change.rule.map(|rule| rule.as_str()));
    let changes = told.changes.iter().map(|outlook| {
        let (field, stays, rule) = change(outlook);
        EditedFieldJson { field, local: &outlook.local, kept: &outlook.kept, mal: &outlook.mal, stays, rule }
    });
    let left = told.skipped.iter().map(|left| SkippedFieldJson {
        field: &left.field,
        here: &left.current_value,
        left: &left.recorded_value,
        reason: left.reason.as_str(),
    });
    EditResultJson {
        mal_id: told.mal_id,
        title: &told.title,
        changes: changes.collect(),
        left: left.collect(),
        edit_id,
    }
}

/// The entries as people read them: the first ones by name, then all in numbers.
#[must_use]
pub fn to_text(told: &[EditResult], dry_run: bool) -> String {
    let [one] = told else { return many_to_text(told, dry_run) };
    let mut text = if one.changes.is_empty() && one.skipped.is_empty() {
        format!("{}: nothing to change\n", escape_controls(&one.title))
    } else {
        result_line(one)
    };
    if dry_run {
        text.push_str("(dry run: nothing was written)\n");
    }
    text
}

fn many_to_text(told: &[EditResult], dry_run: bool) -> String {
    let moved: Vec<&EditResult> =
        told.iter().filter(|told| !told.changes.is_empty() || !told.skipped.is_empty()).collect();
    let mut text: String =
        moved.iter().take(MAX_ENTRIES_SHOWN).map(|told| format!("{}  {}", told.mal_id, result_line(told))).collect();
    if moved.len() > MAX_ENTRIES_SHOWN {
        text.push_str(&format!("and {} more\n", moved.len() - MAX_ENTRIES_SHOWN));
    }
    let changed = told.iter().filter(|told| !told.changes.is_empty()).count();
    let (same, left) = (told.len() - moved.len(), told.iter().filter(|told| !told.skipped.is_empty()).count());
    let mut sums = vec![format!("{} {}", pluralize_entries(changed), if dry_run { "would change" } else { "changed" })];
    if same > 0 {
        sums.push(format!("{} the same already", super::format_count(same)));
    }
    if left > 0 {
        sums.push(format!("{} left alone in part or whole", super::format_count(left)));
    }
    let end = if dry_run { " (dry run: nothing was written)" } else { "" };
    text.push_str(&format!("{}{end}\n", sums.join(", ")));
    text
}

fn pluralize_entries(number: usize) -> String {
    pluralize(i64::try_from(number).unwrap_or(i64::MAX), "entry", "entries")
}

fn result_line(told: &EditResult) -> String {
    let changes: Vec<String> = told.changes.iter().map(change_text).collect();
    let left: Vec<String> = told.skipped.iter().map(skipped_text).collect();
    let all = [changes, left].concat().join("; ");
    format!("{}: {all}\n", escape_controls(&told.title))
}

fn change_text(change: &EditForecast) -> String {
    let (field, from, to) =
        (change.field.as_str(), display_short_value(&change.local), display_short_value(&change.kept));
    match (change.field, &change.local) {
        (Field::Entry, Value::Null) => "made again, here alone".to_owned(),
        (Field::Entry, _) => "taken out of the list".to_owned(),
        (Field::RemovedAt, Value::Null) => "marked as removed again".to_owned(),
        (Field::RemovedAt, _) => "no longer marked as removed, an entry of this list alone".to_owned(),
        _ if change.survives_sync => format!("{field} {from} → {to} (stays)"),
        _ if change.known_on_mal => format!("{field} {from} → {to} (until the next sync)"),
        _ => format!("{field} {from} → {to}"),
    }
}

fn skipped_text(left: &SkippedField) -> String {
    let (field, here) = (escape_controls(&left.field), display_short_value(&left.current_value));
    match left.reason {
        SkipReason::ChangedSince if left.field == "entry" => {
            "left alone: it was changed since (--force deletes it)".to_owned()
        }
        SkipReason::ChangedSince => format!(
            "{field} left alone: it is {here} by now, not {} (--force)",
            display_short_value(&left.recorded_value)
        ),
        SkipReason::NotInList => format!("{field} left alone: the entry is not in the list"),
        SkipReason::Recreated => "left alone: the entry is there again".to_owned(),
        SkipReason::CreatedByRun => "stays: the run found it on MAL, and the next one would bring it back".to_owned(),
        SkipReason::OnMal => format!("{field} left alone: the entry is on MAL"),
        SkipReason::Unknown => format!("{field} left alone: what was recorded is not understood"),
    }
}

/// What is said where more episodes are set as watched than there are; `fewer` has how many there are.
#[must_use]
pub fn episode_warning(told: &[EditResult], fewer: &HashMap<i32, i32>) -> Option<String> {
    let mut found = told.iter().filter_map(|told| {
        let set = told.changes.iter().find(|change| change.field == Field::EpisodesWatched)?;
        Some((told, set, fewer.get(&told.mal_id)?))
    });
    let (told, change, episodes) = found.next()?;
    let watched = display_short_value(&change.kept);
    Some(match found.count() {
        0 => format!("{} has {episodes} episodes, and {watched} are set as watched", escape_controls(&told.title)),
        more => format!("{} have fewer episodes than {watched}, which are set as watched", pluralize_entries(more + 1)),
    })
}

/// Why nothing of many entries was changed, in numbers of entries; nothing where there are none.
#[must_use]
pub fn skip_reasons_text(told: &[EditResult]) -> String {
    let reasons = [
        (SkipReason::CreatedByRun, "that the run found on MAL (the next one would bring them back)"),
        (SkipReason::OnMal, "on MAL"),
        (SkipReason::ChangedSince, "changed since (--force)"),
        (SkipReason::Recreated, "there again"),
        (SkipReason::NotInList, "not in the list"),
        (SkipReason::Unknown, "of which the record is not understood"),
    ];
    let counted = |(why, what): (SkipReason, &str)| {
        let number = told.iter().filter(|told| told.skipped.iter().any(|left| left.reason == why)).count();
        (number > 0).then(|| format!("{} {what}", pluralize_entries(number)))
    };
    let reasons: Vec<String> = reasons.into_iter().filter_map(counted).collect();
    if told.len() < 2 { String::new() } else { format!("; left alone: {}", reasons.join(", ")) }
}

/// What the next sync will set back, in a line a field, and how to keep it.
#[must_use]
pub fn overwrite_warnings(told: &[EditResult]) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut words = Vec::new();
    for field in Field::SYNCED_FIELDS {
        let lost: Vec<(&EditResult, &EditForecast)> = told
            .iter()
            .flat_map(|told| told.changes.iter().map(move |change| (told, change)))
            .filter(|(_, change)| change.field == field && !change.survives_sync)
            .collect();
        let Some((_, first)) = lost.first() else { continue };
        let (name, rule) = (field.as_str(), first.rule.map_or("", |rule| rule.as_str()));
        warnings.push(match (&lost[..], first.known_on_mal) {
            ([_], true) => {
                format!(
                    "the next sync sets {name} back to {}, which MAL has (rule {rule})",
                    display_short_value(&first.mal)
                )
            }
            ([_], false) => format!("the next sync sets {name} to MAL's, should the entry be on MAL (rule {rule})"),
            (all, _) => {
                let number = pluralize_entries(all.len());
                format!("the next sync sets {name} back to what MAL has in {number} (rule {rule})")
            }
        });
        words.push(name);
    }
    if let Some(last) = warnings.last_mut() {
        let lost = |told: &&EditResult| told.changes.iter().any(|change| !change.survives_sync);
        let mut ids = told.iter().filter(lost).map(|told| told.mal_id.to_string());
        let id = match (ids.next(), ids.next()) {
            (Some(one), None) => one,
            _ => "MAL_ID".to_owned(),
        };
        last.push_str(&format!("; malsync pin {id} {} keeps it", words.join(" ")));
    }
    warnings
}

/// A value in a sentence: nothing has a name, and a long text is cut.
pub(super) fn display_short_value(value: &Value) -> String {
    const MAX_VALUE_CHARS: usize = 40;
    match value {
        Value::Null => "none".to_owned(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        value => crate::ui::truncate_to_width(&escape_controls(&display_value(value)), MAX_VALUE_CHARS).into_owned(),
    }
}

#[cfg(test)]
#[path = "edit_result_tests.rs"]
mod tests;
