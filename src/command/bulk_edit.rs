//! Edits many entries at once, for `edit`, `restore`, `revert` and `undo`: plans, asks for confirmation, applies,
//! reports.
//!
//! Invariant: the report shows what was actually done. The plan is a pure function of an entry. The confirmation uses
//! rows read before; the edit and the report use the rows as they are inside the transaction.

use std::collections::HashMap;

use crate::{
    cli::args,
    domain::{
        edit::{EditCommand, EditForecast, EditTarget, EntryEdit, SkippedField},
        entry::StoredEntry,
        user::UserId,
    },
    exit::Exit,
    failure::Failure,
    store::{Database, EditOwner},
    sync::{edit::forecast_edit, port::SyncStore as _},
    ui::{
        ProgressReporter,
        view::edit_result::{self, EditResult},
    },
};

use super::{context::Context, terminal_input::DefaultAnswer};

/// Plans one entry: the edit, and the fields that are skipped.
pub(super) type PlanEditFn<'a> =
    dyn Fn(i32, Option<&StoredEntry>) -> (Option<EntryEdit>, Vec<SkippedField>) + Send + Sync + 'a;

/// Maximum number of titles in the confirmation question.
const MAX_TITLES_SHOWN: usize = 3;

/// An edit of many entries.
pub(super) struct BulkEdit<'a> {
    pub(super) user: UserId,
    pub(super) command: EditCommand,
    /// MAL ids and titles, in the order of the report.
    pub(super) entries: &'a [(i32, String)],
    pub(super) plan: &'a PlanEditFn<'a>,
    pub(super) flags: args::BulkArgs,
}

/// What was done, or would be done in a dry run.
pub(super) struct BulkResult {
    pub(super) edit_id: Option<i64>,
    pub(super) results: Vec<EditResult>,
}

impl BulkEdit<'_> {
    /// Runs the edit. Returns `None` if the user declined.
    pub(super) async fn run(&self, context: &Context<'_>, database: &Database) -> Result<Option<BulkResult>, Failure> {
        let mut ids: Vec<i32> = self.entries.iter().map(|(mal_id, _)| *mal_id).collect();
        ids.sort_unstable();
        let entries = database.load_entries(self.user, &ids).await?;
        let mut before: HashMap<i32, Option<StoredEntry>> =
            entries.into_iter().map(|entry| (entry.mal_id, Some(entry))).collect();
        let entry_before = |rows: &HashMap<i32, Option<StoredEntry>>, mal_id| rows.get(&mal_id).cloned().flatten();
        let would_change = |mal_id: i32| (self.plan)(mal_id, entry_before(&before, mal_id).as_ref()).0.is_some();
        let changed: Vec<&(i32, String)> = self.entries.iter().filter(|(mal_id, _)| would_change(*mal_id)).collect();
        let mut edit_id = None;
        if !self.flags.dry_run && !changed.is_empty() {
            let forecast = |mal_id: i32| {
                let (edit, _) = (self.plan)(mal_id, entry_before(&before, mal_id).as_ref());
                edit.as_ref().map(forecast_edit).unwrap_or_default()
            };
            let forecasts: Vec<Vec<EditForecast>> = changed.iter().map(|(mal_id, _)| forecast(*mal_id)).collect();
            if !self.confirm_edit(context, &changed, &forecasts).await? {
                return Ok(None);
            }
            let targets: Vec<EditTarget<'_>> =
                changed.iter().map(|(mal_id, _)| EditTarget { mal_id: *mal_id, anime: None }).collect();
            let decide = |target: &EditTarget<'_>, entry: Option<&StoredEntry>| (self.plan)(target.mal_id, entry).0;
            let write = async |bar: &ProgressReporter| {
                database.apply_edits(EditOwner::User(self.user), self.command, &targets, &decide, bar).await
            };
            let summary = context.with_progress(self.progress_label(), write).await?;
            edit_id = summary.edit_id;
            before.extend(summary.entries.into_iter().map(|(before, after)| (after.mal_id, before)));
        }
        let to_result = |(mal_id, title): &(i32, String)| {
            let (edit, skipped) = (self.plan)(*mal_id, entry_before(&before, *mal_id).as_ref());
            let changes = edit.as_ref().map(forecast_edit).unwrap_or_default();
            EditResult { mal_id: *mal_id, title: title.clone(), changes, skipped }
        };
        Ok(Some(BulkResult { edit_id, results: self.entries.iter().map(to_result).collect() }))
    }

    /// Returns the label of the progress bar.
    const fn progress_label(&self) -> &'static str {
        match self.command {
            EditCommand::Restore | EditCommand::Undo(_) => "Restoring",
            _ => "Editing",
        }
    }

    /// Asks for confirmation if more than one entry would change. Without an interactive terminal, `--yes` is required.
    /// `forecasts` are the changes of each entry.
    async fn confirm_edit(
        &self,
        context: &Context<'_>,
        changed: &[&(i32, String)],
        forecasts: &[Vec<EditForecast>],
    ) -> Result<bool, Failure> {
        if changed.len() < 2 || self.flags.yes {
            return Ok(true);
        }
        let verb = if matches!(self.command, EditCommand::Undo(_)) { "undo" } else { self.command.as_str() };
        if !context.ui.is_interactive() {
            let message = format!("refusing to {verb} {} entries without confirmation", changed.len());
            return Err(
                Failure::from_text(Exit::Usage, message).with_hint("confirm with --yes, or preview with --dry-run")
            );
        }
        let titles: Vec<&str> = changed.iter().take(MAX_TITLES_SHOWN).map(|(_, title)| title.as_str()).collect();
        let more = changed.len() - titles.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let deletes = forecasts.iter().all(|changes| edit_result::is_deletion(changes));
        let change = match edit_result::common_change_text(forecasts) {
            _ if deletes => "delete".to_owned(),
            Some(set) => set + " in",
            None => "change".to_owned(),
        };
        let question = format!("{verb}: {change} {} entries ({}{more})?", changed.len(), titles.join(", "));
        context.confirm(&question, DefaultAnswer::No).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        domain::{
            entry::StoredEntry,
            entry_fields::{EntryValues, Field},
            merge_base::MergeBase,
        },
        sync::edit::{forecast_edit, plan_edit},
        ui::view::edit_result::{EditResult, overwrite_warnings},
    };

    fn stored_entry() -> StoredEntry {
        let base = MergeBase::from(
            json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false}),
        );
        let values = base.parse_values().unwrap();
        StoredEntry { id: 1, mal_id: 1, values, base: Some(base), ..StoredEntry::default() }
    }

    /// Returns the fields of an edit for which a warning is printed.
    fn warned_fields(before: &StoredEntry, edit: impl Fn(&mut EntryValues)) -> Vec<String> {
        let mut after = before.clone();
        edit(&mut after.values);
        let changes = forecast_edit(&plan_edit(Some(before), after));
        let result = EditResult { mal_id: 1, title: "Trigun".into(), changes, skipped: Vec::new() };
        let warnings = overwrite_warnings(&[result]);
        let field = |warning: &String| {
            warning.trim_start_matches("the next sync will overwrite ").split(' ').next().unwrap().to_owned()
        };
        warnings.iter().map(field).collect()
    }

    #[test]
    fn edit_that_the_next_sync_overwrites_is_warned_of() {
        assert_eq!(warned_fields(&stored_entry(), |values| values.status = "dropped".into()), ["status"]);
        assert_eq!(warned_fields(&stored_entry(), |values| values.score = Some(10)), ["score"]);
        assert_eq!(warned_fields(&stored_entry(), |values| values.episodes_watched = Some(3)), ["episodes_watched"]);
    }

    #[test]
    fn edit_that_survives_the_sync_has_no_warning() {
        assert!(warned_fields(&stored_entry(), |values| values.episodes_watched = Some(9)).is_empty());
        assert!(warned_fields(&stored_entry(), |values| values.notes = Some("mine".into())).is_empty());
        assert!(warned_fields(&stored_entry(), |values| values.start_date = "2019".parse().ok()).is_empty());
        let pinned = StoredEntry { pinned: vec![Field::Status], ..stored_entry() };
        assert!(warned_fields(&pinned, |values| values.status = "dropped".into()).is_empty());
    }

    #[test]
    fn edit_of_entry_not_on_mal_warns_only_for_fields_always_taken_from_mal() {
        let before = StoredEntry { base: None, ..stored_entry() };
        assert!(warned_fields(&before, |values| values.score = Some(1)).is_empty());
        assert_eq!(warned_fields(&before, |values| values.status = "dropped".into()), ["status"]);
    }
}
