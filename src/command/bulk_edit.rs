//! Changing many entries at once, for `edit` and `restore`: what would change, the question, the edit, what was done.
//!
//! The rule: what is told is what was done. The plan is a pure function of an entry; it is shown on the rows as they were
//! read, carried out on the rows as they are then, and told from those.

use std::collections::HashMap;

use crate::{
    cli::args,
    domain::{
        edit::{EditCommand, EditTarget, EntryEdit},
        entry::StoredEntry,
        user::UserId,
    },
    exit::Exit,
    failure::Failure,
    store::{Database, EditOwner},
    sync::{edit::forecast_edit, port::SyncStore as _, restore::SkippedField},
    ui::{ProgressReporter, view::edit_result::EditResult},
};

use super::context::Context;

/// What is to become of one entry: the edit, and what is left alone.
pub(super) type PlanEditFn<'a> =
    dyn Fn(i32, Option<&StoredEntry>) -> (Option<EntryEdit>, Vec<SkippedField>) + Send + Sync + 'a;

/// Titles in a question.
const MAX_TITLES_SHOWN: usize = 3;

/// A change of many entries.
pub(super) struct BulkEdit<'a> {
    pub(super) user: UserId,
    pub(super) command: EditCommand,
    /// MAL's ids, in the order in which they are told, with the titles.
    pub(super) entries: &'a [(i32, String)],
    pub(super) plan: &'a PlanEditFn<'a>,
    pub(super) flags: args::BulkArgs,
}

/// What was done, or would be.
pub(super) struct BulkResult {
    pub(super) edit_id: Option<i64>,
    pub(super) results: Vec<EditResult>,
}

impl BulkEdit<'_> {
    /// Carries it out; none where the question was answered with no.
    pub(super) async fn run(&self, context: &Context<'_>, database: &Database) -> Result<Option<BulkResult>, Failure> {
        let mut ids: Vec<i32> = self.entries.iter().map(|(mal_id, _)| *mal_id).collect();
        ids.sort_unstable();
        let there = database.load_entries(self.user, &ids).await?;
        let mut before: HashMap<i32, Option<StoredEntry>> =
            there.into_iter().map(|entry| (entry.mal_id, Some(entry))).collect();
        let at = |before: &HashMap<i32, Option<StoredEntry>>, mal_id| before.get(&mal_id).cloned().flatten();
        let changes = |mal_id: i32| (self.plan)(mal_id, at(&before, mal_id).as_ref()).0.is_some();
        let changed: Vec<&(i32, String)> = self.entries.iter().filter(|(mal_id, _)| changes(*mal_id)).collect();
        let mut edit_id = None;
        if !self.flags.dry_run && !changed.is_empty() {
            if !self.confirm_edit(context, &changed).await? {
                return Ok(None);
            }
            let wanted: Vec<EditTarget> =
                changed.iter().map(|(mal_id, _)| EditTarget { mal_id: *mal_id, anime: None }).collect();
            let decide = |wanted: &EditTarget, entry: Option<&StoredEntry>| (self.plan)(wanted.mal_id, entry).0;
            let write = async |bar: &ProgressReporter| {
                database.apply_edits(EditOwner::User(self.user), self.command, &wanted, &decide, bar).await
            };
            let done = context.with_progress(self.progress_label(), write).await?;
            edit_id = done.edit_id;
            before.extend(done.entries.into_iter().map(|(before, after)| (after.mal_id, before)));
        }
        let tell = |(mal_id, title): &(i32, String)| {
            let (edited, left) = (self.plan)(*mal_id, at(&before, *mal_id).as_ref());
            let changes = edited.as_ref().map(forecast_edit).unwrap_or_default();
            EditResult { mal_id: *mal_id, title: title.clone(), changes, skipped: left }
        };
        Ok(Some(BulkResult { edit_id, results: self.entries.iter().map(tell).collect() }))
    }

    /// What goes on while it is written.
    const fn progress_label(&self) -> &'static str {
        match self.command {
            EditCommand::Restore => "restoring",
            _ => "editing",
        }
    }

    /// Asks where more than one entry is to change. Where nobody can answer, `--yes` must have been given.
    async fn confirm_edit(&self, context: &Context<'_>, changed: &[&(i32, String)]) -> Result<bool, Failure> {
        if changed.len() < 2 || self.flags.yes {
            return Ok(true);
        }
        let verb = self.command.as_str();
        if !context.ui.is_interactive() {
            let what = format!("{verb} would change {} entries, and there is no terminal to ask on", changed.len());
            return Err(Failure::from_text(Exit::Usage, what)
                .with_hint("--yes goes on without asking, --dry-run shows what it would do"));
        }
        let titles: Vec<&str> = changed.iter().take(MAX_TITLES_SHOWN).map(|(_, title)| title.as_str()).collect();
        let more = changed.len() - titles.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let question = format!("{verb}: change {} entries ({}{more})? [y/N]", changed.len(), titles.join(", "));
        let answer = context.prompt(&question).await?.unwrap_or_default();
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }
}
