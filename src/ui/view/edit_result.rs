//! Output of `edit`, `restore` and `revert`: what changed, field by field, and whether the next sync keeps it.

use serde::Serialize;
use serde_json::Value;

use super::{display_short_value, field_label, pluralize_entries};
use crate::{
    domain::{
        change::MergeRule,
        edit::{EditForecast, SkipReason, SkippedField},
        entry_fields::Field,
    },
    ui::{
        escape_controls,
        style::{GOOD, GOOD_MARK, paint},
    },
};

/// Result of an edit or restore of one entry.
#[derive(Clone, Debug)]
pub struct EditResult {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// Title of the anime.
    pub title: String,
    /// Fields that changed, or would change in a dry run.
    pub changes: Vec<EditForecast>,
    /// Fields that were skipped.
    pub skipped: Vec<SkippedField>,
}

/// What comes after an edit, for which its text says what happens to the new values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FollowUp {
    /// A sync, which keeps or overwrites them.
    Sync,
    /// A push, which sends them to MAL at once.
    Push,
}

/// Maximum number of entries listed one by one.
pub(super) const MAX_ENTRIES_SHOWN: usize = 20;

/// JSON object of one entry.
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

/// Returns the result as JSON. `edit_id` is `None` if nothing was written.
#[must_use]
pub fn to_json(result: &EditResult, edit_id: Option<i64>) -> EditResultJson<'_> {
    let summary = |forecast: &'_ EditForecast| {
        (forecast.field.as_str(), forecast.survives_sync, forecast.rule.map(|rule| rule.as_str()))
    };
    let changes = result.changes.iter().map(|forecast| {
        let (field, stays, rule) = summary(forecast);
        EditedFieldJson { field, local: &forecast.local, kept: &forecast.kept, mal: &forecast.mal, stays, rule }
    });
    let skipped = result.skipped.iter().map(|skipped| SkippedFieldJson {
        field: &skipped.field,
        here: &skipped.current_value,
        left: &skipped.recorded_value,
        reason: skipped.reason.as_str(),
    });
    EditResultJson {
        mal_id: result.mal_id,
        title: &result.title,
        changes: changes.collect(),
        left: skipped.collect(),
        edit_id,
    }
}

/// Returns what an edit sets, for a question: `set status to dropped, score to 8`. Returns `None` if it does not set the same
/// values in each entry.
#[must_use]
pub fn common_change_text(forecasts: &[Vec<EditForecast>]) -> Option<String> {
    let values = |forecasts: &Vec<EditForecast>| -> Vec<(Field, Value)> {
        forecasts.iter().map(|forecast| (forecast.field, forecast.kept.clone())).collect()
    };
    let is_value = |field: &Field| Field::SYNCED_FIELDS.contains(field);
    let common = values(forecasts.first()?);
    let is_common = forecasts.iter().all(|other| values(other) == common);
    if !is_common || common.is_empty() || !common.iter().all(|(field, _)| is_value(field)) {
        return None;
    }
    let text =
        |(field, value): &(Field, Value)| format!("{} to {}", field_label(field.as_str()), display_short_value(value));
    Some(format!("set {}", common.iter().map(text).collect::<Vec<_>>().join(", ")))
}

/// Returns true if an edit deletes its entry.
#[must_use]
pub fn is_deletion(changes: &[EditForecast]) -> bool {
    changes.iter().any(|change| change.field == Field::Entry && change.kept.is_null())
}

/// Returns the results as text: the first entries one by one, then totals.
#[must_use]
pub fn to_text(results: &[EditResult], dry_run: bool, follow_up: FollowUp) -> String {
    let [one] = results else { return many_to_text(results, dry_run, follow_up) };
    let mut text = if one.changes.is_empty() && one.skipped.is_empty() {
        format!("{}: no changes\n", escape_controls(&one.title))
    } else {
        let is_done = !dry_run && !one.changes.is_empty();
        good_mark(is_done) + &result_line(one, follow_up)
    };
    if dry_run {
        text.push_str(&format!("({})\n", dry_run_text(follow_up)));
    }
    text
}

const fn dry_run_text(follow_up: FollowUp) -> &'static str {
    match follow_up {
        FollowUp::Sync => "dry run: nothing was written",
        FollowUp::Push => "dry run: nothing was written or sent",
    }
}

fn many_to_text(results: &[EditResult], dry_run: bool, follow_up: FollowUp) -> String {
    let affected: Vec<&EditResult> =
        results.iter().filter(|result| !result.changes.is_empty() || !result.skipped.is_empty()).collect();
    let mut text: String = affected
        .iter()
        .take(MAX_ENTRIES_SHOWN)
        .map(|result| format!("{}  {}", result.mal_id, result_line(result, follow_up)))
        .collect();
    if affected.len() > MAX_ENTRIES_SHOWN {
        text.push_str(&format!("and {} more\n", affected.len() - MAX_ENTRIES_SHOWN));
    }
    let changed = results.iter().filter(|result| !result.changes.is_empty()).count();
    let (unchanged, skipped) =
        (results.len() - affected.len(), results.iter().filter(|result| !result.skipped.is_empty()).count());
    let deletes = results.iter().all(|result| result.changes.is_empty() || is_deletion(&result.changes));
    let verb = match (dry_run, deletes && changed > 0) {
        (true, true) => "would be deleted",
        (true, false) => "would change",
        (false, true) => "deleted",
        (false, false) => "changed",
    };
    let mut totals = vec![format!("{} {verb}", pluralize_entries(changed))];
    if unchanged > 0 {
        totals.push(format!("{} already match", super::format_count(unchanged)));
    }
    if skipped > 0 {
        totals.push(format!("{} skipped in part or whole", super::format_count(skipped)));
    }
    let end = if dry_run { format!(" ({})", dry_run_text(follow_up)) } else { String::new() };
    text.push_str(&format!("{}{}{end}\n", good_mark(!dry_run && changed > 0), totals.join(", ")));
    text
}

/// Returns the mark of an edit that was done, or an empty text.
fn good_mark(is_done: bool) -> String {
    if is_done { paint(GOOD_MARK, GOOD) + " " } else { String::new() }
}

fn result_line(result: &EditResult, follow_up: FollowUp) -> String {
    let changes: Vec<String> = result.changes.iter().map(|change| change_text(change, follow_up)).collect();
    let skipped: Vec<String> = result.skipped.iter().map(skipped_text).collect();
    let parts = [changes, skipped].concat().join("; ");
    format!("{}: {parts}\n", escape_controls(&result.title))
}

fn change_text(forecast: &EditForecast, follow_up: FollowUp) -> String {
    let (from, to) = (display_short_value(&forecast.local), display_short_value(&forecast.kept));
    let field = field_label(forecast.field.as_str());
    match (forecast.field, &forecast.local) {
        (Field::Entry, Value::Null) => "re-created locally".to_owned(),
        (Field::Entry, _) => "deleted".to_owned(),
        (Field::RemovedAt, Value::Null) => "marked as removed from MAL".to_owned(),
        (Field::RemovedAt, _) => "no longer marked as removed from MAL (local only)".to_owned(),
        _ if forecast.local == forecast.kept && forecast.rule == Some(MergeRule::Pinned) => {
            format!("{field} pinned to {to}")
        }
        _ if forecast.rule == Some(MergeRule::Pinned) => format!("{field} {from} → {to} (pinned)"),
        _ if follow_up == FollowUp::Push => format!("{field} {from} → {to}"),
        _ if forecast.survives_sync => format!("{field} {from} → {to} (kept)"),
        _ if forecast.known_on_mal => format!("{field} {from} → {to} (overwritten by the next sync)"),
        _ => format!("{field} {from} → {to}"),
    }
}

fn skipped_text(skipped: &SkippedField) -> String {
    let label = field_label(&skipped.field);
    let (field, current) = (escape_controls(&label), display_short_value(&skipped.current_value));
    match skipped.reason {
        SkipReason::ChangedSince if skipped.field == "entry" => {
            "skipped: changed since; use --force to delete it".to_owned()
        }
        SkipReason::ChangedSince => format!(
            "{field} skipped: changed since (now {current}, not {}); use --force",
            display_short_value(&skipped.recorded_value)
        ),
        SkipReason::NotInList => format!("{field} skipped: the entry is not in the list"),
        SkipReason::CreatedByRun => "skipped: the entry is on MAL and would be re-added by the next sync".to_owned(),
        SkipReason::OnMal => format!("{field} skipped: the entry is on MAL"),
        SkipReason::Conflict => format!("{field} skipped: a conflict that was not sent"),
        SkipReason::CountOfRewatch => format!("{field} skipped: the rewatch has a count of episodes"),
        SkipReason::Unknown => format!("{field} skipped: the recorded value cannot be read"),
    }
}

/// Returns why entries were skipped, as a number of entries per reason. Returns an empty text for fewer than two entries.
#[must_use]
pub fn skip_reasons_text(results: &[EditResult]) -> String {
    let reasons = [
        (SkipReason::CreatedByRun, "on MAL that the next sync would re-add"),
        (SkipReason::OnMal, "on MAL"),
        (SkipReason::ChangedSince, "changed since (use --force)"),
        (SkipReason::NotInList, "not in the list"),
        (SkipReason::Conflict, "with a conflict, which was not sent"),
        (SkipReason::CountOfRewatch, "with a count of a rewatch"),
        (SkipReason::Unknown, "whose recorded value cannot be read"),
    ];
    let count_entries = |(reason, text): (SkipReason, &str)| {
        let number =
            results.iter().filter(|result| result.skipped.iter().any(|skipped| skipped.reason == reason)).count();
        (number > 0).then(|| format!("{} {text}", pluralize_entries(number)))
    };
    let reasons: Vec<String> = reasons.into_iter().filter_map(count_entries).collect();
    if results.len() < 2 { String::new() } else { format!("; skipped: {}", reasons.join(", ")) }
}

/// Returns one warning per field that the next sync overwrites; the last one says how to keep the fields.
#[must_use]
pub fn overwrite_warnings(results: &[EditResult]) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut fields = Vec::new();
    for field in Field::SYNCED_FIELDS {
        let overwritten: Vec<(&EditResult, &EditForecast)> = results
            .iter()
            .flat_map(|result| result.changes.iter().map(move |change| (result, change)))
            .filter(|(_, change)| change.field == field && !change.survives_sync)
            .collect();
        let Some((_, first)) = overwritten.first() else { continue };
        let name = field.as_str();
        let mal = display_short_value(&first.mal);
        warnings.push(match (&overwritten[..], first.known_on_mal) {
            ([_], true) => format!("the next sync will overwrite {name} with {mal} (MAL's value)"),
            ([_], false) => format!("the next sync will overwrite {name} if the entry is on MAL"),
            (all, _) => {
                format!("the next sync will overwrite {name} with MAL's values in {}", pluralize_entries(all.len()))
            }
        });
        fields.push(name);
    }
    if let Some(last) = warnings.last_mut() {
        let overwritten = |result: &&EditResult| result.changes.iter().any(|change| !change.survives_sync);
        let mut ids = results.iter().filter(overwritten).map(|result| result.mal_id.to_string());
        let id = match (ids.next(), ids.next()) {
            (Some(one), None) => one,
            _ => "MAL_ID".to_owned(),
        };
        let kept = match (results, &fields[..]) {
            ([result], [field]) => {
                let change = result.changes.iter().find(|change| change.field.as_str() == *field);
                change.map_or_else(|| "it".to_owned(), |change| display_short_value(&change.kept))
            }
            _ => "your values".to_owned(),
        };
        last.push_str(&format!(". To keep {kept}: malsync pin {id} {}", fields.join(" ")));
        if let [result] = results
            && result.changes.iter().all(|change| change.known_on_mal)
        {
            last.push_str(&format!("; to have MAL take it: malsync push {id}"));
        }
    }
    warnings
}

#[cfg(test)]
#[path = "edit_result_tests.rs"]
mod tests;
