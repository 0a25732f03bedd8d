//! Output about runs, which are syncs and pushes: `sync`, `push`, `status`, `runs`, and the texts of notifications.

use std::fmt::Write as _;

use anstyle::Style;
use chrono::TimeDelta;
use serde::Serialize;

use super::{
    NO_VALUE, date_cell, format_count, format_full_time, format_rough_span, format_time, format_time_span, format_utc,
    pluralize, pluralize_entries,
};
use crate::{
    domain::run::{EntryError, Run, RunCounters, RunStatus, SyncMode, to_seconds},
    ui::{
        TableCell, TableColumn, TextTable, escape_controls,
        style::{BAD, BAD_MARK, CAUTION, CAUTION_MARK, GOOD, GOOD_MARK, PLAIN, paint},
    },
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

/// Why a sync was skipped.
#[derive(Clone, Copy, Debug)]
pub struct SkippedSync {
    /// Time since the last complete sync.
    pub last_sync_age: TimeDelta,
    /// `SYNC_MIN_INTERVAL`.
    pub min_interval: TimeDelta,
}

/// Returns the text that `sync` prints: one line with what changed, then `titles` (what changed, by title), then what needs
/// attention. With `is_verbose` it has all numbers and every error.
#[must_use]
pub fn sync_text(run: &Run, skipped: Option<SkippedSync>, titles: &str, is_verbose: bool) -> String {
    if run.status == RunStatus::Skipped {
        return skipped_text(run, skipped);
    }
    format!("{}\n{titles}", sync_headline(run)) + &attention_lines(run, is_verbose)
}

/// Returns the text of one past run, or of a push. With `is_verbose` it has all numbers and every error.
#[must_use]
pub fn summary_text(run: &Run, is_verbose: bool) -> String {
    if run.mode == SyncMode::Push {
        return format!("{}\n", push_headline(run)) + &push_conflict_line(run) + &errors_lines(run, is_verbose);
    }
    sync_text(run, None, "", is_verbose)
}

/// Returns the lines below the headline of a sync.
fn attention_lines(run: &Run, is_verbose: bool) -> String {
    let counters = &run.counters;
    let mut text = String::new();
    let mut line = |label: &str, value: String| text += &summary_line(label, &value);
    if is_verbose {
        let id = run.id.map(|id| format!("#{id}, ")).unwrap_or_default();
        line("sync", format!("{id}{}, {}", run.mode.as_str(), format_full_time(run.started_at)));
        let unchanged = counters.user_lists_unchanged;
        line("entries", change_counts_text(counters.user_lists_created, counters.user_lists_updated, unchanged));
        line("anime", change_counts_text(counters.anime_created, counters.anime_updated, counters.anime_unchanged));
        line("requests", requests_text(counters));
    }
    if counters.user_lists_settled > 0 {
        line("edits", settled_text(counters.user_lists_settled));
    }
    if counters.conflicts_resolved > 0 {
        let hint = run.id.map(|id| format!(": malsync changes --run {id} --conflicts")).unwrap_or_default();
        let conflicts = pluralize(counters.conflicts_resolved, "conflict", "conflicts");
        line("conflicts", format!("{conflicts} resolved{hint}"));
    }
    text + &errors_lines(run, is_verbose)
}

/// Returns why a sync was skipped, and how to sync anyway.
fn skipped_text(run: &Run, reason: Option<SkippedSync>) -> String {
    let user = escape_controls(&run.username);
    match reason {
        Some(SkippedSync { last_sync_age, min_interval }) => format!(
            "Skipped {user}: the last sync was {} ago (minimum interval {}). Use --force-full to sync anyway.\n",
            format_rough_span(last_sync_age),
            format_rough_span(min_interval)
        ),
        None => format!("Skipped {user}: the last sync is recent. Use --force-full to sync anyway.\n"),
    }
}

/// Returns the first line of a sync: `✓ Synced alice in 3.0s: 2 new, 3 updated (2 requests)`.
fn sync_headline(run: &Run) -> String {
    let user = escape_controls(&run.username);
    let duration = run.duration.map(format_time_span);
    let after = duration.as_ref().map(|duration| format!(" after {duration}")).unwrap_or_default();
    let within = duration.as_ref().map(|duration| format!(" in {duration}")).unwrap_or_default();
    let requests = format!(" ({})", requests_text(&run.counters));
    let changes = changes_text(&run.counters, run.dry_run);
    let (mark, text) = match run.status {
        RunStatus::Running => (None, format!("Syncing {user} since {}", format_time(run.started_at))),
        _ if run.dry_run && matches!(run.status, RunStatus::Success | RunStatus::Partial) => {
            (None, format!("Dry run for {user}, nothing was written: {changes}{requests}"))
        }
        RunStatus::Success => (Some((GOOD_MARK, GOOD)), format!("Synced {user}{within}: {changes}{requests}")),
        RunStatus::Partial => {
            (Some((CAUTION_MARK, CAUTION)), format!("Synced {user}{within} with errors: {changes}{requests}"))
        }
        RunStatus::Failed => (Some((BAD_MARK, BAD)), format!("Sync of {user} failed{after}: {changes}{requests}")),
        RunStatus::Interrupted => {
            let kept = if run.dry_run { "Nothing was written" } else { "Changes saved so far are kept" };
            (Some((CAUTION_MARK, CAUTION)), format!("Sync of {user} interrupted{after}: {changes}{requests}. {kept}."))
        }
        RunStatus::Skipped => (None, format!("Skipped {user}")),
    };
    with_mark(mark, &text)
}

fn with_mark(mark: Option<(&str, Style)>, text: &str) -> String {
    mark.map(|(mark, style)| paint(mark, style) + " ").unwrap_or_default() + text
}

/// Returns what a sync changed: `2 new, 3 updated`, or `no changes`.
fn changes_text(counters: &RunCounters, dry_run: bool) -> String {
    let updated = counters.user_lists_updated + counters.user_lists_settled;
    let would = if dry_run { "would be " } else { "" };
    let parts = [(counters.user_lists_created, "new"), (updated, "updated"), (counters.user_lists_removed, "removed")];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {would}{word}", format_count(number)))
        .collect();
    if parts.is_empty() { "no changes".to_owned() } else { parts.join(", ") }
}

/// Returns a number of requests: `2 requests`, with retries and refreshes if there were any.
fn requests_text(counters: &RunCounters) -> String {
    pluralize(counters.requests, "request", "requests")
        + &count_if_nonzero(counters.retries, ", ", if counters.retries == 1 { " retry" } else { " retries" })
        + &count_if_nonzero(
            counters.token_refreshes,
            ", ",
            if counters.token_refreshes == 1 { " token refresh" } else { " token refreshes" },
        )
}

/// Returns a number of fields of a number of entries, for a sentence.
#[must_use]
pub fn count_text(fields: impl TryInto<i64>, entries: impl TryInto<i64>) -> String {
    format!("{} of {}", pluralize(fields, "field", "fields"), pluralize_entries(entries))
}

/// Returns the line of a push about its conflicts. Returns an empty text if there are none.
fn push_conflict_line(run: &Run) -> String {
    if run.counters.push_conflicts == 0 {
        return String::new();
    }
    let hint =
        run.id.map(|id| format!(" (list them with: malsync changes --run {id} --conflicts)")).unwrap_or_default();
    let conflicts = pluralize(run.counters.push_conflicts, "field", "fields");
    let not_sent = if run.dry_run { "would not be sent" } else { "not sent" };
    summary_line("conflicts", &format!("{conflicts} {not_sent}{hint}"))
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

/// Returns the first line of a push: `✓ Pushed 2 fields of 1 entry to MAL for alice in 1.2s (5 requests)`.
fn push_headline(run: &Run) -> String {
    let user = escape_controls(&run.username);
    let duration = run.duration.map(format_time_span);
    let after = duration.as_ref().map(|duration| format!(" after {duration}")).unwrap_or_default();
    let within = duration.as_ref().map(|duration| format!(" in {duration}")).unwrap_or_default();
    let requests = format!(" ({})", requests_text(&run.counters));
    let fields = match run.counters.pushed_fields {
        0 => "nothing".to_owned(),
        fields => count_text(fields, run.counters.pushed_entries),
    };
    let (mark, text) = match run.status {
        RunStatus::Skipped => (None, format!("Nothing to send for {user}")),
        RunStatus::Running => (None, format!("Pushing for {user} since {}", format_time(run.started_at))),
        RunStatus::Failed if run.dry_run => {
            (Some((BAD_MARK, BAD)), format!("Dry run of a push for {user} failed{after}; nothing was sent{requests}"))
        }
        _ if run.dry_run => (None, format!("Dry run for {user}, nothing was sent: {fields} would be sent{requests}")),
        RunStatus::Success => (Some((GOOD_MARK, GOOD)), format!("Pushed {fields} to MAL for {user}{within}{requests}")),
        RunStatus::Partial => {
            let has_only_conflicts = run.errors.is_empty() && run.counters.push_conflicts > 0;
            let problems = if has_only_conflicts { "conflicts" } else { "errors" };
            let text = format!("Pushed {fields} to MAL for {user}{within} with {problems}{requests}");
            (Some((CAUTION_MARK, CAUTION)), text)
        }
        RunStatus::Failed => (Some((BAD_MARK, BAD)), format!("Push for {user} failed{after}: {fields} sent{requests}")),
        RunStatus::Interrupted => {
            (Some((CAUTION_MARK, CAUTION)), format!("Push for {user} interrupted{after}: {fields} sent{requests}"))
        }
    };
    with_mark(mark, &text)
}

fn change_counts_text(new: i64, changed: i64, same: i64) -> String {
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

/// Returns the color of a run's result.
pub(super) const fn run_status_style(status: RunStatus) -> Style {
    match status {
        RunStatus::Success => GOOD,
        RunStatus::Running | RunStatus::Skipped => PLAIN,
        RunStatus::Partial | RunStatus::Interrupted => CAUTION,
        RunStatus::Failed => BAD,
    }
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
            run.id.map_or_else(|| NO_VALUE.to_owned(), |id| id.to_string()).into(),
            date_cell(format_time(run.started_at)),
            run.mode.as_str().into(),
            TableCell::from(run.status.as_str()).styled(run_status_style(run.status)),
            run.duration.map_or_else(|| NO_VALUE.to_owned(), format_time_span).into(),
            format_count(counters.user_lists_created).into(),
            // A push changes entries on MAL.
            format_count(counters.user_lists_updated + counters.user_lists_settled + counters.pushed_entries).into(),
            format_count(counters.user_lists_removed).into(),
            format_count(run.errors.len()).into(),
        ]);
    }
    table
}

#[cfg(test)]
#[path = "run_tests.rs"]
pub(in crate::ui::view) mod tests;
