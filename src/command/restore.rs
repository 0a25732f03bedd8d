//! The command `restore`, and the job that `undo` runs: set entries back to their state before a run or an edit. The
//! restored values are local edits.

use std::collections::{BTreeMap, HashMap};

use crate::{
    cli::args,
    domain::{
        change::{ChangeRecord, MergeRule},
        edit::{EditCommand, EditRecord, SkipReason, SkippedField},
        entry::StoredEntry,
        entry_fields::Field,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{ChangeQuery, Database, DatabaseAccess, EditQuery},
    sync::{
        port::SyncStore as _,
        restore::{ChangeSource, RestorePlan, RestoreStep, plan_restore},
    },
    ui::view,
};

use super::{
    bulk_edit::{BulkEdit, BulkResult},
    changes::find_run_of_user,
    context::Context,
    entry_selection::find_optional_anime_id,
};

/// Recorded changes by MAL id, with the title, oldest first.
#[derive(Default)]
struct StepsByAnime {
    by_anime: BTreeMap<i32, (String, Vec<RestoreStep>)>,
    /// Conflicts of a push, which are left alone.
    conflicts: BTreeMap<i32, Vec<SkippedField>>,
    /// True if pins were changed, which `restore` does not undo.
    has_pin_changes: bool,
}

/// Sets entries back to their state before recorded changes.
pub(super) struct RestoreJob {
    steps: StepsByAnime,
    source: ChangeSource,
    command: EditCommand,
    force: bool,
    flags: args::BulkArgs,
}

pub(crate) async fn run(context: &Context<'_>, args: &args::RestoreArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let (source, steps) = match args.edit {
        Some(edit_id) => (ChangeSource::Edit, load_edit_steps(&database, &user, edit_id).await?),
        None => (ChangeSource::Run, load_run_steps(context, &database, &user, args).await?),
    };
    if steps.has_pin_changes {
        context.ui.print_note(
            "that command changed pins, which restore does not undo; use malsync pin and \
            malsync unpin",
        );
    }
    let job = RestoreJob { steps, source, command: EditCommand::Restore, force: args.force, flags: args.bulk };
    job.run(context, &database, &user).await
}

impl RestoreJob {
    /// Returns the job that undoes one local edit. Its `records` are in order, the newest first.
    pub(super) fn undo_edit(edit_id: i64, records: Vec<EditRecord>, args: &args::UndoArgs) -> Self {
        Self {
            steps: StepsByAnime::from_edits(records),
            source: ChangeSource::Edit,
            command: EditCommand::Undo(edit_id),
            force: args.force,
            flags: args.bulk,
        }
    }

    /// Returns the job, which asks nothing if the user has confirmed it.
    pub(super) const fn with_yes(mut self, is_confirmed: bool) -> Self {
        self.flags.yes |= is_confirmed;
        self
    }

    fn plan(&self, mal_id: i32, entry: Option<&StoredEntry>) -> RestorePlan {
        let steps_of_entry: Vec<&RestoreStep> =
            self.steps.by_anime.get(&mal_id).map(|(_, steps)| steps.iter().collect()).unwrap_or_default();
        let mut plan = plan_restore(mal_id, entry, &steps_of_entry, self.source, self.force);
        plan.skipped.extend(self.steps.conflicts.get(&mal_id).cloned().unwrap_or_default());
        plan
    }

    /// Returns true if the job changes an entry, or would with `--force`.
    pub(super) async fn has_effect(&self, database: &Database, user: &User) -> Result<bool, Failure> {
        let ids: Vec<i32> = self.steps.by_anime.keys().copied().collect();
        let entries = database.load_entries(user.id, &ids).await?;
        let entries: HashMap<i32, StoredEntry> = entries.into_iter().map(|entry| (entry.mal_id, entry)).collect();
        let has_effect = |mal_id: i32| {
            let plan = self.plan(mal_id, entries.get(&mal_id));
            plan.edit.is_some() || plan.skipped.iter().any(|skipped| skipped.reason == SkipReason::ChangedSince)
        };
        Ok(ids.into_iter().any(has_effect))
    }

    pub(super) async fn run(&self, context: &Context<'_>, database: &Database, user: &User) -> Result<Exit, Failure> {
        let entries: Vec<(i32, String)> =
            self.steps.by_anime.iter().map(|(mal_id, (title, _))| (*mal_id, title.clone())).collect();
        let plan = |mal_id: i32, entry: Option<&StoredEntry>| {
            let RestorePlan { edit, skipped } = self.plan(mal_id, entry);
            (edit, skipped)
        };
        let bulk_edit =
            BulkEdit { user: user.id, command: self.command, entries: &entries, plan: &plan, flags: self.flags };
        let Some(mut bulk_result) = bulk_edit.run(context, database).await? else {
            context.ui.print_note("Nothing was changed.");
            return Ok(Exit::Done);
        };
        bulk_result.results.retain(|result| !result.changes.is_empty() || !result.skipped.is_empty());
        self.print_result(context, &bulk_result)?;
        Ok(Exit::Done)
    }

    fn print_result(&self, context: &Context<'_>, bulk_result: &BulkResult) -> Result<(), Failure> {
        let BulkResult { edit_id, results } = bulk_result;
        let is_unchanged = results.iter().all(|result| result.changes.is_empty());
        if self.flags.json {
            results
                .iter()
                .try_for_each(|result| context.ui.print_json(&view::edit_result::to_json(result, *edit_id)))?;
        } else if (!is_unchanged || results.len() == 1) && (self.flags.dry_run || !context.ui.is_quiet()) {
            context.ui.print(&view::edit_result::to_text(
                results,
                self.flags.dry_run,
                view::edit_result::FollowUp::Sync,
            ))?;
        }
        if is_unchanged {
            let reasons = view::edit_result::skip_reasons_text(results);
            context.ui.print_note(&format!("Nothing to restore{reasons}"));
        }
        let warnings = view::edit_result::overwrite_warnings(results);
        warnings.iter().for_each(|warning| context.ui.print_warning(warning));
        match (self.command, edit_id) {
            (EditCommand::Undo(undone), Some(edit_id)) => {
                context.ui.print_note(&format!("Undid edit #{undone}. To redo it: malsync restore --edit {edit_id}"));
            }
            (EditCommand::Undo(_), None) if is_unchanged => context.ui.print_note(
                "To undo an earlier edit, find its number with malsync changes --local: malsync restore --edit N",
            ),
            (_, Some(edit_id)) => context.ui.print_note(&format!("To undo this: malsync restore --edit {edit_id}")),
            (_, None) => {}
        }
        Ok(())
    }
}

/// Loads the changes of one change id, of one run, or of the last run that changed something.
async fn load_run_steps(
    context: &Context<'_>,
    database: &Database,
    user: &User,
    args: &args::RestoreArgs,
) -> Result<StepsByAnime, Failure> {
    let mal_id = find_optional_anime_id(context, database, user, args.anime.as_ref()).await?;
    let mut query = ChangeQuery { user: Some(user.id), mal_id, ..ChangeQuery::default() };
    if let Some(id) = args.change {
        query.id = Some(id);
        let changes = database.load_changes(&query).await?;
        if changes.is_empty() {
            let message = format!("no change {id} of {}", user.username);
            return Err(Failure::from_text(Exit::Failed, message).with_hint("list the changes with malsync changes"));
        }
        return Ok(StepsByAnime::from_changes(changes));
    }
    if let Some(run) = args.run {
        query.run = Some(find_run_of_user(database, user, run).await?);
        return Ok(StepsByAnime::from_changes(database.load_changes(&query).await?));
    }
    let mut changes = database.load_changes(&query).await?;
    // A conflict that kept the local value changed nothing.
    let has_changed = |change: &&ChangeRecord| change.local != change.kept || is_pushed(change);
    let last_run = changes.iter().find(has_changed).map(|change| change.run_id);
    changes.retain(|change| Some(change.run_id) == last_run);
    Ok(StepsByAnime::from_changes(changes))
}

/// Loads the changes of one local edit.
async fn load_edit_steps(database: &Database, user: &User, edit_id: i64) -> Result<StepsByAnime, Failure> {
    let query = EditQuery { edit_id: Some(edit_id), ..EditQuery::default() };
    let edits = database.load_edits(user.id, &query).await?;
    if edits.is_empty() {
        let message = format!("no edit {edit_id} of {}", user.username);
        return Err(Failure::from_text(Exit::Failed, message).with_hint("list your edits with malsync changes --local"));
    }
    Ok(StepsByAnime::from_edits(edits))
}

/// Returns true for a value that a push sent, or that MAL had already.
fn is_pushed(change: &ChangeRecord) -> bool {
    change.rule == MergeRule::Push.as_str() && !change.is_conflict
}

/// Returns true for a count of episodes that a push sent to end a rewatch. Before, MAL had only the count of the
/// rewatch. So it had no count of the first time that a restore could bring back.
fn is_first_count_after_rewatch(change: &ChangeRecord) -> bool {
    is_pushed(change) && change.field == Field::EpisodesWatched.as_str() && change.mal.is_null()
}

impl StepsByAnime {
    fn from_changes(newest_first: Vec<ChangeRecord>) -> Self {
        let mut steps = Self::default();
        for change in newest_first.into_iter().rev() {
            if change.rule == MergeRule::Push.as_str() {
                steps.add_push_change(change);
                continue;
            }
            let ChangeRecord { mal_id, title, field, local: before, kept: after, .. } = change;
            steps.add_step(title, RestoreStep { mal_id, field, before, after, base: serde_json::Value::Null });
        }
        steps
    }

    /// Adds a change of a push: what MAL had before comes back here. A conflict was not sent, and is left alone.
    fn add_push_change(&mut self, change: ChangeRecord) {
        if is_first_count_after_rewatch(&change) {
            return;
        }
        let is_sent = is_pushed(&change);
        let ChangeRecord { mal_id, title, field, local, mal: before, kept: after, .. } = change;
        if is_sent {
            self.add_step(title, RestoreStep { mal_id, field, before, after, base: serde_json::Value::Null });
            return;
        }
        let title = title.unwrap_or_else(|| format!("anime {mal_id}"));
        self.by_anime.entry(mal_id).or_insert_with(|| (title, Vec::new()));
        self.conflicts.entry(mal_id).or_default().push(SkippedField {
            field,
            current_value: local,
            recorded_value: before,
            reason: SkipReason::Conflict,
        });
    }

    fn from_edits(newest_first: Vec<EditRecord>) -> Self {
        let mut steps = Self::default();
        for edit in newest_first.into_iter().rev() {
            let EditRecord { mal_id, title, field, local: before, base, kept: after, command, .. } = edit;
            steps.has_pin_changes |=
                [EditCommand::Pin, EditCommand::Unpin].map(EditCommand::as_str).contains(&command.as_str());
            steps.add_step(title, RestoreStep { mal_id, field, before, after, base });
        }
        steps
    }

    fn add_step(&mut self, title: Option<String>, step: RestoreStep) {
        let title = title.unwrap_or_else(|| format!("anime {}", step.mal_id));
        self.by_anime.entry(step.mal_id).or_insert_with(|| (title, Vec::new())).1.push(step);
    }
}
