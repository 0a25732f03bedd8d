//! Output of `push`: what would be sent, what became of it by title, and what to do about the rest.

use serde_json::Value;

pub use super::run::count_text;
use super::{
    display_cell, display_short_value, dry_run::PlannedChange, field_label, format_count, id_cell, pluralize_entries,
    title_cell,
};
use crate::{
    domain::{
        change::{ChangeRecord, FieldChange, MergeRule},
        difference::DifferenceReason,
        entry_fields::Field,
        push_report::{ConflictCause, EntryReport, FieldReport, FieldResult},
        run::EntryError,
    },
    ui::{TableColumn, TextTable, escape_controls},
};

/// Maximum number of entries that are listed by title.
const MAX_ENTRIES_SHOWN: usize = 20;

/// A field that a push would send.
#[derive(Clone, Debug, PartialEq)]
pub struct PreviewedField {
    /// MAL's id of the anime.
    pub mal_id: i32,
    /// Title of the anime.
    pub title: String,
    /// The field.
    pub field: Field,
    /// The local value.
    pub local: Value,
    /// MAL's last value.
    pub mal: Value,
    /// Why the values differ. `None` if they do not differ.
    pub reason: Option<DifferenceReason>,
    /// True if the field is pinned.
    pub is_pinned: bool,
    /// True if the value goes along with the flag of a rewatch.
    pub goes_along: bool,
    /// Why the value cannot be sent.
    pub cannot_send: Option<String>,
    /// The anime's number of episodes. `None` if unknown.
    pub episodes: Option<i32>,
}

/// Returns what would be sent as a table.
#[must_use]
pub fn preview_table(preview: &[PreviewedField]) -> TextTable {
    let mut table = TextTable::new([
        TableColumn::number("id").droppable(2),
        TableColumn::title("title"),
        TableColumn::word("field"),
        TableColumn::text("here"),
        TableColumn::text("on MAL"),
        TableColumn::word("why").droppable(1),
    ]);
    for previewed in preview {
        let why = match (&previewed.cannot_send, previewed.reason) {
            (Some(_), _) => "not sent",
            (None, _) if previewed.goes_along => "rewatch flag",
            (None, Some(DifferenceReason::OnlyHere)) => "local only",
            (None, Some(DifferenceReason::Edited)) if previewed.is_pinned => "edited, pinned",
            (None, Some(reason)) => reason.as_str(),
            (None, None) => "named",
        };
        table.add_row([
            id_cell(previewed.mal_id),
            title_cell(&previewed.title, previewed.mal_id),
            previewed.field.as_str().into(),
            display_cell(&previewed.local).into(),
            display_cell(&previewed.mal).into(),
            why.into(),
        ]);
    }
    table
}

/// Returns the hints on a preview: values that cannot be sent, and completed entries with episodes missing.
#[must_use]
pub fn preview_hints(preview: &[PreviewedField]) -> Vec<String> {
    let cannot_send = preview.iter().filter_map(|previewed| {
        let reason = previewed.cannot_send.as_ref()?;
        Some(format!("{}: {} cannot be sent: {reason}", previewed.title, previewed.field.as_str()))
    });
    let has_episodes =
        |mal_id: i32| preview.iter().any(|other| other.mal_id == mal_id && other.field == Field::EpisodesWatched);
    let completed = preview.iter().filter(|previewed| {
        previewed.field == Field::Status && previewed.local == "completed" && previewed.mal != "completed"
    });
    let without_episodes = completed.filter_map(|previewed| {
        let episodes = previewed.episodes.filter(|_| !has_episodes(previewed.mal_id))?;
        let (title, id) = (&previewed.title, previewed.mal_id);
        Some(format!(
            "{title}: completed is sent without episodes. If you watched all of them: malsync edit {id} \
                --episodes {episodes}"
        ))
    });
    cannot_send.chain(without_episodes).collect()
}

/// A field as a command shows it: MAL's id of the anime, its title, the field, and MAL's last value.
pub type ShownField<'a> = (i32, &'a str, Field, &'a Value);

/// Returns the hints on fields that were in conflict in the last push: MAL's value was another than the one shown.
/// `what_next` says what can be done about the entry with this id.
#[must_use]
pub fn open_push_conflict_hints<'a>(
    shown: impl IntoIterator<Item = ShownField<'a>>,
    conflicts: &[ChangeRecord],
    what_next: impl Fn(i32) -> String,
) -> Vec<String> {
    let hint = |(mal_id, title, field, mal): ShownField<'_>| {
        let name = field.as_str();
        let conflict = conflicts.iter().find(|change| change.mal_id == mal_id && change.field == name)?;
        (!field.is_same_json(&conflict.mal, mal)).then(|| {
            let (mal, run) = (display_short_value(&conflict.mal), conflict.run_id);
            format!("{title}: {name} was {mal} on MAL in push {run}, a conflict. {}", what_next(mal_id))
        })
    };
    shown.into_iter().filter_map(hint).collect()
}

impl PreviewedField {
    /// Returns the field as it is shown.
    #[must_use]
    pub fn as_shown(&self) -> ShownField<'_> {
        (self.mal_id, &self.title, self.field, &self.mal)
    }
}

/// The entries that are only here, and that a push leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkippedEntries {
    /// Number of entries that MAL never had.
    pub never_on_mal: usize,
    /// MAL ids of the entries that were removed from MAL.
    pub removed: Vec<i32>,
}

/// Returns the notes on the entries that a push leaves out, with the commands that create them on MAL.
#[must_use]
pub fn skipped_texts(skipped: &SkippedEntries) -> Vec<String> {
    let never_on_mal = (skipped.never_on_mal > 0)
        .then(|| format!("Skipped {} that MAL never had. {CREATE_HINT}", pluralize_entries(skipped.never_on_mal)));
    let removed = removed_hint(&skipped.removed)
        .map(|hint| format!("Skipped {} removed from MAL. {hint}", pluralize_entries(skipped.removed.len())));
    never_on_mal.into_iter().chain(removed).collect()
}

/// How to create the entries on MAL that it never had.
pub(super) const CREATE_HINT: &str = "To create on MAL: malsync push --add";

/// Returns how to create entries again that were removed from MAL. Returns `None` if there are none.
pub(super) fn removed_hint(removed: &[i32]) -> Option<String> {
    match removed {
        [] => None,
        [one] => Some(format!("To create it again: malsync push {one} --add")),
        [first, ..] => Some(format!("To create one again, name it: malsync push {first} --add")),
    }
}

/// Returns what a dry run would send, and its conflicts.
#[must_use]
pub fn planned_changes(reports: &[EntryReport]) -> Vec<PlannedChange> {
    let mut planned = Vec::new();
    for report in reports {
        for field in &report.fields {
            let is_conflict = match field.result {
                FieldResult::Sent => false,
                FieldResult::Conflict(_) => true,
                _ => continue,
            };
            let (local, mal, kept) = (field.local.clone(), field.mal.clone(), field.local.clone());
            let (mal_id, field, rule) = (report.mal_id, field.field, MergeRule::Push);
            let change = FieldChange { mal_id, field, local, mal, kept, is_conflict, rule };
            planned.push(PlannedChange { change, title: report.title.clone() });
        }
    }
    planned
}

/// Returns what MAL took of each entry, by title. Conflicts are warnings, and other values that MAL did not take are among
/// the errors of the run.
#[must_use]
pub fn entries_text(reports: &[EntryReport], dry_run: bool, all: bool) -> String {
    let lines: Vec<String> = reports.iter().filter_map(|report| entry_line(report, dry_run)).collect();
    let shown = if all { lines.len() } else { lines.len().min(MAX_ENTRIES_SHOWN) };
    let mut text = lines[..shown].concat();
    if lines.len() > shown {
        text.push_str(&format!("and {} more (use -v to list all)\n", format_count(lines.len() - shown)));
    }
    text
}

/// Returns the line of an entry. Returns `None` if MAL took nothing of it.
fn entry_line(report: &EntryReport, dry_run: bool) -> Option<String> {
    let created = match (report.is_created, dry_run) {
        (true, false) => " (created on MAL)",
        (true, true) => " (would be created on MAL)",
        (false, _) => "",
    };
    let name = escape_controls(&name(report)).into_owned();
    let fields: Vec<String> = report.fields.iter().filter_map(|field| taken_field_text(field, dry_run)).collect();
    match &fields[..] {
        [] => None,
        [field] => Some(format!("{name}{created}: {field}\n")),
        _ => Some(format!("{name}{created}:\n  {}\n", fields.join("\n  "))),
    }
}

fn name(report: &EntryReport) -> String {
    report.title.clone().unwrap_or_else(|| format!("anime {}", report.mal_id))
}

/// Returns what MAL has of a field now. Returns `None` if MAL did not take it.
fn taken_field_text(report: &FieldReport, dry_run: bool) -> Option<String> {
    let field = field_label(report.field.as_str());
    let (local, mal) = (display_short_value(&report.local), display_short_value(&report.mal));
    match &report.result {
        FieldResult::Sent if dry_run => Some(format!("would set {field} {mal} → {local}")),
        FieldResult::Sent => Some(format!("{field} {mal} → {local}")),
        FieldResult::AlreadyOnMal => Some(format!("{field} {local}, already on MAL")),
        FieldResult::Altered(taken) => Some(format!("{field} {mal} → {}", display_short_value(taken))),
        FieldResult::Conflict(_) | FieldResult::Invalid(_) | FieldResult::Refused(_) => None,
    }
}

fn conflict_text(report: &FieldReport, dry_run: bool) -> String {
    let not_sent = if dry_run { "would not be sent" } else { "not sent" };
    let (local, mal) = (display_short_value(&report.local), display_short_value(&report.mal));
    format!("{} {not_sent}: local {local}, MAL now has {mal}", report.field.as_str())
}

/// Returns a warning for each entry with conflicts.
#[must_use]
pub fn conflict_warnings(reports: &[EntryReport], dry_run: bool) -> Vec<String> {
    let warning = |report: &EntryReport| {
        let conflicts: Vec<String> = report
            .fields
            .iter()
            .filter(|field| matches!(field.result, FieldResult::Conflict(_)))
            .map(|field| conflict_text(field, dry_run))
            .collect();
        let is_gone = |field: &FieldReport| field.result == FieldResult::Conflict(ConflictCause::GoneFromMal);
        if report.fields.iter().any(is_gone) {
            let not_sent = if dry_run { "nothing would be sent" } else { "nothing was sent" };
            let again = format!("To create it again: malsync push {} --add", report.mal_id);
            return Some(format!("conflict: {}: no longer on MAL, {not_sent}. {again}", name(report)));
        }
        (!conflicts.is_empty()).then(|| format!("conflict: {}: {}", name(report), conflicts.join("; ")))
    };
    reports.iter().filter_map(warning).collect()
}

/// Returns a warning for each error of a push.
#[must_use]
pub fn error_warnings(errors: &[EntryError]) -> Vec<String> {
    let warning = |error: &EntryError| {
        let id = error.mal_id.map(|id| format!("anime {id}")).unwrap_or_default();
        format!("{}: {}", error.title.as_deref().unwrap_or(&id), error.message)
    };
    errors.iter().map(warning).collect()
}

/// Returns what to do about conflicts and about values that were not taken.
#[must_use]
pub fn hints(reports: &[EntryReport]) -> Vec<String> {
    let has = |is_wanted: fn(&FieldResult) -> bool| {
        reports.iter().flat_map(|report| &report.fields).any(|field| is_wanted(&field.result))
    };
    let mut hints = Vec::new();
    if has(|result| *result == FieldResult::Conflict(ConflictCause::ChangedOnMal)) {
        hints.push(
            "take MAL's values with malsync sync --force-full (higher episodes and your notes stay), or send yours with \
            malsync push --force"
                .to_owned(),
        );
    } else if has(|result| *result == FieldResult::Conflict(ConflictCause::AddedOnMal)) {
        hints.push("take MAL's values with malsync sync --force-full (higher episodes and your notes stay)".to_owned());
    }
    if has(|result| matches!(result, FieldResult::Invalid(_))) {
        hints.push("set values that MAL accepts with malsync edit".to_owned());
    }
    if has(|result| matches!(result, FieldResult::Altered(_))) {
        hints.push("accept MAL's version of a value with malsync revert".to_owned());
    }
    hints
}

#[cfg(test)]
#[path = "push_tests.rs"]
mod tests;
