//! Output about sync runs: `sync`, `status --run`, `runs`.

use std::fmt::Write as _;

use serde::Serialize;

use super::{NO_VALUE, format_count, format_time, format_time_span, format_utc, pluralize, pluralize_entries};
use crate::{
    domain::run::{EntryError, Run, RunCounters, RunStatus, SyncMode, to_seconds},
    ui::{TableColumn, TextTable, escape_controls},
};

/// Maximum number of errors listed by default.
pub(super) const MAX_ERRORS_SHOWN: usize = 10;

/// JSON object of a run.
#[derive(Clone, Debug, Serialize)]
pub struct RunJson<'a> {
    run_id: Option<i64>,
    user_id: i32,
    username: &'a str,
    mode: SyncMode,
    force_full: bool,
    dry_run: bool,
    status: RunStatus,
    started_at: String,
    finished_at: Option<String>,
    duration: Option<f64>,
    #[serde(flatten)]
    counters: RunCounters,
    errors: &'a [EntryError],
    ready: bool,
    successful: bool,
    failed: bool,
}

/// Returns the run as JSON.
#[must_use]
pub fn to_json(run: &Run) -> RunJson<'_> {
    use RunStatus::{Failed, Interrupted, Running, Skipped, Success};
    RunJson {
        run_id: run.id.map(|id| id.0),
        user_id: run.user_id.0,
        username: &run.username,
        mode: run.mode,
        force_full: run.force_full,
        dry_run: run.dry_run,
        status: run.status,
        started_at: format_utc(run.started_at),
        finished_at: run.finished_at.map(format_utc),
        duration: run.duration.map(to_seconds),
        counters: run.counters,
        errors: &run.errors,
        ready: run.status != Running,
        successful: matches!(run.status, Success | Skipped),
        failed: matches!(run.status, Failed | Interrupted),
    }
}

/// Returns the text that `sync` prints: changes, conflicts, errors and duration. Lists every error if `all_errors` is true.
#[must_use]
pub fn summary_text(run: &Run, all_errors: bool) -> String {
    let mut text = format!("{}: {}\n", escape_controls(&run.username), status_headline(run));
    if run.status == RunStatus::Skipped {
        return text;
    }
    if run.mode == SyncMode::Push {
        return text + &push_lines(run) + &requests_line(run) + &errors_lines(run, all_errors);
    }
    let counters = &run.counters;
    let mut line = |label: &str, value: String| text += &summary_line(label, &value);
    line(
        "entries",
        counts_text(counters.user_lists_created, counters.user_lists_updated, counters.user_lists_unchanged)
            + &count_if_nonzero(counters.user_lists_removed, ", ", " removed"),
    );
    if counters.user_lists_settled > 0 {
        line("edits", settled_text(counters.user_lists_settled));
    }
    line("anime", counts_text(counters.anime_created, counters.anime_updated, counters.anime_unchanged));
    if counters.conflicts_resolved > 0 {
        let hint =
            run.id.map(|id| format!(" (list them with: malsync changes --run {id} --conflicts)")).unwrap_or_default();
        line("conflicts", format!("{} resolved{hint}", format_count(counters.conflicts_resolved)));
    }
    text + &requests_line(run) + &errors_lines(run, all_errors)
}

/// Returns a number of fields of a number of entries, for a sentence.
#[must_use]
pub fn count_text(fields: impl TryInto<i64>, entries: impl TryInto<i64>) -> String {
    format!("{} of {}", pluralize(fields, "field", "fields"), pluralize_entries(entries))
}

/// Returns the lines that only a push has.
fn push_lines(run: &Run) -> String {
    let counters = &run.counters;
    let sent = count_text(counters.pushed_fields, counters.pushed_entries);
    let mut text = summary_line(if run.dry_run { "would send" } else { "sent" }, &sent);
    if counters.push_conflicts > 0 {
        let hint =
            run.id.map(|id| format!(" (list them with: malsync changes --run {id} --conflicts)")).unwrap_or_default();
        let conflicts = pluralize(counters.push_conflicts, "field", "fields");
        let not_sent = if run.dry_run { "would not be sent" } else { "not sent" };
        text += &summary_line("conflicts", &format!("{conflicts} {not_sent}{hint}"));
    }
    text
}

fn requests_line(run: &Run) -> String {
    let counters = &run.counters;
    let requests = format_count(counters.requests)
        + &count_if_nonzero(counters.retries, ", ", " retried")
        + &count_if_nonzero(counters.token_refreshes, ", tokens refreshed ", "×");
    summary_line("requests", &requests)
}

fn errors_lines(run: &Run, all_errors: bool) -> String {
    if run.errors.is_empty() {
        return String::new();
    }
    let what = if run.mode == SyncMode::Push && run.dry_run {
        pluralize(run.errors.len(), "value", "values") + " cannot be sent"
    } else if run.mode == SyncMode::Push {
        pluralize(run.errors.len(), "value was", "values were") + " not accepted as sent"
    } else {
        pluralize_entries(run.errors.len()) + " could not be stored"
    };
    summary_line("errors", &what) + &errors_text(run, all_errors)
}

/// Returns the text for entries that MAL did not send and that the run changed.
fn settled_text(entries: i64) -> String {
    if entries == 1 {
        "1 local edit overwritten with MAL's value".to_owned()
    } else {
        format!("{} local edits overwritten with MAL's values", format_count(entries))
    }
}

/// Returns the reason of a failed run as a line. Returns an empty text if there is none.
#[must_use]
pub fn failure_text(run: &Run) -> String {
    run.failure.as_ref().map(|reason| summary_line("failed", &escape_controls(reason))).unwrap_or_default()
}

fn summary_line(label: &str, value: &str) -> String {
    format!("  {label:<9}  {value}\n")
}

fn status_headline(run: &Run) -> String {
    if run.mode == SyncMode::Push && run.dry_run {
        return push_dry_run_headline(run);
    }
    let sync = if run.mode == SyncMode::Push { "push".to_owned() } else { format!("{} sync", run.mode.as_str()) };
    let duration = run.duration.map(|duration| format!(" after {}", format_time_span(duration))).unwrap_or_default();
    let dry_run = if run.dry_run { "dry run (nothing was written): " } else { "" };
    let id = run.id.map(|id| format!(" (run {id})")).unwrap_or_default();
    match run.status {
        RunStatus::Running => format!("{sync} is running since {}{id}", format_time(run.started_at)),
        RunStatus::Success => format!("{dry_run}{sync} done{duration}{id}"),
        RunStatus::Partial => format!("{dry_run}{sync} completed with errors{duration}{id}"),
        RunStatus::Failed => format!("{dry_run}{sync} failed{duration}{id}"),
        RunStatus::Interrupted => format!("{dry_run}{sync} interrupted{duration}{id}. Changes saved so far are kept"),
        RunStatus::Skipped if run.mode == SyncMode::Push => "Nothing to send".to_owned(),
        RunStatus::Skipped => "skipped, the last sync is recent. Use --force-full to sync anyway".to_owned(),
    }
}

/// Returns the headline of `push --dry-run`, which must not read as that of a push.
fn push_dry_run_headline(run: &Run) -> String {
    let duration = run.duration.map(|duration| format!(" after {}", format_time_span(duration))).unwrap_or_default();
    match run.status {
        RunStatus::Skipped => "Nothing to send".to_owned(),
        RunStatus::Failed => format!("dry run of a push failed{duration}; nothing was sent"),
        RunStatus::Interrupted => format!("dry run of a push was interrupted{duration}; nothing was sent"),
        _ => format!("dry run of a push{duration}; nothing was sent"),
    }
}

fn counts_text(new: i64, changed: i64, same: i64) -> String {
    format!("{} created, {} updated, {} unchanged", format_count(new), format_count(changed), format_count(same))
}

fn count_if_nonzero(number: i64, prefix: &str, suffix: &str) -> String {
    if number == 0 { String::new() } else { format!("{prefix}{}{suffix}", format_count(number)) }
}

/// Returns a line with an entry that could not be stored, and why.
pub(super) fn entry_line(title: Option<&str>, mal_id: Option<i64>, message: &str) -> String {
    let name = match (title, mal_id) {
        (Some(title), Some(id)) => format!("{title} ({id})"),
        (Some(title), None) => title.to_owned(),
        (None, Some(id)) => format!("anime {id}"),
        (None, None) => "an unnamed entry".to_owned(),
    };
    format!("    {}: {}\n", escape_controls(&name), escape_controls(message))
}

fn errors_text(run: &Run, all_errors: bool) -> String {
    let max_shown = if all_errors { run.errors.len() } else { MAX_ERRORS_SHOWN };
    let line = |error: &EntryError| entry_line(error.title.as_deref(), error.mal_id, &error.message);
    let mut text: String = run.errors.iter().take(max_shown).map(line).collect();
    if run.errors.len() > max_shown {
        let remaining = format_count(run.errors.len() - max_shown);
        let hint = run.id.map_or_else(|| "-v".to_owned(), |id| format!("`malsync status --run {id} -v`"));
        let _ = writeln!(text, "    and {remaining} more (list all with {hint})");
    }
    text
}

/// Returns the runs as a table.
#[must_use]
pub fn to_table(runs: &[Run]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::number("run"),
        TableColumn::word("started"),
        TableColumn::word("mode").droppable(3),
        TableColumn::word("status"),
        TableColumn::number("took").droppable(4),
        TableColumn::number("created"),
        TableColumn::number("updated"),
        TableColumn::number("removed").droppable(5),
        TableColumn::number("errors"),
    ]);
    for run in runs {
        let counters = &run.counters;
        table.add_row([
            run.id.map_or_else(|| NO_VALUE.to_owned(), |id| id.to_string()),
            run.started_at.format("%Y-%m-%d %H:%M").to_string(),
            run.mode.as_str().to_owned(),
            run.status.as_str().to_owned(),
            run.duration.map_or_else(|| NO_VALUE.to_owned(), format_time_span),
            format_count(counters.user_lists_created),
            // A push changes entries on MAL.
            format_count(counters.user_lists_updated + counters.user_lists_settled + counters.pushed_entries),
            format_count(counters.user_lists_removed),
            format_count(run.errors.len()),
        ]);
    }
    table
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
